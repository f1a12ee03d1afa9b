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
	Claim(ctx context.Context, now time.Time, limit, lane int, held map[string]int, lease time.Duration) ([]*network.Delivery, error)
	// Renew makes the leases of claimed deliveries last until a time; the zero
	// time gives them back.
	Renew(ctx context.Context, ids []domain.ID, until time.Time) error
	Finish(ctx context.Context, results []network.DeliveryResult) error
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
	Pool int           // requests in flight; 0 means 512
	Lane int           // of these to one host; 0 means 4
	Poll time.Duration // how often to look for what has become due; 0 means 1 s
	Now  func() time.Time
	Log  *slog.Logger
}

// A lease lasts until others may take over what a killed worker left; one
// that lives renews it (DESIGN §6).
const (
	lease      = 30 * time.Second
	renewEvery = 10 * time.Second
)

// ahead is how many times its lane a host's deliveries are claimed in
// advance, so that one claim serves many requests.
const ahead = 4

// Worker sends what is queued.
type Worker struct {
	queue Queue
	keys  Keys
	post  Poster
	o     Options
	lanes *lanes

	outcomes outcomes
}

// NewWorker makes a worker.
func NewWorker(queue Queue, keys Keys, post Poster, o Options) *Worker {
	if o.Pool == 0 {
		o.Pool = 512
	}
	if o.Lane == 0 {
		o.Lane = 4
	}
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	return &Worker{queue: queue, keys: keys, post: post, o: o, lanes: newLanes(o.Pool, o.Lane)}
}

// Step sends one batch of due deliveries and waits for all of them; it
// returns how many there were.
func (w *Worker) Step(ctx context.Context) (int, error) {
	claimed, err := w.queue.Claim(ctx, w.o.Now(), w.o.Pool, w.o.Lane, nil, lease)
	if err != nil {
		return 0, err
	}
	results := make([]network.DeliveryResult, len(claimed))
	var wg sync.WaitGroup
	for i, d := range claimed {
		wg.Go(func() { results[i] = w.send(ctx, d) })
	}
	wg.Wait()
	return len(claimed), w.finish(context.WithoutCancel(ctx), results)
}

// Run sends deliveries until ctx ends; requests in flight are then finished,
// and what else was claimed is given back. wake tells of new deliveries.
func (w *Worker) Run(ctx context.Context, wake <-chan struct{}) error {
	results := make(chan network.DeliveryResult, w.o.Pool)
	freed := make(chan struct{}, 1)
	ended := make(chan struct{})
	var sending, recording sync.WaitGroup
	recording.Go(func() {
		defer close(ended)
		w.record(context.WithoutCancel(ctx), results, freed)
	})
	recording.Go(func() { w.heartbeat(context.WithoutCancel(ctx), ended) })
	for ctx.Err() == nil {
		found := w.fill(ctx)
		for _, d := range w.lanes.take() {
			sending.Go(func() { results <- w.send(context.WithoutCancel(ctx), d) })
		}
		if found > 0 {
			continue
		}
		timer := time.NewTimer(w.o.Poll)
		select {
		case <-ctx.Done():
		case <-wake:
		case <-freed:
		case <-timer.C:
		}
		timer.Stop()
	}
	w.release(context.WithoutCancel(ctx), w.lanes.drop())
	sending.Wait()
	close(results)
	recording.Wait()
	return nil
}

// fill claims what the lanes have room for, once half of it is free.
func (w *Worker) fill(ctx context.Context) int {
	held, total := w.lanes.byHost()
	room := 2*w.o.Pool - total
	if room < w.o.Pool {
		return 0
	}
	claimed, err := w.queue.Claim(ctx, w.o.Now(), room, ahead*w.o.Lane, held, lease)
	if err != nil {
		if ctx.Err() == nil {
			w.o.Log.Error("claim deliveries", "error", err)
		}
		return 0
	}
	w.lanes.add(claimed)
	return len(claimed)
}

// record writes results in batches: at once when little comes, together when
// much does.
func (w *Worker) record(ctx context.Context, results <-chan network.DeliveryResult, freed chan<- struct{}) {
	for first := range results {
		batch := []network.DeliveryResult{first}
		for len(results) > 0 && len(batch) < w.o.Pool {
			batch = append(batch, <-results)
		}
		if err := w.finish(ctx, batch); err != nil {
			// The leases run out and the activities are sent again: peers
			// tell them by their id.
			w.o.Log.Error("record deliveries", "count", len(batch), "error", err)
		}
		for i := range batch {
			w.lanes.land(&batch[i])
			if batch[i].Host == network.HostFailed {
				w.release(ctx, w.lanes.close(batch[i].Delivery.Host))
			}
		}
		select {
		case freed <- struct{}{}:
		default:
		}
	}
}

// A result that cannot be recorded, as after a deadlock, is tried again so
// often, with pauses that double from the first: well within a lease, which
// is renewed meanwhile, so that nothing is sent twice.
const (
	recordAgain = 6
	recordPause = 100 * time.Millisecond
)

// finish records results.
func (w *Worker) finish(ctx context.Context, batch []network.DeliveryResult) error {
	err := w.queue.Finish(ctx, batch)
	for n := 0; err != nil && n < recordAgain; n++ {
		w.o.Log.Warn("record deliveries again", "count", len(batch), "error", err)
		time.Sleep(recordPause << n)
		err = w.queue.Finish(ctx, batch)
	}
	if err == nil {
		w.outcomes.count(batch)
	}
	return err
}

// release gives claimed deliveries back.
func (w *Worker) release(ctx context.Context, ids []domain.ID) {
	if len(ids) == 0 {
		return
	}
	if err := w.queue.Renew(ctx, ids, time.Time{}); err != nil {
		w.o.Log.Warn("give deliveries back", "count", len(ids), "error", err) // their leases run out
	}
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
		if ids := w.lanes.ids(); len(ids) > 0 {
			if err := w.queue.Renew(ctx, ids, w.o.Now().Add(lease)); err != nil {
				w.o.Log.Warn("renew the leases of deliveries", "error", err)
			}
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
		if response.Status == http.StatusNotFound || response.Status == http.StatusGone {
			r.Jobs = []domain.Job{network.InboxGone(d.Inbox)}
		}
	case again:
		if response.Status != http.StatusUnauthorized && !ours {
			r.Host = network.HostFailed
		}
		if response.RetryAfter > 0 {
			r.Pause = r.At.Add(min(response.RetryAfter, longestPause))
		}
		wait, ok := Backoff(d.Attempts+1, r.At.Sub(d.Since), network.Horizon(d.Type), response.RetryAfter, jitter())
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
// signed as the host asks for, or else in the other way. ours is set if the
// fault is this node's: it says nothing of the host.
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
		if response.Asks != "" {
			other = response.Asks // perhaps the same, over other parts
		}
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

// shorten makes of an error what every database stores: text, at most 300
// bytes.
func shorten(s string) string {
	s = strings.ReplaceAll(s[:min(len(s), 300)], "\x00", "")
	return strings.ToValidUTF8(s, "")
}
