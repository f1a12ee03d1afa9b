package locale

import (
	"net/http"
	"slices"
	"testing"

	"interlink/domain"
)

// FuzzNegotiate: whatever a browser wishes, it gets a language that there is,
// and the one it wishes for if the catalog has it.
func FuzzNegotiate(f *testing.F) {
	for _, s := range []string{"es-MX,es;q=0.9,en;q=0.8", "*", "", "de-x-klingon;q=2", "en;q=0,nl", "zh-Hans-CN-u-co-pinyin", "i-default", "en-US-u-rg-uszzzz, \xff"} {
		f.Add(s, "", "")
		f.Add("", s, s)
	}
	catalog := Default()
	langs := catalog.Langs()
	f.Fuzz(func(t *testing.T, header, cookie, wish string) {
		r, err := http.NewRequest(http.MethodGet, "/", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Language", header)
		r.AddCookie(&http.Cookie{Name: Cookie, Value: cookie})
		got := catalog.Negotiate(r, domain.Lang(wish), "es")
		if !slices.Contains(langs, got) {
			t.Errorf("%q, %q, %q: %q", header, cookie, wish, got)
		}
		if lang, ok := catalog.Match(wish); ok && lang != got {
			t.Errorf("the account wishes %q and gets %q", wish, got)
		}
	})
}
