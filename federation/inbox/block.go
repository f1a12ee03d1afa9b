package inbox

import (
	"context"

	"interlink/domain/network"
	"interlink/federation/activity"
)

// block handles Block of a person here by somebody elsewhere: neither follows
// the other any more. Nobody is told of it.
func (v *Verbs) block(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	blocked, err := v.local(ctx, in.Object)
	if err != nil {
		return err
	}
	if err := v.Follows.ReceiveFollowAnswer(ctx, actor, blocked.ID, false); err != nil {
		return err
	}
	return v.Follows.ReceiveUndoFollow(ctx, actor, blocked)
}
