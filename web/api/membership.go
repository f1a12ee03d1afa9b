package api

import (
	"context"
	"net/http"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
)

// Member is a person in an organisation or team.
type Member struct {
	Actor *Actor    `json:"actor"`
	Role  string    `json:"role" enum:"member,administrator"`
	Since time.Time `json:"since"`
}

// MemberInput adds a person, or changes their role.
type MemberInput struct {
	Named
	Body struct {
		Actor string `json:"actor" maxLength:"2048" doc:"address of the person, or @name@host"`
		Role  string `json:"role,omitempty" enum:"member,administrator" default:"member"`
	}
}

// MemberName says which member is meant.
type MemberName struct {
	Named
	Actor string `query:"actor" maxLength:"2048" doc:"address of the person, or @name@host"`
}

// Enrolled says what became of people who were added.
type Enrolled struct {
	Added   int `json:"added" doc:"members, or of another role, at once"`
	Invited int `json:"invited" doc:"members once they accept: by mail, or on their own server"`
	Known   int `json:"known" doc:"were members already"`
}

func enrolled(e organization.Enrolled) Enrolled {
	return Enrolled{Added: e.Added, Invited: e.Invited, Known: e.Known}
}

// Invitation waits for an answer.
type Invitation struct {
	ID        domain.ID `json:"id"`
	Email     string    `json:"email,omitempty" doc:"where its link was sent"`
	Person    *Actor    `json:"person,omitempty" doc:"somebody of another node"`
	Role      string    `json:"role" enum:"member,administrator"`
	By        *Actor    `json:"by,omitempty"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt"`
	Language  string    `json:"language,omitempty"`
}

// GroupName names the organisation or team of an invitation.
type GroupName struct {
	Name  string      `json:"name"`
	IRI   domain.IRI  `json:"iri"`
	Title domain.Text `json:"title"`
	Kind  string      `json:"kind" enum:"organization,team"`
}

// InvitationInput invites somebody by mail.
type InvitationInput struct {
	Named
	Body struct {
		Email    string      `json:"email" maxLength:"254"`
		Role     string      `json:"role,omitempty" enum:"member,administrator" default:"member"`
		Language domain.Lang `json:"language,omitempty" maxLength:"35" doc:"of the mail, unless the recipient is known to prefer another; the caller's by default"`
	}
}

// InvitationName says which invitation is meant.
type InvitationName struct {
	Named
	ID string `path:"id" maxLength:"100"`
}

// InvitationToken is the last part of the link in a mail.
type InvitationToken struct {
	Token string `path:"token" maxLength:"200"`
}

// Declining says whether somebody who declines may be invited again.
type Declining struct {
	NoMore bool `query:"noMore" doc:"the group is not to invite the person again; it is not told"`
}

// DeclineInput declines the invitation of a letter.
type DeclineInput struct {
	InvitationToken
	Declining
}

// MembershipEnd leaves a group of another node.
type MembershipEnd struct {
	MembershipName
	Declining
}

// Refusal is a group of which the caller wants no more invitations.
type Refusal struct {
	Group *Actor    `json:"group"`
	At    time.Time `json:"at"`
}

// RefusalName says which group may invite the caller again.
type RefusalName struct {
	Group string `query:"group" minLength:"1" maxLength:"2048" doc:"address of the group, or @name@host"`
}

// RollInput takes many people in.
type RollInput struct {
	Named
	Body struct {
		People   string      `json:"people" maxLength:"200000" doc:"a line for each, as CSV: e-mail address, name of somebody here, or @name@host; then the role"`
		Mode     string      `json:"mode,omitempty" enum:"check,all,understood" default:"check" doc:"check: only tell; all: all or nobody; understood: leave out the lines that were not understood"`
		Language domain.Lang `json:"language,omitempty" maxLength:"35" doc:"of the mails"`
	}
}

// Roll is what was done with a list of people.
type Roll struct {
	Done     bool       `json:"done"`
	Enrolled Enrolled   `json:"enrolled" doc:"what was done, or would be"`
	Problems int        `json:"problems" doc:"lines that were not understood"`
	Lines    []RollLine `json:"lines"`
}

// RollLine is one line of a list of people.
type RollLine struct {
	Line    int    `json:"line"`
	Typed   string `json:"typed"`
	Role    string `json:"role,omitempty"`
	Fate    string `json:"fate,omitempty" enum:"add,invite,mail,known"`
	Problem string `json:"problem,omitempty" doc:"what was not understood, in the caller's language"`
}

// Holdings are what a group has, and what becomes of it when it is deleted.
type Holdings struct {
	Members     int         `json:"members"`
	Followers   int         `json:"followers"`
	Invitations int         `json:"invitations"`
	Communities int         `json:"communities" doc:"go on without it"`
	Stories     int         `json:"stories" doc:"published ones: it cannot be deleted before they are withdrawn"`
	Teams       []GroupName `json:"teams" doc:"deleted with it"`
	Granted     []PartOf    `json:"granted" doc:"processes in which its rights end, and those of its teams"`
	Owned       []PartOf    `json:"owned" doc:"processes that go on without it"`
}

// PartOf is a process in which a group takes part.
type PartOf struct {
	Name  string      `json:"name"`
	IRI   domain.IRI  `json:"iri"`
	Title domain.Text `json:"title"`
}

// DeleteInput confirms a deletion.
type DeleteInput struct {
	Named
	Confirm string `query:"confirm" maxLength:"30" doc:"its name again: it cannot be undone"`
}

// Membership is what is between the caller and a group of another node.
type Membership struct {
	ID    domain.ID `json:"id"`
	Group *Actor    `json:"group"`
	State string    `json:"state" enum:"invited,asked,member"`
	Since time.Time `json:"since"`
}

// MembershipInput asks a team of another node to take the caller in.
type MembershipInput struct {
	Body struct {
		Group string `json:"group" minLength:"1" maxLength:"2048" doc:"address of the team, or @name@host"`
	}
}

// MembershipName says which membership is meant.
type MembershipName struct {
	ID string `path:"id" maxLength:"100"`
}

// groupFinder finds an organisation or a team by its name.
type groupFinder func(ctx context.Context, c *caller, name string) (organization.Group, error)

func (a *API) membershipOperations() {
	a.groupOperations("/organizations/{name}", "an organisation", func(ctx context.Context, c *caller, name string) (organization.Group, error) {
		o, err := a.Organizations.Organization(ctx, c.viewer, name)
		if err != nil {
			return nil, err
		}
		return o, nil
	})
	a.groupOperations("/teams/{name}", "a team", func(ctx context.Context, c *caller, name string) (organization.Group, error) {
		t, err := a.Organizations.Team(ctx, c.viewer, name)
		if err != nil {
			return nil, err
		}
		return t, nil
	})
	a.ownMembershipOperations()
	const tag = "Organizations"
	do(a, tag, operation{method: http.MethodPost, path: "/teams/{name}/join", summary: "Join an open team"},
		func(ctx context.Context, c *caller, in *Named) (*None, error) {
			return nothing(a.Organizations.Join(ctx, c.viewer, in.Name))
		})
	do(a, tag, operation{
		method: http.MethodGet, path: "/people", own: true, summary: "Find people by name",
		description: "People who are known here, by words in their names or handles; those who do not want to be found by their whole name only. E-mail addresses are not searched.",
	},
		func(ctx context.Context, c *caller, in *SearchInput) (*List[Actor], error) {
			return listAs(c, a.actorFor(c))(a.Network.People(ctx, c.viewer, in.Q, in.page()))
		})
}

// groupOperations are those that organisations and teams share.
func (a *API) groupOperations(path, what string, find groupFinder) {
	a.memberOperations(path, what, find)
	a.groupInvitationOperations(path, what, find)
	const tag = "Organizations"
	do(a, tag, operation{method: http.MethodGet, path: path + "/holdings", own: true, summary: "What deleting " + what + " would mean"},
		func(ctx context.Context, c *caller, in *Named) (*One[Holdings], error) {
			g, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			return oneAs(holdings)(a.Organizations.Holdings(ctx, c.viewer, g.Ref().ID))
		})
	do(a, tag, operation{
		method: http.MethodDelete, path: path, summary: "Delete " + what + " for ever",
		description: "Its rights in processes end, its members are members no more, its name is never given again; followers and members of other nodes are told. See `holdings` first.",
	},
		func(ctx context.Context, c *caller, in *DeleteInput) (*None, error) {
			g, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			return nothing(a.Organizations.Delete(ctx, c.viewer, g.Ref().ID, in.Confirm))
		})
}

func holdings(h organization.Holdings) Holdings {
	out := Holdings{
		Members: h.Members, Followers: h.Followers, Invitations: h.Invitations, Communities: h.Communities, Stories: h.Stories,
		Teams: []GroupName{}, Granted: parts(slices.Concat(h.Granted, h.ByTeams)), Owned: parts(slices.Concat(h.Owned, h.LedByTeams)),
	}
	for _, t := range h.Teams {
		out.Teams = append(out.Teams, groupName(t))
	}
	return out
}

func parts(list []organization.Part) []PartOf {
	out := make([]PartOf, 0, len(list))
	for _, p := range list {
		out = append(out, PartOf{Name: p.Name, IRI: p.IRI, Title: p.Title})
	}
	return out
}

func groupName(g organization.Group) GroupName {
	ref := g.Ref()
	return GroupName{Name: ref.Name, IRI: ref.IRI, Title: ref.Title, Kind: g.PolicyKind()}
}

func (a *API) memberOperations(path, what string, find groupFinder) {
	const tag = "Organizations"
	do(a, tag, operation{method: http.MethodGet, path: path + "/members", summary: "List the members of " + what},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[Member], error) {
			g, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			list, err := g.People().Page(in.page())
			if err != nil {
				return nil, err
			}
			ids := make([]domain.ActorID, len(list.Items))
			for i, m := range list.Items {
				ids[i] = m.Actor
			}
			actors, err := a.Network.Actors(ctx, c.viewer, ids)
			if err != nil {
				return nil, err
			}
			return listed(c, list, func(m organization.Member) Member {
				return Member{Actor: a.optional(c, actors[m.Actor]), Role: string(m.Role), Since: m.Since}
			}), nil
		})
	do(a, tag, operation{
		method: http.MethodPost, path: path + "/members", summary: "Add a member to " + what,
		description: "Or change their role. People of this node are members at once; people of other nodes are sent an Invite and are members once they accept.",
	},
		func(ctx context.Context, c *caller, in *MemberInput) (*One[Enrolled], error) {
			g, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			person, err := a.find(ctx, c, "actor", in.Body.Actor)
			if err != nil {
				return nil, err
			}
			done, err := a.Organizations.Enroll(ctx, c.viewer, g.Ref().ID, c.words.Lang,
				[]organization.Newcomer{{Person: person.ID, Role: organization.Role(in.Body.Role)}})
			if err != nil {
				return nil, err
			}
			return one(enrolled(done)), nil
		})
	a.memberListOperations(tag, path, what, find)
}

// memberListOperations take people out, and many in.
func (a *API) memberListOperations(tag, path, what string, find groupFinder) {
	do(a, tag, operation{method: http.MethodDelete, path: path + "/members", summary: "Remove a member of " + what + ", or leave it"},
		func(ctx context.Context, c *caller, in *MemberName) (*None, error) {
			g, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			if in.Actor == "" {
				return nil, domain.InvalidField("actor", "follow.handle", in.Actor)
			}
			person, err := a.find(ctx, c, "actor", in.Actor)
			if err != nil {
				return nil, err
			}
			return nothing(a.Organizations.Remove(ctx, c.viewer, g.Ref().ID, person.ID))
		})
	do(a, tag, operation{
		method: http.MethodPost, path: path + "/members/list", summary: "Add many members to " + what,
		description: "From a list, as spreadsheets write it. Nobody is added unless all lines are understood, or `mode` says otherwise.",
	},
		func(ctx context.Context, c *caller, in *RollInput) (*One[Roll], error) {
			g, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			roll, err := a.Organizations.EnrollRoll(ctx, c.viewer, g.Ref().ID, orLang(in.Body.Language, c), in.Body.People, organization.RollMode(in.Body.Mode))
			if err != nil && (len(roll.Lines) == 0 || domain.CodeOf(err) != domain.Invalid) {
				return nil, err
			}
			return one(a.rollOf(c, roll)), nil
		})
}

func orLang(lang domain.Lang, c *caller) domain.Lang {
	if lang == "" {
		return c.words.Lang
	}
	return lang
}

func (a *API) rollOf(c *caller, r organization.Roll) Roll {
	out := Roll{Done: r.Done, Enrolled: enrolled(r.Enrolled), Problems: r.Problems, Lines: make([]RollLine, 0, len(r.Lines))}
	for _, l := range r.Lines {
		line := RollLine{Line: l.Number, Typed: l.Typed, Role: string(l.Newcomer.Role), Fate: string(l.Fate)}
		if l.Problem != nil {
			line.Problem = c.words.FromError(l.Problem)
		}
		out.Lines = append(out.Lines, line)
	}
	return out
}

func (a *API) optional(c *caller, of *network.Actor) *Actor {
	if of == nil {
		return nil
	}
	view := a.actor(c, of)
	return &view
}

func (a *API) groupInvitationOperations(path, what string, find groupFinder) {
	const tag = "Organizations"
	do(a, tag, operation{method: http.MethodGet, path: path + "/invitations", own: true, summary: "List the invitations to " + what + " that wait for an answer"},
		func(ctx context.Context, c *caller, in *NamedPaging) (*List[Invitation], error) {
			g, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			list, err := a.Organizations.Invitations(ctx, c.viewer, g.Ref().ID, in.page())
			if err != nil {
				return nil, err
			}
			var ids []domain.ActorID
			for _, i := range list.Items {
				ids = append(ids, i.Person, i.By)
			}
			actors, err := a.Network.Actors(ctx, c.viewer, ids)
			if err != nil {
				return nil, err
			}
			return listed(c, list, func(i organization.Invitation) Invitation {
				return a.invitation(i, a.optional(c, actors[i.Person]), a.optional(c, actors[i.By]))
			}), nil
		})
	do(a, tag, operation{
		method: http.MethodPost, path: path + "/invitations", summary: "Invite somebody to " + what + " by mail",
		description: "Whoever reads the mails of the address can join by its link for two weeks, with an account made for it or one they have. The answer does not tell whether the address has an account.",
	},
		func(ctx context.Context, c *caller, in *InvitationInput) (*One[Enrolled], error) {
			g, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			email, ok := domain.ParseEmail(in.Body.Email)
			if !ok {
				return nil, domain.InvalidField("email", "account.email_shape")
			}
			done, err := a.Organizations.Enroll(ctx, c.viewer, g.Ref().ID, orLang(in.Body.Language, c),
				[]organization.Newcomer{{Email: email, Role: organization.Role(in.Body.Role)}})
			if err != nil {
				return nil, err
			}
			return one(enrolled(done)), nil
		})
	do(a, tag, operation{method: http.MethodDelete, path: path + "/invitations/{id}", summary: "Take back an invitation to " + what},
		func(ctx context.Context, c *caller, in *InvitationName) (*None, error) {
			g, err := find(ctx, c, in.Name)
			if err != nil {
				return nil, err
			}
			return nothing(a.Organizations.Revoke(ctx, c.viewer, g.Ref().ID, domain.ID(in.ID)))
		})
}

func (a *API) invitation(i organization.Invitation, person, by *Actor) Invitation {
	out := Invitation{
		ID: i.ID, Email: i.Email, Role: string(i.Role), By: by, CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt, Language: string(i.Language),
	}
	if i.Email == "" {
		out.Person = person
	}
	return out
}

// ownMembershipOperations are what people do for themselves.
func (a *API) ownMembershipOperations() {
	const tag = "Organizations"
	do(a, tag, operation{method: http.MethodPost, path: "/invitations/{token}/accept", summary: "Accept the invitation of a mail"},
		func(ctx context.Context, c *caller, in *InvitationToken) (*One[GroupName], error) {
			return oneAs(groupName)(a.Organizations.Accept(ctx, c.viewer, in.Token))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/invitations/{token}/decline", summary: "Decline the invitation of a mail"},
		func(ctx context.Context, _ *caller, in *DeclineInput) (*None, error) {
			return nothing(a.Organizations.Decline(ctx, in.Token, in.NoMore))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/invitations/{token}/refusal", summary: "Let the group of an invitation that one declined by its mail invite one again"},
		func(ctx context.Context, _ *caller, in *InvitationToken) (*None, error) {
			return nothing(a.Organizations.ReconsiderBy(ctx, in.Token))
		})
	do(a, tag, operation{method: http.MethodGet, path: "/me/memberships", own: true, summary: "List one's memberships on other nodes, and invitations to such"},
		func(ctx context.Context, c *caller, in *Paging) (*List[Membership], error) {
			list, err := a.Organizations.Memberships(ctx, c.viewer, "", in.page())
			if err != nil {
				return nil, err
			}
			ids := make([]domain.ActorID, len(list.Items))
			for i, m := range list.Items {
				ids[i] = m.Group
			}
			groups, err := a.Network.Actors(ctx, c.viewer, ids)
			if err != nil {
				return nil, err
			}
			return listed(c, list, func(m *organization.Abroad) Membership {
				return Membership{ID: m.ID, Group: a.optional(c, groups[m.Group]), State: string(m.State), Since: m.Since}
			}), nil
		})
	do(a, tag, operation{method: http.MethodPost, path: "/me/memberships", summary: "Ask a team of another node to take one in"},
		func(ctx context.Context, c *caller, in *MembershipInput) (*None, error) {
			group, err := a.find(ctx, c, "group", in.Body.Group)
			if err != nil {
				return nil, err
			}
			if group.Local() {
				return nil, domain.InvalidField("group", "error.not_remote")
			}
			return nothing(a.Organizations.Ask(ctx, c.viewer, group.ID))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/me/memberships/{id}/accept", summary: "Accept the invitation of another node"},
		func(ctx context.Context, c *caller, in *MembershipName) (*None, error) {
			return nothing(a.Organizations.Answer(ctx, c.viewer, domain.ID(in.ID), true))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/me/memberships/{id}", summary: "Leave a group of another node, or decline its invitation"},
		func(ctx context.Context, c *caller, in *MembershipEnd) (*None, error) {
			if in.NoMore {
				return nothing(a.Organizations.Refuse(ctx, c.viewer, domain.ID(in.ID), true))
			}
			return nothing(a.Organizations.LeaveAbroad(ctx, c.viewer, domain.ID(in.ID)))
		})
	a.refusalOperations(tag)
}

func (a *API) refusalOperations(tag string) {
	do(a, tag, operation{method: http.MethodGet, path: "/me/refusals", own: true, summary: "List the groups of which one wants no more invitations"},
		func(ctx context.Context, c *caller, _ *struct{}) (*List[Refusal], error) {
			refusals, err := a.Organizations.Refusals(ctx, c.viewer)
			if err != nil {
				return nil, err
			}
			ids := make([]domain.ActorID, len(refusals))
			for i, r := range refusals {
				ids[i] = r.Group
			}
			groups, err := a.Network.Actors(ctx, c.viewer, ids)
			if err != nil {
				return nil, err
			}
			list := domain.List[organization.Refusal]{Items: refusals, Total: len(refusals)}
			return listed(c, list, func(r organization.Refusal) Refusal { return Refusal{Group: a.optional(c, groups[r.Group]), At: r.At} }), nil
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/me/refusals", summary: "Let a group invite one again"},
		func(ctx context.Context, c *caller, in *RefusalName) (*None, error) {
			group, err := a.find(ctx, c, "group", in.Group)
			if err != nil {
				return nil, err
			}
			return nothing(a.Organizations.Reconsider(ctx, c.viewer, group.ID))
		})
}
