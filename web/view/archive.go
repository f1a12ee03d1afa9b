package view

import (
	"interlink/web/locale"
)

// ArchivePage shows what was said before a community came here, at
// /communities/{name}/archive; its search asks by GET for q. At
// /communities/{name}/archive/{id} it shows one thread of it.
type ArchivePage struct {
	Frame
	Of     Link
	Here   string // its own address, "" for a thread
	Export string // address of the archive that another node imports; "" if not offered
	Query  string
	Posts  []Post
	Pager  Pager
}

func (x ArchivePage) head(p *locale.Printer) head {
	return head{template: "archive", nav: navCommunities, title: p.T("archive.title_of", in(p, x.Of.Text)), noindex: true}
}
