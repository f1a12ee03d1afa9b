package node

import (
	"context"
	"time"

	"golang.org/x/sync/errgroup"

	"interlink/domain/network"
	"interlink/storage"
	"interlink/storage/cache"
)

// loopbackPoll is how often jobs are looked for in loopback mode, where
// people wait for each step of a demonstration.
const loopbackPoll = 50 * time.Millisecond

// sweepEvery is how often what is done and old is swept from the queues.
const sweepEvery = time.Hour

// Run works the queues until ctx ends: activities out and in, and jobs. What
// is in flight then is finished. In embedded mode it holds the lock of the
// data directory. Errors: Conflict if another process serves from it.
func (n *Node) Run(ctx context.Context) error {
	n.running.Lock()
	defer n.running.Unlock()
	if n.o.embedded() {
		unlock, err := lock(n.o.DataDir)
		if err != nil {
			return err
		}
		defer unlock()
		if err := n.stores.deliveries.VoidLeases(ctx); err != nil {
			return err
		}
	}
	waker, err := n.waker()
	if err != nil {
		return err
	}
	if waker != nil {
		defer waker.Close()
		n.db.Share(waker.Tell)
	}
	f := n.federation
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() error {
		return f.relay.Run(ctx, n.db.Watch(storage.TopicEvents), n.db.Watch(storage.TopicFanouts))
	})
	g.Go(func() error { return f.sender.Run(ctx, n.db.Watch(storage.TopicDeliveries)) })
	g.Go(func() error { return f.worker.Run(ctx, n.db.Watch(storage.TopicReceived)) })
	g.Go(func() error { return n.jobs.Run(ctx) })
	g.Go(func() error { return n.sweep(ctx) })
	if waker != nil {
		g.Go(func() error { return waker.Run(ctx, n.db.Wake, nil) })
	}
	return g.Wait()
}

// waker makes what wakes the other processes of a scaled node; nil if the
// settings name no Redis.
func (n *Node) waker() (*cache.Waker, error) {
	if n.o.RedisURL == "" {
		return nil, nil
	}
	return cache.NewWaker(n.o.RedisURL, n.Namespace.Host(), n.o.Log)
}

func (n *Node) sweep(ctx context.Context) error {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		if err := n.stores.deliveries.Sweep(ctx, n.mint.Now()); err != nil && ctx.Err() == nil {
			n.o.Log.Error("sweep the queues", "error", err)
		}
		if err := n.stores.keys.Forget(ctx, n.mint.Now().Add(-network.KeyOverlap)); err != nil && ctx.Err() == nil {
			n.o.Log.Error("forget replaced keys", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}
