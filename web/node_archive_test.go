package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain/policy"
)

// TestNodeArchive: an administrator takes the node along and brings it to
// another: looks, imports, and sees what became of each part. Others do not.
func TestNodeArchive(t *testing.T) {
	t.Parallel()
	s, other := newSite(t), newSite(t)
	s.person("stranger", policy.RoleModerator)
	for _, path := range []string{"/admin/archive", "/admin/archive/export.zip"} {
		if got := s.as("stranger").get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: a moderator gets status %d", path, got.status)
		}
	}
	raw := s.as("official").get("/admin/archive/export.zip")
	if raw.status != http.StatusOK || !strings.HasPrefix(raw.body, "PK") {
		t.Fatalf("export: status %d", raw.status)
	}
	if got := s.anonymous().get("/ns/interlink/node-export-v1.json"); got.status != http.StatusOK || !strings.Contains(got.body, "interlink-export") {
		t.Errorf("the schema: status %d", got.status)
	}
	r := other.as("official")
	if got := r.send("/admin/archive", nil, sent{"x.zip", "no archive"}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "This is no archive of a node of interlink.") {
		t.Errorf("no archive: status %d", got.status)
	}
	if got := r.send("/bring", nil, sent{"x.zip", raw.body}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("taken for a process: status %d", got.status)
	}
	at := r.send("/admin/archive", nil, sent{"a.interlink-node.zip", raw.body}).location
	if got := r.get(at); got.status != http.StatusOK || !strings.Contains(got.body, "processes/safe_ways.zip") || !strings.Contains(got.body, "not begun") {
		t.Fatalf("what is in it: status %d", got.status)
	}
	if got := r.fill(at, at, url.Values{}); got.status != http.StatusSeeOther {
		t.Errorf("begin: status %d", got.status)
	}
	if got := r.get(at + "?outcome=nothing"); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an outcome that is none: status %d", got.status)
	}
	if got := r.get("/admin/archive"); !strings.Contains(got.body, at) {
		t.Error("the list does not have it")
	}
}
