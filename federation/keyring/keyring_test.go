package keyring_test

import (
	"bytes"
	"context"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/httpsig"
	"interlink/federation/keyring"
	"interlink/storage"
	"interlink/storage/storagetest"
)

const secret = "the secret key of the node, long enough"

// node is a node's database with two local actors and a remote one.
type node struct {
	t             *testing.T
	mint          *domain.Mint
	keys          *storage.Keys
	actors        *storage.Network
	ana, bo, away *network.Actor
}

func newNode(t *testing.T, db *storage.DB) *node {
	t.Helper()
	n := &node{t: t, mint: domain.NewMint(nil, nil), keys: storage.NewKeys(db), actors: storage.NewNetwork(db)}
	ns, err := domain.NewNamespace("https://city.example")
	if err != nil {
		t.Fatal(err)
	}
	n.ana = network.NewLocal(n.mint, ns, network.TypePerson, network.SubjectPerson, "ana", "users", "ana")
	n.bo = network.NewLocal(n.mint, ns, network.TypePerson, network.SubjectPerson, "bo", "users", "bo")
	for _, a := range []*network.Actor{n.ana, n.bo} {
		if err := n.actors.AddLocalActor(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
	const iri = "https://peer.example/users/eve"
	n.away = &network.Actor{
		ID: n.mint.ActorID(), Serial: n.mint.Serial(), IRI: iri, Type: network.TypePerson, Name: "eve", Host: "peer.example", Inbox: iri + "/inbox",
		CreatedAt: n.mint.Now(), UpdatedAt: n.mint.Now(), Visibility: domain.VisiblePublic,
	}
	if err := n.actors.SaveRemote(t.Context(), n.away); err != nil {
		t.Fatal(err)
	}
	return n
}

// open opens the keyring with a secret, as a node does when it starts.
func (n *node) open(secret string) *keyring.Keyring {
	n.t.Helper()
	k, err := keyring.New(n.keys, n.actors, n.mint, []byte(secret))
	if err != nil {
		n.t.Fatal(err)
	}
	return k
}

func (n *node) stored(a *network.Actor) *network.KeyPair {
	n.t.Helper()
	pairs, err := n.keys.Keys(n.t.Context(), a.ID)
	if err != nil {
		n.t.Fatal(err)
	}
	for _, pair := range pairs {
		if pair.Kind == network.KeyRSA && pair.RetiredAt.IsZero() {
			return pair
		}
	}
	n.t.Fatalf("%s has no RSA key", a.IRI)
	return nil
}

// rsaOf is the RSA key of an actor.
func rsaOf(ctx context.Context, ring *keyring.Keyring, actor domain.ActorID) (*httpsig.Key, error) {
	keys, err := ring.SigningKeys(ctx, actor)
	if err != nil {
		return nil, err
	}
	return keys.RSA, nil
}

// publicOf is its public half.
func publicOf(ctx context.Context, ring *keyring.Keyring, actor domain.ActorID) (string, error) {
	public, err := ring.Public(ctx, actor)
	return public.PEM, err
}

// signs reports whether what the key signs verifies with a public key.
func signs(t *testing.T, key *httpsig.Key, public string) bool {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://peer.example/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := httpsig.Sign(r, key, httpsig.Cavage, nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	parsed, err := httpsig.ParsePublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	if rsaKey, ok := parsed.(*rsa.PublicKey); !ok || rsaKey.N.BitLen() != 2048 {
		t.Errorf("the key is %T", parsed)
	}
	sig, err := httpsig.Parse(r, "https://peer.example/x")
	if err != nil {
		t.Fatal(err)
	}
	return sig.Verify(parsed, nil, time.Now()) == nil
}

func TestKeys(t *testing.T) {
	storagetest.Run(t, "keys", func(t *testing.T, db *storage.DB) {
		n := newNode(t, db)
		ctx, ring := t.Context(), n.open(secret)

		public, err := publicOf(ctx, ring, n.ana.ID)
		if err != nil {
			t.Fatal(err)
		}
		key, err := rsaOf(ctx, ring, n.ana.ID)
		if err != nil || key.ID != "https://city.example/users/ana#main-key" || !signs(t, key, public) {
			t.Fatalf("the key %v does not fit its public half (%v)", key, err)
		}
		other, err := rsaOf(ctx, ring, n.bo.ID)
		if err != nil || signs(t, other, public) {
			t.Errorf("two people have one key (%v)", err)
		}

		// The next start finds the same key.
		again, err := rsaOf(ctx, n.open(secret), n.ana.ID)
		if err != nil || again.ID != key.ID || !signs(t, again, public) {
			t.Errorf("after a start: %v, %v", again, err)
		}

		// Whoever has the database alone has no key.
		private, err := key.PrivatePEM()
		if err != nil {
			t.Fatal(err)
		}
		body, _, _ := strings.Cut(strings.TrimPrefix(string(private), "-----BEGIN PRIVATE KEY-----\n"), "\n-----END")
		der, err := base64.StdEncoding.DecodeString(strings.ReplaceAll(body, "\n", ""))
		if err != nil {
			t.Fatal(err)
		}
		sealed := n.stored(n.ana).Sealed
		for name, part := range map[string][]byte{"PEM": []byte("PRIVATE KEY"), "line": private[40:80], "bytes": der[300:340]} {
			if bytes.Contains(sealed, part) {
				t.Errorf("the stored key holds its %s", name)
			}
		}
		if public != n.stored(n.ana).PublicKey {
			t.Error("another public key is stored")
		}
	})
}

// TestRefused: keys that there are none of, and those that do not open.
func TestRefused(t *testing.T) {
	for _, short := range []string{"", "fifteen bytes.."} {
		if _, err := keyring.New(nil, nil, nil, []byte(short)); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a secret of %d bytes: %v", len(short), err)
		}
	}
	n := newNode(t, storagetest.Open(t, storagetest.SQLite(t)))
	ctx := t.Context()
	if _, err := rsaOf(ctx, n.open(secret), n.ana.ID); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		secret string
		actor  domain.ActorID
		want   domain.Code
	}{
		"another secret":   {secret + ".", n.ana.ID, domain.Internal},
		"a remote actor":   {secret, n.away.ID, domain.NotFound},
		"an unknown actor": {secret, n.mint.ActorID(), domain.NotFound},
		"nobody":           {secret, domain.Nobody, domain.NotFound},
	} {
		ring := n.open(c.secret)
		for range 2 { // a failure is neither remembered as a key nor replaced by a new one
			key, err := rsaOf(ctx, ring, c.actor)
			if domain.CodeOf(err) != c.want || key != nil {
				t.Errorf("%s: %v, %v", name, key, err)
			}
			text, err := publicOf(ctx, ring, c.actor)
			if domain.CodeOf(err) != c.want || text != "" {
				t.Errorf("%s: %q, %v", name, text, err)
			}
		}
	}

	// Rows that were changed in the database: another actor's key, one bit, a
	// part, nothing.
	sealed := n.stored(n.ana).Sealed
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)/2] ^= 1
	for name, sealed := range map[string][]byte{
		"another actor's": sealed, "one bit": flipped, "a part": sealed[:len(sealed)-1], "a nonce": sealed[:12], "less": sealed[:5], "nothing": {},
	} {
		n := newNode(t, storagetest.Open(t, storagetest.SQLite(t)))
		pair := &network.KeyPair{Actor: n.bo.ID, Kind: network.KeyRSA, KeyID: string(n.bo.IRI) + "#main-key", Sealed: sealed, CreatedAt: n.mint.Now()}
		if err := n.keys.AddKeys(ctx, []*network.KeyPair{pair}); err != nil {
			t.Fatal(err)
		}
		if key, err := rsaOf(ctx, n.open(secret), n.bo.ID); domain.CodeOf(err) != domain.Internal || key != nil {
			t.Errorf("%s: %v, %v", name, key, err)
		}
	}
}

// TestAtOnce: many requests, and two processes, need the first key of one
// actor at the same time: there is one, and all sign with it.
func TestAtOnce(t *testing.T) {
	storagetest.Run(t, "at once", func(t *testing.T, db *storage.DB) {
		n := newNode(t, db)
		var mu sync.Mutex
		seen := map[[sha256.Size]byte]int{}
		var all sync.WaitGroup
		for _, ring := range []*keyring.Keyring{n.open(secret), n.open(secret)} {
			for range 10 {
				all.Go(func() {
					key, err := rsaOf(t.Context(), ring, n.ana.ID)
					if err != nil {
						t.Error(err)
						return
					}
					text, err := key.PrivatePEM()
					if err != nil {
						t.Error(err)
					}
					mu.Lock()
					defer mu.Unlock()
					seen[sha256.Sum256(text)]++
				})
			}
		}
		all.Wait()
		if len(seen) != 1 {
			t.Errorf("%d keys of one actor", len(seen))
		}
	})
}

// TestOlderActor: an actor that has its RSA key from before there were two
// keeps it and gets the other.
func TestOlderActor(t *testing.T) {
	n := newNode(t, storagetest.Open(t, storagetest.SQLite(t)))
	ctx := t.Context()
	if _, err := n.open(secret).SigningKeys(ctx, n.ana.ID); err != nil {
		t.Fatal(err)
	}
	db := storagetest.Open(t, storagetest.SQLite(t))
	older := &node{t: t, mint: n.mint, keys: storage.NewKeys(db), actors: storage.NewNetwork(db), ana: n.ana}
	if err := older.actors.AddLocalActor(ctx, n.ana); err != nil {
		t.Fatal(err)
	}
	pair := n.stored(n.ana)
	if err := older.keys.AddKeys(ctx, []*network.KeyPair{pair}); err != nil {
		t.Fatal(err)
	}
	public, err := older.open(secret).Public(ctx, n.ana.ID)
	if err != nil || public.PEM != pair.PublicKey || public.ID != pair.KeyID {
		t.Errorf("the RSA key is %s (%v)", public.ID, err)
	}
	if len(public.Multikeys) != 1 || public.Multikeys[0].ID != string(n.ana.IRI)+"#ed25519-key" {
		t.Errorf("the Multikeys are %v", public.Multikeys)
	}
}

// TestRotate: new names, an overlap, and then nothing that opens the old keys;
// another process notices.
func TestRotate(t *testing.T) {
	storagetest.Run(t, "rotate", func(t *testing.T, db *storage.DB) {
		n := newNode(t, db)
		ctx, now := t.Context(), time.Now()
		clock := domain.NewMint(func() time.Time { return now }, nil)
		open := func() *keyring.Keyring {
			ring, err := keyring.New(n.keys, n.actors, clock, []byte(secret))
			if err != nil {
				t.Fatal(err)
			}
			return ring
		}
		ring, serving := open(), open()
		iri := string(n.ana.IRI)
		first, err := serving.SigningKeys(ctx, n.ana.ID)
		if err != nil || first.Former != nil {
			t.Fatalf("%+v, %v", first, err)
		}
		document := []byte(`{"@context":"https://www.w3.org/ns/activitystreams","id":"` + iri + `/1"}`)
		once, err := serving.Prove(ctx, n.ana.ID, document, now)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := serving.Prove(ctx, n.ana.ID, document, now); err != nil || !bytes.Equal(once, again) {
			t.Errorf("proven twice:\n%s\n%s (%v)", once, again, err)
		}
		if err := ring.Rotate(ctx, n.ana.ID, domain.Nobody, false); err != nil {
			t.Fatal(err)
		}
		now = now.Add(10 * time.Second)
		for name, r := range map[string]*keyring.Keyring{"the same process": ring, "another": serving} {
			keys, err := r.SigningKeys(ctx, n.ana.ID)
			if err != nil || keys.RSA.ID != iri+"#main-key-2" || keys.Ed25519.ID != iri+"#ed25519-key-2" || keys.Former == nil || keys.Former.ID != iri+"#main-key" {
				t.Fatalf("%s: %+v, %v", name, keys, err)
			}
			public, err := r.Public(ctx, n.ana.ID)
			if err != nil || public.ID != keys.RSA.ID || len(public.Multikeys) != 2 || public.Multikeys[0].ID != keys.Ed25519.ID {
				t.Errorf("%s shows %+v (%v)", name, public, err)
			}
		}
		now = now.Add(network.KeyOverlap)
		if err := n.keys.Forget(ctx, now.Add(-network.KeyOverlap)); err != nil {
			t.Fatal(err)
		}
		keys, err := serving.SigningKeys(ctx, n.ana.ID)
		if err != nil || keys.Former != nil {
			t.Errorf("after the overlap: %+v, %v", keys, err)
		}
		stored, err := n.keys.Keys(ctx, n.ana.ID)
		if err != nil || len(stored) != 4 {
			t.Fatalf("%d keys are stored (%v)", len(stored), err)
		}
		for _, k := range stored {
			if k.RetiredAt.IsZero() == (len(k.Sealed) == 0) {
				t.Errorf("%s retired at %s has %d bytes", k.KeyID, k.RetiredAt, len(k.Sealed))
			}
		}
		if err := ring.Rotate(ctx, n.ana.ID, domain.Nobody, true); err != nil {
			t.Fatal(err)
		}
		if keys, err := ring.SigningKeys(ctx, n.ana.ID); err != nil || keys.RSA.ID != iri+"#main-key-3" || keys.Former != nil {
			t.Errorf("after a leak: %+v, %v", keys, err)
		}
		if err := ring.Rotate(ctx, n.away.ID, domain.Nobody, false); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a remote actor: %v", err)
		}
	})
}
