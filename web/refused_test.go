package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestRefusedForms: a form that is refused comes back with what was typed, a
// summary that leads to the fields, and all that is wrong with it at once.
func TestRefusedForms(t *testing.T) {
	s := newSite(t)
	stranger, official := s.anonymous(), s.as("official")
	task := "/processes/safe_ways/guide/" + string(s.task.ID)
	for _, c := range []struct {
		who    *reader
		path   string
		form   url.Values
		fields []string // that the summary leads to
	}{
		{stranger, "/sign-up", url.Values{"title": {"Ana"}, "username": {"Ana!"}, "email": {"nowhere"}, "password": {"short"}, "lang": {"en"}}, []string{"username", "email", "password", "accept"}},
		{official, "/organizations/new", url.Values{"name": {"9 bad"}, "summary": {"Kept <words>"}, "kind": {"none"}, "visibility": {"none"}}, []string{"name", "title", "kind"}},
		{official, "/organizations/city_lab/members", url.Values{"handle": {"@nobody@"}, "role": {"member"}}, []string{"handle"}},
		{official, "/organizations/city_lab/teams/new", url.Values{"name": {"UPPER"}, "summary": {"Kept"}, "joinPolicy": {"maybe"}}, []string{"name", "title", "joinPolicy"}},
		{official, "/communities/new", url.Values{"name": {"UPPER"}, "summary": {"Kept"}}, []string{"name", "title"}},
		{official, "/processes", url.Values{"name": {"UPPER"}, "summary": {"Kept"}, "schema": {"none"}, "visibility": {"public"}}, []string{"name", "title"}},
		{official, task + "/resources", url.Values{"title": {"A map"}, "address": {"javascript:x"}}, []string{"address"}},
		{official, "/processes/safe_ways/people", url.Values{"handle": {"@@@"}, "role": {"contributor"}}, []string{"handle"}},
		{official, "/communities/mobility/follow", url.Values{"handle": {"no handle"}}, []string{"handle"}},
		{official, "/admin/catalogues", url.Values{"handle": {"not a host"}}, []string{"handle"}},
		{official, "/admin/invitations", url.Values{"email": {"nowhere"}}, []string{"email"}},
		{official, "/me", url.Values{"summary": {"Kept"}, "lang": {"en"}}, []string{"title"}},
	} {
		got := c.who.post(c.path, c.form)
		if got.status < 400 || got.status >= 500 || got.status == http.StatusForbidden {
			t.Errorf("POST %s: status %d", c.path, got.status)
		}
		for _, field := range c.fields {
			if !strings.Contains(problems(got.body), `href="#f-`+field+`"`) || !strings.Contains(got.body, `id="f-`+field+`"`) {
				t.Errorf("POST %s: the summary does not lead to %s: %s", c.path, field, problems(got.body))
			}
		}
		for _, field := range []string{"title", "name", "username", "email", "summary", "handle", "address"} {
			if typed := htmlOf(c.form.Get(field)); !strings.Contains(got.body, typed) {
				t.Errorf("POST %s: %q is lost", c.path, typed)
			}
		}
		if password := c.form.Get("password"); password != "" && strings.Contains(got.body, `value="`+password) {
			t.Errorf("POST %s: the password is on the page", c.path)
		}
	}
}

// TestTasksAhead: the guide says what to begin with, and what is not known is
// no link.
func TestTasksAhead(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	href := "/processes/safe_ways/guide/" + string(s.task.ID)
	body := r.get("/processes/safe_ways/guide").body
	if _, right, _ := strings.Cut(body, `<div class="item">`); !strings.Contains(right, href) {
		t.Error("the guide does not lead to the first task")
	}
	if body := r.get("/catalogue?q=zzzzzz").body; strings.Contains(body, `class="facets"`) {
		t.Error("a search without results shows filters")
	}
}

// TestLargeTree: of a large tree the pages show the open branch, and weigh
// what every page may weigh.
func TestLargeTree(t *testing.T) {
	s := newSite(t)
	x, told, task := s.large(t)
	r := s.as("official")
	for _, path := range []string{
		"/processes/large", "/processes/large/guide", "/processes/large/guide/" + string(task.ID), "/processes/large/people",
		"/processes/large/publish", "/processes/large/publish?story=" + told.Slug, "/stories/" + told.Slug,
		"/clone?address=" + url.QueryEscape(string(x.IRI)), "/clone?address=" + url.QueryEscape(string(told.IRI)),
	} {
		got := r.get(path)
		if got.status != http.StatusOK || !strings.Contains(got.body, "/guide/"+string(task.Parent)) && strings.HasSuffix(path, string(task.ID)) {
			t.Errorf("%s: status %d, or without the branch", path, got.status)
		}
		got.check(t, path)
	}
}

func htmlOf(s string) string {
	return strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(s)
}
