package federationtest_test

import (
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// TestClockIsSet: the clock of a node is set an hour on, and back again. What comes
// in and goes out meanwhile arrives once. What failed by the other clock is tried an
// hour late, or when an administrator says so.
func TestClockIsSet(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			var ahead atomic.Int64
			now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			cluster := federationtest.With(t, open, func(o *node.Options) { o.Now = now }, "Zaragoza")
			city := cluster.Nodes[0]
			official := city.Person("official", policy.RoleAdmin)
			group, err := city.Communities.Create(t.Context(), official, "mobility", community.Details{Title: domain.Text{"en": "Mobility"}, Language: "en"})
			if err != nil {
				t.Fatal(err)
			}
			peer := federationtest.NewPeer(t)
			peer.SetClock(now)
			send := func(activity map[string]any) {
				t.Helper()
				if status, err := peer.Send(t.Context(), 1, string(group.IRI)+"/inbox", activity, httpsig.Cavage); err != nil || status != http.StatusAccepted {
					t.Fatalf("%v: status %d (%v)", activity["type"], status, err)
				}
				cluster.Settle()
			}
			post := func(words string) {
				t.Helper()
				if _, err := city.Communities.Post(t.Context(), official, "mobility", community.Draft{Content: words, Language: "en"}); err != nil {
					t.Fatal(err)
				}
				cluster.Settle()
			}
			send(peer.Follow(1, group.IRI))
			before := len(peer.Inbox(1))
			for i, jump := range []time.Duration{0, time.Hour, 0, -time.Hour, 0} {
				ahead.Store(int64(jump))
				post(string(rune('a' + i)))
				send(peer.Note(1, i, "A note"))
			}
			creates := 0
			for _, sent := range peer.Inbox(1)[before:] {
				if sent.Type == "Create" {
					creates++
				}
			}
			if creates != 5 {
				t.Errorf("%d of 5 posts arrived: %v", creates, peer.Inbox(1)[before:])
			}
			if queues, err := city.Queues(t.Context()); err != nil || queues.Received+queues.Failed+queues.Deliveries+queues.Dead != 0 {
				t.Errorf("what waits: %+v (%v)", queues, err)
			}

			ahead.Store(int64(time.Hour))
			peer.AnswerWith(func(int) int { return http.StatusServiceUnavailable })
			post("f")
			peer.AnswerWith(nil)
			ahead.Store(0)
			cluster.Settle()
			if queues, err := city.Queues(t.Context()); err != nil || queues.Deliveries != 1 {
				t.Errorf("what failed by the other clock: %+v (%v)", queues, err)
			}
			if err := city.Traffic.Retry(t.Context(), official, domain.IRI(peer.URL).Host()); err != nil {
				t.Fatal(err)
			}
			cluster.Settle()
			if queues, err := city.Queues(t.Context()); err != nil || queues.Deliveries != 0 {
				t.Errorf("tried again by an administrator: %+v (%v)", queues, err)
			}
		})
	}
}
