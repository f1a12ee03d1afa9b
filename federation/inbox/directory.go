package inbox

import (
	"cmp"
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
	// Large reads one that may have so many bytes, where others may not.
	Large(ctx context.Context, iri domain.IRI, most int) ([]byte, error)
	// Finger finds the IRI of an actor by handle.
	Finger(ctx context.Context, handle string) (iri domain.IRI, host string, err error)
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

// ByKey reads the owner of a key again, by the key's address without its
// fragment. Their document is there; or part of it, whose id leads to the whole
// (GoToSocial, "…/main-key"); or the key alone, which names its owner.
func (d *Directory) ByKey(ctx context.Context, iri domain.IRI) (*network.Actor, error) {
	if d.ns.Owns(iri) {
		return d.known.ActorByIRI(ctx, iri)
	}
	doc, err := d.document(ctx, iri)
	if err != nil {
		return nil, err
	}
	owner := cmp.Or(doc.IRI("owner"), doc.IRI("controller")) // of a Multikey
	switch {
	case owner == "", doc.IRI("inbox") != "": // an actor, who may have a controller
		return d.receive(ctx, doc, "")
	case !domain.SameOrigin(owner, iri):
		return nil, domain.Fail(domain.Invalid, "error.key")
	}
	return d.Refresh(ctx, owner)
}

// ByHandle finds an actor by "@name@host", by its address, or by that of its
// page, which on most servers is another.
func (d *Directory) ByHandle(ctx context.Context, handle string) (*network.Actor, error) {
	if iri, err := domain.ParseIRI(handle); err == nil {
		return d.byPage(ctx, iri.WithoutFragment())
	}
	name, host, err := remote.SplitHandle(handle)
	if err != nil {
		return nil, err
	}
	if d.ns.Here(host) {
		return d.known.ActorByHandle(ctx, name, "")
	}
	iri, host, err := d.fetch.Finger(ctx, handle)
	if err != nil {
		return nil, err
	}
	a, err := d.Actor(ctx, iri)
	if err != nil || a.Local() || host == a.Host || host == a.HandleHost {
		return a, err
	}
	// The host of the handle names the actor; does the actor's own server say
	// the same?
	if again, at, err := d.fetch.Finger(ctx, "@"+a.Name+"@"+a.Host); err != nil || again != a.IRI || at != host {
		return a, nil //nolint:nilerr // it stays known by the host of its address
	}
	return d.readAs(ctx, iri, host)
}

// byPage finds an actor by an address that may be of its page: the document
// there says which one is its own, on the same server.
func (d *Directory) byPage(ctx context.Context, iri domain.IRI) (*network.Actor, error) {
	if known, err := d.known.ActorByIRI(ctx, iri); err == nil || domain.CodeOf(err) != domain.NotFound || d.ns.Owns(iri) {
		if err != nil {
			return nil, err
		}
		return d.Actor(ctx, known.IRI)
	}
	if err := d.gate.Check(ctx, iri.Host()); err != nil {
		return nil, err
	}
	doc, err := d.document(ctx, iri)
	if err != nil {
		return nil, err
	}
	return d.Actor(ctx, doc.IRI("id"))
}

func (d *Directory) read(ctx context.Context, iri domain.IRI) (*network.Actor, error) {
	return d.readAs(ctx, iri, "")
}

// readAs reads a remote actor whose handle stands on another host, "" if that
// is not known: then its document may name one (FEP-2c59), which counts if it
// leads to the actor.
func (d *Directory) readAs(ctx context.Context, iri domain.IRI, host string) (*network.Actor, error) {
	doc, err := d.document(ctx, iri)
	if err != nil {
		return nil, err
	}
	if doc.IRI("id") != iri.WithoutFragment() {
		return nil, domain.Fail(domain.Invalid, "error.actor_document")
	}
	return d.receive(ctx, doc, host)
}

// receive keeps an actor whose document was read from its own address.
func (d *Directory) receive(ctx context.Context, doc activity.Document, host string) (*network.Actor, error) {
	actor, err := activity.ReadActor(doc)
	if err != nil {
		return nil, err
	}
	if actor.HandleHost = host; host == "" {
		actor.HandleHost = d.handleHost(ctx, doc.String("webfinger"), actor)
	}
	return d.domain.ReceiveActor(ctx, actor)
}

// handleHost returns the host of a handle that an actor's document claims, if
// it is another than that of its address and leads to the actor.
func (d *Directory) handleHost(ctx context.Context, claim string, a *network.Actor) string {
	name, host, err := remote.SplitHandle(claim)
	if err != nil || host == a.Host || d.ns.Here(host) || name != a.Name || d.gate.Check(ctx, host) != nil {
		return ""
	}
	if iri, at, err := d.fetch.Finger(ctx, claim); err != nil || iri != a.IRI || at != host {
		return ""
	}
	return host
}

func (d *Directory) document(ctx context.Context, iri domain.IRI) (activity.Document, error) {
	raw, err := d.fetch.Object(ctx, iri)
	if err != nil {
		return nil, err
	}
	return activity.Scan(raw)
}

// Sender returns the actor of an activity: before, if it is theirs too; nil if
// nobody is known from one before it. The Delete of an actor who is gone must
// not ask for them again.
func (d *Directory) Sender(ctx context.Context, in *activity.Inbound, before *network.Actor) (*network.Actor, error) {
	switch {
	case in.Type == "Delete":
		return d.known.ActorByIRI(ctx, in.Actor)
	case before != nil && before.IRI == in.Actor:
		return before, d.gate.Check(ctx, in.Actor.Host())
	}
	return d.Actor(ctx, in.Actor)
}
