//go:build !race

package demo

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// chooses puts a picture of 200 by 200 pixels into the form, as somebody who
// chooses a file does.
const chooses = `(() => {
	const canvas = document.createElement("canvas");
	canvas.width = canvas.height = 200;
	canvas.getContext("2d").fillRect(0, 0, 100, 100);
	canvas.toBlob((blob) => {
		const files = new DataTransfer();
		files.items.add(new File([blob], "square.png", { type: "image/png" }));
		const input = document.querySelector("form[data-complete] input[name=file]");
		input.closest("details").open = true;
		document.querySelector("[data-focus=file]").open = true;
		input.files = files.files;
		input.dispatchEvent(new Event("change", { bubbles: true }));
	});
	return true;
})()`

// points says what must stay in sight of a picture, by keys and by pointer: the
// numbers, which do without, follow.
func (v *visitor) points(ctx context.Context, c *city) {
	v.t.Run("points", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(ctx, time.Minute)
		defer cancel()
		at := func(want string) {
			t.Helper()
			got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`["focus_left", "focus_top"].map((n) => document.querySelector("form[data-complete]").elements[n].value).join()`))
			if err != nil || got != want {
				t.Errorf("it points at %s, not %s (%v)", got, want, err)
			}
		}
		const picture = `[data-focus=file] button.focus`
		err := chromedp.Do(ctx, chromedp.Navigate(c.base+"/communities/mobility"), chromedp.WaitReady(`[data-focus=file]`))
		if err == nil {
			_, err = chromedp.Run(ctx, chromedp.Evaluate[bool](chooses))
		}
		if err == nil {
			err = chromedp.Do(ctx, chromedp.WaitVisible(picture), chromedp.Focus(picture), chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowUp), chromedp.KeyEvent(kb.ArrowUp))
		}
		if err != nil {
			t.Fatalf("the picture is not shown: %v", err)
		}
		at("55,40")
		if err := chromedp.Do(ctx, chromedp.Click(picture)); err != nil {
			t.Fatal(err)
		}
		at("50,50")
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](v.axe+";0")); err != nil {
			t.Fatal(err)
		}
		v.n++
		v.looks(ctx, t, "what stays in sight of a picture")
	})
}
