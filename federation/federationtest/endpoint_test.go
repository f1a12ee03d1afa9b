package federationtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
	"interlink/storage/storagetest"
)

// document is what a server answers to another one.
type document struct {
	status int
	header http.Header
	json   map[string]any
}

// get reads an address as other servers do.
func get(t *testing.T, address string, header ...string) document {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`)
	for i := 0; i < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	d := document{answer.StatusCode, answer.Header, nil}
	if strings.Contains(answer.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal(body, &d.json); err != nil {
			t.Errorf("%s answers no JSON: %.100s", address, body)
		}
	}
	return d
}

// bodyOf is what is answered, whatever its status.
func bodyOf(t *testing.T, request *http.Request) string {
	t.Helper()
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

// TestActors: actor documents have what peers ask of them, and each of their
// collections is there.
func TestActors(t *testing.T) {
	c := federationtest.New(t, "Zaragoza")
	zaragoza := newCity(t, c.Nodes[0])
	zaragoza.starterCatalogue(t)
	zaragoza.process(t, "safe_ways")
	for path, kind := range map[string]string{
		"/users/official": "Person", "/organizations/city_hall": "Organization", "/communities/mobility": "Group",
		"/processes/safe_ways": "Group", "/catalogue": "Service", "/actor": "Application",
	} {
		iri := zaragoza.URL + path
		d := get(t, iri)
		if d.status != http.StatusOK || d.header.Get("Content-Type") != `application/activity+json` && !strings.HasPrefix(d.header.Get("Content-Type"), "application/activity+json") {
			t.Fatalf("%s: %d %s", path, d.status, d.header.Get("Content-Type"))
		}
		if d.json["id"] != iri || d.json["type"] != kind || d.json["inbox"] != iri+"/inbox" || d.json["preferredUsername"] == "" {
			t.Errorf("%s is %v", path, d.json)
		}
		key, _ := d.json["publicKey"].(map[string]any)
		if key["id"] != iri+"#main-key" || key["owner"] != iri || !strings.Contains(key["publicKeyPem"].(string), "BEGIN PUBLIC KEY") {
			t.Errorf("%s has the key %v", path, key)
		}
		if endpoints, _ := d.json["endpoints"].(map[string]any); endpoints["sharedInbox"] != zaragoza.URL+"/inbox" {
			t.Errorf("%s has the endpoints %v", path, endpoints)
		}
		if path != "/actor" && !strings.Contains(strings.Join(d.header.Values("Vary"), ","), "Accept") {
			t.Errorf("%s varies by %q", path, d.header.Values("Vary"))
		}
		for _, collection := range []string{"outbox", "followers", "following"} {
			at, _ := d.json[collection].(string)
			if at != iri+"/"+collection {
				t.Errorf("%s has the %s %q", path, collection, at)
				continue
			}
			if got := get(t, at); got.status != http.StatusOK || got.json["type"] != "OrderedCollection" || got.json["id"] != at {
				t.Errorf("%s: %d %v", at, got.status, got.json)
			}
		}
		if again := get(t, iri, "If-None-Match", d.header.Get("ETag")); again.status != http.StatusNotModified {
			t.Errorf("%s again: %d", path, again.status)
		}

		handle, _ := d.json["preferredUsername"].(string)
		host := zaragoza.Namespace.Host()
		finger := get(t, zaragoza.URL+"/.well-known/webfinger?resource="+url.QueryEscape("acct:"+handle+"@"+host))
		if finger.status != http.StatusOK || finger.header.Get("Content-Type") != "application/jrd+json" || finger.json["subject"] != "acct:"+handle+"@"+host {
			t.Errorf("WebFinger of %s: %d %v", handle, finger.status, finger.json)
		}
		if !strings.Contains(marshal(t, finger.json["links"]), `"`+iri+`"`) {
			t.Errorf("WebFinger of %s does not lead to %s: %v", handle, iri, finger.json)
		}
		if by := get(t, zaragoza.URL+"/.well-known/webfinger?resource="+url.QueryEscape(iri)); by.json["subject"] != finger.json["subject"] {
			t.Errorf("WebFinger by address of %s: %v", iri, by.json)
		}
	}
	for query, status := range map[string]int{
		"": http.StatusBadRequest, "?resource=": http.StatusBadRequest, "?resource=x": http.StatusBadRequest,
		"?resource=acct:nobody@" + zaragoza.Namespace.Host(): http.StatusNotFound, "?resource=acct:official@other.example": http.StatusNotFound,
		"?resource=acct:" + strings.Repeat("x", 10_000) + "@" + zaragoza.Namespace.Host(): http.StatusNotFound,
	} {
		if d := get(t, zaragoza.URL+"/.well-known/webfinger"+query); d.status != status && d.status != http.StatusBadRequest {
			t.Errorf("WebFinger %.60s: %d", query, d.status)
		}
	}
}

func marshal(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestNodeInfo: both versions, as the discovery document names them.
func TestNodeInfo(t *testing.T) {
	c := federationtest.New(t, "Zaragoza")
	zaragoza := newCity(t, c.Nodes[0])
	if _, err := zaragoza.Communities.Post(t.Context(), zaragoza.official, "mobility", community.Draft{Content: "One", Language: "en"}); err != nil {
		t.Fatal(err)
	}
	links, _ := get(t, zaragoza.URL+"/.well-known/nodeinfo").json["links"].([]any)
	versions := map[string]bool{}
	for _, l := range links {
		link := l.(map[string]any)
		d := get(t, link["href"].(string))
		if link["rel"] == "https://www.w3.org/ns/activitystreams#Application" { // FEP-2677
			if d.json["type"] != "Application" {
				t.Errorf("%v leads to %v", link, d.json)
			}
			continue
		}
		version, _ := d.json["version"].(string)
		if !strings.HasSuffix(link["rel"].(string), "/"+version) {
			t.Errorf("%v leads to %v", link, d.json)
		}
		versions[version] = true
		usage, software := d.json["usage"].(map[string]any), d.json["software"].(map[string]any)
		if software["name"] != "interlink" || usage["localPosts"] != 1.0 || usage["users"].(map[string]any)["total"] != 1.0 || d.json["protocols"].([]any)[0] != "activitypub" {
			t.Errorf("NodeInfo %s: %v", version, d.json)
		}
	}
	if !versions["2.0"] || !versions["2.1"] {
		t.Errorf("versions %v", versions)
	}
	if d := get(t, zaragoza.URL+"/nodeinfo/9.9"); d.status != http.StatusNotFound {
		t.Errorf("another version: %d", d.status)
	}
	if d := get(t, zaragoza.URL+"/.well-known/host-meta"); d.status != http.StatusOK || !strings.Contains(d.header.Get("Content-Type"), "xrd+xml") {
		t.Errorf("host-meta: %d %s", d.status, d.header.Get("Content-Type"))
	}
}

// TestOutbox walks the pages of an outbox: every public activity once, newest
// first.
func TestOutbox(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza := newCity(t, c.Nodes[0])
		const posts = 45
		for range posts {
			if _, err := zaragoza.Communities.Post(t.Context(), zaragoza.official, "mobility", community.Draft{Content: "News", Language: "en"}); err != nil {
				t.Fatal(err)
			}
		}
		c.Settle()
		d := get(t, string(zaragoza.community.IRI)+"/outbox")
		if d.json["totalItems"] != float64(posts) {
			t.Errorf("%v items", d.json["totalItems"])
		}
		seen := map[string]bool{}
		last := "9999"
		for next, ok := d.json["first"].(string); ok; {
			page := get(t, next)
			if page.json["type"] != "OrderedCollectionPage" || page.json["id"] != next || page.json["partOf"] != string(zaragoza.community.IRI)+"/outbox" {
				t.Fatalf("a page is %v", page.json)
			}
			for _, item := range page.json["orderedItems"].([]any) {
				a := item.(map[string]any)
				if at := a["published"].(string); at > last || a["type"] != "Create" || seen[a["id"].(string)] {
					t.Errorf("after %s: %v", last, a["id"])
				} else {
					last = at
				}
				seen[a["id"].(string)] = true
				if one := get(t, a["id"].(string)); one.status != http.StatusOK || one.json["id"] != a["id"] {
					t.Errorf("the activity %v: %d", a["id"], one.status)
				}
			}
			next, ok = page.json["next"].(string)
		}
		if len(seen) != posts {
			t.Errorf("%d activities in all pages, want %d", len(seen), posts)
		}
		if d := get(t, string(zaragoza.community.IRI)+"/outbox?page=true&after=nonsense"); d.status >= 500 {
			t.Errorf("a forged cursor: %d", d.status)
		}
	})
}

// TestTombstones: what was deleted answers 410 with a Tombstone (ActivityPub
// §6.4), and what is not public 404, as what never was.
func TestTombstones(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza := newCity(t, c.Nodes[0])
		zaragoza.starterCatalogue(t)
		ctx := t.Context()
		p, err := zaragoza.Communities.Post(ctx, zaragoza.official, "mobility", community.Draft{Content: "News", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		if d := get(t, string(p.IRI)); d.status != http.StatusOK || d.json["type"] != "Note" {
			t.Fatalf("the post: %d %v", d.status, d.json)
		}
		c.Settle()
		if err := zaragoza.Communities.DeletePost(ctx, zaragoza.official, p.ID); err != nil {
			t.Fatal(err)
		}
		process := zaragoza.process(t, "safe_ways")
		told, err := zaragoza.Stories.Publish(ctx, zaragoza.official, story.Input{
			Slug: "safe-ways", Process: process.Name, Owner: zaragoza.owner.ID, Telling: story.Telling{Title: english("Safe ways"), Summary: english("It worked.")},
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []string{string(told.IRI), string(told.IRI) + "/snapshot"} {
			if d := get(t, at); d.status != http.StatusOK {
				t.Fatalf("%s: %d", at, d.status)
			}
		}
		c.Settle()
		if _, err := zaragoza.Stories.Withdraw(ctx, zaragoza.official, told.Slug); err != nil {
			t.Fatal(err)
		}
		for _, at := range []string{string(p.IRI), string(told.IRI)} {
			if d := get(t, at); d.status != http.StatusGone || d.json["type"] != "Tombstone" || d.json["id"] != at {
				t.Errorf("%s: %d %v", at, d.status, d.json)
			}
		}
		var sent []string
		db := storagetest.Open(t, zaragoza.Database)
		err = db.Read().NewRaw("SELECT iri FROM activities WHERE object IN (?) AND type = 'Create'", bun.List([]string{string(p.IRI), string(told.IRI)})).Scan(ctx, &sent)
		if err != nil || len(sent) < 2 {
			t.Fatalf("%v, %v", sent, err)
		}
		for _, at := range sent {
			if d := get(t, at); d.status != http.StatusGone {
				t.Errorf("what told of it, %s: %d", at, d.status)
			}
		}
		if d := get(t, string(told.IRI)+"/snapshot"); d.status != http.StatusGone {
			t.Errorf("the snapshot of a withdrawn story: %d", d.status)
		}

		hidden, err := zaragoza.Coproduction.Start(ctx, zaragoza.official, coproduction.StartInput{
			Name: "hidden", Schema: "public-service", Details: coproduction.Details{Title: english("Hidden"), Language: "en", Visibility: domain.VisibleMembers},
		})
		if err != nil {
			t.Fatal(err)
		}
		_, tree, err := zaragoza.Coproduction.Tree(ctx, zaragoza.official, "hidden")
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []string{"", "/outbox", "/followers", "/following", "/tree", "/clones", "/guide/" + string(tree.Items()[0].ID)} {
			if d := get(t, string(hidden.IRI)+at); d.status != http.StatusNotFound || strings.Contains(marshal(t, d.json), "Hidden") {
				t.Errorf("%s of a hidden process: %d %v", at, d.status, d.json)
			}
		}
		peer := federationtest.NewPeer(t)
		if status, err := peer.Send(ctx, 1, string(hidden.IRI)+"/inbox", peer.Follow(1, hidden.IRI), "cavage"); status != http.StatusNotFound {
			t.Errorf("the inbox of a hidden process: %d (%v)", status, err)
		}
		reader := zaragoza.Person("reader", policy.RoleMember)
		if d := get(t, zaragoza.URL+"/.well-known/webfinger?resource="+url.QueryEscape("acct:hidden@"+zaragoza.Namespace.Host())); d.status != http.StatusNotFound {
			t.Errorf("WebFinger of a hidden process: %d", d.status)
		}
		if _, err := zaragoza.Coproduction.Process(ctx, reader, "hidden"); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a stranger reads it: %v", err)
		}
	})
}
