package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/curation"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Proposals are the commands on what is offered to catalogues.
type Proposals interface {
	Receive(ctx context.Context, in curation.Remote) error
	ReceiveAnswer(ctx context.Context, by *network.Actor, offer domain.IRI, accepted bool, reason string, entry domain.IRI) error
	ReceiveAuthors(ctx context.Context, by *network.Actor, offer domain.IRI, left []catalogue.Author) error
}

// propose takes what a process of another node offers to the catalogue here.
func (v *Verbs) propose(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	p, ok := activity.ReadProposal(in.Embedded)
	if !ok {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	return v.Proposals.Receive(ctx, curation.Remote{IRI: in.ID, Process: actor, Target: in.Target, Proposal: p})
}

// reoffered takes who is left of the authors of what was offered; ok is false
// for the Update of anything else.
func (v *Verbs) reoffered(ctx context.Context, in *activity.Inbound, actor *network.Actor) (ok bool, err error) {
	if in.Embedded.Type() != "Offer" || in.Embedded.IRI("id") != in.Object {
		return false, nil
	}
	p, ok := activity.ReadProposal(in.Embedded.Object("object"))
	if !ok || p.Process != actor.IRI {
		return true, domain.Fail(domain.Invalid, "error.activity")
	}
	return true, v.Proposals.ReceiveAuthors(ctx, actor, in.Object, p.Authors)
}

// proposalAnswer takes what a catalogue says to an offer of a process here; ok
// is false for an answer to anything else.
func (v *Verbs) proposalAnswer(ctx context.Context, in *activity.Inbound, actor *network.Actor, accepted bool) (ok bool, err error) {
	if !v.NS.Owns(in.Object) {
		return false, nil
	}
	err = v.Proposals.ReceiveAnswer(ctx, actor, in.Object, accepted, activity.ReadReason(in.Document), in.Document.IRI("result"))
	return domain.CodeOf(err) != domain.NotFound, err
}
