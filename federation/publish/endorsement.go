package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Endorsements announces entries of other nodes by the catalogue, to those who
// follow it: by their own address, so that they stay their owner's.
type Endorsements struct {
	ns     domain.Namespace
	mint   *domain.Mint
	actors Actors
	shelf  domain.ActorID
}

// NewEndorsements makes the publisher; shelf is the node's catalogue.
func NewEndorsements(ns domain.Namespace, mint *domain.Mint, actors Actors, shelf domain.ActorID) *Endorsements {
	return &Endorsements{ns, mint, actors, shelf}
}

// Encoders returns the encoders by kind of event.
func (p *Endorsements) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		catalogue.EntryEndorsed: p.send("Announce", func(env activity.Envelope, _ *network.Actor, e catalogue.EndorsementPayload) ([]byte, error) {
			return activity.Announce(env, e.Entry)
		}),
		catalogue.EndorsementEnded: p.send("Undo", func(env activity.Envelope, shelf *network.Actor, e catalogue.EndorsementPayload) ([]byte, error) {
			return activity.Undo(env, activity.NewAnnounceReference(e.Activity, shelf.IRI, e.Entry))
		}),
	}
}

func (p *Endorsements) send(name string, encode func(activity.Envelope, *network.Actor, catalogue.EndorsementPayload) ([]byte, error)) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		var told catalogue.EndorsementPayload
		if err := e.Decode(&told); err != nil {
			return nil, err
		}
		shelf, err := p.actors.Actor(ctx, p.shelf)
		if err != nil {
			return nil, err
		}
		w := &writer{ns: p.ns, mint: p.mint, event: e}
		out, err := w.toFollowers(shelf, name, told.Entry, func(env activity.Envelope) ([]byte, error) { return encode(env, shelf, told) })
		return []network.Outgoing{out}, err
	}
}
