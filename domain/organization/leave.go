package organization

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// Join makes the viewer a member of an open team; a member stays what they
// are. Errors: NotFound, Unauthenticated, Forbidden if the team takes members
// by invitation only.
func (s *Service) Join(ctx context.Context, v policy.Viewer, name string) error {
	t, err := s.team(ctx, v, policy.Follow, name)
	if err != nil {
		return err
	}
	if t.Members.Role(v.Actor) != "" {
		return nil
	}
	if t.JoinPolicy != JoinOpen {
		return domain.Fail(domain.Forbidden, "organization.team_by_invitation")
	}
	if err := s.store.Person(ctx, v.Actor); err != nil {
		return err
	}
	return s.enter(ctx, t, v.Actor, Membership{Actor: v.Actor, Role: RoleMember}, Written{})
}

// enter makes somebody a member of a group; by is who does it.
func (s *Service) enter(ctx context.Context, g Group, by domain.ActorID, m Membership, w Written) error {
	members, changed, err := g.People().with(m.Actor, m.Role, s.mint.Now())
	if err != nil {
		return err
	}
	if !changed && len(w.End) == 0 && m.Activity == "" {
		return nil
	}
	g.setPeople(members)
	event := s.toldOf(g, TeamMemberAdded, OrganizationMemberAdded, by, m)
	return s.store.SavePeople(ctx, g, w, domain.Change{Events: []domain.Event{event}})
}

// Remove takes a person out of a group; members may take out themselves.
// Errors: NotFound, Forbidden, Conflict for the last administrator.
func (s *Service) Remove(ctx context.Context, v policy.Viewer, group, actor domain.ActorID) error {
	verb := policy.Administer
	if actor == v.Actor {
		verb = policy.Contribute
	}
	g, err := s.group(ctx, v, verb, group)
	if err != nil {
		return err
	}
	return s.exit(ctx, g, v.Actor, Membership{Actor: actor})
}

// exit ends a membership; by is who does it.
func (s *Service) exit(ctx context.Context, g Group, by domain.ActorID, m Membership) error {
	members, changed, err := g.People().without(m.Actor)
	if err != nil || !changed {
		return err
	}
	g.setPeople(members)
	change := domain.Change{Events: []domain.Event{s.toldOf(g, TeamMemberRemoved, OrganizationMemberRemoved, by, m)}}
	if g.Ref().Team && m.Actor != by {
		has, err := s.store.Holdings(ctx, g.Ref().ID)
		if err != nil {
			return err
		}
		lost := losses{}
		lost.add(m.Actor, has)
		if err := s.tell(ctx, by, lost, &change); err != nil {
			return err
		}
	}
	return s.store.SavePeople(ctx, g, Written{}, change)
}

// RemoveMember is [Service.Remove] for an organisation by its name.
func (s *Service) RemoveMember(ctx context.Context, v policy.Viewer, name string, actor domain.ActorID) error {
	o, err := s.organization(ctx, v, policy.Read, name)
	if err != nil {
		return err
	}
	return s.Remove(ctx, v, o.ID, actor)
}

// RemoveTeamMember is [Service.Remove] for a team by its name.
func (s *Service) RemoveTeamMember(ctx context.Context, v policy.Viewer, name string, actor domain.ActorID) error {
	t, err := s.team(ctx, v, policy.Read, name)
	if err != nil {
		return err
	}
	return s.Remove(ctx, v, t.ID, actor)
}
