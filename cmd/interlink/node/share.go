package node

import (
	"context"

	"golang.org/x/sync/errgroup"

	"interlink/domain/catalogue"
	"interlink/federation/inbox"
	"interlink/storage"
	"interlink/storage/cache"
)

// throttles are what bounds those who send to this node.
type throttles struct{ known, strange, source, notices, excess *cache.Throttle }

func newThrottles(l inbox.Limits, notices int, copies catalogue.Bounds, secret []byte) throttles {
	throttle := func(kind string, l inbox.Limit) *cache.Throttle {
		return cache.NewThrottle(kind, l.Rate, l.Burst, secret)
	}
	return throttles{
		throttle("known", l.Known), throttle("strange", l.Strange), throttle("source", l.Source),
		throttle("notice", inbox.Limit{Rate: float64(notices) / 3600, Burst: float64(notices)}),
		throttle("excess", inbox.Limit{Rate: 1.0 / 60, Burst: copies.Excess}),
	}
}

func (t throttles) inbox() inbox.Throttles {
	return inbox.Throttles{Known: t.known, Strange: t.strange, Source: t.source}
}

// admitNotice implements moderation.Admit.
func (n *Node) admitNotice(from, email string) error {
	now := n.mint.Now()
	if err := n.throttles.notices.Spend("from "+from, 1, now); err != nil || email == "" {
		return err
	}
	return n.throttles.notices.Spend("to "+email, 1, now)
}

// share keeps this process in step with the others of its node, by Redis: they
// hear of work and changes, and count together what is limited. It does
// nothing if the settings name no Redis; close ends what it holds.
func (n *Node) share(ctx context.Context, g *errgroup.Group) (closing func(), err error) {
	if n.o.RedisURL == "" {
		return func() {}, nil
	}
	r, err := cache.Open(n.o.RedisURL, n.Namespace.Host(), n.o.Log)
	if err != nil {
		return nil, err
	}
	waker := cache.NewWaker(r)
	n.db.Share(waker.Tell)
	g.Go(func() error { return waker.Run(ctx, n.db.Wake, n.db.WakeAll) })
	g.Go(func() error {
		return r.Share(ctx, n.mint.Now, n.throttles.known, n.throttles.strange, n.throttles.source, n.throttles.notices, n.throttles.excess)
	})
	return func() { _ = r.Close() }, nil
}

// heedRules reads the rules about hosts again when somebody changed them, in
// this process or another.
func (n *Node) heedRules(ctx context.Context) error {
	changed := n.db.Watch(storage.TopicRules)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-changed:
			n.Gate.Forget()
		}
	}
}
