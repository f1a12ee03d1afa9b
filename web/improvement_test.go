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

// TestImprovements: a clone chooses what it offers, sees what would be sent,
// and sends it; its source refuses nothing without a reason, and takes it.
func TestImprovements(t *testing.T) {
	s := newSite(t)
	ctx, r := t.Context(), s.as("official")
	clone, err := s.Lineage.CloneFrom(ctx, s.official, lineage.SourceProcess{IRI: s.process.IRI}, lineage.CloneInput{Name: "again"})
	if err != nil {
		t.Fatal(err)
	}
	_, tree, err := s.Coproduction.Tree(ctx, s.official, clone.Name)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range tree.Items() {
		if it.FromItem != string(s.process.ItemIRI(s.firstTask().ID)) {
			continue
		}
		d := it.Details()
		d.Description = domain.Text{"en": "With <parents>.", "lv": "Tikai Rīgā."}
		if err := s.Coproduction.EditItem(ctx, s.official, clone.Name, it.ID, it.Revision, d); err != nil {
			t.Fatal(err)
		}
	}
	path := "/processes/" + clone.Name + "/improvements"
	got := r.get(path + "/new")
	got.check(t, path+"/new")
	if got.status != http.StatusOK || !strings.Contains(got.body, "With &lt;parents&gt;.") || !strings.Contains(got.body, "has not confirmed") {
		t.Fatalf("the form: status %d", got.status)
	}
	i, err := s.Improvements.Improvable(ctx, s.official, clone.Name)
	if err != nil || len(i.Updates) != 1 {
		t.Fatalf("%+v, %v", i, err)
	}
	form := url.Values{
		"id.0": {i.Updates[0].ID}, "mark.0": {i.Updates[0].Mark()}, "part.0.description.en": {"yes"}, "note": {"We *tried* it."}, "licence": {"CC-BY-ND-4.0"},
		"credits": {"Ilze\nJānis"}, "myself": {"yes"}, "preview": {"yes"},
	}
	if got := r.post(path+"/new", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "We *tried* it.") {
		t.Errorf("a licence without derivatives: status %d", got.status)
	}
	form.Set("licence", "CC-BY-4.0")
	got = r.post(path+"/new", form)
	if got.status != http.StatusOK || !strings.Contains(got.body, "What is sent") || !strings.Contains(got.body, "<em>tried</em>") || !strings.Contains(got.body, "Jānis") {
		t.Errorf("the preview: status %d", got.status)
	}
	if list, err := s.Improvements.List(ctx, s.official, clone.Name, true, domain.Page{}); err != nil || list.Total != 0 {
		t.Errorf("the preview sent %d, %v", list.Total, err)
	}
	form.Del("preview")
	form.Set("send", "yes")
	if got := r.post(path+"/new", form); got.status != http.StatusSeeOther {
		t.Fatalf("sent: status %d", got.status)
	}
	list, err := s.Improvements.List(ctx, s.official, "safe_ways", false, domain.Page{})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	here := "/processes/safe_ways/improvements/" + string(list.Items[0].ID)
	got = r.get(here)
	got.check(t, here)
	if got.status != http.StatusOK || !strings.Contains(got.body, "With &lt;parents&gt;.") || strings.Contains(got.body, "Tikai Rīgā.") {
		t.Errorf("what is offered: status %d", got.status)
	}
	s.person("curious", policy.RoleMember)
	for _, at := range []string{here, "/processes/safe_ways/improvements", path, path + "/new"} {
		if got := s.as("curious").get(at); got.status != http.StatusNotFound {
			t.Errorf("who does not administer it reads %s: status %d", at, got.status)
		}
	}
	review, err := s.Improvements.Review(ctx, s.official, "safe_ways", list.Items[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	answer := url.Values{"id.0": {review.Updates[0].ID}, "mark.0": {review.Updates[0].Mark()}}
	if got := r.post(here, answer); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Decide on this too.") {
		t.Errorf("nothing decided: status %d", got.status)
	}
	answer.Set("decide.0", "keep")
	if got := r.post(here, answer); got.status != http.StatusUnprocessableEntity {
		t.Errorf("refused without a reason: status %d", got.status)
	}
	answer.Set("decide.0", "edit")
	answer.Set("value.0.description.en", "With all parents.")
	if got := r.post(here, answer); got.status != http.StatusSeeOther {
		t.Fatalf("taken: status %d", got.status)
	}
	if got := s.firstTask().Description; got["en"] != "With all parents." || got["lv"] == "Tikai Rīgā." {
		t.Errorf("the task says %v", got)
	}
	if got := r.post(here, answer); got.status != http.StatusConflict {
		t.Errorf("answered twice: status %d", got.status)
	}
	for at, want := range map[string]string{
		here: "Taken in other words", path + "?side=sent": "Taken", path: "Taken", path + "?side=received": "Nothing yet", "/processes/safe_ways/clones": "Jānis", "/processes/safe_ways": "Ilze", path + "/" + string(list.Items[0].ID): "Taken in other words",
	} {
		got := r.get(at)
		got.check(t, at)
		if got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s: status %d, without %q", at, got.status, want)
		}
	}
}
