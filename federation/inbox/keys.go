package inbox

import (
	"context"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/remote"
)

// KeyStore finds the actor whose document had a key, and the key.
type KeyStore interface {
	ActorByKey(ctx context.Context, keyID string) (*network.Actor, network.PublicKey, error)
}

// KeySource finds the keys of peers in the database and on their servers.
type KeySource struct {
	store     KeyStore
	directory *Directory
}

// NewKeySource makes the source.
func NewKeySource(store KeyStore, directory *Directory) *KeySource {
	return &KeySource{store, directory}
}

// StoredKey implements remote.KeySource.
func (k *KeySource) StoredKey(ctx context.Context, keyID string) (remote.Found, error) {
	a, key, err := k.store.ActorByKey(ctx, keyID)
	if err != nil {
		return remote.Found{}, err
	}
	if a.Gone() {
		return remote.Found{}, domain.Fail(domain.Gone, "error.gone")
	}
	return remote.Found{Owner: a.IRI, ID: key.ID, PEM: key.Text}, nil
}

// FetchKey implements remote.KeySource: the key's address without its
// fragment is its owner's document, which must name the key as its own. Some
// servers give keys an address of their own ("…/main-key"), whose document
// names the owner.
func (k *KeySource) FetchKey(ctx context.Context, keyID string) (remote.Found, error) {
	iri, err := domain.ParseIRI(keyID)
	if err != nil {
		return remote.Found{}, err
	}
	owner := iri.WithoutFragment()
	a, err := k.directory.Refresh(ctx, owner)
	if domain.CodeOf(err) == domain.Invalid && owner == iri {
		if owner, err = k.owner(ctx, iri); err != nil {
			return remote.Found{}, err
		}
		a, err = k.directory.Refresh(ctx, owner)
	}
	if err != nil {
		return remote.Found{}, err
	}
	for _, key := range a.MoreKeys {
		if key.ID == keyID {
			return remote.Found{Owner: a.IRI, ID: key.ID, PEM: key.Text}, nil
		}
	}
	return remote.Found{Owner: a.IRI, ID: a.KeyID, PEM: a.PublicKey}, nil
}

func (k *KeySource) owner(ctx context.Context, key domain.IRI) (domain.IRI, error) {
	doc, err := k.directory.document(ctx, key)
	if err != nil {
		return "", err
	}
	owner := doc.IRI("owner")
	if owner == "" {
		owner = doc.IRI("controller") // of a Multikey
	}
	if owner == "" || !domain.SameOrigin(owner, key) {
		return "", domain.Fail(domain.Invalid, "error.key")
	}
	return owner, nil
}
