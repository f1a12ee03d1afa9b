package organization

import (
	"context"

	"interlink/domain"
	"interlink/domain/policy"
)

// Group is an organisation or a team: what people are members of.
type Group interface {
	policy.Facts
	Ref() Ref
	People() Members

	setPeople(Members)
	subject() domain.Subject
}

// Ref names a group.
type Ref struct {
	ID       domain.ActorID
	IRI      domain.IRI
	Name     string
	Title    domain.Text
	Team     bool
	Revision int64
}

// Ref implements [Group].
func (o *Organization) Ref() Ref {
	return Ref{ID: o.ID, IRI: o.IRI, Name: o.Name, Title: o.Title, Revision: o.Revision}
}

// Ref implements [Group].
func (t *Team) Ref() Ref {
	return Ref{ID: t.ID, IRI: t.IRI, Name: t.Name, Title: t.Title, Team: true, Revision: t.Revision}
}

// People implements [Group].
func (o *Organization) People() Members { return o.Members }

// People implements [Group].
func (t *Team) People() Members { return t.Members }

func (o *Organization) setPeople(m Members) { o.Members = m }
func (t *Team) setPeople(m Members)         { t.Members = m }

// Group reads an organisation or a team. Errors: NotFound, Gone.
func (s *Service) Group(ctx context.Context, v policy.Viewer, id domain.ActorID) (Group, error) {
	return s.group(ctx, v, policy.Read, id)
}

// group reads one and asks whether the viewer may do this with it.
func (s *Service) group(ctx context.Context, v policy.Viewer, verb policy.Verb, id domain.ActorID) (Group, error) {
	g, err := s.anyGroup(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, verb, g); err != nil {
		return nil, err
	}
	return g, nil
}

func (s *Service) anyGroup(ctx context.Context, id domain.ActorID) (Group, error) {
	t, err := s.store.Team(ctx, id)
	if domain.CodeOf(err) != domain.NotFound {
		return t, err
	}
	return s.store.Organization(ctx, id)
}

// told makes an event about a group: of one kind if it is a team, of the
// other if it is an organisation.
func (s *Service) toldOf(g Group, team, organization domain.EventKind, by domain.ActorID, payload any) domain.Event {
	kind := organization
	if g.Ref().Team {
		kind = team
	}
	return domain.NewEvent(s.mint, kind, by, g.subject(), payload)
}

// MembersOf returns a part of the members of a group, longest first, whose
// cursors are members' ids. Errors: NotFound, Invalid for a cursor that this
// list did not give.
func (s *Service) MembersOf(ctx context.Context, v policy.Viewer, id domain.ActorID, page domain.Page) (domain.List[Member], error) {
	g, err := s.group(ctx, v, policy.Read, id)
	if err != nil {
		return domain.List[Member]{}, err
	}
	return g.People().Page(page)
}
