package network

import (
	"time"

	"interlink/domain"
)

// FollowState is how far a follow has come.
type FollowState string

// The states of a follow.
const (
	FollowPending  FollowState = "pending"
	FollowAccepted FollowState = "accepted"
	FollowRejected FollowState = "rejected"
)

// Follow says that one actor asked to receive what another publishes.
type Follow struct {
	ID         domain.ID
	Serial     domain.Serial
	IRI        domain.IRI // of the Follow activity, ours or theirs
	Follower   domain.ActorID
	Followed   domain.ActorID
	State      FollowState
	CreatedAt  time.Time
	AnsweredAt time.Time

	// Replaces is who was followed before, and moved to Followed; Nobody
	// unless the follow came about so. The old follow ends when this one is
	// accepted.
	Replaces   domain.ActorID
	ReplacedAt time.Time
}

// Founded is the follow of a new local actor by whoever founded it, with what
// tells of it: nobody is asked.
func Founded(m *domain.Mint, ns domain.Namespace, founder domain.ActorID, a *Actor) (*Follow, domain.Event) {
	now := m.Now()
	f := &Follow{
		ID: m.ID(), Serial: m.Serial(), IRI: ns.IRI("activities", string(m.ID())), Follower: founder, Followed: a.ID,
		State: FollowAccepted, CreatedAt: now, AnsweredAt: now,
	}
	return f, domain.NewEvent(m, FollowAnswered, a.ID, actorSubject(a), FollowPayload{Follower: founder, Followed: a.ID, IRI: f.IRI})
}

// The events of follows and actors.
const (
	FollowRequested domain.EventKind = "follow.requested" // a local actor asks
	FollowConfirmed domain.EventKind = "follow.confirmed" // the remote actor accepted
	FollowRefused   domain.EventKind = "follow.refused"   // the remote actor rejected
	FollowReceived  domain.EventKind = "follow.received"  // a remote actor asks, a person decides
	FollowAnswered  domain.EventKind = "follow.accepted"  // a local actor accepts
	FollowDeclined  domain.EventKind = "follow.rejected"  // a local actor rejects
	FollowUndone    domain.EventKind = "follow.undone"    // a local actor stops following
	FollowLost      domain.EventKind = "follow.lost"      // a remote actor stops following
)

// FollowPayload is the payload of the follow events. It names the Follow
// activity because the row may be gone when the event is read.
type FollowPayload struct {
	Follower domain.ActorID `json:"follower"`
	Followed domain.ActorID `json:"followed"`
	IRI      domain.IRI     `json:"iri"`
}

// QuoteAllowed is the event of a local author who lets an object of another
// server quote one of theirs.
const QuoteAllowed domain.EventKind = "quote.allowed" // [QuotePayload]

// QuotePayload is the payload of [QuoteAllowed], and of the events of a
// [Featuring].
type QuotePayload struct {
	By      domain.ActorID `json:"by"` // who asked
	Author  domain.ActorID `json:"author"`
	Request domain.IRI     `json:"request"` // the activity that asked
	Quote   domain.IRI     `json:"quote"`   // what quotes
	Target  domain.IRI     `json:"target"`  // what is quoted
}

// JobJudge asks to see again where the copies of other catalogues' entries
// stand, as the rules about hosts changed.
const JobJudge = "catalogue.judge"

// JobBackfill asks to read the entries of a followed catalogue.
const JobBackfill = "catalogue.backfill"

// BackfillArgs are the arguments of [JobBackfill].
type BackfillArgs struct {
	Catalogue domain.ActorID `json:"catalogue"`
}
