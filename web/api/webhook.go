package api

import (
	"context"
	"net/http"
	"time"

	"interlink/domain"
	"interlink/domain/webhook"
)

// Webhook is an address that is told what happens in a process.
type Webhook struct {
	ID         domain.ID  `json:"id"`
	URL        domain.IRI `json:"url"`
	Families   []string   `json:"families" doc:"kinds of events, by the first part of their names"`
	On         bool       `json:"on"`
	Failing    *time.Time `json:"failing,omitempty" doc:"since when nothing gets through"`
	DisabledAt *time.Time `json:"disabledAt,omitempty" doc:"when it was switched off because of that"`
	Secret     string     `json:"secret,omitempty" doc:"with which posts are signed (Standard Webhooks); only in the answer that added it"`
}

// WebhookInput adds an address.
type WebhookInput struct {
	Named
	Body struct {
		URL      string   `json:"url" maxLength:"2048"`
		Families []string `json:"families" minItems:"1" maxItems:"6" enum:"process,item,task,resource,assignment,contribution"`
	}
}

// WebhookID names one.
type WebhookID struct {
	Named
	ID string `path:"id" maxLength:"36"`
}

// WebhookDeliveriesInput lists the posts of one.
type WebhookDeliveriesInput struct {
	WebhookID
	Paging
}

// WebhookDelivery is one post.
type WebhookDelivery struct {
	ID       domain.ID        `json:"id" doc:"the header webhook-id, the same at each attempt"`
	Kind     domain.EventKind `json:"kind"`
	Event    int64            `json:"event,omitempty" doc:"its place in the log"`
	State    string           `json:"state" enum:"waiting,done,failed"`
	Attempts int              `json:"attempts"`
	Answer   string           `json:"answer,omitempty" doc:"to the last attempt: a status, or what failed"`
	At       time.Time        `json:"at"`
	TriedAt  *time.Time       `json:"triedAt,omitempty"`
	NextAt   *time.Time       `json:"nextAt,omitempty"`
}

func hookOf(h *webhook.Hook) Webhook {
	out := Webhook{ID: h.ID, URL: h.URL, Families: h.Families, On: h.On}
	if !h.Failing.IsZero() {
		out.Failing = &h.Failing
	}
	if !h.Disabled.IsZero() {
		out.DisabledAt = &h.Disabled
	}
	return out
}

func hookDeliveryOf(d *webhook.Delivery) WebhookDelivery {
	out := WebhookDelivery{ID: d.ID, Kind: d.Kind, Event: d.Seq, State: string(d.State), Attempts: d.Attempts, Answer: d.Answer, At: d.At}
	if !d.TriedAt.IsZero() {
		out.TriedAt = &d.TriedAt
	}
	if d.State == webhook.Waiting {
		out.NextAt = &d.NextAt
	}
	return out
}

func (a *API) webhookOperations() {
	const tag = "Webhooks"
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/webhooks", own: true, summary: "List the addresses that are told what happens in a process", description: "For its administrators, as all of webhooks."},
		func(ctx context.Context, c *caller, in *Named) (*List[Webhook], error) {
			hooks, err := a.Webhooks.Hooks(ctx, c.viewer, in.Name)
			return listed(c, domain.List[*webhook.Hook]{Items: hooks, Total: len(hooks)}, hookOf), err
		})
	do(a, tag, operation{
		method: http.MethodPost, path: "/processes/{name}/webhooks", summary: "Have an address told what happens in a process", status: http.StatusCreated,
		description: "Posts are signed as Standard Webhooks says, and tried again for two days. An address that nothing reaches for five days is switched off.",
	}, func(ctx context.Context, c *caller, in *WebhookInput) (*Made[Webhook], error) {
		h, secret, err := a.Webhooks.Add(ctx, c.viewer, in.Name, in.Body.URL, in.Body.Families)
		if err != nil {
			return nil, err
		}
		out := hookOf(h)
		out.Secret = secret
		return &Made[Webhook]{Location: string(a.Namespace.IRI("processes", in.Name, "webhooks", string(h.ID))), Body: out}, nil
	})
	do(a, tag, operation{method: http.MethodGet, path: "/processes/{name}/webhooks/{id}/deliveries", own: true, summary: "List what was posted to an address, newest first"},
		func(ctx context.Context, c *caller, in *WebhookDeliveriesInput) (*List[WebhookDelivery], error) {
			list, err := a.Webhooks.Deliveries(ctx, c.viewer, in.Name, domain.ID(in.ID), in.page())
			return listed(c, list, hookDeliveryOf), err
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/webhooks/{id}/test", summary: "Post a message that tells of nothing", status: http.StatusAccepted},
		func(ctx context.Context, c *caller, in *WebhookID) (*One[WebhookDelivery], error) {
			return oneAs(hookDeliveryOf)(a.Webhooks.Try(ctx, c.viewer, in.Name, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodPost, path: "/processes/{name}/webhooks/{id}/enabling", summary: "Switch an address on again"},
		func(ctx context.Context, c *caller, in *WebhookID) (*None, error) {
			return nothing(a.Webhooks.Enable(ctx, c.viewer, in.Name, domain.ID(in.ID)))
		})
	do(a, tag, operation{method: http.MethodDelete, path: "/processes/{name}/webhooks/{id}", summary: "Tell an address no more"},
		func(ctx context.Context, c *caller, in *WebhookID) (*None, error) {
			return nothing(a.Webhooks.Remove(ctx, c.viewer, in.Name, domain.ID(in.ID)))
		})
}
