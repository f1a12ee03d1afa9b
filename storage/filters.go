package storage

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/moderation"
)

// Filters keeps what administrators do not let pass as it is, and what was
// written lately.
type Filters struct{ db *DB }

// NewFilters makes the store.
func NewFilters(db *DB) *Filters { return &Filters{db} }

var _ moderation.FilterStore = (*Filters)(nil)

type filterRow struct {
	bun.BaseModel `bun:"table:filters,alias:f"`

	ID        string `bun:",pk"`
	Serial    int64
	Name      string
	Kind      string
	Pattern   string
	Most      int
	Hours     int
	Action    string
	Enabled   bool
	CreatedBy string
	CreatedAt Stamp
	Revision  int64

	Hits   int `bun:",scanonly"`
	Lately int `bun:",scanonly"`
}

// dayOf is the number of the day of a time.
func dayOf(t time.Time) int64 { return t.Unix() / (24 * 3600) }

// Filters implements moderation.FilterStore.
func (s *Filters) Filters(ctx context.Context, since time.Time) ([]*moderation.Filter, error) {
	var rows []*filterRow
	err := s.db.read.NewSelect().Model(&rows).ColumnExpr("f.*").
		ColumnExpr("CAST(COALESCE((SELECT SUM(h.hits) FROM filter_hits AS h WHERE h.filter_id = f.id), 0) AS BIGINT) AS hits").
		ColumnExpr("CAST(COALESCE((SELECT SUM(h.hits) FROM filter_hits AS h WHERE h.filter_id = f.id AND h.day >= ?), 0) AS BIGINT) AS lately", dayOf(since)).
		Order("f.serial").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	all := make([]*moderation.Filter, len(rows))
	for i, r := range rows {
		all[i] = &moderation.Filter{
			ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Name: r.Name, Kind: moderation.FilterKind(r.Kind), Pattern: r.Pattern, Most: r.Most,
			Hours: r.Hours, Action: community.Action(r.Action), Enabled: r.Enabled, CreatedBy: domain.ActorID(r.CreatedBy), CreatedAt: r.CreatedAt.Time(),
			Revision: r.Revision, Hits: r.Hits, Lately: r.Lately,
		}
	}
	return all, nil
}

// SaveFilter implements moderation.FilterStore.
func (s *Filters) SaveFilter(ctx context.Context, f *moderation.Filter, change domain.Change) error {
	row := &filterRow{
		ID: string(f.ID), Serial: int64(f.Serial), Name: f.Name, Kind: string(f.Kind), Pattern: f.Pattern, Most: f.Most, Hours: f.Hours,
		Action: string(f.Action), Enabled: f.Enabled, CreatedBy: string(f.CreatedBy), CreatedAt: Stamp(f.CreatedAt), Revision: f.Revision + 1,
	}
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if f.Revision > 0 {
			return changedOne(tx.NewUpdate().Model(row).WherePK().Where("revision = ?", f.Revision).Exec(ctx))
		}
		return changedOne(tx.NewInsert().Model(row).On("CONFLICT (name) DO NOTHING").Exec(ctx))
	})
	if err == nil {
		f.Revision++
	}
	return err
}

// RemoveFilter implements moderation.FilterStore.
func (s *Filters) RemoveFilter(ctx context.Context, id domain.ID, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("DELETE FROM filter_hits WHERE filter_id = ?", string(id)).Exec(ctx); err != nil {
			return err
		}
		return changedOne(tx.NewDelete().Model((*filterRow)(nil)).Where("id = ?", string(id)).Exec(ctx))
	})
}

type writtenRow struct {
	bun.BaseModel `bun:"table:written"`

	IRI      string `bun:",pk"`
	AuthorID string
	Host     string
	Print    string
	At       Stamp
}

// NoteWritten implements moderation.FilterStore.
func (s *Filters) NoteWritten(ctx context.Context, w community.Written, print string) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		row := &writtenRow{IRI: string(w.IRI), AuthorID: string(w.Author), Host: w.Host, Print: print, At: Stamp(w.At)}
		_, err := tx.NewInsert().Model(row).On("CONFLICT (iri) DO NOTHING").Exec(ctx)
		return err
	})
}

// NoteHits implements moderation.FilterStore.
func (s *Filters) NoteHits(ctx context.Context, ids []domain.ID, at time.Time) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		for _, id := range ids {
			_, err := tx.NewRaw(`INSERT INTO filter_hits (filter_id, day, hits) SELECT id, ?, 1 FROM filters WHERE id = ?
				ON CONFLICT (filter_id, day) DO UPDATE SET hits = filter_hits.hits + 1`, dayOf(at), string(id)).Exec(ctx)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// Counts implements moderation.FilterStore.
func (s *Filters) Counts(ctx context.Context) moderation.Counts { return writtenCounts{ctx, s.db} }

type writtenCounts struct {
	ctx context.Context //nolint:containedctx // it lives as long as one call
	db  *DB
}

func (c writtenCounts) count(where string, args ...any) (int, error) {
	n, err := c.db.read.NewSelect().Model((*writtenRow)(nil)).Where(where, args...).Count(c.ctx)
	return int(n), translate(err)
}

func (c writtenCounts) Author(id domain.ActorID, since time.Time) (int, error) {
	return c.count("author_id = ? AND at > ?", string(id), Stamp(since))
}

func (c writtenCounts) Host(host string, since time.Time) (int, error) {
	return c.count("host = ? AND at > ?", host, Stamp(since))
}

func (c writtenCounts) Text(print string, since time.Time) (int, error) {
	return c.count("print = ? AND at > ?", print, Stamp(since))
}

// Lately implements moderation.FilterStore.
func (s *Filters) Lately(ctx context.Context, since time.Time, most int) ([]moderation.Sample, error) {
	var rows []*postRow
	err := s.db.read.NewSelect().Model(&rows).Where("p.serial >= ? AND p.deleted_at IS NULL", int64(domain.NewSerial(since, 0))).
		Where("p.visibility IN ('public', 'unlisted')").Where("p.host NOT IN " + blockedHosts).OrderExpr("p.serial DESC").Limit(int64(most)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	slices.Reverse(rows)
	samples := make([]moderation.Sample, len(rows))
	for i, r := range rows {
		p := r.post()
		samples[i] = moderation.Sample{Post: p, Written: community.WrittenOf(p, len(p.Mentions), domain.Serial(r.Serial).Time())}
	}
	return samples, nil
}

// ForgetWritten implements moderation.FilterStore.
func (s *Filters) ForgetWritten(ctx context.Context, before time.Time) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*writtenRow)(nil)).Where("at < ?", Stamp(before)).Exec(ctx)
		return err
	})
}
