// Package notification tells people of what concerns them: who is told of which
// event is one table (table.go), how they are told is their own choice
// (choice.go). It knows events by kind and payload, never the subjects that
// made them.
//
// A stage (stage.go) reads the events in their order and keeps one row for each
// person and thing that is told, and another step of it makes mails of what is
// due. Both go on where they were killed.
package notification

import (
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// Topic is one kind of thing that people are told, and the name of its sentence.
type Topic string

// Class is a group of topics that people choose about together.
type Class string

// The classes.
const (
	Personal     Class = "personal"     // about you: what you may do, and what was decided about you
	Decisions    Class = "decisions"    // waits for you
	Work         Class = "work"         // what others do where you take part
	Conversation Class = "conversation" // to you, by somebody who writes
	Reactions    Class = "reactions"    // to what you wrote, and to you
	News         Class = "news"         // of what you follow
)

// Classes lists the classes in the order in which people are asked about them.
var Classes = [...]Class{Personal, Decisions, Work, Conversation, Reactions, News}

// Notification is one thing that one person is told.
type Notification struct {
	Serial domain.Serial
	Person domain.ActorID
	Topic  Topic
	Event  domain.Event // its payload is nil once erased
	At     time.Time
	Read   time.Time   // zero while unread
	Title  domain.Text // of the subject, where the payload has none; set by the store
}

// subject names what kind of thing is written about it in the policy.
type own struct{ person domain.ActorID }

func (own) PolicyKind() string                  { return "notification" }
func (own) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }
func (own) PolicyLocal() bool                   { return true }

func (o own) PolicyRelation(a domain.ActorID) policy.Relation {
	if a == o.person {
		return policy.Administrator
	}
	return policy.Stranger
}

// allow asks whether the viewer may do something with their own notifications.
// Errors: Unauthenticated, Forbidden for a token without the scope.
func allow(v policy.Viewer, verb policy.Verb) error {
	if v.Actor == domain.Nobody || !v.Local() {
		return domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return policy.Allow(v, verb, own{v.Actor})
}
