package activity

import (
	"encoding/json"

	"interlink/domain"
)

// cosignedDocument is what a partner says to the Offer of a story to sign: its
// proof over the story, without those of others.
type cosignedDocument struct {
	ID          domain.IRI       `jsonld:"id"`
	Type        string           `jsonld:"type"`
	Actor       domain.IRI       `jsonld:"actor"`
	Published   *instant         `jsonld:"published,omitempty"`
	To          List[domain.IRI] `jsonld:"to"`
	Cc          List[domain.IRI] `jsonld:"cc"`
	Object      any              `jsonld:"object"`
	Cosignature json.RawMessage  `jsonld:"interlink:cosignature,omitempty"`
}

// cosignature is the interlink:cosignature of an Accept.
type cosignature struct {
	Proof json.RawMessage `json:"proof"`
}

// NewCosignReference names the Offer of a story to a partner.
func NewCosignReference(id, owner, story, partner domain.IRI) MembershipReference {
	return MembershipReference{ID: id, Type: "Offer", Actor: owner, Object: story, Target: partner}
}

// AnswerCosign accepts the Offer of a story with the partner's proof over it,
// or, without one, rejects it.
func AnswerCosign(e Envelope, offer MembershipReference, proof json.RawMessage) ([]byte, error) {
	d := cosignedDocument{ID: e.ID, Type: "Reject", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Object: offer}
	if proof != nil {
		d.Type, d.Cosignature = "Accept", typed(cosignature{proof})
	}
	return Encode(d)
}

// ReadCosignature reads the proof of an Accept; nil if it has none.
func ReadCosignature(doc Document) json.RawMessage {
	return doc.Object("interlink:cosignature")["proof"]
}
