//go:build !race

package demo

import (
	"encoding/json"
	"html/template"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"interlink/federation/federationtest/dialect"
)

// abroad is a community as people on a Mastodon see it: its profile, and what
// came from it.
var abroad = template.Must(template.New("").Funcs(template.FuncMap{
	"safe": func(s string) template.HTML { return template.HTML(s) }, // what our own node sent
}).Parse(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>As on Mastodon</title>
<style>body{font:16px/1.45 sans-serif;background:#191b22;color:#e6e6ee;margin:0}main{max-width:36rem;margin:auto;background:#282c37}
header,article{padding:1rem;border-bottom:1px solid #393f4f}h1{font-size:1.3rem;margin:0}h2{font-size:1.1rem}small,.boost{color:#9baec8}a{color:#8c8dff}
details{background:#313543;padding:.5rem}.invisible{display:none}.ellipsis::after{content:"…"}</style>
<main><header><h1>{{.Actor.Title}} <small>Group</small></h1><small>{{.Handle}}</small>{{safe .Actor.Text}}</header>
{{range .Posts}}<article>{{if .Pinned}}<div class="boost">📌 Pinned</div>{{end}}{{if .Boosted}}<div class="boost">↻ {{$.Actor.Title}} boosted</div>{{end}}
{{with .Shown}}{{if .Warning}}<details open><summary>{{.Warning}}</summary>{{safe .Text}}</details>{{else}}{{if .Title}}<h2>{{.Title}}</h2>{{end}}{{safe .Text}}{{end}}
{{range .Pictures}}<p>[picture: {{.}}]</p>{{end}}{{if .Title}}<p><a href="{{.Link}}">{{.Link}}</a></p>{{end}}<small>{{.Lang}}</small>{{end}}</article>{{end}}</main></html>`))

type shownAbroad struct {
	Shown   dialect.Shown
	Boosted bool
	Pinned  bool
}

// TestBrowserMastodon shows a community of the demonstration as a Mastodon
// does: the news as posts of their own, the story as a boost with its title.
// Somebody with an account there takes part first.
// TEST_SCREENSHOTS names a directory for pictures.
func TestBrowserMastodon(t *testing.T) {
	ctx, _ := browser(t)
	cities, s := played(t)
	t.Run("takes part", func(t *testing.T) { takesPart(t, ctx, cities[0], s) })
	community := cities[0].base + "/communities/mobility"
	actor, err := dialect.Mastodon.Reads(fetched(t, community))
	if err != nil {
		t.Fatal(err)
	}
	var page struct {
		OrderedItems []json.RawMessage
	}
	if err := json.Unmarshal(fetched(t, community+"/outbox?page=first"), &page); err != nil {
		t.Fatal(err)
	}
	posts := pinnedAbroad(t, community)
	told := map[string]bool{}
	for _, raw := range page.OrderedItems {
		shown, err := dialect.Mastodon.Reads(within(t, raw))
		if err != nil {
			t.Errorf("%v: %s", err, raw)
		}
		switch shown.As {
		case "post":
			posts = append(posts, shownAbroad{Shown: shown})
		case "boost":
			if shown, err = dialect.Mastodon.ReadsPost(fetched(t, shown.Of)); err != nil {
				t.Error(err)
			}
			posts = append(posts, shownAbroad{Shown: shown, Boosted: true})
			told[shown.Title] = true
		}
	}
	if len(posts) < 2 || len(told) == 0 {
		t.Fatalf("there is too little to see: %+v", posts)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = abroad.Execute(w, map[string]any{"Actor": actor, "Handle": "@mobility@" + cities[0].node.Namespace.Host(), "Posts": posts})
	}))
	defer server.Close()
	for name, width := range map[string]int64{"phone": 390, "desk": 1280} {
		if err := chromedp.Do(ctx, chromedp.EmulateViewport(width, 844), chromedp.Navigate(server.URL)); err != nil {
			t.Fatal(err)
		}
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText`))
		if err != nil || !strings.Contains(text, actor.Title) {
			t.Errorf("%s: shows %.200q (%v)", name, text, err)
		}
		if dir := os.Getenv("TEST_SCREENSHOTS"); dir != "" {
			shot, err := chromedp.Run(ctx, chromedp.FullScreenshot(80))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "as-on-mastodon-"+name+".jpg"), shot, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// pinnedAbroad is what whoever opens the profile sees first.
func pinnedAbroad(t *testing.T, community string) (posts []shownAbroad) {
	var page struct {
		OrderedItems []json.RawMessage
	}
	if err := json.Unmarshal(fetched(t, community+"/featured"), &page); err != nil {
		t.Fatal(err)
	}
	for _, raw := range page.OrderedItems {
		shown, err := dialect.Mastodon.ReadsPost(within(t, raw))
		if err != nil {
			t.Error(err)
		}
		posts = append(posts, shownAbroad{Shown: shown, Pinned: true})
	}
	return posts
}

// fetched reads a document as a server does.
func fetched(t *testing.T, address string) []byte {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept", dialect.Mastodon.Accept)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d (%v)", address, answer.StatusCode, err)
	}
	return raw
}

// within gives an item of a collection the context of its collection.
func within(t *testing.T, raw []byte) []byte {
	t.Helper()
	var item map[string]any
	if err := json.Unmarshal(raw, &item); err != nil {
		t.Fatal(err)
	}
	if item["@context"] == nil {
		item["@context"] = "https://www.w3.org/ns/activitystreams"
	}
	out, err := json.Marshal(item)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
