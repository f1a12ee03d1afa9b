//go:build !race

package demo

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

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
			got, err := chromedp.Run(ctx, chromedp.Evaluate[string](script))
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
		err = chromedp.Do(ctx, chromedp.Focus(line), chromedp.KeyEvent("district 7"), chromedp.WaitVisible(option), chromedp.KeyEvent(kb.ArrowDown), chromedp.WaitVisible(`[data-find] [aria-selected=true]`))
		if err != nil {
			t.Fatalf("nothing is offered: %v", err)
		}
		if got := read(`document.querySelector("[data-find] [aria-selected=true]").textContent`); !strings.HasPrefix(got, "Waiting lists in district 7 ") {
			t.Errorf("first comes %q", got)
		}
		if got := read(`(() => { const l = document.querySelector("` + line + `"); return l.getAttribute("aria-expanded") + " " + (document.getElementById(l.getAttribute("aria-activedescendant")) !== null); })()`); got != "true true" {
			t.Errorf("a screen reader hears %q", got)
		}
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Enter), chromedp.WaitNotVisible(`[data-find] .suggestions`)); err != nil {
			t.Fatal(err)
		}
		if got := read(`[...document.querySelectorAll("input[name=problems]:checked")].map((b) => b.value).join()`); !strings.HasSuffix(got, "DISTRICT_7") {
			t.Errorf("chosen are %q", got)
		}
		if after := read(summary); after == before || !strings.Contains(after, "chosen of") {
			t.Errorf("%q became %q", before, after)
		}
		err = chromedp.Do(ctx, chromedp.KeyEvent("district 8"), chromedp.WaitVisible(option), chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible(`[data-find] .suggestions`))
		if err != nil {
			t.Errorf("suggestions do not close: %v", err)
		}
		if got := read(`document.querySelector("` + line + `").value`); got != "district 8" {
			t.Errorf("left as %q", got)
		}
		if err := chromedp.Do(ctx, chromedp.KeyEvent("8"), chromedp.WaitVisible(option)); err != nil {
			t.Fatal(err)
		}
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](v.axe+";0")); err != nil {
			t.Fatal(err)
		}
		v.n++
		v.looks(ctx, t, "suggestions of a finder")
	})
}
