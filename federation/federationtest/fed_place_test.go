package federationtest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// members are those of a JSON object.
type members = map[string]any

// place is a server of another make whose documents a test writes: what it is
// asked for it answers from them, what it is sent it keeps.
type place struct {
	*httptest.Server
	t      *testing.T
	public string
	secret []byte

	mu      sync.Mutex
	docs    map[string]members // by path
	files   map[string][]byte  // pictures, by path
	arrived []members
	number  int
	// judge says how an inbox answers; nil: 202.
	judge func(r *http.Request, raw []byte) int
}

func newPlace(t *testing.T) *place {
	t.Helper()
	key, err := federationtest.NewKey(t, "")
	if err != nil {
		t.Fatal(err)
	}
	p := &place{t: t, docs: map[string]members{}}
	if p.secret, err = key.PrivatePEM(); err != nil {
		t.Fatal(err)
	}
	public, err := key.PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	p.public = string(public)
	p.Server = httptest.NewServer(p)
	t.Cleanup(p.Close)
	return p
}

// ServeHTTP implements http.Handler.
func (p *place) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.Method == http.MethodPost {
		raw, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		var doc members
		if err == nil {
			err = json.Unmarshal(raw, &doc)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		status := http.StatusAccepted
		if p.judge != nil {
			status = p.judge(r, raw)
		}
		if status == http.StatusAccepted {
			p.arrived = append(p.arrived, doc)
		}
		w.WriteHeader(status)
		return
	}
	if file, ok := p.files[r.URL.Path]; ok {
		_, _ = w.Write(file)
		return
	}
	doc, ok := p.docs[r.URL.Path]
	if r.URL.Path == "/.well-known/webfinger" {
		name, _, _ := strings.Cut(strings.TrimPrefix(r.URL.Query().Get("resource"), "acct:"), "@")
		if _, ok = p.docs["/users/"+name]; ok {
			w.Header().Set("Content-Type", "application/jrd+json")
			_ = json.NewEncoder(w).Encode(members{
				"subject": r.URL.Query().Get("resource"),
				"links":   []members{{"rel": "self", "type": "application/activity+json", "href": p.URL + "/users/" + name}},
			})
			return
		}
	}
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "application/activity+json")
	_ = json.NewEncoder(w).Encode(doc)
}

// serve answers a path with a document and returns its id.
func (p *place) serve(path string, doc members) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	doc = maps.Clone(doc)
	if _, ok := doc["@context"]; !ok {
		doc["@context"] = "https://www.w3.org/ns/activitystreams"
	}
	doc["id"] = p.URL + path
	p.docs[path] = doc
	return p.URL + path
}

// actor makes an actor of the place.
func (p *place) actor(kind, name string, more members) string {
	id := p.URL + "/users/" + name
	doc := members{
		"type": kind, "preferredUsername": name, "name": name, "inbox": id + "/inbox", "outbox": id + "/outbox",
		"followers": id + "/followers", "publicKey": members{"id": id + "#main-key", "owner": id, "publicKeyPem": p.public},
	}
	maps.Copy(doc, more)
	return p.serve("/users/"+name, doc)
}

// handle is "@name@host" of an actor of the place.
func (p *place) handle(name string) string {
	at, err := url.Parse(p.URL)
	if err != nil {
		p.t.Fatal(err)
	}
	return "@" + name + "@" + at.Host
}

// activity makes an activity of one of its actors with an id of its own.
func (p *place) activity(kind, actor string, object any, more members) members {
	p.number++
	doc := members{
		"@context": "https://www.w3.org/ns/activitystreams", "id": fmt.Sprintf("%s/activities/%d", p.URL, p.number), "type": kind,
		"actor": actor, "object": object, "to": []string{public},
	}
	maps.Copy(doc, more)
	return doc
}

// note makes a public Note by one of its actors.
func (p *place) note(number int, author string, more members) members {
	doc := members{
		"id": fmt.Sprintf("%s/notes/%d", p.URL, number), "type": "Note", "attributedTo": author, "content": "<p>Words</p>",
		"to": []string{public}, "published": time.Now().UTC().Format(time.RFC3339),
	}
	maps.Copy(doc, more)
	return doc
}

// send posts an activity to a city, signed by its actor, and works it.
func (p *place) send(c *federationtest.Cluster, to *city, doc members) {
	p.t.Helper()
	raw, err := json.Marshal(doc)
	if err != nil {
		p.t.Fatal(err)
	}
	p.sendRaw(c, to, doc["actor"].(string), raw)
}

func (p *place) sendRaw(c *federationtest.Cluster, to *city, actor string, raw []byte) {
	p.t.Helper()
	p.sendBy(c, to, actor+"#main-key", raw)
}

// sendBy posts bytes, signed by the place's key under a name.
func (p *place) sendBy(c *federationtest.Cluster, to *city, name string, raw []byte) {
	p.t.Helper()
	key, err := httpsig.ParseKey(name, p.secret)
	if err != nil {
		p.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, to.URL+"/inbox", bytes.NewReader(raw))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/activity+json")
	digest := sha256.Sum256(raw)
	if err := httpsig.Sign(r, key, httpsig.Cavage, &digest, time.Now()); err != nil {
		p.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusAccepted {
		p.t.Fatalf("%.200s: status %d", raw, answer.StatusCode)
	}
	c.Settle()
}

// got returns what arrived of a type, in order.
func (p *place) got(kind string) []members {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.arrived), func(doc members) bool { return doc["type"] != kind })
}

// follows makes a person of a city follow an actor of the place, who accepts.
func (p *place) follows(c *federationtest.Cluster, to *city, by domain.ActorID, actor, name string) {
	p.t.Helper()
	target, err := to.Lookup(p.t.Context(), p.handle(name))
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := to.Network.Follow(p.t.Context(), viewer(by), by, target.ID); err != nil {
		p.t.Fatal(err)
	}
	c.Settle()
	asked := p.got("Follow")
	if len(asked) == 0 {
		p.t.Fatal("no Follow arrived")
	}
	p.send(c, to, p.activity("Accept", actor, asked[len(asked)-1], nil))
}

// served reads what a city serves at an address.
func served(t *testing.T, address string) members {
	t.Helper()
	r, err := http.NewRequestWithContext(context.WithoutCancel(t.Context()), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/activity+json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	var doc members
	if err := json.NewDecoder(answer.Body).Decode(&doc); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d (%v)", address, answer.StatusCode, err)
	}
	return doc
}
