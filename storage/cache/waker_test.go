package cache_test

import (
	"context"
	"log/slog"
	"os"
	"sync"
	"testing"

	"interlink/storage/cache"
)

// open connects to the Redis of the tests.
func open(t *testing.T, name string) *cache.Redis {
	t.Helper()
	address := os.Getenv("TEST_REDIS_URL")
	if address == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("TEST_REDIS_URL is not set: ./test.sh starts a Redis and sets it")
		}
		t.Skip("TEST_REDIS_URL is not set: not tested with Redis (./test.sh does)")
	}
	return connect(t, address, name)
}

func connect(t *testing.T, address, name string) *cache.Redis {
	t.Helper()
	r, err := cache.Open(address, name, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	})
	return r
}

// TestWakerTellsTheOthers: two processes of one node hear each other, another
// node that shares the Redis hears neither.
func TestWakerTellsTheOthers(t *testing.T) {
	one, two := cache.NewWaker(open(t, "zaragoza.example")), cache.NewWaker(open(t, "zaragoza.example"))
	stranger := cache.NewWaker(open(t, "riga.example"))
	ctx, stop := context.WithCancel(t.Context())
	var running, ready sync.WaitGroup
	heard := make(chan string, 10)
	run := func(w *cache.Waker, fn func(string)) {
		ready.Add(1)
		running.Go(func() {
			if err := w.Run(ctx, fn, ready.Done); err != nil {
				t.Error(err)
			}
		})
	}
	run(one, func(string) {})
	run(two, func(topic string) { heard <- topic })
	run(stranger, func(topic string) { t.Errorf("another node heard of %q", topic) })
	ready.Wait()
	one.Tell("deliveries", "events")
	for _, want := range []string{"deliveries", "events"} {
		if got := <-heard; got != want {
			t.Errorf("heard %q, want %q", got, want)
		}
	}
	stop()
	running.Wait()
}

func TestWakerWithoutRedis(t *testing.T) {
	w := cache.NewWaker(connect(t, "redis://127.0.0.1:1/0", "zaragoza.example"))
	for range 1000 {
		w.Tell("events") // never blocks
	}
	if _, err := cache.Open("http://127.0.0.1", "zaragoza.example", slog.New(slog.DiscardHandler)); err == nil {
		t.Error("an address that is none is taken")
	}
}
