package web

import (
	"net/http"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) teamRoutes() []route {
	return []route{
		{http.MethodGet, "/teams/{name}", p.team},
		{http.MethodGet, "/teams/{name}/edit", p.editTeam},
		{http.MethodPost, "/teams/{name}/edit", p.saveTeam},
		{http.MethodPost, "/teams/{name}/join", p.joinTeam},
		{http.MethodPost, "/teams/{name}/leave", p.leaveTeam},
	}
}

func (p *Portal) team(q *request) error {
	t, err := p.Organizations.Team(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	page, err := p.teamPage(q, t, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) teamPage(q *request, t *organization.Team, f view.Form) (view.TeamPage, error) {
	href := p.path(t.IRI)
	page := view.TeamPage{
		Frame: q.about(t.IRI), Href: href, Title: t.Title, Handle: "@" + t.Name + "@" + p.Namespace.HandleHost(), Kind: string(t.Kind),
		Summary: rich(q, t.Summary), Organization: p.actor(q, t.Organization), MayEdit: policy.Allow(q.viewer, policy.Administer, t) == nil,
		MembersAll: len(t.Members), Form: f,
	}
	page.Picture, page.PictureAlt = p.logo(q, t.ID)
	if q.account != nil {
		switch {
		case t.Members.Role(q.viewer.Actor) != "":
			page.Join = "leave"
		case t.JoinPolicy == organization.JoinOpen:
			page.Join = "join"
		}
	}
	processes, err := p.Coproduction.Processes(q.Context(), q.viewer, coproduction.Filter{Member: t.ID}, domain.Page{Limit: glimpse})
	if err != nil {
		return page, err
	}
	for _, x := range processes.Items {
		page.Processes = append(page.Processes, p.processCard(q, x))
	}
	if page.MayEdit && t.PolicyVisibility() == domain.VisiblePublic {
		page.NewCall = "/role-calls/new?team=" + t.Name
	}
	if page.RoleCalls, err = p.openCalls(q, participation.CallFilter{Team: t.ID}, glimpse); err != nil {
		return page, err
	}
	page.Members, err = p.firstMembers(q, t)
	return page, err
}

func (p *Portal) joinTeam(q *request) error {
	t, err := p.Organizations.Team(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := p.Organizations.Join(q.Context(), q.viewer, t.Name); err != nil {
		return err
	}
	return q.done(p.path(t.IRI), view.Say("notice.joined"))
}

// leaveTeam ends the reader's own membership.
func (p *Portal) leaveTeam(q *request) error {
	t, err := p.Organizations.Team(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := p.Organizations.Remove(q.Context(), q.viewer, t.ID, q.viewer.Actor); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.teamPage(q, t, f) })
	}
	back := p.path(t.IRI)
	if _, err := p.Organizations.Team(q.Context(), q.viewer, t.Name); err != nil {
		back = "/organizations" // it was theirs to see as a member
	}
	return q.done(back, view.Say("notice.left", words(q, t.Title)))
}

// teams lists those of an organisation.
func (p *Portal) teams(q *request) error {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	list, err := p.Organizations.Teams(q.Context(), q.viewer, o.Name, q.cursor())
	if err != nil {
		return err
	}
	href := p.path(o.IRI)
	page := view.TeamsPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: href, Text: o.Title}}, Title: o.Title, Pager: q.pager(list.Next, list.Total, len(list.Items)),
	}
	for _, t := range list.Items {
		page.Items = append(page.Items, p.teamCard(q, t))
	}
	if p.mayMakeTeam(q, o) {
		page.Start = href + "/teams/new"
	}
	return q.show(page)
}

// mayMakeTeam reports whether the reader is offered to make a team.
func (p *Portal) mayMakeTeam(q *request, o *organization.Organization) bool {
	return policy.Allow(q.viewer, policy.Create, &organization.Team{Parent: o}) == nil
}

// joinPolicies offers how people come into a team.
func joinPolicies(selected organization.JoinPolicy) []view.Option {
	var options []view.Option
	for _, policy := range []organization.JoinPolicy{organization.JoinInvite, organization.JoinOpen} {
		options = append(options, view.Option{Value: string(policy), Key: "join_policy." + string(policy), Selected: policy == selected})
	}
	return options
}

func (p *Portal) newTeam(q *request) error {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Create, &organization.Team{Parent: o}); err != nil {
		return err
	}
	return q.show(p.newTeamPage(q, o, view.Form{}))
}

func (p *Portal) newTeamPage(q *request, o *organization.Organization, f view.Form) view.CreatePage {
	href := p.path(o.IRI)
	return view.CreatePage{
		Frame: q.frame(), What: "team", Crumbs: []view.Link{{Href: href, Text: o.Title}}, Action: href + "/teams/new", Form: f,
		Host: p.Namespace.HandleHost(), Langs: p.writingLangs(q, q.lang), Kinds: kinds(o.Kind),
		JoinPolicies: joinPolicies(organization.JoinInvite), Cancel: href,
	}
}

func (p *Portal) createTeam(q *request) error {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	t, err := p.Organizations.CreateTeam(q.Context(), q.viewer, o.Name, q.typed.Get("name"), organization.TeamDetails{
		Title: q.text("title"), Summary: q.text("summary"), Kind: organization.Kind(q.typed.Get("kind")),
		JoinPolicy: organization.JoinPolicy(q.typed.Get("joinPolicy")),
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.newTeamPage(q, o, f), nil })
	}
	return q.done(p.path(t.IRI), view.Say("notice.created"))
}

func (p *Portal) editTeam(q *request) error {
	t, err := p.Organizations.Team(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Edit, t); err != nil {
		return err
	}
	return q.show(p.editTeamPage(q, t, view.Form{}))
}

func (p *Portal) editTeamPage(q *request, t *organization.Team, f view.Form) view.DescribePage {
	page := p.describePage(q, p.path(t.IRI), t.Title, t.Summary, t.Revision, f)
	page.Choices = []view.Field{
		{Name: "kind", Control: view.Radios, Label: view.Say("page.create.kind"), Options: kinds(t.Kind)},
		{Name: "joinPolicy", Control: view.Radios, Label: view.Say("page.create.join_policy"), Options: joinPolicies(t.JoinPolicy)},
	}
	return page
}

func (p *Portal) saveTeam(q *request) error {
	t, err := p.Organizations.Team(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	d := organization.TeamDetails{
		Title: q.texts(t.Title, "title"), Summary: q.texts(t.Summary, "summary"), Kind: organization.Kind(q.typed.Get("kind")),
		JoinPolicy: organization.JoinPolicy(q.typed.Get("joinPolicy")),
	}
	if _, err = p.Organizations.EditTeam(q.Context(), q.viewer, t.Name, q.revision(), d); err != nil {
		return q.refused(q.inLanguages(err, d.Title, d.Summary), func(f view.Form) (view.Page, error) { return p.editTeamPage(q, t, f), nil })
	}
	return q.done(p.path(t.IRI), view.Say("notice.saved"))
}
