package storage

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/uptrace/bun"

	"interlink/domain"
)

// eventRow is one link of the node's event chain.
type eventRow struct {
	bun.BaseModel `bun:"table:events"`

	Seq         int64 `bun:",pk"`
	ID          string
	Kind        string
	Time        Stamp
	Actor       string
	SubjectKind string
	SubjectID   string
	Part        string
	Payload     *string
	PayloadHash string
	PrevHash    string
	Hash        string
}

func eventRowOf(e domain.Event) *eventRow {
	row := &eventRow{
		Seq: e.Seq, ID: string(e.ID), Kind: string(e.Kind), Time: Stamp(e.Time), Actor: string(e.Actor),
		SubjectKind: e.Subject.Kind, SubjectID: string(e.Subject.ID), Part: string(e.Part),
		PayloadHash: e.PayloadHash, PrevHash: e.PrevHash, Hash: e.Hash,
	}
	if e.Payload != nil {
		s := string(e.Payload)
		row.Payload = &s
	}
	return row
}

func (r *eventRow) event() domain.Event {
	e := domain.Event{
		Seq: r.Seq, ID: domain.ID(r.ID), Kind: domain.EventKind(r.Kind), Time: r.Time.Time(), Actor: domain.ActorID(r.Actor),
		Subject: domain.Subject{Kind: r.SubjectKind, ID: domain.ID(r.SubjectID)}, Part: domain.ID(r.Part),
		PayloadHash: r.PayloadHash, PrevHash: r.PrevHash, Hash: r.Hash,
	}
	if r.Payload != nil {
		e.Payload = json.RawMessage(*r.Payload)
	}
	return e
}

// chain has the statements that append to the events.
type chain struct {
	head, move *statement
	add        *inserter
}

func newChain(d *DB) chain {
	head := "SELECT seq, hash FROM event_head WHERE id = 1"
	if d.dialect == Postgres {
		head += " FOR UPDATE"
	}
	return chain{
		head: d.statement(head),
		move: d.statement("UPDATE event_head SET seq = ?, hash = ? WHERE id = 1"),
		add:  d.inserter((*eventRow)(nil), ""),
	}
}

// appendEvents chains the events. The head's row is taken last in the
// transaction and held until the commit, so sequence numbers have no gaps and
// become visible in order: a reader that goes on from a number misses none.
func (d *DB) appendEvents(ctx context.Context, tx bun.Tx, events []domain.Event) error {
	if len(events) == 0 {
		return nil
	}
	seq, hash, err := d.chain.last(ctx, tx)
	if err != nil {
		return err
	}
	for _, e := range events {
		e = e.Chain(seq+1, hash)
		seq, hash = e.Seq, e.Hash
		if err := d.chain.add.insert(ctx, tx, eventRowOf(e)); err != nil {
			return err
		}
	}
	_, err = d.chain.move.exec(ctx, tx, seq, hash)
	return err
}

func (c chain) last(ctx context.Context, tx bun.Tx) (seq int64, hash string, err error) {
	rows, err := c.head.queryTx(ctx, tx)
	if err != nil {
		return 0, "", err
	}
	defer rows.Close()
	if rows.Next() {
		err = rows.Scan(&seq, &hash)
	}
	return seq, hash, errors.Join(err, rows.Err())
}

// Events reads the event chain.
type Events struct {
	db            *DB
	after, cursor *statement
}

// NewEvents makes the reader.
func NewEvents(db *DB) *Events {
	return &Events{
		db:     db,
		after:  db.statement("SELECT " + db.columns((*eventRow)(nil), "") + " FROM events WHERE seq > ? ORDER BY seq LIMIT ?"),
		cursor: db.statement("SELECT seq FROM cursors WHERE name = ?"),
	}
}

// After returns up to limit events with a sequence number above seq, in
// order.
func (s *Events) After(ctx context.Context, seq int64, limit int64) ([]domain.Event, error) {
	found, err := s.after.query(ctx, seq, limit)
	if err != nil {
		return nil, translate(err)
	}
	rows, err := all[eventRow](ctx, s.db, found)
	return eventsOf(rows), translate(err)
}

// About returns the events of one subject, or of one part of it, newest
// first, before the sequence number (0 for the newest).
func (s *Events) About(ctx context.Context, subject domain.Subject, part domain.ID, before int64, limit int64) ([]domain.Event, error) {
	var rows []*eventRow
	q := s.db.read.NewSelect().Model(&rows).
		Where("subject_kind = ? AND subject_id = ?", subject.Kind, string(subject.ID))
	if part != "" {
		q = q.Where("part = ? AND part <> ''", string(part)) // the second for the partial index
	}
	if before > 0 {
		q = q.Where("seq < ?", before)
	}
	err := q.Order("seq DESC").Limit(limit).Scan(ctx)
	return eventsOf(rows), translate(err)
}

// Verify walks the whole chain, up to the head that the last writer left, and
// returns how many events it holds. Errors: Internal, naming the first event
// that does not fit or is missing.
func (s *Events) Verify(ctx context.Context) (int64, error) {
	var last, seq int64
	var head, prev string
	if err := s.db.read.QueryRowContext(ctx, "SELECT seq, hash FROM event_head WHERE id = 1").Scan(&last, &head); err != nil {
		return 0, translate(err)
	}
	for {
		page, err := s.After(ctx, seq, 1000)
		if err != nil {
			return seq, err
		}
		for _, e := range page {
			if err := e.Verify(prev); err != nil {
				return seq, err
			}
			if prev, seq = e.Hash, e.Seq; seq == last && prev != head {
				return seq, fmt.Errorf("event %d: is not the one that the chain ended with", seq)
			}
		}
		switch {
		case len(page) > 0:
		case seq < last:
			return seq, fmt.Errorf("event %d: is missing, as are all up to %d", seq+1, last)
		default:
			return seq, nil
		}
	}
}

// Cursor returns how far a projection of the events has come; 0 at first.
func (s *Events) Cursor(ctx context.Context, name string) (int64, error) {
	rows, err := s.cursor.query(ctx, name)
	if err != nil {
		return 0, translate(err)
	}
	defer rows.Close()
	var seq int64
	if rows.Next() {
		err = rows.Scan(&seq)
	}
	return seq, translate(errors.Join(err, rows.Err()))
}

// advance moves a projection's cursor inside its transaction. Errors:
// Conflict if another process moved it meanwhile.
func advance(ctx context.Context, tx bun.Tx, name string, from, to int64) error {
	if from == 0 {
		if _, err := tx.NewRaw("INSERT INTO cursors (name, seq) VALUES (?, 0) ON CONFLICT (name) DO NOTHING", name).Exec(ctx); err != nil {
			return err
		}
	}
	return changedOne(tx.NewRaw("UPDATE cursors SET seq = ? WHERE name = ? AND seq = ?", to, name, from).Exec(ctx))
}

func eventsOf(rows []*eventRow) []domain.Event {
	events := make([]domain.Event, len(rows))
	for i, r := range rows {
		events[i] = r.event()
	}
	return events
}
