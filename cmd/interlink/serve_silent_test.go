package main

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
	"time"

	"interlink/storage/storagetest"
)

// TestServeSilentDatabase: a node whose PostgreSQL takes connections and says
// nothing tells so: who asks for its health within seconds, who asks for a page
// or the API with 503 and when to come again, and whoever comes later soon. It
// goes on once the database speaks.
func TestServeSilentDatabase(t *testing.T) {
	t.Parallel()
	dsn, wire := storagetest.Through(t, storagetest.Postgres(t))
	x := newTerminal(t, dsn)
	key := base64.StdEncoding.EncodeToString(make([]byte, 32))
	x.environ = append(x.environ, "INTERLINK_SECRET_KEY="+key)
	base, end := x.serve()
	defer end()
	defer wire.Speak()
	ask := func(path string, status int, within time.Duration) {
		t.Helper()
		began := time.Now()
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Body.Close()
		if took := time.Since(began); answer.StatusCode != status || took > within {
			t.Errorf("%s: status %d after %s", path, answer.StatusCode, took)
		}
		if again := answer.Header.Get("Retry-After"); (again != "") != (status == http.StatusServiceUnavailable && path != "/readyz") {
			t.Errorf("%s: Retry-After %q", path, again)
		}
	}
	ask("/processes", http.StatusOK, time.Minute)
	wire.Hush()
	ask("/readyz", http.StatusServiceUnavailable, 5*time.Second)
	if r := x.run("", "health"); r.status == 0 {
		t.Errorf("health: status %d %s", r.status, r.out)
	}
	ask("/processes", http.StatusServiceUnavailable, 30*time.Second)
	ask("/processes", http.StatusServiceUnavailable, 10*time.Second) // it is known now
	ask("/api/interlink/v1/processes", http.StatusServiceUnavailable, 10*time.Second)
	for command, words := range map[string]string{"doctor": "FAIL  the database cannot be used", "serve": "does not answer within 5s"} {
		began := time.Now()
		r := x.run("", command)
		if took := time.Since(began); r.status != 1 || !strings.Contains(r.out+r.err, words) || !strings.Contains(r.out+r.err, "does not answer within 5s") || took > time.Minute {
			t.Errorf("%s: status %d after %s\n%s%s", command, r.status, took, r.out, r.err)
		}
	}
	wire.Speak()
	for range 20 { // what is under way may fail yet
		if r := x.run("", "health"); r.status == 0 {
			break
		}
	}
	ask("/processes", http.StatusOK, 30*time.Second)
}
