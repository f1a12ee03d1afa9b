package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain/policy"
)

// TestBringFile: a process is exported, and its file is brought to another
// node, looked at, tried and imported there, or cloned; what is no archive is
// refused with a reason.
func TestBringFile(t *testing.T) {
	t.Parallel()
	s, other := newSite(t), newSite(t)
	there := s.as("official")
	list := there.get("/processes/safe_ways/resources")
	if !strings.Contains(list.body, "/processes/safe_ways/export.zip") {
		t.Error("the page does not offer the export")
	}
	raw := there.get("/processes/safe_ways/export.zip")
	if raw.status != http.StatusOK || !strings.HasPrefix(raw.body, "PK") {
		t.Fatalf("export: status %d", raw.status)
	}
	if got := s.anonymous().get("/ns/interlink/export-v1.json"); got.status != http.StatusOK || !strings.Contains(got.body, "interlink-export") {
		t.Errorf("the schema: status %d", got.status)
	}
	r := other.as("official")
	if got := r.get("/clone"); !strings.Contains(got.body, `action="/bring"`) {
		t.Error("the page does not ask for a file")
	}
	if got := r.send("/bring", nil, sent{"x.zip", "no archive"}); got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest || !strings.Contains(got.body, "This is no file that a node of interlink wrote.") {
		t.Errorf("no archive: status %d", got.status)
	}
	if got := r.send("/bring", nil); got.status >= 500 || got.status < 400 {
		t.Errorf("no file: status %d", got.status)
	}
	brought := r.send("/bring", nil, sent{"safe_ways.interlink.zip", raw.body})
	if brought.status != http.StatusSeeOther {
		t.Fatalf("bring: status %d %s", brought.status, brought.body)
	}
	at := brought.location
	page := r.get(at)
	if page.status != http.StatusOK || !strings.Contains(page.body, "Safe ways") || !strings.Contains(page.body, `value="safe_ways"`) {
		t.Fatalf("what is in it: status %d", page.status)
	}
	other.person("stranger", policy.RoleMember)
	if got := other.as("stranger").get(at); got.status != http.StatusNotFound {
		t.Errorf("somebody else: status %d", got.status)
	}
	if got := r.fill(at, at, url.Values{"name": {"safe_ways"}}); got.status != http.StatusConflict {
		t.Errorf("a taken name: status %d", got.status)
	}
	if got := r.fill(at, at, url.Values{"name": {"brought"}, "dry": {"1"}}); got.status != http.StatusOK || !strings.Contains(got.body, "Nothing was changed.") {
		t.Errorf("a trial: status %d", got.status)
	}
	if got := r.fill(at, at, url.Values{"name": {"brought"}}); got.status != http.StatusSeeOther {
		t.Fatalf("import: status %d %s", got.status, got.body)
	}
	if got := r.get(at); !strings.Contains(got.body, "/processes/brought") || !strings.Contains(got.body, "What is not held as it was") {
		t.Error("the page does not say what was made")
	}
	if got := r.get("/processes/brought"); got.status != http.StatusOK {
		t.Errorf("the process: status %d", got.status)
	}
	preview := r.get("/clone?address=" + url.QueryEscape(other.URL+at))
	if preview.status != http.StatusOK || !strings.Contains(preview.body, "What begins anew") {
		t.Fatalf("preview of the clone: status %d", preview.status)
	}
	cloned := r.fill("/clone?address="+url.QueryEscape(other.URL+at), "/clone", url.Values{"title": {"Ours"}, "name": {"ours"}, "lang": {"en"}, "visibility": {"public"}})
	if cloned.status != http.StatusSeeOther {
		t.Fatalf("clone: status %d %s", cloned.status, cloned.body)
	}
	if got := r.get("/processes/ours/clones"); !strings.Contains(got.body, string(s.process.IRI)) {
		t.Error("the clone does not name its source")
	}
}
