package inbox

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
	"interlink/federation/lease"
)

// Work gives received activities to work on and takes the results.
type Work interface {
	lease.Queue[network.ReceivedResult]
	Claim(ctx context.Context, now time.Time, limit int, lease time.Duration) ([]*network.Received, error)
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
	loop   *lease.Loop[network.ReceivedResult]
	slots  chan struct{}

	outcomes outcomes
}

// NewWorker makes a worker. verbs are by activity type; others are noted and
// left.
func NewWorker(work Work, actors *Directory, verbs map[string]Verb, mint *domain.Mint, log *slog.Logger) *Worker {
	w := &Worker{outcomes: newOutcomes(verbs), work: work, actors: actors, verbs: verbs, mint: mint, log: log, slots: make(chan struct{}, atOnce)}
	w.loop = lease.NewLoop(work, lease.Options[network.ReceivedResult]{
		What: "received activities", Batch: maxHeld, Poll: time.Second, Now: mint.Now, Log: log,
		ID: func(r *network.ReceivedResult) domain.ID { return r.ID },
	})
	return w
}

const (
	maxHeld = 512 // activities claimed at a time
	atOnce  = 64  // actors worked at a time
)

// maxAttempts is how often an activity is tried before it is set aside.
const maxAttempts = 8

// Run works activities until ctx ends; those begun are finished then, others
// are given back. wake tells of new ones.
func (w *Worker) Run(ctx context.Context, wake <-chan struct{}) error {
	begin := func(ctx context.Context, results chan<- network.ReceivedResult, working *sync.WaitGroup) int {
		n, err := w.begin(ctx, results, working)
		if err != nil && ctx.Err() == nil {
			w.log.Error("inbox: work", "error", err)
		}
		return n
	}
	return w.loop.Run(ctx, wake, begin, nil)
}

// Step works one batch and returns how many activities it had.
func (w *Worker) Step(ctx context.Context) (n int, err error) {
	n = w.loop.Step(ctx, func(ctx context.Context, results chan<- network.ReceivedResult, working *sync.WaitGroup) int {
		n, err = w.begin(ctx, results, working)
		return n
	})
	return n, err
}

// begin claims what there is room for and begins with it, once half of the
// room is free.
func (w *Worker) begin(ctx context.Context, results chan<- network.ReceivedResult, working *sync.WaitGroup) (int, error) {
	room := maxHeld - w.loop.Held()
	if room < maxHeld/2 {
		return 0, nil
	}
	claimed, err := w.work.Claim(ctx, w.mint.Now(), room, lease.Time)
	if err != nil {
		return 0, err
	}
	byActor := map[domain.IRI][]*network.Received{}
	for _, r := range claimed {
		w.loop.Hold(r.ID)
		byActor[r.Actor] = append(byActor[r.Actor], r)
	}
	for _, those := range byActor {
		working.Go(func() { w.several(ctx, those, results) })
	}
	return len(claimed), nil
}

// several works the activities of one actor in order. What is not begun when
// ctx ends is given back.
func (w *Worker) several(ctx context.Context, those []*network.Received, results chan<- network.ReceivedResult) {
	w.slots <- struct{}{}
	defer func() { <-w.slots }()
	var sender *network.Actor
	for i, r := range those {
		if ctx.Err() != nil {
			var left []domain.ID
			for _, r := range those[i:] {
				left = append(left, r.ID)
			}
			w.loop.GiveBack(context.WithoutCancel(ctx), left)
			return
		}
		results <- w.one(context.WithoutCancel(ctx), r, &sender)
	}
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
