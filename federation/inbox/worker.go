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
// several at once.
type Worker struct {
	work   Work
	actors *Directory
	verbs  map[string]Verb
	mint   *domain.Mint
	log    *slog.Logger
	limit  int
	poll   time.Duration
}

// NewWorker makes a worker. verbs are by activity type; others are noted and
// left.
func NewWorker(work Work, actors *Directory, verbs map[string]Verb, mint *domain.Mint, log *slog.Logger) *Worker {
	return &Worker{work: work, actors: actors, verbs: verbs, mint: mint, log: log, limit: 100, poll: time.Second}
}

// A lease lasts until others may take over what a killed worker left; one
// that lives renews it (DESIGN §6).
const (
	workLease  = 30 * time.Second
	renewEvery = 10 * time.Second
)

// maxAttempts is how often an activity is tried before it is set aside.
const maxAttempts = 8

// Run works activities until ctx ends.
func (w *Worker) Run(ctx context.Context, wake <-chan struct{}) error {
	for ctx.Err() == nil {
		n, err := w.Step(ctx)
		if err != nil && ctx.Err() == nil {
			w.log.Error("inbox: work", "error", err)
		}
		if n > 0 && err == nil {
			continue
		}
		timer := time.NewTimer(w.poll)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
	return nil
}

// Step works one batch and returns how many activities it had.
func (w *Worker) Step(ctx context.Context) (int, error) {
	claimed, err := w.work.Claim(ctx, w.mint.Now(), w.limit, workLease)
	if err != nil || len(claimed) == 0 {
		return 0, err
	}
	defer w.heartbeat(ctx, claimed)()
	byActor := map[domain.IRI][]int{}
	for i, r := range claimed {
		byActor[r.Actor] = append(byActor[r.Actor], i)
	}
	results := make([]network.ReceivedResult, len(claimed))
	var wg sync.WaitGroup
	slots := make(chan struct{}, 16)
	for _, indexes := range byActor {
		wg.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			for _, i := range indexes {
				results[i] = w.one(ctx, claimed[i])
			}
		})
	}
	wg.Wait()
	return len(claimed), w.work.Finish(context.WithoutCancel(ctx), results)
}

// heartbeat renews the lease of what was claimed until stop is called.
func (w *Worker) heartbeat(ctx context.Context, claimed []*network.Received) (stop func()) {
	ids := make([]domain.ID, len(claimed))
	for i, r := range claimed {
		ids[i] = r.ID
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var beating sync.WaitGroup
	beating.Go(func() {
		tick := time.NewTicker(renewEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			if err := w.work.Renew(ctx, ids, w.mint.Now().Add(workLease)); err != nil && ctx.Err() == nil {
				w.log.Warn("inbox: renew the lease", "error", err)
			}
		}
	})
	return func() {
		cancel()
		beating.Wait()
	}
}

// one acts on an activity and says what becomes of its row.
func (w *Worker) one(ctx context.Context, r *network.Received) network.ReceivedResult {
	err := w.act(ctx, r)
	now := w.mint.Now()
	result := network.ReceivedResult{ID: r.ID, State: network.ReceivedDone, NextAt: now, At: now}
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

func (w *Worker) act(ctx context.Context, r *network.Received) (err error) {
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
	verb, ok := w.verbs[in.Type]
	if !ok {
		return domain.Fail(domain.Invalid, "error.activity_unknown", in.Type)
	}
	actor, err := w.actors.Sender(ctx, in)
	if err != nil {
		return err
	}
	return verb(ctx, in, actor)
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
