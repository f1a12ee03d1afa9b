//go:build !race

package web_test

import (
	"testing"

	"github.com/chromedp/chromedp"

	"interlink/domain"
	"interlink/domain/community"
)

// TestBrowserLongName: on a phone a name without a space stays beside the time of a
// post, and does not run under it.
func TestBrowserLongName(t *testing.T) {
	w, s := browse(t), newSite(t)
	if _, err := s.Communities.Create(t.Context(), s.official, "safety", community.Details{Title: domain.Text{"nl": "Verkeersveiligheidswerkgroepen"}, Language: "nl"}); err != nil {
		t.Fatal(err)
	}
	post, err := s.Communities.Post(t.Context(), s.official, "safety", community.Draft{Content: "Wij tellen de stoepranden.", Language: "nl"})
	if err != nil {
		t.Fatal(err)
	}
	w.do(chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile), chromedp.Navigate(string(post.IRI)), chromedp.WaitVisible(".post header"))
	free, err := chromedp.Run(w.ctx, chromedp.Evaluate[float64](`(() => {
		const header = document.querySelector(".post header"), name = document.createRange();
		name.selectNodeContents(header.querySelector(".person-words > :is(a, b)"));
		return header.querySelector(".post-when").getBoundingClientRect().left - Math.max(...[...name.getClientRects()].map((r) => r.right));
	})()`))
	if err != nil || free < 0 {
		t.Errorf("%g pixels are between the name and the time, %v", free, err)
	}
}
