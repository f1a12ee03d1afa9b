package community

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Pins is the part of [Store] about posts that actors show first.
type Pins interface {
	// Pinned lists them, the newest pin first.
	Pinned(ctx context.Context, actor domain.ActorID) ([]*Post, error)
	// Pin adds one; Conflict if it is there.
	Pin(ctx context.Context, actor domain.ActorID, post domain.ID, serial domain.Serial, change domain.Change) error
	// Unpin removes one; Conflict if it is not there.
	Unpin(ctx context.Context, actor domain.ActorID, post domain.ID, change domain.Change) error
}

// The events of pins.
const (
	PostPinned   domain.EventKind = "post.pinned" // [Wrote]
	PostUnpinned domain.EventKind = "post.unpinned"
)

// maxPins is how many posts a community shows first: what microblogs show.
const maxPins = 5

// maxRemotePins is how many of another node's actor are kept.
const maxRemotePins = 20

// Pin shows a public post of a community first. Errors: NotFound, Gone,
// Unauthenticated, Forbidden unless the viewer administers the community,
// Invalid for a post that is in none, or if there are five already.
func (s *Service) Pin(ctx context.Context, v policy.Viewer, id domain.ID) error {
	p, c, err := s.pinnable(ctx, v, id)
	if err != nil {
		return err
	}
	pinned, err := s.store.Pinned(ctx, c.ID)
	if err != nil {
		return err
	}
	if shows(pinned, p) {
		return nil
	}
	if len(pinned) >= maxPins {
		return domain.Fail(domain.Invalid, "community.pins_full", maxPins)
	}
	return once(s.store.Pin(ctx, c.ID, p.ID, s.mint.Serial(), domain.Change{Events: []domain.Event{s.wrote(PostPinned, v.Actor, p)}}))
}

func shows(pinned []*Post, p *Post) bool {
	return slices.ContainsFunc(pinned, func(x *Post) bool { return x.ID == p.ID })
}

// pinned reports whether the community of a post shows it first.
func (s *Service) pinned(ctx context.Context, p *Post) (bool, error) {
	if p.Community == domain.Nobody {
		return false, nil
	}
	all, err := s.store.Pinned(ctx, p.Community)
	return shows(all, p), err
}

// Unpin takes it from the first place. Errors: as [Service.Pin]; Conflict for
// the post by which a community introduces itself, while there is no other.
func (s *Service) Unpin(ctx context.Context, v policy.Viewer, id domain.ID) error {
	p, c, err := s.pinnable(ctx, v, id)
	if err != nil {
		return err
	}
	pinned, err := s.store.Pinned(ctx, c.ID)
	if err != nil {
		return err
	}
	if p.ID == c.Introduction && len(pinned) == 1 && shows(pinned, p) {
		return domain.Fail(domain.Conflict, "community.pin_other_first")
	}
	if err := once(s.store.Unpin(ctx, c.ID, p.ID, domain.Change{Events: []domain.Event{s.wrote(PostUnpinned, v.Actor, p)}})); err != nil {
		return err
	}
	return s.introduce(ctx, c)
}

// pinnable reads a post and the community whose administrator asks.
func (s *Service) pinnable(ctx context.Context, v policy.Viewer, id domain.ID) (*Post, *Community, error) {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return nil, nil, err
	}
	if p.Community == domain.Nobody || p.Visibility != Public {
		return nil, nil, domain.Fail(domain.Invalid, "community.not_pinnable")
	}
	c, err := s.store.Community(ctx, p.Community, v.Actor)
	if err != nil {
		return nil, nil, err
	}
	return p, c, policy.Allow(v, policy.Publish, c)
}

// Pinned lists what an actor shows first, as the viewer may see it.
func (s *Service) Pinned(ctx context.Context, v policy.Viewer, actor domain.ActorID) ([]*Post, error) {
	all, err := s.store.Pinned(ctx, actor)
	kept := all[:0]
	for _, p := range all {
		if policy.Allow(v, policy.Read, p) == nil {
			kept = append(kept, p)
		}
	}
	return kept, err
}

// ReceivePin notes that an actor of another node shows a post first, which
// must be known here. Errors: NotFound.
func (s *Service) ReceivePin(ctx context.Context, by *network.Actor, object domain.IRI) error {
	p, err := s.PostByIRI(ctx, policy.Viewer{}, object)
	if err != nil {
		return err
	}
	pinned, err := s.store.Pinned(ctx, by.ID)
	if err != nil || len(pinned) >= maxRemotePins {
		return err
	}
	return once(s.store.Pin(ctx, by.ID, p.ID, s.mint.Serial(), domain.Change{}))
}

// ReceiveUnpin ends that.
func (s *Service) ReceiveUnpin(ctx context.Context, by *network.Actor, object domain.IRI) error {
	p, err := s.PostByIRI(ctx, policy.Viewer{}, object)
	if err != nil {
		return err
	}
	return once(s.store.Unpin(ctx, by.ID, p.ID, domain.Change{}))
}
