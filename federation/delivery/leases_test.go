package delivery_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/delivery"
	"interlink/federation/httpsig"
	"interlink/federation/remote"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// shaky is a queue that cannot record for a while, as after a deadlock.
type shaky struct {
	*storage.Deliveries
	faults atomic.Int64 // left
}

func (q *shaky) Finish(ctx context.Context, results []network.DeliveryResult) error {
	if q.faults.Add(-1) >= 0 {
		return errors.New("deadlock detected")
	}
	return q.Deliveries.Finish(ctx, results)
}

// TestRecordedAgain: what was sent while the database could not record it is
// not sent again.
func TestRecordedAgain(t *testing.T) {
	storagetest.Run(t, "recorded", func(t *testing.T, db *storage.DB) {
		n := newNode(t, db, delivery.Options{})
		in := newInbox(t, func(http.ResponseWriter, *http.Request, string, httpsig.Scheme) {})
		n.publish(`{}`, in.iri())
		client, err := remote.NewClient(remote.Options{AllowPrivate: true, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		queue := &shaky{Deliveries: storage.NewDeliveries(db)}
		queue.faults.Store(2)
		n.Worker = delivery.NewWorker(queue, signer{}, client, delivery.Options{Now: n.clock, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
		n.step(1)
		n.at(n.clock().Add(time.Hour)) // every lease is over
		n.step(0)
		if state, _ := n.state(); state != network.DeliveryDone || in.schemes() != string(httpsig.Cavage) {
			t.Errorf("the delivery is %s", state)
		}
		if got := n.Outcomes(); got != (delivery.Outcomes{Done: 1}) {
			t.Errorf("counted %+v", got)
		}
	})
}

// held is a queue that records nothing before it is let go.
type held struct {
	*storage.Deliveries
	free chan struct{}
}

func (q *held) Finish(ctx context.Context, results []network.DeliveryResult) error {
	<-q.free
	return q.Deliveries.Finish(ctx, results)
}

// TestLaneGoesOn: what follows in a lane does not wait until the request before
// it is recorded, as long as no more is unrecorded than the pool has room for.
func TestLaneGoesOn(t *testing.T) {
	storagetest.Run(t, "lane", func(t *testing.T, db *storage.DB) {
		const pool, lane, more = 6, 2, 4
		n := newNode(t, db, delivery.Options{})
		arrived := make(chan struct{}, pool+more)
		in := newInbox(t, func(http.ResponseWriter, *http.Request, string, httpsig.Scheme) { arrived <- struct{}{} })
		for range pool + more {
			n.publish(`{}`, in.iri())
		}
		client, err := remote.NewClient(remote.Options{AllowPrivate: true, Now: time.Now})
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		queue := &held{Deliveries: storage.NewDeliveries(db), free: make(chan struct{})}
		n.Worker = delivery.NewWorker(queue, signer{}, client, delivery.Options{
			Pool: pool, Lane: lane, Now: n.clock, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		})
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- n.Run(ctx, nil) }()
		for range pool {
			<-arrived
		}
		if sent := len(arrived) + pool; sent > pool {
			t.Errorf("%d are sent and not recorded", sent)
		}
		close(queue.free)
		for range more {
			<-arrived
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if q, err := n.acts.Queues(t.Context()); err != nil || q.Deliveries+q.Dead != 0 {
			t.Errorf("left over: %+v, %v", q, err)
		}
	})
}

// TestLeases: what one process holds and renews is given to no other; once it
// is killed, the others take over.
func TestLeases(t *testing.T) {
	storagetest.Run(t, "leases", func(t *testing.T, db *storage.DB) {
		const lease = 30 * time.Second
		n := newNode(t, db, delivery.Options{})
		in := newInbox(t, func(http.ResponseWriter, *http.Request, string, httpsig.Scheme) {})
		n.publish(`{}`, in.iri())
		one, other := storage.NewDeliveries(db), storage.NewDeliveries(db)
		claim := func(q *storage.Deliveries, want int) []*network.Delivery {
			t.Helper()
			got, err := q.Claim(t.Context(), n.clock(), 10, 10, nil, lease)
			if err != nil || len(got) != want {
				t.Fatalf("%d deliveries were given out, not %d (%v)", len(got), want, err)
			}
			return got
		}
		held := claim(one, 1)
		for range 5 {
			n.at(n.clock().Add(lease - time.Second))
			claim(other, 0)
			if err := one.Renew(t.Context(), []domain.ID{held[0].ID}, n.clock().Add(lease)); err != nil {
				t.Fatal(err)
			}
		}
		n.at(n.clock().Add(lease - time.Second))
		claim(other, 0)
		n.at(n.clock().Add(2 * time.Second)) // the first was killed: it renews nothing
		claim(other, 1)
		claim(one, 0)
	})
}
