package view

import (
	"strconv"
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// Assignment is what somebody was asked to do in a task.
type Assignment struct {
	Subject      string
	Instructions string
	Process      Link
	Item         Link
	Resource     string
	Assignee     Actor
	Team         *Actor // by which; nil if the person was named
	By           *Actor // nil if it is not known
	Origin       Origin // of its process
	State        string
	Reason       string
	Due          time.Time // zero for none
	Late         bool
	At           time.Time
	Accept       string // addresses by POST; "" if not offered. Decline takes {reason}
	Decline      string
	Done         string
	Withdraw     string
	Claim        string          // address of the form that says what was done
	Said         *ClaimElsewhere // what was done for a process of another node; nil if nothing was said
	Form         Form            // of Decline, if it was refused
}

// ClaimElsewhere is what somebody did for a process of another node, as it stands there.
type ClaimElsewhere struct {
	Title    string
	Content  string
	State    string
	Level    string // "" before it is awarded
	Points   int    // 0 if none are shown
	Reason   string // why it was not awarded
	Withdraw string // address by POST; "" if it cannot be taken back
}

// reasoned is the field of the reason for which one says no to something; n
// tells those of a page apart.
func reasoned(f Form, label string, n int, options ...any) input {
	if f.Values == nil && len(f.Problems) == 0 { // the refused one is where the summary leads
		options = append(options, "id:reason-"+strconv.Itoa(n))
	}
	return field(f, "reason", label, append(options, "type:textarea", "rows:2", "max:2000")...)
}

// AssignmentsPage lists what people were asked to do, at
// /processes/{name}/assignments, also of one {item}; or shows one, at
// /processes/{name}/assignments/{id}.
type AssignmentsPage struct {
	Frame
	ProcessHead
	Item   *Link // nil for the whole process
	One    bool
	Items  []Assignment
	Pager  Pager
	Assign string // address of the form; "" if not offered
	Others string // address of the contributions
}

// MyAssignmentsPage lists what the reader was asked to do, at /me/assignments;
// with all=yes what is over too.
type MyAssignmentsPage struct {
	Frame
	All   bool
	Items []Assignment
	Pager Pager
	Form  Form
}

// Contribution is what somebody says that they did in a task.
type Contribution struct {
	Title    string
	Content  string
	Kind     string
	Item     Link
	Person   Actor
	State    string
	Level    string // "" before it is awarded
	Points   int    // -1 if points are not shown
	Reason   string
	At       time.Time
	Decided  time.Time
	Award    string   // addresses by POST {level}, Reject {reason}; "" if not offered
	Levels   []Option // to choose from; none while the task goes on
	Reject   string
	Withdraw string
	Form     Form // of Award or Reject, if it was refused
}

// ContributionsPage lists them, at /processes/{name}/contributions, also of
// one {item}.
//
// Forms: POST Href/rewards {rewards, leaderboard}; POST Href/certificate; POST
// Href/certificate/revoke.
type ContributionsPage struct {
	Frame
	ProcessHead
	Item        *Link
	States      []Tab
	Items       []Contribution
	Pager       Pager
	Claim       string // address of the form; "" if not offered
	Others      string // address of the assignments
	Rewards     bool   // points are shown
	Leaderboard bool
	MaySwitch   bool
	Standings   []Standing
	Places      Pager // of the standings
	Awarded     int   // contributions of the reader
	Certificate string
	Form        Form
}

// Standing is the place of a person among those who contributed.
type Standing struct {
	Place   int
	Person  Actor
	Points  int
	Awarded int
}

// CertificatePage shows to everybody what a person was awarded, at
// /certificates/{token}.
type CertificatePage struct {
	Frame
	Person       Actor
	Process      domain.Text
	Organization *Actor
	Items        []Contribution
	Pager        Pager
	Address      string // of the page, absolute
	Now          time.Time
}

func (x AssignmentsPage) head(p *locale.Printer) head {
	return head{template: "assignments", nav: navProcesses, title: p.T("assignment.title_of", in(p, x.Title)), noindex: true}
}

func (x MyAssignmentsPage) head(p *locale.Printer) head {
	return head{template: "my-assignments", title: p.T("assignment.mine_title"), noindex: true}
}

func (x ContributionsPage) head(p *locale.Printer) head {
	return head{template: "contributions", nav: navProcesses, title: p.T("contribution.title_of", in(p, x.Title)), noindex: true}
}

func (x CertificatePage) head(p *locale.Printer) head {
	return head{template: "certificate", title: p.T("certificate.title_of", x.Person.Called()), noindex: true}
}
