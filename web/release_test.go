package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/policy"
)

// TestReleasesAndUpdates: a process is released by its form, a clone of it
// reads what that means, takes what is safe, and undoes it.
func TestReleasesAndUpdates(t *testing.T) {
	s := newSite(t)
	ctx, r := t.Context(), s.as("official")
	if got := r.get("/processes/safe_ways/releases/new"); got.status != http.StatusOK || !strings.Contains(got.body, "1.0") {
		t.Fatalf("the form of the first release: status %d", got.status)
	}
	release := func(version string, more url.Values) page {
		t.Helper()
		d, err := s.Releases.Draft(ctx, s.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{"version": {version}, "licence": {"CC-BY-4.0"}, "digest": {d.Digest}, "note": {"For *everybody*."}}
		for name, values := range more {
			form[name] = values
		}
		return r.post("/processes/safe_ways/releases/new", form)
	}
	if got := release("9.9", nil); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "For *everybody*.") {
		t.Errorf("a version out of turn: status %d", got.status)
	}
	if got := release("1.0", url.Values{"digest": {strings.Repeat("0", 64)}}); got.status != http.StatusConflict || !strings.Contains(got.body, "For *everybody*.") {
		t.Errorf("a tree that nobody saw: status %d", got.status)
	}
	if got := release("1.0", nil); got.status != http.StatusSeeOther {
		t.Fatalf("released: status %d", got.status)
	}
	clone, err := s.Lineage.CloneFrom(ctx, s.official, lineage.SourceProcess{IRI: s.process.IRI}, lineage.CloneInput{Name: "again"})
	if err != nil {
		t.Fatal(err)
	}
	task := s.firstTask()
	d := task.Details()
	d.Description = domain.Text{"en": "With <parents>."}
	if err := s.Coproduction.EditItem(ctx, s.official, "safe_ways", task.ID, task.Revision, d); err != nil {
		t.Fatal(err)
	}
	item := string(s.process.ItemIRI(task.ID))
	if got := release("1.0.1", url.Values{"kind." + item: {"legal"}, "note." + item: {"The law of 2026."}}); got.status != http.StatusSeeOther {
		t.Fatalf("released again: status %d", got.status)
	}
	for path, want := range map[string]string{
		"/processes/safe_ways/releases": "1.0.1", "/processes/safe_ways/releases/1.0.1": "The law of 2026.", "/processes/safe_ways/clones": "/processes/safe_ways/releases/new",
		"/processes/safe_ways/releases/new": "Nothing changed",
	} {
		got := r.get(path)
		got.check(t, path)
		if got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s: status %d, without %q", path, got.status, want)
		}
	}
	if got := s.anonymous().get("/processes/safe_ways/releases/1.0.1"); got.status != http.StatusOK {
		t.Errorf("a release is not public: status %d", got.status)
	}

	updates := "/processes/" + clone.Name + "/updates"
	got := r.get(updates)
	got.check(t, updates)
	for _, want := range []string{"1 safe change", "The law of 2026.", "The law asks for one of them.", "With &lt;parents&gt;."} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the page of updates is without %q (status %d)", want, got.status)
		}
	}
	s.person("curious", policy.RoleMember)
	if got := s.as("curious").get(updates); got.status != http.StatusNotFound {
		t.Errorf("who does not administer the clone reads its updates: status %d", got.status)
	}
	u, err := s.Releases.Updates(ctx, s.official, clone.Name)
	if err != nil || len(u.Updates) != 1 {
		t.Fatalf("%+v, %v", u, err)
	}
	form := url.Values{"release": {string(u.Release.ID)}, "id.0": {item}, "mark.0": {"old"}, "decide.0": {"edit"}, "value.0.description.en": {"With everybody."}}
	if got := r.post(updates, form); got.status != http.StatusConflict || !strings.Contains(got.body, "With everybody.") {
		t.Errorf("another update than was seen: status %d", got.status)
	}
	form.Set("mark.0", u.Updates[0].Mark())
	form.Set("value.0.description.en", strings.Repeat("x", 60_000))
	if got := r.post(updates, form); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a text too long: status %d", got.status)
	}
	form.Set("value.0.description.en", "With everybody.")
	if got := r.post(updates, form); got.status != http.StatusSeeOther {
		t.Errorf("decided: status %d", got.status)
	}
	words := func() string {
		_, tree, err := s.Coproduction.Tree(ctx, s.official, clone.Name)
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range tree.Items() {
			if it.Kind == coproduction.Task {
				return it.Description["en"]
			}
		}
		return ""
	}
	if words() != "With everybody." {
		t.Errorf("the task says %q", words())
	}
	merges, err := s.Releases.Merges(ctx, s.official, clone.Name, domain.Page{})
	if err != nil || len(merges.Items) != 1 {
		t.Fatalf("%d merges, %v", len(merges.Items), err)
	}
	if got := r.post(updates+"/merges/"+string(merges.Items[0].ID)+"/undo", nil); got.status != http.StatusSeeOther || words() == "With everybody." {
		t.Errorf("undone: status %d, the task says %q", got.status, words())
	}
	if got := r.post(updates, url.Values{"release": {string(u.Release.ID)}, "all_safe": {"yes"}}); got.status != http.StatusSeeOther || words() != "With <parents>." {
		t.Errorf("all that is safe: status %d, the task says %q", got.status, words())
	}
}

// TestUpdatesQueries: neither the page of updates nor that of releases asks
// more often if there is more.
func TestUpdatesQueries(t *testing.T) {
	s := newSite(t)
	ctx, r := t.Context(), s.as("official")
	clone, err := s.Lineage.CloneFrom(ctx, s.official, lineage.SourceProcess{IRI: s.process.IRI}, lineage.CloneInput{Name: "again"})
	if err != nil {
		t.Fatal(err)
	}
	pages := []string{"/processes/safe_ways/releases", "/processes/" + clone.Name + "/updates"}
	// grow changes some tasks more, releases, and merges one of them.
	grow := func(more int) {
		t.Helper()
		_, tree, err := s.Coproduction.Tree(ctx, s.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		for _, it := range tree.Items() {
			if it.Kind != coproduction.Task || more == 0 {
				continue
			}
			more--
			d := it.Details()
			d.Description = domain.Text{"en": it.Description["en"] + " More."}
			if err := s.Coproduction.EditItem(ctx, s.official, "safe_ways", it.ID, it.Revision, d); err != nil {
				t.Fatal(err)
			}
		}
		draft, err := s.Releases.Draft(ctx, s.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Releases.Publish(ctx, s.official, "safe_ways", lineage.ReleaseInput{Version: draft.Next[0], Licence: "CC-BY-4.0", Digest: draft.Digest}); err != nil {
			t.Fatal(err)
		}
		u, err := s.Releases.Updates(ctx, s.official, clone.Name)
		if err != nil || len(u.Updates) == 0 {
			t.Fatalf("%+v, %v", u, err)
		}
		decision := lineage.Resolution{ID: u.Updates[0].ID, Decision: lineage.Take}
		if _, err := s.Releases.Merge(ctx, s.official, clone.Name, lineage.MergeInput{Release: u.Release.ID, Decisions: []lineage.Resolution{decision}}); err != nil {
			t.Fatal(err)
		}
		s.settle()
	}
	measure := func(path string) (uint64, int) {
		t.Helper()
		before := s.Reads()
		got := r.get(path)
		if got.status != http.StatusOK {
			t.Fatalf("%s: status %d", path, got.status)
		}
		return s.Reads() - before, len(got.body)
	}
	few, small := map[string]uint64{}, map[string]int{}
	grow(3)
	for _, path := range pages {
		measure(path)
		few[path], small[path] = measure(path)
	}
	for range 4 {
		grow(12)
	}
	for _, path := range pages {
		measure(path)
		many, large := measure(path)
		if again, _ := measure(path); again < many {
			many = again // jobs read, too
		}
		if many > few[path] || large <= small[path] {
			t.Errorf("%s: %d queries for %d bytes, then %d for %d", path, few[path], small[path], many, large)
		}
	}
}
