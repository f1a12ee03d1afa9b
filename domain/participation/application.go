package participation

import (
	"slices"
	"time"

	"interlink/domain"
)

// State is where an application stands.
type State string

// The states.
const (
	Submitted   State = "submitted"
	Shortlisted State = "shortlisted" // looked at more closely
	Accepted    State = "accepted"    // a member of the team since
	Declined    State = "declined"    // could be taken, but others are
	Rejected    State = "rejected"    // does not fit the call
	Withdrawn   State = "withdrawn"   // by who applied
	Appealed    State = "appealed"    // who applied asks for a second reviewer
)

// States lists the states in their order.
var States = [...]State{Submitted, Shortlisted, Accepted, Declined, Rejected, Appealed, Withdrawn}

// Negative reports whether somebody who applied was told no.
func (s State) Negative() bool { return s == Declined || s == Rejected }

// Over reports whether nobody has anything to decide any more, unless who
// applied appeals.
func (s State) Over() bool { return s.Negative() || s == Accepted || s == Withdrawn }

// Ground is why somebody is not taken, in one of a few words that name nobody:
// what is public of the reasons.
type Ground string

// The grounds.
const (
	GroundRequirements Ground = "requirements" // a requirement of the call is not met
	GroundExperience   Ground = "experience"   // others have more of what is needed
	GroundAvailability Ground = "availability" // the time does not fit
	GroundSeats        Ground = "seats"        // all seats are taken
	GroundBalance      Ground = "balance"      // the team needs people of another kind
	GroundLate         Ground = "late"         // it came after the call was closed
	GroundOther        Ground = "other"
)

// Grounds lists the grounds that reviewers choose from.
var Grounds = [...]Ground{GroundRequirements, GroundExperience, GroundAvailability, GroundSeats, GroundBalance, GroundOther}

// Application is what somebody, here or elsewhere, sends to a call. Nobody but
// they and the reviewers ever sees it. The node of who applied has one too,
// as far as it was told.
type Application struct {
	ID        domain.ID
	Serial    domain.Serial
	Call      domain.ID
	Applicant domain.ActorID
	Join      domain.IRI // the activity that brought or sent it; "" for one between people of this node, or by a form
	Statement string     // plain text; "" if a Join had none
	State     State
	Ground    Ground // of a negative answer
	Secondly  bool   // an appeal was made: there is one
	History   []Change
	CreatedAt time.Time
	UpdatedAt time.Time
	Revision  int64
}

// Change is one step of an application.
type Change struct {
	State  State          `json:"state"`
	At     time.Time      `json:"at"`
	By     domain.ActorID `json:"by,omitempty"`     // Nobody: the node itself, or somebody of another one
	Reason string         `json:"reason,omitempty"` // plain text, for who applied; their own in an appeal
	Join   domain.IRI     `json:"join,omitempty"`   // the activity that brought or sent it
}

// steps are the changes that can follow each other.
var steps = map[State][]State{
	"":          {Submitted, Rejected}, // the latter for one that comes too late
	Submitted:   {Shortlisted, Accepted, Declined, Rejected, Withdrawn},
	Shortlisted: {Accepted, Declined, Rejected, Withdrawn},
	Declined:    {Appealed},
	Rejected:    {Appealed},
	Appealed:    {Accepted, Declined, Rejected, Withdrawn},
	Withdrawn:   {Submitted},
}

// Next returns the states that can follow.
func (a *Application) Next() []State {
	if a.State.Negative() && a.Secondly {
		return nil
	}
	return steps[a.State]
}

// step makes a change. Errors: Conflict for one that cannot follow.
func (a *Application) step(c Change, ground Ground) error {
	if !slices.Contains(a.Next(), c.State) {
		return domain.Fail(domain.Conflict, "application.no_such_step")
	}
	a.State, a.UpdatedAt, a.Ground = c.State, c.At, ""
	if c.State.Negative() {
		a.Ground = ground
	}
	if c.State == Appealed {
		a.Secondly = true
	}
	if c.State == Submitted {
		a.Secondly = false
	}
	a.History = append(slices.Clone(a.History), c)
	return nil
}

// Decider is who made the decision against which an appeal is open; Nobody
// for any other application.
func (a *Application) Decider() domain.ActorID {
	if a.State != Appealed {
		return domain.Nobody
	}
	for i := len(a.History) - 1; i >= 0; i-- {
		if a.History[i].State.Negative() {
			return a.History[i].By
		}
	}
	return domain.Nobody
}

// Brought reports whether a Join brought a step of it before.
func (a *Application) Brought(join domain.IRI) bool {
	return join != "" && slices.ContainsFunc(a.History, func(c Change) bool { return c.Join == join })
}

// Joins are the activities that brought or sent it.
func (a *Application) Joins() []domain.IRI {
	var joins []domain.IRI
	for _, c := range a.History {
		if c.Join != "" {
			joins = append(joins, c.Join)
		}
	}
	return joins
}

// Last is the newest change.
func (a *Application) Last() Change {
	if len(a.History) == 0 {
		return Change{}
	}
	return a.History[len(a.History)-1]
}

// Tally counts applications: by state, and negative answers by ground.
// Those that are deleted go on to count.
type Tally []Counted

// Counted is one line of a [Tally].
type Counted struct {
	State  State
	Ground Ground // "" unless negative
	N      int
}

// Count returns how many are in a state.
func (t Tally) Count(s State) int {
	n := 0
	for _, c := range t {
		if c.State == s {
			n += c.N
		}
	}
	return n
}

// Total returns how many there are.
func (t Tally) Total() int {
	n := 0
	for _, c := range t {
		n += c.N
	}
	return n
}

// Trace names an application among the activities that were sent about it, so
// that they can be deleted with it; it is no address.
func Trace(id domain.ID) string { return "application:" + string(id) }
