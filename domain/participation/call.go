// Package participation is how people come into teams, controlled and for all
// to see: role calls say whom a team looks for, people apply with a statement,
// reviewers decide with a reason, and who is accepted gets exactly the rights
// of a member. What a call is and how many applied is public; who applied, and
// why somebody was not taken, is between them and the reviewers.
package participation

import (
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

// Call is a role call: whom a team looks for, for what, and how it is decided.
// It is told by a post of the community, with which it shares its id and its
// address on the wire.
type Call struct {
	ID        domain.ID
	Serial    domain.Serial
	IRI       domain.IRI // of the post: the object of a Join
	URL       domain.IRI // its page
	Host      string     // "" for a call of this node
	Community domain.ActorID
	Team      domain.ActorID // whose members those become who are accepted; Nobody for a call of another node
	TeamIRI   domain.IRI
	Process   domain.ActorID      // of a standing call, for its join requests, see [Terms]; Nobody for that of a team
	Gives     coproduction.Rights // of a standing call: what who is let in may do
	Details
	DecidedBy []domain.IRI     // the reviewers, for all to see
	Reviewers []domain.ActorID // beside the administrators of the team
	State     CallState
	WarnedAt  time.Time // when its people were told that it ends, see [Service.EndLasting]
	Creator   domain.ActorID
	CreatedAt time.Time
	UpdatedAt time.Time
	Revision  int64

	Tally Tally              // of its applications; set by the store
	Group *organization.Team // set by the store for a call of this node; nil once the team is gone

	Into *coproduction.Process // set by the store for a standing call of this node
}

// Details are what a call says.
type Details struct {
	Title    domain.Text
	Duties   domain.Text // Markdown, as Eligible
	Eligible domain.Text // who can apply
	Effort   domain.Text // a line, such as "four hours a week"; may be empty
	Seats    int         // how many are looked for, 1 to 1000
	Starts   time.Time   // the period, whole days at midnight UTC; zero if it is not said
	Ends     time.Time
	Deadline time.Time // the last moment to apply; zero if there is none
	Method   Method
}

// CallState is whether a call takes applications.
type CallState string

// The states of a call. An open one takes none any more after its deadline.
const (
	CallOpen   CallState = "open"
	CallFilled CallState = "filled" // all seats are taken
	CallClosed CallState = "closed" // by its people
)

// Method is how it is decided among those who apply.
type Method string

// The methods.
const (
	ByCriteria Method = "criteria"    // the reviewers weigh who fits best
	ByOrder    Method = "first_come"  // whoever fits and came first
	ByInterest Method = "all_welcome" // everybody who fits, while there are seats
	ByLot      Method = "draw"        // a draw among those who fit
)

// Methods lists the methods in the order in which they are offered.
var Methods = [...]Method{ByCriteria, ByOrder, ByInterest, ByLot}

// Known reports whether m is one of the methods.
func (m Method) Known() bool { return slices.Contains(Methods[:], m) }

// Local reports whether the call is of this node.
func (c *Call) Local() bool { return c.Host == "" }

// Open reports whether the call takes applications.
func (c *Call) Open(now time.Time) bool {
	return c.State == CallOpen && !c.Late(now) && !c.ended()
}

// ended reports whether there is nothing left that the call could lead to.
func (c *Call) ended() bool { return c.Local() && c.Group == nil && c.Into == nil }

// Late reports whether the deadline is over.
func (c *Call) Late(now time.Time) bool { return !c.Deadline.IsZero() && now.After(c.Deadline) }

// Taken is how many seats are taken.
func (c *Call) Taken() int { return c.Tally.Count(Accepted) }

// PolicyKind answers [policy.Facts].
func (c *Call) PolicyKind() string { return "role_call" }

// PolicyVisibility answers [policy.Facts]: calls are public; their
// applications are parts that only reviewers work on. A standing call is seen
// by those who see the process.
func (c *Call) PolicyVisibility() domain.Visibility {
	switch {
	case c.Into != nil:
		return c.Into.PolicyVisibility()
	case c.Standing() && c.Local():
		return domain.VisibleMembers
	}
	return domain.VisiblePublic
}

// PolicyRelation answers [policy.Facts]: reviewers and those who administer
// the team, or the process, decide.
func (c *Call) PolicyRelation(a domain.ActorID) policy.Relation {
	if !c.Local() {
		return policy.Stranger
	}
	if c.Into != nil {
		return c.Into.PolicyRelation(a)
	}
	if slices.Contains(c.Reviewers, a) || c.Group != nil && c.Group.PolicyRelation(a) == policy.Administrator {
		return policy.Administrator
	}
	return policy.Stranger
}

// PolicyLocal answers [policy.Facts].
func (c *Call) PolicyLocal() bool { return c.Local() }

// Subject names the call in events.
func (c *Call) Subject() domain.Subject { return domain.Subject{Kind: "role_call", ID: c.ID} }

// The bounds of a call.
const (
	maxTitle     = 200 // bytes of the longest translation, as those below
	maxLine      = 500
	maxText      = 10_000
	maxSeats     = 1000
	maxReviewers = 20
)

func (d *Details) clean() {
	d.Title, d.Duties, d.Eligible, d.Effort = d.Title.Clean(), d.Duties.Clean(), d.Eligible.Clean(), d.Effort.Clean()
	if d.Method == "" {
		d.Method = ByCriteria
	}
}

// check collects what is wrong with a new call.
func (d *Details) check(p *domain.Problems, now time.Time) {
	if d.Title.Empty() {
		p.Add("title", "role_call.title_missing")
	}
	if d.Duties.Empty() {
		p.Add("duties", "role_call.duties_missing")
	}
	for _, f := range []struct {
		field string
		text  domain.Text
		most  int
	}{{"title", d.Title, maxTitle}, {"duties", d.Duties, maxText}, {"eligible", d.Eligible, maxText}, {"effort", d.Effort, maxLine}} {
		if f.text.Longest() > f.most {
			p.Add(f.field, "error.too_long", f.most)
		}
	}
	if d.Seats < 1 || d.Seats > maxSeats {
		p.Add("seats", "role_call.seats_number", maxSeats)
	}
	if !d.Method.Known() {
		p.Add("method", "role_call.method_unknown")
	}
	p.Day("starts", d.Starts)
	p.Day("ends", d.Ends)
	p.Day("deadline", d.Deadline)
	if !d.Deadline.IsZero() && d.Deadline.Before(now) && !d.Deadline.Equal(domain.Unreadable) {
		p.Add("deadline", "role_call.deadline_past")
	}
	if !d.Ends.Equal(domain.Unreadable) && !d.Starts.IsZero() && !d.Ends.IsZero() && d.Ends.Before(d.Starts) {
		p.Add("ends", "role_call.ends_before")
	}
}
