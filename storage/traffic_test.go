package storage_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestHostsWorstFirst: hosts are ordered by since when they are late or
// failing, page by page; those that are well follow by name.
func TestHostsWorstFirst(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "worst", func(t *testing.T, db *storage.DB) {
		s, now := newSender(t, db), time.Now()
		traffic, hosts := storage.NewTraffic(db), storage.NewHosts(db)
		for _, host := range []string{"late.example", "down.example", "brisk.example"} {
			s.follower(host, "ana", true)
		}
		if err := hosts.SeenInbound(t.Context(), "a-well.example", "cavage", now); err != nil {
			t.Fatal(err)
		}
		s.publish("https://city.example/posts/1")
		for _, d := range s.claim(10, 10, nil) {
			switch d.Host {
			case "brisk.example":
				s.finish(network.DeliveryDone, 202, now, d)
			case "down.example":
				s.finish(network.DeliveryDead, 0, now, d)
			default:
				s.finish(network.DeliveryPending, 0, now.Add(time.Hour), d)
			}
		}
		names := func(troubled bool, at time.Time, limit int) string {
			t.Helper()
			var all []string
			for p := (domain.Page{Limit: limit}); ; {
				list, err := traffic.Hosts(t.Context(), troubled, at, p)
				if err != nil {
					t.Fatal(err)
				}
				for _, h := range list.Items {
					all = append(all, fmt.Sprintf("%s:%d:%d", strings.TrimSuffix(h.Host.Host, ".example"), h.Waiting, h.Dead))
				}
				if p.After = list.Next; p.After == "" {
					if list.Total != len(all) {
						t.Errorf("%d in all, %d listed", list.Total, len(all))
					}
					return strings.Join(all, " ")
				}
			}
		}
		for limit := 1; limit <= 5; limit++ {
			if got, want := names(false, now, limit), "late:1:0 down:0:1 a-well:0:0 brisk:0:0"; got != want {
				t.Errorf("pages of %d: %s, want %s", limit, got, want)
			}
		}
		if got := names(true, now, 5); got != "late:1:0 down:0:1" {
			t.Errorf("with problems: %s", got)
		}
		for _, cursor := range []string{"x", "12", "x y", " "} {
			if _, err := traffic.Hosts(t.Context(), false, now, domain.Page{After: cursor}); domain.CodeOf(err) != domain.Invalid {
				t.Errorf("cursor %q: %v", cursor, err)
			}
		}
		if _, err := traffic.HostStatus(t.Context(), "nobody.example"); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("a host never met: %v", err)
		}
		ages, err := traffic.Ages(t.Context())
		if err != nil || now.Sub(ages.Deliveries).Abs() > time.Minute || !ages.Received.IsZero() || !ages.Fanouts.IsZero() {
			t.Errorf("ages %+v (%v)", ages, err)
		}
	})
}

// TestRetryHost: the breaker closes, what waits is due, and what was given up
// waits again unless it is too old for its type.
func TestRetryHost(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "retry", func(t *testing.T, db *storage.DB) {
		s := newSender(t, db)
		traffic, hosts, queued := storage.NewTraffic(db), storage.NewHosts(db), time.Now()
		s.follower("a.example", "ana", true)
		for range 7 {
			s.publish(fmt.Sprintf("https://city.example/posts/%s", s.mint.ID()))
		}
		claimed := s.claim(10, 10, nil)
		s.finish(network.DeliveryPending, 0, queued.Add(time.Hour), claimed[:6]...)
		s.finish(network.DeliveryDead, 0, queued, claimed[6])
		if h, err := hosts.Host(t.Context(), "a.example"); err != nil || h.Failures != 7 || h.OpenUntil.IsZero() {
			t.Fatalf("before: %+v (%v)", h, err)
		}
		due := func(want int) {
			t.Helper()
			got, err := s.queue.Claim(t.Context(), time.Now(), 10, 10, nil, 0)
			if err != nil || len(got) != want {
				t.Fatalf("%d are due, want %d (%v)", len(got), want, err)
			}
		}
		due(0)
		retry := func(now time.Time) {
			t.Helper()
			if err := traffic.Retry(t.Context(), "a.example", now, domain.Change{Events: []domain.Event{event(s.mint, string(network.HostRetried))}}); err != nil {
				t.Fatal(err)
			}
		}
		retry(queued.Add(network.Horizon("Create") + time.Minute)) // too late for the dead
		if h, err := traffic.HostStatus(t.Context(), "a.example"); err != nil || h.Waiting != 6 || h.Dead != 1 || h.Failures != 0 || !h.OpenUntil.IsZero() {
			t.Errorf("after five days: %+v (%v)", h, err)
		}
		retry(time.Now())
		if h, err := traffic.HostStatus(t.Context(), "a.example"); err != nil || h.Waiting != 7 || h.Dead != 0 {
			t.Errorf("in time: %+v (%v)", h, err)
		}
		due(7)
		list, err := traffic.Sent(t.Context(), "a.example", network.DeliveryPending, domain.Page{Limit: 3})
		if err != nil || list.Total != 7 || len(list.Items) != 3 || list.Items[0].Type != "Create" || list.Items[0].Activity == "" || list.Next == "" {
			t.Errorf("%+v (%v)", list, err)
		}
	})
}

// TestTrafficUsesIndexes: no query of the administration reads all deliveries
// or all received activities.
func TestTrafficUsesIndexes(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storagetest.SQLite(t))
	for _, query := range append(storage.TrafficQueries(),
		"SELECT COUNT(*) FROM received WHERE state = 'failed'",
		"SELECT COUNT(*) FROM deliveries WHERE state = 'dead'",
		"SELECT * FROM actors WHERE inbox = 'x' AND host <> '' AND gone_at IS NULL",
	) {
		var rows []struct {
			ID, Parent, Notused int
			Detail              string
		}
		if err := db.Read().NewRaw("EXPLAIN QUERY PLAN "+query).Scan(t.Context(), &rows); err != nil {
			t.Fatalf("%v: %s", err, query)
		}
		for _, r := range rows {
			words := strings.Fields(r.Detail)
			if words[0] == "SCAN" && slices.ContainsFunc(words, func(w string) bool { return slices.Contains([]string{"deliveries", "d", "received", "actors"}, w) }) && !strings.Contains(r.Detail, "INDEX") {
				t.Errorf("%s in %s", r.Detail, query)
			}
		}
	}
}
