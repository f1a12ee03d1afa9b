package community

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// The events of threads that are closed; the subject is the first post.
const (
	ThreadLocked   domain.EventKind = "post.locked"   // [LockPayload]
	ThreadUnlocked domain.EventKind = "post.unlocked" // [LockPayload]
)

// LockPayload is the payload of these events.
type LockPayload struct {
	Wrote

	Lock   domain.IRI `json:"lock"`             // the Lock activity
	Remote domain.IRI `json:"remote,omitempty"` // the activity, of a moderator elsewhere, that did it
}

// Locked reports whether the thread that begins here takes no answers.
func (p *Post) Locked() bool { return p.Lock != "" }

// Lock closes the thread that begins with a post of a community: those who
// moderate it alone answer there then. Twice is no error. Errors: NotFound,
// Gone, Unauthenticated, Forbidden unless the viewer moderates the community,
// Invalid for an answer, or what is in none.
func (s *Service) Lock(ctx context.Context, v policy.Viewer, id domain.ID) error {
	return s.lockByID(ctx, v, id, true)
}

// Unlock opens it again. Errors: as [Service.Lock].
func (s *Service) Unlock(ctx context.Context, v policy.Viewer, id domain.ID) error {
	return s.lockByID(ctx, v, id, false)
}

func (s *Service) lockByID(ctx context.Context, v policy.Viewer, id domain.ID, lock bool) error {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return err
	}
	return s.lock(ctx, v, p, lock, "")
}

// lock is by whom a policy lets: remote is their activity if they are
// elsewhere.
func (s *Service) lock(ctx context.Context, v policy.Viewer, p *Post, lock bool, remote domain.IRI) error {
	if p.Community == domain.Nobody || p.InReplyTo != "" {
		return domain.Fail(domain.Invalid, "community.not_lockable")
	}
	c, err := s.store.Community(ctx, p.Community, v.Actor)
	if err != nil {
		return err
	}
	if err := policy.Allow(v, policy.Moderate, c); err != nil {
		return err
	}
	if p.Locked() == lock {
		return nil
	}
	kind := ThreadUnlocked
	if lock {
		kind = ThreadLocked
	}
	e := domain.NewEvent(s.mint, kind, v.Actor, p.Subject(), LockPayload{})
	told := LockPayload{Wrote: Wrote{Author: p.Author, Community: p.Community, IRI: p.IRI}, Lock: p.Lock, Remote: remote}
	if p.Lock = ""; lock {
		// The activity's IRI derives from the event's id: see federation/publish.
		if p.Lock = remote; remote == "" {
			p.Lock = s.ns.IRI("activities", string(e.ID))
		}
		told.Lock = p.Lock
	}
	e.Payload = domain.NewEvent(s.mint, kind, v.Actor, p.Subject(), told).Payload
	return s.store.SavePost(ctx, p, nil, domain.Change{Events: []domain.Event{e}})
}

// ReceiveLock takes a Lock of a thread, or its Undo: of a community of this
// node by one of its moderators elsewhere, of another node's by that community
// itself. Errors: NotFound, Forbidden, Invalid.
func (s *Service) ReceiveLock(ctx context.Context, by *network.Actor, object, activity domain.IRI, lock bool) error {
	v := policy.Viewer{Actor: by.ID, Role: policy.RoleRemote}
	p, err := s.PostByIRI(ctx, v, object)
	if err != nil {
		return err
	}
	if !keeps(by, p) {
		return s.lock(ctx, v, p, lock, activity)
	}
	if p.Local() || p.Locked() == lock {
		return nil // what people here write under their own address stays theirs
	}
	if p.Lock = ""; lock {
		p.Lock = activity
	}
	return s.store.SavePost(ctx, p, nil, domain.Change{})
}

// open refuses answers that the author of a post does not let give, in a closed
// thread, but for those who moderate its community, and of who is banned from
// it. Errors: Forbidden.
func (s *Service) open(ctx context.Context, v policy.Viewer, parent *Post) error {
	if err := parent.takes(v); err != nil {
		return err
	}
	return s.unclosed(ctx, v, parent)
}

// unclosed is [Service.open] without a look at what the author of the post lets
// people do.
func (s *Service) unclosed(ctx context.Context, v policy.Viewer, parent *Post) error {
	first, err := s.first(ctx, parent)
	if err != nil {
		return err
	}
	c, err := s.communityOf(ctx, v, first)
	if err != nil || c != nil && policy.Allow(v, policy.Moderate, c) == nil {
		return err
	}
	if first.Locked() {
		return domain.Fail(domain.Forbidden, "community.locked")
	}
	group := first.Community
	if c == nil {
		if group, err = s.store.GroupOf(ctx, first); err != nil {
			return err
		}
	}
	return s.unbarred(ctx, group, v.Actor)
}

// first is the first post of a thread, as far as it is known here.
func (s *Service) first(ctx context.Context, p *Post) (*Post, error) {
	above, err := s.store.Ancestors(ctx, p.IRI, domain.Nobody, maxAncestors)
	if err != nil || len(above) == 0 {
		return p, err
	}
	return above[len(above)-1], nil
}
