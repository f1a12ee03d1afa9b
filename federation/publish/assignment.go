package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Work reads assignments, contributions and their processes.
type Work interface {
	Process(ctx context.Context, id domain.ActorID) (*coproduction.Process, error)
	Assignment(ctx context.Context, id domain.ID) (*coproduction.Assignment, error)
	Contribution(ctx context.Context, id domain.ID) (*coproduction.Contribution, error)
}

// Assignments publishes what goes between a process and somebody of another
// node who is asked to do something in it: Offer, and Undo of it, by the
// process; Accept, Reject and Update by the person. To them alone. What they
// did goes the other way round. For a process that is not public its node
// speaks.
type Assignments struct {
	ns     domain.Namespace
	mint   *domain.Mint
	actors Actors
	work   Work
	self   domain.ActorID
}

// NewAssignments makes the publisher.
func NewAssignments(ns domain.Namespace, mint *domain.Mint, actors Actors, work Work, self domain.ActorID) *Assignments {
	return &Assignments{ns, mint, actors, work, self}
}

// Encoders returns the encoders by kind of event.
func (p *Assignments) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		coproduction.AssignmentMade:      p.byProcess("Offer"),
		coproduction.AssignmentWithdrawn: p.byProcess("Undo"),
		coproduction.AssignmentAccepted:  p.byPerson,
		coproduction.AssignmentDeclined:  p.byPerson,
		coproduction.AssignmentDone:      p.byPerson,

		coproduction.ContributionSent:     p.claimed("Offer"),
		coproduction.ContributionRecalled: p.claimed("Undo"),
		coproduction.ContributionAwarded:  p.judged,
		coproduction.ContributionRejected: p.judged,
		coproduction.ContributionReverted: p.judged,
	}
}

// asked is an assignment with the two it goes between.
type asked struct {
	*writer
	*coproduction.Assignment

	process, person *network.Actor // process is the node where that speaks for it
}

func (p *Assignments) read(ctx context.Context, e domain.Event) (x asked, told coproduction.Assigned, err error) {
	if err := e.Decode(&told); err != nil {
		return x, told, err
	}
	x, err = p.asked(ctx, e, told.Assignment)
	return x, told, err
}

func (p *Assignments) asked(ctx context.Context, e domain.Event, id domain.ID) (x asked, err error) {
	if x.Assignment, err = p.work.Assignment(ctx, id); err != nil {
		return x, err
	}
	process := x.Process
	if x.Local() && x.ByNode() {
		process = p.self
	}
	if x.process, err = p.actors.Actor(ctx, process); err != nil {
		return x, err
	}
	x.person, err = p.actors.Actor(ctx, x.Assignee)
	x.writer = &writer{ns: p.ns, mint: p.mint, event: e}
	return x, err
}

// send writes one activity between the two. object is what it is found by.
func (x asked) send(from, to *network.Actor, name string, object domain.IRI, encode func(activity.Envelope) ([]byte, error)) ([]network.Outgoing, error) {
	env := x.envelope(from.IRI)
	env.To = []domain.IRI{to.IRI}
	raw, err := encode(env)
	if err != nil {
		return nil, err
	}
	out := x.outgoing(env, from.ID, name, object, raw)
	out.Inboxes, out.OrderKey = []domain.IRI{to.Inbox}, string(x.IRI)
	return []network.Outgoing{out}, nil
}

func (x asked) offer() activity.MembershipReference {
	return activity.NewOfferReference(x.Offer, x.process.IRI, x.Assignment.IRI, x.person.IRI)
}

// byProcess asks a person of another node, or takes that back.
func (p *Assignments) byProcess(name string) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		x, _, err := p.read(ctx, e)
		if err != nil || !x.Assignment.Local() || x.person.Local() {
			return nil, err
		}
		if name == "Undo" {
			return x.send(x.process, x.person, name, x.Offer, func(env activity.Envelope) ([]byte, error) {
				return activity.Undo(env, x.offer())
			})
		}
		return x.send(x.process, x.person, name, x.Assignment.IRI, func(env activity.Envelope) ([]byte, error) {
			return activity.Offer(env, activity.Assignment(x.Assignment, x.process.IRI), x.person.IRI)
		})
	}
}

// byPerson tells a process of another node what somebody here says to what it
// asked: an answer to the Offer, or, that it is done or goes on again, an
// Update.
func (p *Assignments) byPerson(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	x, told, err := p.read(ctx, e)
	if err != nil || x.Assignment.Local() {
		return nil, err
	}
	x.State, x.Reason = told.State, told.Reason // as it was then
	if x.State == coproduction.AssignmentFinished || told.From == coproduction.AssignmentFinished {
		return x.send(x.person, x.process, "Update", x.Assignment.IRI, func(env activity.Envelope) ([]byte, error) {
			return activity.Update(env, activity.AssignmentUpdate(x.Assignment, x.process.IRI))
		})
	}
	name, accepted := "Reject", x.State == coproduction.AssignmentTaken
	if accepted {
		name = "Accept"
	}
	return x.send(x.person, x.process, name, x.Offer, func(env activity.Envelope) ([]byte, error) {
		return activity.AnswerOffer(env, x.offer(), accepted, x.Reason)
	})
}
