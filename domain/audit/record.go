package audit

import (
	"time"

	"interlink/domain"
)

// Record is an event as it is exported: a line of JSON with all that is needed
// to check it by the published algorithm (README, "The log can be checked").
type Record struct {
	Seq         int64            `json:"seq"`
	ID          domain.ID        `json:"id"`
	Kind        domain.EventKind `json:"kind"`
	Time        string           `json:"time"`                // RFC 3339 in UTC, as it was hashed
	Actor       domain.ActorID   `json:"actor,omitempty"`     // absent where the reader may not see it
	ActorHash   string           `json:"actorHash,omitempty"` // as ContentHash, of the formula of links alone
	SubjectKind string           `json:"subjectKind"`
	SubjectID   domain.ID        `json:"subjectId"`
	Part        domain.ID        `json:"part,omitempty"`    // not hashed: the payload tells it too
	Payload     string           `json:"payload,omitempty"` // text of a JSON object, as it was hashed; absent where the reader may not see it, or erased
	PayloadHash string           `json:"payloadHash"`
	ContentHash string           `json:"contentHash,omitempty"`
	PrevHash    string           `json:"prevHash"`
	Hash        string           `json:"hash"`
	Formula     domain.Formula   `json:"formula"`
}

func (e Entry) record() Record {
	r := Record{
		Seq: e.Seq, ID: e.ID, Kind: e.Kind, Time: e.Time.UTC().Format(time.RFC3339Nano), ActorHash: e.By, SubjectKind: e.Subject.Kind,
		SubjectID: e.Subject.ID, Part: e.Part, PayloadHash: e.PayloadHash, ContentHash: e.Content, PrevHash: e.PrevHash, Hash: e.Hash,
		Formula: e.Formula,
	}
	if e.Inside {
		r.Actor, r.Payload = e.Actor, string(e.Payload)
	}
	return r
}
