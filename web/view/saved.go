package view

import (
	"time"

	"interlink/web/locale"
)

// Saving offers to save the search of a page. Form: POST /me/searches {place,
// query, name, tell}.
type Saving struct {
	Place string
	Query string
}

// SearchesPage lists what the reader searches for again and again, at
// /me/searches. Forms: POST Href, which leads to what it
// finds, Href/tell, /quiet, /remove of each.
type SearchesPage struct {
	Frame
	Form  Form
	Items []SavedSearch
	Tags  []Link // hashtags that the reader follows
}

// SavedSearch is one.
type SavedSearch struct {
	ID    string
	Href  string
	Name  string
	Place string // translated as saved.place_<place>
	Tell  bool
	Seen  time.Time
	Fresh int  // how much is new since
	Most  bool // … at least
}

func (x SearchesPage) head(p *locale.Printer) head {
	return head{template: "searches", title: p.T("saved.title"), noindex: true}
}
