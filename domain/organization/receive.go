package organization

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// Received is what another node says of a membership.
type Received struct {
	Group    domain.ActorID // organisation or team
	Person   domain.ActorID
	Activity domain.IRI
}

// ReceiveJoin takes somebody of another node into an open team who asks for
// it, and answers; a team that takes members by invitation declines, unless
// they are invited. Again is answered again. Errors: NotFound for what is no
// public group.
func (s *Service) ReceiveJoin(ctx context.Context, in Received, limited bool) error {
	g, err := s.reached(ctx, in)
	if err != nil {
		return err
	}
	m := Membership{Actor: in.Person, Role: RoleMember, Activity: in.Activity, Asked: true}
	if role := g.People().Role(in.Person); role != "" {
		m.Role = role
		return s.enter(ctx, g, in.Person, m, Written{})
	}
	i, err := s.store.InvitationTo(ctx, in.Group, in.Person)
	if err == nil && i.Open(s.mint.Now()) {
		m.Role = i.Role
		return s.enter(ctx, g, in.Person, m, Written{End: []domain.ID{i.ID}})
	}
	if err != nil && domain.CodeOf(err) != domain.NotFound {
		return err
	}
	if t, ok := g.(*Team); ok && t.JoinPolicy == JoinOpen && !limited {
		return s.enter(ctx, g, in.Person, m, Written{})
	}
	event := s.toldOf(g, TeamJoinDeclined, TeamJoinDeclined, domain.Nobody, m)
	return s.store.Record(ctx, domain.Change{Events: []domain.Event{event}})
}

// reached reads the group to which somebody of another node speaks.
func (s *Service) reached(ctx context.Context, in Received) (Group, error) {
	g, err := s.anyGroup(ctx, in.Group)
	if err != nil {
		return nil, err
	}
	v := policy.Viewer{Actor: in.Person, Role: policy.RoleRemote}
	if err := policy.Allow(v, policy.Follow, g); err != nil {
		return nil, err
	}
	return g, s.store.Person(ctx, in.Person)
}

// ReceiveLeave ends the membership of somebody of another node, at their
// wish. Who is no member is no error.
func (s *Service) ReceiveLeave(ctx context.Context, in Received) error {
	g, err := s.anyGroup(ctx, in.Group)
	if err != nil {
		return err
	}
	return s.exit(ctx, g, in.Person, Membership{Actor: in.Person, Activity: in.Activity})
}

// ReceiveInviteAnswer makes somebody of another node a member who accepts an
// invitation of ours, or ends the invitation. One that nobody sent, or that was
// taken back or is over, has no effect (FEP-fe34).
func (s *Service) ReceiveInviteAnswer(ctx context.Context, in Received, accepted bool) error {
	i, err := s.store.InvitationTo(ctx, in.Group, in.Person)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	g, err := s.reached(ctx, in)
	if err != nil {
		return err
	}
	switch {
	case !accepted:
		return s.end(ctx, g, in.Person, i, EndedDeclined, s.refusal(i.Group, i.addressee(), false))
	case !i.Open(s.mint.Now()):
		return nil
	}
	return s.enter(ctx, g, in.Person, Membership{Actor: in.Person, Role: i.Role, Activity: in.Activity}, Written{End: []domain.ID{i.ID}})
}

// ReceiveInvite keeps the invitation that a group of another node sends to a
// person of this one, until they answer. Sent again to a member, it is
// accepted again: the other node may have lost the answer. Of a group whose
// invitation they declined lately, or want none of, they hear nothing. Errors: NotFound
// for nobody of this node, TooMany.
func (s *Service) ReceiveInvite(ctx context.Context, in Received) error {
	here, err := s.store.Persons(ctx, []domain.ActorID{in.Person})
	if err != nil {
		return err
	}
	if !here[in.Person] {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	known, err := s.store.Membership(ctx, in.Person, in.Group)
	switch {
	case err == nil && (known.State == AbroadMember || known.State == AbroadAsked):
		known.State, known.Activity = AbroadMember, in.Activity
		return s.store.SaveMembership(ctx, known, s.elsewhere(MembershipAccepted, in.Person, known))
	case err == nil:
		known.Activity, known.Since = in.Activity, s.mint.Now()
		return s.store.SaveMembership(ctx, known, domain.Change{})
	case domain.CodeOf(err) != domain.NotFound:
		return err
	}
	refused, err := s.store.Refused(ctx, in.Group, []string{string(in.Person)}, s.mint.Now())
	if err != nil || refused[string(in.Person)] {
		return err
	}
	waiting, err := s.store.MembershipsOf(ctx, in.Person, AbroadInvited, domain.Page{Limit: 1})
	if err != nil {
		return err
	}
	if waiting.Total >= mostInvited {
		return domain.Fail(domain.TooMany, "organization.invitations_enough", mostInvited)
	}
	a := &Abroad{
		ID: s.mint.ID(), Serial: s.mint.Serial(), Person: in.Person, Group: in.Group, State: AbroadInvited, Activity: in.Activity, Since: s.mint.Now(),
	}
	return s.store.SaveMembership(ctx, a, s.elsewhere(MembershipInvited, in.Group, a))
}

// ReceiveMembership takes what a group of another node says of a person of
// this one who is a member, asked to be (also by an application), or was
// invited: that they are a member, or are not, or not any more. What it says of others has no effect
// (FEP-fe34).
func (s *Service) ReceiveMembership(ctx context.Context, in Received, member bool) error {
	a, err := s.store.Membership(ctx, in.Person, in.Group)
	if domain.CodeOf(err) == domain.NotFound {
		if !member || s.consents == nil {
			return nil
		}
		if ok, err := s.consents(ctx, in.Person, in.Group); err != nil || !ok {
			return err
		}
		a, err = &Abroad{ID: s.mint.ID(), Serial: s.mint.Serial(), Person: in.Person, Group: in.Group, State: AbroadAsked, Since: s.mint.Now(), applied: true}, nil
	}
	switch {
	case err != nil:
		return err
	case !member:
		return s.store.DeleteMembership(ctx, a, s.elsewhere(MembershipEnded, in.Group, a))
	case a.State != AbroadAsked:
		return nil
	}
	a.State, a.Since = AbroadMember, s.mint.Now()
	return s.store.SaveMembership(ctx, a, s.elsewhere(MembershipBegun, in.Group, a))
}

// ReceiveGroupEnd ends all memberships of people here in a group of another
// node that is no more.
func (s *Service) ReceiveGroupEnd(ctx context.Context, group domain.ActorID) error {
	members, err := s.store.MembershipsIn(ctx, group)
	for _, a := range members {
		if err := s.store.DeleteMembership(ctx, a, s.elsewhere(MembershipEnded, group, a)); err != nil && domain.CodeOf(err) != domain.Conflict {
			return err
		}
	}
	return err
}
