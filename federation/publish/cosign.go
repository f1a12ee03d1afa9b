package publish

import (
	"context"
	"encoding/json"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/activity"
)

// Cosignatures reads what organisations are asked to sign.
type Cosignatures interface {
	Cosignature(ctx context.Context, id domain.ID) (*story.Cosignature, error)
}

// Cosigning publishes what goes between the organisation that tells a story and
// its partners: an Offer of the story, an Undo of that, an Accept with the
// partner's proof or a Reject, an Undo of the Accept, and, to those who follow and the partner, an
// Update of the story as it is signed then.
type Cosigning struct {
	*Stories
	keys   Prover
	asking Cosignatures
}

// NewCosigning makes the publisher.
func NewCosigning(stories *Stories, keys Prover, asking Cosignatures) *Cosigning {
	return &Cosigning{stories, keys, asking}
}

// Encoders returns the encoders by kind of event.
func (p *Cosigning) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		story.CosignatureAsked: p.asked, story.CosignatureAnswered: p.answered, story.CosignatureSettled: p.settled,
		story.CosignatureCancelled: p.cancelled,
	}
}

// read reads the request of an event with the two it goes between.
func (p *Cosigning) read(ctx context.Context, e domain.Event) (c *story.Cosignature, owner, partner *network.Actor, err error) {
	var told story.CosignTold
	if err = e.Decode(&told); err != nil {
		return
	}
	if c, err = p.asking.Cosignature(ctx, told.Cosignature); err != nil {
		return
	}
	if owner, err = p.actors.Actor(ctx, c.Owner); err != nil {
		return
	}
	partner, err = p.actors.Actor(ctx, c.Partner)
	return
}

func (p *Cosigning) asked(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	c, owner, partner, err := p.read(ctx, e)
	if err != nil || partner.Local() || c.State == story.CosignCancelled {
		return nil, err // it is taken back: nobody need hear of it
	}
	s, err := p.stories.StoryByID(ctx, policy.Viewer{}, c.Story)
	if err != nil || s.Version != c.Version {
		return nil, err // there is another version, which they may be asked to sign
	}
	document, err := p.documents.Story(ctx, s)
	if err != nil {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	out, err := w.toOne(owner, partner, "Offer", c.StoryIRI, func(env activity.Envelope) ([]byte, error) { return activity.Offer(env, document, partner.IRI) })
	return []network.Outgoing{out}, err
}

// cancelled takes an Offer back. It is of the same object as that, and arrives
// after it.
func (p *Cosigning) cancelled(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	c, owner, partner, err := p.read(ctx, e)
	if err != nil || partner.Local() {
		return nil, err
	}
	var told story.CosignTold
	if err := e.Decode(&told); err != nil {
		return nil, err
	}
	offer := activity.NewCosignReference(told.Offer, owner.IRI, c.StoryIRI, partner.IRI)
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	out, err := w.toOne(owner, partner, "Undo", c.StoryIRI, func(env activity.Envelope) ([]byte, error) { return activity.UndoCosign(env, offer) })
	return []network.Outgoing{out}, err
}

func (p *Cosigning) answered(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	c, owner, partner, err := p.read(ctx, e)
	if err != nil || owner.Local() {
		return nil, err
	}
	answer := activity.CosignAnswer{Offer: activity.NewCosignReference(c.IRI, owner.IRI, c.StoryIRI, partner.IRI), Reason: c.Reason, Never: c.Never}
	name := "Reject"
	switch c.State {
	case story.CosignAsked, story.CosignCancelled:
		return nil, nil // it was asked again meanwhile, or is asked no more
	case story.CosignSigned:
		name = "Accept"
		if answer.Proof, err = proofBy(ctx, p.keys, partner.ID, c); err != nil {
			return nil, err
		}
	case story.CosignWithdrawn:
		name = "Undo"
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	out, err := w.toOne(partner, owner, name, c.IRI, func(env activity.Envelope) ([]byte, error) { return activity.AnswerCosign(env, name, answer) })
	return []network.Outgoing{out}, err
}

// proofBy is the proof of a partner over what it was asked to sign.
func proofBy(ctx context.Context, keys Prover, partner domain.ActorID, c *story.Cosignature) (json.RawMessage, error) {
	raw, err := keys.Prove(ctx, partner, c.Article, c.AnsweredAt)
	if err != nil {
		return nil, err
	}
	var signed struct {
		Proof json.RawMessage `json:"proof"`
	}
	err = json.Unmarshal(raw, &signed)
	return signed.Proof, err
}

// settled tells of the story as it is signed now, also the partner, which perhaps
// follows nobody there: its own node may have a copy.
func (p *Cosigning) settled(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	c, _, partner, err := p.read(ctx, e)
	if err != nil || c.State != story.CosignSigned && c.State != story.CosignWithdrawn {
		return nil, err
	}
	s, err := p.stories.StoryByID(ctx, policy.Viewer{}, c.Story)
	if err != nil || s.Version != c.Version {
		return nil, err
	}
	e.Subject.ID = c.Story
	out, err := p.updated(ctx, e)
	if err == nil && !partner.Local() {
		out[0].Inboxes = []domain.IRI{partner.DeliveryInbox()}
	}
	return out, err
}
