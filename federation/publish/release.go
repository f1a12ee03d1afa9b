package publish

import (
	"context"
	"maps"
	"slices"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/federation/activity"
)

// ReleaseReader reads releases, and the clones that are told of them.
type ReleaseReader interface {
	Release(ctx context.Context, id domain.ID) (*lineage.Release, error)
	Latest(ctx context.Context, process domain.IRI) (*lineage.Release, error)
	Derivation(ctx context.Context, id domain.ID) (*lineage.Derivation, error)
	Derivations(ctx context.Context, process domain.ActorID, state coproduction.Answer, page domain.Page) (domain.List[*lineage.Derivation], error)
}

// ReleaseDocuments makes the documents of releases.
type ReleaseDocuments interface {
	ReleaseOf(ctx context.Context, r *lineage.Release) (any, error)
}

// Releases tells the clones on other nodes of a release: Create by the
// process, to those who cloned it and were listed among its clones, or are so
// later. To them alone; what they are told everybody can read.
type Releases struct {
	ns        domain.Namespace
	mint      *domain.Mint
	actors    Actors
	releases  ReleaseReader
	documents ReleaseDocuments
}

// NewReleases makes the publisher.
func NewReleases(ns domain.Namespace, mint *domain.Mint, actors Actors, releases ReleaseReader, documents ReleaseDocuments) *Releases {
	return &Releases{ns, mint, actors, releases, documents}
}

// Encoders returns those of the clones, with what is told of releases.
func (p *Releases) Encoders(clones map[domain.EventKind]Encoder) map[domain.EventKind]Encoder {
	all := maps.Clone(clones)
	all[lineage.ProcessReleased] = p.released
	all[lineage.CloneAccepted] = p.accepted(clones[lineage.CloneAccepted])
	return all
}

// addressed is to how many one activity goes, and activities how many there
// are: their ids differ in one byte.
const (
	addressed  = domain.MaxPage
	activities = 200
)

func (p *Releases) released(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var told lineage.ReleaseTold
	if err := e.Decode(&told); err != nil {
		return nil, err
	}
	r, err := p.releases.Release(ctx, told.Release)
	if err != nil {
		return nil, err
	}
	process, err := p.actors.Actor(ctx, r.Actor)
	if err != nil || process.Visibility != domain.VisiblePublic {
		return nil, err
	}
	document, err := p.documents.ReleaseOf(ctx, r)
	if err != nil {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	var out []network.Outgoing
	for page := (domain.Page{Limit: addressed}); len(out) < activities; {
		list, err := p.releases.Derivations(ctx, r.Actor, coproduction.Accepted, page)
		if err != nil {
			return nil, err
		}
		env := w.envelope(process.IRI)
		var inboxes []domain.IRI
		for _, d := range list.Items {
			if p.ns.Owns(d.IRI) {
				continue // those of this node are told by a job
			}
			cloner, err := p.actors.Actor(ctx, d.Cloner)
			if err != nil {
				return nil, err
			}
			if !slices.Contains(env.To, cloner.IRI) {
				env.To, inboxes = append(env.To, cloner.IRI), append(inboxes, cloner.Inbox)
			}
		}
		if len(inboxes) > 0 {
			raw, err := activity.Create(env, document)
			if err != nil {
				return nil, err
			}
			one := w.outgoing(env, process.ID, "Create", r.IRI, raw)
			one.Inboxes, one.OrderKey = inboxes, string(r.Process)
			out = append(out, one)
		}
		if page.After = list.Next; page.After == "" {
			break
		}
	}
	return out, nil
}

// accepted tells a clone, after that it is listed, of the release that came
// while it waited for this, or before it was offered: one that was brought as a
// file, or whose source moved, is older than its offer. A release that is older
// than what the clone was made of is not news to it.
func (p *Releases) accepted(answer Encoder) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		out, err := answer(ctx, e)
		if err != nil || len(out) == 0 {
			return out, err // a clone on this node is told by a job
		}
		var o lineage.Offered
		if err := e.Decode(&o); err != nil {
			return nil, err
		}
		d, err := p.releases.Derivation(ctx, o.Derivation)
		if err != nil {
			return nil, err
		}
		process, err := p.actors.Actor(ctx, d.Source)
		if err != nil || process.Visibility != domain.VisiblePublic {
			return out, err
		}
		r, err := p.releases.Latest(ctx, process.IRI)
		if domain.CodeOf(err) == domain.NotFound || err == nil && (r.Older(d.Version, d.Digest) || r.Of == 0 && !r.At.After(d.OfferedAt)) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		document, err := p.documents.ReleaseOf(ctx, r)
		if err != nil {
			return nil, err
		}
		cloner, err := p.actors.Actor(ctx, o.Cloner)
		if err != nil {
			return nil, err
		}
		w := &writer{ns: p.ns, mint: p.mint, event: e, count: byte(len(out))}
		env := w.envelope(process.IRI)
		env.To = []domain.IRI{cloner.IRI}
		raw, err := activity.Create(env, document)
		one := w.outgoing(env, process.ID, "Create", r.IRI, raw)
		one.Inboxes, one.OrderKey = out[0].Inboxes, out[0].OrderKey
		return append(out, one), err
	}
}
