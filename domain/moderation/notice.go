// Package moderation is how anybody, with an account or without, gives notice
// of something that is illegal or against the rules, how those who moderate
// decide with a statement of reasons, and how who is concerned complains of the
// decision (Regulation (EU) 2022/2065, Art. 16, 17 and 20).
package moderation

import (
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/policy"
)

// Category says what a notice is about.
type Category string

// The categories.
const (
	ChildAbuse Category = "child_abuse" // who gives notice of it need not say who they are (Art. 16(2)(c))
	Violence   Category = "violence"    // threats, incitement, terrorism
	Hate       Category = "hate"
	Privacy    Category = "privacy" // personal data, defamation
	Fraud      Category = "fraud"
	Rights     Category = "rights" // copyright and the like
	Other      Category = "other"  // otherwise illegal
	Rules      Category = "rules"  // not illegal, but against the terms
)

// Categories lists them in the order of the form.
var Categories = []Category{ChildAbuse, Violence, Hate, Privacy, Fraud, Rights, Other, Rules}

// State is where a notice stands.
type State string

// The states.
const (
	Received State = "received"
	Decided  State = "decided"
)

// Notice is what somebody gave notice of. Who and Reason are erased when the
// retention is over.
type Notice struct {
	ID        domain.ID
	Serial    domain.Serial
	Number    string     // to be named in letters: "2027-4F2A9C"
	Secret    string     // of the page of who gave it: later mails name it again
	About     domain.IRI // address of what it is about
	Target    domain.ActorID
	Post      domain.ID // of a post of this node; "" if it is about something else
	Review    domain.ID // of a review that is kept here; "" as before
	Category  Category
	Reason    string // plain text
	Name      string
	Email     string // normalised; "" for none
	Language  domain.Lang
	Reporter  domain.ActorID // who was signed in; Nobody for others
	State     State
	Decision  Decision // of a decided one
	CreatedAt time.Time
	Revision  int64
}

// Outcome is what was decided.
type Outcome string

// The outcomes.
const (
	Nothing    Outcome = "nothing"    // neither illegal nor against the terms
	Removed    Outcome = "removed"    // what it is about is no more
	Restricted Outcome = "restricted" // it is seen by fewer
	Suspended  Outcome = "suspended"  // the account cannot be used
)

// Outcomes lists them in the order of the form.
var Outcomes = []Outcome{Nothing, Removed, Restricted, Suspended}

// Ground is on what a restriction rests.
type Ground string

// The grounds (Art. 17(3)(d), (e)).
const (
	Law   Ground = "law"
	Terms Ground = "terms"
)

// Decision is what those who moderate decided, and why.
type Decision struct {
	Outcome   Outcome
	Facts     string // what they went by (Art. 17(3)(b)); plain text
	Ground    Ground // "" for nothing
	Provision string // the law, or the term, and why it applies
	Automated bool   // by automated means (Art. 17(3)(c))
	By        domain.ActorID
	At        time.Time
	Secret    string // of the page of the statement of reasons; "" if nobody is restricted
}

// Side is who complains of a decision.
type Side string

// The sides.
const (
	Notifier Side = "notifier" // who gave notice
	Affected Side = "affected" // who is restricted
)

// Complaint is one of a decision; each side has one.
type Complaint struct {
	ID        domain.ID
	Notice    domain.ID
	Side      Side
	Text      string // plain text
	At        time.Time
	Upheld    bool   // the complaint was right
	Answer    string // plain text; "" while it is open
	By        domain.ActorID
	DecidedAt time.Time
}

// Open reports whether nobody has decided the complaint.
func (c Complaint) Open() bool { return c.DecidedAt.IsZero() }

// ComplaintFor is for how long one may complain (Art. 20(1)).
const ComplaintFor = 6 * 31 * 24 * time.Hour

// The bounds of what is typed, in letters.
const (
	maxText = 5000
	maxLine = 200
)

// Given is what somebody fills in.
type Given struct {
	About    string
	Category Category
	Reason   string
	Name     string
	Email    string
	Forward  bool // tell the server of a review's author too, without the name of who gives it
	Faith    bool // they believe in good faith that it is true and whole (Art. 16(2)(d))
}

// check trims what was typed, and says all that is wrong with it.
func (g *Given) check() domain.Problems {
	var p domain.Problems
	g.About, g.Reason, g.Name, g.Email = strings.TrimSpace(g.About), strings.TrimSpace(g.Reason), strings.TrimSpace(g.Name), strings.TrimSpace(g.Email)
	if about, err := domain.ParseIRI(g.About); err != nil || len(g.About) > 2000 {
		p.Add("about", "moderation.about_shape")
	} else {
		g.About = string(about)
	}
	known := false
	for _, c := range Categories {
		known = known || c == g.Category
	}
	if !known {
		p.Add("category", "moderation.category_missing")
	}
	text(&p, "reason", g.Reason, maxText, "moderation.reason_missing")
	if g.Category != ChildAbuse || g.Name != "" {
		text(&p, "name", g.Name, maxLine, "moderation.name_missing")
	}
	if g.Category != ChildAbuse || g.Email != "" {
		email, ok := domain.ParseEmail(g.Email)
		if !ok {
			p.Add("email", "account.email_shape")
		}
		g.Email = email
	}
	if !g.Faith {
		p.Add("faith", "moderation.faith_missing")
	}
	return p
}

// text judges a text that must be there.
func text(p *domain.Problems, field, s string, most int, missing string) {
	switch {
	case s == "":
		p.Add(field, missing)
	case utf8.RuneCountInString(s) > most:
		p.Add(field, "error.too_long", most)
	}
}

// desk answers the policy for notices: anybody may give one, those who
// moderate the node decide.
type desk struct{}

func (desk) PolicyKind() string                            { return "notice" }
func (desk) PolicyVisibility() domain.Visibility           { return domain.VisiblePublic }
func (desk) PolicyRelation(domain.ActorID) policy.Relation { return policy.Stranger }
func (desk) PolicyLocal() bool                             { return true }

// What happens to notices. The subject is the notice.
const (
	NoticeReceived    domain.EventKind = "notice.received"           // [Told], as all of these
	NoticeDecided     domain.EventKind = "notice.decided"            //
	ComplaintReceived domain.EventKind = "notice.complaint_received" //
	ComplaintDecided  domain.EventKind = "notice.complaint_decided"  //
)

// Told is the payload of the events. It names nobody.
type Told struct {
	Number   string   `json:"number"`
	Category Category `json:"category"`
	Outcome  Outcome  `json:"outcome,omitempty"`
	Side     Side     `json:"side,omitempty"`
	Upheld   bool     `json:"upheld,omitempty"`
	Forward  bool     `json:"forward,omitempty"` // of a review that is received: its author's server is told
}
