package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestEditPost: an author changes what they wrote, wherever it stands; readers
// see that, and what it said before. Nobody else may, and nothing is lost if it
// was changed meanwhile.
func TestEditPost(t *testing.T) {
	s := newSite(t)
	person := s.person("zoe", policy.RoleMember)
	zoe, official := s.as("zoe"), s.as("official")
	group, err := s.Communities.Community(t.Context(), person, "mobility")
	if err == nil {
		_, err = s.Network.Follow(t.Context(), person, person.Actor, group.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	news, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "A bench is missing", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	thread := "/posts/" + string(news.ID)
	wants(t, zoe.fill(thread, thread+"/replies", url.Values{"content": {"Wich street?"}, "lang": {"en"}}), http.StatusSeeOther, "")
	list, err := s.Communities.Thread(t.Context(), s.official, news.ID, domain.Page{})
	if err != nil || len(list.Replies.Items) != 1 {
		t.Fatalf("the answer: %v", err)
	}
	at := "/posts/" + string(list.Replies.Items[0].ID)
	if body := zoe.get(thread).body; !strings.Contains(body, at+"/edit") || strings.Contains(body, thread+"/edit") {
		t.Error("the author is not offered to change it where it stands, or is offered others")
	}
	if body := official.get(thread).body; strings.Contains(body, at+"/edit") || !strings.Contains(body, thread+"/edit") {
		t.Error("who runs the community changes its news, and nothing else")
	}
	wants(t, official.get(at+"/edit"), http.StatusForbidden, "")
	wants(t, official.post(at+"/edit", url.Values{"content": {"Mine"}, "revision": {"1"}}), http.StatusForbidden, "")
	if got := zoe.fill(at+"/edit", at+"/edit", url.Values{"content": {" "}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing: status %d", got.status)
	}
	if got := zoe.post(at+"/edit", url.Values{"content": {"Which street?"}, "revision": {"7"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, ">Which street?</textarea>") {
		t.Errorf("changed meanwhile: status %d", got.status)
	}
	wants(t, zoe.fill(at+"/edit", at+"/edit", url.Values{"content": {"Which street? #Streets"}}), http.StatusSeeOther, at)
	if body := official.get(at).body; !strings.Contains(body, "Which street?") || !strings.Contains(body, at+"/earlier") {
		t.Error("readers do not see that it was changed")
	}
	if body := s.anonymous().get(at + "/earlier").body; !strings.Contains(body, "Wich street?") || !strings.Contains(body, "Which street?") {
		t.Error("what it said before is not shown")
	}
	if body := s.anonymous().get(thread + "/earlier").body; !strings.Contains(body, "never changed") {
		t.Error("what was never changed has earlier versions")
	}
	wants(t, zoe.post(at+"/delete", nil), http.StatusSeeOther, "")
	wants(t, s.anonymous().get(at+"/earlier"), http.StatusGone, "")
}

// TestRuleIsWeighed: what a rule touches is shown before it is set, and of a list
// what it would touch.
func TestRuleIsWeighed(t *testing.T) {
	s := newSite(t)
	official := s.as("official")
	mint := domain.NewMint(nil, nil)
	far := &network.Actor{
		ID: mint.ActorID(), Serial: mint.Serial(), IRI: "https://far.example/users/bo", Type: network.TypePerson, Name: "bo", Host: "far.example",
		Inbox: "https://far.example/inbox", CreatedAt: time.Now(), UpdatedAt: time.Now(), Visibility: domain.VisiblePublic,
	}
	if err := storage.NewNetwork(storagetest.Open(t, s.dsn)).SaveRemote(t.Context(), far); err != nil {
		t.Fatal(err)
	}
	const at = "/admin/rules"
	rule := url.Values{"host": {"far.example"}, "verdict": {"block"}, "reason": {"Spam"}}
	got := official.fill(at, at, rule)
	if got.status != http.StatusOK || !strings.Contains(got.body, "What is known of far.example") || !strings.Contains(got.body, `name="weighed" value="far.example"`) || !strings.Contains(got.body, "Nothing is saved yet") {
		t.Errorf("before it is set: status %d", got.status)
	}
	if rules, err := s.Gate.Rules(t.Context(), s.official); err != nil || len(rules) != 0 {
		t.Errorf("set already: %v %v", rules, err)
	}
	list := url.Values{"list": {"#domain,#severity\nfar.example,suspend\nnonsense..,suspend\n"}, "dry": {"yes"}}
	if got := official.post(at+"/import", list); !strings.Contains(got.body, "<code>far.example</code>") || !strings.Contains(got.body, "<code>nonsense..</code>") {
		t.Errorf("a list: status %d", got.status)
	}
	rule.Set("weighed", "far.example")
	wants(t, official.post(at, rule), http.StatusSeeOther, at)
	unknown := url.Values{"host": {"unknown.example"}, "verdict": {"block"}}
	wants(t, official.post(at, unknown), http.StatusSeeOther, at)
}
