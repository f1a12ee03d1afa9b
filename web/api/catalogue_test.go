package api_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
	"interlink/domain/policy"
	"interlink/storage/storagetest"
)

// TestSearchCatalogue: several values of a facet, what a misspelt word is
// taken for, and advice with its reasons.
func TestSearchCatalogue(t *testing.T) {
	s := open(t, storagetest.SQLite)
	if _, err := s.Catalogue.Import(t.Context(), policy.Viewer{Actor: "official", Role: policy.RoleAdmin}, seed.Read(starter.Tree()), false); err != nil {
		t.Fatal(err)
	}
	type entries struct {
		Items []struct {
			Slug    string
			Content struct{ Interlinker struct{ Nature string } }
		}
		Total   int
		Facets  map[string]map[string]int
		Instead map[string]string
	}
	read := func(path string, into any) {
		t.Helper()
		a := s.call("", http.MethodGet, path, nil)
		if a.status != http.StatusOK {
			t.Fatalf("%s: status %d", path, a.status)
		}
		if err := json.Unmarshal(a.body, into); err != nil {
			t.Fatal(err)
		}
	}
	var all, some, misspelt entries
	read("/interlinkers?limit=100", &all)
	read("/interlinkers?limit=100&nature=softwareinterlinker&nature=externalsoftwareinterlinker", &some)
	if want := all.Facets["nature"]["softwareinterlinker"] + all.Facets["nature"]["externalsoftwareinterlinker"]; some.Total != want || want == 0 || want == all.Total {
		t.Errorf("software of both kinds: %d of %d, want %d", some.Total, all.Total, want)
	}
	for _, e := range some.Items {
		if n := e.Content.Interlinker.Nature; n != "softwareinterlinker" && n != "externalsoftwareinterlinker" {
			t.Errorf("%s is %s", e.Slug, n)
		}
	}
	if some.Facets["nature"]["knowledgeinterlinker"] != all.Facets["nature"]["knowledgeinterlinker"] {
		t.Error("the other values of a facet are not counted without it")
	}
	read("/interlinkers?q=stakehodlers", &misspelt)
	if misspelt.Total == 0 || misspelt.Instead["stakehodlers"] == "" {
		t.Errorf("a misspelt word finds %d, instead %v", misspelt.Total, misspelt.Instead)
	}
	var advice struct {
		Problems []struct {
			Problem struct{ Slug string }
			Words   []string
		}
		Interlinkers []struct {
			Interlinker struct{ Slug string }
			Reasons     []struct{ Kind, Sentence string }
		}
	}
	read("/catalogue/advice?words=We+do+not+know+who+the+stakeholders+of+our+service+are,+and+want+to+map+them", &advice)
	if len(advice.Problems) == 0 || len(advice.Problems[0].Words) == 0 || len(advice.Interlinkers) == 0 || len(advice.Interlinkers[0].Reasons) == 0 {
		t.Errorf("advice: %+v", advice)
	}
}
