package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain/policy"
	"interlink/web"
)

// TestRoleCallPath walks from the call to the membership, as people do.
func TestRoleCallPath(t *testing.T) {
	s := newSite(t)
	s.person("neighbour", policy.RoleMember)
	official, neighbour, stranger := s.as("official"), s.as("neighbour"), s.anonymous()

	made := official.post("/role-calls/new", url.Values{
		"team": {"routes"}, "community": {"mobility"}, "lang": {"en"}, "title": {"Map makers"}, "duties": {"Draw *maps*."}, "seats": {"1"},
		"method": {"criteria"}, "deadline": {"2999-01-31"}, "reviewers": {"@official"},
	})
	if made.status != http.StatusSeeOther {
		t.Fatalf("publish: %d %s", made.status, problems(made.body))
	}
	call := made.location
	for _, path := range []string{call, "/role-calls", "/", "/teams/routes", "/communities/mobility", "/organizations/city_lab"} {
		if got := stranger.get(path); got.status != http.StatusOK || !strings.Contains(got.body, "Map makers") {
			t.Errorf("%s (%d) does not show the call", path, got.status)
		}
	}
	if got := stranger.get("/organizations/city_lab"); !strings.Contains(got.body, `href="/communities/mobility"`) {
		t.Error("an organisation does not show its communities, which its list for other servers names")
	}
	if got := neighbour.get(call + "/edit"); got.status != http.StatusForbidden {
		t.Errorf("a neighbour edits the call: %d", got.status)
	}
	if got := official.fill(call+"/edit", call+"/edit", url.Values{"seats": {"0"}, "title": {"Kept words"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Kept words") {
		t.Errorf("no seats: %d", got.status)
	}
	edit := official.get(call + "/edit")
	for _, want := range []string{`value="2999-01-31"`, `value="Map makers"`, "Draw *maps*."} {
		if !strings.Contains(edit.body, want) {
			t.Errorf("the form lacks %s", want)
		}
	}
	for lang, title := range map[string]string{"en": "Map makers wanted", "es": "Se buscan cartógrafos"} {
		if got := official.fill(call+"/edit?in="+lang, call+"/edit", url.Values{"lang": {lang}, "title": {title}, "duties": {"Draw *maps*, " + lang}, "seats": {"2"}}); got.status != http.StatusSeeOther {
			t.Fatalf("revise in %s: %d %s", lang, got.status, problems(got.body))
		}
	}
	if got := s.anonymous().get(call + "?lang=es"); !strings.Contains(got.body, "Se buscan cartógrafos") {
		t.Error("the call is not said in Spanish")
	}
	if got := stranger.get("/posts/" + strings.TrimPrefix(call, "/role-calls/")); !strings.Contains(got.body, "Map makers wanted") || !strings.Contains(got.body, "Draw <em>maps</em>, en") {
		t.Error("the post does not follow the call")
	}
	if got := neighbour.post(call+"/apply", url.Values{"statement": {" "}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), `href="#f-statement"`) {
		t.Errorf("without a statement: %d %s", got.status, problems(got.body))
	}
	if got := neighbour.post(call+"/apply", url.Values{"statement": {"I drew the metro."}}); got.status != http.StatusSeeOther {
		t.Fatalf("apply: %d", got.status)
	}
	if got := neighbour.get(call); !strings.Contains(got.body, "I drew the metro.") || !strings.Contains(got.body, call+"/withdraw") {
		t.Error("who applied does not see their application")
	}
	if got := neighbour.get(call + "/applications"); got.status != http.StatusForbidden {
		t.Errorf("who applied opens the queue: %d", got.status)
	}
	queue := official.get(call + "/applications")
	at := strings.Index(queue.body, call+"/applications/")
	if at < 0 {
		t.Fatalf("the queue shows nothing: %d", queue.status)
	}
	review := queue.body[at : at+len(call)+len("/applications/")+36]
	refused := official.post(review, url.Values{"state": {"rejected"}, "reason": {""}, "revision": {"1"}})
	if said := problems(refused.body); !strings.Contains(said, `href="#f-reason"`) || !strings.Contains(said, `href="#f-ground"`) {
		t.Errorf("rejected without a reason: %d %s", refused.status, said)
	}
	if got := official.post(review, url.Values{"state": {"rejected"}, "reason": {"Not this metro."}, "ground": {"experience"}, "revision": {"1"}}); got.status != http.StatusSeeOther {
		t.Fatalf("reject: %d %s", got.status, problems(got.body))
	}
	if got := neighbour.get("/me/applications"); !strings.Contains(got.body, "Map makers wanted") {
		t.Error("the list of one's own does not show it")
	}
	if got := neighbour.get(call); !strings.Contains(got.body, "Not this metro.") {
		t.Error("who applied is not told why")
	}
	public := stranger.get(call).body
	if !strings.Contains(public, "others have more experience") || strings.Contains(public, "Not this metro") || strings.Contains(public, "neighbour") {
		t.Error("the public page does not count the ground, or tells more")
	}
	if got := neighbour.post(call+"/appeal", url.Values{"reason": {"It was the tram."}}); got.status != http.StatusSeeOther {
		t.Fatalf("appeal: %d", got.status)
	}
	if got := official.get(review); strings.Contains(got.body, `name="state"`) {
		t.Error("who rejected is offered to decide on the appeal")
	}
	if got := official.post(review, url.Values{"state": {"accepted"}, "revision": {"3"}}); got.status != http.StatusForbidden {
		t.Errorf("who rejected decides on the appeal: %d", got.status)
	}
}

// TestApplicationsArePrivate opens every page as everybody else: none shows who
// applied, or what they wrote.
func TestApplicationsArePrivate(t *testing.T) {
	s := newSite(t)
	s.person("neighbour", policy.RoleMember)
	for who, r := range map[string]*reader{"a stranger": s.anonymous(), "a neighbour": s.as("neighbour")} {
		for _, path := range append(web.Pages(), "/role-calls?all=yes", "/users/walker", "/posts/"+string(s.call.ID)) {
			got := r.get(s.filled(path))
			if strings.Contains(got.body, "good shoes") || strings.Contains(got.body, string(s.applied.ID)) && !strings.Contains(s.filled(path), string(s.applied.ID)) {
				t.Errorf("%s at %s reads an application", who, s.filled(path))
			}
			if strings.Contains(path, "/applications") && path != "/me/applications" && got.status == http.StatusOK {
				t.Errorf("%s opens %s", who, s.filled(path))
			}
		}
	}
}
