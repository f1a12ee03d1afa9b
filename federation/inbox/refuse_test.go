package inbox

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"interlink/domain"
)

// TestRefusals: while the database is away peers are told to come again: it is no
// fault of their signature. A key that cannot be read is.
func TestRefusals(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		code      domain.Code
		key, wait string
		status    int
	}{
		{domain.Unavailable, "error.unavailable", "60", http.StatusServiceUnavailable},
		{domain.Unavailable, "error.stopping", "60", http.StatusServiceUnavailable},
		{domain.Internal, "error.internal", "", http.StatusInternalServerError},
		{domain.Unavailable, "error.unreachable", "", http.StatusUnauthorized},
		{domain.NotFound, "error.not_found", "", http.StatusUnauthorized},
		{domain.Unauthenticated, "error.signature", "", http.StatusUnauthorized},
		{domain.Invalid, "error.activity", "", http.StatusBadRequest},
		{domain.Conflict, "error.conflict", "", http.StatusBadRequest},
		{domain.Forbidden, "error.origin", "", http.StatusForbidden},
		{domain.Gone, "error.gone", "", http.StatusForbidden},
		{domain.TooLarge, "error.document_size", "", http.StatusRequestEntityTooLarge},
		{domain.TooMany, "error.too_many", "60", http.StatusTooManyRequests},
	} {
		h := &Handler{log: slog.New(slog.DiscardHandler)}
		got := httptest.NewRecorder()
		err := domain.Fail(c.code, c.key).Because(errors.New("a cause"))
		h.refuse(got, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/inbox", nil), &request{}, err)
		if got.Code != c.status || got.Header().Get("Retry-After") != c.wait || h.Refused()[c.status] != 1 {
			t.Errorf("%s: %d, Retry-After %q, %v", c.key, got.Code, got.Header().Get("Retry-After"), h.Refused())
		}
	}
}
