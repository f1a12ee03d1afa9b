package web_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/reuse"
)

// TestReuseAndCitation: the page of an Interlinker says how it is cited and what
// nodes tell of it, small numbers as "under 5"; the same goes for programs.
func TestReuseAndCitation(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	const at = "/interlinkers/stakeholder-map"
	anybody := s.anonymous()
	if got := anybody.get(at + "/reuse"); got.status != http.StatusOK || !strings.Contains(got.body, "No node has told anything yet") || !strings.Contains(got.body, "rounded down to a multiple of 5") {
		t.Fatalf("status %d", got.status)
	}
	e, err := s.Catalogue.Entry(t.Context(), policy.Viewer{}, catalogue.KindInterlinker, "stakeholder-map", "")
	if err != nil {
		t.Fatal(err)
	}
	// A node that cannot have a copy tells nothing that is shown.
	stranger := &network.Actor{ID: "x", IRI: "https://riga.example/actor", Host: "riga.example", Type: network.TypeApplication}
	err = s.Reuse.Receive(t.Context(), stranger, reuse.Remote{IRI: stranger.IRI + "/1", From: stranger.IRI, Report: reuse.Report{
		Owner: s.Namespace.IRI("catalogue"), Month: reuse.MonthOf(time.Now()).Add(-1), Lines: []reuse.Line{{Kind: reuse.Interlinker, Object: e.IRI, Counts: reuse.Counts{reuse.Uses: 50}}},
	}})
	if domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a stranger is believed: %v", err)
	}
	for path, want := range map[string]string{
		at + "/cite.bib": "@misc{", at + "/cite.ris": "TY  - GEN\r\n", at + "/cite.json": `"title": "Map of people`, at + "/CITATION.cff": "cff-version: 1.2.0", at + "/reuse.csv": "object,node,month,measure,from,to",
		"/processes/safe_ways/reuse.csv": "object,node", "/processes/safe_ways/cite.bib": "@misc{",
	} {
		if got := anybody.get(path); got.status != http.StatusOK || !strings.Contains(got.body, want) || !strings.HasPrefix(got.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("%s: status %d: %s", path, got.status, got.body)
		}
	}
	if got := anybody.get("/processes/safe_ways/reuse"); got.status != http.StatusOK || !strings.Contains(got.body, "/processes/safe_ways/cite.json") {
		t.Errorf("of the process: status %d", got.status)
	}
	if got := anybody.get("/interlinkers/nothing/reuse"); got.status != http.StatusNotFound {
		t.Errorf("of nothing: status %d", got.status)
	}
}

// TestProcessAgreesToTell: those who keep a process agree on its form, and the
// form says what the node does.
func TestProcessAgreesToTell(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	official := s.as("official")
	const at = "/processes/safe_ways/edit"
	if got := official.get(at); !strings.Contains(got.body, `name="tellsReuse"`) || !strings.Contains(got.body, "not switched it on") {
		t.Fatalf("status %d: the form does not ask", got.status)
	}
	for _, yes := range []bool{true, false} {
		p, err := s.Coproduction.Process(t.Context(), s.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		form := url.Values{"revision": {strconv.FormatInt(p.Revision, 10)}, "lang": {"en"}, "title": {"Safe ways"}, "visibility": {"public"}}
		if yes {
			form.Set("tellsReuse", "yes")
		}
		if got := official.post(at, form); got.status != http.StatusSeeOther {
			t.Fatalf("status %d", got.status)
		}
		if p, err = s.Coproduction.Process(t.Context(), s.official, "safe_ways"); err != nil || p.TellsReuse != yes {
			t.Errorf("it tells: %v, %v", p.TellsReuse, err)
		}
	}
}
