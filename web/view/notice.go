package view

import (
	"time"

	"interlink/web/locale"
)

// NoticePage takes a notice of illegal content from anybody, at /report.
//
// Form: POST /notices {about, category, reason, name, email, forward (checkbox,
// if offered), faith (checkbox), website (must stay empty: programs fill it)}.
type NoticePage struct {
	Frame
	Form       Form
	About      string
	Categories []Option
	Name       string
	Email      string
	Forward    string // server of who wrote the review it is about; "" to offer nothing
	Contact    string // address of those who run the node; "" for none
}

// ForwardInput is the field that tells the server of a review's author.
func (x NoticePage) ForwardInput() input {
	return input{Field: Field{Name: "forward", Control: Check, Label: Say("report.forward", x.Forward), Hint: Say("report.forward_hint"), Optional: true}}.with(x.Form)
}

// NoticeStatusPage tells who gave a notice how it stands, at /notices/{secret},
// and who is restricted why, at /statements/{secret}.
//
// Form: POST Complain {text}; "" if not offered.
type NoticeStatusPage struct {
	Frame
	Form       Form
	Statement  bool // for who is restricted
	Number     string
	About      string
	Category   string // translated as notice_category.<value>
	Reason     string // as given; for who gave it
	At         time.Time
	Address    string // of this page
	Decision   *NoticeDecision
	Complain   string
	Until      time.Time // complaints
	Complaints []NoticeComplaint
	Contact    string
}

// NoticeDecision is what was decided.
type NoticeDecision struct {
	Outcome   string // translated as notice_outcome.<value>
	Facts     string
	Ground    string // translated as notice_ground.<value>; "" for none
	Provision string
	Automated bool
	At        time.Time
	By        *Actor // for those who moderate; nil for others
}

// NoticeComplaint is a complaint of a decision.
type NoticeComplaint struct {
	Side   string // translated as notice_side.<value>
	Text   string
	At     time.Time
	Open   bool
	Upheld bool
	Answer string
	Decide string // address of the form that decides it; "" if not offered
	Barred bool   // somebody else is to decide it
}

// NoticesPage lists notices for those who moderate, at /admin/notices.
type NoticesPage struct {
	Frame
	Tabs  []Tab
	Items []NoticeRow
	Pager Pager
}

// NoticeRow is one of them.
type NoticeRow struct {
	Href, Number, Category, About string
	At                            time.Time
	Outcome                       string
}

// NoticeAdminPage decides one, at /admin/notices/{id}.
//
// Forms: POST Decide {outcome, ground, provision, facts, automated (checkbox),
// remove (checkbox)}; POST Decide of each complaint {upheld, answer}.
type NoticeAdminPage struct {
	Frame
	Form       Form
	Which      string // "decide" or the id of a complaint
	Number     string
	About      string
	Target     *Actor
	Post       *Post // it is about
	Category   string
	Reason     string
	Name       string
	Email      string
	At         time.Time
	Decide     string // "" once decided
	Outcomes   []Option
	Grounds    []Option
	Decision   *NoticeDecision
	Complaints []NoticeComplaint
}

// TransparencyPage counts notices and decisions by year, at /transparency.
type TransparencyPage struct {
	Frame
	Years []TransparencyYear
}

// TransparencyYear is one year.
type TransparencyYear struct {
	Year                                                        int
	Received                                                    int
	Categories, Outcomes                                        []Count
	Law, Terms, Automated, Open, Median, Complaints, Complained int
}

// Count is how often something was; Key is translated.
type Count struct {
	Key string
	N   int
}

// StatementsPage lists reasons of restrictions for everybody, at /statements.
type StatementsPage struct {
	Frame
	Items []StatementRow
	Pager Pager
}

// StatementRow is one of them, without whom or what it is about.
type StatementRow struct {
	Category, Outcome, Ground string // as in the notice
	Provision                 string
	Automated, Reversed       bool
	At                        time.Time
}

func (x StatementsPage) head(p *locale.Printer) head {
	return head{template: "statements", title: p.T("moderation.statements_title"), description: p.T("moderation.statements_lead")}
}

func (x NoticePage) head(p *locale.Printer) head {
	return head{template: "notice", title: p.T("moderation.title"), description: p.T("moderation.lead"), noindex: x.About != ""}
}

func (x NoticeStatusPage) head(p *locale.Printer) head {
	title := p.T("moderation.status_title", x.Number)
	if x.Statement {
		title = p.T("moderation.statement_title", x.Number)
	}
	return head{template: "notice-status", title: title, noindex: true}
}

func (x NoticesPage) head(p *locale.Printer) head {
	return head{template: "notices", nav: navAdmin, title: p.T("moderation.list_title"), noindex: true}
}

func (x NoticeAdminPage) head(p *locale.Printer) head {
	return head{template: "notice-admin", nav: navAdmin, title: p.T("moderation.status_title", x.Number), noindex: true}
}

func (x TransparencyPage) head(p *locale.Printer) head {
	return head{template: "transparency", title: p.T("transparency.title"), description: p.T("transparency.lead")}
}
