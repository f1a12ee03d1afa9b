package remote_test

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/activity"
	"interlink/federation/httpsig"
	"interlink/federation/inbox"
	"interlink/federation/remote"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// keys are the keys of peers as a node has them, with its database and its
// client; the clock is the test's.
type keys struct {
	*remote.Keys
	directory *inbox.Directory

	mu  sync.Mutex
	now time.Time
}

func newKeys(t *testing.T) *keys {
	t.Helper()
	k := &keys{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	ns, err := domain.NewNamespace("https://city.example")
	if err != nil {
		t.Fatal(err)
	}
	mint := domain.NewMint(nil, nil)
	db := storagetest.Open(t, storagetest.SQLite(t))
	store, gate := storage.NewNetwork(db), network.NewGate(storage.NewRules(db), mint, ns, false)
	k.directory = inbox.NewDirectory(ns, store, network.NewService(store, mint, ns, gate), loopback(t), gate, k.clock)
	k.Keys = remote.NewKeys(inbox.NewKeySource(store, k.directory), k.clock)
	return k
}

func (k *keys) clock() time.Time {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.now
}

func (k *keys) wait(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.now = k.now.Add(d)
}

// want asks for a key and says whose, or with which failure.
func (k *keys) want(t *testing.T, keyID string, owner domain.IRI, want domain.Code) {
	t.Helper()
	got, err := k.PublicKey(t.Context(), keyID)
	wantCode(t, keyID, err, want)
	if err == nil && (got.Owner != owner || got.ID != keyID || got.Key == nil) {
		t.Errorf("%s: %+v", keyID, got)
	}
}

// otherKey is a key that a peer changes to.
var otherKey = sync.OnceValue(func() *httpsig.Key {
	key, err := httpsig.GenerateKey("")
	if err != nil {
		panic(err)
	}
	return key
})

func publicPEM(t testing.TB, key *httpsig.Key) string {
	t.Helper()
	text, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// person is the document of an actor with a key.
func person(iri, owner, keyID, text string) string {
	raw, err := json.Marshal(map[string]any{
		"id": iri, "type": "Person", "preferredUsername": "bo", "inbox": iri + "/inbox",
		"publicKey": map[string]string{"id": keyID, "owner": owner, "publicKeyPem": text},
	})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// TestKeyOwners: a key is its owner's who names it, on the owner's server.
func TestKeyOwners(t *testing.T) {
	text := publicPEM(t, theKey())
	for name, c := range map[string]struct {
		ask        string
		good, evil map[string]string
		owner      domain.IRI
		want       domain.Code
	}{
		"in its owner's document": {
			ask: "GOOD/bo#main-key", good: map[string]string{"/bo": person("GOOD/bo", "GOOD/bo", "GOOD/bo#main-key", text)}, owner: "GOOD/bo",
		},
		"at an address of its own": {
			ask: "GOOD/bo/key", owner: "GOOD/bo", good: map[string]string{
				"/bo":     person("GOOD/bo", "GOOD/bo", "GOOD/bo/key", text),
				"/bo/key": `{"id":"GOOD/bo/key","type":"Key","owner":"GOOD/bo"}`,
			},
		},
		"at an address of its own, which the owner does not name": {
			ask: "GOOD/key", want: domain.NotFound, good: map[string]string{
				"/bo":  person("GOOD/bo", "GOOD/bo", "GOOD/bo#main-key", text),
				"/key": `{"id":"GOOD/key","type":"Key","owner":"GOOD/bo"}`,
			},
		},
		"a document on another server": {
			ask: "EVIL/key", want: domain.Invalid,
			good: map[string]string{"/bo": person("GOOD/bo", "GOOD/bo", "EVIL/key", text)},
			evil: map[string]string{"/key": `{"id":"EVIL/key","type":"Key","owner":"GOOD/bo"}`},
		},
		"an owner who is somebody else": {
			ask: "EVIL/bo#main-key", want: domain.NotFound, evil: map[string]string{"/bo": person("EVIL/bo", "GOOD/bo", "EVIL/bo#main-key", text)},
		},
		"another key than asked for": {
			ask: "GOOD/bo#old-key", want: domain.NotFound, good: map[string]string{"/bo": person("GOOD/bo", "GOOD/bo", "GOOD/bo#main-key", text)},
		},
		"another actor's document": {
			ask: "EVIL/bo#main-key", want: domain.Invalid, evil: map[string]string{"/bo": person("GOOD/bo", "GOOD/bo", "EVIL/bo#main-key", text)},
		},
		"somebody without a key": {ask: "GOOD/bo#main-key", want: domain.NotFound, good: map[string]string{"/bo": strings.Replace(person("GOOD/bo", "GOOD/bo", "GOOD/bo#main-key", text), "publicKey", "x", 1)}},
		"nobody":                 {ask: "GOOD/bo#main-key", want: domain.NotFound},
		"no address":             {ask: "main-key", want: domain.Invalid},
		"a private address":      {ask: "http://10.0.0.1/bo#main-key", want: domain.Forbidden},
	} {
		t.Run(name, func(t *testing.T) {
			good, evil := newPeer(t), newPeer(t)
			fill := strings.NewReplacer("GOOD", good.URL, "EVIL", evil.URL).Replace
			for p, documents := range map[*peer]map[string]string{good: c.good, evil: c.evil} {
				for path, document := range documents {
					p.answer(path, activityJSON, fill(document))
				}
			}
			k := newKeys(t)
			k.want(t, fill(c.ask), domain.IRI(fill(string(c.owner))), c.want)
			good.requests()
			evil.requests()
			k.want(t, fill(c.ask), domain.IRI(fill(string(c.owner))), c.want)
			if asked := append(good.requests(), evil.requests()...); len(asked) > 0 {
				t.Errorf("asked again: %q", asked)
			}
		})
	}
}

// TestStolenKeyID: who claims the name of somebody else's key, and is known
// here first, takes nothing from them.
func TestStolenKeyID(t *testing.T) {
	good, evil := newPeer(t), newPeer(t)
	keyID := good.URL + "/bo#main-key"
	good.answer("/bo", activityJSON, person(good.URL+"/bo", good.URL+"/bo", keyID, publicPEM(t, theKey())))
	evil.answer("/bo", activityJSON, person(evil.URL+"/bo", evil.URL+"/bo", keyID, publicPEM(t, otherKey())))
	k := newKeys(t)
	if _, err := k.directory.Actor(t.Context(), evil.iri("/bo")); err != nil {
		t.Fatal(err)
	}
	got, err := k.PublicKey(t.Context(), keyID)
	if err != nil || got.Owner != good.iri("/bo") || !sameKey(t, got.Key, theKey()) {
		t.Errorf("%+v, %v", got, err)
	}
}

func sameKey(t testing.TB, got any, want *httpsig.Key) bool {
	t.Helper()
	public, ok := publicKey(t, want).(interface{ Equal(crypto.PublicKey) bool })
	return ok && public.Equal(got)
}

// TestKeyKinds: which public keys are believed.
func TestKeyKinds(t *testing.T) {
	encode := func(kind string, der []byte, err error) string {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
	}
	spki := func(key any) string {
		der, err := x509.MarshalPKIXPublicKey(key)
		return encode("PUBLIC KEY", der, err)
	}
	ed, _, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ec, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	weak, err := rsa.GenerateKey(rand.Reader, 1024)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := theKey().PrivatePEM()
	if err != nil {
		t.Fatal(err)
	}
	rsaKey, ok := publicKey(t, theKey()).(*rsa.PublicKey)
	if !ok {
		t.Fatal("the node's key is not RSA")
	}
	for name, c := range map[string]struct {
		text string
		want domain.Code
	}{
		"RSA":              {spki(rsaKey), domain.OK},
		"RSA, the old way": {encode("RSA PUBLIC KEY", x509.MarshalPKCS1PublicKey(rsaKey), nil), domain.OK},
		"Ed25519":          {spki(ed), domain.OK},
		"a weak one":       {spki(&weak.PublicKey), domain.Unauthenticated},
		"ECDSA":            {spki(&ec.PublicKey), domain.Unauthenticated},
		"a private one":    {string(secret), domain.Unauthenticated},
		"a broken one":     {encode("PUBLIC KEY", []byte("x"), nil), domain.Unauthenticated},
		"none":             {"", domain.Unauthenticated},
		"a long one":       {spki(rsaKey) + strings.Repeat("\n", 20_000), domain.Unauthenticated},
	} {
		p := newPeer(t)
		keyID := p.URL + "/bo#main-key"
		p.answer("/bo", activityJSON, person(p.URL+"/bo", p.URL+"/bo", keyID, c.text))
		k := newKeys(t)
		_, err := k.PublicKey(t.Context(), keyID)
		wantCode(t, name, err, c.want)
	}
}

// TestKeyFailures: a failure is remembered for a minute, so that noise costs
// the server that it names one request.
func TestKeyFailures(t *testing.T) {
	for status, want := range map[int]domain.Code{
		404: domain.NotFound, 410: domain.Gone, 403: domain.Forbidden, 429: domain.Unavailable, 500: domain.Unavailable,
	} {
		p, k := newPeer(t), newKeys(t)
		keyID := p.URL + "/bo#main-key"
		document := person(p.URL+"/bo", p.URL+"/bo", keyID, publicPEM(t, theKey()))
		away := true
		p.HandleFunc("/bo", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", activityJSON)
			if away {
				w.WriteHeader(status)
			}
			_, _ = fmt.Fprint(w, document)
		})
		k.want(t, keyID, "", want)
		if p.requests() == nil {
			t.Errorf("%d: nobody was asked", status)
		}
		away = false
		k.wait(59 * time.Second)
		k.want(t, keyID, "", want)
		if asked := p.requests(); len(asked) > 0 {
			t.Errorf("%d: asked again within the minute: %q", status, asked)
		}
		k.wait(2 * time.Second)
		k.want(t, keyID, p.iri("/bo"), domain.OK)
	}
}

// TestKeyRefresh: a key that does not fit is read again, once in five
// minutes, whatever comes of it.
func TestKeyRefresh(t *testing.T) {
	p, k := newPeer(t), newKeys(t)
	keyID := p.URL + "/bo#main-key"
	status, key := http.StatusOK, theKey()
	p.HandleFunc("/bo", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", activityJSON)
		w.WriteHeader(status)
		_, _ = fmt.Fprint(w, person(p.URL+"/bo", p.URL+"/bo", keyID, publicPEM(t, key)))
	})
	k.want(t, keyID, p.iri("/bo"), domain.OK)
	refresh := func(what string, want domain.Code, requests int) {
		t.Helper()
		p.requests()
		got, err := k.Refresh(t.Context(), keyID)
		wantCode(t, what, err, want)
		if err == nil && !sameKey(t, got.Key, key) {
			t.Errorf("%s: not the key that its owner has", what)
		}
		if asked := p.requests(); len(asked) != requests {
			t.Errorf("%s: asked %q", what, asked)
		}
	}
	holds := func(what string, want *httpsig.Key) {
		t.Helper()
		got, err := k.PublicKey(t.Context(), keyID)
		if err != nil || !sameKey(t, got.Key, want) {
			t.Errorf("%s: not the key that counts (%v)", what, err)
		}
		if asked := p.requests(); len(asked) > 0 {
			t.Errorf("%s: asked %q", what, asked)
		}
	}
	p.requests()

	key = otherKey()
	refresh("just read", domain.TooMany, 0)
	holds("just read", theKey())
	k.wait(5 * time.Minute)
	refresh("five minutes later", domain.OK, 1)
	holds("a new key", otherKey())
	refresh("at once again", domain.TooMany, 0)

	// Whoever sends a bad signature makes us read the key again: if its server
	// is away just then, the key that we have goes on to count.
	status = http.StatusServiceUnavailable
	k.wait(5 * time.Minute)
	refresh("while its server is away", domain.Unavailable, 1)
	holds("while its server is away", otherKey())
	refresh("while its server is away, again", domain.TooMany, 0)
	k.wait(2 * time.Minute)
	holds("two minutes later", otherKey())
	refresh("two minutes later", domain.TooMany, 0)

	// An owner who is gone has no key.
	status = http.StatusGone
	k.wait(5 * time.Minute)
	refresh("its owner is gone", domain.Gone, 1)
	k.want(t, keyID, "", domain.Gone)
}

// TestKeysAtOnce: who waits for the same key waits for the same request, and
// no host is asked for more than a few at once.
func TestKeysAtOnce(t *testing.T) {
	p, k := newPeer(t), newKeys(t)
	text := publicPEM(t, theKey())
	var mu sync.Mutex
	now, most, four := 0, 0, make(chan struct{})
	full := sync.OnceFunc(func() { close(four) })
	p.HandleFunc("/{name}", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		if now++; now == 4 {
			full()
		}
		most = max(most, now)
		mu.Unlock()
		<-four // so that as many as may come are here together
		mu.Lock()
		now--
		mu.Unlock()
		w.Header().Set("Content-Type", activityJSON)
		iri := p.URL + r.URL.Path
		_, _ = fmt.Fprint(w, person(iri, iri, iri+"#main-key", text))
	})
	var waiting sync.WaitGroup
	for i := range 40 {
		waiting.Go(func() {
			iri := fmt.Sprintf("%s/%d", p.URL, i%8)
			if got, err := k.PublicKey(t.Context(), iri+"#main-key"); err != nil || string(got.Owner) != iri {
				t.Errorf("%s: %+v, %v", iri, got, err)
			}
		})
	}
	waiting.Wait()
	if asked := p.requests(); len(asked) != 8 {
		t.Errorf("8 keys cost %d requests", len(asked))
	}
	if most > 4 {
		t.Errorf("%d requests at once", most)
	}
}

// fuzzed is a server that answers with one document for every actor.
type fuzzed []byte

func (fuzzed) StoredKey(context.Context, string) (remote.Found, error) {
	return remote.Found{}, domain.Fail(domain.NotFound, "error.not_found")
}

func (f fuzzed) FetchKey(context.Context, string) (remote.Found, error) {
	doc, err := activity.Scan(f)
	if err != nil {
		return remote.Found{}, err
	}
	a, err := activity.ReadActor(doc)
	if err != nil {
		return remote.Found{}, err
	}
	return remote.Found{Owner: a.IRI, ID: a.KeyID, PEM: a.PublicKey}, nil
}

// FuzzKeyDocument: from whatever document a key is read, it has the name that
// was asked for, and an owner of the same origin, who says so.
func FuzzKeyDocument(f *testing.F) {
	text := publicPEM(f, theKey())
	const bo, eve = "https://city.example/bo", "https://evil.example/eve"
	for _, s := range []string{
		person(bo, bo, bo+"#main-key", text), person(eve, eve, bo+"#main-key", text), person(eve, bo, bo+"#main-key", text),
		person(bo, eve, bo+"#main-key", text), person(bo, bo, eve+"#main-key", text), person(bo, bo, "", text),
		person(bo, bo, bo+"#main-key", text[:100]), person("", "", "", ""), `{"publicKey":[null,{}]}`, "[]", "",
	} {
		f.Add([]byte(s), bo+"#main-key")
	}
	f.Fuzz(func(t *testing.T, raw []byte, keyID string) {
		got, err := remote.NewKeys(fuzzed(raw), time.Now).PublicKey(t.Context(), keyID)
		if err != nil {
			if got != nil {
				t.Errorf("%+v and %v", got, err)
			}
			return
		}
		if got.ID != keyID || got.Key == nil || !domain.SameOrigin(got.Owner, domain.IRI(keyID)) {
			t.Errorf("asked for %q, got %+v", keyID, got)
		}
		if doc, err := activity.Scan(raw); err != nil || doc.Object("publicKey").IRI("owner") != got.Owner {
			t.Errorf("the owner is %q (%v)", got.Owner, err)
		}
	})
}
