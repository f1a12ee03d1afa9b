package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/review"
	"interlink/federation/activity"
)

// Reviews are the commands on reviews.
type Reviews interface {
	Receive(ctx context.Context, by *network.Actor, in review.Remote) error
	ReceiveWithdrawal(ctx context.Context, by *network.Actor, iri domain.IRI) error
	ReceiveAnswer(ctx context.Context, by *network.Actor, review domain.IRI, reply review.Reply) error
	ReceiveVerdict(ctx context.Context, by *network.Actor, review domain.IRI, shown bool, reason string) error
}

// reviewed takes a review by its sender of a thing of this node, or an answer
// to one by somebody of this node; ok is false for anything else. An answer to
// an entry or a story that is no review is a comment like any other.
func (v *Verbs) reviewed(ctx context.Context, doc activity.Document, actor *network.Actor) (ok bool, err error) {
	if activity.IsReview(doc) {
		in, err := activity.ReadReview(doc)
		if err == nil && doc.IRI("attributedTo") != actor.IRI {
			err = domain.Fail(domain.Forbidden, "error.origin")
		}
		if err == nil {
			err = v.Reviews.Receive(ctx, actor, in)
		}
		return true, err
	}
	about := doc.IRI("inReplyTo")
	if !v.NS.Owns(about) || doc.IRI("attributedTo") != actor.IRI {
		return false, nil
	}
	err = v.Reviews.ReceiveAnswer(ctx, actor, about, activity.ReadReviewAnswer(doc))
	return domain.CodeOf(err) != domain.NotFound, err
}

// reviewVerdict takes what those who moderate another node say of a review by
// somebody of this one; ok is false for an answer to anything else.
func (v *Verbs) reviewVerdict(ctx context.Context, in *activity.Inbound, actor *network.Actor, shown bool) (ok bool, err error) {
	err = v.Reviews.ReceiveVerdict(ctx, actor, in.Object, shown, activity.ReadReason(in.Document))
	return domain.CodeOf(err) != domain.NotFound, err
}
