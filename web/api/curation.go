package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/curation"
)

// CatalogueOffer is a resource on its way into a catalogue.
type CatalogueOffer struct {
	ID        domain.ID         `json:"id"`
	IRI       domain.IRI        `json:"iri"`
	State     string            `json:"state" enum:"waiting,accepted,rejected"`
	Reason    string            `json:"reason,omitempty" doc:"why it was rejected"`
	Entry     domain.IRI        `json:"entry,omitempty" doc:"that it became"`
	Host      string            `json:"host,omitempty" doc:"of the process; absent for this node"`
	OfferedAt time.Time         `json:"offeredAt"`
	Revision  int64             `json:"revision"`
	Proposal  curation.Proposal `json:"proposal"`
}

func offerOf(o *curation.Offer) CatalogueOffer {
	return CatalogueOffer{
		ID: o.ID, IRI: o.IRI, State: string(o.State), Reason: o.Reason, Entry: o.Entry, Host: o.Host, OfferedAt: o.OfferedAt, Revision: o.Revision, Proposal: o.Proposal,
	}
}

// OfferInput offers a resource.
type OfferInput struct {
	ResourceID
	Body struct {
		Catalogue string `json:"catalogue,omitempty" maxLength:"2048" doc:"handle or address; this node's if absent"`
		Summary   string `json:"summary,omitempty" maxLength:"2000" doc:"what it is good for; Markdown"`
	}
}

// CreditInput says whether the caller is named.
type CreditInput struct {
	ResourceID
	Body struct {
		Withheld bool `json:"withheld" doc:"do not name the caller as an author"`
	}
}

// QueueInput lists offers to this node's catalogue.
type QueueInput struct {
	Paging
	State string `query:"state" enum:"waiting,accepted,rejected" default:"waiting"`
}

// TranslationInput offers the translation of a field.
type TranslationInput struct {
	SlugInput
	Body struct {
		Field    string      `json:"field" enum:"name,summary,overview,instructions,constraints,regulations,assetName"`
		Language domain.Lang `json:"language" maxLength:"35"`
		Text     string      `json:"text" maxLength:"50000"`
	}
}

// OfferID asks for an offer to this node's catalogue.
type OfferID struct {
	Offer string `path:"offer" maxLength:"36"`
}

// OfferAnswer answers one.
type OfferAnswer struct {
	OfferID
	Body struct {
		Revision int64 `json:"revision" doc:"the one that was read"`
	}
}

// OfferRefusal rejects one.
type OfferRefusal struct {
	OfferID
	Body struct {
		Revision int64  `json:"revision" doc:"the one that was read"`
		Reason   string `json:"reason" maxLength:"1000" doc:"why; the process is told"`
	}
}

func (a *API) curationOperations() {
	const tag = "Catalogue"
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/resources/{id}/offers", status: http.StatusCreated, summary: "Offer a resource to a catalogue", description: "For administrators of the process. It must be a document or a file that is public and has a licence, of a finished task. The catalogue's curators accept or reject it."}, a.offerResource)
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/resources/{id}/offers", own: true, summary: "List to which catalogues a resource was offered"},
		func(ctx context.Context, c *caller, in *ResourceID) (*One[[]CatalogueOffer], error) {
			offers, err := a.Curation.OffersOf(ctx, c.viewer, in.Name, domain.ID(in.ID))
			out := []CatalogueOffer{}
			for _, o := range offers {
				out = append(out, offerOf(o))
			}
			return one(out), err
		})
	do(a, tag, operation{method: http.MethodPut, path: "/processes/{name}/resources/{id}/credit", summary: "Say whether the caller is named as an author of a resource that is offered"},
		func(ctx context.Context, c *caller, in *CreditInput) (*None, error) {
			return nothing(a.Curation.Withhold(ctx, c.viewer, in.Name, domain.ID(in.ID), in.Body.Withheld))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/interlinkers/{slug}/translations", status: http.StatusCreated, summary: "Offer the translation of a field to the catalogue that keeps the Interlinker", description: "Of this node's, by any member; of another's, by those who write the catalogue here. Once accepted it is in every copy."},
		func(ctx context.Context, c *caller, in *TranslationInput) (*Made[CatalogueOffer], error) {
			e, err := a.entryNamed(ctx, c, catalogue.KindInterlinker, in.Slug)
			if err != nil {
				return nil, err
			}
			o, err := a.Curation.OfferTranslation(ctx, c.viewer, e.ID, in.Body.Field, in.Body.Language, in.Body.Text)
			if err != nil {
				return nil, err
			}
			return &Made[CatalogueOffer]{Location: a.Namespace.Base() + e.Address() + "/translate", Body: offerOf(o)}, nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/catalogue/offers", own: true, summary: "List the offers to this node's catalogue", description: "For those who write the catalogue."},
		func(ctx context.Context, c *caller, in *QueueInput) (*List[CatalogueOffer], error) {
			return listAs(c, offerOf)(a.Curation.Queue(ctx, c.viewer, curation.State(in.State), in.page()))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/catalogue/offers/{offer}", own: true, summary: "Read an offer to this node's catalogue", description: "For those who write the catalogue."},
		func(ctx context.Context, c *caller, in *OfferID) (*One[CatalogueOffer], error) {
			return answeredOffer(a.Curation.Queued(ctx, c.viewer, domain.ID(in.Offer)))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/catalogue/offers/{offer}/acceptance", summary: "Accept an offer: it becomes an Interlinker", description: "For those who write the catalogue. Those who follow it are told, and so is the process."},
		func(ctx context.Context, c *caller, in *OfferAnswer) (*One[CatalogueOffer], error) {
			return answeredOffer(a.Curation.Accept(ctx, c.viewer, domain.ID(in.Offer), in.Body.Revision))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/catalogue/offers/{offer}/rejection", summary: "Reject an offer, with a reason", description: "For those who write the catalogue."},
		func(ctx context.Context, c *caller, in *OfferRefusal) (*One[CatalogueOffer], error) {
			return answeredOffer(a.Curation.Reject(ctx, c.viewer, domain.ID(in.Offer), in.Body.Revision, in.Body.Reason))
		})
}

func answeredOffer(o *curation.Offer, err error) (*One[CatalogueOffer], error) {
	if err != nil {
		return nil, err
	}
	return one(offerOf(o)), nil
}

func (a *API) offerResource(ctx context.Context, c *caller, in *OfferInput) (*Made[CatalogueOffer], error) {
	if _, err := a.Curation.Credits(ctx, c.viewer, in.Name, domain.ID(in.ID)); err != nil {
		return nil, err // before anybody is asked
	}
	to, err := a.Network.Actor(ctx, c.viewer, a.CatalogueID)
	if in.Body.Catalogue != "" {
		to, err = a.Directory.Lookup(ctx, in.Body.Catalogue)
	}
	if err != nil {
		return nil, err
	}
	o, err := a.Curation.Offer(ctx, c.viewer, in.Name, domain.ID(in.ID), to, in.Body.Summary)
	if err != nil {
		return nil, err
	}
	return &Made[CatalogueOffer]{Body: offerOf(o)}, nil
}
