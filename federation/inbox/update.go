package inbox

import (
	"context"

	"interlink/domain/network"
	"interlink/federation/activity"
)

// update handles Update (ActivityPub §7.3): the same objects in a newer
// version, or the sender's own profile.
func (v *Verbs) update(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Object == actor.IRI {
		now, err := v.Directory.Refresh(ctx, actor.IRI)
		if err == nil && now.Type == network.TypeGroup && now.MovedTo == "" { // a process that was away may be back
			err = v.Clones.CameBack(ctx, now.IRI)
		}
		return err
	}
	if ok, err := v.reoffered(ctx, in, actor); ok {
		return err
	}
	if ok, err := v.worked(ctx, in, actor); ok {
		return err
	}
	if ok, err := v.reopened(ctx, in, actor); ok {
		return err
	}
	return v.take(ctx, in, actor, true)
}
