package coproduction

import (
	"context"

	"interlink/domain"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

// StartInput is what a person says to start a process.
type StartInput struct {
	Name     string
	Details  Details
	Schema   string         // slug in the catalogue; "" for an empty tree
	Owner    domain.ActorID // organisation; Nobody for none
	Team     domain.ActorID // that leads it, whose members may work in it
	Followed domain.ActorID // community that follows it
}

// Start makes a process, whose administrator is the viewer, with the tree of
// a schema. Errors: Unauthenticated, Forbidden for people of other nodes and
// for an organisation, team or community the viewer may not act for,
// NotFound, Invalid, Conflict if the name is taken.
func (s *Service) Start(ctx context.Context, v policy.Viewer, in StartInput) (*Process, error) {
	p, err := s.Draft(ctx, v, in)
	if err != nil {
		return nil, err
	}
	var items []Item
	if in.Schema != "" {
		schema, err := s.catalogue.SchemaTree(ctx, v, in.Schema)
		if err != nil {
			return nil, err
		}
		p.SchemaIRI, items = schema.IRI, schema.Items(s.mint)
	}
	tree, err := NewTree(items)
	if err != nil {
		return nil, err
	}
	p.Summarize(tree)
	event := domain.NewEvent(s.mint, ProcessStarted, v.Actor, p.Subject(), Started{
		Name: p.Name, Title: p.Title, Organization: p.Organization, Team: p.Team, Community: p.Community,
		Schema: p.SchemaIRI, Items: tree.Len(),
	})
	return p, s.store.CreateProcess(ctx, p, items, domain.Change{Events: []domain.Event{event}})
}

// Draft makes a process without a tree and without storing it, after asking
// whether the viewer may make it in these names. Schema is not looked at.
// Errors: those of [Service.Start].
func (s *Service) Draft(ctx context.Context, v policy.Viewer, in StartInput) (*Process, error) {
	now := s.mint.Now()
	p := &Process{
		ID: s.mint.ActorID(), Serial: s.mint.Serial(), IRI: s.ns.IRI("processes", in.Name), Name: in.Name,
		Organization: in.Owner, Team: in.Team, Community: in.Followed, CreatedAt: now,
		Visibility: domain.VisiblePublic, Administrators: []domain.ActorID{v.Actor},
	}
	if err := policy.Allow(v, policy.Create, p); err != nil {
		return nil, err
	}
	d := in.Details.clean()
	var problems domain.Problems
	organization.CheckName(&problems, in.Name)
	if d.check(&problems); problems.Err() != nil {
		return nil, problems.Err()
	}
	p.apply(d, now)
	return p, s.inNames(ctx, v, p)
}

// inNames asks whether the viewer may act for the organisation, team and
// community of a new process, and lets the team in.
func (s *Service) inNames(ctx context.Context, v policy.Viewer, p *Process) error {
	if p.Organization != domain.Nobody {
		o, err := s.groups.Organization(ctx, p.Organization)
		if err != nil {
			return err
		}
		if err := policy.Allow(v, policy.Contribute, o); err != nil {
			return err
		}
	}
	if p.Team != domain.Nobody {
		t, err := s.groups.Team(ctx, p.Team)
		if err != nil {
			return err
		}
		if err := policy.Allow(v, policy.Contribute, t); err != nil {
			return err
		}
		if p.Organization != domain.Nobody && t.Organization != p.Organization {
			return domain.InvalidField("team", "process.team_of_other_organization")
		}
		p.Grants = append(p.Grants, Grant{Grantee: t.ID, Allow: MayView | MayCreate})
	}
	if p.Community != domain.Nobody {
		c, err := s.communities(ctx, p.Community, v.Actor)
		if err != nil {
			return err
		}
		return policy.Allow(v, policy.Contribute, c)
	}
	return nil
}
