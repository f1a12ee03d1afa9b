package coproduction

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/policy"
)

// PutGrant gives a person or team rights at a place of a process, in place of
// those that it had there. Errors: NotFound also for a team the viewer may not
// know of, Forbidden unless the viewer may manage that place, Invalid for a
// grant that says nothing or contradicts itself.
func (s *Service) PutGrant(ctx context.Context, v policy.Viewer, name string, g Grant) error {
	g, err := g.Settled()
	if err != nil {
		return err
	}
	if err := s.grantable(ctx, v, g.Grantee); err != nil {
		return err
	}
	g.Members = nil
	_, err = s.changeAt(ctx, v, policy.Administer, name, g.Item, func(p *Process, t *Tree) (edit, error) {
		kind, was := GrantGiven, Rights(0)
		i := slices.IndexFunc(p.Grants, g.replaces)
		switch {
		case i < 0:
			p.Grants = append(p.Grants, g)
		case p.Grants[i].Allow == g.Allow && p.Grants[i].Deny == g.Deny:
			return edit{}, nil
		default:
			kind, was = GrantChanged, p.Grants[i].Allow
			p.Grants = slices.Clone(p.Grants)
			p.Grants[i] = g
		}
		return tellAbroad(s.granted(kind, v, p, t, g, was)), nil
	})
	return err
}

// Holds reports whether somebody has rights in the whole process.
func (p *Process) Holds(who domain.ActorID, r Rights) bool {
	return p.rights(who, []domain.ID{""}).Has(r)
}

// Admit gives a person, local or remote, rights in the whole process whose join
// request its people accepted, beside those that they have; changed is false
// for who has them already. The event is to be saved with the process.
func (p *Process) Admit(m *domain.Mint, by, person domain.ActorID, give Rights) (event domain.Event, changed bool, err error) {
	if p.Holds(person, give) {
		return event, false, nil
	}
	kind, g, grants := GrantGiven, Grant{Grantee: person, Allow: give}, slices.Clone(p.Grants)
	if i := slices.IndexFunc(grants, g.replaces); i >= 0 {
		kind, g.Allow = GrantChanged, grants[i].Allow|give.allowed()
		g.Deny = grants[i].Deny &^ g.Allow
		grants = slices.Delete(grants, i, i+1)
	}
	if g, err = g.Settled(); err != nil {
		return event, false, err
	}
	p.Grants, p.UpdatedAt = append(grants, g), m.Now()
	told := Granted{Process: p.Name, Title: p.Title, Grantee: person, Allow: g.Allow, Deny: g.Deny, Applied: true}
	return domain.NewEvent(m, kind, by, p.Subject(), told), true, nil
}

// replaces reports whether two grants are of one grantee and place.
func (g Grant) replaces(o Grant) bool { return g.Grantee == o.Grantee && g.Item == o.Item }

// granted tells of a grant. It is part of the history of its item, so that
// only those learn of it who see that.
func (s *Service) granted(kind domain.EventKind, v policy.Viewer, p *Process, t *Tree, g Grant, was Rights) domain.Event {
	told := Granted{Process: p.Name, Title: p.Title, Grantee: g.Grantee, Item: g.Item, Allow: g.Allow, Deny: g.Deny, Was: was}
	if it, err := t.Item(g.Item); err == nil {
		told.Name = it.Name
	}
	return s.itemEvent(kind, v, p, g.Item, told)
}

// JobTellAbroad writes to those of other nodes whom an event concerns; people
// of this one are notified. Its arguments are the event.
const JobTellAbroad = "process.tell_abroad"

func tellAbroad(events ...domain.Event) edit {
	e := edit{events: events}
	for _, told := range events {
		e.jobs = append(e.jobs, domain.Job{Kind: JobTellAbroad, Args: told, Remote: true})
	}
	return e
}

// Turn is what becomes of somebody's rights by an event.
type Turn string

// The turns.
const (
	RightsGiven   Turn = "given"
	RightsChanged Turn = "changed"
	RightsEnded   Turn = "ended"
)

// Turn tells what an event is to whom it concerns: "" for one by which they
// neither see what they did not, nor lose what they saw.
func (g Granted) Turn(kind domain.EventKind) Turn {
	had, has := g.Was.Has(MayView), g.Allow.Has(MayView)
	switch {
	case kind == AdministratorAdded, kind == GrantGiven && has, kind == GrantChanged && has && !had:
		return RightsGiven
	case kind == AdministratorLeft, kind == GrantRevoked && has, kind == GrantChanged && had && !has:
		return RightsEnded
	case kind == GrantChanged && has:
		return RightsChanged
	}
	return ""
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

// RevokeGrant takes back what a person or team was granted at a place; what
// they hold elsewhere stays. Again changes nothing. Errors: NotFound,
// Forbidden.
func (s *Service) RevokeGrant(ctx context.Context, v policy.Viewer, name string, grantee domain.ActorID, item domain.ID) error {
	_, err := s.changeAt(ctx, v, policy.Administer, name, item, func(p *Process, t *Tree) (edit, error) {
		i := slices.IndexFunc(p.Grants, Grant{Grantee: grantee, Item: item}.replaces)
		if i < 0 {
			return edit{}, nil
		}
		gone := p.Grants[i]
		p.Grants = slices.Delete(slices.Clone(p.Grants), i, i+1)
		return tellAbroad(s.granted(GrantRevoked, v, p, t, gone, 0)), nil
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
		if p.administrates(person) {
			return edit{}, nil
		}
		p.Administrators = append(p.Administrators, person)
		return tellAbroad(s.event(AdministratorAdded, v, p, Granted{Process: p.Name, Title: p.Title, Grantee: person})), nil
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
		return tellAbroad(s.event(AdministratorLeft, v, p, Granted{Process: p.Name, Title: p.Title, Grantee: person})), nil
	})
	return err
}
