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
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// TestPollOnPages: a poll is asked, voted in and read by the forms of pages;
// what is wrong is said beside the field, and what was typed stays.
func TestPollOnPages(t *testing.T) {
	s := newSite(t)
	zoe, official := s.account("zoe"), s.as("official")
	typed := url.Values{"content": {"Where shall the bench stand?"}, "lang": {"en"}, "poll_options": {"Elm Street"}, "poll_until": {"1d"}}
	if got := official.fill("/communities/mobility", "/communities/mobility/posts", typed); got.status != http.StatusUnprocessableEntity ||
		!strings.Contains(got.body, ">Elm Street</textarea>") || !strings.Contains(got.body, `href="#f-poll_options"`) {
		t.Errorf("a poll of one answer: status %d", got.status)
	}
	typed.Set("poll_options", "Elm Street\n\nOak <b>Street</b>\n")
	if got := official.fill("/communities/mobility", "/communities/mobility/posts", typed); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	group, err := s.Communities.Community(t.Context(), s.official, "mobility")
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Communities.Timeline(t.Context(), s.official, group.ID, domain.Page{})
	if err != nil || list.Items[0].Post.Poll == nil {
		t.Fatalf("no poll: %v", err)
	}
	at := "/posts/" + string(list.Items[0].Object)
	votes := at + "/votes"
	if got := zoe.fill("/communities/mobility", votes, nil); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Choose an answer.") {
		t.Errorf("no answer: status %d", got.status)
	}
	if got := zoe.post(votes, url.Values{"option": {"0", "1"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("two answers of one: status %d", got.status)
	}
	if got := zoe.post(votes, url.Values{"option": {"x"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an odd answer: status %d", got.status)
	}
	if got := zoe.fill("/communities/mobility", votes, url.Values{"option": {"1"}}); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/communities/mobility#post-") {
		t.Errorf("a vote: status %d to %s", got.status, got.location)
	}
	if got := zoe.post(votes, url.Values{"option": {"0"}}); got.status != http.StatusConflict || !strings.Contains(got.body, "You have voted in this poll already.") {
		t.Errorf("a second vote: status %d", got.status)
	}
	if body := zoe.get(at).body; !strings.Contains(body, "your choice") || !strings.Contains(body, "1 person voted") || strings.Contains(body, `name="option"`) || strings.Contains(body, "<b>Street") {
		t.Error("the page does not show the result to who voted")
	}
	if body := official.get(at).body; strings.Contains(body, "your choice") || strings.Contains(body, "zoe") || !strings.Contains(body, `name="option"`) {
		t.Error("the page tells others who voted, or does not let them vote")
	}
	if got := s.anonymous().post(votes, url.Values{"option": {"0"}}); got.status == http.StatusSeeOther && !strings.Contains(got.location, "sign") {
		t.Errorf("nobody votes: status %d to %s", got.status, got.location)
	}
}

// account makes somebody and lets them in.
func (s *site) account(name string) *reader {
	s.person(name, policy.RoleMember)
	return s.as(name)
}

// TestWarnedPost: a post with a warning is folded behind it.
func TestWarnedPost(t *testing.T) {
	s := newSite(t)
	typed := url.Values{"content": {"The siren at noon"}, "lang": {"en"}, "warning": {"Loud noise"}}
	if got := s.as("official").fill("/communities/mobility", "/communities/mobility/posts", typed); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	body := s.anonymous().get("/communities/mobility").body
	_, after, found := strings.Cut(body, "warned\"><summary>")
	if summary, rest, _ := strings.Cut(after, "</summary>"); !found || !strings.Contains(summary, "Loud noise") || !strings.Contains(rest, "The siren at noon") {
		t.Error("it is not folded")
	}
}

// TestPollQueries: a page with many polls asks the database no more often than
// one with few.
func TestPollQueries(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	measure := func(more int) uint64 {
		for i := range more {
			_, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{
				Content: fmt.Sprint("Which? ", i), Language: "en", Poll: &community.PollDraft{Options: []string{"a", "b"}, Ends: time.Now().Add(time.Hour)},
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		r.get("/communities/mobility")
		before := s.Reads()
		if n := strings.Count(r.get("/communities/mobility").body, `class="poll"`); n < more {
			t.Fatalf("%d polls are shown", n)
		}
		return s.Reads() - before
	}
	few := measure(2)
	if many := measure(10); many > few {
		t.Errorf("%d queries for 2 polls, %d for 12", few, many)
	}
	thread, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "A thread", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	answers := func(more int) uint64 {
		for range more {
			if _, err := s.Communities.Reply(t.Context(), s.official, thread.ID, community.Draft{Content: "An answer", Language: "en"}); err != nil {
				t.Fatal(err)
			}
		}
		r.get("/posts/" + string(thread.ID))
		before := s.Reads()
		r.get("/posts/" + string(thread.ID))
		return s.Reads() - before
	}
	few = answers(2)
	if many := answers(9); many > few {
		t.Errorf("%d queries for 2 answers, %d for 11", few, many)
	}
}

// TestFollowedTags: a hashtag that somebody follows brings what others write
// with it, and says so; a pasted address or handle leads to what it names.
func TestFollowedTags(t *testing.T) {
	s := newSite(t)
	zoe := s.account("zoe")
	p, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "The new crossing #Streets", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	home := func() string { return zoe.get("/timeline").body }
	if strings.Contains(home(), "The new crossing") {
		t.Error("it is there before")
	}
	if got := zoe.fill("/tags/streets", "/tags/streets/follow", nil); got.status != http.StatusSeeOther {
		t.Errorf("follow: status %d", got.status)
	}
	if body := home(); strings.Count(body, "The new crossing") != 1 || strings.Count(body, `href="/tags/streets"`) < 2 {
		t.Error("the post does not come by its hashtag, or does not say so")
	}
	if body := zoe.get("/timeline?kind=polls").body; strings.Contains(body, "The new crossing") {
		t.Error("it is no poll")
	}
	for from, there := range map[string]bool{"tags": true, "communities": false, "processes": false, "people": false, "catalogues": false} {
		body := zoe.get("/timeline?from=" + from).body
		if strings.Contains(body, "The new crossing") != there || !strings.Contains(body, `href="/timeline?from=`+from+`&amp;kind=polls"`) || !strings.Contains(body, `<option value="`+from+`" selected`) {
			t.Errorf("from %s: there %v, or the tabs or the choice are lost", from, strings.Contains(body, "The new crossing"))
		}
		if there == strings.Contains(body, "Nothing here yet") {
			t.Errorf("from %s: nothing is said where nothing is", from)
		}
	}
	if body := zoe.get("/timeline?from=tags").body; !strings.Contains(body, `name="query" value="from=tags"`) {
		t.Error("it cannot be saved")
	}
	if got := zoe.get("/timeline?from=x"); got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
		t.Errorf("an unknown sort of what is followed: status %d", got.status)
	}
	if got := zoe.get("/timeline?kind=x"); got.status != http.StatusUnprocessableEntity && got.status != http.StatusBadRequest {
		t.Errorf("an unknown kind: status %d", got.status)
	}
	if got := zoe.fill("/tags/streets", "/tags/streets/unfollow", nil); got.status != http.StatusSeeOther || strings.Contains(home(), "The new crossing") {
		t.Errorf("unfollow: status %d", got.status)
	}
	if got := s.anonymous().post("/tags/streets/follow", nil); got.status == http.StatusSeeOther && !strings.Contains(got.location, "sign") {
		t.Errorf("nobody follows: status %d", got.status)
	}
	for typed, to := range map[string]string{string(p.IRI): "/posts/" + string(p.ID), "http://127.0.0.1:1/posts/1": ""} {
		if got := zoe.get("/lookup?" + url.Values{"q": {typed}}.Encode()); (got.status == http.StatusSeeOther) != (to != "") || got.location != to {
			t.Errorf("%s leads to %d %q, want %q", typed, got.status, got.location, to)
		}
	}
	if got := zoe.get("/catalogue?" + url.Values{"q": {"@mobility@127.0.0.1"}}.Encode()); !strings.HasPrefix(got.location, "/lookup?") {
		t.Errorf("a handle in the search of each page leads to %q", got.location)
	}
	if got := zoe.get("/communities?" + url.Values{"q": {"@mobility@127.0.0.1"}}.Encode()); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/lookup?") {
		t.Errorf("a handle among words: %d %q", got.status, got.location)
	}
}

// TestComplete: who writes is offered people, communities and hashtags; nobody
// else is.
func TestComplete(t *testing.T) {
	s := newSite(t)
	zoe := s.account("zoe")
	if _, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "#Streets and #Streams", Language: "en"}); err != nil {
		t.Fatal(err)
	}
	for typed, want := range map[string]string{"#stre": `"#streets"`, "@mobi": `"@mobility@`, "@zo": `"@zoe@`, "#%": `"items":[]`, "@": `"items":[]`, "x": `"items":[]`} {
		if got := zoe.get("/complete?" + url.Values{"q": {typed}}.Encode()); got.status != http.StatusOK || !strings.Contains(got.body, want) {
			t.Errorf("%s: %d %s", typed, got.status, got.body)
		}
	}
	// Who takes part in the thread comes first, then who is followed; words of descriptions are no names.
	reader, amber, amos, amy := s.as("zoe"), s.person("amber", policy.RoleMember), s.person("amos", policy.RoleMember), s.person("amy", policy.RoleMember)
	v, err := s.Accounts.ByUsername(t.Context(), "zoe")
	if err == nil {
		_, err = s.Network.Follow(t.Context(), v.Viewer(), v.Actor, amos.Actor)
	}
	if err != nil {
		t.Fatal(err)
	}
	c, err := s.Communities.Community(t.Context(), amy, "mobility")
	if err == nil {
		_, err = s.Network.Follow(t.Context(), amy, amy.Actor, c.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	p, err := s.Communities.Post(t.Context(), amy, "mobility", community.Draft{Content: "A bench", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Communities.Edit(t.Context(), s.official, "mobility", c.Revision, community.Details{Title: c.Title, Summary: domain.Text{"en": "Amphibians cross here"}, Language: "en", Organization: c.Organization})
	if err != nil || amber.Actor == "" {
		t.Fatal(err)
	}
	body := reader.get("/complete?" + url.Values{"q": {"@am"}, "thread": {string(p.ID)}}.Encode()).body
	first, second, third := strings.Index(body, "@amy@"), strings.Index(body, "@amos@"), strings.Index(body, "@amber@")
	if first < 0 || second < first || third < second || strings.Contains(body, "mobility") {
		t.Errorf("offered: %s", body)
	}
	if got := s.anonymous().get("/complete?q=%23stre"); got.status == http.StatusOK && strings.Contains(got.body, "streets") {
		t.Error("strangers are offered hashtags")
	}
}

// TestLiveLists: who looks at a list is told how much in it is new, and of
// nothing that they wrote or may not see.
func TestLiveLists(t *testing.T) {
	s := newSite(t)
	zoe := s.person("zoe", policy.RoleMember)
	group, err := s.Communities.Community(t.Context(), zoe, "mobility")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Network.Follow(t.Context(), zoe, zoe.Actor, group.ID); err != nil {
		t.Fatal(err)
	}
	first, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "First", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	r := s.as("zoe")
	open := map[string]*listener{}
	for path, words := range map[string]string{"/timeline": "Show 1 new post", "/communities/mobility": "Show 1 new post", "/posts/" + string(first.ID): "Show 1 new answer"} {
		_, after, found := strings.Cut(r.get(path).body, `data-live="`)
		watch, after, _ := strings.Cut(after, `" data-since="`)
		since, _, _ := strings.Cut(after, `"`)
		if !found {
			t.Errorf("%s is not live", path)
			continue
		}
		open[words+path] = r.listenTo(t, "/notifications/stream?"+url.Values{"watch": {watch}, "since": {since}}.Encode())
	}
	second := community.Draft{Content: "Second", Language: "en"}
	if _, err := s.Communities.Post(t.Context(), s.official, "mobility", second); err != nil {
		t.Fatal(err)
	}
	second.InReplyTo = first.ID
	if _, err := s.Communities.Post(t.Context(), s.official, "mobility", second); err != nil {
		t.Fatal(err)
	}
	for want, l := range open {
		words, path, _ := strings.Cut(want, "/")
		for {
			told, ok := l.next()
			if !ok {
				t.Errorf("/%s: the stream ended", path)
				break
			}
			if strings.HasPrefix(told.Text, "Show ") {
				if told.Text != words {
					t.Errorf("/%s: told %q, want %q", path, told.Text, words)
				}
				break
			}
		}
	}
}

// TestLiveStrangers: who did not sign in is told of what is new where everybody
// may read, of nothing else, and not without bounds.
func TestLiveStrangers(t *testing.T) {
	s := newSite(t)
	first, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "First", Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := s.Coproduction.Start(t.Context(), s.official, coproduction.StartInput{Name: "hidden", Details: coproduction.Details{Title: domain.Text{"en": "Hidden"}, Language: "en", Visibility: domain.VisibleMembers}})
	if err != nil {
		t.Fatal(err)
	}
	for _, watch := range []string{"", "home", "home:", "process:" + hidden.Name, "process:none", "community:none", "post:none", "post:x%00", "other:mobility"} {
		if got := s.anonymous().get("/live?since=&watch=" + watch); got.status != http.StatusNotFound && got.status != http.StatusUnprocessableEntity {
			t.Errorf("%q: status %d", watch, got.status)
		}
	}
	// Also of who is signed in and may read it: what everybody may read.
	if got := s.as("official").get("/live?watch=process:hidden&since="); got.status != http.StatusNotFound {
		t.Errorf("a hidden process by its people: status %d", got.status)
	}
	r := s.anonymous()
	open := map[string]*listener{}
	for path, words := range map[string]string{
		"/communities/mobility": "Show 1 new post", "/posts/" + string(first.ID): "Show 1 new answer", "/processes/safe_ways": "This page has changed",
	} {
		_, after, found := strings.Cut(r.get(path).body, `data-live="`)
		watch, after, _ := strings.Cut(after, `" data-since="`)
		since, _, _ := strings.Cut(after, `"`)
		if !found {
			t.Errorf("%s is not live", path)
			continue
		}
		open[words+path] = r.listenTo(t, "/live?"+url.Values{"watch": {watch}, "since": {since}}.Encode())
	}
	for n := 0; ; n++ {
		l := r.listenTo(t, "/live?watch=community:mobility&since=")
		if l.status == http.StatusOK && n < 16 {
			continue
		}
		if l.status != http.StatusTooManyRequests || n != 13 {
			t.Errorf("stream %d: status %d", n+3, l.status)
		}
		break
	}
	second := community.Draft{Content: "Second", Language: "en"}
	if _, err := s.Communities.Post(t.Context(), s.official, "mobility", second); err != nil {
		t.Fatal(err)
	}
	second.InReplyTo = first.ID
	if _, err := s.Communities.Post(t.Context(), s.official, "mobility", second); err != nil {
		t.Fatal(err)
	}
	if err := s.Coproduction.SwitchRewards(t.Context(), s.official, "safe_ways", true, true); err != nil {
		t.Fatal(err)
	}
	for want, l := range open {
		words, path, _ := strings.Cut(want, "/")
		if told, ok := l.next(); !ok || !strings.HasPrefix(told.Text, words) || told.Unread != "" {
			t.Errorf("/%s: told %+v, want %q", path, told, words)
		}
	}
}
