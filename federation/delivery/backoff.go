package delivery

import (
	"math/rand/v2"
	"net/http"
	"time"
)

// pauses are the waits after the first attempts; later ones are the last.
var pauses = []time.Duration{
	15 * time.Second, time.Minute, 5 * time.Minute, 15 * time.Minute,
	time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour,
}

// longestPause is how long a peer may have us wait by Retry-After.
const longestPause = 24 * time.Hour

// backoff returns how long to wait after the failed attempt n (1-based) of a
// delivery that is age old; ok is false when it is to be given up, because it
// is as old as keep. A peer's Retry-After prolongs the wait, up to a day.
// jitter is in [0,1): the wait varies by a fifth either way, so that hosts are
// not met in step.
func backoff(n int, age, keep, retryAfter time.Duration, jitter float64) (wait time.Duration, ok bool) {
	if age >= keep {
		return 0, false
	}
	wait = pauses[min(max(n, 1), len(pauses))-1]
	wait = time.Duration(float64(wait) * (0.8 + 0.4*jitter))
	if retryAfter > wait {
		wait = min(retryAfter, longestPause)
	}
	return wait, true
}

// verdict is what an HTTP status says of a delivery.
type verdict int

const (
	accepted verdict = iota
	again            // later
	refused          // never
)

// classify reads a status; 0 means that no answer came (federation.md §4.2).
func classify(status int) verdict {
	switch {
	case status >= 200 && status < 300:
		return accepted
	case status == 0, status >= 500,
		status == http.StatusUnauthorized, status == http.StatusRequestTimeout,
		status == http.StatusTooEarly, status == http.StatusTooManyRequests:
		return again
	}
	return refused
}

func jitter() float64 { return rand.Float64() }
