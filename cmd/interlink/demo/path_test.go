//go:build !race

package demo

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// walker goes through pages as people do: opens them, types, chooses, presses
// buttons.
type walker struct {
	t   *testing.T
	ctx context.Context
}

// open opens a page.
func (w walker) open(address string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 30*time.Second)
	defer cancel()
	response, err := chromedp.Run(ctx, chromedp.NavigateResponse(address))
	if err != nil || response.Status != 200 {
		w.t.Fatalf("open %s: %v, %+v", address, err, response)
	}
}

// here is the address of the page.
func (w walker) here() string {
	w.t.Helper()
	at, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`location.href.split("?")[0].split("#")[0]`))
	if err != nil {
		w.t.Fatal(err)
	}
	return at
}

// has reports whether the page has such an element.
func (w walker) has(selector string) bool {
	w.t.Helper()
	found, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](fmt.Sprintf(`document.querySelector(%q) !== null`, selector)))
	if err != nil {
		w.t.Fatal(err)
	}
	return found
}

// follow follows the first link of the page to an address that contains part.
func (w walker) follow(part string) {
	w.t.Helper()
	w.leave(fmt.Sprintf(`main a[href*=%q]`, part))
}

// send fills the form with that action, field by field, and presses its
// button; with says which, if there are several.
func (w walker) send(action, with string, fields ...string) {
	w.t.Helper()
	form := fmt.Sprintf(`form[action=%q]`, action)
	for i := 0; i+1 < len(fields); i += 2 {
		name, value := fields[i], fields[i+1]
		ctx, cancel := context.WithTimeout(w.ctx, 10*time.Second)
		var err error
		if choice := fmt.Sprintf(`%s input[name=%q][value=%q]`, form, name, value); w.has(choice) {
			err = chromedp.Do(ctx, chromedp.Click(choice))
		} else {
			err = chromedp.Do(ctx, chromedp.SetValue(fmt.Sprintf(`%s [name=%q]`, form, name), value))
		}
		cancel()
		if err != nil {
			w.t.Fatalf("%s at %s: %s: %v", action, w.here(), name, err)
		}
	}
	w.leave(form + ` button` + with)
}

// leave presses what leads to another page, and waits for it.
func (w walker) leave(selector string) {
	w.t.Helper()
	ctx, cancel := context.WithTimeout(w.ctx, 20*time.Second)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.documentElement.dataset.left = "no", true`)); err != nil {
		w.t.Fatal(err)
	}
	err := chromedp.Do(ctx,
		chromedp.Click(selector),
		chromedp.WaitReady(`html:not([data-left]) main`),
	)
	if err != nil {
		w.t.Fatalf("press %s at %s: %v", selector, w.here(), err)
	}
	if problems, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(document.querySelector(".summary-errors") || {innerText: ""}).innerText`)); err != nil || problems != "" {
		w.t.Fatalf("after %s at %s: %v %s", selector, w.here(), err, problems)
	}
}

// until opens a page again and again till it has an element.
func (w walker) until(address, selector string) {
	w.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		if w.open(address); w.has(selector) {
			return
		}
	}
	w.t.Fatalf("%s never has %s", address, selector)
}

// TestBrowserPath goes the whole way in Chromium: an organisation, its team
// and community, a role call, the application of somebody from another node,
// the five questions that lead to a schema, a process, a task that is done, a
// contribution that is awarded, and the story that tells of it.
func TestBrowserPath(t *testing.T) {
	ctx, _ := browser(t)
	cities, o := served(t)
	zaragoza, rome := cities[0], cities[2]
	bundle, err := o.bundle()
	if err == nil {
		_, err = zaragoza.node.Catalogue.Import(t.Context(), zaragoza.node.Operator(), bundle, false)
	}
	if err != nil {
		t.Fatal(err)
	}
	w, host := walker{t, ctx}, zaragoza.node.Namespace.Host()
	here := func(path string) string { return zaragoza.base + path }

	signIn(t, ctx, zaragoza)
	w.open(here("/organizations/new"))
	w.send("/organizations/new", "", "title", "City garden office", "name", "gardens", "summary", "Gardens for everybody.", "lang", "en")
	w.open(here("/organizations/gardens/teams/new"))
	w.send("/organizations/gardens/teams/new", "", "title", "Gardeners", "name", "gardeners", "lang", "en", "kind", "citizen")
	w.open(here("/communities/new"))
	w.send("/communities/new", "", "title", "Green Zaragoza", "name", "green", "lang", "en", "organization", "gardens")

	signIn(t, ctx, rome)
	w.open(rome.base + "/lookup?q=%40green%40" + strings.ReplaceAll(host, ":", "%3A"))
	w.send("/follows", "")
	w.until(here("/communities/green"), `main`)
	w.open(here("/role-calls/new?team=gardeners"))
	w.send("/role-calls/new", "", "community", "green", "lang", "en", "title", "Waterers", "duties", "Water in August.", "seats", "2")
	call := w.here()

	// A citizen of Rome reads it there, and applies with their account.
	w.until(rome.base+"/role-calls?all=yes", `main a[href^="/role-calls/"]:not([href$="new"])`)
	w.follow("/role-calls/")
	abroad := w.here()
	w.send(strings.TrimPrefix(abroad, rome.base)+"/apply", "", "statement", "I water the square at home.")
	w.until(call+"/applications", `main a[href*="/applications/"]`)
	w.follow("/applications/")
	w.send(strings.TrimPrefix(w.here(), zaragoza.base), "", "state", "accepted")
	w.until(abroad, `#application .tag use[href$="#success"]`)

	// From the questions to a process.
	w.open(here("/processes/new"))
	w.follow("/processes/new/service")
	for _, answers := range [][]string{
		{"purpose", "new", "words", "gardens that neighbours look after"}, {"stage", "begin"}, {"country", "ES", "level", "local"},
		{"partner", "all;citizens"}, {"decides", "together", "delivers", "together"},
	} {
		w.answer(answers...)
	}
	w.follow("/processes/new/start?")
	w.send("/processes", "", "title", "Gardens of the quarter", "name", "quarter_gardens", "lang", "en", "organization", "gardens", "team", "gardeners", "community", "green", "summary", "Neighbours look after what grows.")
	process := w.here()
	if !w.has(`main a[href="/communities/green"]`) {
		t.Errorf("%s does not show its community", process)
	}

	// A task is begun, has a result, and is done.
	task := w.firstTask(process)
	w.open(task)
	path := strings.TrimPrefix(task, zaragoza.base)
	w.send(path+"/status", "", "status", "in_progress")
	w.open(task)
	w.send(path+"/status", "", "status", "finished")

	// What was done is told, and awarded.
	w.open(task + "/claim")
	w.send(path+"/claim", "", "title", "Asked the neighbours", "kind", "management")
	w.open(process + "/contributions")
	w.send(w.action(`form[action$="/award"]`), "")
	if !w.has(`.notice.success`) {
		t.Error("nothing says that it was awarded")
	}

	// The story.
	w.open(process + "/publish")
	publish := strings.TrimPrefix(process, zaragoza.base) + "/publish"
	w.send(publish, `.button[value="preview"]`, "title", "A hundred gardens", "summary", "Neighbours made them.", "challenge", "Nobody watered.", "done", "We asked.", "lang", "en")
	w.leave(`button[form="publish"][value="publish"]`)
	if !strings.Contains(w.here(), "/stories/") {
		t.Fatalf("the story is at %s", w.here())
	}
	w.until(rome.base+"/timeline", `main a[href*="/stories/"]`)
}

// answer answers the question that is open and goes on.
func (w walker) answer(fields ...string) {
	w.t.Helper()
	w.send(w.action("main form"), "", fields...)
}

// action is that of a form of the page.
func (w walker) action(selector string) string {
	w.t.Helper()
	action, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q).getAttribute("action")`, selector)))
	if err != nil {
		w.t.Fatalf("%s at %s: %v", selector, w.here(), err)
	}
	return action
}

// firstTask is the address of the first task in the tree of the guide.
func (w walker) firstTask(process string) string {
	w.t.Helper()
	w.open(process + "/guide")
	at, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.querySelector(".tree li.task a").href`))
	if err != nil {
		w.t.Fatal(err)
	}
	return at
}
