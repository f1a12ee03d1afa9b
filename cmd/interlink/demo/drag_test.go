//go:build !race

package demo

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestBrowserDrag drags the first phase of a process below the second, by its
// grip, with the mouse: where it is dropped it stays, on the next page too.
func TestBrowserDrag(t *testing.T) {
	ctx, _ := browser(t)
	cities, s := served(t)
	zaragoza := cities[0]
	story := &story{zaragoza: zaragoza, bundle: s.bundle}
	for _, step := range []func(context.Context) (string, string, error){story.loadCatalogue, story.organise, story.startProcess} {
		if _, _, err := step(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	w := walker{t, ctx}
	signIn(t, ctx, zaragoza)
	w.open(story.process.IRI + "/guide/arrange")
	names := func() []string {
		t.Helper()
		all, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](`[...document.querySelectorAll("[data-arrange] > li .row-title")].map((a) => a.innerText)`))
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	before := names()
	if len(before) < 2 {
		t.Fatalf("there is nothing to arrange: %v", before)
	}
	type point struct{ X, Y, Below float64 }
	at, err := chromedp.Run(ctx, chromedp.Evaluate[point](`(() => {
		const [first, second] = document.querySelectorAll("[data-arrange] > li"), grip = first.querySelector("[data-grip]");
		grip.scrollIntoView({block: "center"});
		const box = grip.getBoundingClientRect(), below = second.getBoundingClientRect();
		return {X: box.left + box.width / 2, Y: box.top + box.height / 2, Below: below.bottom - 4};
	})()`))
	if err != nil || at.X == 0 {
		t.Fatalf("no grip: %+v, %v", at, err)
	}
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`document.documentElement.dataset.left = "no", true`)); err != nil {
		t.Fatal(err)
	}
	err = chromedp.Do(ctx,
		chromedp.MouseEvent(chromedp.MousePressed, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(chromedp.MouseMoved, at.X, (at.Y+at.Below)/2, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseMoved, at.X, at.Below, chromedp.ButtonLeft),
		chromedp.MouseEvent(chromedp.MouseReleased, at.X, at.Below, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.WaitReady(`html:not([data-left]) main`),
	)
	if err != nil {
		t.Fatalf("drag: %v", err)
	}
	want := append([]string{before[1], before[0]}, before[2:]...)
	if after := names(); !slices.Equal(after, want) {
		t.Errorf("it was %v, and is %v", before, after)
	}
	w.open(story.process.IRI + "/guide/arrange")
	if after := names(); !slices.Equal(after, want) {
		t.Errorf("on the next page: %s", fmt.Sprint(after))
	}
}
