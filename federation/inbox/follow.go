package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Follows are the commands on follows.
type Follows interface {
	ReceiveFollow(ctx context.Context, follower, followed *network.Actor, iri domain.IRI) error
	ReceiveUndoFollow(ctx context.Context, follower, followed *network.Actor) error
	ReceiveFollowAnswer(ctx context.Context, by *network.Actor, follower domain.ActorID, accepted bool) error
	ReceiveActorDeletion(ctx context.Context, iri domain.IRI) error
	ReceiveMove(ctx context.Context, from, to *network.Actor) error
	FollowByIRI(ctx context.Context, iri domain.IRI) (*network.Follow, error)
}

// follow handles Follow (ActivityPub §7.5): somebody wants the news of an
// actor of ours.
func (v *Verbs) follow(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	followed, err := v.local(ctx, in.Object)
	if err != nil {
		return err
	}
	return v.Follows.ReceiveFollow(ctx, actor, followed, in.ID)
}

// local returns an actor of this node. Errors: NotFound for any other.
func (v *Verbs) local(ctx context.Context, iri domain.IRI) (*network.Actor, error) {
	if iri == "" || !v.NS.Owns(iri) {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	a, err := v.Directory.Actor(ctx, iri)
	if err == nil && a.Gone() {
		err = domain.Fail(domain.Gone, "error.gone")
	}
	return a, err
}
