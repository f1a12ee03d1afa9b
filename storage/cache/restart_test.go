package cache_test

import (
	"context"
	"net"
	"os/exec"
	"sync"
	"testing"
	"time"

	"interlink/storage/cache"
)

// server is a Redis of the test's own, to be killed. It keeps nothing.
type server struct {
	t    *testing.T
	port string
	cmd  *exec.Cmd
}

// newServer finds a port; [server.start] starts it.
func newServer(t *testing.T) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("no redis-server: not tested with one that is killed (./test.sh installs it)")
	}
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return &server{t: t, port: port}
}

func (s *server) url() string { return "redis://127.0.0.1:" + s.port + "/0" }

func (s *server) start() {
	s.t.Helper()
	s.cmd = exec.CommandContext(s.t.Context(), "redis-server", "--bind", "127.0.0.1", "--port", s.port, "--save", "", "--appendonly", "no")
	s.cmd.Dir = s.t.TempDir()
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	_ = s.cmd.Wait()
}

// TestWakerAfterRedisWasAway: the processes of a node start without Redis,
// hear each other once it is there, and again after it was killed.
func TestWakerAfterRedisWasAway(t *testing.T) {
	server := newServer(t)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	heard, ready := make(chan string, 1000), make(chan struct{}, 1000)
	run := func(fn func(string)) *cache.Waker {
		w := cache.NewWaker(connect(t, server.url(), "zaragoza.example"))
		running.Go(func() {
			if err := w.Run(ctx, fn, func() { ready <- struct{}{} }); err != nil {
				t.Error(err)
			}
		})
		return w
	}
	one := run(func(topic string) { t.Errorf("a process heard its own %q", topic) })
	run(func(topic string) { heard <- topic })
	wait := func() {
		t.Helper()
		timeout := time.After(30 * time.Second)
		for range 2 {
			select {
			case <-ready:
			case <-timeout:
				t.Fatal("the processes do not hear each other")
			}
		}
		one.Tell("deliveries")
		for topic := ""; topic != "deliveries"; {
			select {
			case topic = <-heard:
			case <-timeout:
				t.Fatal("nothing was heard")
			}
		}
	}
	one.Tell("events") // there is no Redis yet: told or not, it is no error
	for range 2 {
		server.start()
		wait()
		server.kill()
	}
	stop()
	running.Wait()
}
