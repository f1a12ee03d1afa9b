package inbox

import (
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"interlink/domain"
)

// TestRefusedWhileTheDatabaseIsAway tells peers to come again: it is no fault of
// their signature. A key that cannot be read is.
func TestRefusedWhileTheDatabaseIsAway(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		key, wait string
		status    int
	}{
		{"error.unavailable", "60", http.StatusServiceUnavailable},
		{"error.stopping", "60", http.StatusServiceUnavailable},
		{"error.unreachable", "", http.StatusUnauthorized},
	} {
		h := &Handler{log: slog.New(slog.DiscardHandler)}
		got := httptest.NewRecorder()
		err := domain.Fail(domain.Unavailable, c.key).Because(errors.New("a cause"))
		h.refuse(got, httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/inbox", nil), &request{}, err)
		if got.Code != c.status || got.Header().Get("Retry-After") != c.wait || h.Refused()[c.status] != 1 {
			t.Errorf("%s: %d, Retry-After %q, %v", c.key, got.Code, got.Header().Get("Retry-After"), h.Refused())
		}
	}
}
