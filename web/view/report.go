package view

import (
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// ReportsPage lists what was reported to those who moderate, at
// /admin/reports, or of a community at /communities/{name}/reports; with
// state=resolved what they have closed.
type ReportsPage struct {
	Frame
	Href     string
	In       *Link    // the community; nil for the node's
	Tabs     []Option // its other pages
	Resolved bool
	Items    []Report
	Pager    Pager
}

// Report is one of them. Form: POST Resolve {note}.
type Report struct {
	ID        string
	Target    Actor
	By        *Actor // nil for those who do not learn it
	Posts     []Post
	Review    string // path of one that is reported; "" for none
	Reason    string
	At        time.Time
	Forwarded bool
	Note      string
	Resolver  *Actor
	Resolved  time.Time
	Resolve   string // "" once closed
}

func (x ReportsPage) head(p *locale.Printer) head {
	nav := navAdmin
	if x.In != nil {
		nav = navCommunities
	}
	return head{template: "reports", nav: nav, title: p.T("page.reports.title"), noindex: true}
}

// TagPage lists the posts with a hashtag, at /tags/{tag}.
type TagPage struct {
	Frame
	Tag   string
	Posts []Post
	Pager Pager

	MayFollow bool // POST /tags/{tag}/follow, or unfollow
	Follows   bool // the reader does
}

func (x TagPage) head(p *locale.Printer) head {
	return head{template: "tag-page", nav: navCommunities, title: "#" + x.Tag, description: p.T("page.tag.lead", x.Tag)}
}

// Attachment is a picture or file of a post. One of another server stays where
// it is: a picture is shown by way of this node, and the reader's browser asks
// no other server for anything unless they follow a link.
type Attachment struct {
	Href      string
	Source    string      // where this node shows a picture; "" for other files
	Foreign   bool        // of another server
	Words     domain.Text // for those who do not see it
	MediaType string
	Host      string
	Width     int // pixels; 0 if not known
	Height    int
}
