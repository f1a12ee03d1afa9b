package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/policy"
	"interlink/domain/story"
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

// clonedAsProposed clones a process that has a release, as the form proposes: in
// the country of the node's processes. The form names the licence of the release.
func (s *site) clonedAsProposed(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	p, err := s.Coproduction.Process(ctx, s.official, s.process.Name)
	if err != nil {
		t.Fatal(err)
	}
	d := p.Details()
	d.Country = "LV"
	if _, err := s.Coproduction.Edit(ctx, s.official, p.Name, p.Revision, d); err != nil {
		t.Fatal(err)
	}
	draft, err := s.Releases.Draft(ctx, s.official, p.Name)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Releases.Publish(ctx, s.official, p.Name, lineage.ReleaseInput{Version: draft.Next[0], Note: domain.Text{"en": "First."}, Licence: "CC-BY-SA-4.0", Digest: draft.Digest}); err != nil {
		t.Fatal(err)
	}
	r, at := s.as("official"), "/clone?address="+url.QueryEscape(string(p.IRI))
	if got := r.get(at); !strings.Contains(got.body, "CC-BY-SA-4.0") && !strings.Contains(got.body, "CC BY-SA 4.0") {
		t.Error("the preview does not name the licence of the release")
	}
	for _, taken := range []string{"official", s.process.Name} { // a person, a process
		got := r.fill(at, "/clone", url.Values{"title": {"Typed with care"}, "name": {taken}})
		if got.status != http.StatusConflict || !strings.Contains(got.body, "Typed with care") || !strings.Contains(got.body, `aria-invalid="true"`) {
			t.Errorf("under the taken name %s: status %d", taken, got.status)
		}
	}
	if got := r.fill(at, "/clone", url.Values{"title": {"Proposed"}, "name": {"as_proposed"}}); got.status != http.StatusSeeOther {
		t.Fatalf("clone: status %d %s", got.status, got.body)
	}
	if made, err := s.Coproduction.Process(ctx, s.official, "as_proposed"); err != nil || made.Country != "LV" {
		t.Errorf("the clone is %+v (%v)", made, err)
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
	stopped, err := s.Lineage.Begin(t.Context(), s.official, lineage.SourceProcess{IRI: s.process.IRI}, lineage.CloneInput{Name: "stopped"})
	if err != nil {
		t.Fatal(err)
	}
	over := "/clonings/" + string(stopped.ID)
	if got := r.post(over+"/cancel", nil); got.location != over {
		t.Errorf("stopped: status %d to %q", got.status, got.location)
	}
	if got := r.get(over).body; !strings.Contains(got, "Stopped.") || strings.Contains(got, "This did not work") {
		t.Error("what somebody stopped is told as a failure")
	}
	preview := r.get("/clone?address=" + url.QueryEscape(string(s.process.IRI)))
	for _, want := range []string{"What begins anew", "applications, contributions, votes"} {
		if !strings.Contains(preview.body, want) {
			t.Errorf("the preview does not say %q", want)
		}
	}
	s.clonedAsProposed(t)
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
	told, err := s.Stories.Publish(t.Context(), s.official, story.Input{
		Slug: "taken-back", Process: s.process.Name, Owner: s.process.Organization, Telling: story.Telling{Title: domain.Text{"en": "x"}, Summary: domain.Text{"en": "x"}, Results: domain.Text{"en": "x"}},
	})
	if err == nil {
		if got := r.get("/clone?address=" + url.QueryEscape(string(told.IRI))); !strings.Contains(got.body, `The plan that this story shows: <a href="/stories/taken-back">x</a>`) {
			t.Errorf("the preview does not name the story: status %d", got.status)
		}
		_, err = s.Stories.Withdraw(t.Context(), s.official, "taken-back")
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := s.as("other").get("/clone?address=" + url.QueryEscape(string(told.IRI))); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "This story was withdrawn") {
		t.Errorf("a story that was withdrawn: status %d, or it is not said", got.status)
	}
}
