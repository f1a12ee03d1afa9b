package publish

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/activity"
)

// EntryReader reads the catalogue's entries.
type EntryReader interface {
	EntryByID(ctx context.Context, v policy.Viewer, id domain.ID) (*catalogue.Entry, error)
}

// EntryDocuments makes the documents of entries.
type EntryDocuments interface {
	Entry(ctx context.Context, e *catalogue.Entry) (any, error)
}

// Entries publishes the entries of the catalogue, by the catalogue, to those
// who follow it. A withdrawn one is an Update that says so, a deleted one a
// Delete.
type Entries struct {
	ns        domain.Namespace
	mint      *domain.Mint
	actors    Actors
	entries   EntryReader
	documents EntryDocuments
	shelf     domain.ActorID
}

// NewEntries makes the publisher; shelf is the node's catalogue.
func NewEntries(ns domain.Namespace, mint *domain.Mint, actors Actors, entries EntryReader, documents EntryDocuments, shelf domain.ActorID) *Entries {
	return &Entries{ns, mint, actors, entries, documents, shelf}
}

// Encoders returns the encoders by kind of event.
func (p *Entries) Encoders() map[domain.EventKind]Encoder {
	encoders := map[domain.EventKind]Encoder{}
	for _, kind := range catalogue.Kinds {
		encoders[catalogue.Created(kind)] = p.sent("Create", activity.Create)
		encoders[catalogue.Updated(kind)] = p.sent("Update", activity.Update)
		encoders[catalogue.Deprecates(kind)] = p.sent("Update", activity.Update)
		encoders[catalogue.Withdrew(kind)] = p.sent("Update", activity.Update)
		encoders[catalogue.Deletes(kind)] = p.deleted
	}
	encoders[catalogue.Rated] = p.sent("Update", activity.Update)
	return encoders
}

func (p *Entries) sent(name string, encode func(activity.Envelope, any) ([]byte, error)) Encoder {
	return func(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
		entry, err := p.entries.EntryByID(ctx, policy.Viewer{}, e.Subject.ID)
		if err != nil {
			return nil, err
		}
		owner, err := p.actors.Actor(ctx, entry.Owner)
		if err != nil {
			return nil, err
		}
		document, err := p.documents.Entry(ctx, entry)
		if err != nil {
			return nil, err
		}
		w := &writer{ns: p.ns, mint: p.mint, event: e}
		env := w.envelope(owner.IRI)
		env.To, env.Cc = activity.ToPublic(owner.Followers)
		raw, err := encode(env, document)
		if err != nil {
			return nil, err
		}
		out := w.outgoing(env, owner.ID, name, entry.IRI, raw)
		out.FollowersOf = []domain.ActorID{owner.ID}
		return []network.Outgoing{out}, nil
	}
}

// deleted tells that an entry is no more: those who follow the catalogue, and
// who else heard of it. The entry cannot be read any more.
func (p *Entries) deleted(ctx context.Context, e domain.Event) ([]network.Outgoing, error) {
	var gone catalogue.Deletion
	if err := e.Decode(&gone); err != nil {
		return nil, err
	}
	shelf, err := p.actors.Actor(ctx, p.shelf)
	if err != nil {
		return nil, err
	}
	w := &writer{ns: p.ns, mint: p.mint, event: e}
	env := w.envelope(shelf.IRI)
	env.To, env.Cc = activity.ToPublic(shelf.Followers)
	told, err := p.actors.Actors(ctx, gone.Told) // without whom retention erased meanwhile
	if err != nil {
		return nil, err
	}
	var inboxes []domain.IRI
	for _, a := range told {
		if !a.Gone() {
			env.Cc, inboxes = append(env.Cc, a.IRI), append(inboxes, a.DeliveryInbox())
		}
	}
	raw, err := activity.Delete(env, gone.IRI)
	if err != nil {
		return nil, err
	}
	out := w.outgoing(env, shelf.ID, "Delete", gone.IRI, raw)
	slices.Sort(inboxes)
	out.FollowersOf, out.Inboxes = []domain.ActorID{shelf.ID}, slices.Compact(inboxes)
	return []network.Outgoing{out}, nil
}
