package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/policy"
	"interlink/domain/profile"
)

// TestProfilePages: a person, an organisation and a community say more of
// themselves; what was typed is kept when it is refused.
func TestProfilePages(t *testing.T) {
	s := newSite(t)
	s.person("citizen", policy.RoleMember)
	r := s.as("official")
	for path, shown := range map[string]string{"/me": "/users/official", "/organizations/city_lab": "", "/communities/mobility": ""} {
		if shown == "" {
			shown = path
			if got := s.as("citizen").post(path+"/profile", url.Values{}); got.status != http.StatusForbidden {
				t.Errorf("%s by somebody else: status %d", path, got.status)
			}
		}
		got := r.post(path+"/profile", url.Values{"fieldName1": {"Web as typed"}, "sites": {"news.example"}})
		if got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest || !strings.Contains(got.body, "Web as typed") || !strings.Contains(got.body, "news.example") {
			t.Errorf("%s with half a line: status %d", path, got.status)
		}
		got = r.post(path+"/profile", url.Values{"fieldName2": {"Web"}, "fieldValue2": {"https://mobility.example"}, "discoverable": {"yes"}})
		if got.status != http.StatusSeeOther {
			t.Fatalf("%s: status %d", path, got.status)
		}
		if body := s.anonymous().get(shown).body; !strings.Contains(body, `<a href="https://mobility.example" rel="me nofollow noopener noreferrer">`) {
			t.Errorf("%s does not show the line", shown)
		}
		if body := r.get(path + "/profile").body; !strings.Contains(body, `value="https://mobility.example"`) || strings.Count(body, `" checked`) != 1 {
			t.Errorf("%s: the form does not show what was saved", path)
		}
	}
	if got := s.anonymous().get("/me/profile"); got.status == http.StatusOK {
		t.Error("nobody has a profile to change")
	}
}

// TestMovePages: names of other accounts are checked, and followers move only
// with the password.
func TestMovePages(t *testing.T) {
	s := newSite(t)
	s.person("ana", policy.RoleMember)
	s.person("ana2", policy.RoleMember)
	old, other := s.as("ana"), s.as("ana2")
	if got := old.post("/me/move/aliases", url.Values{"alias": {"@nobody_here"}}); got.status < 400 || !strings.Contains(got.body, "@nobody_here") {
		t.Errorf("a name that is nobody's: status %d", got.status)
	}
	move := url.Values{"target": {s.URL + "/users/ana2"}, "password": {password}}
	if got := old.post("/me/move", move); got.status < 400 || strings.Contains(got.body, password) {
		t.Errorf("to one that does not name it: status %d", got.status)
	}
	if got := other.post("/me/move/aliases", url.Values{"alias": {s.URL + "/users/ana"}}); got.status != http.StatusSeeOther {
		t.Fatalf("naming it: status %d", got.status)
	}
	if got := old.post("/me/move", url.Values{"target": move["target"], "password": {"wrong"}}); got.status < 400 {
		t.Errorf("with a wrong password: status %d", got.status)
	}
	if got := old.post("/me/move", move); got.status != http.StatusSeeOther {
		t.Fatalf("moving: status %d", got.status)
	}
	if body := s.anonymous().get("/users/ana").body; !strings.Contains(body, `<a href="/users/ana2">`) {
		t.Error("the page does not say where it moved")
	}
	if got := old.post("/me/move/back", nil); got.status != http.StatusSeeOther {
		t.Errorf("coming back: status %d", got.status)
	}
	if got := other.post("/me/move/aliases/remove", url.Values{"alias": {s.URL + "/users/ana"}}); got.status != http.StatusSeeOther {
		t.Errorf("taking the name back: status %d", got.status)
	}
	if body := other.get("/me/move").body; strings.Contains(body, s.URL+"/users/ana\"") {
		t.Error("the name is still listed")
	}
}

// TestProfileByAPI: programs change what they name; the rest stays.
func TestProfileByAPI(t *testing.T) {
	s := newSite(t)
	a, err := s.Accounts.ByUsername(t.Context(), "official")
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.Accounts.CreateToken(t.Context(), a, "profile", []policy.Scope{policy.ScopeRead, policy.ScopeWrite})
	if err != nil {
		t.Fatal(err)
	}
	r := s.anonymous()
	call := func(method, path, body string) page {
		request := r.request(method, "/api/interlink/v1"+path, strings.NewReader(body))
		request.Header.Set("Authorization", "Bearer "+token)
		if body != "" {
			request.Header.Set("Content-Type", "application/json")
		}
		return r.do(request)
	}
	for _, path := range []string{"/me", "/organizations/city_lab", "/communities/mobility"} {
		first := call(http.MethodPatch, path+"/profile", `{"fields":[{"name":"Web","value":"https://x.example"}],"attributionDomains":["x.example"]}`)
		second := call(http.MethodPatch, path+"/profile", `{"discoverable":false}`)
		want := `{"fields":[{"name":"Web","value":"https://x.example"}],"discoverable":false,"indexable":true,"attributionDomains":["x.example"]}`
		if first.status != http.StatusOK || second.status != http.StatusOK || strings.TrimSpace(second.body) != want {
			t.Errorf("%s: %d, %d %s", path, first.status, second.status, second.body)
		}
		if got := call(http.MethodGet, path+"/profile", ""); strings.TrimSpace(got.body) != want {
			t.Errorf("%s reads %s", path, got.body)
		}
	}
	for _, path := range []string{"/me", "/communities/mobility"} {
		if got := call(http.MethodPost, path+"/move", `{"target":"`+s.URL+`/users/official","password":"wrong"}`); got.status < 400 || !strings.Contains(got.body, "password") {
			t.Errorf("%s moves with a wrong password: %d %s", path, got.status, got.body)
		}
		if got := call(http.MethodGet, path+"/move", ""); got.status != http.StatusOK || strings.TrimSpace(got.body) != `{"alsoKnownAs":[]}` {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
		if got := call(http.MethodDelete, path+"/aliases?actor="+url.QueryEscape("https://x.example/users/a"), ""); got.status >= 300 {
			t.Errorf("%s: an alias that is not there: %d", path, got.status)
		}
	}
}

// TestDiscoverable: a community that does not want to be recommended is not on
// the first page nor among what newcomers are told of, but in the list, and
// counted.
func TestDiscoverable(t *testing.T) {
	s := newSite(t)
	s.person("citizen", policy.RoleMember)
	if body := s.anonymous().get("/").body; !strings.Contains(body, "/communities/mobility") {
		t.Fatal("the first page does not recommend the community")
	}
	if body := s.as("citizen").get("/timeline").body; !strings.Contains(body, "/communities/mobility") {
		t.Fatalf("a newcomer is not told of the community: %s", body)
	}
	r := s.as("official")
	if got := r.post("/communities/mobility/profile", url.Values{"indexable": {"yes"}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	for _, page := range []string{s.anonymous().get("/").body, s.as("citizen").get("/timeline").body} {
		if strings.Contains(page, "/communities/mobility") {
			t.Error("it is recommended nevertheless")
		}
	}
	if body := s.anonymous().get("/communities").body; !strings.Contains(body, "/communities/mobility") {
		t.Error("it is not in the list")
	}
}

// TestProfileOfOthers: not even who runs the node speaks for a person.
func TestProfileOfOthers(t *testing.T) {
	s := newSite(t)
	s.person("citizen", policy.RoleMember)
	citizen, err := s.Accounts.ByUsername(t.Context(), "citizen")
	if err != nil {
		t.Fatal(err)
	}
	official, err := s.Accounts.ByUsername(t.Context(), "official")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []policy.Viewer{official.Viewer(), s.Operator()} {
		if err := s.Profiles.Edit(t.Context(), v, citizen.Actor, profile.Settings{}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("%v: %v", v.Role, err)
		}
	}
	if err := s.Profiles.Edit(t.Context(), citizen.Viewer(), citizen.Actor, profile.Settings{Indexable: true}); err != nil {
		t.Error(err)
	}
}
