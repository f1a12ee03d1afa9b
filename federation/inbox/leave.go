package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/federation/activity"
)

// leave handles Leave: somebody is a member no more.
func (v *Verbs) leave(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	return v.left(ctx, in.Object, actor, in.ID)
}

func (v *Verbs) left(ctx context.Context, iri domain.IRI, actor *network.Actor, by domain.IRI) error {
	group, err := v.group(ctx, iri)
	if err != nil {
		return err
	}
	return v.Memberships.ReceiveLeave(ctx, organization.Received{Group: group.ID, Person: actor.ID, Activity: by})
}
