package federationtest_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
	"interlink/federation/federationtest/dialect"
	"interlink/federation/httpsig"
)

// foreign is a server of another make, on which somebody follows a city's
// community: it checks signatures and documents as that make does, and keeps
// what its people see.
type foreign struct {
	dialect.Server
	*federationtest.Cluster
	*city
	place *place
	bo    string

	mu    sync.Mutex
	seen  []dialect.Shown
	wrong []string
}

func newForeign(t *testing.T, s dialect.Server) *foreign {
	t.Helper()
	c, zaragoza := alone(t)
	f := &foreign{Server: s, Cluster: c, city: zaragoza, place: newPlace(t)}
	f.place.judge = f.judge
	f.bo = f.place.actor("Person", "bo", nil)
	if s.Threads {
		f.place.serve("/.well-known/nodeinfo", members{"links": []members{{
			"rel": "http://nodeinfo.diaspora.software/ns/schema/2.1", "href": f.place.URL + "/nodeinfo/2.1",
		}}})
		f.place.serve("/nodeinfo/2.1", members{"version": "2.1", "software": members{"name": s.Name, "version": "1.0"}, "protocols": []string{"activitypub"}})
	}
	return f
}

// judge is the inbox.
func (f *foreign) judge(r *http.Request, raw []byte) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	if scheme := schemeOf(r); scheme == httpsig.Cavage && !f.Cavage || scheme == httpsig.RFC9421 && !f.RFC9421 {
		return http.StatusUnauthorized
	}
	if err := f.verify(r, raw); err != nil {
		f.wrong = append(f.wrong, err.Error())
		return http.StatusUnauthorized
	}
	shown, err := f.Reads(raw)
	if err != nil {
		f.wrong = append(f.wrong, fmt.Sprintf("%v: %s", err, raw))
		return http.StatusBadRequest
	}
	if shown.As != "" {
		f.seen = append(f.seen, shown)
	}
	return http.StatusAccepted
}

func schemeOf(r *http.Request) httpsig.Scheme {
	if r.Header.Get("Signature-Input") != "" {
		return httpsig.RFC9421
	}
	return httpsig.Cavage
}

// verify fetches the key that a request names, as the make fetches, and checks
// the signature.
func (f *foreign) verify(r *http.Request, raw []byte) error {
	signature, err := httpsig.Parse(r, f.place.URL+r.URL.RequestURI())
	if err != nil {
		return err
	}
	actor, _, _ := strings.Cut(signature.KeyID(), "#")
	document, err := f.fetch(actor)
	if err != nil {
		return err
	}
	if _, err := f.Reads(marshalled(f.place.t, document)); err != nil {
		return fmt.Errorf("%s: %w", actor, err)
	}
	part, _ := document["publicKey"].(members)
	key, err := httpsig.ParsePublicKey(fmt.Sprint(part["publicKeyPem"]))
	if err != nil {
		return err
	}
	return signature.Verify(key, raw, time.Now())
}

// fetch reads a document with the header of the make, signed if it signs.
func (f *foreign) fetch(address string) (members, error) {
	r, err := http.NewRequestWithContext(f.place.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Accept", f.Accept)
	if f.SignedReads {
		scheme := httpsig.Cavage
		if !f.Cavage {
			scheme = httpsig.RFC9421
		}
		key, err := httpsig.ParseKey(f.place.URL+"/users/bo#main-key", f.place.secret)
		if err != nil {
			return nil, err
		}
		if err := httpsig.Sign(r, key, scheme, nil, time.Now()); err != nil {
			return nil, err
		}
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(answer.Body, 1<<20))
	if err != nil || answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: status %d (%w)", address, answer.StatusCode, err)
	}
	var document members
	return document, json.Unmarshal(raw, &document)
}

// saw returns what people saw in one way, and forgets it.
func (f *foreign) saw(as string) []dialect.Shown {
	f.mu.Lock()
	defer f.mu.Unlock()
	var out []dialect.Shown
	f.seen = slices.DeleteFunc(f.seen, func(s dialect.Shown) bool {
		if s.As == as {
			out = append(out, s)
		}
		return s.As == as
	})
	return out
}

// sends posts what bo does, by the newest signatures that the make knows.
func (f *foreign) sends(kind string, object any, more members) members {
	f.place.t.Helper()
	if note, ok := object.(members); ok && more == nil {
		more = members{"to": note["to"], "cc": note["cc"]}
	}
	doc := f.place.activity(kind, f.bo, object, more)
	f.place.send(f.Cluster, f.city, doc)
	return doc
}

// reads fetches what a boost names, and what people see of it.
func (f *foreign) reads(t *testing.T, iri string) dialect.Shown {
	t.Helper()
	document, err := f.fetch(iri)
	if err != nil {
		t.Fatal(err)
	}
	shown, err := f.ReadsPost(marshalled(t, document))
	if err != nil {
		t.Errorf("%s: %v", iri, err)
	}
	return shown
}

// TestDialects: somebody follows a community from a server of every make, and
// sees there what is said in it: news, members' posts once, no comment twice;
// changes and deletions; a story with its title and its picture of words.
func TestDialects(t *testing.T) {
	t.Parallel()
	for _, server := range dialect.Servers {
		t.Run(server.Name, func(t *testing.T) {
			t.Parallel()
			f := newForeign(t, server)
			follow := f.sends("Follow", string(f.community.IRI), nil)
			if accepted := f.saw("accept"); len(accepted) != 1 || accepted[0].Of != follow["id"] {
				t.Fatalf("the Follow is answered with %v; refused: %v", accepted, f.wrong)
			}
			if f.Threads {
				f.sharesActivities(t)
			}
			f.news(t, "A **bench** is missing")
			f.story(t)
			f.thread(t)
			f.bans(t)
			f.mu.Lock()
			defer f.mu.Unlock()
			for _, wrong := range f.wrong {
				t.Errorf("refused: %.2000s", wrong)
			}
			if len(f.seen) > 0 {
				t.Errorf("seen beside what is meant: %v", f.seen)
			}
		})
	}
}

// sharesActivities has the server announce what is said in a group of its own,
// which somebody of the city follows: from that the city learns what it reads.
func (f *foreign) sharesActivities(t *testing.T) {
	t.Helper()
	group := f.place.actor("Group", "streets", nil)
	reader := f.Person("reader", policy.RoleMember)
	f.place.follows(f.Cluster, f.city, reader.Actor, group, "streets")
	f.saw("follow")
	note := f.place.note(1, f.bo, members{"audience": group})
	f.place.serve("/notes/1", note)
	f.place.send(f.Cluster, f.city, f.place.activity("Announce", group, f.place.activity("Create", f.bo, note, nil), nil))
}

func (f *foreign) news(t *testing.T, words string) {
	t.Helper()
	p := f.city.news(t, words)
	f.Settle()
	posts := f.saw("post")
	if len(posts) != 1 || !strings.Contains(posts[0].Text, "<strong>bench</strong>") || posts[0].Warning != "" || posts[0].Link != string(p.IRI) {
		t.Errorf("of the news is seen %v", posts)
	}
	if _, err := f.Communities.EditPost(t.Context(), f.official, p.ID, p.Revision, "The bench is **there**"); err != nil {
		t.Fatal(err)
	}
	if err := f.Communities.Pin(t.Context(), f.official, p.ID); err != nil {
		t.Fatal(err)
	}
	f.Settle()
	if edits := f.saw("edit"); f.Name != "misskey" && (len(edits) != 1 || !strings.Contains(edits[0].Text, "there")) {
		t.Errorf("of the change is seen %v", edits)
	}
	if pins := f.saw("pinned"); f.Name != "gotosocial" && (len(pins) != 1 || pins[0].Of != string(p.IRI)) {
		t.Errorf("pinned: %v", pins)
	}
	if err := f.Communities.DeletePost(t.Context(), f.official, p.ID); err != nil {
		t.Fatal(err)
	}
	f.Settle()
	f.saw("no more pinned")
	if gone := f.saw("deletion"); len(gone) != 1 || gone[0].Of != string(p.IRI) {
		t.Errorf("deleted: %v", gone)
	}
}

func (f *foreign) story(t *testing.T) {
	t.Helper()
	f.starterCatalogue(t)
	process := f.process(t, "safe_ways")
	told, err := f.Stories.Publish(t.Context(), f.official, story.Input{
		Slug: "safe-ways", Process: process.Name, Owner: f.owner.ID, Community: f.community.ID,
		Telling: story.Telling{Title: english("Safe ways"), Summary: english("It worked."), Challenge: english("Cars."), Countries: []string{"ES"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	f.Settle()
	boosts := f.saw("boost")
	if len(boosts) != 1 || boosts[0].Of != string(told.IRI) {
		t.Fatalf("of the story is seen %v", boosts)
	}
	if sent := f.saw("post"); len(sent) > 1 {
		t.Errorf("the story was sent as %v", sent)
	}
	shown := f.reads(t, boosts[0].Of)
	if f.Name != "mastodon" && f.Name != "new" && !strings.Contains(shown.Text, "The challenge") {
		t.Errorf("the story reads %q", shown.Text)
	}
	title, text := shown.Title, shown.Text
	if f.Name == "gotosocial" || f.Name == "misskey" { // which have no titles
		title, text = "Safe ways", shown.Warning
	}
	if f.Threads || f.Name == "pleroma" || f.Name == "old" {
		text = "It worked."
	}
	if title != "Safe ways" || text != "It worked." || !strings.HasPrefix(shown.Link, f.URL) {
		t.Errorf("the story is shown as %v", shown)
	}
}

func (f *foreign) thread(t *testing.T) {
	t.Helper()
	ana := f.member(t, "ana")
	thread := f.says(t, ana, "Who waters the trees?", nil)
	f.says(t, f.official, "We do, on Mondays", thread)
	f.Settle()
	boosts, posts, comments := f.saw("boost"), f.saw("post"), f.saw("post of a comment")
	switch {
	case f.Threads && (len(posts)+len(boosts) == 0 || len(comments) != 1):
		t.Errorf("of the thread is seen %v, %v and %v", boosts, posts, comments)
	case !f.Threads && (len(boosts) != 1 || boosts[0].Of != string(thread.IRI) || len(posts)+len(comments) > 0):
		t.Errorf("of the thread is seen %v, %v and %v", boosts, posts, comments)
	}
	if shown := f.reads(t, string(thread.IRI)); !strings.Contains(shown.Text, "Who waters the trees?") {
		t.Errorf("the thread is shown as %v", shown)
	}

	// Bo answers, and writes to the community by naming it.
	answer := f.place.note(11, f.bo, members{"inReplyTo": string(thread.IRI), "cc": []string{f.URL + "/users/ana"}})
	f.sends("Create", answer, nil)
	call := f.place.note(12, f.bo, members{
		"content": `<p><a href="` + string(f.community.IRI) + `" class="u-url mention">@mobility</a> A lamp is broken</p>`,
		"cc":      []string{string(f.community.IRI)}, "tag": []members{{"type": "Mention", "href": string(f.community.IRI), "name": "@mobility"}},
	})
	f.sends("Create", call, nil)
	for _, doc := range []members{answer, call} {
		if _, err := f.Communities.PostByIRI(t.Context(), f.official, domain.IRI(doc["id"].(string))); err != nil {
			t.Errorf("%s: %v", doc["id"], err)
		}
	}
	f.saw("boost")
	f.saw("post")
	f.saw("post of a comment")
}

// bans: who may not write in a community any more is told why, in words, and
// nothing that their server takes for a person's own block.
func (f *foreign) bans(t *testing.T) {
	t.Helper()
	bo, err := f.Network.ActorByIRI(t.Context(), f.official, domain.IRI(f.bo))
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Communities.Ban(t.Context(), f.official, "mobility", community.Banning{Who: bo.ID, Reason: "Spam", Until: time.Now().Add(time.Hour)}); err != nil {
		t.Fatal(err)
	}
	f.Settle()
	if blocks := f.saw("block"); len(blocks) > 0 {
		t.Errorf("a ban is taken for a person's block: %v", blocks)
	}
	if bans := f.saw("ban"); f.Threads && len(bans) == 0 {
		t.Error("no ban arrived")
	}
	if letters := f.saw("post"); len(letters) != 1 || !strings.Contains(letters[0].Text, "Spam") || !strings.Contains(letters[0].Text, "appeal") {
		t.Errorf("the reason, and where to object, arrive as %v", letters)
	}
}
