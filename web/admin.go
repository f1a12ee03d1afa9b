package web

import (
	"net/http"
	"strings"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/integration"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/web/view"
)

func (p *Portal) adminRoutes() []route {
	return []route{
		{http.MethodGet, "/admin", p.admin},
		{http.MethodGet, "/admin/approvals", p.approvals},
		{http.MethodPost, "/admin/approvals/{id}/approve", p.approve},
		{http.MethodPost, "/admin/approvals/{id}/refuse", p.refuse},
		{http.MethodPost, "/admin/invitations", p.invite},
	}
}

// operator lets those in who run the node.
func (q *request) operator() error {
	if err := q.signedIn(); err != nil {
		return err
	}
	return policy.Allow(q.viewer, policy.Moderate, account.People{})
}

func (p *Portal) admin(q *request) error {
	if err := q.operator(); err != nil {
		return err
	}
	page, err := p.adminPage(q, "", view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

// catalogueNeeds adds what the catalogue needs: copies wait for review, or
// software does not answer.
func (p *Portal) catalogueNeeds(q *request, page *view.AdminPage) error {
	copies, err := p.Entries.Waiting(q.Context(), q.viewer, "", domain.Page{Limit: 1})
	if err != nil {
		return err
	}
	if copies.Total > 0 {
		page.Needs = append(page.Needs, view.Need{Sentence: view.Say("need.copies", copies.Total), Href: "/admin/review", Icon: "catalogue"})
	}
	tools, err := p.Integrations.Tools(q.Context())
	if err != nil {
		return err
	}
	for _, t := range tools {
		if t.On && t.State == integration.Down {
			e, err := p.Entries.EntryByIRI(q.Context(), q.viewer, t.IRI)
			if err != nil {
				return err
			}
			page.Needs = append(page.Needs, view.Need{Sentence: view.Say("need.tool_down", words(q, e.Name)), Href: "/admin/interlinkers", At: t.Since, Icon: "warning"})
		}
	}
	return nil
}

// adminPage is the first page of the administration; form is that of its forms
// which was refused.
func (p *Portal) adminPage(q *request, form string, f view.Form) (view.AdminPage, error) {
	ctx, none := q.Context(), domain.Page{Limit: 1}
	page := view.AdminPage{Frame: q.frame(), Which: form, Form: f}
	queues, err := p.Health.Queues(ctx)
	if err != nil {
		return page, err
	}
	page.Queues = []view.Queue{
		{Key: "inbox", Waiting: queues.Received, Failed: queues.Failed},
		{Key: "deliveries", Waiting: queues.Deliveries + queues.Fanouts, Failed: queues.Dead},
		{Key: "jobs", Waiting: queues.Jobs},
	}
	if queues.Failed > 0 {
		page.Needs = append(page.Needs, view.Need{Sentence: view.Say("page.hosts.failures", queues.Failed), Href: "/admin/received", Icon: "warning"})
	}
	waiting, err := p.Accounts.Waiting(ctx, q.viewer, none)
	if err != nil {
		return page, err
	}
	if len(waiting.Items) > 0 {
		page.Needs = append(page.Needs, view.Need{
			Sentence: view.Say("need.approvals"), Href: "/admin/approvals", At: waiting.Items[0].CreatedAt, Icon: "approve",
		})
	}
	if n, err := p.Moderation.Waiting(ctx, q.viewer); err != nil {
		return page, err
	} else if n > 0 {
		page.Needs = append(page.Needs, view.Need{Sentence: view.Say("moderation.need", n), Href: "/admin/notices", Icon: "warning"})
	}
	if err := p.catalogueNeeds(q, &page); err != nil {
		return page, err
	}
	if page.Counts, err = p.counts(q); err != nil {
		return page, err
	}
	followed, err := p.Network.Following(ctx, q.viewer, p.Catalogue, domain.Page{Limit: domain.MaxPage})
	if err != nil {
		return page, err
	}
	page.Counts.Nodes = followed.Total
	page.Facts = []view.Fact{{Key: "fact.version", Value: p.Version}, {Key: "fact.base_url", Value: p.Namespace.Base()}}
	page.MayFollow = q.viewer.Role == policy.RoleAdmin
	for _, a := range followed.Items {
		page.Catalogues = append(page.Catalogues, p.actorOf(q, a))
	}
	page.Invites = p.Accounts.Mode() != account.ModeClosed
	return page, nil
}

// counts says how much there is on the node that the reader may see.
func (p *Portal) counts(q *request) (view.Counts, error) {
	var n view.Counts
	ctx, none := q.Context(), domain.Page{Limit: 1}
	interlinkers, err := p.Entries.List(ctx, q.viewer, catalogue.Filter{Kind: catalogue.KindInterlinker}, none)
	if err != nil {
		return n, err
	}
	processes, err := p.Coproduction.Processes(ctx, q.viewer, coproduction.Filter{}, none)
	if err != nil {
		return n, err
	}
	stories, err := p.Stories.Stories(ctx, q.viewer, story.Filter{}, none)
	if err != nil {
		return n, err
	}
	communities, err := p.Communities.Communities(ctx, q.viewer, "", none)
	n.Interlinkers, n.Processes, n.Stories, n.Communities = interlinkers.Total, processes.Total, stories.Total, communities.Total
	return n, err
}

func (p *Portal) approvals(q *request) error {
	list, err := p.Accounts.Waiting(q.Context(), q.viewer, q.cursor())
	if err != nil {
		return err
	}
	page := view.ApprovalsPage{Frame: q.frame(), Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, a := range list.Items {
		at := "/admin/approvals/" + string(a.ID)
		page.Items = append(page.Items, view.Approval{
			Name: a.DisplayName, Handle: "@" + a.Username + "@" + p.Namespace.HandleHost(), Email: a.Email, Reason: a.Reason, At: a.CreatedAt,
			Approve: at + "/approve", Reject: at + "/refuse",
		})
	}
	return q.show(page)
}

func (p *Portal) approve(q *request) error {
	if err := p.Accounts.Approve(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/admin/approvals", view.Say("notice.approved"))
}

func (p *Portal) refuse(q *request) error {
	if err := p.Accounts.Refuse(q.Context(), q.viewer, domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done("/admin/approvals", view.Say("notice.refused"))
}

func (p *Portal) invite(q *request) error {
	code, err := p.Accounts.Invite(q.Context(), q.viewer, strings.TrimSpace(q.typed.Get("email")))
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.adminPage(q, "invitations", f) })
	}
	return q.done("/admin", view.Say("notice.invited", p.Namespace.Base()+"/sign-up?invitation="+code))
}
