package storage_test

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestAway has a database without room, and one that ends under a transaction:
// who asked may ask again.
func TestAway(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "away", func(t *testing.T, db *storage.DB) {
		statements := []string{"PRAGMA max_page_count = 1", "CREATE TABLE filled (a)", "INSERT INTO filled VALUES (zeroblob(10000000))"}
		if db.Dialect() == storage.Postgres {
			statements = []string{"SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1"}
		}
		err := db.InTx(t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			for _, s := range statements {
				if _, err := tx.ExecContext(ctx, s); err != nil {
					return err
				}
			}
			return nil
		})
		if domain.CodeOf(err) != domain.Unavailable || !domain.Ours(err) {
			t.Errorf("the database is away: %v", err)
		}
	})
}
