//go:build !race

package demo

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// finds looks for a problem profile among many by the keyboard, and picks it:
// it is one of those that are chosen, and how many these are is said at once.
func (v *visitor) finds(ctx context.Context, c *city) {
	v.t.Run("finds", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
		defer cancel()
		var many catalogue.Bundle
		for n := range domain.MaxPage {
			many.Entries = append(many.Entries, &catalogue.Entry{
				Kind: catalogue.KindProblem, Key: fmt.Sprint("district-", n), Name: domain.Text{"en": fmt.Sprint("Waiting lists in district ", n)},
				Problem: &catalogue.ProblemProfile{Code: fmt.Sprint("DISTRICT_", n)},
			})
		}
		if report, err := c.node.Catalogue.Import(ctx, c.node.Operator(), many, false); err != nil || report.ProblemProfiles.Added != domain.MaxPage {
			t.Fatal(report, err)
		}
		const line, option = `[data-find] input`, `[data-find] .suggestions [role=option]`
		const summary = `document.querySelector("summary[data-chosen]").textContent`
		read := func(script string) string {
			t.Helper()
			got, err := chromedp.Run(ctx, chromedp.Evaluate[string](script, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		err := chromedp.Do(ctx, chromedp.Navigate(c.base+"/interlinkers/stakeholder-map/edit?lang=en"), chromedp.WaitReady(line), chromedp.Focus("summary[data-chosen]"), chromedp.KeyEvent(kb.Enter), chromedp.WaitVisible(line))
		if err != nil {
			t.Fatal(err)
		}
		before := read(summary)
		err = chromedp.Do(ctx, chromedp.Focus(line), chromedp.KeyEvent("district 7"), chromedp.WaitVisible(`[data-find] [data-value=DISTRICT_7]:first-child`), chromedp.KeyEvent(kb.ArrowDown), chromedp.WaitVisible(`[data-find] [aria-selected=true]`))
		if err != nil {
			t.Fatalf("nothing is offered: %v", err)
		}
		if got := read(`document.querySelector("[data-find] [aria-selected=true]").textContent`); !strings.HasPrefix(got, "Waiting lists in district 7 ") {
			t.Errorf("first comes %q", got)
		}
		if got := read(`(() => { const l = document.querySelector("` + line + `"); return l.getAttribute("aria-expanded") + " " + (document.getElementById(l.getAttribute("aria-activedescendant")) !== null); })()`); got != "true true" {
			t.Errorf("a screen reader hears %q", got)
		}
		// As a keyboard sends it: KeyEvent sends the character by itself, which
		// submits the form though the key was taken.
		enter := input.DispatchKeyEventParams{Type: input.DispatchKeyEventTypeKeyDown, Key: "Enter", Code: "Enter", Text: "\r", WindowsVirtualKeyCode: 13}
		if _, err := chromedp.Call(ctx, input.DispatchKeyEvent, enter); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(ctx, chromedp.WaitNotVisible(`[data-find] .suggestions`)); err != nil {
			t.Fatal(err)
		}
		if got := read(`[...document.querySelectorAll("input[name=problems]:checked")].map((b) => b.value).join()`); !strings.HasSuffix(got, "DISTRICT_7") {
			t.Errorf("chosen are %q", got)
		}
		if after := read(summary); after == before || !strings.Contains(after, "chosen of") {
			t.Errorf("%q became %q", before, after)
		}
		// Escape closes the list, and an answer that is under way does not open it
		// again: it is held back until after the key.
		hold(ctx, t)
		err = chromedp.Do(ctx, chromedp.KeyEvent("district 8"), chromedp.WaitReady(`html[data-asked]`), chromedp.KeyEvent(kb.Escape))
		if err != nil {
			t.Fatal(err)
		}
		if got := read(release); got != "aborted" {
			t.Errorf("the answer after Escape was %s", got)
		}
		if open := read(`String(!document.querySelector("[data-find] .suggestions").hidden)`); open != "false" {
			t.Error("suggestions are open after Escape")
		}
		if err := chromedp.Do(ctx, chromedp.KeyEvent(" district 8"), chromedp.WaitVisible(option)); err != nil {
			t.Fatal(err)
		}
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](v.axe+";0")); err != nil {
			t.Fatal(err)
		}
		v.n++
		v.looks(ctx, t, "suggestions of a finder")
	})
}

// release lets the answer through that hold holds back, and says what became of it.
const release = `(async () => { window.answers(); return await window.answered; })()`

// hold keeps back what the page asks for next, until it is released.
func hold(ctx context.Context, t *testing.T) {
	t.Helper()
	const script = `(() => {
		const fetched = window.fetch;
		const held = new Promise((go) => { window.answers = go; });
		window.fetch = (address, options) => {
			window.fetch = fetched;
			document.documentElement.dataset.asked = "yes";
			const answer = held.then(() => fetched(address, options));
			window.answered = answer.then(() => "taken", () => "aborted");
			return answer;
		};
	})();0`
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](script)); err != nil {
		t.Fatal(err)
	}
}
