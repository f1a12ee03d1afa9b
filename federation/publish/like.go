package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Likes publishes likes of posts of other nodes, to their authors: those of
// posts of this node are counted here.
type Likes struct {
	ns     domain.Namespace
	mint   *domain.Mint
	actors Actors
}

// NewLikes makes the publisher.
func NewLikes(ns domain.Namespace, mint *domain.Mint, actors Actors) *Likes {
	return &Likes{ns, mint, actors}
}

// Encoders returns the encoders by kind of event.
func (p *Likes) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		community.PostLiked: p.liked,
		community.PostUnliked: p.told("Undo", 0, func(e activity.Envelope, by domain.IRI, l community.Liked) ([]byte, error) {
			return activity.Undo(e, activity.NewLikeReference(l.IRI, by, l.Post))
		}),
	}
}

// liked tells the author of a post of a like, or asks them for leave to like it.
func (p *Likes) liked(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var l community.Liked
	if err := e.Decode(&l); err != nil {
		return nil, err
	}
	if !l.Asks {
		return p.told("Like", 0, func(env activity.Envelope, _ domain.IRI, l community.Liked) ([]byte, error) {
			return activity.Like(env, l.Post)
		})(ctx, e)
	}
	out, err := p.told("LikeRequest", 1, func(env activity.Envelope, by domain.IRI, l community.Liked) ([]byte, error) {
		like := activity.Envelope{ID: l.IRI, Actor: by, Published: env.Published, To: env.To}
		return activity.Request(env, activity.InteractionLike, l.Post, activity.LikeAlong(like, l.Post))
	})(ctx, e)
	for i := range out {
		out[i].Activity.Object = l.IRI
	}
	return out, err
}

// told makes what the author of a post of another node is sent; count is that of
// the id of the activity among those of the event.
func (p *Likes) told(name string, count byte, encode func(activity.Envelope, domain.IRI, community.Liked) ([]byte, error)) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		var l community.Liked
		if err := e.Decode(&l); err != nil {
			return nil, err
		}
		author, err := p.actors.Actor(ctx, l.Author)
		if err != nil || author.Local() {
			return nil, err
		}
		by, err := p.actors.Actor(ctx, l.Actor)
		if err != nil {
			return nil, err
		}
		w := &writer{ns: p.ns, mint: p.mint, event: e, count: count}
		env := w.envelope(by.IRI)
		env.To = []domain.IRI{author.IRI}
		raw, err := encode(env, by.IRI, l)
		if err != nil {
			return nil, err
		}
		out := w.outgoing(env, by.ID, name, l.Post, raw)
		out.Inboxes = []domain.IRI{author.DeliveryInbox()}
		out.OrderKey = string(l.Post) + " " + string(by.IRI) // a Like, then its Undo
		return []network.Outgoing{out}, nil
	}
}
