package activity

import (
	"net/url"

	"interlink/domain"
	"interlink/domain/network"
)

// interactionPolicy says who may do what with an object. Liking, answering and
// sharing are free where it is silent; quoting is not (FEP-044f).
type interactionPolicy struct {
	CanQuote approval `jsonld:"canQuote"`
}

type approval struct {
	AutomaticApproval List[domain.IRI] `jsonld:"automaticApproval"`
}

// quotable lets everybody quote.
func quotable() *interactionPolicy {
	return &interactionPolicy{CanQuote: approval{AutomaticApproval: List[domain.IRI]{Public}}}
}

// quoteRequest repeats a request in its answer.
type quoteRequest struct {
	ID         domain.IRI `jsonld:"id"`
	Type       string     `jsonld:"type"`
	Actor      domain.IRI `jsonld:"actor"`
	Object     domain.IRI `jsonld:"object"`
	Instrument domain.IRI `jsonld:"instrument"`
}

// AcceptQuote answers a QuoteRequest of an actor; the result is where the
// authorisation is (FEP-044f).
func AcceptQuote(e Envelope, actor domain.IRI, q network.QuotePayload) ([]byte, error) {
	request := quoteRequest{ID: q.Request, Type: "QuoteRequest", Actor: actor, Object: q.Target, Instrument: q.Quote}
	return Encode(activityDocument{
		ID: e.ID, Type: "Accept", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Object: request,
		Result: quoteAuthorizationOf(q.Target, q.Quote),
	})
}

type quoteAuthorization struct {
	ID                domain.IRI `jsonld:"id"`
	Type              string     `jsonld:"type"`
	AttributedTo      domain.IRI `jsonld:"attributedTo"`
	InteractingObject domain.IRI `jsonld:"interactingObject"`
	InteractionTarget domain.IRI `jsonld:"interactionTarget"`
}

// QuoteAuthorization is the authorisation of one object by the author of
// another to quote that (FEP-044f).
func QuoteAuthorization(author, target, quote domain.IRI) any {
	return quoteAuthorization{
		ID: quoteAuthorizationOf(target, quote), Type: "QuoteAuthorization", AttributedTo: author,
		InteractingObject: quote, InteractionTarget: target,
	}
}

// quoteAuthorizationOf is the address of the authorisation to quote an object
// of this node. As everybody may, it follows from the two objects: none is
// stored, and it ends with the object that is quoted.
func quoteAuthorizationOf(target, quote domain.IRI) domain.IRI {
	return target + "/quotes?by=" + domain.IRI(url.QueryEscape(string(quote)))
}
