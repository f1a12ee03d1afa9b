package federationtest_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
)

// answered is all that an answer tells, but for the time.
func answeredAs(t *testing.T, method, address, accept string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept", accept)
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	answer.Header.Del("Date")
	return fmt.Sprintf("%d %v\n%s", answer.StatusCode, answer.Header, body)
}

// TestSec28PrivateObjects: at every address of the federation, what not
// everybody may know of answers as what never was: the same status, headers
// and bytes.
func TestSec28PrivateObjects(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		city := newCity(t, c.Nodes[0])
		city.starterCatalogue(t)
		ctx := t.Context()
		hidden, err := city.Organizations.Create(ctx, city.official, "secret_club", organization.Details{
			Title: english("Secret club"), Kind: organization.Kinds[0], Visibility: domain.VisibleMembers,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := city.Organizations.CreateTeam(ctx, city.official, "secret_club", "secret_team", organization.TeamDetails{Title: english("Secret team"), Kind: organization.Kinds[0]}); err != nil {
			t.Fatal(err)
		}
		start := func(name string, v domain.Visibility) *coproduction.Process {
			p, err := city.Coproduction.Start(ctx, city.official, coproduction.StartInput{
				Name: name, Schema: "public-service", Owner: hidden.ID, Details: coproduction.Details{Title: english("Secret way"), Language: "en", Visibility: v},
			})
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		process, open := start("secret_way", domain.VisibleMembers), start("open_way", domain.VisiblePublic)
		_, tree, err := city.Coproduction.Tree(ctx, city.official, process.Name)
		if err != nil {
			t.Fatal(err)
		}
		item := string(tree.Items()[0].ID)
		for slug, of := range map[string]string{"secret-story": process.Name, "open-story": open.Name} {
			if _, err := city.Stories.Publish(ctx, city.official, story.Input{
				Slug: slug, Process: of, Owner: hidden.ID, Community: city.community.ID, Telling: story.Telling{Title: english("Secret story"), Summary: english("It worked.")},
			}); err != nil {
				t.Fatal(err)
			}
		}
		c.Settle()

		missing := strings.NewReplacer("secret_club", "nobody_club", "secret_team", "nobody_team", "secret_way", "nobody_way", "secret-story", "nobody-story", item, "01990000-0000-7000-8000-00000000000a")
		for _, path := range []string{
			"/organizations/secret_club", "/organizations/secret_club/outbox", "/organizations/secret_club/followers", "/organizations/secret_club/following",
			"/organizations/secret_club/outbox?page=first", "/teams/secret_team", "/teams/secret_team/outbox", "/teams/secret_team/followers", "/teams/secret_team/following",
			"/processes/secret_way", "/processes/secret_way/outbox", "/processes/secret_way/followers", "/processes/secret_way/following", "/processes/secret_way/outbox?page=first",
			"/processes/secret_way/tree", "/processes/secret_way/tree?page=first", "/processes/secret_way/clones", "/processes/secret_way/clones?page=first",
			"/processes/secret_way/guide/" + item, "/stories/secret-story", "/stories/secret-story/snapshot",
			"/.well-known/webfinger?resource=" + url.QueryEscape("acct:secret_club@"+city.Namespace.Host()),
			"/.well-known/webfinger?resource=" + url.QueryEscape(city.URL+"/processes/secret_way"),
		} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				private := answeredAs(t, method, city.URL+path, "application/activity+json")
				never := answeredAs(t, method, city.URL+missing.Replace(path), "application/activity+json")
				if private != never || !strings.HasPrefix(private, "404 ") {
					t.Errorf("%s %s: %s\nwhat never was: %s", method, path, private, never)
				}
			}
		}
		for _, path := range []string{"/organizations/secret_club/inbox", "/teams/secret_team/inbox", "/processes/secret_way/inbox"} {
			private := answeredAs(t, http.MethodPost, city.URL+path, "")
			if never := answeredAs(t, http.MethodPost, city.URL+missing.Replace(path), ""); private != never {
				t.Errorf("POST %s: %s\nwhat never was: %s", path, private, never)
			}
		}
		// Whatever else is public does not name them.
		for _, path := range []string{
			"/processes/open_way", "/processes/open_way/tree?page=first", "/processes/open_way/outbox?page=first", "/stories/open-story", "/stories/open-story/snapshot",
			"/communities/mobility", "/communities/mobility/outbox?page=first", "/catalogue/entries?page=first", "/users/official", "/users/official/outbox?page=first", "/nodeinfo/2.1",
		} {
			if got := answeredAs(t, http.MethodGet, city.URL+path, "application/activity+json"); strings.Contains(got, "secret_") || strings.Contains(got, "Secret club") {
				t.Errorf("%s names what is hidden: %s", path, got)
			}
		}
	})
}

// TestSec28OddAddresses: addresses that no database takes are refused, at
// every route.
func TestSec28OddAddresses(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		city := newCity(t, c.Nodes[0])
		for _, odd := range []string{"%00", "%ff", "a%00b", "..%2f..%2fetc", "%0d%0aX-Evil:%201", strings.Repeat("x", 3000), "'--", "%F0%9F%98%80"} {
			for _, path := range []string{
				"/users/" + odd, "/users/" + odd + "/outbox", "/users/" + odd + "/outbox?page=" + odd, "/communities/mobility/outbox?page=" + odd, "/stories/" + odd, "/stories/" + odd + "/snapshot",
				"/posts/" + odd, "/activities/" + odd, "/interlinkers/" + odd, "/problems/" + odd, "/processes/" + odd + "/tree", "/processes/x/guide/" + odd, "/nodeinfo/" + odd,
				"/catalogue/entries?page=" + odd, "/.well-known/webfinger?resource=" + odd, "/.well-known/webfinger?resource=acct:" + odd + "@" + city.Namespace.Host(),
			} {
				if got := answeredAs(t, http.MethodGet, city.URL+path, "application/activity+json"); got[0] == '5' || strings.Contains(got, "X-Evil:[") {
					t.Errorf("%.80s: %.300s", path, got)
				}
			}
		}
	})
}

// TestSec31Blind: no document that leaves the node has bto, bcc, or anything
// else that is nobody's business.
func TestSec31Blind(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("..", "activity", "testdata", "golden", "*.json"))
	if err != nil || len(files) < 10 {
		t.Fatalf("%d golden files (%v)", len(files), err)
	}
	private := regexp.MustCompile(`"(bto|bcc|email|revision|moderator|reporter|privateKeyPem|serial)"\s*:`)
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if found := private.Find(raw); found != nil {
			t.Errorf("%s has %s", file, found)
		}
	}
}

// TestSec25HostileTexts: what other servers say of themselves stands on our
// pages as text: no script, no form, no picture, no other direction, no
// handle of another host.
func TestSec25HostileTexts(t *testing.T) {
	b := besiege(t, federationtest.New(t, "Zaragoza"))
	evil := `<script>alert(1)</script><form action="https://evil.example"><input name="password"></form><img src=x onerror=alert(1)><svg onload=alert(1)></svg>` +
		`<a href="javascript:alert(1)">a</a><a href="data:text/html,x">b</a><style>*{}</style><iframe src="https://evil.example"></iframe><meta http-equiv="refresh" content="0">`
	host := domain.IRI(b.hostile.URL).Host()
	b.hostile.Pretend(9, map[string]any{
		"name": "City\u202ellaH\u2066 <b>hall</b>\nof\u2028Riga", "summary": evil, "icon": map[string]any{"type": "Image", "url": "javascript:alert(1)"},
		"url": "javascript:alert(1)",
	})
	a, err := b.Lookup(t.Context(), string(b.hostile.Person(9)))
	if err != nil {
		t.Fatal(err)
	}
	if a.Title != "CityllaH <b>hall</b> of Riga" || a.Icon != "" || a.URL != a.IRI {
		t.Errorf("%q %q %q", a.Title, a.Icon, a.URL)
	}
	note := b.hostile.Note(1, 1, evil)
	object := note["object"].(map[string]any)
	object["name"], object["url"], object["summary"] = "\u202eltit<script>", "javascript:alert(1)", evil
	b.accepts(t, b.hostile.Peer, note)
	b.cluster.Settle()
	p, err := b.Communities.PostByIRI(t.Context(), b.reader, domain.IRI(object["id"].(string)))
	if err != nil || p.URL != p.IRI || strings.Contains(p.Title, "\u202e") {
		t.Fatalf("%+v (%v)", p, err)
	}
	for what, html := range map[string]string{
		"the page of an actor": answeredAs(t, http.MethodGet, b.URL+"/@"+a.Name+"@"+host, "text/html"), "a summary": a.Summary,
		"a post": p.Content, "the page of a post": answeredAs(t, http.MethodGet, b.URL+"/posts/"+string(p.ID), "text/html"),
	} {
		for _, bad := range []string{"<script>alert", `action="https://evil`, "onerror", "onload", "javascript:", "data:text", "<iframe", "<style>*", "refresh", "\u202e", `name="password"`} {
			if strings.Contains(strings.ToLower(html), bad) {
				t.Errorf("%s has %q", what, bad)
			}
		}
	}
	for _, name := range []string{"official@" + b.Namespace.Host(), "a b", "a\u202eb", "a\nb", "a/b", "<b>", "", "a\u200bb", "@a"} {
		b.hostile.Pretend(10, map[string]any{"preferredUsername": name})
		if a, err := b.Lookup(t.Context(), string(b.hostile.Person(10))); err == nil {
			t.Errorf("the name %q makes the handle %s", name, a.Handle(b.Namespace.Host()))
		}
	}
	if a, err := b.Network.ActorByHandle(t.Context(), policy.Viewer{}, "official", ""); err != nil || !a.Local() {
		t.Errorf("our own official is %v (%v)", a, err)
	}
}
