package delivery

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/httpsig"
	"interlink/federation/remote"
)

// Queue gives deliveries to work on and takes their results.
type Queue interface {
	Claim(ctx context.Context, now time.Time, limit, lane int, busy map[string]int, lease time.Duration) ([]*network.Delivery, error)
	Finish(ctx context.Context, results []network.DeliveryResult) error
	NextDue(ctx context.Context) (time.Time, error)
}

// Keys gives the signing keys of local actors.
type Keys interface {
	SigningKeys(ctx context.Context, actor domain.ActorID) (*httpsig.Keys, error)
}

// Poster sends one signed request.
type Poster interface {
	Post(ctx context.Context, inbox domain.IRI, body []byte, digest [sha256.Size]byte, key *httpsig.Key, scheme httpsig.Scheme) (remote.Response, error)
}

// Options of a [Worker].
type Options struct {
	Pool int           // requests in flight; 0 means 256
	Lane int           // of these to one host; 0 means 4
	Poll time.Duration // how often to look for work of other processes; 0 means 1 s
	Now  func() time.Time
	Log  *slog.Logger
}

// lease is longer than any attempt may take (three requests; remote: 30 s
// each), so a live worker never loses a delivery to another.
const lease = 2 * time.Minute

// Worker sends what is queued.
type Worker struct {
	queue Queue
	keys  Keys
	post  Poster
	o     Options

	mu   sync.Mutex
	busy map[string]int // requests in flight by host
}

// NewWorker makes a worker.
func NewWorker(queue Queue, keys Keys, post Poster, o Options) *Worker {
	if o.Pool == 0 {
		o.Pool = 256
	}
	if o.Lane == 0 {
		o.Lane = 4
	}
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	return &Worker{queue: queue, keys: keys, post: post, o: o, busy: map[string]int{}}
}

// Step sends one batch of due deliveries and waits for all of them; it
// returns how many there were.
func (w *Worker) Step(ctx context.Context) (int, error) {
	claimed, err := w.queue.Claim(ctx, w.o.Now(), w.o.Pool, w.o.Lane, w.inFlight(), lease)
	if err != nil {
		return 0, err
	}
	results := make([]network.DeliveryResult, len(claimed))
	var wg sync.WaitGroup
	for i, d := range claimed {
		wg.Go(func() { results[i] = w.send(ctx, d) })
	}
	wg.Wait()
	return len(claimed), w.queue.Finish(context.WithoutCancel(ctx), results)
}

// Run sends deliveries until ctx ends; requests in flight are then finished.
// wake tells of new deliveries.
func (w *Worker) Run(ctx context.Context, wake <-chan struct{}) error {
	results := make(chan network.DeliveryResult, w.o.Pool)
	recorded := make(chan struct{})
	freed := make(chan struct{}, 1)
	go func() {
		defer close(recorded)
		w.record(context.WithoutCancel(ctx), results, freed)
	}()
	var sending sync.WaitGroup
	for ctx.Err() == nil {
		if n := w.dispatch(ctx, results, &sending); n > 0 {
			continue
		}
		timer := time.NewTimer(w.untilDue(ctx))
		select {
		case <-ctx.Done():
		case <-wake:
		case <-freed:
		case <-timer.C:
		}
		timer.Stop()
	}
	sending.Wait()
	close(results)
	<-recorded
	return nil
}

// dispatch claims what the pool has room for and starts it.
func (w *Worker) dispatch(ctx context.Context, results chan<- network.DeliveryResult, sending *sync.WaitGroup) int {
	busy := w.inFlight()
	room := w.o.Pool
	for _, n := range busy {
		room -= n
	}
	if room <= 0 {
		return 0
	}
	claimed, err := w.queue.Claim(ctx, w.o.Now(), room, w.o.Lane, busy, lease)
	if err != nil {
		if ctx.Err() == nil {
			w.o.Log.Error("claim deliveries", "error", err)
		}
		return 0
	}
	for _, d := range claimed {
		w.count(d.Host, +1)
		sending.Go(func() {
			results <- w.send(context.WithoutCancel(ctx), d)
		})
	}
	return len(claimed)
}

// record writes results in batches: at once when little comes, together when
// much does.
func (w *Worker) record(ctx context.Context, results <-chan network.DeliveryResult, freed chan<- struct{}) {
	for first := range results {
		batch := []network.DeliveryResult{first}
	more:
		for len(batch) < 200 {
			select {
			case r, ok := <-results:
				if !ok {
					break more
				}
				batch = append(batch, r)
			default:
				break more
			}
		}
		if err := w.queue.Finish(ctx, batch); err != nil {
			// The leases run out and the activities are sent again: peers
			// tell them by their id.
			w.o.Log.Error("record deliveries", "count", len(batch), "error", err)
		}
		for i := range batch {
			w.count(batch[i].Delivery.Host, -1)
		}
		select {
		case freed <- struct{}{}:
		default:
		}
	}
}

// send signs and posts one activity.
func (w *Worker) send(ctx context.Context, d *network.Delivery) network.DeliveryResult {
	r := network.DeliveryResult{Delivery: d, State: network.DeliveryPending}
	response, scheme, ours, err := w.attempt(ctx, d)
	r.At, r.Status = w.o.Now(), response.Status
	if err != nil {
		r.Error = shorten(err.Error())
	} else if response.Status >= 300 {
		r.Error = shorten(response.Excerpt)
	}
	switch classify(response.Status) {
	case accepted:
		r.State, r.NextAt, r.Scheme = network.DeliveryDone, r.At, string(scheme)
		return r
	case refused:
		r.State, r.NextAt = network.DeliveryDead, r.At
	case again:
		if response.Status != http.StatusUnauthorized && !ours {
			r.Host = network.HostFailed
		}
		wait, ok := Backoff(d.Attempts+1, r.At.Sub(d.Since), response.RetryAfter, jitter())
		if !ok {
			r.State = network.DeliveryDead
		}
		r.NextAt = r.At.Add(wait)
	}
	w.o.Log.Warn("delivery failed", "host", d.Host, "inbox", d.Inbox, "activity", d.Activity, "attempt", d.Attempts+1,
		"status", r.Status, "state", r.State, "error", r.Error)
	return r
}

// attempt posts an activity; if the signature may be what is refused, again:
// with the key that was replaced lately, if there is one, as some peers keep a
// key for a day without asking for a newer (federation.md S13, S21), and once
// signed in the other way. ours is set if the fault is this node's: it says
// nothing of the host.
func (w *Worker) attempt(ctx context.Context, d *network.Delivery) (response remote.Response, scheme httpsig.Scheme, ours bool, err error) {
	scheme = schemeOf(d)
	keys, err := w.keys.SigningKeys(ctx, d.Actor)
	if err != nil {
		return response, scheme, true, err
	}
	digest := sha256.Sum256(d.Raw)
	post := func(key *httpsig.Key, scheme httpsig.Scheme) (remote.Response, error) {
		return w.post.Post(ctx, d.Inbox, d.Raw, digest, key, scheme)
	}
	response, err = post(keys.For(scheme), scheme)
	switch response.Status {
	case http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden:
		if keys.Former != nil {
			if again, failed := post(keys.Former, scheme); failed == nil && classify(again.Status) == accepted {
				return again, "", false, nil // which says of the scheme no more than was known
			}
		}
		other := scheme.Other()
		if again, failed := post(keys.For(other), other); failed == nil && classify(again.Status) == accepted {
			return again, other, false, nil
		}
	}
	return response, scheme, false, err
}

// schemeOf is how to sign for a host: draft-cavage, which every known peer
// reads, until it is known to take another.
func schemeOf(d *network.Delivery) httpsig.Scheme {
	switch scheme := httpsig.Scheme(d.Scheme); scheme {
	case httpsig.RFC9421, httpsig.Ed25519:
		return scheme
	}
	return httpsig.Cavage
}

// untilDue is how long to sleep: until the next retry, at most the poll
// interval.
func (w *Worker) untilDue(ctx context.Context) time.Duration {
	next, err := w.queue.NextDue(ctx)
	if err != nil || next.IsZero() {
		return w.o.Poll
	}
	return min(max(next.Sub(w.o.Now()), 10*time.Millisecond), w.o.Poll)
}

func (w *Worker) inFlight() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	busy := make(map[string]int, len(w.busy))
	for host, n := range w.busy {
		busy[host] = n
	}
	return busy
}

func (w *Worker) count(host string, by int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.busy[host] += by; w.busy[host] <= 0 {
		delete(w.busy, host)
	}
}

// shorten makes of an error what every database stores: text, at most 300
// bytes.
func shorten(s string) string {
	s = strings.ReplaceAll(s[:min(len(s), 300)], "\x00", "")
	return strings.ToValidUTF8(s, "")
}
