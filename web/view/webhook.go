package view

import (
	"time"

	"interlink/web/locale"
)

// WebhooksPage lists the addresses that are told what happens in a process, at
// /processes/{name}/webhooks.
//
// Form: POST Action {url, families (repeated)}.
type WebhooksPage struct {
	Frame
	ProcessHead
	Hooks    []Webhook
	Families []Option
	Action   string
	Secret   string // of one that was just added; "" else
	Form     Form
}

// Webhook is one address.
type Webhook struct {
	Href     string
	Address  string
	Families []string // translated as webhook.family_<family>
	On       bool
	Failing  time.Time // since when nothing gets through; zero while it does
	Disabled time.Time
	Added    time.Time
}

// WebhookPage shows one with its deliveries, at
// /processes/{name}/webhooks/{id}. Forms: POST Hook.Href/test, /enable, /remove.
type WebhookPage struct {
	Frame
	ProcessHead
	Hook       Webhook
	Deliveries []WebhookDelivery
	Pager      Pager
}

// WebhookDelivery is one post.
type WebhookDelivery struct {
	ID       string
	Kind     string // of the event
	Test     bool
	State    string // translated as webhook.state_<state>
	Attempts int
	Answer   string
	At       time.Time
	Tried    time.Time
	Next     time.Time
}

func (x WebhooksPage) head(p *locale.Printer) head {
	return head{template: "webhooks", nav: navProcesses, title: p.T("webhook.title_of", in(p, x.Title)), noindex: true}
}

func (x WebhookPage) head(p *locale.Printer) head {
	return head{template: "webhook", nav: navProcesses, title: p.T("webhook.title_of", in(p, x.Title)), noindex: true}
}
