package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain/policy"
)

// publish sends the form of a page of law.
func (r *reader) publish(kind, revision string, more url.Values) page {
	form := url.Values{"revision": {revision}, "do": {"publish"}}
	for name, values := range more {
		form[name] = values
	}
	return r.post("/admin/legal/"+kind, form)
}

// TestLegalPages: who runs the node fills the headings in, in several
// languages; every version can be read, at an address that stays.
func TestLegalPages(t *testing.T) {
	s := newSite(t)
	official, stranger := s.as("official"), s.anonymous()
	if got := stranger.get("/legal/imprint?lang=en"); got.status != http.StatusOK || !strings.Contains(got.body, "have not published it yet") {
		t.Errorf("what is not published: status %d", got.status)
	}
	for _, kind := range []string{"privacy", "terms", "accessibility", "imprint"} {
		if !strings.Contains(stranger.get("/?lang=lv").body, `href="/legal/`+kind+`"`) {
			t.Errorf("the footer does not lead to %s", kind)
		}
		for _, lang := range []string{"en", "es", "it", "lv", "nl"} {
			if body := official.get("/admin/legal/" + kind + "?lang=" + lang).body; !strings.Contains(body, "[[") {
				t.Errorf("the headings of %s in %s have no gaps", kind, lang)
			}
		}
	}
	s.person("ada_lovely", policy.RoleMember)
	if got := s.as("ada_lovely").publish("privacy", "0", url.Values{"text_en": {"Mine."}}); got.status != http.StatusForbidden {
		t.Errorf("somebody else publishes: status %d", got.status)
	}
	got := official.publish("privacy", "0", url.Values{"text_en": {"## Who\n\n[[Name of the authority]]"}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Name of the authority") || !strings.Contains(problems(got.body), "#f-text_en") {
		t.Errorf("a gap: status %d, %s", got.status, problems(got.body))
	}
	if got := official.post("/admin/legal/privacy", url.Values{"revision": {"0"}, "do": {"draft"}, "text_en": {"## Who\n\n[[later]]"}}); got.status != http.StatusSeeOther {
		t.Fatalf("a draft: status %d: %s", got.status, problems(got.body))
	}
	if strings.Contains(stranger.get("/legal/privacy").body, "later") || !strings.Contains(official.get("/admin/legal/privacy").body, "[[later]]") {
		t.Error("a draft is for those who write alone, and is kept")
	}
	if got := official.publish("privacy", "0", url.Values{"text_en": {"Mine."}}); got.status != http.StatusConflict || !strings.Contains(got.body, "Mine.") {
		t.Errorf("over what somebody else saved: status %d", got.status)
	}
	if got := official.publish("privacy", "1", url.Values{"text_en": {"## Who\n\nThe **town**."}, "text_lv": {"## Kas\n\nPilsēta."}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, problems(got.body))
	}
	if body := stranger.get("/legal/privacy?lang=en").body; !strings.Contains(body, "<strong>town</strong>") || !strings.Contains(body, "Version 1") {
		t.Error("the page in English")
	}
	if body := stranger.get("/legal/privacy?lang=lv").body; !strings.Contains(body, "Pilsēta.") {
		t.Error("the page in Latvian")
	}
	if body := stranger.get("/legal/privacy?lang=es").body; !strings.Contains(body, "town") || !strings.Contains(body, "No está publicado en su idioma") {
		t.Error("who reads another language is told")
	}
	if got := official.publish("privacy", "2", url.Values{"text_en": {"<script>alert(1)</script>New."}, "changes_en": {"All."}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, problems(got.body))
	}
	if body := stranger.get("/legal/privacy").body; strings.Contains(body, "<script>alert") {
		t.Error("a script of the administrator runs")
	}
	if body := stranger.get("/legal/privacy/versions?lang=en").body; !strings.Contains(body, "Version 1") || !strings.Contains(body, "All.") {
		t.Error("the list of versions")
	}
	if body := stranger.get("/legal/privacy/versions/1?lang=en").body; !strings.Contains(body, "<strong>town</strong>") || !strings.Contains(body, "not the version in force") {
		t.Error("the first version")
	}
	for _, path := range []string{"/legal/cookies", "/legal/privacy/versions/9", "/legal/privacy/versions/x", "/legal/cookies/versions"} {
		if got := stranger.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, got.status)
		}
	}
}

// TestTerms: who signs up accepts the terms in force; a version that asks for
// it is shown to everybody before they go on, with what changed.
func TestTerms(t *testing.T) {
	s := newSite(t)
	s.person("ada_lovely", policy.RoleMember)
	official, ada := s.as("official"), s.as("ada_lovely")
	if got := official.publish("terms", "0", url.Values{"text_en": {"Be kind."}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, problems(got.body))
	}
	if got := ada.get("/me"); got.status != http.StatusOK {
		t.Errorf("terms that ask nobody: status %d", got.status)
	}
	stranger := s.anonymous()
	signUp := url.Values{"username": {"bo"}, "email": {"bo@people.example"}, "password": {password}, "title": {"Bo"}, "lang": {"en"}, "accept": {"yes"}, "version": {"1"}}
	if got := stranger.post("/sign-up", signUp); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), "#f-terms") {
		t.Errorf("without accepting: status %d, %s", got.status, problems(got.body))
	}
	signUp.Set("terms", "yes")
	signUp.Set("version", "0")
	if got := stranger.post("/sign-up", signUp); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), "newer version") {
		t.Errorf("accepting another version: status %d, %s", got.status, problems(got.body))
	}
	signUp.Set("version", "1")
	if got := stranger.post("/sign-up", signUp); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, problems(got.body))
	}
	bo, err := s.Accounts.ByUsername(t.Context(), "bo")
	if err != nil {
		t.Fatal(err)
	}
	d, err := s.Legal.Demand(t.Context(), policy.Viewer{Actor: bo.Actor, Role: policy.RoleMember})
	if err != nil || d.Accepted.Version != 1 || d.Accepted.At.IsZero() || d.Owed {
		t.Errorf("what bo accepted: %+v, %v", d.Accepted, err)
	}
	if got := official.publish("terms", "1", url.Values{"text_en": {"Be very kind."}, "changes_en": {"Kinder than before."}, "demands": {"yes"}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, problems(got.body))
	}
	if got := ada.get("/processes?q=a"); got.status != http.StatusSeeOther || got.location != "/terms?return="+url.QueryEscape("/processes?q=a") {
		t.Fatalf("she goes on: status %d, to %q", got.status, got.location)
	}
	for _, path := range []string{"/legal/terms", "/me/data", "/me/leave", "/report"} {
		if got := ada.get(path); got.status != http.StatusOK {
			t.Errorf("%s: status %d", path, got.status)
		}
	}
	page := ada.get("/terms?return=/processes&lang=en").body
	if !strings.Contains(page, "Be very kind.") || !strings.Contains(page, `value="/processes"`) {
		t.Error("the page does not show the terms, or forgets the way back")
	}
	if got := ada.post("/terms", url.Values{"version": {"2"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), "#f-terms") {
		t.Errorf("without accepting: status %d", got.status)
	}
	if got := ada.post("/terms", url.Values{"version": {"1"}, "terms": {"yes"}}); got.status != http.StatusConflict {
		t.Errorf("an old version: status %d", got.status)
	}
	if got := ada.post("/terms", url.Values{"version": {"2"}, "terms": {"yes"}, "return": {"https://elsewhere.example"}}); got.status != http.StatusSeeOther || got.location != "/" {
		t.Errorf("accepting: status %d, to %q", got.status, got.location)
	}
	if got := ada.get("/processes"); got.status != http.StatusOK {
		t.Errorf("afterwards: status %d", got.status)
	}
	if body := ada.get("/terms?lang=en").body; !strings.Contains(body, "You accepted version 2") {
		t.Error("she is not told what she accepted")
	}
}

// TestRetentionPage: the times are those that the node is set to.
func TestRetentionPage(t *testing.T) {
	s := newSite(t)
	body := s.anonymous().get("/legal/retention?lang=en").body
	for _, words := range []string{"180 days since it came", "365 days since the decision", "1 day since the last one", "Until you delete your account"} {
		if !strings.Contains(body, words) {
			t.Errorf("the page lacks %q", words)
		}
	}
	s.person("ada_lovely", policy.RoleMember)
	if !strings.Contains(s.as("ada_lovely").get("/me/leave?lang=en").body, "180 days since it came") {
		t.Error("it is not said before somebody leaves")
	}
}
