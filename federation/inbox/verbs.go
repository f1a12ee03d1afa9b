package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Verbs acts on activities: one method for each, in a file that is named after
// the activity's type, or after its nearest kin: Reject and TentativeAccept are
// in accept.go, EmojiReact and Dislike in like.go, both requests in quote.go.
type Verbs struct {
	NS         domain.Namespace
	Directory  *Directory
	Intake     *Intake
	Follows    Follows
	Clones     Clones
	Sent       Sent
	Posts      Posts
	Likes      Likes
	Polls      Polls
	Pins       Pins
	Reports    Reports
	Received   Received
	Proofs     *Proofs
	Forwarding Forwarding
	Mint       *domain.Mint
	Quotes     Quotes
	Authors    Authors

	GroupReaders GroupReaders
	Locks        Locks
	Sanctions    Sanctions

	Memberships   Memberships
	Roles         Roles
	Assignments   Assignments
	Contributions Contributions
	Proposals     Proposals
	Cosignatures  Cosignatures
	Improvements  Improvements
	Reviews       Reviews
	Reuse         Reuse
	Verdicts      Verdicts
	Departures    Departures
}

// Table returns the verbs by activity type.
func (v *Verbs) Table() map[string]Verb {
	return map[string]Verb{
		"Accept":          v.accept,
		"Add":             v.add,
		"Announce":        v.announce,
		"Block":           v.block,
		"Create":          v.create,
		"Delete":          v.delete,
		"Dislike":         v.dislike,
		"EmojiReact":      v.like,
		"FeatureRequest":  v.recommend,
		"Flag":            v.flag,
		"Follow":          v.follow,
		"Invite":          v.invite,
		"Join":            v.join,
		"Leave":           v.leave,
		"Like":            v.like,
		"Lock":            v.lock,
		"Move":            v.move,
		"Offer":           v.offer,
		"QuoteRequest":    v.quote,
		"Reject":          v.reject,
		"Remove":          v.remove,
		"TentativeAccept": v.tentative,
		"Undo":            v.undo,
		"Update":          v.update,
	}
}

// own returns the object of a Create or Update, which is of its actor's own
// server: as it was sent along, or, from those whom somebody here follows,
// read from there. An address alone is no reason to ask any other server.
func (v *Verbs) own(ctx context.Context, in *activity.Inbound, actor *network.Actor) (activity.Document, error) {
	if !domain.SameOrigin(in.Object, actor.IRI) {
		return nil, domain.Fail(domain.Forbidden, "error.origin")
	}
	if doc := embedded(in, actor); doc != nil {
		return doc, nil
	}
	follows, err := v.Posts.Follows(ctx, actor.ID)
	if err == nil && !follows {
		err = domain.Fail(domain.Invalid, "error.activity")
	}
	if err != nil {
		return nil, err
	}
	return v.Intake.Fetch(ctx, in.Object)
}

// shared returns the object of an Announce: as it was sent along if it is of
// the announcer's own server, or proven by who it is attributed to, else from
// its own.
func (v *Verbs) shared(ctx context.Context, in *activity.Inbound, actor *network.Actor) (activity.Document, error) {
	if doc := embedded(in, actor); doc != nil {
		return doc, nil
	}
	if in.Embedded.IRI("id") == in.Object && v.Proofs.Of(ctx, in.Embedded, in.Embedded.IRI("attributedTo")) {
		return in.Embedded, nil
	}
	return v.Intake.Fetch(ctx, in.Object)
}

// embedded returns the object that was sent along, if it may be taken from
// this sender: an embedded object is a claim of whoever sends it, good for
// their own origin alone (FEP-fe34).
func embedded(in *activity.Inbound, actor *network.Actor) activity.Document {
	if in.Embedded.Type() == "" || in.Object == "" || in.Embedded.IRI("id") != in.Object || !domain.SameOrigin(in.Object, actor.IRI) {
		return nil
	}
	return in.Embedded
}
