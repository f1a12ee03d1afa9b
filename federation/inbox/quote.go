package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Quotes lets objects of this node be quoted.
type Quotes interface {
	ReceiveQuoteRequest(ctx context.Context, by *network.Actor, q network.QuotePayload) error
	ReceiveFeatureRequest(ctx context.Context, by, asked *network.Actor, q network.QuotePayload) error
}

// Authors finds who wrote an object of this node that is for everybody. Errors:
// NotFound, Gone.
type Authors interface {
	Author(ctx context.Context, iri domain.IRI) (*network.Actor, error)
}

// quote handles QuoteRequest (FEP-044f): somebody asks to quote what is ours.
func (v *Verbs) quote(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	quote, _ := in.Document.Reference("instrument")
	author, err := v.Authors.Author(ctx, in.Object)
	if err != nil {
		return err
	}
	return v.Quotes.ReceiveQuoteRequest(ctx, actor, network.QuotePayload{Author: author.ID, Request: in.ID, Quote: quote, Target: in.Object})
}

// recommend handles FeatureRequest (FEP-7aa9): somebody asks to recommend an
// actor of this node in a list of theirs.
func (v *Verbs) recommend(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	list, _ := in.Document.Reference("instrument")
	asked, err := v.local(ctx, in.Object)
	if err != nil {
		return err
	}
	return v.Quotes.ReceiveFeatureRequest(ctx, actor, asked, network.QuotePayload{Request: in.ID, Quote: list, Target: in.Object})
}
