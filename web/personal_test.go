package web_test

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
)

// unpack reads a ZIP file.
func unpack(t *testing.T, raw string) map[string]string {
	t.Helper()
	r, err := zip.NewReader(bytes.NewReader([]byte(raw)), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, f := range r.File {
		content, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		all, err := io.ReadAll(content)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = string(all)
	}
	return files
}

// TestMyData: a person takes all that is theirs, after their password, and
// nothing that is secret or another's.
func TestMyData(t *testing.T) {
	s := newSite(t)
	ada := s.person("ada_lovely", policy.RoleMember)
	ctx := t.Context()
	if _, err := s.Communities.Create(ctx, ada, "engines", community.Details{Title: domain.Text{"en": "Engines"}, Language: "en"}); err != nil {
		t.Fatal(err)
	}
	news, err := s.Communities.Post(ctx, ada, "engines", community.Draft{Content: "News of engines", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Communities.Post(ctx, ada, "engines", community.Draft{Content: "My own <words>", Language: "en", InReplyTo: news.ID}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Communities.Post(ctx, s.official, "engines", community.Draft{Content: "Words of the official", Language: "en", InReplyTo: news.ID}); err != nil {
		t.Fatal(err)
	}
	if err := s.Communities.Like(ctx, ada, news.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Network.Follow(ctx, ada, ada.Actor, s.official.Actor); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Settle(ctx); err != nil {
		t.Fatal(err)
	}
	r := s.as("ada_lovely")
	if got := r.post("/me/data", url.Values{"current": {"wrong"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), "#f-current") {
		t.Errorf("with a wrong password: status %d", got.status)
	}
	if got := s.anonymous().post("/me/data", url.Values{"current": {password}}); got.status == http.StatusOK {
		t.Error("a stranger gets something")
	}
	got := r.post("/me/data", url.Values{"current": {password}})
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/zip" || !strings.Contains(got.header.Get("Content-Disposition"), "ada_lovely-") {
		t.Fatalf("status %d, %v", got.status, got.header)
	}
	files := unpack(t, got.body)
	all := ""
	for name, content := range files {
		all += content
		if strings.HasSuffix(name, ".json") && !json.Valid([]byte(content)) {
			t.Errorf("%s is no JSON: %.200s", name, content)
		}
	}
	for _, secret := range []string{"$argon2id", "password_hash", "Words of the official"} {
		if strings.Contains(all, secret) {
			t.Errorf("the archive has %q", secret)
		}
	}
	for name, words := range map[string]string{
		"data/account.json": "ada_lovely@people.example", "data/posts.json": "My own", "data/likes.json": "post_id", "data/communities.json": "Engines",
		"data/did.json": "community.created", "outbox.json": "My own", "index.html": "data/posts.json", "data/sessions_and_tokens.json": "session", "data/follows.json": "followed_id",
	} {
		if !strings.Contains(files[name], words) {
			t.Errorf("%s lacks %q: %.300s", name, words, files[name])
		}
	}
	list, err := csv.NewReader(strings.NewReader(files["following_accounts.csv"])).ReadAll()
	if err != nil || len(list) != 3 || list[0][0] != "Account address" || list[1][0] != "engines@"+s.Namespace.HandleHost() || list[2][0] != "official@"+s.Namespace.HandleHost() {
		t.Errorf("whom she follows: %v, %v", list, err)
	}
}

// TestLeavePage: the page says beforehand what it means, and leads to the one
// page that tells how far it is.
func TestLeavePage(t *testing.T) {
	s := newSite(t)
	s.person("ada_lovely", policy.RoleMember)
	r := s.as("ada_lovely")
	if body := r.get("/me/leave?lang=en").body; !strings.Contains(body, "This stays, and why") || strings.Contains(body, "f-successor") {
		t.Error("the page of somebody who administers nothing")
	}
	if got := s.as("official").get("/me/leave?lang=en"); strings.Contains(got.body, `action="/me/leave"`) {
		t.Error("the last administrator is offered to leave")
	}
	if got := r.post("/me/leave", url.Values{"current": {"wrong"}, "days": {"7"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("with a wrong password: status %d", got.status)
	}
	got := r.post("/me/leave", url.Values{"current": {password}, "days": {"7"}})
	if got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/deletions/") {
		t.Fatalf("status %d, to %q", got.status, got.location)
	}
	if got := r.get("/me"); got.status != http.StatusSeeOther {
		t.Error("the session goes on")
	}
	page := s.anonymous().get(got.location + "?lang=en")
	if page.status != http.StatusOK || !strings.Contains(page.body, "Sign in and keep the account") || page.header.Get("Referrer-Policy") != "no-referrer" {
		t.Errorf("the page of the deletion: status %d", page.status)
	}
	if got := s.anonymous().get("/deletions/another"); got.status != http.StatusNotFound {
		t.Errorf("another secret: status %d", got.status)
	}
	if body := s.as("ada_lovely").get("/me?lang=en").body; !strings.Contains(body, "@ada_lovely@") {
		t.Error("coming back")
	}
}
