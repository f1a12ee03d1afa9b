package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/domain/integration"
	"interlink/federation/federationtest"
	"interlink/web/view"
)

// board connects a software Interlinker to a site.
func (s *site) board() (*federationtest.Board, *catalogue.Entry, *integration.Tool) {
	s.t.Helper()
	ctx := s.t.Context()
	e, err := s.Catalogue.Compose(ctx, s.official, "", catalogue.Writing{Content: catalogue.Content{
		Name: domain.Text{"en": "Note board"}, Summary: domain.Text{"en": "Keeps notes."},
		Interlinker: &catalogue.Interlinker{Nature: catalogue.NatureSoftware, SPDX: "EUPL-1.2", Difficulty: "easy", Problems: s.task.Problems},
	}})
	if err == nil {
		e, err = s.Catalogue.Publish(ctx, s.official, e.ID, e.Revision, "First")
	}
	if err != nil {
		s.t.Fatal(err)
	}
	b := federationtest.NewBoard(s.t, func() string { return s.URL })
	tool, err := s.Integrations.Register(ctx, s.official, e.IRI, integration.Details{Base: b.Base(), Capabilities: integration.Optional, Frame: true, On: true})
	if err == nil {
		_, err = s.Settle(ctx) // it is checked
	}
	if err == nil {
		tool, err = s.Integrations.Tool(ctx, s.official, tool.ID)
	}
	if err != nil {
		s.t.Fatal(err)
	}
	return b, e, tool
}

// TestDown: software that does not answer is the first that administrators see.
func TestDown(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	board, _, tool := s.board()
	r := s.as("official")
	if got := r.get("/admin"); strings.Contains(got.body, "does not answer") {
		t.Error("it works, and needs something")
	}
	form := r.get("/admin/interlinkers/" + string(tool.ID))
	board.Stop(true)
	if got := r.post("/admin/interlinkers/"+string(tool.ID)+"/check", nil); got.status != http.StatusSeeOther {
		t.Errorf("checked: status %d", got.status)
	}
	if _, err := s.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	contains(t, r, "/admin", "Note board does not answer") // what needs the administrators comes first
	read := regexp.MustCompile(`name="revision" value="([^"]+)"`).FindStringSubmatch(form.body)
	if read == nil {
		t.Fatal("the form has no revision")
	}
	edit := url.Values{"base": {board.Base()}, "shown": {"window"}, "on": {"yes"}, "revision": {read[1]}}
	if got := r.post("/admin/interlinkers/"+string(tool.ID), edit); got.status != http.StatusSeeOther {
		t.Errorf("a form that was opened before the check: status %d", got.status)
	}
	if got := r.post("/admin/interlinkers/"+string(tool.ID), edit); got.status != http.StatusConflict {
		t.Errorf("a form that was opened before another edit: status %d", got.status)
	}
}

// TestRunning: the page of a software Interlinker, what leads there, and what
// leads back without a script.
func TestRunning(t *testing.T) {
	s := newSite(t)
	board, e, tool := s.board()
	r := s.as("official")
	at := "/processes/safe_ways/guide/" + string(s.task.ID)
	led := r.post(at+"/resources", url.Values{"interlinker": {e.Slug}})
	if led.status != http.StatusSeeOther || led.location != at+"/run?interlinker="+e.Slug {
		t.Fatalf("%d to %q", led.status, led.location)
	}
	run := r.get(led.location)
	if got := run.header.Get("Content-Security-Policy"); got != view.ContentSecurityPolicy+"; frame-src "+board.URL {
		t.Errorf("the policy is %q", got)
	}
	if got := run.header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("a page with a token: %q", got)
	}
	for _, path := range []string{at, "/interlinkers/" + e.Slug, "/admin/interlinkers"} {
		page := r.get(path)
		if page.status != http.StatusOK || strings.Contains(page.header.Get("Content-Security-Policy"), board.URL) {
			t.Errorf("%s: %d %q", path, page.status, page.header.Get("Content-Security-Policy"))
		}
	}
	field := func(name string) string {
		m := regexp.MustCompile(`name="` + name + `" value="([^"]+)"`).FindStringSubmatch(run.body)
		if m == nil {
			t.Fatalf("no %s in the form", name)
		}
		return m[1]
	}
	if !strings.Contains(run.body, `action="`+board.Base()+`/assets/instantiate" method="post" target="tool"`) || field("return") != s.URL+integration.ReturnPath {
		t.Error("the form is not that of the board")
	}
	for _, cookie := range r.Jar.Cookies(mustURL(t, s.URL)) {
		if strings.Contains(run.body, cookie.Value) {
			t.Error("the session is on the page")
		}
	}
	if response, err := http.PostForm(board.Base()+"/assets", url.Values{"name": {"Map of the streets"}}); err != nil || response.StatusCode != http.StatusOK {
		t.Fatal(response, err)
	}
	back := integration.ReturnPath + "?" + url.Values{"state": {field("state")}, "asset": {"note-1"}}.Encode()
	if got := s.as("walker").get(back); got.status != http.StatusBadRequest && got.status != http.StatusUnprocessableEntity {
		t.Errorf("somebody else is led back: %d", got.status)
	}
	if got := r.get(back); got.status != http.StatusSeeOther || got.location != at+"#resources" {
		t.Fatalf("%d to %q", got.status, got.location)
	}
	task := r.get(at)
	m := regexp.MustCompile(`href="(/processes/safe_ways/resources/[^"/]+)">Map of the streets`).FindStringSubmatch(task.body)
	if m == nil {
		t.Fatal("the task does not show what was made")
	}
	resource := r.get(m[1])
	for _, offer := range []string{"/run?act=view", "/run?act=edit", "/copy", "/export"} {
		if !strings.Contains(resource.body, m[1]+offer) {
			t.Errorf("the page of the resource does not offer %s", offer)
		}
	}
	export := r.get(m[1] + "/export")
	if export.status != http.StatusOK || !strings.HasPrefix(export.header.Get("Content-Disposition"), "attachment") || !strings.Contains(export.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%d %v", export.status, export.header)
	}
	if got := r.post(m[1]+"/copy", nil); got.status != http.StatusSeeOther {
		t.Errorf("copy: %d", got.status)
	}
	if got := s.anonymous().get(m[1] + "/run"); got.status != http.StatusSeeOther || !strings.HasPrefix(got.location, "/sign-in") {
		t.Errorf("a stranger opens it: %d", got.status)
	}

	off := r.post("/admin/interlinkers/"+string(tool.ID), url.Values{"base": {board.Base()}, "shown": {"window"}, "revision": {strconv.FormatInt(tool.Revision, 10)}})
	if off.status != http.StatusSeeOther {
		t.Fatalf("switch off: %d %s", off.status, off.body)
	}
	for _, path := range []string{at, "/interlinkers/" + e.Slug, "/admin/interlinkers", m[1]} {
		if !strings.Contains(r.get(path).body, "Switched off") {
			t.Errorf("%s does not say that it is switched off", path)
		}
	}
	if got := r.get(led.location); got.status != http.StatusServiceUnavailable {
		t.Errorf("switched off, it opens: %d", got.status)
	}
	for _, path := range []string{"/admin/interlinkers", "/admin/interlinkers/new", "/admin/interlinkers/" + string(tool.ID)} {
		if got := s.as("walker").get(path); got.status != http.StatusNotFound {
			t.Errorf("a member sees %s: %d", path, got.status)
		}
	}
}

// TestOpeningIsRecorded: where an external Interlinker leads is a click away,
// and a use.
func TestOpeningIsRecorded(t *testing.T) {
	s := newSite(t)
	r, err := s.Coproduction.Instantiate(t.Context(), s.official, "safe_ways", s.task.ID, "gdpr")
	if err != nil {
		t.Fatal(err)
	}
	at := "/processes/safe_ways/resources/" + string(r.ID)
	official := s.as("official")
	if got := official.get(at + "/open"); got.status != http.StatusFound || got.location != string(r.URL) {
		t.Errorf("%d to %q", got.status, got.location)
	}
	if got := official.get("/processes/safe_ways/guide/" + string(s.task.ID)); !strings.Contains(got.body, at+"/open") {
		t.Error("the task leads past it")
	}
	uses := official.get("/processes/safe_ways/uses")
	if uses.status != http.StatusOK || strings.Count(uses.body, `class="row-title"`) != 2 {
		t.Errorf("%d: %s", uses.status, uses.body)
	}
	if got := s.as("walker").get("/processes/safe_ways/uses"); got.status != http.StatusNotFound {
		t.Errorf("somebody else reads who used what: %d", got.status)
	}
	list, err := s.Coproduction.Uses(t.Context(), s.official, "safe_ways", domain.Page{})
	if err != nil || list.Total != 2 || list.Items[0].How != coproduction.OpenedAt {
		t.Errorf("%+v, %v", list, err)
	}
}

func mustURL(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}
