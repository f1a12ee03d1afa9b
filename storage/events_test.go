package storage_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/audit"
	"interlink/storage"
	"interlink/storage/jobs"
	"interlink/storage/storagetest"
)

func event(m *domain.Mint, kind string) domain.Event {
	return domain.NewEvent(m, domain.EventKind(kind), "", domain.Subject{Kind: "test", ID: m.ID()}, map[string]string{"kind": kind})
}

func TestEventsFormOneChain(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "concurrent", func(t *testing.T, db *storage.DB) {
		ctx, m := t.Context(), domain.NewMint(nil, nil)
		const writers, each = 8, 12
		var wg sync.WaitGroup
		for w := range writers {
			wg.Go(func() {
				for i := range each {
					e := event(m, fmt.Sprintf("test.w%d_%d", w, i))
					if err := db.InTx(ctx, domain.Change{Events: []domain.Event{e, event(m, "test.second")}}, nil); err != nil {
						t.Errorf("append: %v", err)
					}
				}
			})
		}
		wg.Wait()
		n, err := storage.NewEvents(db).Verify(ctx)
		if err != nil || n != 2*writers*each {
			t.Fatalf("chain of %d events, error %v; want %d", n, err, 2*writers*each)
		}
	})
	storagetest.Run(t, "cut", func(t *testing.T, db *storage.DB) {
		ctx, m := t.Context(), domain.NewMint(nil, nil)
		for range 3 {
			if err := db.InTx(ctx, domain.Change{Events: []domain.Event{event(m, "test.one")}}, nil); err != nil {
				t.Fatal(err)
			}
		}
		for _, statement := range []string{"DELETE FROM events WHERE seq = 3", "DELETE FROM events"} {
			err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, statement)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if n, err := storage.NewEvents(db).Verify(ctx); err == nil {
				t.Errorf("%s: a chain of %d without its end passed", statement, n)
			}
		}
	})
	storagetest.Run(t, "put before the first", func(t *testing.T, db *storage.DB) {
		ctx, m := t.Context(), domain.NewMint(nil, nil)
		if err := db.InTx(ctx, domain.Change{Events: []domain.Event{event(m, "test.one")}}, nil); err != nil {
			t.Fatal(err)
		}
		if err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			const others = "kind, time, actor, subject_kind, subject_id, payload, payload_hash, prev_hash, hash, part"
			_, err := tx.ExecContext(ctx, "INSERT INTO events (seq, id, "+others+") SELECT 0, 'another', "+others+" FROM events WHERE seq = 1")
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if _, err := storage.NewEvents(db).Verify(ctx); err == nil || !strings.Contains(err.Error(), "event 0") {
			t.Errorf("an event before the first: %v", err)
		}
	})
	storagetest.Run(t, "altered", func(t *testing.T, db *storage.DB) {
		ctx, m := t.Context(), domain.NewMint(nil, nil)
		for range 3 {
			if err := db.InTx(ctx, domain.Change{Events: []domain.Event{event(m, "test.one")}}, nil); err != nil {
				t.Fatal(err)
			}
		}
		events := storage.NewEvents(db)
		erase := func(statement string) {
			err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, statement)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		erase("UPDATE events SET payload = NULL WHERE seq = 2")
		if _, err := events.Verify(ctx); err != nil {
			t.Errorf("an erased payload must leave the chain whole: %v", err)
		}
		erase("UPDATE events SET actor = 'somebody' WHERE seq = 2")
		if n, err := events.Verify(ctx); err == nil || n != 1 {
			t.Errorf("an altered event passed: %d, %v", n, err)
		}
	})
}

func TestRollbackLeavesNothing(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "rollback", func(t *testing.T, db *storage.DB) {
		ctx, m := t.Context(), domain.NewMint(nil, nil)
		change := domain.Change{
			Events: []domain.Event{event(m, "test.one")},
			Jobs:   []domain.Job{{Kind: "test.job", Args: 1}},
		}
		broken := errors.New("broken")
		err := db.InTx(ctx, change, func(context.Context, bun.Tx) error { return broken })
		if !errors.Is(err, broken) {
			t.Fatalf("got %v", err)
		}
		if events, err := storage.NewEvents(db).After(ctx, 0, 10); err != nil || len(events) != 0 {
			t.Errorf("events remained: %v, %v", events, err)
		}
	})
}

func TestJobs(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "worked", func(t *testing.T, db *storage.DB) { worked(t, db, false) })
	storagetest.Run(t, "noted at once", func(t *testing.T, db *storage.DB) { worked(t, db, true) })
}

// worked has jobs worked, and one of them asked for again once it ended. What
// is noted at once may be removed then.
func worked(t *testing.T, db *storage.DB, atOnce bool) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	got := make(chan string, 10)
	client, err := db.Jobs(ctx, jobs.Options{Poll: 20 * time.Millisecond, AtOnce: atOnce, Handlers: map[string]jobs.Handler{
		"test.hello": func(_ context.Context, args json.RawMessage) error {
			got <- string(args)
			return nil
		},
		"test.invalid": func(context.Context, json.RawMessage) error {
			got <- "invalid"
			return domain.Fail(domain.Invalid, "error.iri")
		},
	}})
	if err != nil {
		t.Fatal(err)
	}
	change := domain.Change{Jobs: []domain.Job{
		{Kind: "test.hello", Args: "ana", Unique: "ana"},
		{Kind: "test.hello", Args: "ana", Unique: "ana"},
		{Kind: "test.invalid"},
	}}
	if err := db.InTx(ctx, change, nil); err != nil {
		t.Fatal(err)
	}
	run, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- client.Run(run) }()
	seen := map[string]int{<-got: 1}
	seen[<-got]++
	if _, err := client.Idle(ctx); err != nil {
		t.Fatal(err)
	}
	if err := db.InTx(ctx, domain.Change{Jobs: change.Jobs[:1]}, nil); err != nil {
		t.Fatal(err)
	}
	seen[<-got]++
	if atOnce {
		if _, err := client.Idle(ctx); err != nil {
			t.Fatal(err)
		}
		remove := func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw("DELETE FROM river_job").Exec(ctx)
			return err
		}
		if err := db.InTx(ctx, domain.Change{}, remove); err != nil {
			t.Fatal(err)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("stop: %v", err)
	}
	if seen[`"ana"`] != 2 || seen["invalid"] != 1 || len(got) != 0 {
		t.Errorf("jobs ran %v and %d more; want each once, and one again", seen, len(got))
	}
}

// TestJobAskedForWhileItsLikeRuns counts on nothing of what the running one has
// read: one more runs once that has ended, and not before.
func TestJobAskedForWhileItsLikeRuns(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "asked", func(t *testing.T, db *storage.DB) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		began, end, at := make(chan int64, 10), make(chan struct{}), atomic.Int64{}
		client, err := db.Jobs(ctx, jobs.Options{Poll: 20 * time.Millisecond, Handlers: map[string]jobs.Handler{
			"test.read": func(context.Context, json.RawMessage) error {
				began <- at.Add(1)
				<-end
				at.Add(-1)
				return nil
			},
		}})
		if err != nil {
			t.Fatal(err)
		}
		ask := func(keys ...string) {
			t.Helper()
			var change domain.Change
			for _, key := range keys {
				change.Jobs = append(change.Jobs, domain.Job{Kind: "test.read", Args: key, Unique: key})
			}
			if err := db.InTx(ctx, change, nil); err != nil {
				t.Fatal(err)
			}
		}
		run, stop := context.WithCancel(ctx)
		done := make(chan error, 1)
		go func() { done <- client.Run(run) }()
		ask("ana", "ana")
		<-began
		ask("ana", "ana")
		ask("ana")
		ask("other") // of which none runs: two are at it, while the second of the first waits
		if n := <-began; n != 2 {
			t.Errorf("%d run beside the other", n)
		}
		close(end)
		if n := <-began; n > 2 {
			t.Errorf("%d run, though one waits for its like", n)
		}
		if _, err := client.Idle(ctx); err != nil {
			t.Fatal(err)
		}
		stop()
		// Who asks just when the second is looked at, and put back, finds it running.
		if err := <-done; err != nil || len(began) > 1 {
			t.Errorf("%d ran more than twice again: %v", len(began), err)
		}
	})
}

// TestLogOfBefore: the log of a database that a version of before the
// formula of links wrote (testdata/log_of_before.json is its table) is whole, goes on by
// the formula of today, and whoever alters it is found.
func TestLogOfBefore(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile("testdata/log_of_before.json")
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	if err := json.Unmarshal(raw, &rows); err != nil {
		t.Fatal(err)
	}
	storagetest.Run(t, "before", func(t *testing.T, db *storage.DB) {
		ctx, m := t.Context(), domain.NewMint(nil, nil)
		run := func(statement string, args ...any) {
			t.Helper()
			if err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewRaw(statement, args...).Exec(ctx)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		for _, row := range rows {
			if err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewInsert().Model(&row).Table("events").Exec(ctx)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		last := rows[len(rows)-1]
		run("UPDATE event_head SET seq = ?, hash = ?, links = 0 WHERE id = 1", last["seq"], last["hash"])
		if err := db.Migrate(ctx); err != nil {
			t.Fatal(err)
		}
		if err := db.InTx(ctx, domain.Change{Events: []domain.Event{event(m, "test.today")}}, nil); err != nil {
			t.Fatal(err)
		}
		events := storage.NewEvents(db)
		verified := func() (audit.Verified, error) { return audit.Verify(ctx, events, audit.Check{}) }
		if found, err := verified(); err != nil || found.Events != 4 || found.Before != 3 {
			t.Errorf("%+v, %v", found, err)
		}
		if head := must[audit.Head](t)(events.Head(ctx)); head.Links != 4 {
			t.Errorf("the formula of today holds from %d on", head.Links)
		}
		for _, statement := range []string{"UPDATE events SET actor = 'eve' WHERE seq = 2", "UPDATE event_head SET links = 5"} {
			run(statement)
			if found, err := verified(); err == nil {
				t.Errorf("%s: %+v", statement, found)
			}
			run("UPDATE events SET actor = ? WHERE seq = 2", rows[1]["actor"])
		}
	})
}
