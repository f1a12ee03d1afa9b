package participation

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// RemoteCall is a call as another node sent it, in the post that tells of it.
type RemoteCall struct {
	ID        domain.ID // of the copy of the post
	IRI       domain.IRI
	URL       domain.IRI
	Author    *network.Actor
	TeamIRI   domain.IRI
	DecidedBy []domain.IRI
	State     CallState
	Published time.Time
	Updated   time.Time
	Details
}

// ReceiveCall keeps a copy of a call of another node, or brings it up to
// date. Errors: Invalid unless it is of its author's node.
func (s *Service) ReceiveCall(ctx context.Context, in RemoteCall) (*Call, error) {
	if in.Author.Local() || s.ns.Owns(in.IRI) || !domain.SameOrigin(in.IRI, in.Author.IRI) {
		return nil, domain.Fail(domain.Invalid, "error.origin")
	}
	c, err := s.store.CallByIRI(ctx, in.IRI)
	now := s.mint.Now()
	if domain.CodeOf(err) == domain.NotFound {
		c, err = &Call{ID: in.ID, Serial: s.mint.Serial(), IRI: in.IRI, Host: in.Author.Host, Community: in.Author.ID, CreatedAt: in.Published}, nil
	}
	if err != nil {
		return nil, err
	}
	if c.Community != in.Author.ID {
		return nil, domain.Fail(domain.Forbidden, "error.origin")
	}
	if in.Published.IsZero() || in.Published.After(now) {
		in.Published = now
	}
	if c.CreatedAt.IsZero() {
		c.CreatedAt = in.Published
	}
	in.bound()
	c.URL, c.Details, c.State, c.UpdatedAt = in.URL, in.Details, in.State, now
	if !domain.SameOrigin(c.URL, c.IRI) {
		c.URL = c.IRI
	}
	c.TeamIRI, c.DecidedBy = "", nil
	if domain.SameOrigin(in.TeamIRI, in.IRI) {
		c.TeamIRI = in.TeamIRI
	}
	c.DecidedBy = in.DecidedBy[:min(len(in.DecidedBy), maxReviewers)]
	return c, s.store.SaveCall(ctx, c, domain.Change{})
}

// bound cuts what another node wrote to what a page shows.
func (in *RemoteCall) bound() {
	in.clean()
	for _, t := range []struct {
		text *domain.Text
		most int
	}{{&in.Title, maxTitle}, {&in.Duties, maxText}, {&in.Eligible, maxText}, {&in.Effort, maxLine}} {
		bounded := domain.Text{}
		for _, lang := range t.text.Langs() {
			if parsed, err := domain.ParseLang(string(lang)); err == nil && parsed == lang && len(bounded) < maxLangs {
				bounded[lang] = cut((*t.text)[lang], t.most)
			}
		}
		*t.text = bounded.Clean()
	}
	if in.Seats < 0 || in.Seats > maxSeats {
		in.Seats = 0
	}
	if !in.Method.Known() {
		in.Method = ByCriteria
	}
	if in.State != CallFilled && in.State != CallClosed {
		in.State = CallOpen
	}
}

// maxLangs is in how many languages a call of another node is kept.
const maxLangs = 40

// cut cuts a text to at most n bytes, at a letter.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}

// ReceiveApplication takes the application of somebody of another node, by a
// Join whose object is the call, or a process; a second one, after a negative answer, is an
// appeal. Received again it changes nothing. One that comes too late is
// answered so. Errors: NotFound for what is no call of this node.
func (s *Service) ReceiveApplication(ctx context.Context, by *network.Actor, call, join domain.IRI, statement string) error {
	c, err := s.store.CallByIRI(ctx, call)
	if domain.CodeOf(err) == domain.NotFound {
		c, err = s.unopened(ctx, call)
	}
	if err != nil {
		return err
	}
	v := policy.Viewer{Actor: by.ID, Role: policy.RoleRemote}
	if err := policy.Allow(v, policy.Apply, c); err != nil {
		return err
	}
	if !c.Local() {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	if err := s.teams.Person(ctx, by.ID); err != nil {
		return err
	}
	a, err := s.begun(ctx, c, by.ID)
	if err != nil || a.Brought(join) {
		return err
	}
	statement = cut(strings.TrimSpace(statement), maxStatement)
	switch {
	case c.Again(a):
	case a.State.Negative() && !a.Secondly:
		return s.appeal(ctx, c, a, Change{State: Appealed, At: s.mint.Now(), By: by.ID, Reason: statement, Join: join})
	case c.Standing() && a.State == Accepted:
		return s.confirm(ctx, c, a, join)
	default:
		return nil // a second one says nothing new
	}
	a.Statement, a.Join = statement, join
	if !c.Open(s.mint.Now()) {
		return s.refuse(ctx, c, a)
	}
	a.anew()
	return s.submit(ctx, c, a, Change{State: Submitted, At: s.mint.Now(), By: by.ID, Join: join})
}

// confirm answers who asks to take part and may already: their node does not
// know what they hold here.
func (s *Service) confirm(ctx context.Context, c *Call, a *Application, join domain.IRI) error {
	a.anew()
	a.Join = join
	now := s.mint.Now()
	for _, step := range []Change{{State: Submitted, At: now, By: a.Applicant, Join: join}, {State: Accepted, At: now}} {
		if err := a.step(step, ""); err != nil {
			return err
		}
	}
	return s.store.SaveApplication(ctx, a, c.beside(), s.forApplicant(a, domain.Nobody))
}

// refuse answers an application for a call that takes none any more.
func (s *Service) refuse(ctx context.Context, c *Call, a *Application) error {
	if a.State == Withdrawn {
		return nil // who withdrew knows
	}
	a.anew()
	if err := a.step(Change{State: Rejected, At: s.mint.Now(), Join: a.Join}, GroundLate); err != nil {
		return err
	}
	a.Secondly = true // there is nothing to decide again
	return s.store.SaveApplication(ctx, a, c.beside(), s.forApplicant(a, domain.Nobody))
}

// ReceiveWithdrawal takes an application back, by Undo of its Join. Who did
// not apply, or was decided on, is no error.
func (s *Service) ReceiveWithdrawal(ctx context.Context, by *network.Actor, call domain.IRI) error {
	c, err := s.store.CallByIRI(ctx, call)
	if err != nil {
		return err
	}
	a, err := s.store.ApplicationOf(ctx, c.ID, by.ID)
	if domain.CodeOf(err) == domain.NotFound || err == nil && a.State.Over() {
		return nil
	}
	if err != nil {
		return err
	}
	return s.withdraw(ctx, c, a, by.ID)
}

// Answer is what the node of a call says to an application of somebody here.
type Answer struct {
	Call      domain.IRI
	Applicant domain.ActorID
	State     State // Shortlisted, Accepted, Declined or Rejected
	Reason    string
}

// ReceiveAnswer keeps the answer of another node and tells who applied.
// Received again it changes nothing. Errors: Forbidden unless the call is of
// its sender, NotFound for who did not apply.
func (s *Service) ReceiveAnswer(ctx context.Context, by *network.Actor, in Answer) error {
	c, err := s.store.CallByIRI(ctx, in.Call)
	if err != nil {
		return err
	}
	if c.Local() || c.Community != by.ID {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	a, err := s.store.ApplicationOf(ctx, c.ID, in.Applicant)
	if err != nil || a.State == in.State || a.State == Withdrawn {
		return err
	}
	if err := a.step(Change{State: in.State, At: s.mint.Now(), Reason: cut(strings.TrimSpace(in.Reason), maxStatement)}, GroundOther); err != nil {
		return domain.Fail(domain.Invalid, "error.activity").Because(err)
	}
	return s.store.SaveApplication(ctx, a, Admission{}, domain.Change{Events: []domain.Event{s.told(ApplicationAnswered, domain.Nobody, a)}})
}

// Consents reports whether a person of this node applied to a team of another
// one, which may say then that they are its member.
func (s *Service) Consents(ctx context.Context, person domain.ActorID, team domain.IRI) (bool, error) {
	return s.store.AppliedTo(ctx, person, team)
}
