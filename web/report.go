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
		{http.MethodGet, "/communities/{name}/reports", p.communityReports},
		{http.MethodPost, "/communities/{name}/reports/{id}/resolve", p.resolveInCommunity},
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
	who := p.actorOf(q, target)
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
	state := reportState(q)
	list, err := p.Communities.Reports(q.Context(), q.viewer, state, q.cursor())
	if err != nil {
		return view.ReportsPage{}, err
	}
	return p.reportsOf(q, "/admin/reports", state, list, nil), nil
}

func reportState(q *request) community.ReportState {
	if q.URL.Query().Get("state") == string(community.ReportResolved) {
		return community.ReportResolved
	}
	return community.ReportOpen
}

// reportsOf shows reports; href is the address of the page, in the community
// whose they are; nil for the node's.
func (p *Portal) reportsOf(q *request, href string, state community.ReportState, list domain.List[*community.Report], in *community.Community) view.ReportsPage {
	page := view.ReportsPage{
		Frame: q.frame(), Href: href, Resolved: state == community.ReportResolved, Pager: q.pager(list.Next, list.Total, len(list.Items)),
	}
	if in != nil {
		page.In, page.Tabs = &view.Link{Href: p.path(in.IRI), Text: in.Title}, p.communityTabs(q, in, "/reports")
	}
	for _, r := range list.Items {
		out := view.Report{
			ID: string(r.ID), Target: p.actor(q, r.Target), By: p.actorRef(q, r.Reporter), Reason: r.Reason, At: r.CreatedAt, Forwarded: r.Forwarded,
			Note: r.Note, Resolved: r.ResolvedAt,
		}
		if r.Review != "" {
			out.Review = p.path(r.Review)
		}
		for _, id := range r.Posts {
			x, err := p.Communities.PostByID(q.Context(), q.viewer, id)
			if err != nil {
				continue // gone, or not for those who moderate
			}
			post := p.post(q, x)
			if in != nil {
				p.offerModeration(q, &post, x, in)
			}
			out.Posts = append(out.Posts, post)
		}
		if r.State == community.ReportOpen {
			out.Resolve = href + "/" + string(r.ID) + "/resolve"
		} else {
			out.Resolver = p.actorRef(q, r.Resolver)
		}
		page.Items = append(page.Items, out)
	}
	return page
}

// communityReports shows those who moderate a community what is reported of it.
func (p *Portal) communityReports(q *request) error {
	c, err := p.Communities.Community(q.Context(), q.viewer, q.PathValue("name"))
	if err != nil {
		return err
	}
	state := reportState(q)
	list, err := p.Communities.CommunityReports(q.Context(), q.viewer, c.Name, state, q.cursor())
	if err != nil {
		return err
	}
	return q.show(p.reportsOf(q, p.path(c.IRI)+"/reports", state, list, c))
}

func (p *Portal) resolveInCommunity(q *request) error {
	if _, err := p.Communities.Resolve(q.Context(), q.viewer, domain.ID(q.PathValue("id")), q.typed.Get("note")); err != nil {
		return err
	}
	return q.done("/communities/"+q.PathValue("name")+"/reports", view.Say("notice.resolved"))
}

func (p *Portal) resolve(q *request) error {
	if _, err := p.Communities.Resolve(q.Context(), q.viewer, domain.ID(q.PathValue("id")), q.typed.Get("note")); err != nil {
		return err
	}
	return q.done("/admin/reports", view.Say("notice.resolved"))
}
