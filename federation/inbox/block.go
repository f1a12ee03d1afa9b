package inbox

import (
	"context"

	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Sanctions are the commands of those who moderate communities.
type Sanctions interface {
	ReceiveBan(ctx context.Context, in community.Sanction) error
	ReceiveUnban(ctx context.Context, in community.Sanction) error
}

// block handles Block of a person here by somebody elsewhere: neither follows
// the other any more. Nobody is told of it. With a target, a moderator keeps
// somebody from writing in that community (FEP-1b12).
func (v *Verbs) block(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Target != "" {
		return v.Sanctions.ReceiveBan(ctx, sanction(in, actor))
	}
	blocked, err := v.local(ctx, in.Object)
	if err != nil {
		return err
	}
	if err := v.Follows.ReceiveFollowAnswer(ctx, actor, blocked.ID, false); err != nil {
		return err
	}
	return v.Follows.ReceiveUndoFollow(ctx, actor, blocked)
}

// sanction reads a Block in a community: its end is written as endTime, or as
// expires.
func sanction(in *activity.Inbound, by *network.Actor) community.Sanction {
	until := in.Document.Time("endTime")
	if until.IsZero() {
		until = in.Document.Time("expires")
	}
	return community.Sanction{By: by, Group: in.Target, Who: in.Object, Reason: in.Document.String("summary"), Until: until, Activity: in.ID}
}
