package storage_test

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestKnownInOrder: what a clone knows of its source is read in the order of its
// bytes, page by page, also where the database sorts as people of a language do:
// an archive has the same bytes on every database.
func TestKnownInOrder(t *testing.T) {
	t.Parallel()
	var ids []string
	for _, of := range []string{"b", "A", "a", "é", "É", "a-b", "ab", "B", "_", "Z", "10", "9"} {
		for n := range 20 { // several pages
			ids = append(ids, of+string(rune('k'+n)))
		}
	}
	slices.Sort(ids)
	for name, dsn := range map[string]func(testing.TB) string{
		"sqlite":             storagetest.SQLite,
		"postgres":           storagetest.Postgres,
		"postgres in Danish": func(t testing.TB) string { return storagetest.PostgresOf(t, "da") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := storagetest.Open(t, dsn(t))
			newDesk(t, db, coproduction.Limits{})
			var process domain.ActorID
			if err := db.Read().NewRaw("SELECT id FROM processes").Scan(t.Context(), &process); err != nil {
				t.Fatal(err)
			}
			err := db.InTx(t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
				for _, id := range ids {
					if _, err := tx.ExecContext(ctx, "INSERT INTO source_items (process_id, source_item, base) VALUES (?, ?, '{}')", string(process), id); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for page, err := range storage.NewLineage(db).BasePages(t.Context(), process) {
				if err != nil {
					t.Fatal(err)
				}
				got = append(got, slices.Sorted(maps.Keys(page))...)
			}
			if !slices.Equal(got, ids) {
				t.Errorf("%d of %d in another order:\n%q", len(got), len(ids), got)
			}
		})
	}
}
