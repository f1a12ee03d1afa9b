package web

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// TestProblemsOfTheOpenCatalog: programs read what failed as a problem; only a
// fault of ours is left to the page of errors, and its log.
func TestProblemsOfTheOpenCatalog(t *testing.T) {
	t.Parallel()
	p := &Portal{catalog: locale.Default()}
	p.Log = slog.New(slog.DiscardHandler)
	for code, again := range map[domain.Code]string{
		domain.Gone: "", domain.NotFound: "", domain.Invalid: "", domain.TooMany: "5", domain.Unavailable: "5",
	} {
		w := httptest.NewRecorder()
		q := &request{Request: httptest.NewRequest(http.MethodGet, "/v1/software", nil), w: w, p: p}
		if err := q.apiProblem(domain.Fail(code, "error.unavailable").In(5 * time.Second)); err != nil {
			t.Errorf("%s: %v", code, err)
		}
		if kind, wait := w.Header().Get("Content-Type"), w.Header().Get("Retry-After"); kind != "application/problem+json" || wait != again || w.Code < 400 {
			t.Errorf("%s: %d %q, to be tried again after %q", code, w.Code, kind, wait)
		}
	}
	broken := errors.New("broken")
	if err := (&request{p: p}).apiProblem(broken); !errors.Is(err, broken) {
		t.Errorf("a fault of ours: %v", err)
	}
}
