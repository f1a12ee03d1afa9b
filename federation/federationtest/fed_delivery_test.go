package federationtest_test

import (
	"io"
	"net/http"
	"net/http/httptest"
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
)

// timepiece is a node's clock, which a test moves on.
type timepiece struct{ ahead atomic.Int64 }

func (c *timepiece) now() time.Time           { return time.Now().Add(time.Duration(c.ahead.Load())) }
func (c *timepiece) advance(by time.Duration) { c.ahead.Add(int64(by)) }

const day = 24 * time.Hour

// far is a city whose time the test moves, with followers on a peer.
type far struct {
	*city
	*timepiece
	cluster *federationtest.Cluster
	peer    *federationtest.Peer
}

// onFar runs fn on each database with persons 1 and 2 of a peer that follow
// the city's community.
func onFar(t *testing.T, fn func(t *testing.T, f *far)) {
	t.Helper()
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			f := &far{timepiece: new(timepiece)}
			f.cluster = federationtest.With(t, open, func(o *node.Options) { o.Now = f.now }, "Zaragoza")
			f.city, f.peer = newCity(t, f.cluster.Nodes[0]), federationtest.NewPeer(t)
			f.peer.SetClock(f.now)
			for person := 1; person <= 2; person++ {
				f.followedBy(t, f.peer, person)
			}
			fn(t, f)
		})
	}
}

func (f *far) followedBy(t *testing.T, p *federationtest.Peer, person int) {
	t.Helper()
	a, err := f.Lookup(t.Context(), string(p.Person(person)))
	if err != nil {
		t.Fatal(err)
	}
	followed, err := f.Network.Actor(t.Context(), f.official, f.community.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Network.ReceiveFollow(t.Context(), a, followed, p.Person(person)+"/follow"); err != nil {
		t.Fatal(err)
	}
	f.cluster.Settle()
}

// fails makes all inboxes of the peer answer with a status, and returns how
// often they were asked since.
func (f *far) fails(status int) func() int64 {
	asked := new(atomic.Int64)
	f.peer.AnswerWith(func(int) int { asked.Add(1); return status })
	return asked.Load
}

// arrived counts the activities of a type that one person was sent.
func arrived(p *federationtest.Peer, person int, kind string) (n int) {
	for _, a := range p.Inbox(person) {
		if a.Type == kind {
			n++
		}
	}
	return n
}

func (f *far) later(by time.Duration) {
	f.advance(by)
	f.cluster.Settle()
}

// status is what administrators see of the peer.
func (f *far) status(t *testing.T) *network.HostStatus {
	t.Helper()
	h, err := f.Traffic.Host(t.Context(), f.official, hostOf(f.peer))
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// TestFedO4LongRetries: a peer that comes back after four days and a half
// gets what it missed; what says that something is no more, after thirteen. What
// is no more is not sent.
func TestFedO4LongRetries(t *testing.T) {
	onFar(t, func(t *testing.T, f *far) {
		f.fails(http.StatusBadGateway)
		f.news(t, "For the patient")
		f.cluster.Settle()
		for range 7 {
			f.later(15 * time.Hour) // more than the longest pause with its jitter
		}
		f.peer.AnswerWith(nil)
		f.later(15 * time.Hour) // the last attempt before five days
		if n := arrived(f.peer, 1, "Create"); n != 1 {
			t.Fatalf("after four days and a half %d Creates arrived", n)
		}

		f.fails(http.StatusBadGateway)
		f.news(t, "Too late")
		post := f.news(t, "Taken back")
		f.cluster.Settle()
		if err := f.Communities.DeletePost(t.Context(), f.official, post.ID); err != nil {
			t.Fatal(err)
		}
		for range 9 {
			f.later(15 * time.Hour)
		}
		if h := f.status(t); h.Dead != 2 || h.Waiting != 2 {
			t.Errorf("after five days and a half %d were given up and %d wait; not 2 Creates and 2 Deletes", h.Dead, h.Waiting)
		}
		for range 11 {
			f.later(15 * time.Hour)
		}
		f.peer.AnswerWith(nil)
		f.later(15 * time.Hour)
		if n := arrived(f.peer, 1, "Delete"); n != 1 || arrived(f.peer, 1, "Create") != 1 {
			t.Errorf("after thirteen days %d Deletes arrived, and %d Creates in all", n, arrived(f.peer, 1, "Create"))
		}
	})
}

// TestFedO6Breaker: a host that fails is asked less and less, and holds up
// nobody; a sign of life opens the way again, also for one that was dead.
func TestFedO6Breaker(t *testing.T) {
	onFar(t, func(t *testing.T, f *far) {
		well := federationtest.NewPeer(t)
		f.followedBy(t, well, 1)
		asked := f.fails(http.StatusInternalServerError)
		for range 6 {
			f.news(t, "News")
		}
		f.cluster.Settle()
		tried := asked()
		if tried < 5 || tried > 12 {
			t.Errorf("it was asked %d times before it was left alone", tried)
		}
		if h := f.status(t); h.State(f.now()) != network.HostPausing || h.Waiting != 12 {
			t.Errorf("it is %s, and %d wait", h.State(f.now()), h.Waiting)
		}
		for host, want := range map[string]bool{hostOf(f.peer): true, hostOf(well): false, "unknown.example": false} {
			if away, err := f.Traffic.Away(t.Context(), host); err != nil || away != want {
				t.Errorf("%s is away: %t (%v)", host, away, err)
			}
		}
		f.later(30 * time.Second)
		if more := asked() - tried; more != 0 {
			t.Errorf("in its pause it was asked %d times", more)
		}
		if n := arrived(well, 1, "Create"); n != 6 {
			t.Errorf("a host that is well received %d of 6", n)
		}
		for range 2*7 + 1 {
			f.later(12 * time.Hour)
		}
		if h := f.status(t); h.State(f.now()) != network.HostDead {
			t.Fatalf("after a week it is %s", h.State(f.now()))
		}
		f.news(t, "Not for the dead")
		f.cluster.Settle()
		if h := f.status(t); h.Waiting != 0 {
			t.Errorf("%d wait for a dead host", h.Waiting)
		}

		f.peer.AnswerWith(nil)
		sends(t, f.peer, f.city, f.peer.Note(1, 1, "Here again"), http.StatusAccepted)
		f.news(t, "Welcome back")
		f.cluster.Settle()
		if h := f.status(t); h.State(f.now()) != network.HostReached || arrived(f.peer, 1, "Create") != 1 {
			t.Errorf("after a sign of life it is %s, and %d Creates arrived", h.State(f.now()), arrived(f.peer, 1, "Create"))
		}
	})
}

// TestFedO7GoneInboxes: who has left with their inbox is forgotten; an inbox
// that is gone alone says nothing of its owner.
func TestFedO7GoneInboxes(t *testing.T) {
	onFar(t, func(t *testing.T, f *far) {
		f.peer.Dress(func(person int, document map[string]any) {
			if person == 3 {
				document["type"] = "Group"
			}
		})
		f.followedBy(t, f.peer, 3)
		group, err := f.Network.ActorByIRI(t.Context(), f.official, f.peer.Person(3))
		if err != nil {
			t.Fatal(err)
		}
		shared := f.says(t, f.official, "Shared by a group", nil)
		if err := f.Communities.ReceiveAnnounce(t.Context(), group, community.Announcement{Kind: community.ObjectPost, ID: shared.ID, IRI: shared.IRI, At: f.now()}); err != nil {
			t.Fatal(err)
		}
		if _, err := f.Network.Follow(t.Context(), f.official, f.community.ID, group.ID); err != nil {
			t.Fatal(err)
		}
		f.cluster.Settle()
		f.peer.Leave(1, http.StatusGone)
		f.peer.Leave(3, http.StatusGone)
		asked := f.fails(http.StatusNotFound)
		f.news(t, "For those who are left")
		f.cluster.Settle()
		if n := asked(); n != 3 {
			t.Errorf("%d requests, not one for each inbox", n)
		}
		for follower, followed := range map[domain.ActorID]domain.ActorID{group.ID: f.community.ID, f.community.ID: group.ID} {
			if state, err := f.Network.FollowState(t.Context(), follower, followed); err != nil || state != "" {
				t.Errorf("a follow of a group that is gone is %q (%v)", state, err)
			}
		}
		if left, err := f.Communities.Timeline(t.Context(), policy.Viewer{}, group.ID, domain.Page{}); err != nil || len(left.Items) != 0 {
			t.Errorf("what a group that is gone shared: %v (%v)", left.Items, err)
		}
		for person, gone := range map[int]bool{1: true, 2: false, 3: true} {
			a, err := f.Network.ActorByIRI(t.Context(), f.official, f.peer.Person(person))
			if err != nil || a.Gone() != gone {
				t.Errorf("person %d: gone %t (%v)", person, a.Gone(), err)
			}
		}
		f.peer.AnswerWith(nil)
		f.news(t, "For the other")
		f.cluster.Settle()
		if arrived(f.peer, 1, "Create") != 1 || arrived(f.peer, 2, "Create") != 2 {
			t.Errorf("Creates arrived: %d and %d", arrived(f.peer, 1, "Create"), arrived(f.peer, 2, "Create"))
		}
	})
}

// TestFedO8RetryAfter: what one inbox asks holds for its whole host, no
// longer than a day.
func TestFedO8RetryAfter(t *testing.T) {
	onFar(t, func(t *testing.T, f *far) {
		f.peer.RetryAfter("7200")
		f.fails(http.StatusTooManyRequests)
		f.news(t, "One")
		f.cluster.Settle()
		asked := f.fails(http.StatusTooManyRequests)
		f.news(t, "Two")
		f.cluster.Settle()
		f.later(119 * time.Minute)
		if n := asked(); n != 0 {
			t.Errorf("within two hours it was asked %d times", n)
		}
		if h := f.status(t); h.State(f.now()) != network.HostPausing {
			t.Errorf("it is %s", h.State(f.now()))
		}
		f.peer.AnswerWith(nil)
		f.later(2 * time.Minute)
		if n := arrived(f.peer, 1, "Create") + arrived(f.peer, 2, "Create"); n != 4 {
			t.Errorf("after two hours %d of 4 arrived", n)
		}

		f.peer.RetryAfter("Fri, 31 Dec 9999 23:59:59 GMT")
		f.fails(http.StatusServiceUnavailable)
		f.news(t, "Three")
		f.cluster.Settle()
		f.peer.AnswerWith(nil)
		f.later(day + time.Minute)
		if n := arrived(f.peer, 1, "Create"); n != 3 {
			t.Errorf("after a day %d of 3 arrived", n)
		}
	})
}

// TestFedO9Once: an activity that comes to several inboxes, and again later,
// takes effect once.
func TestFedO9Once(t *testing.T) {
	onFar(t, func(t *testing.T, f *far) {
		post := f.news(t, "News")
		f.cluster.Settle()
		reply := f.peer.Note(1, 1, "An answer")
		reply["object"].(map[string]any)["inReplyTo"] = string(post.IRI)
		for range 2 {
			sends(t, f.peer, f.city, reply, http.StatusAccepted)
			if status, err := f.peer.SendRaw(t.Context(), f.peer.Key(1), string(f.community.IRI)+"/inbox", marshalled(t, reply), "cavage"); err != nil || status != http.StatusAccepted {
				t.Fatalf("to the community: status %d (%v)", status, err)
			}
			f.cluster.Settle()
		}
		thread, err := f.Communities.Thread(t.Context(), f.official, post.ID, domain.Page{})
		if err != nil || len(thread.Replies.Items) != 1 {
			t.Errorf("%d replies (%v)", len(thread.Replies.Items), err)
		}
		if n := arrived(f.peer, 2, "Announce"); n > 2 { // of the reply's address, and of the activity
			t.Errorf("it was passed on %d times", n)
		}
	})
}

// scrape reads the metrics of a node as Prometheus does.
func scrape(t *testing.T, n *node.Node) string {
	t.Helper()
	server := httptest.NewServer(n.Metrics())
	defer server.Close()
	answer, err := http.Get(server.URL + "/metrics") //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("status %d (%v)", answer.StatusCode, err)
	}
	return string(body)
}

// TestFedO11Metrics: how long the oldest waits in each queue, and the lag and
// failures of the worst hosts; what happened, by type and outcome.
func TestFedO11Metrics(t *testing.T) {
	onFar(t, func(t *testing.T, f *far) {
		if body := scrape(t, f.Node.Node); strings.Contains(body, "interlink_host_lag_seconds{") {
			t.Errorf("hosts that are well have metrics of their own: %s", body)
		}
		sends(t, f.peer, f.city, f.peer.Note(1, 1, "Hello"), http.StatusAccepted)
		if status, err := f.peer.SendRaw(t.Context(), f.peer.Key(1), f.URL+"/inbox", []byte("{"), "cavage"); err != nil || status != http.StatusBadRequest {
			t.Fatalf("what is no JSON: status %d (%v)", status, err)
		}
		f.fails(http.StatusServiceUnavailable)
		if _, err := f.Communities.Post(t.Context(), f.official, "mobility", community.Draft{Content: "News", Language: "en"}); err != nil {
			t.Fatal(err)
		}
		f.cluster.Settle()
		f.advance(time.Hour)
		body := scrape(t, f.Node.Node)
		for _, want := range []string{
			`interlink_queue_length{queue="deliveries"} 2`, `interlink_queue_length{queue="received"} 0`,
			`interlink_queue_age_seconds{queue="deliveries"} 36`, `interlink_queue_age_seconds{queue="fanouts"} 0`, `interlink_queue_age_seconds{queue="jobs"} 0`,
			`interlink_deliveries_total{outcome="retry"} 2`, `interlink_deliveries_total{outcome="done"} 2`,
			`interlink_received_total{outcome="refused",type="Create"} `, `interlink_inbox_refused_total{status="400"} 1`,
			`interlink_host_lag_seconds{host="` + hostOf(f.peer) + `"} 36`, `interlink_host_failures{host="` + hostOf(f.peer) + `"} 2`,
			"interlink_hosts_troubled 1", "interlink_commits_total ", "go_goroutines ",
		} {
			if !strings.Contains(body, want) {
				t.Errorf("the metrics lack %s", want)
			}
		}
		if t.Failed() {
			for line := range strings.Lines(body) {
				if strings.HasPrefix(line, "interlink_") {
					t.Log(line)
				}
			}
		}
	})
}
