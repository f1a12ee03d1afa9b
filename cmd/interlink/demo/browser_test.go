//go:build !race

package demo

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
)

// browser starts Chromium, or skips the test where there is none; in CI that
// is a failure.
func browser(t *testing.T) (ctx context.Context, axe string) {
	t.Helper()
	path, script := os.Getenv("TEST_CHROMIUM"), os.Getenv("TEST_AXE")
	if path == "" || script == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("TEST_CHROMIUM or TEST_AXE is not set: ./test.sh sets them")
		}
		t.Skip("TEST_CHROMIUM or TEST_AXE is not set: no browser tests (./test.sh does them)")
	}
	source, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox,
		chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-sync", true))
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if _, err := chromedp.Run(ctx, chromedp.Title()); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return ctx, string(source)
}

// played starts the three cities, plays the story and serves until the test
// ends.
func played(t *testing.T) ([]*city, *story) {
	t.Helper()
	cities, o := served(t)
	s := &story{zaragoza: cities[0], riga: cities[1], rome: cities[2], bundle: o.bundle}
	if out := new(strings.Builder); !play(t.Context(), reporter{out: out}, s) {
		t.Fatalf("the story does not hold:\n%s", out)
	}
	return cities, s
}

// served starts the three cities, which serve until the test ends.
func served(t *testing.T) ([]*city, *Options) {
	t.Helper()
	o := &Options{Host: "127.0.0.1", Data: t.TempDir(), Out: io.Discard, Log: slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelError}))}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	cities, unlock, err := start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(unlock)
	var serving sync.WaitGroup
	for _, c := range cities {
		serving.Go(func() {
			if err := c.run(ctx); err != nil {
				t.Errorf("%s: %v", c.name, err)
			}
		})
	}
	t.Cleanup(func() {
		stop()
		serving.Wait()
		for _, c := range cities {
			if err := c.node.Close(); err != nil {
				t.Error(err)
			}
		}
	})
	return cities, o
}

// look is a way in which every page is looked at, once it is loaded.
type look struct {
	name          string
	width, height int64
	dark          bool
	rules         string // what axe-core examines: its options; nothing, if empty
}

// What axe-core examines: everything once, then what depends on the width and
// on the colours.
const (
	everything = `{resultTypes: ["violations"]}`
	widths     = `{resultTypes: ["violations"], runOnly: ["color-contrast", "scrollable-region-focusable"]}`
	colours    = `{resultTypes: ["violations"], runOnly: ["color-contrast"]}`
)

var looks = []look{
	{"phone", 390, 844, false, everything},
	{"desk", 1280, 900, false, widths},
	{"desk-dark", 1280, 900, true, colours},
	{"phone-dark", 390, 844, true, ""},
	{"zoom", 320, 256, false, ""}, // 1280 pixels at 400 % (WCAG 1.4.10)
}

// TestBrowserPages opens every kind of page in Chromium as people do, at a
// desk and on a phone, light and dark, at 400 %, and holds what is true of all: no
// finding of axe-core, nothing wider than the window, one main heading. TEST_SCREENSHOTS names a directory for pictures,
// TEST_PAGES a part of the addresses that are looked at; all, if it is empty.
func TestBrowserPages(t *testing.T) {
	ctx, axe := browser(t)
	cities, s := played(t)
	zaragoza, riga, rome := cities[0], cities[1], cities[2]
	host := zaragoza.node.Namespace.Host()
	task := s.process.IRI + "/guide/" + s.tasks[0].ID

	furnished := furnish(t, zaragoza, rome)
	anonymous := []string{
		zaragoza.base + "/", zaragoza.base + "/catalogue", zaragoza.base + "/catalogue?q=map&nature=knowledge", zaragoza.base + "/catalogue?q=zzzz",
		zaragoza.base + "/catalogue?q=stakehodler+map&nature=knowledge&nature=software&language=es", zaragoza.base + "/catalogue/advice",
		zaragoza.base + "/catalogue/advice?words=We+want+to+map+the+stakeholders+of+our+service+and+engage+them", zaragoza.base + "/catalogue/advice?words=zzzz",
		s.interlinker.IRI, zaragoza.base + "/problems", zaragoza.base + "/problems/ORG_PROBLEM_5", zaragoza.base + "/schemas", s.schema.IRI,
		zaragoza.base + "/communities", zaragoza.base + "/communities/mobility", zaragoza.base + "/communities/mobility/follow", zaragoza.base + "/tags/streets",
		zaragoza.base + "/organizations", zaragoza.base + "/organizations/city_lab", zaragoza.base + "/teams/school_routes", zaragoza.base + "/teams/school_routes/people",
		zaragoza.base + "/processes", s.process.IRI, s.process.IRI + "/guide", task, s.process.IRI + "/clones", s.process.IRI + "/lineage", rome.base + again + "/lineage", s.process.IRI + "/releases", s.process.IRI + "/releases/1.1", s.process.IRI + "/reuse", s.interlinker.IRI + "/reuse",
		zaragoza.base + "/stories", zaragoza.base + "/stories/" + s.told, zaragoza.base + "/stories/" + s.told + "/reuse", zaragoza.base + "/sign-in", zaragoza.base + "/sign-up",
		zaragoza.base + "/role-calls?all=yes", s.call.URL, zaragoza.base + "/guest?return=%2Frole-calls%2F", zaragoza.base + "/guest/servers/social.example?state=none",
		zaragoza.base + "/log", s.process.IRI + "/log", zaragoza.base + "/report?about=" + url.QueryEscape(s.process.IRI), zaragoza.base + "/transparency",
		zaragoza.base + "/legal", zaragoza.base + "/legal/privacy", zaragoza.base + "/legal/retention", zaragoza.base + "/legal/imprint/versions", zaragoza.base + "/statements",
		zaragoza.base + "/developers", zaragoza.base + "/regulations", zaragoza.base + "/regulations/gdpr",
		zaragoza.base + "/reset", zaragoza.base + "/check-mail", zaragoza.base + "/nothing-here", zaragoza.base + "/users/official",
	}
	atZaragoza := []string{
		"/interlinkers/new", "/catalogue/drafts", "/catalogue/offers", "/interlinkers/stakeholder-map/edit", "/interlinkers/stakeholder-map/edit?in=lv",
		"/interlinkers/stakeholder-map/reviews", "/interlinkers/stakeholder-map/reviews/mine", "/interlinkers/stakeholder-map/translate?field=summary&in=de", "/interlinkers/stakeholder-map/translations", "/interlinkers/stakeholder-map/files", "/interlinkers/stakeholder-map/pictures",
		"/interlinkers/stakeholder-map/versions", "/interlinkers/stakeholder-map/deprecate",
		"/", "/me", "/me/tokens", "/admin", "/admin/import", "/admin/approvals", "/organizations/new", "/organizations/city_lab",
		"/organizations/city_lab/edit", "/organizations/city_lab/teams/new", "/communities/new", "/communities/mobility", "/timeline", "/timeline?kind=polls", "/tags/streets", "/lookup",
		"/processes/new", "/processes/new/service?words=safe+ways", "/processes/new/stage", "/processes/new/place?country=ES&regulation=gdpr", "/processes/new/partners", "/processes/new/governance",
		"/processes/new/schemas?purpose=new&stage=begin&country=ES&level=local&regulation=gdpr&partner=all%3Bcitizens&decides=together&delivers=together&words=safe+ways+to+school",
		"/processes/new/start?schema=public-service&governance=public_civil_partnership&country=ES", "/schemas/public-service?country=ES", "/processes/safe_school_routes", "/processes/safe_school_routes/edit",
		"/processes/safe_school_routes/guide/" + s.tasks[0].ID, "/processes/safe_school_routes/people", "/processes/safe_school_routes/history", "/processes/safe_school_routes/clones", "/processes/safe_school_routes/improvements", "/processes/safe_school_routes/move", "/processes/safe_school_routes/releases/new",
		"/processes/safe_school_routes/guide/new", "/processes/safe_school_routes/guide/" + s.tasks[0].ID + "/edit",
		"/processes/safe_school_routes/guide/arrange", "/processes/safe_school_routes/guide/" + s.tasks[0].ID + "/move",
		"/processes/safe_school_routes/plan", "/processes/safe_school_routes/plan?zoom=year", "/processes/safe_school_routes/uses", "/processes/safe_school_routes/webhooks",
		"/admin/interlinkers", "/admin/interlinkers/new",
		"/processes/safe_school_routes/guide/" + s.tasks[0].ID + "/first", "/processes/safe_school_routes/guide/" + s.tasks[0].ID + "/history",
		"/processes/safe_school_routes/publish", "/processes/safe_school_routes/publish?story=" + s.told, "/processes/safe_school_routes/publish/import", "/stories/" + s.told, "/stories/" + s.told + "/partners", "/stories/" + s.told + "/reviews", "/organizations/city_lab/cosignatures", "/clone", "/clone?address=" + url.QueryEscape(s.process.IRI),
		"/interlinkers/service-aim-canvas/edit", "/interlinkers/service-aim-canvas/withdraw", "/stories/" + s.told + "/retract",
		"/admin/log?family=account", "/problems/ORG_PROBLEM_7", "/problems/ORG_PROBLEM_7/edit", "/schemas/public-service/edit", "/schemas/public-service/deprecate", "/me/data", "/me/leave", "/admin/notices", "/admin/legal", "/admin/legal/terms", "/admin/legal/accessibility", "/terms", "/teams/school_routes/log",
		"/admin/reports", "/admin/catalogues", "/admin/review", "/admin/trust", "/admin/archive", "/admin/rules", "/admin/rules?host=" + url.QueryEscape(rome.node.Namespace.Host()) + "&verdict=limit", "/admin/federation",
		"/admin/federation/" + url.PathEscape(rome.node.Namespace.Host()), "/admin/received", "/report?actor=" + url.QueryEscape(person(rome)),
		"/communities/mobility/edit", "/communities/mobility/people", "/communities/mobility/reports", "/organizations/city_lab/logo", "/teams/school_routes/edit",
		"/organizations/city_lab/people", "/organizations/city_lab/teams", "/organizations/city_lab/delete", "/teams/school_routes/people?q=o", "/teams/school_routes/people/list",
		"/teams/school_routes/logo", "/teams/school_routes/delete", "/me/memberships", "/me/searches", "/catalogue?q=map",
		"/role-calls", "/role-calls/new?team=school_routes", "/role-calls/" + s.call.ID + "/applications", "/role-calls/" + s.call.ID + "/edit",
		"/role-calls/" + s.call.ID + "/applications/" + s.applied, "/role-calls/" + furnished, "/role-calls/" + furnished + "/applications", "/me/applications",
		"/notifications", "/notifications?show=unread", "/me/notifications", "/me/profile", "/me/move", "/organizations/city_lab/profile", "/communities/mobility/profile", "/communities/mobility/move", "/communities/mobility/archive",
	}
	atRiga := []string{
		"/catalogue?origin=" + url.QueryEscape(host), s.copied(), "/processes/safe_school_routes_riga", "/processes/safe_school_routes_riga/updates", "/processes/safe_school_routes_riga/improvements/new", "/processes/safe_school_routes_riga/improvements?side=sent", "/processes/safe_school_routes_riga/improvements/" + s.improved.ID, "/clone?address=" + url.QueryEscape(s.process.IRI), broughtFrom(t, zaragoza, riga, "safe_school_routes", false), broughtFrom(t, zaragoza, riga, "safe_school_routes", true), "/admin",
		"/processes/safe_school_routes_riga/guide/" + firstTask(t, riga, "safe_school_routes_riga"),
	}
	atRiga = append(append(atRiga, takenAlong(t, zaragoza, riga)...), bulletins(t, zaragoza, riga)...)
	atRiga = append(atRiga, cosigned(t, zaragoza, riga, s.told)...)
	requests, joining := askedToJoin(t, zaragoza, rome)
	atZaragoza = append(append(atZaragoza, moderated(t, zaragoza)...), retired(t, zaragoza)...)
	atZaragoza = append(atZaragoza, "/processes/safe_school_routes/joining", requests, strings.TrimSuffix(requests, "/applications"))
	atRome := []string{askedAbroad(t, zaragoza, rome), "/me/assignments?all=yes", "/me/applications", "/role-calls?all=yes", "/role-calls/" + s.abroad.ID, "/timeline", "/@mobility@" + host, "/lookup?q=" + url.QueryEscape("@city_lab@"+host), "/stories", "/stories/" + s.told + "@" + host}

	atRome = append(atRome, joining...)
	dated(t, zaragoza)
	// Two walks side by side, each with a browser of its own as far as cookies go.
	t.Run("guests", func(t *testing.T) {
		t.Parallel()
		ctx, v := apart(t, ctx, axe)
		for _, address := range anonymous {
			v.visit(ctx, address)
		}
		v.member(ctx, riga, atRiga)
		v.member(ctx, rome, atRome)
	})
	t.Run("members", func(t *testing.T) {
		t.Parallel()
		ctx, v := apart(t, ctx, axe)
		v.member(ctx, zaragoza, atZaragoza)
		v.conflict(ctx, zaragoza, domain.ID(s.tasks[0].ID))
		v.writes(ctx, zaragoza)
		v.talks(ctx, zaragoza)
		v.points(ctx, zaragoza)
		v.finds(ctx, zaragoza)
	})
}

// apart is a visitor with cookies and a window of its own.
func apart(t *testing.T, ctx context.Context, axe string) (context.Context, *visitor) {
	t.Helper()
	ctx, cancel := chromedp.NewContext(ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if _, err := chromedp.Call(ctx, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	return ctx, &visitor{t: t, axe: axe, shots: os.Getenv("TEST_SCREENSHOTS")}
}

// member signs in at a city and visits pages of it.
func (v *visitor) member(ctx context.Context, c *city, paths []string) {
	signIn(v.t, ctx, c)
	for _, path := range paths {
		v.visit(ctx, c.base+path)
	}
}

// conflict opens a task to edit, lets somebody else change it, and looks at
// the page that then asks which version to keep.
func (v *visitor) conflict(ctx context.Context, c *city, task domain.ID) {
	v.t.Run("conflict", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
		defer cancel()
		edit := c.base + "/processes/safe_school_routes/guide/" + string(task) + "/edit"
		if err := chromedp.Do(ctx, chromedp.Navigate(edit), chromedp.WaitVisible(`input[name="name.en"]`)); err != nil {
			t.Fatal(err)
		}
		change(t, c, task, func(d *coproduction.ItemDetails) {
			d.Name = maps.Clone(d.Name)
			d.Name["en"] = "Agree with the schools on the first routes"
			d.Complexity = 60
		})
		err := chromedp.Do(ctx, chromedp.Focus(`input[name="name.en"]`), chromedp.KeyEvent(" now\r"), chromedp.WaitVisible(`input[name="take.name.en"]`))
		if err != nil {
			t.Fatalf("save: %v", err)
		}
		if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](v.axe+";0")); err != nil {
			t.Fatal(err)
		}
		v.n++
		v.looks(ctx, t, "two versions")
	})
}

// change changes what is said of a task, as the city's official.
func change(t *testing.T, c *city, task domain.ID, fn func(*coproduction.ItemDetails)) {
	t.Helper()
	a, err := c.node.Accounts.ByUsername(t.Context(), c.username)
	if err != nil {
		t.Fatal(err)
	}
	_, tree, err := c.node.Coproduction.Tree(t.Context(), a.Viewer(), "safe_school_routes")
	if err != nil {
		t.Fatal(err)
	}
	it, err := tree.Item(task)
	if err != nil {
		t.Fatal(err)
	}
	d := it.Details()
	fn(&d)
	if err := c.node.Coproduction.EditItem(t.Context(), a.Viewer(), "safe_school_routes", task, it.Revision, d); err != nil {
		t.Fatal(err)
	}
}

// dated gives the tasks of a city's process dates, the first ones in the past.
func dated(t *testing.T, c *city) {
	t.Helper()
	_, tree, err := c.node.Coproduction.Tree(t.Context(), policy.Viewer{}, "safe_school_routes")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, it := range tree.Items() {
		if it.Kind == coproduction.Task && n < 12 {
			change(t, c, it.ID, func(d *coproduction.ItemDetails) {
				d.Starts = time.Now().AddDate(0, 0, 6*n-30)
				d.Ends = d.Starts.AddDate(0, 0, 9)
			})
			n++
		}
	}
}

// firstTask is the id of the first task of a city's process.
func firstTask(t *testing.T, c *city, process string) string {
	t.Helper()
	_, tree, err := c.node.Coproduction.Tree(t.Context(), policy.Viewer{}, process)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range tree.Items() {
		if it.Kind == coproduction.Task {
			return string(it.ID)
		}
	}
	t.Fatal("no task in " + process)
	return ""
}

// signIn signs in through the form, with the keyboard alone.
func signIn(t *testing.T, ctx context.Context, c *city) {
	t.Helper()
	err := chromedp.Do(ctx,
		chromedp.Navigate(c.base+"/sign-in"),
		chromedp.Focus("input[name=login]"),
		chromedp.KeyEvent(c.username+"\t"+c.password+"\r"),
		chromedp.WaitVisible(`form[action="/sign-out"]`),
	)
	if err != nil {
		t.Fatalf("sign in at %s: %v", c.name, err)
	}
}

// visitor looks at pages.
type visitor struct {
	t     *testing.T
	axe   string
	shots string
	n     int
}

// finding is what axe-core tells of one rule.
type finding struct {
	ID    string `json:"id"`
	Nodes []struct {
		HTML           string `json:"html"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

func (v *visitor) visit(ctx context.Context, address string) {
	u, err := url.Parse(address)
	if err != nil {
		v.t.Fatal(err)
	}
	if !strings.Contains(address, os.Getenv("TEST_PAGES")) {
		return
	}
	v.run(u, func(t *testing.T) {
		status, err := v.open(ctx, address)
		if err != nil {
			t.Fatalf("%s: %v", address, err)
		}
		wanted := http.StatusOK
		switch {
		case strings.HasSuffix(address, "/nothing-here"):
			wanted = http.StatusNotFound
		case strings.HasSuffix(address, "/schemas/idea-event"): // see retired
			wanted = http.StatusGone
		case strings.Contains(address, "/guest/servers/"): // nobody went there
			wanted = http.StatusUnprocessableEntity
		}
		if status != wanted {
			t.Errorf("status %d, want %d", status, wanted)
		}
		v.looks(ctx, t, address)
	})
}

// run runs fn as the test of a page.
func (v *visitor) run(u *url.URL, fn func(t *testing.T)) {
	v.n++
	v.t.Run(strings.Trim(strings.ReplaceAll("at"+u.RequestURI(), "/", "_"), "_"), fn)
}

// looks looks at the page that is open in all ways.
func (v *visitor) looks(ctx context.Context, t *testing.T, address string) {
	t.Helper()
	for _, look := range looks {
		found, err := v.look(ctx, look)
		if err != nil {
			t.Errorf("%s %s: %v", look.name, address, err)
			continue
		}
		for _, wrong := range found.measured {
			t.Errorf("%s: %s", look.name, wrong)
		}
		for _, f := range found.findings {
			for _, n := range f.Nodes {
				t.Errorf("%s: axe-core %s: %s\n%s", look.name, f.ID, n.FailureSummary, n.HTML)
			}
		}
		if found.wide > 0 {
			t.Errorf("%s: the page is %d pixels wider than the window", look.name, found.wide)
		}
		if found.headings != 1 {
			t.Errorf("%s: %d main headings", look.name, found.headings)
		}
		if v.shots != "" {
			name := fmt.Sprintf("%s-%03d-%s-%s.jpg", filepath.Base(filepath.Dir(t.Name())), v.n, filepath.Base(t.Name()), look.name)
			if err := os.WriteFile(filepath.Join(v.shots, strings.Map(safe, name)), found.shot, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// open loads a page and axe-core into it. It returns the status of the answer.
func (v *visitor) open(ctx context.Context, address string) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	response, err := chromedp.Run(ctx, chromedp.NavigateResponse(address))
	if err != nil {
		return 0, err
	}
	_, err = chromedp.Run(ctx, chromedp.Evaluate[int](v.axe+";0"))
	return int(response.Status), err
}

// seen is what a look at a page found.
type seen struct {
	findings       []finding
	measured       []string // what is too small, out of order or without a mark of the focus
	wide, headings int
	shot           []byte // if pictures are wanted
}

// look looks at the page that is open.
func (v *visitor) look(ctx context.Context, look look) (seen, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	var out seen
	scheme := "light"
	if look.dark {
		scheme = "dark"
	}
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"}},
	})
	if err != nil {
		return out, err
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(look.width, look.height)); err != nil {
		return out, err
	}
	if out.wide, err = chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`)); err != nil {
		return out, err
	}
	if out.headings, err = chromedp.Run(ctx, chromedp.Evaluate[int](`document.querySelectorAll("h1").length`)); err != nil {
		return out, err
	}
	if look.rules != "" {
		report, err := chromedp.Run(ctx, chromedp.Evaluate[string](
			`axe.run(document, `+look.rules+`).then(r => JSON.stringify(r.violations))`, chromedp.EvalAwaitPromise))
		if err != nil {
			return out, err
		}
		if err := json.Unmarshal([]byte(report), &out.findings); err != nil {
			return out, err
		}
	}
	if v.shots != "" {
		if out.shot, err = chromedp.Run(ctx, chromedp.FullScreenshot(80)); err != nil {
			return out, err
		}
	}
	out.measured, err = measure(ctx, look.width, look.dark)
	return out, err
}

func safe(r rune) rune {
	if strings.ContainsRune("?=&%:@", r) {
		return '-'
	}
	return r
}
