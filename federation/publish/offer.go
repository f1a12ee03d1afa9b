package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/curation"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Offered reads what is offered to catalogues.
type Offered interface {
	Offer(ctx context.Context, id domain.ID) (*curation.Offer, error)
}

// Offers publishes what goes between a process and the catalogue of another
// node: Offer by the process, Accept or Reject by the catalogue; a translation is
// offered by a catalogue. To them alone.
type Offers struct {
	ns     domain.Namespace
	mint   *domain.Mint
	actors Actors
	offers Offered
}

// NewOffers makes the publisher.
func NewOffers(ns domain.Namespace, mint *domain.Mint, actors Actors, offers Offered) *Offers {
	return &Offers{ns, mint, actors, offers}
}

// Encoders returns the encoders by kind of event.
func (p *Offers) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{curation.Made: p.made, curation.Took: p.answered, curation.Refused: p.answered, curation.Unnamed: p.unnamed}
}

// read reads the offer of an event with the two it goes between.
func (p *Offers) read(ctx context.Context, e domain.Event) (o *curation.Offer, process, catalogue *network.Actor, err error) {
	var told curation.Told
	if err = e.Decode(&told); err != nil {
		return
	}
	if o, err = p.offers.Offer(ctx, told.Offer); err != nil {
		return
	}
	if process, err = p.actors.Actor(ctx, o.Process); err != nil {
		return
	}
	catalogue, err = p.actors.Actor(ctx, o.Catalogue)
	return
}

func (p *Offers) made(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	o, process, catalogue, err := p.read(ctx, e)
	if err != nil || catalogue.Local() {
		return nil, err
	}
	object := activity.Proposal(&o.Proposal)
	if o.Proposal.Translation != nil {
		object = activity.Translation(&o.Proposal)
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	out, err := w.toOne(process, catalogue, "Offer", o.Proposal.Resource, func(env activity.Envelope) ([]byte, error) {
		return activity.Offer(env, object, catalogue.IRI)
	})
	return []network.Outgoing{out}, err
}

// unnamed tells a catalogue who is left of those who are credited.
func (p *Offers) unnamed(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	o, process, catalogue, err := p.read(ctx, e)
	if err != nil || catalogue.Local() {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	out, err := w.toOne(process, catalogue, "Update", o.Proposal.Resource, func(env activity.Envelope) ([]byte, error) {
		return activity.UpdateOffer(env, o.IRI, &o.Proposal, catalogue.IRI)
	})
	return []network.Outgoing{out}, err
}

func (p *Offers) answered(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	o, process, catalogue, err := p.read(ctx, e)
	if err != nil || process.Local() {
		return nil, err
	}
	name, accepted := "Reject", o.State == curation.Accepted
	if accepted {
		name = "Accept"
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	out, err := w.toOne(catalogue, process, name, o.IRI, func(env activity.Envelope) ([]byte, error) {
		offer := activity.NewOfferReference(o.IRI, process.IRI, o.Proposal.Resource, catalogue.IRI)
		return activity.AnswerProposal(env, offer, accepted, o.Entry, o.Reason)
	})
	return []network.Outgoing{out}, err
}
