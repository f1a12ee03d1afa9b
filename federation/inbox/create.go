package inbox

import (
	"context"

	"interlink/domain/network"
	"interlink/federation/activity"
)

// create handles Create (ActivityPub §7.2): a post, a story, or an entry of a
// catalogue that this node follows.
func (v *Verbs) create(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	doc, err := v.own(ctx, in, actor)
	if err != nil {
		return err
	}
	_, err = v.Intake.Take(ctx, doc, Taking{Sender: actor})
	return err
}

// update handles Update (ActivityPub §7.3): the same objects in a newer
// version, or the sender's own profile.
func (v *Verbs) update(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Object == actor.IRI {
		_, err := v.Directory.Refresh(ctx, actor.IRI)
		return err
	}
	doc, err := v.own(ctx, in, actor)
	if err != nil {
		return err
	}
	_, err = v.Intake.Take(ctx, doc, Taking{Sender: actor, Update: true})
	return err
}
