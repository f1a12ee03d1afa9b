package participation

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// maxStatement is how long what somebody writes may be, in bytes: a
// statement, an appeal or a reason.
const maxStatement = 5000

func checkWords(field, words, missing string) (string, error) {
	words = strings.TrimSpace(words)
	switch {
	case words == "":
		return "", domain.InvalidField(field, missing)
	case len(words) > maxStatement:
		return "", domain.InvalidField(field, "error.too_long", maxStatement)
	}
	return words, nil
}

// Apply sends the viewer's application to a call, of this node or of another.
// Who withdrew may apply again. Errors: NotFound, Unauthenticated, Invalid on
// "statement", Conflict if the call takes none any more, or the viewer applied
// or is a member already.
func (s *Service) Apply(ctx context.Context, v policy.Viewer, call domain.ID, statement string) (*Application, error) {
	c, err := s.call(ctx, v, policy.Apply, call)
	if err != nil {
		return nil, err
	}
	return s.apply(ctx, v, c, statement)
}

func (s *Service) apply(ctx context.Context, v policy.Viewer, c *Call, statement string) (*Application, error) {
	statement, err := checkWords("statement", statement, "application.statement_missing")
	if err != nil {
		return nil, err
	}
	a, err := s.begun(ctx, c, v.Actor)
	if err != nil {
		return nil, err
	}
	switch {
	case !c.Open(s.mint.Now()):
		return nil, domain.Fail(domain.Conflict, "application.closed")
	case c.Belongs(v.Actor) && c.Standing():
		return nil, domain.Fail(domain.Conflict, "joining.already")
	case !c.Again(a):
		return nil, domain.Fail(domain.Conflict, "application.already")
	case c.Belongs(v.Actor):
		return nil, domain.Fail(domain.Conflict, "application.member_already")
	}
	a.anew()
	a.Statement = statement
	return a, s.submit(ctx, c, a, Change{State: Submitted, At: s.mint.Now(), By: v.Actor})
}

// begun reads the application of somebody for a call, or begins one.
func (s *Service) begun(ctx context.Context, c *Call, applicant domain.ActorID) (*Application, error) {
	a, err := s.store.ApplicationOf(ctx, c.ID, applicant)
	if domain.CodeOf(err) == domain.NotFound {
		now := s.mint.Now()
		return &Application{ID: s.mint.ID(), Serial: s.mint.Serial(), Call: c.ID, Applicant: applicant, CreatedAt: now, UpdatedAt: now}, nil
	}
	return a, err
}

// submit saves a new application, of which the reviewers are told, or the node
// of the call.
func (s *Service) submit(ctx context.Context, c *Call, a *Application, step Change) error {
	a.Join = step.Join
	return s.advance(ctx, c, a, step, ApplicationReceived)
}

// advance makes a step of who applied, and tells it to those who decide: by a
// Join if the call is of another node.
func (s *Service) advance(ctx context.Context, c *Call, a *Application, step Change, kind domain.EventKind) error {
	if c.Local() {
		if err := a.step(step, ""); err != nil {
			return err
		}
		return s.store.SaveApplication(ctx, a, c.beside(), domain.Change{Events: []domain.Event{s.told(kind, domain.Nobody, a)}})
	}
	event := s.told(ApplicationSent, domain.Nobody, a)
	step.Join = s.ns.IRI("activities", string(event.ID))
	if err := a.step(step, ""); err != nil {
		return err
	}
	if step.State == Submitted {
		a.Join = step.Join
	}
	event.Payload = s.told(ApplicationSent, domain.Nobody, a).Payload
	return s.store.SaveApplication(ctx, a, c.beside(), domain.Change{Events: []domain.Event{event}})
}

// Withdraw takes the viewer's own application back. Errors: NotFound,
// Unauthenticated, Conflict once it is decided.
func (s *Service) Withdraw(ctx context.Context, v policy.Viewer, call domain.ID) (*Application, error) {
	c, a, err := s.own(ctx, v, call)
	if err != nil {
		return nil, err
	}
	return a, s.withdraw(ctx, c, a, v.Actor)
}

func (s *Service) withdraw(ctx context.Context, c *Call, a *Application, by domain.ActorID) error {
	if err := a.step(Change{State: Withdrawn, At: s.mint.Now(), By: by}, ""); err != nil {
		return err
	}
	kind := ApplicationWithdrawn
	if !c.Local() {
		kind = ApplicationRetracted
	}
	return s.store.SaveApplication(ctx, a, Admission{}, domain.Change{Events: []domain.Event{s.told(kind, domain.Nobody, a)}})
}

// Appeal asks for a second reviewer, once. Errors: NotFound, Unauthenticated,
// Invalid on "reason", Conflict unless the viewer was turned down.
func (s *Service) Appeal(ctx context.Context, v policy.Viewer, call domain.ID, reason string) (*Application, error) {
	c, a, err := s.own(ctx, v, call)
	if err != nil {
		return nil, err
	}
	if reason, err = checkWords("reason", reason, "application.appeal_missing"); err != nil {
		return nil, err
	}
	return a, s.appeal(ctx, c, a, Change{State: Appealed, At: s.mint.Now(), By: v.Actor, Reason: reason})
}

func (s *Service) appeal(ctx context.Context, c *Call, a *Application, step Change) error {
	return s.advance(ctx, c, a, step, ApplicationAppealed)
}

// Own reads the viewer's application for a call. Errors: NotFound,
// Unauthenticated.
func (s *Service) Own(ctx context.Context, v policy.Viewer, call domain.ID) (*Application, error) {
	_, a, err := s.own(ctx, v, call)
	return a, err
}

func (s *Service) own(ctx context.Context, v policy.Viewer, call domain.ID) (*Call, *Application, error) {
	c, err := s.call(ctx, v, policy.Apply, call)
	if err != nil {
		return nil, nil, err
	}
	a, err := s.store.ApplicationOf(ctx, c.ID, v.Actor)
	return c, a, err
}

// Mine lists the viewer's applications, newest first. Errors:
// Unauthenticated.
func (s *Service) Mine(ctx context.Context, v policy.Viewer, page domain.Page) (domain.List[*Application], error) {
	if v.Actor == domain.Nobody {
		return domain.List[*Application]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.store.Applications(ctx, ApplicationFilter{Applicant: v.Actor}, page)
}

// Keeps is when an application is deleted that was turned down or withdrawn,
// if it is kept for so long; zero for any other.
func (a *Application) Keeps(long time.Duration) time.Time {
	if a.State.Negative() || a.State == Withdrawn {
		return a.UpdatedAt.Add(long)
	}
	return time.Time{}
}
