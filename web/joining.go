package web

import (
	"net/http"
	"net/url"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) joiningRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/joining", p.joining},
		{http.MethodPost, "/processes/{name}/joining", p.saveJoining},
		{http.MethodGet, "/join-requests", p.askToJoin},
		{http.MethodPost, "/join-requests", p.sendJoinRequest},
	}
}

// joining shows whether a process takes join requests, to be changed.
func (p *Portal) joining(q *request) error {
	page, err := p.joiningPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) joiningPage(q *request, f view.Form) (view.FormPage, error) {
	c, err := p.Participation.Joining(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return view.FormPage{}, err
	}
	if err := policy.Allow(q.viewer, policy.Administer, c); err != nil {
		return view.FormPage{}, err
	}
	terms, lang, href := c.Terms(), wordsIn(q, c.Duties), p.path(c.IRI)
	if c.Duties.Empty() {
		lang = q.lang
	}
	gives := func(key string, r coproduction.Rights) view.Option {
		return view.Option{Value: key, Key: "joining.gives_" + key, Selected: terms.Gives == r}
	}
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: href, Text: c.Title}}, Title: view.Say("joining.settings"), Lead: view.Say("joining.settings_lead"),
		Action: href + "/joining", Form: f, Submit: view.Say("ui.save"), Cancel: href + "/people",
		Fields: []view.Field{
			{Name: "revision", Control: view.Hidden, Value: revisionOf(c.Revision)},
			{Name: "open", Control: view.Check, Label: view.Say("joining.open"), Value: checked(terms.Open), Optional: true},
			{Name: "gives", Control: view.Radios, Label: view.Say("joining.gives"), Options: []view.Option{
				gives("view", coproduction.MayView), gives("create", coproduction.MayView|coproduction.MayCreate),
			}},
			{Name: "lang", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, lang)},
			{Name: "words", Control: view.TextArea, Label: view.Say("joining.words"), Hint: view.Say("joining.words_hint"), Value: terms.Words[lang], Optional: true, Max: 10_000},
		},
	}, nil
}

// givenTyped are the rights that were chosen; none for an unknown choice.
func givenTyped(q *request) coproduction.Rights {
	switch q.typed.Get("gives") {
	case "view":
		return coproduction.MayView
	case "create":
		return coproduction.MayView | coproduction.MayCreate
	}
	return 0
}

func (p *Portal) saveJoining(q *request) error {
	c, err := p.Participation.Joining(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	_, err = p.Participation.SetTerms(q.Context(), q.viewer, q.PathValue("name"), q.revision(), participation.Terms{
		Open: q.typed.Get("open") != "", Gives: givenTyped(q), Words: with(c.Duties, q.typedLang(), q.typed.Get("words")),
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.joiningPage(q, f) })
	}
	return q.done(p.path(c.IRI)+"/people", view.Say("notice.saved"))
}

// askedProcess is the process of another node that is named as target.
func (p *Portal) askedProcess(q *request, target string) (*network.Actor, error) {
	if err := q.signedIn(); err != nil {
		return nil, err
	}
	iri, err := domain.ParseIRI(target)
	if err != nil {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	a, err := p.Network.ActorByIRI(q.Context(), q.viewer, iri)
	if err == nil && a.Subject != network.SubjectProcess {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return a, err
}

// askToJoin is the form for a process of another node that takes requests;
// that of one here is on the page of its call.
func (p *Portal) askToJoin(q *request) error {
	a, err := p.askedProcess(q, q.URL.Query().Get("target"))
	if err != nil {
		return err
	}
	if a.Openness == network.InviteOnly { // it may take some by now, and tells only followers
		if fresh, err := p.Directory.Refresh(q.Context(), a.IRI); err == nil {
			a = fresh
		}
	}
	if a.Openness == network.InviteOnly {
		return q.redirect(p.actorHref(a)) // which says so
	}
	return q.show(p.askPage(q, a, view.Form{}))
}

func (p *Portal) askPage(q *request, a *network.Actor, f view.Form) view.FormPage {
	called, _ := a.CalledIn(q.lang, p.Namespace.HandleHost())
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: p.actorHref(a), Text: view.Plain(domain.Undetermined, called)}},
		Title: view.Say("process.join_title", called), Lead: view.Say("joining.ask_lead"), Action: "/join-requests", Form: f,
		Submit: view.Say("joining.send"), Cancel: p.actorHref(a),
		Fields: []view.Field{
			{Name: "target", Control: view.Hidden, Value: string(a.IRI)},
			{Name: "statement", Control: view.TextArea, Label: view.Say("application.statement"), Hint: view.Say("application.statement_hint"), Max: 5000, Rows: 7},
		},
	}
}

func (p *Portal) sendJoinRequest(q *request) error {
	a, err := p.askedProcess(q, q.typed.Get("target"))
	if err != nil {
		return err
	}
	sent, err := p.Participation.Ask(q.Context(), q.viewer, a.IRI, q.typed.Get("statement"))
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.askPage(q, a, f), nil })
	}
	return q.done("/role-calls/"+string(sent.Call), view.Say("notice.applied"))
}

// joinHref is where the reader can ask to join a process of another node.
func joinHref(a *network.Actor) string {
	return "/join-requests?" + url.Values{"target": {string(a.IRI)}}.Encode()
}

// standing adds to the page of a call what is true of join requests alone.
func (p *Portal) standing(q *request, c *participation.Call, page *view.RoleCallPage) {
	if !c.Standing() {
		return
	}
	page.Process, page.Community, page.Post, page.Gives = view.Link{Href: p.path(c.IRI), Text: c.Title}, nil, "", c.Gives.Names()
	if !c.Local() {
		page.Gives = nil // its answer tells
		if a := p.actorRef(q, c.Process); a != nil {
			page.Process.Href = a.Href
		}
		if page.Own != nil && page.Own.State == string(participation.Accepted) {
			page.Process.Href = p.asGuestThere(q, c.IRI)
		}
	}
	if page.Review != "" {
		page.Edit = p.path(c.IRI) + "/joining"
	}
}

// joinable adds to the page of a process how to take part in it.
func (p *Portal) joinable(q *request, x *coproduction.Process, page *view.ProcessPage) error {
	c, err := p.Participation.Joining(q.Context(), q.viewer, x.Name)
	if err != nil {
		return err
	}
	if c.Open(p.Now()) && !c.Belongs(q.viewer.Actor) {
		page.Ask = "/role-calls/" + string(c.ID)
	}
	if page.MayEdit && c.Tally.Total() > 0 {
		page.Requests = "/role-calls/" + string(c.ID) + "/applications"
	}
	return nil
}
