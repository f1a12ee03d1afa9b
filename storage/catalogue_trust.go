package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
)

type trustRow struct {
	bun.BaseModel `bun:"table:catalogue_trust,alias:t"`

	Host     string `bun:",pk"`
	List     string `bun:",pk"`
	Priority int
	Level    string
	Reason   string
	At       Stamp
}

// Said implements catalogue.TrustStore.
func (s *Catalogue) Said(ctx context.Context, hosts ...string) ([]catalogue.HostTrust, error) {
	if len(hosts) == 0 {
		return nil, nil
	}
	return s.trust(ctx, "t.host IN (?)", bun.List(hosts))
}

// OwnTrust implements catalogue.TrustStore.
func (s *Catalogue) OwnTrust(ctx context.Context) ([]catalogue.HostTrust, error) {
	return s.trust(ctx, "t.list = ?", "")
}

// SaidOf implements catalogue.TrustStore.
func (s *Catalogue) SaidOf(ctx context.Context, hosts []string) (said map[string]catalogue.Trust, followed map[string]bool, err error) {
	said, followed = map[string]catalogue.Trust{}, map[string]bool{}
	if len(hosts) == 0 {
		return said, followed, nil
	}
	all, err := s.Said(ctx, hosts...)
	if err != nil {
		return nil, nil, err
	}
	for _, t := range all {
		if said[t.Host] == "" {
			said[t.Host] = t.Level
		}
	}
	var read []string
	if err := s.db.read.NewRaw("SELECT DISTINCT host FROM catalogue_subscriptions WHERE host IN (?)", bun.List(hosts)).Scan(ctx, &read); err != nil {
		return nil, nil, translate(err)
	}
	for _, host := range read {
		followed[host] = true
	}
	return said, followed, nil
}

func (s *Catalogue) trust(ctx context.Context, where string, value any) ([]catalogue.HostTrust, error) {
	var rows []*trustRow
	err := s.db.read.NewSelect().Model(&rows).Where(where, value).OrderExpr("CASE WHEN t.list = '' THEN 0 ELSE 1 END, t.priority, t.at, t.host, t.list").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	said := make([]catalogue.HostTrust, len(rows))
	for i, r := range rows {
		said[i] = catalogue.HostTrust{Host: r.Host, Level: catalogue.Trust(r.Level), Reason: r.Reason, List: domain.IRI(r.List), At: r.At.Time()}
	}
	return said, nil
}

// SaveTrust implements catalogue.TrustStore.
func (s *Catalogue) SaveTrust(ctx context.Context, t catalogue.HostTrust, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if t.Level == "" {
			_, err := tx.NewRaw("DELETE FROM catalogue_trust WHERE host = ? AND list = ''", t.Host).Exec(ctx)
			return err
		}
		_, err := tx.NewInsert().Model(&trustRow{Host: t.Host, Level: string(t.Level), Reason: t.Reason, At: Stamp(t.At)}).
			On("CONFLICT (host, list) DO UPDATE").Set("level = EXCLUDED.level").Set("reason = EXCLUDED.reason").Set("at = EXCLUDED.at").Exec(ctx)
		return err
	})
}

// Admissions implements catalogue.TrustStore.
func (s *Catalogue) Admissions(ctx context.Context) (catalogue.Admissions, error) {
	var rows []struct{ Trust, Action, Licences, Languages string }
	if err := s.db.read.NewRaw("SELECT trust, action, licences, languages FROM catalogue_admissions").Scan(ctx, &rows); err != nil {
		return nil, translate(err)
	}
	rules := catalogue.Admissions{}
	for _, r := range rows {
		a := catalogue.Admission{Trust: catalogue.Trust(r.Trust), Action: catalogue.Action(r.Action)}
		if err := errors.Join(json.Unmarshal([]byte(r.Licences), &a.Licences), json.Unmarshal([]byte(r.Languages), &a.Languages)); err != nil {
			return nil, err
		}
		rules[a.Trust] = a
	}
	return rules, nil
}

// SaveAdmission implements catalogue.TrustStore.
func (s *Catalogue) SaveAdmission(ctx context.Context, a catalogue.Admission, change domain.Change) error {
	licences, err := json.Marshal(a.Licences)
	if err != nil {
		return err
	}
	languages, err := json.Marshal(a.Languages)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(`INSERT INTO catalogue_admissions (trust, action, licences, languages) VALUES (?, ?, ?, ?)
			ON CONFLICT (trust) DO UPDATE SET action = EXCLUDED.action, licences = EXCLUDED.licences, languages = EXCLUDED.languages`,
			string(a.Trust), string(a.Action), string(licences), string(languages)).Exec(ctx)
		return err
	})
}

type listRow struct {
	bun.BaseModel `bun:"table:trust_lists,alias:l"`

	IRI        string `bun:",pk"`
	Own        bool
	Priority   int
	Taken      string
	Offered    string
	FetchedAt  Stamp
	VerifiedAt Stamp
	Problem    string
	Since      Stamp
}

func (r *listRow) subscription() (*catalogue.ListSubscription, error) {
	l := &catalogue.ListSubscription{
		IRI: domain.IRI(r.IRI), Own: r.Own, Priority: r.Priority, FetchedAt: r.FetchedAt.Time(), VerifiedAt: r.VerifiedAt.Time(),
		Problem: r.Problem, Since: r.Since.Time(),
	}
	for raw, into := range map[*string]**catalogue.TrustList{&r.Taken: &l.Taken, &r.Offered: &l.Offered} {
		if *raw == "" {
			continue
		}
		if err := json.Unmarshal([]byte(*raw), into); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// TrustLists implements catalogue.TrustStore.
func (s *Catalogue) TrustLists(ctx context.Context) ([]*catalogue.ListSubscription, error) {
	var rows []*listRow
	if err := s.db.read.NewSelect().Model(&rows).OrderExpr("l.priority, l.since, l.iri").Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*listRow).subscription)
}

// TrustList implements catalogue.TrustStore.
func (s *Catalogue) TrustList(ctx context.Context, iri domain.IRI) (*catalogue.ListSubscription, error) {
	row := new(listRow)
	if err := s.db.read.NewSelect().Model(row).Where("l.iri = ?", string(iri)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.subscription()
}

// SaveTrustList implements catalogue.TrustStore.
func (s *Catalogue) SaveTrustList(ctx context.Context, l *catalogue.ListSubscription, change domain.Change) error {
	row := &listRow{
		IRI: string(l.IRI), Own: l.Own, Priority: l.Priority, FetchedAt: Stamp(l.FetchedAt), VerifiedAt: Stamp(l.VerifiedAt),
		Problem: l.Problem, Since: Stamp(l.Since),
	}
	for version, into := range map[*catalogue.TrustList]*string{l.Taken: &row.Taken, l.Offered: &row.Offered} {
		if version == nil {
			continue
		}
		raw, err := json.Marshal(version)
		if err != nil {
			return err
		}
		*into = string(raw)
	}
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(row).On("CONFLICT (iri) DO UPDATE").Set("priority = EXCLUDED.priority").
			Set("taken = EXCLUDED.taken").Set("offered = EXCLUDED.offered").Set("fetched_at = EXCLUDED.fetched_at").
			Set("verified_at = EXCLUDED.verified_at").Set("problem = EXCLUDED.problem").Exec(ctx)
		if err != nil || l.Own {
			return err
		}
		return s.listSays(ctx, tx, l)
	})
}

// listSays writes what the taken version of a list says of hosts.
func (s *Catalogue) listSays(ctx context.Context, tx bun.Tx, l *catalogue.ListSubscription) error {
	if _, err := tx.NewRaw("DELETE FROM catalogue_trust WHERE list = ?", string(l.IRI)).Exec(ctx); err != nil {
		return err
	}
	if l.Taken == nil || l.Taken.Retracted {
		return nil
	}
	var rows []trustRow
	for _, h := range l.Taken.Hosts {
		rows = append(rows, trustRow{Host: h.Host, List: string(l.IRI), Priority: l.Priority, Level: string(h.Level), Reason: h.Reason, At: Stamp(l.Since)})
	}
	return insertAll(ctx, tx, rows)
}

// DeleteTrustList implements catalogue.TrustStore.
func (s *Catalogue) DeleteTrustList(ctx context.Context, iri domain.IRI, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("DELETE FROM catalogue_trust WHERE list = ?", string(iri)).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewRaw("DELETE FROM trust_lists WHERE iri = ?", string(iri)).Exec(ctx)
		return err
	})
}

// Waiting implements catalogue.TrustStore.
func (s *Catalogue) Waiting(ctx context.Context, host string, p domain.Page) (domain.List[*catalogue.Entry], error) {
	var rows []*entryRow
	q := s.db.read.NewSelect().Model(&rows).ExcludeColumn("content").ColumnExpr(withoutTree).Where("e.standing = 'waiting' AND e.status = 'published'")
	if host != "" {
		q = q.Where("e.host = ?", host)
	}
	list, err := bySerial(ctx, q, &rows, false, p, func(r *entryRow) int64 { return r.Serial }, func(r *entryRow) *entryRow { return r })
	out := domain.List[*catalogue.Entry]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	if err != nil {
		return out, err
	}
	out.Items, err = valuesOf(list.Items, (*entryRow).entry)
	return out, err
}

// Variants implements catalogue.TrustStore.
func (s *Catalogue) Variants(ctx context.Context, e *catalogue.Entry, limit int) ([]*catalogue.Entry, error) {
	var rows []*entryRow
	err := s.db.read.NewSelect().Model(&rows).ExcludeColumn("content").ColumnExpr(withoutTree).ColumnExpr(uses).
		Where("e.variant = ? AND e.id <> ? AND e.host NOT IN "+blockedHosts, e.Variant, string(e.ID)).OrderExpr(bestFirst).Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*entryRow).entry)
}

// Warned implements catalogue.TrustStore.
func (s *Catalogue) Warned(ctx context.Context) ([]*catalogue.Entry, error) {
	var rows []*entryRow
	err := s.db.read.NewSelect().Model(&rows).ExcludeColumn("content").ColumnExpr(withoutTree).
		Where("e.warning <> '' OR e.host = '' AND e.alert NOT IN ('', '{}', 'null')").OrderExpr("e.serial").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*entryRow).entry)
}

// Endorsement implements catalogue.TrustStore.
func (s *Catalogue) Endorsement(ctx context.Context, entry domain.ID) (domain.IRI, error) {
	var activity string
	err := s.db.read.NewRaw("SELECT activity FROM catalogue_endorsements WHERE entry_id = ?", string(entry)).Scan(ctx, &activity)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return domain.IRI(activity), translate(err)
}

// SaveEndorsement implements catalogue.TrustStore.
func (s *Catalogue) SaveEndorsement(ctx context.Context, by domain.ActorID, e *catalogue.Entry, activity domain.IRI, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if activity == "" {
			if _, err := tx.NewRaw("DELETE FROM catalogue_endorsements WHERE entry_id = ?", string(e.ID)).Exec(ctx); err != nil {
				return err
			}
			return retract(ctx, tx, by, e.IRI)
		}
		_, err := tx.NewRaw("INSERT INTO catalogue_endorsements (entry_id, activity) VALUES (?, ?) ON CONFLICT (entry_id) DO NOTHING", string(e.ID), string(activity)).Exec(ctx)
		if err != nil {
			return err
		}
		return tell(ctx, tx, []telling{{entry: e.ID, actor: by, verb: community.Announced, at: change.Events[0].Time}})
	})
}
