package storage

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// Hosts keeps what is known of other servers.
type Hosts struct {
	db     *DB
	byName *statement
}

// NewHosts makes the store.
func NewHosts(db *DB) *Hosts {
	return &Hosts{db, db.statement("SELECT " + db.columns((*hostRow)(nil), "") + " FROM hosts WHERE host = ?")}
}

type hostRow struct {
	bun.BaseModel `bun:"table:hosts"`

	Host            string `bun:",pk"`
	Software        string
	SoftwareVersion string
	SoftwareAt      Stamp // when it was asked, or was to be
	Signature       string
	SignatureAt     Stamp
	Capabilities    string // separated by spaces
	Failures        int
	OpenUntil       int64
	FailingSince    Stamp
	LastSuccessAt   Stamp
	LastFailureAt   Stamp
	LastInboundAt   Stamp
	LastError       string
}

func (r *hostRow) host() *network.Host {
	h := &network.Host{
		Host: r.Host, Software: network.Software{Name: r.Software, Version: r.SoftwareVersion}, Signature: r.Signature, SignatureAt: r.SignatureAt.Time(), Failures: r.Failures,
		LastSuccessAt: r.LastSuccessAt.Time(), LastFailureAt: r.LastFailureAt.Time(),
		LastInboundAt: r.LastInboundAt.Time(), LastError: r.LastError, FailingSince: r.FailingSince.Time(),
	}
	for _, capability := range strings.Fields(r.Capabilities) {
		h.Capabilities = append(h.Capabilities, domain.IRI(capability))
	}
	if r.OpenUntil > 0 {
		h.OpenUntil = time.UnixMicro(r.OpenUntil).UTC()
	}
	return h
}

// Host returns what is known of a server; a host never met is not an error.
func (s *Hosts) Host(ctx context.Context, host string) (*network.Host, error) {
	rows, err := s.byName.query(ctx, host)
	row, err := one[hostRow](ctx, s.db, rows, err)
	if domain.CodeOf(translate(err)) == domain.NotFound {
		return &network.Host{Host: host}, nil
	}
	if err != nil {
		return nil, translate(err)
	}
	return row.host(), nil
}

// SetSoftware keeps what a host runs.
func (s *Hosts) SetSoftware(ctx context.Context, host string, software network.Software) error {
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE hosts SET software = ?, software_version = ? WHERE host = ?", software.Name, software.Version, host).Exec(ctx)
		return err
	})
}

// NoteGroups keeps that a host shares what is done in communities, so that it
// is sent the same.
func (s *Hosts) NoteGroups(ctx context.Context, host string) error {
	known, err := s.db.read.NewSelect().Model((*hostRow)(nil)).Where("host = ? AND reads_groups", host).Exists(ctx)
	if err != nil || known {
		return translate(err)
	}
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("UPDATE hosts SET reads_groups = TRUE WHERE host = ? AND NOT reads_groups", host).Exec(ctx)
		return err
	})
}

// askSoftware has what a host runs read, if that was long ago.
func (s *Hosts) askSoftware(ctx context.Context, tx bun.Tx, host string, now time.Time) error {
	result, err := tx.NewRaw("UPDATE hosts SET software_at = ? WHERE host = ? AND COALESCE(software_at, 0) <= ?",
		now.UnixMicro(), host, now.Add(-network.SoftwareFor).UnixMicro()).Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return s.db.jobs.InsertTx(ctx, tx.Tx, []domain.Job{network.ReadSoftware(host)})
}

// The breaker: after this many failures in a row a host is left alone for a
// while that doubles up to an hour.
const (
	breakerAfter = 5
	breakerFirst = time.Minute
	breakerMost  = time.Hour
)

// recordHosts folds the outcomes of deliveries into their hosts' rows.
func recordHosts(ctx context.Context, tx bun.Tx, results []network.DeliveryResult) error {
	type outcome struct {
		answered, failed int
		last             *network.DeliveryResult
		scheme           string
		pause            time.Time
	}
	hosts := map[string]*outcome{}
	for i := range results {
		r := &results[i]
		if unremarkable(r) && hosts[r.Delivery.Host] == nil {
			continue
		}
		o := hosts[r.Delivery.Host]
		if o == nil {
			o = new(outcome)
			hosts[r.Delivery.Host] = o
		}
		o.last = r
		if r.Scheme != "" {
			o.scheme = r.Scheme
		}
		if r.Pause.After(o.pause) {
			o.pause = r.Pause
		}
		if r.Host == network.HostFailed {
			o.failed++
		} else {
			o.answered++
		}
	}
	for _, host := range slices.Sorted(maps.Keys(hosts)) { // in one order, or two processes wait for each other
		o := hosts[host]
		var err error
		if o.answered > 0 {
			err = hostAnswered(ctx, tx, host, o.scheme, o.last.At)
		} else {
			err = hostFailed(ctx, tx, host, o.failed, o.last)
		}
		if err == nil && !o.pause.IsZero() {
			_, err = tx.NewRaw("UPDATE hosts SET open_until = ? WHERE host = ? AND open_until < ?0", o.pause.UnixMicro(), host).Exec(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// noteEvery is how often it is written down that a healthy host goes on
// being so.
const noteEvery = time.Minute

// unremarkable reports whether a result says nothing new of its host.
func unremarkable(r *network.DeliveryResult) bool {
	d := r.Delivery
	return r.State == network.DeliveryDone && !d.Failing && r.Scheme == d.Scheme && r.At.Sub(d.Noted) < noteEvery
}

func hostAnswered(ctx context.Context, tx bun.Tx, host, scheme string, at time.Time) error {
	row := &hostRow{Host: host, Signature: scheme, LastSuccessAt: Stamp(at)}
	if scheme != "" {
		row.SignatureAt = Stamp(at)
	}
	_, err := tx.NewInsert().Model(row).On("CONFLICT (host) DO UPDATE").
		Set("failures = 0").Set("open_until = 0").Set("failing_since = NULL").Set("last_success_at = EXCLUDED.last_success_at").
		Set("signature = CASE WHEN EXCLUDED.signature <> '' THEN EXCLUDED.signature ELSE ?TableAlias.signature END").
		Set("signature_at = COALESCE(EXCLUDED.signature_at, ?TableAlias.signature_at)").
		Exec(ctx)
	return err
}

// LearnScheme notes how requests to a host must be signed.
func (s *Hosts) LearnScheme(ctx context.Context, host, scheme string, at time.Time) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&hostRow{Host: host, Signature: scheme, SignatureAt: Stamp(at)}).
			On("CONFLICT (host) DO UPDATE").
			Set("signature = EXCLUDED.signature").Set("signature_at = EXCLUDED.signature_at").Exec(ctx)
		return err
	})
}

// recordCapabilities keeps what an actor says that its server understands. A
// host that says so for the first time is taken at its word, whatever was
// learned before; repeated, it says nothing new, and what it did counts.
func recordCapabilities(ctx context.Context, tx bun.Tx, a *network.Actor) error {
	if a.Capabilities == nil {
		return nil
	}
	row := &hostRow{Host: a.Host, SignatureAt: Stamp(a.FetchedAt)}
	words := make([]string, len(a.Capabilities))
	for i, capability := range a.Capabilities {
		words[i] = string(capability)
	}
	row.Capabilities = strings.Join(words, " ")
	switch {
	case slices.Contains(a.Capabilities, network.CapableEd25519):
		row.Signature = "ed25519"
	case slices.Contains(a.Capabilities, network.CapableRFC9421):
		row.Signature = "rfc9421"
	default:
		row.SignatureAt = Stamp{}
	}
	_, err := tx.NewInsert().Model(row).On("CONFLICT (host) DO UPDATE").
		Set("capabilities = EXCLUDED.capabilities").
		Set("signature = CASE WHEN EXCLUDED.signature <> '' THEN EXCLUDED.signature ELSE ?TableAlias.signature END").
		Set("signature_at = COALESCE(EXCLUDED.signature_at, ?TableAlias.signature_at)").
		Where("?TableAlias.capabilities <> EXCLUDED.capabilities").Exec(ctx)
	return err
}

func hostFailed(ctx context.Context, tx bun.Tx, host string, n int, last *network.DeliveryResult) error {
	row := &hostRow{Host: host, Failures: n, LastFailureAt: Stamp(last.At), FailingSince: Stamp(last.At), LastError: last.Error}
	_, err := tx.NewInsert().Model(row).On("CONFLICT (host) DO UPDATE").
		Set("failures = ?TableAlias.failures + EXCLUDED.failures").
		Set("failing_since = COALESCE(?TableAlias.failing_since, EXCLUDED.failing_since)").
		Set("last_failure_at = EXCLUDED.last_failure_at").Set("last_error = EXCLUDED.last_error").
		Exec(ctx)
	if err != nil {
		return err
	}
	var failures int
	if err := tx.NewRaw("SELECT failures FROM hosts WHERE host = ?", host).Scan(ctx, &failures); err != nil {
		return err
	}
	if failures < breakerAfter {
		return nil
	}
	pause := min(breakerFirst<<min((failures-breakerAfter)/breakerAfter, 6), breakerMost)
	_, err = tx.NewRaw("UPDATE hosts SET open_until = ? WHERE host = ?", last.At.Add(pause).UnixMicro(), host).Exec(ctx)
	return err
}

// SeenInbound notes that a host sent something authentic: a sign of life,
// which closes its breaker, and has what it runs read once a day. scheme is how it signed ("" for by proof alone):
// one that signs by RFC 9421 reads it too, and is answered likewise. That it
// signs in the draft's way says nothing, as that is what all begin with.
func (s *Hosts) SeenInbound(ctx context.Context, host, scheme string, at time.Time) error {
	row := &hostRow{Host: host, LastInboundAt: Stamp(at)}
	if scheme == "rfc9421" {
		row.Signature, row.SignatureAt = scheme, Stamp(at)
	}
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		const learned = "EXCLUDED.signature <> '' AND ?TableAlias.signature <> 'ed25519'"
		_, err := tx.NewInsert().Model(row).On("CONFLICT (host) DO UPDATE").
			Set("failures = 0").Set("open_until = 0").Set("failing_since = NULL").Set("last_inbound_at = EXCLUDED.last_inbound_at").
			Set("signature = CASE WHEN " + learned + " THEN EXCLUDED.signature ELSE ?TableAlias.signature END").
			Set("signature_at = CASE WHEN " + learned + " THEN EXCLUDED.signature_at ELSE ?TableAlias.signature_at END").
			Exec(ctx)
		if err != nil {
			return err
		}
		return s.askSoftware(ctx, tx, host, at)
	})
}
