package web

import (
	"net/http"

	"interlink/domain"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) teamRoutes() []route {
	return []route{
		{http.MethodGet, "/teams/{name}", p.team},
		{http.MethodGet, "/teams/{name}/edit", p.editTeam},
		{http.MethodPost, "/teams/{name}/edit", p.saveTeam},
		{http.MethodPost, "/teams/{name}/members", p.addTeamMember},
		{http.MethodPost, "/teams/{name}/members/remove", p.removeTeamMember},
		{http.MethodPost, "/teams/{name}/join", p.joinTeam},
		{http.MethodPost, "/teams/{name}/leave", p.leaveTeam},
	}
}

func (p *Portal) team(q *request) error {
	t, err := p.Organizations.Team(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	return q.show(p.teamPage(q, t, view.Form{}))
}

func (p *Portal) teamPage(q *request, t *organization.Team, f view.Form) view.TeamPage {
	href := p.path(t.IRI)
	page := view.TeamPage{
		Frame: q.about(t.IRI), Href: href, Title: t.Title, Handle: "@" + t.Name + "@" + p.Namespace.HandleHost(), Kind: string(t.Kind),
		Summary: rich(q, t.Summary), Organization: p.actor(q, t.Organization), MayEdit: policy.Allow(q.viewer, policy.Administer, t) == nil,
		Form: f, Roles: memberRoles(),
	}
	page.Members = p.memberList(q, t.Members, href, page.MayEdit)
	if q.account != nil {
		switch {
		case t.Members.Role(q.viewer.Actor) != "":
			page.Join = "leave"
		case t.JoinPolicy == organization.JoinOpen:
			page.Join = "join"
		}
	}
	return page
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

func (p *Portal) leaveTeam(q *request) error { return p.dropTeamMember(q, q.viewer.Actor) }

func (p *Portal) removeTeamMember(q *request) error {
	return p.dropTeamMember(q, domain.ActorID(q.URL.Query().Get("who")))
}

func (p *Portal) dropTeamMember(q *request, who domain.ActorID) error {
	t, err := p.Organizations.Team(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := p.Organizations.RemoveTeamMember(q.Context(), q.viewer, t.Name, who); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.teamPage(q, t, f), nil })
	}
	return q.done(p.path(t.IRI), view.Say("notice.member_removed"))
}

func (p *Portal) addTeamMember(q *request) error {
	t, err := p.Organizations.Team(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Administer, t); err != nil {
		return err // before another server is asked
	}
	who, err := p.personTyped(q)
	if err == nil {
		err = p.Organizations.AddTeamMember(q.Context(), q.viewer, t.Name, who, organization.Role(q.typed.Get("role")))
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.teamPage(q, t, f), nil })
	}
	return q.done(p.path(t.IRI), view.Say("notice.member_added"))
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
	if err := policy.Allow(q.viewer, policy.Administer, o); err != nil {
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

func (p *Portal) editTeamPage(q *request, t *organization.Team, f view.Form) view.FormPage {
	lang, href := wordsIn(q, t.Title), p.path(t.IRI)
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: href, Text: t.Title}}, Title: view.Say("form.edit_of", words(q, t.Title)), Lead: view.Say("form.edit_lead"),
		Action: href + "/edit", Form: f, Submit: view.Say("ui.save"), Cancel: href,
		Fields: []view.Field{
			{Name: "revision", Control: view.Hidden, Value: revisionOf(t.Revision)},
			{Name: "lang", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, lang)},
			{Name: "title", Label: view.Say("form.title"), Value: t.Title[lang], Max: 200},
			{Name: "summary", Control: view.TextArea, Label: view.Say("form.summary"), Value: t.Summary[lang], Optional: true},
			{Name: "kind", Control: view.Radios, Label: view.Say("page.create.kind"), Options: kinds(t.Kind)},
			{Name: "joinPolicy", Control: view.Radios, Label: view.Say("page.create.join_policy"), Options: joinPolicies(t.JoinPolicy)},
		},
	}
}

func (p *Portal) saveTeam(q *request) error {
	t, err := p.Organizations.Team(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	lang := q.typedLang()
	_, err = p.Organizations.EditTeam(q.Context(), q.viewer, t.Name, q.revision(), organization.TeamDetails{
		Title: with(t.Title, lang, q.typed.Get("title")), Summary: with(t.Summary, lang, q.typed.Get("summary")),
		Kind: organization.Kind(q.typed.Get("kind")), JoinPolicy: organization.JoinPolicy(q.typed.Get("joinPolicy")),
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.editTeamPage(q, t, f), nil })
	}
	return q.done(p.path(t.IRI), view.Say("notice.saved"))
}
