package federationtest_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
	"interlink/storage/storagetest"
)

const activityJSON = "application/activity+json"

// alone starts one city.
func alone(t *testing.T) (*federationtest.Cluster, *city) {
	t.Helper()
	c := federationtest.New(t, "Zaragoza")
	return c, newCity(t, c.Nodes[0])
}

// finger asks WebFinger for a resource.
func (c *city) finger(t *testing.T, resource string) document {
	t.Helper()
	return get(t, c.URL+"/.well-known/webfinger?resource="+url.QueryEscape(resource))
}

// link finds the link of a JRD.
func link(d document, rel string) map[string]any {
	links, _ := d.json["links"].([]any)
	for _, l := range links {
		if m, _ := l.(map[string]any); m["rel"] == rel {
			return m
		}
	}
	return nil
}

// news publishes a post by the community.
func (c *city) news(t *testing.T, content string) *community.Post {
	t.Helper()
	p, err := c.Communities.Post(t.Context(), c.official, "mobility", community.Draft{Content: content, Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestFedD1Handle(t *testing.T) {
	_, zaragoza := alone(t)
	host := zaragoza.Namespace.Host()
	for _, resource := range []string{"acct:mobility@" + host, "acct:MOBILITY@" + host, "acct:@mobility@" + host} {
		d := zaragoza.finger(t, resource)
		if d.status != http.StatusOK || d.header.Get("Content-Type") != "application/jrd+json" || d.json["subject"] != "acct:mobility@"+host {
			t.Errorf("%s: %d %s %v", resource, d.status, d.header.Get("Content-Type"), d.json)
		}
		if n := strings.Count(marshal(t, d.json), `"rel":"self"`); n != 1 || link(d, "self")["href"] != string(zaragoza.community.IRI) {
			t.Errorf("%s has %d actors: %v", resource, n, d.json)
		}
	}
}

func TestFedD2Address(t *testing.T) {
	_, zaragoza := alone(t)
	host := zaragoza.Namespace.Host()
	node := strings.ReplaceAll(host, ":", ".")
	for resource, name := range map[string]string{
		string(zaragoza.community.IRI): "mobility", zaragoza.URL + "/@mobility": "mobility", zaragoza.URL + "/@Official": "official",
		zaragoza.URL: node, zaragoza.URL + "/": node, zaragoza.URL + "/actor": node,
	} {
		if d := zaragoza.finger(t, resource); d.status != http.StatusOK || d.json["subject"] != "acct:"+name+"@"+host {
			t.Errorf("%s: %d %v", resource, d.status, d.json)
		}
	}
}

func TestFedD3SelfLink(t *testing.T) {
	_, zaragoza := alone(t)
	self := link(zaragoza.finger(t, string(zaragoza.community.IRI)), "self")
	properties, _ := self["properties"].(map[string]any)
	if self["type"] != activityJSON || properties["https://www.w3.org/ns/activitystreams#type"] != "Group" {
		t.Errorf("self: %v", self)
	}
}

func TestFedD4CORS(t *testing.T) {
	_, zaragoza := alone(t)
	for path, status := range map[string]int{
		"/.well-known/webfinger": 400, "/.well-known/webfinger?resource=acct:x@y.example": 404, "/.well-known/host-meta": 200,
		"/.well-known/nodeinfo": 200, "/nodeinfo/2.1": 200, "/nodeinfo/7": 404, "/communities/mobility": 200,
		"/communities/nothing": 404, "/actor": 200, "/communities/mobility/outbox?page=x": 400,
	} {
		if d := get(t, zaragoza.URL+path); d.status != status || d.header.Get("Access-Control-Allow-Origin") != "*" {
			t.Errorf("%s: %d, origin %q", path, d.status, d.header.Get("Access-Control-Allow-Origin"))
		}
	}
}

func TestFedD5Errors(t *testing.T) {
	_, zaragoza := alone(t)
	host := zaragoza.Namespace.Host()
	for resource, status := range map[string]int{
		"": 400, "x": 400, "acct:": 400, "acct:mobility": 400, "acct:@" + host: 400, "mailto:mobility@" + host: 400,
		"acct:nobody@" + host: 404, "acct:mobility@other.example": 404, "https://other.example/x": 404, zaragoza.URL + "/nothing": 404,
	} {
		if d := zaragoza.finger(t, resource); d.status != status {
			t.Errorf("%q: %d, want %d", resource, d.status, status)
		}
	}
}

func TestFedD6HostMeta(t *testing.T) {
	_, zaragoza := alone(t)
	d := get(t, zaragoza.URL+"/.well-known/host-meta.json")
	template, _ := link(d, "lrdd")["template"].(string)
	if d.status != http.StatusOK || d.header.Get("Content-Type") != "application/jrd+json" || template == "" {
		t.Fatalf("host-meta.json: %d %v", d.status, d.json)
	}
	if xrd := getPage(t, zaragoza.URL+"/.well-known/host-meta"); !strings.Contains(xrd, `rel="lrdd"`) || !strings.Contains(xrd, template) {
		t.Errorf("host-meta: %s", xrd)
	}
	at := strings.Replace(template, "{uri}", url.QueryEscape("acct:mobility@"+zaragoza.Namespace.Host()), 1)
	if d := get(t, at); d.status != http.StatusOK || link(d, "self")["href"] != string(zaragoza.community.IRI) {
		t.Errorf("%s: %d %v", at, d.status, d.json)
	}
}

// TestFedD8RemoteFollow: the server of a person is asked for its page, best
// first; ours offers its own in both ways.
func TestFedD8RemoteFollow(t *testing.T) {
	_, zaragoza := alone(t)
	var links string
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/jrd+json")
		fmt.Fprintf(w, `{"links":[%s]}`, links)
	}))
	t.Cleanup(other.Close)
	handle := "@bo@" + domain.IRI(other.URL).Host()
	ostatus := `{"rel":"http://ostatus.org/schema/1.0/subscribe","template":"` + other.URL + `/authorize?uri={uri}"}`
	object := `{"rel":"https://w3id.org/fep/3b86/Object","template":"` + other.URL + `/open?o={object}"}`
	follow := `{"rel":"https://w3id.org/fep/3b86/Follow","template":"` + other.URL + `/follow?o={object}&then={on-success}"}`
	target := url.QueryEscape(string(zaragoza.community.IRI))
	for want, offered := range map[string]string{
		"/authorize?uri=" + target:       ostatus,
		"/open?o=" + target:              ostatus + "," + object,
		"/follow?o=" + target + "&then=": ostatus + "," + object + "," + follow,
	} {
		links = offered
		if got, err := zaragoza.Subscribe(t.Context(), handle, zaragoza.community.IRI); err != nil || got != other.URL+want {
			t.Errorf("%s: %s, want %s (%v)", offered, got, want, err)
		}
	}
	links = `{"rel":"https://w3id.org/fep/3b86/Follow","template":"javascript:alert({object})"}`
	if got, err := zaragoza.Subscribe(t.Context(), handle, zaragoza.community.IRI); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("a page that is none: %s %v", got, err)
	}
	mine := zaragoza.finger(t, zaragoza.URL+"/users/official")
	for _, rel := range []string{"http://ostatus.org/schema/1.0/subscribe", "https://w3id.org/fep/3b86/Follow", "https://w3id.org/fep/3b86/Object"} {
		template, _ := link(mine, rel)["template"].(string)
		if !strings.HasPrefix(template, zaragoza.URL+"/") || !strings.Contains(template, "{") {
			t.Errorf("%s: %q", rel, template)
		}
	}
}

func TestFedD9NodeInfo(t *testing.T) {
	_, zaragoza := alone(t)
	discovery := get(t, zaragoza.URL+"/.well-known/nodeinfo")
	for _, version := range []string{"2.0", "2.1"} {
		schema := "http://nodeinfo.diaspora.software/ns/schema/" + version
		at, _ := link(discovery, schema)["href"].(string)
		d := get(t, at)
		if d.status != http.StatusOK || d.header.Get("Content-Type") != `application/json; profile="`+schema+`#"` || d.json["version"] != version ||
			marshal(t, d.json["protocols"]) != `["activitypub"]` {
			t.Errorf("%s: %d %s %v", version, d.status, d.header.Get("Content-Type"), d.json)
		}
	}
}

func TestFedD10Document(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "..", "FEDERATION.md"))
	if err != nil {
		t.Fatal(err)
	}
	for _, heading := range []string{"## Supported federation protocols and standards", "## Supported FEPs", "## Additional documentation"} {
		if !bytes.Contains(raw, []byte(heading)) {
			t.Errorf("FEDERATION.md has no %q", heading)
		}
	}
}

// TestFedD11ApplicationActor: the node's own actor is found in four ways.
func TestFedD11ApplicationActor(t *testing.T) {
	_, zaragoza := alone(t)
	host, actor := zaragoza.Namespace.Host(), zaragoza.URL+"/actor"
	if got := link(get(t, zaragoza.URL+"/.well-known/nodeinfo"), "https://www.w3.org/ns/activitystreams#Application")["href"]; got != actor {
		t.Errorf("NodeInfo: %v", got)
	}
	for _, resource := range []string{"acct:" + host + "@" + host, zaragoza.URL + "/"} {
		if got := link(zaragoza.finger(t, resource), "self")["href"]; got != actor {
			t.Errorf("%s: %v", resource, got)
		}
	}
	if d := get(t, zaragoza.URL+"/"); d.json["id"] != actor || d.json["type"] != "Application" {
		t.Errorf("the root: %d %v", d.status, d.json)
	}
	if page := getPage(t, zaragoza.URL+"/"); !strings.Contains(page, "<!doctype html>") {
		t.Error("people read no page at the root")
	}
	// GoToSocial asks WebFinger who signs, by this name, and reads none with a colon.
	name, _ := get(t, actor).json["preferredUsername"].(string)
	if name == "" || strings.ContainsAny(name, ":[]@") {
		t.Errorf("its name is %q", name)
	}
	if d := zaragoza.finger(t, "acct:"+name+"@"+host); link(d, "self")["href"] != actor || d.json["subject"] != "acct:"+name+"@"+host {
		t.Errorf("%s leads to %v", name, d.json)
	}
}

func TestFedD13Webfinger(t *testing.T) {
	_, zaragoza := alone(t)
	handle, _ := get(t, string(zaragoza.community.IRI)).json["webfinger"].(string)
	if d := zaragoza.finger(t, "acct:"+handle); link(d, "self")["href"] != string(zaragoza.community.IRI) || d.json["subject"] != "acct:"+handle {
		t.Errorf("%q leads to %v", handle, d.json)
	}
}

// TestFedD15Negotiation: one address, two forms; what is asked for most
// decides.
func TestFedD15Negotiation(t *testing.T) {
	_, zaragoza := alone(t)
	post := zaragoza.news(t, "News")
	for accept, document := range map[string]bool{
		activityJSON: true, `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`: true,
		activityJSON + `, application/ld+json; profile="https://www.w3.org/ns/activitystreams", text/html;q=0.1`: true,
		"text/html;q=0.5, " + activityJSON: true, "application/json, " + activityJSON + ", */*": true,
		"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8": false, "*/*": false, "": false, "application/json": false,
		"text/html, " + activityJSON + ";q=0.9": false, `application/ld+json; profile="https://other.example"`: false,
	} {
		for _, at := range []string{string(zaragoza.community.IRI), string(post.IRI)} {
			d := get(t, at, "Accept", accept)
			if got := strings.HasPrefix(d.header.Get("Content-Type"), activityJSON); d.status != http.StatusOK || got != document {
				t.Errorf("%s with %q: %d %s", at, accept, d.status, d.header.Get("Content-Type"))
			}
			if strings.HasPrefix(d.header.Get("Content-Type"), "application/json") {
				t.Errorf("%s with %q is plain JSON", at, accept)
			}
		}
	}
}

func TestFedD16Caches(t *testing.T) {
	_, zaragoza := alone(t)
	at := string(zaragoza.community.IRI)
	d := get(t, at)
	tag := d.header.Get("ETag")
	if tag == "" || d.header.Get("Cache-Control") != "public, max-age=60" || !slices.Contains(d.header.Values("Vary"), "Accept") {
		t.Fatalf("headers: %v", d.header)
	}
	for match, status := range map[string]int{
		tag: 304, "W/" + tag: 304, `"other", ` + tag: 304, "*": 304, `"other"`: 200, strings.Trim(tag, `"`): 200, "": 200,
	} {
		again := get(t, at, "If-None-Match", match)
		if again.status != status || again.header.Get("ETag") != tag || status == 304 && !slices.Contains(again.header.Values("Vary"), "Accept") {
			t.Errorf("If-None-Match %q: %d %v", match, again.status, again.header)
		}
	}
	if vary := get(t, at, "Accept", "text/html").header.Get("Vary"); !strings.Contains(vary, "Accept") || !strings.Contains(vary, "Cookie") {
		t.Errorf("the page varies by %q", vary)
	}
}

func TestFedD17PagesNameTheirDocument(t *testing.T) {
	_, zaragoza := alone(t)
	post := zaragoza.news(t, "News")
	for _, at := range []string{string(zaragoza.community.IRI), string(post.IRI), zaragoza.URL + "/users/official", string(zaragoza.owner.IRI)} {
		d := get(t, at, "Accept", "text/html")
		if want := "<" + at + `>; rel="alternate"; type="application/activity+json"`; d.header.Get("Link") != want {
			t.Errorf("%s has the link %q", at, d.header.Get("Link"))
		}
		if page := getPage(t, at); !strings.Contains(page, `<link rel="alternate" type="application/activity+json" href="`+at+`">`) {
			t.Errorf("%s has no link element", at)
		}
	}
}

func TestFedD18ActorKinds(t *testing.T) {
	_, zaragoza := alone(t)
	for path, kind := range map[string]string{
		"/users/official": "Person", "/organizations/city_hall": "Organization", "/communities/mobility": "Group", "/catalogue": "Service", "/actor": "Application",
	} {
		if d := get(t, zaragoza.URL+path); d.json["type"] != kind {
			t.Errorf("%s is a %v", path, d.json["type"])
		}
	}
}

// TestFedD19Addresses: whatever a public activity names of this node can be
// read, and is what it says.
func TestFedD19Addresses(t *testing.T) {
	c, zaragoza := alone(t)
	zaragoza.starterCatalogue(t)
	process := zaragoza.process(t, "safe_ways")
	if _, err := zaragoza.Stories.Publish(t.Context(), zaragoza.official, story.Input{
		Slug: "safe-ways", Process: process.Name, Owner: zaragoza.owner.ID, Telling: story.Telling{Title: english("Safe ways"), Summary: english("It worked.")},
	}); err != nil {
		t.Fatal(err)
	}
	zaragoza.news(t, "News")
	c.Settle()
	checked := 0
	for _, actor := range []string{string(zaragoza.community.IRI), string(zaragoza.owner.IRI)} {
		page := get(t, actor+"/outbox?page=first")
		for _, item := range page.json["orderedItems"].([]any) {
			a := item.(map[string]any)
			ids := []string{a["id"].(string), a["actor"].(string)}
			if object, ok := a["object"].(map[string]any); ok {
				ids = append(ids, object["id"].(string))
			}
			for _, id := range ids {
				if d := get(t, id); d.status != http.StatusOK || d.json["id"] != id {
					t.Errorf("%s: %d %v", id, d.status, d.json["id"])
				}
				checked++
			}
		}
	}
	if checked < 6 {
		t.Errorf("%d addresses", checked)
	}
}

func TestFedD20Tombstone(t *testing.T) {
	_, zaragoza := alone(t)
	post := zaragoza.news(t, "A secret")
	if err := zaragoza.Communities.DeletePost(t.Context(), zaragoza.official, post.ID); err != nil {
		t.Fatal(err)
	}
	d := get(t, string(post.IRI))
	if d.status != http.StatusGone || d.json["type"] != "Tombstone" || d.json["id"] != string(post.IRI) || d.json["formerType"] != "Note" || len(d.json) > 5 {
		t.Errorf("%d %v", d.status, d.json)
	}
}

// TestFedD20TombstoneHasNoWords: of a post that was deleted no word stays, here or on
// a node that had it, and none is on its way any more; what told of the post keeps its
// id, and is gone.
func TestFedD20TombstoneHasNoWords(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		ctx, mia := t.Context(), zaragoza.Person("mia", policy.RoleMember)
		if _, err := zaragoza.Network.Follow(ctx, mia, mia.Actor, zaragoza.community.ID); err != nil {
			t.Fatal(err)
		}
		riga.follow(t, riga.official, riga.official.Actor, zaragoza.handle("mobility"))
		c.Settle()
		post, err := zaragoza.Communities.Post(ctx, mia, "mobility", community.Draft{Content: "Nasturtiums on the bridge", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if found := search(t, riga.Database, []string{"nasturtiums"}); len(found) == 0 {
			t.Fatal("the post has not arrived")
		}
		var told []string
		db := storagetest.Open(t, zaragoza.Database)
		if err := db.Read().NewRaw("SELECT iri FROM activities WHERE object = ? AND type = 'Create'", string(post.IRI)).Scan(ctx, &told); err != nil || len(told) == 0 {
			t.Fatalf("%v (%v)", told, err)
		}
		if err := zaragoza.Communities.DeletePost(ctx, mia, post.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		for name, database := range map[string]string{"Zaragoza": zaragoza.Database, "Riga": riga.Database} {
			if found := search(t, database, []string{"nasturtiums"}); len(found) > 0 {
				t.Errorf("%s has its words in %v", name, found)
			}
		}
		if got := get(t, told[0]).status; got != http.StatusGone {
			t.Errorf("what told of it is answered with %d", got)
		}
	})
}

// TestFedG17Replies: the first replies stand in the post, all in their
// collection.
func TestFedG17Replies(t *testing.T) {
	c, zaragoza := alone(t)
	peer, post := federationtest.NewPeer(t), zaragoza.news(t, "What do you think?")
	var want []string
	for i := range 12 {
		reply := peer.Note(1, i, "This")
		reply["object"].(map[string]any)["inReplyTo"] = string(post.IRI)
		sends(t, peer, zaragoza, reply, http.StatusAccepted)
		want = append(want, fmt.Sprintf("%s/notes/%d", peer.Person(1), i))
	}
	hidden := peer.Note(1, 99, "For you alone", string(zaragoza.community.IRI))
	hidden["to"] = []string{string(zaragoza.community.IRI)}
	object := hidden["object"].(map[string]any)
	object["to"], object["inReplyTo"] = hidden["to"], string(post.IRI)
	sends(t, peer, zaragoza, hidden, http.StatusAccepted)
	c.Settle()
	replies, _ := get(t, string(post.IRI)).json["replies"].(map[string]any)
	first, _ := replies["first"].(map[string]any)
	items, _ := first["orderedItems"].([]any)
	if replies["id"] != string(post.IRI)+"/replies" || replies["totalItems"] != 12.0 || len(items) != 10 || first["partOf"] != replies["id"] {
		t.Fatalf("inline: %v", replies)
	}
	next, _ := first["next"].(string)
	items = append(items, get(t, next).json["orderedItems"].([]any)...)
	if got := fmt.Sprint(items); got != fmt.Sprint(want) {
		t.Errorf("replies %v", got)
	}
	if d := get(t, string(post.IRI)+"/replies"); d.json["type"] != "OrderedCollection" || d.json["totalItems"] != 12.0 {
		t.Errorf("the collection: %v", d.json)
	}
}

// TestFedG19Pages: each collection is walked forwards and backwards to the
// same items.
func TestFedG19Pages(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza := newCity(t, c.Nodes[0])
		zaragoza.stock(t, seed.Read(starter.Tree()))
		zaragoza.process(t, "safe_ways")
		for range 105 {
			zaragoza.news(t, "News")
		}
		c.Settle()
		for path, least := range map[string]int{
			"/communities/mobility/outbox": 105, "/processes/safe_ways/tree": 51, "/catalogue/entries": 20, "/users/official/outbox": 0,
		} {
			at := zaragoza.URL + path
			d := get(t, at)
			total := int(d.json["totalItems"].(float64))
			if d.json["type"] != "OrderedCollection" || total < least {
				t.Errorf("%s: %v", path, d.json)
			}
			walk := func(first, along, against string) (ids []string) {
				t.Helper()
				next, _ := d.json[first].(string)
				for from := ""; next != ""; {
					page := get(t, next).json
					items, ok := page["orderedItems"].([]any)
					if !ok || page["type"] != "OrderedCollectionPage" || page["partOf"] != at || page["id"] != next || page["totalItems"] != d.json["totalItems"] {
						t.Fatalf("%s: %v", next, page)
					}
					if back, _ := page[against].(string); (back == "") != (from == "") {
						t.Errorf("%s leads back to %q", next, back)
					}
					var on []string
					for _, item := range items {
						on = append(on, item.(map[string]any)["id"].(string))
					}
					if along == "next" {
						ids = append(ids, on...)
					} else {
						ids = append(on, ids...)
					}
					from = next
					next, _ = page[along].(string)
				}
				return ids
			}
			forwards, backwards := walk("first", "next", "prev"), walk("last", "prev", "next")
			if len(forwards) != total || !slices.Equal(forwards, backwards) {
				t.Errorf("%s: %d items forwards, %d backwards, %d in all", path, len(forwards), len(backwards), total)
			}
			if next, _ := get(t, d.json["first"].(string)).json["next"].(string); next != "" {
				prev, _ := get(t, next).json["prev"].(string)
				if items := get(t, prev).json["orderedItems"].([]any); items[0].(map[string]any)["id"] != forwards[0] {
					t.Errorf("%s: back on the first page is %v", path, items[0])
				}
			}
			if d := get(t, at+"?page=forged"); d.status != http.StatusBadRequest {
				t.Errorf("%s: a forged cursor: %d", path, d.status)
			}
		}
	})
}

// TestFedG20Followers: followers are counted, never listed.
func TestFedG20Followers(t *testing.T) {
	c, zaragoza := alone(t)
	peer := federationtest.NewPeer(t)
	sends(t, peer, zaragoza, peer.Follow(1, zaragoza.community.IRI), http.StatusAccepted)
	c.Settle()
	for _, page := range []string{"", "?page=first", "?page=last"} {
		d := get(t, string(zaragoza.community.IRI)+"/followers"+page)
		if d.json["totalItems"] != 2.0 || d.json["first"] != nil || strings.Contains(marshal(t, d.json), peer.URL) { // with who founded it
			t.Errorf("%s: %v", page, d.json)
		}
	}
}

// TestFedG25Threads: a reply at the end of an endless thread, and one of a
// thread that leads to itself, cost few requests.
func TestFedG25Threads(t *testing.T) {
	c, zaragoza := alone(t)
	peer := federationtest.NewPeer(t)
	reader := zaragoza.Person("reader", policy.RoleMember)
	zaragoza.friend(t, c, peer, reader)
	asked := peer.Reads()
	reply := peer.Note(1, 1, "At the end")
	reply["object"].(map[string]any)["inReplyTo"] = string(peer.Person(1)) + "/notes/1000000"
	sends(t, peer, zaragoza, reply, http.StatusAccepted)
	itself := peer.Note(1, 2, "In a ring")
	itself["object"].(map[string]any)["inReplyTo"] = string(peer.Person(1)) + "/notes/2"
	sends(t, peer, zaragoza, itself, http.StatusAccepted)
	c.Settle()
	if n := peer.Reads() - asked; n > 20 {
		t.Errorf("%d requests", n)
	}
	items := zaragoza.home(t, reader)
	if len(items) == 0 {
		t.Fatal("nothing arrived")
	}
	for _, item := range items {
		if thread, err := zaragoza.Communities.Thread(t.Context(), reader, item.Object, domain.Page{}); err != nil || len(thread.Ancestors) > 50 {
			t.Errorf("a thread of %d (%v)", len(thread.Ancestors), err)
		}
	}
}
