package view

import (
	"time"

	"interlink/web/locale"
)

// NodeArchivesPage takes the node along and brings others, at /admin/archive.
//
// Form: POST /admin/archive {file}.
type NodeArchivesPage struct {
	Frame
	Form  Form
	Items []NodeArchiveRow
	Pager Pager
}

// NodeArchiveRow is the archive of a node that was brought.
type NodeArchiveRow struct {
	Href  string
	Name  string // of the node
	Host  string
	At    time.Time // when it was brought
	State string    // translated as node_archive_state.<state>
}

// NodeArchivePage shows what is in the archive of a node, and what became of it, at
// /admin/archive/{id}.
//
// Forms: POST Begin, POST Cancel.
type NodeArchivePage struct {
	Frame
	NodeArchiveRow
	Written time.Time // when it was exported
	Kinds   []NodeArchiveCount
	Tally   []NodeArchiveCount
	Parts   []NodeArchivePart
	Pager   Pager
	Left    []NodeArchiveLeft
	Unknown []string
	Work    *Progress // while it runs
	Begin   string    // "" if nothing is left to do
	Again   bool      // it begins anew with what failed
	Cancel  string
}

// NodeArchiveCount counts parts; Key is translated.
type NodeArchiveCount struct {
	Key  string
	N    int
	Href string
}

// NodeArchivePart is a part, and what became of it.
type NodeArchivePart struct {
	Path    string
	Outcome string // translated as node_archive_outcome.<outcome>
	Made    string // address of what it became; "" for none
	Err     error  // why it failed
	Lost    []Skipped
	More    int
}

// NodeArchiveLeft is what is not in the archive.
type NodeArchiveLeft struct {
	What string
	Word string // translated as node_archive_what.<word>; "" for what is said in the archive alone
	N    int
	Why  string // translated as node_archive_left.<why>
}

func (x NodeArchivesPage) head(p *locale.Printer) head {
	return head{template: "node_archives", nav: navAdmin, title: p.T("node_archive.title"), noindex: true}
}

func (x NodeArchivePage) head(p *locale.Printer) head {
	return head{template: "node_archive", nav: navAdmin, title: p.T("node_archive.of", x.Name), noindex: true}
}
