package cache_test

import (
	"context"
	"log/slog"
	"net"
	"os/exec"
	"sync"
	"testing"
	"time"

	"interlink/storage/cache"
)

// TestWakerAfterRedisWasAway: the processes of a node start without Redis,
// hear each other once it is there, and again after it was killed.
func TestWakerAfterRedisWasAway(t *testing.T) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Skip("no redis-server: not tested with one that is killed (./test.sh installs it)")
	}
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(address)
	start := func() *exec.Cmd {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "redis-server", "--bind", "127.0.0.1", "--port", port, "--save", "", "--appendonly", "no")
		cmd.Dir = t.TempDir()
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	kill := func(cmd *exec.Cmd) {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}

	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	heard, ready := make(chan string, 1000), make(chan struct{}, 1000)
	run := func(fn func(string)) *cache.Waker {
		w, err := cache.NewWaker("redis://"+address+"/0", "zaragoza.example", slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		running.Go(func() {
			if err := w.Run(ctx, fn, func() { ready <- struct{}{} }); err != nil {
				t.Error(err)
			}
		})
		return w
	}
	one := run(func(topic string) { t.Errorf("a process heard its own %q", topic) })
	two := run(func(topic string) { heard <- topic })
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
		server := start()
		wait()
		kill(server)
	}
	stop()
	running.Wait()
	for _, w := range []*cache.Waker{one, two} {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}
}
