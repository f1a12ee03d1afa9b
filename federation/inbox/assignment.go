package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Assignments are the commands on what people are asked to do in processes.
type Assignments interface {
	ReceiveAssignment(ctx context.Context, in coproduction.RemoteAssignment) error
	ReceiveAssignmentAnswer(ctx context.Context, by *network.Actor, iri domain.IRI, to coproduction.AssignmentState, reason string) error
	ReceiveAssignmentEnd(ctx context.Context, by *network.Actor, iri domain.IRI) error
}

// assign takes what a process asks of somebody here, by an Offer.
func (v *Verbs) assign(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	a, ok := activity.ReadAssignment(in.Embedded)
	if !ok || in.Embedded.IRI("attributedTo") != actor.IRI {
		return domain.Fail(domain.Invalid, "error.activity")
	}
	person, err := v.local(ctx, in.Target)
	if err != nil {
		return err
	}
	a.Activity, a.Process, a.Assignee = in.ID, actor, person.ID
	return v.Assignments.ReceiveAssignment(ctx, a)
}

// assignmentAnswer takes what somebody says to an Offer of a process here.
// Errors: NotFound if the object is no assignment.
func (v *Verbs) assignmentAnswer(ctx context.Context, in *activity.Inbound, actor *network.Actor, object domain.IRI, accepted bool) error {
	to := coproduction.AssignmentRefused
	if accepted {
		to = coproduction.AssignmentTaken
	}
	return v.Assignments.ReceiveAssignmentAnswer(ctx, actor, object, to, activity.ReadReason(in.Document))
}

// worked takes the Update by which somebody says that what a process here
// asked of them is done, or goes on; ok is false for any other Update.
func (v *Verbs) worked(ctx context.Context, in *activity.Inbound, actor *network.Actor) (ok bool, err error) {
	state, ok := activity.ReadAssignmentState(in.Embedded)
	if !ok || !v.NS.Owns(in.Object) || in.Brought {
		return false, nil
	}
	return true, v.Assignments.ReceiveAssignmentAnswer(ctx, actor, in.Object, state, "")
}
