package remote_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"interlink/domain"
	"interlink/federation/remote"
)

// clock is a time that a test moves.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := new(clock)
	c.at.Store(time.Now().UnixNano())
	return c
}

func (c *clock) now() time.Time       { return time.Unix(0, c.at.Load()) }
func (c *clock) pass(d time.Duration) { c.at.Add(int64(d)) }

// TestAtOnce: one host is asked for few things at a time, some more wait for
// these, and the rest is refused; another host is asked meanwhile.
func TestAtOnce(t *testing.T) {
	t.Parallel()
	slow, other, client := newPeer(t), newPeer(t), loopback(t)
	entered, release := make(chan struct{}), make(chan struct{})
	var running, most atomic.Int32
	slow.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		most.Store(max(most.Load(), running.Add(1)))
		defer running.Add(-1)
		entered <- struct{}{}
		<-release
		w.Header().Set("Content-Type", activityJSON)
		_, _ = io.WriteString(w, note(slow.iri(r.URL.Path)))
	})
	other.answer("/x", activityJSON, note(other.iri("/x")))
	errs := make(chan error, 100)
	for i := range 100 {
		go func() { errs <- get(t, client, slow.iri("/"+strings.Repeat("x", i+1))) }()
	}
	for range 8 {
		<-entered
	}
	for range 68 {
		wantCode(t, "one too many", <-errs, domain.TooMany)
	}
	if err := get(t, client, other.iri("/x")); err != nil {
		t.Errorf("another host: %v", err)
	}
	go func() {
		for range entered { //nolint:revive // counted by the handler
		}
	}()
	close(release)
	for range 32 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	close(entered)
	if most.Load() != 8 {
		t.Errorf("%d at once, want 8", most.Load())
	}
}

// TestDeadHost: a host that gave no answer three times is left alone for half
// a minute, then for twice as long after each further try; one answer,
// whatever it says, ends that.
func TestDeadHost(t *testing.T) {
	t.Parallel()
	p, c := newPeer(t), newClock()
	client := newClient(t, remote.Options{AllowPrivate: true, Now: c.now})
	var alive atomic.Bool
	p.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if !alive.Load() {
			panic(http.ErrAbortHandler) // it hangs up
		}
		http.NotFound(w, r)
	})
	ask := func(what string, code domain.Code, reaches bool) {
		t.Helper()
		p.requests()
		wantCode(t, what, get(t, client, p.iri("/x")), code)
		if asked := len(p.requests()) > 0; asked != reaches {
			t.Errorf("%s: asked: %t", what, asked)
		}
	}
	for range 3 {
		ask("at first", domain.Unavailable, true)
	}
	ask("then", domain.Unavailable, false)
	c.pass(31 * time.Second)
	ask("later", domain.Unavailable, true)
	c.pass(31 * time.Second)
	ask("not as soon", domain.Unavailable, false)
	alive.Store(true)
	c.pass(30 * time.Second)
	ask("when it is back", domain.NotFound, true)
	for range 2 {
		ask("from then on", domain.NotFound, true)
	}
	if _, _, err := client.Finger(t.Context(), "@x@"+p.host()); domain.CodeOf(err) != domain.NotFound {
		t.Error(err)
	}
}

// TestOneProbe: of many who ask a host that has been left alone, one tries.
func TestOneProbe(t *testing.T) {
	t.Parallel()
	p, c := newPeer(t), newClock()
	client := newClient(t, remote.Options{AllowPrivate: true, Now: c.now})
	var hold atomic.Bool
	release, entered := make(chan struct{}), make(chan struct{}, 100)
	p.HandleFunc("/", func(http.ResponseWriter, *http.Request) {
		if hold.Load() {
			entered <- struct{}{}
			<-release
		}
		panic(http.ErrAbortHandler)
	})
	for range 3 {
		wantCode(t, "at first", get(t, client, p.iri("/x")), domain.Unavailable)
	}
	hold.Store(true)
	c.pass(time.Minute)
	var asking sync.WaitGroup
	asking.Go(func() { wantCode(t, "the one", get(t, client, p.iri("/x")), domain.Unavailable) })
	<-entered
	for range 10 {
		wantCode(t, "the others", get(t, client, p.iri("/x")), domain.Unavailable)
	}
	close(release)
	asking.Wait()
	if n := len(entered); n != 0 {
		t.Errorf("%d more tried", n)
	}
}

// TestWhoLeavesBlamesNobody: requests that those who asked gave up do not
// count as failures of the host.
func TestWhoLeavesBlamesNobody(t *testing.T) {
	t.Parallel()
	p, client := newPeer(t), loopback(t)
	entered := make(chan struct{}, 1)
	p.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) {
		entered <- struct{}{}
		<-r.Context().Done()
	})
	p.answer("/x", activityJSON, note(p.iri("/x")))
	for range 5 {
		ctx, leave := context.WithCancel(t.Context())
		go func() {
			<-entered
			leave()
		}()
		if _, err := client.Object(ctx, p.iri("/slow")); err == nil {
			t.Error("there was an answer")
		}
	}
	if err := get(t, client, p.iri("/x")); err != nil {
		t.Errorf("the host was blamed: %v", err)
	}
}
