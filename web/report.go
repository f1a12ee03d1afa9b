package web

import (
	"net/http"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/web/view"
)

func (p *Portal) reportRoutes() []route {
	return []route{
		{http.MethodGet, "/report", p.reportForm},
		{http.MethodPost, "/report", p.report},
		{http.MethodGet, "/admin/reports", p.reports},
		{http.MethodPost, "/admin/reports/{id}/resolve", p.resolve},
	}
}

// complaint reads what is to be reported: a post, or an actor by its address.
func (p *Portal) complaint(q *request, post, actor string) (community.Complaint, *network.Actor, error) {
	c := community.Complaint{Post: domain.ID(post)}
	if post == "" {
		a, err := p.Network.ActorByIRI(q.Context(), q.viewer, domain.IRI(actor))
		if err != nil {
			return c, nil, err
		}
		c.Target = a.ID
		return c, a, nil
	}
	x, err := p.Communities.PostByID(q.Context(), q.viewer, c.Post)
	if err != nil {
		return c, nil, err
	}
	a, err := p.Network.Actor(q.Context(), q.viewer, x.Author)
	return c, a, err
}

// reportForm is the short form for who is signed in and reports somebody or a
// post; others, and whoever gives notice of anything else, get the long one.
func (p *Portal) reportForm(q *request) error {
	values := q.URL.Query()
	if q.account == nil || !values.Has("post") && !values.Has("actor") {
		return q.show(p.noticePage(q, p.aboutAsked(q), view.Form{})) // for everybody
	}
	page, err := p.reportPage(q, q.URL.Query().Get("post"), q.URL.Query().Get("actor"), view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) reportPage(q *request, post, actor string, f view.Form) (view.FormPage, error) {
	_, target, err := p.complaint(q, post, actor)
	if err != nil {
		return view.FormPage{}, err
	}
	who := p.actorOf(target)
	page := view.FormPage{
		Frame: q.frame(), Crumbs: []view.Link{{Href: who.Href, Text: view.Plain(q.lang, who.Called())}}, Action: "/report", Form: f,
		Title: view.Say("report.title", who.Called()), Lead: view.Say("report.lead"), Submit: view.Say("report.send"), Cancel: who.Href,
		Fields: []view.Field{
			{Name: "post", Control: view.Hidden, Value: post}, {Name: "actor", Control: view.Hidden, Value: actor},
			{Name: "reason", Control: view.TextArea, Label: view.Say("report.reason"), Hint: view.Say("report.reason_hint"), Optional: true, Max: 5000},
		},
	}
	if !target.Local() {
		page.Fields = append(page.Fields, view.Field{
			Name: "forward", Control: view.Check, Label: view.Say("report.forward", target.Host), Hint: view.Say("report.forward_hint"), Optional: true,
		})
	}
	return page, nil
}

func (p *Portal) report(q *request) error {
	post, actor := q.typed.Get("post"), q.typed.Get("actor")
	c, target, err := p.complaint(q, post, actor)
	if err != nil {
		return err
	}
	c.Reason, c.Forward = q.typed.Get("reason"), q.typed.Get("forward") != ""
	if _, err := p.Communities.Report(q.Context(), q.viewer, c); err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.reportPage(q, post, actor, f) })
	}
	return q.done(p.actorHref(target), view.Say("notice.reported"))
}

func (p *Portal) reports(q *request) error {
	if err := q.operator(); err != nil {
		return err
	}
	page, err := p.reportsPage(q)
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) reportsPage(q *request) (view.ReportsPage, error) {
	state := community.ReportOpen
	if q.URL.Query().Get("state") == string(community.ReportResolved) {
		state = community.ReportResolved
	}
	list, err := p.Communities.Reports(q.Context(), q.viewer, state, q.cursor())
	if err != nil {
		return view.ReportsPage{}, err
	}
	page := view.ReportsPage{
		Frame: q.frame(), Resolved: state == community.ReportResolved, Pager: q.pager(list.Next, list.Total, len(list.Items)),
	}
	for _, r := range list.Items {
		out := view.Report{
			ID: string(r.ID), Target: p.actor(q, r.Target), By: p.actor(q, r.Reporter), Reason: r.Reason, At: r.CreatedAt, Forwarded: r.Forwarded,
			Note: r.Note, Resolved: r.ResolvedAt,
		}
		for _, id := range r.Posts {
			x, err := p.Communities.PostByID(q.Context(), q.viewer, id)
			if err != nil {
				continue // gone, or not for those who moderate
			}
			out.Posts = append(out.Posts, p.post(q, x))
		}
		if r.State == community.ReportOpen {
			out.Resolve = "/admin/reports/" + string(r.ID) + "/resolve"
		} else {
			out.Resolver = p.actorRef(q, r.Resolver)
		}
		page.Items = append(page.Items, out)
	}
	return page, nil
}

func (p *Portal) resolve(q *request) error {
	if _, err := p.Communities.Resolve(q.Context(), q.viewer, domain.ID(q.PathValue("id")), q.typed.Get("note")); err != nil {
		return err
	}
	return q.done("/admin/reports", view.Say("notice.resolved"))
}
