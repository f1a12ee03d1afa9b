package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/search"
)

// SavedSearches keeps what people search for again and again.
type SavedSearches struct{ db *DB }

// NewSavedSearches makes the store.
func NewSavedSearches(db *DB) *SavedSearches { return &SavedSearches{db} }

var _ search.Store = (*SavedSearches)(nil)

type savedSearchRow struct {
	bun.BaseModel `bun:"table:saved_searches,alias:s"`

	ID       string `bun:",pk"`
	PersonID string
	Place    string
	Query    string
	Name     string
	Tell     bool
	At       Stamp
	SeenAt   Stamp
	ToldAt   Stamp
}

func (r *savedSearchRow) search() *search.Search {
	return &search.Search{
		ID: domain.ID(r.ID), Person: domain.ActorID(r.PersonID), Place: search.Place(r.Place), Query: r.Query, Name: r.Name, Tell: r.Tell,
		At: r.At.Time(), SeenAt: r.SeenAt.Time(), ToldAt: r.ToldAt.Time(),
	}
}

func searchesOf(rows []*savedSearchRow) []*search.Search {
	all := make([]*search.Search, len(rows))
	for i, r := range rows {
		all[i] = r.search()
	}
	return all
}

// AddSearch implements search.Store.
func (s *SavedSearches) AddSearch(ctx context.Context, x *search.Search, most int) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		row := &savedSearchRow{
			ID: string(x.ID), PersonID: string(x.Person), Place: string(x.Place), Query: x.Query, Name: x.Name, Tell: x.Tell,
			At: Stamp(x.At), SeenAt: Stamp(x.SeenAt), ToldAt: Stamp(x.ToldAt),
		}
		_, err := tx.NewInsert().Model(row).On("CONFLICT (person_id, place, query) DO UPDATE").Set("name = EXCLUDED.name").Set("tell = EXCLUDED.tell").Returning("NULL").Exec(ctx)
		if err != nil {
			return err
		}
		kept := new(savedSearchRow)
		if err := tx.NewSelect().Model(kept).Where("person_id = ? AND place = ? AND query = ?", row.PersonID, row.Place, row.Query).Scan(ctx); err != nil {
			return err
		}
		n, err := tx.NewSelect().Model((*savedSearchRow)(nil)).Where("person_id = ?", row.PersonID).Count(ctx)
		if err == nil && n > int64(most) {
			err = domain.Fail(domain.Conflict, "saved.too_many", most)
		}
		*x = *kept.search()
		return err
	})
}

// Searches implements search.Store.
func (s *SavedSearches) Searches(ctx context.Context, person domain.ActorID) ([]*search.Search, error) {
	var rows []*savedSearchRow
	err := s.db.read.NewSelect().Model(&rows).Where("person_id = ?", string(person)).OrderExpr("at DESC, id DESC").Scan(ctx)
	return searchesOf(rows), translate(err)
}

// Search implements search.Store.
func (s *SavedSearches) Search(ctx context.Context, person domain.ActorID, id domain.ID) (*search.Search, error) {
	row := new(savedSearchRow)
	if err := s.db.read.NewSelect().Model(row).Where("id = ? AND person_id = ?", string(id), string(person)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.search(), nil
}

// SearchSeen implements search.Store.
func (s *SavedSearches) SearchSeen(ctx context.Context, person domain.ActorID, id domain.ID, at time.Time) error {
	return s.one(ctx, "UPDATE saved_searches SET seen_at = ? WHERE id = ? AND person_id = ?", at.UnixMicro(), string(id), string(person))
}

// TellOfSearch implements search.Store.
func (s *SavedSearches) TellOfSearch(ctx context.Context, person domain.ActorID, id domain.ID, tell bool) error {
	return s.one(ctx, "UPDATE saved_searches SET tell = ? WHERE id = ? AND person_id = ?", tell, string(id), string(person))
}

// RemoveSearch implements search.Store.
func (s *SavedSearches) RemoveSearch(ctx context.Context, person domain.ActorID, id domain.ID) error {
	return s.one(ctx, "DELETE FROM saved_searches WHERE id = ? AND person_id = ?", string(id), string(person))
}

// one changes the one row that there is. Errors: NotFound.
func (s *SavedSearches) one(ctx context.Context, statement string, args ...any) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		err := changedOne(tx.NewRaw(statement, args...).Exec(ctx))
		if domain.CodeOf(err) == domain.Conflict {
			return domain.Fail(domain.NotFound, "error.not_found")
		}
		return err
	})
}

// DueSearches implements search.Store.
func (s *SavedSearches) DueSearches(ctx context.Context, before time.Time, limit int) ([]*search.Search, error) {
	var rows []*savedSearchRow
	err := s.db.read.NewSelect().Model(&rows).Where("tell AND told_at < ?", before.UnixMicro()).OrderExpr("told_at, id").Limit(int64(limit)).Scan(ctx)
	return searchesOf(rows), translate(err)
}

// ToldSearch implements search.Store.
func (s *SavedSearches) ToldSearch(ctx context.Context, x *search.Search, at time.Time, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewRaw("UPDATE saved_searches SET told_at = ? WHERE id = ? AND told_at = ?", at.UnixMicro(), string(x.ID), x.ToldAt.UnixMicro()).Exec(ctx))
	})
}
