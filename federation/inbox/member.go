package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/federation/activity"
)

// Memberships are the commands on members of organisations and teams.
type Memberships interface {
	ReceiveInvite(ctx context.Context, in organization.Received) error
	ReceiveInviteAnswer(ctx context.Context, in organization.Received, accepted bool) error
	ReceiveJoin(ctx context.Context, in organization.Received, limited bool) error
	ReceiveLeave(ctx context.Context, in organization.Received) error
	ReceiveMembership(ctx context.Context, in organization.Received, member bool) error
	ReceiveGroupEnd(ctx context.Context, group domain.ActorID) error
}

// Verdicts tells how to deal with a host.
type Verdicts interface {
	Verdict(ctx context.Context, host string) (network.Verdict, error)
}

// group returns the organisation or team of this node that an activity is
// about. Errors: NotFound for anything else.
func (v *Verbs) group(ctx context.Context, iri domain.IRI) (*network.Actor, error) {
	a, err := v.local(ctx, iri)
	if err == nil && a.Subject != network.SubjectTeam && a.Subject != network.SubjectOrganization {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return a, err
}

// joinGroup takes the wish of somebody to become a member of an organisation or
// team here.
func (v *Verbs) joinGroup(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	group, err := v.group(ctx, in.Object)
	if err != nil {
		return err
	}
	verdict, err := v.Verdicts.Verdict(ctx, actor.IRI.Host())
	if err != nil {
		return err
	}
	return v.Memberships.ReceiveJoin(ctx, organization.Received{Group: group.ID, Person: actor.ID, Activity: in.ID}, verdict != network.VerdictAllow)
}

// membership takes what a group says of somebody here: by Add and Remove, or
// by its answer to a Join.
func (v *Verbs) membership(ctx context.Context, in *activity.Inbound, actor *network.Actor, who domain.IRI, member bool) error {
	person, err := v.local(ctx, who)
	if err != nil {
		return err
	}
	return v.Memberships.ReceiveMembership(ctx, organization.Received{Group: actor.ID, Person: person.ID, Activity: in.ID}, member)
}
