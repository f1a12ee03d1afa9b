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
		community.PostLiked: p.told("Like", func(e activity.Envelope, _ domain.IRI, l community.Liked) ([]byte, error) {
			return activity.Like(e, l.Post)
		}),
		community.PostUnliked: p.told("Undo", func(e activity.Envelope, by domain.IRI, l community.Liked) ([]byte, error) {
			return activity.Undo(e, activity.NewLikeReference(l.IRI, by, l.Post))
		}),
	}
}

func (p *Likes) told(name string, encode func(activity.Envelope, domain.IRI, community.Liked) ([]byte, error)) Encoder {
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
		w := &writer{ns: p.ns, mint: p.mint, event: e}
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
