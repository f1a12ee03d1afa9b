package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// Deliveries is the queue of activities on their way to other servers.
type Deliveries struct{ db *DB }

// NewDeliveries makes the store.
func NewDeliveries(db *DB) *Deliveries { return &Deliveries{db} }

type deliveryRow struct {
	bun.BaseModel `bun:"table:deliveries"`

	ID         string `bun:",pk"`
	Serial     int64
	ActivityID string
	ActorID    string
	Host       string
	Inbox      string
	OrderKey   string
	State      string
	Attempts   int
	NextAt     int64 // microseconds, as are leases: never NULL
	LeaseUntil int64
	LastStatus int
	LastError  string
	CreatedAt  Stamp
	DoneAt     Stamp
}

// due picks pending deliveries: at most so many a host, none before an
// earlier one to the same inbox about the same object, none to a host that
// is closed for now. ?0 is the time, ?1 the lane of a host, ?2 the limit, ?3
// the hosts whose lanes are full.
const due = `
	SELECT id, host FROM (
		SELECT d.id, d.host, d.serial, ROW_NUMBER() OVER (PARTITION BY d.host ORDER BY d.next_at, d.serial) AS lane
		FROM deliveries AS d
		WHERE d.state = 'pending' AND d.next_at <= ?0 AND d.lease_until <= ?0 AND d.host NOT IN (?3)
		AND NOT EXISTS (SELECT 1 FROM hosts AS h WHERE h.host = d.host AND (h.open_until > ?0 OR h.blocked))
		AND NOT EXISTS (SELECT 1 FROM deliveries AS e WHERE e.inbox = d.inbox AND e.order_key = d.order_key
			AND e.state = 'pending' AND e.serial < d.serial)
	) AS lanes
	WHERE lane <= ?1 ORDER BY lane, serial LIMIT ?2`

// Claim leases up to limit due deliveries, so that with those in flight (busy,
// by host) no host has more than lane. A claimed delivery is not given out
// again before its lease ends.
func (s *Deliveries) Claim(ctx context.Context, now time.Time, limit, lane int, busy map[string]int, lease time.Duration) ([]*network.Delivery, error) {
	full := []string{""}
	for host, n := range busy {
		if n >= lane {
			full = append(full, host)
		}
	}
	var found []struct{ ID, Host string }
	err := s.db.read.NewRaw(due, now.UnixMicro(), lane, limit, bun.List(full)).Scan(ctx, &found)
	if err != nil || len(found) == 0 {
		return nil, translate(err)
	}
	ids := make([]string, 0, len(found))
	planned := map[string]int{}
	for _, f := range found {
		if busy[f.Host]+planned[f.Host] < lane {
			planned[f.Host]++
			ids = append(ids, f.ID)
		}
	}
	var claimed []*network.Delivery
	err = s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		var leased []string
		err := tx.NewRaw("UPDATE deliveries SET lease_until = ? WHERE id IN (?) AND state = 'pending' AND lease_until <= ? RETURNING id",
			now.Add(lease).UnixMicro(), bun.List(ids), now.UnixMicro()).Scan(ctx, &leased)
		if err != nil || len(leased) == 0 {
			return err
		}
		claimed, err = s.load(ctx, tx, leased, now)
		return err
	})
	return claimed, err
}

func (s *Deliveries) load(ctx context.Context, tx bun.Tx, ids []string, now time.Time) ([]*network.Delivery, error) {
	var rows []struct {
		deliveryRow `bun:",extend"`
		Raw         []byte
		Digest      string
		Signature   string
	}
	err := tx.NewSelect().TableExpr("deliveries AS d").Join("JOIN activities AS a ON a.id = d.activity_id").
		Join("LEFT JOIN hosts AS h ON h.host = d.host").
		ColumnExpr("d.*, a.raw, a.digest").
		ColumnExpr("CASE WHEN h.signature_at > ? THEN h.signature ELSE '' END AS signature", now.Add(-network.SchemeFor).UnixMicro()).
		Where("d.id IN (?)", bun.List(ids)).OrderExpr("d.serial").Scan(ctx, &rows)
	if err != nil {
		return nil, err
	}
	out := make([]*network.Delivery, len(rows))
	for i := range rows {
		r := &rows[i]
		out[i] = &network.Delivery{
			ID: domain.ID(r.ID), Activity: domain.ID(r.ActivityID), Actor: domain.ActorID(r.ActorID),
			Host: r.Host, Inbox: domain.IRI(r.Inbox), Attempts: r.Attempts, Raw: r.Raw, Digest: r.Digest,
			Since: r.CreatedAt.Time(), Scheme: r.Signature,
		}
	}
	return out, nil
}

// Finish records how deliveries ended, and what that says of their hosts, in
// one transaction.
func (s *Deliveries) Finish(ctx context.Context, results []network.DeliveryResult) error {
	if len(results) == 0 {
		return nil
	}
	err := s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		var done []string
		for i := range results {
			r := &results[i]
			if r.State == network.DeliveryDone && r.Status < 300 {
				done = append(done, string(r.Delivery.ID))
				continue
			}
			if err := finishOne(ctx, tx, r); err != nil {
				return err
			}
		}
		if len(done) > 0 {
			_, err := tx.NewRaw(`UPDATE deliveries SET state = 'done', attempts = attempts + 1, lease_until = 0,
				last_status = 202, last_error = '', done_at = ? WHERE id IN (?)`,
				results[0].At.UnixMicro(), bun.List(done)).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return recordHosts(ctx, tx, results)
	})
	if err == nil {
		s.db.changed.wake(TopicDeliveries) // the next of the same lane or order is free
	}
	return err
}

func finishOne(ctx context.Context, tx bun.Tx, r *network.DeliveryResult) error {
	var doneAt Stamp
	if r.State != network.DeliveryPending {
		doneAt = Stamp(r.At)
	}
	_, err := tx.NewUpdate().Model((*deliveryRow)(nil)).
		Set("state = ?", string(r.State)).Set("attempts = attempts + 1").Set("lease_until = 0").
		Set("next_at = ?", r.NextAt.UnixMicro()).Set("last_status = ?", r.Status).
		Set("last_error = ?", r.Error).Set("done_at = ?", doneAt).
		Where("id = ?", string(r.Delivery.ID)).Exec(ctx)
	return err
}

// NextDue returns when the next pending delivery becomes due; the zero time
// if none waits.
func (s *Deliveries) NextDue(ctx context.Context) (time.Time, error) {
	var at int64
	err := s.db.read.NewRaw(`SELECT COALESCE(MIN(CASE WHEN lease_until > next_at THEN lease_until ELSE next_at END), 0)
		FROM deliveries WHERE state = 'pending'`).Scan(ctx, &at)
	if err != nil || at == 0 {
		return time.Time{}, translate(err)
	}
	return time.UnixMicro(at).UTC(), nil
}

// VoidLeases frees what a killed process had claimed. Only a process that is
// alone with its database may call it (DESIGN §6).
func (s *Deliveries) VoidLeases(ctx context.Context) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		for _, table := range []string{"deliveries", "received"} {
			if _, err := tx.NewRaw("UPDATE ? SET lease_until = 0 WHERE state = 'pending' AND lease_until > 0", bun.Ident(table)).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// keepFinished is how long finished deliveries and received activities stay
// for administrators to look at.
const keepFinished = 7 * 24 * time.Hour

// Sweep removes at most 1,000 finished rows of each queue that are older
// than a week; bytes of sent activities stay.
func (s *Deliveries) Sweep(ctx context.Context, now time.Time) error {
	old := now.Add(-keepFinished).UnixMicro()
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(`DELETE FROM deliveries WHERE id IN
			(SELECT id FROM deliveries WHERE state = 'done' AND done_at < ? LIMIT 1000)`, old).Exec(ctx)
		return err
	})
}
