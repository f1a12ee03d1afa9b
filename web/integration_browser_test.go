//go:build !race

package web_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// TestBrowserMakesSomethingInAFrame opens a software Interlinker in the frame of
// a task's page in Chromium, as people do, and makes something there. What
// another window says is not listened to. TEST_SCREENSHOTS names a directory for
// pictures.
func TestBrowserMakesSomethingInAFrame(t *testing.T) {
	path, script := os.Getenv("TEST_CHROMIUM"), os.Getenv("TEST_AXE")
	if path == "" || script == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("TEST_CHROMIUM or TEST_AXE is not set: ./test.sh sets them")
		}
		t.Skip("TEST_CHROMIUM or TEST_AXE is not set: no browser tests (./test.sh does them)")
	}
	axe, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	s := newSite(t)
	board, e, _ := s.board()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.UserDataDir(t.TempDir()))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if _, err := chromedp.Run(ctx, chromedp.Title()); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	ctx, cancel = context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(cancel)
	do := func(actions ...chromedp.Action[chromedp.Void]) {
		t.Helper()
		if err := chromedp.Do(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	examine := func(name string) {
		t.Helper()
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](string(axe)+";0")); err != nil {
			t.Fatal(err)
		}
		for _, look := range []struct {
			name   string
			width  int64
			scheme string
		}{{"desk", 1280, "light"}, {"phone", 390, "light"}, {"desk-dark", 1280, "dark"}, {"phone-dark", 390, "dark"}} {
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
			if err != nil {
				t.Fatal(err)
			}
			do(chromedp.EmulateViewport(look.width, 900))
			if wide, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`)); err != nil || wide > 0 {
				t.Errorf("%s, %s: %d pixels too wide, %v", name, look.name, wide, err)
			}
			found, err := chromedp.Run(ctx, chromedp.Evaluate[string](
				`axe.run(document, {resultTypes: ["violations"], iframes: false}).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" ")).join("; "))`, chromedp.EvalAwaitPromise))
			if err != nil || found != "" {
				t.Errorf("%s, %s: %s %v", name, look.name, found, err)
			}
			if shots := os.Getenv("TEST_SCREENSHOTS"); shots != "" {
				shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
				if err == nil {
					err = os.WriteFile(filepath.Join(shots, name+"-"+look.name+".png"), shot, 0o600)
				}
				if err != nil {
					t.Error(err)
				}
			}
		}
		do(chromedp.EmulateViewport(1280, 900))
	}

	task := s.URL + "/processes/safe_ways/guide/" + string(s.task.ID)
	do(chromedp.Navigate(s.URL+"/sign-in"), chromedp.Focus("input[name=login]"), chromedp.KeyEvent("official\t"+password+"\r"), chromedp.WaitVisible(`form[action="/sign-out"]`))
	do(chromedp.Navigate(task+"/run?interlinker="+e.Slug), chromedp.WaitVisible("iframe.tool-frame"))
	for len(board.Seen()) == 0 { // the script sends the form by itself
		if ctx.Err() != nil {
			t.Fatal("the frame does not open")
		}
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise((r) => setTimeout(() => r(true), 50))`, chromedp.EvalAwaitPromise)); err != nil {
			t.Fatal(err)
		}
	}
	// Another window says that something was made: nothing happens.
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`new Promise((r) => { addEventListener("message", () => setTimeout(() => r(true), 50)); postMessage({code: "asset_created", message: {id: "note-1"}}, "*"); })`, chromedp.EvalAwaitPromise)); err != nil {
		t.Fatal(err)
	}
	if asset, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("[data-made]").elements.asset.value + location.pathname`)); err != nil || !strings.HasSuffix(asset, "/run") || !strings.HasPrefix(asset, "/processes") {
		t.Fatalf("another window is listened to: %q, %v", asset, err)
	}
	examine("run")

	type point struct{ X, Y float64 }
	at, err := chromedp.Run(ctx, chromedp.Evaluate[point](`(() => { const f = document.querySelector("iframe"); f.scrollIntoView({block: "start"}); const b = f.getBoundingClientRect(); return {X: b.left + 40, Y: b.top + 20}; })()`))
	if err != nil {
		t.Fatal(err)
	}
	do(
		chromedp.MouseEvent(chromedp.MousePressed, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.MouseEvent(chromedp.MouseReleased, at.X, at.Y, chromedp.ButtonLeft, chromedp.ClickCount(1)),
		chromedp.KeyEvent("\t"), chromedp.KeyEvent("Map of the streets"), chromedp.KeyEvent("\r"),
		chromedp.WaitVisible(`#resources a[href^="/processes/safe_ways/resources/"]`),
	)
	words, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector("#resources").innerText`))
	if err != nil || !strings.Contains(words, "Map of the streets") {
		t.Errorf("the task has %q, %v", words, err)
	}
	do(chromedp.Click(`#resources a.row-title`), chromedp.WaitVisible(`a[href$="/run?act=view"]`))
	examine("resource")
	do(chromedp.Navigate(s.URL+"/admin/interlinkers"), chromedp.WaitVisible("main"))
	examine("admin")
	do(chromedp.Navigate(s.URL+"/admin/interlinkers/new"), chromedp.WaitVisible("main form.form"))
	examine("connect")
	do(chromedp.Navigate(s.URL+"/processes/safe_ways/uses"), chromedp.WaitVisible("main"))
	examine("uses")
}
