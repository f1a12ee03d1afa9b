package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/personal"
	"interlink/federation/activity"
)

// Asked tells which servers are asked to delete what they have of somebody.
type Asked interface {
	Inboxes(ctx context.Context, deletion domain.ID) ([]domain.IRI, error)
}

// Departures publishes that people left.
type Departures struct {
	ns     domain.Namespace
	mint   *domain.Mint
	actors Actors
	asked  Asked
}

// NewDepartures makes the publisher.
func NewDepartures(ns domain.Namespace, mint *domain.Mint, actors Actors, asked Asked) *Departures {
	return &Departures{ns, mint, actors, asked}
}

// Encoders returns the encoders by kind of event.
func (p *Departures) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{personal.AccountDeleted: p.left}
}

// left asks all servers that may know of a person to delete them (ActivityPub
// §6.4), not their followers alone: by then they have none. The activity has
// the event's id, by which the receipts find it.
func (p *Departures) left(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var l personal.Left
	if err := e.Decode(&l); err != nil {
		return nil, err
	}
	person, err := p.actors.Actor(ctx, l.Actor)
	if err != nil {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	env := w.envelope(person.IRI)
	env.To, _ = activity.ToPublic(person.Followers)
	raw, err := activity.Delete(env, person.IRI)
	if err != nil {
		return nil, err
	}
	out := w.outgoing(env, person.ID, "Delete", person.IRI, raw)
	out.Inboxes, err = p.asked.Inboxes(ctx, l.Deletion)
	return []network.Outgoing{out}, err
}
