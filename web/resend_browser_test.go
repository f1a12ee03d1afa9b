//go:build !race

package web_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"interlink/storage/storagetest"
)

// TestBrowserResend: what is typed while the database is silent, with the signs and
// lines it has, is sent again by the page that says so, as often as it takes, and is
// there once the database speaks.
func TestBrowserResend(t *testing.T) {
	w := browse(t)
	dsn, wire := storagetest.Through(t, storagetest.Postgres(t))
	s := newSiteOn(t, dsn)
	t.Cleanup(wire.Speak)
	w.signIn(s.URL, "official")
	const again, typed = `form.resend button`, "Benches & \"trees\"\n\n<b>by the river</b>"
	w.do(
		chromedp.Navigate(s.URL+"/communities/mobility"),
		chromedp.SetValue(`textarea[name=content]`, typed),
	)
	wire.Hush()
	w.do(chromedp.Submit(`textarea[name=content]`), chromedp.WaitVisible(again))
	w.examine("resend")
	send := func() {
		if _, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.documentElement.id = "before"`)); err != nil {
			t.Fatal(err)
		}
		w.do(chromedp.Focus(again), chromedp.KeyEvent("\r"), chromedp.WaitVisible(`html:not(#before) .resend button, html:not(#before) .notice.success`))
	}
	send() // it is silent yet
	wire.Speak()
	for range 20 { // what is under way may fail yet
		send()
		if there, err := chromedp.Run(w.ctx, chromedp.Evaluate[bool](`!!document.querySelector(".notice.success")`)); err == nil && there {
			break
		}
	}
	words, err := chromedp.Run(w.ctx, chromedp.Evaluate[string](`document.querySelector("main").innerText`))
	if err != nil || strings.Count(words, "Benches &") != 1 || !strings.Contains(words, "by the river") {
		t.Errorf("the community has %q, %v", words, err)
	}
}
