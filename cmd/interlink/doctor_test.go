package main

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"interlink/config"
	"interlink/domain"
	"interlink/domain/audit"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestDoctor: who alters or removes what happened is found out.
func TestDoctor(t *testing.T) {
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			dsn := database(t)
			x := newTerminal(t, dsn)
			x.must("", "user", "create", "--username", "ana", "--email", "ana@city.example")
			x.must("", "community", "create", "parks", "--title", "Parks", "--owner", "ana")
			_, end := x.serve()
			defer end()
			if r := x.run("", "doctor"); r.status != 0 || !strings.Contains(r.out, "events form one chain") {
				t.Errorf("a healthy node: status %d\n%s%s", r.status, r.out, r.err)
			}
			db, err := storage.Open(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			alter := func(statement string) {
				err := db.InTx(t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
					_, err := tx.ExecContext(ctx, statement)
					return err
				})
				if err != nil {
					t.Fatal(err)
				}
			}
			x.must("", "catalogue", "import", "--starter")
			alter("UPDATE catalogue_roots SET edition = 0 WHERE entry_id IN (SELECT id FROM catalogue_entries WHERE kind = 'problem')")
			if out := x.run("", "doctor").out; !strings.Contains(out, "note  the search knows") || !strings.Contains(out, "goes on with the others") {
				t.Errorf("after an upgrade:\n%s", out)
			}
			var head audit.Verified
			if err := json.Unmarshal([]byte(x.run("", "audit", "verify", "--json").out), &head); err != nil || head.Events < 2 || head.Head == "" {
				t.Fatalf("verified: %+v, %v", head, err)
			}
			x.must("", "audit", "verify", "--head", head.Head)
			x.must("", "audit", "verify", "--from", "2", "--head", head.Head)
			alter("UPDATE events SET kind = 'x' || kind WHERE seq = 1")
			if r := x.run("", "audit", "verify", "--json"); r.status != 1 || !strings.Contains(r.out, `"bad": 1`) {
				t.Errorf("an altered event: status %d\n%s", r.status, r.out)
			}
			x.must("", "audit", "verify", "--from", "2")
			if r := x.run("", "doctor"); r.status != 1 || !strings.Contains(r.out, "event 1") {
				t.Errorf("an altered event: status %d\n%s%s", r.status, r.out, r.err)
			}
			alter("UPDATE events SET kind = substr(kind, 2) WHERE seq = 1")
			x.must("", "doctor")
			alter("DELETE FROM events WHERE seq = (SELECT MAX(seq) FROM events)")
			if r := x.run("", "doctor"); r.status != 1 || !strings.Contains(r.out, "missing") {
				t.Errorf("a removed event: status %d\n%s%s", r.status, r.out, r.err)
			}
			// Whoever cuts the end off and moves the head back, too, is found by a head that was noted.
			alter("UPDATE event_head SET seq = (SELECT MAX(seq) FROM events), hash = (SELECT hash FROM events ORDER BY seq DESC LIMIT 1)")
			x.must("", "audit", "verify")
			if r := x.run("", "audit", "verify", "--head", head.Head); r.status != 1 || !strings.Contains(r.out, "cut off") {
				t.Errorf("a chain without its end: status %d\n%s", r.status, r.out)
			}
		})
	}
}

// TestLostSecret: a node whose secret key is lost or another one says so at
// once, and makes no new one that hides it.
func TestLostSecret(t *testing.T) {
	x := newTerminal(t, storagetest.SQLite(t))
	x.must("", "user", "create", "--username", "ana", "--email", "ana@city.example")
	x.must("", "community", "create", "parks", "--title", "Parks", "--owner", "ana")
	base, end := x.serve()
	// Whoever reads the actor's document sees its key, which is made then.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, base+"/communities/parks", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", "application/activity+json")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	_ = answer.Body.Close()
	if status := end(); status != 0 {
		t.Fatalf("status %d", status)
	}

	key := make([]byte, 32)
	_, _ = rand.Read(key)
	other := &terminal{t, x.base, append(slices.Clone(x.environ), "INTERLINK_SECRET_KEY="+base64.StdEncoding.EncodeToString(key))}
	for _, command := range []string{"serve", "doctor"} {
		if r := other.run("", command); r.status != 1 || !strings.Contains(r.err, "put back") {
			t.Errorf("%s with another key: status %d\n%s%s", command, r.status, r.out, r.err)
		}
	}
	dir := x.setting("INTERLINK_DATA_DIR")
	path, kept := filepath.Join(dir, config.KeyFile), filepath.Join(dir, "kept")
	if err := os.Rename(path, kept); err != nil {
		t.Fatal(err)
	}
	if r := x.run("", "serve"); r.status != 1 || !strings.Contains(r.err, "put back") || strings.Contains(r.err, "A new secret key") {
		t.Errorf("without its key: status %d\n%s%s", r.status, r.out, r.err)
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a new key stands where the old one belongs")
	}
	if err := os.Rename(kept, path); err != nil {
		t.Fatal(err)
	}
	x.must("", "stats")
}

// setting is the value of a variable of the terminal's environment.
func (x *terminal) setting(name string) string {
	x.t.Helper()
	for _, v := range slices.Backward(x.environ) {
		if value, ok := strings.CutPrefix(v, name+"="); ok {
			return value
		}
	}
	x.t.Fatalf("%s is not set", name)
	return ""
}

// TestDataIsPrivate: what is in the data directory is for its owner alone,
// also where the directory is not.
func TestDataIsPrivate(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	x := newTerminal(t, "sqlite:"+filepath.Join(dir, "interlink.db"))
	x.environ = append(x.environ, "INTERLINK_DATA_DIR="+dir)
	x.must("", "migrate")
	files, err := os.ReadDir(dir)
	if err != nil || len(files) < 2 {
		t.Fatalf("%v, %v", files, err)
	}
	for _, f := range files {
		info, err := f.Info()
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s has the rights %v (%v)", f.Name(), info.Mode(), err)
		}
	}
}

// TestHandleDomain: handles stand on another host, for good; the doctor tells
// whether that host leads to the node.
func TestHandleDomain(t *testing.T) {
	x := newTerminal(t, storagetest.SQLite(t))
	leads := false
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !leads {
			http.NotFound(w, r)
			return
		}
		http.Redirect(w, r, x.base+r.URL.RequestURI(), http.StatusFound)
	}))
	defer site.Close()
	host := strings.TrimPrefix(site.URL, "http://")
	own := x.environ
	x.environ = append(slices.Clone(own), "INTERLINK_HANDLE_DOMAIN="+host)
	if out := x.must("", "user", "create", "--username", "ana", "--email", "ana@city.example"); !strings.Contains(out, "@ana@"+host+" is") {
		t.Errorf("made %q", out)
	}
	if r := x.run("", "doctor"); r.status != 1 || !strings.Contains(r.out, "FAIL  handles end in @"+host) {
		t.Errorf("a host that leads nowhere: status %d\n%s%s", r.status, r.out, r.err)
	}
	_, end := x.serve()
	leads = true
	if r := x.run("", "doctor"); r.status != 0 || !strings.Contains(r.out, "lead here") {
		t.Errorf("a host that leads here: status %d\n%s%s", r.status, r.out, r.err)
	}
	end()
	x.environ = own
	if r := x.run("", "doctor"); r.status == 0 || !strings.Contains(r.err, "set handle_domain back") {
		t.Errorf("another handle_domain: status %d\n%s%s", r.status, r.out, r.err)
	}
}
