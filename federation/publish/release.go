package publish

import (
	"context"
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
	Derivations(ctx context.Context, process domain.ActorID, state coproduction.Answer, page domain.Page) (domain.List[*lineage.Derivation], error)
}

// ReleaseDocuments makes the documents of releases.
type ReleaseDocuments interface {
	ReleaseOf(ctx context.Context, r *lineage.Release) (any, error)
}

// Releases tells the clones on other nodes of a release: Create by the
// process, to those who cloned it and were listed among its clones. To them
// alone; what they are told everybody can read.
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

// Encoders returns the encoders by kind of event.
func (p *Releases) Encoders() map[domain.EventKind]Encoder {
	return map[domain.EventKind]Encoder{lineage.ProcessReleased: p.released}
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
