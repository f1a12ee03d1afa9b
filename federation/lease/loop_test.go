package lease_test

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/federation/lease"
)

// ledger is a queue that remembers what it was told.
type ledger struct {
	mu       sync.Mutex
	faults   int // of the next calls of Finish
	finished []domain.ID
	back     []domain.ID
}

func (q *ledger) Renew(_ context.Context, ids []domain.ID, until time.Time) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if until.IsZero() {
		q.back = append(q.back, ids...)
	}
	return nil
}

func (q *ledger) Finish(_ context.Context, ids []domain.ID) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.faults--; q.faults >= 0 {
		return errors.New("deadlock detected")
	}
	q.finished = append(q.finished, ids...)
	return nil
}

// TestRun: what was begun when the work ends is finished and recorded, though
// the database fails a few times; what was not begun, and what a result says
// is not to be done now, is given back; nothing is held any more.
func TestRun(t *testing.T) {
	t.Parallel()
	queue, recorded := &ledger{faults: 2}, 0
	loop := lease.NewLoop(queue, lease.Options[domain.ID]{
		What: "rows", Batch: 4, Poll: time.Hour, ID: func(id *domain.ID) domain.ID { return *id }, Now: time.Now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Recorded: func(batch []domain.ID) { recorded += len(batch) },
		Landed: func(batch []domain.ID) []domain.ID {
			if slices.Contains(batch, "b") {
				return []domain.ID{"after-b"}
			}
			return nil
		},
	})
	ctx, stop := context.WithCancel(t.Context())
	claims := 0
	begin := func(_ context.Context, results chan<- domain.ID, working *sync.WaitGroup) int {
		if claims++; claims > 1 {
			stop()
			return 0
		}
		loop.Hold("a", "b", "after-b", "waits")
		for _, id := range []domain.ID{"a", "b"} {
			working.Go(func() {
				<-ctx.Done() // it ends after the work is told to end
				results <- id
			})
		}
		return 4
	}
	if err := loop.Run(ctx, nil, begin, func() []domain.ID { return []domain.ID{"waits"} }); err != nil {
		t.Fatal(err)
	}
	slices.Sort(queue.finished)
	slices.Sort(queue.back)
	if !slices.Equal(queue.finished, []domain.ID{"a", "b"}) || recorded != 2 {
		t.Errorf("recorded %v, told of %d", queue.finished, recorded)
	}
	if !slices.Equal(queue.back, []domain.ID{"after-b", "waits"}) {
		t.Errorf("given back %v", queue.back)
	}
	if n := loop.Held(); n != 0 {
		t.Errorf("%d are held", n)
	}
}
