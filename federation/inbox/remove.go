package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

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
