package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/organization"
)

// tellings is the form of a story with what it must have.
func tellings(step string, more url.Values) url.Values {
	form := url.Values{"step": {step}, "title": {"Sharing gardens"}, "summary": {"A street shares."}, "lang": {"en"}, "licence": {"CC-BY-4.0"}, "organization": {"city_lab"}}
	for name, values := range more {
		form[name] = values
	}
	return form
}

// TestStoryEditor writes a story in two languages as a draft, looks at it,
// publishes it, and finds it by its facets.
func TestStoryEditor(t *testing.T) {
	s := newSite(t)
	official, stranger := s.as("official"), s.as("walker")
	at := "/processes/safe_ways/publish"
	kept := official.post(at, tellings("draft", url.Values{
		"countries": {"spain, it"}, "figures": {"Gardens | 12 | m² | Streets\n\nNeighbours | 40"}, "materials": {"Film | https://films.example/1 | video"}, "makers": {"Garden club | https://club.example/ | Since 1920"},
		"begun": {"2026-01-01"}, "ended": {"2026-02-01"}, "spoken": {"es lv"}, "serviceTypes": {"enabling_services"}, "regulations": {"GDPR"}, "incentives": {"Tomatoes"}, "keywords": {"gardens"},
	}))
	if kept.status != http.StatusSeeOther || !strings.Contains(kept.location, "draft=") {
		t.Fatalf("kept: %d %s", kept.status, kept.location)
	}
	if got := stranger.get(kept.location); got.status != http.StatusForbidden {
		t.Errorf("a stranger reads a draft: %d", got.status)
	}
	open := official.get(kept.location)
	for _, want := range []string{"Sharing gardens", "Gardens | 12 | m² | Streets", "Film | https://films.example/1 | video", `value="2026-02-01"`, "Spain, Italy", ">GDPR</textarea>"} {
		if !strings.Contains(open.body, want) {
			t.Errorf("the draft lacks %q", want)
		}
	}
	id := strings.SplitN(strings.SplitN(kept.location, "draft=", 2)[1], "&", 2)[0]
	spanish := url.Values{"draft": {id}, "seen": {"1"}, "lang": {"es"}, "title": {"Huertos"}, "summary": {"Una calle comparte."}, "figures": {"Vecinos | 40\nHuertos | 12 | m² | Calles"}, "countries": {"España, it"}}
	if got := official.post(at, tellings("draft", spanish)); got.status != http.StatusSeeOther {
		t.Fatalf("in Spanish: %d", got.status)
	}
	if got := official.post(at, tellings("draft", spanish)); got.status != http.StatusConflict || !strings.Contains(got.body, "Huertos") {
		t.Errorf("an old draft is overwritten: %d", got.status)
	}
	if got := official.post(at, tellings("draft", url.Values{"draft": {id}, "seen": {"2"}, "materials": {"Bad | javascript:alert(1)"}})); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "javascript:alert(1)") {
		t.Errorf("a bad address: %d", got.status)
	}
	keep := official.boxes(at, "keep")
	preview := official.post(at, tellings("preview", url.Values{"draft": {id}, "seen": {"2"}, "keep": keep}))
	if preview.status != http.StatusOK || !strings.Contains(preview.body, "as-mastodon") || !strings.Contains(preview.body, "Garden club") {
		t.Errorf("the preview: %d", preview.status)
	}
	told := official.post(at, tellings("publish", url.Values{"draft": {id}, "seen": {"2"}, "keep": keep}))
	if told.status != http.StatusSeeOther || !strings.HasPrefix(told.location, "/stories/") {
		t.Fatalf("published: %d %s", told.status, told.body)
	}
	if got := official.get(at + "?draft=" + id); got.status != http.StatusNotFound {
		t.Errorf("the draft is still there: %d", got.status)
	}
	page := stranger.get(told.location + "?lang=es")
	for _, want := range []string{"Huertos", "12 m²", "Film", "Garden club", "verify", "alias"} {
		if want != "verify" && want != "alias" && !strings.Contains(page.body, want) {
			t.Errorf("the story lacks %q", want)
		}
	}
	if english := stranger.get(told.location + "?lang=en"); !strings.Contains(english.body, "Verified") || !strings.Contains(english.body, "/evidence") || !strings.Contains(english.body, "Tomatoes") {
		t.Error("the story does not say that it was signed, or why people took part")
	} else if _, first, _ := strings.Cut(english.body, "Neighbours"); !strings.Contains(first[:min(len(first), 100)], "40") {
		t.Error("a figure that was moved in one language took another's name in the other")
	}
	for query, there := range map[string]bool{"country=IT": true, "country=LV": false, "language=es&country=ES": true, "service_type=enabling_services": true, "regulation=alias:gdpr&origin=local": true, "origin=riga.example": false} {
		if got := stranger.get("/stories?lang=en&" + query); got.status != http.StatusOK || strings.Contains(got.body, told.location) != there {
			t.Errorf("%s: %d, found %v", query, got.status, !there)
		}
	}
	if list := stranger.get("/stories?lang=en"); !strings.Contains(list.body, "country-map") || !strings.Contains(list.body, "Spain") {
		t.Error("there is no map of countries")
	}
}

// TestStoryImport takes over a story of the platform before this one.
func TestStoryImport(t *testing.T) {
	s := newSite(t)
	at := "/processes/safe_ways/publish/import"
	if got := s.as("walker").get(at); got.status != http.StatusForbidden {
		t.Errorf("a stranger: %d", got.status)
	}
	official := s.as("official")
	got := official.upload(at, []byte(`{"title":"Sharing","short_description":"A street.","budget":1,"countries":"Italy,Atlantis"}`), nil)
	if got.status != http.StatusOK || !strings.Contains(got.body, "budget") || !strings.Contains(got.body, "Atlantis") || !strings.Contains(got.body, "draft=") {
		t.Errorf("taken over: %d %s", got.status, got.body)
	}
	if got := official.upload(at, []byte(`[]`), nil); got.status != http.StatusUnprocessableEntity {
		t.Errorf("no story: %d", got.status)
	}
}

// TestStoryPartners asks a partner of the node to sign a story, which it does.
func TestStoryPartners(t *testing.T) {
	s := newSite(t)
	official, walker := s.as("official"), s.as("walker")
	at := "/processes/safe_ways/publish"
	told := official.post(at, tellings("publish", url.Values{"keep": official.boxes(at, "keep")}))
	if told.status != http.StatusSeeOther {
		t.Fatalf("published: %d", told.status)
	}
	account, err := s.Accounts.ByUsername(t.Context(), "walker")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Organizations.Create(t.Context(), account.Viewer(), "walkers", organization.Details{Title: domain.Text{"en": "Walkers"}, Kind: organization.Citizen}); err != nil {
		t.Fatal(err)
	}
	if got := walker.get(told.location + "/partners"); got.status != http.StatusForbidden {
		t.Errorf("a stranger asks: %d", got.status)
	}
	if got := official.post(told.location+"/partners?lang=en", url.Values{"partner": {"@nobody@nowhere.invalid"}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "nowhere.invalid does not answer") {
		t.Errorf("nobody is asked: %d", got.status)
	}
	if got := official.post(told.location+"/partners", url.Values{"partner": {"walkers"}}); got.status != http.StatusSeeOther {
		t.Fatalf("asked: %d %s", got.status, got.body)
	}
	list := walker.get("/organizations/walkers/cosignatures?lang=en")
	href := "/organizations/walkers/cosignatures/"
	_, after, ok := strings.Cut(list.body, href)
	if !ok {
		t.Fatalf("nothing to sign: %s", list.body)
	}
	request := href + after[:36]
	for _, path := range []string{request, "/organizations/walkers/cosignatures"} {
		if got := s.anonymous().get(path); got.status == http.StatusOK {
			t.Errorf("a stranger reads %s: %d", path, got.status)
		}
	}
	above := func(words string) {
		t.Helper()
		if got := walker.get(request + "?lang=en"); got.status != http.StatusOK || !strings.Contains(got.body, "A street shares.") || !strings.Contains(got.body, "<span>"+words+"</span>") {
			t.Errorf("the request, not as %q: %d %s", words, got.status, got.body)
		}
	}
	above("These words are to be signed")
	if got := walker.post(request, url.Values{"revision": {"1"}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("no answer is one: status %d", got.status)
	}
	if got := walker.post(request, url.Values{"revision": {"1"}, "answer": {"sign"}}); got.status != http.StatusSeeOther {
		t.Fatalf("signed: %d %s", got.status, got.body)
	}
	above("These words are signed")
	if got := walker.post(request, url.Values{"revision": {"1"}, "answer": {"refuse"}}); got.status != http.StatusConflict {
		t.Errorf("answered twice: %d", got.status)
	}
	if got := walker.get(told.location + "?lang=en"); !strings.Contains(got.body, "Walkers") || !strings.Contains(got.body, "Also signed by its partner") {
		t.Error("the story does not say that the partner signed it")
	} else if !strings.Contains(got.body, "What was not checked") || !strings.Contains(got.body, "no word was changed since") {
		t.Error("the story does not say what was checked")
	}
	if got := walker.post(request, url.Values{"revision": {"2"}, "answer": {"refuse"}, "reason": {strings.Repeat("x", 1001)}}); got.status != http.StatusUnprocessableEntity || !strings.Contains(got.body, "xxxx") {
		t.Errorf("a reason that is too long: %d", got.status)
	}
	if got := walker.post(request, url.Values{"revision": {"2"}, "answer": {"refuse"}, "reason": {"Disputed figures."}}); got.status != http.StatusSeeOther {
		t.Fatalf("taken back: %d %s", got.status, got.body)
	}
	above("The request was about these words")
	if got := walker.get(told.location + "?lang=en"); strings.Contains(got.body, "Also signed by its partner") {
		t.Error("the story says that the partner signed it still")
	}
	if got := official.get(told.location + "/partners?lang=en"); !strings.Contains(got.body, "Disputed figures.") || !strings.Contains(got.body, "Can be asked again from") {
		t.Error("who asked does not read why")
	}
	if got := official.post(told.location+"/partners", url.Values{"partner": {"walkers"}}); got.status != http.StatusConflict {
		t.Errorf("asked again at once: %d", got.status)
	}
	if got := walker.post(request, url.Values{"revision": {"3"}, "answer": {"refuse"}, "never": {"true"}}); got.status != http.StatusSeeOther {
		t.Errorf("not to be asked again: %d", got.status)
	}
	if got := official.get(told.location + "/partners?lang=en"); !strings.Contains(got.body, "Does not want to be asked again") || strings.Contains(got.body, "Can be asked again from") {
		t.Error("who asked does not read that")
	}
}

// TestStoryPartnersCancelled takes back what a partner of the node is asked to sign,
// whose page is open, and asks anew; a partner that signed and was deleted is named
// as it was.
func TestStoryPartnersCancelled(t *testing.T) {
	s := newSite(t)
	official, walker := s.as("official"), s.as("walker")
	at := "/processes/safe_ways/publish"
	told := official.post(at, tellings("publish", url.Values{"keep": official.boxes(at, "keep")})).location
	account, err := s.Accounts.ByUsername(t.Context(), "walker")
	if err != nil {
		t.Fatal(err)
	}
	walkers, err := s.Organizations.Create(t.Context(), account.Viewer(), "walkers", organization.Details{Title: domain.Text{"en": "The Walkers"}, Kind: organization.Citizen})
	if err != nil {
		t.Fatal(err)
	}
	// find returns the first address of a page that begins so.
	find := func(who *reader, page, begins string, length int) string {
		t.Helper()
		body := who.get(page).body
		_, after, ok := strings.Cut(body, begins)
		if !ok {
			t.Fatalf("%s has no %s: %s", page, begins, body)
		}
		return begins + after[:length]
	}
	partners := told + "/partners"
	if got := official.post(partners, url.Values{"partner": {"walkers"}}); got.status != http.StatusSeeOther {
		t.Fatalf("asked: %d", got.status)
	}
	cancel := find(official, partners, partners+"/", 36+len("/cancel"))
	request := find(walker, "/organizations/walkers/cosignatures", "/organizations/walkers/cosignatures/", 36)
	if got := walker.post(cancel, nil); got.status != http.StatusForbidden {
		t.Errorf("a stranger takes it back: %d", got.status)
	}
	if got := official.post(partners+"/nothing/cancel", nil); got.status != http.StatusNotFound {
		t.Errorf("nothing is taken back: %d", got.status)
	}
	for range 2 {
		if got := official.post(cancel, nil); got.status != http.StatusSeeOther || got.location != partners {
			t.Fatalf("taken back: %d %s", got.status, got.location)
		}
	}
	if got := official.get(partners + "?lang=en").body; !strings.Contains(got, "Request taken back") || !strings.Contains(got, "Ask again") || strings.Contains(got, cancel) {
		t.Errorf("who asked reads %s", got)
	}
	if got := walker.post(request+"?lang=en", url.Values{"revision": {"1"}, "answer": {"sign"}}); got.status != http.StatusConflict || !strings.Contains(got.body, "has taken its request back") {
		t.Errorf("signed all the same: %d %s", got.status, got.body)
	}
	if got := walker.get(request + "?lang=en").body; !strings.Contains(got, "<span>The request was about these words</span>") {
		t.Errorf("above the words of a request that was taken back: %s", got)
	}
	if _, err := s.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := walker.get("/notifications?lang=en").body; !strings.Contains(got, "no longer asks you to sign") {
		t.Errorf("who is asked reads %s", got)
	}
	if got := official.post(partners, url.Values{"partner": {"walkers"}}); got.status != http.StatusSeeOther {
		t.Fatalf("asked anew: %d", got.status)
	}
	second := find(walker, "/organizations/walkers/cosignatures", "/organizations/walkers/cosignatures/", 36)
	if got := walker.post(second, url.Values{"revision": {"1"}, "answer": {"sign"}}); second == request || got.status != http.StatusSeeOther {
		t.Fatalf("signed: %d", got.status)
	}
	signedThen := s.anonymous().get(told + "/evidence").body
	if err := s.Organizations.Delete(t.Context(), account.Viewer(), walkers.ID, "walkers"); err != nil {
		t.Fatal(err)
	}
	for _, page := range []string{told, partners} {
		if got := official.get(page + "?lang=en").body; !strings.Contains(got, "The Walkers") || !strings.Contains(got, "no longer exists") {
			t.Errorf("%s does not name who signed and was deleted: %s", page, got)
		}
	}
	if got := s.anonymous().get(told + "/evidence").body; got != signedThen {
		t.Errorf("the evidence is another once a partner is deleted: %s", got)
	}
}
