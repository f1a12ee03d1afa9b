package web_test

import (
	"database/sql"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/participation"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/storage/storagetest"
)

const password = "a long pass phrase"

// site is a node with content, as people reach it.
type site struct {
	*federationtest.Node
	t        testing.TB
	dsn      string // of its database
	official policy.Viewer
	process  *coproduction.Process
	task     coproduction.Item
	call     *participation.Call
	applied  *participation.Application // of somebody, to the call
}

// database is that of the node, beside it.
func (s *site) database() *sql.DB {
	s.t.Helper()
	db, err := sql.Open("sqlite", strings.TrimPrefix(s.dsn, "sqlite:")+"?_pragma=busy_timeout(10000)")
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { _ = db.Close() })
	return db
}

func newSite(t testing.TB) *site {
	t.Helper()
	return newSiteOn(t, storagetest.SQLite(t))
}

func newSiteOn(t testing.TB, dsn string) *site {
	t.Helper()
	s := &site{t: t, dsn: dsn}
	s.Node = federationtest.On(t, func(testing.TB) string { return s.dsn }, "Zaragoza").Nodes[0]
	s.official = s.person("official", policy.RoleAdmin)
	ctx := t.Context()
	if _, err := s.Catalogue.Import(ctx, s.official, federationtest.Shelf(), false); err != nil {
		t.Fatal(err)
	}
	owner, err := s.Organizations.Create(ctx, s.official, "city_lab", organization.Details{Title: domain.Text{"en": "City lab"}, Kind: organization.PublicAdministration})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Organizations.CreateTeam(ctx, s.official, "city_lab", "routes", organization.TeamDetails{Title: domain.Text{"en": "Routes"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Communities.Create(ctx, s.official, "mobility", community.Details{Title: domain.Text{"en": "Mobility"}, Language: "en", Organization: owner.ID}); err != nil {
		t.Fatal(err)
	}
	s.process, err = s.Coproduction.Start(ctx, s.official, coproduction.StartInput{
		Name: "safe_ways", Schema: "public-service", Owner: owner.ID,
		Details: coproduction.Details{Title: domain.Text{"en": "Safe ways"}, Language: "en"},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.task = s.firstTask()
	s.call, err = s.Participation.Publish(ctx, s.official, participation.Draft{Team: "routes", Community: "mobility", Details: participation.Details{
		Title: domain.Text{"en": "Route walkers"}, Duties: domain.Text{"en": "Walk the routes."}, Seats: 2,
	}})
	if err != nil {
		t.Fatal(err)
	}
	s.applied, err = s.Participation.Apply(ctx, s.person("walker", policy.RoleMember), s.call.ID, "I have good shoes.")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// stocked is a node with all of the starter catalogue.
func stocked(t testing.TB) *site {
	t.Helper()
	s := newSite(t)
	if _, err := s.Catalogue.Import(t.Context(), s.official, seed.Read(starter.Tree()), false); err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *site) firstTask() coproduction.Item {
	s.t.Helper()
	_, tree, err := s.Coproduction.Tree(s.t.Context(), s.official, "safe_ways")
	if err != nil {
		s.t.Fatal(err)
	}
	for _, it := range tree.Items() {
		if it.Kind == coproduction.Task {
			return it
		}
	}
	s.t.Fatal("no task")
	return coproduction.Item{}
}

// person makes an account with the password of these tests.
func (s *site) person(username string, role policy.Role) policy.Viewer {
	s.t.Helper()
	a, err := s.Accounts.Create(s.t.Context(), account.SignUp{Username: username, Email: username + "@people.example", Password: password}, role)
	if err != nil {
		s.t.Fatal(err)
	}
	return a.Viewer()
}

// reader is somebody's browser.
type reader struct {
	*http.Client
	s *site
}

// page is an answer.
type page struct {
	status   int
	header   http.Header
	body     string
	location string // of a redirect that was not followed
}

// anonymous opens a browser; it follows no redirects.
func (s *site) anonymous() *reader {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		s.t.Fatal(err)
	}
	return &reader{&http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}, s}
}

// as opens a browser and signs in.
func (s *site) as(username string) *reader {
	s.t.Helper()
	r := s.anonymous()
	got := r.post("/sign-in", url.Values{"login": {username}, "password": {password}, "return": {"/timeline"}})
	if got.status != http.StatusSeeOther || got.location != "/timeline" {
		s.t.Fatalf("signing in leads to %q (%d)", got.location, got.status)
	}
	return r
}

func (r *reader) do(request *http.Request) page {
	r.s.t.Helper()
	answer, err := r.Do(request)
	if err != nil {
		r.s.t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		r.s.t.Fatal(err)
	}
	return page{answer.StatusCode, answer.Header, string(body), answer.Header.Get("Location")}
}

func (r *reader) request(method, path string, body io.Reader) *http.Request {
	r.s.t.Helper()
	request, err := http.NewRequestWithContext(r.s.t.Context(), method, r.s.URL+path, body)
	if err != nil {
		r.s.t.Fatal(err)
	}
	return request
}

func (r *reader) get(path string) page { return r.do(r.request(http.MethodGet, path, nil)) }

func (r *reader) post(path string, form url.Values) page { return r.do(r.form(path, form)) }

func (r *reader) form(path string, form url.Values) *http.Request {
	request := r.request(http.MethodPost, path, strings.NewReader(form.Encode()))
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return request
}

// filled puts things of the site into the variables of a path.
func (s *site) filled(path string) string {
	if strings.HasPrefix(path, "/role-calls/") {
		path = strings.NewReplacer("{id}", string(s.call.ID), "{application}", string(s.applied.ID)).Replace(path)
	}
	values := map[string]string{"{token}": "none", "{item}": string(s.task.ID), "{id}": "01890000-0000-7000-8000-000000000000", "{handle}": "nobody@elsewhere.example", "{host}": "elsewhere.example", "{number}": "1", "{offer}": "01890000-0000-7000-8000-000000000000", "{hash}": "none"}
	for variable, value := range values {
		path = strings.ReplaceAll(path, variable, value)
	}
	for prefix, name := range map[string]string{
		"/interlinkers/": "decidim", "/schemas/": "public-service", "/problems/": "ORG_PROBLEM_1", "/organizations/": "city_lab",
		"/teams/": "routes", "/communities/": "mobility", "/processes/": "safe_ways", "/users/": "official", "/stories/": "none", "/regulations/": "gdpr",
	} {
		if strings.HasPrefix(path, prefix) {
			path = strings.NewReplacer("{name}", name, "{slug}", name).Replace(path)
		}
	}
	return path
}

// check holds what is true of every page.
func (p page) check(t *testing.T, where string) {
	t.Helper()
	for what, has := range everywhere {
		if found := has.FindAllString(p.body, -1); len(found) != has.times {
			t.Errorf("%s: %s: %d times, want %d: %q", where, what, len(found), has.times, found)
		}
	}
	if len(p.body) > mostBytes {
		t.Errorf("%s weighs %d bytes", where, len(p.body))
	}
}

// problems cuts the summary of errors out of a page.
func problems(body string) string {
	_, rest, _ := strings.Cut(body, "summary-errors")
	part, _, _ := strings.Cut(rest, "</div>")
	return part
}
