package web_test

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
)

var bulletinLink = regexp.MustCompile(`href="(/catalogue/bulletins/[^"]+)"`)

// TestTimelineOfCatalogues: who follows a catalogue on its page has what is new
// in it in one line a day, with a page of all of it; ends that from there; and
// many entries are read as few are.
func TestTimelineOfCatalogues(t *testing.T) {
	s := stocked(t)
	zoe := s.account("zoe")
	if body := zoe.get("/timeline?from=catalogues").body; !strings.Contains(body, `href="/catalogue"`) || bulletinLink.MatchString(body) {
		t.Error("who follows no catalogue is not led to one")
	}
	if strings.Contains(s.anonymous().get("/catalogue").body, `id="follow"`) {
		t.Error("strangers are offered to follow")
	}
	got := zoe.fill("/catalogue", "/follows", nil)
	if got.status != http.StatusSeeOther {
		t.Fatalf("follow: status %d", got.status)
	}
	body := zoe.get("/timeline").body
	found := bulletinLink.FindStringSubmatch(body)
	if found == nil || !strings.Contains(body, "new entries in the catalogue") || !strings.Contains(body, "From a catalogue that you follow") || strings.Count(body, "row-title") != 3 {
		t.Fatalf("the timeline has no line of the catalogue: %v", found)
	}
	before := s.Reads()
	zoe.get("/timeline?kind=entries&from=catalogues")
	few := s.Reads() - before
	page := zoe.get(found[1])
	page.check(t, "the bulletin")
	if page.status != http.StatusOK || strings.Count(page.body, "<article class=\"card") < 10 || !strings.Contains(page.body, `rel="next"`) {
		t.Errorf("the page of the bulletin: status %d", page.status)
	}
	for _, path := range []string{"/catalogue/bulletins/x", "/catalogue/bulletins/" + string(s.process.ID), found[1] + "?after=x"} {
		if got := zoe.get(path); got.status != http.StatusNotFound && got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
			t.Errorf("%s: status %d", path, got.status)
		}
	}
	list, err := s.Catalogue.List(t.Context(), s.official, catalogue.Filter{Kind: catalogue.KindInterlinker}, domain.Page{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list.Items {
		if _, err := s.Catalogue.Correct(t.Context(), s.official, e.ID, e.Revision, catalogue.Correction{Summary: domain.Text{"en": "Corrected"}}); err != nil {
			t.Fatal(err)
		}
	}
	before = s.Reads()
	if body = zoe.get("/timeline?kind=entries&from=catalogues").body; !strings.Contains(body, "10 new versions") {
		t.Error("new versions are not told of")
	}
	if many := s.Reads() - before; many > few {
		t.Errorf("%d queries, %d for more", few, many)
	}
	if body := zoe.get("/timeline?kind=posts").body; bulletinLink.MatchString(body) {
		t.Error("it is no post")
	}
	if got := zoe.fill("/timeline", "/follows/undo", nil); got.status != http.StatusSeeOther || got.location != "/timeline" || bulletinLink.MatchString(zoe.get("/timeline").body) {
		t.Errorf("unfollow: %d %q", got.status, got.location)
	}
	if n, err := s.Communities.FreshHome(t.Context(), s.person("ola", policy.RoleMember), 0); err != nil || n != 0 {
		t.Errorf("who follows nothing: %d, %v", n, err)
	}
}
