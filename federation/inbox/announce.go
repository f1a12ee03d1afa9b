package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// announce handles Announce (ActivityPub §7.11): an actor that somebody here
// follows shares an object, which is read from its own server unless it is
// known.
func (v *Verbs) announce(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Object == "" || v.NS.Owns(in.Object) {
		return nil // somebody shares what is ours
	}
	follows, err := v.Posts.Follows(ctx, actor.ID)
	if err != nil || !follows {
		return err
	}
	doc, err := v.shared(ctx, in, actor)
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
