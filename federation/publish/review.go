package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/review"
	"interlink/federation/activity"
)

// ReviewReader reads reviews, removed or not.
type ReviewReader interface {
	Review(ctx context.Context, id domain.ID) (*review.Review, error)
}

// Reviews publishes what goes between the author of a review and who keeps the
// thing, where these are of two nodes: Create, Update and Delete by the author,
// the answer by the keeper, and what is decided of it. To them alone: how many
// stars there are is told by the thing itself.
type Reviews struct {
	ns      domain.Namespace
	mint    *domain.Mint
	actors  Actors
	reviews ReviewReader
}

// NewReviews makes the publisher.
func NewReviews(ns domain.Namespace, mint *domain.Mint, actors Actors, reviews ReviewReader) *Reviews {
	return &Reviews{ns, mint, actors, reviews}
}

// Encoders returns the encoders by kind of event.
func (p *Reviews) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		review.Written:   p.between(p.written),
		review.Withdrawn: p.between(p.withdrawn),
		review.Answered:  p.between(p.answered),
		review.Ended:     p.between(p.ended),
		review.Restored:  p.between(p.restored),
	}
}

// letter is an activity of one of the two to the other.
type letter struct {
	*writer
	told          review.Told
	author, owner *network.Actor
}

// pack addresses an activity to everybody, so that it can be read again, or to
// the other alone.
func (l *letter) pack(from, to *network.Actor, name string, object domain.IRI, public bool, encode func(activity.Envelope) ([]byte, error)) ([]network.Outgoing, error) {
	env := l.envelope(from.IRI)
	env.To = []domain.IRI{to.IRI}
	if public {
		env.To, env.Cc = activity.ToPublic(to.IRI)
	}
	raw, err := encode(env)
	if err != nil {
		return nil, err
	}
	out := l.outgoing(env, from.ID, name, object, raw)
	out.Inboxes, out.OrderKey = []domain.IRI{to.DeliveryInbox()}, string(l.told.Subject)+" "+string(l.author.IRI)
	return []network.Outgoing{out}, nil
}

func (p *Reviews) between(encode func(context.Context, *letter) ([]network.Outgoing, error)) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		l := &letter{writer: &writer{ns: p.ns, mint: p.mint, event: e}}
		if err := e.Decode(&l.told); err != nil {
			return nil, err
		}
		var err error
		if l.author, err = p.actors.Actor(ctx, l.told.Author); err != nil {
			return nil, err
		}
		if l.owner, err = p.actors.Actor(ctx, l.told.Owner); err != nil || l.author.Local() == l.owner.Local() {
			return nil, err
		}
		return encode(ctx, l)
	}
}

func (p *Reviews) written(ctx context.Context, l *letter) ([]network.Outgoing, error) {
	r, err := p.reviews.Review(ctx, l.told.Review)
	if err != nil || r.State != review.Shown {
		return nil, err
	}
	name, encode := "Create", activity.Create
	if l.told.Edited {
		name, encode = "Update", activity.Update
	}
	return l.pack(l.author, l.owner, name, r.IRI, true, func(env activity.Envelope) ([]byte, error) {
		return encode(env, activity.Review(r, l.author.IRI, l.owner.IRI))
	})
}

func (p *Reviews) withdrawn(_ context.Context, l *letter) ([]network.Outgoing, error) {
	return l.pack(l.author, l.owner, "Delete", l.told.IRI, true, func(env activity.Envelope) ([]byte, error) {
		return activity.Delete(env, l.told.IRI)
	})
}

func (p *Reviews) answered(ctx context.Context, l *letter) ([]network.Outgoing, error) {
	if l.told.Gone {
		return l.pack(l.owner, l.author, "Delete", l.told.Reply, false, func(env activity.Envelope) ([]byte, error) {
			return activity.Delete(env, l.told.Reply)
		})
	}
	r, err := p.reviews.Review(ctx, l.told.Review)
	if err != nil || r.Reply.Text == "" {
		return nil, err
	}
	name, encode := "Create", activity.Create
	if l.told.Edited {
		name, encode = "Update", activity.Update
	}
	return l.pack(l.owner, l.author, name, r.Reply.IRI, false, func(env activity.Envelope) ([]byte, error) {
		return encode(env, activity.ReviewAnswer(r, l.owner.IRI, l.author.IRI))
	})
}

// ended tells the author that the node of the thing removed the review; one of
// this node about a thing of another is taken back from there.
func (p *Reviews) ended(ctx context.Context, l *letter) ([]network.Outgoing, error) {
	if !l.told.Here {
		return p.withdrawn(ctx, l)
	}
	return p.verdict(l, false)
}

func (p *Reviews) restored(ctx context.Context, l *letter) ([]network.Outgoing, error) {
	if !l.told.Here {
		return p.written(ctx, l)
	}
	return p.verdict(l, true)
}

func (p *Reviews) verdict(l *letter, shown bool) ([]network.Outgoing, error) {
	name := "Reject"
	if shown {
		name = "Accept"
	}
	return l.pack(l.owner, l.author, name, l.told.IRI, false, func(env activity.Envelope) ([]byte, error) {
		return activity.AnswerReview(env, l.told.IRI, shown, l.told.Reason)
	})
}
