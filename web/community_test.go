package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain/policy"
)

// TestCommunityOfOthers: nobody speaks in the name of an organisation that
// they are no member of.
func TestCommunityOfOthers(t *testing.T) {
	s := newSite(t)
	s.person("citizen", policy.RoleMember)
	r := s.as("citizen")
	form := url.Values{"title": {"Official news"}, "name": {"official_news"}, "lang": {"en"}, "organization": {"city_lab"}}
	if got := r.post("/communities/new", form); got.status != http.StatusForbidden {
		t.Errorf("a community of a foreign organisation: status %d, to %q", got.status, got.location)
	}
	form.Set("organization", "")
	if got := r.post("/communities/new", form); got.status != http.StatusSeeOther || got.location != "/communities/official_news" {
		t.Errorf("a community of one's own: status %d, to %q", got.status, got.location)
	}
	if body := r.get("/communities/official_news?lang=en").body; !strings.Contains(body, "The community is there, and you follow it.") {
		t.Error("who founded it is not told that they follow it")
	}
	form.Set("organization", "city_lab")
	form.Set("name", "lab_news")
	if got := s.as("official").post("/communities/new", form); got.status != http.StatusSeeOther {
		t.Errorf("a community of one's own organisation: status %d", got.status)
	}
}
