package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"

	"interlink/storage/storagetest"
)

// TestMetrics: they answer at an address of their own, and there alone.
func TestMetrics(t *testing.T) {
	x := newTerminal(t, storagetest.SQLite(t))
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	at := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	x.environ = append(x.environ, "INTERLINK_SERVER_METRICS="+at)
	base, end := x.serve()
	answer, err := http.Get("http://" + at + "/metrics") //nolint:noctx // a test
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if problems, err := promlint.New(bytes.NewReader(body)).Lint(); err != nil || len(problems) > 0 {
		t.Errorf("names against the conventions of Prometheus: %v (%v)", problems, err)
	}
	if err != nil || answer.StatusCode != http.StatusOK || !strings.Contains(string(body), `interlink_queue_length{queue="deliveries"} 0`) {
		t.Errorf("status %d: %s (%v)", answer.StatusCode, body, err)
	}
	for address, want := range map[string]int{base + "/metrics": http.StatusNotFound, "http://" + at + "/": http.StatusNotFound} {
		if status := call(t, http.MethodGet, address, "", "", nil); status != want {
			t.Errorf("%s: status %d", address, status)
		}
	}
	x.must("", "health")
	if status := end(); status != 0 {
		t.Errorf("it ended with status %d", status)
	}
	if r := x.run("", "health"); r.status != 1 {
		t.Errorf("the health of what does not run: status %d, %s", r.status, r.out)
	}
}
