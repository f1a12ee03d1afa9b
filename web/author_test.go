package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain/coproduction"
)

// TestAuthoring: an official writes an Interlinker that is software, says which
// problems it answers by their names, translates it beside its source, and
// publishes it.
func TestAuthoring(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.as("official")
	has := func(p page, words ...string) {
		t.Helper()
		for _, w := range words {
			if !strings.Contains(p.body, w) {
				t.Errorf("status %d, without %q", p.status, w)
			}
		}
	}
	if got := r.post("/interlinkers/new", url.Values{"nature": {"externalsoftwareinterlinker"}, "lang": {"en"}, "name": {"Parking map"}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	const at = "/interlinkers/parking-map"
	has(r.get(at+"/edit"), `type="checkbox" id="f-problems" name="problems"`, "0 chosen of", `name="software.repository"`)
	form := url.Values{
		"overview": {"Where people park."}, "summary": {"# Parking\n\nA map."}, "uri": {"https://parking.example/"}, "problems": {"ORG_PROBLEM_1", "FOREIGN_1"},
		"spdx": {"EUPL-1.2"}, "software.repository": {"nowhere"}, "software.version": {"1.2"}, "software.basedOn": {"https://code.example/older"},
	}
	if got := r.fill(at+"/edit", at+"/edit", form); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an address that is none: status %d", got.status)
	} else {
		has(got, `href="#f-software.repository"`, "nowhere", "Where people park.")
	}
	form.Set("software.repository", "https://code.example/parking")
	if got := r.fill(at+"/edit", at+"/edit", form); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	draft := r.get(at)
	has(draft, "It is a draft still", "FOREIGN_1", "https://code.example/parking")
	if strings.Contains(draft.body, at+"/reuse") || strings.Contains(draft.body, "<dt>Published</dt>") {
		t.Error("a draft is shown as published")
	}
	// Whoever translates sees what, and what has no language stays as it is.
	has(r.get(at+"/edit?in=es"), `lang="en">Where people park.</div>`, `<details class="more"><summary>The same in all languages`)
	if got := r.fill(at+"/edit?in=es", at+"/edit", url.Values{"name": {"Mapa de aparcamientos"}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	if got := r.fill(at, at+"/publish", nil); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	anybody := s.anonymous()
	has(anybody.get(at), "<dt>Published</dt>", at+"/reuse", "1.2", "https://code.example/older")
	has(anybody.get("/catalogue?q=parking"), "Where people park.")
	has(anybody.get(at+"/publiccode.yml"), "url: https://code.example/parking", "localisedName: Mapa de aparcamientos", `softwareVersion: "1.2"`)
	has(anybody.get("/problems/ORG_PROBLEM_1"), "Parking map")
	// What is not ready to be offered says why, before anything is typed.
	made, err := s.Coproduction.AddResource(t.Context(), s.official, "safe_ways", s.task.ID, coproduction.ResourceDetails{Name: "Map", Body: "x"})
	if err != nil {
		t.Fatal(err)
	}
	has(r.get("/processes/safe_ways/resources/"+string(made.ID)+"/offer"), "It is not public")
	if got := anybody.get("/v1/publishers"); got.status != http.StatusOK {
		t.Errorf("publishers: status %d", got.status)
	}
}
