package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// move handles Move (FEP-7628): another actor takes the place of the sender.
// It must say so itself, in its document as it is now. Of whom nobody here
// follows, and who has no clones here, no other server is asked.
func (v *Verbs) move(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Brought || in.Object != actor.IRI || in.Target == "" || in.Target == actor.IRI {
		return domain.Fail(domain.Forbidden, "move.not_own")
	}
	matters, err := v.Posts.Follows(ctx, actor.ID)
	if err == nil && !matters {
		matters, err = v.Clones.HasClones(ctx, actor.IRI)
	}
	if err != nil || !matters {
		return err
	}
	if !actor.MayMove(v.Mint.Now()) && actor.MovedTo != in.Target {
		return domain.Fail(domain.Forbidden, "move.too_soon", int(network.MoveEvery.Hours())/24)
	}
	to, err := v.Directory.Refresh(ctx, in.Target)
	if err != nil {
		return err
	}
	return v.Follows.ReceiveMove(ctx, actor, to)
}
