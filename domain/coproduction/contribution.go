package coproduction

import (
	"time"

	"interlink/domain"
)

// ContributionKind says what sort of work a contribution was.
type ContributionKind string

// The kinds.
const (
	Management   ContributionKind = "management"
	Development  ContributionKind = "development"
	Exploitation ContributionKind = "exploitation"
)

// ContributionKinds lists the kinds.
var ContributionKinds = []ContributionKind{Management, Development, Exploitation}

// Known reports whether k is one of the kinds.
func (k ContributionKind) Known() bool {
	return k == Management || k == Development || k == Exploitation
}

// ContributionState says how a claim stands.
type ContributionState string

// The states.
const (
	Claimed       ContributionState = "claimed"
	Awarded       ContributionState = "awarded"
	ClaimRejected ContributionState = "rejected"
	ClaimTaken    ContributionState = "withdrawn" // by whoever claimed it
)

// Level is how much a contribution was: 1 low, 2 average, 3 high; 0 before it
// is awarded.
type Level int

// The levels.
const (
	Low     Level = 1
	Average Level = 2
	High    Level = 3
)

// Levels lists the levels.
var Levels = []Level{Low, Average, High}

// String is the name of a level, "" for none.
func (l Level) String() string {
	return map[Level]string{Low: "low", Average: "average", High: "high"}[l]
}

// ParseLevel reads the name of a level; 0 if there is none of this name.
func ParseLevel(name string) Level {
	for _, l := range Levels {
		if l.String() == name {
			return l
		}
	}
	return 0
}

// Contribution is what somebody says that they did in a task, and what it was
// found to be worth.
type Contribution struct {
	ID         domain.ID
	Serial     domain.Serial
	IRI        domain.IRI // of one that came from another node; "" for none
	Offer      domain.IRI // the activity by which it came
	Process    domain.ActorID
	Item       domain.ID // the task
	ItemName   domain.Text
	Resource   domain.ID // "" for none
	Assignment domain.ID // that it answers; "" for none
	Person     domain.ActorID
	Title      string
	Content    string // plain text: what was done
	Kind       ContributionKind
	State      ContributionState
	Level      Level
	Points     int    // complexity of the task, when it was awarded, by level
	Reason     string // of a rejection
	DecidedBy  domain.ActorID
	DecidedAt  time.Time // zero while it is only claimed
	CreatedAt  time.Time
	UpdatedAt  time.Time
	Revision   int64
}

// ClaimInput is what somebody says of their contribution.
type ClaimInput struct {
	Title      string
	Content    string
	Kind       ContributionKind // "" means development
	Resource   domain.ID
	Assignment domain.ID
}

func (in *ClaimInput) check() error {
	in.Title, in.Content = plain(in.Title), plain(in.Content)
	if in.Kind == "" {
		in.Kind = Development
	}
	var p domain.Problems
	if in.Title == "" {
		p.Add("title", "contribution.title_missing")
	}
	if len(in.Title) > maxSubject {
		p.Add("title", "process.text_too_long", maxSubject)
	}
	if len(in.Content) > maxInstructions {
		p.Add("content", "process.text_too_long", maxInstructions)
	}
	if !in.Kind.Known() {
		p.Add("kind", "contribution.kind_unknown")
	}
	return p.Err()
}

// award gives it a level.
func (c *Contribution) award(l Level, complexity int, by domain.ActorID, now time.Time) {
	c.State, c.Level, c.Points, c.Reason = Awarded, l, complexity*int(l), ""
	c.DecidedBy, c.DecidedAt, c.UpdatedAt = by, now, now
}

// revert makes it a mere claim again.
func (c *Contribution) revert(now time.Time) {
	c.State, c.Level, c.Points, c.Reason = Claimed, 0, 0, ""
	c.DecidedBy, c.DecidedAt, c.UpdatedAt = domain.Nobody, time.Time{}, now
}

// Standing is the place of a person among those who contributed to a process.
type Standing struct {
	Person  domain.ActorID
	Points  int
	Awarded int // contributions
}

// Certificate says in public what somebody contributed to a process. It is
// found by a token that cannot be guessed, and shows what holds when it is
// read. The person makes and revokes it.
type Certificate struct {
	ID        domain.ID
	Token     string
	Process   domain.ActorID
	Person    domain.ActorID
	CreatedAt time.Time
	RevokedAt time.Time // zero while it holds
}
