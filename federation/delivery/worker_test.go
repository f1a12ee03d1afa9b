package delivery_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/federation/delivery"
	"interlink/federation/httpsig"
	"interlink/federation/keyring"
	"interlink/federation/remote"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// node is what a node needs to deliver: its database, its keys, its client.
// The clock of its queue is the test's.
type node struct {
	*delivery.Worker
	t      *testing.T
	mint   *domain.Mint
	ns     domain.Namespace
	acts   *storage.Activities
	hosts  *storage.Hosts
	actors *storage.Network
	actor  *network.Actor
	seq    int64
	db     *storage.DB

	mu  sync.Mutex
	now time.Time
}

// actorKey is made once, as keys take long: it is sealed anew in each
// database.
var actorKey = sync.OnceValue(func() *httpsig.Key {
	key, err := httpsig.GenerateKey("https://city.example/communities/mobility#main-key")
	if err != nil {
		panic(err)
	}
	return key
})

// signer gives the key to all actors.
type signer struct{}

func (signer) SigningKeys(context.Context, domain.ActorID) (*httpsig.Keys, error) {
	return &httpsig.Keys{RSA: actorKey()}, nil
}

func newNode(t *testing.T, db *storage.DB, o delivery.Options) *node {
	t.Helper()
	n := &node{t: t, db: db, now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), hosts: storage.NewHosts(db), actors: storage.NewNetwork(db)}
	n.mint = domain.NewMint(n.clock, nil)
	n.acts = storage.NewActivities(db, n.mint)
	var err error
	if n.ns, err = domain.NewNamespace("https://city.example"); err != nil {
		t.Fatal(err)
	}
	n.actor = network.NewLocal(n.mint, n.ns, network.TypeGroup, network.SubjectCommunity, "mobility", "communities", "mobility")
	if err := n.actors.AddLocalActor(t.Context(), n.actor); err != nil {
		t.Fatal(err)
	}
	n.work(signer{}, o)
	return n
}

// work gives the node a worker that signs with keys.
func (n *node) work(keys delivery.Keys, o delivery.Options) {
	n.t.Helper()
	client, err := remote.NewClient(remote.Options{AllowPrivate: true, Now: time.Now})
	if err != nil {
		n.t.Fatal(err)
	}
	n.t.Cleanup(client.Close)
	o.Now, o.Log = n.clock, slog.New(slog.NewTextHandler(n.t.Output(), nil))
	n.Worker = delivery.NewWorker(storage.NewDeliveries(n.db), keys, client, o)
}

func (n *node) clock() time.Time {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.now
}

// at sets the clock.
func (n *node) at(now time.Time) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.now = now
}

// publish queues an activity to inboxes.
func (n *node) publish(raw string, inboxes ...domain.IRI) {
	n.t.Helper()
	ctx, id := n.t.Context(), n.mint.ID()
	out := network.Outgoing{Inboxes: inboxes, OrderKey: string(id), Activity: network.Activity{
		ID: id, Serial: n.mint.Serial(), IRI: n.ns.IRI("activities", string(id)), Actor: n.actor.ID, Type: "Create", Raw: []byte(raw), At: n.clock(),
	}}
	e := domain.NewEvent(n.mint, "test.published", "", domain.Subject{Kind: "test", ID: id}, map[string]string{})
	if err := n.db.InTx(ctx, domain.Change{Events: []domain.Event{e}}, nil); err != nil {
		n.t.Fatal(err)
	}
	if err := n.acts.Publish(ctx, "publish", n.seq, n.seq+1, []network.Outgoing{out}); err != nil {
		n.t.Fatal(err)
	}
	n.seq++
	for found := true; found; {
		var err error
		if found, err = n.acts.Fanout(ctx); err != nil {
			n.t.Fatal(err)
		}
	}
}

// step sends what is due and checks how much that was.
func (n *node) step(want int) {
	n.t.Helper()
	if got, err := n.Step(n.t.Context()); err != nil || got != want {
		n.t.Fatalf("sent %d, not %d (%v)", got, want, err)
	}
}

// state says where the only delivery stands, and when it is due again.
func (n *node) state() (state network.DeliveryState, wait time.Duration) {
	n.t.Helper()
	q, err := n.acts.Queues(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	due, err := storage.NewDeliveries(n.db).NextDue(n.t.Context())
	if err != nil {
		n.t.Fatal(err)
	}
	switch {
	case q.Deliveries > 0:
		return network.DeliveryPending, due.Sub(n.clock())
	case q.Dead > 0:
		return network.DeliveryDead, 0
	}
	return network.DeliveryDone, 0
}

func (n *node) host(host string) *network.Host {
	n.t.Helper()
	h, err := n.hosts.Host(n.t.Context(), host)
	if err != nil {
		n.t.Fatal(err)
	}
	return h
}

// inbox is a server with one inbox.
type inbox struct {
	*httptest.Server
	mu      sync.Mutex
	arrived []string // schemes that deliveries were signed by
}

// newInbox starts an inbox, which answers what is signed well.
func newInbox(t *testing.T, answer func(w http.ResponseWriter, r *http.Request, body string, scheme httpsig.Scheme)) *inbox {
	t.Helper()
	text, err := actorKey().PublicPEM()
	if err != nil {
		t.Fatal(err)
	}
	key, err := httpsig.ParsePublicKey(string(text))
	if err != nil {
		t.Fatal(err)
	}
	in := new(inbox)
	in.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		sig, err := httpsig.Parse(r, in.URL+r.URL.RequestURI())
		if err == nil {
			err = sig.Verify(key, body, time.Now())
		}
		if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/activity+json" {
			t.Errorf("%s with %s: %v", r.Method, r.Header.Get("Content-Type"), err)
			return
		}
		in.mu.Lock()
		in.arrived = append(in.arrived, string(sig.Scheme()))
		in.mu.Unlock()
		answer(w, r, string(body), sig.Scheme())
	}))
	t.Cleanup(in.Close)
	return in
}

func (in *inbox) iri() domain.IRI { return domain.IRI(in.URL + "/inbox") }
func (in *inbox) host() string    { return in.Listener.Addr().String() }

// schemes returns how what arrived since the last time was signed.
func (in *inbox) schemes() string {
	in.mu.Lock()
	defer in.mu.Unlock()
	s := strings.Join(in.arrived, " ")
	in.arrived = nil
	return s
}

// TestAnswers: what becomes of a delivery, and of the host, by its answer.
func TestAnswers(t *testing.T) {
	const (
		pending = network.DeliveryPending
		done    = network.DeliveryDone
		dead    = network.DeliveryDead
	)
	first := [2]time.Duration{12 * time.Second, 18 * time.Second} // the first pause with its jitter
	exactly := func(d time.Duration) [2]time.Duration { return [2]time.Duration{d, d} }
	in2Hours := time.Date(2026, 11, 24, 14, 0, 0, 0, time.UTC)
	storagetest.Run(t, "answers", func(t *testing.T, db *storage.DB) {
		n := newNode(t, db, delivery.Options{})
		for _, c := range []struct {
			status     int // 0: the connection breaks
			retryAfter string
			body       string
			state      network.DeliveryState
			wait       [2]time.Duration
			failed     bool // it counts against the host
		}{
			{status: 200, state: done},
			{status: 202, state: done},
			{status: 204, state: done},
			{status: 307, state: dead},
			{status: 400, state: dead},
			{status: 400, state: dead, body: "\x00 \xff\xfe " + strings.Repeat("ñ", 200)}, // as no database stores it
			{status: 401, state: pending, wait: first},
			{status: 403, state: dead},
			{status: 404, state: dead},
			{status: 410, state: dead},
			{status: 413, state: dead},
			{status: 408, state: pending, wait: first, failed: true},
			{status: 500, state: pending, wait: first, failed: true},
			{status: 500, state: pending, wait: first, failed: true, body: "\x00"},
			{status: 503, state: pending, wait: first, failed: true},
			{status: 0, state: pending, wait: first, failed: true},
			{status: 429, state: pending, wait: first, failed: true},
			{status: 429, retryAfter: "3600", state: pending, wait: exactly(time.Hour), failed: true},
			{status: 429, retryAfter: "1", state: pending, wait: first, failed: true},
			{status: 503, retryAfter: in2Hours.Format(http.TimeFormat), state: pending, failed: true},
			{status: 503, retryAfter: "Fri, 31 Dec 9999 23:59:59 GMT", state: pending, wait: exactly(24 * time.Hour), failed: true},
			{status: 503, retryAfter: "9223372036854775807", state: pending, wait: exactly(24 * time.Hour), failed: true},
			{status: 503, retryAfter: "9223372036854775808", state: pending, wait: first, failed: true},
			{status: 503, retryAfter: "-3600", state: pending, wait: first, failed: true},
			{status: 503, retryAfter: "Thu, 01 Jan 1970 00:00:00 GMT", state: pending, wait: first, failed: true},
			{status: 503, retryAfter: "never", state: pending, wait: first, failed: true},
		} {
			name := fmt.Sprintf("%d %q %q", c.status, c.retryAfter, c.body)
			in := newInbox(t, func(w http.ResponseWriter, _ *http.Request, body string, _ httpsig.Scheme) {
				if body != `{"type":"Create"}` {
					t.Errorf("%s: received %q", name, body)
				}
				if c.status == 0 {
					panic(http.ErrAbortHandler)
				}
				if c.retryAfter != "" {
					w.Header().Set("Retry-After", c.retryAfter)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			})
			before, err := n.acts.Queues(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			n.publish(`{"type":"Create"}`, in.iri())
			n.step(1)
			after, err := n.acts.Queues(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			state := done
			switch {
			case after.Deliveries > before.Deliveries:
				state = pending
			case after.Dead > before.Dead:
				state = dead
			}
			if state != c.state {
				t.Errorf("%s: the delivery is %s, not %s", name, state, c.state)
			}
			if h := n.host(in.host()); h.Failures > 0 != c.failed {
				t.Errorf("%s: the host has %d failures", name, h.Failures)
			}
			if state != pending {
				continue
			}
			if c.wait != [2]time.Duration{} {
				if _, wait := n.state(); wait < c.wait[0] || wait > c.wait[1] {
					t.Errorf("%s: due in %s, not in %s", name, wait, c.wait)
				}
			}
			// It is dropped, so that the next is alone.
			n.drop(in)
		}
	})
}

// drop makes an end of the pending delivery to an inbox.
func (n *node) drop(in *inbox) {
	n.t.Helper()
	q := storage.NewDeliveries(n.db)
	late := n.clock().Add(48 * time.Hour)
	claimed, err := q.Claim(n.t.Context(), late, 10, 10, nil, 0)
	if err != nil || len(claimed) != 1 || claimed[0].Inbox != in.iri() {
		n.t.Fatalf("%d deliveries wait (%v)", len(claimed), err)
	}
	err = q.Finish(n.t.Context(), []network.DeliveryResult{{Delivery: claimed[0], State: network.DeliveryDead, At: n.clock()}})
	if err != nil {
		n.t.Fatal(err)
	}
}

// TestRetries: a peer that comes back after four days receives the same
// bytes, signed anew; one that never does is given up after five days.
func TestRetries(t *testing.T) {
	storagetest.Run(t, "retries", func(t *testing.T, db *storage.DB) {
		n := newNode(t, db, delivery.Options{})
		start := n.clock()
		back := start.Add(4 * 24 * time.Hour)
		in := newInbox(t, func(w http.ResponseWriter, _ *http.Request, body string, _ httpsig.Scheme) {
			if body != `{"n":1}` {
				t.Errorf("received %q", body)
			}
			if n.clock().Before(back) {
				w.WriteHeader(http.StatusBadGateway)
			}
		})
		n.publish(`{"n":1}`, in.iri())
		attempts := n.untilRest()
		if state, _ := n.state(); state != network.DeliveryDone {
			t.Errorf("the delivery is %s after %s", state, n.clock().Sub(start))
		}
		if late := n.clock().Sub(back); late < 0 || late > 15*time.Hour {
			t.Errorf("delivered %s after the peer was back", late)
		}
		if attempts < 12 || attempts > 25 {
			t.Errorf("%d attempts", attempts)
		}

		start, back = n.clock(), n.clock().Add(365*24*time.Hour)
		n.publish(`{"n":1}`, in.iri())
		n.untilRest()
		if state, _ := n.state(); state != network.DeliveryDead {
			t.Errorf("the delivery is %s", state)
		}
		if age := n.clock().Sub(start); age < 5*24*time.Hour || age > 6*24*time.Hour {
			t.Errorf("given up after %s", age)
		}
	})
}

// untilRest works the queue, each time when something is due, and counts the
// attempts.
func (n *node) untilRest() int {
	n.t.Helper()
	for attempts := range 100 {
		due, err := storage.NewDeliveries(n.db).NextDue(n.t.Context())
		if err != nil {
			n.t.Fatal(err)
		}
		if due.IsZero() {
			return attempts
		}
		if due.After(n.clock()) {
			n.at(due)
		}
		if sent, err := n.Step(n.t.Context()); err != nil {
			n.t.Fatal(err)
		} else if sent == 0 { // its host is left alone for a while
			n.at(n.clock().Add(time.Minute))
		}
	}
	n.t.Fatal("the queue is never at rest")
	return 0
}

// TestSchemes: peers are signed for as they understand it; what worked is
// remembered.
func TestSchemes(t *testing.T) {
	for name, c := range map[string]struct {
		learned httpsig.Scheme // what the host once signed with itself
		reads   httpsig.Scheme // what it accepts
		refusal int
		first   string // how the first delivery is signed, and tried again
		second  string
	}{
		"a host never met":                  {reads: httpsig.Cavage, refusal: 401, first: "cavage", second: "cavage"},
		"a host that signs by RFC 9421":     {learned: httpsig.RFC9421, reads: httpsig.RFC9421, refusal: 401, first: "rfc9421", second: "rfc9421"},
		"one that cannot read what it uses": {learned: httpsig.RFC9421, reads: httpsig.Cavage, refusal: 401, first: "rfc9421 cavage", second: "cavage"},
		"one that reads RFC 9421 alone":     {reads: httpsig.RFC9421, refusal: 401, first: "cavage rfc9421", second: "rfc9421"},
		"one that says 400":                 {reads: httpsig.RFC9421, refusal: 400, first: "cavage rfc9421", second: "rfc9421"},
		"one that says 403":                 {reads: httpsig.RFC9421, refusal: 403, first: "cavage rfc9421", second: "rfc9421"},
		"one that refuses us":               {reads: "neither", refusal: 403, first: "cavage rfc9421", second: "cavage rfc9421"},
		"one that has nobody there":         {reads: "neither", refusal: 404, first: "cavage", second: "cavage"},
		"one that is away":                  {reads: "neither", refusal: 503, first: "cavage", second: "cavage"},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNode(t, storagetest.Open(t, storagetest.SQLite(t)), delivery.Options{})
			in := newInbox(t, func(w http.ResponseWriter, _ *http.Request, _ string, scheme httpsig.Scheme) {
				if scheme != c.reads {
					w.WriteHeader(c.refusal)
				}
			})
			if c.learned != "" {
				if err := n.hosts.SeenInbound(t.Context(), in.host(), string(c.learned), n.clock()); err != nil {
					t.Fatal(err)
				}
			}
			for _, want := range []string{c.first, c.second} {
				n.publish(`{}`, in.iri())
				n.step(1)
				if got := in.schemes(); got != want {
					t.Errorf("signed by %q, not by %q", got, want)
				}
			}
		})
	}
}

// TestSchemeForgotten: what was learned of a host long ago is tried anew.
func TestSchemeForgotten(t *testing.T) {
	storagetest.Run(t, "forgotten", func(t *testing.T, db *storage.DB) {
		n := newNode(t, db, delivery.Options{})
		in := newInbox(t, func(http.ResponseWriter, *http.Request, string, httpsig.Scheme) {})
		if err := n.hosts.LearnScheme(t.Context(), in.host(), "rfc9421", n.clock()); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			wait time.Duration
			want string
		}{{29 * 24 * time.Hour, "rfc9421"}, {29 * 24 * time.Hour, "rfc9421"}, {31 * 24 * time.Hour, "cavage"}} {
			n.at(n.clock().Add(c.wait))
			n.publish(`{}`, in.iri())
			n.step(1)
			if got := in.schemes(); got != c.want {
				t.Errorf("after %s signed by %q, not by %q", c.wait, got, c.want)
			}
		}
	})
}

// TestOwnFaults: an actor whose key does not open, because the node has
// another secret now, is no fault of those it writes to: they go on to
// receive what others here send.
func TestOwnFaults(t *testing.T) {
	storagetest.Run(t, "faults", func(t *testing.T, db *storage.DB) {
		n := newNode(t, db, delivery.Options{})
		in := newInbox(t, func(http.ResponseWriter, *http.Request, string, httpsig.Scheme) {})
		ring := func(secret string) *keyring.Keyring {
			keys, err := keyring.New(storage.NewKeys(db), n.actors, n.mint, []byte(secret))
			if err != nil {
				t.Fatal(err)
			}
			return keys
		}
		if _, err := ring("the secret of the node").SigningKeys(t.Context(), n.actor.ID); err != nil {
			t.Fatal(err)
		}
		n.work(ring("another secret of the node"), delivery.Options{})
		for range 6 { // the breaker opens after five failures
			n.publish(`{}`, in.iri())
		}
		for range 2 {
			if _, err := n.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if state, wait := n.state(); state != network.DeliveryPending || wait <= 0 {
			t.Errorf("the deliveries are %s, due in %s", state, wait)
		}
		if h := n.host(in.host()); h.Failures > 0 || !h.OpenUntil.IsZero() {
			t.Errorf("the host has %d failures and is closed until %s", h.Failures, h.OpenUntil)
		}
		if got := in.schemes(); got != "" {
			t.Errorf("sent, signed by %s", got)
		}
	})
}

// TestForbiddenInboxes: an actor's document may name any inbox; those of our
// own network are not written to.
func TestForbiddenInboxes(t *testing.T) {
	n := newNode(t, storagetest.Open(t, storagetest.SQLite(t)), delivery.Options{})
	n.publish(`{}`, "http://10.0.0.1/inbox", "http://169.254.169.254/inbox", "https://192.168.0.1:8443/inbox")
	n.step(3)
	for _, host := range []string{"10.0.0.1", "169.254.169.254", "192.168.0.1:8443"} {
		if h := n.host(host); !strings.Contains(h.LastError, "error.address_refused") {
			t.Errorf("%s: %q", host, h.LastError)
		}
	}
}

// TestRun: a host that does not answer takes the lane it has and holds up
// nobody else; what is in flight at the end is waited for and recorded.
func TestRun(t *testing.T) {
	storagetest.Run(t, "run", func(t *testing.T, db *storage.DB) {
		const lane, fast = 2, 20
		n := newNode(t, db, delivery.Options{Pool: 8, Lane: lane})
		stuck, release, arrived := make(chan struct{}, 10), make(chan struct{}), make(chan struct{}, fast)
		var once sync.Mutex
		now, most := 0, 0
		slow := newInbox(t, func(http.ResponseWriter, *http.Request, string, httpsig.Scheme) {
			once.Lock()
			now++
			most = max(most, now)
			once.Unlock()
			stuck <- struct{}{}
			<-release
			once.Lock()
			now--
			once.Unlock()
		})
		quick := newInbox(t, func(http.ResponseWriter, *http.Request, string, httpsig.Scheme) { arrived <- struct{}{} })
		for range lane + 3 {
			n.publish(`{}`, slow.iri())
		}
		ctx, stop := context.WithCancel(t.Context())
		wake, ended := make(chan struct{}, 1), make(chan error, 1)
		go func() { ended <- n.Run(ctx, wake) }()
		for range lane {
			<-stuck
		}
		for range fast {
			n.publish(`{}`, quick.iri())
			wake <- struct{}{}
		}
		for range fast {
			<-arrived
		}
		stop()
		close(release)
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if most != lane {
			t.Errorf("the slow host had %d requests at once", most)
		}
		// What was begun before the end was noticed is recorded, the rest waits.
		sent := len(strings.Fields(slow.schemes()))
		q, err := n.acts.Queues(t.Context())
		if err != nil || q.Deliveries != lane+3-sent || q.Dead != 0 {
			t.Errorf("%d sent: %+v, %v", sent, q, err)
		}
	})
}
