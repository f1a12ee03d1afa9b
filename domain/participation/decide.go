package participation

import (
	"context"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/policy"
)

// Applications lists those of a call, oldest first. Errors: NotFound,
// Unauthenticated, Forbidden unless the viewer decides on them.
func (s *Service) Applications(ctx context.Context, v policy.Viewer, call domain.ID, state State, page domain.Page) (domain.List[*Application], error) {
	c, err := s.call(ctx, v, policy.Administer, call)
	if err != nil {
		return domain.List[*Application]{}, err
	}
	return s.store.Applications(ctx, ApplicationFilter{Call: c.ID, State: state}, page)
}

// Application reads one of a call, for who decides on it. Errors: as
// [Service.Applications].
func (s *Service) Application(ctx context.Context, v policy.Viewer, call, id domain.ID) (*Call, *Application, error) {
	c, err := s.call(ctx, v, policy.Administer, call)
	if err != nil {
		return nil, nil, err
	}
	a, err := s.store.Application(ctx, id)
	if err == nil && a.Call != c.ID {
		err = domain.Fail(domain.NotFound, "error.not_found")
	}
	return c, a, err
}

// Decision is what a reviewer says to an application.
type Decision struct {
	State    State  // Shortlisted, Accepted, Declined or Rejected
	Reason   string // for who applied, plain text; optional unless negative
	Ground   Ground // of a negative answer: what is public of the reason
	Revision int64  // of the application that the reviewer saw
}

func (d *Decision) check() error {
	var p domain.Problems
	d.Reason = strings.TrimSpace(d.Reason)
	switch {
	case len(d.Reason) > maxStatement:
		p.Add("reason", "error.too_long", maxStatement)
	case d.Reason == "" && d.State.Negative():
		p.Add("reason", "application.reason_missing")
	}
	if d.State.Negative() && !slices.Contains(Grounds[:], d.Ground) {
		p.Add("ground", "application.ground_missing")
	}
	if !slices.Contains([]State{Shortlisted, Accepted, Declined, Rejected}, d.State) {
		p.Add("state", "application.state_unknown")
	}
	return p.Err()
}

// Decide makes a decision. Who is accepted is a member of the team from then
// on, or has in the process what its terms say, and nothing more; who takes the
// last seat closes the call. Nobody decides
// on themselves, and an appeal is decided by somebody else than before. The
// applicant is told. Errors: NotFound, Forbidden, Invalid, Conflict if the
// step cannot be made, no seat is left, or somebody changed it meanwhile.
func (s *Service) Decide(ctx context.Context, v policy.Viewer, call, id domain.ID, d Decision) (*Application, error) {
	c, a, err := s.Application(ctx, v, call, id)
	if err != nil {
		return nil, err
	}
	if err := d.check(); err != nil {
		return nil, err
	}
	switch {
	case a.Revision != d.Revision:
		return nil, domain.Fail(domain.Conflict, "error.conflict")
	case a.Applicant == v.Actor:
		return nil, domain.Fail(domain.Forbidden, "application.own")
	case a.State == Appealed && a.Decider() == v.Actor:
		return nil, domain.Fail(domain.Forbidden, "application.second_reviewer")
	}
	if err := a.step(Change{State: d.State, At: s.mint.Now(), By: v.Actor, Reason: d.Reason}, d.Ground); err != nil {
		return nil, err
	}
	change := s.forApplicant(a, v.Actor)
	if d.State != Accepted {
		return a, s.store.SaveApplication(ctx, a, Admission{}, change)
	}
	admit := s.admit
	if c.Standing() {
		admit = s.letIn
	}
	with, err := admit(c, a, v.Actor, &change)
	if err != nil {
		return nil, err
	}
	return a, s.store.SaveApplication(ctx, a, with, change)
}

// forApplicant tells who applied of the newest step: by a notification here, by
// the answer to a Join, or, to who applied by the form, by a letter.
func (s *Service) forApplicant(a *Application, by domain.ActorID) domain.Change {
	change := domain.Change{Events: []domain.Event{s.told(ApplicationDecided, by, a)}}
	if a.Join == "" {
		change.Jobs = []domain.Job{{Kind: JobNews, Args: News{Application: a.ID, To: a.Applicant}}}
	}
	return change
}

// admit gives who was accepted the rights of a member. The call is saved with
// it, so that two reviewers cannot give the last seat to two people.
func (s *Service) admit(c *Call, a *Application, by domain.ActorID, change *domain.Change) (Admission, error) {
	if c.Group == nil {
		return Admission{}, domain.Fail(domain.Gone, "error.gone")
	}
	taken := c.Taken()
	if taken >= c.Seats {
		return Admission{}, domain.Fail(domain.Conflict, "application.no_seat")
	}
	with := Admission{Call: c}
	event, changed, err := c.Group.Admit(s.mint, by, a.Applicant)
	if err != nil {
		return Admission{}, err
	}
	if changed {
		with.Team = c.Group
		change.Events = append(change.Events, event)
	}
	c.UpdatedAt = s.mint.Now()
	if taken+1 == c.Seats && c.State == CallOpen {
		c.State = CallFilled
		change.Events = append(change.Events, s.published(CallEnded, by, c))
	}
	return with, nil
}
