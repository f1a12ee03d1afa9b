package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// announce handles Announce (ActivityPub §7.11): an actor that somebody here
// follows shares an object, which is read from its own server unless it is
// known, or proven to be its author's. If an activity is what is shared
// (FEP-1b12), its object is meant.
func (v *Verbs) announce(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Object == "" || v.NS.Owns(in.Object) {
		return nil // somebody shares what is ours
	}
	follows, err := v.Posts.Follows(ctx, actor.ID)
	if err != nil || !follows {
		return err
	}
	doc, err := v.announced(ctx, in, actor)
	if err != nil {
		return err
	}
	taken, err := v.Intake.Take(ctx, doc, Taking{Announcer: actor, Wanted: true})
	if err != nil {
		return err
	}
	if taken.Kind == "" {
		return domain.Fail(domain.Invalid, "error.activity_unknown", "Announce "+doc.Type())
	}
	return v.Posts.ReceiveAnnounce(ctx, actor, taken.Kind, taken.ID, taken.IRI, in.Published)
}

// announced returns the object that is shared. That of an activity is taken
// as it was sent if the activity is proven by the object's author, who is its
// actor; else it is read from its own server (federation.md §3.1-9).
func (v *Verbs) announced(ctx context.Context, in *activity.Inbound, actor *network.Actor) (activity.Document, error) {
	switch in.Embedded.Type() {
	case "Create", "Update":
	default:
		return v.shared(ctx, in, actor)
	}
	inner, err := activity.Read(in.Embedded)
	if err != nil || inner.Object == "" || v.NS.Owns(inner.Object) {
		return nil, domain.Fail(domain.Invalid, "error.activity")
	}
	object := inner.Embedded
	if len(object) > 1 && object.IRI("attributedTo") == inner.Actor && domain.SameOrigin(inner.Object, inner.Actor) &&
		v.Proofs.Of(ctx, inner.Document, inner.Actor) {
		return object, nil
	}
	return v.Intake.Fetch(ctx, inner.Object)
}
