package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Improvements are the commands on what clones offer to their sources.
type Improvements interface {
	Receive(ctx context.Context, by *network.Actor, in lineage.ReceivedImprovement) error
	Retract(ctx context.Context, by *network.Actor, improvement domain.IRI) error
	RecordAnswer(ctx context.Context, in lineage.ImprovementAnswer) error
	RecordTakeBack(ctx context.Context, in lineage.ImprovementAnswer) error
}

// improve takes the Offer by which a clone offers to its source, one of our
// processes, what it made better.
func (v *Verbs) improve(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	received, by, ok := activity.ReadImprovement(in.Embedded)
	if !ok || by != actor.IRI || in.Target != received.Source {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	received.Activity = in.ID
	return v.Improvements.Receive(ctx, actor, received)
}

// improvementAnswer takes what a source says to an improvement of ours. Errors:
// NotFound for an answer to anything else.
func (v *Verbs) improvementAnswer(ctx context.Context, in *activity.Inbound, actor *network.Actor, improvement domain.IRI, accepted bool) error {
	return v.Improvements.RecordAnswer(ctx, lineage.ImprovementAnswer{
		IRI: improvement, By: actor.IRI, Actor: actor.ID, Taken: accepted, Verdicts: activity.ReadVerdicts(in.Document), Reason: activity.ReadReason(in.Document),
	})
}
