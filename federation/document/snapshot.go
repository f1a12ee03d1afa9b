package document

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"

	"interlink/domain"
	"interlink/domain/story"
	"interlink/federation/activity"
)

// Snapshot is the document of a story's snapshot. That is read from where it is kept
// as the document is written, once more for its hash and its proof: it has up to
// [story.MaxSnapshot], and many may read it at once.
type Snapshot struct {
	SHA256 string // hex, of the document
	Size   int64  // bytes

	before, after []byte
	text          *story.Text
}

// WriteTo writes the document. Errors: those of to, and of a snapshot that goes
// meanwhile.
func (s *Snapshot) WriteTo(ctx context.Context, to io.Writer) error {
	_, err := to.Write(s.before)
	if err == nil {
		err = s.text.WriteTo(ctx, to)
	}
	if err == nil {
		_, err = to.Write(s.after)
	}
	return err
}

// Snapshot makes the snapshot of a story of this node, proven as other documents
// are. Errors: NotFound if it has none.
func (d *Documents) Snapshot(ctx context.Context, slug string) (*Snapshot, error) {
	st, err := d.Stories.Head(ctx, everybody, slug, "")
	if err != nil {
		return nil, err
	}
	text, err := d.Stories.Text(ctx, st)
	if err != nil {
		return nil, err
	}
	owner, err := d.address(ctx, st.Owner)
	if err == nil && owner == "" {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	around, err := activity.Snapshot(st, text.TakenAt, owner)
	if err != nil {
		return nil, err
	}
	s := &Snapshot{before: bytes.TrimSuffix(around, []byte("{}}")), text: text}
	return s, d.settle(ctx, s, st, around)
}

// settle gives a snapshot its proof, its hash and its size, all by reading it once.
func (d *Documents) settle(ctx context.Context, s *Snapshot, st *story.Story, around []byte) error {
	sum := &counted{Hash: sha256.New()}
	_, _ = sum.Write(s.before) // a hash takes all
	read := func(also io.Writer) error { return s.text.WriteTo(ctx, io.MultiWriter(sum, also)) }
	proves, err := d.proves(ctx, st.Owner)
	if err != nil {
		return err
	}
	if s.after = []byte("}"); proves {
		var proof json.RawMessage
		if proof, err = d.Keys.ProveAround(ctx, st.Owner, around, activity.SnapshotTerm, read, s.text.TakenAt); err == nil {
			s.after = append(append([]byte(`,"proof":`), proof...), '}')
		}
	} else {
		err = read(io.Discard)
	}
	if err != nil {
		return err
	}
	_, _ = sum.Write(s.after)
	s.SHA256, s.Size = hex.EncodeToString(sum.Sum(nil)), sum.n
	return nil
}

// counted is a hash that counts what it is of.
type counted struct {
	hash.Hash
	n int64
}

// Write implements io.Writer.
func (c *counted) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return c.Hash.Write(p)
}
