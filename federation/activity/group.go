package activity

import (
	"encoding/json"
	"time"

	"interlink/domain"
)

// Moderators is the address of the collection of those who moderate a
// community (FEP-1b12).
func Moderators(group domain.IRI) domain.IRI { return group + "/moderators" }

// AnnounceActivity shares an activity that was done in a community, with its
// bytes as they were sent (FEP-1b12).
func AnnounceActivity(e Envelope, shared []byte) ([]byte, error) {
	return e.encode("Announce", json.RawMessage(shared), "")
}

// Lock closes a thread of the community that is the audience.
func Lock(e Envelope, post domain.IRI) ([]byte, error) { return e.encode("Lock", post, "") }

// LockReference is a Lock embedded in its Undo.
type LockReference FollowReference

// NewLockReference names a Lock.
func NewLockReference(id, actor, object domain.IRI) LockReference {
	return LockReference{ID: id, Type: "Lock", Actor: actor, Object: object}
}

type blockDocument struct {
	ID        domain.IRI       `jsonld:"id"`
	Type      string           `jsonld:"type"`
	Actor     domain.IRI       `jsonld:"actor"`
	Published *instant         `jsonld:"published,omitempty"`
	To        List[domain.IRI] `jsonld:"to"`
	Cc        List[domain.IRI] `jsonld:"cc"`
	Audience  domain.IRI       `jsonld:"audience,omitempty"`
	Object    domain.IRI       `jsonld:"object"`
	Target    domain.IRI       `jsonld:"target"`
	Summary   string           `jsonld:"summary,omitempty"`
	EndTime   *instant         `jsonld:"endTime,omitempty"`
}

// Block keeps a person from writing in a community, with the reason; without
// an end it lasts until it is undone.
func Block(e Envelope, person, group domain.IRI, reason string, until time.Time) ([]byte, error) {
	return Encode(blockDocument{
		ID: e.ID, Type: "Block", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Audience: e.Audience,
		Object: person, Target: group, Summary: reason, EndTime: when(until),
	})
}

// NewBlockReference names a Block of a person in a community.
func NewBlockReference(id, actor, person, group domain.IRI) MembershipReference {
	return MembershipReference{ID: id, Type: "Block", Actor: actor, Object: person, Target: group}
}
