package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Actors reads actors, local and remote.
type Actors interface {
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
	ActorByIRI(ctx context.Context, iri domain.IRI) (*network.Actor, error)
	// Actors returns those with the given keys, in no order; unknown ones are left
	// out.
	Actors(ctx context.Context, ids []domain.ActorID) ([]*network.Actor, error)
}

// Follows publishes what happens to follows between this node and others.
type Follows struct {
	ns     domain.Namespace
	mint   *domain.Mint
	actors Actors
}

// NewFollows makes the publisher.
func NewFollows(ns domain.Namespace, mint *domain.Mint, actors Actors) *Follows {
	return &Follows{ns, mint, actors}
}

// Encoders returns the encoders by kind of event.
func (p *Follows) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		network.FollowRequested: p.requested,
		network.FollowAnswered:  p.answered("Accept", activity.Accept),
		network.FollowDeclined:  p.answered("Reject", activity.Reject),
		network.FollowUndone:    p.undone,
	}
}

// ends reads both actors of a follow. Between two local ones nothing is sent.
func (p *Follows) ends(ctx context.Context, e domain.Event) (network.FollowPayload, *network.Actor, *network.Actor, error) {
	var f network.FollowPayload
	if err := e.Decode(&f); err != nil {
		return f, nil, nil, err
	}
	follower, err := p.actors.Actor(ctx, f.Follower)
	if err != nil {
		return f, nil, nil, err
	}
	followed, err := p.actors.Actor(ctx, f.Followed)
	return f, follower, followed, err
}

func (p *Follows) requested(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	_, follower, followed, err := p.ends(ctx, e)
	if err != nil || followed.Local() {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	env := w.envelope(follower.IRI)
	raw, err := activity.Follow(env, followed.IRI)
	if err != nil {
		return nil, err
	}
	out := w.outgoing(env, follower.ID, "Follow", followed.IRI, raw)
	out.Inboxes = []domain.IRI{followed.Inbox}
	out.OrderKey = string(follower.IRI) + " " + string(followed.IRI) // a Follow, then its Undo
	return []network.Outgoing{out}, nil
}

func (p *Follows) answered(name string, encode func(activity.Envelope, any) ([]byte, error)) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		f, follower, followed, err := p.ends(ctx, e)
		if err != nil || follower.Local() {
			return nil, err
		}
		w := &writer{ns: p.ns, mint: p.mint, event: e}
		out, err := w.toOne(followed, follower, name, f.IRI, func(env activity.Envelope) ([]byte, error) {
			return encode(env, activity.NewFollowReference(f.IRI, follower.IRI, followed.IRI))
		})
		return []network.Outgoing{out}, err
	}
}

func (p *Follows) undone(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	f, follower, followed, err := p.ends(ctx, e)
	if err != nil || followed.Local() {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	out, err := w.toOne(follower, followed, "Undo", f.IRI, func(env activity.Envelope) ([]byte, error) {
		return activity.Undo(env, activity.NewFollowReference(f.IRI, follower.IRI, followed.IRI))
	})
	out.OrderKey = string(follower.IRI) + " " + string(followed.IRI)
	return []network.Outgoing{out}, err
}
