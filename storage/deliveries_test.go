package storage_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/storage"
	"interlink/storage/storagetest"
)

var noon = time.Date(2026, 1, 5, 12, 0, 0, 0, time.UTC)

// sender is a node with one local actor and remote followers.
type sender struct {
	t     *testing.T
	db    *storage.DB
	mint  *domain.Mint
	ns    domain.Namespace
	net   *storage.Network
	acts  *storage.Activities
	queue *storage.Deliveries
	actor *network.Actor
	seq   int64
}

func newSender(t *testing.T, db *storage.DB) *sender {
	t.Helper()
	mint := domain.NewMint(nil, nil)
	ns, err := domain.NewNamespace("https://city.example")
	if err != nil {
		t.Fatal(err)
	}
	s := &sender{
		t: t, db: db, mint: mint, ns: ns, net: storage.NewNetwork(db), acts: storage.NewActivities(db, mint),
		queue: storage.NewDeliveries(db), actor: network.NewLocal(mint, ns, network.TypeGroup, network.SubjectCommunity, "mobility", "communities", "mobility"),
	}
	if err := s.net.AddLocalActor(t.Context(), s.actor); err != nil {
		t.Fatal(err)
	}
	return s
}

// follower adds a remote follower; shared is its server's shared inbox or "".
func (s *sender) follower(host, name string, shared bool) *network.Actor {
	s.t.Helper()
	iri := domain.IRI("https://" + host + "/users/" + name)
	a := &network.Actor{
		ID: s.mint.ActorID(), Serial: s.mint.Serial(), IRI: iri, Type: network.TypePerson, Name: name, Host: host,
		Inbox: iri + "/inbox", CreatedAt: noon, UpdatedAt: noon, Visibility: domain.VisiblePublic,
	}
	if shared {
		a.SharedInbox = domain.IRI("https://" + host + "/inbox")
	}
	if err := s.net.SaveRemote(s.t.Context(), a); err != nil {
		s.t.Fatal(err)
	}
	f := &network.Follow{
		ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: iri + "#follow", Follower: a.ID, Followed: s.actor.ID,
		State: network.FollowAccepted, CreatedAt: noon,
	}
	if err := s.net.SaveFollow(s.t.Context(), f, domain.Change{}); err != nil {
		s.t.Fatal(err)
	}
	return a
}

// publish stores an activity to the followers and expands its audience.
func (s *sender) publish(object string) {
	s.t.Helper()
	s.publishTo(object, "")
}

// publishTo does so for followers whose host runs a software.
func (s *sender) publishTo(object, software string) {
	s.t.Helper()
	id := s.mint.ID()
	out := network.Outgoing{
		Activity: network.Activity{
			ID: id, Serial: s.mint.Serial(), IRI: s.ns.IRI("activities", string(id)), Actor: s.actor.ID, Type: "Create",
			Object: domain.IRI(object), Public: true, Raw: []byte(`{"id":"` + object + `"}`), At: noon,
		},
		FollowersOf: []domain.ActorID{s.actor.ID}, Software: software, OrderKey: object,
	}
	e := event(s.mint, "test.published")
	if err := s.db.InTx(s.t.Context(), domain.Change{Events: []domain.Event{e}}, nil); err != nil {
		s.t.Fatal(err)
	}
	if err := s.acts.Publish(s.t.Context(), "publish", s.seq, s.seq+1, []network.Outgoing{out}); err != nil {
		s.t.Fatal(err)
	}
	s.seq++
	for {
		found, err := s.acts.Fanout(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		if !found {
			return
		}
	}
}

func (s *sender) claim(limit, lane int, busy map[string]int) []*network.Delivery {
	s.t.Helper()
	got, err := s.queue.Claim(s.t.Context(), time.Now(), limit, lane, busy, time.Minute)
	if err != nil {
		s.t.Fatal(err)
	}
	return got
}

func (s *sender) finish(state network.DeliveryState, status int, nextAt time.Time, ds ...*network.Delivery) {
	s.t.Helper()
	results := make([]network.DeliveryResult, len(ds))
	for i, d := range ds {
		results[i] = network.DeliveryResult{Delivery: d, State: state, Status: status, NextAt: nextAt, At: time.Now()}
		if status == 0 {
			results[i].Host = network.HostFailed
		}
	}
	if err := s.queue.Finish(s.t.Context(), results); err != nil {
		s.t.Fatal(err)
	}
}

func inboxes(ds []*network.Delivery) []string {
	out := make([]string, len(ds))
	for i, d := range ds {
		out[i] = string(d.Inbox)
	}
	slices.Sort(out)
	return out
}

func TestFanoutOncePerSharedInbox(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "shared", func(t *testing.T, db *storage.DB) {
		s := newSender(t, db)
		s.follower("a.example", "ana", true)
		s.follower("a.example", "bo", true)
		s.follower("b.example", "cy", false)
		s.follower("b.example", "di", false)
		s.publish("https://city.example/posts/1")
		got := inboxes(s.claim(100, 10, nil))
		want := []string{"https://a.example/inbox", "https://b.example/users/cy/inbox", "https://b.example/users/di/inbox"}
		if !slices.Equal(got, want) {
			t.Errorf("deliveries to %v, want %v", got, want)
		}
	})
	storagetest.Run(t, "software", func(t *testing.T, db *storage.DB) {
		s := newSender(t, db)
		hosts := storage.NewHosts(db)
		for _, host := range []string{"a.example", "b.example", "c.example"} {
			s.follower(host, "ana", true)
			s.publish("https://city.example/posts/" + host)
		}
		s.finish(network.DeliveryDone, 202, time.Time{}, s.claim(100, 100, nil)...) // hosts are known by what they received
		for host, software := range map[string]string{"a.example": "interlink", "b.example": "mastodon"} {
			if err := hosts.SetSoftware(t.Context(), host, network.Software{Name: software}); err != nil {
				t.Fatal(err)
			}
		}
		s.publishTo("https://city.example/processes/1", "interlink")
		if got := inboxes(s.claim(100, 10, nil)); !slices.Equal(got, []string{"https://a.example/inbox"}) {
			t.Errorf("deliveries to %v, want those to our nodes", got)
		}
	})
	storagetest.Run(t, "pages", func(t *testing.T, db *storage.DB) {
		s := newSender(t, db)
		const n = 1203 // three pages
		for i := range n {
			s.follower(fmt.Sprintf("h%d.example", i), "ana", false)
		}
		s.publish("https://city.example/posts/1")
		if got := len(s.claim(5000, 4, nil)); got != n {
			t.Errorf("%d deliveries, want %d", got, n)
		}
	})
}

func TestClaimKeepsLanesAndOrder(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "lanes", func(t *testing.T, db *storage.DB) {
		s := newSender(t, db)
		for i := range 6 {
			s.follower("big.example", fmt.Sprintf("p%d", i), false)
		}
		s.follower("small.example", "ana", false)
		s.publish("https://city.example/posts/1")
		first := s.claim(100, 4, nil)
		byHost := map[string]int{}
		for _, d := range first {
			byHost[d.Host]++
		}
		if byHost["big.example"] != 4 || byHost["small.example"] != 1 {
			t.Fatalf("claimed %v, want 4 of big.example and 1 of small.example", byHost)
		}
		if more := s.claim(100, 4, byHost); len(more) != 0 {
			t.Errorf("a full lane gave %v more", inboxes(more))
		}
		s.finish(network.DeliveryDone, 202, time.Time{}, first...)
		if rest := s.claim(100, 4, nil); len(rest) != 2 {
			t.Errorf("%d left after the first four, want 2", len(rest))
		}
	})
	storagetest.Run(t, "order", func(t *testing.T, db *storage.DB) {
		s := newSender(t, db)
		s.follower("a.example", "ana", true)
		s.publish("https://city.example/posts/1") // Create
		s.publish("https://city.example/posts/1") // Update of the same
		s.publish("https://city.example/posts/2")
		first := s.claim(100, 10, nil)
		if len(first) != 2 {
			t.Fatalf("claimed %d, want the first of each object", len(first))
		}
		s.finish(network.DeliveryPending, 503, time.Now().Add(-time.Second), first[0])
		s.finish(network.DeliveryDone, 202, time.Time{}, first[1])
		again := s.claim(100, 10, nil)
		if len(again) != 1 || again[0].ID != first[0].ID || again[0].Attempts != 1 {
			t.Fatalf("after a failure got %+v, want the same one again", again)
		}
		s.finish(network.DeliveryDone, 202, time.Time{}, again...)
		if last := s.claim(100, 10, nil); len(last) != 1 {
			t.Errorf("the Update did not follow: %v", last)
		}
	})
}

func TestLeasesAndBreaker(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "lease", func(t *testing.T, db *storage.DB) {
		s := newSender(t, db)
		for i := range 20 {
			s.follower(fmt.Sprintf("h%d.example", i), "ana", false)
		}
		s.publish("https://city.example/posts/1")
		var mu sync.Mutex
		seen := map[domain.ID]int{}
		var wg sync.WaitGroup
		for range 4 { // four workers, perhaps in four processes
			wg.Go(func() {
				for {
					got, err := s.queue.Claim(context.Background(), time.Now(), 3, 4, nil, time.Minute)
					if err != nil {
						t.Error(err)
						return
					}
					if len(got) == 0 {
						return
					}
					mu.Lock()
					for _, d := range got {
						seen[d.ID]++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		for id, n := range seen {
			if n != 1 {
				t.Errorf("delivery %s was claimed %d times", id, n)
			}
		}
		if err := s.queue.VoidLeases(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := s.claim(100, 4, nil); len(got) != 20 {
			t.Errorf("%d deliveries after voiding the leases, want 20", len(got))
		}
	})
	storagetest.Run(t, "breaker", func(t *testing.T, db *storage.DB) {
		s := newSender(t, db)
		for i := range 6 {
			s.follower("dead.example", fmt.Sprintf("p%d", i), false)
		}
		s.publish("https://city.example/posts/1")
		s.finish(network.DeliveryPending, 0, time.Now().Add(-time.Second), s.claim(5, 5, nil)...)
		if got := s.claim(100, 5, nil); len(got) != 0 {
			t.Fatalf("a host that failed five times was tried again at once: %v", inboxes(got))
		}
		hosts := storage.NewHosts(db)
		h, err := hosts.Host(t.Context(), "dead.example")
		if err != nil || h.Failures != 5 || !h.OpenUntil.After(time.Now()) {
			t.Fatalf("host is %+v, %v; want 5 failures and a pause", h, err)
		}
		if err := hosts.SeenInbound(t.Context(), "dead.example", "cavage", time.Now()); err != nil {
			t.Fatal(err)
		}
		if got := s.claim(100, 6, nil); len(got) != 6 {
			t.Errorf("after a sign of life %d were due, want 6", len(got))
		}
	})
}

func TestReceivedOnceAndInOrder(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "received", func(t *testing.T, db *storage.DB) {
		ctx, mint := t.Context(), domain.NewMint(nil, nil)
		queue := storage.NewReceived(db, mint)
		add := func(actor, id string) {
			r := &network.Received{
				ID: mint.ID(), Serial: mint.Serial(), IRI: domain.IRI(id), Actor: domain.IRI(actor), Host: "a.example",
				Type: "Create", Inbox: "/inbox", Raw: []byte(`{"id":"` + id + `"}`), At: noon,
			}
			if err := queue.Add(ctx, []*network.Received{r}); err != nil {
				t.Fatal(err)
			}
		}
		for _, id := range []string{"1", "2", "1", "2", "3"} {
			add("https://a.example/ana", "https://a.example/act/"+id)
		}
		add("https://a.example/bo", "https://a.example/act/4")
		claim := func(limit int) []*network.Received {
			got, err := queue.Claim(ctx, time.Now(), limit, time.Minute)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		first := claim(2)
		if len(first) != 2 || first[0].IRI != "https://a.example/act/1" || first[1].IRI != "https://a.example/act/2" {
			t.Fatalf("claimed %v", first)
		}
		second := claim(10)
		if len(second) != 1 || second[0].Actor != "https://a.example/bo" {
			t.Fatalf("while ana's are worked elsewhere, got %v; want bo's only", second)
		}
		done := func(state network.ReceivedState, next time.Time, rs ...*network.Received) {
			results := make([]network.ReceivedResult, len(rs))
			for i, r := range rs {
				results[i] = network.ReceivedResult{ID: r.ID, State: state, NextAt: next, At: time.Now()}
			}
			if err := queue.Finish(ctx, results); err != nil {
				t.Fatal(err)
			}
		}
		done(network.ReceivedDone, time.Time{}, first[0])
		done(network.ReceivedPending, time.Now().Add(-time.Second), first[1])
		third := claim(10)
		if len(third) != 2 || third[0].Attempts != 1 {
			t.Errorf("got %d activities, want the failed one again and the third", len(third))
		}

		later := time.Now().Add(2 * time.Minute)
		if err := queue.Renew(ctx, []domain.ID{second[0].ID}, later.Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		taken, err := queue.Claim(ctx, later, 10, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range taken {
			if r.ID == second[0].ID {
				t.Error("an activity whose lease was renewed was given to another worker")
			}
		}
		if len(taken) != 2 {
			t.Errorf("%d activities of a worker that died were given to another one, want 2", len(taken))
		}
	})
}

// TestFedO10FanoutGoesOnAtItsCursor: an audience of several pages is expanded
// page by page; a process that ends in between leaves the rest to the next,
// which goes on behind what there is, and each inbox has its delivery once.
func TestFedO10FanoutGoesOnAtItsCursor(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "cursor", func(t *testing.T, db *storage.DB) {
		const followers, first, page = 1_100, 100, 500
		s := newSender(t, db)
		for i := range followers {
			s.follower(fmt.Sprintf("h%d.example", i), "ana", false)
		}
		out := network.Outgoing{
			Activity: network.Activity{
				ID: s.mint.ID(), Serial: s.mint.Serial(), IRI: s.ns.IRI("activities", "1"), Actor: s.actor.ID, Type: "Create", Raw: []byte("{}"), At: noon,
			},
			FollowersOf: []domain.ActorID{s.actor.ID}, OrderKey: "x",
		}
		e := event(s.mint, "test.published")
		if err := s.db.InTx(t.Context(), domain.Change{Events: []domain.Event{e}}, nil); err != nil {
			t.Fatal(err)
		}
		if err := s.acts.Publish(t.Context(), "publish", 0, 1, []network.Outgoing{out}); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{first, first + page, followers, followers} {
			again := storage.NewActivities(db, s.mint) // as another process has it
			if _, err := again.Fanout(t.Context()); err != nil {
				t.Fatal(err)
			}
			if q, err := again.Queues(t.Context()); err != nil || q.Deliveries != want {
				t.Fatalf("%d deliveries, want %d (%v)", q.Deliveries, want, err)
			}
		}
		if to := slices.Compact(inboxes(s.claim(2*followers, 10, nil))); len(to) != followers {
			t.Errorf("%d inboxes have a delivery, want %d", len(to), followers)
		}
	})
}

// TestForgottenWordsAreNotSent: what was queued of something that is deleted is not
// sent, also where it was queued while that went on.
func TestForgottenWordsAreNotSent(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "forgotten", func(t *testing.T, db *storage.DB) {
		s := newSender(t, db)
		s.follower("a.example", "ana", false)
		const forgotten, racing, other = "https://city.example/posts/1", "https://city.example/posts/2", "https://city.example/posts/3"
		for _, object := range []string{forgotten, racing, other} {
			s.publish(object)
		}
		if err := storage.NewCommunities(db).NoteDeletion(t.Context(), forgotten, noon); err != nil {
			t.Fatal(err)
		}
		err := db.InTx(t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			_, err := tx.NewRaw("UPDATE activities SET raw = ? WHERE object = ?", []byte{}, racing).Exec(ctx)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := s.claim(10, 10, nil); len(got) != 1 || !strings.Contains(string(got[0].Raw), other) {
			t.Errorf("%d deliveries are claimed", len(got))
		}
		if n := count(t, db, "SELECT COUNT(*) FROM deliveries"); n != 1 {
			t.Errorf("%d deliveries are left", n)
		}
		if n := count(t, db, "SELECT COUNT(*) FROM activities"); n != 3 {
			t.Errorf("the ids of %d activities are left", n)
		}
	})
}
