package activity

import (
	"encoding/json"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/markup"
)

// AssignmentExtension is the interlink:assignment of what a process asks of a
// person, or of their Update of it, which has the state alone.
type AssignmentExtension struct {
	Title        json.RawMessage `jsonld:"title,omitempty"` // of the process, by language, as TaskName
	Task         domain.IRI      `jsonld:"task,omitempty"`
	TaskName     json.RawMessage `jsonld:"taskName,omitempty"`
	Resource     string          `jsonld:"resource,omitempty"` // name of what is to be worked on
	Subject      string          `jsonld:"subject,omitempty"`
	Instructions string          `jsonld:"instructions,omitempty"` // plain text
	Due          *instant        `jsonld:"due,omitempty"`          // a day, at midnight UTC
	State        string          `jsonld:"state"`                  // open, accepted, declined, done
}

type assignmentDocument struct {
	ID           domain.IRI          `jsonld:"id"`
	Type         string              `jsonld:"type"`
	AttributedTo domain.IRI          `jsonld:"attributedTo"`
	Context      domain.IRI          `jsonld:"context,omitempty"`
	Content      string              `jsonld:"content,omitempty"`
	Assignment   AssignmentExtension `jsonld:"interlink:assignment"`
}

// Assignment makes the object of an Offer to a person: what a process, or its
// node for it, asks them to do.
func Assignment(a *coproduction.Assignment, by domain.IRI) any {
	return assignmentDocument{
		ID: a.IRI, Type: "Note", AttributedTo: by, Context: a.ItemIRI, Content: markup.Paragraphs(a.Subject + "\n\n" + a.Instructions),
		Assignment: AssignmentExtension{
			Title: typedText(a.ProcessTitle), Task: a.ItemIRI, TaskName: typedText(a.ItemName), Resource: a.ResourceName, Subject: a.Subject,
			Instructions: a.Instructions, Due: when(a.Due), State: string(coproduction.AssignmentOpen),
		},
	}
}

// AssignmentUpdate makes the object of an Update by the person: what became of
// what a process, or its node, asked them.
func AssignmentUpdate(a *coproduction.Assignment, by domain.IRI) any {
	return assignmentDocument{
		ID: a.IRI, Type: "Note", AttributedTo: by, Assignment: AssignmentExtension{State: string(a.State)},
	}
}

// ReadAssignment reads the object of an Offer; ok is false if it is no
// assignment. Its bounds are for the domain.
func ReadAssignment(doc Document) (in coproduction.RemoteAssignment, ok bool) {
	ext := doc.Object("interlink:assignment")
	if ext == nil || doc.IRI("id") == "" {
		return in, false
	}
	return coproduction.RemoteAssignment{
		IRI: doc.IRI("id"), Title: byLanguage(ext["title"]), ItemIRI: ext.IRI("task"), ItemName: byLanguage(ext["taskName"]),
		ResourceName: ext.String("resource"), Subject: ext.String("subject"), Instructions: ext.String("instructions"), Due: ext.Time("due"),
	}, true
}

// ReadAssignmentState reads the object of an Update; ok is false if it is
// about no assignment.
func ReadAssignmentState(doc Document) (state coproduction.AssignmentState, ok bool) {
	ext := doc.Object("interlink:assignment")
	if ext == nil {
		return "", false
	}
	return coproduction.AssignmentState(ext.String("state")), true
}

// NewOfferReference names the Offer of a process to a person.
func NewOfferReference(id, process, object, person domain.IRI) MembershipReference {
	return MembershipReference{ID: id, Type: "Offer", Actor: process, Object: object, Target: person}
}

// AnswerOffer accepts what was offered, or refuses it with a reason in plain
// text.
func AnswerOffer(e Envelope, offer MembershipReference, accepted bool, reason string) ([]byte, error) {
	answer := "Reject"
	if accepted {
		answer = "Accept"
	}
	return Encode(applicationDocument{
		ID: e.ID, Type: answer, Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Summary: markup.Escape(reason), Object: offer,
	})
}

// ReadReason reads why somebody refuses, as plain text.
func ReadReason(doc Document) string { return markup.Text(clip(doc.String("summary"), 40_000)) }
