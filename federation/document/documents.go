package document

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/activity"
	"interlink/federation/keyring"
)

// everybody is the reader of what leaves the node.
var everybody = policy.Viewer{}

// Phrase translates a key of package web/locale: documents carry a few words
// that people elsewhere read.
type Phrase func(lang domain.Lang, key string, args ...any) string

// Actors reads actors.
type Actors interface {
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
	ActorByIRI(ctx context.Context, iri domain.IRI) (*network.Actor, error)
}

// Keys gives the public keys of local actors, and proves documents by them.
type Keys interface {
	Public(ctx context.Context, actor domain.ActorID) (keyring.Public, error)
	Prove(ctx context.Context, actor domain.ActorID, document []byte, at time.Time) ([]byte, error)
	ProveAround(ctx context.Context, actor domain.ActorID, around []byte, member string, write func(io.Writer) error, at time.Time) (json.RawMessage, error)
}

// Documents makes documents.
type Documents struct {
	NS            domain.Namespace
	Language      domain.Lang // the node's
	Actors        Actors
	Keys          Keys
	Phrase        Phrase
	Organizations Organizations
	Processes     Processes
	Lineage       Lineage
	Releases      Releases
	Stories       Stories
	Communities   Communities
	Calls         Calls
	Catalogue     Catalogue
	Reviews       Reviews
}

// proven gives a document the proof of its owner (FEP-8b32), so that whoever
// is shown it by another can tell whose it is. revised is when it was last
// changed: the bytes are the same until it is changed again. Where not
// everybody may know of the owner, nobody could read its key: the document
// stays as it is.
func (d *Documents) proven(ctx context.Context, owner domain.ActorID, revised time.Time, doc any) (any, error) {
	if proves, err := d.proves(ctx, owner); err != nil || !proves {
		return doc, err
	}
	raw, err := activity.Encode(doc)
	if err != nil {
		return nil, err
	}
	raw, err = d.Keys.Prove(ctx, owner, raw, revised)
	if domain.CodeOf(err) == domain.Invalid { // a number that no proof can cover
		return doc, nil
	}
	return activity.Proven(raw), err
}

// proves reports whether others can read the key of an owner.
func (d *Documents) proves(ctx context.Context, owner domain.ActorID) (bool, error) {
	a, err := d.Actors.Actor(ctx, owner)
	return err == nil && a.Visibility == domain.VisiblePublic && !a.Gone() && a.Local(), err
}

// address returns the IRI of an actor, "" for Nobody and for one that not
// everybody may know of: even its name would tell.
func (d *Documents) address(ctx context.Context, id domain.ActorID) (domain.IRI, error) {
	if id == domain.Nobody {
		return "", nil
	}
	a, err := d.Actors.Actor(ctx, id)
	if err != nil {
		return "", err
	}
	if a.Local() && a.Visibility != domain.VisiblePublic {
		return "", nil
	}
	return a.IRI, nil
}
