package web

import (
	"net/http"
	"net/url"
	"strconv"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/web/view"
)

func (p *Portal) contributionRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/contributions", p.contributions},
		{http.MethodPost, "/processes/{name}/contributions/{id}/{decision:award|reject|withdraw}", p.decideClaim},
		{http.MethodGet, "/processes/{name}/guide/{item}/claim", p.askClaim},
		{http.MethodPost, "/processes/{name}/guide/{item}/claim", p.claim},
		{http.MethodPost, "/processes/{name}/rewards", p.switchRewards},
		{http.MethodPost, "/processes/{name}/certificate", p.certify},
		{http.MethodPost, "/processes/{name}/certificate/revoke", p.revokeCertificate},
		{http.MethodGet, "/certificates/{token}", p.certificate},
	}
}

// work offers on the page of a task what concerns who does it.
func (p *Portal) work(q *request, x *coproduction.Process, place coproduction.Place, out *view.GuideItem) {
	href := p.path(x.IRI)
	out.Assignments, out.Contributions = href+"/assignments?item="+out.ID, href+"/contributions?item="+out.ID
	if !out.MayWork {
		return
	}
	out.Claim, out.Take = out.Href+"/claim", out.Href+"/take"
	if policy.Allow(q.viewer, policy.Administer, place) == nil {
		out.Assign = out.Href + "/assign"
	}
}

func (p *Portal) contributions(q *request) error {
	page, err := p.contributionsPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) contributionsPage(q *request, f view.Form) (view.Page, error) {
	values := q.URL.Query()
	item, state := domain.ID(values.Get("item")), coproduction.ContributionState(values.Get("state"))
	at, head, of, others, err := p.workAt(q, item, "contributions")
	if err != nil {
		return nil, err
	}
	list, err := p.Coproduction.Contributions(q.Context(), q.viewer, at.Name, item, state, q.cursor())
	if err != nil {
		return nil, err
	}
	page := view.ContributionsPage{
		Frame: q.frame(), ProcessHead: head, Item: of, Others: others, Form: f, Pager: q.pager(list.Next, list.Total, len(list.Items)),
		Rewards: at.Rewards, Leaderboard: at.Leaderboard, MaySwitch: of == nil && head.MayEdit, States: contributionStates(head.Href, item, state),
	}
	if of != nil && policy.Allow(q.viewer, policy.Contribute, at) == nil {
		page.Claim = of.Href + "/claim"
	}
	page.Items, err = p.contributionRows(q, at, list.Items)
	for i, row := range page.Items {
		if row.Reject == q.URL.RequestURI() {
			page.Items[i].Form = f
		}
	}
	if err != nil || of != nil {
		return page, err
	}
	if err := p.standings(q, at, &page); err != nil {
		return page, err
	}
	certificate, awarded, err := p.Coproduction.OwnCertificate(q.Context(), q.viewer, at.Process)
	if page.Awarded = awarded; certificate != nil {
		page.Certificate = p.certificateAddress(certificate.Token)
	}
	return page, err
}

func (p *Portal) certificateAddress(token string) string {
	return string(p.Namespace.IRI("certificates", token))
}

func contributionStates(href string, item domain.ID, shown coproduction.ContributionState) []view.Tab {
	var tabs []view.Tab
	for _, s := range []coproduction.ContributionState{"", coproduction.Claimed, coproduction.Awarded, coproduction.ClaimRejected} {
		values := url.Values{}
		if item != "" {
			values.Set("item", string(item))
		}
		key := "ui.all"
		if s != "" {
			values.Set("state", string(s))
			key = "contribution_state." + string(s)
		}
		at := href + "/contributions"
		if len(values) > 0 {
			at += "?" + values.Encode()
		}
		tabs = append(tabs, view.Tab{Href: at, Key: key, N: -1, Shown: s == shown})
	}
	return tabs
}

func (p *Portal) contributionRows(q *request, at coproduction.Place, list []*coproduction.Contribution) ([]view.Contribution, error) {
	ids := make([]domain.ActorID, len(list))
	for i, c := range list {
		ids[i] = c.Person
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return nil, err
	}
	var rows []view.Contribution
	for _, c := range list {
		row := p.contributionRow(at.Process, c)
		if who := p.known(q, actors, c.Person); who != nil {
			row.Person = *who
		}
		href := p.path(at.IRI) + "/contributions/" + string(c.ID)
		if p.Coproduction.MayAward(q.viewer, at.Process, at.Tree, c) {
			row.Award = href + "/award"
			if c.State != coproduction.ClaimRejected {
				row.Reject = q.fromHere(href + "/reject")
			}
			if at.Tree.Status(c.Item) == coproduction.Finished {
				row.Levels = levels(c.Level)
			}
		}
		if c.Person == q.viewer.Actor && c.State == coproduction.Claimed {
			row.Withdraw = href + "/withdraw"
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// contributionRow is what everybody sees of a contribution who sees it at all.
func (p *Portal) contributionRow(x *coproduction.Process, c *coproduction.Contribution) view.Contribution {
	row := view.Contribution{
		Title: c.Title, Content: c.Content, Kind: string(c.Kind), Item: view.Link{Href: p.path(x.ItemIRI(c.Item)), Text: c.ItemName},
		State: string(c.State), Level: c.Level.String(), Points: -1, Reason: c.Reason, At: c.CreatedAt, Decided: c.DecidedAt,
	}
	if x.Rewards {
		row.Points = c.Points
	}
	return row
}

func levels(now coproduction.Level) []view.Option {
	var options []view.Option
	for _, l := range coproduction.Levels {
		options = append(options, view.Option{Value: l.String(), Key: "level." + l.String(), Selected: l == now || now == 0 && l == coproduction.Average})
	}
	return options
}

// standings shows who has how many points, if that is shown at all.
func (p *Portal) standings(q *request, at coproduction.Place, page *view.ContributionsPage) error {
	if !p.Coproduction.ShowsStandings(q.viewer, at.Process) {
		return nil
	}
	const cursor = "place"
	after := q.URL.Query().Get(cursor)
	list, err := p.Coproduction.Standings(q.Context(), q.viewer, at.Name, domain.Page{After: after, Limit: listPage})
	if err != nil {
		return err
	}
	ids := make([]domain.ActorID, len(list.Items))
	for i, s := range list.Items {
		ids[i] = s.Person
	}
	actors, err := p.Network.Actors(q.Context(), q.viewer, ids)
	if err != nil {
		return err
	}
	place, _ := strconv.Atoi(after) // the service took it: it is a number, or empty
	for _, s := range list.Items {
		place++
		if who := p.known(q, actors, s.Person); who != nil {
			page.Standings = append(page.Standings, view.Standing{Place: place, Person: *who, Points: s.Points, Awarded: s.Awarded})
		}
	}
	page.Places = q.pagerOf(cursor, list.Next, list.Total, len(list.Items))
	return nil
}

func (p *Portal) decideClaim(q *request) error {
	name, id := q.PathValue("name"), domain.ID(q.PathValue("id"))
	decision := q.PathValue("decision")
	var err error
	switch decision {
	case "award":
		_, err = p.Coproduction.Award(q.Context(), q.viewer, name, id, coproduction.ParseLevel(q.typed.Get("level")))
	case "reject":
		_, err = p.Coproduction.RejectClaim(q.Context(), q.viewer, name, id, q.typed.Get("reason"))
	default:
		err = p.Coproduction.WithdrawClaim(q.Context(), q.viewer, name, id)
	}
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.contributionsPage(q, f) })
	}
	return q.done("/processes/"+url.PathEscape(name)+"/contributions", view.Say("notice.contribution.done_"+decision))
}

func (p *Portal) askClaim(q *request) error {
	page, err := p.claimPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) claimPage(q *request, f view.Form) (view.Page, error) {
	at, _, of, _, err := p.workAt(q, domain.ID(q.PathValue("item")), "contributions")
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(q.viewer, policy.Contribute, at); err != nil {
		return nil, err
	}
	resources, err := p.resourceOptions(q, at)
	if err != nil {
		return nil, err
	}
	fields := append([]view.Field{{Name: "assignment", Control: view.Hidden, Value: q.URL.Query().Get("assignment")}}, claimFields("")...)
	if len(resources) > 1 {
		fields = append(fields, view.Field{Name: "resource", Control: view.Select, Label: view.Say("contribution.resource"), Options: resources, Optional: true})
	}
	return view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: p.path(at.IRI), Text: at.Title}, *of}, Title: view.Say("contribution.claim"), Lead: view.Say("contribution.claim_lead"),
		Action: of.Href + "/claim", Form: f, Submit: view.Say("contribution.claim"), Cancel: of.Href, Fields: fields,
	}, nil
}

// claimFields ask what somebody did.
func claimFields(title string) []view.Field {
	var kinds []view.Option
	for _, k := range coproduction.ContributionKinds {
		kinds = append(kinds, view.Option{Value: string(k), Key: "contribution_kind." + string(k), Selected: k == coproduction.Development})
	}
	return []view.Field{
		{Name: "title", Label: view.Say("contribution.what"), Value: title, Max: 200},
		{Name: "content", Control: view.TextArea, Label: view.Say("contribution.content"), Optional: true, Max: 10_000},
		{Name: "kind", Control: view.Radios, Label: view.Say("contribution.kind"), Options: kinds},
	}
}

func (p *Portal) claim(q *request) error {
	name, item := q.PathValue("name"), domain.ID(q.PathValue("item"))
	_, err := p.Coproduction.Claim(q.Context(), q.viewer, name, item, coproduction.ClaimInput{
		Title: q.typed.Get("title"), Content: q.typed.Get("content"), Kind: coproduction.ContributionKind(q.typed.Get("kind")),
		Resource: domain.ID(q.typed.Get("resource")), Assignment: domain.ID(q.typed.Get("assignment")),
	})
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.claimPage(q, f) })
	}
	return q.done("/processes/"+url.PathEscape(name)+"/contributions?item="+url.QueryEscape(string(item)), view.Say("notice.contribution.claimed"))
}

func (p *Portal) switchRewards(q *request) error {
	name := q.PathValue("name")
	if err := p.Coproduction.SwitchRewards(q.Context(), q.viewer, name, q.typed.Get("rewards") != "", q.typed.Get("leaderboard") != ""); err != nil {
		return err // two choices: nothing is typed
	}
	return q.done("/processes/"+url.PathEscape(name)+"/contributions#switch", view.Say("notice.saved"))
}

func (p *Portal) certify(q *request) error {
	name := q.PathValue("name")
	c, err := p.Coproduction.Certify(q.Context(), q.viewer, name)
	if err != nil {
		return err
	}
	return q.done("/certificates/"+c.Token, view.Say("notice.certificate.made"))
}

func (p *Portal) revokeCertificate(q *request) error {
	name := q.PathValue("name")
	if err := p.Coproduction.RevokeCertificate(q.Context(), q.viewer, name); err != nil {
		return err
	}
	return q.done("/processes/"+url.PathEscape(name)+"/contributions", view.Say("notice.certificate.revoked_done"))
}

// certificate shows to everybody who has its address what a person was
// awarded.
func (p *Portal) certificate(q *request) error {
	c, x, list, err := p.Coproduction.ReadCertificate(q.Context(), q.PathValue("token"), q.cursor())
	if err != nil {
		return err
	}
	page := view.CertificatePage{
		Frame: q.frame(), Person: p.actor(q, c.Person), Process: x.Title, Organization: p.actorRef(q, x.Organization), Now: p.Now(),
		Address: p.certificateAddress(c.Token), Pager: q.pager(list.Next, list.Total, len(list.Items)),
	}
	if page.Person.Handle == "" {
		return domain.Fail(domain.NotFound, "error.not_found") // gone, or of a blocked host
	}
	for _, one := range list.Items {
		row := p.contributionRow(x, one)
		row.Content, row.Item.Href = "", ""
		page.Items = append(page.Items, row)
	}
	q.w.Header().Set("Referrer-Policy", "no-referrer")
	q.w.Header().Set("Cache-Control", "private, no-store")
	return q.show(page)
}
