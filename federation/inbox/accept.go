package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Clones are the commands on clones.
type Clones interface {
	ReceiveOffer(ctx context.Context, o lineage.Offer) (*lineage.Derivation, error)
	RecordAnswer(ctx context.Context, in lineage.SourceAnswer) error
	ReceiveStampDeletion(ctx context.Context, by *network.Actor, stamp domain.IRI) error
	HasClones(ctx context.Context, process domain.IRI) (bool, error)
	CameBack(ctx context.Context, process domain.IRI) error
	Succeeds(ctx context.Context, process, formerly domain.IRI) (bool, error)
}

// Sent finds activities of this node.
type Sent interface {
	Activity(ctx context.Context, iri domain.IRI) (*network.Activity, error)
}

// accept handles Accept, reject handles Reject (ActivityPub §7.6, §7.7): the
// answer to a Follow, Offer, Invite or Join of ours, also an application,
// embedded or by id. What
// answers nothing that we asked is ignored.
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

// offer handles Offer of a clone to the clones of one of our processes, of
// something to do to somebody here, of what somebody did in one of our
// processes, of what a clone of one made better, of an Interlinker or the translation of one to our catalogue, or
// of a story that one of our organisations is asked to sign.
func (v *Verbs) offer(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Embedded == nil {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	if in.Embedded.Object("interlink:assignment") != nil {
		return v.assign(ctx, in, actor)
	}
	if in.Embedded.Object("interlink:contribution") != nil {
		return v.claim(ctx, in, actor)
	}
	if in.Embedded["interlink:coproduced"] != nil || in.Embedded["interlink:translation"] != nil {
		return v.propose(ctx, in, actor)
	}
	if in.Embedded["interlink:improvement"] != nil {
		return v.improve(ctx, in, actor)
	}
	if in.Embedded["interlink:story"] != nil {
		return v.cosign(ctx, in, actor)
	}
	o, ok := activity.ReadClone(in.Embedded)
	if !ok || in.Target != o.Source+"/clones" {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	o.Cloner, o.ClonerIRI, o.Activity = actor.ID, actor.IRI, in.ID
	if err := v.confirmed(ctx, &o); err != nil {
		return err
	}
	_, err := v.Clones.ReceiveOffer(ctx, o)
	return err
}

// confirmed reads by what stamp the people of the process confirmed an offered
// clone whose place the source says itself that it took. One that does not hold,
// or cannot be read, is none: the clone waits for a person then.
func (v *Verbs) confirmed(ctx context.Context, o *lineage.Offer) error {
	if o.Formerly == "" || !domain.SameOrigin(o.Stamp, o.Formerly) {
		return nil
	}
	succeeds, err := v.Clones.Succeeds(ctx, o.Source, o.Formerly)
	if err != nil || !succeeds {
		return err
	}
	doc, err := v.Intake.Fetch(ctx, o.Stamp)
	if err == nil {
		o.Confirmed, err = v.Proofs.Stamp(ctx, doc)
	}
	if code := domain.CodeOf(err); code == domain.Internal {
		return err
	}
	return ctx.Err()
}

// add handles Add (ActivityPub §7.8): the source lists our clone. The Accept
// before it said the same, so a lost one is made good. Or an actor features a
// post, or a group says that somebody here is a member.
func (v *Verbs) add(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	if in.Target != "" && in.Target == actor.Featured {
		return v.feature(ctx, in, actor)
	}
	if in.Target == activity.Members(actor.IRI) {
		return v.membership(ctx, in, actor, in.Object, true)
	}
	if in.Target != actor.IRI+"/clones" || !v.NS.Owns(in.Object) {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	return v.Clones.RecordAnswer(ctx, lineage.SourceAnswer{
		Clone: in.Object, By: actor.IRI, Actor: actor.ID, Accepted: true, Activity: in.ID,
	})
}
