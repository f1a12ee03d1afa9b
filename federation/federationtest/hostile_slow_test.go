package federationtest_test

import (
	"context"
	"crypto/rand"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain/account"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
	"interlink/storage/storagetest"
)

// serving starts a node that works its queues by itself, as in production.
func serving(t *testing.T) (n *node.Node, url string) {
	t.Helper()
	return servingWith(t, func(*node.Options) {})
}

// servingWith is serving with settings changed. With a certificate the node is
// https://localhost.
func servingWith(t *testing.T, change func(*node.Options)) (n *node.Node, url string) {
	t.Helper()
	return servingAt(t, func(l net.Listener) net.Listener { return l }, change)
}

// servingAt is servingWith at a listener that is dressed up.
func servingAt(t *testing.T, dress func(net.Listener) net.Listener, change func(*node.Options)) (n *node.Node, url string) {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	secret := make([]byte, 32)
	_, _ = rand.Read(secret)
	o := node.Options{
		BaseURL: "http://" + l.Addr().String(), DataDir: t.TempDir(), DatabaseURL: storagetest.SQLite(t), Secret: secret, AllowPrivate: true,
		Registration: account.ModeOpen,
	}
	if change(&o); o.TLS.Certificate != "" {
		o.BaseURL = strings.Replace(o.BaseURL, "http://127.0.0.1", "https://localhost", 1)
	}
	n, err = node.Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	serve(t, n, dress(l))
	return n, o.BaseURL
}

// serve serves a node until the test ends.
func serve(t *testing.T, n *node.Node, l net.Listener) {
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var running sync.WaitGroup
	running.Go(func() {
		if err := node.Serve(ctx, n, l); err != nil {
			t.Errorf("serve: %v", err)
		}
	})
	t.Cleanup(func() {
		stop()
		running.Wait()
		_ = n.Close()
	})
}

// drip answers with one byte a second, until the request or the test ends.
func drip(over <-chan struct{}) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/activity+json")
		w.Header().Set("Content-Length", "1000")
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			_, _ = io.WriteString(w, "{")
			_ = http.NewResponseController(w).Flush()
			select {
			case <-tick.C:
			case <-r.Context().Done():
				return
			case <-over:
				return
			}
		}
	}
}

// TestSec22SlowHost: a server that answers one byte a second to whatever is
// asked of it, for its keys and for more of its actors than the node works on
// at a time, costs the activities of others nothing.
func TestSec22SlowHost(t *testing.T) {
	n, url := serving(t)
	slow, other := federationtest.NewHostile(t), federationtest.NewPeer(t)
	over := make(chan struct{})
	t.Cleanup(func() { close(over) })
	const actors = 100
	send := func(p *federationtest.Peer, i int, activity map[string]any) (int, error) {
		return p.Send(t.Context(), i, url+"/inbox", activity, httpsig.Cavage)
	}
	// They are known, so that their activities are taken. Then all change.
	for i := range actors {
		actor := string(slow.Person(i))
		if status, err := send(slow.Peer, i, map[string]any{"id": actor + "/1", "type": "Like", "actor": actor, "object": actor}); err != nil || status != http.StatusAccepted {
			t.Fatal(status, err)
		}
	}
	for i := range 2 * actors {
		slow.Lie(slow.Path(slow.Person(i)), drip(over))
	}
	for i := range actors {
		actor := string(slow.Person(i))
		if status, err := send(slow.Peer, i, map[string]any{"id": actor + "/2", "type": "Update", "actor": actor, "object": actor}); err != nil || status != http.StatusAccepted {
			t.Fatal(status, err)
		}
	}
	var strangers sync.WaitGroup
	for i := range 50 { // whose keys are still to be read
		strangers.Go(func() {
			actor := string(slow.Person(actors + i))
			if status, err := send(slow.Peer, actors+i, map[string]any{"id": actor + "/1", "type": "Like", "actor": actor, "object": actor}); err == nil && status == http.StatusAccepted {
				t.Error("a key was taken that nobody read")
			}
		})
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
	defer cancel()
	for i := range 20 {
		if status, err := send(other, i, other.Follow(i, n.CatalogueActor().IRI)); err != nil || status != http.StatusAccepted {
			t.Fatal(status, err)
		}
	}
	if err := other.WaitFor(ctx, func(arrivals int) bool { return arrivals >= 20 }); err != nil {
		t.Errorf("20 follows were not answered within %s: %v", time.Since(began), err)
	}
	t.Logf("20 follows of another server were answered within %s", time.Since(began))
	strangers.Wait()
	asked := slow.Asked()
	if status, err := send(slow.Peer, 180, map[string]any{"id": string(slow.Person(180)) + "/1", "type": "Like", "actor": slow.Person(180), "object": slow.Person(180)}); err != nil || status == http.StatusAccepted {
		t.Errorf("status %d (%v)", status, err)
	}
	if again := slow.Asked(); again > asked+1 {
		t.Errorf("the slow server was asked %d times more", again-asked)
	}
}
