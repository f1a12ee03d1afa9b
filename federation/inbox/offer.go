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

// offer handles Offer of a clone to the clones of one of our processes, of
// something to do to somebody here, of what somebody did in one of our
// processes, of what a clone of one made better, of an Interlinker or the
// translation of one to our catalogue, or of a story that one of our
// organisations is asked to sign.
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
	if domain.Ours(err) {
		return err
	}
	return ctx.Err()
}
