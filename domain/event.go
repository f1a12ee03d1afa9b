package domain

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"strconv"
	"time"
)

// EventKind names what happened, "subject.past_participle". Kinds are stored:
// a rename needs a migration.
type EventKind string

// Subject names the object an event is about.
type Subject struct {
	Kind string // "process", "interlinker", "story", …
	ID   ID     // key of its row; an actor's ID as ID(actorID)
}

// Event says that something happened. It is stored in the transaction of the
// state change that it tells of. The timeline, notifications, the audit log,
// statistics and federation are projections of events (DESIGN §2.5).
type Event struct {
	ID      ID
	Kind    EventKind
	Time    time.Time
	Actor   ActorID // who did it; Nobody for the node itself
	Subject Subject
	Part    ID              // of the subject, such as the item of a process that it is about; "" for the whole. Not hashed: the payload tells it too
	Payload json.RawMessage // JSON object; nil once erased, PayloadHash remains

	// Set by the store on appending.
	Seq         int64  // 1, 2, 3, … in commit order, without gaps
	PayloadHash string // hex SHA-256 of Payload
	PrevHash    string // Hash of the event before; "" for the first
	Hash        string // hex SHA-256 over the envelope; see [LinkHash]
}

// NewEvent makes an event whose payload is the JSON of v (a struct of the
// subject's package). It panics if v cannot be encoded, which is a
// programming fault.
func NewEvent(m *Mint, kind EventKind, actor ActorID, subject Subject, v any) Event {
	payload, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("domain: payload of %s: %v", kind, err))
	}
	return Event{ID: m.ID(), Kind: kind, Time: m.Now(), Actor: actor, Subject: subject, Payload: payload}
}

// Decode reads the payload into v. Errors: Gone if it was erased, Internal if
// it does not fit.
func (e Event) Decode(v any) error {
	if e.Payload == nil {
		return Fail(Gone, "error.erased")
	}
	if err := json.Unmarshal(e.Payload, v); err != nil {
		return fmt.Errorf("payload of event %s (%s): %w", e.ID, e.Kind, err)
	}
	return nil
}

// Chain returns e as the successor of the event with sequence number seq-1
// and hash prev. The hash covers the payload's hash, not the payload, so that
// a payload can be erased and the chain still be checked.
func (e Event) Chain(seq int64, prev string) Event {
	sum := sha256.Sum256(e.Payload)
	e.PayloadHash = hex.EncodeToString(sum[:])
	e.Seq, e.PrevHash = seq, prev
	e.Hash = LinkHash(seq, prev, e.ContentHash())
	return e
}

// Formula is how the hash of an event is made. It changed once, between two
// entries of a log: see [Event.Formula].
type Formula int

// The formulas.
const (
	FormulaEnvelope Formula = iota + 1 // one hash over all, with who did it in the open
	FormulaLinks                       // [LinkHash], which those can check who may not see the event
)

// Formula is that of an event in a log whose first of [FormulaLinks] has this
// sequence number; 0 or 1 if all have it.
func (e Event) Formula(links int64) Formula {
	if e.Seq < links {
		return FormulaEnvelope
	}
	return FormulaLinks
}

// Verify checks e against the hash of the event before it. An erased payload
// passes. Errors: Internal, saying what does not fit.
func (e Event) Verify(prev string, formula Formula) error {
	if e.PrevHash != prev {
		return fmt.Errorf("event %d: does not follow %q", e.Seq, prev)
	}
	if e.Payload != nil {
		if sum := sha256.Sum256(e.Payload); hex.EncodeToString(sum[:]) != e.PayloadHash {
			return fmt.Errorf("event %d: payload was altered", e.Seq)
		}
	}
	want := LinkHash(e.Seq, prev, e.ContentHash())
	if formula == FormulaEnvelope {
		want = e.envelopeHash()
	}
	if e.Hash != want {
		return fmt.Errorf("event %d: envelope was altered", e.Seq)
	}
	return nil
}

// ActorHash stands for the actor in the hash of what happened. The event's id,
// of which 74 bits are random, is hashed with it: who may not know the actor
// can check the event all the same, and does not see which events are of one
// person.
func (e Event) ActorHash() string { return hashParts(string(e.ID), string(e.Actor)) }

// ContentHash is the hex SHA-256 of what happened, without its place in the
// chain.
func (e Event) ContentHash() string {
	return hashParts(string(e.ID), string(e.Kind), e.Time.UTC().Format(time.RFC3339Nano), e.ActorHash(),
		e.Subject.Kind, string(e.Subject.ID), e.PayloadHash)
}

// LinkHash is the hash of the event with this sequence number, by the hash of
// the one before it and of its content. The whole chain can be checked by
// those who may see no event of it.
func LinkHash(seq int64, prev, content string) string {
	return hashParts(strconv.FormatInt(seq, 10), prev, content)
}

// envelopeHash is the hash by [FormulaEnvelope]: the sequence number, then what
// [hashParts] writes.
func (e Event) envelopeHash() string {
	h := sha256.New()
	var n [8]byte
	binary.BigEndian.PutUint64(n[:], uint64(e.Seq))
	h.Write(n[:])
	writeParts(h, e.PrevHash, string(e.ID), string(e.Kind), e.Time.UTC().Format(time.RFC3339Nano), string(e.Actor), e.Subject.Kind, string(e.Subject.ID), e.PayloadHash)
	return hex.EncodeToString(h.Sum(nil))
}

// hashParts is the hex SHA-256 of strings, each after its length in bytes (64
// bits, the highest first), so that no two lists read the same.
func hashParts(parts ...string) string {
	h := sha256.New()
	writeParts(h, parts...)
	return hex.EncodeToString(h.Sum(nil))
}

func writeParts(h hash.Hash, parts ...string) {
	var n [8]byte
	for _, s := range parts {
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
}

// Change is what a command commits beside its state, in one transaction.
type Change struct {
	Events []Event
	Jobs   []Job
}
