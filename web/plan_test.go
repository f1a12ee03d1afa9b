package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// date gives a task dates, in days from now.
func (s *site) date(process string, it coproduction.Item, starts, ends int) {
	s.t.Helper()
	d := it.Details()
	d.Starts, d.Ends = time.Now().AddDate(0, 0, starts), time.Now().AddDate(0, 0, ends)
	if err := s.Coproduction.EditItem(s.t.Context(), s.official, process, it.ID, it.Revision, d); err != nil {
		s.t.Fatal(err)
	}
}

// TestWorkPlan shows tasks in time, to everybody who may see the process, and
// hands their dates to calendar programs.
func TestWorkPlan(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	const plan = "/processes/safe_ways/plan"
	if body := r.get(plan).body; strings.Contains(body, "<svg class=\"gantt-chart") || !strings.Contains(body, "Nothing has dates yet") {
		t.Error("a plan without dates")
	}
	_, tree, err := s.Coproduction.Tree(t.Context(), s.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	var tasks []coproduction.Item
	for _, it := range tree.Items() {
		if it.Kind == coproduction.Task {
			tasks = append(tasks, it)
		}
	}
	s.date("safe_ways", tasks[0], -20, -10)
	s.date("safe_ways", tasks[1], 5, 9)
	s.date("safe_ways", tasks[2], 1, 2)
	if err := s.Coproduction.DisableItem(t.Context(), s.official, "safe_ways", tasks[2].ID); err != nil {
		t.Fatal(err)
	}
	body := s.anonymous().get(plan).body
	for _, want := range []string{`role="img"`, `<title id="gantt-title">`, `<desc id="gantt-words">`, `class="late-words"`, "<table", "1 task is late", "plan.ics"} {
		if !strings.Contains(body, want) {
			t.Errorf("the plan lacks %s", want)
		}
	}
	if strings.Contains(body, string(tasks[2].ID)) {
		t.Error("what was put aside is in the plan")
	}
	for _, zoom := range []string{"day", "week", "month", "quarter", "year", "nonsense"} {
		if got := r.get(plan + "?zoom=" + zoom); got.status != http.StatusOK || !strings.Contains(got.body, `aria-current="true"`) {
			t.Errorf("zoom %s: status %d", zoom, got.status)
		}
	}

	feed := s.anonymous().get(plan + ".ics")
	if feed.status != http.StatusOK || strings.Count(feed.body, "BEGIN:VEVENT") != 2 || !strings.Contains(feed.body, "UID:"+string(tasks[0].ID)+"@"+s.Namespace.Host()+"\r\n") {
		t.Errorf("the feed: status %d\n%s", feed.status, feed.body)
	}
	if strings.Contains(feed.body, string(tasks[2].ID)) {
		t.Error("what was put aside is in the feed")
	}
}

// TestSecretCalendar: the dates of a process that is not public are read with
// a secret of a person who may see them, until it is renewed or ended, or the
// person may no more.
func TestSecretCalendar(t *testing.T) {
	s := newSite(t)
	member := s.person("member", policy.RoleMember)
	stranger := s.person("stranger", policy.RoleMember)
	if _, err := s.Coproduction.Edit(t.Context(), s.official, "safe_ways", s.process.Revision, coproduction.Details{
		Title: domain.Text{"en": "Safe ways"}, Language: "en", Visibility: domain.VisibleMembers,
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Coproduction.PutGrant(t.Context(), s.official, "safe_ways", coproduction.Grant{Grantee: member.Actor, Allow: coproduction.MayView}); err != nil {
		t.Fatal(err)
	}
	s.date("safe_ways", s.task, 1, 2)
	const plan = "/processes/safe_ways/plan"
	secret := func(who string) string {
		t.Helper()
		body := s.as(who).post(plan+"/calendar", url.Values{}).body
		_, rest, found := strings.Cut(body, "plan.ics?key=")
		if !found {
			t.Fatalf("%s is shown no secret address", who)
		}
		return plan + ".ics?key=" + rest[:43]
	}
	read := func(path string) int { return s.anonymous().get(path).status }
	if got := read(plan + ".ics"); got != http.StatusNotFound {
		t.Errorf("without a secret: status %d", got)
	}
	first := secret("member")
	if got := s.anonymous().get(first); got.status != http.StatusOK || strings.Count(got.body, "BEGIN:VEVENT") != 1 {
		t.Fatalf("with a secret: status %d", got.status)
	}
	for name, path := range map[string]string{"none": plan + ".ics?key=x", "cut": first[:len(first)-1], "a page by it": plan + "?" + first[strings.Index(first, "key="):]} {
		if got := read(path); got != http.StatusNotFound {
			t.Errorf("%s: status %d", name, got)
		}
	}
	if got := s.as("stranger").post(plan+"/calendar", url.Values{}); got.status != http.StatusNotFound {
		t.Errorf("a stranger asks for a secret address: status %d", got.status)
	}
	other, err := s.Accounts.RenewCalendar(t.Context(), stranger)
	if err != nil {
		t.Fatal(err)
	}
	if got := read(plan + ".ics?key=" + other); got != http.StatusNotFound {
		t.Errorf("with a stranger's secret: status %d", got)
	}
	second := secret("member")
	if read(first) != http.StatusNotFound || read(second) != http.StatusOK {
		t.Error("a renewed secret does not replace the one before")
	}
	if got := s.as("member").fill(plan, plan+"/calendar/end", nil); got.status != http.StatusSeeOther || read(second) != http.StatusNotFound {
		t.Errorf("the secret cannot be ended: status %d", got.status)
	}
	third := secret("member")
	if err := s.Coproduction.RevokeGrant(t.Context(), s.official, "safe_ways", member.Actor, ""); err != nil {
		t.Fatal(err)
	}
	if got := read(third); got != http.StatusNotFound {
		t.Errorf("with the secret of somebody who may see it no more: status %d", got)
	}
}
