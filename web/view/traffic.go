package view

import (
	"time"

	"interlink/web/locale"
)

// HostsPage lists the hosts that the node has to do with, worst first, at
// /admin/federation; with state=troubled those with problems.
type HostsPage struct {
	Frame
	Troubled bool
	Items    []Host
	Failures int // received activities that failed
	Pager    Pager
}

// Host is one of them.
type Host struct {
	Host      string
	Href      string
	State     string // translated as host_state.<state>
	Until     time.Time
	Since     time.Time // when it began to fail
	Waiting   int
	Dead      int
	Oldest    time.Time // since when the oldest delivery waits; zero if none does
	Failures  int       // in a row
	Error     string
	FailedAt  time.Time
	ReachedAt time.Time
	HeardAt   time.Time
	Software  string // what it runs, and in which version; "" if not known
	Version   string
}

// Fine reports whether nothing is wrong with it.
func (h Host) Fine() bool { return h.State == "reached" }

// HostPage is one host with what waits for it, at /admin/federation/{host};
// with state=dead what was given up. Form: POST Retry.
type HostPage struct {
	Frame
	Host
	Dead  bool // shows what was given up
	Items []Sent
	Retry string // "" for a blocked host
	Pager Pager
}

// Given is how many deliveries were given up.
func (x HostPage) Given() int { return x.Host.Dead }

// Sent is a delivery.
type Sent struct {
	Activity string
	Type     string
	Inbox    string
	Attempts int
	Status   int // 0 if there was no answer
	Error    string
	At       time.Time // when it was queued
	Next     time.Time // zero for what was given up
}

// FailuresPage lists received activities that failed, at /admin/received. Form:
// POST ReplayAll.
type FailuresPage struct {
	Frame
	Items     []FailedActivity
	ReplayAll string
	Pager     Pager
}

// FailedActivity is one of them. Forms: POST Replay, POST SetAside.
type FailedActivity struct {
	Href     string
	IRI      string
	Type     string
	Actor    string
	Error    string
	Attempts int
	At       time.Time
	Replay   string
	SetAside string
}

// FailurePage is one of them with its bytes, at /admin/received/{id}.
type FailurePage struct {
	Frame
	FailedActivity
	JSON  string // as text, laid out
	Bytes int64
	Cut   bool // JSON is its beginning
}

func (x HostsPage) head(p *locale.Printer) head {
	return head{template: "hosts", nav: navAdmin, title: p.T("page.hosts.title"), noindex: true}
}

func (x HostPage) head(*locale.Printer) head {
	return head{template: "host", nav: navAdmin, title: x.Host.Host, noindex: true}
}

func (x FailuresPage) head(p *locale.Printer) head {
	return head{template: "failures", nav: navAdmin, title: p.T("page.failures.title"), noindex: true}
}

func (x FailurePage) head(p *locale.Printer) head {
	return head{template: "failure", nav: navAdmin, title: p.T("page.failures.one", x.Type), noindex: true}
}
