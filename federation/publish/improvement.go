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
}

// NewImprovements makes the publisher.
func NewImprovements(ns domain.Namespace, mint *domain.Mint, actors Actors, improvements ImprovementReader) *Improvements {
	return &Improvements{ns, mint, actors, improvements}
}

// Encoders returns the encoders by kind of event.
func (p *Improvements) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		lineage.ImprovementSent: p.sent, lineage.ImprovementRetracted: p.withdrawn, lineage.ImprovementAnswered: p.answered,
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
	name := "Accept"
	if m.State == lineage.ImprovementRefused {
		name = "Reject"
	}
	return p.outgoing(e, source, clone, name, m.Offer, func(env activity.Envelope) ([]byte, error) {
		return activity.AnswerImprovement(env, m)
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
