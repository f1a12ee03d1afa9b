package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/storage/storagetest"
)

// terminal runs commands of one node.
type terminal struct {
	t       *testing.T
	base    string
	environ []string
}

func newTerminal(t *testing.T, database string) *terminal {
	t.Helper()
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0") // a port that is free now
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	base := "http://" + l.Addr().String()
	return &terminal{t, base, []string{
		"INTERLINK_BASE_URL=" + base, "INTERLINK_LISTEN=" + l.Addr().String(), "INTERLINK_DATA_DIR=" + filepath.Join(t.TempDir(), "data"),
		"INTERLINK_DATABASE_URL=" + database, "INTERLINK_FEDERATION_ALLOW_PRIVATE=true", "INTERLINK_LOG_LEVEL=warn",
	}}
}

// result is how a command ended.
type result struct {
	status   int
	out, err string
}

func (x *terminal) run(input string, args ...string) result {
	x.t.Helper()
	var out, errs bytes.Buffer
	env := &environment{ctx: x.t.Context(), environ: x.environ, in: strings.NewReader(input), out: &out, err: &errs}
	status := run(env, args)
	return result{status, out.String(), errs.String()}
}

// must demands that a command succeeds, and returns the last line it says.
func (x *terminal) must(input string, args ...string) string {
	x.t.Helper()
	r := x.run(input, args...)
	if r.status != 0 {
		x.t.Fatalf("interlink %s: status %d\n%s%s", strings.Join(args, " "), r.status, r.out, r.err)
	}
	lines := strings.Split(strings.TrimSpace(r.out), "\n")
	return lines[len(lines)-1]
}

// databases are what a node may keep its data in.
var databases = map[string]func(testing.TB) string{"sqlite": storagetest.SQLite, "postgres": storagetest.Postgres}

// TestCommands makes a node by its commands alone and talks to it by its API,
// as tools outside of the project do.
func TestCommands(t *testing.T) {
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTerminal(t, open(t))
			x.must("", "config", "check")
			x.must("", "migrate")
			x.must("a long pass phrase\n", "user", "create", "--username", "ana", "--email", "ana@city.example", "--role", "admin", "--password-stdin")
			token := x.must("", "token", "create", "--user", "ana", "--scopes", "read write admin")
			x.must("", "community", "create", "parks", "--title", "Parks", "--owner", "ana")
			dry := x.must("", "catalogue", "import", "--starter", "--dry-run")
			if !strings.Contains(dry, "Nothing was changed") {
				t.Errorf("the dry run ends with %q", dry)
			}
			var first, again struct {
				Interlinkers, ProblemProfiles, Schemas struct{ Added, Updated, Unchanged int }
				Phases, Objectives, Tasks              int
				Warnings, Errors                       []struct{ File, Field, Message string }
			}
			for _, report := range []any{&first, &again} {
				r := x.run("", "catalogue", "import", "--starter", "--json")
				if err := json.Unmarshal([]byte(r.out), report); err != nil || r.status != 0 {
					t.Fatalf("status %d, %v", r.status, err)
				}
			}
			if first.Interlinkers.Added < 15 || first.ProblemProfiles.Added != 45 || first.Tasks == 0 || len(first.Warnings)+len(first.Errors) > 0 {
				t.Errorf("the starter content: %+v", first)
			}
			if again.Interlinkers.Added+again.Interlinkers.Updated+again.Schemas.Updated != 0 || again.Interlinkers.Unchanged != first.Interlinkers.Added {
				t.Errorf("imported again: %+v", again)
			}

			base, end := x.serve()
			var posted struct{ Content string }
			if status := call(t, http.MethodPost, base+"/api/interlink/v1/communities/parks/posts", token, `{"content": "The *park* is open."}`, &posted); status != http.StatusCreated || !strings.Contains(posted.Content, "<em>park</em>") {
				t.Errorf("post: %d %+v", status, posted)
			}
			if status := call(t, http.MethodPost, base+"/api/interlink/v1/processes", token, `{"name": "walks", "title": {"en": "Walks"}, "language": "en"}`, nil); status != http.StatusCreated {
				t.Errorf("process: %d", status)
			}
			for _, path := range []string{"/livez", "/readyz"} {
				if status := call(t, http.MethodGet, base+path, "", "", nil); status != http.StatusOK {
					t.Errorf("%s: %d", path, status)
				}
			}
			if status := end(); status != 0 {
				t.Errorf("serve ended with status %d", status)
			}

			file := filepath.Join(t.TempDir(), "walks.zip")
			x.must("", "process", "export", "walks", file)
			if r := x.run("", "process", "export", "walks", file); r.status != 1 {
				t.Errorf("a file is written over: status %d", r.status)
			}
			for _, said := range []string{"Nothing was changed.", x.base + "/processes/walks is now " + x.base + "/processes/walks_too", x.base + "/processes/walks was imported before: " + x.base + "/processes/walks_too"} {
				args := []string{"process", "import", file, "--as", "ana", "--name", "walks_too"}
				if strings.HasPrefix(said, "Nothing") {
					args = append(args, "--dry-run")
				}
				if got := x.must("", args...); got != said {
					t.Errorf("the import says %q, want %q", got, said)
				}
			}

			var stats struct {
				Local                   map[string]int
				LocalPosts, RemotePosts *int
				Queues                  map[string]int
			}
			r := x.run("", "stats", "--json")
			if err := json.Unmarshal([]byte(r.out), &stats); err != nil {
				t.Fatalf("%v in %s", err, r.out)
			}
			if stats.LocalPosts == nil || *stats.LocalPosts != 1 || stats.RemotePosts == nil || *stats.RemotePosts != 0 ||
				stats.Local["interlinkers"] != first.Interlinkers.Added || stats.Local["communities"] != 1 || len(stats.Queues) == 0 {
				t.Errorf("the statistics are %s", r.out)
			}

			said := filepath.Join(t.TempDir(), "parks.zip")
			x.must("", "community", "export", "parks", said)
			if r := x.run("", "process", "import", said, "--as", "ana", "--name", "parks_too"); r.status != 1 {
				t.Errorf("a community becomes a process: status %d", r.status)
			}
			for _, want := range []string{x.base + "/communities/parks is now " + x.base + "/communities/parks_too", x.base + "/communities/parks was imported before: " + x.base + "/communities/parks_too"} {
				if got := x.must("", "community", "import", said, "--as", "ana", "--name", "parks_too"); got != want {
					t.Errorf("the import says %q, want %q", got, want)
				}
			}
		})
	}
}

// serve runs the node until end is called, and returns its address.
func (x *terminal) serve() (base string, end func() (status int)) {
	x.t.Helper()
	ctx, cancel := context.WithCancel(x.t.Context())
	ended := make(chan int, 1)
	words := &said{line: make(chan string, 100)}
	environ := append(slices.Clone(x.environ), "INTERLINK_LOG_LEVEL=info")
	go func() {
		ended <- run(&environment{ctx: ctx, environ: environ, in: strings.NewReader(""), out: io.Discard, err: words}, []string{"serve"})
	}()
	for serving := false; !serving; {
		select {
		case line := <-words.line:
			serving = strings.Contains(line, "serving")
		case status := <-ended:
			x.t.Fatalf("serve ended at once with status %d", status)
		}
	}
	return x.base, func() int {
		cancel()
		status := <-ended
		for status != 0 && len(words.line) > 0 {
			x.t.Log(<-words.line)
		}
		return status
	}
}

// said hands on the lines that are written to it while somebody listens.
type said struct{ line chan string }

func (s *said) Write(p []byte) (int, error) {
	select {
	case s.line <- string(p):
	default:
	}
	return len(p), nil
}

func call(t *testing.T, method, address, token, body string, into any) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		request.Header.Set("Content-Type", "application/json")
	}
	answer, err := (&http.Client{Timeout: time.Minute}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			t.Errorf("%s %s: %s", method, address, raw)
		}
	}
	return answer.StatusCode
}

// TestRefusedCommands: what cannot be done ends with a status, and says what
// to do instead.
func TestRefusedCommands(t *testing.T) {
	x := newTerminal(t, storagetest.SQLite(t))
	x.must("a long pass phrase\n", "user", "create", "--username", "ana", "--email", "ana@city.example", "--role", "admin", "--password-stdin")
	broken := t.TempDir()
	if err := os.MkdirAll(filepath.Join(broken, "problemprofiles"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(broken, "problemprofiles", "problemprofiles.json"), []byte(`[{"id": "A`), 0o600); err != nil {
		t.Fatal(err)
	}
	table := filepath.Join(t.TempDir(), "table.csv")
	if err := os.WriteFile(table, []byte("name,nature\nA,nonsense\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args   []string
		status int
		says   string
	}{
		{[]string{"nonsense"}, 2, "--help"},
		{[]string{"user", "create"}, 2, "--username"},
		{[]string{"user", "create", "--username", "ana", "--email", "ana2@city.example"}, 1, "ana"},
		{[]string{"user", "create", "--username", "A B", "--email", "b@city.example"}, 1, "username"},
		{[]string{"user", "create", "--username", "bo", "--email", "bo@city.example", "--role", "emperor"}, 2, "emperor"},
		{[]string{"token", "create", "--user", "nobody"}, 1, `"nobody"`},
		{[]string{"token", "create", "--user", "ana", "--scopes", "everything"}, 1, "scope"},
		{[]string{"community", "create", "parks", "--title", "Parks", "--owner", "nobody"}, 1, `"nobody"`},
		{[]string{"community", "create", "No Name!", "--title", "Parks", "--owner", "ana"}, 1, "name"},
		{[]string{"catalogue", "import"}, 1, "--starter"},
		{[]string{"catalogue", "import", filepath.Join(broken, "missing")}, 2, "missing"},
		{[]string{"catalogue", "import", broken}, 1, "problemprofiles.json"},
		{[]string{"catalogue", "import", broken, "--json"}, 1, `"errors"`},
		{[]string{"catalogue", "import", table, "--dry-run"}, 1, "table.csv:2: nature"},
		{[]string{"catalogue", "import", table, "--format", "nonsense"}, 2, "format"},
		{[]string{"catalogue", "import", "https://10.0.0.1/x.csv"}, 1, "must not be asked"},
	} {
		r := x.run("a long pass phrase\n", c.args...)
		if r.status != c.status || !strings.Contains(strings.ToLower(r.out+r.err), strings.ToLower(c.says)) || strings.Contains(r.out+r.err, "goroutine") {
			t.Errorf("interlink %s: status %d, want %d and %q\n%s%s", strings.Join(c.args, " "), r.status, c.status, c.says, r.out, r.err)
		}
	}
	x.environ = append(x.environ, "INTERLINK_UNKNOWN=1", "INTERLINK_LISTEN=nonsense")
	for _, command := range [][]string{{"config", "check"}, {"config", "print"}, {"serve"}, {"stats"}} {
		r := x.run("", command...)
		if r.status != 1 || !strings.Contains(r.err, "INTERLINK_UNKNOWN") || !strings.Contains(r.err, "INTERLINK_LISTEN") {
			t.Errorf("interlink %s with bad settings: status %d\n%s", strings.Join(command, " "), r.status, r.err)
		}
	}
}

// TestSecretsAreHidden: the settings can be shown to others.
func TestSecretsAreHidden(t *testing.T) {
	x := newTerminal(t, "postgres://interlink:geheim@127.0.0.1:5432/interlink")
	x.environ = append(x.environ, "INTERLINK_SMTP_HOST=mail.city.example", "INTERLINK_SMTP_FROM=node@city.example", "INTERLINK_SMTP_USERNAME=node", "INTERLINK_SMTP_PASSWORD=geheim",
		"INTERLINK_REDIS_URL=redis://:geheim@127.0.0.1:6379/0")
	r := x.run("", "config", "print")
	if r.status != 0 || strings.Contains(r.out, "geheim") || !strings.Contains(r.out, "mail.city.example") || !strings.Contains(r.out, "INTERLINK_SMTP_HOST") {
		t.Errorf("status %d\n%s%s", r.status, r.out, r.err)
	}
}

// TestSecondServer: two servers do not share a data directory.
func TestSecondServer(t *testing.T) {
	x := newTerminal(t, storagetest.SQLite(t))
	base, end := x.serve()
	second := &terminal{t, x.base, append(slices.Clone(x.environ), "INTERLINK_LISTEN=127.0.0.1:0")}
	r := second.run("", "serve")
	if r.status != 1 || !strings.Contains(r.err, "data") {
		t.Errorf("the second server: status %d\n%s", r.status, r.err)
	}
	if status := call(t, http.MethodGet, base+"/readyz", "", "", nil); status != http.StatusOK {
		t.Errorf("the first server: %d", status)
	}
	if status := end(); status != 0 {
		t.Errorf("the first server ended with status %d", status)
	}
	x.environ = append(x.environ, "INTERLINK_BASE_URL=http://127.0.0.1:9")
	if r := x.run("", "doctor"); r.status != 1 || !strings.Contains(r.err, x.base) || !strings.Contains(r.err, "http://127.0.0.1:9") {
		t.Errorf("with another address: status %d\n%s", r.status, r.err)
	}
}
