package lineage

import (
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Derivation is a clone of a process of this node, as its source knows it.
type Derivation struct {
	ID         domain.ID
	Serial     domain.Serial
	Source     domain.ActorID // process of this node
	IRI        domain.IRI     // the clone
	Title      domain.Text
	Cloner     domain.ActorID // who offered it
	Host       string         // where the clone lives
	Version    string         // of this process that was cloned, as the cloner says; "" if it does not
	Digest     string         // of the tree that was cloned, as the cloner says; "" if it does not
	Offer      domain.IRI     // activity that offered it; "" for a clone on this node
	State      coproduction.Answer
	OfferedAt  time.Time
	AnsweredAt time.Time // zero while it waits
	Revision   int64

	Compared    bool      // the digest is that of this process as it was when the clone was offered
	WithdrawnAt time.Time // zero unless it was accepted, and that was taken back
}

// answer accepts or rejects. changed is false if that was the answer already.
// Errors: Conflict if the answer was the other one.
func (d *Derivation) answer(a coproduction.Answer, now time.Time) (changed bool, err error) {
	if d.State == a {
		return false, nil
	}
	if d.State != coproduction.Offered {
		return false, domain.Fail(domain.Conflict, "process.clone_answered")
	}
	d.State, d.AnsweredAt = a, now
	return true, nil
}
