package delivery

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"

	"interlink/domain/network"
)

const day = 24 * time.Hour

// TestBackoff: the waits as administrators read them in the manual, without
// jitter, and at both its ends.
func TestBackoff(t *testing.T) {
	for n, want := range map[int]time.Duration{
		-1: 15 * time.Second, 0: 15 * time.Second, 1: 15 * time.Second, 2: time.Minute, 3: 5 * time.Minute,
		4: 15 * time.Minute, 5: time.Hour, 6: 3 * time.Hour, 7: 6 * time.Hour, 8: 12 * time.Hour,
		9: 12 * time.Hour, 100: 12 * time.Hour, 1 << 40: 12 * time.Hour,
	} {
		for jitter, factor := range map[float64]float64{0: 0.8, 0.5: 1, 1: 1.2} {
			got, ok := backoff(n, 0, 5*day, 0, jitter)
			if wanted := time.Duration(float64(want) * factor); !ok || (got-wanted).Abs() > time.Microsecond {
				t.Errorf("after attempt %d, jitter %g: %s (%t), not %s", n, jitter, got, ok, wanted)
			}
		}
	}
	for age, want := range map[time.Duration]bool{
		-time.Hour: true, 0: true, 3 * day: true, 5*day - 1: true, 5 * day: false, 100 * day: false, 1<<63 - 1: false,
	} {
		if _, ok := backoff(3, age, 5*day, 0, 0.5); ok != want {
			t.Errorf("at the age of %s: %t", age, ok)
		}
	}
	for retryAfter, want := range map[time.Duration]time.Duration{
		-time.Hour: time.Minute, 0: time.Minute, time.Second: time.Minute, time.Hour: time.Hour, day: day,
		7 * day: day, 1<<63 - 1: day, // a peer does not decide to get nothing any more
	} {
		if got, ok := backoff(2, 0, 5*day, retryAfter, 0.5); got != want || !ok {
			t.Errorf("Retry-After %s: %s (%t), not %s", retryAfter, got, ok, want)
		}
	}
}

// TestBackoffBounds: for all attempts, ages and answers.
func TestBackoffBounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 50).Draw(t, "n")
		age := time.Duration(rapid.Int64().Draw(t, "age"))
		retryAfter := time.Duration(rapid.Int64().Draw(t, "retryAfter"))
		jitter := rapid.Float64Range(0, 1).Draw(t, "jitter")
		wait, ok := backoff(n, age, 5*day, retryAfter, jitter)
		if ok != (age < 5*day) {
			t.Fatalf("ok is %t", ok)
		}
		if !ok {
			if wait != 0 {
				t.Errorf("given up, and a wait of %s", wait)
			}
			return
		}
		if wait < 12*time.Second || wait > day {
			t.Errorf("the wait is %s", wait)
		}
		plain, _ := backoff(n, age, 5*day, 0, jitter)
		if wait < plain {
			t.Errorf("Retry-After %s shortens %s to %s", retryAfter, plain, wait)
		}
		if later, _ := backoff(n+1, age, 5*day, 0, jitter); later < plain {
			t.Errorf("the wait after attempt %d is %s, the one before %s", n+1, later, plain)
		}
	})
}

// TestBackoffTotal: a peer that is away for four days misses nothing, one
// that is away for ever costs a bounded number of requests. Peers that go on
// asking for a day of patience do not prolong it by more than a day.
func TestBackoffTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		retryAfter := time.Duration(rapid.Int64Range(0, int64(7*day)).Draw(t, "retryAfter"))
		var age time.Duration
		attempts := 1
		for {
			wait, ok := backoff(attempts, age, 5*day, retryAfter, rapid.Float64Range(0, 1).Draw(t, "jitter"))
			if !ok {
				break
			}
			age += wait
			attempts++
			if attempts > 30 {
				t.Fatalf("still trying after %s", age)
			}
		}
		if age < 5*day || age > 5*day+day {
			t.Errorf("given up after %s", age)
		}
		if retryAfter == 0 && attempts < 14 {
			t.Errorf("only %d attempts", attempts)
		}
	})
}

// TestHorizon: what ends something is tried for longer than news.
func TestHorizon(t *testing.T) {
	for kind, want := range map[string]time.Duration{
		"Create": 5 * day, "Update": 5 * day, "Announce": 5 * day, "": 5 * day,
		"Delete": 14 * day, "Undo": 14 * day, "Accept": 14 * day, "Reject": 14 * day,
	} {
		if got := network.Horizon(kind); got != want {
			t.Errorf("%s: %s, not %s", kind, got, want)
		}
	}
}

// TestJitter: in [0, 1), and not always the same.
func TestJitter(t *testing.T) {
	seen := map[float64]bool{}
	for range 1000 {
		j := jitter()
		if j < 0 || j >= 1 {
			t.Fatalf("jitter is %g", j)
		}
		seen[j] = true
	}
	if len(seen) < 900 {
		t.Errorf("%d different values of 1000", len(seen))
	}
}

// TestClassify: every status there is, in ranges.
func TestClassify(t *testing.T) {
	type ruling struct {
		from, to int
		verdict  verdict
	}
	rulings := []ruling{
		{0, 0, again}, // no answer
		{1, 199, refused},
		{200, 299, accepted},
		{300, 399, refused}, // a POST is not sent elsewhere
		{400, 400, refused},
		{401, 401, again}, // the clock or the key of one of us is off
		{402, 407, refused},
		{408, 408, again},
		{409, 424, refused}, // 410: nobody there any more
		{425, 425, again},
		{426, 428, refused},
		{429, 429, again},
		{430, 499, refused},
		{500, 999, again},
	}
	next := 0
	for _, r := range rulings {
		if r.from != next {
			t.Fatalf("the table lacks %d", next)
		}
		for status := r.from; status <= r.to; status++ {
			if got := classify(status); got != r.verdict {
				t.Errorf("%d %s: %d, not %d", status, http.StatusText(status), got, r.verdict)
			}
		}
		next = r.to + 1
	}
}

// TestShorten: what is stored of an error is short, and text in every
// database.
func TestShorten(t *testing.T) {
	for s, want := range map[string]string{
		"":                              "",
		"no route":                      "no route",
		strings.Repeat("x", 301):        strings.Repeat("x", 300),
		strings.Repeat("x", 299) + "ñ":  strings.Repeat("x", 299),
		strings.Repeat("ñ", 150):        strings.Repeat("ñ", 150),
		strings.Repeat("x", 298) + "日本": strings.Repeat("x", 298),
		"a\x00b":                        "ab",
		"a\xffb":                        "ab",
	} {
		if got := shorten(s); got != want {
			t.Errorf("%q: %q", s, got)
		}
	}
	t.Run("any", rapid.MakeCheck(func(t *rapid.T) {
		s := string(rapid.SliceOf(rapid.Byte()).Draw(t, "s"))
		s += fmt.Sprint(strings.Repeat("日", rapid.IntRange(0, 200).Draw(t, "more")))
		if got := shorten(s); len(got) > 300 || !utf8.ValidString(got) || strings.Contains(got, "\x00") {
			t.Errorf("%q", got)
		}
	}))
}
