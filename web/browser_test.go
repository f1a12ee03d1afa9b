//go:build !race

package web_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// window is one of Chromium, with axe-core.
type window struct {
	t   *testing.T
	ctx context.Context
	axe string
}

// browse opens a window, or skips the test where there is no Chromium; in CI that
// fails. TEST_SCREENSHOTS names a directory for pictures.
func browse(t *testing.T) *window {
	t.Helper()
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
	return &window{t, ctx, string(axe)}
}

// do does something, in order.
func (w *window) do(actions ...chromedp.Action[chromedp.Void]) {
	w.t.Helper()
	if err := chromedp.Do(w.ctx, actions...); err != nil {
		w.t.Fatal(err)
	}
}

// signIn opens the page as a person does.
func (w *window) signIn(base, username string) {
	w.t.Helper()
	w.do(chromedp.Navigate(base+"/sign-in"), chromedp.Focus("input[name=login]"), chromedp.KeyEvent(username+"\t"+password+"\r"), chromedp.WaitVisible(`form[action="/sign-out"]`))
}

// examine holds of the page what is true of all, at a desk and on a phone, light and
// dark.
func (w *window) examine(name string) {
	w.t.Helper()
	if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[int](w.axe+";0")); err != nil {
		w.t.Fatal(err)
	}
	for _, look := range []struct {
		name   string
		width  int64
		scheme string
	}{{"desk", 1280, "light"}, {"phone", 390, "light"}, {"desk-dark", 1280, "dark"}, {"phone-dark", 390, "dark"}} {
		_, err := chromedp.Call(w.ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}}})
		if err != nil {
			w.t.Fatal(err)
		}
		w.do(chromedp.EmulateViewport(look.width, 900))
		if wide, err := chromedp.Run(w.ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`)); err != nil || wide > 0 {
			w.t.Errorf("%s, %s: %d pixels too wide, %v", name, look.name, wide, err)
		}
		found, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](
			`axe.run(document, {resultTypes: ["violations"], iframes: false}).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html).join(" ")).join("; "))`, chromedp.EvalAwaitPromise))
		if err != nil || found != "" {
			w.t.Errorf("%s, %s: %s %v", name, look.name, found, err)
		}
		if shots := os.Getenv("TEST_SCREENSHOTS"); shots != "" {
			shot, err := chromedp.Run(w.ctx, chromedp.FullScreenshot(100))
			if err == nil {
				err = os.WriteFile(filepath.Join(shots, name+"-"+look.name+".png"), shot, 0o600)
			}
			if err != nil {
				w.t.Error(err)
			}
		}
	}
	w.do(chromedp.EmulateViewport(1280, 900))
}
