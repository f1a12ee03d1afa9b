package inbox

import (
	"context"

	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// create handles Create (ActivityPub §7.2): a post, a vote, a story, or an entry
// of a catalogue that this node follows.
func (v *Verbs) create(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if ok, err := v.voted(ctx, in, actor); ok {
		return err
	}
	return v.take(ctx, in, actor, false)
}

// take keeps the object of a Create or Update, and hands on what is said of a
// reply in a thread of this node.
func (v *Verbs) take(ctx context.Context, in *activity.Inbound, actor *network.Actor, update bool) error {
	if in.Brought {
		return v.reread(ctx, in)
	}
	doc, err := v.own(ctx, in, actor)
	if err != nil {
		return err
	}
	if ok, err := v.reviewed(ctx, doc, actor); ok {
		return err
	}
	if ok, err := v.reused(ctx, doc, actor); ok {
		return err
	}
	taken, err := v.Intake.Take(ctx, doc, Taking{Sender: actor, Update: update, Activity: in.ID})
	if err != nil || taken.Kind != community.ObjectPost || doc.IRI("inReplyTo") == "" {
		return err
	}
	return v.forward(ctx, in)
}
