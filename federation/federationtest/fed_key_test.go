package federationtest_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// TestFedS13KeyRefetch: a signature that does not hold has the key read again,
// once in some minutes.
func TestFedS13KeyRefetch(t *testing.T) {
	var mu sync.Mutex
	var later time.Duration
	x := newRigWith(t, func(o *node.Options) {
		o.Now = func() time.Time {
			mu.Lock()
			defer mu.Unlock()
			return time.Now().Add(later)
		}
	}, nil)
	changed := federationtest.NewPeer(t)
	public := func() string {
		text, err := changed.Key(1).PublicPEM()
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	x.peer.Dress(func(_ int, d map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		d["publicKey"].(map[string]any)["publicKeyPem"] = public()
	})
	before := len(x.peer.Asked(x.peer.Person(1)))
	mu.Lock()
	later = 6 * time.Minute
	mu.Unlock()
	for range 3 {
		status, err := x.peer.SendRaw(t.Context(), peerKey(t, changed, x.peer.Person(1)), x.URL+"/inbox", x.note(), httpsig.Cavage)
		if err != nil || status != http.StatusAccepted {
			t.Errorf("the new key: %d (%v)", status, err)
		}
	}
	mu.Lock()
	changed = federationtest.NewPeer(t)
	mu.Unlock()
	for range 3 {
		status, err := x.peer.SendRaw(t.Context(), peerKey(t, changed, x.peer.Person(1)), x.URL+"/inbox", x.note(), httpsig.Cavage)
		if err != nil || status != http.StatusUnauthorized {
			t.Errorf("another one within minutes: %d (%v)", status, err)
		}
	}
	if n := len(x.peer.Asked(x.peer.Person(1))) - before; n != 1 {
		t.Errorf("the key was read %d times", n)
	}
}

// TestFedS14SignerIsActor: nobody acts in the name of others, and a key is
// whose document names it.
func TestFedS14SignerIsActor(t *testing.T) {
	x := newRig(t, nil)
	mallory := federationtest.NewPeer(t)
	for name, activity := range map[string]map[string]any{
		"another person of the host": x.peer.Note(2, 1, "Not mine"),
		"a person elsewhere":         mallory.Note(1, 1, "Not mine"),
	} {
		x.wants(name, x.send(activity, httpsig.Cavage), 403)
	}
	mallory.Dress(func(_ int, d map[string]any) { // claims a key of the peer's
		d["publicKey"].(map[string]any)["id"] = string(x.peer.Person(7)) + "#main-key"
	})
	key := peerKey(t, mallory, x.peer.Person(7))
	status, err := mallory.SendRaw(t.Context(), key, x.URL+"/inbox", []byte(marshal(t, mallory.Note(1, 2, "Stolen"))), httpsig.Cavage)
	if err != nil || status != http.StatusUnauthorized {
		t.Errorf("a key that its owner does not name: %d (%v)", status, err)
	}
}

// TestFedS19Multikeys: shown as FEP-521a has them; those of others count if
// they are their owner's and in assertionMethod.
func TestFedS19Multikeys(t *testing.T) {
	var shape func(p *federationtest.Peer, n int, d map[string]any)
	var mu sync.Mutex
	x := newRig(t, func(p *federationtest.Peer, n int, d map[string]any) {
		mu.Lock()
		defer mu.Unlock()
		if n > 1 && shape != nil {
			shape(p, n, d)
		}
	})
	doc := get(t, string(x.community.IRI)).json
	key, _ := member(doc, "assertionMethod", 0).(map[string]any)
	if key["type"] != "Multikey" || key["controller"] != string(x.community.IRI) || key["id"] != string(x.community.IRI)+"#ed25519-key" ||
		!strings.HasPrefix(fmt.Sprint(key["publicKeyMultibase"]), "z6Mk") {
		t.Errorf("the Multikey is %v", key)
	}
	n := 1
	for name, c := range map[string]struct {
		change func(d map[string]any, key map[string]any)
		want   int
	}{
		"a list": {func(d, key map[string]any) { d["assertionMethod"] = []any{key} }, 202},
		"one":    {func(d, key map[string]any) { d["assertionMethod"] = key }, 202},
		"among others": {func(d, key map[string]any) {
			d["assertionMethod"] = []any{"https://x.example/key", map[string]any{"type": "Multikey"}, key}
		}, 202},
		"no such member":  {func(d, _ map[string]any) {}, 401},
		"for another use": {func(d, key map[string]any) { d["authentication"] = []any{key} }, 401},
		"of another controller": {func(d, key map[string]any) {
			key["controller"] = "https://x.example/"
			d["assertionMethod"] = []any{key}
		}, 401},
		"of another type": {func(d, key map[string]any) { key["type"] = "JsonWebKey"; d["assertionMethod"] = []any{key} }, 401},
		"another key with its name": {func(d, key map[string]any) {
			key["publicKeyMultibase"] = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
			d["assertionMethod"] = []any{key}
		}, 401},
		"that is no key": {func(d, key map[string]any) { key["publicKeyMultibase"] = "zzz"; d["assertionMethod"] = []any{key} }, 401},
	} {
		n++
		mu.Lock()
		shape = func(p *federationtest.Peer, n int, d map[string]any) { c.change(d, p.Multikey(n)[0]) }
		mu.Unlock()
		raw, err := httpsig.Prove([]byte(marshal(t, x.peer.Note(n, 1, "Hello"))), x.peer.Ed25519(n), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		x.wants(name, x.by(x.URL+"/inbox", raw, func(*http.Request) error { return nil }), c.want)
	}
}

// TestFedS20TwoKeys: each actor shows both from the first time on.
func TestFedS20TwoKeys(t *testing.T) {
	x := newRig(t, nil)
	seen := map[any]bool{}
	for _, address := range []string{string(x.community.IRI), string(x.owner.IRI), x.URL + "/users/official", x.URL + "/actor", x.URL + "/catalogue"} {
		doc := get(t, address).json
		for _, key := range []any{member(doc, "publicKey", "publicKeyPem"), member(doc, "assertionMethod", 0, "publicKeyMultibase")} {
			if key == nil || seen[key] {
				t.Errorf("%s shows %v", address, key)
			}
			seen[key] = true
		}
	}
}

// TestFedS21Rotation: after new keys, nodes and peers go on to accept what is
// sent, whether they ask for the new key or keep the old one; followers are
// told, old proofs hold for a while, and the old key ends at once if it
// leaked.
func TestFedS21Rotation(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Rome"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		citizen := rome.Person("citizen", policy.RoleMember)
		rome.follow(t, citizen, citizen.Actor, zaragoza.handle("mobility"))
		c.Settle()
		say := func(want int) {
			t.Helper()
			if _, err := zaragoza.Communities.Post(t.Context(), zaragoza.official, "mobility", community.Draft{Content: "News", Language: "en"}); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			if items := rome.home(t, citizen); len(items) != want {
				t.Fatalf("Rome has %d posts, not %d", len(items), want)
			}
		}
		say(1)
		for i := range 2 { // twice: names are never given again
			done, err := zaragoza.RotateKeys(t.Context(), []string{"mobility"}, false, false)
			if err != nil || len(done) != 1 {
				t.Fatalf("%d actors have new keys (%v)", len(done), err)
			}
			say(2 + i)
		}
		doc := get(t, string(zaragoza.community.IRI)).json
		if id := member(doc, "publicKey", "id"); id != string(zaragoza.community.IRI)+"#main-key-3" {
			t.Errorf("the key is %v", id)
		}
		if done, err := zaragoza.RotateKeys(t.Context(), nil, true, false); err != nil || len(done) < 2 {
			t.Errorf("all: %d actors have new keys (%v)", len(done), err)
		}
		say(4)
		if _, err := zaragoza.RotateKeys(t.Context(), []string{"nobody"}, false, false); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("nobody's keys: %v", err)
		}
	})
}

// TestFedS21OldKeyCached: a peer that keeps the key it has seen and asks for
// no other.
func TestFedS21OldKeyCached(t *testing.T) {
	x := newRig(t, nil)
	old, err := httpsig.ParsePublicKey(member(get(t, string(x.community.IRI)).json, "publicKey", "publicKeyPem").(string))
	if err != nil {
		t.Fatal(err)
	}
	x.judge(func(r *http.Request, body []byte) int {
		sig, err := httpsig.Parse(r, x.peer.URL+r.URL.RequestURI())
		if err != nil || sig.Verify(old, body, time.Now()) != nil {
			return http.StatusUnauthorized
		}
		return http.StatusAccepted
	})
	before := x.news()[0]
	if _, err := x.RotateKeys(t.Context(), []string{"mobility"}, false, false); err != nil {
		t.Fatal(err)
	}
	x.cluster.Settle()
	last := func() federationtest.Arrival {
		inbox := x.peer.Inbox(1)
		return inbox[len(inbox)-1]
	}
	var told struct {
		Object struct{ PublicKey struct{ ID string } }
	}
	if err := json.Unmarshal(last().Raw, &told); err != nil || last().Type != "Update" || !strings.HasSuffix(told.Object.PublicKey.ID, "#main-key-2") {
		t.Errorf("the followers were told %s (%v)", last().Raw, err)
	}
	arrived := len(x.peer.Inbox(1))
	if got := schemes(x.news()); got != "cavage cavage" || len(x.peer.Inbox(1)) != arrived+1 {
		t.Errorf("sent by %q, %d activities arrived", got, len(x.peer.Inbox(1))-arrived)
	}
	if err := holds(t, before.body); err != nil {
		t.Errorf("what was proven before the rotation: %v", err)
	}
	if _, err := x.RotateKeys(t.Context(), []string{"mobility"}, false, true); err != nil {
		t.Fatal(err)
	}
	shown := get(t, string(x.community.IRI)).json
	if member(shown, "assertionMethod", 0, "id") != string(x.community.IRI)+"#ed25519-key-3" {
		t.Errorf("after a leak the keys are %v", member(shown, "assertionMethod"))
	}
	for i := range 3 {
		if id := member(shown, "assertionMethod", i, "id"); id == string(x.community.IRI)+"#ed25519-key-2" {
			t.Errorf("the leaked key is shown still")
		}
	}
}

// TestFedS21SeveralKeysIn: an actor that shows two keys while it rotates.
func TestFedS21SeveralKeysIn(t *testing.T) {
	other := federationtest.NewPeer(t)
	text, err := other.Key(1).PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	x := newRig(t, func(p *federationtest.Peer, n int, d map[string]any) {
		d["publicKey"] = []any{d["publicKey"], map[string]string{"id": string(p.Person(n)) + "#second", "owner": string(p.Person(n)), "publicKeyPem": string(text)}}
	})
	x.wants("the first key", x.by(x.URL+"/inbox", x.note(), func(*http.Request) error { return nil }), 401)
	secret, err := other.Key(1).PrivatePEM()
	if err != nil {
		t.Fatal(err)
	}
	second, err := httpsig.ParseKey(string(x.peer.Person(1))+"#second", secret)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []*httpsig.Key{x.peer.Key(1), second} {
		status, err := x.peer.SendRaw(t.Context(), key, x.URL+"/inbox", x.note(), httpsig.Cavage)
		if err != nil || status != http.StatusAccepted {
			t.Errorf("%s: %d (%v)", key.ID, status, err)
		}
	}
}

// TestFedS22ActingActor: who acts signs and proves; the node signs what it
// asks for (S11).
func TestFedS22ActingActor(t *testing.T) {
	x := newRig(t, nil)
	x.judge(accepting)
	for _, s := range x.news() {
		sig, err := httpsig.Parse(s.r, x.peer.URL+s.r.URL.RequestURI())
		if err != nil {
			t.Fatal(err)
		}
		var a struct {
			Actor string
			Proof struct{ VerificationMethod string }
		}
		if err := json.Unmarshal(s.body, &a); err != nil {
			t.Fatal(err)
		}
		if a.Actor != string(x.community.IRI) || sig.KeyID() != a.Actor+"#main-key" || a.Proof.VerificationMethod != a.Actor+"#ed25519-key" {
			t.Errorf("%s signed by %s, proven by %s", a.Actor, sig.KeyID(), a.Proof.VerificationMethod)
		}
	}
}

// TestFedS14KeyInPartOfItsOwner: keys of GoToSocial have an address of their
// own, at which everybody is given a part of their owner's document.
func TestFedS14KeyInPartOfItsOwner(t *testing.T) {
	key := func(n int, p *federationtest.Peer) map[string]any {
		k := maps.Clone(p.Profile(n)["publicKey"].(map[string]any))
		k["id"] = string(p.Person(n)) + "/main-key"
		return k
	}
	x := newRig(t, func(p *federationtest.Peer, n int, d map[string]any) {
		if n == 2 {
			d["publicKey"] = key(2, p)
		}
		if n == 5 { // of a Controlled Identifier Document (§2.1.3), as of actors that are one
			d["controller"] = "https://did.example/5"
		}
	})
	part := func(at, of int) *httpsig.Key {
		owner := string(x.peer.Person(of))
		path := fmt.Sprintf("/people/%d/main-key", at)
		x.peer.PublishAt(path, map[string]any{
			"@context": []string{"https://w3id.org/security/v1", "https://www.w3.org/ns/activitystreams"},
			"id":       owner, "type": "Person", "preferredUsername": fmt.Sprintf("person%d", of), "publicKey": key(at, x.peer),
		})
		secret, err := x.peer.Key(at).PrivatePEM()
		if err != nil {
			t.Fatal(err)
		}
		k, err := httpsig.ParseKey(x.peer.URL+path, secret)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	for _, c := range []struct{ at, of, want, reads int }{{2, 2, http.StatusAccepted, 1}, {3, 3, http.StatusUnauthorized, 1}, {4, 3, http.StatusUnauthorized, 2}} {
		raw, err := json.Marshal(x.peer.Follow(c.of, x.community.IRI))
		if err != nil {
			t.Fatal(err)
		}
		status, err := x.peer.SendRaw(t.Context(), part(c.at, c.of), x.URL+"/inbox", raw, httpsig.Cavage)
		if err != nil {
			t.Fatal(err)
		}
		x.wants(fmt.Sprintf("a key at %d, of %d", c.at, c.of), status, c.want)
		if got := len(x.peer.Asked(x.peer.Person(c.of))); got != c.reads {
			t.Errorf("person %d was read %d times", c.of, got)
		}
	}
	status, err := x.peer.Send(t.Context(), 5, x.URL+"/inbox", x.peer.Follow(5, x.community.IRI), httpsig.Cavage)
	if err != nil {
		t.Fatal(err)
	}
	x.wants("of an actor with a controller", status, http.StatusAccepted)
}
