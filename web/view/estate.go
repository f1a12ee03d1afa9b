package view

import (
	"time"

	"interlink/web/locale"
)

// EstatesPage takes the node along and brings others, at /admin/archive.
//
// Form: POST /admin/archive {file}.
type EstatesPage struct {
	Frame
	Form  Form
	Items []EstateRow
	Pager Pager
}

// EstateRow is the archive of a node that was brought.
type EstateRow struct {
	Href  string
	Name  string // of the node
	Host  string
	At    time.Time // when it was brought
	State string    // translated as estate_state.<state>
}

// EstatePage shows what is in the archive of a node, and what became of it, at
// /admin/archive/{id}.
//
// Forms: POST Begin, POST Cancel.
type EstatePage struct {
	Frame
	EstateRow
	Written time.Time // when it was exported
	Kinds   []EstateCount
	Tally   []EstateCount
	Parts   []EstatePart
	Pager   Pager
	Left    []EstateLeft
	Unknown []string
	Work    *Progress // while it runs
	Begin   string    // "" if nothing is left to do
	Again   bool      // it begins anew with what failed
	Cancel  string
}

// EstateCount counts parts; Key is translated.
type EstateCount struct {
	Key  string
	N    int
	Href string
}

// EstatePart is a part, and what became of it.
type EstatePart struct {
	Path    string
	Outcome string // translated as estate_outcome.<outcome>
	Made    string // address of what it became; "" for none
	Err     error  // why it failed
	Lost    []Skipped
	More    int
}

// EstateLeft is what is not in the archive.
type EstateLeft struct {
	What string
	N    int
	Why  string // translated as estate_left.<why>
}

func (x EstatesPage) head(p *locale.Printer) head {
	return head{template: "estates", nav: navAdmin, title: p.T("estate.title"), noindex: true}
}

func (x EstatePage) head(p *locale.Printer) head {
	return head{template: "estate", nav: navAdmin, title: p.T("estate.of", x.Name), noindex: true}
}
