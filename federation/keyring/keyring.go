// Package keyring has the signing keys of local actors: an RSA-2048 and an
// Ed25519 pair, made together when the first is needed and kept encrypted with
// the node's own key. A rotation replaces both; see [Keyring.Rotate].
package keyring

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/httpsig"
)

// Store keeps sealed key pairs.
type Store interface {
	// Keys returns all keys that an actor ever had, the newest last.
	Keys(ctx context.Context, actor domain.ActorID) ([]*network.KeyPair, error)
	// AnyKey returns a key of some actor. Errors: NotFound if there is none.
	AnyKey(ctx context.Context) (*network.KeyPair, error)
	// AddKeys stores keys of kinds that their actor has none of in use.
	AddKeys(ctx context.Context, keys []*network.KeyPair) error
	// Rotate retires the keys in use and stores new ones. Errors: Conflict.
	Rotate(ctx context.Context, actor domain.ActorID, keys []*network.KeyPair, retired time.Time, change domain.Change) error
}

// Actors finds actors.
type Actors interface {
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
}

// Multikey is a public Ed25519 key as an actor's assertionMethod shows it
// (FEP-521a).
type Multikey struct {
	ID        string
	Multibase string
}

// Public are the public keys of an actor as its document shows them.
type Public struct {
	ID        string // of the RSA key
	PEM       string
	Multikeys []Multikey // the one in use first, then those that still count
}

// Keyring opens and remembers keys. It is safe for concurrent use.
type Keyring struct {
	store  Store
	actors Actors
	mint   *domain.Mint
	seal   cipher.AEAD
	rsa    func(id string) (*httpsig.Key, error) // makes a key

	mu     sync.Mutex
	known  map[domain.ActorID]*entry
	proofs map[[sha256.Size]byte][]byte // ends of documents, by what they end
}

// entry is what is known of one actor's keys.
type entry struct {
	mu     sync.Mutex
	rows   string // names of the rows that keys and public were made of
	keys   *httpsig.Keys
	public Public
	until  time.Time // when the rows are read again
}

// The bounds of what is kept in memory. Another process, as the command that
// rotates keys, is noticed after reread.
const (
	maxKnown  = 4096
	maxProofs = 4096
	reread    = 5 * time.Second
)

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
	return &Keyring{
		store: store, actors: actors, mint: mint, seal: seal, rsa: httpsig.GenerateKey,
		known: map[domain.ActorID]*entry{}, proofs: map[[sha256.Size]byte][]byte{},
	}, nil
}

// TakeKeys has new RSA keys made by another function, before the first is:
// one that has them ready, as making one takes a tenth of a second.
func (k *Keyring) TakeKeys(from func(id string) (*httpsig.Key, error)) { k.rsa = from }

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

// SigningKeys returns the keys of a local actor, and makes them if it has
// none. Errors: NotFound; Internal if the node's key does not open them.
func (k *Keyring) SigningKeys(ctx context.Context, actor domain.ActorID) (*httpsig.Keys, error) {
	keys, _, err := k.read(ctx, actor)
	return keys, err
}

// Public returns the public keys of a local actor. Errors: as
// [Keyring.SigningKeys].
func (k *Keyring) Public(ctx context.Context, actor domain.ActorID) (Public, error) {
	_, public, err := k.read(ctx, actor)
	return public, err
}

// Prove adds a proof by a local actor to a document (FEP-8b32). The same
// document and time give the same bytes until the actor's keys are rotated.
// Errors: as [Keyring.SigningKeys].
func (k *Keyring) Prove(ctx context.Context, actor domain.ActorID, document []byte, at time.Time) ([]byte, error) {
	keys, _, err := k.read(ctx, actor)
	if err != nil {
		return nil, err
	}
	made := sha256.New()
	_, _ = fmt.Fprintf(made, "%s %d ", keys.Ed25519.ID, at.Unix()) // a hash takes all
	_, _ = made.Write(document)
	sum := [sha256.Size]byte(made.Sum(nil))
	k.mu.Lock()
	end := k.proofs[sum]
	k.mu.Unlock()
	if end != nil {
		return append(append(make([]byte, 0, len(document)+len(end)), document[:len(document)-1]...), end...), nil
	}
	proven, err := httpsig.Prove(document, keys.Ed25519, at)
	if err != nil {
		return nil, err
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if len(k.proofs) >= maxProofs {
		clear(k.proofs)
	}
	if document[len(document)-1] == '}' {
		k.proofs[sum] = append([]byte(nil), proven[len(document)-1:]...)
	}
	return proven, nil
}

// ProveAround makes the proof of a document of which one value need not be in
// memory, as [httpsig.ProveAround] does.
func (k *Keyring) ProveAround(ctx context.Context, actor domain.ActorID, around []byte, member string, write func(io.Writer) error, at time.Time) (json.RawMessage, error) {
	keys, _, err := k.read(ctx, actor)
	if err != nil {
		return nil, err
	}
	return httpsig.ProveAround(around, member, write, keys.Ed25519, at)
}

// Rotate gives a local actor new keys with new names: a peer that knows the
// old one by its name asks for the new one, instead of taking the signature
// for a forged one. The old ones go on to count for [network.KeyOverlap]
// unless they leaked. by is who asked for it. The followers are told by the
// event. Errors: NotFound; Conflict if somebody else does so at the same time.
func (k *Keyring) Rotate(ctx context.Context, actor, by domain.ActorID, leaked bool) error {
	if _, _, err := k.read(ctx, actor); err != nil { // there must be keys to replace
		return err
	}
	had, err := k.store.Keys(ctx, actor)
	if err != nil {
		return err
	}
	made, err := k.make(ctx, actor, had, network.KeyKinds)
	if err != nil {
		return err
	}
	retired := k.mint.Now()
	if leaked {
		retired = retired.Add(-network.KeyOverlap)
	}
	e := domain.NewEvent(k.mint, network.KeysRotated, by, domain.Subject{Kind: "actor", ID: domain.ID(actor)}, struct{}{})
	err = k.store.Rotate(ctx, actor, made, retired, domain.Change{Events: []domain.Event{e}})
	k.Reload(actor)
	return err
}

// Reload forgets what is remembered of an actor: another process may have
// rotated its keys.
func (k *Keyring) Reload(actor domain.ActorID) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.known, actor)
}

// read returns the keys of an actor, one reader of its rows at a time. If
// they cannot be read again, those that were read before go on to count.
func (k *Keyring) read(ctx context.Context, actor domain.ActorID) (*httpsig.Keys, Public, error) {
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
	e.mu.Lock()
	defer e.mu.Unlock()
	now := k.mint.Now()
	if e.keys != nil && now.Before(e.until) {
		return e.keys, e.public, nil
	}
	if err := k.load(context.WithoutCancel(ctx), actor, e, now); err != nil && e.keys == nil {
		return nil, Public{}, err
	}
	e.until = now.Add(reread)
	return e.keys, e.public, nil
}

// load reads the rows of an actor into its entry, and makes what it lacks:
// both keys at first, the Ed25519 key of one that is older than these.
func (k *Keyring) load(ctx context.Context, actor domain.ActorID, e *entry, now time.Time) error {
	rows, err := k.store.Keys(ctx, actor)
	if err != nil {
		return err
	}
	if missing := missingKinds(rows); len(missing) > 0 {
		made, err := k.make(ctx, actor, rows, missing)
		if err != nil {
			return err
		}
		if err := k.store.AddKeys(ctx, made); err != nil {
			return err
		}
		if rows, err = k.store.Keys(ctx, actor); err != nil {
			return err
		}
	}
	rows = counting(rows, now)
	names := ""
	for _, r := range rows {
		names += r.KeyID + " " + r.RetiredAt.String() + "\n"
	}
	if names == e.rows {
		return nil
	}
	keys, public, err := k.open(rows)
	if err == nil {
		e.rows, e.keys, e.public = names, keys, public
	}
	return err
}

// missingKinds are those that no key in use has.
func missingKinds(rows []*network.KeyPair) []network.KeyKind {
	var missing []network.KeyKind
	for _, kind := range network.KeyKinds {
		found := false
		for _, r := range rows {
			found = found || r.Kind == kind && r.RetiredAt.IsZero()
		}
		if !found {
			missing = append(missing, kind)
		}
	}
	return missing
}

// counting leaves out keys whose overlap is over.
func counting(rows []*network.KeyPair, now time.Time) []*network.KeyPair {
	var out []*network.KeyPair
	for _, r := range rows {
		if r.RetiredAt.IsZero() || now.Sub(r.RetiredAt) < network.KeyOverlap {
			out = append(out, r)
		}
	}
	return out
}

// open makes keys of rows, the newest last.
func (k *Keyring) open(rows []*network.KeyPair) (*httpsig.Keys, Public, error) {
	keys, public := new(httpsig.Keys), Public{}
	for _, r := range rows {
		key, err := k.unseal(r)
		if err != nil {
			return nil, Public{}, err
		}
		current := r.RetiredAt.IsZero()
		switch {
		case r.Kind == network.KeyRSA && current:
			keys.RSA, public.ID, public.PEM = key, r.KeyID, r.PublicKey
		case r.Kind == network.KeyRSA:
			keys.Former = key
		case current:
			keys.Ed25519 = key
			public.Multikeys = append([]Multikey{{key.ID, key.Multibase()}}, public.Multikeys...)
		default:
			public.Multikeys = append(public.Multikeys, Multikey{key.ID, key.Multibase()})
		}
	}
	return keys, public, nil
}

func (k *Keyring) unseal(r *network.KeyPair) (*httpsig.Key, error) {
	n := k.seal.NonceSize()
	if len(r.Sealed) < n {
		return nil, fmt.Errorf("key of actor %s: too short", r.Actor)
	}
	private, err := k.seal.Open(nil, r.Sealed[:n], r.Sealed[n:], []byte(r.Actor))
	if err != nil {
		return nil, fmt.Errorf("open the key of actor %s (is the secret key the one it was made with?): %w", r.Actor, err)
	}
	return httpsig.ParseKey(r.KeyID, private)
}

// firstNames are the fragments of an actor's first keys. The '#' is needed:
// Lemmy reads no other name.
var firstNames = map[network.KeyKind]string{network.KeyRSA: "#main-key", network.KeyEd25519: "#ed25519-key"}

// make makes keys of an actor, with names that it never had.
func (k *Keyring) make(ctx context.Context, id domain.ActorID, had []*network.KeyPair, kinds []network.KeyKind) ([]*network.KeyPair, error) {
	actor, err := k.actors.Actor(ctx, id)
	if err != nil {
		return nil, err
	}
	if !actor.Local() {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	made := make([]*network.KeyPair, 0, len(kinds))
	for _, kind := range kinds {
		name, number := string(actor.IRI)+firstNames[kind], 1
		for _, r := range had {
			if r.Kind == kind {
				number++
			}
		}
		if number > 1 {
			name += "-" + strconv.Itoa(number)
		}
		pair, err := k.pair(id, kind, name)
		if err != nil {
			return nil, err
		}
		made = append(made, pair)
	}
	return made, nil
}

func (k *Keyring) pair(id domain.ActorID, kind network.KeyKind, name string) (*network.KeyPair, error) {
	generate := k.rsa
	if kind == network.KeyEd25519 {
		generate = httpsig.GenerateEd25519
	}
	key, err := generate(name)
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
	return &network.KeyPair{
		Actor: id, Kind: kind, KeyID: key.ID, Sealed: k.seal.Seal(nonce, nonce, private, []byte(id)),
		PublicKey: string(public), CreatedAt: k.mint.Now(),
	}, nil
}
