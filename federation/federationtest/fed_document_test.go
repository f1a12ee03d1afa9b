package federationtest_test

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
	"interlink/federation/inbox"
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
	for resource, name := range map[string]string{
		string(zaragoza.community.IRI): "mobility", zaragoza.URL + "/@mobility": "mobility", zaragoza.URL + "/@Official": "official",
		zaragoza.URL: host, zaragoza.URL + "/": host, zaragoza.URL + "/actor": host,
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

// signedGet reads an address with the signature of a peer's person.
func signedGet(t *testing.T, p *federationtest.Peer, address string) *http.Response {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", activityJSON)
	if err := httpsig.Sign(request, p.Key(1), httpsig.Cavage, nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = answer.Body.Close() })
	return answer
}

// TestFedS12SignedFetch: documents for those who sign alone; keys, and what
// leads to them, for all; pages for people.
func TestFedS12SignedFetch(t *testing.T) {
	c := federationtest.With(t, federationtest.Databases["sqlite"], func(o *node.Options) { o.SignedFetch = true }, "Zaragoza", "Rome")
	zaragoza, rome, peer := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1]), federationtest.NewPeer(t)
	post := zaragoza.news(t, "News")
	for path, status := range map[string]int{
		string(post.IRI): 401, string(zaragoza.community.IRI) + "/outbox": 401, string(zaragoza.community.IRI): 200, zaragoza.URL + "/actor": 200,
		zaragoza.URL + "/.well-known/nodeinfo": 200,
	} {
		d := get(t, path)
		if d.status != status {
			t.Errorf("%s: %d, want %d", path, d.status, status)
		}
		if status == 401 && (!slices.Contains(d.header.Values("Vary"), "Signature") || strings.Contains(d.header.Get("Cache-Control"), "public")) {
			t.Errorf("%s: %v", path, d.header)
		}
	}
	if d := get(t, string(zaragoza.community.IRI)); d.json["publicKey"] == nil || d.json["name"] == "Mobility" {
		t.Errorf("an unsigned reader sees %v", d.json)
	}
	if answer := signedGet(t, peer, string(post.IRI)); answer.StatusCode != http.StatusOK {
		t.Errorf("signed: %d", answer.StatusCode)
	}
	if page := getPage(t, string(post.IRI)); !strings.Contains(page, "News") {
		t.Error("people do not read the page")
	}
	zaragoza.rule(t, hostOf(peer), "block")
	if answer := signedGet(t, peer, string(post.IRI)); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a blocked host: %d", answer.StatusCode)
	}
	citizen := rome.Person("citizen", policy.RoleMember)
	if group := rome.follow(t, citizen, citizen.Actor, zaragoza.handle("mobility")); group.Title != "Mobility" {
		t.Errorf("Rome found %q", group.Title) // both want signatures of the other
	}
	c.Settle()
	zaragoza.news(t, "More news")
	c.Settle()
	if n := len(rome.home(t, citizen)); n != 2 { // and what was said before
		t.Errorf("%d posts arrived", n)
	}
}

func TestFedS23SharedInbox(t *testing.T) {
	c, zaragoza := alone(t)
	peer := federationtest.NewPeer(t)
	endpoints, _ := get(t, string(zaragoza.community.IRI)).json["endpoints"].(map[string]any)
	if endpoints["sharedInbox"] != zaragoza.URL+"/inbox" {
		t.Fatalf("endpoints %v", endpoints)
	}
	sends(t, peer, zaragoza, peer.Follow(1, zaragoza.community.IRI), http.StatusAccepted)
	c.Settle()
	if sent := peer.Inbox(1); len(sent) != 1 || sent[0].Type != "Accept" {
		t.Errorf("the peer received %v", sent)
	}
}

// TestFedS24OneDelivery: three followers on one server, one delivery.
func TestFedS24OneDelivery(t *testing.T) {
	c := federationtest.New(t, "Zaragoza", "Rome")
	zaragoza, rome := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
	var readers []policy.Viewer
	for _, name := range []string{"ana", "bea", "cai"} {
		reader := rome.Person(name, policy.RoleMember)
		rome.follow(t, reader, reader.Actor, zaragoza.handle("mobility"))
		readers = append(readers, reader)
	}
	c.Settle()
	zaragoza.news(t, "News")
	for worked := true; worked; { // all but Rome's part
		var err error
		if worked, err = zaragoza.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := rome.received(t); n != 1 {
		t.Errorf("%d activities came to Rome", n)
	}
	c.Settle()
	for _, r := range readers {
		if n := len(rome.home(t, r)); n != 1 {
			t.Errorf("a reader has %d posts", n)
		}
	}
}

// TestFedS25Answers: each answer of an inbox says whether to try again.
func TestFedS25Answers(t *testing.T) {
	_, zaragoza := alone(t)
	peer, stranger := federationtest.NewPeer(t), federationtest.NewPeer(t)
	note := marshalled(t, peer.Note(1, 1, "Hello", string(zaragoza.community.IRI)))
	to := zaragoza.URL + "/inbox"
	signed := func(key *httpsig.Key, raw []byte) int {
		t.Helper()
		status, err := peer.SendRaw(t.Context(), key, to, raw, httpsig.Cavage)
		if err != nil {
			t.Fatal(err)
		}
		return status
	}
	before := zaragoza.received(t)
	if status := signed(peer.Key(1), note); status != http.StatusAccepted || zaragoza.received(t) != before+1 {
		t.Errorf("a note: %d, %d stored", status, zaragoza.received(t)-before)
	}
	unknown := peer.Note(1, 2, "Hello")
	unknown["type"] = "Levitate"
	for what, c := range map[string]struct{ got, want int }{
		"unsigned":     {post(t, to, activityJSON, note), 401},
		"forged":       {signed(peerKey(t, stranger, peer.Person(1)), note), 401},
		"no activity":  {post(t, to, activityJSON, []byte("[]")), 400},
		"no JSON":      {post(t, to, activityJSON, []byte("{")), 400},
		"too large":    {post(t, to, activityJSON, bytes.Repeat([]byte(" "), 2<<20)), 413},
		"another type": {post(t, to, "text/plain", note), 415},
		"unknown":      {signed(peer.Key(1), marshalled(t, unknown)), 202},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", what, c.got, c.want)
		}
	}
	zaragoza.rule(t, hostOf(peer), "block")
	if status := signed(peer.Key(1), note); status != http.StatusForbidden {
		t.Errorf("blocked: %d", status)
	}
}

// TestFedS26Sizes: no body is read beyond its bound, whatever it claims to be.
func TestFedS26Sizes(t *testing.T) {
	_, zaragoza := alone(t)
	if status := post(t, zaragoza.URL+"/inbox", activityJSON, bytes.Repeat([]byte(" "), 1<<20+1)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("in: %d", status)
	}
	var packed bytes.Buffer
	pack := gzip.NewWriter(&packed)
	if _, err := pack.Write(bytes.Repeat([]byte(" "), 64<<20)); err != nil {
		t.Fatal(err)
	}
	if err := pack.Close(); err != nil {
		t.Fatal(err)
	}
	var served atomic.Int64
	bomb := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", activityJSON)
		if strings.HasPrefix(r.URL.Path, "/packed") {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(packed.Bytes())
			return
		}
		for range 1 << 10 {
			n, err := w.Write(bytes.Repeat([]byte(" "), 64<<10))
			if served.Add(int64(n)); err != nil {
				return
			}
		}
	}))
	t.Cleanup(bomb.Close)
	for _, path := range []string{"/packed", "/plain"} {
		if _, err := zaragoza.Lookup(t.Context(), bomb.URL+path); domain.CodeOf(err) != domain.TooLarge {
			t.Errorf("%s: %v", path, err)
		}
	}
	if n := served.Load(); n > 32<<20 {
		t.Errorf("%d bytes were read", n)
	}
}

// TestFedS27Redirects: three at most, each signed for its own address; those
// of a POST are failures.
func TestFedS27Redirects(t *testing.T) {
	c, zaragoza := alone(t)
	peer := federationtest.NewPeer(t)
	var signatures []string
	hops := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		signatures = append(signatures, r.Header.Get("Signature"))
		var n int
		if _, err := fmt.Sscanf(r.URL.Path, "/hop/%d", &n); err != nil || n == 0 {
			http.Redirect(w, r, string(peer.Person(1)), http.StatusFound)
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/hop/%d", n-1), http.StatusFound)
	}))
	t.Cleanup(hops.Close)
	_, err := zaragoza.Lookup(t.Context(), hops.URL+"/hop/1")
	if domain.CodeOf(err) != domain.Invalid { // a document of another origin does not speak for this address
		t.Errorf("to another origin: %v", err)
	}
	if len(signatures) != 2 || signatures[0] == "" || signatures[0] == signatures[1] {
		t.Errorf("%d requests, signed %q", len(signatures), signatures)
	}
	signatures = nil
	if _, err := zaragoza.Lookup(t.Context(), hops.URL+"/hop/9"); domain.CodeOf(err) != domain.Invalid || len(signatures) > 4 {
		t.Errorf("nine redirects: %v after %d requests", err, len(signatures))
	}
	sends(t, peer, zaragoza, peer.Follow(1, zaragoza.community.IRI), http.StatusAccepted)
	peer.AnswerWith(func(int) int { return http.StatusTemporaryRedirect })
	c.Settle()
	q, err := zaragoza.Queues(t.Context())
	if err != nil || q.Dead != 1 || len(peer.Inbox(1)) != 0 {
		t.Errorf("a redirected delivery: %+v (%v)", q, err)
	}
}

// TestFedO12Limits: a host that floods is told to wait; what bears its name
// without a signature that holds does not cost its own way in.
func TestFedO12Limits(t *testing.T) {
	limits := &inbox.Limits{Known: inbox.Limit{Rate: 0.001, Burst: 5}, Strange: inbox.Limit{Rate: 0.001, Burst: 2}}
	c := federationtest.With(t, federationtest.Databases["sqlite"], func(o *node.Options) { o.Limits = limits }, "Zaragoza")
	zaragoza, peer, other := newCity(t, c.Nodes[0]), federationtest.NewPeer(t), federationtest.NewPeer(t)
	statuses := func(key *httpsig.Key, from, n int) (out []int) {
		t.Helper()
		for i := range n {
			status, err := peer.SendRaw(t.Context(), key, zaragoza.URL+"/inbox", marshalled(t, peer.Note(1, from+i, "Hello")), httpsig.Cavage)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, status)
		}
		return out
	}
	if got := statuses(peer.Key(1), 0, 1); got[0] != 202 {
		t.Fatalf("the first: %v", got)
	}
	if got := statuses(peerKey(t, other, peer.Person(1)), 10, 4); !slices.Equal(got, []int{401, 401, 429, 429}) {
		t.Errorf("forged: %v", got)
	}
	if got := statuses(peer.Key(1), 20, 6); !slices.Equal(got, []int{202, 202, 202, 202, 429, 429}) {
		t.Errorf("signed: %v", got)
	}
	asked := peer.Reads()
	if got := statuses(peerKey(t, other, peer.Person(2)), 30, 1); got[0] != 429 || peer.Reads() != asked {
		t.Errorf("an unknown key of that host: %v, asked %d times", got, peer.Reads()-asked)
	}
	sends(t, other, zaragoza, other.Note(1, 1, "Hello"), http.StatusAccepted)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, zaragoza.URL+"/inbox", bytes.NewReader(marshalled(t, peer.Note(1, 40, "Hello"))))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", activityJSON)
	digest := sha256.Sum256(marshalled(t, peer.Note(1, 40, "Hello")))
	if err := httpsig.Sign(request, peer.Key(1), httpsig.Cavage, &digest, time.Now()); err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if answer.StatusCode != http.StatusTooManyRequests || answer.Header.Get("Retry-After") == "" {
		t.Errorf("%d, Retry-After %q", answer.StatusCode, answer.Header.Get("Retry-After"))
	}
}

// TestFedO12Sources: who sends what is not signed, under a new name each
// time, is known by where they come from; whose keys are known is let in from
// there as ever.
func TestFedO12Sources(t *testing.T) {
	limits := &inbox.Limits{
		Known: inbox.Limit{Rate: 0.001, Burst: 100}, Strange: inbox.Limit{Rate: 0.001, Burst: 100}, Source: inbox.Limit{Rate: 0.001, Burst: 3},
	}
	c := federationtest.With(t, federationtest.Databases["sqlite"], func(o *node.Options) {
		o.Limits, o.Proxies = limits, []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	}, "Zaragoza")
	zaragoza, honest := newCity(t, c.Nodes[0]), federationtest.NewPeer(t)
	number := 0
	send := func(p *federationtest.Peer, key *httpsig.Key, from string) int {
		t.Helper()
		number++
		body := marshalled(t, p.Note(1, number, "Hello"))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, zaragoza.URL+"/inbox", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", activityJSON)
		r.Header.Set("X-Forwarded-For", from)
		digest := sha256.Sum256(body)
		if err := httpsig.Sign(r, key, httpsig.Cavage, &digest, time.Now()); err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		return answer.StatusCode
	}
	if got := send(honest, honest.Key(1), "93.184.216.34"); got != http.StatusAccepted {
		t.Fatalf("the first: %d", got)
	}
	var names []*federationtest.Peer
	for range 5 {
		names = append(names, federationtest.NewPeer(t))
	}
	var got []int
	for i, p := range names {
		got = append(got, send(p, peerKey(t, honest, p.Person(1)), fmt.Sprintf("93.184.216.%d", i)))
	}
	if !slices.Equal(got, []int{401, 401, 401, 429, 429}) {
		t.Errorf("forged under five names from one network: %v", got)
	}
	if asked := names[4].Reads(); asked != 0 {
		t.Errorf("the server whose name was used last was asked %d times", asked)
	}
	if got := send(honest, honest.Key(1), "93.184.216.34"); got != http.StatusAccepted {
		t.Errorf("with a known key from there: %d", got)
	}
	if got := send(names[4], names[4].Key(1), "93.184.217.1"); got != http.StatusAccepted {
		t.Errorf("from the next network: %d", got)
	}
}
