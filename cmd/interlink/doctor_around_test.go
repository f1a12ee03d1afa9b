package main

import (
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// says runs the doctor and demands a status, and what it says.
func (x *terminal) says(environ []string, status int, wanted ...string) {
	x.t.Helper()
	as := &terminal{x.t, x.base, append(slices.Clone(x.environ), environ...)}
	r := as.run("", "doctor")
	if r.status != status {
		x.t.Errorf("doctor with %q: status %d, want %d\n%s%s", environ, r.status, status, r.out, r.err)
	}
	for _, want := range wanted {
		if !strings.Contains(r.out, want) {
			x.t.Errorf("doctor with %q does not say %q:\n%s%s", environ, want, r.out, r.err)
		}
	}
}

// TestDoctorAsksThroughTheProxy: what a proxy before the node loses, alters or
// refuses is named, and what to do about it.
func TestDoctorAsksThroughTheProxy(t *testing.T) {
	x := newTerminal(t, storagetest.SQLite(t))
	behind, err := url.Parse(x.base)
	if err != nil {
		t.Fatal(err)
	}
	var fault atomic.Value
	fault.Store("")
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Host = r.In.Host
		r.SetXForwarded()
		switch fault.Load() {
		case "host":
			r.Out.Host = ""
		case "headers":
			r.Out.Header.Del("Signature")
			r.Out.Header.Set("Date", "now")
		case "path":
			r.Out.URL.RawQuery = r.In.URL.Query().Encode()
		case "hops":
			r.Out.Header.Del("X-Forwarded-For")
		}
	}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case fault.Load() == "body" && r.ContentLength > 1<<20:
			w.WriteHeader(http.StatusRequestEntityTooLarge)
		case fault.Load() == "elsewhere":
			_, _ = io.WriteString(w, "It works!")
		default:
			proxy.ServeHTTP(w, r)
		}
	}))
	defer front.Close()
	x.environ = append(x.environ, "INTERLINK_BASE_URL="+front.URL, "INTERLINK_SERVER_TRUSTED_PROXIES=127.0.0.1")
	x.must("", "migrate")
	x.says(nil, 0, "note  no process serves")
	_, end := x.serve()
	x.says(nil, 0, "ok    "+front.URL+" leads to this node", "clocks", "no queue stands still")
	for name, wanted := range map[string]string{
		"host":      "Host arrives as",
		"headers":   "lost are Signature; altered are Date",
		"path":      "path and query arrive as",
		"hops":      "X-Forwarded-For",
		"body":      "client_max_body_size",
		"elsewhere": "does not lead to this node",
	} {
		fault.Store(name)
		x.says(nil, 1, "FAIL", wanted)
	}
	fault.Store("")
	other := strings.Repeat("A", 43) + "="
	if r, err := http.Post(x.base+"/readyz", "", strings.NewReader("1 "+other+"\n")); err != nil || r.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("who has no key: %v, %v", r.Status, err)
	}
	if status := end(); status != 0 {
		t.Errorf("status %d", status)
	}
}

// TestDoctorFindsAllAtOnce: what is away beside the node, and a queue that stands
// still, are all told, not the first alone.
func TestDoctorFindsAllAtOnce(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			dsn := database(t)
			x := newTerminal(t, dsn)
			x.must("", "migrate")
			db, err := storage.Open(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			exec := func(statement string) {
				t.Helper()
				err := db.InTx(t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
					_, err := tx.ExecContext(ctx, statement)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			exec("INSERT INTO received (id, serial, iri, actor, host, type, inbox, raw_hash, state, attempts, next_at, lease_until, last_error, received_at) " +
				"VALUES ('r', 1, 'https://peer.example/1', 'https://peer.example/a', 'peer.example', 'Like', '', '', 'pending', 0, 0, 0, '', 1)")
			away := "127.0.0.1:1"
			x.says([]string{
				"INTERLINK_REDIS_URL=redis://" + away + "/0", "INTERLINK_FILES_URL=s3://key:secret@" + away + "/bucket?tls=false",
				"INTERLINK_SMTP_HOST=127.0.0.1", "INTERLINK_SMTP_PORT=1", "INTERLINK_SMTP_TLS=none", "INTERLINK_SMTP_FROM=node@city.example",
			}, 1, "FAIL  Redis does not answer", "FAIL  files cannot be stored in the bucket", "FAIL  the mail server", "FAIL  nobody works the received activities: 1 wait", "one chain")
			exec("DELETE FROM received")
			ended := func() {}
			if db.Dialect() == storage.Postgres {
				ended = x.endsByItself()
			}
			exec("INSERT INTO bun_migrations (name, group_id, migrated_at) VALUES ('29991231000000', 99, '2999-12-31 00:00:00')")
			for _, command := range []string{"doctor", "serve", "stats"} {
				if r := x.run("", command); r.status != 1 || !strings.Contains(r.out+r.err, "newer version") || !strings.Contains(r.out+r.err, "29991231000000") {
					t.Errorf("%s with the database of a newer version: status %d\n%s%s", command, r.status, r.out, r.err)
				}
			}
			ended()
		})
	}
}

// endsByItself serves; what it returns waits until that ended without having been
// told to.
func (x *terminal) endsByItself() (ended func()) {
	x.t.Helper()
	base, end := x.serve()
	line, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		x.t.Fatal(err)
	}
	if _, err := io.WriteString(line, "GET /livez HTTP/1.1\r\nHost: node\r\n\r\n"); err != nil {
		x.t.Fatal(err)
	}
	return func() {
		x.t.Helper()
		defer line.Close()
		if answer, err := io.ReadAll(line); err != nil || !strings.HasPrefix(string(answer), "HTTP/1.1 200 ") {
			x.t.Errorf("while it served: %q (%v)", answer, err)
		}
		if status := end(); status != 1 {
			x.t.Errorf("it ended with status %d", status)
		}
	}
}

// TestConfigCheckLooksAround: settings in the right form can name what cannot be
// used.
func TestConfigCheckLooksAround(t *testing.T) {
	x := newTerminal(t, "")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, c := range []struct {
		setting string
		status  int
		says    string
	}{
		{"INTERLINK_DATA_DIR=" + file, 1, "FAIL  the data directory " + file + " cannot be written to"},
		{"INTERLINK_DATA_DIR=" + filepath.Join(file, "below"), 1, "cannot be written to"},
		{"INTERLINK_DATA_DIR=" + filepath.Join(t.TempDir(), "new", "one"), 0, "can be used"},
		{"INTERLINK_DATABASE_URL=postgres://nobody@127.0.0.1:1/none", 1, "FAIL  the database cannot be used"},
		{"INTERLINK_LISTEN=" + l.Addr().String(), 0, "note  listen tcp " + l.Addr().String()},
	} {
		as := &terminal{t, x.base, append(slices.Clone(x.environ), c.setting)}
		if r := as.run("", "config", "check"); r.status != c.status || !strings.Contains(r.out, c.says) {
			t.Errorf("config check with %s: status %d\n%s%s", c.setting, r.status, r.out, r.err)
		}
	}
	as := &terminal{t, x.base, append(slices.Clone(x.environ), "INTERLINK_LISTEN="+l.Addr().String())}
	if r := as.run("", "serve"); r.status != 1 || !strings.Contains(r.err, "INTERLINK_LISTEN") {
		t.Errorf("serve at a port that is taken: status %d\n%s", r.status, r.err)
	}
}
