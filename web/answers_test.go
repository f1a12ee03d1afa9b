package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// TestAnswersAreForgotten: what is counted is what is kept, though answers are
// replaced and end.
func TestAnswersAreForgotten(t *testing.T) {
	var changes uint64
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	a := newAnswers(func() uint64 { return changes }, func() time.Time { return now }, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Cache-Control", "public")
		_, _ = w.Write([]byte(strings.Repeat("x", 100)))
	}))
	read := func(path string) {
		t.Helper()
		a.serve(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil), false)
	}
	kept := func(answers int) {
		t.Helper()
		if len(a.known) != answers || a.bytes != 100*answers {
			t.Errorf("%d answers are kept, counted %d bytes; want %d", len(a.known), a.bytes, answers)
		}
	}
	for range 3 {
		read("/a")
		changes++ // the next one replaces it
	}
	kept(1)
	read("/b")
	read("/c")
	kept(3)
	now = now.Add(keepAnswer)
	read("/d")
	kept(1)
}
