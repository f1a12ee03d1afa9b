package activity

import (
	"net/url"
	"time"

	"interlink/domain"
	"interlink/domain/network"
)

// recommendations is the namespace of lists of recommended actors (FEP-7aa9).
const recommendations = "https://w3id.org/fep/7aa9#"

// featuring says who may recommend an actor (FEP-7aa9): without it nobody may.
type featuring struct {
	CanFeature approval `jsonld:"canFeature"`
}

// featurable lets everybody recommend it.
func featurable() *featuring {
	return &featuring{CanFeature: approval{AutomaticApproval: List[domain.IRI]{Public}}}
}

// FeaturedCollections is the address of the lists that an actor recommends.
func FeaturedCollections(actor domain.IRI) domain.IRI { return actor + "/collections" }

// CommunityCollection is the address of the list of communities among them.
func CommunityCollection(actor domain.IRI) domain.IRI {
	return FeaturedCollections(actor) + "/communities"
}

// MostFeatured is how many items of such a list are read (Mastodon 4.6).
const MostFeatured = 150

// FeaturedInput is what a list of recommended communities is made of.
type FeaturedInput struct {
	Owner     domain.IRI
	Page      domain.IRI // where people see it
	Name      string
	Summary   string // plain text
	Language  domain.Lang
	Published time.Time
	Updated   time.Time
	Items     []FeaturedItem
}

// FeaturedItem is one that is recommended.
type FeaturedItem struct {
	Actor domain.IRI
	Name  string // within the list, for the address of the item
	Since time.Time
}

type featuredCollection struct {
	ID           domain.IRI         `jsonld:"id"`
	Type         string             `jsonld:"type"`
	AttributedTo domain.IRI         `jsonld:"attributedTo"`
	Name         string             `jsonld:"name"`
	Summary      string             `jsonld:"summary"`
	SummaryMap   map[string]string  `jsonld:"summaryMap"`
	URL          domain.IRI         `jsonld:"url"`
	Sensitive    bool               `jsonld:"sensitive"`
	Discoverable bool               `jsonld:"discoverable"`
	Published    *instant           `jsonld:"published,omitempty"`
	Updated      *instant           `jsonld:"updated,omitempty"`
	TotalItems   int                `jsonld:"totalItems"`
	OrderedItems List[featuredItem] `jsonld:"orderedItems"`
}

type featuredItem struct {
	ID            domain.IRI `jsonld:"id"`
	Type          string     `jsonld:"type"`
	Object        domain.IRI `jsonld:"featuredObject"`
	ObjectType    string     `jsonld:"featuredObjectType"` // in the examples of FEP-7aa9 alone
	Authorization domain.IRI `jsonld:"featureAuthorization"`
	Published     *instant   `jsonld:"published,omitempty"`
}

// FeaturedCollection is a list of recommended communities, which Mastodon
// shows (FEP-7aa9). Each item has the address of the authorisation by whom it
// recommends.
func FeaturedCollection(in FeaturedInput) any {
	id := CommunityCollection(in.Owner)
	c := featuredCollection{
		ID: id, Type: "FeaturedCollection", AttributedTo: in.Owner, Name: label(in.Name, 256), Summary: label(in.Summary, 2048),
		SummaryMap: map[string]string{string(in.Language): label(in.Summary, 2048)}, URL: in.Page, Discoverable: true,
		Published: when(in.Published), Updated: when(in.Updated), TotalItems: len(in.Items), OrderedItems: List[featuredItem]{},
	}
	for _, x := range in.Items {
		c.OrderedItems = append(c.OrderedItems, featuredItem{
			ID: id + "#" + domain.IRI(url.PathEscape(x.Name)), Type: "FeaturedItem", Object: x.Actor, ObjectType: string(network.TypeGroup),
			Authorization: featureAuthorizationOf(x.Actor, id), Published: when(day(x.Since)),
		})
	}
	return c
}

type featureAuthorization struct {
	ID                domain.IRI `jsonld:"id"`
	Type              string     `jsonld:"type"`
	InteractingObject domain.IRI `jsonld:"interactingObject"`
	InteractionTarget domain.IRI `jsonld:"interactionTarget"`
}

// FeatureAuthorization is the authorisation of a list by an actor to recommend
// it (FEP-7aa9).
func FeatureAuthorization(actor, collection domain.IRI) any {
	return featureAuthorization{
		ID: featureAuthorizationOf(actor, collection), Type: "FeatureAuthorization", InteractingObject: collection, InteractionTarget: actor,
	}
}

// featureAuthorizationOf is its address. As everybody may, it follows from
// the two, and ends when the actor is to be recommended no more.
func featureAuthorizationOf(actor, collection domain.IRI) domain.IRI {
	return actor + "/features?by=" + domain.IRI(url.QueryEscape(string(collection)))
}

// AcceptFeature answers a FeatureRequest of an actor; the result is where the
// authorisation is (FEP-7aa9).
func AcceptFeature(e Envelope, actor domain.IRI, q network.QuotePayload) ([]byte, error) {
	return answerFeature(e, "Accept", actor, q, featureAuthorizationOf(q.Target, q.Quote))
}

// RejectFeature answers that there is none (FEP-7aa9).
func RejectFeature(e Envelope, actor domain.IRI, q network.QuotePayload) ([]byte, error) {
	return answerFeature(e, "Reject", actor, q, "")
}

func answerFeature(e Envelope, kind string, actor domain.IRI, q network.QuotePayload, result domain.IRI) ([]byte, error) {
	request := quoteRequest{ID: q.Request, Type: "FeatureRequest", Actor: actor, Object: q.Target, Instrument: q.Quote}
	return Encode(activityDocument{
		ID: e.ID, Type: kind, Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Object: request, Result: result,
	})
}

// DeleteFeature tells that the authorisation of a list ended; who reads it
// takes the item out (FEP-7aa9).
func DeleteFeature(e Envelope, _ domain.IRI, q network.QuotePayload) ([]byte, error) {
	return e.encode("Delete", FeatureAuthorization(q.Target, q.Quote), "")
}

// AddFeatured adds such a list to those that its actor recommends.
func AddFeatured(e Envelope, collection any) ([]byte, error) {
	return Encode(activityDocument{
		ID: e.ID, Type: "Add", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Object: collection, Target: FeaturedCollections(e.Actor),
	})
}
