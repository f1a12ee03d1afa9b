package federationtest_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// hasty are timeouts that a test can wait for.
var hasty = node.Timeouts{
	Header: 500 * time.Millisecond, Read: time.Second, Write: time.Second, Idle: time.Second, Drain: 5 * time.Second,
}

// late is how much later than its timeout a connection may end, on a machine
// that is busy.
const late = 10 * time.Second

// dial connects to a node.
func dial(t *testing.T, url string) *net.TCPConn {
	t.Helper()
	c, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c.(*net.TCPConn)
}

// trickle sends something and then one byte after the other, until the node
// ends the connection, and tells after how long. answer is what came.
func trickle(c net.Conn, begin string, pause time.Duration) (lasted time.Duration, answer string, err error) {
	began := time.Now()
	if _, err := io.WriteString(c, begin); err != nil {
		return 0, "", err
	}
	read := make(chan string, 1)
	go func() {
		all, _ := io.ReadAll(c) // until the node ends it
		read <- string(all)
	}()
	tick := time.NewTicker(pause)
	defer tick.Stop()
	for {
		select {
		case answer := <-read:
			return time.Since(began), answer, nil
		case <-tick.C:
			_, _ = io.WriteString(c, "a") // whether that is taken, reading tells
		}
		if time.Since(began) > time.Minute {
			return 0, "", errors.New("the connection is held for ever")
		}
	}
}

// TestSec19SlowClients: who sends a header or a body byte by byte, or nothing
// at all, loses the connection in the time that such a thing may take.
func TestSec19SlowClients(t *testing.T) {
	t.Parallel()
	_, url := servingWith(t, func(o *node.Options) { o.Timeouts = &hasty })
	post := func(path, kind string) string {
		return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Type: " + kind + "\r\nContent-Length: 100000\r\n\r\n"
	}
	for what, c := range map[string]struct {
		begin string
		within,
		pause time.Duration
	}{
		"nothing":            {"", hasty.Header, time.Hour},
		"a request line":     {"GE", hasty.Header, 20 * time.Millisecond},
		"a header":           {"GET / HTTP/1.1\r\nHost: x\r\nX: ", hasty.Header, 20 * time.Millisecond},
		"a body to an inbox": {post("/inbox", activityJSON), hasty.Read, 20 * time.Millisecond},
		"a form":             {post("/login", "application/x-www-form-urlencoded"), hasty.Read, 20 * time.Millisecond},
		"a body to the API":  {post("/api/interlink/v1/communities", "application/json"), hasty.Read, 20 * time.Millisecond},
		"a chunked body":     {"POST /inbox HTTP/1.1\r\nHost: x\r\nContent-Type: " + activityJSON + "\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n", hasty.Read, 20 * time.Millisecond},
		"one request alone":  {"GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", hasty.Idle, time.Hour},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			lasted, answer, err := trickle(dial(t, url), c.begin, c.pause)
			if err != nil || lasted > c.within+late {
				t.Errorf("it lasted %v, want %v (%v): %.60q", lasted, c.within, err, answer)
			}
			if strings.Contains(answer, " 202 ") || strings.Contains(answer, " 500 ") {
				t.Errorf("it was answered %.200q", answer)
			}
		})
	}
}

// watched tells of each connection that the node ends.
type watched struct {
	net.Listener
	ended chan struct{}
}

func (w watched) Accept() (net.Conn, error) {
	c, err := w.Listener.Accept()
	return watchedConn{c, w.ended}, err
}

type watchedConn struct {
	net.Conn
	ended chan struct{}
}

func (c watchedConn) Close() error {
	select {
	case c.ended <- struct{}{}:
	default:
	}
	return c.Conn.Close()
}

// TestSec19ReadsNothing: who asks and asks and never reads an answer loses the
// connection in the time that an answer may take.
func TestSec19ReadsNothing(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{}, 1)
	_, url := servingAt(t, func(l net.Listener) net.Listener { return watched{l, ended} }, func(o *node.Options) { o.Timeouts = &hasty })
	c := dial(t, url)
	_ = c.SetReadBuffer(4096) // what does not fit there waits in the node
	began := time.Now()
	request := []byte("GET /nowhere HTTP/1.1\r\nHost: x\r\nCookie: a=b\r\n\r\n")
	go func() {
		for {
			if _, err := c.Write(request); err != nil {
				return
			}
		}
	}()
	select {
	case <-ended:
		t.Logf("after %v", time.Since(began))
	case <-time.After(time.Minute):
		t.Error("the connection is held for ever")
	}
}

// held is how many connections the next test holds: two descriptors each, as
// both ends are in this process.
const held = 1000

// TestSec19HeldConnections: a thousand connections that say a byte now and
// then keep nobody from being answered, whether a reader or a server.
func TestSec19HeldConnections(t *testing.T) {
	patient := node.DefaultTimeouts
	patient.Header = time.Minute
	n, url := servingWith(t, func(o *node.Options) { o.Timeouts = &patient })
	community := mobility(t, n, person(t, n, "official", policy.RoleAdmin))
	peer := federationtest.NewPeer(t)

	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	ctx, stop := context.WithCancel(t.Context())
	var trickling sync.WaitGroup
	connections := make([]net.Conn, held)
	for i := range connections {
		connections[i] = dial(t, url)
		if _, err := io.WriteString(connections[i], "GET / HTTP/1.1\r\nHost: x\r\nX-Slow: "); err != nil {
			t.Fatal(err)
		}
	}
	trickling.Go(func() {
		tick := time.NewTicker(500 * time.Millisecond)
		defer tick.Stop()
		for ctx.Err() == nil {
			for _, c := range connections {
				_, _ = io.WriteString(c, "a")
			}
			select {
			case <-tick.C:
			case <-ctx.Done():
			}
		}
	})
	runtime.GC()
	runtime.ReadMemStats(&after)

	slowest := time.Duration(0)
	client := &http.Client{Timeout: 10 * time.Second}
	for i := range 50 {
		began := time.Now()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("%s/communities/mobility?%d", url, i), nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if answer.StatusCode != http.StatusOK {
			t.Fatalf("a reader is answered %d", answer.StatusCode)
		}
		slowest = max(slowest, time.Since(began))
		if status, err := peer.Send(t.Context(), i, url+"/inbox", peer.Follow(i, community), httpsig.Cavage); err != nil || status != http.StatusAccepted {
			t.Fatalf("a server is answered %d (%v)", status, err)
		}
	}
	if slowest > 9*time.Second {
		t.Errorf("a reader waited %v", slowest)
	}
	open := 0
	for _, c := range connections {
		_ = c.SetReadDeadline(time.Now().Add(time.Millisecond))
		if _, err := bufio.NewReader(c).ReadByte(); errors.Is(err, context.DeadlineExceeded) || isTimeout(err) {
			open++
		}
	}
	stop()
	trickling.Wait()
	t.Logf("%d of %d connections were still held; the slowest page took %v; a connection takes about %d KiB, both ends together",
		open, held, slowest, int64(after.HeapInuse+after.StackInuse-before.HeapInuse-before.StackInuse)/held>>10)
	if open < held/2 {
		t.Errorf("%d connections were held: nothing was tested", open)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// TestTimeouts: nothing may be held for ever.
func TestTimeouts(t *testing.T) {
	t.Parallel()
	d := node.DefaultTimeouts
	for what, timeout := range map[string]time.Duration{"header": d.Header, "read": d.Read, "write": d.Write, "idle": d.Idle, "drain": d.Drain} {
		if timeout <= 0 || timeout > 2*time.Minute {
			t.Errorf("%s: %v", what, timeout)
		}
	}
}
