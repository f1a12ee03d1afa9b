package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// TestKeysRotate: the command gives those who are named new keys, or all; the
// old proof key goes on to count unless it leaked.
func TestKeysRotate(t *testing.T) {
	for name, open := range databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTerminal(t, open(t))
			x.must("", "migrate")
			x.must("a long password", "user", "create", "--username", "ana", "--email", "ana@people.example", "--role", "admin", "--password-stdin")
			x.must("", "community", "create", "mobility", "--title", "Mobility", "--owner", "ana")
			type document struct {
				PublicKey       struct{ ID, PublicKeyPem string }
				AssertionMethod []struct{ ID string }
			}
			read := func(path string) (d document) {
				t.Helper()
				n, _, err := (&environment{ctx: t.Context(), environ: x.environ, err: t.Output()}).open(nil)
				if err != nil {
					t.Fatal(err)
				}
				defer n.Close()
				r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, x.base+path, nil)
				r.Header.Set("Accept", "application/activity+json")
				w := httptest.NewRecorder()
				n.ServeHTTP(w, r)
				if err := json.Unmarshal(w.Body.Bytes(), &d); err != nil || d.PublicKey.PublicKeyPem == "" {
					t.Fatalf("%s: %s (%v)", path, w.Body, err)
				}
				return d
			}
			group, person := read("/communities/mobility"), read("/users/ana")
			if said := x.must("", "keys", "rotate", "--actor", "mobility"); !strings.HasPrefix(said, "@mobility@") || !strings.Contains(said, "has new keys") {
				t.Errorf("it says %q", said)
			}
			rotated := read("/communities/mobility")
			if rotated.PublicKey.ID == group.PublicKey.ID || rotated.PublicKey.PublicKeyPem == group.PublicKey.PublicKeyPem || len(rotated.AssertionMethod) != 2 {
				t.Errorf("after the rotation: %+v", rotated)
			}
			if read("/users/ana").PublicKey != person.PublicKey {
				t.Error("somebody else has new keys")
			}
			x.must("", "keys", "rotate", "--all", "--leaked")
			if leaked := read("/communities/mobility"); leaked.PublicKey.ID == rotated.PublicKey.ID || len(leaked.AssertionMethod) != 1 {
				t.Errorf("after a leak: %+v", leaked)
			}
			if read("/users/ana").PublicKey == person.PublicKey {
				t.Error("--all left somebody out")
			}
			for _, wrong := range [][]string{{"keys", "rotate"}, {"keys", "rotate", "--all", "--actor", "ana"}, {"keys", "rotate", "--actor", "nobody"}} {
				if r := x.run("", wrong...); r.status == 0 || r.err == "" {
					t.Errorf("%v: status %d, %q", wrong, r.status, r.err)
				}
			}
		})
	}
}
