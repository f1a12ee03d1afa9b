package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Verbs acts on activities: one method for each, in a file of its own.
type Verbs struct {
	NS        domain.Namespace
	Directory *Directory
	Intake    *Intake
	Follows   Follows
	Clones    Clones
	Sent      Sent
	Posts     Posts
	Proofs    *Proofs
}

// Table returns the verbs by activity type.
func (v *Verbs) Table() map[string]Verb {
	return map[string]Verb{
		"Accept":   v.accept,
		"Add":      v.add,
		"Announce": v.announce,
		"Create":   v.create,
		"Delete":   v.delete,
		"Follow":   v.follow,
		"Offer":    v.offer,
		"Reject":   v.reject,
		"Undo":     v.undo,
		"Update":   v.update,
	}
}

// object returns the object of an activity: as it was sent along if it is the
// sender's own (an embedded object is a claim, FEP-fe34) or proven by who it
// is attributed to, else from its own server.
func (v *Verbs) object(ctx context.Context, in *activity.Inbound, actor *network.Actor) (activity.Document, error) {
	if len(in.Embedded) > 1 && domain.SameOrigin(in.Object, actor.IRI) && in.Embedded.Type() != "" {
		return in.Embedded, nil
	}
	if in.Object == "" || v.NS.Owns(in.Object) {
		return nil, domain.Fail(domain.Invalid, "error.activity")
	}
	if v.Proofs.Of(ctx, in.Embedded, in.Embedded.IRI("attributedTo")) {
		return in.Embedded, nil
	}
	return v.Intake.Fetch(ctx, in.Object)
}
