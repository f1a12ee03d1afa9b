package endpoint

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"interlink/domain"
)

// TestFailures: what is not public is not known of; who may ask again is told
// when; nothing that peers can do is a fault of ours.
func TestFailures(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err               error
		failed, forbidden int
		again             bool
	}{
		{domain.Fail(domain.Invalid, "error.iri"), http.StatusBadRequest, http.StatusUnauthorized, false},
		{domain.Fail(domain.Unauthenticated, "error.signature"), http.StatusNotFound, http.StatusUnauthorized, false},
		{domain.Fail(domain.Forbidden, "error.forbidden"), http.StatusNotFound, http.StatusForbidden, false},
		{domain.Fail(domain.Gone, "error.gone"), http.StatusGone, http.StatusUnauthorized, false},
		{domain.Fail(domain.TooLarge, "error.document_size"), http.StatusRequestEntityTooLarge, http.StatusUnauthorized, false},
		{domain.Fail(domain.TooMany, "error.too_many"), http.StatusTooManyRequests, http.StatusTooManyRequests, true},
		{domain.Fail(domain.Unavailable, "error.unavailable"), http.StatusServiceUnavailable, http.StatusServiceUnavailable, true},
		{domain.Fail(domain.Internal, "error.internal"), http.StatusInternalServerError, http.StatusInternalServerError, false},
	} {
		shown, unread := httptest.NewRecorder(), httptest.NewRecorder()
		fail(shown, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/actor", nil), slog.New(slog.DiscardHandler), c.err, tombstone{})
		refuse(unread, c.err)
		if shown.Code != c.failed || unread.Code != c.forbidden {
			t.Errorf("%v: %d and %d", c.err, shown.Code, unread.Code)
		}
		for _, got := range []*httptest.ResponseRecorder{shown, unread} {
			if (got.Header().Get("Retry-After") != "") != c.again {
				t.Errorf("%v: Retry-After %q", c.err, got.Header().Get("Retry-After"))
			}
		}
	}
}
