package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// next sends the form of a page that asks by GET, as it stands but for values,
// and returns the page that it leads to.
func (r *reader) next(path string, values url.Values) (string, page) {
	r.s.t.Helper()
	root, err := html.Parse(strings.NewReader(r.get(path).body))
	if err != nil {
		r.s.t.Fatal(err)
	}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || n.Data != "form" || !strings.HasPrefix(attribute(n, "action"), "/processes/new/") {
			continue
		}
		typed := url.Values{}
		collect(n, typed, map[string]bool{})
		for name, v := range values {
			typed[name] = v
		}
		to := attribute(n, "action") + "?" + typed.Encode()
		return to, r.get(to)
	}
	r.s.t.Fatalf("%s asks nothing", path)
	return "", page{}
}

// TestApproach goes the way to a schema by its questions: what was said is
// kept to the end, gives reasons, and can be changed.
func TestApproach(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	if body := r.get("/processes/new?lang=en").body; !strings.Contains(body, `href="/processes/new/service"`) || !strings.Contains(body, `href="/stories"`) {
		t.Fatalf("the way does not begin:\n%s", body)
	}
	at := "/processes/new/service?lang=en"
	for _, values := range []url.Values{
		{"purpose": {"new"}, "words": {`safe ways "to" <school>`}}, {"stage": {"begin"}}, {"country": {"ES"}, "level": {"local"}, "regulation": {"gdpr", "ai"}},
		{"partner": {"all;citizens"}}, {"begins": {"citizens"}, "decides": {"together"}, "delivers": {"together"}},
	} {
		at, _ = r.next(at, values)
	}
	if !strings.HasPrefix(at, "/processes/new/schemas?") {
		t.Fatalf("the way ends at %s", at)
	}
	got := r.get(at)
	for _, want := range []string{
		"Co-produce a public service", "It is made for this: A service that is not there yet.", "tasks are for where you stand: We are finding people",
		"Protection of personal data (GDPR)", "Public-civil partnership", "You decide together.", "safe ways &#34;to&#34; &lt;school&gt;", "Spain",
		"governance=public_civil_partnership&amp;schema=public-service", "/schemas/public-service?",
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("the choice lacks %q", want)
		}
	}
	// Back at a question, its answers and those to the others are there.
	again := r.get(strings.Replace(at, "/schemas?", "/place?", 1)).body
	for _, want := range []string{`value="ES" selected`, `value="gdpr" checked`, `type="hidden" name="stage" value="begin"`, `type="hidden" name="partner" value="all;citizens"`} {
		if !strings.Contains(again, want) {
			t.Errorf("the question lacks %s", want)
		}
	}
	// The preview says what each task would get, and leads on with the answers.
	preview := r.get(strings.Replace(at, "/processes/new/schemas?", "/schemas/public-service?", 1)).body
	for _, want := range []string{`<span class="line tools"><a href="/interlinkers/`, "country=ES&amp;governance=public_civil_partnership&amp;schema=public-service"} {
		if !strings.Contains(preview, want) {
			t.Errorf("the preview lacks %s", want)
		}
	}
	made := r.fill("/processes/new/start?schema=public-service&country=ES&governance=public_civil_partnership", "/processes", url.Values{"title": {"Ways"}, "name": {"ways"}})
	x, err := s.Coproduction.Process(t.Context(), s.official, "ways")
	if made.status != http.StatusSeeOther || err != nil || x.Governance != coproduction.PublicCivilPartnership || x.Country != "ES" || x.Tasks == 0 {
		t.Fatalf("status %d, %v, %+v", made.status, err, x)
	}
	for who, want := range map[*reader]bool{r: true, s.anonymous(): false} {
		body := who.get("/processes/ways?lang=en").body
		if strings.Contains(body, "Getting started") != want || want && !strings.Contains(body, "1 of 6 done") {
			t.Errorf("what is left to do is shown %t", !want)
		}
	}
	if body := r.get("/processes/ways?lang=en").body; !strings.Contains(body, "Public-civil partnership") || !strings.Contains(body, "Spain") {
		t.Error("the process does not say its model and country")
	}
	if got := r.fill("/processes/ways/edit", "/processes/ways/edit", url.Values{"governance": {""}, "country": {"LV"}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d\n%s", got.status, problems(got.body))
	}
	if x, err = s.Coproduction.Process(t.Context(), s.official, "ways"); err != nil || x.Governance != "" || x.Country != "LV" {
		t.Errorf("%v %+v", err, x)
	}
}

// TestApproachTakesAnything: an address that somebody made up, or that leads
// to a question that is none.
func TestApproachTakesAnything(t *testing.T) {
	s := newSite(t)
	r := s.as("official")
	for path, want := range map[string]int{
		"/processes/new/none": http.StatusNotFound,
		"/processes/new/schemas?purpose=x&stage=y&country=<b>&level=&regulation=&partner=x&begins=x&words=" + strings.Repeat("w+", 3000): http.StatusOK,
		"/processes/new/service?words=" + strings.Repeat("a", 5000):                                                                      http.StatusOK,
		"/processes/new/place?country=zz&country=ES":                                                                                     http.StatusOK,
		"/processes/new/start?schema=nothing&governance=x&country=x":                                                                     http.StatusOK,
		"/processes/new?schema=public-service":                                                                                           http.StatusSeeOther,
	} {
		if got := r.get(path); got.status != want {
			t.Errorf("%.80s: status %d, want %d", path, got.status, want)
		}
		if got := s.anonymous().get(path); got.status != http.StatusSeeOther && got.status != http.StatusNotFound {
			t.Errorf("%.80s without signing in: status %d", path, got.status)
		}
	}
	for _, country := range []string{"Spain", "XX"} {
		_, err := s.Coproduction.Start(t.Context(), s.official, coproduction.StartInput{
			Name: "odd", Details: coproduction.Details{Title: domain.Text{"en": "Odd"}, Language: "en", Governance: "anarchy", Country: country},
		})
		if fields := domain.FieldsOf(err); len(fields) != 2 || fields[0].Field != "governance" || fields[1].Field != "country" {
			t.Errorf("an unknown model and the country %s: %v", country, err)
		}
	}
}
