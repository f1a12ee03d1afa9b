// Package keyring has the signing keys of local actors: an RSA-2048 pair,
// made when it is first needed and kept encrypted with the node's own key.
package keyring

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"errors"
	"fmt"
	"sync"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/httpsig"
)

// Store keeps sealed key pairs.
type Store interface {
	// Key returns the key pair of an actor. Errors: NotFound.
	Key(ctx context.Context, actor domain.ActorID) (*network.KeyPair, error)
	// AnyKey returns the key pair of some actor. Errors: NotFound if there is
	// none.
	AnyKey(ctx context.Context) (*network.KeyPair, error)
	// AddKey stores the first key pair of an actor, or sets k to the one it
	// has.
	AddKey(ctx context.Context, k *network.KeyPair) error
}

// Actors finds actors.
type Actors interface {
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
}

// Keyring opens and remembers keys. It is safe for concurrent use.
type Keyring struct {
	store  Store
	actors Actors
	mint   *domain.Mint
	seal   cipher.AEAD

	mu    sync.Mutex
	known map[domain.ActorID]*entry
}

type entry struct {
	once sync.Once
	key  *httpsig.Key
	pem  string
	err  error
}

// maxKnown is how many opened keys are kept in memory.
const maxKnown = 4096

// New makes a keyring. secret is the node's key, at least 16 random bytes.
// Errors: Invalid for a shorter one.
func New(store Store, actors Actors, mint *domain.Mint, secret []byte) (*Keyring, error) {
	if len(secret) < 16 {
		return nil, domain.Fail(domain.Invalid, "config.secret_key")
	}
	sum := sha256.Sum256(append([]byte("interlink actor keys v1\x00"), secret...))
	block, err := aes.NewCipher(sum[:])
	if err != nil {
		return nil, err
	}
	seal, err := cipher.NewGCM(block)
	if err != nil {
		return nil, err
	}
	return &Keyring{store: store, actors: actors, mint: mint, seal: seal, known: map[domain.ActorID]*entry{}}, nil
}

// ErrOtherSecret says that the keys were sealed with another secret.
var ErrOtherSecret = errors.New("the secret key is not the one that sealed the private keys of this node: " +
	"put back your copy of it, as secret.key in the data directory or as secret_key in the settings")

// Check opens one of the keys, so that a node with another secret does not
// start rather than fail to sign. Errors: [ErrOtherSecret].
func (k *Keyring) Check(ctx context.Context) error {
	pair, err := k.store.AnyKey(ctx)
	if domain.CodeOf(err) == domain.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := k.unseal(pair); err != nil {
		return ErrOtherSecret
	}
	return nil
}

// SigningKey returns the key of a local actor, and makes it if it has none.
// Errors: NotFound; Internal if the node's key does not open it.
func (k *Keyring) SigningKey(ctx context.Context, actor domain.ActorID) (*httpsig.Key, error) {
	e := k.entry(ctx, actor)
	return e.key, e.err
}

// PublicPEM returns the public key of a local actor, as its document shows
// it. Errors: as [Keyring.SigningKey].
func (k *Keyring) PublicPEM(ctx context.Context, actor domain.ActorID) (string, error) {
	e := k.entry(ctx, actor)
	return e.pem, e.err
}

func (k *Keyring) entry(ctx context.Context, actor domain.ActorID) *entry {
	k.mu.Lock()
	e := k.known[actor]
	if e == nil {
		if len(k.known) >= maxKnown {
			clear(k.known)
		}
		e = new(entry)
		k.known[actor] = e
	}
	k.mu.Unlock()
	e.once.Do(func() { e.key, e.pem, e.err = k.load(context.WithoutCancel(ctx), actor) })
	if e.err != nil {
		k.mu.Lock()
		if k.known[actor] == e {
			delete(k.known, actor) // try again next time
		}
		k.mu.Unlock()
	}
	return e
}

func (k *Keyring) load(ctx context.Context, actor domain.ActorID) (*httpsig.Key, string, error) {
	pair, err := k.store.Key(ctx, actor)
	if domain.CodeOf(err) == domain.NotFound {
		pair, err = k.create(ctx, actor)
	}
	if err != nil {
		return nil, "", err
	}
	private, err := k.unseal(pair)
	if err != nil {
		return nil, "", fmt.Errorf("open the key of actor %s (is the secret key the one it was made with?): %w", actor, err)
	}
	key, err := httpsig.ParseKey(pair.KeyID, private)
	return key, pair.PublicKey, err
}

// unseal decrypts the private key of a pair.
func (k *Keyring) unseal(pair *network.KeyPair) ([]byte, error) {
	n := k.seal.NonceSize()
	if len(pair.Sealed) < n {
		return nil, errors.New("too short")
	}
	return k.seal.Open(nil, pair.Sealed[:n], pair.Sealed[n:], []byte(pair.Actor))
}

func (k *Keyring) create(ctx context.Context, id domain.ActorID) (*network.KeyPair, error) {
	actor, err := k.actors.Actor(ctx, id)
	if err != nil {
		return nil, err
	}
	if !actor.Local() {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	key, err := httpsig.GenerateKey(string(actor.IRI) + "#main-key")
	if err != nil {
		return nil, err
	}
	private, err := key.PrivatePEM()
	if err != nil {
		return nil, err
	}
	public, err := key.PublicPEM()
	if err != nil {
		return nil, err
	}
	nonce := k.mint.Secret(k.seal.NonceSize())
	pair := &network.KeyPair{
		Actor: id, KeyID: key.ID, Sealed: k.seal.Seal(nonce, nonce, private, []byte(id)),
		PublicKey: string(public), CreatedAt: k.mint.Now(),
	}
	return pair, k.store.AddKey(ctx, pair)
}
