package storagetest

import (
	"context"
	"io"
	"net"
	"net/url"
	"sync"
	"testing"
)

// Wire is a line to a server that can be silent, as a server that hangs or a
// firewall that drops is: connections are taken, and no byte passes.
type Wire struct {
	address string // where it listens
	target  string

	mu     sync.Mutex
	silent chan struct{} // closed when bytes pass; nil while they do
}

// Through lays a wire to the server of an address and returns the address that
// leads through it.
func Through(t testing.TB, address string) (string, *Wire) {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	var config net.ListenConfig
	l, err := config.Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &Wire{address: l.Addr().String(), target: u.Host}
	var lines sync.WaitGroup
	t.Cleanup(func() {
		_ = l.Close()
		w.Speak()
		lines.Wait()
	})
	lines.Go(func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			lines.Go(func() { w.carry(near) })
		}
	})
	u.Host = w.address
	return u.String(), w
}

// Hush lets no byte pass from now on.
func (w *Wire) Hush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.silent == nil {
		w.silent = make(chan struct{})
	}
}

// Speak lets all pass again, also what waits.
func (w *Wire) Speak() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.silent != nil {
		close(w.silent)
		w.silent = nil
	}
}

// heard waits while the wire is silent.
func (w *Wire) heard() {
	w.mu.Lock()
	silent := w.silent
	w.mu.Unlock()
	if silent != nil {
		<-silent
	}
}

func (w *Wire) carry(near net.Conn) {
	w.heard()
	var dialer net.Dialer
	far, err := dialer.DialContext(context.Background(), "tcp", w.target)
	if err != nil {
		_ = near.Close()
		return
	}
	var both sync.WaitGroup
	pass := func(to, from net.Conn) {
		_, _ = io.Copy(to, heeding{from, w})
		_, _ = to.Close(), from.Close()
	}
	both.Go(func() { pass(far, near) })
	both.Go(func() { pass(near, far) })
	both.Wait()
}

// heeding passes on what was read once the wire is not silent.
type heeding struct {
	from net.Conn
	wire *Wire
}

// Read implements io.Reader.
func (h heeding) Read(p []byte) (int, error) {
	n, err := h.from.Read(p)
	h.wire.heard()
	return n, err
}
