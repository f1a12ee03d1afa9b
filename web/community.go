package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/domain/search"
	"interlink/web/view"
)

func (p *Portal) communityRoutes() []route {
	return []route{
		{http.MethodGet, "/communities", resolves(p.communities)},
		{http.MethodGet, "/communities/new", p.newCommunity},
		{http.MethodPost, "/communities/new", p.createCommunity},
		{http.MethodGet, "/communities/{name}", p.community},
		{http.MethodGet, "/communities/{name}/edit", p.editCommunity},
		{http.MethodPost, "/communities/{name}/edit", p.saveCommunity},
		{http.MethodPost, "/communities/{name}/requests/{id}/accept", p.answerRequest(true)},
		{http.MethodPost, "/communities/{name}/requests/{id}/reject", p.answerRequest(false)},
		{http.MethodGet, "/communities/{name}/follow", p.followElsewhere},
		{http.MethodPost, "/communities/{name}/follow", p.goFollow},
	}
}

func (p *Portal) communities(q *request) error {
	words := q.URL.Query().Get("q")
	list, err := p.Communities.Communities(q.Context(), q.viewer, words, q.cursor())
	if err != nil {
		return err
	}
	page := view.CommunitiesPage{Frame: q.frame(), Query: words, Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, c := range list.Items {
		page.Items = append(page.Items, p.communityCard(q, c))
	}
	if q.viewer.Local() {
		page.Start = "/communities/new"
	}
	page.Saving = q.saving(search.Communities, q.URL.Query())
	return q.show(page)
}

func (p *Portal) community(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	page, err := p.communityPage(q, c, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) communityPage(q *request, c *community.Community, f view.Form) (view.CommunityPage, error) {
	ctx := q.Context()
	page := view.CommunityPage{
		Frame: q.about(c.IRI), Href: p.path(c.IRI), Title: c.Title, Handle: "@" + c.Name + "@" + p.Namespace.HandleHost(), Address: string(c.IRI),
		Summary: rich(q, c.Summary), Rules: rich(q, c.Rules), Followers: c.Followers, MayFollow: q.viewer.Local(),
		MayPost: policy.Allow(q.viewer, policy.Contribute, c) == nil, MayEdit: policy.Allow(q.viewer, policy.Edit, c) == nil,
		Form: f, Langs: p.writingLangs(q, q.lang), Owner: p.actorRef(q, c.Organization),
		Tabs: p.communityTabs(q, c, ""),
	}
	page.Picture, page.PictureAlt = p.logo(q, c.ID)
	page.Said = p.said(q, c.ID)
	page.MayFollow, page.MayPost = page.MayFollow && page.MovedTo == nil, page.MayPost && page.MovedTo == nil
	if page.MayPost {
		page.Compose = p.compose(page.Href + "/posts")
	}
	list, err := p.Communities.Timeline(ctx, q.viewer, c.ID, q.cursor())
	if err != nil {
		return page, err
	}
	if page.RoleCalls, err = p.openCalls(q, participation.CallFilter{Community: c.ID}, glance); err != nil {
		return page, err
	}
	page.Posts, page.Pager = p.feed(q, list.Items, func(out *view.Post, x *community.Post) { p.offerModeration(q, out, x, c) }), q.pager(list.Next, list.Total, len(list.Items))
	if page.Pager.First == "" {
		page.Live = live("community", c.Name, newest(list.Items))
	}
	if err = p.pinnedIn(q, c, &page); err != nil {
		return page, err
	}
	for _, id := range c.Staff()[:min(len(c.Staff()), glimpse)] {
		page.Members = append(page.Members, view.Member{Actor: p.actor(q, id), Role: string(c.Role(id))})
	}
	if page.Banned, err = p.ownBan(q, c.ID); err != nil {
		return page, err
	}
	if page.Follow, err = p.followState(q, c.ID); err != nil {
		return page, err
	}
	if page.MayEdit {
		requests, err := p.Communities.Requests(ctx, q.viewer, c.Name, domain.Page{Limit: domain.MaxPage})
		if err != nil {
			return page, err
		}
		for _, a := range requests.Items {
			at := page.Href + "/requests/" + string(a.ID)
			page.Requests = append(page.Requests, view.Member{Actor: p.actorOf(q, a), Role: string(organization.RoleMember), State: "requested", Accept: at + "/accept", Remove: at + "/reject"})
		}
	}
	if page.Archived, err = p.Communities.ArchivedIn(ctx, c.ID); err != nil {
		return page, err
	}
	processes, err := p.Coproduction.Processes(ctx, q.viewer, coproduction.Filter{Community: c.ID}, domain.Page{Limit: 10})
	if err != nil {
		return page, err
	}
	for _, x := range processes.Items {
		page.Processes = append(page.Processes, p.processCard(q, x))
	}
	return page, nil
}

// pinnedIn shows what is pinned. The introduction that was made of the
// description is for those who are elsewhere: it repeats this page in each
// language.
func (p *Portal) pinnedIn(q *request, c *community.Community, page *view.CommunityPage) error {
	posts, err := p.Communities.Pinned(q.Context(), q.viewer, c.ID)
	if err != nil {
		return err
	}
	for _, x := range posts {
		shown := p.pinnedPost(q, x, page.MayEdit)
		switch {
		case !c.Introduces(x):
			page.Pinned = append(page.Pinned, shown)
		case page.MayEdit:
			page.Introduction = &shown
		}
	}
	return nil
}

// communityTabs leads to the pages of a community that the reader may open;
// current is the end of the address of the one that is open.
func (p *Portal) communityTabs(q *request, c *community.Community, current string) []view.Option {
	href, moderates := p.path(c.IRI), policy.Allow(q.viewer, policy.Moderate, c) == nil
	var tabs []view.Option
	for _, tab := range []struct {
		end, key string
		offered  bool
	}{
		{"", "page.community.posts", true},
		{"/people", "staff.title", true},
		{"/held", "hold.title", moderates},
		{"/reports", "page.reports.title", moderates},
		{"/log", "acts.title", moderates || c.OpenLog},
	} {
		if tab.offered {
			tabs = append(tabs, view.Option{Value: href + tab.end, Key: tab.key, Selected: tab.end == current})
		}
	}
	return tabs
}

// answerRequest lets somebody follow a community, or not.
func (p *Portal) answerRequest(accept bool) handler {
	return func(q *request) error {
		name := q.PathValue("name")
		if err := p.Communities.AnswerRequest(q.Context(), q.viewer, name, domain.ActorID(q.PathValue("id")), accept); err != nil {
			return err
		}
		return q.done("/communities/"+name, view.Say("notice.answered"))
	}
}

// followStates are the words of pages for the states of a follow.
var followStates = map[network.FollowState]string{
	network.FollowPending: view.Requested, network.FollowAccepted: view.Following,
}

// followState is how the reader's follow of an actor stands.
func (p *Portal) followState(q *request, id domain.ActorID) (string, error) {
	if q.account == nil {
		return view.NotFollowing, nil
	}
	state, err := p.Network.FollowState(q.Context(), q.viewer.Actor, id)
	return followStates[state], err
}

func (p *Portal) newCommunity(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	page, err := p.newCommunityPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) newCommunityPage(q *request, f view.Form) (view.CreatePage, error) {
	page := view.CreatePage{
		Frame: q.frame(), What: "community", Crumbs: p.crumb(q, "/communities", "nav.communities"), Action: "/communities/new", Form: f,
		Host: p.Namespace.HandleHost(), Langs: p.writingLangs(q, q.lang), Cancel: "/communities",
	}
	var err error
	page.Organizations, err = p.ownOrganizations(q)
	return page, err
}

// crumb leads back to one page above.
func (p *Portal) crumb(q *request, href, key string) []view.Link {
	return []view.Link{{Href: href, Text: view.Plain(q.lang, p.say(q, key))}}
}

// ownOrganizations offers those for which the reader may act, and none of them.
func (p *Portal) ownOrganizations(q *request) ([]view.Option, error) {
	mine, err := p.Organizations.Mine(q.Context(), q.viewer, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return nil, err
	}
	var options []view.Option
	for _, o := range mine.Items {
		options = append(options, view.Option{Value: o.Name, Text: o.Title})
	}
	if len(options) > 0 {
		options = append([]view.Option{{Value: "", Key: "ui.none"}}, options...)
	}
	return options, nil
}

// organizationID is that of the organisation a form names; Nobody for none.
func (p *Portal) organizationID(q *request) (domain.ActorID, error) {
	name := q.typed.Get("organization")
	if name == "" {
		return domain.Nobody, nil
	}
	o, err := p.Organizations.Organization(q.Context(), q.viewer, name)
	if domain.CodeOf(err) == domain.NotFound {
		return domain.Nobody, domain.InvalidField("organization", "error.unknown_name")
	}
	if err != nil {
		return domain.Nobody, err
	}
	return o.ID, nil
}

func (p *Portal) createCommunity(q *request) error {
	owner, err := p.organizationID(q)
	var c *community.Community
	if err == nil {
		c, err = p.Communities.Create(q.Context(), q.viewer, q.typed.Get("name"), community.Details{
			Title: q.text("title"), Summary: q.text("summary"), Language: q.typedLang(), Organization: owner,
		})
	}
	if err != nil {
		return q.refused(domain.Renamed(err, map[string]string{"language": "lang"}), func(f view.Form) (view.Page, error) { return p.newCommunityPage(q, f) })
	}
	return q.done(p.path(c.IRI), view.Say("notice.community_founded"))
}

func (p *Portal) editCommunity(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Edit, c); err != nil {
		return err
	}
	return q.show(p.editCommunityPage(q, c, view.Form{}))
}

// wordsIn is the language of a text that an edit form shows: that of the
// parameter "in", else the reader's, if the text has it, else its first.
func wordsIn(q *request, t domain.Text) domain.Lang {
	if wish, err := domain.ParseLang(q.URL.Query().Get("in")); err == nil && wish != "" {
		return wish
	}
	_, lang := t.In(q.lang)
	if lang == "" || lang == domain.Undetermined {
		return q.lang
	}
	return lang
}

func (p *Portal) editCommunityPage(q *request, c *community.Community, f view.Form) view.FormPage {
	lang := wordsIn(q, c.Title)
	href := p.path(c.IRI)
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: href, Text: c.Title}}, Title: view.Say("form.edit_of", words(q, c.Title)), Lead: view.Say("form.edit_lead"),
		Action: href + "/edit", Form: f, Submit: view.Say("ui.save"), Cancel: href,
		Fields: []view.Field{
			{Name: "revision", Control: view.Hidden, Value: revisionOf(c.Revision)},
			{Name: "lang", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, lang)},
			{Name: "title", Label: view.Say("form.title"), Value: c.Title[lang], Max: 200},
			{Name: "summary", Control: view.TextArea, Label: view.Say("form.summary"), Value: c.Summary[lang], Optional: true},
			{Name: "rules", Control: view.TextArea, Label: view.Say("form.rules"), Value: c.Rules[lang], Optional: true},
			{Name: "restricted", Control: view.Check, Label: view.Say("form.restricted"), Value: checked(c.Restricted), Optional: true},
			{Name: "approves", Control: view.Check, Label: view.Say("form.approves"), Value: checked(c.Approves), Optional: true},
			{Name: "holds", Control: view.Check, Label: view.Say("form.holds"), Value: checked(c.Holds), Optional: true},
			{Name: "open_log", Control: view.Check, Label: view.Say("form.open_log"), Value: checked(c.OpenLog), Optional: true},
			{Name: "cadence", Control: view.Select, Label: view.Say("form.cadence"), Hint: view.Say("form.cadence_hint"), Options: cadences(c.Cadence)},
		},
	}
}

// cadences offers how often a community tells by itself what happened.
func cadences(chosen community.Cadence) []view.Option {
	var options []view.Option
	for _, c := range community.Cadences {
		options = append(options, view.Option{Value: string(c), Key: "form.cadence_" + string(c), Selected: c == chosen})
	}
	return options
}

// checked is the value of a box that is ticked or not.
func checked(on bool) string {
	if on {
		return "yes"
	}
	return ""
}

func (p *Portal) saveCommunity(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	lang := q.typedLang()
	_, err = p.Communities.Edit(q.Context(), q.viewer, c.Name, q.revision(), community.Details{
		Title: with(c.Title, lang, q.typed.Get("title")), Summary: with(c.Summary, lang, q.typed.Get("summary")),
		Rules: with(c.Rules, lang, q.typed.Get("rules")), Language: c.Language, Organization: c.Organization,
		Restricted: q.typed.Get("restricted") != "", Approves: q.typed.Get("approves") != "",
		Holds: q.typed.Get("holds") != "", OpenLog: q.typed.Get("open_log") != "",
		Cadence: community.Cadence(q.typed.Get("cadence")),
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.editCommunityPage(q, c, f), nil })
	}
	return q.done(p.path(c.IRI), view.Say("notice.saved"))
}

// followElsewhere helps people with an account on another server.
func (p *Portal) followElsewhere(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	return q.show(view.FollowPage{Frame: q.frame(), Who: p.actor(q, c.ID)})
}

// goFollow leads to the page of the person's own server at which they follow.
func (p *Portal) goFollow(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	return p.toServer(q, p.Directory.Subscribe, c.IRI, view.FollowPage{Frame: q.frame(), Who: p.actor(q, c.ID)})
}

// toServer leads to the page of the person's own server for something of here,
// which find finds; page asks again where it does not.
func (p *Portal) toServer(q *request, find finder, what domain.IRI, page view.FollowPage) error {
	to, err := p.subscribe(q, find, what)
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) {
			page.Form = f
			return page, nil
		})
	}
	if u, err := url.Parse(to); err != nil || (u.Scheme != "https" && u.Scheme != "http") {
		return domain.Fail(domain.Invalid, "error.iri")
	}
	http.Redirect(q.w, q.Request, to, http.StatusSeeOther)
	return nil
}

// finder finds the page of the server of a handle at which its person meets something.
type finder = func(ctx context.Context, handle string, what domain.IRI) (string, error)

// subscribe asks the server whose handle was typed for that page: as anybody may
// have it asked, so often and no more.
func (p *Portal) subscribe(q *request, find finder, target domain.IRI) (string, error) {
	if err := p.Accounts.GreetingFrom(q.Context(), p.from(q.Request)); err != nil {
		return "", err
	}
	to, err := find(q.Context(), q.typed.Get("handle"), target)
	if err != nil && len(domain.FieldsOf(err)) == 0 && !domain.Ours(err) {
		err = notFound("handle", strings.TrimSpace(q.typed.Get("handle")), err)
	}
	return to, err
}
