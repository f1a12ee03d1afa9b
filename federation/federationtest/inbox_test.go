package federationtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

const public = "https://www.w3.org/ns/activitystreams#Public"

// post sends a request to an inbox as it is, without a signature.
func post(t *testing.T, address, contentType string, body []byte) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	if err := answer.Body.Close(); err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode
}

// received counts what is stored of what came in.
func (c *city) received(t *testing.T) int {
	t.Helper()
	q, err := c.Queues(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return q.Received
}

// TestInboxAnswers: what an inbox says to requests of all kinds, at the
// shared inbox and at that of an actor, by both schemes.
func TestInboxAnswers(t *testing.T) {
	c := federationtest.New(t, "Zaragoza")
	zaragoza, peer := newCity(t, c.Nodes[0]), federationtest.NewPeer(t)
	ctx := t.Context()
	for _, inbox := range []string{zaragoza.URL + "/inbox", zaragoza.URL + "/communities/mobility/inbox"} {
		for _, scheme := range []httpsig.Scheme{httpsig.Cavage, httpsig.RFC9421} {
			number := len(inbox)*10 + len(scheme)
			send := func(activity map[string]any) int {
				t.Helper()
				status, err := peer.Send(ctx, 1, inbox, activity, scheme)
				if err != nil {
					t.Fatal(err)
				}
				return status
			}
			with := func(member string, value any) map[string]any {
				note := peer.Note(1, number, "Hello", string(zaragoza.community.IRI))
				note[member] = value
				return note
			}
			before := zaragoza.received(t)
			note := peer.Note(1, number, "Hello", string(zaragoza.community.IRI))
			for range 3 { // peers send again what they are not sure of
				if status := send(note); status != http.StatusAccepted {
					t.Errorf("%s %s: a note: %d", inbox, scheme, status)
				}
			}
			if n := zaragoza.received(t) - before; n != 1 {
				t.Errorf("%s %s: one activity was stored %d times", inbox, scheme, n)
			}
			for what, activity := range map[string]map[string]any{
				"another actor":             with("actor", string(peer.Person(2))),
				"an actor elsewhere":        with("actor", "https://victim.example/users/ana"),
				"an id elsewhere":           with("id", "https://victim.example/activities/1"),
				"an id here":                with("id", zaragoza.URL+"/activities/1"),
				"no actor":                  with("actor", nil),
				"no id":                     with("id", nil),
				"no type":                   with("type", nil),
				"an actor that is a number": with("actor", 7),
			} {
				if status := send(activity); status != http.StatusBadRequest && status != http.StatusForbidden {
					t.Errorf("%s %s: %s: %d", inbox, scheme, what, status)
				}
			}
			stranger := federationtest.NewPeer(t)
			raw, err := json.Marshal(with("x", 1))
			if err != nil {
				t.Fatal(err)
			}
			if status, err := stranger.SendRaw(ctx, peerKey(t, stranger, peer.Person(1)), inbox, raw, scheme); status != http.StatusUnauthorized {
				t.Errorf("%s %s: somebody else's key: %d (%v)", inbox, scheme, status, err)
			}
			if n := zaragoza.received(t) - before; n != 1 {
				t.Errorf("%s %s: %d activities that were refused are stored", inbox, scheme, n-1)
			}
		}
		note, err := json.Marshal(peer.Note(1, 1, "Hello"))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			contentType string
			body        []byte
			status      int
		}{
			{"application/activity+json", note, http.StatusUnauthorized},
			{`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`, note, http.StatusUnauthorized},
			{"application/ld+json; profile=\"https://other.example\"", note, http.StatusUnsupportedMediaType},
			{"text/html", note, http.StatusUnsupportedMediaType},
			{"", note, http.StatusUnsupportedMediaType},
			{"application/activity+json", []byte("{"), http.StatusBadRequest},
			{"application/activity+json", []byte("[]"), http.StatusBadRequest},
			{"application/activity+json", []byte("null"), http.StatusBadRequest},
			{"application/activity+json", nil, http.StatusBadRequest},
			{"application/activity+json", []byte(strings.Repeat(`{"a":`, 100_000)), http.StatusBadRequest},
			{"application/activity+json", bytes.Repeat([]byte(" "), 3<<20), http.StatusRequestEntityTooLarge},
		} {
			if status := post(t, inbox, c.contentType, c.body); status != c.status {
				t.Errorf("%s: %.20q as %q: %d, want %d", inbox, c.body, c.contentType, status, c.status)
			}
		}
	}
	for _, address := range []string{"/communities/nobody/inbox", "/users/nobody/inbox"} {
		if status, err := peer.Send(ctx, 1, zaragoza.URL+address, peer.Note(1, 9, "Hello"), httpsig.Cavage); status != http.StatusNotFound {
			t.Errorf("%s: %d (%v)", address, status, err)
		}
	}
}

// peerKey is a key of a peer's own under the name of somebody else.
func peerKey(t *testing.T, p *federationtest.Peer, person domain.IRI) *httpsig.Key {
	t.Helper()
	secret, err := p.Key(1).PrivatePEM()
	if err != nil {
		t.Fatal(err)
	}
	key, err := httpsig.ParseKey(string(person)+"#main-key", secret)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// TestForeignDeletion: servers tell everybody of accounts that are gone.
// Those we never met cost nothing: no key is asked for.
func TestForeignDeletion(t *testing.T) {
	c := federationtest.New(t, "Zaragoza")
	zaragoza, peer := newCity(t, c.Nodes[0]), federationtest.NewPeer(t)
	gone := "https://gone.example/users/ana"
	raw, err := json.Marshal(map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": gone + "#delete", "type": "Delete", "actor": gone, "object": gone, "to": []string{public},
	})
	if err != nil {
		t.Fatal(err)
	}
	status, err := peer.SendRaw(t.Context(), peerKey(t, peer, domain.IRI(gone)), zaragoza.URL+"/inbox", raw, httpsig.Cavage)
	if err != nil || status != http.StatusAccepted || zaragoza.received(t) != 0 {
		t.Errorf("%d (%v), %d stored", status, err, zaragoza.received(t))
	}
}

// TestForgery: activities that are signed well, about what is not their
// sender's. None takes effect, and none stops what comes after it.
func TestForgery(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, peer, mallory := newCity(t, c.Nodes[0]), federationtest.NewPeer(t), federationtest.NewPeer(t)
		ctx := t.Context()
		reader := zaragoza.Person("reader", policy.RoleMember)
		accepts := func(p *federationtest.Peer, activity map[string]any) {
			t.Helper()
			if status, err := p.Send(ctx, 1, zaragoza.URL+"/inbox", activity, httpsig.Cavage); err != nil || status != http.StatusAccepted {
				t.Fatalf("%v: status %d (%v)", activity["type"], status, err)
			}
		}
		// The reader follows a person of each peer; both post.
		for _, p := range []*federationtest.Peer{peer, mallory} {
			host, err := url.Parse(p.URL)
			if err != nil {
				t.Fatal(err)
			}
			who := zaragoza.follow(t, reader, reader.Actor, "@person1@"+host.Host)
			c.Settle()
			sent := p.Inbox(1)
			if len(sent) != 1 || sent[0].Type != "Follow" {
				t.Fatalf("the peer received %v", sent)
			}
			accepts(p, map[string]any{
				"@context": "https://www.w3.org/ns/activitystreams", "id": string(who.IRI) + "/accepts/1", "type": "Accept",
				"actor": string(who.IRI), "object": sent[0].ID,
			})
			accepts(p, p.Note(1, 1, "True words"))
		}
		c.Settle()
		items := zaragoza.home(t, reader)
		if len(items) != 2 {
			t.Fatalf("the reader sees %d posts", len(items))
		}
		own, err := zaragoza.Communities.Post(ctx, zaragoza.official, "mobility", community.Draft{Content: "Our own.", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()

		victim, forger := string(peer.Person(1)), string(mallory.Person(1))
		note := func(id, author, content string) map[string]any {
			return map[string]any{
				"id": id, "type": "Note", "attributedTo": author, "content": content, "to": []string{public}, "updated": "2099-01-01T00:00:00Z",
			}
		}
		number := 0
		forged := func(kind string, object any) {
			t.Helper()
			number++
			accepts(mallory, map[string]any{
				"@context": "https://www.w3.org/ns/activitystreams", "id": fmt.Sprintf("%s/forged/%d", forger, number), "type": kind,
				"actor": forger, "object": object, "to": []string{public},
			})
		}
		forged("Create", note(forger+"/notes/2", victim, "Forged words"))       // in the name of another
		forged("Create", note(victim+"/notes/2", victim, "Forged words"))       // on the server of another
		forged("Create", note(victim+"/notes/2", forger, "Forged words"))       // an id of another
		forged("Create", note(zaragoza.URL+"/posts/1", forger, "Forged words")) // an id of ours
		forged("Announce", note(forger+"/notes/3", victim, "Forged words"))
		forged("Announce", note(victim+"/notes/3", victim, "Forged words"))
		forged("Update", note(victim+"/notes/1", victim, "Forged words"))
		forged("Update", note(victim+"/notes/1", forger, "Forged words"))
		forged("Update", note(string(own.IRI), zaragoza.URL+"/communities/mobility", "Forged words"))
		forged("Update", map[string]any{"id": victim, "type": "Person", "name": "Forged name", "inbox": victim + "/inbox"})
		forged("Delete", victim+"/notes/1")
		forged("Delete", map[string]any{"id": string(own.IRI), "type": "Tombstone"})
		forged("Delete", victim)
		forged("Undo", map[string]any{"id": victim + "/follows/1", "type": "Follow", "actor": victim, "object": string(zaragoza.community.IRI)})
		forged("Accept", map[string]any{"type": "Follow", "actor": zaragoza.URL + "/users/reader", "object": victim})
		forged("Add", map[string]any{"id": victim + "/notes/1", "type": "Note"})
		forged("Offer", map[string]any{"id": victim + "/processes/1", "type": "Object"})
		accepts(mallory, mallory.Note(1, 9, "After it"))
		c.Settle()

		items = zaragoza.home(t, reader)
		for _, it := range items {
			if it.Post != nil && strings.Contains(it.Post.Content, "Forged") {
				t.Errorf("%s by %s says %q", it.IRI, it.Actor, it.Post.Content)
			}
		}
		if len(items) != 3 || !strings.Contains(items[0].Post.Content, "After it") {
			t.Errorf("the reader sees %d posts", len(items))
		}
		for _, iri := range []domain.IRI{domain.IRI(victim + "/notes/1"), own.IRI} {
			p, err := zaragoza.Communities.PostByIRI(ctx, reader, iri)
			if err != nil || strings.Contains(p.Content, "Forged") {
				t.Errorf("%s: %v %v", iri, p, err)
			}
		}
		for _, iri := range []domain.IRI{domain.IRI(victim + "/notes/2"), domain.IRI(victim + "/notes/3"), domain.IRI(forger + "/notes/2"), domain.IRI(forger + "/notes/3")} {
			if _, err := zaragoza.Communities.PostByIRI(ctx, reader, iri); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("%s is there (%v)", iri, err)
			}
		}
		a, err := zaragoza.Network.ActorByIRI(ctx, reader, domain.IRI(victim))
		if err != nil || a.Gone() || a.Title != "Person 1" {
			t.Errorf("the victim is %+v (%v)", a, err)
		}
		if state, err := zaragoza.Network.FollowState(ctx, reader.Actor, a.ID); state != network.FollowAccepted {
			t.Errorf("the reader's follow is %q (%v)", state, err)
		}
	})
}
