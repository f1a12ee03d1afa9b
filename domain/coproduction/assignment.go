package coproduction

import (
	"slices"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// The longest texts of an assignment or a contribution, in bytes, and the most
// people that one command assigns.
const (
	maxSubject      = 200
	maxInstructions = 10_000
	maxReason       = 2_000
	maxAssignees    = 500
)

// AssignmentState says how an assignment stands.
type AssignmentState string

// The states.
const (
	AssignmentOpen      AssignmentState = "open" // no answer yet
	AssignmentTaken     AssignmentState = "accepted"
	AssignmentRefused   AssignmentState = "declined"
	AssignmentFinished  AssignmentState = "done"
	AssignmentCancelled AssignmentState = "withdrawn" // by those who gave it
)

// assignmentSteps are what the assignee may make of each state.
var assignmentSteps = map[AssignmentState][]AssignmentState{
	AssignmentOpen:     {AssignmentTaken, AssignmentRefused, AssignmentFinished},
	AssignmentTaken:    {AssignmentFinished, AssignmentRefused},
	AssignmentRefused:  {AssignmentTaken},
	AssignmentFinished: {AssignmentTaken},
}

// Known reports whether s is one of the states.
func (s AssignmentState) Known() bool {
	return s == AssignmentCancelled || assignmentSteps[s] != nil
}

// Assignment asks one person to do something in a task. One given to a team is
// one for each of its members, who answer for themselves. Those that processes
// of other nodes gave to people of this one are copies.
type Assignment struct {
	ID           domain.ID
	Serial       domain.Serial
	IRI          domain.IRI
	Host         string // of a copy; "" if the process is of this node
	Process      domain.ActorID
	ProcessIRI   domain.IRI
	ProcessTitle domain.Text // as it was called then, as the names below
	Item         domain.ID   // the task; "" for a copy
	ItemIRI      domain.IRI
	ItemName     domain.Text
	Resource     domain.ID // that is to be worked on; "" for none, and for a copy
	ResourceName string
	Assignee     domain.ActorID
	Team         domain.ActorID // by which it was given; Nobody if to the person
	Subject      string
	Instructions string    // plain text
	Due          time.Time // a day, at midnight UTC; zero for none
	State        AssignmentState
	Reason       string // why it was declined
	GivenBy      domain.ActorID
	Offer        domain.IRI      // activity by which it went to or came from another node; "" for none
	Claim        *ClaimElsewhere // what the assignee of a copy did; nil before they said it
	CreatedAt    time.Time
	UpdatedAt    time.Time
	Revision     int64
}

// ByNode reports whether the node asks, not the process, which is no business of
// other nodes: see [Service.Assign].
func (a *Assignment) ByNode() bool {
	return !strings.HasPrefix(string(a.IRI), string(a.ProcessIRI)+"/")
}

// Local reports whether the process is of this node.
func (a *Assignment) Local() bool { return a.Host == "" }

// Over reports whether nothing is to be done any more.
func (a *Assignment) Over() bool {
	return a.State == AssignmentFinished || a.State == AssignmentRefused || a.State == AssignmentCancelled
}

// Next lists what the assignee may make of it.
func (a *Assignment) Next() []AssignmentState { return assignmentSteps[a.State] }

// PolicyKind answers [policy.Facts].
func (a *Assignment) PolicyKind() string { return "assignment" }

// PolicyVisibility answers [policy.Facts].
func (a *Assignment) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }

// PolicyRelation answers [policy.Facts]: the assignee answers it. Those who
// manage its task do so as that.
func (a *Assignment) PolicyRelation(who domain.ActorID) policy.Relation {
	if who == a.Assignee {
		return policy.Contributor
	}
	return policy.Stranger
}

// PolicyLocal answers [policy.Facts]. A copy is answered here, and what is
// said of it sent to its process's node.
func (a *Assignment) PolicyLocal() bool { return true }

// step lets the assignee answer. Errors: Conflict where that cannot be said
// any more.
func (a *Assignment) step(to AssignmentState, reason string, now time.Time) error {
	if !slices.Contains(a.Next(), to) {
		return domain.Fail(domain.Conflict, "assignment.no_such_step")
	}
	if reason = plain(reason); to != AssignmentRefused {
		reason = ""
	}
	if len(reason) > maxReason {
		return domain.InvalidField("reason", "process.text_too_long", maxReason)
	}
	a.State, a.Reason, a.UpdatedAt = to, reason, now
	return nil
}

// AssignInput is what somebody says to give a task away.
type AssignInput struct {
	People       []domain.ActorID
	Team         domain.ActorID // whose members are asked too; Nobody for none
	Resource     domain.ID      // of the task; "" for the task as a whole
	Subject      string
	Instructions string
	Due          time.Time
}

// Check collects what is wrong with it, as [Service.Assign] does, in the order
// of the fields.
func (in *AssignInput) Check() error {
	in.Subject, in.Instructions, in.Due = plain(in.Subject), plain(in.Instructions), day(in.Due)
	var p domain.Problems
	if in.Subject == "" {
		p.Add("subject", "assignment.subject_missing")
	}
	if len(in.Subject) > maxSubject {
		p.Add("subject", "process.text_too_long", maxSubject)
	}
	if len(in.Instructions) > maxInstructions {
		p.Add("instructions", "process.text_too_long", maxInstructions)
	}
	if len(in.People) == 0 && in.Team == domain.Nobody {
		p.Add("people", "assignment.nobody")
	}
	if len(in.People) > maxAssignees {
		p.Add("people", "assignment.too_many", maxAssignees)
	}
	p.Day("due", in.Due)
	return p.Err()
}
