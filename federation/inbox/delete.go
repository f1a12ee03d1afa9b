package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Departures are the commands about people of other nodes who left.
type Departures interface {
	ReceiveDeparture(ctx context.Context, person *network.Actor) error
}

// delete handles Delete (ActivityPub §7.4): of the actor itself, or of
// something on its server. What is unknown here changes nothing.
func (v *Verbs) delete(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Object == actor.IRI && !in.Brought {
		return v.departed(ctx, actor)
	}
	if in.Brought {
		return v.recheck(ctx, in, actor)
	}
	if in.Object != "" && !domain.SameOrigin(in.Object, actor.IRI) {
		return v.Posts.ReceiveRemoval(ctx, actor, in.Object, in.ID, activity.ReadReason(in.Document)) // by who moderates a community here
	}
	if err := v.Clones.ReceiveStampDeletion(ctx, actor, in.Object); err != nil {
		return err
	}
	if err := v.Posts.ReceiveRevocation(ctx, actor, in.Object); err != nil {
		return err
	}
	if err := v.Reviews.ReceiveWithdrawal(ctx, actor, in.Object); err != nil {
		return err
	}
	if err := v.Intake.Forget(ctx, actor, in.Object, in.ID); err != nil {
		return err
	}
	return v.forward(ctx, in)
}
