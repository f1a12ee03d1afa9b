package web

import (
	"net/http"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/web/view"
)

func (p *Portal) organizationRoutes() []route {
	return []route{
		{http.MethodGet, "/organizations", resolves(p.organizations)},
		{http.MethodGet, "/organizations/new", p.newOrganization},
		{http.MethodPost, "/organizations/new", p.createOrganization},
		{http.MethodGet, "/organizations/{name}", p.organization},
		{http.MethodGet, "/organizations/{name}/edit", p.editOrganization},
		{http.MethodPost, "/organizations/{name}/edit", p.saveOrganization},
		{http.MethodPost, "/organizations/{name}/leave", p.leaveOrganization},
		{http.MethodGet, "/organizations/{name}/teams", p.teams},
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
		Summary: rich(q, o.Summary), MayEdit: policy.Allow(q.viewer, policy.Administer, o) == nil, Form: f, MembersAll: len(o.Members),
		Leave: q.account != nil && o.Members.Role(q.viewer.Actor) != "",
	}
	if p.mayMakeTeam(q, o) {
		page.NewTeam = href + "/teams/new"
	}
	page.Picture, page.PictureAlt = p.logo(q, o.ID)
	page.Said = p.said(q, o.ID)
	var err error
	if page.Members, err = p.firstMembers(q, o); err != nil {
		return page, err
	}
	if page.RoleCalls, err = p.openCalls(q, participation.CallFilter{Organization: o.ID}, glimpse); err != nil {
		return page, err
	}
	teams, err := p.Organizations.Teams(ctx, q.viewer, o.Name, domain.Page{Limit: glimpse})
	if err != nil {
		return page, err
	}
	page.TeamsAll = teams.Total
	for _, t := range teams.Items {
		page.Teams = append(page.Teams, p.teamCard(q, t))
	}
	communities, err := p.Communities.RecommendedOf(ctx, q.viewer, o.ID, domain.Page{Limit: glimpse})
	if err != nil {
		return page, err
	}
	for _, c := range communities.Items {
		page.Communities = append(page.Communities, p.communityCard(q, c))
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
	if page.Stories, err = p.storyCards(q, stories.Items); err != nil {
		return page, err
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

// personTyped finds a person by what was typed: a handle, an address, or the bare
// name of somebody here.
func (p *Portal) personTyped(q *request) (domain.ActorID, error) {
	typed := strings.TrimSpace(q.typed.Get("handle"))
	if typed == "" {
		return "", domain.InvalidField("handle", "follow.handle", typed)
	}
	found, err := p.Directory.Lookup(q.Context(), p.whole(typed))
	if err != nil {
		if len(domain.FieldsOf(err)) == 0 && !domain.Ours(err) {
			err = notFound("handle", typed, err)
		}
		return "", err
	}
	return found.ID, nil
}

// leaveOrganization ends the reader's own membership.
func (p *Portal) leaveOrganization(q *request) error {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := p.Organizations.Remove(q.Context(), q.viewer, o.ID, q.viewer.Actor); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.organizationPage(q, o, f) })
	}
	if o.Visibility != domain.VisiblePublic {
		return q.done("/organizations", view.Say("notice.left", words(q, o.Title)))
	}
	return q.done(p.path(o.IRI), view.Say("notice.left", words(q, o.Title)))
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
		Kinds: kinds(organization.PublicAdministration), Visibilities: visibilities(domain.VisiblePublic),
		TeamMakers: teamMakers(organization.TeamsByAdministrators), Cancel: "/organizations",
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

// teamMakers offers who may make teams of an organisation.
func teamMakers(selected organization.TeamCreation) []view.Option {
	var options []view.Option
	for _, c := range organization.TeamCreations {
		options = append(options, view.Option{Value: string(c), Key: "team_makers." + string(c), Selected: c == selected})
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
		Visibility: domain.Visibility(q.typed.Get("visibility")), Teams: organization.TeamCreation(q.typed.Get("teams")),
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

func (p *Portal) editOrganizationPage(q *request, o *organization.Organization, f view.Form) view.DescribePage {
	page := p.describePage(q, p.path(o.IRI), o.Title, o.Summary, o.Revision, f)
	page.Choices = []view.Field{
		{Name: "kind", Control: view.Radios, Label: view.Say("page.create.kind"), Options: kinds(o.Kind)},
		{Name: "visibility", Control: view.Radios, Label: view.Say("ui.who_sees"), Options: visibilities(o.Visibility)},
		{Name: "teams", Control: view.Radios, Label: view.Say("membership.team_makers"), Options: teamMakers(o.Teams)},
	}
	return page
}

func (p *Portal) saveOrganization(q *request) error {
	o, err := p.Organizations.Organization(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	d := organization.Details{
		Title: q.texts(o.Title, "title"), Summary: q.texts(o.Summary, "summary"), Kind: organization.Kind(q.typed.Get("kind")),
		Visibility: domain.Visibility(q.typed.Get("visibility")), Teams: organization.TeamCreation(q.typed.Get("teams")),
	}
	if _, err = p.Organizations.Edit(q.Context(), q.viewer, o.Name, q.revision(), d); err != nil {
		return q.refused(q.inLanguages(err, d.Title, d.Summary), func(f view.Form) (view.Page, error) { return p.editOrganizationPage(q, o, f), nil })
	}
	return q.done(p.path(o.IRI), view.Say("notice.saved"))
}
