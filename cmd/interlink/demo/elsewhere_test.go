//go:build !race

package demo

import (
	"context"
	"encoding/json"
	"html/template"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"interlink/federation/federationtest"
)

// homePage is a page of somebody's own server: what they are asked there.
var homePage = template.Must(template.New("").Parse(`<!doctype html><title>Home</title><style>:focus { outline: 2px solid }</style><main><p id="asked">{{.Asked}}</p>{{with .Allow}}<a id="allow" href="{{.}}">Allow</a>{{end}}</main>`))

// home is a Mastodon with the pages that its people see.
func home(t *testing.T) *federationtest.Mastodon {
	m := federationtest.NewMastodon(t, true)
	m.Twist(func(w http.ResponseWriter, r *http.Request) {
		page := struct{ Asked, Allow string }{}
		switch r.URL.Path {
		case "/.well-known/webfinger":
			w.Header().Set("Content-Type", "application/jrd+json")
			_ = json.NewEncoder(w).Encode(map[string]any{"subject": r.URL.Query().Get("resource"), "links": []map[string]string{
				{"rel": "self", "type": "application/activity+json", "href": string(m.Person(1))},
				{"rel": "http://ostatus.org/schema/1.0/subscribe", "template": m.URL + "/authorize_interaction?uri={uri}"},
				{"rel": "https://w3id.org/fep/3b86/Follow", "template": m.URL + "/follow?uri={object}"},
			}})
			return
		case "/oauth/authorize":
			var err error
			if page.Allow, err = m.Approve(m.URL+r.URL.RequestURI(), "person1"); err != nil {
				t.Error(err)
			}
		case "/authorize_interaction", "/follow":
			page.Asked = r.URL.Path + " " + r.URL.Query().Get("uri")
		default:
			return
		}
		_ = homePage.Execute(w, page)
	})
	return m
}

// takesPart follows, answers and signs in from another server, as a guest of the
// city, in the browser and with the keyboard alone.
func takesPart(t *testing.T, ctx context.Context, c *city, s *story) {
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	m := home(t)
	k, community := typist{walker{t, ctx}}, c.base+"/communities/mobility"
	goes := func(selector, want string) {
		t.Helper()
		k.activate(selector, kb.Enter)
		k.write(`input[name=handle]`, "@person1@"+strings.TrimPrefix(m.URL, "http://"))
		k.activate(`main form button`, kb.Enter)
		if asked := k.focused(`document.querySelector("#asked").innerText`); asked != want {
			t.Errorf("their server asks about %q, not %q", asked, want)
		}
	}
	k.open(community)
	goes(`main a[href$="/follow"]`, "/follow "+community)
	k.open(community)
	k.activate(`.post > footer a[href^="/posts/"]`, kb.Enter)
	post := k.focused(`location.origin + location.pathname`)
	goes(`main a[href$="/elsewhere"]`, "/authorize_interaction "+post)
	call := strings.TrimPrefix(s.call.URL, c.base)
	k.open(c.base + "/guest?return=" + url.QueryEscape(call))
	k.write(`input[name=handle]`, strings.TrimPrefix(m.URL, "http://"))
	k.activate(`main form button`, kb.Enter)
	k.activate(`#allow`, kb.Enter)
	if at := k.here(); !strings.HasPrefix(at, s.call.URL) || !k.has(`form[action="/guest/leave"]`) {
		t.Errorf("signed in, they are at %s, and not as a guest", at)
	}
}
