package inbox

import (
	"context"
	"encoding/json"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/story"
	"interlink/federation/activity"
	"interlink/federation/httpsig"
)

// Cosignatures are the commands on stories that several organisations sign.
type Cosignatures interface {
	ReceiveCosignOffer(ctx context.Context, in story.CosignOffer) error
	ReceiveCosignCancellation(ctx context.Context, in story.CosignCancellation) error
	CosignAsked(ctx context.Context, by *network.Actor, offer domain.IRI) (*story.Cosignature, error)
	ReceiveCosignAnswer(ctx context.Context, in story.CosignAnswer) error
	ReceiveCosignWithdrawal(ctx context.Context, in story.CosignAnswer) error
}

// cosign takes the Offer by which an organisation asks one of ours to sign its
// story, which must be proven to be its own.
func (v *Verbs) cosign(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	partner, err := v.local(ctx, in.Target)
	if err != nil {
		return err
	}
	received, _, ok := activity.ReadStory(in.Embedded)
	if !ok || received.OwnerIRI != actor.IRI || partner.Type != network.TypeOrganization {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	proven, err := v.Proofs.Evidence(ctx, in.Embedded, actor.IRI)
	if err == nil && proven == nil {
		err = domain.Fail(domain.Unauthenticated, "error.signature")
	}
	if err != nil {
		return err
	}
	bare, err := httpsig.WithProofs(proven.Article)
	if err != nil {
		return err
	}
	return v.Cosignatures.ReceiveCosignOffer(ctx, story.CosignOffer{IRI: in.ID, Owner: actor, Partner: partner.ID, Story: received, Article: bare})
}

// cosignCancelled takes the Undo of such an Offer. Errors: NotFound for that of
// anything else.
func (v *Verbs) cosignCancelled(ctx context.Context, actor *network.Actor, offer activity.Document) error {
	in := story.CosignCancellation{Offer: offer.IRI("id"), Owner: actor, Story: offer.IRI("object")}
	if at := offer.IRI("target"); v.NS.Owns(at) {
		partner, err := v.local(ctx, at)
		if err != nil {
			return err
		}
		in.Partner = partner
	}
	return v.Cosignatures.ReceiveCosignCancellation(ctx, in)
}

// cosignAnswer takes what a partner says to such an Offer of ours; ok is false
// for an answer to anything else. Its proof must hold for the document that it
// was sent, or, if others signed already, for the one that they did.
func (v *Verbs) cosignAnswer(ctx context.Context, in *activity.Inbound, actor *network.Actor, accepted bool) (ok bool, err error) {
	if !v.NS.Owns(in.Object) {
		return false, nil
	}
	asked, err := v.Cosignatures.CosignAsked(ctx, actor, in.Object)
	if domain.CodeOf(err) == domain.NotFound {
		return false, nil
	}
	if err != nil || accepted && asked.State != story.CosignAsked {
		return true, err
	}
	answer := cosignSaid(in, in.Object, actor)
	if answer.Signed = accepted; accepted {
		if answer.Article, err = v.offered(ctx, in.Object); err != nil {
			return true, err
		}
		answer.Proof, _ = activity.ReadCosignature(in.Document)
		if answer.Signature, err = v.Proofs.signed(ctx, answer.Article, json.RawMessage(answer.Proof), actor.IRI); err != nil {
			return true, err
		}
	}
	return true, v.Cosignatures.ReceiveCosignAnswer(ctx, answer)
}

// cosignSaid is what a partner says beside yes or no.
func cosignSaid(in *activity.Inbound, offer domain.IRI, actor *network.Actor) story.CosignAnswer {
	_, never := activity.ReadCosignature(in.Document)
	return story.CosignAnswer{Offer: offer, By: actor, Reason: activity.ReadReason(in.Document), Never: never}
}

// cosignWithdrawn takes the Undo of an Accept by which a partner signed: object
// is what that answered. ok is false for that of anything else.
func (v *Verbs) cosignWithdrawn(ctx context.Context, in *activity.Inbound, actor *network.Actor, object domain.IRI) (ok bool, err error) {
	if !v.NS.Owns(object) {
		return false, nil
	}
	err = v.Cosignatures.ReceiveCosignWithdrawal(ctx, cosignSaid(in, object, actor))
	return domain.CodeOf(err) != domain.NotFound, err
}

// offered is the document that an Offer of ours carried, without its proofs.
func (v *Verbs) offered(ctx context.Context, offer domain.IRI) ([]byte, error) {
	sent, err := v.Sent.Activity(ctx, offer)
	if err != nil {
		return nil, err
	}
	out, err := activity.Decode(sent.Raw)
	if err != nil {
		return nil, err
	}
	raw, err := json.Marshal(out.Embedded)
	if err != nil {
		return nil, err
	}
	return httpsig.WithProofs(raw)
}
