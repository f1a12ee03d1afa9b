package web

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/web/locale"
	"interlink/web/view"
)

func (p *Portal) roleCallRoutes() []route {
	return []route{
		{http.MethodGet, "/role-calls", p.roleCalls},
		{http.MethodGet, "/role-calls/new", p.newRoleCall},
		{http.MethodPost, "/role-calls/new", p.publishRoleCall},
		{http.MethodGet, "/role-calls/{id}", p.roleCall},
		{http.MethodGet, "/role-calls/{id}/edit", p.editRoleCall},
		{http.MethodPost, "/role-calls/{id}/edit", p.reviseRoleCall},
		{http.MethodPost, "/role-calls/{id}/close", p.closeRoleCall},
	}
}

func (p *Portal) roleCalls(q *request) error {
	all := q.URL.Query().Get("all") != ""
	f := participation.CallFilter{}
	if !all {
		f.OpenAt = p.Now()
	}
	list, err := p.Participation.Calls(q.Context(), q.viewer, f, q.cursor())
	if err != nil {
		return err
	}
	page := view.RoleCallsPage{Frame: q.frame(), All: all, Items: p.roleCallCards(q, list.Items), Pager: q.pager(list.Next, list.Total, len(list.Items))}
	teams, err := p.callingTeams(q)
	if err != nil {
		return err
	}
	if len(teams) > 0 {
		page.Start = "/role-calls/new"
	}
	return q.show(page)
}

func (p *Portal) roleCallCards(q *request, calls []*participation.Call) []view.Card {
	var cards []view.Card
	for _, c := range calls {
		card := view.Card{
			Kind: "role_call", Href: "/role-calls/" + string(c.ID), Title: c.Title, Summary: brief(c.Duties), Origin: p.origin(c.Host, c.IRI),
		}
		if c.Group != nil {
			card.Actor = &view.Actor{Kind: "team", Name: words(q, c.Group.Title), Href: p.path(c.Group.IRI), Handle: "@" + c.Group.Name}
		}
		if state := p.callState(c); state != string(participation.CallOpen) {
			card.Facts = append(card.Facts, view.Say("call_state."+state))
		}
		if c.Seats > 0 {
			card.Facts = append(card.Facts, view.Say("count.seats_n", c.Seats))
		}
		if !c.Deadline.IsZero() {
			card.Facts = append(card.Facts, view.Say("role_call.until_day", locale.Deadline(c.Deadline)))
		}
		cards = append(cards, card)
	}
	return cards
}

// openCalls are the first cards of open calls.
func (p *Portal) openCalls(q *request, f participation.CallFilter, n int) ([]view.Card, error) {
	f.OpenAt = p.Now()
	list, err := p.Participation.Calls(q.Context(), q.viewer, f, domain.Page{Limit: n})
	if err != nil {
		return nil, err
	}
	return p.roleCallCards(q, list.Items), nil
}

// callState is the word of pages for whether a call takes applications.
func (p *Portal) callState(c *participation.Call) string {
	switch {
	case c.Open(p.Now()):
		return string(participation.CallOpen)
	case c.State == participation.CallOpen && c.Late(p.Now()):
		return "late"
	case c.State == participation.CallOpen:
		return string(participation.CallClosed) // its team is no more
	}
	return string(c.State)
}

func (p *Portal) roleCall(q *request) error {
	c, err := p.Participation.Call(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	page, err := p.roleCallPage(q, c, "", view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// roleCallPage shows a call; which names the form that was refused.
func (p *Portal) roleCallPage(q *request, c *participation.Call, which string, f view.Form) (view.RoleCallPage, error) {
	href := "/role-calls/" + string(c.ID)
	page := view.RoleCallPage{
		Frame: q.frame(), Href: href, Title: c.Title, Origin: p.origin(c.Host, c.URL), State: p.callState(c), Community: p.actorRef(q, c.Community),
		Duties: rich(q, c.Duties), Eligible: rich(q, c.Eligible), Effort: c.Effort, Seats: c.Seats, Taken: c.Taken(), Starts: c.Starts, Ends: c.Ends,
		Deadline: c.Deadline, Method: string(c.Method), Kept: int(p.KeepsApplications / (24 * time.Hour)), Post: "/posts/" + string(c.ID),
		Form: f, Which: which, Revision: revisionOf(c.Revision),
	}
	if c.Local() {
		page.Frame = q.about(c.IRI)
		page.Counts, page.Grounds = counts(c.Tally)
	}
	if c.Group != nil {
		page.Team = p.actorRef(q, c.Team)
	}
	for _, iri := range c.DecidedBy {
		page.Deciders = append(page.Deciders, p.decider(q, iri))
	}
	open := page.State == string(participation.CallOpen)
	if policy.Allow(q.viewer, policy.Administer, c) == nil {
		page.Review = href + "/applications"
		if open {
			page.Close = href + "/close"
		}
		if c.State == participation.CallOpen && c.Group != nil {
			page.Edit = href + "/edit"
		}
	}
	own, err := p.ownApplication(q, c)
	if err != nil {
		return page, err
	}
	page.Own = own
	again := own == nil || own.Again
	switch {
	case !open:
	case q.viewer.Actor != domain.Nobody:
		page.MayApply = again && !c.Belongs(q.viewer.Actor)
	default:
		page.SignIn = "/sign-in?return=" + url.QueryEscape(href+"#apply")
		if c.Local() {
			page.AsGuest = "/guest?return=" + url.QueryEscape(href+"#apply")
		}
	}
	p.standing(q, c, &page)
	return page, nil
}

func counts(t participation.Tally) (states []view.StateCount, grounds []view.GroundCount) {
	for _, s := range participation.States {
		if n := t.Count(s); n > 0 {
			states = append(states, view.StateCount{State: string(s), N: n})
		}
	}
	given := map[participation.Ground]int{}
	for _, c := range t {
		given[c.Ground] += c.N
	}
	for _, g := range append(participation.Grounds[:], participation.GroundLate) {
		if given[g] > 0 {
			grounds = append(grounds, view.GroundCount{Ground: string(g), N: given[g]})
		}
	}
	return states, grounds
}

// decider is a link to somebody who decides.
func (p *Portal) decider(q *request, iri domain.IRI) view.Link {
	a, err := p.Network.ActorByIRI(q.Context(), q.viewer, iri)
	if err != nil {
		_, shown, _ := strings.Cut(string(iri), "://") // of another node, and not known here
		return view.Link{Href: string(iri), Text: view.Plain(domain.Undetermined, shown)}
	}
	called := p.actorOf(q, a).Called()
	if handle := a.Handle(""); !a.Local() && called != handle {
		called += " (" + handle + ")"
	}
	return view.Link{Href: p.actorHref(a), Text: view.Plain(domain.Undetermined, called)}
}

func (p *Portal) closeRoleCall(q *request) error {
	c, err := p.Participation.End(q.Context(), q.viewer, domain.ID(q.PathValue("id")), q.revision())
	if err != nil {
		return err
	}
	return q.done("/role-calls/"+string(c.ID), view.Say("notice.call_closed"))
}

// callingTeams are the teams for which the reader may look for people.
func (p *Portal) callingTeams(q *request) ([]*organization.Team, error) {
	if q.account == nil {
		return nil, nil
	}
	list, err := p.Organizations.MyTeams(q.Context(), q.viewer, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return nil, err
	}
	var teams []*organization.Team
	for _, t := range list.Items {
		if policy.Allow(q.viewer, policy.Administer, t) == nil && t.PolicyVisibility() == domain.VisiblePublic {
			teams = append(teams, t)
		}
	}
	return teams, nil
}

func (p *Portal) newRoleCall(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	page, err := p.newRoleCallPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) newRoleCallPage(q *request, f view.Form) (view.FormPage, error) {
	chosen := q.URL.Query().Get("team")
	teams, err := p.callingTeams(q)
	if err != nil {
		return view.FormPage{}, err
	}
	communities, err := p.Communities.Mine(q.Context(), q.viewer, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return view.FormPage{}, err
	}
	var where, whom, methods []view.Option
	for _, t := range teams {
		whom = append(whom, view.Option{Value: t.Name, Text: t.Title, Selected: t.Name == chosen})
	}
	for _, c := range communities.Items {
		if policy.Allow(q.viewer, policy.Publish, c) == nil {
			where = append(where, view.Option{Value: c.Name, Text: c.Title})
		}
	}
	for _, m := range participation.Methods {
		methods = append(methods, view.Option{Value: string(m), Key: "method." + string(m), Selected: m == participation.ByCriteria})
	}
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: "/role-calls", Text: view.Plain(q.lang, p.say(q, "role_call.list_title"))}},
		Title: view.Say("role_call.new"), Lead: view.Say("role_call.new_lead"), Action: "/role-calls/new", Form: f,
		Submit: view.Say("role_call.publish"), Cancel: "/role-calls",
		Fields: []view.Field{
			{Name: "team", Control: view.Select, Label: view.Say("role_call.team"), Options: whom},
			{Name: "community", Control: view.Select, Label: view.Say("role_call.community"), Hint: view.Say("role_call.community_hint"), Options: where},
			{Name: "lang", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, q.lang)},
			{Name: "title", Label: view.Say("role_call.title"), Hint: view.Say("role_call.title_hint"), Value: q.URL.Query().Get("title"), Max: 200},
			{Name: "duties", Control: view.TextArea, Label: view.Say("role_call.duties"), Max: 10_000},
			{Name: "eligible", Control: view.TextArea, Label: view.Say("role_call.eligible"), Optional: true, Max: 10_000, Rows: 3},
			{Name: "effort", Label: view.Say("role_call.effort"), Hint: view.Say("role_call.effort_hint"), Optional: true, Max: 500},
			{Name: "seats", Control: "number", Label: view.Say("role_call.seats"), Value: "1"},
			{Name: "starts", Control: "date", Label: view.Say("role_call.starts"), Optional: true},
			{Name: "ends", Control: "date", Label: view.Say("role_call.ends"), Optional: true},
			{Name: "deadline", Control: "date", Label: view.Say("role_call.deadline"), Hint: view.Say("role_call.deadline_hint", int(participation.OpenFor/day)), Optional: true},
			{Name: "method", Control: view.Radios, Label: view.Say("role_call.method"), Options: methods},
			{Name: "reviewers", Label: view.Say("role_call.decided_by"), Hint: view.Say("role_call.reviewers_hint"), Optional: true, Max: 2000},
		},
	}, nil
}

func (p *Portal) publishRoleCall(q *request) error {
	if err := q.signedIn(); err != nil {
		return err
	}
	c, err := p.Participation.Publish(q.Context(), q.viewer, p.callDraft(q))
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.newRoleCallPage(q, f) })
	}
	return q.done("/role-calls/"+string(c.ID), view.Say("notice.call_published"))
}

// callDraft reads the form of a new call. What cannot be understood is left for
// the domain to refuse, with all else.
func (p *Portal) callDraft(q *request) participation.Draft {
	d := participation.Draft{
		Team: q.typed.Get("team"), Community: q.typed.Get("community"), Language: q.typedLang(),
		Details: participation.Details{
			Title: q.text("title"), Duties: q.text("duties"), Eligible: q.text("eligible"), Effort: q.text("effort"),
			Method: participation.Method(q.typed.Get("method")), Starts: q.dayTyped("starts"), Ends: q.dayTyped("ends"),
			Deadline: domain.ParseDeadline(q.typed.Get("deadline"), p.zone()),
		},
	}
	if n, err := strconv.Atoi(strings.TrimSpace(q.typed.Get("seats"))); err == nil {
		d.Seats = n
	}
	for name := range strings.FieldsFuncSeq(q.typed.Get("reviewers"), func(r rune) bool { return r == ',' || r == ';' || r == ' ' || r == '\n' }) {
		a, err := p.Network.ActorByHandle(q.Context(), q.viewer, strings.TrimPrefix(strings.TrimSuffix(name, "@"+p.Namespace.HandleHost()), "@"), "")
		if err != nil {
			d.Reviewers = append(d.Reviewers, domain.Nobody)
			break
		}
		d.Reviewers = append(d.Reviewers, a.ID)
	}
	return d
}

// editRoleCall shows what a call says in one language, to be changed or said
// in another.
func (p *Portal) editRoleCall(q *request) error {
	c, err := p.Participation.Call(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	if err := policy.Allow(q.viewer, policy.Edit, c); err != nil {
		return err
	}
	return q.show(p.editRoleCallPage(q, c, view.Form{}))
}

func (p *Portal) editRoleCallPage(q *request, c *participation.Call, f view.Form) view.FormPage {
	lang, href := wordsIn(q, c.Title), "/role-calls/"+string(c.ID)
	var methods []view.Option
	for _, m := range participation.Methods {
		methods = append(methods, view.Option{Value: string(m), Key: "method." + string(m), Selected: m == c.Method})
	}
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: href, Text: c.Title}}, Title: view.Say("form.edit_of", words(q, c.Title)), Lead: view.Say("role_call.edit_lead"),
		Action: href + "/edit", Form: f, Submit: view.Say("ui.save"), Cancel: href,
		Fields: []view.Field{
			{Name: "revision", Control: view.Hidden, Value: revisionOf(c.Revision)},
			{Name: "lang", Control: view.Select, Label: view.Say("ui.language_of"), Options: p.writingLangs(q, lang)},
			{Name: "title", Label: view.Say("role_call.title"), Hint: view.Say("role_call.title_hint"), Value: c.Title[lang], Max: 200},
			{Name: "duties", Control: view.TextArea, Label: view.Say("role_call.duties"), Value: c.Duties[lang], Max: 10_000},
			{Name: "eligible", Control: view.TextArea, Label: view.Say("role_call.eligible"), Value: c.Eligible[lang], Optional: true, Max: 10_000, Rows: 3},
			{Name: "effort", Label: view.Say("role_call.effort"), Hint: view.Say("role_call.effort_hint"), Value: c.Effort[lang], Optional: true, Max: 500},
			{Name: "seats", Control: "number", Label: view.Say("role_call.seats"), Value: strconv.Itoa(c.Seats)},
			{Name: "starts", Control: "date", Label: view.Say("role_call.starts"), Value: dayIn(time.UTC, c.Starts), Optional: true},
			{Name: "ends", Control: "date", Label: view.Say("role_call.ends"), Value: dayIn(time.UTC, c.Ends), Optional: true},
			{Name: "deadline", Control: "date", Label: view.Say("role_call.deadline"), Hint: view.Say("role_call.deadline_hint", int(participation.OpenFor/day)), Value: dayIn(p.zone(), c.Deadline), Optional: true},
			{Name: "method", Control: view.Radios, Label: view.Say("role_call.method"), Options: methods},
		},
	}
}

// dayIn writes a moment as the day that it is in a zone, for a form; "" for
// none.
func dayIn(zone *time.Location, t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format(time.DateOnly)
}

func (p *Portal) reviseRoleCall(q *request) error {
	c, err := p.Participation.Call(q.Context(), q.viewer, domain.ID(q.PathValue("id")))
	if err != nil {
		return err
	}
	lang, said := q.typedLang(), p.callDraft(q).Details
	said.Title, said.Duties = with(c.Title, lang, q.typed.Get("title")), with(c.Duties, lang, q.typed.Get("duties"))
	said.Eligible, said.Effort = with(c.Eligible, lang, q.typed.Get("eligible")), with(c.Effort, lang, q.typed.Get("effort"))
	if _, err := p.Participation.Revise(q.Context(), q.viewer, c.ID, q.revision(), said); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.editRoleCallPage(q, c, f), nil })
	}
	return q.done("/role-calls/"+string(c.ID), view.Say("notice.saved"))
}
