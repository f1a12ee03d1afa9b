package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
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
	has(r.get(at+"/edit"), `type="checkbox" id="f-problems" name="problems"`, "Choose from", `name="software.repository"`)
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
	form.Set("supports", "alias:gdpr es 2026-01-01") // a country in small letters
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
	if got := r.post("/interlinkers/new", url.Values{"nature": {"knowledgeinterlinker"}, "lang": {"es"}, "name": {"Guía de la calle Ñandú"}}); !strings.HasPrefix(got.location, "/interlinkers/guia-de-la-calle-nandu/") {
		t.Errorf("the address of a name with marks is %s", got.location)
	}
	// A notice says how many.
	if got := r.post("/admin/review", url.Values{"entry": {"gone"}, "decision": {"accepted"}}); got.status != http.StatusSeeOther {
		t.Errorf("reviewed: status %d", got.status)
	}
	has(r.get("/admin/review"), "Entries decided: 0")
	// What to use instead is named by the last part of its address.
	if got := r.fill(at+"/withdraw", at+"/withdraw", url.Values{"reason": {"Old"}, "replacement": {"stakeholder-map"}}); got.status != http.StatusSeeOther {
		t.Errorf("withdrawn: status %d", got.status)
	}
	has(anybody.get(at), `href="/interlinkers/stakeholder-map"`)
	if got := anybody.get("/v1/publishers"); got.status != http.StatusOK {
		t.Errorf("publishers: status %d", got.status)
	}
}

// TestManyProblems: where there are more problem profiles than fit on a page,
// all of them can be found and chosen, without a script, and nothing that was
// typed is lost. The task that an Interlinker fits best is chosen at first.
func TestManyProblems(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	r := s.as("official")
	bundle := catalogue.Bundle{}
	for n := range 80 {
		code := fmt.Sprintf("WATER_%d", n)
		bundle.Entries = append(bundle.Entries, &catalogue.Entry{
			Kind: catalogue.KindProblem, Key: "p/" + code, Slug: strings.ToLower(code), Name: domain.Text{"en": fmt.Sprintf("Fountain %d leaks", n)}, Problem: &catalogue.ProblemProfile{Code: code},
		})
	}
	if report, err := s.Catalogue.Import(t.Context(), s.official, bundle, false); err != nil || report.ProblemProfiles.Added != 80 {
		t.Fatal(report, err)
	}
	const at = "/interlinkers/engagement-plan"
	chosen := func(p page) (codes []string) {
		for _, m := range regexp.MustCompile(`name="problems" value="([^"]+)" checked`).FindAllStringSubmatch(p.body, -1) {
			codes = append(codes, m[1])
		}
		return codes
	}
	before := r.get(at + "/edit")
	if strings.Contains(before.body, `value="WATER_79"`) || !strings.Contains(before.body, "Search among all 125 problem profiles") || len(chosen(before)) == 0 {
		t.Errorf("the form: status %d, chosen %v", before.status, chosen(before))
	}
	wish := url.Values{"overview": {"A plan to be finished"}, "find.problems": {"fountain 79"}, "problems": append(chosen(before), "FOREIGN_1")}
	found := r.fill(at+"/edit", at+"/edit", wish)
	if found.status != http.StatusOK || !strings.Contains(found.body, `value="WATER_79"`) || strings.Contains(found.body, `value="WATER_78"`) ||
		!strings.Contains(found.body, "A plan to be finished") || len(chosen(found)) != len(chosen(before))+1 {
		t.Errorf("found: status %d, chosen %v", found.status, chosen(found))
	}
	if got := r.get("/complete?of=problems&q=fount"); !strings.Contains(got.body, `"value":"WATER_`) {
		t.Errorf("completed: %s", got.body)
	}
	if got := r.fill(at+"/edit", at+"/edit", url.Values{"problems": {"WATER_79"}}); got.status != http.StatusSeeOther {
		t.Errorf("saved: status %d\n%s", got.status, got.body)
	}
	if got := r.get(at + "/edit"); !slices.Equal(chosen(got), []string{"WATER_79"}) {
		t.Errorf("chosen %v", chosen(got))
	}

	_, tree, err := s.Coproduction.Tree(t.Context(), s.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	tasks := slices.DeleteFunc(slices.Clone(tree.Items()), func(it coproduction.Item) bool { return it.Kind != coproduction.Task })
	last := tasks[len(tasks)-1]
	edit := "/processes/safe_ways/guide/" + string(last.ID) + "/edit"
	if got := r.fill(edit, edit, url.Values{"find.problems": {"fountain 79"}, "find": {"find.problems"}}); got.status != http.StatusOK || !strings.Contains(got.body, `value="WATER_79"`) {
		t.Errorf("found for a task: status %d", got.status)
	}
	if got := r.fill(edit, edit, url.Values{"problems": {"WATER_79"}}); got.status != http.StatusSeeOther {
		t.Errorf("a task was not saved: status %d\n%s", got.status, got.body)
	}
	use := r.get(at).body
	if !strings.Contains(use, `<option value="safe_ways/`+string(last.ID)+`" selected>`) || !strings.Contains(use, `<optgroup label="Safe ways: `) || strings.Count(use, " selected>") != 1 {
		t.Error("the task that it fits is not chosen")
	}
	if use = r.get(at + "?task=safe_ways/" + string(tasks[1].ID)).body; !strings.Contains(use, `<option value="safe_ways/`+string(tasks[1].ID)+`" selected>`) {
		t.Error("the task from where somebody came is not chosen")
	}
}
