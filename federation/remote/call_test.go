package remote

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"interlink/domain"
)

func TestCall(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/long":
			_, _ = w.Write([]byte(strings.Repeat("x", 100)))
		default:
			w.Header().Set("Content-Type", "text/plain; charset=utf-8")
			w.Header().Set("Content-Disposition", `attachment; filename="a.txt"`)
			w.WriteHeader(http.StatusTeapot)
			_, _ = w.Write([]byte(r.Method + " " + r.Header.Get("Authorization")))
		}
	}))
	t.Cleanup(server.Close)
	call := func(private bool, path string, limit int64, cut bool) (Called, error) {
		c, err := NewClient(Options{AllowPrivate: private, UserAgent: "test"})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		return c.Call(t.Context(), Call{Method: http.MethodDelete, URL: domain.IRI(server.URL + path), Header: http.Header{"Authorization": {"Bearer t"}}, Limit: limit, Cut: cut})
	}
	if got, err := call(true, "/", 100, false); err != nil || got.Status != http.StatusTeapot || string(got.Body) != "DELETE Bearer t" || got.FileName() != "a.txt" || got.MediaType() != "text/plain" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err := call(true, "/away", 100, false); err != nil || got.Status != http.StatusFound {
		t.Errorf("a redirect is followed: %+v, %v", got, err)
	}
	if _, err := call(true, "/long", 10, false); domain.CodeOf(err) != domain.TooLarge {
		t.Errorf("a long answer: %v", err)
	}
	if got, err := call(true, "/long", 10, true); err != nil || len(got.Body) != 10 {
		t.Errorf("a long answer that is cut: %d, %v", len(got.Body), err)
	}
	if _, err := call(false, "/", 100, false); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("an address that must not be asked: %v", err)
	}
}
