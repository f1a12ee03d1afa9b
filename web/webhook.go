package web

import (
	"net/http"
	"net/url"

	"interlink/domain"
	"interlink/domain/policy"
	"interlink/domain/webhook"
	"interlink/web/view"
)

func (p *Portal) webhookRoutes() []route {
	return []route{
		{http.MethodGet, "/processes/{name}/webhooks", p.webhooks},
		{http.MethodPost, "/processes/{name}/webhooks", p.addWebhook},
		{http.MethodGet, "/processes/{name}/webhooks/{id}", p.webhook},
		{http.MethodPost, "/processes/{name}/webhooks/{id}/test", p.tryWebhook},
		{http.MethodPost, "/processes/{name}/webhooks/{id}/enable", p.enableWebhook},
		{http.MethodPost, "/processes/{name}/webhooks/{id}/remove", p.removeWebhook},
	}
}

// webhooksPath is the page of the webhooks of the process of the path.
func (q *request) webhooksPath() string {
	return "/processes/" + url.PathEscape(q.PathValue("name")) + "/webhooks"
}

func (p *Portal) webhooks(q *request) error {
	page, err := p.webhooksPage(q, view.Form{})
	if err != nil {
		return err
	}
	return q.show(page)
}

func (p *Portal) webhooksPage(q *request, f view.Form) (view.WebhooksPage, error) {
	x, _, head, err := p.headed(q, "log")
	if err != nil {
		return view.WebhooksPage{}, err
	}
	page := view.WebhooksPage{Frame: q.frame(), ProcessHead: head, Form: f, Action: q.webhooksPath()}
	hooks, err := p.Webhooks.Hooks(q.Context(), q.viewer, x.Name)
	for _, h := range hooks {
		page.Hooks = append(page.Hooks, webhookOf(q, h))
	}
	for _, family := range webhook.Families {
		page.Families = append(page.Families, view.Option{Value: family, Key: "webhook.family_" + family})
	}
	return page, err
}

func webhookOf(q *request, h *webhook.Hook) view.Webhook {
	return view.Webhook{
		Href: q.webhooksPath() + "/" + string(h.ID), Address: string(h.URL), Families: h.Families, On: h.On, Failing: h.Failing, Disabled: h.Disabled, Added: h.CreatedAt,
	}
}

// addWebhook shows the secret this once.
func (p *Portal) addWebhook(q *request) error {
	_, secret, err := p.Webhooks.Add(q.Context(), q.viewer, q.PathValue("name"), q.typed.Get("url"), q.typed["families"])
	if err != nil {
		return q.refused(err, func(f view.Form) (view.Page, error) { return p.webhooksPage(q, f) })
	}
	page, err := p.webhooksPage(q, view.Form{})
	if err != nil {
		return err
	}
	page.Secret = secret
	q.w.Header().Set("Cache-Control", "no-store")
	return q.showWith(http.StatusCreated, page)
}

// webhook shows one with its last deliveries.
func (p *Portal) webhook(q *request) error {
	x, _, head, err := p.headed(q, "log")
	if err != nil {
		return err
	}
	id := domain.ID(q.PathValue("id"))
	_, h, err := p.Webhooks.Hook(q.Context(), q.viewer, x.Name, id)
	if err != nil {
		return err
	}
	list, err := p.Webhooks.Deliveries(q.Context(), q.viewer, x.Name, id, q.cursor())
	if err != nil {
		return err
	}
	page := view.WebhookPage{Frame: q.frame(), ProcessHead: head, Hook: webhookOf(q, h), Pager: q.pager(list.Next, list.Total, len(list.Items))}
	for _, d := range list.Items {
		page.Deliveries = append(page.Deliveries, view.WebhookDelivery{
			ID: string(d.ID), Kind: string(d.Kind), Test: d.Kind == webhook.Test, State: string(d.State), Attempts: d.Attempts, Answer: d.Answer, At: d.At, Tried: d.TriedAt, Next: d.NextAt,
		})
	}
	return q.show(page)
}

func (p *Portal) tryWebhook(q *request) error {
	if _, err := p.Webhooks.Try(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done(q.webhooksPath()+"/"+url.PathEscape(q.PathValue("id")), view.Say("notice.webhook_tried"))
}

func (p *Portal) enableWebhook(q *request) error {
	if err := p.Webhooks.Enable(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done(q.webhooksPath()+"/"+url.PathEscape(q.PathValue("id")), view.Say("notice.saved"))
}

func (p *Portal) removeWebhook(q *request) error {
	if err := p.Webhooks.Remove(q.Context(), q.viewer, q.PathValue("name"), domain.ID(q.PathValue("id"))); err != nil {
		return err
	}
	return q.done(q.webhooksPath(), view.Say("notice.webhook_removed"))
}

// administersProcess reports whether the reader administers a process, for
// pages that offer it.
func administersProcess(q *request, x policy.Facts) bool {
	return policy.Allow(q.viewer, policy.Administer, x) == nil
}
