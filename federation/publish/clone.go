package publish

import (
	"context"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// Clones publishes what happens between a process and its clones on other
// nodes: Offer by the clone, Accept with a stamp and Add (or Reject) by the
// source, and Delete of the stamp when that is taken back. None is
// ever announced.
type Clones struct {
	ns     domain.Namespace
	mint   *domain.Mint
	actors Actors
}

// NewClones makes the publisher.
func NewClones(ns domain.Namespace, mint *domain.Mint, actors Actors) *Clones {
	return &Clones{ns, mint, actors}
}

// Encoders returns the encoders by kind of event.
func (p *Clones) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{
		lineage.ProcessCloned: p.offered,
		lineage.CloneAccepted: p.answered(true),
		lineage.CloneRejected: p.answered(false),

		lineage.CloneWithdrawn: p.withdrawn,
		lineage.SourceMoved:    p.offered,
		lineage.OfferedAgain:   p.offered,
	}
}

// offered sends the Offer of a new clone to its source, or of one to the process
// that took its source's place, by the organisation that made it, or by the
// clone itself if it belongs to none.
func (p *Clones) offered(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var c lineage.Succeeded // of a new clone, the first part of it
	if err := e.Decode(&c); err != nil || c.Local {
		return nil, err
	}
	clone, err := p.actors.Actor(ctx, c.Clone)
	if err != nil || clone.Visibility != domain.VisiblePublic {
		return nil, err // a clone that is not public is nobody else's business
	}
	source, err := p.actors.ActorByIRI(ctx, c.Source)
	if err != nil {
		return nil, err
	}
	by := clone
	if c.Owner != domain.Nobody {
		owner, err := p.actors.Actor(ctx, c.Owner)
		if err != nil {
			return nil, err
		}
		if owner.Visibility == domain.VisiblePublic {
			by = owner
		}
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	out, err := w.toOne(by, source, "Offer", clone.IRI, func(env activity.Envelope) ([]byte, error) {
		if c.SourceOwner != "" && c.SourceOwner != source.IRI {
			env.Cc = []domain.IRI{c.SourceOwner}
		}
		return activity.Offer(env, activity.Clone(lineage.Offer{
			Clone: clone.IRI, Title: c.Title, Source: source.IRI, Version: c.Version, Digest: c.Digest,
			Formerly: c.Formerly, Stamp: c.Stamp,
		}, c.SourceTitle.String()), source.IRI+"/clones")
	})
	return []network.Outgoing{out}, err
}

// answered sends the source's answer to the clone, and with an acceptance
// the Add to the clones.
func (p *Clones) answered(accepted bool) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		var o lineage.Offered
		if err := e.Decode(&o); err != nil || o.Offer == "" {
			return nil, err // a clone on this node
		}
		source, err := p.actors.Actor(ctx, domain.ActorID(e.Subject.ID))
		if err != nil {
			return nil, err
		}
		cloner, err := p.actors.Actor(ctx, o.Cloner)
		if err != nil {
			return nil, err
		}
		w := &writer{ns: p.ns, mint: p.mint, event: e}
		send := func(name string, object domain.IRI, encode func(activity.Envelope) ([]byte, error)) (network.Outgoing, error) {
			env := w.envelope(source.IRI)
			env.To = []domain.IRI{cloner.IRI}
			raw, err := encode(env)
			out := w.outgoing(env, source.ID, name, object, raw)
			out.Inboxes, out.OrderKey = []domain.IRI{cloner.Inbox}, string(o.CloneIRI)
			return out, err
		}
		if !accepted {
			out, err := send("Reject", o.Offer, func(env activity.Envelope) ([]byte, error) {
				return activity.Reject(env, o.Offer)
			})
			return []network.Outgoing{out}, err
		}
		accept, err := send("Accept", o.Offer, func(env activity.Envelope) ([]byte, error) {
			return activity.AcceptClone(env, o.Offer, stampOf(source, o))
		})
		if err != nil {
			return nil, err
		}
		add, err := send("Add", o.CloneIRI, func(env activity.Envelope) ([]byte, error) {
			return activity.Add(env, o.CloneIRI, source.IRI+"/clones")
		})
		return []network.Outgoing{accept, add}, err
	}
}

// stampOf is where the stamp of a clone is.
func stampOf(source *network.Actor, o lineage.Offered) domain.IRI {
	return source.IRI + "/clones/" + domain.IRI(o.Derivation)
}

// withdrawn tells the clone, and the nodes of those who follow the source, that
// the stamp is gone; others that keep it find out when they read it again.
func (p *Clones) withdrawn(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var o lineage.Offered
	if err := e.Decode(&o); err != nil {
		return nil, err
	}
	source, err := p.actors.Actor(ctx, domain.ActorID(e.Subject.ID))
	if err != nil || source.Visibility != domain.VisiblePublic {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	env := w.envelope(source.IRI)
	env.To = []domain.IRI{source.Followers}
	var inboxes []domain.IRI
	if o.Offer != "" {
		cloner, err := p.actors.Actor(ctx, o.Cloner)
		if err != nil {
			return nil, err
		}
		env.To, env.Cc, inboxes = []domain.IRI{cloner.IRI}, []domain.IRI{source.Followers}, []domain.IRI{cloner.Inbox}
	}
	stamp := stampOf(source, o)
	raw, err := activity.Delete(env, stamp)
	if err != nil {
		return nil, err
	}
	out := w.outgoing(env, source.ID, "Delete", stamp, raw)
	out.Inboxes, out.FollowersOf, out.OrderKey = inboxes, []domain.ActorID{source.ID}, string(o.CloneIRI)
	return []network.Outgoing{out}, nil
}
