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

// FetchKey implements remote.KeySource: the owner's document must name the key
// as its own.
func (k *KeySource) FetchKey(ctx context.Context, keyID string) (remote.Found, error) {
	iri, err := domain.ParseIRI(keyID)
	if err != nil {
		return remote.Found{}, err
	}
	a, err := k.directory.ByKey(ctx, iri.WithoutFragment())
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
