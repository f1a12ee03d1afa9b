package coproduction

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/network"
)

// maxOffered is how many unfinished assignments one process of another node
// may have given one person here.
const maxOffered = 100

// RemoteAssignment is an assignment as a process of another node offered it.
type RemoteAssignment struct {
	IRI          domain.IRI
	Activity     domain.IRI     // the Offer
	Process      *network.Actor // or its node, for one that is not public
	Assignee     domain.ActorID
	Title        domain.Text // of the process
	ItemIRI      domain.IRI
	ItemName     domain.Text
	ResourceName string
	Subject      string
	Instructions string
	Due          time.Time
}

// ReceiveAssignment keeps a copy of what a process of another node asks of
// somebody here. Received again it changes nothing. Errors: Invalid unless it
// is of its process's node, TooMany. Of a process that is not public its node
// asks.
func (s *Service) ReceiveAssignment(ctx context.Context, in RemoteAssignment) error {
	if in.Process.Local() || in.Process.Type != network.TypeGroup && in.Process.Type != network.TypeApplication || s.ns.Owns(in.IRI) || !domain.SameOrigin(in.IRI, in.Process.IRI) {
		return domain.Fail(domain.Invalid, "error.origin")
	}
	if err := s.groups.Person(ctx, in.Assignee); err != nil {
		return err
	}
	if _, err := s.store.AssignmentByIRI(ctx, in.IRI); domain.CodeOf(err) != domain.NotFound {
		return err
	}
	before, err := s.store.Assignments(ctx, AssignmentFilter{
		WorkFilter: WorkFilter{Process: in.Process.ID, Person: in.Assignee}, Unfinished: true,
	}, domain.Page{Limit: 1})
	if err != nil {
		return err
	}
	if before.Total >= maxOffered {
		return domain.Fail(domain.TooMany, "assignment.too_many", maxOffered)
	}
	now := s.mint.Now()
	a := &Assignment{
		ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: in.IRI, Host: in.Process.Host, Process: in.Process.ID, ProcessIRI: in.Process.IRI,
		ProcessTitle: bounded(in.Title), ItemIRI: in.ItemIRI, ItemName: bounded(in.ItemName), ResourceName: cut(in.ResourceName, maxTitle),
		Assignee: in.Assignee, Subject: cut(in.Subject, maxSubject), Instructions: cut(in.Instructions, maxInstructions),
		Due: day(in.Due), State: AssignmentOpen, Offer: in.Activity, CreatedAt: now, UpdatedAt: now,
	}
	if a.ProcessTitle.Empty() {
		a.ProcessTitle = domain.Text{domain.Undetermined: cut(cmp.Or(in.Process.Title, in.Process.Name), maxTitle)}
	}
	if !domain.SameOrigin(a.ItemIRI, a.IRI) {
		a.ItemIRI = a.ProcessIRI
	}
	if a.Subject == "" {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	if year := a.Due.Year(); !a.Due.IsZero() && (year < 1900 || year > 2999) {
		a.Due = time.Time{}
	}
	return s.store.SaveAssignment(ctx, a, domain.Change{Events: []domain.Event{s.assigned(AssignmentReceived, domain.Nobody, a, "")}})
}

// ReceiveAssignmentAnswer takes what somebody of another node says to an
// assignment of a process here. What they said before, or can say no more,
// changes nothing. Errors: NotFound, Forbidden for who is not the assignee,
// Invalid.
func (s *Service) ReceiveAssignmentAnswer(ctx context.Context, by *network.Actor, iri domain.IRI, to AssignmentState, reason string) error {
	a, err := s.store.AssignmentByIRI(ctx, iri)
	if err != nil {
		return err
	}
	if !a.Local() || a.Assignee != by.ID || by.Local() {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	if !to.Known() || to == AssignmentOpen || to == AssignmentCancelled {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	if !slices.Contains(a.Next(), to) {
		return nil // said before, or withdrawn meanwhile, of which they were told
	}
	return s.answerAssignment(ctx, a, to, cut(reason, maxReason))
}

// ReceiveAssignmentEnd takes back what a process of another node asked of
// somebody here. Received again it changes nothing. Errors: NotFound,
// Forbidden unless the process gave it.
func (s *Service) ReceiveAssignmentEnd(ctx context.Context, by *network.Actor, iri domain.IRI) error {
	a, err := s.store.AssignmentByIRI(ctx, iri)
	if err != nil {
		return err
	}
	if a.Local() || a.Process != by.ID {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	if a.State == AssignmentCancelled {
		return nil
	}
	from := a.State
	a.State, a.UpdatedAt = AssignmentCancelled, s.mint.Now()
	return s.store.SaveAssignment(ctx, a, domain.Change{Events: []domain.Event{s.assigned(AssignmentWithdrawn, domain.Nobody, a, from)}})
}

// bounded cuts a text of another node to what a name may have.
func bounded(t domain.Text) domain.Text {
	out := domain.Text{}
	for _, lang := range t.Langs() {
		if parsed, err := domain.ParseLang(string(lang)); err == nil && parsed == lang && len(out) < maxForeignLangs {
			out[lang] = cut(t[lang], maxTitle)
		}
	}
	return out.Clean()
}

// maxForeignLangs is in how many languages a text of another node is kept.
const maxForeignLangs = 40

// cut makes plain text of at most n bytes, cut at a letter.
func cut(s string, n int) string {
	s = plain(s)
	if len(s) > n {
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return strings.TrimSpace(s)
}
