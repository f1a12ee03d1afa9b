package view

import (
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// DescribePage changes the words of an organisation, a team, a schema or a
// problem profile, in all its languages.
//
// Form: POST Action {revision, title-LANG and summary-LANG for each language,
// lang-more, title-more and summary-more for another one, and those of
// Choices}.
type DescribePage struct {
	Frame
	Crumbs   []Link
	Title    Sentence
	Lead     Sentence // "" for that of groups
	Action   string
	Revision string
	Langs    []LangTexts // those that have words, and those of the portal
	More     []Option    // others
	Choices  []Field
	Form     Form
	Cancel   string
}

// LangTexts are the words of one language.
type LangTexts struct {
	Lang    domain.Lang
	Title   string
	Summary string
	Reads   bool // the reader reads it
	Form    Form
}

// Folded reports whether nothing is written in the language, which the reader
// does not read.
func (x LangTexts) Folded() bool {
	return !x.Reads && x.Title == "" && x.Summary == "" && !x.Form.Touched("title-"+string(x.Lang), "summary-"+string(x.Lang))
}

// Inputs are the fields of one language.
func (x LangTexts) Inputs() []input {
	name, title, summary := string(x.Lang), Say("membership.title_in", x.Lang), Say("membership.summary_in", x.Lang)
	if name == "more" {
		title, summary = Say("form.title"), Say("page.create.summary")
	}
	return []input{
		input{Field: Field{Name: "title-" + name, Label: title, Value: x.Title, Max: 200, Optional: true}}.with(x.Form),
		input{Field: Field{Name: "summary-" + name, Control: TextArea, Label: summary, Value: x.Summary, Max: 5000, Optional: true}}.with(x.Form),
	}
}

// Another are the fields of a further language.
func (x DescribePage) Another() []input {
	return append(
		[]input{input{Field: Field{Name: "lang-more", Control: Select, Label: Say("ui.language_of"), Options: x.More, Optional: true}}.with(x.Form)},
		LangTexts{Lang: "more", Form: x.Form}.Inputs()...)
}

// Opened reports whether something was typed into them, or is wrong there.
func (x DescribePage) Opened() bool { return x.Form.Touched("title-more", "summary-more") }

// Inputs are the other fields.
func (x DescribePage) Inputs() []input { return FormPage{Fields: x.Choices, Form: x.Form}.Inputs() }

// MembersPage shows the people of an organisation or team, at
// /organizations/{name}/people and /teams/{name}/people.
//
// Forms, of administrators: GET {q}; POST Href/members {handle, role}; POST
// Href/people/invitations {email, role, lang}. Link: Href/people/list.
type MembersPage struct {
	Frame
	Crumbs  []Link
	Href    string
	Title   domain.Text
	Members []Member
	Pager   Pager
	MayEdit bool
	Leave   string // address that ends the reader's own membership by POST; "" if they have none

	Query       string
	Found       []Candidate
	Searched    bool
	Form        Form
	Roles       []Option
	Langs       []Option
	Invitations []Invitation
	Waiting     Pager // of the invitations
}

// Candidate is somebody who could become a member.
type Candidate struct {
	Actor
	Member bool
}

// Invitation waits for an answer.
type Invitation struct {
	Email   string // "" for a person
	Person  *Actor
	Role    string
	By      Actor
	Sent    time.Time
	Until   time.Time
	Expired bool
	Revoke  string // address that takes it back by POST
}

// RollPage takes many people in by a list, at …/people/list.
//
// Form: POST Action {people or file, lang, mode}.
type RollPage struct {
	Frame
	Crumbs  []Link
	Title   domain.Text
	Action  string
	Form    Form
	Langs   []Option
	Lines   []RollLine // what was understood of the list; none before it is sent
	Counts  []Sentence
	Good    int
	Bad     int
	Cancel  string
	TooMany bool
}

// RollLine is one line of the list.
type RollLine struct {
	Number  int
	Typed   string
	Role    string // "" as of a new member
	Fate    string // translated as fate.<value>
	Problem error
}

// EndPage says what deleting an organisation or team would mean, and asks for
// its name, at …/delete.
//
// Form: POST Action {confirm}.
type EndPage struct {
	Frame
	Crumbs  []Link
	Title   domain.Text
	Team    bool
	Name    string
	Lost    []Sentence
	Granted []Link // processes in which its rights end
	Owned   []Link // processes that go on without it
	Teams   []Link // deleted with it
	Stories *Link  // what must be withdrawn first; nil for nothing
	Action  string
	Form    Form
	Cancel  string
}

// InvitedPage is where the link of a mail leads: to an invitation.
//
// Forms: POST Action; POST Action/decline; POST Again.
type InvitedPage struct {
	Frame
	Group   Link
	Kind    string // "organization", "team"
	About   Rich
	Role    string
	By      *Actor
	For     *Actor // of another node, who needs no account here; nil for an invitation by mail
	Until   time.Time
	Action  string
	SignUp  string // "" if the node is closed
	SignIn  string
	Over    bool
	Again   string // where that it was declined by this link, until Until or for ever, is undone; "" if it was not
	Another bool   // it is for somebody else
}

// MembershipsPage lists what is between the reader and groups of other nodes,
// at /me/memberships.
type MembershipsPage struct {
	Frame
	Items   []Membership
	Pager   Pager
	Here    []Card
	Refused []Refused
}

// Refused is a group of which the reader wants no more invitations.
type Refused struct {
	Group Actor
	At    time.Time
	Drop  string // address that lets it invite again, by POST
}

// Membership is one of them.
type Membership struct {
	Group   Actor
	State   string // "invited", "asked", "member"
	Since   time.Time
	Accept  string // addresses that answer by POST
	Decline string
	Leave   string
}

// TeamsPage lists the teams of an organisation, at
// /organizations/{name}/teams.
type TeamsPage struct {
	Frame
	Crumbs []Link
	Title  domain.Text
	Items  []Card
	Pager  Pager
	Start  string
}

func (x DescribePage) head(p *locale.Printer) head {
	return head{template: "describe", nav: navOf(x.Action), title: writer{p}.plain(x.Title), noindex: true}
}

func (x MembersPage) head(p *locale.Printer) head {
	return head{template: "members-page", nav: navCommunities, title: p.T("page.people.title_of", in(p, x.Title)), noindex: true}
}

func (x RollPage) head(p *locale.Printer) head {
	return head{template: "roll", nav: navCommunities, title: p.T("membership.roll_title"), noindex: true}
}

func (x EndPage) head(p *locale.Printer) head {
	return head{template: "end", nav: navCommunities, title: p.T("membership.end_title", in(p, x.Title)), noindex: true}
}

// TitleKey names the page: who declined, or comes too late, is not invited.
func (x InvitedPage) TitleKey() string {
	if x.Over || x.Again != "" {
		return "membership.invitation_title"
	}
	return "membership.invited_title"
}

func (x InvitedPage) head(p *locale.Printer) head {
	return head{template: "invited", title: p.T(x.TitleKey()), noindex: true}
}

func (x MembershipsPage) head(p *locale.Printer) head {
	return head{template: "memberships", title: p.T("membership.mine_title"), noindex: true}
}

func (x TeamsPage) head(p *locale.Printer) head {
	return head{template: "teams", nav: navCommunities, title: p.T("membership.teams_of", in(p, x.Title)), noindex: true}
}
