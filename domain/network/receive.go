package network

import (
	"context"

	"interlink/domain"
)

// ReceiveActor stores or refreshes a remote actor whose document was read
// from its own origin. It keeps the key of a known one. Errors: Invalid if
// the actor claims to be local or lacks an inbox, Forbidden if its host is
// blocked.
func (s *Service) ReceiveActor(ctx context.Context, a *Actor) (*Actor, error) {
	if s.ns.Owns(a.IRI) || a.Host == "" {
		return nil, domain.Fail(domain.Invalid, "error.not_remote")
	}
	if a.Inbox == "" || !domain.SameOrigin(a.IRI, a.Inbox) {
		return nil, domain.Fail(domain.Invalid, "error.actor_document")
	}
	if a.SharedInbox != "" && !domain.SameOrigin(a.IRI, a.SharedInbox) {
		a.SharedInbox = "" // a claim about somebody else's server
	}
	if err := s.gate.Check(ctx, a.IRI.Host()); err != nil {
		return nil, err
	}
	now := s.mint.Now()
	a.ID, a.Serial = s.mint.ActorID(), s.mint.Serial()
	a.FetchedAt, a.UpdatedAt = now, now
	if a.CreatedAt.IsZero() {
		a.CreatedAt = now
	}
	a.Visibility = domain.VisiblePublic
	if err := s.store.SaveRemote(ctx, a); err != nil {
		return nil, err
	}
	return a, s.gate.met(ctx, a.Host)
}

// Introduce keeps an actor of another server that does not answer any more, as
// an archive names it: without keys, inbox or anything else that it would have
// to say itself. One that is known stays as it is. Errors: Invalid, Forbidden
// if its host is blocked.
func (s *Service) Introduce(ctx context.Context, a *Actor) (*Actor, error) {
	if known, err := s.store.ActorByIRI(ctx, a.IRI); domain.CodeOf(err) != domain.NotFound {
		return known, err
	}
	if s.ns.Owns(a.IRI) || a.Host != a.IRI.Host() {
		return nil, domain.Fail(domain.Invalid, "error.not_remote")
	}
	if err := s.gate.Check(ctx, a.Host); err != nil {
		return nil, err
	}
	bare := &Actor{
		ID: s.mint.ActorID(), Serial: s.mint.Serial(), IRI: a.IRI, Type: a.Type, Name: a.Name, Host: a.Host, Title: a.Title, URL: a.IRI,
		Visibility: domain.VisiblePublic, Indexable: true, CreatedAt: s.mint.Now(), UpdatedAt: s.mint.Now(),
	}
	return bare, s.store.SaveRemote(ctx, bare)
}

// ReceiveActorDeletion marks a remote actor as gone (ActivityPub §7.4). It
// gives back no error if the actor is unknown.
func (s *Service) ReceiveActorDeletion(ctx context.Context, iri domain.IRI) error {
	a, err := s.store.ActorByIRI(ctx, iri)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if a.Local() {
		return domain.Fail(domain.Forbidden, "error.forbidden")
	}
	now := s.mint.Now()
	a.GoneAt, a.UpdatedAt = now, now
	a.Title, a.Titles, a.Summary, a.Icon, a.IconType, a.IconAlt, a.PublicKey = "", nil, "", "", "", "", ""
	a.Rules = nil
	a.Fields, a.AlsoKnownAs, a.MovedTo, a.Discoverable, a.Indexable = nil, nil, "", false, false
	return s.store.SaveRemote(ctx, a)
}

// ReceiveFollow answers the Follow of a remote actor to a local one. An
// actor that does not ask for approval accepts at once, unless the follower's
// host is limited; a repeated Follow is accepted again, as the other side may
// have lost the answer. One that moved away takes no new follower.
func (s *Service) ReceiveFollow(ctx context.Context, follower, followed *Actor, iri domain.IRI) error {
	if !followed.Local() || followed.Visibility != domain.VisiblePublic {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	now := s.mint.Now()
	f := &Follow{
		ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: iri, Follower: follower.ID, Followed: followed.ID,
		State: FollowPending, CreatedAt: now,
	}
	if known, err := s.store.Follow(ctx, follower.ID, followed.ID); err == nil {
		f.ID, f.Serial, f.CreatedAt, f.State, f.AnsweredAt = known.ID, known.Serial, known.CreatedAt, known.State, known.AnsweredAt
	} else if domain.CodeOf(err) != domain.NotFound {
		return err
	}
	if f.State == FollowRejected {
		f.State = FollowPending // they ask again
	}
	verdict, err := s.gate.Verdict(ctx, follower.IRI.Host())
	if err != nil {
		return err
	}
	kind := FollowReceived
	switch {
	case f.State == FollowAccepted || !followed.ManuallyApproves && verdict == VerdictAllow && followed.MovedTo == "":
		f.State, f.AnsweredAt, kind = FollowAccepted, now, FollowAnswered
	case followed.MovedTo != "":
		f.State, f.AnsweredAt, kind = FollowRejected, now, FollowDeclined
	}
	return s.store.SaveFollow(ctx, f, domain.Change{Events: []domain.Event{s.followEvent(kind, followed, f)}})
}

// ReceiveUndoFollow ends the follow of a remote actor. An unknown follow is
// no error.
func (s *Service) ReceiveUndoFollow(ctx context.Context, follower, followed *Actor) error {
	f, err := s.store.Follow(ctx, follower.ID, followed.ID)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return s.store.DeleteFollow(ctx, f, domain.Change{Events: []domain.Event{s.followEvent(FollowLost, followed, f)}})
}

// ReceiveFollowAnswer takes the Accept or Reject of a follow that a local
// actor asked for. Anything that does not match such a follow is ignored:
// an Accept nobody asked for has no effect (FEP-fe34). The first acceptance
// by a catalogue asks for its entries, if this node's catalogue asked: whom
// people follow does not decide what is in it. That by others asks for what they
// published before.
func (s *Service) ReceiveFollowAnswer(ctx context.Context, by *Actor, follower domain.ActorID, accepted bool) error {
	f, err := s.store.Follow(ctx, follower, by.ID)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if by.Local() {
		return nil
	}
	state, kind := FollowRejected, FollowRefused
	if accepted {
		state, kind = FollowAccepted, FollowConfirmed
	}
	if f.State == state {
		return nil
	}
	own, err := s.store.Actor(ctx, follower)
	if err != nil {
		return err
	}
	change := domain.Change{Events: []domain.Event{s.followEvent(kind, by, f)}}
	if !accepted {
		change.Jobs = unfollowed(own, f)
	}
	f.State, f.AnsweredAt = state, s.mint.Now()
	if accepted {
		ended, err := s.replaced(ctx, f)
		if err != nil {
			return err
		}
		change.Events = append(change.Events, ended...)
	}
	if accepted && by.Entries != "" && own.Subject == SubjectCatalogue {
		change.Jobs = append(change.Jobs, domain.Job{Kind: JobBackfill, Unique: string(by.ID), Args: BackfillArgs{Catalogue: by.ID}, Remote: true})
	}
	if accepted && by.Entries == "" && by.Outbox != "" {
		change.Jobs = append(change.Jobs, readHistory(by.ID))
	}
	return s.store.SaveFollow(ctx, f, change)
}

// FollowByIRI returns the follow that a Follow activity asked for, for an
// answer that names only the activity. Errors: NotFound.
func (s *Service) FollowByIRI(ctx context.Context, iri domain.IRI) (*Follow, error) {
	return s.store.FollowByIRI(ctx, iri)
}

// ReceiveQuoteRequest answers an actor of another server that asks to quote an
// object of a local author, which is for everybody: everybody may, but those
// of limited hosts. Asked again, it is answered again. Errors: Forbidden.
func (s *Service) ReceiveQuoteRequest(ctx context.Context, by *Actor, q QuotePayload) error {
	if err := s.mayAsk(ctx, by, q); err != nil {
		return err
	}
	q.By = by.ID
	return s.store.Record(ctx, domain.Change{Events: []domain.Event{s.asked(QuoteAllowed, q)}})
}

// mayAsk reports whether an actor may ask to make use of something of this
// node in something of theirs. Errors: Forbidden.
func (s *Service) mayAsk(ctx context.Context, by *Actor, q QuotePayload) error {
	if by.Local() || !domain.SameOrigin(q.Quote, by.IRI) || !s.ns.Owns(q.Target) {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	verdict, err := s.gate.Verdict(ctx, by.IRI.Host())
	if err == nil && verdict != VerdictAllow {
		err = domain.Fail(domain.Forbidden, "error.forbidden")
	}
	return err
}

// asked makes the event of an answer.
func (s *Service) asked(kind domain.EventKind, q QuotePayload) domain.Event {
	return domain.NewEvent(s.mint, kind, q.Author, domain.Subject{Kind: "actor", ID: domain.ID(q.Author)}, q)
}
