package view

import (
	"time"

	"interlink/domain"
)

// ImprovementsPage lists what a process was offered by its clones, or offered
// to its source, at /processes/{name}/improvements. Links: Href +
// "/improvements?side=sent".
type ImprovementsPage struct {
	Frame
	ProcessHead
	Sent  bool // what it offered itself
	Clone bool // it has a source
	New   string
	Rows  []ImprovementRow
	Pager Pager
}

// ImprovementRow is one of them.
type ImprovementRow struct {
	Href   string
	Name   domain.Text // of the other process
	Origin Origin
	At     time.Time
	State  string // open, taken, partly, refused, withdrawn
	Items  int
	Taken  int
	Note   domain.Text
}

// ImproveFormPage offers what a clone made better to its source, at
// /processes/{name}/improvements/new.
//
// Form: POST Action {id.n and mark.n of each row, part.n.{part} or take.n of
// what is chosen, note, licence, myself, others, and preview or send}.
type ImproveFormPage struct {
	FormPage
	Process ProcessHead
	Source  *Source
	Claimed bool   // the source has not confirmed the clone
	Version string // of the source that this was made against; "" if that is no release
	Rows    []ImproveRow
	More    string // address of the next rows; "" if these are all
	Preview *ImprovementFacts
}

// ImproveRow is one item that a clone has otherwise.
type ImproveRow struct {
	N      int
	ID     string
	Mark   string
	Kind   string // "" for the order of the phases
	Name   domain.Text
	Href   string
	New    bool
	Chosen bool // of a new one
	Parts  []ImprovePart
}

// ImprovePart is one thing that differs.
type ImprovePart struct {
	UpdatePart
	Chosen bool
}

// One is the part in a list of its own.
func (x ImprovePart) One() []UpdatePart { return []UpdatePart{x.UpdatePart} }

// ImprovementFacts are what is, or would be, offered.
type ImprovementFacts struct {
	State   string // "" of a preview
	Name    domain.Text
	Href    string // of the clone, or its source
	Origin  Origin
	At      time.Time
	By      *Actor
	Claimed bool
	Version string // made against; "" for no release
	Checked bool
	Licence string
	Credits []string
	Words   Rich
	Reason  string
	Lines   []ImprovementLine
}

// ImprovementLine is one item of it.
type ImprovementLine struct {
	Kind   string
	Name   domain.Text
	New    bool
	Parts  []UpdatePart // Theirs is what is offered, Mine what it was
	Answer string       // taken, edited, same, refused; "" while it is open
	Reason string
	Href   string // what it became
}

// ImprovementPage is one improvement, at /processes/{name}/improvements/{id}:
// its source decides on it, its clone sees what became of it.
//
// Forms: POST Action {all, or none and reason, or reason and of each row n:
// id.n, mark.n, decide.n (take, keep, edit), value.n.{part}, reason.n}; POST
// Withdraw; POST Back {reason}.
type ImprovementPage struct {
	Frame
	ProcessHead
	Form     Form
	Source   bool // the reader's side
	Facts    ImprovementFacts
	Action   string // "" if there is nothing to decide
	Withdraw string // address; "" if that is not offered
	Back     string // address where the source takes back what it took, with a reason; "" if that is not offered
	Rows     []ReviewRow
	Settled  []ImprovementLine // about which there is nothing to decide
}

// ReviewRow is one item to decide on.
type ReviewRow struct {
	UpdateRow
	Reason  string
	Problem []Problem
}

// CreditLine is a clone whose improvement was taken.
type CreditLine struct {
	Title   domain.Text
	Href    string
	Host    string
	Authors []string
	Items   int
	At      time.Time
}
