package web_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/participation"
	"interlink/federation/federationtest"
)

// guestNote is a private message as the reader's server gets it.
type guestNote struct {
	Actor  string
	To     []string
	Cc     []string
	Object struct {
		Type, Content string
		To, Cc        []string
		Tag           []struct{ Type, Href, Name string }
	}
}

// letters are the private messages to a person of a peer.
func (s *site) letters(p *federationtest.Peer, person int) []guestNote {
	s.t.Helper()
	for busy := true; busy; {
		var err error
		if busy, err = s.Settle(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
	var notes []guestNote
	for _, a := range p.Inbox(person) {
		var n guestNote
		if a.Type == "Create" {
			if err := json.Unmarshal(a.Raw, &n); err != nil {
				s.t.Fatal(err)
			}
			notes = append(notes, n)
		}
	}
	return notes
}

var guestLink = regexp.MustCompile(`href="http://[^"/]+(/guest/[^"]+)"`)

// greeted asks for a message to a person of a peer and returns its link.
func (s *site) greeted(r *reader, p *federationtest.Peer, person int, handle string) string {
	s.t.Helper()
	got := r.fill("/guest?return="+url.QueryEscape("/role-calls/"+string(s.call.ID)+"#apply"), "/guest", url.Values{"handle": {handle}})
	if got.status != http.StatusSeeOther || !strings.Contains(r.get(got.location).body, "A private message is on its way") {
		s.t.Fatalf("status %d\n%s", got.status, problems(got.body))
	}
	notes := s.letters(p, person)
	if len(notes) == 0 {
		s.t.Fatal("no message arrived")
	}
	n := notes[len(notes)-1]
	to := string(p.Person(person))
	if len(n.To) != 1 || n.To[0] != to || len(n.Cc) != 0 || len(n.Object.To) != 1 || n.Object.To[0] != to || len(n.Object.Cc) != 0 || n.Object.Tag[0].Href != to {
		s.t.Errorf("the message is not for its reader alone: %+v", n)
	}
	found := guestLink.FindStringSubmatch(n.Object.Content)
	if found == nil {
		s.t.Fatalf("no link in %s", n.Object.Content)
	}
	return strings.ReplaceAll(found[1], "&amp;", "&")
}

// TestGuest: somebody from another server proves their handle by the link of a
// private message, applies with the form, and is told by such a message.
func TestGuest(t *testing.T) {
	s, p := newSite(t), federationtest.NewPeer(t)
	handle := "@person1@" + strings.TrimPrefix(p.URL, "http://")
	r, call := s.anonymous(), "/role-calls/"+string(s.call.ID)
	if body := r.get(call + "?lang=en").body; !strings.Contains(body, "Use my account elsewhere") || strings.Contains(body, `name="statement"`) {
		t.Fatal("an account elsewhere is not asked for")
	}
	link := s.greeted(r, p, 1, handle)
	for range 2 { // to look at it does not use it up
		if got := s.anonymous().get(link); got.status != http.StatusOK || !strings.Contains(got.body, handle) {
			t.Fatalf("the link: status %d", got.status)
		}
	}
	path, _, _ := strings.Cut(link, "?")
	if got := r.fill(link, path, url.Values{}); got.status != http.StatusSeeOther || got.location != call+"#apply" {
		t.Fatalf("the link leads to %q (%d)", got.location, got.status)
	}
	if got := s.anonymous().post(path, url.Values{}); got.status != http.StatusNotFound {
		t.Errorf("the link is used twice: status %d", got.status)
	}
	body := r.get(call).body
	if !strings.Contains(body, `name="statement"`) || !strings.Contains(body, handle) || strings.Contains(body, `action="/sign-out"`) {
		t.Error("the form is not there for a guest")
	}
	if got := r.fill(call, call+"/apply", url.Values{"statement": {"  "}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an empty statement: status %d", got.status)
	}
	if got := r.fill(call, call+"/apply", url.Values{"statement": {"I walk there."}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", got.status, problems(got.body))
	}
	// Nobody else sees it, and what needs an account still does.
	if strings.Contains(s.anonymous().get(call).body, "I walk there.") || !strings.Contains(r.get(call).body, "I walk there.") {
		t.Error("the application is shown to the wrong people")
	}
	for _, path := range []string{"/me", "/timeline", "/processes/new", "/me/applications"} {
		if got := r.get(path); got.status != http.StatusSeeOther {
			t.Errorf("%s as a guest: status %d", path, got.status)
		}
	}

	list, err := s.Participation.Applications(t.Context(), s.official, s.call.ID, participation.Submitted, domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	var declined domain.ID
	for _, a := range list.Items {
		if a.Statement == "I walk there." {
			declined = a.ID
			if _, err := s.Participation.Decide(t.Context(), s.official, s.call.ID, a.ID, participation.Decision{
				State: participation.Declined, Reason: "All seats <are> taken.", Ground: participation.GroundSeats, Revision: a.Revision,
			}); err != nil {
				t.Fatal(err)
			}
		}
	}
	notes := s.letters(p, 1)
	last := notes[len(notes)-1]
	if len(notes) != 2 || !strings.Contains(last.Object.Content, "was not chosen this time") || !strings.Contains(last.Object.Content, "All seats &lt;are&gt; taken.") {
		t.Errorf("%d messages, the last %+v", len(notes), last)
	}
	if left := s.keptOf("application:" + string(declined)); left != 1 {
		t.Errorf("%d activities go with the application when it is deleted", left)
	}
	if last.Actor != notes[0].Actor || !strings.HasSuffix(last.Actor, "/communities/mobility") {
		t.Errorf("the messages are of %s and %s", notes[0].Actor, last.Actor)
	}
	if got := r.fill(call, call+"/appeal", url.Values{"reason": {"One is free."}}); got.status != http.StatusSeeOther {
		t.Errorf("the appeal: status %d\n%s", got.status, problems(got.body))
	}
	if got := r.post("/guest/leave", url.Values{}); got.status != http.StatusSeeOther || strings.Contains(r.get(call).body, "I walk there.") {
		t.Errorf("who left is still there: status %d", got.status)
	}
}

// keptOf counts the activities that were sent about something.
func (s *site) keptOf(about string) int {
	s.t.Helper()
	var n int
	if err := s.database().QueryRowContext(s.t.Context(), "SELECT COUNT(*) FROM activities WHERE object = ?", about).Scan(&n); err != nil {
		s.t.Fatal(err)
	}
	return n
}

// wantRetry checks that who did something too often is told when to try again: a
// program by the header (RFC 9110 §10.2.3), a person by a sentence.
func wantRetry(t *testing.T, got page, most int) {
	t.Helper()
	wait, err := strconv.Atoi(got.header.Get("Retry-After"))
	if err != nil || wait < 1 || wait > most {
		t.Errorf("Retry-After: %q", got.header.Get("Retry-After"))
	}
	if !strings.Contains(got.body, "Try again in "+strconv.Itoa(wait)+" second") {
		t.Errorf("no time to try again on the page, of %d s\n%s", wait, problems(got.body))
	}
}

// TestTooMany: who tries passwords waits, and is told how long.
func TestTooMany(t *testing.T) {
	s := newSite(t)
	s.account("zoe")
	r := s.anonymous()
	for n := 0; ; n++ {
		got := r.post("/sign-in?lang=en", url.Values{"login": {"zoe"}, "password": {"wrong"}})
		if got.status == http.StatusTooManyRequests {
			wantRetry(t, got, 1)
			break
		}
		if n == 10 {
			t.Fatal("any number of passwords can be tried")
		}
	}
}

// TestGuestRefused: what is no person elsewhere, who asks too often, and whose
// server is blocked, be it after they came.
func TestGuestRefused(t *testing.T) {
	s, p := newSite(t), federationtest.NewPeer(t)
	r, host := s.anonymous(), strings.TrimPrefix(p.URL, "http://")
	for handle, want := range map[string]string{
		"": "No person was found", "@nobody@" + host: "No person was found", "not a handle": "is not a handle",
		"@official@" + s.Namespace.HandleHost(): "This account is of this server", "<script>": "is not a handle",
	} {
		got := r.fill("/guest?lang=en", "/guest", url.Values{"handle": {handle}})
		if got.status < 400 || !strings.Contains(got.body, want) {
			t.Errorf("%q: status %d, without %q\n%s", handle, got.status, want, problems(got.body))
		}
	}
	link := s.greeted(r, p, 2, "@person2@"+host)
	path, _, _ := strings.Cut(link, "?")
	if got := r.fill(link, path, url.Values{}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	refused := false
	for range 5 {
		got := r.fill("/guest", "/guest", url.Values{"handle": {"@person2@" + host}})
		if got.status == http.StatusTooManyRequests {
			refused = true
			wantRetry(t, got, 60)
		}
	}
	if !refused {
		t.Error("one person is sent any number of messages")
	}
	if _, err := s.Gate.Set(t.Context(), s.official, network.Rule{Host: host, Verdict: network.VerdictBlock}); err != nil {
		t.Fatal(err)
	}
	call := "/role-calls/" + string(s.call.ID)
	if body := r.get(call).body; strings.Contains(body, `name="statement"`) || strings.Contains(body, "person2") {
		t.Error("a guest of a blocked server is still there")
	}
	if got := r.fill("/guest?lang=en", "/guest", url.Values{"handle": {"@person3@" + host}}); !strings.Contains(got.body, "No person was found") {
		t.Errorf("a person of a blocked server is greeted: status %d", got.status)
	}
	for _, token := range []string{"x", strings.Repeat("a", 5000), "%00"} {
		if got := r.get("/guest/" + token); got.status != http.StatusNotFound && got.status != http.StatusUnprocessableEntity {
			t.Errorf("%.20q: status %d", token, got.status)
		}
	}
}
