package web_test

import (
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/policy"
)

// TestDeleteAnInterlinker: who writes the catalogue sees what is lost, repeats
// the name, and what was made with it says what became of it.
func TestDeleteAnInterlinker(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("ana", policy.RoleMember)
	official, ana, anybody := s.as("official"), s.as("ana"), s.anonymous()
	const at = "/interlinkers/stakeholder-map"
	find := func(slug string) *catalogue.Entry {
		t.Helper()
		e, err := s.Catalogue.Entry(t.Context(), s.official, catalogue.KindInterlinker, slug, "")
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	e := find("stakeholder-map")
	_, tree, err := s.Coproduction.Tree(t.Context(), s.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Coproduction.Instantiate(t.Context(), s.official, "safe_ways", tree.Items()[len(tree.Items())-1].ID, e.Slug)
	if err != nil {
		t.Fatal(err)
	}
	if got := official.get(at + "/delete"); got.status != http.StatusOK || !strings.Contains(got.body, at+`/withdraw"`) {
		t.Errorf("what is not withdrawn: status %d, or it does not ask to withdraw it", got.status)
	}
	other := find("service-aim-canvas")
	if e, err = s.Catalogue.Withdraw(t.Context(), s.official, e.ID, e.Revision, other.IRI); err != nil {
		t.Fatal(err)
	}
	if got := ana.get(at + "/delete"); got.status != http.StatusForbidden {
		t.Errorf("a member is asked: status %d", got.status)
	}
	if got := official.get(at); !strings.Contains(got.body, at+"/delete") {
		t.Error("the page of what is withdrawn does not offer it")
	}
	if got := official.get(at + "/delete"); got.status != http.StatusOK || !strings.Contains(got.body, "1 process of this node") || !strings.Contains(got.body, "2 versions") {
		t.Errorf("status %d, it does not say what is lost: %s", got.status, got.body)
	}
	form := url.Values{"revision": {strconv.FormatInt(e.Revision, 10)}, "confirm": {"<b>map"}}
	if got := official.post(at+"/delete", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "&lt;b&gt;map") {
		t.Errorf("another name: status %d, or what was typed is lost", got.status)
	}
	form.Set("confirm", e.Name["en"])
	if got := official.post(at+"/delete", form); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	for _, path := range []string{at, at + "/dcat.ttl", at + "/publiccode.yml", at + "/versions"} {
		if got := anybody.get(path); got.status != http.StatusGone {
			t.Errorf("%s answers %d", path, got.status)
		}
	}
	if got := anybody.get(at); !strings.Contains(got.body, other.Name["en"]) {
		t.Error("the page does not say what to use instead")
	}
	for _, path := range []string{"/catalogue?q=stakeholder+map", "/catalogue.json", "/v1/software", "/catalogue/dcat.ttl"} {
		if got := anybody.get(path); strings.Contains(got.body, at+`"`) || strings.Contains(got.body, at+">") {
			t.Errorf("%s has it still", path)
		}
	}
	for _, path := range []string{"/processes/safe_ways/resources", "/processes/safe_ways/resources/" + string(r.ID)} {
		if got := official.get(path); !strings.Contains(got.body, "Deleted by its owner") || !strings.Contains(got.body, other.Name["en"]) {
			t.Errorf("%s does not say that it was deleted, and what to use instead", path)
		}
	}
}

// TestAnswersToWhatIsDeleted: an answer says what it answers, also when that is
// no more.
func TestAnswersToWhatIsDeleted(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	author := s.person("ana", policy.RoleMember)
	if _, err := s.Communities.Create(t.Context(), author, "corner", community.Details{Title: domain.Text{"en": "Corner"}, Language: "en"}); err != nil {
		t.Fatal(err)
	}
	posted := []*community.Post{{}}
	for _, words := range []string{"The question", "An answer", "An answer to the answer"} {
		p, err := s.Communities.Post(t.Context(), author, "corner", community.Draft{Content: words, Language: "en", InReplyTo: posted[len(posted)-1].ID})
		if err != nil {
			t.Fatal(err)
		}
		posted = append(posted, p)
	}
	if err := s.Communities.DeletePost(t.Context(), author, posted[2].ID); err != nil {
		t.Fatal(err)
	}
	for _, p := range []*community.Post{posted[1], posted[3]} {
		if got := s.anonymous().get("/posts/" + string(p.ID)); !strings.Contains(got.body, "In answer to a post that was deleted") {
			t.Errorf("%q: it does not say that what is answered was deleted", p.Content)
		}
	}
}

// TestDeleteASchemaAndAProblem: they are corrected, deprecated, recommended
// again, withdrawn and deleted on pages of their own, and the process that
// began with the schema says what became of it.
func TestDeleteASchemaAndAProblem(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("ana", policy.RoleMember)
	official, ana, anybody := s.as("official"), s.as("ana"), s.anonymous()
	for _, of := range []struct {
		kind          catalogue.Kind
		shelf         string
		slug, instead string
	}{{catalogue.KindSchema, "/schemas", "public-service", "improve-service"}, {catalogue.KindProblem, "/problems", "ORG_PROBLEM_1", "ORG_PROBLEM_2"}} {
		entry := func(slug string) *catalogue.Entry {
			t.Helper()
			e, err := s.Catalogue.Entry(t.Context(), s.official, of.kind, slug, "")
			if err != nil {
				t.Fatal(err)
			}
			return e
		}
		other := entry(of.instead)
		instead := html.EscapeString(other.Name["en"])
		at := of.shelf + "/" + of.slug
		shows := func(got page, status int, words ...string) {
			t.Helper()
			if got.status != status {
				t.Fatalf("status %d, not %d: %s", got.status, status, got.body)
			}
			for _, w := range words {
				if !strings.Contains(got.body, w) {
					t.Errorf("%q is not on the page", w)
				}
			}
		}
		if got := ana.get(at); got.status != http.StatusOK || strings.Contains(got.body, at+"/withdraw") {
			t.Errorf("a member is offered to withdraw it: status %d", got.status)
		}
		for _, page := range []string{"/edit", "/deprecate", "/withdraw"} {
			shows(ana.get(at+page), http.StatusForbidden)
		}
		corrected := url.Values{"revision": {strconv.FormatInt(entry(of.slug).Revision, 10)}, "title-en": {"Plainly said"}, "summary-lv": {"Skaidri teikts."}}
		spanish := entry(of.slug).Name["es"]
		shows(official.get(at+"/edit"), http.StatusOK, "title-en", spanish)
		shows(official.post(at+"/edit", corrected), http.StatusSeeOther)
		if e := entry(of.slug); e.Name["en"] != "Plainly said" || e.Name["es"] != spanish || e.Summary["lv"] != "Skaidri teikts." || e.Version != 2 {
			t.Errorf("corrected to %v, %v, version %d", e.Name, e.Summary, e.Version)
		}
		shows(official.post(at+"/edit", corrected), http.StatusConflict, "Plainly said")
		corrected.Set("summary-lv", "Pavisam citādi.")
		overtaken := official.post(at+"/edit", corrected)
		shows(overtaken, http.StatusConflict, "Nothing of yours is lost", "Skaidri teikts.</div>", "Pavisam citādi.</div>", "Pavisam citādi.</textarea>")
		_, after, _ := strings.Cut(overtaken.body, `name="revision" value="`)
		revision, _, _ := strings.Cut(after, `"`)
		corrected.Set("revision", revision)
		shows(official.post(at+"/edit", corrected), http.StatusSeeOther)
		corrected = url.Values{"revision": {strconv.FormatInt(entry(of.slug).Revision, 10)}, "title-en": {strings.Repeat("x", 5000)}}
		shows(official.post(at+"/edit", corrected), http.StatusUnprocessableEntity, `href="#f-title-en"`)
		name := "Plainly said"
		ending := url.Values{"revision": {strconv.FormatInt(entry(of.slug).Revision, 10)}, "replacement": {of.instead}}
		shows(official.post(at+"/deprecate", ending), http.StatusSeeOther)
		shows(anybody.get(at), http.StatusOK, "No longer recommended", instead)
		shows(official.get(at), http.StatusOK, at+"/publish")
		ending.Set("revision", strconv.FormatInt(entry(of.slug).Revision, 10))
		shows(official.post(at+"/publish", ending), http.StatusSeeOther)
		if e := entry(of.slug); e.Status != catalogue.Published || e.Replacement != "" {
			t.Errorf("it is %s still", e.Status)
		}
		shows(official.get(at), http.StatusOK, at+"/withdraw")
		shows(official.get(at+"/delete"), http.StatusOK, at+`/withdraw"`, "Withdraw this entry first")
		form := url.Values{"revision": {strconv.FormatInt(entry(of.slug).Revision, 10)}, "reason": {"Another is better."}, "replacement": {"stakeholder-map"}}
		shows(official.post(at+"/withdraw", form), http.StatusUnprocessableEntity, "stakeholder-map", "Another is better.")
		form.Set("replacement", of.instead)
		shows(official.post(at+"/withdraw", form), http.StatusSeeOther)
		shows(anybody.get(at), http.StatusOK, "Another is better.", instead)
		shows(official.get(at), http.StatusOK, at+"/delete")
		if of.kind == catalogue.KindSchema {
			shows(official.get("/processes/safe_ways"), http.StatusOK, name, `class="tag s-withdrawn"`)
			shows(official.get(at+"/delete"), http.StatusOK, "1 process of this node")
		}
		form = url.Values{"revision": {strconv.FormatInt(entry(of.slug).Revision, 10)}, "confirm": {entry(of.slug).Name["en"]}}
		if got := official.post(at+"/delete", form); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), of.shelf) {
			t.Fatalf("status %d to %s: %s", got.status, got.header.Get("Location"), got.body)
		}
		shows(anybody.get(at), http.StatusGone, instead)
		if got := anybody.get(of.shelf); strings.Contains(got.body, at+`"`) {
			t.Errorf("%s lists it still", of.shelf)
		}
	}
	if got := official.get("/processes/safe_ways"); !strings.Contains(got.body, "Deleted by its owner") || !strings.Contains(got.body, "improve-service") {
		t.Error("the process does not say what became of its schema")
	}
}
