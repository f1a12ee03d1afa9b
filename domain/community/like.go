package community

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Like says that an actor likes a post.
type Like struct {
	ID     domain.ID
	Serial domain.Serial
	IRI    domain.IRI // of the Like activity, ours or theirs
	Actor  domain.ActorID
	Post   domain.ID
	At     time.Time

	Waits    bool       // the author of the post has not said whether they take it; it is not counted
	Approval domain.IRI // where it can be read that they do; "" where nobody was asked
	Declined time.Time  // since when they do not: it is none any more, and kept for [RefusedFor]; zero for others
}

// LikeState is what became of a like.
type LikeState string

// The states of likes.
const (
	Unliked      LikeState = ""         // there is none
	LikeStands   LikeState = "liked"    // it is counted
	LikeWaits    LikeState = "waits"    // for the author of the post
	LikeUnwanted LikeState = "declined" // by them, lately
)

// State is what became of it.
func (l *Like) State() LikeState {
	switch {
	case !l.Declined.IsZero():
		return LikeUnwanted
	case l.Waits:
		return LikeWaits
	}
	return LikeStands
}

// Given reports whether there is a like: the actor can take it back.
func (s LikeState) Given() bool { return s == LikeStands || s == LikeWaits }

// Likes is the part of [Store] about likes.
type Likes interface {
	// LikeOf returns the like of a post by an actor. Errors: NotFound, also for one
	// that was declined.
	LikeOf(ctx context.Context, post domain.ID, actor domain.ActorID) (*Like, error)
	// SaveLike stores a like, in the place of one that was declined; Conflict if the
	// actor likes the post already.
	SaveLike(ctx context.Context, l *Like, change domain.Change) error
	// LikeByIRI returns the like of an activity. Errors: NotFound.
	LikeByIRI(ctx context.Context, iri domain.IRI) (*Like, error)
	// ApproveLike counts a like that waits from now on; Conflict if it does not
	// wait any more.
	ApproveLike(ctx context.Context, l *Like, change domain.Change) error
	// DeleteLike removes a like; a missing one is Conflict.
	DeleteLike(ctx context.Context, l *Like, change domain.Change) error
	// DeclineLike keeps that a like was declined; Conflict if it was already, or is
	// no more.
	DeclineLike(ctx context.Context, l *Like, change domain.Change) error
	// SweepLikes forgets those that were declined before a time.
	SweepLikes(ctx context.Context, before time.Time) error
	// LikesApproved lists the likes whose approval is at an address, at most 100.
	LikesApproved(ctx context.Context, approval domain.IRI) ([]*Like, error)
	// LikedBy returns what became of the likes of some posts by an actor, where
	// there are any.
	LikedBy(ctx context.Context, actor domain.ActorID, posts []domain.ID) (map[domain.ID]LikeState, error)
}

// The events of likes.
const (
	PostLiked    domain.EventKind = "post.liked"    // [Liked], as those below; by a person here
	PostUnliked  domain.EventKind = "post.unliked"  // they took it back
	LikeReceived domain.EventKind = "like.received" // by an actor elsewhere
	LikeLost     domain.EventKind = "like.lost"
	LikeTaken    domain.EventKind = "like.taken"    // by the author elsewhere, who was asked
	LikeDeclined domain.EventKind = "like.declined" // they do not want it: it is no more
)

// Liked is the payload of the events of likes. It names the Like activity
// because the row may be gone when the event is read.
type Liked struct {
	Actor  domain.ActorID `json:"actor"`
	Author domain.ActorID `json:"author"`
	Post   domain.IRI     `json:"post"`
	IRI    domain.IRI     `json:"iri"`

	Asks     bool       `json:"asks,omitempty"`     // the author has to be asked, by a request
	Approval domain.IRI `json:"approval,omitempty"` // of a like that they took: where that can be read
}

// Like makes the viewer like a post, of this node or a copy. Liking twice is
// no error. Where the author of a copy wants to be asked, it waits for them.
// Errors: NotFound, Gone, Unauthenticated, Forbidden, also where the author
// does not let the viewer.
func (s *Service) Like(ctx context.Context, v policy.Viewer, id domain.ID) error {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return err
	}
	if err := policy.Allow(v, policy.React, p); err != nil {
		return err
	}
	if err := p.likable(v); err != nil {
		return err
	}
	// The activity's IRI derives from the event's id: see federation/publish.
	e := domain.NewEvent(s.mint, PostLiked, v.Actor, p.Subject(), Liked{})
	l := &Like{ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: s.ns.IRI("activities", string(e.ID)), Actor: v.Actor, Post: p.ID, At: s.mint.Now(), Waits: p.LikingFor(v) != LeaveFree}
	told := likedOf(p, l)
	told.Asks = l.Waits && p.Consent.Requests
	e.Payload = domain.NewEvent(s.mint, PostLiked, v.Actor, p.Subject(), told).Payload
	return once(s.store.SaveLike(ctx, l, domain.Change{Events: []domain.Event{e}}))
}

// Unlike takes the viewer's like back. Without one nothing happens. Errors:
// NotFound, Gone, Unauthenticated, Forbidden.
func (s *Service) Unlike(ctx context.Context, v policy.Viewer, id domain.ID) error {
	p, err := s.PostByID(ctx, v, id)
	if err != nil {
		return err
	}
	if err := policy.Allow(v, policy.React, p); err != nil {
		return err
	}
	return s.unlike(ctx, PostUnliked, p, v.Actor)
}

func (s *Service) unlike(ctx context.Context, kind domain.EventKind, p *Post, by domain.ActorID) error {
	l, err := s.store.LikeOf(ctx, p.ID, by)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return once(s.store.DeleteLike(ctx, l, domain.Change{Events: []domain.Event{s.liked(kind, p, l)}}))
}

// once takes a lost race for what it is: somebody else did the same.
func once(err error) error {
	if domain.CodeOf(err) == domain.Conflict {
		return nil
	}
	return err
}

func (s *Service) liked(kind domain.EventKind, p *Post, l *Like) domain.Event {
	return domain.NewEvent(s.mint, kind, l.Actor, p.Subject(), likedOf(p, l))
}

func likedOf(p *Post, l *Like) Liked {
	return Liked{Actor: l.Actor, Author: p.Author, Post: p.IRI, IRI: l.IRI, Approval: l.Approval}
}

// likable refuses likes that the author of a post asks not to be given.
// Errors: Forbidden.
func (p *Post) likable(v policy.Viewer) error {
	l := p.LikingFor(v)
	switch {
	case p.granted(v, l):
		return nil
	case l == LeaveFollowers:
		return domain.Fail(domain.Forbidden, "community.likes_followers")
	}
	return domain.Fail(domain.Forbidden, "community.likes_closed")
}

// MayLike tells whether the viewer may like a post. Errors: as [Service.Like].
func (s *Service) MayLike(v policy.Viewer, p *Post) error {
	if err := policy.Allow(v, policy.React, p); err != nil {
		return err
	}
	return p.likable(v)
}

// ReceiveLikeVerdict counts a like from here that the author of the post takes,
// or ends one that they do not. ok is false for what is no like of a post of
// theirs. Errors: as of [Service.valid].
func (s *Service) ReceiveLikeVerdict(ctx context.Context, by *network.Actor, in Verdict) (ok bool, err error) {
	l, err := s.store.LikeByIRI(ctx, in.Object)
	if domain.CodeOf(err) == domain.NotFound {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	p, err := s.store.Post(ctx, l.Post, domain.Nobody)
	switch {
	case err != nil:
		return true, err
	case p.Author != by.ID || p.Local() || !s.ns.Owns(l.IRI):
		return false, nil
	case l.State() == LikeUnwanted:
		return true, nil
	case !in.Accepted:
		return true, s.declineLike(ctx, p, l)
	case !l.Waits:
		return true, nil
	}
	if err := s.valid(ctx, by, in); err != nil {
		return true, err
	}
	l.Waits, l.Approval = false, in.Approval
	return true, once(s.store.ApproveLike(ctx, l, domain.Change{Events: []domain.Event{s.liked(LikeTaken, p, l)}}))
}

// declineLike ends a like that the author of the post does not take, or not any
// more; who liked it reads so at the post.
func (s *Service) declineLike(ctx context.Context, p *Post, l *Like) error {
	l.Declined = s.mint.Now()
	return once(s.store.DeclineLike(ctx, l, domain.Change{Events: []domain.Event{s.liked(LikeDeclined, p, l)}}))
}

// revokedLikes ends the likes whose approval the author of the post took back.
func (s *Service) revokedLikes(ctx context.Context, by *network.Actor, approval domain.IRI) error {
	likes, err := s.store.LikesApproved(ctx, approval)
	if err != nil {
		return err
	}
	for _, l := range likes {
		p, err := s.store.Post(ctx, l.Post, domain.Nobody)
		if err == nil && p.Author == by.ID {
			err = s.declineLike(ctx, p, l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Liked returns what became of the viewer's likes of some posts; what they did
// not like is not in it.
func (s *Service) Liked(ctx context.Context, v policy.Viewer, posts []domain.ID) (map[domain.ID]LikeState, error) {
	if v.Actor == domain.Nobody || len(posts) == 0 {
		return nil, nil
	}
	return s.store.LikedBy(ctx, v.Actor, posts)
}

// ReceiveLike counts the like of an actor elsewhere once, whatever its
// activity is called. Errors: NotFound for a post that is not known here, or
// that the actor may not see; Gone.
func (s *Service) ReceiveLike(ctx context.Context, by *network.Actor, object, iri domain.IRI) error {
	v := policy.Viewer{Actor: by.ID, Role: policy.RoleRemote}
	p, err := s.PostByIRI(ctx, v, object)
	if err != nil {
		return err
	}
	if err := policy.Allow(v, policy.React, p); err != nil {
		return err
	}
	l := &Like{ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: iri, Actor: by.ID, Post: p.ID, At: s.mint.Now()}
	return once(s.store.SaveLike(ctx, l, domain.Change{Events: []domain.Event{s.liked(LikeReceived, p, l)}}))
}

// ReceiveUnlike ends the like of an actor elsewhere. Without one nothing
// happens.
func (s *Service) ReceiveUnlike(ctx context.Context, by domain.ActorID, object domain.IRI) error {
	p, err := s.store.PostByIRI(ctx, object, by)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return s.unlike(ctx, LikeLost, p, by)
}
