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
		out, err := w.toFollowers(owner, name, entry.IRI, func(env activity.Envelope) ([]byte, error) { return encode(env, document) })
		return []network.Outgoing{out}, err
	}
}

// toldAtOnce is how many one activity names: of a longer list, others may not
// read all.
const toldAtOnce = 500

// deleted tells that an entry is no more: those who follow the catalogue by the
// first activity, and who else heard of it, some by each. The entry cannot be read
// any more.
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
	out := []network.Outgoing{}
	for first := true; first || len(gone.Told) > 0; first = false {
		some := gone.Told[:min(toldAtOnce, len(gone.Told))]
		gone.Told = gone.Told[len(some):]
		one, err := p.deletion(ctx, w, shelf, gone.IRI, some)
		if err != nil {
			return nil, err
		}
		if first {
			one.FollowersOf = []domain.ActorID{shelf.ID}
		}
		out = append(out, one)
	}
	return out, nil
}

// deletion tells some of it, without those whom retention erased meanwhile.
func (p *Entries) deletion(ctx context.Context, w *writer, shelf *network.Actor, entry domain.IRI, to []domain.ActorID) (network.Outgoing, error) {
	told, err := p.actors.Actors(ctx, to)
	if err != nil {
		return network.Outgoing{}, err
	}
	env := w.envelope(shelf.IRI)
	env.To, env.Cc = activity.ToPublic(shelf.Followers)
	var inboxes []domain.IRI
	for _, a := range told {
		if !a.Gone() {
			env.Cc, inboxes = append(env.Cc, a.IRI), append(inboxes, a.DeliveryInbox())
		}
	}
	raw, err := activity.Delete(env, entry)
	out := w.outgoing(env, shelf.ID, "Delete", entry, raw)
	slices.Sort(inboxes)
	out.Inboxes = slices.Compact(inboxes)
	return out, err
}
