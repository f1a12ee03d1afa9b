package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Releases are the commands on releases of processes that were cloned here.
type Releases interface {
	Receive(ctx context.Context, by *network.Actor, in lineage.Announced) error
	Waiting(ctx context.Context, id domain.ID) (*lineage.Release, error)
	TakeItems(ctx context.Context, r *lineage.Release, from int, items []lineage.SourceItem) error
	TakeTree(ctx context.Context, r *lineage.Release, items int) error
}

// takeRelease notes a release of a process of which somebody here has a clone;
// others are nobody's business here. One whose proof does not hold is not taken.
func (i *Intake) takeRelease(ctx context.Context, process *network.Actor, doc activity.Document, in lineage.Announced) error {
	proven, err := i.proofs.Evidence(ctx, doc, process.IRI)
	if err != nil {
		return err
	}
	if proven != nil {
		in.Proof = &lineage.Proof{CheckedAt: proven.CheckedAt}
		for _, s := range proven.Signatures {
			in.Proof.Signatures = append(in.Proof.Signatures, lineage.Signature{Signer: s.Signer, Method: s.Method, Key: s.Key, Created: s.Created})
		}
	}
	err = i.releases.Receive(ctx, process, in)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	return err
}

// ReadRelease reads the tree of a release from its node; it is the handler of
// lineage.JobReadRelease. It may stop anywhere and run again.
func (c *Collections) ReadRelease(ctx context.Context, args lineage.ReleaseArgs) error {
	r, err := c.intake.releases.Waiting(ctx, args.Release)
	if err != nil || r == nil {
		return err
	}
	kept, some := 0, make([]lineage.SourceItem, 0, itemsAtOnce)
	keep := func() error {
		err := c.intake.releases.TakeItems(ctx, r, kept, some)
		kept, some = kept+len(some), some[:0]
		return err
	}
	err = c.walk(ctx, r.IRI+"/tree", func(doc activity.Document) error {
		if item, ok := activity.ReadItem(doc); ok {
			some = append(some, item)
		}
		if len(some) < itemsAtOnce {
			return nil
		}
		return keep()
	})
	if err == nil {
		err = keep()
	}
	if err != nil && domain.CodeOf(err) != domain.TooLarge {
		return err
	}
	return c.intake.releases.TakeTree(ctx, r, kept)
}

// itemsAtOnce is how many items of a tree are kept at a time.
const itemsAtOnce = 100

// Look looks for the newest release of a process of another node; it is the
// handler of lineage.JobLook. A process that has none is no error.
func (c *Collections) Look(ctx context.Context, args lineage.LookArgs) error {
	process, err := c.directory.Actor(ctx, args.Process)
	if err != nil {
		return err
	}
	doc, in, err := c.newest(ctx, args.Process)
	if err != nil || doc == nil {
		return err
	}
	return c.intake.takeRelease(ctx, process, doc, in)
}

// Licence is that of the newest release of a process of another node; "" if it
// has none.
func (c *Collections) Licence(ctx context.Context, process domain.IRI) (string, error) {
	_, in, err := c.newest(ctx, process)
	return in.Licence, err
}

// newest reads the newest release of a process of another node; doc is nil if
// it has none.
func (c *Collections) newest(ctx context.Context, process domain.IRI) (doc activity.Document, in lineage.Announced, err error) {
	list, err := c.intake.Fetch(ctx, process+"/releases")
	if err != nil {
		return nil, in, err
	}
	if first := list.IRI("first"); domain.SameOrigin(first, process) {
		if list, err = c.intake.Fetch(ctx, first); err != nil {
			return nil, in, err
		}
	}
	for _, one := range list.Objects("orderedItems") {
		if in, ok := activity.ReadRelease(one); ok {
			return one, in, nil
		}
	}
	return nil, in, nil
}
