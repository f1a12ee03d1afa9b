package view

import (
	"time"

	"interlink/web/locale"
)

// UsesPage lists how Interlinkers were used in a process, at
// /processes/{name}/uses.
type UsesPage struct {
	Frame
	ProcessHead
	Rows  []UseRow
	Pager Pager
}

// UseRow is one use.
type UseRow struct {
	How      string // translated as use.how_<how>
	Tool     Link   // the Interlinker
	Unfit    string // as of [Resource]
	Version  int    // of it; 0 if not known
	Task     Link
	Resource Link
	By       Actor
	At       time.Time
	Day      bool // At is the day alone
}

func (x UsesPage) head(p *locale.Printer) head {
	return head{template: "uses", nav: navProcesses, title: p.T("use.list_of", in(p, x.Title)), noindex: true}
}
