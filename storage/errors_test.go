package storage_test

import (
	"context"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
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

// TestEachOthersWay has two transactions of which each waits for the other, as when
// somebody deletes what is on its way to others: one is rolled back, and may be
// tried again. SQLite has one writer.
func TestEachOthersWay(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "each_others_way", func(t *testing.T, db *storage.DB) {
		if db.Dialect() != storage.Postgres {
			t.Skip("there are none on SQLite")
		}
		holds, ended := map[int]chan struct{}{1: make(chan struct{}), 2: make(chan struct{})}, make(chan error, 2)
		lock := func(ctx context.Context, tx bun.Tx, n int) error {
			_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(?)", n)
			return err
		}
		for _, mine := range []int{1, 2} {
			go func() {
				ended <- db.InTx(t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
					if err := lock(ctx, tx, mine); err != nil {
						return err
					}
					close(holds[mine])
					<-holds[3-mine]
					return lock(ctx, tx, 3-mine)
				})
			}()
		}
		first, second := <-ended, <-ended
		if first == nil {
			first, second = second, first
		}
		if domain.CodeOf(first) != domain.Unavailable || !domain.Ours(first) || second != nil {
			t.Errorf("one of two waits for the other: %v, %v", first, second)
		}
	})
}

// TestSerialTaken has two processes make the same serial: that is no conflict
// between what they write, as a name that is taken is, and both may ask again.
func TestSerialTaken(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "serials", func(t *testing.T, db *storage.DB) {
		insert := func(serial, iri string) error {
			return db.InTx(t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewRaw("INSERT INTO received (id, serial, iri, actor, host, type, inbox, raw_hash, state, attempts, next_at, lease_until, last_error, received_at) "+
					"VALUES (?, ?, ?, '', '', '', '', '', 'done', 0, 0, 0, '', 0)", iri+serial, serial, iri).Exec(ctx)
				return err
			})
		}
		if err := insert("1", "https://a.example/1"); err != nil {
			t.Fatal(err)
		}
		if err := insert("1", "https://a.example/2"); domain.CodeOf(err) != domain.Unavailable || !domain.Ours(err) {
			t.Errorf("a serial of another process: %v", err)
		}
		if err := insert("2", "https://a.example/1"); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("an activity that is there: %v", err)
		}
	})
}

// TestSerialsMeet has two processes store what they received in the same
// millisecond under the same serials: both are kept, each in its order.
func TestSerialsMeet(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "serials", func(t *testing.T, db *storage.DB) {
		ctx, now, mint := t.Context(), time.Now(), domain.NewMint(nil, nil)
		batch := func(peer string) (in []*network.Received) {
			for low := range uint16(3) {
				in = append(in, &network.Received{
					ID: mint.ID(), Serial: domain.NewSerial(now, low), IRI: domain.IRI(peer + strconv.Itoa(int(low))), Actor: domain.IRI(peer + "actor"), At: now,
				})
			}
			return in
		}
		for _, peer := range []string{"https://a.example/", "https://b.example/"} {
			if err := storage.NewReceived(db, mint).Add(ctx, batch(peer)); err != nil {
				t.Fatal(err)
			}
		}
		due, err := storage.NewReceived(db, mint).Claim(ctx, now.Add(time.Hour), 10, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		var got []domain.IRI
		for _, r := range due {
			got = append(got, r.IRI)
		}
		want := []domain.IRI{
			"https://a.example/0", "https://a.example/1", "https://a.example/2",
			"https://b.example/0", "https://b.example/1", "https://b.example/2",
		}
		if !slices.Equal(got, want) {
			t.Errorf("received are %q, want %q", got, want)
		}
	})
}

// TestEndedIdle: a transaction that PostgreSQL ended, as its process stood still for
// too long, is no fault of whoever asked: it works when it is tried again.
func TestEndedIdle(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "ended_idle", func(t *testing.T, db *storage.DB) {
		if db.Dialect() != storage.Postgres {
			t.Skip("SQLite has nobody to end it")
		}
		err := db.InTx(t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			var self int
			if err := tx.NewRaw("SELECT pg_backend_pid()").Scan(ctx, &self); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "SET LOCAL idle_in_transaction_session_timeout = '20ms'"); err != nil {
				return err
			}
			for there := true; there; {
				if err := db.Read().NewRaw("SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid = ?)", self).Scan(ctx, &there); err != nil {
					return err
				}
			}
			_, err := tx.ExecContext(ctx, "SELECT 1")
			return err
		})
		if domain.CodeOf(err) != domain.Unavailable || !domain.Ours(err) {
			t.Errorf("ended: %v", err)
		}
	})
}

// TestIdleWhileReading: who reads elsewhere what a transaction writes, as parts of an
// archive that are in a slow bucket, has longer between two statements than others.
func TestIdleWhileReading(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "idle_while_reading", func(t *testing.T, db *storage.DB) {
		if db.Dialect() != storage.Postgres {
			t.Skip("SQLite ends nobody")
		}
		is := func(want string) func(context.Context, bun.Tx) error {
			return func(ctx context.Context, tx bun.Tx) (err error) {
				var got string
				if err = tx.NewRaw("SELECT current_setting('idle_in_transaction_session_timeout')").Scan(ctx, &got); err == nil && got != want {
					t.Errorf("idle for %s, want %s", got, want)
				}
				return err
			}
		}
		for _, err := range []error{
			db.InTx(t.Context(), domain.Change{}, is("30s")),
			db.InTxReading(t.Context(), is("10min")),
			db.InTx(t.Context(), domain.Change{}, is("30s")),
		} {
			if err != nil {
				t.Error(err)
			}
		}
	})
}
