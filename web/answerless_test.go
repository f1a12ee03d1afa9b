package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain/community"
	"interlink/domain/policy"
)

// TestWhyNoAnswer: the page of a post says to whoever cannot answer it why, and
// leads to where they can do something about it.
func TestWhyNoAnswer(t *testing.T) {
	s := newSite(t)
	s.person("ana", policy.RoleMember)
	ben := s.person("ben", policy.RoleMember)
	c, err := s.Communities.Community(t.Context(), ben, "mobility")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Network.Follow(t.Context(), ben, ben.Actor, c.ID); err != nil {
		t.Fatal(err)
	}
	thread, err := s.Communities.Post(t.Context(), ben, "mobility", community.Draft{Content: "A bench is missing", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	post := "/posts/" + string(thread.ID)
	says := func(name string, r *reader, words, step string) {
		t.Helper()
		got := r.get(post + "?lang=en")
		answers := got.body[strings.Index(got.body, `id="answers"`):]
		if !strings.Contains(answers, words) || strings.Contains(answers, post+`/replies"`) {
			t.Errorf("%s does not read %q, or is offered the form", name, words)
		}
		if step == "" {
			return
		}
		if !strings.Contains(answers, `href="`+step+`"`) {
			t.Errorf("%s is not led to %s", name, step)
		}
		if there := r.get(step); there.status != http.StatusOK {
			t.Errorf("%s: %s answers %d", name, step, there.status)
		}
	}
	says("who does not follow", s.as("ana"), "Only who follows this community", "/communities/mobility")
	says("a visitor", s.anonymous(), "To answer here, sign in", "/sign-in?return="+url.QueryEscape(post))
	official := s.as("official")
	wants(t, official.post("/communities/mobility/bans", url.Values{"person": {"ben"}, "reason": {"Three lotteries"}}), http.StatusSeeOther, "")
	says("who is banned", s.as("ben"), "You cannot write in this community", "/communities/mobility")
	wants(t, official.post(post+"/lock", nil), http.StatusSeeOther, "")
	for name, r := range map[string]*reader{"who does not follow": s.as("ana"), "a visitor": s.anonymous()} {
		says(name, r, "takes no more answers", "")
		if strings.Contains(r.get(post+"?lang=en").body, "To answer here") {
			t.Errorf("%s is led to sign in for a thread that is closed", name)
		}
	}
}
