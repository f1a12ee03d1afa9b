package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Sent finds activities of this node.
type Sent interface {
	Activity(ctx context.Context, iri domain.IRI) (*network.Activity, error)
}

// accept handles Accept, reject handles Reject (ActivityPub §7.6, §7.7): the
// answer to a Follow, Offer, Invite or Join of ours, also an application,
// embedded or by id. What answers nothing that we asked is ignored.
func (v *Verbs) accept(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	return v.answer(ctx, in, actor, true)
}

func (v *Verbs) reject(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	return v.answer(ctx, in, actor, false)
}

func (v *Verbs) answer(ctx context.Context, in *activity.Inbound, actor *network.Actor, accepted bool) error {
	if ok, err := v.proposalAnswer(ctx, in, actor, accepted); ok {
		return err
	}
	if ok, err := v.cosignAnswer(ctx, in, actor, accepted); ok {
		return err
	}
	if ok, err := v.reviewVerdict(ctx, in, actor, accepted); ok {
		return err
	}
	if in.Embedded != nil {
		if ok, err := v.answerAlong(ctx, in, actor, accepted); ok {
			return err
		}
	}
	return v.answerNamed(ctx, in, actor, accepted)
}

// answerAlong takes the answer to what is sent along with it; ok is false if
// that says too little.
func (v *Verbs) answerAlong(ctx context.Context, in *activity.Inbound, actor *network.Actor, accepted bool) (ok bool, err error) {
	who, object := in.Embedded.IRI("actor"), in.Embedded.IRI("object")
	switch in.Embedded.Type() {
	case "Follow":
		follower, err := v.local(ctx, who)
		if err == nil && object != actor.IRI {
			err = domain.Fail(domain.Forbidden, "error.origin")
		}
		if err != nil {
			return true, err
		}
		return true, v.Follows.ReceiveFollowAnswer(ctx, actor, follower.ID, accepted)
	case "Invite":
		group, err := v.group(ctx, who)
		if err == nil && object != actor.IRI {
			err = domain.Fail(domain.Forbidden, "error.origin")
		}
		if err != nil {
			return true, err
		}
		return true, v.inviteAnswer(ctx, in, actor, group.ID, accepted)
	case "Join":
		return true, v.joinAnswer(ctx, in, actor, who, object, accepted)
	case "Offer":
		err := v.offerAnswer(ctx, in, actor, object, accepted)
		return domain.CodeOf(err) != domain.NotFound, err
	}
	return false, nil
}

// joinAnswer takes the answer to the Join of somebody here: of a group of which
// they become a member, or to an application.
func (v *Verbs) joinAnswer(ctx context.Context, in *activity.Inbound, actor *network.Actor, who, object domain.IRI, accepted bool) error {
	if object != actor.IRI || actor.Subject == network.SubjectProcess {
		return v.applicationAnswer(ctx, in, actor, who, object)
	}
	return v.membership(ctx, in, actor, who, accepted)
}

// answerNamed takes the answer to an activity of ours that is named by its id.
func (v *Verbs) answerNamed(ctx context.Context, in *activity.Inbound, actor *network.Actor, accepted bool) error {
	if f, err := v.Follows.FollowByIRI(ctx, in.Object); err == nil {
		if f.Followed != actor.ID {
			return domain.Fail(domain.Forbidden, "error.origin")
		}
		return v.Follows.ReceiveFollowAnswer(ctx, actor, f.Follower, accepted)
	}
	if ok, err := v.decided(ctx, in, actor, accepted); ok || err != nil {
		return err
	}
	sent, err := v.Sent.Activity(ctx, in.Object)
	if err != nil {
		return err
	}
	switch sent.Type {
	case "Offer":
		if err := v.offerAnswer(ctx, in, actor, sent.Object, accepted); domain.CodeOf(err) != domain.NotFound {
			return err
		}
	case "Invite":
		if sent.Object != actor.IRI {
			return domain.Fail(domain.Forbidden, "error.origin")
		}
		return v.inviteAnswer(ctx, in, actor, sent.Actor, accepted)
	case "Join":
		person, err := v.Directory.ByID(ctx, sent.Actor)
		if err != nil {
			return err
		}
		return v.joinAnswer(ctx, in, actor, person.IRI, sent.Object, accepted)
	case "Announce", "Like": // of what was done without asking
		return nil
	default:
		return domain.Fail(domain.Invalid, "error.activity")
	}
	return v.Clones.RecordAnswer(ctx, lineage.SourceAnswer{
		Clone: sent.Object, By: actor.IRI, Actor: actor.ID, Accepted: accepted, Activity: in.ID, Stamp: stampIn(in, accepted),
	})
}

// stampIn is where an Accept says that its stamp is; "" if it does not say.
func stampIn(in *activity.Inbound, accepted bool) domain.IRI {
	if !accepted {
		return ""
	}
	return in.Document.IRI("result")
}

// tentative handles TentativeAccept (ActivityStreams Vocabulary §3.1): an
// application of somebody here is on the shortlist.
func (v *Verbs) tentative(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Embedded.Type() != "Join" {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	return v.applicationAnswer(ctx, in, actor, in.Embedded.IRI("actor"), in.Embedded.IRI("object"))
}
