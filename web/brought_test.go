package web_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/storage"
	"interlink/storage/storagetest"
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
	if got := r.get("/processes/brought"); got.status != http.StatusOK || !strings.Contains(got.body, "Brought from") || strings.Contains(got.body, "Cloned from") {
		t.Errorf("the process: status %d, or it does not say where it was brought from", got.status)
	}
	if got := other.anonymous().get("/processes/brought"); got.status != http.StatusOK || strings.Contains(got.body, "Brought from") {
		t.Errorf("to others: status %d, or it says what nobody confirmed", got.status)
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

	// A later export is merged with what the first became.
	p, err := s.Coproduction.Process(t.Context(), s.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Coproduction.Edit(t.Context(), s.official, "safe_ways", p.Revision, coproduction.Details{Title: domain.Text{"en": "Safer ways"}, Language: "en"}); err != nil {
		t.Fatal(err)
	}
	later := r.send("/bring", nil, sent{"safe_ways.interlink.zip", there.get("/processes/safe_ways/export.zip").body}).location
	if got := r.get(later); !strings.Contains(got.body, "Bring the process up to date") || !strings.Contains(got.body, `name="update" value="brought"`) {
		t.Error("the page does not offer to bring the process up to date")
	}
	if got := r.fill(later, later, url.Values{"update": {"brought"}, "dry": {"1"}}); got.status != http.StatusOK || !strings.Contains(got.body, "What it changes") {
		t.Errorf("a look at what changes: status %d", got.status)
	}
	if got := r.get("/processes/brought"); strings.Contains(got.body, "Safer ways") {
		t.Error("a look changed the process")
	}
	if got := r.fill(later, later, url.Values{"update": {"brought"}}); got.status != http.StatusSeeOther {
		t.Errorf("up to date: status %d %s", got.status, got.body)
	}
	if got := r.get("/processes/brought"); !strings.Contains(got.body, "Safer ways") {
		t.Error("the process is not up to date")
	}

	// A view reads nothing of the document, which may be large; it says when that is gone.
	told := r.send("/bring", nil, sent{"safe_ways.interlink.zip", raw.body}).location
	store := storage.NewBringings(storagetest.Open(t, other.dsn))
	b, err := store.Bringing(t.Context(), domain.ID(strings.TrimPrefix(told, "/bring/")))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.send("/processes/safe_ways/guide/"+string(other.task.ID)+"/files", map[string]string{"fileLicence": "CC-BY-4.0"}, sent{"a.txt", "no document"}); got.status != http.StatusSeeOther {
		t.Fatalf("another file: status %d", got.status)
	}
	for document, want := range map[string]string{"no document": `value="safe_ways"`, "what is gone": "The file was kept for an hour."} {
		sum := sha256.Sum256([]byte(document))
		b.SHA256 = hex.EncodeToString(sum[:])
		if err := store.SaveBringing(t.Context(), b, domain.Change{}); err != nil {
			t.Fatal(err)
		}
		if got := r.get(told); !strings.Contains(got.body, want) {
			t.Errorf("%s: status %d, without %s", document, got.status, want)
		}
	}

	// While it is imported its page says how far that is, and lets it be cancelled.
	// Its job is left out: it would be done before somebody looks.
	begun, err := other.Portable.Bring(t.Context(), other.official, strings.NewReader(raw.body), int64(len(raw.body)))
	if err == nil {
		begun.State, begun.In, begun.Asker, begun.Title = portable.ImportRuns, portable.Input{Name: "another"}, other.official, domain.Text{"en": "Safe ways"}
		err = store.SaveBringing(t.Context(), begun, domain.Change{})
	}
	if err != nil {
		t.Fatal(err)
	}
	at = "/bring/" + string(begun.ID)
	if got := r.get(at); got.status != http.StatusOK || !strings.Contains(got.body, "Import of “Safe ways”") {
		t.Errorf("on its way: status %d", got.status)
	}
	if got := r.fill(at, at+"/cancel", nil); got.status != http.StatusSeeOther || got.location != at {
		t.Errorf("cancelled: status %d to %s", got.status, got.location)
	}
	if got := r.get(at); !strings.Contains(got.body, "The import was stopped.") || !strings.Contains(got.body, `name="name"`) {
		t.Error("the page does not say that it was stopped, or does not let it be imported")
	}
}
