package view

import (
	"interlink/domain"
	"interlink/web/locale"
)

// ReusePage says how a thing is cited and how it is reused, at its address with
// "/reuse" after it.
type ReusePage struct {
	Frame
	Crumbs    []Link
	Name      domain.Text
	Reference string // as people write it
	Formats   []Link // for programs
	There     *Link  // of a copy: where its owner shows how it is reused
	Counted   bool   // how it is reused is counted here
	Measures  []string
	Rows      []ReuseRow
	Sum       []int // by measure: at least; nil for none
	Data      string
	Step      int
	Fresh     int // months that count into the sum
}

// ReuseRow is what one node told last.
type ReuseRow struct {
	Host  string // "" for this node
	Month string // "2026-11"
	Cells []ReuseCell
	Old   bool // told too long ago to be in the sum
}

// ReuseCell is a number as it is told: from so many to so many. Unknown: it was
// not told.
type ReuseCell struct {
	From, To int
	Unknown  bool
}

func (x ReusePage) head(p *locale.Printer) head {
	return head{template: "reuse", nav: navOf(x.Data), title: p.T("reuse.title", in(p, x.Name))}
}
