package publish

import (
	"context"
	"maps"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/profile"
	"interlink/federation/activity"
)

// FeatureDocuments makes the lists of communities that actors recommend.
type FeatureDocuments interface {
	FeaturedCommunities(ctx context.Context, a *network.Actor) (any, error)
}

// Features tells which communities are recommended (FEP-7aa9), and answers
// those who asked to recommend one.
type Features struct {
	ns        domain.Namespace
	mint      *domain.Mint
	actors    Actors
	places    Places
	documents FeatureDocuments
	node      domain.ActorID
}

// Places reads communities. Errors: NotFound.
type Places interface {
	Community(ctx context.Context, id, v domain.ActorID) (*community.Community, error)
}

// NewFeatures makes the publisher; node is the node's own actor.
func NewFeatures(ns domain.Namespace, mint *domain.Mint, actors Actors, places Places, documents FeatureDocuments, node domain.ActorID) *Features {
	return &Features{ns, mint, actors, places, documents, node}
}

// Encoders returns the encoders by kind of event; those of communities are
// what is given, with the lists in which the community stands.
func (p *Features) Encoders(base map[domain.EventKind]Encoder) map[domain.EventKind]Encoder {
	all := maps.Clone(base)
	for _, kind := range []domain.EventKind{community.CommunityCreated, community.CommunityUpdated, profile.Changed} {
		all[kind] = p.listed(base[kind])
	}
	all[network.FeatureAllowed] = p.toAsker("Accept", activity.AcceptFeature)
	all[network.FeatureRefused] = p.toAsker("Reject", activity.RejectFeature)
	all[network.FeatureWithdrawn] = p.toAsker("Delete", activity.DeleteFeature)
	return all
}

// listed sends the lists in which a community stands, or stood, to those who
// follow whose they are, and read such.
func (p *Features) listed(encode Encoder) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		var out []network.Outgoing
		if encode != nil {
			var err error
			if out, err = encode(ctx, e); err != nil {
				return nil, err
			}
		}
		c, err := p.places.Community(ctx, domain.ActorID(e.Subject.ID), domain.Nobody)
		if domain.CodeOf(err) == domain.NotFound {
			return out, nil // the profile is of somebody else
		}
		if err != nil {
			return nil, err
		}
		owners := []domain.ActorID{p.node, c.Organization}
		if e.Kind != profile.Changed {
			var named community.Named
			if err := e.Decode(&named); err != nil {
				return nil, err
			}
			owners = append(owners, named.Was)
		}
		w := &writer{ns: p.ns, mint: p.mint, event: e, count: byte(len(out))}
		for _, id := range owners {
			if id == domain.Nobody {
				continue
			}
			sent, err := p.list(ctx, w, id, e.Kind == community.CommunityCreated)
			if err != nil {
				return nil, err
			}
			out = append(out, sent...)
		}
		return out, nil
	}
}

// list sends one list: added again where it may be the first that is in it,
// which changes nothing where it is known.
func (p *Features) list(ctx context.Context, w *writer, id domain.ActorID, add bool) ([]network.Outgoing, error) {
	owner, err := p.actors.Actor(ctx, id)
	if err != nil {
		return nil, err
	}
	list, err := p.documents.FeaturedCommunities(ctx, owner)
	if domain.CodeOf(err) == domain.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	name, encode := "Update", activity.Update
	if add {
		name, encode = "Add", activity.AddFeatured
	}
	out, err := w.toFollowers(owner, name, owner.IRI, func(env activity.Envelope) ([]byte, error) { return encode(env, list) })
	out.Software = network.FeatureReaders
	out.Activity.Object = activity.CommunityCollection(owner.IRI)
	return []network.Outgoing{out}, err
}

// toAsker tells whose list asked to recommend somebody what became of it.
func (p *Features) toAsker(name string, encode func(activity.Envelope, domain.IRI, network.QuotePayload) ([]byte, error)) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		return toAsker(ctx, p.actors, &writer{ns: p.ns, mint: p.mint, event: e}, e, name, encode)
	}
}
