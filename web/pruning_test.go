package web_test

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"

	"interlink/domain/coproduction"
)

// prune is a form with a tree, as a browser without scripts has it.
type prune struct {
	t    *testing.T
	r    *reader
	to   string // its action
	page page
}

// form returns what the browser would send.
func (f *prune) form() url.Values {
	f.t.Helper()
	root, err := html.Parse(strings.NewReader(f.page.body))
	if err != nil {
		f.t.Fatal(err)
	}
	values, _ := preset(root, f.to)
	if values == nil {
		f.t.Fatalf("no form to %s (status %d)", f.to, f.page.status)
	}
	return values
}

// press sends the form with a button.
func (f *prune) press(form url.Values, name, value string) {
	f.t.Helper()
	form.Set(name, value)
	f.page = f.r.post(f.to, form)
	if f.page.status < 300 {
		f.page.check(f.t, f.to)
	}
}

// open opens the part with a name.
func (f *prune) open(form url.Values, name string) url.Values {
	f.t.Helper()
	f.press(form, "open", f.mark(name))
	if f.page.status != http.StatusOK {
		f.t.Fatalf("opening %s: status %d", name, f.page.status)
	}
	return f.form()
}

// mark is the value of the box with a label.
func (f *prune) mark(label string) string {
	f.t.Helper()
	before, _, found := strings.Cut(f.page.body, label+"</span></label>")
	at := strings.LastIndex(before, `<label for="keep-`)
	if !found || at < 0 {
		f.t.Fatalf("the page has no box %q", label)
	}
	value, _, _ := strings.Cut(before[at+len(`<label for="keep-`):], `"`)
	return value
}

// untick takes the tick out of a box.
func (f *prune) untick(form url.Values, label string) {
	f.t.Helper()
	m := f.mark(label)
	if !slices.Contains(form["keep"], m) {
		f.t.Fatalf("%q is not ticked", label)
	}
	form["keep"] = slices.DeleteFunc(form["keep"], func(v string) bool { return v == m })
}

func step(id string) string { return "Agree on step " + id + " with everybody" }

// names are the items of a process.
func (s *site) names(process string) map[string]bool {
	s.t.Helper()
	_, tree, err := s.Coproduction.Tree(s.t.Context(), s.official, process)
	if err != nil {
		s.t.Fatal(err)
	}
	names := map[string]bool{}
	for _, it := range tree.Items() {
		names[it.Name["en"]] = true
	}
	return names
}

// TestPruneLargeTree goes through the clone dialog of a process of 2,001
// items without scripts: phases are opened one after the other, and what was
// typed and chosen stays. Every page of it weighs what a page may weigh.
func TestPruneLargeTree(t *testing.T) {
	s := newSite(t)
	x, _, _ := s.large(t)
	r := s.as("official")
	f := &prune{t, r, "/clone", r.get("/clone?address=" + url.QueryEscape(string(x.IRI)))}
	f.page.check(t, "clone")

	form := f.form()
	form.Set("title", "Half of it")
	form.Set("name", "half")
	form.Set("organization", "city_lab")
	f.untick(form, step("p9")) // a whole phase
	form = f.open(form, step("p0"))
	if form.Get("title") != "Half of it" || form.Get("name") != "half" || form.Get("organization") != "city_lab" {
		t.Errorf("what was typed is lost: %v", form)
	}
	f.untick(form, step("o10"))
	form = f.open(form, step("o0"))
	f.untick(form, step("t0"))
	form = f.open(form, step("p1"))
	if !strings.Contains(f.page.body, "186 of 208") { // without t0, and the 21 of o10
		t.Errorf("the closed phase does not say what of it is chosen: %s", regexp.MustCompile(`\d+ of \d+ tasks`).FindAllString(f.page.body, -1))
	}
	f.untick(form, step("o1"))
	form = f.open(form, step("p0")) // looks again
	form = f.open(form, step("o0"))
	if slices.Contains(form["keep"], f.mark(step("t0"))) || slices.Contains(form["keep"], f.mark(step("o10"))) {
		t.Error("what was left out of the first phase is forgotten")
	}
	if !slices.Contains(form["keep"], f.mark(step("t91"))) {
		t.Error("a task that stayed in the first phase is forgotten")
	}
	f.press(form, "lang", "en")
	if f.page.status != http.StatusSeeOther {
		t.Fatalf("clone: status %d\n%s", f.page.status, problems(f.page.body))
	}
	s.cloned(t, f.page.location)
	got, all := s.names("half"), s.names("large")
	missing := []string{}
	for name := range all {
		if !got[name] {
			missing = append(missing, name)
		}
	}
	for _, name := range missing { // t0; o10, o1 and p9 with all below them
		var n int
		switch id := strings.Fields(name)[3]; id[0] {
		case 'p':
			n = number(id)
			if n != 9 {
				t.Errorf("%s is missing", name)
			}
		case 'o':
			if n = number(id); n != 10 && n != 1 && n%10 != 9 {
				t.Errorf("%s is missing", name)
			}
		case 't':
			if n = number(id); n != 0 && n%91 != 10 && n%91 != 1 && n%91%10 != 9 {
				t.Errorf("%s is missing", name)
			}
		}
	}
	left := 1 + (1 + 21) + (1 + 21) + 1 + 9 + 9*20 + tasksOver(91, 9)
	if len(missing) != left {
		t.Errorf("%d items are left out, want %d", len(missing), left)
	}
}

// tasksOver is how many of the objectives of phase 9 have a 21st task.
func tasksOver(objectives, phase int) int {
	n := 0
	for i := 20 * objectives; i < 1900; i++ {
		if i%objectives%10 == phase {
			n++
		}
	}
	return n
}

func number(id string) int {
	n := 0
	for _, c := range id[1:] {
		n = 10*n + int(c-'0')
	}
	return n
}

// TestPublishLargeTree: the preview of a story of a large process, and the
// story, show what was chosen, folded.
func TestPublishLargeTree(t *testing.T) {
	s := newSite(t)
	s.large(t)
	r := s.as("official")
	f := &prune{t, r, "/processes/large/publish", r.get("/processes/large/publish")}
	f.page.check(t, "publish")
	form := f.form()
	for name, words := range map[string]string{"title": "All of it, told", "summary": "Short.", "challenge": "Long.", "done": "Steps."} {
		form.Set(name, words)
	}
	form = f.open(form, step("p3"))
	f.untick(form, step("o3"))
	for i := range 9 {
		if i != 3 {
			f.untick(form, step("p"+string(rune('0'+i))))
		}
	}
	f.press(form, "step", "preview")
	if f.page.status != http.StatusOK {
		t.Fatalf("preview: status %d\n%s", f.page.status, problems(f.page.body))
	}
	shown, _, _ := strings.Cut(f.page.body, `<form class="spaced" id="publish"`)
	if !strings.Contains(shown, step("p3")) || !strings.Contains(shown, step("o13")) || strings.Contains(shown, step("o3")) || strings.Contains(shown, step("p0")) {
		t.Error("the preview does not show what was chosen")
	}
	f.press(f.form(), "step", "publish")
	if f.page.status != http.StatusSeeOther {
		t.Fatalf("publish: status %d\n%s", f.page.status, problems(f.page.body))
	}
	told, err := s.Stories.Story(t.Context(), s.official, strings.TrimPrefix(f.page.location, "/stories/"), "")
	if err != nil {
		t.Fatal(err)
	}
	tasks := 0
	for _, it := range told.Snapshot.Process.Items {
		if it.Kind == coproduction.Task {
			tasks++
		}
	}
	if word := "Publish with " + strconv.Itoa(tasks) + " tasks"; !strings.Contains(shown, word) {
		t.Errorf("the preview does not promise %q", word)
	}

	closed := s.anonymous().get(f.page.location)
	closed.check(t, "story")
	if strings.Contains(closed.body, step("o13")) {
		t.Error("the story is not folded")
	}
	_, rest, _ := strings.Cut(closed.body, `href="`+f.page.location+"?part=")
	part, _, _ := strings.Cut(rest, `"`)
	open := s.anonymous().get(f.page.location + "?part=" + part)
	open.check(t, "part of the story")
	if !strings.Contains(open.body, step("o13")) && !strings.Contains(open.body, step("o9")) {
		t.Error("the part of the story that is opened is not shown")
	}
}

// TestLargeSchema: a schema of 2,001 nodes is folded, and opens by links.
func TestLargeSchema(t *testing.T) {
	s := newSite(t)
	var bundle catalogue.Bundle
	for _, e := range seed.Read(starter.Tree()).Entries {
		if e.Kind == catalogue.KindSchema && bundle.Entries == nil {
			e.Key, e.Slug = "large", "large"
			e.Schema.Nodes = nil
			for i, it := range s.largeTree(t).Items {
				e.Schema.Nodes = append(e.Schema.Nodes, catalogue.Node{Path: it.ID, Parent: it.Parent, Kind: catalogue.NodeKind(it.Kind), Position: i, Name: it.Name})
			}
			bundle.Entries = append(bundle.Entries, e)
		}
	}
	if report, err := s.Catalogue.Import(t.Context(), s.official, bundle, false); err != nil || len(report.Errors) > 0 {
		t.Fatal(err, report.Errors)
	}
	r := s.anonymous()
	at, wanted := "/schemas/large", []string{step("p2"), step("o12"), step("t12")}
	for _, name := range wanted {
		got := r.get(at)
		got.check(t, at)
		if !strings.Contains(got.body, name) {
			t.Fatalf("%s does not show %s (status %d)", at, name, got.status)
		}
		before, _, _ := strings.Cut(got.body, name)
		_, link, _ := strings.Cut(before[max(0, strings.LastIndex(before, "<li")):], `href="`)
		at, _, _ = strings.Cut(link, `"`)
		at, _, _ = strings.Cut(html.UnescapeString(at), "#")
	}
}
