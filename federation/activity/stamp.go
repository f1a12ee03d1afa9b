package activity

import (
	"encoding/json"
	"time"

	"interlink/domain"
	"interlink/domain/lineage"
)

// derivedFrom is what the subject of a stamp is to its object.
const derivedFrom domain.IRI = "http://www.w3.org/ns/prov#wasDerivedFrom"

// stampDocument is a Relationship (ActivityStreams Vocabulary): the clone was
// derived from the source, as the source's owner confirms.
type stampDocument struct {
	ID           domain.IRI      `jsonld:"id"`
	Type         string          `jsonld:"type"`
	AttributedTo domain.IRI      `jsonld:"attributedTo"`
	Subject      domain.IRI      `jsonld:"subject"`
	Relationship domain.IRI      `jsonld:"relationship"`
	Object       domain.IRI      `jsonld:"object"`
	Published    *instant        `jsonld:"published"`
	Stamp        json.RawMessage `jsonld:"interlink:stamp"`
}

// stampExtension is the interlink:stamp of a Relationship.
type stampExtension struct {
	Clone   domain.IRI `json:"clone"`
	Source  domain.IRI `json:"source"`
	Version string     `json:"version,omitempty"` // of the source
	Digest  string     `json:"digest,omitempty"`  // of the tree, as the source's node compared it
	At      time.Time  `json:"at"`
}

// Stamp makes the stamp of a clone, to be proven by its owner.
func Stamp(s lineage.Stamp) any {
	at := s.At.UTC().Truncate(time.Second)
	return stampDocument{
		ID: s.IRI, Type: "Relationship", AttributedTo: s.Owner, Subject: s.Clone, Relationship: derivedFrom, Object: s.Source, Published: when(at),
		Stamp: typed(stampExtension{Clone: s.Clone, Source: s.Source, Version: s.Version, Digest: s.Digest, At: at}),
	}
}

// ReadStamp reads a stamp, whose proof is for others to check; ok is false for
// what is none, or says one thing to us and another to everybody else.
func ReadStamp(doc Document) (s lineage.Stamp, ok bool) {
	var ext stampExtension
	if raw := doc["interlink:stamp"]; raw == nil || json.Unmarshal(raw, &ext) != nil {
		return s, false
	}
	s = lineage.Stamp{
		IRI: doc.IRI("id"), Owner: doc.IRI("attributedTo"), Source: ext.Source, Clone: ext.Clone, Version: ext.Version, Digest: ext.Digest, At: ext.At.UTC(),
	}
	ok = doc.Type() == "Relationship" && doc.IRI("subject") == s.Clone && doc.IRI("object") == s.Source && s.Check() == nil
	return s, ok
}

// AcceptClone accepts an offered clone; the result is where the stamp is, as
// FEP-044f has it for quotes.
func AcceptClone(e Envelope, offer, stamp domain.IRI) ([]byte, error) {
	return Encode(activityDocument{
		ID: e.ID, Type: "Accept", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Object: offer, Result: stamp,
	})
}
