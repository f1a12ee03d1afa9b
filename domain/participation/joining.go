package participation

import (
	"context"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Processes reads processes of this node. Errors: NotFound.
type Processes interface {
	Process(ctx context.Context, id domain.ActorID) (*coproduction.Process, error)
	ProcessNamed(ctx context.Context, name string) (*coproduction.Process, error)
}

// Terms say how people come into a process that is open to join requests. The
// requests are the applications of a standing call: one for each process,
// without a post, a deadline or a number of seats, decided on by those who
// administer the process.
type Terms struct {
	Open  bool
	Gives coproduction.Rights // in the whole process, to who is let in: MayView, with or without MayCreate
	Words domain.Text         // Markdown: who is welcome, and for what; may be empty
}

// Terms returns those of a standing call.
func (c *Call) Terms() Terms {
	return Terms{Open: c.State == CallOpen, Gives: c.Gives, Words: c.Duties}
}

func (t Terms) check(p *coproduction.Process) error {
	var problems domain.Problems
	if t.Open && p.Visibility != domain.VisiblePublic {
		problems.Add("open", "joining.private")
	}
	if t.Gives != coproduction.MayView && t.Gives != coproduction.MayView|coproduction.MayCreate {
		problems.Add("gives", "joining.gives_unknown")
	}
	if t.Words.Longest() > maxText {
		problems.Add("words", "error.too_long", maxText)
	}
	return problems.Err()
}

// Standing reports whether the call is that for join requests of a process.
func (c *Call) Standing() bool { return c.Process != domain.Nobody }

// Again reports whether somebody may ask whose application stands like this:
// who did not yet, or took it back; who came when the call was closed; and who
// was let into a process of which they lost the rights since.
func (c *Call) Again(a *Application) bool {
	switch a.State {
	case "", Withdrawn:
		return true
	case Accepted:
		if c.Standing() && !c.Local() {
			return true // what they hold there is known there alone
		}
		return c.Into != nil && !c.Into.Holds(a.Applicant, c.Gives)
	}
	return a.Ground == GroundLate
}

// anew makes an application that may be made again as one that is not sent;
// its history stays.
func (a *Application) anew() {
	if a.State != Withdrawn {
		a.State, a.Ground, a.Secondly = "", "", false
	}
}

// Belongs reports whether somebody has already what the call gives.
func (c *Call) Belongs(who domain.ActorID) bool {
	return c.Group != nil && c.Group.Members.Role(who) != "" || c.Into != nil && c.Into.Holds(who, c.Gives)
}

// standing reads the call for join requests of a process of this node, or
// begins one that is closed.
func (s *Service) standing(ctx context.Context, p *coproduction.Process) (*Call, error) {
	c, err := s.store.CallByIRI(ctx, p.IRI)
	if domain.CodeOf(err) != domain.NotFound {
		return c, err
	}
	c = s.begin(p.ID, p.IRI)
	c.Title, c.State, c.Into = p.Title, CallClosed, p
	c.URL = s.ns.IRI("role-calls", string(c.ID))
	return c, nil
}

func (s *Service) begin(process domain.ActorID, iri domain.IRI) *Call {
	now := s.mint.Now()
	return &Call{
		ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: iri, Community: process, Process: process, Details: Details{Method: ByCriteria},
		Gives: coproduction.MayView | coproduction.MayCreate, State: CallOpen, CreatedAt: now, UpdatedAt: now,
	}
}

// unopened begins the call for the join requests of a process of this node
// that never took any, so that who asks is answered. Errors: NotFound.
func (s *Service) unopened(ctx context.Context, iri domain.IRI) (*Call, error) {
	a, err := s.actors.ActorByIRI(ctx, iri)
	if err == nil && (!a.Local() || a.Subject != network.SubjectProcess) {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	if err != nil {
		return nil, err
	}
	p, err := s.processes.Process(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	return s.standing(ctx, p)
}

// Joining returns the call for join requests of a process, closed unless its
// people opened it. Errors: NotFound.
func (s *Service) Joining(ctx context.Context, v policy.Viewer, process string) (*Call, error) {
	p, err := s.processes.ProcessNamed(ctx, process)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Read, p); err != nil {
		return nil, err
	}
	return s.standing(ctx, p)
}

// SetTerms says whether a process takes join requests, and what they give.
// revision is that of the call the viewer saw. No change is no error. Errors:
// NotFound, Forbidden unless the viewer administers the process, Invalid,
// Conflict.
func (s *Service) SetTerms(ctx context.Context, v policy.Viewer, process string, revision int64, t Terms) (*Call, error) {
	p, err := s.processes.ProcessNamed(ctx, process)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Administer, p); err != nil {
		return nil, err
	}
	c, err := s.standing(ctx, p)
	if err != nil {
		return nil, err
	}
	t.Words = t.Words.Clean()
	if err := t.check(p); err != nil {
		return nil, err
	}
	if c.Revision != revision {
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	}
	if was := c.Terms(); c.Revision > 0 && was.Open == t.Open && was.Gives == t.Gives && was.Words.Equal(t.Words) {
		return c, nil
	}
	c.State, c.Gives, c.Duties, c.UpdatedAt = CallClosed, t.Gives, t.Words, s.mint.Now()
	if c.Creator == domain.Nobody {
		c.Creator = v.Actor
	}
	if t.Open {
		c.State = CallOpen
	}
	told := domain.NewEvent(s.mint, JoiningChanged, v.Actor, p.Subject(), Joining{Process: p.Name, Title: p.Title, Open: t.Open, Gives: t.Gives})
	return c, s.store.SaveCall(ctx, c, domain.Change{Events: []domain.Event{told}})
}

// Ask sends the viewer's join request to a process, of this node or of
// another. Errors: as [Service.Apply]; NotFound also for what is no process.
func (s *Service) Ask(ctx context.Context, v policy.Viewer, process domain.IRI, statement string) (*Application, error) {
	c, err := s.store.CallByIRI(ctx, process)
	if domain.CodeOf(err) == domain.NotFound {
		c, err = s.asked(ctx, process)
	}
	if err != nil {
		return nil, err
	}
	if !c.Standing() {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	if err := policy.Allow(v, policy.Apply, c); err != nil {
		return nil, err
	}
	return s.apply(ctx, v, c, statement)
}

// asked begins the call of a process that nobody here asked before. Whether
// one of another node takes requests, its answer tells.
func (s *Service) asked(ctx context.Context, process domain.IRI) (*Call, error) {
	a, err := s.actors.ActorByIRI(ctx, process)
	if err != nil {
		return nil, err
	}
	if a.Local() {
		return s.unopened(ctx, process)
	}
	if a.Gone() || a.Subject != network.SubjectProcess {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	c := s.begin(a.ID, a.IRI)
	c.Host, c.URL, c.Title = a.Host, a.URL, titleOf(a, s.ns)
	if !domain.SameOrigin(c.URL, c.IRI) {
		c.URL = c.IRI
	}
	return c, nil
}

// titleOf is what a process of another node is called.
func titleOf(a *network.Actor, ns domain.Namespace) domain.Text {
	if t := a.Titles.Clean(); !t.Empty() {
		return t
	}
	return domain.Text{domain.Undetermined: a.Called(ns.HandleHost())}
}

// beside is what is saved with an application: the call, if it is new.
func (c *Call) beside() Admission {
	if c.Revision == 0 {
		return Admission{Call: c}
	}
	return Admission{}
}

// letIn gives who asked to join exactly what the terms say, beside what they
// have.
func (s *Service) letIn(c *Call, a *Application, by domain.ActorID, change *domain.Change) (Admission, error) {
	if c.Into == nil {
		return Admission{}, domain.Fail(domain.Gone, "error.gone")
	}
	event, changed, err := c.Into.Admit(s.mint, by, a.Applicant, c.Gives)
	if err != nil || !changed {
		return Admission{}, err
	}
	change.Events = append(change.Events, event)
	return Admission{Process: c.Into}, nil
}
