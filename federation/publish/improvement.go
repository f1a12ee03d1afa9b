package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// ImprovementReader reads what clones offer to their sources.
type ImprovementReader interface {
	Improvement(ctx context.Context, id domain.ID) (*lineage.Improvement, error)
}

// Improvements publishes what goes between a clone and its source on another
// node: Offer and Undo by the clone, Accept or Reject by the source. To them
// alone.
type Improvements struct {
	ns           domain.Namespace
	mint         *domain.Mint
	actors       Actors
	improvements ImprovementReader
	phrase       func(lang domain.Lang, key string, args ...any) string
}

// NewImprovements makes the publisher.
func NewImprovements(ns domain.Namespace, mint *domain.Mint, actors Actors, improvements ImprovementReader, phrase func(domain.Lang, string, ...any) string) *Improvements {
	return &Improvements{ns, mint, actors, improvements, phrase}
}

// Encoders returns the encoders by kind of event.
func (p *Improvements) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		lineage.ImprovementSent: p.sent, lineage.ImprovementRetracted: p.withdrawn, lineage.ImprovementAnswered: p.answered,
		lineage.ImprovementDeclined: p.declined, lineage.CloneDeclined: p.declined,
	}
}

// read reads the improvement of an event with the two it goes between.
func (p *Improvements) read(ctx context.Context, e domain.Event) (m *lineage.Improvement, clone, source *network.Actor, err error) {
	var told lineage.ImprovementTold
	if err = e.Decode(&told); err != nil {
		return
	}
	if m, err = p.improvements.Improvement(ctx, told.Improvement); err != nil {
		return
	}
	if clone, err = p.actors.Actor(ctx, m.CloneID); err != nil {
		return
	}
	source, err = p.actors.ActorByIRI(ctx, m.Source)
	return
}

func (p *Improvements) sent(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	m, clone, source, err := p.read(ctx, e)
	if err != nil || source.Local() || clone.Visibility != domain.VisiblePublic {
		return nil, err
	}
	return p.outgoing(e, clone, source, "Offer", m.IRI, func(env activity.Envelope) ([]byte, error) {
		return activity.Offer(env, activity.Improvement(m, ""), source.IRI)
	})
}

func (p *Improvements) withdrawn(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	m, clone, source, err := p.read(ctx, e)
	if err != nil || source.Local() || !clone.Local() {
		return nil, err
	}
	return p.outgoing(e, clone, source, "Undo", m.Offer, func(env activity.Envelope) ([]byte, error) {
		return activity.Undo(env, activity.NewImprovementReference(m))
	})
}

// answered tells the clone. What is released afterwards comes after it.
func (p *Improvements) answered(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	m, clone, source, err := p.read(ctx, e)
	if err != nil || clone.Local() {
		return nil, err
	}
	if m.State == lineage.ImprovementTakenBack {
		return p.outgoing(e, source, clone, "Undo", m.IRI, func(env activity.Envelope) ([]byte, error) {
			return activity.TakeBackImprovement(env, m)
		})
	}
	name := "Accept"
	if m.State == lineage.ImprovementRefused {
		name = "Reject"
	}
	return p.outgoing(e, source, clone, name, m.Offer, func(env activity.Envelope) ([]byte, error) {
		return activity.AnswerImprovement(env, m)
	})
}

// declined tells who offered something why it was not received.
func (p *Improvements) declined(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var d lineage.Declined
	if err := e.Decode(&d); err != nil {
		return nil, err
	}
	process, err := p.actors.Actor(ctx, d.Process)
	if err != nil {
		return nil, err
	}
	by, err := p.actors.Actor(ctx, d.By)
	if err != nil || by.Local() || by.Gone() || process.Visibility != domain.VisiblePublic {
		return nil, err
	}
	args := make([]any, len(d.Args))
	for i, a := range d.Args {
		args[i] = a
	}
	offer := activity.MembershipReference{ID: d.Offer, Type: "Offer", Actor: by.IRI, Object: d.Object, Target: process.IRI}
	return p.outgoing(e, process, by, "Reject", d.Offer, func(env activity.Envelope) ([]byte, error) {
		return activity.Decline(env, offer, p.phrase(d.Language, d.Reason, args...))
	})
}

func (p *Improvements) outgoing(e domain.Event, by, to *network.Actor, name string, object domain.IRI, encode func(activity.Envelope) ([]byte, error)) ([]network.Outgoing, error) {
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	env := w.envelope(by.IRI)
	env.To = []domain.IRI{to.IRI}
	raw, err := encode(env)
	if err != nil {
		return nil, err
	}
	out := w.outgoing(env, by.ID, name, object, raw)
	out.Inboxes, out.OrderKey = []domain.IRI{to.Inbox}, string(by.IRI)
	return []network.Outgoing{out}, nil
}
