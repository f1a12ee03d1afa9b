package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Locks are the commands on threads that take no answers.
type Locks interface {
	ReceiveLock(ctx context.Context, by *network.Actor, object, activity domain.IRI, lock bool) error
}

// lock handles Lock: a moderator elsewhere closes a thread of a community of
// this node (FEP-1b12).
func (v *Verbs) lock(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	return v.Locks.ReceiveLock(ctx, actor, in.Object, in.ID, true)
}
