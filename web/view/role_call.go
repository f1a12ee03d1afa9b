package view

import (
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// RoleCallsPage lists whom teams look for, at /role-calls; with all=yes those
// that are over too.
type RoleCallsPage struct {
	Frame
	All   bool
	Items []Card
	Pager Pager
	Start string // address of the form; "" if not offered
}

// RoleCallPage shows one, at /role-calls/{id}.
//
// Forms: POST Href/apply {statement}; POST Href/withdraw; POST Href/appeal
// {reason}; POST Close {revision}.
type RoleCallPage struct {
	Frame
	Href      string
	Title     domain.Text
	Origin    Origin
	State     string   // "open", "filled", "closed", "late"
	Process   Link     // that takes join requests; without Href for the call of a team
	Gives     []string // names of the rights in it of who is let in
	Team      *Actor
	Community *Actor
	Duties    Rich
	Eligible  Rich
	Effort    domain.Text
	Seats     int // 0 if it is not said
	Taken     int
	Starts    time.Time
	Ends      time.Time
	Deadline  time.Time
	Method    string
	Deciders  []Link
	Counts    []StateCount // nil for a call of another node
	Grounds   []GroundCount
	Kept      int // days for which applications are kept that were turned down
	Post      string
	Form      Form
	Which     string // form that Form belongs to: "apply", "appeal"
	MayApply  bool   // the reader, who has an account here
	SignIn    string // where to sign in and come back; "" if signed in
	AsGuest   string // address for who has an account elsewhere; "" if not offered
	Own       *Application
	Review    string // address of the queue, "" for those who do not decide
	Close     string // address that closes it by POST; "" if not offered
	Edit      string // address of the form that changes it; "" if not offered
	Revision  string
}

// StateCount is how many applications are in a state.
type StateCount struct {
	State string
	N     int
}

// GroundCount is how often a ground was given for a negative answer.
type GroundCount struct {
	Ground string
	N      int
}

// Application is one application, for who applied and for reviewers.
type Application struct {
	Call      Link
	Href      string // to the page where it is decided; "" for who applied
	Applicant Actor
	State     string
	Ground    string
	Statement string
	Sent      time.Time
	Changed   time.Time
	Until     time.Time // when it will be deleted; zero if it is not to be
	Steps     []ApplicationStep
	Withdraw  string // addresses for who applied; "" if not offered
	Appeal    string
	Elsewhere string // host of the call; "" for one of this node
	Again     bool   // who applied may do so again
}

// ApplicationStep is one line of its history.
type ApplicationStep struct {
	State  string
	At     time.Time
	By     *Actor // nil: not known, or the node itself
	Reason string
}

// ApplicationsPage lists the reader's own, at /me/applications.
type ApplicationsPage struct {
	Frame
	Items   []Application
	Pager   Pager
	Reviews []Card // calls on which the reader decides
}

// ReviewsPage lists the applications to a call for those who decide, at
// /role-calls/{id}/applications.
type ReviewsPage struct {
	Frame
	Call   Link
	Facts  []Sentence
	States []Tab
	Items  []Application
	Pager  Pager
}

// Tab leads to one part of a list.
type Tab struct {
	Href  string
	Key   string
	N     int // -1 if not counted
	Shown bool
}

// ReviewPage shows one application to who decides on it, at
// /role-calls/{id}/applications/{application}.
//
// Form: POST Action {state, ground, reason, revision}.
type ReviewPage struct {
	Frame
	Application
	Queue    string
	Form     Form
	Action   string
	States   []Option // what can be decided; none if nothing can
	Grounds  []Option
	Revision string
	Second   bool // somebody else decided before, and an appeal is open
	Barred   Sentence
}

func (x RoleCallsPage) head(p *locale.Printer) head {
	return head{template: "role-calls", nav: navCommunities, title: p.T("role_call.list_title"), description: p.T("role_call.list_lead"), noindex: x.All}
}

func (x RoleCallPage) head(p *locale.Printer) head {
	if x.Process.Href != "" {
		return head{template: "role-call", nav: navProcesses, title: p.T("process.join_title", in(p, x.Title)), description: p.T("joining.description", in(p, x.Title))}
	}
	return head{template: "role-call", nav: navCommunities, title: in(p, x.Title), description: p.T("role_call.description", in(p, x.Title))}
}

func (x ApplicationsPage) head(p *locale.Printer) head {
	return head{template: "applications", title: p.T("application.mine_title"), noindex: true}
}

func (x ReviewsPage) head(p *locale.Printer) head {
	return head{template: "reviews", nav: navCommunities, title: p.T("application.queue_title", in(p, x.Call.Text)), noindex: true}
}

func (x ReviewPage) head(p *locale.Printer) head {
	return head{template: "review", nav: navCommunities, title: p.T("application.by", x.Applicant.Called()), noindex: true}
}
