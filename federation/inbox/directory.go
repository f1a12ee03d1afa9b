package inbox

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
	"interlink/federation/remote"
)

// Fetcher reads documents from other servers.
type Fetcher interface {
	// Object reads the document of an object or actor, whose id is the IRI.
	// Errors: NotFound, Gone, Forbidden, Invalid, Unavailable.
	Object(ctx context.Context, iri domain.IRI) ([]byte, error)
	// Finger finds the IRI of an actor by handle.
	Finger(ctx context.Context, handle string) (domain.IRI, error)
}

// Known finds actors in the database.
type Known interface {
	Actors
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
	ActorByHandle(ctx context.Context, name, host string) (*network.Actor, error)
}

// Network is what the directory needs of domain/network.
type Network interface {
	ReceiveActor(ctx context.Context, a *network.Actor) (*network.Actor, error)
}

// Gate decides which hosts the node deals with.
type Gate interface {
	// Check refuses what is blocked. Errors: Forbidden.
	Check(ctx context.Context, host string) error
	Verdict(ctx context.Context, host string) (network.Verdict, error)
}

// Directory finds actors, here or on their own server.
type Directory struct {
	ns     domain.Namespace
	known  Known
	domain Network
	fetch  Fetcher
	gate   Gate
	now    func() time.Time
}

// NewDirectory makes a directory.
func NewDirectory(ns domain.Namespace, known Known, commands Network, fetch Fetcher, gate Gate, now func() time.Time) *Directory {
	return &Directory{ns: ns, known: known, domain: commands, fetch: fetch, gate: gate, now: now}
}

// stale is how old a remote actor's document may be before it is read again.
const stale = 24 * time.Hour

// Actor returns an actor: a local one from the database; a remote one from
// there too unless it is unknown or stale. If its server is away, a stale one
// must do. Whatever comes in passes here, as its sender or its author. Errors:
// Forbidden for a blocked host, NotFound, Gone, Invalid, Unavailable.
func (d *Directory) Actor(ctx context.Context, iri domain.IRI) (*network.Actor, error) {
	if err := d.gate.Check(ctx, iri.Host()); err != nil {
		return nil, err
	}
	known, err := d.known.ActorByIRI(ctx, iri)
	switch {
	case err == nil && (known.Local() || known.Gone() || d.now().Sub(known.FetchedAt) < stale):
		return known, nil
	case err == nil:
		if fresh, err := d.read(ctx, iri); err == nil {
			return fresh, nil
		}
		return known, nil
	case domain.CodeOf(err) != domain.NotFound || d.ns.Owns(iri):
		return nil, err
	}
	return d.read(ctx, iri)
}

// ByID returns an actor by its key. Errors: NotFound.
func (d *Directory) ByID(ctx context.Context, id domain.ActorID) (*network.Actor, error) {
	return d.known.Actor(ctx, id)
}

// Refresh reads a remote actor again.
func (d *Directory) Refresh(ctx context.Context, iri domain.IRI) (*network.Actor, error) {
	if d.ns.Owns(iri) {
		return d.known.ActorByIRI(ctx, iri)
	}
	return d.read(ctx, iri)
}

// ByHandle finds an actor by "@name@host" or by its address.
func (d *Directory) ByHandle(ctx context.Context, handle string) (*network.Actor, error) {
	if iri, err := domain.ParseIRI(handle); err == nil {
		return d.Actor(ctx, iri)
	}
	name, host, err := remote.SplitHandle(handle)
	if err != nil {
		return nil, err
	}
	if host == d.ns.Host() {
		return d.known.ActorByHandle(ctx, name, "")
	}
	iri, err := d.fetch.Finger(ctx, handle)
	if err != nil {
		return nil, err
	}
	return d.Actor(ctx, iri)
}

func (d *Directory) read(ctx context.Context, iri domain.IRI) (*network.Actor, error) {
	doc, err := d.document(ctx, iri)
	if err != nil {
		return nil, err
	}
	actor, err := activity.ReadActor(doc)
	if err != nil {
		return nil, err
	}
	if actor.IRI != iri.WithoutFragment() {
		return nil, domain.Fail(domain.Invalid, "error.actor_document")
	}
	return d.domain.ReceiveActor(ctx, actor)
}

func (d *Directory) document(ctx context.Context, iri domain.IRI) (activity.Document, error) {
	raw, err := d.fetch.Object(ctx, iri)
	if err != nil {
		return nil, err
	}
	return activity.Scan(raw)
}

// Sender returns the actor of an activity. The Delete of an actor who is
// gone must not ask for them again.
func (d *Directory) Sender(ctx context.Context, in *activity.Inbound) (*network.Actor, error) {
	if in.Type == "Delete" {
		return d.known.ActorByIRI(ctx, in.Actor)
	}
	return d.Actor(ctx, in.Actor)
}
