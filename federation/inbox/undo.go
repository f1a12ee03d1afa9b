package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// undo handles Undo (ActivityPub §7.3) of a Follow or an Announce by the same
// actor.
func (v *Verbs) undo(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Embedded == nil {
		return v.undoByID(ctx, in, actor)
	}
	if by := in.Embedded.IRI("actor"); by != "" && by != actor.IRI {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	switch in.Embedded.Type() {
	case "Follow":
		followed, err := v.local(ctx, in.Embedded.IRI("object"))
		if err != nil {
			return err
		}
		return v.Follows.ReceiveUndoFollow(ctx, actor, followed)
	case "Announce":
		return v.Posts.ReceiveUndoAnnounce(ctx, actor.ID, in.Embedded.IRI("object"))
	}
	return domain.Fail(domain.Invalid, "error.activity_unknown", "Undo "+in.Embedded.Type())
}

// undoByID takes back a Follow that is named by its id alone.
func (v *Verbs) undoByID(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	f, err := v.Follows.FollowByIRI(ctx, in.Object)
	if err != nil {
		return err
	}
	if f.Follower != actor.ID {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	followed, err := v.Directory.ByID(ctx, f.Followed)
	if err != nil {
		return err
	}
	return v.Follows.ReceiveUndoFollow(ctx, actor, followed)
}
