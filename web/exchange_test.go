package web_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dump"
	"interlink/domain/catalogue/publiccode"
	"interlink/domain/catalogue/rdf/rdftest"
	"interlink/web"
)

// TestExports: each address of data answers in its format, and nothing but
// published entries of this node is in any of them.
func TestExports(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	secret, err := s.Catalogue.Entry(t.Context(), s.official, catalogue.KindInterlinker, "keycloak", "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Catalogue.Withdraw(t.Context(), s.official, secret.ID, secret.Revision, ""); err != nil {
		t.Fatal(err)
	}
	r := s.anonymous()
	published := map[string]bool{}
	b := dump.Read("export", []byte(r.get("/catalogue/export.json").body))
	if len(b.Issues) > 0 || len(b.Entries) < 60 {
		t.Fatalf("%d entries, %+v", len(b.Entries), b.Issues)
	}
	for _, e := range b.Entries {
		published[string(e.Kind)+" "+e.Key] = true
	}
	list, err := s.Catalogue.List(t.Context(), s.official, catalogue.Filter{Origin: "local"}, domain.Page{})
	if err != nil || len(published) != list.Total {
		t.Errorf("%d exported, %d are published (%v)", len(published), list.Total, err)
	}
	for _, path := range web.Exports() {
		got := r.get(s.filled(strings.ReplaceAll(path, "{catalog}", "none")))
		if strings.Contains(got.body, "eycloak") {
			t.Errorf("%s has what is withdrawn", path)
		}
		if got.status >= 500 || strings.Contains(got.header.Get("Content-Type"), "html") && got.status == http.StatusOK {
			t.Errorf("%s: status %d, %s", path, got.status, got.header.Get("Content-Type"))
		}
		if got.status == http.StatusOK && (got.header.Get("Access-Control-Allow-Origin") != "*" || len(got.header.Values("Set-Cookie")) > 0) {
			t.Errorf("%s cannot be read from everywhere", path)
		}
	}
	for _, path := range []string{"/interlinkers/keycloak/publiccode.yml", "/interlinkers/keycloak/dcat.ttl", "/v1/software/" + string(secret.ID)} {
		if got := r.get(path); got.status != http.StatusNotFound {
			t.Errorf("%s: status %d", path, got.status)
		}
	}
}

// TestLinkedData: Turtle and JSON-LD say the same, page by page, and the pages
// of the catalogue answer with it if they are asked.
func TestLinkedData(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.anonymous()
	seen, pages := map[string]bool{}, 0
	for at := "/catalogue.ttl"; at != ""; pages++ {
		says, err := rdftest.Turtle(r.get(at).body)
		if err != nil {
			t.Fatalf("%s: %v", at, err)
		}
		same, err := rdftest.JSONLD([]byte(r.get(strings.Replace(at, ".ttl", ".jsonld", 1)).body))
		if err != nil || len(same) != len(says) {
			t.Fatalf("%s: %d statements in Turtle, %d in JSON-LD (%v)", at, len(says), len(same), err)
		}
		for _, id := range says.Subjects("http://www.w3.org/ns/dcat#Dataset") {
			if seen[id] {
				t.Errorf("%s is there twice", id)
			}
			seen[id] = true
		}
		next := says.Of(s.URL+at, "http://www.w3.org/ns/hydra/core#next")
		if at = ""; len(next) == 1 {
			at = strings.TrimPrefix(strings.Trim(next[0], "<>"), s.URL)
		}
	}
	if list, err := s.Catalogue.List(t.Context(), s.official, catalogue.Filter{}, domain.Page{}); err != nil || len(seen) != list.Total {
		t.Errorf("%d datasets on %d pages, %d entries (%v)", len(seen), pages, list.Total, err)
	}
	for _, path := range []string{"/catalogue", "/interlinkers/decidim", "/problems", "/problems/ORG_PROBLEM_1", "/schemas/public-service", "/regulations"} {
		for _, accept := range []string{"text/turtle", "text/html;q=0.5, text/turtle", "text/html", "*/*"} {
			request := r.request(http.MethodGet, path, nil)
			request.Header.Set("Accept", accept)
			got := r.do(request)
			want := "text/html"
			if strings.Contains(accept, "turtle") {
				want = "text/turtle"
			}
			if !strings.HasPrefix(got.header.Get("Content-Type"), want) {
				t.Errorf("%s, asked for %s, is %s", path, accept, got.header.Get("Content-Type"))
			}
		}
	}
	says, err := rdftest.Turtle(r.get("/problems.ttl").body)
	if err != nil {
		t.Fatal(err)
	}
	const skos = "http://www.w3.org/2004/02/skos/core#"
	concept := s.URL + "/problems/ORG_PROBLEM_1"
	if len(says.Of(concept, skos+"prefLabel")) < 2 || len(says.Of(concept, skos+"notation")) != 1 || len(says.Of(concept, skos+"inScheme")) != 1 {
		t.Errorf("the concept says %v", says.Of(concept, skos+"prefLabel"))
	}
}

// TestOpenCatalog: software is listed page by page with a publiccode.yml that
// can be read, forwards and backwards.
func TestOpenCatalog(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	r := s.anonymous()
	type page struct {
		Data  []struct{ ID, URL, PubliccodeYml, CatalogID string }
		Links struct{ Prev, Next *string }
	}
	read := func(at string) (p page) {
		t.Helper()
		got := r.get("/v1/software" + at)
		if err := json.Unmarshal([]byte(got.body), &p); err != nil || got.status != http.StatusOK {
			t.Fatalf("%s: %d %v", at, got.status, err)
		}
		return p
	}
	all := read("?page[size]=100")
	if len(all.Data) < 5 || all.Links.Prev != nil || all.Links.Next != nil {
		t.Fatalf("%d pieces of software, %+v", len(all.Data), all.Links)
	}
	for _, x := range all.Data {
		if b := publiccode.Read(x.URL, []byte(x.PubliccodeYml)); len(b.Entries) != 1 {
			t.Errorf("%s: %+v", x.URL, b.Issues)
		}
		if got := r.get("/v1/software/" + x.ID); got.status != http.StatusOK {
			t.Errorf("%s: status %d", x.ID, got.status)
		}
	}
	var ids []string
	last := ""
	for at := "?page[size]=3"; at != ""; {
		p := read(at)
		for _, x := range p.Data {
			ids = append(ids, x.ID)
		}
		last = at
		if at = ""; p.Links.Next != nil {
			at = *p.Links.Next
		}
	}
	if len(ids) != len(all.Data) {
		t.Errorf("%d on pages of three, %d in all", len(ids), len(all.Data))
	}
	if back := read(last).Links.Prev; back == nil || len(read(*back).Data) == 0 {
		t.Error("there is no way back")
	}
	if p := read("?url=" + url.QueryEscape(all.Data[0].URL) + "&page[size]=100"); len(p.Data) != 1 {
		t.Errorf("%d have the address", len(p.Data))
	}
	if p := read("?from=2999-01-01T00:00:00Z"); len(p.Data) != 0 {
		t.Errorf("%d came after 2999", len(p.Data))
	}
	for _, path := range []string{"/v1/software?page[size]=0", "/v1/software?from=yesterday", "/v1/software?page[after]=x"} {
		if got := r.get(path); got.status != http.StatusUnprocessableEntity || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%s: %d %s", path, got.status, got.header.Get("Content-Type"))
		}
	}
	for _, path := range []string{"/v1/catalogs", "/v1/publishers", "/v1/catalogs/" + all.Data[0].CatalogID + "/software"} {
		if got := r.get(path); got.status != http.StatusOK || !strings.Contains(got.body, `"data":[`) {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestFeeds(t *testing.T) {
	t.Parallel()
	s := stocked(t)
	r := s.anonymous()
	var atom struct {
		ID      string `xml:"id"`
		Updated string `xml:"updated"`
		Entries []struct {
			ID, Title, Updated string
		} `xml:"entry"`
	}
	if err := xml.Unmarshal([]byte(r.get("/catalogue.atom").body), &atom); err != nil || len(atom.Entries) != 50 || atom.ID == "" || atom.Updated == "" {
		t.Errorf("%d entries, %v", len(atom.Entries), err)
	}
	var feed struct {
		Version string
		Items   []struct{ ID, URL, Title string }
	}
	if err := json.Unmarshal([]byte(r.get("/catalogue/feed.json").body), &feed); err != nil || len(feed.Items) != 50 || feed.Items[0].URL == "" {
		t.Errorf("%d items, %v", len(feed.Items), err)
	}
}

// sendImport sends the form of an import.
func (r *reader) sendImport(name, content, dry string) page {
	r.s.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	f, err := w.CreateFormFile("file", name)
	if err != nil {
		r.s.t.Fatal(err)
	}
	_, _ = f.Write([]byte(content))
	_ = w.WriteField("dry", dry)
	_ = w.WriteField("format", "")
	_ = w.Close()
	request := r.request(http.MethodPost, "/admin/import/file", &b)
	request.Header.Set("Content-Type", w.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return r.do(request)
}

// TestImportFile: a trial saves nothing and says what would be, an import does
// it, again changes nothing, a fault is said with its line, and nobody else may.
func TestImportFile(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.as("official")
	const table = "key,nature,name.en,problems\nfloor-plan,knowledge,Floor plan,ORG_PROBLEM_1\n"
	there := func() bool {
		_, err := s.Catalogue.Entry(t.Context(), s.official, catalogue.KindInterlinker, "floor-plan", "")
		return err == nil
	}
	if got := r.sendImport("x.csv", table, "yes"); got.status != http.StatusOK || !strings.Contains(got.body, "“Floor plan”") || there() {
		t.Errorf("the trial: %d, saved %v", got.status, there())
	}
	if got := r.sendImport("x.csv", table, ""); got.status != http.StatusOK || !there() {
		t.Errorf("the import: %d, saved %v", got.status, there())
	}
	if got := r.sendImport("x.csv", table, ""); strings.Contains(got.body, "“Floor plan”") {
		t.Error("the second import changed something")
	}
	if got := r.sendImport("x.csv", table+"b,nonsense,B,\n", ""); !strings.Contains(got.body, "x.csv:3") {
		t.Error("the fault has no place")
	}
	if got := r.sendImport("x.csv", "", ""); got.status != http.StatusUnprocessableEntity {
		t.Errorf("no file: %d", got.status)
	}
	if got := r.post("/admin/import/address", url.Values{"address": {"nowhere"}, "format": {""}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, `value="nowhere"`) {
		t.Errorf("no address: %d", got.status)
	}
	if got := s.as("walker").sendImport("x.csv", table, ""); got.status != http.StatusForbidden {
		t.Errorf("a member: %d", got.status)
	}
	if got := s.anonymous().sendImport("x.csv", table, ""); got.status != http.StatusUnauthorized {
		t.Errorf("a stranger: %d", got.status)
	}
}

// TestMatch: an administrator says what is the same elsewhere; the page and
// the concept tell it.
func TestMatch(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	r := s.as("official")
	const other = "https://riga.example/problems/A1"
	if got := r.post("/problems/ORG_PROBLEM_1/matches", url.Values{"other": {other}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d", got.status)
	}
	if got := s.anonymous().get("/problems.ttl"); !strings.Contains(got.body, "skos:exactMatch <"+other+">") {
		t.Error("the concept does not tell it")
	}
	contains(t, r, "/problems/ORG_PROBLEM_1", other)
	if got := r.post("/problems/ORG_PROBLEM_1/matches", url.Values{"other": {s.URL + "/problems/ORG_PROBLEM_2"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("one of this node: %d", got.status)
	}
	if got := s.as("walker").post("/problems/ORG_PROBLEM_1/matches", url.Values{"other": {other + "2"}}); got.status != http.StatusForbidden {
		t.Errorf("a member: %d", got.status)
	}
	if got := r.post("/problems/ORG_PROBLEM_1/matches", url.Values{"other": {other}, "remove": {"yes"}}); got.status != http.StatusSeeOther {
		t.Errorf("status %d", got.status)
	}
	if got := s.anonymous().get("/problems.ttl"); strings.Contains(got.body, other) {
		t.Error("the match is still told")
	}
}
