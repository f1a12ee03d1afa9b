package blob

import (
	"context"
	"net"
	"net/http"
	"time"
)

// heed makes a transport give up a server that cannot be reached, or that stops in
// the middle of what it takes or gives: after a time in which nothing moves,
// however long the whole takes.
func heed(transport *http.Transport, within time.Duration) {
	dialer := &net.Dialer{Timeout: within}
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		conn, err := dialer.DialContext(ctx, network, address)
		if err != nil {
			return nil, err
		}
		return moving{conn, within}, nil
	}
	transport.ResponseHeaderTimeout = within
}

// moving is a connection that fails when nothing moves on it.
type moving struct {
	net.Conn
	within time.Duration
}

// Read waits so long for the next bytes. While nobody reads, as who passes a file
// on to somebody slow, no time runs.
func (c moving) Read(p []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.within)); err != nil {
		return 0, err
	}
	return c.Conn.Read(p)
}

// Write waits so long until the next bytes are taken. The answer is waited for
// from the last of them on.
func (c moving) Write(p []byte) (int, error) {
	if err := c.SetDeadline(time.Now().Add(c.within)); err != nil {
		return 0, err
	}
	n, err := c.Conn.Write(p)
	if err == nil {
		err = c.SetReadDeadline(time.Now().Add(c.within))
	}
	return n, err
}
