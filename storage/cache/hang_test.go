//go:build unix

package cache_test

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"interlink/storage/cache"
)

func (s *server) signal(signal syscall.Signal) {
	s.t.Helper()
	if err := s.cmd.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
}

// lines are what a log says.
type lines chan string

func (l lines) Write(p []byte) (int, error) {
	l <- string(p)
	return len(p), nil
}

// await waits for a line with some words.
func (l lines) await(t *testing.T, words string) {
	t.Helper()
	for late := time.After(30 * time.Second); ; {
		select {
		case line := <-l:
			if strings.Contains(line, words) {
				return
			}
		case <-late:
			t.Fatalf("nobody says %q", words)
		}
	}
}

// TestRedisThatHangs: that Redis takes connections and answers nothing is noticed
// by who only listens; nobody waits for it meanwhile; and once it goes on, the
// processes hear each other, and look for what they have missed.
func TestRedisThatHangs(t *testing.T) {
	server := newServer(t)
	server.start()
	t.Cleanup(func() { server.kill() }) // also while it is stopped
	said := make(lines, 1000)
	r, err := cache.Open(server.url(), "zaragoza.example", slog.New(slog.NewTextHandler(said, nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	throttle := cache.NewThrottle("known", 1000, 100_000, secret)
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	heard, ready := make(chan string, 1000), make(chan struct{}, 1000)
	listening, telling := cache.NewWaker(r), cache.NewWaker(connect(t, server.url(), "zaragoza.example"))
	for waker, hear := range map[*cache.Waker]func(string){listening: func(topic string) { heard <- topic }, telling: func(string) {}} {
		running.Go(func() { _ = waker.Run(ctx, hear, func() { ready <- struct{}{} }) })
	}
	await := func(processes int) {
		t.Helper()
		for range processes {
			select {
			case <-ready:
			case <-time.After(30 * time.Second):
				t.Fatal("the processes do not hear each other")
			}
		}
	}
	await(2)
	for len(said) > 0 { // it was not there yet, say
		<-said
	}
	server.signal(syscall.SIGSTOP)
	said.await(t, "redis is away")
	quick := func(what string, within time.Duration, do func()) {
		t.Helper()
		began := time.Now()
		if do(); time.Since(began) > within {
			t.Errorf("%s took %s while Redis hangs", what, time.Since(began))
		}
	}
	quick("to be asked", 6*time.Second, func() {
		if r.Ping(t.Context()) == nil {
			t.Error("it answers")
		}
	})
	quick("what is told, and what is counted", time.Second, func() {
		for range 1000 {
			telling.Tell("deliveries")
			_ = throttle.Spend("a.example", 1, time.Now())
		}
	})
	for len(ready) > 0 {
		<-ready
	}
	server.signal(syscall.SIGCONT)
	await(1) // the other may not have noticed
	said.await(t, "redis is back")
	telling.Tell("events")
	for topic := ""; topic != "events"; {
		select {
		case topic = <-heard:
		case <-time.After(30 * time.Second):
			t.Fatal("nothing was heard")
		}
	}
	server.signal(syscall.SIGSTOP)
	quick("the end", 10*time.Second, func() { stop(); running.Wait() })
}
