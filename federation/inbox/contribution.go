package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Contributions are the commands on what people say that they did in processes
// of other nodes.
type Contributions interface {
	ReceiveClaim(ctx context.Context, in coproduction.RemoteClaim) error
	ReceiveClaimEnd(ctx context.Context, by *network.Actor, iri domain.IRI) error
	ReceiveClaimAnswer(ctx context.Context, by *network.Actor, iri domain.IRI, in coproduction.ClaimAnswer) error
}

// claim takes what somebody did in a process here, by an Offer.
func (v *Verbs) claim(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	c, ok := activity.ReadContribution(in.Embedded)
	if !ok || in.Embedded.IRI("attributedTo") != actor.IRI {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	c.Activity, c.Person = in.ID, actor
	return v.Contributions.ReceiveClaim(ctx, c)
}

// claimAnswer takes what a process says to what somebody here did. Errors:
// NotFound if the object is no contribution.
func (v *Verbs) claimAnswer(ctx context.Context, in *activity.Inbound, actor *network.Actor, object domain.IRI, accepted bool) error {
	said := coproduction.ClaimAnswer{State: coproduction.ClaimRejected, Reason: activity.ReadReason(in.Document)}
	if accepted {
		said, _ = activity.ReadClaimAnswer(in.Document)
		said.State = coproduction.Awarded
	}
	return v.Contributions.ReceiveClaimAnswer(ctx, actor, object, said)
}

// reopened takes the Update by which a process takes an award back; ok is
// false for any other Update.
func (v *Verbs) reopened(ctx context.Context, in *activity.Inbound, actor *network.Actor) (ok bool, err error) {
	said, ok := activity.ReadClaimAnswer(in.Embedded)
	if !ok || !v.NS.Owns(in.Object) || in.Brought {
		return false, nil
	}
	said.State = coproduction.Claimed
	return true, v.Contributions.ReceiveClaimAnswer(ctx, actor, in.Object, said)
}

// offerAnswer takes the answer to an Offer: of something to do, of what
// somebody did, or, with NotFound, of something else.
func (v *Verbs) offerAnswer(ctx context.Context, in *activity.Inbound, actor *network.Actor, object domain.IRI, accepted bool) error {
	err := v.assignmentAnswer(ctx, in, actor, object, accepted)
	if domain.CodeOf(err) == domain.NotFound {
		err = v.claimAnswer(ctx, in, actor, object, accepted)
	}
	if domain.CodeOf(err) == domain.NotFound {
		err = v.improvementAnswer(ctx, in, actor, object, accepted)
	}
	return err
}

// unoffer takes an Offer back: of something to do, of what somebody did, of what
// a clone made better, or of a story to sign.
func (v *Verbs) unoffer(ctx context.Context, actor *network.Actor, offer activity.Document) error {
	object := offer.IRI("object")
	err := v.Assignments.ReceiveAssignmentEnd(ctx, actor, object)
	if domain.CodeOf(err) == domain.NotFound {
		err = v.Contributions.ReceiveClaimEnd(ctx, actor, object)
	}
	if domain.CodeOf(err) == domain.NotFound {
		err = v.Improvements.Retract(ctx, actor, object)
	}
	if domain.CodeOf(err) == domain.NotFound {
		err = v.cosignCancelled(ctx, actor, offer)
	}
	return err
}
