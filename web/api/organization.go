package api

import (
	"context"
	"net/http"

	"interlink/domain"
	"interlink/domain/organization"
)

// Organization is an organisation.
type Organization struct {
	Name       string      `json:"name"`
	Handle     string      `json:"handle"`
	IRI        domain.IRI  `json:"iri"`
	Title      domain.Text `json:"title"`
	Summary    domain.Text `json:"summary,omitempty"`
	Kind       string      `json:"kind"`
	Visibility string      `json:"visibility"`
	Members    []Member    `json:"members,omitempty"`
	Revision   int64       `json:"revision"`
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
	Members      []Member    `json:"members,omitempty"`
	Revision     int64       `json:"revision"`
}

// Member is a person in an organisation or team.
type Member struct {
	Actor *Actor `json:"actor"`
	Role  string `json:"role"`
}

func (a *API) members(ctx context.Context, c *caller, of organization.Members) []Member {
	var out []Member
	for _, m := range of {
		if actor := a.actorByID(ctx, c, m.Actor); actor != nil {
			out = append(out, Member{Actor: actor, Role: string(m.Role)})
		}
	}
	return out
}

func (a *API) organization(ctx context.Context, c *caller, o *organization.Organization) Organization {
	return Organization{
		Name: o.Name, Handle: "@" + o.Name + "@" + a.Namespace.HandleHost(), IRI: o.IRI, Title: o.Title, Summary: o.Summary,
		Kind: string(o.Kind), Visibility: string(o.Visibility), Members: a.members(ctx, c, o.Members), Revision: o.Revision,
	}
}

func (a *API) team(ctx context.Context, c *caller, t *organization.Team) Team {
	return Team{
		Name: t.Name, Handle: "@" + t.Name + "@" + a.Namespace.HandleHost(), IRI: t.IRI, Organization: a.actorByID(ctx, c, t.Organization),
		Title: t.Title, Summary: t.Summary, Kind: string(t.Kind), JoinPolicy: string(t.JoinPolicy),
		Members: a.members(ctx, c, t.Members), Revision: t.Revision,
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
	}
}

// OrganizationEdit changes an organisation; what is absent stays.
type OrganizationEdit struct {
	Named
	Body struct {
		Revision int64        `json:"revision" doc:"the one that was read"`
		Title    *domain.Text `json:"title,omitempty"`
		Summary  *domain.Text `json:"summary,omitempty"`
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

// MemberInput adds a person, or changes their role.
type MemberInput struct {
	Named
	Body struct {
		Actor string `json:"actor" maxLength:"2048" doc:"address of the person, or @name@host"`
		Role  string `json:"role,omitempty" enum:"member,administrator" default:"member"`
	}
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
			})
			if err != nil {
				return nil, err
			}
			return &Made[Organization]{Location: string(o.IRI), Body: a.organization(ctx, c, o)}, nil
		})
	do(a, tag, operation{method: http.MethodGet, path: "/organizations/{name}", summary: "Read an organisation"},
		func(ctx context.Context, c *caller, in *Named) (*One[Organization], error) {
			o, err := a.Organizations.Organization(ctx, c.viewer, in.Name)
			if err != nil {
				return nil, err
			}
			return one(a.organization(ctx, c, o)), nil
		})
	do(a, tag, operation{method: http.MethodPatch, path: "/organizations/{name}", summary: "Change an organisation"}, a.editOrganization)
	do(a, tag, operation{method: http.MethodPost, path: "/organizations/{name}/members", summary: "Add a member"},
		func(ctx context.Context, c *caller, in *MemberInput) (*None, error) {
			person, err := a.find(ctx, c, in.Body.Actor)
			if err != nil {
				return nil, err
			}
			return nothing(a.Organizations.AddMember(ctx, c.viewer, in.Name, person.ID, organization.Role(in.Body.Role)))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/organizations/{name}/teams", summary: "List the teams of an organisation"},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[Team], error) {
			list, err := a.Organizations.Teams(ctx, c.viewer, in.Name, in.page())
			if err != nil {
				return nil, err
			}
			return listed(c, list, func(t *organization.Team) Team { return a.team(ctx, c, t) }), nil
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
			t, err := a.Organizations.Team(ctx, c.viewer, in.Name)
			if err != nil {
				return nil, err
			}
			return one(a.team(ctx, c, t)), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/teams/{name}/members", summary: "Add a member"},
		func(ctx context.Context, c *caller, in *MemberInput) (*None, error) {
			person, err := a.find(ctx, c, in.Body.Actor)
			if err != nil {
				return nil, err
			}
			return nothing(a.Organizations.AddTeamMember(ctx, c.viewer, in.Name, person.ID, organization.Role(in.Body.Role)))
		})
}

func (a *API) editOrganization(ctx context.Context, c *caller, in *OrganizationEdit) (*One[Organization], error) {
	o, err := a.Organizations.Organization(ctx, c.viewer, in.Name)
	if err != nil {
		return nil, err
	}
	d := organization.Details{Title: o.Title, Summary: o.Summary, Kind: o.Kind, Visibility: o.Visibility}
	set(&d.Title, in.Body.Title)
	set(&d.Summary, in.Body.Summary)
	if o, err = a.Organizations.Edit(ctx, c.viewer, in.Name, in.Body.Revision, d); err != nil {
		return nil, err
	}
	return one(a.organization(ctx, c, o)), nil
}

// organizationID finds an organisation by name; "" is Nobody.
func (a *API) organizationID(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
	if name == "" {
		return domain.Nobody, nil
	}
	o, err := a.Organizations.Organization(ctx, c.viewer, name)
	if err != nil {
		return "", unknown("organization", err)
	}
	return o.ID, nil
}

// teamID finds a team by name; "" is Nobody.
func (a *API) teamID(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
	if name == "" {
		return domain.Nobody, nil
	}
	t, err := a.Organizations.Team(ctx, c.viewer, name)
	if err != nil {
		return "", unknown("team", err)
	}
	return t.ID, nil
}

// communityID finds a community by name; "" is Nobody.
func (a *API) communityID(ctx context.Context, c *caller, name string) (domain.ActorID, error) {
	if name == "" {
		return domain.Nobody, nil
	}
	group, err := a.Communities.Community(ctx, c.viewer, name)
	if err != nil {
		return "", unknown("community", err)
	}
	return group.ID, nil
}

// unknown turns a NotFound of something that the body names into an error of
// the body.
func unknown(field string, err error) error {
	if domain.CodeOf(err) == domain.NotFound {
		return domain.InvalidField(field, "error.unknown_name")
	}
	return err
}
