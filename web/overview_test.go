package web_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"interlink/domain/catalogue/seed"
)

// TestOverview: the page of an Interlinker begins with what it is in a few
// words, keeps its description, and names the licence that its documents have
// themselves beside that of its metadata; other nodes are told both.
func TestOverview(t *testing.T) {
	s := newSite(t)
	tree := fstest.MapFS{
		"interlinkers/knowledge/canvas/metadata.json": {Data: []byte(`{"name_translations":{"en":"Canvas"},"description_translations":{"en":"One long sheet of paper."},
			"overview_text":{"en":"All on one sheet <b>"},"licence":"public_domain","file_translations":{"en":"canvas.md"}}`)},
		"interlinkers/knowledge/canvas/canvas.md": {Data: []byte("# Canvas\n\nUnder CC BY-SA 4.0.")},
	}
	if report, err := s.Catalogue.Import(t.Context(), s.official, seed.Read(tree), false); err != nil || len(report.Errors) > 0 {
		t.Fatalf("%v %v", err, report.Errors)
	}
	body := s.anonymous().get("/interlinkers/canvas?lang=en").body
	for _, want := range []string{"All on one sheet", "One long sheet of paper.", "CC-BY-SA-4.0", "Public domain"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	request := s.anonymous().request("GET", "/interlinkers/canvas", nil)
	request.Header.Set("Accept", "application/activity+json")
	document := s.anonymous().do(request).body
	for _, want := range []string{`"overview":{"en":"All on one sheet`, `"licence":"CC-BY-SA-4.0"`} {
		if !strings.Contains(document, want) {
			t.Errorf("the document lacks %s", want)
		}
	}
}
