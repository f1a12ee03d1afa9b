//go:build !race

package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestBrowserMakesSomethingInAFrame opens a software Interlinker in the frame of
// a task's page in Chromium, as people do, and makes something there. What
// another window says is not listened to.
func TestBrowserMakesSomethingInAFrame(t *testing.T) {
	w, s := browse(t), newSite(t)
	board, e, _ := s.board()
	task := s.URL + "/processes/safe_ways/guide/" + string(s.task.ID)
	w.signIn(s.URL, "official")
	w.do(chromedp.Navigate(task+"/run?interlinker="+e.Slug), chromedp.WaitVisible("iframe.tool-frame"))
	for len(board.Seen()) == 0 { // the script sends the form by itself
		if w.ctx.Err() != nil {
			t.Fatal("the frame does not open")
		}
		if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`new Promise((r) => setTimeout(() => r(true), 50))`, chromedp.EvalAwaitPromise)); err != nil {
			t.Fatal(err)
		}
	}
	// Another window says that something was made: nothing happens.
	if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`new Promise((r) => { addEventListener("message", () => setTimeout(() => r(true), 50)); postMessage({code: "asset_created", message: {id: "note-1"}}, "*"); })`, chromedp.EvalAwaitPromise)); err != nil {
		t.Fatal(err)
	}
	if asset, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.querySelector("[data-made]").elements.asset.value + location.pathname`)); err != nil || !strings.HasSuffix(asset, "/run") || !strings.HasPrefix(asset, "/processes") {
		t.Fatalf("another window is listened to: %q, %v", asset, err)
	}
	w.examine("run")

	type point struct{ X, Y float64 }
	at, err := chromedp.Run(w.ctx, chromedp.Evaluate[point](`(() => { const f = document.querySelector("iframe"); f.scrollIntoView({block: "start"}); const b = f.getBoundingClientRect(); return {X: b.left + 40, Y: b.top + 20}; })()`))
	if err != nil {
		t.Fatal(err)
	}
	w.do(
		chromedp.MouseEvent(chromedp.MousePressed, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(chromedp.MouseReleased, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.KeyEvent("\t"), chromedp.KeyEvent("Map of the streets"), chromedp.KeyEvent("\r"),
		chromedp.WaitVisible(`#resources a[href^="/processes/safe_ways/resources/"]`),
	)
	words, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.querySelector("#resources").innerText`))
	if err != nil || !strings.Contains(words, "Map of the streets") {
		t.Errorf("the task has %q, %v", words, err)
	}
	w.do(chromedp.Click(`#resources a.row-title`), chromedp.WaitVisible(`a[href$="/run?act=view"]`))
	w.examine("resource")
	w.do(chromedp.Navigate(s.URL+"/admin/interlinkers"), chromedp.WaitVisible("main"))
	w.examine("admin")
	w.do(chromedp.Navigate(s.URL+"/admin/interlinkers/new"), chromedp.WaitVisible("main form.form"))
	w.examine("connect")
	w.do(chromedp.Navigate(s.URL+"/processes/safe_ways/uses"), chromedp.WaitVisible("main"))
	w.examine("uses")
}
