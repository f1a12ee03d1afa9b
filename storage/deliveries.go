package storage

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// Deliveries is the queue of activities on their way to other servers.
type Deliveries struct {
	db                       *DB
	hosts, next, lease, sent *statement
	digests                  *statement
}

// NewDeliveries makes the store.
func NewDeliveries(db *DB) *Deliveries {
	next := nextDue
	if db.dialect == Postgres {
		next += " FOR UPDATE SKIP LOCKED"
	}
	return &Deliveries{
		db:    db,
		hosts: db.statement(waitingHosts),
		next:  db.statement(next),
		lease: db.statement("UPDATE deliveries SET lease_until = ? WHERE id = ?"),
		sent:  db.statement("SELECT type, raw, digest FROM activities WHERE id = ?"),

		digests: db.statement("SELECT a.host, a.iri " + followersOn + " AND a.host <> ''"),
	}
}

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

// waitingHosts lists the hosts that something waits for, without those that
// are closed for now: from one host to the next in the index, however much
// waits for each.
const waitingHosts = `
	WITH RECURSIVE waiting (host) AS (
		SELECT MIN(host) FROM deliveries WHERE state = 'pending'
		UNION ALL
		SELECT (SELECT MIN(d.host) FROM deliveries AS d WHERE d.state = 'pending' AND d.host > w.host)
		FROM waiting AS w WHERE w.host IS NOT NULL
	)
	SELECT w.host, CASE WHEN h.signature_at > ? THEN h.signature ELSE '' END AS signature, COALESCE(h.failures, 0) AS failures, h.last_success_at
	FROM waiting AS w LEFT JOIN hosts AS h ON h.host = w.host
	WHERE w.host IS NOT NULL AND COALESCE(h.open_until, 0) <= ?`

// nextDue picks what is due for one host: nothing before an earlier delivery
// to the same inbox about the same object.
const nextDue = `
	SELECT d.id, d.activity_id, d.actor_id, d.inbox, d.attempts, d.created_at FROM deliveries AS d
	WHERE d.host = ? AND d.state = 'pending' AND d.next_at <= ? AND d.lease_until <= ?
	AND NOT EXISTS (SELECT 1 FROM deliveries AS e WHERE e.inbox = d.inbox AND e.order_key = d.order_key
		AND e.state = 'pending' AND e.serial < d.serial)
	ORDER BY d.next_at, d.serial LIMIT ?`

type waitingHost struct {
	Host          string
	Signature     string
	Failures      int
	LastSuccessAt Stamp
}

// Claim leases up to limit due deliveries, shared out among the hosts, so
// that with those that are held already (by host) no host has more than lane.
// A claimed delivery is not given out again before its lease ends.
func (s *Deliveries) Claim(ctx context.Context, now time.Time, limit, lane int, held map[string]int, lease time.Duration) ([]*network.Delivery, error) {
	rows, err := s.hosts.query(ctx, now.Add(-network.SchemeFor).UnixMicro(), now.UnixMicro())
	if err != nil {
		return nil, translate(err)
	}
	hosts, err := all[waitingHost](ctx, s.db, rows)
	if err != nil {
		return nil, translate(err)
	}
	hosts = slices.DeleteFunc(hosts, func(h *waitingHost) bool { return held[h.Host] >= lane })
	if len(hosts) == 0 {
		return nil, nil
	}
	rand.Shuffle(len(hosts), func(i, j int) { hosts[i], hosts[j] = hosts[j], hosts[i] })
	share := max(1, (limit+len(hosts)-1)/len(hosts))
	var claimed []*network.Delivery
	err = s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		claimed = claimed[:0]
		for _, h := range hosts {
			room := min(share, lane-held[h.Host], limit-len(claimed))
			if room <= 0 {
				break
			}
			found, err := s.claim(ctx, tx, h, now, room, lease)
			if err != nil {
				return err
			}
			claimed = append(claimed, found...)
		}
		if err := s.load(ctx, tx, claimed); err != nil {
			return err
		}
		claimed, err = dropEmpty(ctx, tx, claimed)
		return err
	})
	return claimed, err
}

// dropEmpty leaves out, and ends, the deliveries of activities that lost their
// words since they were queued: see [forgetSent].
func dropEmpty(ctx context.Context, tx bun.Tx, claimed []*network.Delivery) ([]*network.Delivery, error) {
	var empty []string
	claimed = slices.DeleteFunc(claimed, func(d *network.Delivery) bool {
		if len(d.Raw) == 0 {
			empty = append(empty, string(d.ID))
		}
		return len(d.Raw) == 0
	})
	if len(empty) == 0 {
		return claimed, nil
	}
	_, err := tx.NewRaw("DELETE FROM deliveries WHERE id IN (?)", bun.List(empty)).Exec(ctx)
	return claimed, err
}

// claim leases what is due for one host.
func (s *Deliveries) claim(ctx context.Context, tx bun.Tx, h *waitingHost, now time.Time, room int, lease time.Duration) ([]*network.Delivery, error) {
	rows, err := s.next.queryTx(ctx, tx, h.Host, now.UnixMicro(), now.UnixMicro(), room)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var found []*network.Delivery
	for rows.Next() {
		d := &network.Delivery{Host: h.Host, Scheme: h.Signature, Failing: h.Failures > 0, Noted: h.LastSuccessAt.Time()}
		var since Stamp
		if err := rows.Scan(&d.ID, &d.Activity, &d.Actor, &d.Inbox, &d.Attempts, &since); err != nil {
			return nil, err
		}
		d.Since = since.Time()
		found = append(found, d)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, d := range found {
		if _, err := s.lease.exec(ctx, tx, now.Add(lease).UnixMicro(), string(d.ID)); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// load reads the activities, each once: deliveries of a fan-out share their
// bytes.
func (s *Deliveries) load(ctx context.Context, tx bun.Tx, claimed []*network.Delivery) error {
	known := map[domain.ID]*network.Delivery{}
	for _, d := range claimed {
		if first := known[d.Activity]; first != nil {
			d.Type, d.Raw, d.Digest = first.Type, first.Raw, first.Digest
			continue
		}
		if err := s.read(ctx, tx, d); err != nil {
			return err
		}
		known[d.Activity] = d
	}
	return nil
}

func (s *Deliveries) read(ctx context.Context, tx bun.Tx, d *network.Delivery) error {
	rows, err := s.sent.queryTx(ctx, tx, string(d.Activity))
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		err = rows.Scan(&d.Type, &d.Raw, &d.Digest)
	}
	return errors.Join(err, rows.Err())
}

// Renew makes the leases of claimed deliveries last until a time; the zero
// time gives them back. What is finished stays so.
func (s *Deliveries) Renew(ctx context.Context, ids []domain.ID, until time.Time) error {
	at := int64(0)
	if !until.IsZero() {
		at = until.UnixMicro()
	}
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE deliveries SET lease_until = ? WHERE id IN (?) AND state = 'pending'", at, bun.List(ids)).Exec(ctx)
		return err
	})
}

// Finish records how deliveries ended, what that says of their hosts, and the
// jobs that follow, in one transaction.
func (s *Deliveries) Finish(ctx context.Context, results []network.DeliveryResult) error {
	if len(results) == 0 {
		return nil
	}
	var change domain.Change
	for i := range results {
		change.Jobs = append(change.Jobs, results[i].Jobs...)
	}
	err := s.db.inTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
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

// VoidLeases frees what a killed process had claimed, and lets the jobs that it
// was running run again: their own time until that is eleven minutes. Only a
// process that is alone with its database may call it (DESIGN §6).
func (s *Deliveries) VoidLeases(ctx context.Context) error {
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, table := range []string{"deliveries", "received"} {
			if _, err := tx.NewRaw("UPDATE ? SET lease_until = 0 WHERE state = 'pending' AND lease_until > 0", bun.Ident(table)).Exec(ctx); err != nil {
				return err
			}
		}
		_, err := tx.NewRaw("UPDATE river_job SET state = 'available' WHERE state = 'running'").Exec(ctx)
		return err
	})
}
