package activity

import (
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/community"
)

// readConsent reads what a post lets others do with it, by the present names of
// the lists and by those of before GoToSocial 0.20; nil where it says nothing.
// Servers that write the present names take requests.
func readConsent(doc Document) *community.RemoteConsent {
	policy := doc.Object("interactionPolicy")
	c := &community.RemoteConsent{Reply: readTerms(policy.Object("canReply")), Like: readTerms(policy.Object("canLike")), Share: readTerms(policy.Object("canAnnounce"))}
	for _, may := range []string{"canReply", "canLike", "canAnnounce"} {
		sub := policy.Object(may)
		_, automatic := sub["automaticApproval"]
		_, manual := sub["manualApproval"]
		c.Requests = c.Requests || automatic || manual
	}
	if c.Reply == nil && c.Like == nil && c.Share == nil {
		return nil
	}
	return c
}

// readTerms reads one part of a policy; nil for one that says nothing.
func readTerms(may Document) *community.RemoteTerms {
	if len(may) == 0 {
		return nil
	}
	automatic := append(may.IRIs("automaticApproval"), may.IRIs("always")...)
	manual := append(may.IRIs("manualApproval"), may.IRIs("approvalRequired")...)
	named := func(list []domain.IRI) []domain.IRI {
		list = slices.DeleteFunc(slices.Clone(list), func(iri domain.IRI) bool { return IsPublic([]domain.IRI{iri}) })
		slices.Sort(list)
		return slices.Compact(list)
	}
	return &community.RemoteTerms{Automatic: named(automatic), Manual: named(manual), AutomaticPublic: IsPublic(automatic), ManualPublic: IsPublic(manual)}
}

// Interaction is what is asked for, or approved: an answer, a like or a share.
type Interaction string

// The interactions; their requests and authorisations are named after them.
const (
	InteractionReply    Interaction = "Reply"
	InteractionLike     Interaction = "Like"
	InteractionAnnounce Interaction = "Announce"
)

// Approvals are the addresses at which an interaction claims that its approval
// can be read: as GoToSocial writes it, and as it did before 0.21.
func Approvals(doc Document, of Interaction) []domain.IRI {
	var claims []domain.IRI
	for _, member := range []string{strings.ToLower(string(of)) + "Authorization", "approvedBy"} {
		if iri := doc.IRI(member); iri != "" && !slices.Contains(claims, iri) {
			claims = append(claims, iri)
		}
	}
	return claims
}

// requestTypes are the types of requests.
var requestTypes = map[string]Interaction{
	"ReplyRequest": InteractionReply, "LikeRequest": InteractionLike, "AnnounceRequest": InteractionAnnounce,
}

// RequestOf is what a type of activity asks for; "" for one that is no request.
func RequestOf(kind string) Interaction { return requestTypes[kind] }

type interactionRequest struct {
	ID         domain.IRI       `jsonld:"id"`
	Type       string           `jsonld:"type"`
	Actor      domain.IRI       `jsonld:"actor"`
	Published  *instant         `jsonld:"published,omitempty"`
	To         List[domain.IRI] `jsonld:"to"`
	Object     domain.IRI       `jsonld:"object"`
	Instrument any              `jsonld:"instrument"`
}

// Request asks the author of a post for leave to answer, like or share it; the
// instrument is the whole answer, or activity, as it will be sent (GoToSocial,
// interaction controls).
func Request(e Envelope, of Interaction, post domain.IRI, instrument any) ([]byte, error) {
	return Encode(interactionRequest{
		ID: e.ID, Type: string(of) + "Request", Actor: e.Actor, Published: when(e.Published), To: e.To, Object: post, Instrument: instrument,
	})
}

// Approves tells whether a document is the approval of an interaction with a
// post by its author: an authorisation (GoToSocial from 0.20 on), an approval
// (0.19), or an Accept (0.17 and 0.18).
func Approves(doc Document, of Interaction, author, interaction, post domain.IRI) bool {
	switch doc.Type() {
	case string(of) + "Authorization":
		return doc.IRI("attributedTo") == author && doc.IRI("interactingObject") == interaction && doc.IRI("interactionTarget") == post
	case string(of) + "Approval":
		target := doc.IRI("target")
		return doc.IRI("attributedTo") == author && doc.IRI("object") == interaction && (target == "" || target == post)
	case "Accept":
		return doc.IRI("actor") == author && doc.IRI("object") == interaction
	}
	return false
}
