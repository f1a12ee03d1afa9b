package inbox

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Work gives received activities to work on and takes the results.
type Work interface {
	Claim(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]*network.Received, error)
	// Renew makes the lease of claimed activities last until a time.
	Renew(ctx context.Context, ids []domain.ID, until time.Time) error
	Finish(ctx context.Context, results []network.ReceivedResult) error
}

// Verb acts on one activity. actor is the stored actor who did it. Errors
// with the code Unavailable, Internal or Conflict are tried again; others end
// the work, with the reason kept for administrators.
type Verb func(ctx context.Context, in *activity.Inbound, actor *network.Actor) error

// Worker acts on received activities: those of one actor in order, those of
// several at once, so that a slow server holds up its own actors alone.
type Worker struct {
	work   Work
	actors *Directory
	verbs  map[string]Verb
	mint   *domain.Mint
	log    *slog.Logger
	poll   time.Duration
	slots  chan struct{}

	mu   sync.Mutex
	held map[domain.ID]bool // claimed, and not yet recorded

	outcomes outcomes
}

// NewWorker makes a worker. verbs are by activity type; others are noted and
// left.
func NewWorker(work Work, actors *Directory, verbs map[string]Verb, mint *domain.Mint, log *slog.Logger) *Worker {
	return &Worker{
		outcomes: newOutcomes(verbs),
		work:     work, actors: actors, verbs: verbs, mint: mint, log: log, poll: time.Second,
		slots: make(chan struct{}, atOnce), held: map[domain.ID]bool{},
	}
}

const (
	maxHeld = 512 // activities claimed at a time
	atOnce  = 64  // actors worked at a time
)

// A lease lasts until others may take over what a killed worker left; one
// that lives renews it (DESIGN §6).
const (
	workLease  = 30 * time.Second
	renewEvery = 10 * time.Second
)

// maxAttempts is how often an activity is tried before it is set aside.
const maxAttempts = 8

// Run works activities until ctx ends; those begun are finished then, others
// are left. wake tells of new ones.
func (w *Worker) Run(ctx context.Context, wake <-chan struct{}) error {
	results := make(chan network.ReceivedResult, maxHeld)
	freed := make(chan struct{}, 1)
	ended := make(chan struct{})
	var recording, working sync.WaitGroup
	recording.Go(func() {
		defer close(ended)
		w.record(context.WithoutCancel(ctx), results, freed)
	})
	recording.Go(func() { w.heartbeat(context.WithoutCancel(ctx), ended) })
	for ctx.Err() == nil {
		n, err := w.dispatch(ctx, results, &working)
		if err != nil && ctx.Err() == nil {
			w.log.Error("inbox: work", "error", err)
		}
		if n > 0 {
			continue
		}
		timer := time.NewTimer(w.poll)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-freed:
		case <-timer.C:
		}
		timer.Stop()
	}
	working.Wait()
	close(results)
	recording.Wait()
	return nil
}

// Step works one batch and returns how many activities it had.
func (w *Worker) Step(ctx context.Context) (int, error) {
	var working sync.WaitGroup
	results := make(chan network.ReceivedResult, maxHeld)
	n, err := w.dispatch(ctx, results, &working)
	working.Wait()
	close(results)
	w.record(context.WithoutCancel(ctx), results, nil)
	return n, err
}

// dispatch claims what there is room for and begins with it, once half of
// the room is free.
func (w *Worker) dispatch(ctx context.Context, results chan<- network.ReceivedResult, working *sync.WaitGroup) (int, error) {
	room := maxHeld - w.count()
	if room < maxHeld/2 {
		return 0, nil
	}
	claimed, err := w.work.Claim(ctx, w.mint.Now(), room, workLease)
	if err != nil {
		return 0, err
	}
	byActor := map[domain.IRI][]*network.Received{}
	for _, r := range claimed {
		w.hold(r.ID, true)
		byActor[r.Actor] = append(byActor[r.Actor], r)
	}
	for _, those := range byActor {
		working.Go(func() {
			w.slots <- struct{}{}
			defer func() { <-w.slots }()
			var sender *network.Actor
			for _, r := range those {
				if ctx.Err() != nil {
					w.hold(r.ID, false) // its lease runs out
					continue
				}
				results <- w.one(context.WithoutCancel(ctx), r, &sender)
			}
		})
	}
	return len(claimed), nil
}

// record writes results in batches: at once when little comes, together when
// much does.
func (w *Worker) record(ctx context.Context, results <-chan network.ReceivedResult, freed chan<- struct{}) {
	for first := range results {
		batch := []network.ReceivedResult{first}
		for len(results) > 0 && len(batch) < maxHeld {
			batch = append(batch, <-results)
		}
		if err := w.finish(ctx, batch); err != nil {
			// The leases run out and they are worked again, without effect.
			w.log.Error("inbox: record", "count", len(batch), "error", err)
		}
		for i := range batch {
			w.hold(batch[i].ID, false)
		}
		select {
		case freed <- struct{}{}:
		default:
		}
	}
}

// A result that cannot be recorded, as after a deadlock, is tried again so
// often, with pauses that double from the first: well within a lease, which
// is renewed meanwhile.
const (
	recordAgain = 6
	recordPause = 100 * time.Millisecond
)

// finish records results.
func (w *Worker) finish(ctx context.Context, batch []network.ReceivedResult) error {
	err := w.work.Finish(ctx, batch)
	for n := 0; err != nil && n < recordAgain; n++ {
		w.log.Warn("inbox: record again", "count", len(batch), "error", err)
		time.Sleep(recordPause << n)
		err = w.work.Finish(ctx, batch)
	}
	return err
}

// heartbeat renews the leases of what is held, until the work has ended.
func (w *Worker) heartbeat(ctx context.Context, ended <-chan struct{}) {
	tick := time.NewTicker(renewEvery)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			return
		case <-tick.C:
		}
		if ids := w.ids(); len(ids) > 0 {
			if err := w.work.Renew(ctx, ids, w.mint.Now().Add(workLease)); err != nil {
				w.log.Warn("inbox: renew the lease", "error", err)
			}
		}
	}
}

func (w *Worker) hold(id domain.ID, held bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if held {
		w.held[id] = true
	} else {
		delete(w.held, id)
	}
}

func (w *Worker) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.held)
}

func (w *Worker) ids() []domain.ID {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Collect(maps.Keys(w.held))
}

// one acts on an activity and says what becomes of its row. sender is who did
// the one before it, and then who did this one.
func (w *Worker) one(ctx context.Context, r *network.Received, sender **network.Actor) network.ReceivedResult {
	err := w.act(ctx, r, sender)
	now := w.mint.Now()
	result := network.ReceivedResult{ID: r.ID, State: network.ReceivedDone, NextAt: now, At: now}
	defer func() { w.outcomes.count(r.Type, &result) }()
	if err == nil {
		return result
	}
	result.Error = shorten(err.Error())
	switch domain.CodeOf(err) {
	case domain.Unavailable, domain.Internal, domain.Conflict, domain.TooMany:
		result.State = network.ReceivedFailed
		if r.Attempts+1 < maxAttempts {
			result.State, result.NextAt = network.ReceivedPending, now.Add(retryAfter(r.Attempts+1))
		}
		w.log.Warn("inbox: activity failed", "activity", r.IRI, "type", r.Type, "attempt", r.Attempts+1, "state", result.State, "error", err)
	default:
		w.log.Info("inbox: activity set aside", "activity", r.IRI, "type", r.Type, "error", err)
	}
	return result
}

func (w *Worker) act(ctx context.Context, r *network.Received, sender **network.Actor) (err error) {
	defer func() {
		if p := recover(); p != nil {
			w.log.Error("inbox: panic", "activity", r.IRI, "panic", p, "stack", string(debug.Stack()))
			err = domain.Fail(domain.Invalid, "error.activity").Because(fmt.Errorf("panic: %v", p))
		}
	}()
	in, err := activity.Decode(r.Raw)
	if err != nil {
		return err
	}
	in.Brought = r.Bringer != ""
	verb, ok := w.verbs[in.Type]
	if !ok {
		return domain.Fail(domain.Invalid, "error.activity_unknown", in.Type)
	}
	actor, err := w.actors.Sender(ctx, in, *sender)
	if *sender = nil; err != nil {
		return err
	}
	if saysNothingOfItsActor(in.Type) {
		*sender = actor
	}
	return verb(ctx, in, actor)
}

// saysNothingOfItsActor reports whether an actor is the same after an
// activity of theirs.
func saysNothingOfItsActor(activityType string) bool {
	return activityType == "Create" || activityType == "Announce" || activityType == "Like"
}

// retryAfter grows from one minute to six hours.
func retryAfter(attempt int) time.Duration {
	return min(time.Minute<<min(2*(attempt-1), 16), 6*time.Hour)
}

func shorten(s string) string {
	if len(s) > 300 {
		return s[:300]
	}
	return s
}
