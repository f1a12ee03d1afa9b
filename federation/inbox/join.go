package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/participation"
	"interlink/federation/activity"
)

// Roles are the commands on role calls and applications.
type Roles interface {
	ReceiveCall(ctx context.Context, in participation.RemoteCall) (*participation.Call, error)
	ReceiveApplication(ctx context.Context, by *network.Actor, call, join domain.IRI, statement string) error
	ReceiveWithdrawal(ctx context.Context, by *network.Actor, call domain.IRI) error
	ReceiveAnswer(ctx context.Context, by *network.Actor, in participation.Answer) error
}

// join handles Join: somebody asks an organisation or team here to take them
// in, applies to a role call of a community here, or asks to join a process.
func (v *Verbs) join(ctx context.Context, in *activity.Inbound, actor *network.Actor) error {
	err := v.joinGroup(ctx, in, actor)
	if domain.CodeOf(err) == domain.NotFound && v.NS.Owns(in.Object) {
		return v.Roles.ReceiveApplication(ctx, actor, in.Object, in.ID, activity.ReadStatement(in.Document))
	}
	return err
}

// unjoin handles Undo of a Join: somebody is a member no more, or takes their
// application back.
func (v *Verbs) unjoin(ctx context.Context, object domain.IRI, actor *network.Actor, by domain.IRI) error {
	err := v.left(ctx, object, actor, by)
	if domain.CodeOf(err) == domain.NotFound && v.NS.Owns(object) {
		return v.Roles.ReceiveWithdrawal(ctx, actor, object)
	}
	return err
}

// applicationAnswer takes the answer to an application of somebody here.
func (v *Verbs) applicationAnswer(ctx context.Context, in *activity.Inbound, actor *network.Actor, who, call domain.IRI) error {
	if !domain.SameOrigin(call, actor.IRI) {
		return domain.Fail(domain.Forbidden, "error.origin")
	}
	person, err := v.local(ctx, who)
	if err != nil {
		return err
	}
	state, reason := activity.ReadApplicationAnswer(in.Document)
	return v.Roles.ReceiveAnswer(ctx, actor, participation.Answer{Call: call, Applicant: person.ID, State: state, Reason: reason})
}
