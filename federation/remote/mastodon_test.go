package remote

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/network"
)

// TestMastodonSlow: a server that never ends its answer holds nobody up, and
// what is no public address is not asked at all.
func TestMastodonSlow(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{"))
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	}))
	t.Cleanup(server.Close)
	app := network.App{Host: strings.TrimPrefix(server.URL, "http://"), ID: "c", Secret: "s"}
	for private, want := range map[bool]domain.Code{true: domain.Unavailable, false: domain.Forbidden} {
		c, err := NewClient(Options{AllowPrivate: private, UserAgent: "test", ReadTimeout: 50 * time.Millisecond})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(c.Close)
		m := Mastodon{c}
		if _, err := m.Register(t.Context(), app); domain.CodeOf(err) != want {
			t.Errorf("private %t: to register: %v", private, err)
		}
		if _, err := m.Knows(t.Context(), app); domain.CodeOf(err) != want {
			t.Errorf("private %t: to ask whether it knows: %v", private, err)
		}
		if _, err := m.SignedIn(t.Context(), app, "code", "verifier"); domain.CodeOf(err) != want {
			t.Errorf("private %t: to ask who: %v", private, err)
		}
	}
}

func TestMastodonAuthority(t *testing.T) {
	t.Parallel()
	c, err := NewClient(Options{UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	for typed, want := range map[string]string{
		" Mastodon.Example ": "mastodon.example", "münchen.example": "xn--mnchen-3ya.example", "a.example:443": "a.example",
		"": "", "mastodon": "", "a.example:8080": "", "a b.example": "", "a.example?x": "", "a.example#x": "", "x@a.example": "", strings.Repeat("a", 600) + ".example": "",
	} {
		if got, err := (Mastodon{c}).Authority(typed); got != want || (err == nil) != (want != "") {
			t.Errorf("%.40q: %q, %v", typed, got, err)
		}
	}
}
