//go:build !race

package demo

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// run plays the story once and returns its steps.
func run(t *testing.T, o Options) ([]Step, error) {
	t.Helper()
	var out bytes.Buffer
	o.Host, o.Once, o.JSON, o.Out = "127.0.0.1", true, true, &out
	err := Run(t.Context(), o)
	var steps []Step
	lines := bufio.NewScanner(&out)
	for lines.Scan() {
		var s Step
		if err := json.Unmarshal(lines.Bytes(), &s); err != nil {
			t.Fatalf("%q is no JSON: %v", lines.Text(), err)
		}
		steps = append(steps, s)
	}
	return steps, err
}

func held(t *testing.T, steps []Step, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
	if want := len((&story{}).steps()); len(steps) != want {
		t.Errorf("%d steps, want %d", len(steps), want)
	}
	for _, s := range steps {
		if !s.OK {
			t.Errorf("%s: %s", s.Step, s.Why)
		}
	}
}

// TestDemoTwice plays the story twice in the same directory.
func TestDemoTwice(t *testing.T) {
	dir := t.TempDir()
	for range 2 {
		steps, err := run(t, Options{Data: dir})
		held(t, steps, err)
	}
}

// TestDemoOnINTERLINK plays it on the real catalogue.
func TestDemoOnINTERLINK(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "..", "shared", "data", "interlink-catalogue")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the INTERLINK catalogue is not there: the story is played on the starter content alone")
	}
	steps, err := run(t, Options{Data: t.TempDir(), Catalogue: dir})
	held(t, steps, err)
	notes := ""
	for _, s := range steps {
		notes += s.Note + "\n"
	}
	for _, want := range []string{"78 Interlinkers, 45 problem profiles, 4 schemas with 109 tasks", "51 tasks from", "78 Interlinkers of Zaragoza are in Riga"} {
		if !strings.Contains(notes, want) {
			t.Errorf("no step says %q:\n%s", want, notes)
		}
	}
}

// ended is a writer that ends the demonstration at the second step.
type ended struct {
	bytes.Buffer
	stop context.CancelFunc
}

func (e *ended) Write(b []byte) (int, error) {
	if bytes.Count(e.Bytes(), []byte("\n")) == 1 {
		e.stop()
	}
	return e.Buffer.Write(b)
}

// TestDemoAfterAnEnd ends the demonstration in the middle, which is no story
// that holds, and plays it again in the same directory.
func TestDemoAfterAnEnd(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := &ended{stop: stop}
	if err := Run(ctx, Options{Host: "127.0.0.1", Data: dir, Once: true, JSON: true, Out: out}); !errors.Is(err, errEnded) {
		t.Errorf("a story without its end: %v", err)
	}
	steps, err := run(t, Options{Data: dir})
	held(t, steps, err)
}

// TestDemoLeavesOtherDirectoriesAlone: what is not the demonstration's own is
// not emptied.
func TestDemoLeavesOtherDirectoriesAlone(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "thesis.txt")
	if err := os.WriteFile(file, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := run(t, Options{Data: dir}); err == nil || !strings.Contains(err.Error(), "--data") {
		t.Errorf("it begins in a directory of somebody else: %v", err)
	}
	if _, err := os.Stat(file); err != nil {
		t.Error(err)
	}
}

// TestDemoPortInUse names the remedy and touches nothing.
func TestDemoPortInUse(t *testing.T) {
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := filepath.Join(t.TempDir(), "data")
	_, err = run(t, Options{Data: dir, Port: l.Addr().(*net.TCPAddr).Port})
	if err == nil || !strings.Contains(err.Error(), "--port") {
		t.Errorf("a port that is in use: %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Error("the directory was made")
	}
}

// stays is a writer that looks at the last line of cities that stay up, and
// then ends them.
type stays struct {
	bytes.Buffer
	last Step
	look func(Step)
	stop context.CancelFunc
}

func (s *stays) Write(b []byte) (int, error) {
	n, err := s.Buffer.Write(b)
	if json.Unmarshal(b, &s.last) == nil && len(s.last.Cities) > 0 {
		s.look(s.last)
		s.stop()
	}
	return n, err
}

// TestDemoStaysUp: programs learn addresses and logins too, and nobody else
// takes the directory meanwhile.
func TestDemoStaysUp(t *testing.T) {
	dir := t.TempDir()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	out := &stays{stop: stop, look: func(last Step) {
		if len(last.Cities) != 3 || !last.OK {
			t.Errorf("the last line: %+v", last)
		}
		for _, c := range last.Cities {
			r, err := http.Get(c.URL + "/readyz") //nolint:noctx // of this test's own server
			if err != nil {
				t.Error(err)
				continue
			}
			_ = r.Body.Close()
			if r.StatusCode != http.StatusOK || c.Username == "" || c.Password == "" {
				t.Errorf("%+v: status %d", c, r.StatusCode)
			}
		}
		if _, err := run(t, Options{Data: dir}); err == nil || !strings.Contains(err.Error(), "--data") {
			t.Errorf("a second demonstration in the same directory: %v", err)
		}
		if _, err := os.Stat(filepath.Join(dir, "zaragoza", "interlink.db")); err != nil {
			t.Error(err)
		}
	}}
	if err := Run(ctx, Options{Host: "127.0.0.1", Data: dir, JSON: true, Out: out}); err != nil {
		t.Error(err)
	}
	if len(out.last.Cities) == 0 {
		t.Errorf("no line has the logins:\n%s", out.String())
	}
}

// TestDemoIsOfThisMachine: others cannot reach it.
func TestDemoIsOfThisMachine(t *testing.T) {
	for _, host := range []string{"0.0.0.0", "::", "192.0.2.1", "city.example", ""} {
		dir := filepath.Join(t.TempDir(), "data")
		if err := Run(t.Context(), Options{Host: host, Data: dir, Once: true, Out: io.Discard}); err == nil || !strings.Contains(err.Error(), "--host") {
			t.Errorf("--host %q: %v", host, err)
		}
	}
}
