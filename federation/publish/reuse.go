package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/reuse"
	"interlink/federation/activity"
)

// Reuse tells owners on other nodes how their things are reused here: Create,
// in the name of the node, to the owner alone.
type Reuse struct {
	ns     domain.Namespace
	mint   *domain.Mint
	actors Actors
	node   domain.ActorID
}

// NewReuse makes the publisher; node is the actor of this node.
func NewReuse(ns domain.Namespace, mint *domain.Mint, actors Actors, node domain.ActorID) *Reuse {
	return &Reuse{ns, mint, actors, node}
}

// Encoders returns the encoders by kind of event.
func (p *Reuse) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{reuse.Told: p.told}
}

func (p *Reuse) told(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var r reuse.Report
	if err := e.Decode(&r); err != nil {
		return nil, err
	}
	owner, err := p.actors.ActorByIRI(ctx, r.Owner)
	if err != nil || owner.Local() || owner.Gone() {
		return nil, err
	}
	node, err := p.actors.Actor(ctx, p.node)
	if err != nil {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	env := w.envelope(node.IRI)
	env.To = []domain.IRI{owner.IRI}
	id := env.ID + "#reuse"
	raw, err := activity.Create(env, activity.Reuse(id, node.IRI, r))
	if err != nil {
		return nil, err
	}
	out := w.outgoing(env, node.ID, "Create", id, raw)
	out.Inboxes, out.OrderKey = []domain.IRI{owner.DeliveryInbox()}, string(owner.IRI)
	return []network.Outgoing{out}, nil
}
