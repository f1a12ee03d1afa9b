// Package lease works rows of a queue that several processes share: what is
// claimed is held by a lease, which a heartbeat renews, and how the work ended
// is recorded in batches. A process that is killed renews nothing, and others
// take over.
package lease

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"interlink/domain"
)

// Time is how long a lease lasts; one that lives renews it (DESIGN §6).
const (
	Time       = 30 * time.Second
	renewEvery = Time / 3
)

// Queue takes back what was claimed from it.
type Queue[R any] interface {
	// Renew makes the leases of claimed rows last until a time; the zero time
	// gives them back.
	Renew(ctx context.Context, ids []domain.ID, until time.Time) error
	// Finish records results in one transaction.
	Finish(ctx context.Context, results []R) error
}

// Options of a [Loop]. The two functions at the end may be nil.
type Options[R any] struct {
	What  string             // what is worked, for the log: "deliveries"
	Batch int                // results that are recorded together at most
	Wait  time.Duration      // how long a result waits for others to be recorded with, while there are some
	Poll  time.Duration      // how often to look for what has become due
	ID    func(*R) domain.ID // of the row of a result
	Now   func() time.Time
	Log   *slog.Logger

	Recorded func(batch []R)             // is told what was recorded
	Landed   func(batch []R) []domain.ID // is told what is not held any more, recorded or not; returns what to give back beside
}

// Loop works a queue. Whoever claims rows tells it by [Loop.Hold].
type Loop[R any] struct {
	queue Queue[R]
	o     Options[R]

	mu   sync.Mutex
	held map[domain.ID]bool
}

// NewLoop makes a loop.
func NewLoop[R any](queue Queue[R], o Options[R]) *Loop[R] {
	return &Loop[R]{queue: queue, o: o, held: map[domain.ID]bool{}}
}

// Begin claims what there is room for and begins with it, in goroutines of
// working that send results. It returns how many it claimed.
type Begin[R any] func(ctx context.Context, results chan<- R, working *sync.WaitGroup) int

// Run works until ctx ends; what was begun is finished then, and what drop
// returns, if it is not nil, is given back. wake tells of new rows.
func (l *Loop[R]) Run(ctx context.Context, wake <-chan struct{}, begin Begin[R], drop func() []domain.ID) error {
	results := make(chan R, l.o.Batch)
	freed := make(chan struct{}, 1)
	ended := make(chan struct{})
	var recording, working sync.WaitGroup
	recording.Go(func() {
		defer close(ended)
		l.record(context.WithoutCancel(ctx), results, freed)
	})
	recording.Go(func() { l.heartbeat(context.WithoutCancel(ctx), ended) })
	for ctx.Err() == nil {
		if begin(ctx, results, &working) > 0 {
			continue
		}
		timer := time.NewTimer(l.o.Poll)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-freed:
		case <-timer.C:
		}
		timer.Stop()
	}
	if drop != nil {
		l.GiveBack(context.WithoutCancel(ctx), drop())
	}
	working.Wait()
	close(results)
	recording.Wait()
	return nil
}

// Step works one batch and returns how many rows it had.
func (l *Loop[R]) Step(ctx context.Context, begin Begin[R]) int {
	var working sync.WaitGroup
	results := make(chan R, l.o.Batch)
	n := begin(ctx, results, &working)
	go func() {
		working.Wait()
		close(results)
	}()
	l.record(context.WithoutCancel(ctx), results, nil)
	return n
}

// Hold renews the leases of rows from now on.
func (l *Loop[R]) Hold(ids ...domain.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		l.held[id] = true
	}
}

// Leave lets the leases of rows run out.
func (l *Loop[R]) Leave(ids ...domain.ID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		delete(l.held, id)
	}
}

// Held counts what is held.
func (l *Loop[R]) Held() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.held)
}

// GiveBack gives rows back to whoever claims them next.
func (l *Loop[R]) GiveBack(ctx context.Context, ids []domain.ID) {
	if len(ids) == 0 {
		return
	}
	l.Leave(ids...)
	if err := l.queue.Renew(ctx, ids, time.Time{}); err != nil {
		l.o.Log.Warn("give "+l.o.What+" back", "count", len(ids), "error", err) // their leases run out
	}
}

// gather takes the results that come close behind the first, as a transaction
// costs more than a result; it waits for none once all that is held has one.
func (l *Loop[R]) gather(first R, results <-chan R) []R {
	batch := []R{first}
	wait := time.NewTimer(l.o.Wait)
	defer wait.Stop()
	for len(batch) < l.o.Batch {
		if len(results) > 0 {
			batch = append(batch, <-results)
			continue
		}
		if l.Held() <= len(batch) {
			break
		}
		select {
		case r, more := <-results:
			if !more {
				return batch
			}
			batch = append(batch, r)
		case <-wait.C:
			return batch
		}
	}
	return batch
}

// record writes results in batches: at once when little comes, together when
// much does.
func (l *Loop[R]) record(ctx context.Context, results <-chan R, freed chan<- struct{}) {
	for first := range results {
		batch := l.gather(first, results)
		if err := l.Finish(ctx, batch); err != nil {
			// The leases run out and the work is done again: it has an effect
			// once, here as elsewhere.
			l.o.Log.Error("record "+l.o.What, "count", len(batch), "error", err)
		}
		for i := range batch {
			l.Leave(l.o.ID(&batch[i]))
		}
		if l.o.Landed != nil {
			l.GiveBack(ctx, l.o.Landed(batch))
		}
		select {
		case freed <- struct{}{}:
		default:
		}
	}
}

// A result that cannot be recorded, as after a deadlock, is tried again so
// often, with pauses that double from the first: well within a lease, which
// is renewed meanwhile, so that nothing is done twice.
const (
	recordAgain = 6
	recordPause = 100 * time.Millisecond
)

// Finish records results.
func (l *Loop[R]) Finish(ctx context.Context, batch []R) error {
	err := l.queue.Finish(ctx, batch)
	for n := 0; err != nil && n < recordAgain; n++ {
		l.o.Log.Warn("record "+l.o.What+" again", "count", len(batch), "error", err)
		time.Sleep(recordPause << n)
		err = l.queue.Finish(ctx, batch)
	}
	if err == nil && l.o.Recorded != nil {
		l.o.Recorded(batch)
	}
	return err
}

// heartbeat renews the leases of what is held, until the work has ended.
func (l *Loop[R]) heartbeat(ctx context.Context, ended <-chan struct{}) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		l.mu.Lock()
		ids := slices.Collect(maps.Keys(l.held))
		l.mu.Unlock()
		if len(ids) == 0 {
			continue
		}
		if err := l.queue.Renew(ctx, ids, l.o.Now().Add(Time)); err != nil {
			l.o.Log.Warn("renew the leases of "+l.o.What, "error", err)
		}
	}
}
