package web_test

import (
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain/network"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// TestLookup: people here are found by their name alone, and who looks for what
// cannot be had is told why: the spelling, the other server, or the rules here.
func TestLookup(t *testing.T) {
	s, p := newSite(t), federationtest.NewPeer(t)
	zoe, host := s.account("zoe"), strings.TrimPrefix(p.URL, "http://")
	look := func(typed string) page { return zoe.get("/lookup?lang=en&" + url.Values{"q": {typed}}.Encode()) }
	for _, typed := range []string{"official", "@official", "@mobility", "@person1@" + host, "acct:person1@" + host, string(p.Person(1))} {
		if got := look(typed); got.status != http.StatusOK || !strings.Contains(got.body, `action="/follows"`) {
			t.Errorf("%q is not found: status %d\n%s", typed, got.status, problems(got.body))
		}
	}
	for path, to := range map[string]string{
		"/catalogue?q=" + url.QueryEscape(" @official@127.0.0.1 "):    "/lookup?q=%40official%40127.0.0.1",
		"/lookup?q=" + url.QueryEscape(s.URL+"/communities/mobility"): "/communities/mobility",
		"/lookup?q=" + url.QueryEscape(string(p.Person(1))):           "/sign-in?return=",
	} {
		if got := s.anonymous().get(path); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, to) {
			t.Errorf("%s leads to %d %q", path, got.status, got.location)
		}
	}
	if got := s.anonymous().get("/lookup?q=" + url.QueryEscape("@person1@"+host)); got.location != "/@person1@"+host {
		t.Errorf("a visitor is led to %q", got.location)
	}
	for _, typed := range []string{p.URL + "/people/1@127.0.0.1", p.URL + "/a@" + s.Namespace.HandleHost()} { // an address that ends as a handle of here
		reads := p.Reads()
		if got := s.anonymous().get("/lookup?q=" + url.QueryEscape(typed)); p.Reads() != reads || !strings.HasPrefix(got.location, "/sign-in?return=") {
			t.Errorf("%s: a visitor has another server asked %d times, and is led to %q", typed, p.Reads()-reads, got.location)
		}
	}
	if got := s.anonymous().post("/communities/mobility/follow?lang=en", url.Values{"handle": {"@nobody@127.0.0.1:1"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "127.0.0.1:1 does not answer") {
		t.Errorf("to follow from a server that is away: status %d\n%s", got.status, problems(got.body))
	}
	reads := p.Reads()
	for _, by := range []string{string(p.Person(2)), "@person2@" + host} {
		if got := s.anonymous().get("/api/interlink/v1/processes/safe_ways/resources?by=" + url.QueryEscape(by)); p.Reads() != reads || got.status != http.StatusNotFound {
			t.Errorf("a program without a token has another server asked %d times: status %d", p.Reads()-reads, got.status)
		}
	}
	busy := false
	for range 40 { // each has another server asked
		got := s.anonymous().post("/communities/mobility/follow?lang=en", url.Values{"handle": {"person1@" + host}})
		busy = busy || got.status == http.StatusTooManyRequests
	}
	if !busy {
		t.Error("a visitor has another server asked as often as they like")
	}
	private := p.Note(1, 7, "Between us")["object"].(map[string]any)
	private["to"], private["cc"] = []string{string(p.Person(1)) + "/followers"}, []string{}
	p.Publish(private)
	for n, status := range map[int]int{3: http.StatusForbidden, 4: http.StatusGone, 5: http.StatusServiceUnavailable} {
		p.Leave(n, status)
	}
	said := func(typed, want string) {
		t.Helper()
		got := look(typed)
		if got.status < 400 || !strings.Contains(html.UnescapeString(got.body), want) || !strings.Contains(html.UnescapeString(got.body), `value="`+typed+`"`) {
			t.Errorf("%q: status %d, without %q or what was typed\n%s", typed, got.status, want, problems(got.body))
		}
	}
	for n, want := range map[int]string{3: host + " does not let us read this", 4: "This was removed", 5: host + " does not answer"} {
		said(string(p.Person(n)), want)
	}
	said(private["id"].(string), host+" does not let us read this")
	said(p.URL+"/nothing", host+" does not know this")
	said("@nobody@127.0.0.1:1", "127.0.0.1:1 does not answer")
	said("nobody_here", "“nobody_here” was not found")
	said("javascript:alert", "is not a handle")
	if _, err := s.Gate.Set(t.Context(), s.official, network.Rule{Host: host, Verdict: network.VerdictBlock}); err != nil {
		t.Fatal(err)
	}
	said(fmt.Sprintf("@person2@%s", host), "does not deal with that server")
}

// TestWriteElsewhere: who follows a community of another node begins a thread in
// it from its page here; others are not offered to.
func TestWriteElsewhere(t *testing.T) {
	s, p := newSite(t), federationtest.NewPeer(t)
	p.Dress(func(person int, document map[string]any) {
		if person == 1 {
			document["type"] = "Group"
			document["source"] = map[string]any{"content": "Benches.\n\n### Rules\n\nSay *where* it is.", "mediaType": "text/markdown"}
		}
	})
	zoe, host := s.account("zoe"), strings.TrimPrefix(p.URL, "http://")
	path := "/@person1@" + host
	if got := zoe.get("/lookup?q=" + url.QueryEscape("person1@"+host)); got.status != http.StatusOK {
		t.Fatalf("status %d", got.status)
	}
	if body := zoe.get(path).body; strings.Contains(body, `name="content"`) {
		t.Error("who does not follow it may write")
	}
	if got := zoe.post(path+"/posts?lang=en", url.Values{"content": {"A bench"}, "lang": {"en"}}); got.status != http.StatusForbidden || !strings.Contains(got.body, "Follow this community first") {
		t.Errorf("who does not follow it: status %d\n%s", got.status, problems(got.body))
	}
	zoe.post("/follows", url.Values{"target": {string(p.Person(1))}})
	s.settle()
	asked := p.Inbox(1)
	if _, err := p.Send(t.Context(), 1, s.URL+"/users/zoe/inbox", map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": string(p.Person(1)) + "/accepts/1", "type": "Accept", "actor": string(p.Person(1)), "object": asked[len(asked)-1].ID,
	}, httpsig.Cavage); err != nil {
		t.Fatal(err)
	}
	s.settle()
	if body := s.anonymous().get(path).body; strings.Contains(body, `name="content"`) {
		t.Error("nobody may write")
	}
	if got := zoe.fill(path, path+"/posts", url.Values{"content": {"  "}, "warning": {"Long"}, "lang": {"en"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="Long"`) {
		t.Errorf("nothing written: status %d\n%s", got.status, problems(got.body))
	}
	if body := zoe.get(path + "?lang=en").body; !strings.Contains(body, `href="#rules"`) || !strings.Contains(body, "Say <em>where</em> it is.") {
		t.Error("its rules are not shown to who begins a thread")
	}
	got := zoe.fill(path, path+"/posts", url.Values{"content": {"A bench is missing"}, "lang": {"en"}})
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/posts/") {
		t.Fatalf("status %d\n%s", got.status, problems(got.body))
	}
	if body := zoe.get(got.location + "?lang=en").body; !strings.Contains(body, "A bench is missing") || !strings.Contains(body, "Sent to ") {
		t.Error("it is not told what becomes of it")
	} else if !strings.Contains(body, "Say <em>where</em> it is.") {
		t.Error("its rules are not shown to who answers")
	}
	s.settle()
	arrived := p.Inbox(1)
	last := string(arrived[len(arrived)-1].Raw)
	for _, want := range []string{`"type":"Create"`, `"audience":"` + string(p.Person(1)) + `"`, `"type":"Mention"`, "A bench is missing"} {
		if !strings.Contains(last, want) {
			t.Errorf("without %s: %s", want, last)
		}
	}
}
