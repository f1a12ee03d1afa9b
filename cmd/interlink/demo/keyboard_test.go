//go:build !race

package demo

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// typist uses pages with the keyboard alone: Tab, Enter, the space bar, arrows
// and letters.
type typist struct{ walker }

// press presses keys.
func (k typist) press(keys string) {
	k.t.Helper()
	if err := chromedp.Do(k.ctx, chromedp.KeyEvent(keys)); err != nil {
		k.t.Fatalf("press %q at %s: %v", keys, k.here(), err)
	}
}

// focused evaluates an expression of el, which has the focus.
func (k typist) focused(expression string) string {
	k.t.Helper()
	out, err := chromedp.Run(k.ctx, chromedp.Evaluate[string](`(() => { const el = document.activeElement; return String(`+expression+`) })()`))
	if err != nil {
		k.t.Fatal(err)
	}
	return out
}

// reach presses Tab until something has the focus, which must be seen.
func (k typist) reach(selector string) {
	k.t.Helper()
	const most = 250
	for range most {
		k.press(kb.Tab)
		if k.focused(fmt.Sprintf(`el.matches(%q)`, selector)) != "true" {
			continue
		}
		if seen := k.focused(`el.checkVisibility() && [el, el.nextElementSibling].some((e) => e && parseFloat(getComputedStyle(e).outlineWidth) >= 2)`); seen != "true" {
			k.t.Errorf("at %s nobody sees that %s has the focus", k.here(), selector)
		}
		return
	}
	k.t.Fatalf("%d times Tab at %s do not lead to %s", most, k.here(), selector)
}

// activate reaches something and presses a key that leads to another page.
func (k typist) activate(selector, key string) {
	k.t.Helper()
	k.reach(selector)
	ctx, cancel := context.WithTimeout(k.ctx, 20*time.Second)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.documentElement.dataset.left = "no", true`)); err != nil {
		k.t.Fatal(err)
	}
	from := k.here()
	if err := chromedp.Do(ctx, chromedp.KeyEvent(key), chromedp.WaitReady(`html:not([data-left]) main`)); err != nil {
		k.t.Fatalf("press %q on %s at %s: %v", key, selector, from, err)
	}
	if problems, err := chromedp.Run(ctx, chromedp.Evaluate[string](`(document.querySelector(".summary-errors") || {innerText: ""}).innerText`)); err != nil || problems != "" {
		k.t.Fatalf("after %s at %s: %v %s", selector, from, err, problems)
	}
}

// write reaches a field, leaves what is in it and types.
func (k typist) write(selector, words string) {
	k.t.Helper()
	k.reach(selector)
	k.press(words)
	if got := k.focused(`el.value`); got != words {
		k.t.Errorf("%s at %s says %q, not %q", selector, k.here(), got, words)
	}
}

// TestBrowserKeyboard signs in, opens a process, moves a part of its tree, goes
// to a task, adds a document to it and gives it to somebody, with the keyboard
// alone: not one address is typed, and no mouse is touched.
func TestBrowserKeyboard(t *testing.T) {
	ctx, _ := browser(t)
	cities, o := served(t)
	zaragoza := cities[0]
	story := &story{zaragoza: zaragoza, bundle: o.bundle}
	for _, step := range []func(context.Context) (string, string, error){story.loadCatalogue, story.organise, story.startProcess} {
		if _, _, err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900)); err != nil {
		t.Fatal(err)
	}
	k := typist{walker{t, ctx}}
	k.open(zaragoza.base + "/")
	process := strings.TrimPrefix(story.process.IRI, zaragoza.base)

	k.activate(`a[href^="/sign-in"]`, kb.Enter)
	k.write(`input[name=login]`, zaragoza.username)
	k.reach(`input[name=password]`)
	k.press(zaragoza.password)
	k.activate(`main form button`, " ")

	k.activate(`header a[href="/processes"], nav a[href="/processes"]`, kb.Enter)
	k.activate(fmt.Sprintf(`main a[href=%q]`, process), kb.Enter)
	k.activate(fmt.Sprintf(`a[href=%q]`, process+"/guide"), kb.Enter)

	// The second phase goes before the first, and the focus stays with it.
	k.activate(fmt.Sprintf(`a[href=%q]`, process+"/guide/arrange"), kb.Enter)
	names := func() string {
		return k.focused(`[...document.querySelectorAll("[data-arrange] > li .row-title")].map((a) => a.innerText).join("|")`)
	}
	before := strings.Split(names(), "|")
	k.activate(`[data-arrange] > li:nth-child(2) button[name=place]:not(:disabled)`, " ")
	before[0], before[1] = before[1], before[0]
	if after := names(); after != strings.Join(before, "|") {
		t.Errorf("moved up, it is %s", after)
	}
	k.press(kb.Tab)
	if where := k.focused(`el.closest("[data-arrange] > li") ? el.closest("[data-arrange] > li").querySelector(".row-title").innerText : el.outerHTML`); where != before[0] {
		t.Errorf("the keyboard goes on at %q, not at what was moved", where)
	}

	// A task gets a document.
	k.activate(fmt.Sprintf(`a[href=%q]`, process+"/guide"), kb.Enter)
	for _, folded := range []struct{ part, key string }{{`.tree > li > details`, kb.Enter}, {`.tree details details`, " "}} {
		k.reach(folded.part + `:not([open]) > summary`)
		k.press(folded.key)
		if k.focused(`el.parentElement.open`) != "true" {
			t.Errorf("%q does not open %s", folded.key, folded.part)
		}
	}
	k.activate(`.tree li.task a`, kb.Enter)
	task := strings.TrimPrefix(k.here(), zaragoza.base)
	k.reach(`input[name=status]:checked`)
	k.press(kb.ArrowRight)
	k.activate(fmt.Sprintf(`form[action=%q] button`, task+"/status"), kb.Enter)
	if status := k.focused(`document.querySelector("input[name=status]:checked").value`); status != "in_progress" {
		t.Errorf("the arrow key makes it %q", status)
	}
	k.reach(`.adding details:not([open]) summary`)
	k.press(kb.Enter)
	add := fmt.Sprintf(`form[action=%q] `, task+"/resources")
	k.write(add+`input[name=title]`, "Minutes")
	k.write(add+`textarea[name=body]`, "We met.")
	k.activate(add+`button`, kb.Enter)
	if !k.has(`#resources .row-title`) {
		t.Error("the document is not there")
	}

	// And somebody to do it.
	k.activate(fmt.Sprintf(`main a[href=%q]`, task+"/assign"), kb.Enter)
	k.reach(`main input[name=people]`)
	k.press(" ")
	if k.focused(`el.checked`) != "true" {
		t.Error("the space bar does not choose")
	}
	k.activate(`main form button.button:not(.quiet)`, kb.Enter)
	if !k.has(`.notice.success`) {
		t.Error("nothing says that it was given")
	}
}
