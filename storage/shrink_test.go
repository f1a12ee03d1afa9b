package storage_test

import (
	"context"
	"errors"
	"testing"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestShrink: who reads or writes goes on, and connections that nobody uses are
// closed, with what SQLite kept of the file.
func TestShrink(t *testing.T) {
	storagetest.Run(t, "shrink", func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		const three = "SELECT 1 UNION SELECT 2 UNION SELECT 3"
		reading, err := db.Read().QueryContext(ctx, three)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.Ping(ctx); err != nil { // by another connection
			t.Fatal(err)
		}
		if err := db.Shrink(ctx); err != nil {
			t.Fatal(err)
		}
		if open := db.Read().Stats(); db.Dialect() == storage.SQLite && (open.Idle != 0 || open.InUse != 1) {
			t.Errorf("%d connections are idle, %d in use", open.Idle, open.InUse)
		}
		rows := 0
		for reading.Next() {
			rows++
		}
		if err := errors.Join(reading.Err(), reading.Close()); err != nil || rows != 3 {
			t.Errorf("who was reading read %d rows (%v)", rows, err)
		}
		if err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, three)
			return err
		}); err != nil {
			t.Error(err)
		}
		if err := db.Ping(ctx); err != nil {
			t.Error(err)
		}
	})
}
