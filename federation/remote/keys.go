package remote

import (
	"context"
	"crypto"
	"strings"
	"sync"
	"time"

	"interlink/domain"
	"interlink/federation/httpsig"
)

// PublicKey is a peer's key and whose it is.
type PublicKey struct {
	ID     string
	Owner  domain.IRI
	Key    crypto.PublicKey
	Proves bool // it is a Multikey of its owner's assertionMethod (FEP-521a)
}

// Found is a key as an actor's document has it.
type Found struct {
	Owner domain.IRI
	ID    string
	PEM   string // or publicKeyMultibase, for a Multikey
}

// KeySource finds keys in what is stored, and on their server.
type KeySource interface {
	// StoredKey returns the key of a known actor. Errors: NotFound.
	StoredKey(ctx context.Context, keyID string) (Found, error)
	// FetchKey reads the owner of a key from its server and stores it. The
	// document must name the key as its own. Errors: NotFound, Gone, Invalid,
	// Unavailable, Forbidden.
	FetchKey(ctx context.Context, keyID string) (Found, error)
}

// Keys remembers the keys of peers. It is safe for concurrent use.
type Keys struct {
	source KeySource
	now    func() time.Time

	mu    sync.Mutex
	known map[string]*keyEntry
	slots map[string]*keySlots // by host
}

// keySlots bound what goes on with one host: how many keys are fetched at
// once, and how many wait for that or are fetched.
type keySlots struct{ fetches, queue chan struct{} }

type keyEntry struct {
	ready   chan struct{} // closed when key or err is set
	key     *PublicKey
	err     error
	until   time.Time // when to look again
	fetched time.Time // last time it was read from its server
}

// The limits of the cache.
const (
	maxKeys      = 20_000
	negativeFor  = time.Minute
	rememberFor  = time.Minute // then it is looked up in what is stored: its owner may have another now
	refreshEvery = 5 * time.Minute
	perHost      = 4 // keys fetched at once from one host
	maxWaiting   = 128
)

// NewKeys makes a cache.
func NewKeys(source KeySource, now func() time.Time) *Keys {
	return &Keys{source: source, now: now, known: map[string]*keyEntry{}, slots: map[string]*keySlots{}}
}

// PublicKey returns a key: remembered, stored or fetched, once for all who
// wait for it. What is stored is looked at again each minute, so that a key
// which another process learned to be replaced counts no more. A failure is remembered for a minute. Errors: as of
// [KeySource].
func (k *Keys) PublicKey(ctx context.Context, keyID string) (*PublicKey, error) {
	k.mu.Lock()
	e := k.known[keyID]
	if e == nil || !e.until.IsZero() && k.now().After(e.until) {
		if len(k.known) >= maxKeys {
			clear(k.known)
		}
		fresh := &keyEntry{ready: make(chan struct{})}
		if e != nil {
			fresh.fetched = e.fetched // the limit of Refresh goes on
		}
		e = fresh
		k.known[keyID] = e
		k.mu.Unlock()
		k.load(context.WithoutCancel(ctx), keyID, e)
		return e.key, e.err
	}
	k.mu.Unlock()
	select {
	case <-e.ready:
		return e.key, e.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Known reports whether a key is remembered.
func (k *Keys) Known(keyID string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	e := k.known[keyID]
	return e != nil && e.key != nil
}

// Refresh reads a key again from its server, as its owner may have a new one;
// at most once in five minutes for each key. If that fails for another reason
// than that the key is no more, the one that was known goes on to count: else
// a forged signature could shut out who has the key. Errors: TooMany before
// that time; else as of [KeySource].
func (k *Keys) Refresh(ctx context.Context, keyID string) (*PublicKey, error) {
	k.mu.Lock()
	e := &keyEntry{ready: make(chan struct{}), fetched: k.now()}
	if old := k.known[keyID]; old != nil {
		if e.fetched.Sub(old.fetched) < refreshEvery {
			k.mu.Unlock()
			return nil, domain.Fail(domain.TooMany, "error.key_refresh")
		}
		e.key = old.key
	}
	k.known[keyID] = e
	k.mu.Unlock()
	key, err := parseKey(keyID)(k.fetch(context.WithoutCancel(ctx), keyID))
	k.finish(e, key, err)
	return key, err
}

func (k *Keys) load(ctx context.Context, keyID string, e *keyEntry) {
	parse := parseKey(keyID)
	key, err := parse(k.source.StoredKey(ctx, keyID))
	if err != nil {
		k.mu.Lock()
		e.fetched = k.now()
		k.mu.Unlock()
		key, err = parse(k.fetch(ctx, keyID))
	}
	k.finish(e, key, err)
}

// fetch asks the key's server, at most a few at once for each host, so that
// unsigned noise cannot make us flood somebody, nor a slow server make us keep
// what waits for it. Errors: TooMany if many wait already.
func (k *Keys) fetch(ctx context.Context, keyID string) (Found, error) {
	host := domain.IRI(keyID).Host()
	k.mu.Lock()
	slot := k.slots[host]
	if slot == nil {
		if len(k.slots) >= maxKeys {
			clear(k.slots)
		}
		slot = &keySlots{fetches: make(chan struct{}, perHost), queue: make(chan struct{}, maxWaiting)}
		k.slots[host] = slot
	}
	k.mu.Unlock()
	queue := slot.queue
	select {
	case queue <- struct{}{}:
		defer func() { <-queue }()
	default: // each who waits holds a request of up to 1 MiB
		return Found{}, domain.Fail(domain.TooMany, "error.key_refresh")
	}
	select {
	case slot.fetches <- struct{}{}:
		defer func() { <-slot.fetches }()
	case <-ctx.Done():
		return Found{}, ctx.Err()
	}
	return k.source.FetchKey(ctx, keyID)
}

// parseKey reads what was found for a key. A key is of its owner's origin:
// an actor may not claim the name of a key of another server.
func parseKey(keyID string) func(Found, error) (*PublicKey, error) {
	return func(found Found, err error) (*PublicKey, error) {
		if err != nil {
			return nil, err
		}
		if found.ID != keyID || !domain.SameOrigin(found.Owner, domain.IRI(keyID)) {
			return nil, domain.Fail(domain.NotFound, "error.key")
		}
		multikey := strings.HasPrefix(found.PEM, "z") // base58btc; PEM begins with dashes
		parse := httpsig.ParsePublicKey
		if multikey {
			parse = httpsig.ParseMultibase
		}
		key, err := parse(found.PEM)
		if err != nil {
			return nil, err
		}
		return &PublicKey{ID: keyID, Owner: found.Owner, Key: key, Proves: multikey}, nil
	}
}

// finish sets the entry's result and wakes those who wait.
func (k *Keys) finish(e *keyEntry, key *PublicKey, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	code := domain.CodeOf(err)
	switch {
	case err == nil:
		e.key, e.until = key, k.now().Add(rememberFor)
	case e.key == nil && code == domain.TooMany: // says nothing of the key
		e.err, e.until = err, k.now()
	case e.key == nil || code == domain.NotFound || code == domain.Gone:
		e.key, e.err, e.until = nil, err, k.now().Add(negativeFor)
	}
	close(e.ready)
}
