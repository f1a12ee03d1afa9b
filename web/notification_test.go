package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/notification"
	"interlink/domain/organization"
	"interlink/domain/policy"
)

// settle has the node tell people of what happened.
func (s *site) settle() {
	s.t.Helper()
	for worked := true; worked; {
		var err error
		if worked, err = s.Settle(s.t.Context()); err != nil {
			s.t.Fatal(err)
		}
	}
}

// enroll makes somebody a member of a new organisation with a title.
func (s *site) enroll(v policy.Viewer, name, title string) {
	s.t.Helper()
	ctx := s.t.Context()
	if _, err := s.Organizations.Create(ctx, s.official, name, organization.Details{Title: domain.Text{"en": title}, Kind: organization.Citizen}); err != nil {
		s.t.Fatal(err)
	}
	if err := s.Organizations.AddMember(ctx, s.official, name, v.Actor, organization.RoleMember); err != nil {
		s.t.Fatal(err)
	}
}

var marks = regexp.MustCompile(`name="serial" value="(\d+)"`)

// TestNotificationPages: the bell, the list, and marking as read without a
// script; what others typed is text.
func TestNotificationPages(t *testing.T) {
	s := newSite(t)
	hana := s.person("hana", policy.RoleMember)
	s.settle()
	official, reader := s.as("official"), s.as("hana")
	if got := s.anonymous().get("/notifications"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/sign-in") {
		t.Errorf("a stranger: %d, %s", got.status, got.location)
	}
	page := official.get("/notifications")
	for _, want := range []string{"Somebody applied to “Route walkers”", `href="/role-calls/` + string(s.call.ID) + `/applications"`, `data-bell-count>1</span>`, "Notifications: 1 unread"} {
		if !strings.Contains(page.body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if got := reader.get("/notifications"); !strings.Contains(got.body, "Nothing yet") || !strings.Contains(got.body, "data-bell-count hidden>") {
		t.Errorf("who was told nothing: %s", got.body)
	}

	s.enroll(hana, "odd", `<script>alert(1)</script>`)
	s.enroll(hana, "even", "Even people")
	s.settle()
	page = reader.get("/notifications")
	page.check(t, "/notifications")
	if strings.Contains(page.body, "<script>alert") || !strings.Contains(page.body, "made you a member of &lt;script&gt;alert(1)&lt;/script&gt;</a>") || !strings.Contains(page.body, `href="/organizations/even"`) {
		t.Errorf("a title that looks like HTML: %s", page.body)
	}
	found := marks.FindAllStringSubmatch(page.body, -1)
	if len(found) != 2 {
		t.Fatalf("marks: %q", found)
	}
	if got := official.post("/notifications/read", url.Values{"serial": {found[0][1]}}); got.status != http.StatusSeeOther {
		t.Errorf("what is not theirs: %d", got.status)
	}
	if got := reader.get("/"); !strings.Contains(got.body, "data-bell-count>2</span>") {
		t.Error("somebody else marked it as read")
	}
	if got := reader.post("/notifications/read", url.Values{"serial": {found[0][1]}, "return": {"/notifications?show=unread"}}); got.location != "/notifications?show=unread" {
		t.Errorf("marked: %d, %s", got.status, got.location)
	}
	if got := reader.get("/notifications?show=unread"); strings.Contains(got.body, "Even people") || !strings.Contains(got.body, "alert(1)") {
		t.Errorf("unread: %s", got.body)
	}
	if got := reader.post("/notifications/read", url.Values{"upto": {found[0][1]}, "quiet": {"yes"}}); got.status != http.StatusNoContent {
		t.Errorf("all, quietly: %d", got.status)
	}
	if got := reader.get("/notifications?show=unread"); !strings.Contains(got.body, "All read") {
		t.Errorf("all read: %s", got.body)
	}
	for _, lang := range []string{"es", "it", "lv", "nl"} {
		got := reader.get("/notifications?lang=" + lang)
		got.check(t, "/notifications in "+lang)
		if strings.Contains(got.body, "made you a member") || strings.Contains(got.body, "notification.") {
			t.Errorf("in %s: %s", lang, got.body)
		}
	}
}

// TestNotificationGroups: what many did to one post is one line.
func TestNotificationGroups(t *testing.T) {
	s := newSite(t)
	ctx := t.Context()
	author := s.person("author", policy.RoleMember)
	for i := range 6 {
		v := s.person(fmt.Sprint("friend", i), policy.RoleMember)
		if _, err := s.Network.Follow(ctx, v, v.Actor, author.Actor); err != nil {
			t.Fatal(err)
		}
	}
	s.settle()
	r := s.as("author")
	page := r.get("/notifications")
	if !strings.Contains(page.body, "You are followed by friend5 and 5 others</a>") {
		t.Errorf("page: %s", page.body)
	}
	found := marks.FindAllStringSubmatch(page.body, -1)
	form := url.Values{}
	for _, m := range found {
		form.Add("serial", m[1])
	}
	if r.post("/notifications/read", form); !strings.Contains(r.get("/").body, "data-bell-count hidden") || len(found) != 6 {
		t.Errorf("%d are marked with one button", len(found))
	}
}

// TestNotificationChoices: by class and by topic; what is wrong is said at its
// field.
func TestNotificationChoices(t *testing.T) {
	s := newSite(t)
	hana := s.person("hana", policy.RoleMember)
	r := s.as("hana")
	page := r.get("/me/notifications")
	page.check(t, "/me/notifications")
	if !strings.Contains(page.body, `name="personal" value="at_once" aria-describedby="c-personal" checked`) {
		t.Errorf("the usual is not shown: %s", page.body)
	}
	wrong := r.post("/me/notifications", url.Values{"personal": {"off"}, "hour": {"24"}, "zone": {"Europe/Nowhere"}, "topic.reply": {"daily"}})
	if wrong.status != http.StatusUnprocessableEntity || !strings.Contains(wrong.body, `href="#f-zone"`) || !strings.Contains(wrong.body, `value="Europe/Nowhere"`) || !strings.Contains(wrong.body, `name="personal" value="off" aria-describedby="c-personal" checked`) {
		t.Errorf("wrong: %d: %s", wrong.status, wrong.body)
	}
	if got := r.post("/me/notifications", url.Values{"personal": {"loudly"}, "hour": {"8"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown channel: %d", got.status)
	}
	if got := r.post("/me/notifications", url.Values{"work": {"off"}, "hour": {"18"}, "zone": {"Europe/Riga"}, "topic.reply": {"at_once"}}); got.status != http.StatusSeeOther {
		t.Errorf("right: %d", got.status)
	}
	c, err := s.Notifications.Choices(t.Context(), hana)
	if err != nil || c.Class(notification.Work) != notification.Off || c.Class(notification.Personal) != notification.AtOnce ||
		c.Topic(notification.Conversation, "reply") != notification.AtOnce || c.Topic(notification.Conversation, "mention") != notification.Daily || c.Hour != 18 || c.Zone != "Europe/Riga" {
		t.Errorf("choices: %+v (%v)", c, err)
	}
}

// TestUnsubscribe: a mail's link changes nothing when it is opened; its button
// and a mail program's one click end exactly its mails, without signing in.
func TestUnsubscribe(t *testing.T) {
	s := newSite(t)
	hana := s.person("hana", policy.RoleMember)
	chosen := func() notification.Choices {
		c, err := s.Notifications.Choices(t.Context(), hana)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	path := "/unsubscribe/" + s.Notifications.Token(hana.Actor, notification.Scope{Channel: notification.AtOnce, Class: notification.Personal})
	anybody := s.anonymous()
	for range 3 {
		if got := anybody.get(path); got.status != http.StatusOK || !strings.Contains(got.body, "“About you”") {
			t.Fatalf("%d: %s", got.status, got.body)
		}
	}
	if chosen().Class(notification.Personal) != notification.AtOnce {
		t.Error("opening the link changed something")
	}
	click := anybody.request(http.MethodPost, path, strings.NewReader("List-Unsubscribe=One-Click")) // RFC 8058 §3.2, without what browsers add
	click.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if got := anybody.do(click); got.status != http.StatusOK {
		t.Errorf("one click: %d: %s", got.status, got.body)
	}
	if c := chosen(); c.Class(notification.Personal) != notification.Portal || c.Class(notification.Decisions) != notification.AtOnce {
		t.Errorf("choices: %+v", c)
	}
	evil := anybody.request(http.MethodPost, path, strings.NewReader(""))
	evil.Header.Set("Sec-Fetch-Site", "cross-site")
	if got := anybody.do(evil); got.status != http.StatusForbidden {
		t.Errorf("a page of another site: %d", got.status)
	}
	for _, broken := range []string{"/unsubscribe/x", path + "A", "/unsubscribe/" + strings.Repeat("A", 400)} {
		if got := anybody.post(broken, nil); got.status != http.StatusNotFound {
			t.Errorf("%s: %d", broken, got.status)
		}
	}
}

// listener reads one stream.
type listener struct {
	t      *testing.T
	lines  *bufio.Scanner
	status int
	stop   context.CancelFunc
}

// event is one message of a stream.
type event struct {
	id                        string
	Unread, Label, Text, Href string
}

func (r *reader) listen(t *testing.T, header ...string) *listener {
	t.Helper()
	return r.listenTo(t, "/notifications/stream", header...)
}

func (r *reader) listenTo(t *testing.T, path string, header ...string) *listener {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	request := r.request(http.MethodGet, path, nil).WithContext(ctx)
	for i := 0; i+1 < len(header); i += 2 {
		request.Header.Set(header[i], header[i+1])
	}
	answer, err := r.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(); _ = answer.Body.Close() })
	if kind := answer.Header.Get("Content-Type"); answer.StatusCode == http.StatusOK && kind != "text/event-stream" {
		t.Errorf("a stream of %s", kind)
	}
	return &listener{t, bufio.NewScanner(answer.Body), answer.StatusCode, stop}
}

// next waits for the next message; false at the end of the stream.
func (l *listener) next() (event, bool) {
	l.t.Helper()
	var e event
	for l.lines.Scan() {
		name, value, _ := strings.Cut(l.lines.Text(), ": ")
		switch name {
		case "id":
			e.id = value
		case "data":
			if err := json.Unmarshal([]byte(value), &e); err != nil {
				l.t.Fatal(err)
			}
			return e, true
		}
	}
	return e, false
}

// TestNotificationStream: what happens is told at once, what happened meanwhile
// to who comes again, to nobody else, and not without bounds.
func TestNotificationStream(t *testing.T) {
	s := newSite(t)
	hana := s.person("hana", policy.RoleMember)
	r := s.as("hana")
	if got := s.anonymous().get("/notifications/stream"); got.status == http.StatusOK {
		t.Errorf("a stranger: %d", got.status)
	}
	l := r.listen(t)
	first, _ := l.next()
	if first.Unread != "" || first.Label != "Notifications" || first.Text != "" {
		t.Errorf("at first: %+v", first)
	}
	s.enroll(hana, "even", "Even people")
	s.settle()
	told, _ := l.next()
	for told.Text == "" { // how much is unread may be said before
		told, _ = l.next()
	}
	if told.Unread != "1" || told.Text != "official made you a member of Even people" || told.Href != "/organizations/even" || told.id == "" {
		t.Errorf("told: %+v", told)
	}
	r.post("/notifications/read", url.Values{"upto": {"9000000000000000000"}})
	if after, _ := l.next(); after.Unread != "" || after.Text != "" {
		t.Errorf("read in another window: %+v", after)
	}
	l.stop()

	s.enroll(hana, "odd", "Odd people")
	s.settle()
	again := r.listen(t, "Last-Event-ID", told.id)
	if e, _ := again.next(); e.Text != "official made you a member of Odd people" || e.Unread != "1" {
		t.Errorf("meanwhile: %+v", e)
	}
	walker := s.as("walker").listen(t, "Last-Event-ID", "1")
	if e, _ := walker.next(); strings.Contains(e.Text, "Odd") || e.Text != "" {
		t.Errorf("somebody else: %+v", e)
	}

	tokens, err := s.Accounts.ByActor(t.Context(), hana.Actor)
	if err != nil {
		t.Fatal(err)
	}
	token, err := s.Accounts.CreateToken(t.Context(), tokens, "program", []policy.Scope{policy.ScopeRead})
	if err != nil {
		t.Fatal(err)
	}
	program := s.anonymous().listen(t, "Authorization", "Bearer "+token)
	if e, ok := program.next(); !ok || e.Unread != "1" {
		t.Errorf("a program: %+v", e)
	}
	var statuses []int
	for range 8 { // two are open
		statuses = append(statuses, r.listen(t).status)
	}
	if want := slices.Repeat([]int{200}, 6); !slices.Equal(statuses[:6], want) || statuses[7] != http.StatusTooManyRequests {
		t.Errorf("many windows: %v", statuses)
	}
}
