package organization

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// CreateTeam makes a team of an organisation; the viewer becomes its first
// administrator and member. Errors: NotFound, Forbidden for whom the
// organisation lets make none, Invalid, Conflict if the name is taken.
func (s *Service) CreateTeam(ctx context.Context, v policy.Viewer, organization, name string, d TeamDetails) (*Team, error) {
	o, err := s.organization(ctx, v, policy.Read, organization)
	if err != nil {
		return nil, err
	}
	now := s.mint.Now()
	t := &Team{
		ID: s.mint.ActorID(), Serial: s.mint.Serial(), IRI: s.ns.IRI("teams", name), Name: name,
		Organization: o.ID, Parent: o, CreatedAt: now,
	}
	if err := policy.Allow(v, policy.Create, t); err != nil {
		return nil, err
	}
	d = d.clean(o)
	var p domain.Problems
	CheckName(&p, name)
	if d.check(&p); p.Err() != nil {
		return nil, p.Err()
	}
	t.apply(d, now)
	t.Members = Members{{Actor: v.Actor, Role: RoleAdministrator, Since: now}}
	return t, s.store.SaveTeam(ctx, t, s.teamTold(TeamCreated, v, t))
}

// EditTeam changes a team. revision is the one the viewer saw. Errors:
// NotFound, Forbidden, Invalid, Conflict if somebody changed it meanwhile.
func (s *Service) EditTeam(ctx context.Context, v policy.Viewer, name string, revision int64, d TeamDetails) (*Team, error) {
	t, err := s.team(ctx, v, policy.Edit, name)
	if err != nil {
		return nil, err
	}
	if t.Revision != revision {
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	}
	d = d.clean(t.Parent)
	var p domain.Problems
	if d.check(&p); p.Err() != nil {
		return nil, p.Err()
	}
	t.apply(d, s.mint.Now())
	return t, s.store.SaveTeam(ctx, t, s.teamTold(TeamUpdated, v, t))
}

// Team reads one by its name. Errors: NotFound.
func (s *Service) Team(ctx context.Context, v policy.Viewer, name string) (*Team, error) {
	return s.team(ctx, v, policy.Read, name)
}

// TeamByID reads one by its actor's id. Errors: NotFound.
func (s *Service) TeamByID(ctx context.Context, v policy.Viewer, id domain.ActorID) (*Team, error) {
	t, err := s.store.Team(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Read, t); err != nil {
		return nil, err
	}
	return t, nil
}

// Teams lists the teams of an organisation, newest first. Errors: NotFound.
func (s *Service) Teams(ctx context.Context, v policy.Viewer, organization string, page domain.Page) (domain.List[*Team], error) {
	o, err := s.organization(ctx, v, policy.Read, organization)
	if err != nil {
		return domain.List[*Team]{}, err
	}
	return s.store.TeamsOf(ctx, o.ID, page)
}

// MyTeams lists the teams of which the viewer is a member. Errors:
// Unauthenticated.
func (s *Service) MyTeams(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[*Team], error) {
	if v.Actor == domain.Nobody {
		return domain.List[*Team]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.store.TeamsWith(ctx, v.Actor, page)
}

func (s *Service) team(ctx context.Context, v policy.Viewer, verb policy.Verb, name string) (*Team, error) {
	t, err := s.store.TeamNamed(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, verb, t); err != nil {
		return nil, err
	}
	return t, nil
}

func (s *Service) teamTold(kind domain.EventKind, v policy.Viewer, t *Team) domain.Change {
	event := domain.NewEvent(s.mint, kind, v.Actor, t.subject(), Named{Name: t.Name, Title: t.Title, Organization: t.Organization})
	return domain.Change{Events: []domain.Event{event}}
}
