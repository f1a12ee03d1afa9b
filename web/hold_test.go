package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
)

// TestHeldPosts: who is new is told that their post waits, and sees it; those
// who moderate refuse it with a reason, which its author reads and appeals.
func TestHeldPosts(t *testing.T) {
	s := newSite(t)
	s.person("ana", policy.RoleMember)
	official, member := s.as("official"), s.as("ana")
	const at, held, waiting = "/communities/mobility", "/communities/mobility/held", "/me/waiting"
	c, err := s.Communities.Community(t.Context(), s.official, "mobility")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, official.post(at+"/edit", url.Values{"revision": {fmt.Sprint(c.Revision)}, "lang": {"en"}, "title": {"Mobility"}, "holds": {"yes"}, "open_log": {"yes"}}), http.StatusSeeOther, "")
	ana := s.person("bea", policy.RoleMember)
	if _, err := s.Network.Follow(t.Context(), ana, ana.Actor, c.ID); err != nil {
		t.Fatal(err)
	}
	author := s.as("bea")
	wants(t, author.post(at+"/posts", url.Values{"content": {"A lamp is out"}, "lang": {"en"}}), http.StatusSeeOther, "")
	switch body := author.get(at).body; {
	case strings.Contains(body, "A lamp is out"):
		t.Error("what waits stands in the community")
	case !strings.Contains(body, `Your post waits for those who moderate. <a href="/me/waiting">What of yours waits or was removed</a>`):
		t.Error("its author is not led to what waits")
	}
	if body := author.get(waiting).body; !strings.Contains(body, "A lamp is out") || !strings.Contains(body, "Waits for those who moderate") {
		t.Error("its author does not see that it waits")
	}
	wants(t, member.get(held), http.StatusForbidden, "")
	if body := member.get(waiting).body; strings.Contains(body, "A lamp is out") {
		t.Error("somebody else sees what waits")
	}
	list, err := s.Communities.HeldIn(t.Context(), s.official, "mobility", community.HeldWaiting, domain.Page{})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("%d wait: %v", len(list.Items), err)
	}
	one := held + "/" + string(list.Items[0].Post.ID)
	if body := official.get(held).body; !strings.Contains(body, "A lamp is out") || !strings.Contains(body, one+"/approve") {
		t.Error("who moderates is not offered to decide")
	}
	s.settle()
	if body := official.get("/notifications").body; !strings.Contains(body, held) {
		t.Error("who moderates is not told")
	}
	wants(t, member.post(one+"/approve", nil), http.StatusForbidden, "")
	if got := official.post(one+"/refuse", url.Values{"reason": {""}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Say why") {
		t.Errorf("refused without a reason: status %d", got.status)
	}
	wants(t, official.post(one+"/refuse", url.Values{"reason": {"No lamps here"}}), http.StatusSeeOther, "")
	s.settle()
	if body := author.get("/notifications").body; !strings.Contains(body, "not published") {
		t.Error("its author is not told")
	}
	appeal := waiting + "/" + string(list.Items[0].Post.ID) + "/appeal"
	if body := author.get(waiting).body; !strings.Contains(body, "No lamps here") || !strings.Contains(body, appeal) {
		t.Error("its author does not read why, or cannot appeal")
	}
	wants(t, author.post(appeal, url.Values{"text": {"Lamps matter"}}), http.StatusSeeOther, "")
	if body := official.get(held).body; !strings.Contains(body, "Lamps matter") {
		t.Error("who moderates does not read the appeal")
	}
	appeals, err := s.Communities.Appeals(t.Context(), s.official, "mobility", true, domain.Page{})
	if err != nil || len(appeals.Items) != 1 {
		t.Fatalf("%d appeals: %v", len(appeals.Items), err)
	}
	wants(t, official.post(at+"/appeals/"+string(appeals.Items[0].ID), url.Values{"answer": {"It stays so"}}), http.StatusSeeOther, "")
	if body := author.get(waiting).body; !strings.Contains(body, "It stays so") {
		t.Error("its author does not read the answer")
	}
	if body := s.anonymous().get(at + "/log").body; !strings.Contains(body, "Held post refused") || strings.Contains(body, "No lamps here") || strings.Contains(body, "@bea@") {
		t.Error("the open log tells too little, or too much")
	}
	wants(t, author.post(waiting+"/"+string(list.Items[0].Post.ID)+"/withdraw", nil), http.StatusSeeOther, "")
	if body := author.get(waiting).body; strings.Contains(body, "A lamp is out") {
		t.Error("withdrawn, it is listed")
	}
	flooded(t, s, author, at)
}

// flooded: what somebody wrote in a row is told once to those who moderate, and
// refused at once.
func flooded(t *testing.T, s *site, author *reader, at string) {
	t.Helper()
	official, held := s.as("official"), at+"/held"
	for _, words := range []string{"Cheap pills", "Cheaper pills", "Cheapest pills"} {
		wants(t, author.post(at+"/posts", url.Values{"content": {words}, "lang": {"en"}}), http.StatusSeeOther, "")
	}
	s.settle()
	list, err := s.Communities.HeldIn(t.Context(), s.official, "mobility", community.HeldWaiting, domain.Page{})
	if err != nil || len(list.Items) != 3 {
		t.Fatalf("%d wait: %v", len(list.Items), err)
	}
	if body := official.get(held).body; !strings.Contains(body, `name="others"`) || !strings.Contains(body, at+"/people?ban=") {
		t.Error("who moderates is not offered to refuse all of somebody, or to keep them from writing")
	}
	if n := strings.Count(official.get("/notifications").body, "Something in Mobility waits for your decision"); n != 2 { // what was read before, and these three
		t.Errorf("what waits is told in %d lines", n)
	}
	wants(t, official.post(held+"/"+string(list.Items[1].Post.ID)+"/refuse", url.Values{"reason": {"Advertising"}, "others": {"yes"}}), http.StatusSeeOther, "")
	s.settle()
	if list, err = s.Communities.HeldIn(t.Context(), s.official, "mobility", community.HeldRefused, domain.Page{}); err != nil || len(list.Items) != 3 || list.Items[0].Reason != "Advertising" {
		t.Errorf("refused together: %+v, %v", list.Items, err)
	}
	if n := strings.Count(author.get("/notifications").body, "What you wrote was not published"); n != 2 { // its words, and the name of its button
		t.Errorf("what was refused of one community on one day is told in %d lines", n)
	}
	if body := official.get(held + "?state=refused").body; !strings.Contains(body, "Cheapest pills") || !strings.Contains(body, "/approve") {
		t.Error("what was refused cannot be let pass any more")
	}
	wants(t, author.post(at+"/posts", url.Values{"content": {"A lottery"}, "lang": {"en"}}), http.StatusSeeOther, "")
	if err := s.Communities.Ban(t.Context(), s.official, "mobility", community.Banning{Who: list.Items[0].Post.Author, Reason: "Only lotteries"}); err != nil {
		t.Fatal(err)
	}
	s.settle()
	if body := official.get(held).body; strings.Contains(body, "A lottery") {
		t.Error("what somebody wrote who is banned waits on")
	}
	if body := author.get("/me/waiting").body; !strings.Contains(body, "A lottery") || !strings.Contains(body, "Only lotteries") {
		t.Error("its author does not read why it was refused")
	}
	wants(t, official.post(held+"/"+string(list.Items[1].Post.ID)+"/approve", nil), http.StatusSeeOther, "")
	if body := official.get(held).body; !strings.Contains(body, "What else of its author waits for the same reason") {
		t.Error("who lets one thing pass does not read that others pass with it")
	}
}

// TestRemovalPages: who moderates is asked why; the author reads it and appeals,
// the post comes back.
func TestRemovalPages(t *testing.T) {
	s := newSite(t)
	bea := s.person("bea", policy.RoleMember)
	c, err := s.Communities.Community(t.Context(), s.official, "mobility")
	if err == nil {
		_, err = s.Network.Follow(t.Context(), bea, bea.Actor, c.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	x, err := s.Communities.Post(t.Context(), bea, "mobility", community.Draft{Content: "A lamp is out", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	at, waiting, official, author := "/posts/"+string(x.ID), "/me/waiting", s.as("official"), s.as("bea")
	if body := official.get(at).body; !strings.Contains(body, at+"/remove") || strings.Contains(body, at+"/delete") {
		t.Error("who moderates is not asked why")
	}
	details := community.Details{Title: domain.Text{"en": "Mobility", "es": "Movilidad"}, Rules: domain.Text{"en": "- Be kind\n- Stay on topic"}, Language: c.Language, Organization: c.Organization}
	if _, err := s.Communities.Edit(t.Context(), s.official, "mobility", c.Revision, details); err != nil {
		t.Fatal(err)
	}
	if body := official.get(at + "/remove").body; !strings.Contains(body, "A lamp is out") || !strings.Contains(body, `value="Stay on topic"`) || !strings.Contains(body, "<li>Be kind</li>") {
		t.Error("the form shows neither the post nor the rules")
	}
	if body := author.get(at).body; strings.Contains(body, at+"/remove") || !strings.Contains(body, at+"/delete") {
		t.Error("the author cannot delete it")
	}
	wants(t, author.get(at+"/remove"), http.StatusOK, "") // who may delete it is told so when they send it
	wants(t, official.get(at+"/remove"), http.StatusOK, "")
	got := official.post(at+"/remove", url.Values{"rule": {"Stay on topic"}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Stay on topic") || !strings.Contains(problems(got.body), "Say why") {
		t.Errorf("without a reason: status %d", got.status)
	}
	wants(t, official.post(at+"/remove", url.Values{"rule": {"Stay on topic"}, "reason": {"No lamps"}}), http.StatusSeeOther, "")
	if body := s.anonymous().get(at).body; strings.Contains(body, "A lamp is out") {
		t.Error("it stands")
	}
	s.settle()
	if body := author.get("/notifications").body; !strings.Contains(body, "removed a post of yours") || !strings.Contains(body, waiting) {
		t.Error("the author is not told")
	}
	appeal := waiting + "/" + string(x.ID) + "/appeal"
	if body := author.get(waiting).body; !strings.Contains(body, "No lamps") || !strings.Contains(body, "Stay on topic") || !strings.Contains(body, appeal) {
		t.Error("the author does not read why, or cannot appeal")
	}
	if body := author.get(waiting + "?lang=es").body; !strings.Contains(body, "Movilidad</a>") {
		t.Error("the community is not called as the author reads it")
	}
	wants(t, author.post(appeal, url.Values{"text": {"Lamps matter"}}), http.StatusSeeOther, "")
	const held = "/communities/mobility/held"
	if body := official.get(held + "?state=removed").body; !strings.Contains(body, "A lamp is out") || strings.Count(body, "No lamps") != 2 || !strings.Contains(body, "Lamps matter") {
		t.Error("those who moderate do not see what was removed, and why")
	}
	wants(t, official.post(held+"/"+string(x.ID)+"/approve", nil), http.StatusSeeOther, "")
	if body := s.anonymous().get(at).body; !strings.Contains(body, "A lamp is out") {
		t.Error("it is not back")
	}
	if body := author.get(waiting).body; strings.Contains(body, "A lamp is out") {
		t.Error("it is listed as removed")
	}
}

// TestFilterPages: administrators make filters, try them first, and change
// them; moderators read them, others do not.
func TestFilterPages(t *testing.T) {
	s := newSite(t)
	s.person("mo", policy.RoleModerator)
	s.person("ana", policy.RoleMember)
	if _, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "Win a casino weekend", Language: "en"}); err != nil {
		t.Fatal(err)
	}
	const at = "/admin/filters"
	official := s.as("official")
	wants(t, s.as("ana").get(at), http.StatusForbidden, "")
	form := url.Values{"name": {"Casinos"}, "kind": {"words"}, "pattern": {"casino"}, "action": {"reject"}, "enabled": {"yes"}, "try": {"yes"}}
	if got := official.post(at, form); got.status != http.StatusOK || !strings.Contains(got.body, "Win a casino weekend") || !strings.Contains(got.body, `value="casino"`) {
		t.Errorf("tried: status %d", got.status)
	}
	if body := official.get(at).body; strings.Contains(body, "Casinos") {
		t.Error("trying saved it")
	}
	form.Del("try")
	wants(t, s.as("mo").post(at, form), http.StatusForbidden, "")
	wants(t, official.post(at, form), http.StatusSeeOther, "")
	if body := s.as("mo").get(at).body; !strings.Contains(body, "Casinos") || strings.Contains(body, at+"/remove") {
		t.Error("a moderator does not read filters, or is offered to change them")
	}
	form.Set("pattern", "(")
	if got := official.post(at, form); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), `href="#f-pattern`) {
		t.Errorf("a broken pattern: status %d: %s", got.status, problems(got.body))
	}
	all, err := s.Filters.List(t.Context(), s.official)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d filters: %v", len(all), err)
	}
	if body := official.get(at + "?edit=" + string(all[0].ID)).body; !strings.Contains(body, `value="Casinos"`) {
		t.Error("the form is not filled in")
	}
	wants(t, official.post(at+"/remove", url.Values{"id": {string(all[0].ID)}}), http.StatusSeeOther, "")
	wants(t, s.as("mo").get("/admin/held"), http.StatusOK, "")
	if got := official.post("/admin/holding", url.Values{"revision": {"0"}, "contact": {"hold"}, "release": {"much"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a time that is none: status %d", got.status)
	}
	wants(t, official.post("/admin/holding", url.Values{"revision": {"0"}, "contact": {"hold"}, "release": {"48"}}), http.StatusSeeOther, "")
}
