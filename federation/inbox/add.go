package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// add handles Add (ActivityPub §7.8): the source lists our clone. The Accept
// before it said the same, so a lost one is made good. Or an actor features a
// post, or a group says that somebody here is a member.
func (v *Verbs) add(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Target != "" && in.Target == actor.Featured {
		return v.feature(ctx, in, actor)
	}
	if in.Target == activity.Members(actor.IRI) {
		return v.membership(ctx, in, actor, in.Object, true)
	}
	if in.Target != actor.IRI+"/clones" || !v.NS.Owns(in.Object) {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	return v.Clones.RecordAnswer(ctx, lineage.SourceAnswer{
		Clone: in.Object, By: actor.IRI, Actor: actor.ID, Accepted: true, Activity: in.ID,
	})
}

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
