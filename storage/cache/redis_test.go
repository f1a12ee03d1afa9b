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
func open(t *testing.T, name string) *cache.Waker {
	t.Helper()
	address := os.Getenv("TEST_REDIS_URL")
	if address == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("TEST_REDIS_URL is not set: ./test.sh starts a Redis and sets it")
		}
		t.Skip("TEST_REDIS_URL is not set: not tested with Redis (./test.sh does)")
	}
	w, err := cache.NewWaker(address, name, slog.New(slog.NewTextHandler(t.Output(), nil)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// TestWakerTellsTheOthers: two processes of one node hear each other, another
// node that shares the Redis hears neither.
func TestWakerTellsTheOthers(t *testing.T) {
	one, two, stranger := open(t, "zaragoza.example"), open(t, "zaragoza.example"), open(t, "riga.example")
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
	w, err := cache.NewWaker("redis://127.0.0.1:1/0", "zaragoza.example", slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for range 1000 {
		w.Tell("events") // never blocks
	}
	if _, err := cache.NewWaker("http://127.0.0.1", "zaragoza.example", slog.New(slog.DiscardHandler)); err == nil {
		t.Error("an address that is none is taken")
	}
}
