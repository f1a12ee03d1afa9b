package federationtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

const streams = "https://www.w3.org/ns/activitystreams"

// besieged is a city with a reader, and a hostile peer whose person 1 the
// reader follows.
type besieged struct {
	*city
	reader  policy.Viewer
	hostile *federationtest.Hostile
	cluster *federationtest.Cluster
	number  int
}

func besiege(t *testing.T, c *federationtest.Cluster) *besieged {
	t.Helper()
	b := &besieged{city: newCity(t, c.Nodes[0]), hostile: federationtest.NewHostile(t), cluster: c}
	b.reader = b.Person("reader", policy.RoleMember)
	b.befriend(t, b.hostile.Peer, b.reader, b.reader.Actor)
	return b
}

// befriend makes an actor follow person 1 of a peer, who accepts.
func (b *besieged) befriend(t *testing.T, p *federationtest.Peer, v policy.Viewer, as domain.ActorID) {
	t.Helper()
	host, err := url.Parse(p.URL)
	if err != nil {
		t.Fatal(err)
	}
	before := len(p.Inbox(1))
	b.follow(t, v, as, "@person1@"+host.Host)
	b.cluster.Settle()
	sent := p.Inbox(1)
	if len(sent) != before+1 {
		t.Fatalf("the peer received %v", sent)
	}
	b.accepts(t, p, map[string]any{"type": "Accept", "object": sent[before].ID})
	b.cluster.Settle()
}

// status sends an activity of person 1 of a peer, with an id of its own.
func (b *besieged) status(t *testing.T, p *federationtest.Peer, activity map[string]any) int {
	t.Helper()
	b.number++
	whole := map[string]any{
		"@context": streams, "id": fmt.Sprintf("%s/acts/%d", p.Person(1), b.number), "actor": string(p.Person(1)), "to": []string{public},
	}
	for name, value := range activity {
		whole[name] = value
	}
	status, err := p.Send(t.Context(), 1, b.URL+"/inbox", whole, httpsig.Cavage)
	if err != nil {
		t.Fatal(err)
	}
	return status
}

func (b *besieged) accepts(t *testing.T, p *federationtest.Peer, activity map[string]any) {
	t.Helper()
	if status := b.status(t, p, activity); status != http.StatusAccepted {
		t.Fatalf("%v: status %d", activity, status)
	}
}

// absent fails if there is a copy of a post.
func (b *besieged) absent(t *testing.T, what, iri string) {
	t.Helper()
	if p, err := b.Communities.PostByIRI(t.Context(), b.reader, domain.IRI(iri)); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("%s: %v (%v)", what, p, err)
	}
}

// TestSec1VerifyFirst: an unsigned or badly signed activity changes nothing
// and makes the node ask for nothing but the key.
func TestSec1VerifyFirst(t *testing.T) {
	b := besiege(t, federationtest.New(t, "Zaragoza"))
	mallory, stranger := federationtest.NewHostile(t), federationtest.NewPeer(t)
	before := b.received(t)
	raw, err := json.Marshal(map[string]any{
		"@context": []string{streams, mallory.URL + "/context"}, "id": string(mallory.Person(1)) + "/acts/1", "type": "Create",
		"actor": string(mallory.Person(1)), "object": mallory.URL + "/object", "to": []string{mallory.URL + "/followers"},
		"inReplyTo": mallory.URL + "/parent", "signature": map[string]string{"creator": mallory.URL + "/creator"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if status := post(t, b.URL+"/inbox", "application/activity+json", raw); status != http.StatusUnauthorized || mallory.Asked() != 0 {
		t.Errorf("unsigned: %d, %d requests", status, mallory.Asked())
	}
	status, err := stranger.SendRaw(t.Context(), peerKey(t, stranger, mallory.Person(1)), b.URL+"/inbox", raw, httpsig.Cavage)
	if err != nil || status != http.StatusUnauthorized {
		t.Errorf("signed by another: %d (%v)", status, err)
	}
	if all, key := mallory.Asked(), mallory.Asked("/people/1"); all != key || key > 2 {
		t.Errorf("%d requests, %d of them for the key", all, key)
	}
	if n := b.received(t) - before; n != 0 {
		t.Errorf("%d activities are stored", n)
	}
}

// TestSec2KeyConfusion: a key counts only for the actor who lists it, at an
// address of its own server.
func TestSec2KeyConfusion(t *testing.T) {
	b := besiege(t, federationtest.New(t, "Zaragoza"))
	victim := federationtest.NewPeer(t)
	key := func(id, owner string) map[string]any {
		return map[string]any{"id": id, "owner": owner, "publicKeyPem": b.hostile.Profile(2)["publicKey"].(map[string]any)["publicKeyPem"]}
	}
	type confusion struct {
		keyID, actor string
		document     map[string]any
	}
	person := 1
	for what, of := range map[string]func(mallory string) confusion{
		"a key of another's": func(mallory string) confusion {
			return confusion{mallory + "#main-key", mallory, map[string]any{"publicKey": key(mallory+"#main-key", string(victim.Person(1)))}}
		},
		"a key of another name": func(mallory string) confusion {
			return confusion{mallory + "#main-key", mallory, map[string]any{"publicKey": key(mallory+"#other", mallory)}}
		},
		"a key on another server": func(mallory string) confusion {
			return confusion{string(victim.Person(1)) + "#main-key", mallory, map[string]any{"publicKey": key(string(victim.Person(1))+"#main-key", mallory)}}
		},
		"no key": func(mallory string) confusion {
			return confusion{mallory + "#main-key", mallory, map[string]any{"publicKey": nil}}
		},
		"in the name of the victim": func(mallory string) confusion { return confusion{mallory + "#main-key", string(victim.Person(1)), nil} },
		"a key of our own host": func(string) confusion {
			return confusion{b.URL + "/users/official#main-key", b.URL + "/users/official", nil}
		},
		"a document of another's id": func(mallory string) confusion {
			return confusion{mallory + "#main-key", mallory, map[string]any{"id": string(victim.Person(1))}}
		},
		"an inbox elsewhere": func(mallory string) confusion {
			return confusion{mallory + "#main-key", mallory, map[string]any{"inbox": string(victim.Person(1)) + "/inbox"}}
		},
	} {
		person++ // what was read of one says nothing of the next
		t.Run(what, func(t *testing.T) {
			c := of(string(b.hostile.Person(person)))
			b.hostile.Pretend(person, c.document)
			forger, err := httpsig.ParseKey(c.keyID, secret(t, b.hostile.Peer))
			if err != nil {
				t.Fatal(err)
			}
			raw, err := json.Marshal(map[string]any{
				"@context": streams, "id": c.actor + "/acts/" + url.PathEscape(what), "type": "Follow", "actor": c.actor, "object": string(b.community.IRI),
			})
			if err != nil {
				t.Fatal(err)
			}
			before := b.received(t)
			status, err := b.hostile.SendRaw(t.Context(), forger, b.URL+"/inbox", raw, httpsig.Cavage)
			if err != nil || status != http.StatusUnauthorized && status != http.StatusForbidden || b.received(t) != before {
				t.Errorf("status %d (%v)", status, err)
			}
		})
	}
}

func secret(t *testing.T, p *federationtest.Peer) []byte {
	t.Helper()
	pem, err := p.Key(1).PrivatePEM()
	if err != nil {
		t.Fatal(err)
	}
	return pem
}

// TestSec4EmbeddedObjects: the object that an activity names and the one that
// is sent along are the same one, however it is written: else a followed
// sender could speak in the name of everybody.
func TestSec4EmbeddedObjects(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		b, victim := besiege(t, c), federationtest.NewPeer(t)
		own := string(b.hostile.Person(1))
		forged := func(n int) map[string]any {
			return map[string]any{
				"id": fmt.Sprintf("%s/notes/%d", victim.Person(1), n), "type": "Note", "attributedTo": string(victim.Person(1)),
				"content": "Forged words", "to": []string{public},
			}
		}
		for n, object := range []any{
			[]any{own + "/notes/1", forged(0)},
			[]any{map[string]any{"id": own + "/notes/1"}, forged(1)},
			merged(forged(2), "ID", own+"/notes/1"),
			merged(forged(3), "Id", own+"/notes/1"),
			merged(forged(4), "href", own+"/notes/1"),
			merged(merged(forged(5), "id", nil), "href", own+"/notes/1"),
			[]any{[]any{own + "/notes/1"}, forged(6)},
			forged(7),
		} {
			for _, kind := range []string{"Announce", "Create", "Update"} {
				b.accepts(t, b.hostile.Peer, map[string]any{"type": kind, "object": object})
			}
			c.Settle()
			b.absent(t, fmt.Sprintf("forgery %d", n), fmt.Sprintf("%s/notes/%d", victim.Person(1), n))
		}
		for _, item := range b.home(t, b.reader) {
			t.Errorf("the reader sees %s by %s", item.IRI, item.Actor)
		}
	})
}

func merged(doc map[string]any, member string, value any) map[string]any {
	out := map[string]any{}
	for name, v := range doc {
		out[name] = v
	}
	out[member] = value
	return out
}

// TestSec6ReciprocalClaims: what an actor's document says of other servers is
// left out, and an actor of another server cannot be of this one.
func TestSec6ReciprocalClaims(t *testing.T) {
	b := besiege(t, federationtest.New(t, "Zaragoza"))
	victim := "https://victim.example"
	b.hostile.Pretend(3, map[string]any{
		"outbox": victim + "/outbox", "followers": b.URL + "/communities/mobility/followers", "url": victim + "/ana", "featured": victim + "/featured",
		"endpoints": map[string]string{"sharedInbox": victim + "/inbox"}, "interlink:catalogue": map[string]string{"entries": victim + "/entries"},
	})
	a, err := b.Lookup(t.Context(), string(b.hostile.Person(3)))
	if err != nil {
		t.Fatal(err)
	}
	if a.Outbox != "" || a.Followers != "" || a.SharedInbox != "" || a.Entries != "" || a.URL != a.IRI || a.DeliveryInbox() != a.IRI+"/inbox" {
		t.Errorf("claims of other servers are kept: %+v", a)
	}
	for what, members := range map[string]map[string]any{
		"an id of ours":    {"id": b.URL + "/users/official", "inbox": b.URL + "/users/official/inbox"},
		"an inbox of ours": {"inbox": b.URL + "/users/official/inbox"},
	} {
		b.hostile.Pretend(4, members)
		if a, err := b.Lookup(t.Context(), string(b.hostile.Person(4))); err == nil {
			t.Errorf("%s: %+v", what, a)
		}
	}
}

// TestSec7Unsolicited: an answer to what nobody asked changes nothing.
func TestSec7Unsolicited(t *testing.T) {
	b := besiege(t, federationtest.New(t, "Zaragoza"))
	official := b.URL + "/users/official"
	for _, kind := range []string{"Accept", "Reject"} {
		for _, object := range []any{
			map[string]any{"type": "Follow", "actor": official, "object": string(b.hostile.Person(1))},
			b.URL + "/activities/" + strings.Repeat("0", 8) + "-0000-7000-8000-000000000000",
			string(b.community.IRI),
		} {
			b.accepts(t, b.hostile.Peer, map[string]any{"type": kind, "object": object})
		}
	}
	b.cluster.Settle()
	a, err := b.Network.ActorByIRI(t.Context(), b.reader, b.hostile.Person(1))
	if err != nil {
		t.Fatal(err)
	}
	if state, err := b.Network.FollowState(t.Context(), b.official.Actor, a.ID); state != "" {
		t.Errorf("the official follows: %q (%v)", state, err)
	}
	if state, err := b.Network.FollowState(t.Context(), b.reader.Actor, a.ID); state != network.FollowAccepted {
		t.Errorf("the reader's own follow is %q (%v)", state, err)
	}
}

// TestSec9AnnounceUnwrap: what an Announce wraps is not acted on as if its
// sender had done it.
func TestSec9AnnounceUnwrap(t *testing.T) {
	b, victim := besiege(t, federationtest.New(t, "Zaragoza")), federationtest.NewPeer(t)
	inner := victim.Note(1, 1, "Forged words", string(b.community.IRI))
	own := merged(inner, "id", string(b.hostile.Person(1))+"/inner/1")
	for _, object := range []any{inner, own, map[string]any{"id": string(b.hostile.Person(1)) + "/inner/2", "type": "Announce", "actor": string(b.hostile.Person(1)), "object": inner}} {
		b.accepts(t, b.hostile.Peer, map[string]any{"type": "Announce", "object": object})
	}
	b.cluster.Settle()
	b.absent(t, "an announced Create", string(victim.Person(1))+"/notes/1")
}

// TestSec10LinkedDataSignatures: a signature inside an activity is no
// signature of the request.
func TestSec10LinkedDataSignatures(t *testing.T) {
	b := besiege(t, federationtest.New(t, "Zaragoza"))
	raw, err := json.Marshal(merged(b.hostile.Note(1, 1, "Hello"), "signature", map[string]string{
		"type": "RsaSignature2017", "creator": string(b.hostile.Person(1)) + "#main-key", "signatureValue": "AAAA",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if status := post(t, b.URL+"/inbox", "application/activity+json", raw); status != http.StatusUnauthorized {
		t.Errorf("status %d", status)
	}
}

// TestSec12Replay: the same activity again, also to another inbox or with
// other words, takes effect once.
func TestSec12Replay(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		b := besiege(t, c)
		note, before := b.hostile.Note(1, 1, "Hello"), b.received(t)
		again := merged(note, "object", merged(note["object"].(map[string]any), "content", "Something else"))
		for _, inbox := range []string{"/inbox", "/communities/mobility/inbox", "/users/reader/inbox"} {
			for _, activity := range []map[string]any{note, again} {
				if status, err := b.hostile.Send(t.Context(), 1, b.URL+inbox, activity, httpsig.RFC9421); err != nil || status != http.StatusAccepted {
					t.Errorf("%s: %d (%v)", inbox, status, err)
				}
			}
		}
		if n := b.received(t) - before; n != 1 {
			t.Errorf("stored %d times", n)
		}
		c.Settle()
		if items := b.home(t, b.reader); len(items) != 1 || !strings.Contains(items[0].Post.Content, "Hello") {
			t.Errorf("the reader sees %d posts", len(items))
		}
	})
}

// TestSec34Uninvited: who is followed by nobody here brings nothing into the
// lists of the node: no story by an Update, and no entry into the catalogue
// because a reader follows who announces it.
func TestSec34Uninvited(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		b, stranger := besiege(t, c), federationtest.NewHostile(t)
		article := func(p *federationtest.Hostile, slug, member string, extension any) map[string]any {
			author := string(p.Person(1))
			doc := map[string]any{
				"@context": streams, "id": p.URL + "/articles/" + slug, "type": "Article", "attributedTo": author, "name": "Uninvited", "summary": "…", "content": "…",
				"to": []string{public}, "published": "2026-01-01T00:00:00Z", "updated": "2026-01-01T00:00:00Z", member: extension,
			}
			p.Document("/articles/"+slug, doc)
			return doc
		}
		told := map[string]any{"version": 1}
		entry := map[string]any{"version": 1, "status": "published", "content": map[string]any{
			"name": map[string]string{"en": "Uninvited"}, "summary": map[string]string{"en": "…"}, "interlinker": map[string]any{"nature": "externalsoftwareinterlinker", "uri": map[string]string{"en": "https://tool.example/"}},
		}}
		for _, kind := range []string{"Create", "Update"} {
			b.accepts(t, stranger.Peer, map[string]any{"type": kind, "object": article(stranger, "story", "interlink:story", told)})
			b.accepts(t, stranger.Peer, map[string]any{"type": kind, "object": article(stranger, "entry", "interlink:interlinker", entry)})
		}
		b.accepts(t, b.hostile.Peer, map[string]any{"type": "Announce", "object": article(b.hostile, "entry", "interlink:interlinker", entry)["id"]})
		c.Settle()
		stories, err := b.Stories.Stories(t.Context(), policy.Viewer{}, story.Filter{}, domain.Page{Limit: 10})
		if err != nil || stories.Total != 0 {
			t.Errorf("%d stories (%v)", stories.Total, err)
		}
		entries, _, err := b.Catalogue.Find(t.Context(), policy.Viewer{}, catalogue.Filter{Kind: catalogue.KindInterlinker}, domain.Page{Limit: 10})
		if err != nil || entries.Total != 0 {
			t.Errorf("%d entries (%v)", entries.Total, err)
		}
		// The story of one who is followed is taken.
		b.accepts(t, b.hostile.Peer, map[string]any{"type": "Update", "object": article(b.hostile, "story", "interlink:story", told)})
		c.Settle()
		if stories, err = b.Stories.Stories(t.Context(), policy.Viewer{}, story.Filter{}, domain.Page{Limit: 10}); err != nil || stories.Total != 1 {
			t.Errorf("%d stories of who is followed (%v)", stories.Total, err)
		}
	})
}
