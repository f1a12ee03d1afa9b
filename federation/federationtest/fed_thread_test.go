package federationtest_test

import (
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// thread is news of Zaragoza that Riga follows and people of a peer, whom
// Riga does not know, answer.
type thread struct {
	t              *testing.T
	cluster        *federationtest.Cluster
	zaragoza, riga *city
	peer           *federationtest.Peer
	news           *community.Post
}

func newThread(t *testing.T, c *federationtest.Cluster) *thread {
	t.Helper()
	x := &thread{t: t, cluster: c, zaragoza: newCity(t, c.Nodes[0]), riga: newCity(t, c.Nodes[1]), peer: federationtest.NewPeer(t)}
	x.peer.Dress(func(n int, d map[string]any) { proving(x.peer, n, d) })
	reader := x.riga.Person("reader", policy.RoleMember)
	x.riga.follow(t, reader, reader.Actor, x.zaragoza.handle("mobility"))
	sends(t, x.peer, x.zaragoza, x.peer.Follow(1, x.zaragoza.community.IRI), http.StatusAccepted)
	c.Settle()
	x.news = x.zaragoza.news(t, "A new line")
	c.Settle()
	return x
}

// reply is a Create of a public answer to the news, which its own server
// serves.
func (x *thread) reply(number int, content string) map[string]any {
	create := x.peer.Note(1, number, content, string(x.zaragoza.community.IRI))
	note := create["object"].(map[string]any)
	note["inReplyTo"] = string(x.news.IRI)
	x.peer.Publish(note)
	return create
}

// prove sends an activity to Zaragoza with a proof in it.
func (x *thread) prove(activity map[string]any) {
	x.t.Helper()
	raw, err := httpsig.Prove([]byte(marshal(x.t, activity)), x.peer.Ed25519(1), time.Now())
	if err != nil {
		x.t.Fatal(err)
	}
	status, err := x.peer.SendRaw(x.t.Context(), x.peer.Key(1), x.zaragoza.URL+"/inbox", raw, httpsig.Cavage)
	if err != nil || status != http.StatusAccepted {
		x.t.Fatalf("status %d (%v)", status, err)
	}
	x.cluster.Settle()
}

// inRiga returns what Riga has of a reply.
func (x *thread) inRiga(activity map[string]any) (*community.Post, error) {
	x.t.Helper()
	id := activity["object"].(map[string]any)["id"].(string)
	return x.riga.Communities.PostByIRI(x.t.Context(), policy.Viewer{}, domain.IRI(id))
}

func (x *thread) says(activity map[string]any, want string) {
	x.t.Helper()
	p, err := x.inRiga(activity)
	if err != nil || !strings.Contains(p.Content, want) {
		x.t.Errorf("Riga has %+v (%v), want %q", p, err, want)
	}
}

// TestFedG18Forwarding: what people of other servers say in a thread reaches
// those who follow it: by its bytes if it is proven, else by reading it again.
func TestFedG18Forwarding(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		x := newThread(t, c)
		proven, plain := x.reply(1, "Proven words"), x.reply(2, "Plain words")
		x.prove(proven)
		sends(t, x.peer, x.zaragoza, plain, http.StatusAccepted)
		c.Settle()
		x.says(proven, "Proven words")
		x.says(plain, "Plain words")
		if asked := x.peer.Asked(domain.IRI(proven["object"].(map[string]any)["id"].(string))); len(asked) != 0 {
			t.Errorf("the proven reply was read again %d times", len(asked))
		}

		note := plain["object"].(map[string]any)
		note["content"], note["updated"] = "<p>Other words</p>", time.Now().Add(time.Second).UTC().Format(time.RFC3339)
		x.peer.Publish(note)
		update := map[string]any{"@context": plain["@context"], "id": note["id"].(string) + "/update", "type": "Update", "actor": plain["actor"], "to": plain["to"], "object": note}
		sends(t, x.peer, x.zaragoza, update, http.StatusAccepted)
		c.Settle()
		x.says(plain, "Other words")

		x.peer.Publish(map[string]any{"@context": plain["@context"], "id": note["id"], "type": "Tombstone"})
		for i, of := range []map[string]any{plain, proven} {
			id := of["object"].(map[string]any)["id"].(string)
			gone := map[string]any{"@context": plain["@context"], "id": id + "/delete", "type": "Delete", "actor": plain["actor"], "to": plain["to"], "object": id}
			if i == 0 {
				sends(t, x.peer, x.zaragoza, gone, http.StatusAccepted)
				c.Settle()
			} else {
				x.prove(gone)
			}
			if _, err := x.inRiga(of); domain.CodeOf(err) != domain.Gone {
				t.Errorf("reply %d in Riga: %v", i+1, err)
			}
		}

		for _, a := range x.peer.Inbox(1) {
			if a.Type != "Accept" && strings.Contains(string(a.Raw), "/notes/") {
				t.Errorf("its own server got back %s", a.Raw)
			}
		}
		if outbox := get(t, string(x.zaragoza.community.IRI)+"/outbox?page=first"); strings.Contains(marshal(t, outbox.json), x.peer.URL) {
			t.Errorf("the outbox has what others did: %v", outbox.json)
		}
		x.toMember()
	})
}

// toMember has somebody answer what a member said in the community: Riga, where
// people follow the community and not the member, takes what is forwarded.
func (x *thread) toMember() {
	x.t.Helper()
	member := x.zaragoza.Person("member", policy.RoleMember)
	c := x.zaragoza.community
	_, err := x.zaragoza.Network.Follow(x.t.Context(), member, member.Actor, c.ID)
	if err == nil {
		x.news, err = x.zaragoza.Communities.Post(x.t.Context(), member, "mobility", community.Draft{Content: "A member asks", Language: "en"})
	}
	if err != nil {
		x.t.Fatal(err)
	}
	x.cluster.Settle()
	answer := x.reply(7, "An answer to a member")
	sends(x.t, x.peer, x.zaragoza, answer, http.StatusAccepted)
	x.cluster.Settle()
	x.says(answer, "An answer to a member")
	h, err := x.zaragoza.Traffic.Host(x.t.Context(), x.zaragoza.official, domain.IRI(x.riga.URL).Host())
	if err != nil || h.Dead != 0 {
		x.t.Errorf("Riga refused %d (%v)", h.Dead, err)
	}
}

// TestFedG18Refused: only whole threads of this node are forwarded, only what
// is for everybody, and nothing is believed that somebody else says.
func TestFedG18Refused(t *testing.T) {
	c := federationtest.New(t, "Zaragoza", "Riga")
	x := newThread(t, c)
	quiet := x.reply(1, "For followers")
	followers := []string{string(x.peer.Person(1)) + "/followers", string(x.zaragoza.community.IRI)}
	quiet["to"], quiet["object"].(map[string]any)["to"] = followers, followers
	x.prove(quiet)
	if _, err := x.inRiga(quiet); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("what is not for everybody is in Riga: %v", err)
	}

	// A server that Riga follows brings words that were never said, of a
	// reply that exists, and of one that does not.
	mallory := federationtest.NewPeer(t)
	x.riga.friend(t, c, mallory, x.riga.Person("friend", policy.RoleMember))
	said, never := x.reply(2, "True words"), x.peer.Note(1, 3, "Forged words")
	forged := x.peer.Note(1, 2, "Forged words")
	forged["object"].(map[string]any)["inReplyTo"], never["object"].(map[string]any)["inReplyTo"] = string(x.news.IRI), string(x.news.IRI)
	gone := map[string]any{"@context": said["@context"], "id": string(x.peer.Person(1)) + "/delete/1", "type": "Delete", "actor": said["actor"], "object": said["object"].(map[string]any)["id"]}
	for i, activity := range []map[string]any{forged, never, gone} {
		status, err := mallory.SendRaw(t.Context(), mallory.Key(1), x.riga.URL+"/inbox", []byte(marshal(t, activity)), httpsig.Cavage)
		if err != nil || status != http.StatusAccepted {
			t.Fatalf("forged %d: status %d (%v)", i, status, err)
		}
		c.Settle()
	}
	x.says(said, "True words")
	if _, err := x.inRiga(never); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("what was never said is in Riga: %v", err)
	}

	// What was forged does not stand in the way of the true one.
	note := maps.Clone(said["object"].(map[string]any))
	note["content"], note["updated"] = "<p>New words</p>", time.Now().Add(time.Second).UTC().Format(time.RFC3339)
	update := map[string]any{"@context": said["@context"], "id": string(x.peer.Person(1)) + "/updates/1", "type": "Update", "actor": said["actor"], "to": said["to"], "object": note}
	lie := map[string]any{"@context": said["@context"], "id": update["id"], "type": "Update", "actor": said["actor"], "object": map[string]any{"id": "https://other.example/1", "type": "Note"}}
	if status, err := mallory.SendRaw(t.Context(), mallory.Key(1), x.riga.URL+"/inbox", []byte(marshal(t, lie)), httpsig.Cavage); err != nil || status != http.StatusForbidden {
		t.Errorf("an object of a third host: status %d (%v)", status, err)
	}
	lie["object"] = map[string]any{"id": note["id"], "type": "Note", "content": "Forged words"}
	if status, err := mallory.SendRaw(t.Context(), mallory.Key(1), x.riga.URL+"/inbox", []byte(marshal(t, lie)), httpsig.Cavage); err != nil || status != http.StatusAccepted {
		t.Fatalf("status %d (%v)", status, err)
	}
	c.Settle()
	x.says(said, "True words")
	sends(t, x.peer, x.riga, update, http.StatusAccepted)
	c.Settle()
	x.says(said, "New words")
}

// TestFedG14Context: a thread of this node is one collection, which its posts
// name.
func TestFedG14Context(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		x := newThread(t, c)
		first, second := x.reply(1, "One"), x.reply(2, "Two")
		second["object"].(map[string]any)["inReplyTo"] = first["object"].(map[string]any)["id"]
		for _, reply := range []map[string]any{first, second} {
			sends(t, x.peer, x.zaragoza, reply, http.StatusAccepted)
			c.Settle()
		}
		ours, err := x.zaragoza.Communities.Post(t.Context(), x.zaragoza.official, "mobility", community.Draft{Content: "Three", Language: "en", InReplyTo: x.news.ID})
		if err != nil {
			t.Fatal(err)
		}
		at := string(x.news.IRI) + "/context"
		for _, post := range []domain.IRI{x.news.IRI, ours.IRI} {
			if d := get(t, string(post)); d.json["context"] != at {
				t.Errorf("%s has the context %v", post, d.json["context"])
			}
		}
		d := get(t, at)
		if d.status != http.StatusOK || d.json["type"] != "OrderedCollection" || d.json["totalItems"] != 4.0 || d.json["attributedTo"] != string(x.zaragoza.community.IRI) {
			t.Errorf("status %d: %v", d.status, d.json)
		}
		page := get(t, at+"?page=first")
		want := []any{string(x.news.IRI), first["object"].(map[string]any)["id"], second["object"].(map[string]any)["id"], string(ours.IRI)}
		if items, _ := page.json["orderedItems"].([]any); !slices.Equal(items, want) {
			t.Errorf("the thread is %v, want %v", items, want)
		}
		if d := get(t, string(ours.IRI)+"/context"); d.status != http.StatusNotFound {
			t.Errorf("a reply has a thread of its own: status %d", d.status)
		}
	})
}

// TestAnswerAbroad: people answer posts of other nodes and servers. The
// author is told, and the community in which the thread stands, whose
// followers read the answer, its change and its end.
func TestAnswerAbroad(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		x := newThread(t, c)
		writer := x.riga.Person("writer", policy.RoleMember)
		copied, err := x.riga.Communities.PostByIRI(t.Context(), writer, x.news.IRI)
		if err != nil {
			t.Fatal(err)
		}
		if err := x.riga.Communities.MayReply(t.Context(), policy.Viewer{}, copied); domain.CodeOf(err) != domain.Unauthenticated {
			t.Errorf("a reader without an account may answer: %v", err)
		}
		answer, err := x.riga.Communities.Reply(t.Context(), writer, copied.ID, community.Draft{Content: "When does it begin?"})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		there, err := x.zaragoza.Communities.PostByIRI(t.Context(), policy.Viewer{}, answer.IRI)
		if err != nil || there.InReplyTo != x.news.IRI || there.Community != x.zaragoza.community.ID || there.Language != "en" {
			t.Fatalf("Zaragoza has %+v (%v)", there, err)
		}
		reached := func(activityType, about string) bool {
			return slices.ContainsFunc(x.peer.Inbox(1), func(a federationtest.Arrival) bool {
				return a.Type == activityType && strings.Contains(string(a.Raw), about)
			})
		}
		if !reached("Create", string(answer.IRI)) {
			t.Error("those who follow the community did not get the answer")
		}

		// The community's own people answer that, and the thread goes on.
		again, err := x.zaragoza.Communities.Reply(t.Context(), x.zaragoza.official, there.ID, community.Draft{Content: "In May.", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		back, err := x.riga.Communities.PostByIRI(t.Context(), writer, again.IRI)
		if err != nil || back.InReplyTo != answer.IRI {
			t.Fatalf("Riga has %+v (%v)", back, err)
		}
		third, err := x.riga.Communities.Reply(t.Context(), writer, back.ID, community.Draft{Content: "Thank you."})
		if err != nil {
			t.Fatal(err)
		}
		if third.Community != copied.Author {
			t.Errorf("an answer deep in the thread stands in %q", third.Community)
		}

		if _, err := x.riga.Communities.EditPost(t.Context(), writer, answer.ID, answer.Revision, "When does it begin, and where?"); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if there, err = x.zaragoza.Communities.PostByIRI(t.Context(), policy.Viewer{}, answer.IRI); err != nil || !strings.Contains(there.Content, "and where") {
			t.Errorf("Zaragoza has %+v (%v)", there, err)
		}
		if err := x.riga.Communities.DeletePost(t.Context(), writer, answer.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if _, err := x.zaragoza.Communities.PostByIRI(t.Context(), policy.Viewer{}, answer.IRI); domain.CodeOf(err) != domain.Gone {
			t.Errorf("the answer in Zaragoza: %v", err)
		}
		if !reached("Delete", string(answer.IRI)) {
			t.Error("those who follow the community were not told of its end")
		}
	})
}

// TestAnswerToPeer: what a person of another server wrote is answered where
// they read it; what they wrote for few is not.
func TestAnswerToPeer(t *testing.T) {
	c := federationtest.New(t, "Riga")
	riga := newCity(t, c.Nodes[0])
	peer := federationtest.NewPeer(t)
	reader := riga.Person("reader", policy.RoleMember)
	riga.friend(t, c, peer, reader)
	open, quiet := peer.Note(1, 1, "Who comes along?"), peer.Note(1, 2, "For those who know me")
	followers := []string{string(peer.Person(1)) + "/followers"}
	quiet["to"], quiet["object"].(map[string]any)["to"] = followers, followers
	for _, create := range []map[string]any{open, quiet} {
		sends(t, peer, riga, create, http.StatusAccepted)
		c.Settle()
	}
	find := func(create map[string]any) *community.Post {
		p, err := riga.Communities.PostByIRI(t.Context(), reader, domain.IRI(create["object"].(map[string]any)["id"].(string)))
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	if _, err := riga.Communities.Reply(t.Context(), reader, find(quiet).ID, community.Draft{Content: "I do.", Language: "en"}); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("an answer to what is for few: %v", err)
	}
	answer, err := riga.Communities.Reply(t.Context(), reader, find(open).ID, community.Draft{Content: "I do.", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	if answer.Community != domain.Nobody {
		t.Errorf("it stands in %q", answer.Community)
	}
	c.Settle()
	if err := riga.Communities.DeletePost(t.Context(), reader, answer.ID); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	var got []string
	for _, a := range peer.Inbox(1) {
		if strings.Contains(string(a.Raw), string(answer.IRI)) {
			got = append(got, a.Type)
		}
	}
	if !slices.Equal(got, []string{"Create", "Delete"}) {
		t.Errorf("the author got %v", got)
	}
}
