package delivery

import (
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/httpsig"
	"interlink/federation/lease"
	"interlink/federation/remote"
)

// Queue gives deliveries to work on and takes their results.
type Queue interface {
	lease.Queue[network.DeliveryResult]
	Claim(ctx context.Context, now time.Time, limit, lane int, held map[string]int, lease time.Duration) ([]*network.Delivery, error)
}

// Keys gives the signing keys of local actors.
type Keys interface {
	SigningKeys(ctx context.Context, actor domain.ActorID) (*httpsig.Keys, error)
}

// Poster sends one signed request.
type Poster interface {
	Post(ctx context.Context, m remote.Message, key *httpsig.Key, scheme httpsig.Scheme) (remote.Response, error)
}

// Options of a [Worker].
type Options struct {
	Pool int           // requests in flight; 0 means 512
	Lane int           // of these to one host; 0 means 4
	Poll time.Duration // how often to look for what has become due; 0 means 1 s
	Now  func() time.Time
	Log  *slog.Logger
	// Followers tells with what followers are compared; nil compares none.
	Followers Followers
}

// together is how long an outcome waits for others to be recorded with: at two
// thousand a second, twenty share a transaction.
const together = 10 * time.Millisecond

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
	loop  *lease.Loop[network.DeliveryResult]

	outcomes outcomes
	digests  digests
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
	w := &Worker{queue: queue, keys: keys, post: post, o: o, lanes: newLanes(o.Pool, o.Lane)}
	w.loop = lease.NewLoop(queue, lease.Options[network.DeliveryResult]{
		What: "deliveries", Batch: o.Pool, Wait: together, Poll: o.Poll, Now: o.Now, Log: o.Log,
		ID:       func(r *network.DeliveryResult) domain.ID { return r.Delivery.ID },
		Recorded: w.outcomes.count, Landed: w.landed,
	})
	return w
}

// Step sends one batch of due deliveries and waits for all of them; it
// returns how many there were.
func (w *Worker) Step(ctx context.Context) (int, error) {
	claimed, err := w.queue.Claim(ctx, w.o.Now(), w.o.Pool, w.o.Lane, nil, lease.Time)
	if err != nil {
		return 0, err
	}
	results := make([]network.DeliveryResult, len(claimed))
	var wg sync.WaitGroup
	for i, d := range claimed {
		wg.Go(func() { results[i] = w.send(ctx, d) })
	}
	wg.Wait()
	return len(claimed), w.loop.Finish(context.WithoutCancel(ctx), results)
}

// Run sends deliveries until ctx ends; requests in flight are then finished,
// and what else was claimed is given back. wake tells of new deliveries.
func (w *Worker) Run(ctx context.Context, wake <-chan struct{}) error {
	return w.loop.Run(ctx, wake, w.begin, w.lanes.drop)
}

// begin fills the lanes and sends what is at their heads; where one is
// answered, the next of its lane follows at once.
func (w *Worker) begin(ctx context.Context, results chan<- network.DeliveryResult, sending *sync.WaitGroup) int {
	found := w.fill(ctx)
	for _, d := range w.lanes.take() {
		sending.Go(func() {
			for d := d; d != nil; {
				r := w.send(context.WithoutCancel(ctx), d)
				d = w.lanes.next(&r)
				results <- r
			}
		})
	}
	return found
}

// fill claims what the lanes have room for, once half of it is free.
func (w *Worker) fill(ctx context.Context) int {
	held, total := w.lanes.byHost()
	room := 2*w.o.Pool - total
	if room < w.o.Pool {
		return 0
	}
	claimed, err := w.queue.Claim(ctx, w.o.Now(), room, ahead*w.o.Lane, held, lease.Time)
	if err != nil {
		if ctx.Err() == nil {
			w.o.Log.Error("claim deliveries", "error", err)
		}
		return 0
	}
	for _, d := range claimed {
		w.loop.Hold(d.ID)
	}
	w.lanes.add(claimed)
	return len(claimed)
}

// landed frees the pool of what is recorded, and empties the lanes of hosts
// that failed.
func (w *Worker) landed(batch []network.DeliveryResult) (dropped []domain.ID) {
	for i := range batch {
		w.lanes.recorded(batch[i].Delivery.Host)
		if batch[i].Host == network.HostFailed {
			dropped = append(dropped, w.lanes.close(batch[i].Delivery.Host)...)
		}
	}
	return dropped
}

// send signs and posts one activity.
func (w *Worker) send(ctx context.Context, d *network.Delivery) network.DeliveryResult {
	r := network.DeliveryResult{Delivery: d, State: network.DeliveryPending}
	response, scheme, ours, err := w.attempt(ctx, d)
	r.At, r.Status = w.o.Now(), response.Status
	if err != nil {
		r.Error = shorten(reason(err))
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
		wait, ok := backoff(d.Attempts+1, r.At.Sub(d.Since), network.Horizon(d.Type), response.RetryAfter, jitter())
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
	m := remote.Message{Inbox: d.Inbox, Body: d.Raw, Digest: sha256.Sum256(d.Raw), Followers: w.followers(ctx, d)}
	post := func(key *httpsig.Key, scheme httpsig.Scheme) (remote.Response, error) {
		return w.post.Post(ctx, m, key, scheme)
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

// reason is why there was no answer, in the words of the network: which host and
// inbox it was stands beside it.
func reason(err error) string {
	var request *url.Error
	if errors.As(err, &request) {
		return request.Err.Error()
	}
	var coded *domain.Error
	if errors.As(err, &coded) && coded.Err != nil {
		return coded.Err.Error()
	}
	return err.Error()
}

// shorten makes of an error what every database stores: text, at most 300
// bytes.
func shorten(s string) string {
	s = strings.ReplaceAll(s[:min(len(s), 300)], "\x00", "")
	return strings.ToValidUTF8(s, "")
}
