package node

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/errgroup"

	"interlink/domain/network"
	"interlink/domain/retention"
	"interlink/domain/webhook"
	"interlink/storage"
)

// sweepRulesEvery is how often rules about hosts that are over are lifted.
const sweepRulesEvery = time.Minute

// tellHappeningsEvery is how often communities look for what they are to tell.
const tellHappeningsEvery = time.Minute

// forgetEvery is how often copies of pictures that are over leave the memory.
const forgetEvery = 10 * time.Minute

// sweepEvery is how often the job is asked for that removes what is old.
const sweepEvery = time.Hour

// hold takes the data directory in embedded mode, and frees what a killed process
// had claimed. Errors: Conflict if another process serves from it.
func (n *Node) hold(ctx context.Context) (release func(), err error) {
	if !n.o.embedded() {
		return func() {}, nil
	}
	if release, err = lock(n.o.DataDir); err != nil {
		return nil, err
	}
	if err := n.stores.deliveries.VoidLeases(ctx); err != nil {
		release()
		return nil, err
	}
	return release, nil
}

// run works the queues until ctx ends: activities out and in, and jobs. What
// is in flight then is finished. With the role web it only tells the workers
// of work. The data directory is held meanwhile.
func (n *Node) run(ctx context.Context) error {
	n.running.Lock()
	defer n.running.Unlock()
	if err := n.Gate.Apply(ctx); err != nil {
		return err
	}
	asked := ctx
	g, ctx := errgroup.WithContext(asked)
	end, err := n.share(ctx, g)
	if err != nil {
		return err
	}
	defer end()
	g.Go(func() error { return n.heedRules(ctx) })
	if !n.o.embedded() {
		g.Go(func() error { return n.heedUpgrade(ctx) })
	}
	g.Go(func() error {
		return n.every(ctx, forgetEvery, "forget pictures", func(context.Context) error { n.copies.Forget(); return nil })
	})
	if n.o.Role != RoleWeb {
		n.work(ctx, g)
	}
	g.Go(func() error {
		<-ctx.Done()
		return nil
	})
	if err := g.Wait(); asked.Err() == nil || !errors.Is(err, context.Canceled) {
		return err
	}
	return nil // what was interrupted is done again
}

// heedUpgradeEvery is how long an older process goes on beside a newer one.
const heedUpgradeEvery = 5 * time.Second

// heedUpgrade ends a process once one of a newer version has changed the database
// that they share: what this one goes on to write, that one may misread.
func (n *Node) heedUpgrade(ctx context.Context) error {
	tick := time.NewTicker(heedUpgradeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		if err := n.db.Outdated(ctx); errors.Is(err, storage.ErrOutdated) {
			return err
		}
	}
}

// work starts what works the queues.
func (n *Node) work(ctx context.Context, g *errgroup.Group) {
	f := n.federation
	g.Go(func() error {
		return f.relay.Run(ctx, n.db.Watch(storage.TopicEvents), n.db.Watch(storage.TopicFanouts))
	})
	g.Go(func() error { return n.telling.Run(ctx, n.db.Watch(storage.TopicEvents)) })
	g.Go(func() error { return f.sender.Run(ctx, n.db.Watch(storage.TopicDeliveries)) })
	g.Go(func() error { return f.worker.Run(ctx, n.db.Watch(storage.TopicReceived)) })
	g.Go(func() error { return n.jobs.Run(ctx) })
	g.Go(func() error {
		return n.hourly(ctx, "ask for the sweep of the queues", n.stores.retention.Ask)
	})
	g.Go(func() error { return n.sweepRules(ctx) })
	g.Go(func() error { return n.every(ctx, sweepEvery, "count the stars of reviews", n.Reviews.CountAll) })
	g.Go(func() error {
		return n.hourly(ctx, "tell other nodes how their things are reused", n.Reuse.Report)
	})
	g.Go(func() error {
		return n.every(ctx, sweepEvery, "take the names of who left out of the catalogue", n.Catalogue.UncreditDeparted)
	})
	g.Go(func() error { return n.every(ctx, sweepEvery, "ask for the lineages that are due", n.Families.Tend) })
	g.Go(func() error { return n.hourly(ctx, "tell of what saved searches find", n.Searches.TellDue) })
	g.Go(func() error { return n.introduceAll(ctx) })
	g.Go(func() error { return n.every(ctx, tellHappeningsEvery, "tell what happened", n.TellHappenings) })
	g.Go(func() error { return n.askSources(ctx) })
	g.Go(func() error { return n.tendCatalogues(ctx) })
	g.Go(func() error { // what an earlier version saved, or another process of it saves meanwhile
		return n.hourly(ctx, "make the catalogue findable", n.stores.catalogue.Reindex)
	})
	g.Go(func() error { return n.checkTools(ctx) })
	g.Go(func() error { return n.tellWebhooks(ctx) })
}

// keepRetention is the handler of network.JobRetention.
func (n *Node) keepRetention(ctx context.Context, _ network.RetentionArgs) error {
	now := n.mint.Now()
	forget := map[retention.Data]func(context.Context, time.Time) error{
		retention.Resources: func(ctx context.Context, _ time.Time) error { return n.Coproduction.Sweep(ctx) }, // and files that no version has
		retention.Calls:     func(ctx context.Context, _ time.Time) error { return n.Participation.EndLasting(ctx, now) },
		retention.Undecided: n.Participation.AnswerUndecided,
		retention.Notices:   n.stores.notices.Forget,
		retention.Receipts:  n.Personal.Keep, // before what was delivered is forgotten
		retention.Keys:      n.stores.keys.Forget,
	}
	for _, rule := range retention.Rules(*n.o.Retention) {
		if of := forget[rule.Data]; of != nil {
			if err := of(ctx, now.Add(-rule.Keep)); err != nil {
				return err
			}
		}
	}
	if err := n.Communities.SweepHeld(ctx); err != nil {
		return err
	}
	if err := n.Filters.Forget(ctx); err != nil {
		return err
	}
	if err := n.stores.webhooks.Forget(ctx, now.Add(-webhook.KeptFor)); err != nil {
		return err
	}
	return n.stores.retention.Sweep(ctx, now, *n.o.Retention)
}

func (n *Node) sweepRules(ctx context.Context) error {
	return n.every(ctx, sweepRulesEvery, "lift the rules about hosts that are over", n.Gate.Sweep)
}

// every does something again and again until ctx ends; what fails is logged.
func (n *Node) every(ctx context.Context, interval time.Duration, what string, do func(context.Context) error) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
			n.try(ctx, what, do)
		}
	}
}

// hourly does it at once, and then with each sweep.
func (n *Node) hourly(ctx context.Context, what string, do func(context.Context) error) error {
	n.try(ctx, what, do)
	return n.every(ctx, sweepEvery, what, do)
}

func (n *Node) try(ctx context.Context, what string, do func(context.Context) error) {
	if err := do(ctx); err != nil && ctx.Err() == nil {
		n.o.Log.Error(what, "error", err)
	}
}

// tendCatalogues goes on with followed catalogues whose reader was killed, and
// has what is due each day asked for.
func (n *Node) tendCatalogues(ctx context.Context) error {
	const what = "ask for what followed catalogues need"
	n.try(ctx, what, func(ctx context.Context) error { return n.Catalogue.Tend(ctx, true) })
	return n.every(ctx, sweepEvery, what, func(ctx context.Context) error { return n.Catalogue.Tend(ctx, false) })
}

// Indexed counts the entries of the catalogue, and those that the search knows
// as an earlier version did, or not yet.
func (n *Node) Indexed(ctx context.Context) (all, left int, err error) {
	return n.stores.catalogue.Indexed(ctx)
}
