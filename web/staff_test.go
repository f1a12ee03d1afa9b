package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
)

// TestStaff: who administers a community gives and ends roles, also their own
// unless they are the last; moderators close threads and keep people from
// writing, who are told why; nobody else does.
func TestStaff(t *testing.T) {
	s := newSite(t)
	ana, ben := s.person("ana", policy.RoleMember), s.person("ben", policy.RoleMember)
	for _, v := range []policy.Viewer{ana, ben} {
		c, err := s.Communities.Community(t.Context(), v, "mobility")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Network.Follow(t.Context(), v, v.Actor, c.ID); err != nil {
			t.Fatal(err)
		}
	}
	official, moderator, member := s.as("official"), s.as("ana"), s.as("ben")
	const at, people = "/communities/mobility", "/communities/mobility/people"
	again := func(got page, words string) {
		t.Helper()
		if got.status != http.StatusUnprocessableEntity && got.status != http.StatusConflict || !strings.Contains(got.body, words) {
			t.Errorf("status %d without %q", got.status, words)
		}
	}
	wants(t, member.post(people, url.Values{"handle": {"ben"}, "role": {"administrator"}}), http.StatusForbidden, "")
	again(official.post(people, url.Values{"handle": {"nobody_here"}, "role": {"moderator"}}), "nobody_here")
	wants(t, official.post(people, url.Values{"handle": {"ana"}, "role": {"moderator"}}), http.StatusSeeOther, "")
	if body := s.anonymous().get(people).body; !strings.Contains(body, "@ana@") || strings.Contains(body, "<form action=\""+people) {
		t.Error("everybody reads who runs a community, and changes nothing")
	}
	o := s.official.Actor
	again(official.post(people+"/role?who="+string(o)+"&role=moderator", nil), "at least one administrator")

	thread, err := s.Communities.Post(t.Context(), ben, "mobility", community.Draft{Content: "A bench is missing", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	post := "/posts/" + string(thread.ID)
	wants(t, member.post(post+"/lock", nil), http.StatusForbidden, "")
	if body := moderator.get(post).body; !strings.Contains(body, post+"/lock") || !strings.Contains(body, "?ban=@ben@") || !strings.Contains(body, post+"/remove") {
		t.Error("a moderator is not offered what they may do")
	}
	wants(t, moderator.post(post+"/lock", nil), http.StatusSeeOther, "")
	if body := moderator.get(post).body; !strings.Contains(body, "The thread is closed") {
		t.Error("who closed it is not told")
	}
	if body := member.get(post).body; !strings.Contains(body, "takes no more answers") || strings.Contains(body, post+"/replies") {
		t.Error("the closed thread does not say so, or offers a form")
	}
	wants(t, member.post(post+"/replies", url.Values{"content": {"More"}, "lang": {"en"}}), http.StatusForbidden, "")
	wants(t, moderator.post(post+"/replies", url.Values{"content": {"Thank you all"}, "lang": {"en"}}), http.StatusSeeOther, "")
	wants(t, moderator.post(post+"/unlock", nil), http.StatusSeeOther, "")

	again(moderator.post(at+"/bans", url.Values{"person": {"ben"}, "reason": {""}}), "Say why")
	again(moderator.post(at+"/bans", url.Values{"person": {"official"}, "reason": {"Why not"}}), "runs the community")
	again(moderator.post(at+"/bans", url.Values{"person": {"ben"}, "reason": {"Why not"}, "until": {"2001-01-01"}}), "not over")
	wants(t, moderator.post(at+"/bans", url.Values{"person": {"ben"}, "reason": {"Three lotteries"}, "until": {"2999-02-28"}}), http.StatusSeeOther, "")
	place, err := s.Communities.Community(t.Context(), ben, "mobility")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := s.Communities.OwnBan(t.Context(), ben, place.ID); err != nil || !b.Until.Equal(time.Date(2999, 2, 28, 23, 59, 59, 0, time.UTC)) {
		t.Errorf("it ends at %v, not with its last day (%v)", b, err)
	}
	if body := member.get(at + "?lang=en").body; !strings.Contains(body, "28 February 2999") {
		t.Error("the last day is not shown")
	}
	again(moderator.post(at+"/bans", url.Values{"person": {"ben"}, "reason": {"Again"}}), "cannot write here already")
	if body := member.get(at).body; !strings.Contains(body, "Three lotteries") || strings.Contains(body, at+"/posts") {
		t.Error("who is banned is not told, or is offered the form")
	}
	if body := s.anonymous().get(people).body; strings.Contains(body, "Three lotteries") {
		t.Error("everybody reads why somebody is banned")
	}
	wants(t, member.post(post+"/replies", url.Values{"content": {"More"}, "lang": {"en"}}), http.StatusForbidden, "")
	s.settle()
	if body := member.get("/notifications").body; !strings.Contains(body, "cannot write in") {
		t.Error("who is banned gets no notification")
	}
	wants(t, moderator.post(at+"/bans/lift?who="+string(ben.Actor), nil), http.StatusSeeOther, "")
	wants(t, member.post(post+"/replies", url.Values{"content": {"More"}, "lang": {"en"}}), http.StatusSeeOther, "")

	c, err := s.Communities.Community(t.Context(), s.official, "mobility")
	if err != nil {
		t.Fatal(err)
	}
	wants(t, official.post(at+"/edit", url.Values{"revision": {fmt.Sprint(c.Revision)}, "lang": {"en"}, "title": {"Mobility"}, "restricted": {"yes"}}), http.StatusSeeOther, "")
	if _, err := s.Communities.Post(t.Context(), ben, "mobility", community.Draft{Content: "Mine", Language: "en"}); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("a member begins a thread: %v", err)
	}
	wants(t, moderator.post(people+"/role?who="+string(ana.Actor), nil), http.StatusSeeOther, "")
	wants(t, moderator.post(post+"/lock", nil), http.StatusForbidden, "")
}

// TestCommunityReports: those who moderate a community see what is reported of
// it and close it; who reported stays with those who moderate the node.
func TestCommunityReports(t *testing.T) {
	s := newSite(t)
	ana, cleo := s.person("ana", policy.RoleMember), s.person("cleo", policy.RoleMember)
	if _, err := s.Communities.SetRole(t.Context(), s.official, "mobility", ana.Actor, community.Moderator); err != nil {
		t.Fatal(err)
	}
	news, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "Vote for us", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Communities.Report(t.Context(), cleo, community.Complaint{Post: news.ID, Reason: "This is advertising"})
	if err != nil {
		t.Fatal(err)
	}
	const at = "/communities/mobility/reports"
	wants(t, s.as("cleo").get(at), http.StatusForbidden, "")
	moderator := s.as("ana")
	body := moderator.get(at).body
	if !strings.Contains(body, "This is advertising") || !strings.Contains(body, "Vote for us") || strings.Contains(body, "cleo") {
		t.Error("a moderator sees no report, or who made it")
	}
	if !strings.Contains(s.as("official").get("/admin/reports").body, "cleo") {
		t.Error("who moderates the node does not see who reported")
	}
	s.settle()
	if body := moderator.get("/notifications").body; !strings.Contains(body, at) || strings.Contains(body, "cleo") {
		t.Error("a moderator is not told, or told who reported")
	}
	resolve := at + "/" + string(r.ID) + "/resolve"
	wants(t, s.as("cleo").post(resolve, url.Values{"note": {"Nothing"}}), http.StatusForbidden, "")
	wants(t, moderator.post(resolve, url.Values{"note": {"Talked to them"}}), http.StatusSeeOther, "")
	if body := moderator.get(at + "?state=resolved").body; !strings.Contains(body, "Talked to them") {
		t.Error("the closed report is not listed")
	}
}
