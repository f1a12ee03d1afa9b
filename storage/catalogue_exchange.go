package storage

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/exchange"
)

var (
	_ exchange.Store       = (*Catalogue)(nil)
	_ catalogue.MatchStore = (*Catalogue)(nil)
)

type sourceRow struct {
	bun.BaseModel `bun:"table:catalogue_sources"`

	ID        string `bun:",pk"`
	Address   string
	Format    string
	Every     string
	NextAt    Stamp
	LastAt    Stamp
	Outcome   string
	Report    string
	Etag      string
	Modified  string
	CreatedAt Stamp
	Revision  int64
}

func (r *sourceRow) source() (*exchange.Source, error) {
	s := &exchange.Source{
		ID: domain.ID(r.ID), Address: domain.IRI(r.Address), Format: exchange.Format(r.Format), Every: exchange.Interval(r.Every),
		NextAt: r.NextAt.Time(), LastAt: r.LastAt.Time(), Outcome: exchange.Outcome(r.Outcome),
		Stamp: exchange.Stamp{ETag: r.Etag, Modified: r.Modified}, CreatedAt: r.CreatedAt.Time(), Revision: r.Revision,
	}
	return s, json.Unmarshal([]byte(r.Report), &s.Report)
}

// published are the entries that everybody may have.
func (s *Catalogue) published(rows *[]*entryRow) *bun.SelectQuery {
	return s.db.read.NewSelect().Model(rows).Where("e.host = '' AND e.status = 'published'")
}

// Exported implements exchange.Store.
func (s *Catalogue) Exported(ctx context.Context, f exchange.Filter, p domain.Page) (domain.List[*catalogue.Entry], error) {
	var rows []*entryRow
	q := s.published(&rows)
	if f.Ended {
		q = s.db.read.NewSelect().Model(&rows).Where("e.host = '' AND e.status <> 'draft'")
	}
	if f.Kind != "" {
		q = q.Where("e.kind = ?", string(f.Kind))
	}
	if f.Software {
		q = q.Where("e.nature IN (?)", bun.List([]string{string(catalogue.NatureSoftware), string(catalogue.NatureExternalSoftware)}))
	}
	if !f.From.IsZero() {
		q = q.Where("e.published_at > ?", f.From.UnixMicro())
	}
	if !f.To.IsZero() {
		q = q.Where("e.published_at < ?", f.To.UnixMicro())
	}
	list, err := bySerial(ctx, q, &rows, false, p, func(r *entryRow) int64 { return r.Serial }, func(r *entryRow) *entryRow { return r })
	out := domain.List[*catalogue.Entry]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	if err != nil {
		return out, err
	}
	out.Items, err = valuesOf(list.Items, (*entryRow).entry)
	return out, err
}

// Changed implements exchange.Store.
func (s *Catalogue) Changed(ctx context.Context, limit int) ([]*catalogue.Entry, error) {
	var rows []*entryRow
	err := s.published(&rows).ExcludeColumn("content").ColumnExpr(withoutTree).OrderExpr("e.updated_at DESC, e.serial DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*entryRow).entry)
}

// Sources implements exchange.Store.
func (s *Catalogue) Sources(ctx context.Context) ([]*exchange.Source, error) {
	var rows []*sourceRow
	if err := s.db.read.NewSelect().Model(&rows).OrderExpr("address").Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*sourceRow).source)
}

// Source implements exchange.Store.
func (s *Catalogue) Source(ctx context.Context, id domain.ID) (*exchange.Source, error) {
	r := new(sourceRow)
	if err := s.db.read.NewSelect().Model(r).Where("id = ?", string(id)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return r.source()
}

// SaveSource implements exchange.Store.
func (s *Catalogue) SaveSource(ctx context.Context, x *exchange.Source, change domain.Change) error {
	report, err := json.Marshal(x.Report)
	if err != nil {
		return err
	}
	row := &sourceRow{
		ID: string(x.ID), Address: string(x.Address), Format: string(x.Format), Every: string(x.Every), NextAt: Stamp(x.NextAt), LastAt: Stamp(x.LastAt),
		Outcome: string(x.Outcome), Report: string(report), Etag: x.Stamp.ETag, Modified: x.Stamp.Modified, CreatedAt: Stamp(x.CreatedAt),
		Revision: x.Revision + 1,
	}
	err = s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if x.Revision > 0 {
			return changedOne(tx.NewUpdate().Model(row).WherePK().Where("revision = ?", x.Revision).Exec(ctx))
		}
		_, err := tx.NewInsert().Model(row).Exec(ctx)
		return err
	})
	if err == nil {
		x.Revision++
	}
	return err
}

// DeleteSource implements exchange.Store.
func (s *Catalogue) DeleteSource(ctx context.Context, id domain.ID, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*sourceRow)(nil)).Where("id = ?", string(id)).Exec(ctx)
		return err
	})
}

// AskDue implements exchange.Store. A source is due once: who asks moves its
// next time on.
func (s *Catalogue) AskDue(ctx context.Context, now time.Time) error {
	all, err := s.Sources(ctx)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.NextAt.After(now) {
			continue
		}
		x.NextAt = x.Every.After(now)
		err := s.SaveSource(ctx, x, domain.Change{Jobs: []domain.Job{exchange.ImportJob(x.ID)}})
		if err != nil && domain.CodeOf(err) != domain.Conflict { // another process has asked
			return err
		}
	}
	return nil
}

type matchRow struct {
	bun.BaseModel `bun:"table:catalogue_matches"`

	ProfileIRI string `bun:",pk"`
	OtherIRI   string `bun:",pk"`
}

// Matches implements catalogue.MatchStore.
func (s *Catalogue) Matches(ctx context.Context, profiles []domain.IRI) (map[domain.IRI][]domain.IRI, error) {
	var rows []matchRow
	q := s.db.read.NewSelect().Model(&rows).OrderExpr("profile_iri, other_iri")
	if len(profiles) > 0 {
		q = q.Where("profile_iri IN (?)", bun.List(profiles))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, translate(err)
	}
	out := map[domain.IRI][]domain.IRI{}
	for _, r := range rows {
		out[domain.IRI(r.ProfileIRI)] = append(out[domain.IRI(r.ProfileIRI)], domain.IRI(r.OtherIRI))
	}
	return out, nil
}

// SaveMatch implements catalogue.MatchStore.
func (s *Catalogue) SaveMatch(ctx context.Context, profile, other domain.IRI, is bool, change domain.Change) error {
	row := &matchRow{ProfileIRI: string(profile), OtherIRI: string(other)}
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		var err error
		if is {
			_, err = tx.NewInsert().Model(row).On("CONFLICT (profile_iri, other_iri) DO NOTHING").Exec(ctx)
		} else {
			_, err = tx.NewDelete().Model(row).WherePK().Exec(ctx)
		}
		return err
	})
}
