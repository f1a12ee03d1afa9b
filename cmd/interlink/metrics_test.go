package main

import (
	"bytes"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
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
	checkRules(t, string(body))
	x.must("", "health")
	if status := end(); status != 0 {
		t.Errorf("it ended with status %d", status)
	}
	if r := x.run("", "health"); r.status != 1 {
		t.Errorf("the health of what does not run: status %d, %s", r.status, r.out)
	}
}

// checkRules holds the rules of the README to what a node tells: each metric and
// each value of a label that they name is there from the start, since a rule
// about one that is not never fires.
func checkRules(t *testing.T, told string) {
	t.Helper()
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rules, _ := strings.Cut(string(readme), "```yaml\ngroups:")
	rules, _, _ = strings.Cut(rules, "```")
	named := regexp.MustCompile(`\b(interlink_\w+)(\{[^}]*\})?`).FindAllStringSubmatch(rules, -1)
	if len(named) < 6 {
		t.Fatalf("the rules name only %v", named)
	}
	for _, metric := range named {
		series := regexp.MustCompile(`(?m)^`+metric[1]+`[{ ].*$`).FindAllString(told, -1)
		if len(series) == 0 {
			t.Errorf("a rule names %s, which is not told", metric[1])
		}
		for _, label := range regexp.MustCompile(`(\w+)=~?"([^"]*)"`).FindAllStringSubmatch(metric[2], -1) {
			for _, value := range strings.Split(label[2], "|") {
				if !strings.Contains(strings.Join(series, "\n"), label[1]+`="`+value+`"`) {
					t.Errorf("a rule names %s of %s=%q, which is not told", metric[1], label[1], value)
				}
			}
		}
	}
}
