package cache_test

import (
	"context"
	"math"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/storage/cache"
)

var secret = []byte("0123456789abcdef")

// spend spends one at a time until it is told to wait, at most n times.
func spend(t *testing.T, throttle *cache.Throttle, name string, n int, now time.Time) (passed int) {
	t.Helper()
	for range n {
		err := throttle.Spend(name, 1, now)
		if code := domain.CodeOf(err); err != nil && code != domain.TooMany {
			t.Fatal(err)
		}
		if err == nil {
			passed++
		}
	}
	return passed
}

// TestThrottle: so much passes at once, and then so much a second; who comes
// with another name has a bucket of their own.
func TestThrottle(t *testing.T) {
	throttle, now := cache.NewThrottle("test", 2, 10, secret), time.Now()
	if got := spend(t, throttle, "a.example", 20, now); got != 10 {
		t.Errorf("%d passed at once, want 10", got)
	}
	if err := throttle.Spend("a.example", 4, now); err == nil || domain.CodeOf(err) != domain.TooMany {
		t.Error(err)
	}
	if got := spend(t, throttle, "a.example", 20, now.Add(3*time.Second)); got != 6 {
		t.Errorf("%d passed after three seconds, want 6", got)
	}
	if got := spend(t, throttle, "b.example", 1, now); got != 1 {
		t.Error("another host waits too")
	}
	if got := spend(t, cache.NewThrottle("test", 2, 0, secret), "a.example", 1000, now); got != 1000 {
		t.Errorf("%d passed without a limit", got)
	}
}

// TestThrottleNeverGivesMore: whatever is spent when, what passes in a time
// is at most a burst and what the time gives.
func TestThrottleNeverGivesMore(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rate, burst := rapid.Float64Range(0.01, 100).Draw(t, "rate"), float64(rapid.IntRange(1, 50).Draw(t, "burst"))
		throttle, began := cache.NewThrottle("test", rate, burst, secret), time.Now()
		passed, at := 0.0, time.Duration(0)
		for _, step := range rapid.SliceOfN(rapid.IntRange(0, 2000), 1, 200).Draw(t, "milliseconds") {
			at += time.Duration(step) * time.Millisecond
			if throttle.Spend("a.example", 1, began.Add(at)) == nil {
				passed++
			}
			if most := burst + rate*at.Seconds() + 1e-6; passed > most {
				t.Fatalf("%v passed in %v, at most %v may", passed, at, most)
			}
		}
	})
}

// TestThrottlesOfProcesses: what one process counts, the others know after
// an exchange; other kinds and nodes count for themselves.
func TestThrottlesOfProcesses(t *testing.T) {
	name, now := "node-"+strconv.FormatInt(time.Now().UnixNano(), 36)+".example", time.Now()
	const rate, burst = 0.001, 100
	process := func(node, kind string) (*cache.Throttle, func()) {
		r, throttle := open(t, node), cache.NewThrottle(kind, rate, burst, secret)
		return throttle, func() {
			t.Helper()
			if err := r.Exchange(t.Context(), throttle, now); err != nil {
				t.Fatal(err)
			}
		}
	}
	one, tellOne := process(name, "known")
	two, tellTwo := process(name, "known")
	other, tellOther := process(name, "strange")
	stranger, tellStranger := process("x-"+name, "known")
	spend(t, one, "flood.example", 60, now)
	tellOne()
	spend(t, two, "flood.example", 10, now)
	tellTwo()
	if got := two.Spent("flood.example", now); math.Abs(got-70) > 1 {
		t.Errorf("the second process knows of %v, want 70", got)
	}
	if got := spend(t, two, "flood.example", 100, now); got != 30 {
		t.Errorf("%d more passed there, want 30", got)
	}
	tellTwo()
	spend(t, one, "flood.example", 1, now)
	tellOne()
	if got := spend(t, one, "flood.example", 100, now); got != 0 {
		t.Errorf("%d more passed the first, want none", got)
	}
	for _, alone := range []struct {
		throttle *cache.Throttle
		tell     func()
	}{{other, tellOther}, {stranger, tellStranger}} {
		spend(t, alone.throttle, "flood.example", 1, now)
		alone.tell()
		if got := alone.throttle.Spent("flood.example", now); got != 1 {
			t.Errorf("another kind or node knows of %v", got)
		}
	}
}

// TestThrottlesWhileRedisIsAway: without Redis nothing fails and each process
// holds the limit by itself. Once it is back, though it has forgotten all,
// the processes count together again.
func TestThrottlesWhileRedisIsAway(t *testing.T) {
	server := newServer(t)
	server.start()
	const rate, burst = 0.001, 100
	ctx, stop := context.WithCancel(t.Context())
	var running sync.WaitGroup
	process := func() *cache.Throttle {
		r, throttle := connect(t, server.url(), "zaragoza.example"), cache.NewThrottle("known", rate, burst, secret)
		running.Go(func() {
			if err := r.Share(ctx, time.Now, throttle); err != nil {
				t.Error(err)
			}
		})
		return throttle
	}
	one, two := process(), process()
	// meet waits until both know that want was spent, while each goes on a
	// little so that it hears of it.
	meet := func(when string, want float64) {
		t.Helper()
		deadline, tick := time.After(30*time.Second), time.NewTicker(20*time.Millisecond)
		defer tick.Stop()
		for {
			a, b := one.Spent("flood.example", time.Now()), two.Spent("flood.example", time.Now())
			if a >= want-1 && b >= want-1 {
				return
			}
			for _, throttle := range []*cache.Throttle{one, two} {
				_ = throttle.Spend("flood.example", 0.01, time.Now()) // as much as nothing
			}
			select {
			case <-tick.C:
			case <-deadline:
				t.Fatalf("%s: the processes know of %v and %v, want %v", when, a, b, want)
			}
		}
	}
	spend(t, one, "flood.example", 20, time.Now())
	meet("at first", 20)
	server.kill()
	if got := spend(t, one, "flood.example", 30, time.Now()); got != 30 {
		t.Errorf("without Redis %d passed, want 30", got)
	}
	if got := spend(t, two, "flood.example", 200, time.Now()); got < 70 || got > 80 {
		t.Errorf("without Redis %d of 200 passed the second, want what was left of the limit, about 79", got)
	}
	server.start()
	meet("afterwards", 99)
	if got := spend(t, one, "flood.example", 10, time.Now()); got > 1 {
		t.Errorf("%d passed the first, though all is spent", got)
	}
	stop()
	running.Wait()
	server.kill()
}

func BenchmarkThrottle(b *testing.B) {
	throttle, now := cache.NewThrottle("known", 300, 10_000, secret), time.Now()
	b.ReportAllocs()
	for b.Loop() {
		_ = throttle.Spend("mastodon.example", 1, now)
	}
}
