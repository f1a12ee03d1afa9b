package remote_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/federation/remote"
)

// TestFile: a file of any type is read unsigned, once if it stays the same,
// through redirects, within its bound, and only where this node may ask.
func TestFile(t *testing.T) {
	t.Parallel()
	mux := http.NewServeMux()
	mux.HandleFunc("/a.yml", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Signature") != "" || r.Header.Get("Authorization") != "" {
			t.Error("the request is signed")
		}
		w.Header().Set("ETag", `"1"`)
		w.Header().Set("Last-Modified", "Thu, 26 Nov 2026 12:00:00 GMT")
		if r.Header.Get("If-None-Match") == `"1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write([]byte("name: A\n"))
	})
	mux.Handle("/moved", http.RedirectHandler("/a.yml", http.StatusFound))
	mux.Handle("/round", http.RedirectHandler("/round", http.StatusFound))
	mux.Handle("/inside", http.RedirectHandler("http://10.0.0.1/", http.StatusFound))
	mux.HandleFunc("/refused", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	server := httptest.NewServer(mux)
	defer server.Close()
	client, err := remote.NewClient(remote.Options{AllowPrivate: true, UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	at := func(path string) domain.IRI { return domain.IRI(server.URL + path) }
	read, err := client.File(t.Context(), at("/moved"), "", "", 100)
	if err != nil || string(read.Body) != "name: A\n" || read.From != at("/a.yml") || read.ETag != `"1"` || read.Modified == "" {
		t.Fatalf("%+v, %v", read, err)
	}
	if again, err := client.File(t.Context(), at("/a.yml"), read.ETag, read.Modified, 100); err != nil || !again.Unchanged || len(again.Body) > 0 {
		t.Errorf("%+v, %v", again, err)
	}
	for path, want := range map[string]domain.Code{
		"/none": domain.NotFound, "/round": domain.Invalid, "/inside": domain.Forbidden, "/refused": domain.Forbidden,
	} {
		if _, err := client.File(t.Context(), at(path), "", "", 100); domain.CodeOf(err) != want {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	if _, err := client.File(t.Context(), at("/a.yml"), "", "", 3); domain.CodeOf(err) != domain.TooLarge {
		t.Errorf("more than the bound: %v", err)
	}
	open, err := remote.NewClient(remote.Options{UserAgent: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer open.Close()
	for _, address := range []domain.IRI{at("/a.yml"), "https://127.0.0.1/x", "https://localhost/x", "file:///etc/passwd", "https://[::1]/"} {
		if _, err := open.File(t.Context(), address, "", "", 100); err == nil || strings.Contains(err.Error(), "name: A") {
			t.Errorf("%s was asked", address)
		}
	}
}

// TestPicture: a picture is asked for as what it is, whatever its server calls
// it; a server that takes too long is left alone, as one is that does not answer.
func TestPicture(t *testing.T) {
	t.Parallel()
	p := newPeer(t)
	p.HandleFunc("/1.png", func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Accept"), "image/png") || r.Header.Get("Signature") != "" {
			t.Errorf("asked with %v", r.Header)
		}
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("dots"))
	})
	p.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write([]byte("dots")); err != nil {
				return
			}
			_ = http.NewResponseController(w).Flush()
		}
	})
	p.HandleFunc("/slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	client := newClient(t, remote.Options{AllowPrivate: true, ReadTimeout: 100 * time.Millisecond})
	if raw, err := client.Picture(t.Context(), p.iri("/1.png"), 100); err != nil || string(raw) != "dots" {
		t.Errorf("%s, %v", raw, err)
	}
	_, err := client.Picture(t.Context(), p.iri("/endless"), 100)
	wantCode(t, "an endless one", err, domain.TooLarge)
	p.requests()
	for range 5 {
		_, err := client.Picture(t.Context(), p.iri("/slow"), 100)
		wantCode(t, "a slow one", err, domain.Unavailable)
	}
	if n := len(p.requests()); n != 3 {
		t.Errorf("a server that takes too long was asked %d times", n)
	}
}
