package organization

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// AbroadState is how a membership in a group of another node stands.
type AbroadState string

// The states.
const (
	AbroadInvited AbroadState = "invited" // the group asks; the person has not answered
	AbroadAsked   AbroadState = "asked"   // the person asks; the group has not answered
	AbroadMember  AbroadState = "member"
)

// mostInvited is how many invitations of other nodes wait for one person.
const mostInvited = 100

// Abroad is what is between a person of this node and an organisation or team
// of another: that node is authoritative for who its members are.
type Abroad struct {
	ID       domain.ID
	Serial   domain.Serial
	Person   domain.ActorID
	Group    domain.ActorID
	State    AbroadState
	Activity domain.IRI // the Invite; "" without one
	Since    time.Time

	applied bool // it comes of an application, not of having asked; not kept
}

// PolicyKind answers [policy.Facts].
func (a *Abroad) PolicyKind() string { return "membership" }

// PolicyVisibility answers [policy.Facts]: it is the person's business.
func (a *Abroad) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }

// PolicyRelation answers [policy.Facts].
func (a *Abroad) PolicyRelation(id domain.ActorID) policy.Relation {
	if id == a.Person {
		return policy.Administrator
	}
	return policy.Stranger
}

// PolicyLocal answers [policy.Facts].
func (a *Abroad) PolicyLocal() bool { return true }

func (s *Service) elsewhere(kind domain.EventKind, by domain.ActorID, a *Abroad) domain.Change {
	e := domain.NewEvent(s.mint, kind, by, domain.Subject{Kind: "person", ID: domain.ID(a.Person)},
		Elsewhere{Person: a.Person, Group: a.Group, Activity: a.Activity, Applied: a.applied})
	return domain.Change{Events: []domain.Event{e}}
}

// Memberships lists what is between the viewer and groups of other nodes,
// newest first: in one state, or all for "". Errors: Unauthenticated.
func (s *Service) Memberships(ctx context.Context, v policy.Viewer, state AbroadState, page domain.Page) (domain.List[*Abroad], error) {
	if v.Actor == domain.Nobody {
		return domain.List[*Abroad]{}, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	return s.store.MembershipsOf(ctx, v.Actor, state, page)
}

// MembershipIn returns what is between the viewer and a group of another
// node; nil for nothing.
func (s *Service) MembershipIn(ctx context.Context, v policy.Viewer, group domain.ActorID) (*Abroad, error) {
	if v.Actor == domain.Nobody {
		return nil, nil
	}
	a, err := s.store.Membership(ctx, v.Actor, group)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, nil
	}
	return a, err
}

// Answer accepts or declines the invitation of a group of another node. Again
// changes nothing. Errors: NotFound, Conflict if it was no invitation.
func (s *Service) Answer(ctx context.Context, v policy.Viewer, id domain.ID, accept bool) error {
	a, err := s.abroad(ctx, v, id)
	if err != nil {
		return err
	}
	switch {
	case a.State == AbroadMember && accept:
		return nil
	case a.State != AbroadInvited:
		return domain.Fail(domain.Conflict, "error.conflict")
	case !accept:
		return s.Refuse(ctx, v, id, false)
	}
	a.State, a.Since = AbroadMember, s.mint.Now()
	return s.store.SaveMembership(ctx, a, s.elsewhere(MembershipAccepted, v.Actor, a))
}

// Ask asks a team of another node to take the viewer in. Who is a member or
// asked already changes nothing; who is invited accepts. Errors:
// Unauthenticated, NotFound.
func (s *Service) Ask(ctx context.Context, v policy.Viewer, group domain.ActorID) error {
	a := &Abroad{ID: s.mint.ID(), Serial: s.mint.Serial(), Person: v.Actor, Group: group, State: AbroadAsked, Since: s.mint.Now()}
	if err := policy.Allow(v, policy.Edit, asker{}); err != nil {
		return err
	}
	known, err := s.store.Membership(ctx, v.Actor, group)
	switch {
	case domain.CodeOf(err) == domain.NotFound:
		return s.store.SaveMembership(ctx, a, s.elsewhere(MembershipAsked, v.Actor, a))
	case err != nil || known.State != AbroadInvited:
		return err
	}
	return s.Answer(ctx, v, known.ID, true)
}

// asker is what the policy asks of somebody who speaks for themselves alone.
type asker struct{}

func (asker) PolicyKind() string                            { return "membership" }
func (asker) PolicyVisibility() domain.Visibility           { return domain.VisiblePublic }
func (asker) PolicyRelation(domain.ActorID) policy.Relation { return policy.Administrator }
func (asker) PolicyLocal() bool                             { return true }

// LeaveAbroad ends a membership in a group of another node, or takes back
// that one asked for it. Errors: NotFound.
func (s *Service) LeaveAbroad(ctx context.Context, v policy.Viewer, id domain.ID) error {
	a, err := s.abroad(ctx, v, id)
	if err != nil {
		return err
	}
	if a.State == AbroadInvited {
		return s.Answer(ctx, v, id, false)
	}
	return s.store.DeleteMembership(ctx, a, s.elsewhere(MembershipLeft, v.Actor, a))
}

func (s *Service) abroad(ctx context.Context, v policy.Viewer, id domain.ID) (*Abroad, error) {
	a, err := s.store.MembershipByID(ctx, id)
	if err != nil {
		return nil, err
	}
	return a, policy.Allow(v, policy.Edit, a)
}
