package storage

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// Received is the queue of activities from other servers.
type Received struct {
	db    *DB
	mint  *domain.Mint
	add   *inserter
	lease *statement
}

// NewReceived makes the store.
func NewReceived(db *DB, mint *domain.Mint) *Received {
	return &Received{
		db:    db,
		mint:  mint,
		add:   db.inserter((*receivedRow)(nil), "ON CONFLICT (iri) DO NOTHING"),
		lease: db.statement(leaseReceived + db.columns((*receivedRow)(nil), "")),
	}
}

// leaseReceived leases what is to be worked next, the oldest: nothing of an
// actor whose activity is being worked elsewhere.
const leaseReceived = `UPDATE received SET lease_until = ? WHERE id IN (
	SELECT r.id FROM received AS r
	WHERE r.state = 'pending' AND r.next_at <= ? AND r.lease_until <= ?
	AND NOT EXISTS (SELECT 1 FROM received AS w WHERE w.actor = r.actor AND w.state = 'pending' AND w.lease_until > ?)
	ORDER BY r.serial LIMIT ?) RETURNING `

type receivedRow struct {
	bun.BaseModel `bun:"table:received"`

	ID         string `bun:",pk"`
	Serial     int64
	IRI        string
	Actor      string
	Bringer    string
	Host       string
	Type       string
	Inbox      string
	Object     string
	Raw        []byte
	RawHash    string
	State      string
	Attempts   int
	NextAt     int64
	LeaseUntil int64
	LastError  string
	ReceivedAt Stamp
	DoneAt     Stamp
}

// addTries is how often activities are tried with serials that no other process
// made in the same millisecond: that one does is seldom, twice is not to be seen.
const addTries = 3

// Add stores activities as received; one whose id is known is left as it is,
// which is success. All are stored in one transaction, with other serials where
// one is taken.
func (s *Received) Add(ctx context.Context, in []*network.Received) error {
	err := s.insert(ctx, in)
	for try := 1; try < addTries && isSerialTaken(err); try++ {
		for _, r := range in {
			r.Serial = s.mint.Serial()
		}
		err = s.insert(ctx, in)
	}
	if err == nil {
		s.db.changed.wake(TopicReceived)
	}
	return err
}

func (s *Received) insert(ctx context.Context, in []*network.Received) error {
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, r := range in {
			sum := sha256.Sum256(r.Raw)
			err := s.add.insert(ctx, tx, &receivedRow{
				ID: string(r.ID), Serial: int64(r.Serial), IRI: string(r.IRI), Actor: string(r.Actor), Bringer: string(r.Bringer), Host: r.Host,
				Type: r.Type, Inbox: r.Inbox, Object: string(r.Object), Raw: r.Raw, RawHash: hex.EncodeToString(sum[:]),
				State: "pending", NextAt: r.At.UnixMicro(), ReceivedAt: Stamp(r.At),
			})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Known reports whether an activity with this id was received before.
func (s *Received) Known(ctx context.Context, iri domain.IRI) (bool, error) {
	known, err := s.db.read.NewSelect().Model((*receivedRow)(nil)).Where("iri = ?", string(iri)).Exists(ctx)
	return known, translate(err)
}

// Claim leases up to limit due activities, oldest first. Those of an actor
// whose activity is being worked elsewhere wait, so that one actor's are
// worked in order.
func (s *Received) Claim(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]*network.Received, error) {
	var rows []*receivedRow
	err := s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		if s.db.dialect == Postgres {
			// One claimer at a time: the choice by actor must see all leases.
			if _, err := tx.NewRaw("SELECT pg_advisory_xact_lock(?)", int64(receivedLock)).Exec(ctx); err != nil {
				return err
			}
		}
		at := now.UnixMicro()
		leased, err := s.lease.queryTx(ctx, tx, now.Add(lease).UnixMicro(), at, at, at, limit)
		if err != nil {
			return err
		}
		rows, err = all[receivedRow](ctx, s.db, leased)
		return err
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b *receivedRow) int { return cmp.Compare(a.Serial, b.Serial) })
	out := make([]*network.Received, len(rows))
	for i, r := range rows {
		out[i] = &network.Received{
			ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Actor: domain.IRI(r.Actor), Bringer: domain.IRI(r.Bringer), Host: r.Host,
			Type: r.Type, Inbox: r.Inbox, Raw: r.Raw, Attempts: r.Attempts, At: r.ReceivedAt.Time(),
		}
	}
	return out, nil
}

// receivedLock is the key of PostgreSQL's advisory lock for claiming.
const receivedLock = 0x72656365697665 // "receive"

// Renew makes the lease of claimed activities last until a time; the zero
// time gives them back. What is finished stays so.
func (s *Received) Renew(ctx context.Context, ids []domain.ID, until time.Time) error {
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE received SET lease_until = ? WHERE id IN (?) AND state = 'pending'", max(until.UnixMicro(), 0), bun.List(ids)).Exec(ctx)
		return err
	})
}

// Finish records how the work on activities ended, in one transaction.
func (s *Received) Finish(ctx context.Context, results []network.ReceivedResult) error {
	if len(results) == 0 {
		return nil
	}
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		var done []string
		for i := range results {
			r := &results[i]
			if r.State == network.ReceivedDone && r.Error == "" {
				done = append(done, string(r.ID))
				continue
			}
			var doneAt Stamp
			if r.State != network.ReceivedPending {
				doneAt = Stamp(r.At)
			}
			_, err := tx.NewUpdate().Model((*receivedRow)(nil)).
				Set("state = ?", string(r.State)).Set("attempts = attempts + 1").Set("lease_until = 0").
				Set("next_at = ?", r.NextAt.UnixMicro()).Set("last_error = ?", r.Error).Set("done_at = ?", doneAt).
				Where("id = ?", string(r.ID)).Exec(ctx)
			if err != nil {
				return err
			}
		}
		if len(done) == 0 {
			return nil
		}
		_, err := tx.NewRaw("UPDATE received SET state = 'done', attempts = attempts + 1, lease_until = 0, done_at = ? WHERE id IN (?)",
			results[0].At.UnixMicro(), bun.List(done)).Exec(ctx)
		return err
	})
}

// forgetBytes removes the bytes of all received activities that carry what
// was deleted: the objects that an expression gives. Their ids and hashes
// stay, so that they take no effect again; one that was still to be worked
// takes none. What archives told of it goes, too, and the words in what was sent.
func forgetBytes(ctx context.Context, tx bun.Tx, objects string, args ...any) error {
	if err := forgetArchived(ctx, tx, objects, args...); err != nil {
		return err
	}
	if err := forgetSent(ctx, tx, objects, args...); err != nil {
		return err
	}
	_, err := tx.NewRaw("UPDATE received SET raw = NULL, state = 'done' WHERE object <> '' AND object IN ("+objects+") AND raw IS NOT NULL", args...).Exec(ctx)
	return err
}
