package web_test

import (
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// TestHostSoftware: what a server runs is read after it has sent something,
// at most once a day, and shown to administrators.
func TestHostSoftware(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			var ahead atomic.Int64
			now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			cluster := federationtest.With(t, open, func(o *node.Options) { o.Now = now }, "Zaragoza")
			s := &site{Node: cluster.Nodes[0], t: t}
			s.official = s.person("official", policy.RoleAdmin)
			peer := federationtest.NewHostile(t)
			peer.SetClock(now)
			host := domain.IRI(peer.URL).Host()
			tell := func(path, body string) {
				peer.Lie(path, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "application/json")
					_, _ = io.WriteString(w, body)
				})
			}
			tell("/.well-known/nodeinfo", `{"links":[{"rel":"http://nodeinfo.diaspora.software/ns/schema/2.0","href":"`+peer.URL+`/info"}]}`)
			number := 0
			read := func(version string, times int) {
				t.Helper()
				tell("/info", `{"software":{"name":"Mastodon","version":"`+version+`"}}`)
				number++
				if status, err := peer.Send(t.Context(), 1, s.URL+"/inbox", peer.Note(1, number, "Hello"), httpsig.Cavage); err != nil || status != http.StatusAccepted {
					t.Fatal(status, err)
				}
				cluster.Settle()
				if n := peer.Asked("/info"); n != times {
					t.Errorf("it was asked %d times, want %d", n, times)
				}
			}
			read("4.5.1", 1)
			r := s.as("official")
			contains(t, r, "/admin/federation", host, "mastodon 4.5.1")
			contains(t, r, "/admin/federation/"+host, "mastodon 4.5.1")
			ahead.Add(int64(23 * time.Hour))
			read("4.5.2", 1)
			ahead.Add(int64(2 * time.Hour))
			read("4.5.2", 2)
			contains(t, r, "/admin/federation", "mastodon 4.5.2")
		})
	}
}
