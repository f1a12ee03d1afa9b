package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Likes are the commands on likes.
type Likes interface {
	ReceiveLike(ctx context.Context, by *network.Actor, object, iri domain.IRI) error
	ReceiveUnlike(ctx context.Context, by domain.ActorID, object domain.IRI) error
	ReceiveLikeVerdict(ctx context.Context, by *network.Actor, in community.Verdict) (bool, error)
}

// like handles Like (ActivityPub §7.10) of a post that is known here. It
// handles EmojiReact (FEP-c0e0), too, which counts as one.
func (v *Verbs) like(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Object == "" {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	return v.Likes.ReceiveLike(ctx, actor, in.Object, in.ID)
}

// dislike handles Dislike, which the threadiverse sends: it is taken, and
// nothing follows from it. What people here say is not counted against them.
func (v *Verbs) dislike(context.Context, *activity.Inbound, *network.Actor) error { return nil }
