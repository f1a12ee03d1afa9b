package organization

import (
	"context"
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// RefusedFor is how long somebody who declined is not invited again by the same
// group, unless they said that they do not want to be at all.
const RefusedFor = 7 * 24 * time.Hour

// Refusal is that somebody declined an invitation of a group. At the node of the
// group it keeps its people from sending another; at that of the person it keeps
// another from being heard. That it is for ever is told to nobody.
type Refusal struct {
	Group     domain.ActorID
	Addressee string // see [addressee]
	At        time.Time
	Until     time.Time // zero for ever
	Hash      string    // of the link that was declined by, and that lets its holder think better of it; "" if none was
}

// Letter is that an invitation was sent to somebody, of which so many a day are
// enough, whatever became of the invitation.
type Letter struct {
	ID        domain.ID // of the invitation
	Addressee string
	At        time.Time
}

// addressee is whom an invitation reaches: an actor, or who reads an address.
func addressee(person domain.ActorID, email string) string {
	if email != "" {
		return strings.ToLower(email)
	}
	return string(person)
}

func (i Invitation) addressee() string { return addressee(i.Person, i.Email) }

// refusal is one by a person or an address, from now on.
func (s *Service) refusal(group domain.ActorID, of string, forever bool) *Refusal {
	r := &Refusal{Group: group, Addressee: of, At: s.mint.Now()}
	if !forever {
		r.Until = r.At.Add(RefusedFor)
	}
	return r
}

// Refuse declines the invitation of a group of another node, and if forever is
// set, hears no other of it. Again changes nothing. Errors: NotFound, Conflict if
// it was no invitation.
func (s *Service) Refuse(ctx context.Context, v policy.Viewer, id domain.ID, forever bool) error {
	a, err := s.abroad(ctx, v, id)
	if err == nil && a.State != AbroadInvited {
		err = domain.Fail(domain.Conflict, "error.conflict")
	}
	if err != nil {
		return err
	}
	return s.store.RefuseMembership(ctx, a, s.refusal(a.Group, string(a.Person), forever), s.elsewhere(MembershipDeclined, v.Actor, a))
}

// Refusals lists the groups of which the viewer wants no more invitations, by
// whichever way they come. Errors: Unauthenticated.
func (s *Service) Refusals(ctx context.Context, v policy.Viewer) ([]Refusal, error) {
	if err := policy.Allow(v, policy.Edit, asker{}); err != nil {
		return nil, err
	}
	return s.store.RefusalsOf(ctx, v.Actor)
}

// Reconsider lets a group invite the viewer again. Errors: Unauthenticated.
func (s *Service) Reconsider(ctx context.Context, v policy.Viewer, group domain.ActorID) error {
	if err := policy.Allow(v, policy.Edit, asker{}); err != nil {
		return err
	}
	return s.store.DropRefusal(ctx, v.Actor, group)
}

// Declined returns the refusal of the holder of a letter's link, while it holds,
// and the group: nobody need sign in to think better of it. Errors: NotFound.
func (s *Service) Declined(ctx context.Context, token string) (Refusal, Group, error) {
	r, err := s.store.RefusalByHash(ctx, hash(token))
	if err == nil && !r.Until.IsZero() && !r.Until.After(s.mint.Now()) {
		err = domain.Fail(domain.NotFound, "organization.invitation_over")
	}
	if err != nil {
		return Refusal{}, nil, err
	}
	g, err := s.anyGroup(ctx, r.Group)
	return r, g, err
}

// ReconsiderBy lets the group that was declined by a letter's link invite its
// holder again. Errors: NotFound as of [Service.Declined].
func (s *Service) ReconsiderBy(ctx context.Context, token string) error {
	r, _, err := s.Declined(ctx, token)
	if err != nil {
		return err
	}
	return s.store.DropRefusalOf(ctx, r)
}
