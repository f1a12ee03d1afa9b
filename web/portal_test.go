package web_test

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/integration"
	"interlink/domain/policy"
	"interlink/web"
	"interlink/web/locale"
)

// everywhere is what a page has, each of them how often.
var everywhere = map[string]struct {
	*regexp.Regexp
	times int
}{
	"main heading":    {regexp.MustCompile(`<h1[ >]`), 1},
	"title":           {regexp.MustCompile(`<title>[^<]+</title>`), 1},
	"description":     {regexp.MustCompile(`<meta name="description" content="[^"]+">`), 1},
	"canonical":       {regexp.MustCompile(`<link rel="canonical" href="http[^"]+">`), 1},
	"other languages": {regexp.MustCompile(`<link rel="alternate" hreflang="[a-z]+"`), len(locale.Default().Langs())},
	"banner":          {regexp.MustCompile(`<header class="top">`), 1},
	"navigation":      {regexp.MustCompile(`<nav class="nav" aria-label="[^"]+">`), 1},
	"main part":       {regexp.MustCompile(`<main id="main"`), 1},
	"footer":          {regexp.MustCompile(`<footer class="foot">`), 1},
	"skip link":       {regexp.MustCompile(`<a class="skip" href="#main">`), 1},
	"from elsewhere":  {regexp.MustCompile(`(src|srcset|poster|data)="\s*(https?:)?//`), 0},
	"inline script":   {regexp.MustCompile(`<script>| on[a-z]+="| style="|javascript:`), 0},
	"vague time":      {regexp.MustCompile(`<time(?: class="[^"]*")?>`), 0},
	"key for words":   {regexp.MustCompile(`>(?:page|ui|form|word|nav|count|status|kind|role|join_policy|visibility|notice)\.[a-z_.]+<`), 0},
}

// mostBytes is what a page weighs at most.
const mostBytes = 100_000

// TestEveryPage opens every page of the router as a stranger and as its
// administrator: none fails, and each has what every page has.
func TestEveryPage(t *testing.T) {
	s := newSite(t)
	for who, r := range map[string]*reader{"stranger": s.anonymous(), "official": s.as("official")} {
		for _, path := range web.Pages() {
			path = s.filled(path)
			for _, lang := range locale.Default().Langs() {
				separator := "?"
				got := r.get(path + separator + "lang=" + string(lang))
				switch got.status {
				case http.StatusMovedPermanently:
					if path != "/interlinkers" || got.location != "/catalogue" {
						t.Errorf("%s at %s is sent on to %s", who, path, got.location)
					}
					continue
				case http.StatusSeeOther:
					if !strings.HasPrefix(got.location, "/sign-in?return=") && path != "/sign-in" {
						t.Errorf("%s at %s is led to %s", who, path, got.location)
					}
					continue
				case http.StatusOK, http.StatusNotFound, http.StatusForbidden, http.StatusGone:
				case http.StatusUnprocessableEntity: // without what an Interlinker, or the server of a guest, adds to it
					if path != integration.ReturnPath && !strings.HasPrefix(path, "/guest/servers/") {
						t.Errorf("%s at %s: status %d", who, path, got.status)
					}
				default:
					t.Errorf("%s at %s: status %d", who, path, got.status)
				}
				if kind, _, _ := strings.Cut(got.header.Get("Content-Type"), ";"); slices.Contains([]string{"application/json", "text/csv", "image/svg+xml", "text/turtle", "application/ld+json", "application/x-bibtex", "application/x-research-info-systems", "application/vnd.citationstyles.csl+json", "text/yaml"}, kind) {
					continue // a file
				}
				got.check(t, who+" at "+path)
				if !strings.Contains(got.body, `<html lang="`+string(lang)+`"`) {
					t.Errorf("%s at %s: not in %s", who, path, lang)
				}
				if !strings.Contains(got.header.Get("Content-Security-Policy"), "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; ") || got.header.Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("%s at %s: headers that protect are missing", who, path)
				}
			}
		}
	}
}

// TestFormsOfStrangers: without an account no form changes anything.
func TestFormsOfStrangers(t *testing.T) {
	s := newSite(t)
	open := map[string]bool{"/sign-in": true, "/sign-out": true, "/sign-up": true, "/reset": true, "/preferences": true, "/communities/{name}/follow": true, "/posts/{id}/elsewhere": true, "/confirm/{token}": true, "/reset/{token}": true, "/guest": true, "/guest/leave": true, "/guest/sign-in": true, "/notices": true}
	before, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range web.Forms() {
		if open[path] {
			continue
		}
		got := s.anonymous().post(s.filled(path), url.Values{
			"title": {"Taken over"}, "name": {"taken_over"}, "content": {"Mine"}, "lang": {"en"}, "revision": {"1"}, "status": {"finished"},
			"handle": {"official"}, "role": {"administrator"}, "kind": {"citizen"}, "visibility": {"public"}, "keep": {"x"}, "address": {string(s.process.IRI)},
		})
		switch got.status {
		case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound:
		default:
			t.Errorf("POST %s by a stranger: status %d, to %q", path, got.status, got.location)
		}
	}
	after, err := s.Stats(t.Context())
	if err != nil || after.Local != before.Local {
		t.Errorf("before %+v, after %+v (%v)", before.Local, after.Local, err)
	}
}

// TestOtherSites: a page of another site cannot send forms for its readers,
// and no link leads away after signing in.
func TestOtherSites(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	for header, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"} {
		request := r.request(http.MethodPost, "/communities/mobility/posts", strings.NewReader("content=Spam&lang=en"))
		request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		request.Header.Set(header, value)
		if got := r.do(request); got.status != http.StatusForbidden {
			t.Errorf("%s: %s: status %d", header, value, got.status)
		}
	}
	for _, away := range []string{"https://evil.example/", "//evil.example", `/\evil.example`, "javascript:alert(1)", "/\t/evil.example"} {
		got := s.anonymous().post("/sign-in", url.Values{"login": {"official"}, "password": {password}, "return": {away}})
		if got.location != "/" {
			t.Errorf("return %q leads to %q", away, got.location)
		}
	}
}

// TestOtherMethods: who opens the address of a form that failed is led to the
// page with the form; other methods are told which there are.
func TestOtherMethods(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	for path, want := range map[string]string{
		"/admin/import/address": "/admin/import", "/communities/mobility/posts": "/communities/mobility", "/posts/x/delete?after=y": "/posts/x",
	} {
		if got := r.get(path); got.status != http.StatusSeeOther || got.location != want {
			t.Errorf("%s: status %d, leads to %q, want %q", path, got.status, got.location, want)
		}
	}
	got := r.do(r.request(http.MethodDelete, "/sign-in", nil))
	if allow := got.header.Get("Allow"); got.status != http.StatusMethodNotAllowed || allow != "GET, HEAD, POST" {
		t.Errorf("DELETE: status %d, allowed are %q", got.status, allow)
	}
}

// TestReturnAfterSignIn: the link of a page leads back to it, but for the pages
// that nobody needs who is signed in.
func TestReturnAfterSignIn(t *testing.T) {
	s := newSite(t)
	for path, want := range map[string]string{
		"/catalogue?q=survey+%26+map": "/catalogue?q=survey+%26+map", "/communities/mobility": "/communities/mobility",
		"/sign-up": "/", "/confirm/of-a-mail": "/",
	} {
		r := s.anonymous()
		link := regexp.MustCompile(`href="(/sign-in\?return=[^"]*)"`).FindStringSubmatch(r.get(path).body)
		if link == nil {
			t.Errorf("%s has no link to sign in", path)
			continue
		}
		form := regexp.MustCompile(`name="return" value="([^"]*)"`).FindStringSubmatch(r.get(html.UnescapeString(link[1])).body)
		got := r.post("/sign-in", url.Values{"login": {"official"}, "password": {password}, "return": {html.UnescapeString(form[1])}})
		if got.location != want {
			t.Errorf("%s: signing in leads to %s", path, got.location)
		}
	}
}

// TestHostileInput: what no database keeps is refused, never a fault.
func TestHostileInput(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	for _, path := range []string{"/catalogue?q=%00", "/catalogue?q=%ff", "/interlinkers/%00", "/catalogue?after=x", "/processes?after=-1&q='", "/lookup?q=%00", "/users/%ff%fe", "/timeline?after=99999999999999999999"} {
		if got := r.get(path); got.status < 400 || got.status >= 500 {
			t.Errorf("GET %s: status %d", path, got.status)
		}
	}
	for name, content := range map[string]string{"NUL": "a\x00b", "no UTF-8": "\xff\xfe", "too long": strings.Repeat("x", 30_000), "empty": " "} {
		got := r.post("/communities/mobility/posts", url.Values{"content": {content}, "lang": {"en"}})
		if got.status < 400 || got.status >= 500 {
			t.Errorf("a post that is %s: status %d", name, got.status)
		}
	}
	if got := r.post("/communities/mobility/posts", url.Values{"content": {strings.Repeat("x", 2<<20)}}); got.status != http.StatusRequestEntityTooLarge {
		t.Errorf("two megabytes: status %d", got.status)
	}
	got := r.post("/communities/mobility/posts", url.Values{"content": {`<script>alert(1)</script> <img src=x onerror=alert(1)> [x](javascript:alert(1))`}, "lang": {"en"}})
	if got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	if body := r.get("/communities/mobility").body; strings.Contains(body, "<script>alert") || strings.Contains(body, "onerror") || strings.Contains(body, "javascript:") {
		t.Error("a script of a post is on the page")
	}
}

// TestLostRace: who saves over somebody else's change is told, and what they
// typed is kept.
func TestLostRace(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	stale := fmt.Sprint(s.process.Revision)
	form := url.Values{"revision": {stale}, "lang": {"en"}, "title": {"Safe ways, first"}, "visibility": {"public"}}
	if got := r.post("/processes/safe_ways/edit", form); got.status != http.StatusSeeOther {
		t.Fatalf("the first change: status %d", got.status)
	}
	form.Set("title", "Safe ways, second")
	got := r.post("/processes/safe_ways/edit", form)
	if got.status != http.StatusConflict || !strings.Contains(got.body, `value="Safe ways, second"`) {
		t.Errorf("the second change: status %d, typed words kept: %v", got.status, strings.Contains(got.body, "Safe ways, second"))
	}
	got = r.post("/processes/safe_ways/guide/"+string(s.task.ID)+"/status", url.Values{"revision": {"99"}, "status": {"finished"}})
	if got.status != http.StatusConflict {
		t.Errorf("a status over another: %d", got.status)
	}
}

// TestRights: who may not do a thing is not offered it, and is refused.
func TestRights(t *testing.T) {
	s := newSite(t)
	s.person("citizen", policy.RoleMember)
	r := s.as("citizen")
	task := "/processes/safe_ways/guide/" + string(s.task.ID)
	if body := r.get(task).body; strings.Contains(body, task+"/status") || strings.Contains(body, `name="interlinker"`) {
		t.Error("a stranger to the process is offered to work in it")
	}
	for path, form := range map[string]url.Values{
		task + "/status":                  {"revision": {fmt.Sprint(s.task.Revision)}, "status": {"finished"}},
		task + "/resources":               {"interlinker": {"decidim"}},
		"/processes/safe_ways/edit":       {"revision": {fmt.Sprint(s.process.Revision)}, "title": {"Mine"}, "visibility": {"public"}},
		"/processes/safe_ways/publish":    {"title": {"Mine"}, "step": {"publish"}},
		"/processes/safe_ways/people":     {"handle": {"citizen"}, "role": {"administrator"}},
		"/organizations/city_lab/members": {"handle": {"citizen"}, "role": {"administrator"}},
		"/interlinkers/decidim/edit":      {"revision": {"1"}, "name": {"Mine"}, "lang": {"en"}},
		"/interlinkers/decidim/withdraw":  {"revision": {"1"}},
		"/admin/import":                   {},
	} {
		if got := r.post(path, form); got.status != http.StatusForbidden {
			t.Errorf("POST %s: status %d", path, got.status)
		}
	}
	if got := r.get("/admin"); got.status != http.StatusForbidden {
		t.Errorf("the administration: status %d", got.status)
	}
	if got := r.get("/processes/safe_ways/history"); got.status != http.StatusNotFound {
		t.Errorf("the history of others: status %d", got.status)
	}
}

// TestNegotiation: one address, a page for people and a document for servers.
func TestNegotiation(t *testing.T) {
	s := newSite(t)
	for _, path := range []string{"/communities/mobility", "/organizations/city_lab", "/processes/safe_ways", "/interlinkers/decidim", "/users/official", "/catalogue"} {
		for accept, kind := range map[string]string{
			"application/activity+json": "application/activity+json",
			`application/ld+json; profile="https://www.w3.org/ns/activitystreams"`: "application/activity+json",
			"text/html,application/xhtml+xml,*/*;q=0.8":                            "text/html; charset=utf-8",
			"*/*": "text/html; charset=utf-8",
		} {
			r := s.anonymous()
			request := r.request(http.MethodGet, path, nil)
			request.Header.Set("Accept", accept)
			got := r.do(request)
			if got.status != http.StatusOK || got.header.Get("Content-Type") != kind || !strings.Contains(got.header.Get("Vary"), "Accept") {
				t.Errorf("%s as %s: %d, %s, Vary: %s", path, accept, got.status, got.header.Get("Content-Type"), got.header.Get("Vary"))
			}
		}
	}
}

// TestProcessToStory goes the whole way through forms: start, work, publish,
// clone, accept, withdraw.
func TestProcessToStory(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	done := func(got page, what string) string {
		t.Helper()
		if got.status != http.StatusSeeOther {
			t.Fatalf("%s: status %d\n%s", what, got.status, problems(got.body))
		}
		return got.location
	}
	at := done(r.fill("/processes/new/start", "/processes", url.Values{
		"schema": {"public-service"}, "title": {"Bus on call"}, "lang": {"en"}, "name": {"bus_on_call"},
		"organization": {"city_lab"}, "team": {"routes"}, "community": {"mobility"},
	}), "start")
	if at != "/processes/bus_on_call" || !strings.Contains(r.get(at).body, "Bus on call") {
		t.Fatalf("the process is at %s", at)
	}
	_, tree, err := s.Coproduction.Tree(t.Context(), s.official, "bus_on_call")
	if err != nil {
		t.Fatal(err)
	}
	task := tree.Items()[2]
	href := at + "/guide/" + string(task.ID)
	if body := r.get(href).body; !strings.Contains(body, "Service aim canvas") {
		t.Error("the task offers no Interlinker")
	}
	done(r.fill(href, href+"/resources", url.Values{"interlinker": {"service-aim-canvas"}}), "instantiate")
	done(r.post(href+"/resources", url.Values{"title": {"Map"}, "address": {"https://map.example/"}, "public": {"yes"}}), "link")
	done(r.post(href+"/resources", url.Values{"title": {"Timetable"}, "body": {"Every *hour*, write to ana@city.example."}, "public": {"yes"}, "licence": {"CC-BY-4.0"}}), "text")
	done(r.post(href+"/resources", url.Values{"title": {"Notes"}, "body": {"For us alone."}}), "notes")
	for _, wrong := range []string{"", "javascript:alert(1)"} {
		got := r.post(href+"/resources", url.Values{"title": {"The wrong map"}, "address": {wrong}})
		if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, wrong) || !strings.Contains(got.body, "The wrong map") {
			t.Errorf("the address %q: status %d", wrong, got.status)
		}
	}
	if body := s.anonymous().get(href).body; !strings.Contains(body, "https://map.example/") || strings.Contains(body, "Notes") {
		t.Error("strangers see what is public, and that alone")
	}
	done(r.fill(href, href+"/status", url.Values{"status": {"finished"}}), "finish")
	if body := r.get(at).body; !strings.Contains(body, "1 of 36") {
		t.Error("the overview does not count the finished task")
	}

	to := at + "/publish"
	telling := url.Values{
		"title": {"The bus comes when it is called"}, "summary": {"How it was done."}, "challenge": {"Nobody rode."}, "done": {"Ask."},
		"lang": {"en"}, "step": {"preview"},
	}
	if got := r.fill(to, to, telling); got.status != http.StatusOK || !strings.Contains(got.body, "How it was done.") ||
		!strings.Contains(got.body, `value="publish"`) || !strings.Contains(got.body, "1 e-mail address is left out") {
		t.Fatalf("preview: status %d\n%s", got.status, problems(got.body))
	}
	telling.Set("step", "publish")
	told := done(r.fill(to, to, telling), "publish")
	if told != "/stories/the-bus-comes-when-it-is-called" {
		t.Errorf("the story is at %s", told)
	}
	for _, part := range []string{"Nobody rode.", "City lab", "Mobility", "https://map.example/", "Every <em>hour</em>, write to […]."} {
		if !strings.Contains(s.anonymous().get(told).body, part) {
			t.Errorf("the public page of the story does not say %q", part)
		}
	}
	if body := s.anonymous().get(told).body; strings.Contains(body, "/retract") || strings.Contains(body, "For us alone") {
		t.Error("the public page of the story offers or says too much")
	}

	address := s.URL + told
	if got := r.get("/clone?address=" + url.QueryEscape(address)); got.status != http.StatusOK || !strings.Contains(got.body, "1 task") {
		t.Errorf("preview of the clone: status %d", got.status)
	}
	copied := done(r.fill("/clone?address="+url.QueryEscape(string(s.process.IRI)), "/clone", url.Values{
		"title": {"Safe ways again"}, "lang": {"en"}, "name": {"safe_again"}, "team": {"routes"},
	}), "clone")
	if body := r.get(copied).body; !strings.Contains(body, "Safe ways") || !strings.Contains(body, "Routes") {
		t.Error("the clone does not say where it comes from, or who leads it")
	}
	clones, err := s.Lineage.Clones(t.Context(), s.official, "safe_ways", domain.Page{})
	if err != nil || len(clones.Items) != 1 {
		t.Fatalf("%d clones (%v)", len(clones.Items), err)
	}
	if want := (domain.Text{"en": "Safe ways again"}); !maps.Equal(clones.Items[0].Title, want) {
		t.Errorf("the clone is called %v, want %v alone", clones.Items[0].Title, want)
	}
	done(r.fill("/processes/safe_ways/clones", "/processes/safe_ways/clones/"+string(clones.Items[0].ID)+"/accept", nil), "accept")

	again := to + "?story=" + strings.TrimPrefix(told, "/stories/")
	done(r.fill(again, to, url.Values{"lessons": {"Call early."}, "step": {"publish"}}), "revise")
	if body := s.anonymous().get(told).body; !strings.Contains(body, "Call early.") || !strings.Contains(body, "Nobody rode.") {
		t.Error("the new version of the story")
	}
	if body := r.get(told + "/retract?lang=en").body; !strings.Contains(body, "publish it again") || strings.Contains(body, "cannot be undone") {
		t.Error("what can be taken back is said to be for ever")
	}
	done(r.fill(told+"/retract", told+"/retract", nil), "retract")
	if got := s.anonymous().get(told); got.status != http.StatusGone {
		t.Errorf("the withdrawn story: status %d", got.status)
	}
	if body := r.get(told).body; !strings.Contains(body, again[strings.LastIndex(again, "?"):]) {
		t.Error("who withdrew the story cannot publish it again")
	}
	done(r.fill(again, to, url.Values{"keep": r.boxes(again, "keep")[:3], "step": {"publish"}}), "publish again") // phase, objective, task
	if got := s.anonymous().get(told); got.status != http.StatusOK {
		t.Errorf("the story that is published again: status %d", got.status)
	}
}

// TestPlan changes the tree of a process by its forms.
func TestPlan(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	done := func(got page, what string) string {
		t.Helper()
		if got.status != http.StatusSeeOther {
			t.Fatalf("%s: status %d\n%s", what, got.status, problems(got.body))
		}
		return got.location
	}
	const guide = "/processes/safe_ways/guide"
	phase := done(r.fill(guide+"/new", guide+"/new", url.Values{"name.en": {"Afterwards"}}), "a phase")
	objective := done(r.fill(phase+"/new", phase+"/new", url.Values{"name.en": {"Look back"}, "description.en": {"What *came* of it?"}}), "an objective")
	first := done(r.fill(objective+"/new", objective+"/new", url.Values{
		"name.en": {"Count the children"}, "starts": {"2027-03-01"}, "ends": {"2027-03-31"}, "complexity": {"60"}, "coDelivery": {"yes"}, "problems": {"VAL_PROBLEM_1"},
	}), "a task")
	second := done(r.fill(objective+"/new", objective+"/new", url.Values{"name.en": {"Write it down"}}), "another task")
	id := func(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
	third := done(r.fill(objective+"/new", objective+"/new", url.Values{"name.en": {"Agree how to count"}, "place": {"0"}}), "a task at the beginning")
	if got := r.get(first + "/new"); got.status != http.StatusNotFound {
		t.Errorf("something below a task: status %d", got.status)
	}
	got := r.fill(first+"/edit", first+"/edit", url.Values{"ends": {"2027-02-01"}, "name.en": {"Count all children"}})
	if got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "Count all children") {
		t.Errorf("a task that ends before it begins: status %d", got.status)
	}
	if got := r.fill(first+"/edit", first+"/edit", url.Values{"ends": {"soon"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("no date: status %d", got.status)
	}
	// A further language is asked for without losing what was typed, then written.
	got = r.fill(first+"/edit", first+"/edit", url.Values{"name.en": {"Count them"}, "more": {"es"}, "add": {"language"}})
	if got.status != http.StatusOK || !strings.Contains(got.body, `name="name.es"`) || !strings.Contains(got.body, "Count them") {
		t.Errorf("another language: status %d", got.status)
	}
	if _, form, _ := strings.Cut(got.body, `action="`+first+`/edit"`); strings.Index(form, "<button") > strings.Index(form, `name="add"`) || strings.Contains(form[:strings.Index(form, "</button>")], `name="add"`) {
		t.Error("Enter asks for a language instead of saving")
	}
	_, tree0, err0 := s.Coproduction.Tree(t.Context(), s.official, "safe_ways")
	if it, err := tree0.Item(domain.ID(id(first))); err0 != nil || err != nil || it.Name["en"] != "Count the children" {
		t.Error("asking for a language saved something")
	}
	done(r.post(first+"/edit", url.Values{
		"revision": {"1"}, "langs": {"en", "es"}, "name.en": {"Count the children"}, "name.es": {"Contar"}, "description.es": {"Con *cuidado*."},
		"starts": {"2027-03-01"}, "ends": {"2027-03-31"}, "complexity": {"60"}, "coDelivery": {"yes"}, "problems": {"VAL_PROBLEM_1"},
	}), "a translation")

	done(r.fill(second+"/first", second+"/first", url.Values{"add": {id(first)}}), "what comes first")
	if body := r.get(first + "/first?q=write").body; strings.Contains(body, `value="`+id(second)+`"`) {
		t.Error("what waits for a task is offered to come before it")
	}
	if got := r.post(first+"/first", url.Values{"add": {id(second)}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("a circle: status %d", got.status)
	}
	arrange := objective + "/arrange"
	to := done(r.fill(arrange, second+"/move", url.Values{"place": {"1"}}), "move up")
	if body := r.get(to).body; !strings.HasPrefix(to, arrange+"?moved=") || !strings.Contains(body, "autofocus") {
		t.Errorf("the move leads to %s, and the keyboard is elsewhere", to)
	}
	done(r.post(third+"/move", url.Values{"number": {"3"}}), "move to a place by its number")
	if got := r.post(third+"/move", url.Values{"number": {"0"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(problems(got.body), "#f-number") {
		t.Errorf("a place that there is not: status %d", got.status)
	}
	done(r.fill(first, first+"/disable", nil), "put aside")
	done(r.fill(first, first+"/enable", nil), "take up")

	_, tree, err := s.Coproduction.Tree(t.Context(), s.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	below := tree.Children(domain.ID(id(objective)))
	if len(below) != 3 || below[2].Name["en"] != "Agree how to count" || below[0].Name["en"] != "Write it down" || below[1].Name["en"] != "Count the children" || below[1].Name["es"] != "Contar" {
		t.Fatalf("below the objective: %v", below)
	}
	if it := below[1]; !slices.Equal(it.Problems, []string{"VAL_PROBLEM_1"}) || it.Ends.Day() != 31 || it.Complexity != 60 || !it.CoDelivery || !slices.Equal(below[0].Prerequisites, []domain.ID{it.ID}) {
		t.Errorf("the task is %+v", it)
	}
	s.person("citizen", policy.RoleMember)
	elsewhere := tree.Children(tree.Children("")[0].ID)[0].ID
	done(r.fill(first+"/move", first+"/move", url.Values{"parent": {string(elsewhere)}}), "move elsewhere")
	if _, tree, err = s.Coproduction.Tree(t.Context(), s.official, "safe_ways"); err != nil {
		t.Fatal(err)
	}
	if it, _ := tree.Item(domain.ID(id(first))); it.Parent != elsewhere {
		t.Errorf("moved below %q, want %q", it.Parent, elsewhere)
	}
	if body := r.get(first + "/history").body; strings.Count(body, "<ins") < 3 || !strings.Contains(body, "Contar") {
		t.Error("the history does not tell what was changed")
	}
	for _, path := range []string{guide + "/new", first + "/edit", objective + "/new", arrange, guide + "/arrange", first + "/first", first + "/move"} {
		if got := s.as("citizen").get(path); got.status != http.StatusForbidden {
			t.Errorf("GET %s by a stranger: status %d", path, got.status)
		}
	}
}

// TestTwoEdit: two people open one task. Who saves second sees both versions
// side by side, chooses, and nothing that anybody wrote is lost.
func TestTwoEdit(t *testing.T) {
	s := newSite(t)
	_, tree, err := s.Coproduction.Tree(t.Context(), s.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	task := tree.Children(tree.Children(tree.Children("")[0].ID)[0].ID)[0]
	path := "/processes/safe_ways/guide/" + string(task.ID) + "/edit"
	r := s.as("official")
	form := func(name, description, complexity string) url.Values {
		return url.Values{
			"revision": {fmt.Sprint(task.Revision)}, "langs": {"en"}, "name.en": {name}, "description.en": {description},
			"complexity": {complexity}, "problems": task.Problems,
		}
	}
	if got := r.post(path, form("Theirs", "Their words.", "0")); got.status != http.StatusSeeOther {
		t.Fatalf("the first: status %d", got.status)
	}
	mine := form("Mine", "My words.", "80")
	got := r.post(path, mine)
	for _, want := range []string{"Theirs", "Mine", "Their words.", "My words.", `name="take.name.en"`, `name="take.complexity" value="mine" checked`} {
		if got.status != http.StatusConflict || !strings.Contains(got.body, want) {
			t.Fatalf("the second: status %d, without %s", got.status, want)
		}
	}
	if strings.Contains(got.body, `name="take.name.en" value="mine" checked`) {
		t.Error("what both changed is chosen already")
	}
	now, err := s.Coproduction.Meanwhile(t.Context(), s.official, "safe_ways", task.ID, task.Revision)
	if err != nil {
		t.Fatal(err)
	}
	mine.Set("seen", mine.Get("revision"))
	mine.Set("revision", fmt.Sprint(now.Item.Revision))
	mine.Set("resolve", "yes")
	mine.Set("take.complexity", "mine")
	mine.Set("take.description.en", "both")
	if got := r.post(path, mine); got.status != http.StatusConflict || !strings.Contains(problems(got.body), `href="#f-take.name.en"`) || !strings.Contains(got.body, "My words.") {
		t.Errorf("without a choice: status %d, %s", got.status, problems(got.body))
	}
	mine.Set("take.name.en", "theirs")
	if got := r.post(path, mine); got.status != http.StatusSeeOther {
		t.Fatalf("with all choices: status %d\n%s", got.status, problems(got.body))
	}
	_, tree, err = s.Coproduction.Tree(t.Context(), s.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	if it, _ := tree.Item(task.ID); it.Name["en"] != "Theirs" || it.Description["en"] != "Their words.\n\nMy words." || it.Complexity != 80 {
		t.Errorf("joined: %+v", it)
	}
	// The version before can be used again.
	if body := r.get(path + "?version=" + fmt.Sprint(task.Revision)).body; !strings.Contains(body, `value="`+task.Name["en"]+`"`) {
		t.Error("the form does not have the earlier version")
	}
	if got := r.get(path + "?version=99"); got.status != http.StatusNotFound {
		t.Errorf("a version that never was: status %d", got.status)
	}
}

// TestOlderTranslation: who reads or edits a task sees that its translation is
// older than the text, until somebody writes it anew or finds it right.
func TestOlderTranslation(t *testing.T) {
	s := newSite(t)
	task := s.firstTask()
	path := "/processes/safe_ways/guide/" + string(task.ID)
	r := s.as("official")
	save := func(name string, more ...string) {
		t.Helper()
		_, tree, err := s.Coproduction.Tree(t.Context(), s.official, "safe_ways")
		if err != nil {
			t.Fatal(err)
		}
		it, _ := tree.Item(task.ID)
		form := url.Values{"revision": {fmt.Sprint(it.Revision)}, "langs": {"en", "es"}, "name.en": {name}, "name.es": {"Hablar"}, "description.en": {""}, "description.es": {""}, "problems": it.Problems}
		for _, field := range more {
			form.Set(field, "yes")
		}
		if got := r.post(path+"/edit", form); got.status != http.StatusSeeOther {
			t.Fatalf("%s: status %d", name, got.status)
		}
	}
	older := func(when string, want bool) {
		t.Helper()
		notice := "esta traducción"
		if got := strings.Contains(strings.ToLower(s.anonymous().get(path+"?lang=es").body), notice); got != want {
			t.Errorf("%s: the reader of Spanish is told %v", when, got)
		}
		if got := strings.Contains(r.get(path+"/edit").body, `name="checked.es"`); got != want {
			t.Errorf("%s: the writer is asked %v", when, got)
		}
		if strings.Contains(r.get(path).body, "older than the text") {
			t.Errorf("%s: the reader of the original is told", when)
		}
	}
	save("Talk")
	older("both written", false)
	save("Talk to all")
	older("the original changed", true)
	save("Talk to all", "checked.es")
	older("checked", false)
	if body := r.get(path + "/history").body; !strings.Contains(body, "Reviewed") {
		t.Error("the history does not tell that it was checked")
	}
}
