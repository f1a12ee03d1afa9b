package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/search"
)

// TestSavedSearches: somebody saves searches, sees what is new in each since
// they looked, is told of it once by their summary, and forgets it. Nobody
// else sees it.
func TestSavedSearches(t *testing.T) {
	s := newSite(t)
	v := s.person("zoe", policy.RoleMember)
	zoe, ann := s.as("zoe"), s.account("ann")
	save := func(place, query, name, tell string) page {
		return zoe.post("/me/searches", url.Values{"place": {place}, "query": {query}, "name": {name}, "tell": {tell}})
	}
	if body := zoe.get("/processes?q=bridge").body; !strings.Contains(body, `name="query" value="q=bridge"`) {
		t.Error("the page of a search does not offer to save it")
	}
	if body := zoe.get("/processes").body; strings.Contains(body, `name="query"`) {
		t.Error("nothing is asked for, and can be saved")
	}
	if body := s.anonymous().get("/processes?q=bridge").body; strings.Contains(body, `name="query"`) {
		t.Error("nobody is offered to save a search")
	}
	for _, x := range [][4]string{
		{"processes", "q=bridge", "Bridges", "yes"}, {"tag", "tag=bridge", "", ""}, {"catalogue", "q=map&after=x&nature=", "", ""}, {"stories", "q=bridge", "", ""},
		{"communities", "q=bridge", "", ""}, {"timeline", "kind=polls", "", ""}, {"processes", "?q=bridge&q=bridge", "All bridges", "yes"},
	} {
		if got := save(x[0], x[1], x[2], x[3]); got.status != http.StatusSeeOther {
			t.Fatalf("%v: status %d", x, got.status)
		}
	}
	for _, x := range [][2]string{{"users", "q=x"}, {"stories", ""}, {"stories", "%zz"}, {"stories", "q=%00"}, {"tag", "tag=two+words"}, {"timeline", "kind=x"}, {"processes", "q=" + strings.Repeat("x", 2000)}} {
		if got := save(x[0], x[1], "", ""); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%v: status %d", x, got.status)
		}
	}
	list, err := s.Searches.List(t.Context(), v)
	if err != nil || len(list) != 6 {
		t.Fatalf("%d searches (%v), want 6", len(list), err)
	}
	ids := map[search.Place]domain.ID{}
	for _, x := range list {
		if ids[x.Place] = x.ID; x.Fresh != 0 {
			t.Errorf("%s has %d new at once", x.Name, x.Fresh)
		}
	}
	if _, err := s.Coproduction.Start(t.Context(), s.official, coproduction.StartInput{Name: "new_bridge", Details: coproduction.Details{Title: domain.Text{"en": "A new bridge"}, Language: "en"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "We plan a #bridge", Language: "en"}); err != nil {
		t.Fatal(err)
	}
	fresh := func() map[search.Place]int {
		t.Helper()
		list, err := s.Searches.List(t.Context(), v)
		if err != nil {
			t.Fatal(err)
		}
		out := map[search.Place]int{}
		for _, x := range list {
			out[x.Place] = x.Fresh
		}
		return out
	}
	if got := fresh(); got[search.Processes] != 1 || got[search.Tag] != 1 || got[search.Catalogue]+got[search.Stories]+got[search.Communities]+got[search.Timeline] != 0 {
		t.Errorf("new: %v", got)
	}
	if body := zoe.get("/me/searches").body; strings.Count(body, "1 new") != 2 || !strings.Contains(body, "All bridges") || strings.Contains(body, ">Bridges<") {
		t.Error("the page does not say what is new")
	}
	// Its notification is told in its name.
	if _, err := s.database().ExecContext(t.Context(), "UPDATE saved_searches SET told_at = told_at - 86400000000"); err != nil {
		t.Fatal(err)
	}
	if err := s.Searches.TellDue(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.settle()
	if body := zoe.get("/notifications").body; strings.Count(body, "New in your saved search “All bridges”</a>") != 1 {
		t.Error("the notification does not name the search, or is not one")
	}
	// An address that a browser fetches ahead is not looked at. Who looks has seen it.
	if got := zoe.get("/me/searches/" + string(ids[search.Processes])); got.location != "/processes?q=bridge" || fresh()[search.Processes] != 1 {
		t.Errorf("fetched ahead it leads to %q, and is seen", got.location)
	}
	if got := zoe.fill("/me/searches", "/me/searches/"+string(ids[search.Processes]), nil); got.status != http.StatusSeeOther || got.location != "/processes?q=bridge" {
		t.Errorf("it leads to %d %q", got.status, got.location)
	}
	if got := zoe.fill("/me/searches", "/me/searches/"+string(ids[search.Tag]), nil); got.location != "/tags/bridge" {
		t.Errorf("it leads to %q", got.location)
	}
	if got := fresh(); got[search.Processes] != 0 || got[search.Tag] != 0 {
		t.Errorf("new after looking: %v", got)
	}
	// It is nobody else's.
	one := "/me/searches/" + string(ids[search.Processes])
	if got := ann.get(one); got.status != http.StatusNotFound {
		t.Errorf("another reads it: status %d", got.status)
	}
	for _, step := range []string{"", "/tell", "/quiet", "/remove"} {
		if got := ann.post(one+step, nil); got.status != http.StatusNotFound {
			t.Errorf("another does %s: status %d", step, got.status)
		}
	}
	if got := zoe.fill("/me/searches", one+"/quiet", nil); got.status != http.StatusSeeOther {
		t.Errorf("quiet: status %d", got.status)
	}
	if got := zoe.fill("/me/searches", one+"/remove", nil); got.status != http.StatusSeeOther || len(fresh()) != 5 {
		t.Errorf("remove: status %d", got.status)
	}
	// No more than so many.
	for n := range search.Most - 5 {
		if got := save("stories", "q=x"+strings.Repeat("y", n+1), "", ""); got.status != http.StatusSeeOther {
			t.Fatalf("search %d: status %d", n, got.status)
		}
	}
	got := save("stories", "q=one+more", "", "")
	if list, err := s.Searches.List(t.Context(), v); got.status != http.StatusConflict || err != nil || len(list) != search.Most {
		t.Errorf("one too many: status %d", got.status)
	}
}
