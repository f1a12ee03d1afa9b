package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/domain/review"
	"interlink/domain/story"
)

// TestReviewsOfAnInterlinker: people say on its page how it worked, change and
// withdraw that; those who keep it answer; whatever is typed is shown as it is.
func TestReviewsOfAnInterlinker(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("ana", policy.RoleMember)
	const at = "/interlinkers/stakeholder-map"
	ana, official, anybody := s.as("ana"), s.as("official"), s.anonymous()
	if got := anybody.get(at + "/reviews/mine"); got.status == http.StatusOK {
		t.Error("who is not signed in gets the form")
	}
	if got := ana.post(at+"/reviews/mine", url.Values{"title": {"<b>Good</b>"}, "text": {"First.\n\n<script>x</script>"}, "language": {"lv"}}); got.status != http.StatusUnprocessableEntity ||
		!strings.Contains(got.body, "one to five stars") || !strings.Contains(got.body, "&lt;b&gt;Good&lt;/b&gt;") {
		t.Errorf("without stars: status %d, what was typed or the message is missing", got.status)
	}
	write := func(stars string) {
		t.Helper()
		if got := ana.post(at+"/reviews/mine", url.Values{"rating": {stars}, "title": {"<b>Good</b>"}, "text": {"First.\n\n<script>x</script>"}, "language": {"lv"}}); got.status != http.StatusSeeOther {
			t.Fatalf("status %d: %s", got.status, got.body)
		}
	}
	write("2")
	write("4")
	e, err := s.Catalogue.Entry(t.Context(), s.official, catalogue.KindInterlinker, "stakeholder-map", "")
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Reviews.List(t.Context(), e.IRI, review.Filter{}, domain.Page{})
	if err != nil || list.Total != 1 {
		t.Fatalf("%d reviews, %v", list.Total, err)
	}
	for _, path := range []string{at, at + "/reviews", at + "/reviews?lang=lv"} {
		got := anybody.get(path)
		if !strings.Contains(got.body, "★★★★☆") || !strings.Contains(got.body, "&lt;script&gt;x") || strings.Contains(got.body, "<script>x") {
			t.Errorf("%s does not show the review as it was typed", path)
		}
	}
	if got := anybody.get(at + "/reviews?lang=en"); strings.Contains(got.body, "★★★★☆") {
		t.Error("a review in Latvian is among those in English")
	}
	one := at + "/reviews/" + string(list.Items[0].ID) + "/reply"
	if got := ana.post(one, url.Values{"reply": {"No."}, "lang": {"en"}}); got.status != http.StatusForbidden {
		t.Errorf("a member answers: status %d", got.status)
	}
	if got := official.post(one, url.Values{"reply": {"Thank you."}, "lang": {"en"}}); got.status != http.StatusSeeOther {
		t.Errorf("the answer: status %d", got.status)
	}
	if got := anybody.get(at); !strings.Contains(got.body, "Thank you.") {
		t.Error("the answer is not shown")
	}
	if got := anybody.get("/reviews/" + string(list.Items[0].ID)); got.status != http.StatusSeeOther {
		t.Errorf("its address: status %d", got.status)
	}
	if got := ana.post(at+"/reviews/mine", url.Values{"withdraw": {"yes"}}); got.status != http.StatusSeeOther {
		t.Errorf("withdrawn: status %d", got.status)
	}
	if got := anybody.get(at + "/reviews"); strings.Contains(got.body, "★★★★☆") {
		t.Error("it is there still")
	}
}

// TestReviewsOfAStory: people say on its page how a story helped them; those
// who tell it answer, and do not review it; stories are found by their stars.
func TestReviewsOfAStory(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("ana", policy.RoleMember)
	told, err := s.Stories.Publish(t.Context(), s.official, story.Input{
		Slug: "walking", Process: "safe_ways", Owner: s.process.Organization,
		Telling: story.Telling{Title: domain.Text{"en": "Children walk"}, Summary: domain.Text{"en": "It worked."}},
	})
	if err != nil {
		t.Fatal(err)
	}
	const at = "/stories/walking"
	ana, official, anybody := s.as("ana"), s.as("official"), s.anonymous()
	if got := official.get(at + "/reviews/mine"); got.status != http.StatusForbidden {
		t.Errorf("who tells it gets the form: status %d", got.status)
	}
	if got := ana.get(at + "/reviews/mine"); got.status != http.StatusOK || !strings.Contains(got.body, "How well does it help you?") {
		t.Fatalf("the form: status %d", got.status)
	}
	if got := ana.post(at+"/reviews/mine", url.Values{"rating": {"4"}, "title": {"It helped"}, "text": {"Much."}, "language": {"en"}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	list, err := s.Reviews.List(t.Context(), told.IRI, review.Filter{}, domain.Page{})
	if err != nil || list.Total != 1 {
		t.Fatalf("%d reviews, %v", list.Total, err)
	}
	if got := official.post(at+"/reviews/"+string(list.Items[0].ID)+"/reply", url.Values{"reply": {"Thank you."}, "lang": {"en"}}); got.status != http.StatusSeeOther {
		t.Errorf("the answer: status %d", got.status)
	}
	for _, path := range []string{at, at + "/reviews"} {
		if got := anybody.get(path); got.status != http.StatusOK || !strings.Contains(got.body, "★★★★☆") || !strings.Contains(got.body, "Thank you.") {
			t.Errorf("%s: status %d, without the review or its answer", path, got.status)
		}
	}
	if got := anybody.get("/reviews/" + string(list.Items[0].ID)); got.status != http.StatusSeeOther || !strings.HasPrefix(got.header.Get("Location"), at+"/reviews") {
		t.Errorf("its address: status %d to %q", got.status, got.header.Get("Location"))
	}
	if err := s.Reviews.CountAll(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := anybody.get("/stories?rating=4"); !strings.Contains(got.body, "Children walk") {
		t.Error("it is not found by its stars")
	}
	if got := anybody.get("/stories?rating=5"); strings.Contains(got.body, "Children walk") {
		t.Error("it is found with more stars than it has")
	}
	if got := ana.post(at+"/reviews/mine", url.Values{"withdraw": {"yes"}}); got.status != http.StatusSeeOther {
		t.Errorf("withdrawn: status %d", got.status)
	}
	if got := anybody.get(at + "/reviews"); strings.Contains(got.body, "★★★★☆") {
		t.Error("it is there still")
	}
}

// TestTranslationIsOffered: a member offers the translation of a text, sees it
// beside the original, and those who write the catalogue accept it.
func TestTranslationIsOffered(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	s.person("ana", policy.RoleMember)
	ana, official := s.as("ana"), s.as("official")
	const at = "/interlinkers/stakeholder-map/translate"
	if got := ana.get(at + "?field=summary&in=de"); got.status != http.StatusOK || !strings.Contains(got.body, `name="text"`) {
		t.Fatalf("status %d", got.status)
	}
	if got := ana.post(at, url.Values{"field": {"summary"}, "language": {"de"}, "text": {" "}}); got.status != http.StatusUnprocessableEntity {
		t.Errorf("nothing is offered: status %d", got.status)
	}
	if got := ana.post(at, url.Values{"field": {"summary"}, "language": {"de"}, "text": {"Wer betroffen ist."}}); got.status != http.StatusSeeOther {
		t.Fatalf("status %d: %s", got.status, got.body)
	}
	queue := official.get("/catalogue/offers").body
	_, rest, ok := strings.Cut(queue, `href="/catalogue/offers/0`)
	if !ok {
		t.Fatal("nothing waits")
	}
	id, _, _ := strings.Cut(rest, `"`)
	offer := official.get("/catalogue/offers/0" + id)
	if !strings.Contains(offer.body, "Wer betroffen ist.") {
		t.Error("the offer does not show the translation")
	}
	if got := official.post("/catalogue/offers/0"+id+"/accept", url.Values{"revision": {"1"}}); got.status != http.StatusSeeOther {
		t.Fatalf("accepted: status %d", got.status)
	}
	e, err := s.Catalogue.Entry(t.Context(), s.official, catalogue.KindInterlinker, "stakeholder-map", "")
	if err != nil || e.Summary["de"] != "Wer betroffen ist." {
		t.Errorf("it has %q (%v)", e.Summary["de"], err)
	}
}
