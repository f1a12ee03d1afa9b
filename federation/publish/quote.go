package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Quotes answers those who asked to quote.
type Quotes struct {
	ns     domain.Namespace
	mint   *domain.Mint
	actors Actors
}

// NewQuotes makes the publisher.
func NewQuotes(ns domain.Namespace, mint *domain.Mint, actors Actors) *Quotes {
	return &Quotes{ns, mint, actors}
}

// Encoders returns the encoders by kind of event.
func (p *Quotes) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{network.QuoteAllowed: p.allowed}
}

func (p *Quotes) allowed(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	return toAsker(ctx, p.actors, &writer{ns: p.ns, mint: p.mint, event: e}, e, "Accept", activity.AcceptQuote)
}

// toAsker tells who asked to make use of something of a local actor what became
// of it; nobody, once they are gone.
func toAsker(ctx context.Context, actors Actors, w *writer, e domain.Event, name string, encode func(activity.Envelope, domain.IRI, network.QuotePayload) ([]byte, error)) ([]network.Outgoing, error) {
	var q network.QuotePayload
	if err := e.Decode(&q); err != nil {
		return nil, err
	}
	author, err := actors.Actor(ctx, q.Author)
	if err != nil {
		return nil, err
	}
	by, err := actors.Actor(ctx, q.By)
	if err != nil || by.Gone() {
		return nil, err
	}
	out, err := w.toOne(author, by, name, q.Request, func(env activity.Envelope) ([]byte, error) { return encode(env, by.IRI, q) })
	out.OrderKey = string(q.Quote)
	return []network.Outgoing{out}, err
}
