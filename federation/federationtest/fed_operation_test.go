package federationtest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// hostOf is the host of a peer, as in its addresses.
func hostOf(p *federationtest.Peer) string { return domain.IRI(p.URL).Host() }

// rule makes a rule about a host.
func (c *city) rule(t *testing.T, host string, verdict network.Verdict) {
	t.Helper()
	if _, err := c.Gate.Set(t.Context(), c.official, network.Rule{Host: host, Verdict: verdict, Reason: "spam", Comment: "Spam"}); err != nil {
		t.Fatalf("rule about %s: %v", host, err)
	}
}

// sends posts an activity of the peer's person 1 and wants a status.
func sends(t *testing.T, p *federationtest.Peer, c *city, activity map[string]any, want int) {
	t.Helper()
	if status, err := p.Send(t.Context(), 1, c.URL+"/inbox", activity, httpsig.Cavage); err != nil || status != want {
		t.Fatalf("%v: status %d, want %d (%v)", activity["type"], status, want, err)
	}
}

// TestFedO1HostRules: the longest name decides, with all subdomains and for a
// time; addresses have no subdomains; lists are exchanged as CSV.
func TestFedO1HostRules(t *testing.T) {
	c := federationtest.New(t, "Zaragoza")
	zaragoza := newCity(t, c.Nodes[0])
	list := "\ufeff#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\r\n" +
		"bad.example,suspend,true,true,\"Spam, and worse\",false\r\nloud.example,silence,false,false,,false\r\n" +
		"Good.Bad.example,noop,,,,\r\nb**.example,suspend,true,true,,true\r\nbad.example,silence,,,,\r\n"
	report, err := zaragoza.Gate.Import(t.Context(), zaragoza.official, strings.NewReader(list), network.VerdictBlock, false)
	if err != nil || report.Added != 3 || report.Kept != 1 || len(report.Problems) != 1 || report.Problems[0].Line != 5 {
		t.Fatalf("import: %+v, %v", report, err)
	}
	zaragoza.rule(t, "127.0.0.9", network.VerdictBlock)
	for host, want := range map[string]network.Verdict{
		"bad.example": network.VerdictBlock, "a.b.bad.example": network.VerdictBlock, "BAD.example.": network.VerdictBlock,
		"bad.example:8443": network.VerdictBlock, "notbad.example": network.VerdictAllow, "example": network.VerdictAllow,
		"good.bad.example": network.VerdictAllow, "very.good.bad.example": network.VerdictAllow, "loud.example": network.VerdictLimit,
		"127.0.0.9:80": network.VerdictBlock, "7.127.0.0.9": network.VerdictBlock, "0.0.9": network.VerdictAllow,
	} {
		if got, err := zaragoza.Gate.Verdict(t.Context(), host); got != want {
			t.Errorf("%s: %s, want %s (%v)", host, got, want, err)
		}
	}
	rules, err := zaragoza.Gate.Rules(t.Context(), zaragoza.official)
	if err != nil {
		t.Fatal(err)
	}
	var written strings.Builder
	if err := network.WriteRules(&written, rules); err != nil {
		t.Fatal(err)
	}
	again, problems, err := network.ReadRules(strings.NewReader(written.String()), network.VerdictBlock)
	if err != nil || len(problems) > 0 || len(again) != len(rules) {
		t.Errorf("read back: %v %v %v", again, problems, err)
	}
	if !strings.Contains(written.String(), "bad.example,suspend,true,true,\"Spam, and worse\",false") || strings.Contains(written.String(), "127.0.0.9,suspend,true,true,spam") {
		t.Errorf("written: %s", written.String())
	}
	member := zaragoza.Person("member", policy.RoleMember)
	if _, err := zaragoza.Gate.Set(t.Context(), member, network.Rule{Host: "x.example", Verdict: network.VerdictBlock}); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a member makes a rule: %v", err)
	}
	for _, wrong := range []network.Rule{
		{Host: zaragoza.Namespace.Host(), Verdict: network.VerdictBlock}, {Host: "ü .example", Verdict: network.VerdictBlock},
		{Host: "", Verdict: network.VerdictBlock}, {Host: "a..example", Verdict: network.VerdictBlock}, {Host: "x.example", Verdict: "ban"},
	} {
		if _, err := zaragoza.Gate.Set(t.Context(), zaragoza.official, wrong); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}

// TestFedO1AllowList: only hosts that a rule allows are dealt with.
func TestFedO1AllowList(t *testing.T) {
	c := federationtest.With(t, federationtest.Databases["sqlite"], func(o *node.Options) { o.AllowList = true }, "Zaragoza")
	zaragoza, peer := newCity(t, c.Nodes[0]), federationtest.NewPeer(t)
	sends(t, peer, zaragoza, peer.Follow(1, zaragoza.community.IRI), http.StatusForbidden)
	if _, err := zaragoza.Lookup(t.Context(), string(peer.Person(1))); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("look-up: %v", err)
	}
	post := zaragoza.news(t, "News")
	for path, status := range map[string]int{
		string(post.IRI): 401, string(zaragoza.community.IRI) + "/outbox": 401, string(zaragoza.community.IRI): 200, zaragoza.URL + "/.well-known/nodeinfo": 200,
		zaragoza.URL + "/.well-known/webfinger?resource=" + string(zaragoza.community.IRI): 200,
	} {
		if d := get(t, path); d.status != status {
			t.Errorf("%s of whoever asks: %d, want %d", path, d.status, status)
		}
	}
	if d := get(t, string(zaragoza.community.IRI)); d.json["publicKey"] == nil || d.json["name"] == "Mobility" {
		t.Errorf("whoever asks sees more than keys: %v", d.json)
	}
	if answer := signedGet(t, peer, string(post.IRI)); answer.StatusCode != http.StatusForbidden {
		t.Errorf("a host that is not listed reads: %d", answer.StatusCode)
	}
	zaragoza.rule(t, hostOf(peer), network.VerdictAllow)
	if answer := signedGet(t, peer, string(post.IRI)); answer.StatusCode != http.StatusOK {
		t.Errorf("a host that is listed: %d", answer.StatusCode)
	}
	sends(t, peer, zaragoza, peer.Follow(1, zaragoza.community.IRI), http.StatusAccepted)
	c.Settle()
	if sent := peer.Inbox(1); len(sent) != 1 || sent[0].Type != "Accept" {
		t.Errorf("the peer received %v", sent)
	}
}

// TestFedO1Limit: of a limited host nothing stands in public lists, its
// follows wait for a person, and followers of its people read them.
func TestFedO1Limit(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, peer := newCity(t, c.Nodes[0]), federationtest.NewPeer(t)
		reader := zaragoza.Person("reader", policy.RoleMember)
		zaragoza.rule(t, hostOf(peer), network.VerdictLimit) // before anything of it is known
		sends(t, peer, zaragoza, peer.Follow(1, zaragoza.community.IRI), http.StatusAccepted)
		c.Settle()
		who := zaragoza.friend(t, c, peer, reader)
		if state, err := zaragoza.Network.FollowState(t.Context(), who.ID, zaragoza.community.ID); state != network.FollowPending {
			t.Errorf("its follow is %q (%v)", state, err)
		}
		post, err := zaragoza.Communities.Post(t.Context(), zaragoza.official, "mobility", community.Draft{Content: "News", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		reply := peer.Note(1, 2, "A loud answer")
		reply["object"].(map[string]any)["inReplyTo"] = string(post.IRI)
		sends(t, peer, zaragoza, reply, http.StatusAccepted)
		sends(t, peer, zaragoza, peer.Note(1, 3, "For its followers"), http.StatusAccepted)
		c.Settle()
		if thread, err := zaragoza.Communities.Thread(t.Context(), policy.Viewer{}, post.ID, domain.Page{}); err != nil || len(thread.Replies.Items) != 0 {
			t.Errorf("the thread shows %d replies (%v)", len(thread.Replies.Items), err)
		}
		if page := getPage(t, string(post.URL)); strings.Contains(page, "A loud answer") {
			t.Error("the page of the post shows the reply")
		}
		found := false
		for _, item := range zaragoza.home(t, reader) {
			found = found || strings.Contains(item.Post.Content, "For its followers")
		}
		if !found {
			t.Error("a follower does not see the post")
		}
	})
}

// friend makes a person of the node and person 1 of a peer follow each other
// as far as rules let them; the reader's follow is accepted.
func (c *city) friend(t *testing.T, cluster *federationtest.Cluster, p *federationtest.Peer, reader policy.Viewer) *network.Actor {
	t.Helper()
	who := c.follow(t, reader, reader.Actor, "@person1@"+hostOf(p))
	cluster.Settle()
	for _, a := range p.Inbox(1) {
		if a.Type == "Follow" {
			sends(t, p, c, map[string]any{
				"@context": "https://www.w3.org/ns/activitystreams", "id": string(who.IRI) + "/accepts/1", "type": "Accept",
				"actor": string(who.IRI), "object": a.ID,
			}, http.StatusAccepted)
		}
	}
	cluster.Settle()
	return who
}

// getPage reads a page as a browser does.
func getPage(t *testing.T, address string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", "text/html")
	return bodyOf(t, request)
}

// TestFedO2Blocked: a block holds wherever the host could come in, be asked,
// be sent to or be shown; lifted, all is as before.
func TestFedO2Blocked(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, peer, friend := newCity(t, c.Nodes[0]), federationtest.NewPeer(t), federationtest.NewPeer(t)
		ctx := t.Context()
		reader := zaragoza.Person("reader", policy.RoleMember)
		who := zaragoza.friend(t, c, peer, reader)
		zaragoza.friend(t, c, friend, reader)
		sends(t, peer, zaragoza, peer.Follow(1, zaragoza.community.IRI), http.StatusAccepted)
		sends(t, friend, zaragoza, friend.Follow(1, zaragoza.community.IRI), http.StatusAccepted)
		sends(t, peer, zaragoza, peer.Note(1, 1, "Spam"), http.StatusAccepted)
		c.Settle()
		spam := domain.IRI(string(peer.Person(1)) + "/notes/1")
		shown := func() (n int) {
			t.Helper()
			for _, item := range zaragoza.home(t, reader) {
				if strings.Contains(item.Post.Content, "Spam") {
					n++
				}
			}
			list, err := zaragoza.Communities.Timeline(ctx, reader, who.ID, domain.Page{})
			if err != nil {
				t.Fatal(err)
			}
			n += len(list.Items)
			if _, err := zaragoza.Communities.PostByIRI(ctx, reader, spam); err == nil {
				n++
			}
			if strings.Contains(getPage(t, zaragoza.URL+"/@person1@"+hostOf(peer)), "Spam") {
				n++
			}
			return n
		}
		if n := shown(); n != 4 {
			t.Fatalf("before it is shown at %d places", n)
		}
		publish := func() {
			t.Helper()
			if _, err := zaragoza.Communities.Post(ctx, zaragoza.official, "mobility", community.Draft{Content: "News", Language: "en"}); err != nil {
				t.Fatal(err)
			}
		}
		publish() // on its way already
		if _, err := zaragoza.Settle(ctx); err != nil {
			t.Fatal(err)
		}
		received := len(peer.Inbox(1))
		sends(t, peer, zaragoza, peer.Note(1, 2, "Received but not yet worked"), http.StatusAccepted)
		asked := peer.Reads()
		zaragoza.rule(t, hostOf(peer), network.VerdictBlock)
		c.Settle()
		sends(t, peer, zaragoza, peer.Note(1, 3, "More"), http.StatusForbidden)
		boost := map[string]any{
			"@context": "https://www.w3.org/ns/activitystreams", "id": string(friend.Person(1)) + "/boosts/1", "type": "Announce",
			"actor": string(friend.Person(1)), "object": string(spam), "to": []string{public},
		}
		sends(t, friend, zaragoza, boost, http.StatusAccepted)
		publish()
		c.Settle()
		if n := shown(); n != 0 {
			t.Errorf("it is shown at %d places", n)
		}
		if _, err := zaragoza.Communities.PostByIRI(ctx, reader, domain.IRI(string(peer.Person(1))+"/notes/2")); err == nil {
			t.Error("what was received before is taken")
		}
		if n := len(peer.Inbox(1)) - received; n != 0 {
			t.Errorf("%d activities were sent to it", n)
		}
		for _, q := range []string{"@person7@" + hostOf(peer), string(peer.Person(7)), string(peer.Person(1))} {
			if _, err := zaragoza.Lookup(ctx, q); domain.CodeOf(err) != domain.Forbidden {
				t.Errorf("look-up of %s: %v", q, err)
			}
		}
		if n := peer.Reads() - asked; n != 0 {
			t.Errorf("it was asked %d times", n)
		}
		if _, err := zaragoza.Network.Actor(ctx, reader, who.ID); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("its actor: %v", err)
		}

		if err := zaragoza.Gate.Lift(ctx, zaragoza.official, hostOf(peer)); err != nil {
			t.Fatal(err)
		}
		if n := shown(); n < 4 {
			t.Errorf("after the block it is shown at %d places", n)
		}
		publish()
		c.Settle()
		if n := len(peer.Inbox(1)) - received; n != 1 {
			t.Errorf("after the block it is sent %d activities: the follow is restored", n)
		}
	})
}

// marshalled is an activity as bytes.
func marshalled(t *testing.T, activity map[string]any) []byte {
	t.Helper()
	raw, err := json.Marshal(activity)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// TestFedO1Purge: what is kept of a blocked host is erased once its name is
// typed: lifting the rule brings nothing back, and all may begin anew.
func TestFedO1Purge(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, peer, friend := newCity(t, c.Nodes[0]), federationtest.NewPeer(t), federationtest.NewPeer(t)
		ctx, host := t.Context(), hostOf(peer)
		reader := zaragoza.Person("reader", policy.RoleMember)
		who := zaragoza.friend(t, c, peer, reader)
		zaragoza.friend(t, c, friend, reader)
		sends(t, peer, zaragoza, peer.Follow(1, zaragoza.community.IRI), http.StatusAccepted)
		sends(t, peer, zaragoza, peer.Note(1, 1, "Spam"), http.StatusAccepted)
		sends(t, friend, zaragoza, friend.Note(1, 1, "A good word"), http.StatusAccepted)
		c.Settle()
		spam, good := domain.IRI(string(peer.Person(1))+"/notes/1"), domain.IRI(string(friend.Person(1))+"/notes/1")
		purge := func(v policy.Viewer, confirm string, want domain.Code) {
			t.Helper()
			if err := zaragoza.Gate.Purge(ctx, v, host, confirm); domain.CodeOf(err) != want {
				t.Errorf("purge with %q: %v, want %s", confirm, err, want)
			}
		}
		purge(zaragoza.official, host, domain.Invalid) // it is not blocked
		zaragoza.rule(t, host, network.VerdictBlock)
		purge(reader, host, domain.Forbidden)
		purge(zaragoza.official, "yes", domain.Invalid)
		purge(zaragoza.official, host, domain.OK)
		c.Settle()
		if err := zaragoza.Gate.Lift(ctx, zaragoza.official, host); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if _, err := zaragoza.Communities.PostByIRI(ctx, reader, spam); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("what was erased: %v", err)
		}
		if _, err := zaragoza.Communities.PostByIRI(ctx, reader, good); err != nil {
			t.Errorf("of another host: %v", err)
		}
		for _, pair := range [][2]domain.ActorID{{reader.Actor, who.ID}, {who.ID, zaragoza.community.ID}} {
			if state, err := zaragoza.Network.FollowState(ctx, pair[0], pair[1]); err != nil || state != "" {
				t.Errorf("a follow is %q (%v)", state, err)
			}
		}
		zaragoza.friend(t, c, peer, reader)
		asked := 0
		for _, a := range peer.Inbox(1) {
			if a.Type == "Follow" {
				asked++
			}
		}
		if asked != 2 {
			t.Errorf("asked to follow %d times, want once before and once anew", asked)
		}
	})
}
