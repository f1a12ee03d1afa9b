package storage_test

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/storage"
	"interlink/storage/jobs"
	"interlink/storage/storagetest"
)

// firm is a database whose jobs several processes work, each a client here.
type firm struct {
	t  *testing.T
	db *storage.DB
}

func newFirm(t *testing.T) firm {
	t.Helper()
	return firm{t, storagetest.Open(t, storagetest.Postgres(t))}
}

// ask asks for a job of the kind test.
func (f firm) ask() {
	f.t.Helper()
	if err := f.db.InTx(f.t.Context(), domain.Change{Jobs: []domain.Job{{Kind: "test", Unique: "test"}}}, nil); err != nil {
		f.t.Fatal(err)
	}
}

// works has a process work jobs, and returns what ends it.
func (f firm) works(o jobs.Options, do func(ctx context.Context) error) (end func()) {
	f.t.Helper()
	o.Poll = 20 * time.Millisecond
	o.Handlers = map[string]jobs.Handler{"test": func(ctx context.Context, _ json.RawMessage) error { return do(ctx) }}
	client, err := f.db.Jobs(f.t.Context(), o)
	if err != nil {
		f.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(f.t.Context())
	var working sync.WaitGroup
	working.Go(func() {
		if err := client.Run(ctx); err != nil {
			f.t.Error(err)
		}
	})
	end = sync.OnceFunc(func() { stop(); working.Wait() })
	f.t.Cleanup(end)
	return end
}

// sets changes the row of the job.
func (f firm) sets(set string) {
	f.t.Helper()
	err := f.db.InTx(f.t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE river_job SET "+set)
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
}

// reads reads an expression of the row of the job.
func (f firm) reads(expression string) (value string) {
	f.t.Helper()
	if err := f.db.Read().NewRaw("SELECT ("+expression+")::text FROM river_job").Scan(f.t.Context(), &value); err != nil {
		f.t.Error(err)
	}
	return value
}

// await waits until an expression of the row of the job is true.
func (f firm) await(expression string) {
	f.t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); f.reads(expression) != "true"; <-tick.C {
		if time.Now().After(deadline) {
			f.t.Fatalf("it never is so that %s: the state is %s", expression, f.reads("state"))
		}
	}
}

// TestJobTakenUp: a process that was paused and goes on while another has taken
// up its job changes nothing any more, and does not say how that job ended,
// whatever it says of its own run.
func TestJobTakenUp(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]jobs.Options{"worked": {}, "noted at once": {AtOnce: true}} {
		for outcome, said := range map[string]error{
			"done": nil, "failed": errors.New("it was too much"), "refused": domain.Fail(domain.Invalid, "error.iri"),
		} {
			t.Run(name+", "+outcome, func(t *testing.T) {
				t.Parallel()
				f := newFirm(t)
				f.ask()
				change := func(ctx context.Context) error { // a job that its run asks for
					return f.db.InTx(ctx, domain.Change{Jobs: []domain.Job{{Kind: "other", At: time.Now().Add(time.Hour)}}}, nil)
				}
				began, goOn := make(chan struct{}), make(chan struct{})
				endFirst := f.works(o, func(ctx context.Context) error {
					began <- struct{}{}
					<-goOn
					if err := change(context.WithoutCancel(ctx)); domain.CodeOf(err) != domain.Unavailable || !domain.Ours(err) {
						t.Errorf("what it changes: %v", err)
					}
					if ctx.Err() == nil {
						t.Error("it is not told to end")
					}
					return said
				})
				<-began
				f.sets("state = 'available'")
				secondBegan, secondEnds := make(chan struct{}), make(chan struct{})
				endSecond := f.works(o, func(ctx context.Context) error {
					close(secondBegan)
					<-secondEnds
					return change(ctx)
				})
				<-secondBegan
				close(goOn)
				endFirst()
				if state := f.reads("state"); state != "running" {
					t.Errorf("the job that the other runs is %s", state)
				}
				close(secondEnds)
				f.await("bool_or(state = 'completed') AND count(*) = 2")
				endSecond()
			})
		}
	}
}

// TestJobOfWhoIsGone: the job of a process of which nothing is heard is taken up,
// after a pause that grows with how often that was so, and given up at last; one
// that goes on is not, however long it takes.
func TestJobOfWhoIsGone(t *testing.T) {
	t.Parallel()
	const gone = time.Second
	for name, x := range map[string]struct{ set, want string }{
		"once":       {"attempt = 1", "state = 'completed' AND attempt = 2 AND cardinality(errors) = 1"},
		"again":      {"attempt = 3", "state = 'available' AND scheduled_at > now() + interval '10 seconds'"},
		"often":      {"attempt = max_attempts", "state = 'discarded' AND finalized_at IS NOT NULL"},
		"called off": {`metadata = '{"cancel_attempted_at": "2026-11-28T00:00:00Z"}'`, "state = 'cancelled' AND finalized_at IS NOT NULL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFirm(t)
			f.ask()
			f.sets("state = 'running', attempted_at = now(), attempted_by = '{killed}', " + x.set)
			f.works(jobs.Options{Gone: gone}, func(context.Context) error { return nil })
			f.await(x.want)
		})
	}
	t.Run("slow", func(t *testing.T) {
		t.Parallel()
		f := newFirm(t)
		f.ask()
		for range 2 {
			f.works(jobs.Options{Gone: gone}, func(context.Context) error {
				f.await("attempted_at > created_at + interval '4 seconds'")
				return nil
			})
		}
		f.await("state = 'completed'")
		if attempts := f.reads("attempt"); attempts != "1" {
			t.Errorf("it was taken up %s times", attempts)
		}
	})
}

// TestJobWhileItWrites: nobody takes up a job in the middle of a transaction of
// it, whatever is heard of its process; and a sign of life does not wait for that.
func TestJobWhileItWrites(t *testing.T) {
	t.Parallel()
	f := newFirm(t)
	f.ask()
	tried := make(chan struct{})
	f.works(jobs.Options{Gone: time.Second}, func(ctx context.Context) error {
		return f.db.InTx(ctx, domain.Change{}, func(context.Context, bun.Tx) error {
			f.await("attempted_at > created_at + interval '2 seconds'") // signs of life pass
			var free int
			err := f.db.Read().NewRaw("SELECT count(*) FROM (SELECT id FROM river_job WHERE state = 'running' FOR UPDATE SKIP LOCKED) AS free").Scan(t.Context(), &free)
			if err != nil || free != 0 {
				t.Errorf("%d jobs could be freed (%v)", free, err)
			}
			close(tried)
			return nil
		})
	})
	<-tried
	f.await("state = 'completed'")
}

// TestJobsOfSilentDatabase: jobs wait for a PostgreSQL that is silent just when
// they are to begin, and end meanwhile if they are told to.
func TestJobsOfSilentDatabase(t *testing.T) {
	t.Parallel()
	dsn, wire := storagetest.Through(t, storagetest.Postgres(t))
	f := firm{t, storagetest.Open(t, dsn)}
	t.Cleanup(wire.Speak)
	f.ask()
	worked := make(chan struct{})
	wire.Hush()
	end := f.works(jobs.Options{}, func(context.Context) error { t.Error("it is worked"); return nil })
	began := time.Now()
	if end(); time.Since(began) > 20*time.Second {
		t.Errorf("the end took %s", time.Since(began))
	}
	f.works(jobs.Options{}, func(context.Context) error { close(worked); return nil })
	select {
	case <-worked:
		t.Error("it is worked")
	case <-time.After(7 * time.Second): // longer than one try
	}
	wire.Speak()
	select {
	case <-worked:
	case <-time.After(time.Minute):
		t.Error("it is not worked")
	}
}
