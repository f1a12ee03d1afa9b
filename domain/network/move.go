package network

import (
	"context"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// MoveEvery is how long an actor stays before it may move again.
const MoveEvery = 7 * 24 * time.Hour

// ActorMoved is the event of an actor whose followers follow another one from
// now on: a remote one, as its Move told, or a local one. The subject is the
// actor that moved.
const ActorMoved domain.EventKind = "actor.moved" // [MovePayload]

// ProcessMoved is the event of a process of this node that goes on elsewhere, for
// its people. The subject is the process.
const ProcessMoved domain.EventKind = "process.moved" // [MovePayload]

// MovePayload is the payload of [ActorMoved] and [ProcessMoved].
type MovePayload struct {
	From domain.ActorID `json:"from"`
	To   domain.ActorID `json:"to"`
}

// JobMove asks to let the local followers of an actor follow the one that it
// moved to, from a place in their list on.
const JobMove = "actor.move"

// MoveArgs are the arguments of [JobMove].
type MoveArgs struct {
	From  domain.ActorID `json:"from"`
	To    domain.ActorID `json:"to"`
	After domain.Serial  `json:"after"`
}

// JobSucceed asks to let clones here of a process name the one that took its
// place.
const JobSucceed = "lineage.succeed"

// SucceedArgs are the arguments of [JobSucceed].
type SucceedArgs struct {
	From domain.IRI `json:"from"`
	To   domain.IRI `json:"to,omitempty"` // "" if it came back
}

// movePage is how many followers one run of the job moves.
const movePage = 200

// MoveStore keeps moves.
type MoveStore interface {
	// SaveMove sets where an actor went to, and when, unless it moved after
	// the time since; "" if it is back. Errors: Conflict.
	SaveMove(ctx context.Context, id domain.ActorID, to domain.IRI, at, since time.Time, change domain.Change) error
	// LocalFollows lists the accepted follows of an actor by actors of this
	// node, by serial.
	LocalFollows(ctx context.Context, followed domain.ActorID, after domain.Serial, limit int) ([]*Follow, error)
	// Replacements lists the follows of an actor that replaced another one
	// after a time, newest first, at most limit.
	Replacements(ctx context.Context, follower domain.ActorID, since time.Time, limit int) ([]*Follow, error)
}

// MayMove reports whether an actor stayed long enough to move.
func (a *Actor) MayMove(now time.Time) bool { return now.Sub(a.MovedAt) >= MoveEvery }

// Takes reports whether an actor says itself that it is another one too, and
// is there: half of what makes a move (FEP-7628).
func (a *Actor) Takes(from domain.IRI) bool {
	return a.IRI != from && !a.Gone() && a.MovedTo == "" && a.Visibility == domain.VisiblePublic && slices.Contains(a.AlsoKnownAs, from)
}

// Moving is what a move commits beside the state: the event, and the jobs that
// move the local followers and, of what may be a process, the clones.
func Moving(m *domain.Mint, by domain.ActorID, from, to *Actor) domain.Change {
	told := MovePayload{From: from.ID, To: to.ID}
	change := domain.Change{
		Events: []domain.Event{domain.NewEvent(m, ActorMoved, by, actorSubject(from), told)},
		Jobs:   []domain.Job{{Kind: JobMove, Args: MoveArgs{From: from.ID, To: to.ID}}},
	}
	if from.Subject == SubjectProcess {
		subject := domain.Subject{Kind: "process", ID: domain.ID(from.ID)}
		change.Events = append(change.Events, domain.NewEvent(m, ProcessMoved, by, subject, told))
	}
	if from.Type == TypeGroup {
		change.Jobs = append(change.Jobs, Succeeding(from.IRI, to.IRI))
	}
	return change
}

// Succeeding makes the [JobSucceed] of a process and the one that takes its
// place; "" if it is back.
func Succeeding(from, to domain.IRI) domain.Job {
	return domain.Job{Kind: JobSucceed, Args: SucceedArgs{from, to}, Remote: to != ""}
}

// ReceiveMove takes the Move of a remote actor, sent by itself, to one whose
// document was just read. Local followers follow the other one from now on; a
// job sees to that. The same move again changes nothing. Errors: Forbidden if
// the other one does not say that it is the first too, moved on itself or is
// of a blocked host, or if the first one moved within [MoveEvery].
func (s *Service) ReceiveMove(ctx context.Context, from, to *Actor) error {
	now := s.mint.Now()
	if !from.MayMove(now) {
		if from.MovedTo == to.IRI {
			return nil
		}
		return domain.Fail(domain.Forbidden, "move.too_soon", int(MoveEvery.Hours())/24)
	}
	if from.Local() || !to.Takes(from.IRI) {
		return domain.Fail(domain.Forbidden, "move.not_mutual")
	}
	if err := s.gate.Check(ctx, to.IRI.Host()); err != nil {
		return err
	}
	return s.store.SaveMove(ctx, from.ID, to.IRI, now, now.Add(-MoveEvery), Moving(s.mint, from.ID, from, to))
}

// MoveFollowers works a page of [JobMove] and asks for the next one. It may
// run again. Those whom the new actor refused before, and those who do not
// follow the old one any more, are left.
func (s *Service) MoveFollowers(ctx context.Context, args MoveArgs) error {
	from, err := s.store.Actor(ctx, args.From)
	if err != nil {
		return err
	}
	to, err := s.store.Actor(ctx, args.To)
	if err != nil {
		return err
	}
	if to.Gone() || to.MovedTo != "" {
		return nil // meanwhile
	}
	if err := s.gate.Check(ctx, to.IRI.Host()); err != nil {
		return err
	}
	follows, err := s.store.LocalFollows(ctx, from.ID, args.After, movePage)
	if err != nil || len(follows) == 0 {
		return err
	}
	var moved []*Follow
	var change domain.Change
	for _, old := range follows {
		f, events, err := s.move(ctx, old, to)
		if err != nil {
			return err
		}
		if f != nil {
			moved, change.Events = append(moved, f), append(change.Events, events...)
		}
	}
	if len(follows) == movePage {
		args.After = follows[movePage-1].Serial
		change.Jobs = []domain.Job{{Kind: JobMove, Args: args}}
	}
	return s.store.SaveFollows(ctx, moved, change)
}

// move makes the follow that takes the place of another one; nil for none.
func (s *Service) move(ctx context.Context, old *Follow, to *Actor) (*Follow, []domain.Event, error) {
	if old.Follower == to.ID {
		return nil, nil, nil
	}
	f, err := s.store.Follow(ctx, old.Follower, to.ID)
	var events []domain.Event
	switch {
	case domain.CodeOf(err) == domain.NotFound:
		f, events = s.ask(old.Follower, &Actor{ID: old.Follower}, to)
	case err != nil:
		return nil, nil, err
	case f.State == FollowRejected:
		return nil, nil, nil
	}
	f.Replaces, f.ReplacedAt = old.Followed, s.mint.Now()
	if f.State == FollowAccepted {
		events = append(events, ended(s.mint, old))
	}
	return f, events, nil
}

// replaced tells that the follow ends which an accepted one replaces, if it
// is still there; the store ends it.
func (s *Service) replaced(ctx context.Context, f *Follow) ([]domain.Event, error) {
	return Replaced(ctx, s.mint, s.store.Follow, f)
}

// Replaced makes the event of the follow that ends when f is accepted, if f
// replaces one that is still there.
func Replaced(ctx context.Context, m *domain.Mint, find func(ctx context.Context, follower, followed domain.ActorID) (*Follow, error), f *Follow) ([]domain.Event, error) {
	if f.Replaces == domain.Nobody {
		return nil, nil
	}
	old, err := find(ctx, f.Follower, f.Replaces)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []domain.Event{ended(m, old)}, nil
}

// ended tells that a local actor stops following.
func ended(m *domain.Mint, f *Follow) domain.Event {
	return domain.NewEvent(m, FollowUndone, f.Follower, actorSubject(&Actor{ID: f.Follower}),
		FollowPayload{Follower: f.Follower, Followed: f.Followed, IRI: f.IRI})
}

// Replacement says that somebody whom the reader followed moved.
type Replacement struct {
	From, To *Actor
	State    FollowState // of the new follow
	At       time.Time
}

// The bounds of what a reader is told of moves.
const (
	toldFor  = 14 * 24 * time.Hour
	toldMost = 10
)

// Replacements tells the viewer who of those they followed moved in the last
// 14 days, newest first, at most 10. Errors: Unauthenticated.
func (s *Service) Replacements(ctx context.Context, v policy.Viewer) ([]Replacement, error) {
	if v.Actor == domain.Nobody {
		return nil, domain.Fail(domain.Unauthenticated, "error.sign_in")
	}
	follows, err := s.store.Replacements(ctx, v.Actor, s.mint.Now().Add(-toldFor), toldMost)
	if err != nil {
		return nil, err
	}
	var told []Replacement
	for _, f := range follows {
		from, err := s.Actor(ctx, v, f.Replaces)
		if domain.CodeOf(err) == domain.NotFound {
			continue // its host is blocked by now
		}
		if err != nil {
			return nil, err
		}
		to, err := s.Actor(ctx, v, f.Followed)
		if domain.CodeOf(err) == domain.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		told = append(told, Replacement{From: from, To: to, State: f.State, At: f.ReplacedAt})
	}
	return told, nil
}
