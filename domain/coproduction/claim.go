package coproduction

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// ClaimElsewhere is what the assignee of a copy says that they did. It is
// decided on where the process is; this is how it stands there.
type ClaimElsewhere struct {
	IRI     domain.IRI        `json:"iri"`
	Offer   domain.IRI        `json:"offer"` // activity by which it went there
	Title   string            `json:"title"`
	Content string            `json:"content,omitempty"` // plain text
	Kind    ContributionKind  `json:"kind"`
	State   ContributionState `json:"state"`
	Level   Level             `json:"level,omitempty"`
	Points  int               `json:"points,omitempty"`
	Reason  string            `json:"reason,omitempty"` // of a rejection
}

// MayClaim reports whether the assignee of a copy may say what they did: once
// they took it on, and again where it was turned down or taken back.
func (a *Assignment) MayClaim() bool {
	if a.Local() || a.State != AssignmentTaken && a.State != AssignmentFinished {
		return false
	}
	return a.Claim == nil || a.Claim.State == ClaimRejected || a.Claim.State == ClaimTaken
}

// ClaimAbroad tells a process of another node what the viewer did of what it
// asked of them. Errors: NotFound for who is not the assignee, Conflict where
// they did not take it on, or said it before, Invalid.
func (s *Service) ClaimAbroad(ctx context.Context, v policy.Viewer, id domain.ID, in ClaimInput) (*Assignment, error) {
	a, err := s.ownCopy(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if !a.MayClaim() {
		return nil, domain.Fail(domain.Conflict, "contribution.not_now")
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	a.Claim = &ClaimElsewhere{IRI: s.ns.IRI("contributions", string(s.mint.ID())), Title: in.Title, Content: in.Content, Kind: in.Kind, State: Claimed}
	// The Offer's IRI derives from the event's id: see federation/publish.
	sent := s.claimed(ContributionSent, v.Actor, a)
	a.Claim.Offer, a.UpdatedAt = s.ns.IRI("activities", string(sent.ID)), s.mint.Now()
	return a, s.store.SaveAssignment(ctx, a, domain.Change{Events: []domain.Event{sent}})
}

// RecallClaim takes back what the viewer told a process of another node, unless
// it was decided on. Again changes nothing. Errors: NotFound, Conflict.
func (s *Service) RecallClaim(ctx context.Context, v policy.Viewer, id domain.ID) (*Assignment, error) {
	a, err := s.ownCopy(ctx, v, id)
	if err != nil {
		return nil, err
	}
	if a.Claim == nil || a.Claim.State == ClaimTaken {
		return a, nil
	}
	if a.Claim.State != Claimed {
		return nil, domain.Fail(domain.Conflict, "contribution.decided")
	}
	a.Claim.State, a.UpdatedAt = ClaimTaken, s.mint.Now()
	return a, s.store.SaveAssignment(ctx, a, domain.Change{Events: []domain.Event{s.claimed(ContributionRecalled, v.Actor, a)}})
}

// ownCopy reads the viewer's copy of an assignment of another node.
func (s *Service) ownCopy(ctx context.Context, v policy.Viewer, id domain.ID) (*Assignment, error) {
	a, err := s.store.Assignment(ctx, id)
	if err != nil {
		return nil, err
	}
	if err := policy.Allow(v, policy.Contribute, a); err != nil {
		return nil, err
	}
	if a.Local() || a.Assignee != v.Actor {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return a, nil
}

// RemoteClaim is what somebody of another node says that they did of what a
// process here asked of them.
type RemoteClaim struct {
	IRI        domain.IRI
	Activity   domain.IRI // the Offer
	Person     *network.Actor
	Assignment domain.IRI
	Title      string
	Content    string
	Kind       ContributionKind
}

// ReceiveClaim takes what somebody of another node did, as [Service.Claim] does
// for people here: they must be able to work at the task still. Received again
// it changes nothing. Errors: those of Claim; Forbidden for who is not the
// assignee, TooMany.
func (s *Service) ReceiveClaim(ctx context.Context, in RemoteClaim) error {
	if in.Person.Local() || s.ns.Owns(in.IRI) || !domain.SameOrigin(in.IRI, in.Person.IRI) {
		return domain.Fail(domain.Invalid, "error.origin")
	}
	if _, err := s.store.ContributionByIRI(ctx, in.IRI); domain.CodeOf(err) != domain.NotFound {
		return err
	}
	a, err := s.store.AssignmentByIRI(ctx, in.Assignment)
	if err != nil {
		return err
	}
	if !a.Local() || a.Assignee != in.Person.ID {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	waiting, err := s.store.Contributions(ctx, ContributionFilter{
		WorkFilter: WorkFilter{Process: a.Process, Person: in.Person.ID}, State: Claimed,
	}, domain.Page{Limit: 1})
	if err != nil {
		return err
	}
	if waiting.Total >= maxOffered {
		return domain.Fail(domain.TooMany, "assignment.too_many", maxOffered)
	}
	p, err := s.store.Process(ctx, a.Process)
	if err != nil {
		return err
	}
	said := ClaimInput{Title: cut(in.Title, maxSubject), Content: cut(in.Content, maxInstructions), Kind: in.Kind, Resource: a.Resource, Assignment: a.ID}
	_, err = s.claim(ctx, remote(in.Person), p.Name, a.Item, said, Contribution{IRI: in.IRI, Offer: in.Activity})
	return err
}

// ReceiveClaimEnd takes back what somebody of another node said that they did.
// What was decided on meanwhile stays, of which they are told. Errors:
// NotFound, Forbidden for who did not say it.
func (s *Service) ReceiveClaimEnd(ctx context.Context, by *network.Actor, iri domain.IRI) error {
	c, err := s.store.ContributionByIRI(ctx, iri)
	if err != nil {
		return err
	}
	if c.Person != by.ID {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	if c.State != Claimed {
		return nil
	}
	p, err := s.store.Process(ctx, c.Process)
	if err != nil {
		return err
	}
	return s.WithdrawClaim(ctx, remote(by), p.Name, c.ID)
}

func remote(a *network.Actor) policy.Viewer {
	return policy.Viewer{Actor: a.ID, Role: policy.RoleRemote}
}

// ClaimAnswer is how a claim stands in the process where it was made.
type ClaimAnswer struct {
	State  ContributionState // Awarded, ClaimRejected, or Claimed where its task goes on
	Level  Level
	Points int
	Reason string
}

// maxPoints is more than any task can give.
const maxPoints = 1_000_000

// ReceiveClaimAnswer notes what a process of another node says to what somebody
// here did. Received again it changes nothing. Errors: NotFound, Forbidden
// unless the process asked for it, Invalid.
func (s *Service) ReceiveClaimAnswer(ctx context.Context, by *network.Actor, iri domain.IRI, in ClaimAnswer) error {
	a, err := s.store.AssignmentByClaim(ctx, iri)
	if err != nil {
		return err
	}
	if a.Local() || a.Process != by.ID {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	next := *a.Claim
	next.State, next.Level, next.Points, next.Reason = in.State, 0, 0, ""
	switch in.State {
	case Awarded:
		if in.Level.String() == "" || in.Points < 0 || in.Points > maxPoints {
			return domain.Fail(domain.Invalid, "error.activity")
		}
		next.Level, next.Points = in.Level, in.Points
	case ClaimRejected:
		next.Reason = cut(in.Reason, maxReason)
	case Claimed:
	default:
		return domain.Fail(domain.Invalid, "error.activity")
	}
	if next == *a.Claim || a.Claim.State == ClaimTaken && in.State == Claimed {
		return nil
	}
	a.Claim, a.UpdatedAt = &next, s.mint.Now()
	return s.store.SaveAssignment(ctx, a, domain.Change{Events: []domain.Event{s.claimed(ContributionAnswered, domain.Nobody, a)}})
}

// claimed tells of the claim of a copy.
func (s *Service) claimed(kind domain.EventKind, by domain.ActorID, a *Assignment) domain.Event {
	return domain.NewEvent(s.mint, kind, by, domain.Subject{Kind: "process", ID: domain.ID(a.Process)}, ClaimedAbroad{
		Assignment: a.ID, Process: a.ProcessIRI, Title: a.ProcessTitle, Name: a.ItemName, Person: a.Assignee, IRI: a.Claim.IRI, Offer: a.Claim.Offer, Claim: a.Claim.Title,
		State: a.Claim.State, Level: a.Claim.Level, Points: a.Claim.Points, Reason: a.Claim.Reason,
	})
}
