package web_test

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/web/api"
)

// cloneHere makes a clone on this node, which its source accepts.
func (s *site) cloneHere(t *testing.T, name string) {
	t.Helper()
	p, err := s.Lineage.CloneFrom(t.Context(), s.official, lineage.SourceProcess{IRI: s.process.IRI}, lineage.CloneInput{Name: name})
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Lineage.Clones(t.Context(), s.official, "safe_ways", domain.Page{Limit: domain.MaxPage})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range list.Items {
		if d.IRI == p.IRI {
			if _, err := s.Lineage.AcceptClone(t.Context(), s.official, "safe_ways", d.ID); err != nil {
				t.Fatal(err)
			}
		}
	}
	s.settle()
}

// TestLineagePages: the lineage is shown as a picture and as the same list,
// confirmed by stamps, for people and programs, and read again by who may; a
// confirmation is taken back.
func TestLineagePages(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	s.cloneHere(t, "copy_one")
	if body := s.anonymous().get("/processes/safe_ways/lineage").body; !strings.Contains(body, "were not asked yet") || strings.Count(body, `<g class="box`) != 2 || !strings.Contains(body, "Verified: confirmed by") {
		t.Error("before the first reading the page has not what is known here")
	}
	if got := s.anonymous().post("/processes/safe_ways/lineage", nil); got.status == http.StatusSeeOther && !strings.Contains(got.location, "sign-in") {
		t.Errorf("anybody reads it again: %d", got.status)
	}
	if got := r.fill("/processes/safe_ways/lineage", "/processes/safe_ways/lineage", nil); got.status != http.StatusSeeOther {
		t.Fatalf("read again: status %d", got.status)
	}
	if got := r.fill("/processes/safe_ways/lineage", "/processes/safe_ways/lineage", nil); got.status != http.StatusSeeOther {
		t.Errorf("read again at once: status %d", got.status)
	}
	s.settle()
	body := s.anonymous().get("/processes/safe_ways/lineage").body
	for _, want := range []string{"Verified: confirmed by", `<g class="box`, `class="line confirmed"`, "Generation 1", "This process", "up to date", "lineage.ttl"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(body, "Version") {
		t.Error("the page calls a number of changes a version")
	}
	if body := r.get("/processes/copy_one/clones").body; !strings.Contains(body, "Verified: confirmed by") || !strings.Contains(body, "/processes/copy_one/stamp") {
		t.Error("the clone does not show who confirmed it")
	}
	if got := r.fill("/processes/copy_one/clones", "/processes/copy_one/stamp", nil); got.status != http.StatusSeeOther {
		t.Errorf("check the stamp again: status %d", got.status)
	}
	s.settle()
	for path, want := range map[string]string{
		".ttl": "wasDerivedFrom", ".jsonld": "wasDerivedFrom", ".csv": "confirmed", ".svg": "<svg xmlns=",
	} {
		if got := s.anonymous().get("/processes/safe_ways/lineage" + path); got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s: status %d, %.200s", path, got.status, got.body)
		}
	}
	picture := xml.NewDecoder(strings.NewReader(s.anonymous().get("/processes/safe_ways/lineage.svg").body))
	for {
		if _, err := picture.Token(); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("the picture is no XML: %v", err)
		}
	}
	var answer struct {
		Items []struct {
			IRI   string
			Trust string
			Stamp *struct{ By string }
		}
		Read *string
	}
	if err := json.Unmarshal([]byte(s.anonymous().get(api.Path+"/processes/safe_ways/lineage").body), &answer); err != nil || len(answer.Items) != 2 || answer.Read == nil || answer.Items[1].Stamp == nil || answer.Items[1].Trust != "own" {
		t.Errorf("the API says %+v (%v)", answer, err)
	}
	list, err := s.Lineage.Clones(t.Context(), s.official, "safe_ways", domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	at := "/processes/safe_ways/clones/" + string(list.Items[0].ID)
	if got := r.fill("/processes/safe_ways/clones", at+"/withdraw", nil); got.status != http.StatusSeeOther {
		t.Errorf("take it back: status %d", got.status)
	}
	s.settle()
	if body := r.get("/processes/safe_ways/clones").body; !strings.Contains(body, "and taken back") {
		t.Error("the page does not say that it was taken back")
	}
	if body := r.get("/processes/copy_one/clones").body; strings.Contains(body, "Verified: confirmed by") {
		t.Error("the clone still shows a confirmation")
	}
}

// TestLineageQueries: the page asks the database as often for many as for few.
func TestLineageQueries(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	paths := []string{"/processes/safe_ways/lineage", api.Path + "/processes/safe_ways/lineage", "/processes/safe_ways/lineage.csv"}
	measure := func() (queries []uint64) {
		process, err := s.Coproduction.Process(t.Context(), s.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Families.Changed(t.Context(), lineage.WalkArgs{Process: process.ID}); err != nil {
			t.Fatal(err)
		}
		s.settle()
		for _, path := range paths {
			r.get(path) // what is read once
			before := s.Reads()
			if got := r.get(path); got.status != http.StatusOK {
				t.Errorf("%s: status %d", path, got.status)
			}
			queries = append(queries, s.Reads()-before)
		}
		return queries
	}
	for n := range 2 {
		s.cloneHere(t, fmt.Sprintf("few_%d", n))
	}
	few := measure()
	for n := range 8 {
		s.cloneHere(t, fmt.Sprintf("many_%d", n))
	}
	for i, many := range measure() {
		if many > few[i] {
			t.Errorf("%s: %d queries for two clones, %d for ten", paths[i], few[i], many)
		}
	}
}
