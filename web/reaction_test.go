package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
)

// TestReactions: a reader likes a post and takes it back, reports it, and who
// administers its community shows it first, all by the forms of pages.
func TestReactions(t *testing.T) {
	s := newSite(t)
	p, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "The *new* crossing #Streets", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	at := "/posts/" + string(p.ID)
	s.person("zoe", policy.RoleMember)
	zoe, official := s.as("zoe"), s.as("official")

	likes := func() int {
		x, err := s.Communities.PostByID(t.Context(), s.official, p.ID)
		if err != nil {
			t.Fatal(err)
		}
		return x.Likes
	}
	if got := zoe.fill("/communities/mobility", at+"/like", nil); got.status != http.StatusSeeOther || likes() != 1 {
		t.Errorf("like: status %d, %d likes", got.status, likes())
	}
	if got := zoe.get(at); !strings.Contains(got.body, "1 like") {
		t.Error("the page does not count the like")
	}
	if got := zoe.fill(at, at+"/unlike", nil); got.status != http.StatusSeeOther || likes() != 0 {
		t.Errorf("unlike: status %d, %d likes", got.status, likes())
	}

	if got := zoe.post(at+"/pin", nil); got.status != http.StatusForbidden {
		t.Errorf("a reader pins: status %d", got.status)
	}
	if got := official.fill(at, at+"/pin", nil); got.status != http.StatusSeeOther {
		t.Errorf("pin: status %d", got.status)
	}
	if got := s.anonymous().get("/communities/mobility"); !strings.Contains(got.body, ">Pinned<") && strings.Count(got.body, "The <em>new</em> crossing") != 2 {
		t.Error("the community does not show it first")
	}
	if got := official.fill("/communities/mobility", at+"/unpin", nil); got.status != http.StatusSeeOther {
		t.Errorf("unpin: status %d", got.status)
	}

	if got := s.anonymous().get("/tags/streets"); !strings.Contains(got.body, "crossing") {
		t.Error("the hashtag does not lead to the post")
	}

	if got := zoe.fill("/report?post="+string(p.ID), "/report", url.Values{"reason": {strings.Repeat("x", 5001)}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, strings.Repeat("x", 5001)) {
		t.Errorf("a reason that is too long: status %d, or it is lost", got.status)
	}
	if got := zoe.fill("/report?post="+string(p.ID), "/report", url.Values{"reason": {"Not <b>true</b>"}}); got.status != http.StatusSeeOther {
		t.Errorf("report: status %d", got.status)
	}
	if got := zoe.get("/admin/reports"); got.status != http.StatusForbidden {
		t.Errorf("a reader reads reports: status %d", got.status)
	}
	list, err := s.Communities.Reports(t.Context(), s.official, community.ReportOpen, domain.Page{})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%d reports (%v)", len(list.Items), err)
	}
	if got := official.get("/admin/reports"); !strings.Contains(got.body, "Not &lt;b&gt;true") {
		t.Error("the reason is not shown as it was written")
	}
	if got := official.fill("/admin/reports", "/admin/reports/"+string(list.Items[0].ID)+"/resolve", url.Values{"note": {"It is true"}}); got.status != http.StatusSeeOther {
		t.Errorf("resolve: status %d", got.status)
	}
	if got := official.get("/admin/reports?state=resolved"); !strings.Contains(got.body, "It is true") {
		t.Error("the note is not shown")
	}
}
