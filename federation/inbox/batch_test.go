package inbox

import (
	"strconv"
	"testing"
	"time"
)

// TestSec27SeenHosts: hosts without number are remembered within a bound, and
// each is written once a minute.
func TestSec27SeenHosts(t *testing.T) {
	s, now := newSeenHosts(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 3 * maxSeen {
		host := "host-" + strconv.Itoa(i) + ".example"
		if !s.due(host, now) || s.due(host, now.Add(noteEvery-1)) || len(s.last) > maxSeen {
			t.Fatalf("%s, with %d remembered", host, len(s.last))
		}
	}
	if !s.due("host-"+strconv.Itoa(3*maxSeen-1)+".example", now.Add(noteEvery)) {
		t.Error("a minute later it is not due")
	}
}
