package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// TestGivingRights: rights are given, changed and withdrawn at an item, and
// whoever has them is told so and can work there, and nowhere else.
func TestGivingRights(t *testing.T) {
	s := newSite(t)
	citizen := s.person("citizen", policy.RoleMember)
	official, r := s.as("official"), s.as("citizen")
	objective := string(s.task.Parent)
	task, people := "/processes/safe_ways/guide/"+string(s.task.ID), "/processes/safe_ways/people"

	form := url.Values{"handle": {"citizen"}, "item": {objective}, "create": {"allow"}, "delete": {"deny"}}
	if got := r.post("/processes/safe_ways/rights", form); got.status != http.StatusForbidden {
		t.Errorf("a stranger gives rights: status %d", got.status)
	}
	if got := official.post("/processes/safe_ways/rights", form); got.status != http.StatusSeeOther || got.location != people {
		t.Fatalf("status %d, to %q", got.status, got.location)
	}
	x, err := s.Coproduction.Process(t.Context(), s.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Grants) != 1 || x.Grants[0].Allow.String() != "view create" || x.Grants[0].Deny.String() != "delete manage" || x.Grants[0].Item != s.task.Parent {
		t.Fatalf("granted: %+v", x.Grants)
	}
	body := official.get(people).body
	if !strings.Contains(body, "/rights/withdraw?who="+string(citizen.Actor)) || !strings.Contains(body, "/processes/safe_ways/guide/"+objective) {
		t.Error("the page does not list the grant with its place")
	}
	form2 := official.get("/processes/safe_ways/rights?item=" + objective + "&handle=" + url.QueryEscape("@citizen@"+s.Namespace.HandleHost())).body
	if strings.Count(form2, `value="allow" selected`) != 2 || strings.Count(form2, `value="deny" selected`) != 2 {
		t.Error("the form does not show what was granted")
	}

	if body := r.get(task).body; !strings.Contains(body, task+"/status") || !strings.Contains(body, task+"/people") {
		t.Error("who may work at a task is not offered it")
	}
	if got := r.get(task + "/people"); got.status != http.StatusOK || !strings.Contains(got.body, `id="effective"`) || strings.Contains(got.body, "/rights?") {
		t.Errorf("what one may do at a task: status %d", got.status)
	}
	if got := r.get(people); got.status != http.StatusNotFound {
		t.Errorf("the people of the whole process are shown to who takes part below an item: status %d", got.status)
	}
	if got := r.get("/processes/safe_ways/rights?item=" + objective); got.status != http.StatusForbidden {
		t.Errorf("the form is shown to who may not manage: status %d", got.status)
	}
	_, tree, err := s.Coproduction.Tree(t.Context(), s.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range tree.Items() {
		if it.Kind != coproduction.Task {
			continue
		}
		href := "/processes/safe_ways/guide/" + string(it.ID)
		if offered := strings.Contains(r.get(href).body, href+"/status"); offered != (it.Parent == s.task.Parent) {
			t.Errorf("work at %s is offered: %t", it.Name, offered)
		}
	}
	if got := official.get(people + "?of=" + string(citizen.Actor)); !strings.Contains(got.body, `id="effective"`) {
		t.Error("an administrator is not told what somebody may do")
	}

	for _, bad := range []url.Values{
		{"handle": {"nobody_here"}, "item": {objective}, "create": {"allow"}},
		{"handle": {"citizen"}, "item": {objective}, "create": {"allow"}, "view": {"deny"}},
		{"handle": {"citizen"}, "item": {objective}},
	} {
		got := official.post("/processes/safe_ways/rights", bad)
		if got.status < 400 || got.status >= 500 || problems(got.body) == "" || !strings.Contains(got.body, bad.Get("handle")) {
			t.Errorf("%v: status %d, %s", bad, got.status, problems(got.body))
		}
	}
	if got := official.post("/processes/safe_ways/rights/withdraw?who="+string(citizen.Actor)+"&item="+objective, url.Values{}); got.status != http.StatusSeeOther {
		t.Errorf("status %d", got.status)
	}
	if body := r.get(task).body; strings.Contains(body, task+"/status") {
		t.Error("withdrawn rights hold on")
	}
	if got := official.post(people+"/remove?who="+string(s.official.Actor), url.Values{}); got.status != http.StatusConflict {
		t.Errorf("the last administrator goes: status %d", got.status)
	}
}

// TestBranchAlone: whoever sees only a branch of a process for its members
// finds nothing else of it on any of its pages.
func TestBranchAlone(t *testing.T) {
	s := newSite(t)
	citizen := s.person("citizen", policy.RoleMember)
	x, err := s.Coproduction.Process(t.Context(), s.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Coproduction.Edit(t.Context(), s.official, x.Name, x.Revision, coproduction.Details{Title: x.Title, Language: "en", Visibility: domain.VisibleMembers}); err != nil {
		t.Fatal(err)
	}
	_, tree, err := s.Coproduction.Tree(t.Context(), s.official, x.Name)
	if err != nil {
		t.Fatal(err)
	}
	for i, it := range tree.Items() { // names that nothing else has
		d := it.Details()
		d.Name, d.Description = domain.Text{"en": "name-of-" + string(it.ID)}, domain.Text{"en": "about-" + string(it.ID)}
		if err := s.Coproduction.EditItem(t.Context(), s.official, x.Name, it.ID, it.Revision, d); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := s.Coproduction.PutGrant(t.Context(), s.official, x.Name, coproduction.Grant{Grantee: citizen.Actor, Item: s.task.Parent, Allow: coproduction.MayCreate}); err != nil {
		t.Fatal(err)
	}
	_, branch, err := s.Coproduction.Tree(t.Context(), citizen, x.Name)
	if err != nil {
		t.Fatal(err)
	}
	r, shown := s.as("citizen"), 0
	task := "/processes/safe_ways/guide/" + string(s.task.ID)
	for _, path := range []string{
		"/", "/processes", "/processes?q=safe", "/processes/safe_ways", "/processes/safe_ways/guide", "/processes/safe_ways/plan",
		"/processes/safe_ways/plan.ics", "/processes/safe_ways/tree", "/processes/safe_ways/history", "/processes/safe_ways/people",
		"/processes/safe_ways/clones", task, task + "/people", task + "/history", "/interlinkers/decidim", "/clone?address=" + url.QueryEscape(string(x.IRI)),
		"/api/v1/processes/safe_ways/tree", "/api/v1/processes/safe_ways/resources", "/processes/safe_ways/guide/" + string(s.task.Parent),
	} {
		body := r.get(path).body
		for _, it := range tree.Items() {
			seen, err := branch.Item(it.ID)
			if err != nil && (strings.Contains(body, string(it.ID)) && it.ID != s.task.ID) {
				t.Errorf("%s names %s", path, it.ID)
			}
			if (err != nil || seen.Description.Empty()) && strings.Contains(body, "about-"+string(it.ID)) {
				t.Errorf("%s tells about %s", path, it.ID)
			}
			if strings.Contains(body, "about-"+string(s.task.ID)) {
				shown++
			}
		}
	}
	if shown == 0 {
		t.Error("the branch itself is shown nowhere")
	}
	for _, it := range tree.Items() {
		want := http.StatusOK
		if _, err := branch.Item(it.ID); err != nil {
			want = http.StatusNotFound
		}
		if got := r.get("/processes/safe_ways/guide/" + string(it.ID)); got.status != want {
			t.Errorf("%s %s: status %d", it.Kind, it.Name, got.status)
		}
	}
}
