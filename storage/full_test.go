package storage_test

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/storage/storagetest"
)

// TestFullDisk: when the file may not grow, a transaction that needs more
// fails, with those that shared its commit or without them; nobody is told
// that something is saved which is not, and with room all goes on.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storagetest.SQLite(t))
	ctx := t.Context()
	exec := func(query string, args ...any) error {
		return db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw(query, args...).Exec(ctx)
			return err
		})
	}
	pages := func(most int) {
		t.Helper()
		err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			var now, set int
			if err := tx.NewRaw("PRAGMA page_count").Scan(ctx, &now); err != nil {
				return err
			}
			return tx.NewRaw("PRAGMA max_page_count = "+strconv.Itoa(now+most)).Scan(ctx, &set)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	pages(20)
	const all = 40
	saved := make([]error, all)
	var writing sync.WaitGroup
	for i := range all {
		name := "small"
		if i%4 == 0 {
			name = strings.Repeat("x", 500_000) // more than there is room for
		}
		writing.Go(func() {
			saved[i] = exec("INSERT INTO cursors (name, seq) VALUES (? || ?, ?)", name, i, i)
		})
	}
	writing.Wait()
	failed := 0
	for i, err := range saved {
		var n int
		if e := db.Read().NewRaw("SELECT COUNT(*) FROM cursors WHERE seq = ?", i).Scan(ctx, &n); e != nil {
			t.Fatal(e)
		}
		if (err == nil) != (n == 1) {
			t.Errorf("%d: told %v, but %d rows", i, err, n)
		}
		if err != nil {
			failed++
			if domain.CodeOf(err) != domain.Unavailable {
				t.Errorf("%d: %v", i, err)
			}
		} else if i%4 == 0 {
			t.Errorf("%d was too large", i)
		}
	}
	t.Logf("%d of %d failed", failed, all)
	pages(100_000)
	if err := exec("INSERT INTO cursors (name, seq) VALUES (?, 99)", strings.Repeat("y", 500_000)); err != nil {
		t.Errorf("with room: %v", err)
	}
	var whole string
	if err := db.Read().NewRaw("PRAGMA integrity_check").Scan(ctx, &whole); err != nil || whole != "ok" {
		t.Errorf("the file: %s (%v)", whole, err)
	}
}
