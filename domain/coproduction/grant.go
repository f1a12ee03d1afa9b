package coproduction

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/policy"
)

// PutGrant gives a person or team rights in a process, in place of those it
// had. Errors: NotFound also for a team the viewer may not know of, Forbidden,
// Invalid for a grant of nothing.
func (s *Service) PutGrant(ctx context.Context, v policy.Viewer, name string, g Grant) error {
	g.Members = nil
	if !g.Access && !g.Create && !g.Delete {
		return domain.Fail(domain.Invalid, "process.grant_of_nothing")
	}
	if err := s.grantable(ctx, v, g.Grantee); err != nil {
		return err
	}
	_, err := s.change(ctx, v, policy.Administer, name, func(p *Process, _ *Tree) (edit, error) {
		rest := slices.DeleteFunc(slices.Clone(p.Grants), func(o Grant) bool { return o.Grantee == g.Grantee })
		p.Grants = append(rest, g)
		told := Granted{Grantee: g.Grantee, Access: g.Access, Create: g.Create, Delete: g.Delete}
		return edit{events: []domain.Event{s.event(GrantGiven, v, p, told)}}, nil
	})
	return err
}

// grantable fails unless id is a person's or a team's of which the viewer
// knows.
func (s *Service) grantable(ctx context.Context, v policy.Viewer, id domain.ActorID) error {
	t, err := s.groups.Team(ctx, id)
	if domain.CodeOf(err) == domain.NotFound {
		return s.groups.Person(ctx, id)
	}
	if err != nil {
		return err
	}
	return policy.Allow(v, policy.Read, t)
}

// RevokeGrant takes the rights of a person or team away. Again changes
// nothing. Errors: NotFound, Forbidden.
func (s *Service) RevokeGrant(ctx context.Context, v policy.Viewer, name string, grantee domain.ActorID) error {
	_, err := s.change(ctx, v, policy.Administer, name, func(p *Process, _ *Tree) (edit, error) {
		rest := slices.DeleteFunc(slices.Clone(p.Grants), func(o Grant) bool { return o.Grantee == grantee })
		if len(rest) == len(p.Grants) {
			return edit{}, nil
		}
		p.Grants = rest
		return edit{events: []domain.Event{s.event(GrantRevoked, v, p, Granted{Grantee: grantee})}}, nil
	})
	return err
}

// AddAdministrator makes a person an administrator of a process. Again
// changes nothing. Errors: NotFound, Forbidden.
func (s *Service) AddAdministrator(ctx context.Context, v policy.Viewer, name string, person domain.ActorID) error {
	if err := s.groups.Person(ctx, person); err != nil {
		return err
	}
	_, err := s.change(ctx, v, policy.Administer, name, func(p *Process, _ *Tree) (edit, error) {
		if slices.Contains(p.Administrators, person) {
			return edit{}, nil
		}
		p.Administrators = append(p.Administrators, person)
		return edit{events: []domain.Event{s.event(AdministratorAdded, v, p, Granted{Grantee: person})}}, nil
	})
	return err
}

// RemoveAdministrator takes the role away. Again changes nothing. Errors:
// NotFound, Forbidden, Conflict for the last administrator.
func (s *Service) RemoveAdministrator(ctx context.Context, v policy.Viewer, name string, person domain.ActorID) error {
	_, err := s.change(ctx, v, policy.Administer, name, func(p *Process, _ *Tree) (edit, error) {
		rest := slices.DeleteFunc(slices.Clone(p.Administrators), func(a domain.ActorID) bool { return a == person })
		if len(rest) == len(p.Administrators) {
			return edit{}, nil
		}
		if len(rest) == 0 {
			return edit{}, domain.Fail(domain.Conflict, "process.last_administrator")
		}
		p.Administrators = rest
		return edit{events: []domain.Event{s.event(AdministratorLeft, v, p, Granted{Grantee: person})}}, nil
	})
	return err
}
