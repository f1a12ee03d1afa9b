package federationtest_test

import (
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// encounter is a city that meets Ana, who is on a server of another make.
// Riga follows the city.
type encounter struct {
	t              *testing.T
	cluster        *federationtest.Cluster
	client         *http.Client
	knock          httpsig.Scheme // which signature Ana's server tries first
	zaragoza, riga *city
	citizen        policy.Viewer // of Riga
	peer           *federationtest.Fedify

	news  *community.Post
	story *story.Story
	reply federationtest.Said
}

// TestFedO16Fedify: an independent server and a node find, follow, read,
// answer, change, delete, prove and block, over http by address and over https
// by handle, whichever signature the other tries first. Each step goes on from
// the one before.
func TestFedO16Fedify(t *testing.T) {
	for _, how := range []struct {
		name   string
		secure bool
		knock  httpsig.Scheme
	}{
		{"http, draft-cavage first", false, httpsig.Cavage},
		{"https, RFC 9421 first", true, httpsig.RFC9421},
	} {
		t.Run(how.name, func(t *testing.T) {
			t.Parallel()
			e := meet(t, how.secure, how.knock)
			for _, step := range []struct {
				name string
				play func(*encounter)
			}{
				{"Ana looks the community up", (*encounter).lookUp},
				{"Ana follows it and its organisation", (*encounter).follow},
				{"she receives news and a story, whole", (*encounter).publish},
				{"she replies, the thread shows it, and Riga has it", (*encounter).answer},
				{"what somebody of a third server replies is forwarded to her, by its proof", (*encounter).forward},
				{"she likes, and takes it back", (*encounter).like},
				{"she edits her reply, and deletes it", (*encounter).change},
				{"the community deletes its post", (*encounter).withdraw},
				{"proof without signature holds, in both directions", (*encounter).prove},
				{"the community gets new keys", (*encounter).rotate},
				{"a person of the city follows Ana", (*encounter).followBack},
				{"her host is blocked", (*encounter).block},
			} {
				t.Log(step.name)
				step.play(e)
				if t.Failed() {
					t.FailNow()
				}
			}
		})
	}
}

func meet(t *testing.T, secure bool, knock httpsig.Scheme) *encounter {
	t.Helper()
	e := &encounter{t: t, cluster: federationtest.New(t), knock: knock, client: http.DefaultClient}
	if secure {
		e.cluster.Authority = federationtest.NewAuthority(t)
		e.client = e.cluster.Authority.Client()
	}
	e.peer = federationtest.NewFedify(t, knock, e.cluster.Authority)
	e.zaragoza, e.riga = newCity(t, e.cluster.Add("Zaragoza", nil)), newCity(t, e.cluster.Add("Riga", nil))
	e.citizen = e.riga.Person("citizen", policy.RoleMember)
	e.riga.follow(t, e.citizen, e.citizen.Actor, string(e.zaragoza.community.IRI))
	e.cluster.Settle()
	return e
}

// say makes Ana do something that is accepted.
func (e *encounter) say(verb string, input map[string]any) federationtest.Said {
	e.t.Helper()
	said := e.peer.Say(verb, input)
	if said.Status != http.StatusAccepted {
		e.t.Fatalf("%s %v: status %d", verb, input, said.Status)
	}
	e.cluster.Settle()
	return said
}

// received returns the last activity of a type that was sent to Ana, which
// her server accepted and understood.
func (e *encounter) received(kind string, object domain.IRI) federationtest.FedifyArrival {
	e.t.Helper()
	e.cluster.Settle()
	arrivals := e.peer.Received()
	for _, a := range slices.Backward(arrivals) {
		if a.Activity["type"] != kind || !strings.Contains(marshal(e.t, a.Activity["object"]), string(object)) {
			continue
		}
		if a.Status != http.StatusAccepted || a.Understood == nil || a.Understood.Type != kind {
			e.t.Fatalf("Fedify answers %d to %s and understands %+v", a.Status, marshal(e.t, a.Activity), a.Understood)
		}
		return a
	}
	e.t.Fatalf("no %s of %s among %s", kind, object, marshal(e.t, arrivals))
	return federationtest.FedifyArrival{}
}

// read gets an address as a page or a document, and wants a status.
func (e *encounter) read(address, accept string, want int) string {
	e.t.Helper()
	request, err := http.NewRequestWithContext(e.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		e.t.Fatal(err)
	}
	request.Header.Set("Accept", accept)
	answer, err := e.client.Do(request)
	if err != nil {
		e.t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != want {
		e.t.Fatalf("%s: status %d, want %d (%v): %s", address, answer.StatusCode, want, err, body)
	}
	return string(body)
}

// page is the page of the news.
func (e *encounter) page() string {
	e.t.Helper()
	return e.read(string(e.news.IRI), "text/html", http.StatusOK)
}

func (e *encounter) lookUp() {
	want := map[string]any{
		"id": string(e.zaragoza.community.IRI), "type": "Group", "name": "Mobility", "username": "mobility",
		"inbox": string(e.zaragoza.community.IRI) + "/inbox", "sharedInbox": e.zaragoza.URL + "/inbox",
		"keys": []any{string(e.zaragoza.community.IRI) + "#ed25519-key"},
	}
	queries := []string{string(e.zaragoza.community.IRI)}
	if e.cluster.Authority != nil { // of handles Fedify asks over https alone
		queries = append(queries, e.zaragoza.handle("mobility"))
	}
	for _, query := range queries {
		var got map[string]any
		e.peer.Do("lookup", map[string]any{"query": query}, &got)
		if marshal(e.t, got) != marshal(e.t, want) {
			e.t.Errorf("%s is %v, want %v", query, got, want)
		}
		var finger struct {
			Subject string
			Links   []struct{ Rel, Type, Href string }
		}
		e.peer.Do("webfinger", map[string]any{"resource": strings.Replace(query, "@mobility", "acct:mobility", 1)}, &finger)
		self := slices.IndexFunc(finger.Links, func(l struct{ Rel, Type, Href string }) bool { return l.Rel == "self" })
		if finger.Subject != "acct:mobility@"+e.zaragoza.Namespace.Host() || self < 0 || finger.Links[self].Href != queries[0] {
			e.t.Errorf("WebFinger of %s: %+v", query, finger)
		}
	}
	var node struct{ Software struct{ Name string } }
	e.peer.Do("nodeinfo", map[string]any{"address": e.zaragoza.URL + "/nodeinfo/2.1"}, &node)
	if node.Software.Name != "interlink" {
		e.t.Errorf("NodeInfo: %+v", node)
	}
}

func (e *encounter) follow() {
	for _, actor := range []domain.IRI{e.zaragoza.community.IRI, e.zaragoza.owner.IRI} {
		follow := e.say("follow", map[string]any{"object": actor, "to": actor})
		accept := e.received("Accept", follow.ID)
		if accept.Understood.Actor != string(actor) || accept.Understood.Object != string(follow.ID) || accept.Understood.ObjectType != "Follow" {
			e.t.Errorf("the answer is understood as %+v", accept.Understood)
		}
	}
}

func (e *encounter) publish() {
	e.news = e.zaragoza.news(e.t, "A new **line**")
	note := e.received("Create", e.news.IRI)
	if note.Understood.ObjectType != "Note" || note.Understood.Content != e.news.Content || note.Understood.Actor != string(e.zaragoza.community.IRI) {
		e.t.Errorf("the news is understood as %+v", note.Understood)
	}

	e.zaragoza.starterCatalogue(e.t)
	process := e.zaragoza.process(e.t, "safe_ways")
	var err error
	e.story, err = e.zaragoza.Stories.Publish(e.t.Context(), e.zaragoza.official, story.Input{
		Slug: "safe-ways", Process: process.Name, Owner: e.zaragoza.owner.ID, Community: e.zaragoza.community.ID,
		Telling: story.Telling{Title: english("Safe ways"), Summary: english("It worked."), Challenge: english("Cars."), Countries: []string{"ES"}},
	})
	if err != nil {
		e.t.Fatal(err)
	}
	article := e.received("Create", e.story.IRI)
	if article.Understood.ObjectType != "Article" || article.Understood.Name != "Safe ways" {
		e.t.Errorf("the story is understood as %+v", article.Understood)
	}
	if shared := e.received("Announce", e.story.IRI); shared.Understood.Object != string(e.story.IRI) || shared.Understood.ObjectType != "Article" {
		e.t.Errorf("the announcement is understood as %+v", shared.Understood)
	}
	for _, a := range e.peer.Received() {
		e.holds(a.Activity)
	}
	told := e.expanded(article.Activity)
	for _, want := range []string{`"https://w3id.org/interlink/ns#story"`, e.story.Digest, string(process.IRI)} {
		if !strings.Contains(told, want) {
			e.t.Errorf("%s is lost in %s", want, told)
		}
	}
}

// expanded is a document as JSON-LD has it; terms without meaning are an
// error.
func (e *encounter) expanded(document map[string]any) string {
	e.t.Helper()
	var expanded json.RawMessage
	e.peer.Do("expand", map[string]any{"document": document}, &expanded)
	return string(expanded)
}

// holds wants all terms of a document defined, and its proof to hold by two
// other implementations.
func (e *encounter) holds(document map[string]any) {
	e.t.Helper()
	e.expanded(document)
	var proven struct{ Fedify, W3C bool }
	e.peer.Do("proven", map[string]any{"document": document}, &proven)
	if !proven.Fedify || !proven.W3C {
		e.t.Errorf("the proof holds by Fedify: %t, by its standard: %t: %s", proven.Fedify, proven.W3C, marshal(e.t, document))
	}
}

func (e *encounter) answer() {
	e.reply = e.say("post", map[string]any{"content": "Words of Ana", "inReplyTo": e.news.IRI, "to": e.zaragoza.community.IRI})
	if page := e.page(); !strings.Contains(page, "Words of Ana") {
		e.t.Errorf("the thread does not show the reply: %s", page)
	}
	var reads []string
	if e.peer.Do("reads", nil, &reads); len(reads) > 0 {
		e.t.Errorf("it was forwarded with its proof, and yet Ana's server was asked for %v", reads)
	}
	for _, c := range []*city{e.zaragoza, e.riga} {
		p, err := c.Communities.PostByIRI(e.t.Context(), policy.Viewer{}, e.reply.Object)
		if err != nil || p.InReplyTo != e.news.IRI {
			e.t.Fatalf("%s has %+v (%v)", c.URL, p, err)
		}
		if got := e.read(c.URL+"/api/interlink/v1/posts/"+string(p.ID), "application/json", http.StatusOK); !strings.Contains(got, "Words of Ana") {
			e.t.Errorf("the API of %s: %s", c.URL, got)
		}
	}
}

// forward has another Ana reply, whose server tries the other signature first.
func (e *encounter) forward() {
	other := federationtest.NewFedify(e.t, e.knock.Other(), e.cluster.Authority)
	address := e.zaragoza.community.IRI
	if said := other.Say("follow", map[string]any{"object": address, "to": address}); said.Status != http.StatusAccepted {
		e.t.Fatalf("the Follow of the other Ana: status %d", said.Status)
	}
	said := other.Say("post", map[string]any{"content": "Words of the other Ana", "inReplyTo": e.news.IRI, "to": address})
	got := e.received("Create", said.Object)
	if said.Status != http.StatusAccepted || got.Understood.Actor != string(other.Ana()) || !strings.Contains(got.Understood.Content, "Words of the other Ana") {
		e.t.Errorf("status %d, understood as %+v", said.Status, got.Understood)
	}
	e.holds(got.Activity)
}

func (e *encounter) likes() int {
	e.t.Helper()
	p, err := e.zaragoza.Communities.PostByID(e.t.Context(), policy.Viewer{}, e.news.ID)
	if err != nil {
		e.t.Fatal(err)
	}
	return p.Likes
}

func (e *encounter) like() {
	like := e.say("like", map[string]any{"object": e.news.IRI, "to": e.zaragoza.community.IRI})
	if n := e.likes(); n != 1 {
		e.t.Errorf("%d like it", n)
	}
	e.say("undo", map[string]any{"activity": like.ID, "to": e.zaragoza.community.IRI})
	if n := e.likes(); n != 0 {
		e.t.Errorf("%d like it after the undo", n)
	}
}

func (e *encounter) change() {
	e.say("edit", map[string]any{"object": e.reply.Object, "content": "Better words", "to": e.zaragoza.community.IRI})
	if page := e.page(); !strings.Contains(page, "Better words") || strings.Contains(page, "Words of Ana") {
		e.t.Errorf("after the edit: %s", page)
	}
	e.say("delete", map[string]any{"object": e.reply.Object, "to": e.zaragoza.community.IRI})
	if page := e.page(); strings.Contains(page, "Better words") {
		e.t.Errorf("after the deletion: %s", page)
	}
	for _, c := range []*city{e.zaragoza, e.riga} {
		if _, err := c.Communities.PostByIRI(e.t.Context(), policy.Viewer{}, e.reply.Object); domain.CodeOf(err) != domain.Gone {
			e.t.Errorf("%s after the deletion: %v", c.URL, err)
		}
	}
}

func (e *encounter) withdraw() {
	doomed := e.zaragoza.news(e.t, "A mistake")
	e.received("Create", doomed.IRI)
	if err := e.zaragoza.Communities.DeletePost(e.t.Context(), e.zaragoza.official, doomed.ID); err != nil {
		e.t.Fatal(err)
	}
	gone := e.received("Delete", doomed.IRI)
	if gone.Understood.ObjectType != "Tombstone" || gone.Understood.Object != string(doomed.IRI) {
		e.t.Errorf("the deletion is understood as %+v", gone.Understood)
	}
	e.holds(gone.Activity)
	if got := e.read(string(doomed.IRI), "application/activity+json", http.StatusGone); !strings.Contains(got, `"Tombstone"`) {
		e.t.Errorf("in its place is %s", got)
	}
}

func (e *encounter) prove() {
	for _, tampered := range []bool{false, true} {
		var said federationtest.Said
		e.peer.Do("prove", map[string]any{
			"inbox": e.zaragoza.URL + "/inbox", "content": "Proven words", "inReplyTo": e.news.IRI, "to": e.zaragoza.community.IRI, "tampered": tampered,
		}, &said)
		want, code := http.StatusAccepted, domain.OK
		if tampered {
			want, code = http.StatusUnauthorized, domain.NotFound
		}
		e.cluster.Settle()
		if _, err := e.zaragoza.Communities.PostByIRI(e.t.Context(), policy.Viewer{}, said.Object); said.Status != want || domain.CodeOf(err) != code {
			e.t.Errorf("tampered %t: status %d, %v", tampered, said.Status, err)
		}
	}
	ours := e.received("Create", e.news.IRI).Activity
	object := ours["object"].(map[string]any)
	for _, sent := range []struct {
		content any
		want    int
	}{{object["content"], http.StatusAccepted}, {"<p>Other words</p>", http.StatusUnauthorized}} {
		object["content"] = sent.content
		request, err := http.NewRequestWithContext(e.t.Context(), http.MethodPost, e.peer.URL+"/inbox", strings.NewReader(marshal(e.t, ours)))
		if err != nil {
			e.t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/activity+json")
		answer, err := e.client.Do(request)
		if err != nil {
			e.t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != sent.want {
			e.t.Errorf("Fedify answers %d to ours with the content %q", answer.StatusCode, sent.content)
		}
	}
}

func (e *encounter) rotate() {
	for _, leaked := range []bool{false, true} {
		if _, err := e.zaragoza.RotateKeys(e.t.Context(), []string{"mobility"}, false, leaked); err != nil {
			e.t.Fatal(err)
		}
		e.received("Update", e.zaragoza.community.IRI)
		got := e.received("Create", e.zaragoza.news(e.t, "Said with new keys").IRI)
		e.holds(got.Activity)
	}
}

func (e *encounter) followBack() {
	reader := e.zaragoza.Person("reader", policy.RoleMember)
	address := string(e.peer.Ana())
	if e.cluster.Authority != nil {
		address = "@ana@" + e.peer.Host()
	}
	ana := e.zaragoza.follow(e.t, reader, reader.Actor, address)
	e.cluster.Settle()
	if state, err := e.zaragoza.Network.FollowState(e.t.Context(), reader.Actor, ana.ID); err != nil || state != network.FollowAccepted {
		e.t.Fatalf("the follow is %q (%v)", state, err)
	}
	said := e.say("post", map[string]any{"content": "Good morning"})
	if items := e.zaragoza.home(e.t, reader); len(items) == 0 || items[0].IRI != said.Object {
		e.t.Errorf("the home timeline: %+v", items)
	}
}

func (e *encounter) block() {
	arrivals := e.peer.Received()
	if last := arrivals[len(arrivals)-1]; last.Scheme != e.knock {
		e.t.Errorf("Ana's server tries %s first and is sent %s", e.knock, last.Scheme)
	}
	e.zaragoza.rule(e.t, e.peer.Host(), network.VerdictBlock)
	e.zaragoza.news(e.t, "Not for Ana")
	said := e.peer.Say("post", map[string]any{"content": "Spam", "inReplyTo": e.news.IRI, "to": e.zaragoza.community.IRI})
	e.cluster.Settle()
	if said.Status != http.StatusForbidden {
		e.t.Errorf("Ana's post is answered with %d", said.Status)
	}
	if after := e.peer.Received(); len(after) != len(arrivals) {
		e.t.Errorf("after the block she is sent %v", after[len(arrivals):])
	}
}
