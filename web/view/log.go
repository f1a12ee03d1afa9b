package view

import (
	"time"

	"interlink/web/locale"
)

// LogPage shows who changed or decided what: at /processes/{name}/log,
// /organizations/{name}/log, /teams/{name}/log and /admin/log.
//
// Form: GET Action {family, who, from, until, part}.
type LogPage struct {
	Frame
	Webhooks string       // address of the webhooks of the process; "" if not offered
	Process  *ProcessHead // of a process; nil for others
	Of       *Link        // whose log it is; nil for the node's
	Inside   bool         // the reader sees who did what
	Action   string
	Export   string // address of the same as JSON Lines
	Form     Form
	Families []Option
	Part     string // the item that it is narrowed to; "" for all
	Narrowed bool
	Rows     []LogRow
	Pager    Pager
}

// LogRow is one entry.
type LogRow struct {
	Seq    int64
	At     time.Time
	What   Sentence
	Name   string // of what it is about, may be ""
	Href   string // of it, may be ""
	Code   string // the kind, where there are no words for it
	Actor  *Actor // nil where the reader may not see who it was, or it was the node
	Node   bool   // it was the node
	Erased bool

	Hash, Before, Content string
}

func (x LogPage) head(p *locale.Printer) head {
	title, nav, open := p.T("page.log.title"), navAdmin, false
	switch {
	case x.Process != nil:
		title, nav, open = p.T("page.log.title_of", in(p, x.Process.Title)), navProcesses, !x.Process.hidden()
	case x.Of != nil:
		title, nav = p.T("page.log.title_of", in(p, x.Of.Text)), navCommunities
	}
	return head{template: "log", nav: nav, title: title, description: p.T("page.log.lead"), noindex: !open || x.Narrowed}
}

// ChainPage says how the log can be checked, and where it ends, at /log.
type ChainPage struct {
	Frame
	Seq     int64
	Hash    string
	Links   int64 // the first entry of the formula of today
	Command string
	README  string // address
}

func (x ChainPage) head(p *locale.Printer) head {
	return head{template: "chain", title: p.T("page.chain.title"), description: p.T("page.chain.lead")}
}
