package api

import (
	"context"
	"net/http"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

// Organization is an organisation.
type Organization struct {
	Name         string      `json:"name"`
	Handle       string      `json:"handle"`
	IRI          domain.IRI  `json:"iri"`
	Title        domain.Text `json:"title"`
	Summary      domain.Text `json:"summary,omitempty"`
	Kind         string      `json:"kind"`
	Visibility   string      `json:"visibility"`
	TeamCreation string      `json:"teamCreation" doc:"who may make teams: its administrators, its members, anyone with an account here"`
	MemberCount  int         `json:"memberCount"`
	Revision     int64       `json:"revision"`
}

// Team is a team of an organisation.
type Team struct {
	Name         string      `json:"name"`
	Handle       string      `json:"handle"`
	IRI          domain.IRI  `json:"iri"`
	Organization *Actor      `json:"organization"`
	Title        domain.Text `json:"title"`
	Summary      domain.Text `json:"summary,omitempty"`
	Kind         string      `json:"kind"`
	JoinPolicy   string      `json:"joinPolicy"`
	MemberCount  int         `json:"memberCount"`
	Revision     int64       `json:"revision"`
}

func (a *API) organization(_ context.Context, _ *caller, o *organization.Organization) Organization {
	return Organization{
		Name: o.Name, Handle: "@" + o.Name + "@" + a.Namespace.HandleHost(), IRI: o.IRI, Title: o.Title, Summary: o.Summary,
		Kind: string(o.Kind), Visibility: string(o.Visibility), TeamCreation: string(o.Teams), MemberCount: len(o.Members), Revision: o.Revision,
	}
}

func (a *API) team(ctx context.Context, c *caller, t *organization.Team) Team {
	return a.teamOf(t, a.actorByID(ctx, c, t.Organization))
}

func (a *API) teamOf(t *organization.Team, owner *Actor) Team {
	return Team{
		Name: t.Name, Handle: "@" + t.Name + "@" + a.Namespace.HandleHost(), IRI: t.IRI, Organization: owner,
		Title: t.Title, Summary: t.Summary, Kind: string(t.Kind), JoinPolicy: string(t.JoinPolicy), MemberCount: len(t.Members), Revision: t.Revision,
	}
}

// OrganizationInput makes an organisation.
type OrganizationInput struct {
	Body struct {
		Name       string      `json:"name" maxLength:"30" doc:"handle, never changed"`
		Title      domain.Text `json:"title"`
		Summary    domain.Text `json:"summary,omitempty"`
		Kind       string      `json:"kind" doc:"public_administration, citizen, nonprofit_organization, forprofit_organization"`
		Visibility string      `json:"visibility,omitempty" enum:"public,members"`

		TeamCreation string `json:"teamCreation,omitempty" enum:"administrators,members,anyone" doc:"who may make teams; administrators by default"`
	}
}

// OrganizationEdit changes an organisation; what is absent stays.
type OrganizationEdit struct {
	Named
	Body struct {
		Revision int64        `json:"revision" doc:"the one that was read"`
		Title    *domain.Text `json:"title,omitempty"`
		Summary  *domain.Text `json:"summary,omitempty"`
		Kind     *string      `json:"kind,omitempty" maxLength:"100"`

		Visibility   *string `json:"visibility,omitempty" enum:"public,members"`
		TeamCreation *string `json:"teamCreation,omitempty" enum:"administrators,members,anyone"`
	}
}

// TeamEdit changes a team; what is absent stays.
type TeamEdit struct {
	Named
	Body struct {
		Revision   int64        `json:"revision" doc:"the one that was read"`
		Title      *domain.Text `json:"title,omitempty"`
		Summary    *domain.Text `json:"summary,omitempty"`
		Kind       *string      `json:"kind,omitempty" maxLength:"100"`
		JoinPolicy *string      `json:"joinPolicy,omitempty" enum:"open,invite"`
	}
}

// SearchInput narrows a list by words.
type SearchInput struct {
	Paging
	Q string `query:"q" maxLength:"200" doc:"words in any language"`
}

// NamedPaging asks for a list of a named object.
type NamedPaging struct {
	Named
	Paging
}

// TeamInput makes a team.
type TeamInput struct {
	Named
	Body struct {
		Name       string      `json:"name" maxLength:"30" doc:"handle, never changed"`
		Title      domain.Text `json:"title"`
		Summary    domain.Text `json:"summary,omitempty"`
		Kind       string      `json:"kind,omitempty" doc:"the organisation's by default"`
		JoinPolicy string      `json:"joinPolicy,omitempty" doc:"how people come in; by invitation by default"`
	}
}

func (a *API) organizationOperations() {
	const tag = "Organizations"
	do(a, tag, operation{method: http.MethodGet, path: "/organizations", summary: "List organisations"},
		func(ctx context.Context, c *caller, in *SearchInput) (*List[Organization], error) {
			list, err := a.Organizations.Organizations(ctx, c.viewer, organization.Filter{Text: in.Q}, in.page())
			if err != nil {
				return nil, err
			}
			return listed(c, list, func(o *organization.Organization) Organization { return a.organization(ctx, c, o) }), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/organizations", summary: "Make an organisation", status: http.StatusCreated},
		func(ctx context.Context, c *caller, in *OrganizationInput) (*Made[Organization], error) {
			b := in.Body
			o, err := a.Organizations.Create(ctx, c.viewer, b.Name, organization.Details{
				Title: b.Title, Summary: b.Summary, Kind: organization.Kind(b.Kind), Visibility: domain.Visibility(b.Visibility),
				Teams: organization.TeamCreation(b.TeamCreation),
			})
			if err != nil {
				return nil, err
			}
			return &Made[Organization]{Location: string(o.IRI), Body: a.organization(ctx, c, o)}, nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/organizations/{name}", summary: "Read an organisation"},
		func(ctx context.Context, c *caller, in *Named) (*One[Organization], error) {
			return oneFor(ctx, c, a.organization)(a.Organizations.Organization(ctx, c.viewer, in.Name))
		})
	do(a, tag, operation{method: http.MethodPatch, path: "/organizations/{name}", summary: "Change an organisation"}, a.editOrganization)
	do(a, tag, operation{method: http.MethodGet, path: "/organizations/{name}/teams", summary: "List the teams of an organisation"},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[Team], error) {
			list, err := a.Organizations.Teams(ctx, c.viewer, in.Name, in.page())
			if err != nil {
				return nil, err
			}
			owner := (*Actor)(nil)
			if len(list.Items) > 0 {
				owner = a.actorByID(ctx, c, list.Items[0].Organization)
			}
			return listed(c, list, func(t *organization.Team) Team { return a.teamOf(t, owner) }), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/organizations/{name}/teams", summary: "Make a team", status: http.StatusCreated},
		func(ctx context.Context, c *caller, in *TeamInput) (*Made[Team], error) {
			b := in.Body
			t, err := a.Organizations.CreateTeam(ctx, c.viewer, in.Name, b.Name, organization.TeamDetails{
				Title: b.Title, Summary: b.Summary, Kind: organization.Kind(b.Kind), JoinPolicy: organization.JoinPolicy(b.JoinPolicy),
			})
			if err != nil {
				return nil, err
			}
			return &Made[Team]{Location: string(t.IRI), Body: a.team(ctx, c, t)}, nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/teams/{name}", summary: "Read a team"},
		func(ctx context.Context, c *caller, in *Named) (*One[Team], error) {
			return oneFor(ctx, c, a.team)(a.Organizations.Team(ctx, c.viewer, in.Name))
		})
	do(a, tag, operation{method: http.MethodPatch, path: "/teams/{name}", summary: "Change a team"}, a.editTeam)
}

func (a *API) editOrganization(ctx context.Context, c *caller, in *OrganizationEdit) (*One[Organization], error) {
	o, err := a.Organizations.Organization(ctx, c.viewer, in.Name)
	if err != nil {
		return nil, err
	}
	d := organization.Details{Title: o.Title, Summary: o.Summary, Kind: o.Kind, Visibility: o.Visibility, Teams: o.Teams}
	set(&d.Title, in.Body.Title)
	set(&d.Summary, in.Body.Summary)
	set((*string)(&d.Kind), in.Body.Kind)
	set((*string)(&d.Visibility), in.Body.Visibility)
	set((*string)(&d.Teams), in.Body.TeamCreation)
	if o, err = a.Organizations.Edit(ctx, c.viewer, in.Name, in.Body.Revision, d); err != nil {
		return nil, err
	}
	return one(a.organization(ctx, c, o)), nil
}

func (a *API) editTeam(ctx context.Context, c *caller, in *TeamEdit) (*One[Team], error) {
	t, err := a.Organizations.Team(ctx, c.viewer, in.Name)
	if err != nil {
		return nil, err
	}
	d := organization.TeamDetails{Title: t.Title, Summary: t.Summary, Kind: t.Kind, JoinPolicy: t.JoinPolicy}
	set(&d.Title, in.Body.Title)
	set(&d.Summary, in.Body.Summary)
	set((*string)(&d.Kind), in.Body.Kind)
	set((*string)(&d.JoinPolicy), in.Body.JoinPolicy)
	if t, err = a.Organizations.EditTeam(ctx, c.viewer, in.Name, in.Body.Revision, d); err != nil {
		return nil, err
	}
	return one(a.team(ctx, c, t)), nil
}

// organizationID finds an organisation by name; "" is Nobody.
func (a *API) organizationID(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
	return named(ctx, c, "organization", name, a.Organizations.Organization, func(o *organization.Organization) domain.ActorID { return o.ID })
}

// teamID finds a team by name; "" is Nobody.
func (a *API) teamID(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
	return named(ctx, c, "team", name, a.Organizations.Team, func(t *organization.Team) domain.ActorID { return t.ID })
}

// communityID finds a community by name; "" is Nobody.
func (a *API) communityID(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
	return named(ctx, c, "community", name, a.Communities.Community, func(group *community.Community) domain.ActorID { return group.ID })
}

// named finds what a field of the body names; "" is Nobody.
func named[T any](ctx context.Context, c *caller, field, name string, find func(context.Context, policy.Viewer, string) (T, error), id func(T) domain.ActorID) (domain.ActorID, error) {
	if name == "" {
		return domain.Nobody, nil
	}
	found, err := find(ctx, c.viewer, name)
	if err != nil {
		return "", unknown(field, err)
	}
	return id(found), nil
}

// unknown turns a NotFound of something that the body names into an error of
// the body.
func unknown(field string, err error) error {
	if domain.CodeOf(err) == domain.NotFound {
		return domain.InvalidField(field, "error.unknown_name")
	}
	return err
}
