package activity

import (
	"encoding/json"
	"slices"
	"time"

	"interlink/domain"
)

// Inbound is an activity from another server, read as far as every verb needs
// it. Its claims are checked by those who act on it.
type Inbound struct {
	ID        domain.IRI
	Type      string
	Actor     domain.IRI
	Object    domain.IRI // id of the object; "" if it has none
	Embedded  Document   // the object, if it was sent along
	Target    domain.IRI
	Audience  []domain.IRI // to and cc together
	Published time.Time
	Document  Document
	Raw       []byte // as received; nil for one that stood in another document
	Brought   bool   // by somebody else, without a proof of its actor
}

// Decode reads an activity. Errors: Invalid if id, type or actor are missing
// or odd; TooLarge.
func Decode(raw []byte) (*Inbound, error) {
	doc, err := Scan(raw)
	if err != nil {
		return nil, err
	}
	in, err := Read(doc)
	if err == nil {
		in.Raw = raw
	}
	return in, err
}

// maxType is how long the name of a type may be, in bytes.
const maxType = 200

// Read is [Decode] for a document that was scanned.
func Read(doc Document) (*Inbound, error) {
	in := &Inbound{
		ID: doc.IRI("id"), Type: doc.String("type"), Actor: doc.IRI("actor"), Target: doc.IRI("target"),
		Audience: append(doc.IRIs("to"), doc.IRIs("cc")...), Published: doc.Time("published"), Document: doc,
	}
	in.Object, in.Embedded = doc.Reference("object")
	if in.ID == "" || in.Type == "" || len(in.Type) > maxType || in.Actor == "" {
		return nil, domain.Fail(domain.Invalid, "error.activity")
	}
	return in, nil
}

// Carries tells whose words an activity carries: the object that was sent
// along, or that of an activity that was (FEP-1b12). "" for none.
func (in *Inbound) Carries() domain.IRI {
	switch in.Type {
	case "Create", "Update", "Announce", "Add":
	default:
		return ""
	}
	if len(in.Embedded) <= 1 {
		return ""
	}
	if inner, embedded := in.Embedded.Reference("object"); len(embedded) > 1 {
		return inner
	}
	return in.Object
}

// Skeleton writes the envelope of an activity, without what is in it.
func Skeleton(in *Inbound) ([]byte, error) {
	return json.Marshal(struct {
		Context string     `json:"@context"`
		ID      domain.IRI `json:"id"`
		Type    string     `json:"type"`
		Actor   domain.IRI `json:"actor"`
		Object  domain.IRI `json:"object,omitempty"`
	}{Streams, in.ID, in.Type, in.Actor, in.Object})
}

// Known reports whether a type is an activity of ActivityStreams that we act
// on. Others are answered with 202 and set aside.
func Known(activityType string) bool {
	return slices.Contains([]string{
		"Follow", "Accept", "Reject", "Undo", "Create", "Update", "Delete", "Announce", "Offer", "Add", "Remove", "Like", "Dislike", "Flag", "Block", "Move", "Invite", "Join", "Leave",
	}, activityType)
}

// IsPublic reports whether an audience includes everybody.
func IsPublic(audience []domain.IRI) bool { return slices.Contains(audience, Public) }
