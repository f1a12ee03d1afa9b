package federationtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// TestSec13OddDocuments: what two readers might read differently, or no
// database keeps, is refused with 400 before its signature is looked at, and
// does no harm to what comes with it.
func TestSec13OddDocuments(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		b := besiege(t, c)
		own := string(b.hostile.Person(1))
		before := b.received(t)
		for what, member := range map[string]string{
			"a key twice":               `"type":"Like"`,
			"a key twice, escaped":      `"\u0074ype":"Like"`,
			"NUL":                       "\"name\":\"\x00\"",
			"NUL, escaped":              `"name":"a\u0000b"`,
			"NUL in a name":             `"na\u0000me":1`,
			"not UTF-8":                 "\"name\":\"\xff\"",
			"half a surrogate":          `"name":"\ud800"`,
			"the other half":            `"name":"\udc00"`,
			"halves the wrong way":      `"name":"\udc00\ud800"`,
			"half, then another escape": `"name":"\ud800\n"`,
			"a number beyond 2^53":      `"n":9007199254740993`,
			"a number beyond floats":    `"n":1e999`,
			"a number of many digits":   `"n":` + strings.Repeat("1", 10_000),
			"depth":                     `"n":` + strings.Repeat("[", 100) + strings.Repeat("]", 100),
			"a type of a megabyte":      `"x":1`,
		} {
			kind := "Create"
			if what == "a type of a megabyte" {
				kind = strings.Repeat("x", 100_000)
			}
			raw := []byte(`{"@context":"` + streams + `","id":"` + own + `/odd","type":"` + kind + `","actor":"` + own + `","object":"` + own + `/x",` + member + `}`)
			if status, err := b.hostile.SendRaw(t.Context(), b.hostile.Key(1), b.URL+"/inbox", raw, httpsig.Cavage); err != nil || status != http.StatusBadRequest {
				t.Errorf("%s: %d (%v)", what, status, err)
			}
		}
		if n := b.received(t) - before; n != 0 {
			t.Errorf("%d are stored", n)
		}
		raw := []byte(`{"@context":"` + streams + `","id":"` + own + `/fine","type":"View","actor":"` + own + `","object":"` + own + `/x","name":"\ud83d\ude00 \\ud800 \\","n":[9007199254740992,-0.5e3]}`)
		if status, err := b.hostile.SendRaw(t.Context(), b.hostile.Key(1), b.URL+"/inbox", raw, httpsig.Cavage); err != nil || status != http.StatusAccepted {
			t.Errorf("what only looks odd: %d (%v)", status, err)
		}
	})
}

// TestSec24Mutations: every activity that we act on with any one of its
// members being something else is accepted or refused, but never a fault, and
// the worker goes on.
func TestSec24Mutations(t *testing.T) {
	b := besiege(t, federationtest.New(t, "Zaragoza"))
	own := string(b.hostile.Person(1))
	object := b.hostile.Note(1, 1, "Hello", string(b.community.IRI))["object"].(map[string]any)
	object["tag"] = []any{map[string]any{"type": "Mention", "href": string(b.community.IRI), "name": "@x"}}
	object["attachment"] = []any{map[string]any{"type": "Image", "url": own + "/image", "name": "x"}}
	follow := map[string]any{"id": own + "/f", "type": "Follow", "actor": own, "object": string(b.community.IRI)}
	odd := []any{
		nil, true, 0, -1.5, "", " ", "x", "https://", "https://%zz/", own, string(b.community.IRI), []any{}, []any{nil}, []any{[]any{own}}, map[string]any{},
		map[string]any{"id": nil}, map[string]any{"type": []any{"Note", "Follow"}}, []any{own, map[string]any{"id": 7}}, strings.Repeat("é", 3000), "9999-12-31T23:59:59Z",
	}
	number, sent := 0, 0
	for _, base := range []map[string]any{
		{"type": "Create", "object": object}, {"type": "Update", "object": object}, {"type": "Delete", "object": map[string]any{"id": own + "/x", "type": "Tombstone"}},
		{"type": "Announce", "object": object}, follow, {"type": "Accept", "object": follow}, {"type": "Reject", "object": follow}, {"type": "Undo", "object": follow},
		{"type": "Offer", "object": map[string]any{"id": own + "/c", "interlink:clone": map[string]any{"of": b.URL + "/processes/x"}}, "target": b.URL + "/processes/x/clones"},
		{"type": "Add", "object": own, "target": own + "/clones"},
	} {
		whole := map[string]any{"@context": streams, "actor": own, "to": []any{public}, "cc": []any{}, "published": "2026-01-01T00:00:00Z"}
		for name, value := range base {
			whole[name] = value
		}
		for _, path := range jsonMembers("", whole) {
			for _, value := range odd {
				number++
				if whole["type"] == "Delete" && strings.HasPrefix(path, "object") && strings.Contains(fmt.Sprint(value), own) {
					continue // whoever deletes themselves is heard no more
				}
				if testing.Short() && number%7 != 0 {
					continue
				}
				whole["id"] = fmt.Sprintf("%s/mutation/%d", own, number)
				raw, err := json.Marshal(mutated(whole, strings.Split(path, "/"), value))
				if err != nil {
					t.Fatal(err)
				}
				status, err := b.hostile.SendRaw(t.Context(), b.hostile.Key(1), b.URL+"/inbox", raw, httpsig.RFC9421)
				if err != nil || status != http.StatusAccepted && status != http.StatusBadRequest && status != http.StatusForbidden {
					t.Errorf("%s: %d (%v)", raw, status, err)
				}
				sent++
			}
		}
	}
	b.cluster.Settle()
	b.accepts(t, b.hostile.Peer, b.hostile.Note(1, 9, "After it"))
	b.cluster.Settle()
	if items := b.home(t, b.reader); len(items) == 0 || !strings.Contains(items[0].Post.Content, "After it") {
		t.Errorf("after %d mutations the reader sees %d posts", sent, len(items))
	}
}

// members lists the paths of all members of a document.
func jsonMembers(above string, value any) (paths []string) {
	switch v := value.(type) {
	case map[string]any:
		for name, member := range v {
			paths = append(append(paths, above+name), jsonMembers(above+name+"/", member)...)
		}
	case []any:
		if len(v) > 0 {
			return jsonMembers(above+"0/", v[0])
		}
	}
	return paths
}

// mutated copies a document with another value at a path.
func mutated(value any, path []string, odd any) any {
	if len(path) == 0 {
		return odd
	}
	switch v := value.(type) {
	case map[string]any:
		return merged(v, path[0], mutated(v[path[0]], path[1:], odd))
	case []any:
		return append([]any{mutated(v[0], path[1:], odd)}, v[1:]...)
	}
	return odd
}

// TestSec26Lengths: every member that is kept of an actor and of a post has a
// bound, and what is too long does not shut out who sends it.
func TestSec26Lengths(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		b := besiege(t, c)
		long := strings.Repeat("é<b>", 7_000)
		b.hostile.Pretend(7, map[string]any{"name": long, "summary": long, "icon": map[string]any{"type": "Image", "url": "https://a.example/" + long}, "published": long})
		a, err := b.Lookup(t.Context(), string(b.hostile.Person(7)))
		if err != nil {
			t.Fatal(err)
		}
		if len(a.Title) > 500 || len(a.Summary) > 60_000 || a.Icon != "" {
			t.Errorf("title %d, summary %d, icon %d", len(a.Title), len(a.Summary), len(a.Icon))
		}
		b.hostile.Pretend(8, map[string]any{"preferredUsername": strings.Repeat("x", 129)})
		if _, err := b.Lookup(t.Context(), string(b.hostile.Person(8))); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a name of 129 letters: %v", err)
		}
		note := b.hostile.Note(1, 1, long)
		object := note["object"].(map[string]any)
		images := make([]any, 20)
		for i := range images {
			images[i] = map[string]any{"type": "Image", "url": "https://a.example/i", "name": long[:3000], "mediaType": long[:3000]}
		}
		object["name"], object["summary"], object["attachment"], object["context"] = long, long, images, "https://a.example/"+long
		b.accepts(t, b.hostile.Peer, note)
		c.Settle()
		p, err := b.Communities.PostByIRI(t.Context(), b.reader, domain.IRI(object["id"].(string)))
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Title) > 500 || len(p.Summary) > 5000 || len(p.Content) > 250_000 || len(p.Images) > 16 || len(p.Images[0].Name) > 2000 || len(p.Images[0].MediaType) > 100 || p.Context != "" {
			t.Errorf("title %d, summary %d, content %d, %d images", len(p.Title), len(p.Summary), len(p.Content), len(p.Images))
		}
	})
}
