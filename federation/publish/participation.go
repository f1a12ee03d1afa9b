package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/participation"
	"interlink/federation/activity"
)

// Applications reads calls and applications.
type Applications interface {
	Call(ctx context.Context, id domain.ID) (*participation.Call, error)
	Application(ctx context.Context, id domain.ID) (*participation.Application, error)
}

// Participation publishes the end of a role call, to the followers of its
// community, and what goes between who applies and a call of another node, or
// asks to join a process there: to them alone. That somebody became a member is told by [Members].
type Participation struct {
	ns           domain.Namespace
	mint         *domain.Mint
	actors       Actors
	applications Applications
	posts        *Posts
}

// NewParticipation makes the publisher; calls are told by posts.
func NewParticipation(ns domain.Namespace, mint *domain.Mint, actors Actors, applications Applications, posts *Posts) *Participation {
	return &Participation{ns, mint, actors, applications, posts}
}

// Encoders returns the encoders by kind of event.
func (p *Participation) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		participation.CallEnded:            p.posts.sent("Update", activity.Update),
		participation.ApplicationSent:      p.applied,
		participation.ApplicationRetracted: p.retracted,
		participation.ApplicationDecided:   p.decided,
	}
}

// step is one step of an application with the two it goes between.
type step struct {
	*writer
	participation.Change

	call      *participation.Call
	applied   *participation.Application
	applicant *network.Actor
	community *network.Actor
}

// read reads what an event is about. One that was deleted meanwhile is not
// told.
func (p *Participation) read(ctx context.Context, e domain.Event) (s step, err error) {
	var told participation.Step
	if err := e.Decode(&told); err != nil {
		return s, err
	}
	if s.applied, err = p.applications.Application(ctx, told.Application); err != nil {
		return s, err
	}
	if told.Step < 0 || told.Step >= len(s.applied.History) {
		return s, domain.Fail(domain.NotFound, "error.not_found")
	}
	s.Change = s.applied.History[told.Step]
	if s.call, err = p.applications.Call(ctx, s.applied.Call); err != nil {
		return s, err
	}
	if s.applicant, err = p.actors.Actor(ctx, s.applied.Applicant); err != nil {
		return s, err
	}
	s.community, err = p.actors.Actor(ctx, s.call.Community)
	s.writer = &writer{ns: p.ns, mint: p.mint, event: e}
	return s, err
}

// gives are the rights that an acceptance gives in a process, by name; nil for
// any other step.
func (s step) gives() []string {
	if s.State != participation.Accepted || !s.call.Standing() {
		return nil
	}
	return s.call.Gives.Names()
}

// send writes one activity between the two. object is what it is found by.
func (s step) send(from, to *network.Actor, name string, object domain.IRI, encode func(activity.Envelope) ([]byte, error)) ([]network.Outgoing, error) {
	env := s.envelope(from.IRI)
	env.To = []domain.IRI{to.IRI}
	raw, err := encode(env)
	if err != nil {
		return nil, err
	}
	out := s.outgoing(env, from.ID, name, object, raw)
	out.Inboxes, out.OrderKey = []domain.IRI{to.Inbox}, string(s.call.IRI)+" "+string(s.applicant.IRI)
	return []network.Outgoing{out}, nil
}

// applied sends an application, or an appeal, to the community of the call.
func (p *Participation) applied(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	s, err := p.read(ctx, e)
	if err != nil {
		return nil, err
	}
	words := s.applied.Statement
	if s.State == participation.Appealed {
		words = s.Reason
	}
	return s.send(s.applicant, s.community, "Join", s.call.IRI, func(env activity.Envelope) ([]byte, error) {
		return activity.ApplyTo(env, s.call.IRI, words)
	})
}

// retracted takes an application back.
func (p *Participation) retracted(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	s, err := p.read(ctx, e)
	if err != nil {
		return nil, err
	}
	return s.send(s.applicant, s.community, "Undo", s.applied.Join, func(env activity.Envelope) ([]byte, error) {
		return activity.Undo(env, activity.NewJoinReference(s.applied.Join, s.applicant.IRI, s.call.IRI))
	})
}

// decided answers who applied from another node.
func (p *Participation) decided(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	s, err := p.read(ctx, e)
	if err != nil || s.applicant.Local() || s.applied.Join == "" || activity.AnswerType(s.State) == "" {
		return nil, err
	}
	trace := domain.IRI(participation.Trace(s.applied.ID))
	return s.send(s.community, s.applicant, activity.AnswerType(s.State), trace, func(env activity.Envelope) ([]byte, error) {
		join := activity.NewJoinReference(s.applied.Join, s.applicant.IRI, s.call.IRI)
		return activity.AnswerApplication(env, join, s.State, s.Reason, s.gives())
	})
}
