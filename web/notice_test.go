package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/storage/storagetest"
)

// given is a whole notice.
func given(about string) url.Values {
	return url.Values{"about": {about}, "category": {"hate"}, "reason": {"It incites hatred."}, "name": {"Nora Noticer"}, "email": {"nora@people.example"}, "faith": {"yes"}}
}

// linkTo finds the address in the newest mail that leads to a kind of page.
func (s *site) linkTo(t *testing.T, page string) string {
	t.Helper()
	found := ""
	for _, mail := range s.mails(t) {
		if m := regexp.MustCompile("/" + page + "/[A-Za-z0-9_-]{32}").FindString(mail); m != "" {
			found = m
		}
	}
	if found == "" {
		t.Fatalf("no mail leads to %s", page)
	}
	return found
}

// TestNotice: somebody without an account gives notice of a post, those who
// moderate decide with reasons, its author reads them and complains, and
// somebody else decides that.
func TestNotice(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	author := s.person("author", policy.RoleMember)
	s.person("second", policy.RoleModerator)
	if _, err := s.Communities.Create(ctx, author, "corner", community.Details{Title: domain.Text{"en": "Corner"}, Language: "en"}); err != nil {
		t.Fatal(err)
	}
	news, err := s.Communities.Post(ctx, author, "corner", community.Draft{Content: "News", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	post, err := s.Communities.Post(ctx, author, "corner", community.Draft{Content: "Bad words", Language: "en", InReplyTo: news.ID})
	if err != nil {
		t.Fatal(err)
	}
	stranger := s.anonymous()
	if body := stranger.get("/report?post=" + string(post.ID)).body; !strings.Contains(body, string(post.IRI)) {
		t.Error("the form does not know what it is about")
	}
	trap := given(string(post.IRI))
	trap.Set("website", "https://spam.example")
	if got := stranger.post("/notices", trap); got.location != "/report" {
		t.Errorf("a program is led to %q", got.location)
	}
	got := stranger.post("/notices", given(string(post.IRI)+"?lang=en#answers"))
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/notices/") {
		t.Fatalf("status %d: %s", got.status, problems(got.body))
	}
	if page := stranger.get(got.location + "?lang=en"); page.status != http.StatusOK || !strings.Contains(page.body, "It incites hatred.") || page.header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the page of the notice: status %d", page.status)
	}
	status := got.location
	if at := s.linkTo(t, "notices"); at != status {
		t.Errorf("the mail leads to %q", at)
	}
	official := s.as("official")
	list := official.get("/admin/notices?lang=en").body
	at := list[strings.Index(list, "/admin/notices/0"):]
	at = at[:strings.IndexByte(at, '"')]
	if body := official.get(at + "?lang=en").body; !strings.Contains(body, "Bad words") || !strings.Contains(body, "nora@people.example") || !strings.Contains(body, "/users/author") {
		t.Error("who moderates does not see what it is about")
	}
	if got := official.post(at, url.Values{"outcome": {"removed"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a decision without reasons: status %d", got.status)
	}
	decision := url.Values{"outcome": {"removed"}, "facts": {"It calls people vermin."}, "ground": {"law"}, "provision": {"§ 130"}, "remove": {"yes"}}
	if got := official.post(at, decision); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, problems(got.body))
	}
	if got := official.post(at, decision); got.status != http.StatusConflict {
		t.Errorf("decided twice: status %d", got.status)
	}
	if p, err := s.Communities.PostByID(ctx, s.official, post.ID); domain.CodeOf(err) != domain.Gone {
		t.Errorf("the post is there: %v, %v", p, err)
	}
	s.complainOf(t, status, at)
}

// complainOf plays the second half.
func (s *site) complainOf(t *testing.T, status, at string) {
	t.Helper()
	stranger, official := s.anonymous(), s.as("official")
	if body := stranger.get(status + "?lang=en").body; !strings.Contains(body, "It calls people vermin.") || !strings.Contains(body, "people decided") {
		t.Error("who gave notice does not read the decision")
	}
	statement := s.linkTo(t, "statements")
	page := stranger.get(statement + "?lang=en").body
	for want, in := range map[string]bool{"It calls people vermin.": true, "§ 130": true, "out-of-court": true, "nora": false, "Nora": false, "It incites hatred.": false} {
		if strings.Contains(page, want) != in {
			t.Errorf("the statement of reasons has %q: %t", want, !in)
		}
	}
	if got := stranger.post(statement+"/complain", url.Values{"text": {""}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an empty complaint: status %d", got.status)
	}
	for i, want := range []int{http.StatusSeeOther, http.StatusConflict} {
		if got := stranger.post(statement+"/complain", url.Values{"text": {"It was a quotation."}}); got.status != want {
			t.Errorf("complaint %d: status %d", i, got.status)
		}
	}
	if body := official.get(at + "?lang=en").body; !strings.Contains(body, "You made the decision") {
		t.Error("who decided decides again")
	}
	second := s.as("second")
	body := second.get(at + "?lang=en").body
	form := body[strings.Index(body, at+"/complaints/"):]
	form = form[:strings.IndexByte(form, '"')]
	if got := official.post(form, url.Values{"upheld": {"yes"}, "answer": {"Right."}}); got.status != http.StatusForbidden {
		t.Errorf("who decided decides about the complaint: status %d", got.status)
	}
	if got := second.post(form, url.Values{"upheld": {"yes"}, "answer": {"A quotation, indeed."}}); got.status != http.StatusSeeOther {
		t.Errorf("the second: status %d", got.status)
	}
	if body := stranger.get(statement + "?lang=en").body; !strings.Contains(body, "A quotation, indeed.") || !strings.Contains(body, "reversed") {
		t.Error("the answer is not told")
	}
	var file struct{ Years []map[string]any }
	if err := json.Unmarshal([]byte(stranger.get("/transparency.json").body), &file); err != nil || len(file.Years) != 1 || file.Years[0]["onGroundOfLaw"] != 1.0 || file.Years[0]["complaintsUpheld"] != 1.0 {
		t.Errorf("in figures: %v, %v", file, err)
	}
}

// TestNoticeIsBounded: what is needed is asked for, but not who one is where
// children are abused; from one network only so many are taken.
func TestNoticeIsBounded(t *testing.T) {
	c := federationtest.With(t, storagetest.SQLite, func(o *node.Options) { o.Notices = 2 }, "Zaragoza")
	s := &site{t: t, Node: c.Nodes[0]}
	if _, err := s.Accounts.Create(t.Context(), account.SignUp{Username: "official", Email: "official@people.example", Password: password}, policy.RoleAdmin); err != nil {
		t.Fatal(err)
	}
	r := s.anonymous()
	for _, field := range []string{"about", "category", "reason", "name", "email", "faith"} {
		form := given("https://city.example/posts/1")
		form.Set(field, "")
		if got := r.post("/notices", form); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), "#f-"+field) {
			t.Errorf("without %s: status %d, %s", field, got.status, problems(got.body))
		}
	}
	unnamed := given("https://city.example/posts/1")
	unnamed.Set("category", "child_abuse")
	unnamed.Del("name")
	unnamed.Del("email")
	for i, want := range []int{http.StatusSeeOther, http.StatusSeeOther, http.StatusTooManyRequests} {
		if got := r.post("/notices", unnamed); got.status != want {
			t.Errorf("notice %d: status %d: %s", i+1, got.status, problems(got.body))
		}
	}
}
