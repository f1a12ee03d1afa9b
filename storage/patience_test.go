package storage_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// silenced opens a database behind a wire, with 300 ms and 100 ms of patience.
func silenced(t *testing.T) (*storage.DB, *storagetest.Wire) {
	t.Helper()
	dsn, wire := storagetest.Through(t, storagetest.Postgres(t))
	db := storagetest.Open(t, dsn)
	t.Cleanup(wire.Speak)
	db.SetPatience(300*time.Millisecond, 100*time.Millisecond)
	return db, wire
}

// away checks that something fails as a database that is away, within a time.
func away(t *testing.T, what string, within time.Duration, do func() error) {
	t.Helper()
	began := time.Now()
	err := do()
	if took := time.Since(began); took > within {
		t.Errorf("%s took %s of a database that is silent", what, took)
	}
	if domain.CodeOf(err) != domain.Unavailable || !domain.Ours(err) {
		t.Errorf("%s of a database that is silent: %v", what, err)
	}
}

// TestSilentDatabase: who waits is told soon that PostgreSQL does not answer:
// where a statement, a commit, a connection of the pool or a new one is waited
// for. Nothing is half-done, and all goes on once it speaks.
func TestSilentDatabase(t *testing.T) {
	t.Parallel()
	db, wire := silenced(t)
	ctx := storage.Bounded(t.Context())
	events := storage.NewEvents(db)
	insert := func(ctx context.Context, before func()) error {
		return db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, "INSERT INTO cursors (name, seq) VALUES ('said', 1)"); err != nil {
				return err
			}
			before()
			_, err := tx.ExecContext(ctx, "UPDATE cursors SET seq = 2 WHERE name = 'said'")
			return err
		})
	}
	if _, err := events.Head(ctx); err != nil {
		t.Fatal(err)
	}
	const late = 10 * time.Second // far from the patience, for machines under load
	away(t, "a statement", late, func() error { return insert(ctx, wire.Hush) })
	for range 20 { // more than the pool has connections
		away(t, "a query", late, func() error { _, err := events.Head(ctx); return err })
	}
	away(t, "a prepared query", late, func() error { _, err := events.After(ctx, 0, 1); return err })
	away(t, "a transaction", late, func() error { return insert(ctx, func() {}) })
	wire.Speak()
	answering(t, events, late)
	if n := count(t, db, "SELECT count(*) FROM cursors WHERE name = 'said'"); n != 0 {
		t.Errorf("%d rows of a transaction that failed", n)
	}
	if err := insert(ctx, func() {}); err != nil {
		t.Errorf("after it spoke again: %v", err)
	}
}

// TestUnconfirmed: where PostgreSQL is silent when it is asked to commit, nobody
// knows whether it has, and it is said so; before, nothing has happened.
func TestUnconfirmed(t *testing.T) {
	t.Parallel()
	db, wire := silenced(t)
	ctx := storage.Bounded(t.Context())
	key := func(hush bool) string {
		err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO cursors (name, seq) VALUES ('said', 1)")
			if hush {
				wire.Hush()
			}
			return err
		})
		var coded *domain.Error
		if !errors.As(err, &coded) || coded.Code != domain.Unavailable || !domain.Ours(err) {
			t.Fatalf("of a database that is silent: %v", err)
		}
		return coded.Key
	}
	if got := key(true); got != "error.unconfirmed" {
		t.Errorf("a commit: %s", got)
	}
	if got := key(false); got != "error.unavailable" {
		t.Errorf("a transaction that did not begin: %s", got)
	}
	wire.Speak()
	answering(t, storage.NewEvents(db), 10*time.Second)
}

// answering waits until a database that spoke again answers: what is under way may
// fail yet.
func answering(t *testing.T, events *storage.Events, late time.Duration) {
	t.Helper()
	ctx := storage.Bounded(t.Context())
	for began := time.Now(); ; {
		_, err := events.Head(ctx)
		if err == nil {
			break
		}
		if time.Since(began) > late {
			t.Fatalf("it does not answer again: %v", err)
		}
	}
}

// TestBusyPool: who waits for a connection of the pool does so for a bounded
// time too, and brief questions do not end long ones.
func TestBusyPool(t *testing.T) {
	t.Parallel()
	db, _ := silenced(t)
	held, release := make(chan struct{}, 16), make(chan struct{})
	ended := make(chan error, 16)
	for range 16 {
		go func() {
			ended <- db.InTx(t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, "SELECT pg_sleep(0.5)") // longer than the patience of who waits
				held <- struct{}{}
				<-release
				return err
			})
		}()
	}
	for range 16 {
		<-held
	}
	events := storage.NewEvents(db)
	away(t, "a query", 10*time.Second, func() error { _, err := events.Head(storage.Bounded(t.Context())); return err })
	away(t, "a transaction", 10*time.Second, func() error { return db.InTx(storage.Bounded(t.Context()), domain.Change{}, nil) })
	close(release)
	for range 16 {
		if err := <-ended; err != nil {
			t.Errorf("what takes its time without being waited for: %v", err)
		}
	}
	if _, err := events.Head(storage.Bounded(t.Context())); err != nil {
		t.Errorf("once there are connections again: %v", err)
	}
}
