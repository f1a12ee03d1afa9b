package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Received finds what was received before.
type Received interface {
	// ReceivedRaw returns the bytes of an activity of an actor. Errors:
	// NotFound.
	ReceivedRaw(ctx context.Context, actor, iri domain.IRI) ([]byte, error)
}

// undo handles Undo (ActivityPub §7.12) of a Follow, a Like, an Announce, a
// Join, a Delete of a post, a Lock or Block in a community, or an Offer of
// something to do, of what was done, or of a story to sign, by the same actor,
// which is sent along or named by its id alone.
func (v *Verbs) undo(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	undone := in.Embedded
	if undone == nil || undone.Type() == "" {
		f, err := v.Follows.FollowByIRI(ctx, in.Object)
		if err == nil {
			return v.undoFollow(ctx, f, actor)
		}
		if domain.CodeOf(err) != domain.NotFound {
			return err
		}
		raw, err := v.Received.ReceivedRaw(ctx, actor.IRI, in.Object)
		if err != nil {
			return err
		}
		if undone, err = activity.Scan(raw); err != nil {
			return err
		}
	}
	if by := undone.IRI("actor"); by != "" && by != actor.IRI {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	object := undone.IRI("object")
	switch undone.Type() {
	case "Follow":
		followed, err := v.local(ctx, object)
		if err != nil {
			return err
		}
		return v.Follows.ReceiveUndoFollow(ctx, actor, followed)
	case "Like", "EmojiReact":
		return v.Likes.ReceiveUnlike(ctx, actor.ID, object)
	case "Dislike":
		return nil // it had no effect
	case "Join":
		return v.unjoin(ctx, object, actor, in.ID)
	case "Offer":
		return v.unoffer(ctx, actor, undone)
	case "Accept": // of a story of ours that is signed no more, or an improvement of a clone here
		if ok, err := v.cosignWithdrawn(ctx, in, actor, object); ok {
			return err
		}
		return v.Improvements.RecordTakeBack(ctx, lineage.ImprovementAnswer{IRI: object, By: actor.IRI, Actor: actor.ID, Reason: activity.ReadReason(in.Document)})
	case "Delete":
		return v.Posts.ReceiveRestoration(ctx, actor.ID, actor.IRI, object)
	case "Lock":
		return v.Locks.ReceiveLock(ctx, actor, object, in.ID, false)
	case "Block":
		return v.unblock(ctx, in, undone, actor)
	case "Announce":
		return v.Posts.ReceiveUndoAnnounce(ctx, actor.ID, object)
	}
	return domain.Fail(domain.Invalid, "error.activity_unknown", "Undo "+undone.Type())
}

// unblock takes back that somebody was kept from writing in a community. A
// Block without one leaves nothing to take back: who was blocked may follow
// again.
func (v *Verbs) unblock(ctx context.Context, in *activity.Inbound, undone activity.Document, by *network.Actor) error {
	if undone.IRI("target") == "" {
		return nil
	}
	return v.Sanctions.ReceiveUnban(ctx, community.Sanction{By: by, Group: undone.IRI("target"), Who: undone.IRI("object"), Activity: in.ID})
}

// undoFollow ends a Follow that is named by its id alone.
func (v *Verbs) undoFollow(ctx context.Context, f *network.Follow, actor *network.Actor) error {
	if f.Follower != actor.ID {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	followed, err := v.Directory.ByID(ctx, f.Followed)
	if err != nil {
		return err
	}
	return v.Follows.ReceiveUndoFollow(ctx, actor, followed)
}
