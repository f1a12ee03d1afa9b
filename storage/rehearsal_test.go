package storage_test

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestRehearsal: in a rehearsal nothing is stored, neither state nor events;
// what the database refuses is refused all the same.
func TestRehearsal(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "rehearsal", func(t *testing.T, db *storage.DB) {
		said := func(ctx context.Context) error {
			event := domain.NewEvent(domain.NewMint(nil, nil), "test.said", domain.Nobody, domain.Subject{Kind: "test", ID: "1"}, struct{}{})
			return db.InTx(ctx, domain.Change{Events: []domain.Event{event}}, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, "INSERT INTO rehearsed VALUES (1)")
				return err
			})
		}
		count := func() (rows, events int) {
			if err := db.Read().QueryRowContext(t.Context(), "SELECT (SELECT COUNT(*) FROM rehearsed), (SELECT COUNT(*) FROM events)").Scan(&rows, &events); err != nil {
				t.Fatal(err)
			}
			return rows, events
		}
		err := db.InTx(t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "CREATE TABLE rehearsed (a BIGINT PRIMARY KEY)")
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := said(domain.Rehearsal(t.Context())); err != nil {
			t.Errorf("rehearsed: %v", err)
		}
		if rows, events := count(); rows != 0 || events != 0 {
			t.Errorf("rehearsed, there are %d rows and %d events", rows, events)
		}
		if err := said(t.Context()); err != nil {
			t.Errorf("said: %v", err)
		}
		if err := said(domain.Rehearsal(t.Context())); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("rehearsed what is there: %v", err)
		}
		if rows, events := count(); rows != 1 || events != 1 {
			t.Errorf("there are %d rows and %d events", rows, events)
		}
	})
}
