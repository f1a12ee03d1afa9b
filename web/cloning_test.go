package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/policy"
)

// cloned waits until a clone is made whose work is shown at an address.
func (s *site) cloned(t *testing.T, at string) {
	t.Helper()
	id, found := strings.CutPrefix(at, "/clonings/")
	for state := lineage.CloningRuns; state != lineage.CloningDone; {
		if _, err := s.Settle(t.Context()); err != nil {
			t.Fatal(err)
		}
		c, err := s.Lineage.Cloning(t.Context(), s.official, domain.ID(id))
		if err != nil || !found || c.State == lineage.CloningFailed {
			t.Fatalf("the work at %s: %+v (%v)", at, c, err)
		}
		state = c.State
	}
}

// TestCloningPage: who asked for a clone sees how far it is, what it took and
// what not, and can stop it; others see nothing.
func TestCloningPage(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.as("official")
	begun, err := s.Lineage.Begin(t.Context(), s.official, lineage.SourceProcess{IRI: s.process.IRI}, lineage.CloneInput{Name: "as_a_job"})
	if err != nil {
		t.Fatal(err)
	}
	at := "/clonings/" + string(begun.ID)
	if got := s.anonymous().get(at); got.status != http.StatusNotFound {
		t.Errorf("a stranger: status %d", got.status)
	}
	if got := r.get(at); got.status != http.StatusOK {
		t.Errorf("on its way: status %d", got.status)
	}
	s.cloned(t, at)
	done := r.get(at)
	for _, want := range []string{"What was taken over", "/processes/as_a_job", "phases, objectives and tasks"} {
		if !strings.Contains(done.body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(done.body, at+"/cancel") {
		t.Error("what is done can be stopped")
	}
	preview := r.get("/clone?address=" + url.QueryEscape(string(s.process.IRI)))
	for _, want := range []string{"What begins anew", "applications, contributions, votes"} {
		if !strings.Contains(preview.body, want) {
			t.Errorf("the preview does not say %q", want)
		}
	}
	for _, d := range []string{"ttl", "jsonld", "csv"} {
		if got := s.anonymous().get("/processes/as_a_job/lineage." + d); got.status != http.StatusOK || !strings.Contains(got.body, string(s.process.IRI)) {
			t.Errorf("lineage.%s: status %d", d, got.status)
		}
	}
	schema := r.get("/clone?address=" + url.QueryEscape(s.URL+"/schemas/public-service"))
	if to := schema.location; schema.status != http.StatusSeeOther || !strings.Contains(to, "schema=public-service") {
		t.Errorf("a schema leads to %q (status %d)", to, schema.status)
	}
	if other := s.person("other", policy.RoleMember); other.Actor == s.official.Actor {
		t.Fatal("nobody else is here")
	}
	if got := s.as("other").get(at); got.status != http.StatusNotFound {
		t.Errorf("somebody else: status %d", got.status)
	}
}
