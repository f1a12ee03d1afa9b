package participation

import (
	"interlink/domain"
	"interlink/domain/coproduction"
)

// What happens to calls and applications. The subject is the call. Who applied
// and what they wrote is in none: the payload names the application, which can
// be deleted, and events of who applied have no actor.
const (
	CallPublished        domain.EventKind = "role_call.published"   // [Published]
	CallRevised          domain.EventKind = "role_call.revised"     // [Published]; the post's own event tells others
	CallEnding           domain.EventKind = "role_call.ending"      // [Published]: nothing changed for long, see [Service.EndLasting]
	CallEnded            domain.EventKind = "role_call.ended"       // [Published]: filled, or closed by its people or the node
	ApplicationReceived  domain.EventKind = "application.received"  // [Step], as those below
	ApplicationDecided   domain.EventKind = "application.decided"   // by a reviewer, or the node
	ApplicationAppealed  domain.EventKind = "application.appealed"  //
	ApplicationWithdrawn domain.EventKind = "application.withdrawn" //
	ApplicationSent      domain.EventKind = "application.sent"      // to a call of another node, also an appeal
	ApplicationRetracted domain.EventKind = "application.retracted" // from a call of another node
	ApplicationAnswered  domain.EventKind = "application.answered"  // by another node

	// JoiningChanged tells that a process, the subject, takes join requests,
	// or takes none, or what they give.
	JoiningChanged domain.EventKind = "process.joining_changed" // [Joining]
)

// JobNews tells who applied with an account of another server, by the form,
// what was decided. Its arguments are [News].
const JobNews = "participation.news"

// News are the arguments of [JobNews].
type News struct {
	Application domain.ID      `json:"application"`
	To          domain.ActorID `json:"to"`
}

// Published is the payload of the events of a call.
type Published struct {
	Title     domain.Text    `json:"title"`
	Community domain.ActorID `json:"community"`
	Team      domain.ActorID `json:"team"`
	State     CallState      `json:"state"`
}

// Joining is the payload of process.joining_changed.
type Joining struct {
	Process string              `json:"process"` // name
	Title   domain.Text         `json:"title"`
	Open    bool                `json:"open"`
	Gives   coproduction.Rights `json:"gives"`
}

// Step is the payload of the events of an application.
type Step struct {
	Application domain.ID `json:"application"`
	Step        int       `json:"step"` // its place in the history
	State       State     `json:"state"`
}

func (s *Service) published(kind domain.EventKind, by domain.ActorID, c *Call) domain.Event {
	return domain.NewEvent(s.mint, kind, by, c.Subject(), Published{Title: c.Title, Community: c.Community, Team: c.Team, State: c.State})
}

// told makes the event of the newest change of an application. by is Nobody
// for what who applied did.
func (s *Service) told(kind domain.EventKind, by domain.ActorID, a *Application) domain.Event {
	step := Step{Application: a.ID, Step: len(a.History) - 1, State: a.State}
	return domain.NewEvent(s.mint, kind, by, domain.Subject{Kind: "role_call", ID: a.Call}, step)
}
