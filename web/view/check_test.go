package view

import (
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"interlink/domain"
	"interlink/web/locale"
	"interlink/web/static"
)

var (
	serve = flag.String("storybook", "", "address at which to serve the storybook until interrupted, such as 127.0.0.1:8099")
	write = flag.String("pages", "", "directory to write the storybook's pages to")
)

// everyPage lists the pages.
var everyPage = []Page{
	HomePage{}, CataloguePage{}, AdvicePage{}, InterlinkerPage{}, OpinionsPage{}, TranslatePage{}, ProblemsPage{}, ProblemPage{}, RegulationsPage{}, RegulationPage{}, DevelopersPage{}, SchemasPage{}, SchemaPage{},
	ProcessesPage{}, BeginPage{}, ApproachPage{}, ChoicePage{}, StartPage{}, ProcessPage{}, GuidePage{}, ResourcePage{}, ResourcesPage{}, ResourceFormPage{}, VersionsPage{}, VersionPage{}, ComparePage{}, HistoryPage{}, ClonesPage{}, LineagePage{}, ReleasesPage{}, ReleasePage{}, ReleaseFormPage{}, UpdatesPage{}, ImprovementsPage{}, ImproveFormPage{}, ImprovementPage{},
	PeoplePage{}, AssignmentsPage{}, MyAssignmentsPage{}, ContributionsPage{}, CertificatePage{},
	ClonePage{}, ClonePreviewPage{}, BroughtPage{}, ProgressPage{}, StoriesPage{}, StoryPage{}, PublishPage{}, OriginalPage{}, PartnersPage{}, CosignRequestsPage{}, CosignRequestPage{},
	CommunitiesPage{}, CommunityPage{}, StaffPage{}, HeldPage{}, OwnWaitingPage{}, ActsPage{}, ArchivePage{}, FiltersPage{}, FollowPage{}, PostPage{}, EarlierPage{}, TimelinePage{}, BulletinPage{}, LookupPage{}, ActorPage{}, TagPage{}, SearchesPage{},
	OrganizationsPage{}, OrganizationPage{}, CreatePage{}, TeamPage{}, TeamsPage{},
	RoleCallsPage{}, RoleCallPage{}, ApplicationsPage{}, ReviewsPage{}, ReviewPage{},
	DescribePage{}, MembersPage{}, RollPage{}, EndPage{}, InvitedPage{}, MembershipsPage{},
	SignInPage{}, SignUpPage{}, CheckMailPage{}, ConfirmedPage{}, ResetPage{}, SettingsPage{}, TokensPage{}, MovePage{},
	NotificationsPage{}, NotificationChoicesPage{}, UnsubscribePage{},
	ItemPage{}, PlanPage{}, ArrangePage{}, FirstPage{}, ConflictPage{}, ItemHistoryPage{},
	AdminPage{}, ImportPage{}, ApprovalsPage{}, ReportsPage{}, RulesPage{}, NodeArchivesPage{}, NodeArchivePage{}, ErrorPage{}, FormPage{}, ConfirmPage{},
	UsesPage{}, ReusePage{}, RunPage{}, ToolsPage{}, WebhooksPage{}, WebhookPage{}, LogPage{}, ChainPage{}, LeavePage{}, DeletionPage{}, DataPage{},
	LegalIndexPage{}, LegalPage{}, LegalVersionsPage{}, TermsPage{}, LegalAdminPage{}, LegalEditPage{}, RetentionPage{},
	NoticePage{}, NoticeStatusPage{}, NoticesPage{}, NoticeAdminPage{}, TransparencyPage{}, StatementsPage{},
}

func newRenderer(t testing.TB) *Renderer {
	t.Helper()
	site := Site{Name: three("Brightwater co-produces", "Brightwater coproduce", "Brightwater maakt samen"), Summary: three("The place where the town and its people make services together.", "El lugar donde la ciudad y su gente hacen servicios en común.", "De plek waar stad en bewoners samen diensten maken."),
		Base: "https://brightwater.example", Host: "brightwater.example", Source: "https://source.example/interlink", Version: "0.1.0", SignUp: true}
	return New(site, locale.Default(), nil, nowIsNoon)
}

// render gives one page as text.
func render(t testing.TB, r *Renderer, p Page) string {
	t.Helper()
	w := httptest.NewRecorder()
	if err := r.Render(w, http.StatusOK, p); err != nil {
		t.Fatal(err)
	}
	return w.Body.String()
}

func TestEveryPageIsInTheStorybook(t *testing.T) {
	told := map[string]bool{}
	for _, s := range storybook("en") {
		told[fmt.Sprintf("%T", s.page)] = true
	}
	for _, p := range everyPage {
		if !told[fmt.Sprintf("%T", p)] {
			t.Errorf("%T has no story", p)
		}
	}
}

func TestPages(t *testing.T) {
	r := newRenderer(t)
	for _, lang := range locale.Default().Langs() {
		for _, s := range storybook(lang) {
			t.Run(string(lang)+"/"+s.name, func(t *testing.T) {
				page := render(t, r, s.page)
				if *write != "" {
					file := filepath.Join(*write, string(lang)+"-"+s.name+".html")
					if err := os.WriteFile(file, []byte(page), 0o600); err != nil {
						t.Fatal(err)
					}
				}
				checkPage(t, page, lang)
			})
		}
	}
}

// maxPage is what a page may weigh (PORTAL, "Each page is ready when").
const maxPage = 100_000

// checkPage holds what is true of every page.
func checkPage(t *testing.T, page string, lang domain.Lang) {
	t.Helper()
	if len(page) > maxPage {
		t.Errorf("page weighs %d bytes", len(page))
	}
	for _, sign := range []string{"ZgotmplZ", "<no value>", "%!", "\ue000", "style=", "onclick="} {
		if strings.Contains(page, sign) {
			t.Errorf("page contains %q: %s", sign, around(page, sign))
		}
	}
	doc, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	c := &checker{t: t, ids: map[string]bool{}, labelled: map[string]bool{}}
	c.walk(doc)
	c.finish(lang)
}

// checker gathers facts of one page.
type checker struct {
	t        *testing.T
	ids      map[string]bool
	labelled map[string]bool // ids that a label is for
	inputs   []string        // ids of inputs that need one
	refs     []string        // ids that others point to
	h1       int
	mains    int
	lang     string
	title    string
}

func attr(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func (c *checker) walk(n *html.Node) {
	if n.Type == html.ElementNode {
		c.element(n)
	}
	if n.Type == html.TextNode && n.Parent != nil && n.Parent.Data != "script" {
		c.words(n.Data)
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		c.walk(child)
	}
}

var bareKey = regexp.MustCompile(`\b(page|ui|nav|count|tab|format|thing|role|status|facet|sort|visibility|error)\.[a-z][a-z_]+\b`)

// words looks for keys of translations that were not found.
func (c *checker) words(s string) {
	if key := bareKey.FindString(s); key != "" {
		c.t.Errorf("key shown instead of a sentence: %s", key)
	}
}

func (c *checker) element(n *html.Node) {
	if id, ok := attr(n, "id"); ok {
		if id == "" || c.ids[id] {
			c.t.Errorf("id %q is empty or not unique", id)
		}
		c.ids[id] = true
	}
	for _, name := range []string{"for", "aria-describedby", "aria-labelledby", "popovertarget"} {
		if v, ok := attr(n, name); ok {
			c.refs = append(c.refs, strings.Fields(v)...)
			if name == "for" {
				c.labelled[v] = true
			}
		}
	}
	for _, name := range []string{"src", "srcset", "poster", "data", "background"} {
		if address, ok := attr(n, name); ok && n.Data != "iframe" && !ownFile(address) {
			c.t.Errorf("the reader's browser asks elsewhere for %q", address)
		}
	}
	switch n.Data {
	case "html":
		c.lang, _ = attr(n, "lang")
	case "title":
		if n.Parent.Data == "head" && n.FirstChild != nil {
			c.title = n.FirstChild.Data
		}
	case "h1":
		c.h1++
	case "main":
		c.mains++
	case "script":
		if src, _ := attr(n, "src"); !strings.HasPrefix(src, static.Prefix) {
			c.t.Errorf("script that is not ours: %q", src)
		}
	case "style":
		c.t.Error("inline style sheet")
	case "a":
		if href, ok := attr(n, "href"); !ok || href == "" {
			c.t.Errorf("link without an address: %s", text(n))
		}
		if strings.TrimSpace(text(n)) == "" {
			c.t.Error("link without words")
		}
	case "img":
		if _, ok := attr(n, "alt"); !ok {
			c.t.Error("picture without alt")
		}
	case "link":
		rel, _ := attr(n, "rel")
		if href, _ := attr(n, "href"); slices.Contains([]string{"stylesheet", "icon", "preload", "manifest"}, rel) && !ownFile(href) {
			c.t.Errorf("%s from elsewhere: %q", rel, href)
		}
	case "form":
		_, elsewhere := attr(n, "data-launch") // it opens the page of a software Interlinker
		if action, _ := attr(n, "action"); !strings.HasPrefix(action, "/") && !elsewhere {
			c.t.Errorf("form leads to %q", action)
		}
	case "button":
		if label, _ := attr(n, "aria-label"); label == "" && strings.TrimSpace(text(n)) == "" {
			c.t.Error("button without words")
		}
	case "input", "textarea", "select":
		if kind, _ := attr(n, "type"); kind != "hidden" {
			if name, _ := attr(n, "name"); name == "" {
				c.t.Error("input without a name")
			}
			if n.Parent.Data != "label" {
				id, _ := attr(n, "id")
				c.inputs = append(c.inputs, id)
			}
		}
	}
}

func (c *checker) finish(lang domain.Lang) {
	if c.lang != string(lang) {
		c.t.Errorf("lang is %q, want %q", c.lang, lang)
	}
	if c.title == "" {
		c.t.Error("no title")
	}
	if c.h1 != 1 || c.mains != 1 {
		c.t.Errorf("%d h1 and %d main, want one of each", c.h1, c.mains)
	}
	for _, id := range c.inputs {
		if !c.labelled[id] {
			c.t.Errorf("input %q has no label", id)
		}
	}
	for _, id := range c.refs {
		if !c.ids[id] {
			c.t.Errorf("something refers to %q, which is not on the page", id)
		}
	}
}

// ownFile reports whether an address is one of this node.
func ownFile(address string) bool {
	return strings.HasPrefix(address, "/") && !strings.HasPrefix(address, "//")
}

func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var b strings.Builder
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		b.WriteString(text(child))
	}
	return b.String()
}

func around(page, sign string) string {
	i := strings.Index(page, sign)
	return page[max(0, i-120):min(len(page), i+60)]
}

// TestStorybook serves all pages, to look at them:
//
//	go test ./web/view -run TestStorybook -storybook 127.0.0.1:8099
func TestStorybook(t *testing.T) {
	if *serve == "" {
		t.Skip("give -storybook ADDRESS to look at the pages")
	}
	listener, err := net.Listen("tcp", *serve)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("http://%s/?lang=en", listener.Addr())
	t.Fatal(http.Serve(listener, storybookHandler(t)))
}

// storybookHandler shows /<story>?lang=…&theme=…, and a list at /list.
func storybookHandler(t testing.TB) http.Handler {
	r := newRenderer(t)
	mux := http.NewServeMux()
	mux.Handle(static.Prefix, static.Handler())
	mux.HandleFunc("/list", func(w http.ResponseWriter, _ *http.Request) {
		for _, s := range storybook("en") {
			fmt.Fprintln(w, s.name)
		}
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, req *http.Request) {
		lang, _ := locale.Default().Match(req.FormValue("lang"))
		for _, s := range storybook(lang) {
			if "/"+s.name == req.URL.Path {
				w.Header().Set("Content-Security-Policy", ContentSecurityPolicy)
				if err := r.Render(w, http.StatusOK, withTheme(s.page, ParseTheme(req.FormValue("theme")))); err != nil {
					t.Error(err)
				}
				return
			}
		}
		http.NotFound(w, req)
	})
	return mux
}
