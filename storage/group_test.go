package storage_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestTransactionsBesideEachOther: of many at the same time, those that fail
// or panic take back what they did and no more; those that are reported done
// are there.
func TestTransactionsBesideEachOther(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "group", func(t *testing.T, db *storage.DB) {
		mint, refused := domain.NewMint(nil, nil), errors.New("refused")
		const all = 60
		outcome := make([]error, all)
		var wg sync.WaitGroup
		for i := range all {
			wg.Go(func() {
				defer func() {
					if recover() != nil {
						outcome[i] = refused
					}
				}()
				e := domain.NewEvent(mint, "test.done", "", domain.Subject{Kind: "test", ID: mint.ID()}, map[string]int{"n": i})
				outcome[i] = db.InTx(context.Background(), domain.Change{Events: []domain.Event{e}}, func(ctx context.Context, tx bun.Tx) error {
					_, err := tx.NewRaw("INSERT INTO cursors (name, seq) VALUES (?, ?)", string(e.ID), i).Exec(ctx)
					switch {
					case err != nil:
						return err
					case i%3 == 1:
						return refused
					case i%3 == 2:
						panic("a fault")
					}
					return nil
				})
			})
		}
		wg.Wait()
		for i, err := range outcome {
			if want := i%3 != 0; (err != nil) != want || want && !errors.Is(err, refused) {
				t.Errorf("%d ended with %v", i, err)
			}
		}
		var rows int
		if err := db.Read().NewRaw("SELECT COUNT(*) FROM cursors").Scan(t.Context(), &rows); err != nil || rows != all/3 {
			t.Errorf("%d rows are there, want %d (%v)", rows, all/3, err)
		}
		if n, err := storage.NewEvents(db).Verify(t.Context()); err != nil || n != all/3 {
			t.Errorf("the chain has %d events, want %d (%v)", n, all/3, err)
		}
	})
}
