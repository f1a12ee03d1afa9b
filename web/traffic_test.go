package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// TestFedO11Pages: an administrator sees which host is late and why, and has
// it tried again; sees what could not be worked, and has it worked again, or
// sets it aside. Nobody else does.
func TestFedO11Pages(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			var ahead atomic.Int64
			now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			cluster := federationtest.With(t, open, func(o *node.Options) { o.Now = now }, "Zaragoza")
			s := &site{Node: cluster.Nodes[0], t: t}
			s.official = s.person("official", policy.RoleAdmin)
			s.person("steward", policy.RoleModerator)
			if _, err := s.Communities.Create(t.Context(), s.official, "mobility", community.Details{Title: domain.Text{"en": "Mobility"}, Language: "en"}); err != nil {
				t.Fatal(err)
			}
			peer, away := federationtest.NewPeer(t), federationtest.NewPeer(t)
			host := domain.IRI(peer.URL).Host()
			peer.SetClock(now)
			send := func(activity map[string]any) {
				t.Helper()
				if status, err := peer.Send(t.Context(), 1, s.URL+"/inbox", activity, httpsig.Cavage); err != nil || status != http.StatusAccepted {
					t.Fatalf("%v: status %d (%v)", activity["type"], status, err)
				}
				cluster.Settle()
			}
			send(peer.Follow(1, domain.IRI(s.URL+"/communities/mobility")))

			peer.AnswerWith(func(int) int { return http.StatusServiceUnavailable })
			if _, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "News", Language: "en"}); err != nil {
				t.Fatal(err)
			}
			cluster.Settle()
			for range 12 {
				ahead.Add(int64(8 * time.Hour))
				cluster.Settle()
			}
			r := s.as("official")
			contains(t, r, "/admin", `href="/admin/federation"`)
			contains(t, r, "/admin/federation?state=troubled", "/admin/federation/"+host, "Fails since", "1 host")
			contains(t, r, "/admin/federation/"+host, "1 delivery waits", "503", "Create", "/admin/federation/"+host+"/retry")
			contains(t, r, "/admin/federation/"+host+"?state=dead", "There are none.")
			peer.AnswerWith(nil)
			if got := r.post("/admin/federation/"+host+"/retry", nil); got.status != http.StatusSeeOther {
				t.Fatalf("try again: status %d", got.status)
			}
			cluster.Settle()
			if sent := peer.Inbox(1); len(sent) != 2 || sent[1].Type != "Create" {
				t.Errorf("after another try the peer has %v", sent)
			}
			contains(t, r, "/admin/federation?state=troubled", "No host has problems")
			contains(t, r, "/admin/federation", "Reaches us")

			// Its object is on a server that does not answer.
			away.Leave(7, http.StatusServiceUnavailable)
			author, note := string(peer.Person(1)), string(away.Person(7))
			boost := func(id string) map[string]any {
				return map[string]any{
					"@context": "https://www.w3.org/ns/activitystreams", "id": author + "/boosts/" + id, "type": "Announce",
					"actor": author, "object": note, "to": []string{"https://www.w3.org/ns/activitystreams#Public"},
				}
			}
			who, err := s.Lookup(t.Context(), author)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := s.Network.Follow(t.Context(), s.official, s.official.Actor, who.ID); err != nil {
				t.Fatal(err)
			}
			cluster.Settle()
			sent := peer.Inbox(1)
			send(map[string]any{
				"@context": "https://www.w3.org/ns/activitystreams", "id": author + "/accepts/1", "type": "Accept", "actor": author, "object": sent[len(sent)-1].ID,
			})
			send(boost("1"))
			send(boost("2"))
			send(boost("3"))
			for range 8 {
				ahead.Add(int64(7 * time.Hour))
				cluster.Settle()
			}
			r = s.as("official")
			list, err := s.Traffic.Failures(t.Context(), s.official, domain.Page{})
			if err != nil || list.Total != 3 || list.Items[0].Attempts != 8 {
				t.Fatalf("%d activities failed (%v)", list.Total, err)
			}
			contains(t, r, "/admin", "3 received activities failed", `href="/admin/received"`)
			contains(t, r, "/admin/received", "3 activities", "Announce", author, "/admin/received/replay")
			one := "/admin/received/" + string(list.Items[0].ID)
			contains(t, r, one, "&#34;type&#34;: &#34;Announce&#34;")
			for path, want := range map[string]int{"/admin/federation": http.StatusNotFound, one: http.StatusNotFound} {
				if got := s.as("steward").get(path); got.status != want {
					t.Errorf("%s by who moderates: status %d", path, got.status)
				}
			}
			for _, path := range []string{"/admin/received/replay", one + "/replay", one + "/set-aside", "/admin/federation/" + host + "/retry"} {
				if got := s.as("steward").post(path, url.Values{}); got.status != http.StatusNotFound {
					t.Errorf("POST %s by who moderates: status %d", path, got.status)
				}
			}
			if got := r.post(one+"/set-aside", nil); got.status != http.StatusSeeOther {
				t.Errorf("set aside: status %d", got.status)
			}
			if got := r.post(one+"/replay", nil); got.status != http.StatusNotFound {
				t.Errorf("replay what was set aside: status %d", got.status)
			}
			before := away.Reads()
			if got := r.post("/admin/received/"+string(list.Items[1].ID)+"/replay", nil); got.status != http.StatusSeeOther {
				t.Errorf("replay: status %d", got.status)
			}
			contains(t, r, "/admin/received", "1 activity")
			if got := r.post("/admin/received/replay", nil); got.status != http.StatusSeeOther {
				t.Errorf("replay all: status %d", got.status)
			}
			cluster.Settle()
			if away.Reads() == before {
				t.Error("what was replayed was not worked")
			}
			contains(t, r, "/admin/received", "Nothing failed")

			s.rule(host)
			contains(t, r, "/admin/federation/"+host, "Blocked by a rule")
			if got := r.post("/admin/federation/"+host+"/retry", nil); got.status != http.StatusForbidden {
				t.Errorf("a blocked host is tried again: status %d", got.status)
			}
		})
	}
}

func (s *site) rule(host string) {
	s.t.Helper()
	if _, err := s.Gate.Set(s.t.Context(), s.official, network.Rule{Host: host, Verdict: network.VerdictBlock}); err != nil {
		s.t.Fatal(err)
	}
}

// contains wants words on a page.
func contains(t *testing.T, r *reader, path string, words ...string) {
	t.Helper()
	got := r.get(path)
	for _, want := range words {
		if got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s (status %d) lacks %q", path, got.status, want)
		}
	}
}
