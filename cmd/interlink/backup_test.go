package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestBackup: a node is copied while it is written to, and goes on elsewhere with
// all that was answered before, once its secret key is there.
func TestBackup(t *testing.T) {
	x := newTerminal(t, "")
	x.must("a long pass phrase\n", "user", "create", "--username", "ana", "--email", "ana@city.example", "--role", "admin", "--password-stdin")
	token := x.must("", "token", "create", "--user", "ana", "--scopes", "read write admin")
	x.must("", "community", "create", "parks", "--title", "Parks", "--owner", "ana")
	dir := x.setting("INTERLINK_DATA_DIR")
	file := filepath.Join("files", "resources", "ab", "cd", "abcd")
	if err := os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, file), []byte("a plan"), 0o600); err != nil {
		t.Fatal(err)
	}
	base, end := x.serve()
	const enough = 5
	posted, stop := make(chan int), make(chan struct{})
	go func() {
		defer close(posted)
		for i := 0; ; i++ {
			if status := call(t, http.MethodPost, base+"/api/interlink/v1/communities/parks/posts", token, fmt.Sprintf(`{"content": "Post %d."}`, i), nil); status != http.StatusCreated {
				t.Errorf("post %d: %d", i, status)
				return
			}
			select {
			case posted <- i:
			case <-stop:
				return
			}
		}
	}()
	for range enough {
		<-posted
	}
	to := filepath.Join(t.TempDir(), "backup")
	written := make(chan result)
	go func() { written <- x.run("", "backup", to) }()
	var r result
	for done := false; !done; {
		select {
		case r = <-written:
			done = true
		case <-posted:
		}
	}
	close(stop)
	for range posted { //nolint:revive // until it has ended
	}
	if r.status != 0 || !strings.Contains(r.out, "1 files") || !strings.Contains(r.out, "secret.key") {
		t.Fatalf("backup: status %d\n%s%s", r.status, r.out, r.err)
	}
	if r := x.run("", "backup", to); r.status != 1 || !strings.Contains(r.err, "name a directory that is empty") {
		t.Errorf("into a backup: status %d\n%s%s", r.status, r.out, r.err)
	}
	if status := call(t, http.MethodGet, base+"/communities/parks", "", "", nil); status != http.StatusOK {
		t.Errorf("the community: %d", status)
	}
	if status := end(); status != 0 {
		t.Errorf("the node ended with status %d", status)
	}

	there := &terminal{t, x.base, append(slices.Clone(x.environ), "INTERLINK_DATA_DIR="+to)}
	if raw, err := os.ReadFile(filepath.Join(to, file)); err != nil || string(raw) != "a plan" {
		t.Errorf("the file: %q, %v", raw, err)
	}
	key, err := os.ReadFile(filepath.Join(dir, "secret.key"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(to, "secret.key"), key, 0o600); err != nil {
		t.Fatal(err)
	}
	there.must("", "doctor")
	var counted struct{ LocalPosts int }
	if err := json.Unmarshal([]byte(there.run("", "stats", "--json").out), &counted); err != nil || counted.LocalPosts < enough {
		t.Errorf("the posts of the copy: %d, %v", counted.LocalPosts, err)
	}
	base, end = there.serve()
	defer end()
	if status := call(t, http.MethodPost, base+"/api/interlink/v1/communities/parks/posts", token, `{"content": "Here we go on."}`, nil); status != http.StatusCreated {
		t.Errorf("a post to the copy: %d", status)
	}
	info, err := os.Stat(filepath.Join(to, "interlink.db"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the copy has the rights %v (%v)", info.Mode(), err)
	}
}
