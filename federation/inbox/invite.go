package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/federation/activity"
)

// invite handles Invite: a group asks somebody here to become a member. A
// group asks for itself alone.
func (v *Verbs) invite(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if actor.Type != network.TypeGroup && actor.Type != network.TypeOrganization || in.Target != "" && in.Target != actor.IRI {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	person, err := v.local(ctx, in.Object)
	if err != nil {
		return err
	}
	return v.Memberships.ReceiveInvite(ctx, organization.Received{Group: actor.ID, Person: person.ID, Activity: in.ID})
}

// inviteAnswer takes the answer to an Invite of ours.
func (v *Verbs) inviteAnswer(ctx context.Context, in *activity.Inbound, actor *network.Actor, group domain.ActorID, accepted bool) error {
	return v.Memberships.ReceiveInviteAnswer(ctx, organization.Received{Group: group, Person: actor.ID, Activity: in.ID}, accepted)
}
