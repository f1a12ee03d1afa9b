package story

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"interlink/domain/lineage"
)

// Digest returns the hex SHA-256 of the snapshot's canonical JSON (RFC 8785).
// Two nodes that hold the same snapshot have the same digest.
func (s *Snapshot) Digest() string {
	sum := sha256.New()
	_ = s.CanonicalTo(sum) // a hash takes all
	return hex.EncodeToString(sum.Sum(nil))
}

// Canonical returns the snapshot as canonical JSON (RFC 8785).
func (s *Snapshot) Canonical() []byte {
	b := bytes.NewBuffer(make([]byte, 0, s.size())) // to grow would copy it
	_ = s.CanonicalTo(b)                            // a buffer takes all
	return b.Bytes()
}

// partSize is how much of its canonical JSON is written at a time.
const partSize = 64 << 10

// CanonicalTo writes the same part by part, each of whole letters, so that its
// text is not in memory beside it.
func (s *Snapshot) CanonicalTo(to io.Writer) error {
	w := bufio.NewWriterSize(to, partSize)
	lineage.CanonicalTo(w, s.utc()) // letter by letter: what does not fit whole begins the next part
	return w.Flush()
}

// Text is the canonical JSON of a snapshot where it is kept. It is read part by part:
// nobody waits for it with all of it in memory, or with the database in hand.
type Text struct {
	TakenAt time.Time
	store   Store
	digest  string
	parts   int
}

// WriteTo writes it. Errors: those of to; NotFound if it goes meanwhile.
func (t *Text) WriteTo(ctx context.Context, to io.Writer) error {
	for n := range t.parts {
		part, err := t.store.SnapshotPart(ctx, t.digest, n+1)
		if err == nil {
			_, err = io.WriteString(to, part)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// takenAt reads when a snapshot was taken from the end of its canonical JSON: there
// the member stands, as the last by its name.
func takenAt(end string) (time.Time, error) {
	var last struct {
		TakenAt time.Time `json:"takenAt"`
	}
	at := strings.LastIndex(end, `"takenAt":`)
	if at < 0 {
		return last.TakenAt, errors.New("it does not say when it was taken")
	}
	err := json.Unmarshal([]byte("{"+end[at:]), &last)
	return last.TakenAt, err
}

// MaxSnapshot is how large what a story shows may be, as canonical JSON: other
// nodes read it as one document.
const MaxSnapshot = 8 << 20 // bytes

// size is how many bytes its canonical JSON has.
func (s *Snapshot) size() int {
	var n length
	_ = s.CanonicalTo(&n) // it takes all
	return int(n)
}

// length counts the bytes that are written.
type length int

// Write implements io.Writer.
func (n *length) Write(p []byte) (int, error) {
	*n += length(len(p))
	return len(p), nil
}

func (s *Snapshot) utc() *Snapshot {
	shot := *s
	shot.TakenAt = s.TakenAt.UTC()
	return &shot
}

// ReadSnapshot reads the canonical JSON of a snapshot, item by item, so that its
// text is not in memory beside it.
func ReadSnapshot(from io.Reader) (*Snapshot, error) {
	s, dec := new(Snapshot), json.NewDecoder(from)
	p := &s.Process
	process := map[string]any{
		"id": &p.IRI, "owner": &p.Owner, "title": &p.Title, "summary": &p.Summary, "language": &p.Language,
		"schema": &p.Schema, "version": &p.Version, "items": listOf(dec, &p.Items),
	}
	err := members(dec, map[string]any{
		"process": func() error { return members(dec, process) }, "resources": listOf(dec, &s.Resources), "takenAt": &s.TakenAt,
	})
	return s, err
}

// members reads an object: each member into what it is for, or by what reads it;
// what is for none is passed over.
func members(dec *json.Decoder, into map[string]any) error {
	if err := begins(dec, '{'); err != nil {
		return err
	}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return err
		}
		said, _ := name.(string)
		switch to := into[said].(type) {
		case func() error:
			err = to()
		case nil:
			err = dec.Decode(new(json.RawMessage))
		default:
			err = dec.Decode(to)
		}
		if err != nil {
			return err
		}
	}
	_, err := dec.Token()
	return err
}

// listOf reads a list value by value.
func listOf[T any](dec *json.Decoder, to *[]T) func() error {
	return func() error {
		if err := begins(dec, '['); err != nil {
			return err
		}
		for dec.More() {
			var one T
			if err := dec.Decode(&one); err != nil {
				return err
			}
			*to = append(*to, one)
		}
		_, err := dec.Token()
		return err
	}
}

func begins(dec *json.Decoder, with json.Delim) error {
	token, err := dec.Token()
	if err == nil && token != with {
		err = fmt.Errorf("%v where %v is expected", token, with)
	}
	return err
}
