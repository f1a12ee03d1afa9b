package activity

import (
	"encoding/json"

	"interlink/domain"
	"interlink/domain/markup"
)

// cosignedDocument is what a partner says to the Offer of a story to sign, in an
// Accept its proof over the story, without those of others, or what who offered
// it says of that later.
type cosignedDocument struct {
	ID          domain.IRI       `jsonld:"id"`
	Type        string           `jsonld:"type"`
	Actor       domain.IRI       `jsonld:"actor"`
	Published   *instant         `jsonld:"published,omitempty"`
	To          List[domain.IRI] `jsonld:"to"`
	Cc          List[domain.IRI] `jsonld:"cc"`
	Summary     string           `jsonld:"summary,omitempty"`
	Object      any              `jsonld:"object"`
	Cosignature json.RawMessage  `jsonld:"interlink:cosignature,omitempty"`
}

// cosignature is the interlink:cosignature of an Accept, a Reject or an Undo.
type cosignature struct {
	Proof json.RawMessage `json:"proof,omitempty"`
	Never bool            `json:"never,omitempty"` // not to be asked again for the story
}

// CosignAnswer is what a partner says to the Offer of a story.
type CosignAnswer struct {
	Offer  MembershipReference
	Proof  json.RawMessage // over the story; of an Accept
	Reason string
	Never  bool
}

// NewCosignReference names the Offer of a story to a partner.
func NewCosignReference(id, owner, story, partner domain.IRI) MembershipReference {
	return MembershipReference{ID: id, Type: "Offer", Actor: owner, Object: story, Target: partner}
}

// AnswerCosign says in an Accept that a partner signs, in a Reject that it does
// not, and in an Undo, of an Accept that has no name that the owner keeps, that
// it does no more.
func AnswerCosign(e Envelope, name string, in CosignAnswer) ([]byte, error) {
	d := cosignedDocument{ID: e.ID, Type: name, Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Summary: markup.Escape(in.Reason), Object: in.Offer}
	if name == "Undo" {
		d.Object = MembershipReference{ID: in.Offer.ID + "#accept", Type: "Accept", Actor: in.Offer.Target, Object: in.Offer.ID, Target: in.Offer.Actor}
	}
	if in.Proof != nil || in.Never {
		d.Cosignature = typed(cosignature{in.Proof, in.Never})
	}
	return Encode(d)
}

// UndoCosign takes the Offer of a story to a partner back.
func UndoCosign(e Envelope, offer MembershipReference) ([]byte, error) {
	return Encode(cosignedDocument{ID: e.ID, Type: "Undo", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Object: offer})
}

// ReadCosignature reads what a partner says beside yes or no: its proof, nil if
// there is none, and whether it wants to be asked again for the story.
func ReadCosignature(doc Document) (proof json.RawMessage, never bool) {
	said := doc.Object("interlink:cosignature")
	return said["proof"], said.Bool("never")
}
