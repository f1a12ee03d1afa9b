package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Answers asks the authors of posts of other nodes for leave to answer them.
type Answers struct {
	ns        domain.Namespace
	mint      *domain.Mint
	actors    Actors
	held      Decisions
	documents PostDocuments
}

// NewAnswers makes the publisher.
func NewAnswers(ns domain.Namespace, mint *domain.Mint, actors Actors, held Decisions, documents PostDocuments) *Answers {
	return &Answers{ns, mint, actors, held, documents}
}

// Encoders returns the encoders by kind of event.
func (p *Answers) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{community.AnswerAsked: p.asked, community.AnswerWithdrawn: p.withdrawn}
}

// asked sends an answer to the author of what it answers, and to nobody else: in
// a request, or, to servers that take none, as it will be published.
func (p *Answers) asked(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var told community.Asking
	if err := e.Decode(&told); err != nil {
		return nil, err
	}
	h, err := p.held.Held(ctx, e.Subject.ID)
	if err != nil {
		return nil, err
	}
	in, err := p.documents.NoteInput(ctx, &h.Post)
	if err != nil {
		return nil, err
	}
	if told.Requests {
		return p.toAsked(ctx, e, told, "ReplyRequest", func(env activity.Envelope) ([]byte, error) {
			return activity.Request(env, activity.InteractionReply, told.Of, activity.Note(in))
		})
	}
	return p.toAsked(ctx, e, told, "Create", func(env activity.Envelope) ([]byte, error) {
		env.To, env.Cc = in.Audience()
		return activity.Create(env, activity.Note(in))
	})
}

// withdrawn tells who was asked that there is no answer any more.
func (p *Answers) withdrawn(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var told community.Asking
	if err := e.Decode(&told); err != nil {
		return nil, err
	}
	return p.toAsked(ctx, e, told, "Delete", func(env activity.Envelope) ([]byte, error) { return activity.Delete(env, told.IRI) })
}

// toAsked writes an activity of the writer of an answer, for the author of what
// it answers alone: whatever it says of its audience, it is in no outbox.
func (p *Answers) toAsked(ctx context.Context, e domain.Event, told community.Asking, name string, encode func(activity.Envelope) ([]byte, error)) ([]network.Outgoing, error) {
	author, err := p.actors.Actor(ctx, told.Author)
	if err != nil {
		return nil, err
	}
	asked, err := p.actors.Actor(ctx, told.Asked)
	if err != nil || asked.Gone() {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	out, err := w.toOne(author, asked, name, told.IRI, encode)
	return []network.Outgoing{out}, err
}
