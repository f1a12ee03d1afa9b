package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Pins are the commands on posts that actors show first.
type Pins interface {
	ReceivePin(ctx context.Context, by *network.Actor, object domain.IRI) error
	ReceiveUnpin(ctx context.Context, by *network.Actor, object domain.IRI) error
}

// feature handles Add to the sender's own featured collection: the post is
// shown first on its page here, if anybody here follows the sender.
func (v *Verbs) feature(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	follows, err := v.Posts.Follows(ctx, actor.ID)
	if err != nil || !follows {
		return err
	}
	object := in.Object
	if !v.NS.Owns(object) {
		doc, err := v.shared(ctx, in, actor)
		if err != nil {
			return err
		}
		taken, err := v.Intake.Take(ctx, doc, Taking{Announcer: actor, Wanted: true})
		if err != nil {
			return err
		}
		if taken.Kind != community.ObjectPost {
			return domain.Fail(domain.Invalid, "error.activity_unknown", "Add "+doc.Type())
		}
		object = taken.IRI
	}
	return v.Pins.ReceivePin(ctx, actor, object)
}

// remove handles Remove (ActivityPub §7.9) from the sender's own featured
// collection, or of somebody here from its members.
func (v *Verbs) remove(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Target == activity.Members(actor.IRI) {
		return v.membership(ctx, in, actor, in.Object, false)
	}
	if actor.Featured == "" || in.Target != actor.Featured || in.Object == "" {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	return v.Pins.ReceiveUnpin(ctx, actor, in.Object)
}
