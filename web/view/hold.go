package view

import (
	"time"

	"interlink/web/locale"
)

// HeldPage lists what waits for those who moderate: at /admin/held, and of a
// community at /communities/{name}/held; with it what people say against
// decisions. Forms: POST Approve, Refuse {reason}, Answer {answer, upheld}, Appeal {text}.
type HeldPage struct {
	Frame
	Href    string
	Past    string   // it lists what was refused or removed, at ?state=<past>; "" for what waits
	In      *Link    // the community; nil for the node's
	Tabs    []Option // the other pages of the community
	Items   []HeldPost
	Pager   Pager
	Appeals []AppealRow
	Away    []Exclusion // what was removed elsewhere of what the community says
	Form    Form        // of what was refused by mistake
}

// HeldPost is one of them.
type HeldPost struct {
	Post            Post
	Why             string // translated as hold.why.<why>
	Filter          string
	Reason          string // why it was refused or removed
	In              *Link  // the community in which it would stand
	At              time.Time
	Approve, Refuse string
	Others          bool   // of the same author, that wait too: {others} refuses them all
	Ban             string // leads to the form that bans its author; "" if not offered
	Form            Form
}

// AppealRow is what somebody says against a decision.
type AppealRow struct {
	ID     string
	Who    Actor
	Kind   string // translated as appeal.kind.<kind>
	In     *Link
	Post   *Post  // that was refused or removed; nil for a ban
	Reason string // of the decision
	Text   string
	At     time.Time
	Answer string // address to answer it; "" if another one has to
	Form   Form
}

// titleKey is what the page is called.
func (x HeldPage) titleKey() string {
	if x.Past == "" {
		return "hold.title"
	}
	return "held_list." + x.Past
}

func (x HeldPage) head(p *locale.Printer) head {
	nav := navAdmin
	if x.In != nil {
		nav = navCommunities
	}
	return head{template: "held", nav: nav, title: p.T(x.titleKey()), noindex: true}
}

// OwnWaitingPage lists what the reader wrote that waits, was refused or removed,
// here or by communities elsewhere, at /me/waiting. Forms: POST Withdraw, Appeal {text}.
type OwnWaitingPage struct {
	Frame
	Items []OwnWaitingPost
	Pager Pager
	Away  []Exclusion // what communities elsewhere removed
	Form  Form
}

// Exclusion is that a community of another node removed a post of the reader, or
// of a community that they moderate.
type Exclusion struct {
	ID       string
	Post     Post
	By       Link
	At       time.Time
	Reason   string
	Refused  bool   // it was never shown there
	Appeal   string // "" if it was made, or the other node takes none
	Appealed string // what was said
	Answer   string // to that
	Origin   string // the community at its own node
	Author   bool   // not a community, but who wrote what the post answers, and took it before
	Form     Form
}

// OwnWaitingPost is one of them.
type OwnWaitingPost struct {
	Post     Post
	In       *Link
	Refused  bool
	Removed  bool
	Asks     bool // it waits for the author of what it answers
	Declined bool // who does not take it
	Reason   string
	Withdraw string
	Appeal   string // "" if it was made, or nothing is decided
	Appealed bool
	Answer   string // to the appeal
	Form     Form
}

func (x OwnWaitingPage) head(p *locale.Printer) head {
	return head{template: "own-waiting", title: p.T("hold.own_title"), noindex: true}
}

// ActsPage shows everybody what those who moderate a community did, at
// /communities/{name}/log, if the community wants it.
type ActsPage struct {
	Frame
	Of    Link
	Tabs  []Option // the other pages of the community
	Open  bool     // for everybody
	Rows  []ActRow
	Pager Pager
}

// ActRow is one act.
type ActRow struct {
	What  Sentence
	Role  string
	By    *Actor
	At    time.Time
	Until time.Time
}

func (x ActsPage) head(p *locale.Printer) head {
	return head{template: "acts", nav: navCommunities, title: p.T("acts.title_of", in(p, x.Of.Text)), noindex: true}
}

// FiltersPage lists what administrators do not let pass as it is, at
// /admin/filters. Forms: POST /admin/filters {id, revision, name, kind,
// pattern, most, hours, action, enabled, try}, /admin/filters/remove {id}.
type FiltersPage struct {
	Frame
	Form    Form
	MayEdit bool
	Editing string // the name of the filter in the form; "" for a new one
	Items   []Filter
	Kinds   []Option
	Actions []Option
	Trial   *FilterTrial
}

// Filter is one filter.
type Filter struct {
	ID, Name, Kind, Pattern, Action string
	Most, Hours                     int
	Enabled                         bool
	Hits, Lately                    int
}

// FilterTrial is what a filter would have done.
type FilterTrial struct {
	Looked, Hit int
	Posts       []Post
}

func (x FiltersPage) head(p *locale.Printer) head {
	return head{template: "filters", nav: navAdmin, title: p.T("filter.title"), noindex: true}
}
