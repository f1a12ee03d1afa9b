//go:build !race

package demo

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"interlink/domain/community"
)

// writes begins a post by the keyboard: a hashtag and a name are completed, what
// somebody else posts meanwhile is offered, and nothing that was typed is lost.
func (v *visitor) writes(ctx context.Context, c *city) {
	v.t.Run("writes", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
		defer cancel()
		const area = `form[data-complete] textarea[name=content]`
		value := func() string {
			got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("`+area+`").value`))
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		err := chromedp.Do(ctx, chromedp.Navigate(c.base+"/communities/mobility"), chromedp.Focus(area),
			chromedp.KeyEvent("Come to #stre"), chromedp.WaitVisible(`.suggestions [role=option]`),
			chromedp.KeyEvent(kb.ArrowDown), chromedp.WaitVisible(`.suggestions [aria-selected=true]`))
		if err != nil {
			t.Fatalf("nothing is offered: %v", err)
		}
		if err := chromedp.Do(ctx, chromedp.KeyEvent(kb.Tab)); err != nil {
			t.Fatal(err)
		}
		if got := value(); got != "Come to #streets " {
			t.Errorf("completed to %q", got)
		}
		if err := chromedp.Do(ctx, chromedp.KeyEvent("@mobi"), chromedp.WaitVisible(`.suggestions [role=option]`), chromedp.KeyEvent(kb.Escape), chromedp.WaitNotVisible(`.suggestions`)); err != nil {
			t.Errorf("suggestions do not close: %v", err)
		}
		if got := value(); got != "Come to #streets @mobi" {
			t.Errorf("left as %q", got)
		}

		a, err := c.node.Accounts.ByUsername(ctx, c.username)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := c.node.Communities.Post(ctx, a.Viewer(), "mobility", community.Draft{Content: "Meanwhile", Language: "en"}); err != nil {
			t.Fatal(err)
		}
		if err := chromedp.Do(ctx, chromedp.WaitVisible(`.live a`)); err != nil {
			t.Fatalf("what is new is not offered: %v", err)
		}
		if got := value(); got != "Come to #streets @mobi" {
			t.Errorf("what was typed became %q", got)
		}
		err = chromedp.Do(ctx, chromedp.Focus(area), chromedp.KeyEvent(" #stre"), chromedp.WaitVisible(`.suggestions [role=option]`), chromedp.KeyEvent(kb.ArrowDown))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](v.axe+";0")); err != nil {
			t.Fatal(err)
		}
		v.n++
		v.looks(ctx, t, "suggestions, and what is new")
	})
}

// talks begins a thread with a poll, answers, likes, reports and closes it, with
// the keyboard alone, and looks at the menu of a post.
func (v *visitor) talks(ctx context.Context, c *city) {
	v.t.Run("talks", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
		defer cancel()
		k := typist{walker{t, ctx}}
		told := func(what string) {
			t.Helper()
			if got := k.focused(`(document.querySelector(".notice[role=status]") || {innerText: ""}).innerText`); got == "" {
				t.Errorf("nothing tells that it was %s", what)
			}
		}
		k.open(c.base + "/communities/mobility")
		k.write(`form[data-complete] textarea[name=content]`, "Which day suits you?")
		k.reach(`.folded > details:nth-child(2) > summary`)
		k.press(kb.Enter)
		k.write(`textarea[name=poll_options]`, "Monday\nFriday")
		k.activate(`form[data-complete] .form-row button`, kb.Enter)
		told("posted")
		k.activate(`.posts .post:has(.poll) > footer a[href$="#answers"]`, kb.Enter)
		thread := k.here()
		k.write(`form[data-complete] textarea[name=content]`, "Friday, for me.")
		k.activate(`form[data-complete] .form-row button`, kb.Enter)
		told("answered")
		k.activate(`.main-post form[action$="/like"] button`, kb.Enter)
		if !k.has(`.main-post form[action$="/unlike"] button`) {
			t.Error("it is not liked")
		}
		menu := func() {
			t.Helper()
			k.reach(`.main-post .menu > summary`)
			k.press(kb.Enter)
			if k.focused(`el.parentElement.open`) != "true" {
				t.Error("the menu does not open")
			}
		}
		menu()
		k.press(kb.Tab + kb.Escape)
		if k.focused(`el.matches(".menu:not([open]) > summary")`) != "true" {
			t.Error("the menu does not close, or the focus does not come back to it")
		}
		k.press(kb.Enter)
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](v.axe+";0")); err != nil {
			t.Fatal(err)
		}
		v.n++
		v.looks(ctx, t, "the menu of a post")
		k.activate(`.main-post .menu form[action$="/lock"] button`, kb.Enter)
		told("closed")
		k.open(thread)
		menu()
		k.activate(`.main-post .menu a[href^="/report"]`, kb.Enter)
		k.write(`textarea[name=reason]`, "Asked twice.")
		k.activate(`main form.form button`, kb.Enter)
		told("reported")
	})
}
