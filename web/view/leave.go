package view

import (
	"time"

	"interlink/web/locale"
)

// LeavePage says what deleting the reader's account means, at /me/leave.
//
// Form: POST /me/leave {days, successor, mail (checkbox), current}.
type LeavePage struct {
	Frame
	Form   Form
	Handle string
	Goes   []Sentence
	Stays  []Sentence
	Sole   []Link // what has the reader as its only administrator
	Last   bool   // nobody else administers the node
	Days   []Option
	Mails  bool // the account has an address
	Kept   int  // days for which the receipts can be read
	Rows   []RetentionRow
}

// DeletionPage tells who left how far that is, at /deletions/{secret}.
type DeletionPage struct {
	Frame
	State    string // "waiting", "sent", "done"
	Address  string // of this page
	Asked    time.Time
	Due      time.Time
	Erased   time.Time
	Done     time.Time
	Servers  int
	Counts   []Sentence
	Receipts []Receipt
	Mail     bool // a mail will tell the end
	Kept     int  // days for which it can be read
	Pager    Pager
}

// Receipt is what became of asking one server.
type Receipt struct {
	Host   string
	State  string // translated as receipt.<value>
	Status int    // of HTTP; 0 for none
	At     time.Time
}

func (x LeavePage) head(p *locale.Printer) head {
	return head{template: "leave", title: p.T("leave.title"), noindex: true}
}

func (x DeletionPage) head(p *locale.Printer) head {
	return head{template: "deletion", title: p.T("leave.receipts_title"), noindex: true}
}
