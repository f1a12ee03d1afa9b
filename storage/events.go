package storage

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/audit"
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

var _ audit.Store = (*Events)(nil)

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

// Head implements audit.Store.
func (s *Events) Head(ctx context.Context) (audit.Head, error) {
	var h audit.Head
	err := s.db.read.QueryRowContext(ctx, "SELECT seq, hash, links FROM event_head WHERE id = 1").Scan(&h.Seq, &h.Hash, &h.Links)
	return h, translate(err)
}

// noteLinks notes, once, from which event on the formula of links holds: nothing
// but the events themselves tells, of a log that was begun by an earlier version.
func (d *DB) noteLinks(ctx context.Context) error {
	events := NewEvents(d)
	head, err := events.Head(ctx)
	if err != nil || head.Links > 0 {
		return err
	}
	first, err := audit.FirstLink(ctx, events)
	if err != nil {
		return err
	}
	_, err = d.write.ExecContext(ctx, "UPDATE event_head SET links = ? WHERE id = 1 AND links = 0", first)
	return translate(err)
}

// Log implements audit.Store.
func (s *Events) Log(ctx context.Context, subject domain.Subject, f audit.Filter, oldest bool, p domain.Page) (domain.List[domain.Event], error) {
	list := domain.List[domain.Event]{Total: -1}
	after, err := p.AfterSerial()
	if err != nil {
		return list, err
	}
	var rows []*eventRow
	q := narrowLog(s.db.read.NewSelect().Model(&rows), subject, f)
	order, beyond := "seq DESC", "seq < ?"
	if oldest {
		order, beyond = "seq", "seq > ?"
	}
	if after > 0 {
		q = q.Where(beyond, int64(after))
	}
	size := p.Size()
	if err := q.OrderExpr(order).Limit(int64(size + 1)).Scan(ctx); err != nil {
		return list, translate(err)
	}
	if len(rows) > size {
		rows = rows[:size]
		list.Next = domain.Serial(rows[size-1].Seq).Cursor()
	}
	list.Items = eventsOf(rows)
	return list, nil
}

func narrowLog(q *bun.SelectQuery, subject domain.Subject, f audit.Filter) *bun.SelectQuery {
	if subject != (domain.Subject{}) {
		q = q.Where("subject_kind = ? AND subject_id = ?", subject.Kind, string(subject.ID))
	}
	if f.Family != "" {
		q = q.Where("kind LIKE ? ESCAPE '!'", likeEscapes.Replace(f.Family)+".%")
	}
	if f.Part != "" {
		q = q.Where("part = ? AND part <> ''", string(f.Part)) // the second for the partial index
	}
	if f.Actor != domain.Nobody {
		q = q.Where("actor = ?", string(f.Actor))
	}
	if !f.From.IsZero() {
		q = q.Where("time >= ?", Stamp(f.From))
	}
	if !f.Until.IsZero() {
		q = q.Where("time < ?", Stamp(f.Until))
	}
	return q
}

// Verify checks the whole chain and returns how many events it holds. Errors:
// those of [audit.Verify].
func (s *Events) Verify(ctx context.Context) (int64, error) {
	found, err := audit.Verify(ctx, s, audit.Check{})
	return found.Events, err
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
