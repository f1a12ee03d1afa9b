package review

import "interlink/domain"

// What happens to reviews; the subject is the review, [Told] the payload of all.
const (
	Written   domain.EventKind = "review.written"   // by somebody of this node; of another's thing it is sent there
	Withdrawn domain.EventKind = "review.withdrawn" // by somebody of this node
	Received  domain.EventKind = "review.received"  // by somebody of another node, of a thing of this one
	Lost      domain.EventKind = "review.lost"      // somebody of another node withdrew theirs

	Answered  domain.EventKind = "review.answered"   // by those who keep the thing here, or taken back
	AnswerGot domain.EventKind = "review.answer_got" // somebody of this node got an answer

	Ended    domain.EventKind = "review.removed"  // by those who moderate here
	Restored domain.EventKind = "review.restored" // as before
	Judged   domain.EventKind = "review.judged"   // those who moderate the node of the thing removed it, or show it again
)

// Told is the payload of the events. It has no word of what somebody says.
type Told struct {
	Review  domain.ID      `json:"review"`
	IRI     domain.IRI     `json:"iri"`
	Kind    Kind           `json:"kind"`
	Subject domain.IRI     `json:"subject"`
	Name    domain.Text    `json:"name,omitempty"` // of the subject
	Path    string         `json:"path,omitempty"` // of its page here
	Owner   domain.ActorID `json:"owner"`
	Author  domain.ActorID `json:"author"`
	Here    bool           `json:"here,omitempty"`   // the subject is of this node
	Edited  bool           `json:"edited,omitempty"` // it was there before
	Shown   bool           `json:"shown,omitempty"`  // of Judged
	Reply   domain.IRI     `json:"reply,omitempty"`  // of Answered
	Gone    bool           `json:"gone,omitempty"`   // the answer was taken back
	Reason  string         `json:"reason,omitempty"` // of Ended: for its author
}

func told(r *Review, about *Subject) Told {
	t := Told{Review: r.ID, IRI: r.IRI, Kind: r.Kind, Subject: r.Subject, Owner: r.Owner, Author: r.Author, Here: r.Host == ""}
	if about != nil {
		t.Name, t.Path = about.Name, about.Path
	}
	return t
}

func (s *Service) event(kind domain.EventKind, by domain.ActorID, r *Review, t Told) domain.Event {
	return domain.NewEvent(s.mint, kind, by, domain.Subject{Kind: "review", ID: r.ID}, t)
}

// JobTally counts the reviews of a thing and tells those who follow it; the
// arguments are [TallyArgs].
const JobTally = "review.tally"

// TallyArgs are the arguments of [JobTally].
type TallyArgs struct {
	Kind    Kind       `json:"kind"`
	Subject domain.IRI `json:"subject"`
}
