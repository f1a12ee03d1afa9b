package federationtest_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
	"interlink/federation/inbox"
	"interlink/storage/storagetest"
)

// processes are two of one node, on one database and Redis.
type processes struct {
	t       *testing.T
	base    string
	nodes   [2]*node.Node
	clients [2]*http.Client // each reaches one of them at the node's address
	stop    func()          // ends both
}

func newProcesses(t *testing.T, change func(*node.Options)) *processes {
	t.Helper()
	redis := os.Getenv("TEST_REDIS_URL")
	if redis == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("TEST_REDIS_URL is not set: ./test.sh starts a Redis and sets it")
		}
		t.Skip("TEST_REDIS_URL is not set: not tested with Redis (./test.sh does)")
	}
	p := &processes{t: t}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	p.stop = stop
	t.Cleanup(stop)
	var running sync.WaitGroup
	database := storagetest.Postgres(t)
	for i := range p.nodes {
		var config net.ListenConfig
		l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if p.base == "" {
			p.base = "http://" + l.Addr().String()
		}
		o := node.Options{
			BaseURL: p.base, DatabaseURL: database, RedisURL: redis, DataDir: t.TempDir(), Secret: []byte("0123456789abcdef0123456789abcdef"),
			Role: node.RoleWeb, AllowPrivate: true, Registration: account.ModeOpen, Log: federationtest.Log(t),
		}
		change(&o)
		n, err := node.Open(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		running.Go(func() {
			if err := node.Serve(ctx, n, l); err != nil {
				t.Error(err)
			}
		})
		t.Cleanup(func() {
			stop()
			running.Wait()
			if err := n.Close(); err != nil {
				t.Error(err)
			}
		})
		address, dialer := l.Addr().String(), net.Dialer{}
		p.nodes[i] = n
		p.clients[i] = &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		}}}
		t.Cleanup(p.clients[i].CloseIdleConnections)
	}
	return p
}

// send posts what a person of a peer signs to one of the processes.
func (p *processes) send(process int, key *httpsig.Key, activity map[string]any) int {
	p.t.Helper()
	body := marshalled(p.t, activity)
	r, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.base+"/inbox", bytes.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Content-Type", activityJSON)
	digest := sha256.Sum256(body)
	if err := httpsig.Sign(r, key, httpsig.Cavage, &digest, time.Now()); err != nil {
		p.t.Fatal(err)
	}
	answer, err := p.clients[process].Do(r)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = answer.Body.Close()
	return answer.StatusCode
}

// within asks again until it is so, for as long.
func within(t *testing.T, d time.Duration, what string, so func() bool) {
	t.Helper()
	deadline, tick := time.After(d), time.NewTicker(10*time.Millisecond)
	defer tick.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s: not within %v", what, d)
		}
	}
}

// TestFedO12SharedLimits: a host that sends to several processes of a node in
// turn has one limit with all of them.
func TestFedO12SharedLimits(t *testing.T) {
	t.Parallel()
	const burst = 40
	p := newProcesses(t, func(o *node.Options) {
		o.Limits = &inbox.Limits{
			Known: inbox.Limit{Rate: 0.001, Burst: burst}, Strange: inbox.Limit{Rate: 0.001, Burst: 1000}, Source: inbox.Limit{Rate: 0.001, Burst: 1000},
		}
	})
	peer, number := federationtest.NewPeer(t), 0
	sent := func(process int) int {
		number++
		return p.send(process, peer.Key(1), peer.Note(1, number, "Hello"))
	}
	for range burst * 3 / 4 {
		if got := sent(0); got != http.StatusAccepted {
			t.Fatal(got)
		}
	}
	accepted := 0
	within(t, 10*time.Second, "the second process refuses", func() bool { // one every 10 ms
		status := sent(1)
		if status == http.StatusAccepted {
			accepted++
		}
		return status == http.StatusTooManyRequests
	})
	if accepted >= burst {
		t.Errorf("the second process took %d, as if the first had taken none", accepted)
	}
	within(t, 10*time.Second, "the first process refuses", func() bool { return sent(0) == http.StatusTooManyRequests })
	t.Logf("%d at one process, then %d at the other, of a limit of %d", burst*3/4, accepted, burst)
}

// timeless stops the clock of a node: nothing in its memory is ever too old.
func timeless(o *node.Options) {
	began := time.Now()
	o.Now = func() time.Time { return began }
}

// TestFedO1SharedRules: a rule about a host that is made at one process holds
// at the others, without their clock.
func TestFedO1SharedRules(t *testing.T) {
	t.Parallel()
	p := newProcesses(t, timeless)
	operator := p.nodes[0].Operator()
	for i := range 2 {
		peer := federationtest.NewPeer(t)
		number := 0
		sent := func() int {
			number++
			return p.send(1, peer.Key(1), peer.Note(1, number, "Hello"))
		}
		if got := sent(); got != http.StatusAccepted {
			t.Fatalf("host %d: %d", i, got)
		}
		host := peer.Person(1).Host()
		if _, err := p.nodes[0].Gate.Set(t.Context(), operator, network.Rule{Host: host, Verdict: network.VerdictBlock}); err != nil {
			t.Fatal(err)
		}
		within(t, 20*time.Second, "the other process refuses the host", func() bool { return sent() == http.StatusForbidden })
		if err := p.nodes[0].Gate.Lift(t.Context(), operator, host); err != nil {
			t.Fatal(err)
		}
		within(t, 20*time.Second, "the other process takes from the host", func() bool { return sent() == http.StatusAccepted })
	}
}

// TestSharedAnswers: what one process publishes is on the pages of the others,
// without their clock.
func TestSharedAnswers(t *testing.T) {
	t.Parallel()
	p := newProcesses(t, timeless)
	official := person(t, p.nodes[0], "official", policy.RoleAdmin)
	mobility(t, p.nodes[0], official)
	page := func(path string) string {
		t.Helper()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := p.clients[1].Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	for _, content := range []string{"The bridge opens on Monday.", "The bridge opens on Tuesday."} {
		if strings.Contains(page("/communities/mobility"), content) {
			t.Fatal("it is there before it was said")
		}
		if _, err := p.nodes[0].Communities.Post(t.Context(), official, "mobility", community.Draft{Content: content, Language: "en"}); err != nil {
			t.Fatal(err)
		}
		within(t, 20*time.Second, "the other process shows the post", func() bool { return strings.Contains(page("/communities/mobility"), content) })
	}
}
