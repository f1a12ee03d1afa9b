package web

import (
	"net/http"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/web/view"
)

func (p *Portal) organizationRoutes() []route {
	return []route{
		{http.MethodGet, "/organizations", p.organizations},
		{http.MethodGet, "/organizations/new", p.newOrganization},
		{http.MethodPost, "/organizations/new", p.createOrganization},
		{http.MethodGet, "/organizations/{name}", p.organization},
		{http.MethodGet, "/organizations/{name}/edit", p.editOrganization},
		{http.MethodPost, "/organizations/{name}/edit", p.saveOrganization},
		{http.MethodPost, "/organizations/{name}/members", p.addMember},
		{http.MethodPost, "/organizations/{name}/members/remove", p.removeMember},
		{http.MethodGet, "/organizations/{name}/teams/new", p.newTeam},
		{http.MethodPost, "/organizations/{name}/teams/new", p.createTeam},
	}
}

func (p *Portal) organizations(q *request) error {
	words := q.URL.Query().Get("q")
	list, err := p.Organizations.Organizations(q.Context(), q.viewer, organization.Filter{Text: words}, q.cursor())
	if err != nil {
		return err
	}
	page := view.OrganizationsPage{Frame: q.frame(), Query: words, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, o := range list.Items {
		page.Items = append(page.Items, p.organizationCard(q, o))
	}
	if q.viewer.Local() {
		page.Start = "/organizations/new"
	}
	return q.show(page)
}

func (p *Portal) organization(q *request) error {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	page, err := p.organizationPage(q, o, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// glimpse is how many processes and stories a page of an organisation shows.
const glimpse = 6

func (p *Portal) organizationPage(q *request, o *organization.Organization, f view.Form) (view.OrganizationPage, error) {
	ctx, href := q.Context(), p.path(o.IRI)
	page := view.OrganizationPage{
		Frame: q.about(o.IRI), Href: href, Title: o.Title, Handle: "@" + o.Name + "@" + p.Namespace.HandleHost(), Kind: string(o.Kind),
		Summary: rich(q, o.Summary), MayEdit: policy.Allow(q.viewer, policy.Administer, o) == nil, Form: f, Roles: memberRoles(),
	}
	page.Picture, page.PictureAlt = p.logo(q, o.ID)
	page.Said = p.said(q, o.ID)
	page.Members = p.memberList(q, o.Members, href, page.MayEdit)
	teams, err := p.Organizations.Teams(ctx, q.viewer, o.Name, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return page, err
	}
	for _, t := range teams.Items {
		page.Teams = append(page.Teams, p.teamCard(q, t))
	}
	processes, err := p.Coproduction.Processes(ctx, q.viewer, coproduction.Filter{Organization: o.ID}, domain.Page{Limit: glimpse})
	if err != nil {
		return page, err
	}
	for _, x := range processes.Items {
		page.Processes = append(page.Processes, p.processCard(q, x))
	}
	stories, err := p.Stories.Stories(ctx, q.viewer, story.Filter{Owner: o.ID}, domain.Page{Limit: glimpse})
	if err != nil {
		return page, err
	}
	for _, x := range stories.Items {
		page.Stories = append(page.Stories, p.storyCard(q, x))
	}
	return page, nil
}

// memberRoles are the roles that people can be given.
func memberRoles() []view.Option {
	return []view.Option{
		{Value: string(organization.RoleMember), Key: "role.member", Selected: true},
		{Value: string(organization.RoleAdministrator), Key: "role.administrator"},
	}
}

// memberList shows the people of an organisation or team. Administrators may
// remove others, anybody may leave.
func (p *Portal) memberList(q *request, members organization.Members, href string, may bool) []view.Member {
	var out []view.Member
	for _, m := range members {
		one := view.Member{Actor: p.actor(q, m.Actor), Role: string(m.Role), Since: m.Since}
		if may || q.account != nil && m.Actor == q.viewer.Actor {
			one.Remove = href + "/members/remove?who=" + string(m.Actor)
		}
		out = append(out, one)
	}
	return out
}

// people finds a person by what was typed: a handle, an address, or the bare
// name of somebody here.
func (p *Portal) personTyped(q *request) (domain.ActorID, error) {
	typed := strings.TrimSpace(q.typed.Get("handle"))
	if typed == "" {
		return "", domain.InvalidField("handle", "follow.handle", typed)
	}
	if name := strings.TrimPrefix(typed, "@"); !strings.ContainsAny(name, "@/") {
		typed = "@" + name + "@" + p.Namespace.HandleHost()
	}
	found, err := p.Directory.Lookup(q.Context(), typed)
	if err != nil {
		if len(domain.FieldsOf(err)) == 0 && domain.CodeOf(err) != domain.Internal {
			err = domain.InvalidField("handle", "follow.not_found", typed).Because(err)
		}
		return "", err
	}
	return found.ID, nil
}

func (p *Portal) addMember(q *request) error {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Administer, o); err != nil {
		return err // before another server is asked
	}
	who, err := p.personTyped(q)
	if err == nil {
		err = p.Organizations.AddMember(q.Context(), q.viewer, o.Name, who, organization.Role(q.typed.Get("role")))
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.organizationPage(q, o, f) })
	}
	return q.done(p.path(o.IRI), view.Say("notice.member_added"))
}

func (p *Portal) removeMember(q *request) error {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := p.Organizations.RemoveMember(q.Context(), q.viewer, o.Name, domain.ActorID(q.URL.Query().Get("who"))); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.organizationPage(q, o, f) })
	}
	return q.done(p.path(o.IRI), view.Say("notice.member_removed"))
}

func (p *Portal) newOrganization(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	return q.show(p.newOrganizationPage(q, view.Form{}))
}

func (p *Portal) newOrganizationPage(q *request, f view.Form) view.CreatePage {
	return view.CreatePage{
		Frame: q.frame(), What: "organization", Crumbs: p.crumb(q, "/organizations", "page.organizations.title"),
		Action: "/organizations/new", Form: f, Host: p.Namespace.HandleHost(), Langs: p.writingLangs(q, q.lang),
		Kinds: kinds(organization.PublicAdministration), Visibilities: visibilities(domain.VisiblePublic), Cancel: "/organizations",
	}
}

// kinds offers the kinds of organisations and teams.
func kinds(selected organization.Kind) []view.Option {
	var options []view.Option
	for _, k := range organization.Kinds {
		options = append(options, view.Option{Value: string(k), Key: "kind." + string(k), Selected: k == selected})
	}
	return options
}

// visibilities offers who may see a thing.
func visibilities(selected domain.Visibility) []view.Option {
	return []view.Option{
		{Value: string(domain.VisiblePublic), Key: "visibility.public", Selected: selected == domain.VisiblePublic},
		{Value: string(domain.VisibleMembers), Key: "visibility.members", Selected: selected == domain.VisibleMembers},
	}
}

func (p *Portal) createOrganization(q *request) error {
	o, err := p.Organizations.Create(q.Context(), q.viewer, q.typed.Get("name"), organization.Details{
		Title: q.text("title"), Summary: q.text("summary"), Kind: organization.Kind(q.typed.Get("kind")),
		Visibility: domain.Visibility(q.typed.Get("visibility")),
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.newOrganizationPage(q, f), nil })
	}
	return q.done(p.path(o.IRI), view.Say("notice.created"))
}

func (p *Portal) editOrganization(q *request) error {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Edit, o); err != nil {
		return err
	}
	return q.show(p.editOrganizationPage(q, o, view.Form{}))
}

func (p *Portal) editOrganizationPage(q *request, o *organization.Organization, f view.Form) view.FormPage {
	lang, href := wordsIn(q, o.Title), p.path(o.IRI)
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: href, Text: o.Title}}, Title: view.Say("form.edit_of", words(q, o.Title)), Lead: view.Say("form.edit_lead"),
		Action: href + "/edit", Form: f, Submit: view.Say("ui.save"), Cancel: href,
		Fields: []view.Field{
			{Name: "revision", Control: view.Hidden, Value: revisionOf(o.Revision)},
			{Name: "lang", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, lang)},
			{Name: "title", Label: view.Say("form.title"), Value: o.Title[lang], Max: 200},
			{Name: "summary", Control: view.TextArea, Label: view.Say("form.summary"), Value: o.Summary[lang], Optional: true},
			{Name: "kind", Control: view.Radios, Label: view.Say("page.create.kind"), Options: kinds(o.Kind)},
			{Name: "visibility", Control: view.Radios, Label: view.Say("ui.who_sees"), Options: visibilities(o.Visibility)},
		},
	}
}

func (p *Portal) saveOrganization(q *request) error {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	lang := q.typedLang()
	_, err = p.Organizations.Edit(q.Context(), q.viewer, o.Name, q.revision(), organization.Details{
		Title: with(o.Title, lang, q.typed.Get("title")), Summary: with(o.Summary, lang, q.typed.Get("summary")),
		Kind: organization.Kind(q.typed.Get("kind")), Visibility: domain.Visibility(q.typed.Get("visibility")),
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.editOrganizationPage(q, o, f), nil })
	}
	return q.done(p.path(o.IRI), view.Say("notice.saved"))
}
