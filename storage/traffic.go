package storage

import (
	"context"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// Traffic reads and steers the queues, for administrators.
type Traffic struct{ db *DB }

// NewTraffic makes the store.
func NewTraffic(db *DB) *Traffic { return &Traffic{db} }

var _ network.TrafficStore = (*Traffic)(nil)

// lateHosts gives each host that something waits for, and since when: from
// one host to the next in the index, however much waits for each.
const lateHosts = `WITH RECURSIVE waiting (host) AS (
		SELECT MIN(host) FROM deliveries WHERE state = 'pending'
		UNION ALL
		SELECT (SELECT MIN(d.host) FROM deliveries AS d WHERE d.state = 'pending' AND d.host > w.host)
		FROM waiting AS w WHERE w.host IS NOT NULL
	),
	late AS (
		SELECT w.host, (SELECT d.created_at FROM deliveries AS d WHERE d.state = 'pending' AND d.host = w.host
			ORDER BY d.serial LIMIT 1) AS oldest FROM waiting AS w WHERE w.host IS NOT NULL
	)`

// worstHosts orders all hosts by since when they have been late or failing,
// and counts what waits for those of one page alone.
const worstHosts = lateHosts + `,
	known AS (SELECT host FROM hosts UNION SELECT host FROM late),
	judged AS (
		SELECT k.host, l.oldest, COALESCE(h.open_until, 0) AS open_until, h.failing_since,
			CASE WHEN l.oldest IS NULL AND h.failing_since IS NULL THEN ?0
				WHEN h.failing_since IS NULL OR l.oldest < h.failing_since THEN l.oldest
				ELSE h.failing_since END AS since
		FROM known AS k LEFT JOIN hosts AS h ON h.host = k.host LEFT JOIN late AS l ON l.host = k.host
	),
	chosen AS MATERIALIZED (
		SELECT * FROM judged WHERE NOT ?1 OR failing_since IS NOT NULL OR open_until > ?2 OR oldest < ?3
	),
	page AS MATERIALIZED (
		SELECT * FROM chosen WHERE since > ?4 OR since = ?4 AND host > ?5 ORDER BY since, host LIMIT ?6
	)
	SELECT p.host, p.since, COALESCE(p.oldest, 0) AS oldest, (SELECT COUNT(*) FROM chosen) AS total,
		(SELECT COUNT(*) FROM deliveries AS d WHERE d.state = 'pending' AND d.host = p.host) AS waiting,
		(SELECT COUNT(*) FROM deliveries AS d WHERE d.state = 'dead' AND d.host = p.host) AS dead,
		COALESCE(h.software, '') AS software, COALESCE(h.software_version, '') AS software_version,
		COALESCE(h.signature, '') AS signature, COALESCE(h.failures, 0) AS failures,
		p.open_until, p.failing_since,
		h.last_success_at, h.last_failure_at, h.last_inbound_at, COALESCE(h.last_error, '') AS last_error
	FROM page AS p LEFT JOIN hosts AS h ON h.host = p.host ORDER BY p.since, p.host`

type hostStatusRow struct {
	hostRow `bun:",extend"`

	Since   int64
	Oldest  int64
	Total   int
	Waiting int
	Dead    int
}

func (r *hostStatusRow) status() *network.HostStatus {
	h := &network.HostStatus{Host: *r.host(), Waiting: r.Waiting, Dead: r.Dead}
	if r.Oldest > 0 {
		h.Oldest = time.UnixMicro(r.Oldest).UTC()
	}
	return h
}

// Hosts implements network.TrafficStore. Its cursors are "since host".
func (s *Traffic) Hosts(ctx context.Context, troubled bool, now time.Time, p domain.Page) (domain.List[*network.HostStatus], error) {
	var list domain.List[*network.HostStatus]
	since, host := int64(0), ""
	if p.After != "" {
		at, name, ok := strings.Cut(p.After, " ")
		var err error
		if since, err = strconv.ParseInt(at, 10, 64); err != nil || !ok {
			return list, domain.InvalidField("after", "error.cursor").Because(err)
		}
		host = name
	}
	var rows []*hostStatusRow
	err := s.db.read.NewRaw(worstHosts, int64(math.MaxInt64), troubled, now.UnixMicro(), now.Add(-network.LateAfter).UnixMicro(),
		since, host, p.Size()+1).Scan(ctx, &rows)
	if err != nil {
		return list, translate(err)
	}
	for i, r := range rows {
		list.Total = r.Total
		if i == p.Size() {
			last := rows[i-1]
			list.Next = strconv.FormatInt(last.Since, 10) + " " + last.Host
			break
		}
		list.Items = append(list.Items, r.status())
	}
	return list, nil
}

// HostStatus implements network.TrafficStore.
func (s *Traffic) HostStatus(ctx context.Context, host string) (*network.HostStatus, error) {
	known, err := NewHosts(s.db).Host(ctx, host)
	if err != nil {
		return nil, err
	}
	row := new(hostStatusRow)
	err = s.db.read.NewRaw(`SELECT
		(SELECT COUNT(*) FROM deliveries WHERE state = 'pending' AND host = ?0) AS waiting,
		(SELECT COUNT(*) FROM deliveries WHERE state = 'dead' AND host = ?0) AS dead,
		COALESCE((SELECT created_at FROM deliveries WHERE state = 'pending' AND host = ?0 ORDER BY serial LIMIT 1), 0) AS oldest,
		(SELECT COUNT(*) FROM hosts WHERE host = ?0) AS total`, host).Scan(ctx, row)
	if err != nil {
		return nil, translate(err)
	}
	if row.Total+row.Waiting+row.Dead == 0 {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	h := row.status()
	h.Host = *known
	return h, nil
}

type sentRow struct {
	deliveryRow `bun:",extend"`

	IRI  string
	Type string
}

func (r *sentRow) sent() *network.Sent {
	return &network.Sent{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Activity: domain.IRI(r.IRI), Type: r.Type, Inbox: domain.IRI(r.Inbox),
		State: network.DeliveryState(r.State), Attempts: r.Attempts, NextAt: time.UnixMicro(r.NextAt).UTC(),
		Status: r.LastStatus, Error: r.LastError, Since: r.CreatedAt.Time(),
	}
}

// Sent implements network.TrafficStore.
func (s *Traffic) Sent(ctx context.Context, host string, state network.DeliveryState, p domain.Page) (domain.List[*network.Sent], error) {
	var rows []*sentRow
	q := s.db.read.NewSelect().Model(&rows).ColumnExpr("?TableAlias.*, a.iri, a.type").
		Join("JOIN activities AS a ON a.id = ?TableAlias.activity_id").
		Where("?TableAlias.state = ? AND ?TableAlias.host = ?", bun.Safe("'"+string(state)+"'"), host) // written out, for the partial indexes
	return bySerial(ctx, q, &rows, false, p, func(r *sentRow) int64 { return r.Serial }, (*sentRow).sent)
}

// Retry implements network.TrafficStore.
func (s *Traffic) Retry(ctx context.Context, host string, now time.Time, change domain.Change) error {
	const long = "SELECT type FROM activities WHERE id = deliveries.activity_id"
	young, old := now.Add(-network.Horizon("")).UnixMicro(), now.Add(-network.Horizon("Delete")).UnixMicro()
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("UPDATE hosts SET failures = 0, open_until = 0, failing_since = NULL WHERE host = ?", host).Exec(ctx); err != nil {
			return err
		}
		if _, err := tx.NewRaw("UPDATE deliveries SET next_at = ?0 WHERE state = 'pending' AND host = ?1 AND next_at > ?0", now.UnixMicro(), host).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw(`UPDATE deliveries SET state = 'pending', next_at = ?0, lease_until = 0, done_at = NULL
			WHERE state = 'dead' AND host = ?1 AND created_at > ?3
			AND (created_at > ?2 OR (`+long+`) IN ('Delete', 'Undo', 'Accept', 'Reject'))`, now.UnixMicro(), host, young, old).Exec(ctx)
		return err
	})
	if err == nil {
		s.db.changed.wake(TopicDeliveries)
	}
	return err
}

func (r *receivedRow) failure() *network.Failure {
	return &network.Failure{Error: r.LastError, Received: network.Received{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Actor: domain.IRI(r.Actor), Host: r.Host,
		Type: r.Type, Inbox: r.Inbox, Raw: r.Raw, Attempts: r.Attempts, At: r.ReceivedAt.Time(),
	}}
}

// Failures implements network.TrafficStore; the bytes are left out.
func (s *Traffic) Failures(ctx context.Context, p domain.Page) (domain.List[*network.Failure], error) {
	var rows []*receivedRow
	q := s.db.read.NewSelect().Model(&rows).ExcludeColumn("raw").Where("state = 'failed'")
	return bySerial(ctx, q, &rows, true, p, func(r *receivedRow) int64 { return r.Serial }, (*receivedRow).failure)
}

// GivenUp implements network.TrafficStore.
func (s *Traffic) GivenUp(ctx context.Context, activity domain.IRI) (dead bool, err error) {
	err = s.db.read.NewRaw(`SELECT EXISTS (SELECT 1 FROM activities AS a JOIN deliveries AS d ON d.activity_id = a.id WHERE a.iri = ? AND d.state = 'dead')`,
		string(activity)).Scan(ctx, &dead)
	return dead, translate(err)
}

// Failure implements network.TrafficStore.
func (s *Traffic) Failure(ctx context.Context, id domain.ID) (*network.Failure, error) {
	row := new(receivedRow)
	if err := s.db.read.NewSelect().Model(row).Where("id = ? AND state = 'failed'", string(id)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.failure(), nil
}

// Replay implements network.TrafficStore.
func (s *Traffic) Replay(ctx context.Context, id domain.ID, now time.Time, change domain.Change) error {
	err := s.end(ctx, change, `UPDATE received SET state = 'pending', attempts = 0, next_at = ?, lease_until = 0, last_error = '',
		done_at = NULL WHERE id = ? AND state = 'failed'`, now.UnixMicro(), string(id))
	if err == nil {
		s.db.changed.wake(TopicReceived)
	}
	return err
}

// SetAside implements network.TrafficStore.
func (s *Traffic) SetAside(ctx context.Context, id domain.ID, now time.Time, change domain.Change) error {
	return s.end(ctx, change, "UPDATE received SET state = 'done', done_at = ? WHERE id = ? AND state = 'failed'", now.UnixMicro(), string(id))
}

// end changes one failed activity; NotFound if another was faster.
func (s *Traffic) end(ctx context.Context, change domain.Change, query string, args ...any) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.NewRaw(query, args...).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return domain.Fail(domain.NotFound, "error.not_found").Because(err)
		}
		return nil
	})
}

// Ages reads since when the oldest of each queue waits: of the received, the
// fan-outs, the deliveries, and of the jobs those that are due.
func (s *Traffic) Ages(ctx context.Context) (network.Ages, error) {
	due := "CAST(EXTRACT(EPOCH FROM MIN(scheduled_at)) * 1000000 AS BIGINT)"
	if s.db.dialect == SQLite {
		due = "CAST(strftime('%s', MIN(scheduled_at)) AS INTEGER) * 1000000"
	}
	var received, serial, deliveries, jobs int64
	err := s.db.read.NewRaw(lateHosts+`SELECT
		COALESCE((SELECT received_at FROM received WHERE state = 'pending' ORDER BY serial LIMIT 1), 0),
		COALESCE((SELECT MIN(serial) FROM fanouts), 0),
		COALESCE((SELECT MIN(oldest) FROM late), 0),
		COALESCE((SELECT `+due+` FROM river_job WHERE state = 'available'), 0)`).
		Scan(ctx, &received, &serial, &deliveries, &jobs)
	if err != nil {
		return network.Ages{}, translate(err)
	}
	at := func(micro int64) time.Time {
		if micro == 0 {
			return time.Time{}
		}
		return time.UnixMicro(micro).UTC()
	}
	ages := network.Ages{Received: at(received), Deliveries: at(deliveries), Jobs: at(jobs)}
	if serial > 0 {
		ages.Fanouts = domain.Serial(serial).Time()
	}
	return ages, nil
}
