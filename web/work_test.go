package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// TestWork: somebody is asked to do a task, accepts, does it, says so, is
// awarded for it, and shows that to others.
func TestWork(t *testing.T) {
	s := newSite(t)
	citizen := s.person("citizen", policy.RoleMember)
	if err := s.Coproduction.PutGrant(t.Context(), s.official, "safe_ways", coproduction.Grant{Grantee: citizen.Actor, Item: s.task.ID, Allow: coproduction.MayCreate}); err != nil {
		t.Fatal(err)
	}
	official, r, stranger := s.as("official"), s.as("citizen"), s.anonymous()
	task := "/processes/safe_ways/guide/" + string(s.task.ID)
	ask := url.Values{"subject": {"Count the crossings"}, "instructions": {"All of them."}, "people": {string(citizen.Actor)}, "due": {"2026-12-24"}}
	if got := r.post(task+"/assign", ask); got.status != http.StatusForbidden {
		t.Errorf("who may only work gives the task away: status %d", got.status)
	}
	bad := url.Values{"subject": {""}, "instructions": {"Kept"}, "due": {"tomorrow"}}
	if got := official.post(task+"/assign", bad); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), "#f-due") || !strings.Contains(got.body, "Kept") {
		t.Errorf("status %d: %s", got.status, problems(got.body))
	}
	if got := official.post(task+"/assign", url.Values{"subject": {"Kept"}}); !strings.Contains(problems(got.body), "#f-handle") {
		t.Errorf("nobody is asked: status %d: %s", got.status, problems(got.body))
	}
	if got := official.post(task+"/assign", ask); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, problems(got.body))
	}
	if body := r.get("/").body; !strings.Contains(body, "Count the crossings") {
		t.Error("the home page does not say that one was asked")
	}
	mine := r.get("/me/assignments")
	mine.check(t, "/me/assignments")
	accept := regexp.MustCompile(`/me/assignments/[0-9a-f-]+/accept`).FindString(mine.body)
	if accept == "" {
		t.Fatal("nothing to accept")
	}
	at := strings.TrimSuffix(accept, "/accept")
	for _, step := range []struct {
		answer string
		want   int
	}{{"/decline", http.StatusSeeOther}, {"/done", http.StatusConflict}, {"/accept", http.StatusSeeOther}, {"/done", http.StatusSeeOther}} {
		if got := r.post(at+step.answer, url.Values{"reason": {"No time"}}); got.status != step.want {
			t.Errorf("%s: status %d, not %d", step.answer, got.status, step.want)
		}
	}
	if got := official.post(at+"/accept", nil); got.status != http.StatusForbidden && got.status != http.StatusNotFound {
		t.Errorf("somebody answers for another: status %d", got.status)
	}
	if got := stranger.get("/processes/safe_ways/assignments"); got.status != http.StatusNotFound {
		t.Errorf("who was asked is shown to everybody: status %d", got.status)
	}
	one := "/processes/safe_ways/assignments/" + strings.TrimPrefix(at, "/me/assignments/")
	for _, path := range []string{"/processes/safe_ways/assignments", "/processes/safe_ways/assignments?item=" + string(s.task.ID), one} {
		if got := official.get(path); got.status != http.StatusOK || !strings.Contains(got.body, "Count the crossings") {
			t.Errorf("%s: status %d", path, got.status)
		}
	}

	if got := r.post(task+"/claim", url.Values{"title": {""}, "content": {"Kept"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), "#f-title") || !strings.Contains(got.body, "Kept") {
		t.Errorf("status %d: %s", got.status, problems(got.body))
	}
	claim := url.Values{"title": {"Counted the crossings"}, "content": {"There are 12."}, "kind": {"development"}, "assignment": {strings.TrimPrefix(at, "/me/assignments/")}}
	if got := r.post(task+"/claim", claim); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, problems(got.body))
	}
	const list = "/processes/safe_ways/contributions"
	if got := r.get(list); got.status != http.StatusNotFound && got.status != http.StatusOK {
		t.Errorf("status %d", got.status)
	}
	body := official.get(list).body
	reject := regexp.MustCompile(list + `/[0-9a-f-]+/reject`).FindString(body)
	if reject == "" || strings.Contains(body, `name="level"`) {
		t.Fatal("the claim cannot be decided on, or is awarded while its task goes on")
	}
	award := strings.TrimSuffix(reject, "/reject") + "/award"
	if got := official.post(award, url.Values{"level": {"high"}}); got.status != http.StatusConflict {
		t.Errorf("awarded while its task goes on: status %d", got.status)
	}
	s.finish(t, s.task)
	if got := r.post(award, url.Values{"level": {"high"}}); got.status != http.StatusForbidden {
		t.Errorf("one awards oneself: status %d", got.status)
	}
	if got := official.post(award, url.Values{"level": {"high"}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, problems(got.body))
	}
	if got := official.post("/processes/safe_ways/rewards", url.Values{"rewards": {"yes"}, "leaderboard": {"yes"}}); got.status != http.StatusSeeOther {
		t.Errorf("status %d", got.status)
	}

	if got := official.post("/processes/safe_ways/certificate", nil); got.status != http.StatusNotFound {
		t.Errorf("a certificate of nothing: status %d", got.status)
	}
	made := r.post("/processes/safe_ways/certificate", nil)
	if made.status != http.StatusSeeOther || !strings.HasPrefix(made.location, "/certificates/") {
		t.Fatalf("status %d, to %q", made.status, made.location)
	}
	shown := stranger.get(made.location)
	shown.check(t, made.location)
	for _, words := range []string{"Counted the crossings", "Safe ways", "citizen", "noindex"} {
		if !strings.Contains(shown.body, words) {
			t.Errorf("the certificate does not say %q", words)
		}
	}
	if strings.Contains(shown.body, "There are 12.") || strings.Contains(shown.body, task) {
		t.Error("the certificate says more than it should")
	}
	if got := r.post("/processes/safe_ways/certificate/revoke", nil); got.status != http.StatusSeeOther {
		t.Errorf("status %d", got.status)
	}
	if got := stranger.get(made.location); got.status != http.StatusGone {
		t.Errorf("a revoked certificate: status %d", got.status)
	}
}

// finish sets a task finished.
func (s *site) finish(t *testing.T, task coproduction.Item) {
	t.Helper()
	_, tree, err := s.Coproduction.Tree(t.Context(), s.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	now, err := tree.Item(task.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Coproduction.SetTaskStatus(t.Context(), s.official, "safe_ways", now.ID, now.Revision, coproduction.Finished); err != nil {
		t.Fatal(err)
	}
}

// TestReasonIsKept: who says no with a reason that cannot be kept finds it
// beside the field, with what is wrong, in the part of the list they were in.
func TestReasonIsKept(t *testing.T) {
	s := newSite(t)
	citizen := s.person("citizen", policy.RoleMember)
	if err := s.Coproduction.PutGrant(t.Context(), s.official, "safe_ways", coproduction.Grant{Grantee: citizen.Actor, Item: s.task.ID, Allow: coproduction.MayCreate}); err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{"Count", "Walk"} {
		if _, err := s.Coproduction.Assign(t.Context(), s.official, "safe_ways", s.task.ID, coproduction.AssignInput{People: []domain.ActorID{citizen.Actor}, Subject: subject}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Coproduction.Claim(t.Context(), citizen, "safe_ways", s.task.ID, coproduction.ClaimInput{Title: "Counted"}); err != nil {
		t.Fatal(err)
	}
	long := "Nobody told me. " + strings.Repeat("Because of the rain. ", 200)
	for _, form := range []struct{ who, page, action string }{
		{"citizen", "/me/assignments?all=yes", `/me/assignments/[0-9a-f-]+/decline\?all=yes`},
		{"official", "/processes/safe_ways/contributions?state=claimed", `/processes/safe_ways/contributions/[0-9a-f-]+/reject\?state=claimed`},
	} {
		r := s.as(form.who)
		action := regexp.MustCompile(form.action).FindString(r.get(form.page).body)
		if action == "" {
			t.Errorf("%s does not lead back where it was", form.page)
			continue
		}
		got := r.post(action, url.Values{"reason": {long}})
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), "#f-reason") || strings.Count(got.body, "Nobody told me.") != 1 || strings.Count(got.body, `id="f-reason"`) != 1 {
			t.Errorf("%s: status %d, %s", action, got.status, problems(got.body))
		}
		got.check(t, action)
	}
}

// TestClaimAbroad: what a process of another node asked, and was done, is said
// in words that are kept if they are refused, and taken back.
func TestClaimAbroad(t *testing.T) {
	s := newSite(t)
	citizen := s.person("citizen", policy.RoleMember)
	peer := federationtest.NewPeer(t)
	peer.Dress(func(_ int, document map[string]any) { document["type"] = "Group" })
	process, err := s.Lookup(t.Context(), string(peer.Person(1)))
	if err != nil {
		t.Fatal(err)
	}
	err = s.Coproduction.ReceiveAssignment(t.Context(), coproduction.RemoteAssignment{
		IRI: process.IRI + "/assignments/1", Activity: process.IRI + "/offers/1", Process: process, Assignee: citizen.Actor, Title: domain.Text{"lv": "Ceļi"},
		ItemIRI: process.IRI + "/guide/1", ItemName: domain.Text{"lv": "Skaitīt"}, Subject: "Count the crossings",
	})
	if err != nil {
		t.Fatal(err)
	}
	r, official := s.as("citizen"), s.as("official")
	at := strings.TrimSuffix(regexp.MustCompile(`/me/assignments/[0-9a-f-]+/accept`).FindString(r.get("/me/assignments").body), "/accept")
	if got := r.post(at+"/claim", url.Values{"title": {"Early"}}); got.status != http.StatusConflict {
		t.Errorf("what was not taken on is done: status %d", got.status)
	}
	if got := r.post(at+"/accept", nil); got.status != http.StatusSeeOther {
		t.Fatalf("accept: status %d", got.status)
	}
	form := r.get(at + "/claim")
	form.check(t, at+"/claim")
	if form.status != http.StatusOK || !strings.Contains(form.body, `value="Count the crossings"`) || !strings.Contains(form.body, "Ceļi") {
		t.Errorf("the form: status %d", form.status)
	}
	if got := official.get(at + "/claim"); got.status != http.StatusNotFound {
		t.Errorf("somebody else's form: status %d", got.status)
	}
	if got := r.post(at+"/claim", url.Values{"title": {""}, "content": {"There are 31."}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), "#f-title") || !strings.Contains(got.body, "There are 31.") {
		t.Errorf("without a title: status %d: %s", got.status, problems(got.body))
	}
	for _, want := range []int{http.StatusSeeOther, http.StatusConflict} {
		if got := r.post(at+"/claim", url.Values{"title": {"Counted them"}, "content": {"There are 31."}, "kind": {"development"}}); got.status != want {
			t.Errorf("status %d, not %d: %s", got.status, want, problems(got.body))
		}
	}
	list := r.get("/me/assignments?all=yes")
	list.check(t, "/me/assignments")
	if !strings.Contains(list.body, "Counted them") || !strings.Contains(list.body, "Not decided on") || !strings.Contains(list.body, at+"/recall") {
		t.Error("what was said is not shown")
	}
	if got := r.post(at+"/recall", nil); got.status != http.StatusSeeOther {
		t.Errorf("taken back: status %d", got.status)
	}
	if body := r.get("/me/assignments?all=yes").body; !strings.Contains(body, "Taken back") || !strings.Contains(body, at+"/claim") {
		t.Error("it cannot be said again")
	}
}

// TestProblemsTogether: a form tells all that is wrong at once, in the order of
// its fields, also what is no date or number.
func TestProblemsTogether(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	task := "/processes/safe_ways/guide/" + string(s.task.ID)
	for path, c := range map[string]struct {
		values url.Values
		want   []string
	}{
		task + "/assign":  {url.Values{"handle": {"nobody_at_all"}, "subject": {""}, "due": {"tomorrow"}}, []string{"subject", "handle", "due"}},
		"/role-calls/new": {url.Values{"team": {"routes"}, "community": {"mobility"}, "lang": {"en"}, "seats": {"many"}, "starts": {"soon"}, "ends": {"later"}, "deadline": {"never"}, "reviewers": {"nobody_at_all"}}, []string{"title", "duties", "seats", "starts", "ends", "deadline", "reviewers"}},
		task + "/edit":    {url.Values{"revision": {strconv.FormatInt(s.task.Revision, 10)}, "langs": {"en"}, "name.en": {""}, "complexity": {"very"}, "starts": {"soon"}, "ends": {"later"}}, []string{"complexity", "starts", "ends"}},
	} {
		got := r.post(path, c.values)
		var told []string
		for _, m := range regexp.MustCompile(`href="#f-([^"]+)"`).FindAllStringSubmatch(problems(got.body), -1) {
			told = append(told, m[1])
		}
		if got.status != http.StatusUnprocessableEntity || !slices.Equal(told, c.want) {
			t.Errorf("%s: status %d, told of %v, not %v: %s", path, got.status, told, c.want, problems(got.body))
		}
		for _, typed := range []string{"tomorrow", "later", "soon"} {
			for _, given := range c.values {
				if slices.Contains(given, typed) && !strings.Contains(got.body, `value="`+typed+`"`) {
					t.Errorf("%s: %q is lost", path, typed)
				}
			}
		}
	}
}
