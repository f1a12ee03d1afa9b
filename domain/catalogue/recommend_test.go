package catalogue_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// tool makes a published Interlinker that answers problems.
func tool(slug string, change func(*catalogue.Entry), problems ...string) *catalogue.Entry {
	e := &catalogue.Entry{
		ID: domain.ID("id-" + slug), IRI: domain.IRI("https://city.example/interlinkers/" + slug), Slug: slug, Kind: catalogue.KindInterlinker,
		Status: catalogue.Published, Name: domain.Text{"en": slug},
		Interlinker: &catalogue.Interlinker{Nature: catalogue.NatureKnowledge, Problems: problems, Difficulty: "medium"},
	}
	if change != nil {
		change(e)
	}
	return e
}

// fataler is a test or a property.
type fataler interface {
	Helper()
	Fatal(args ...any)
}

// ranked are the recommendations of a query's first page.
func ranked(t fataler, x *catalogue.Index, q catalogue.Query) []catalogue.Pick {
	t.Helper()
	list, err := x.Recommend(q)
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}

func slugs(list []catalogue.Pick) []string {
	var out []string
	for _, r := range list {
		out = append(out, strings.TrimPrefix(string(r.ID), "id-"))
	}
	return out
}

// TestRanking: what makes one Interlinker better than another, all else being
// equal.
func TestRanking(t *testing.T) {
	everything := make([]string, 40)
	for i := range everything {
		everything[i] = fmt.Sprintf("P%d", i)
	}
	in := func(lang domain.Lang) func(*catalogue.Entry) {
		return func(e *catalogue.Entry) { e.Name = domain.Text{lang: e.Slug} }
	}
	for name, c := range map[string]struct {
		better, worse *catalogue.Entry
		query         catalogue.Query
		reason        catalogue.ReasonKind // of the better one alone
	}{
		"it answers more":              {tool("b", nil, "P1", "P2"), tool("a", nil, "P1", "P7"), catalogue.Query{Problems: []string{"P1", "P2"}}, ""},
		"it is made for this":          {tool("b", nil, "P1"), tool("a", nil, everything...), catalogue.Query{Problems: []string{"P1"}}, catalogue.ReasonFocused},
		"it answers the task's own":    {tool("b", nil, "P1"), tool("a", nil, "P2"), catalogue.Query{Problems: []string{"P1", "P2"}}, ""},
		"it is in the language":        {tool("b", in("es"), "P1"), tool("a", in("lv"), "P1"), catalogue.Query{Problems: []string{"P1"}, Language: "es"}, catalogue.ReasonLanguage},
		"it is easy":                   {tool("b", func(e *catalogue.Entry) { e.Interlinker.Difficulty = "easy" }, "P1"), tool("a", nil, "P1"), catalogue.Query{Problems: []string{"P1"}}, catalogue.ReasonEasy},
		"it was used":                  {tool("b", func(e *catalogue.Entry) { e.Uses = 3 }, "P1"), tool("a", nil, "P1"), catalogue.Query{Problems: []string{"P1"}}, catalogue.ReasonUsed},
		"it is for these people":       {tool("b", func(e *catalogue.Entry) { e.Interlinker.Audience = []string{"all;citizens"} }, "P1"), tool("a", nil, "P1"), catalogue.Query{Problems: []string{"P1"}, Audience: "all;citizens"}, catalogue.ReasonAudience},
		"nothing: then by its address": {tool("a", nil, "P1"), tool("b", nil, "P1"), catalogue.Query{Problems: []string{"p1"}}, ""},
	} {
		found := ranked(t, catalogue.NewIndex([]*catalogue.Entry{c.worse, c.better}), c.query)
		if got := slugs(found); !slices.Equal(got, []string{c.better.Slug, c.worse.Slug}) {
			t.Errorf("%s: %v", name, got)
			continue
		}
		has := func(r catalogue.Pick) bool {
			return slices.ContainsFunc(r.Reasons, func(why catalogue.Reason) bool { return why.Kind == c.reason })
		}
		if c.reason != "" && (!has(found[0]) || has(found[1])) {
			t.Errorf("%s: the reasons are %v and %v", name, found[0].Reasons, found[1].Reasons)
		}
	}
}

// TestRecommendation holds what is true of every list, whatever the catalogue
// is: it has what answers the query and nothing else, with a reason each, and
// does not depend on the order in which the catalogue was read.
func TestRecommendation(t *testing.T) {
	code := rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("P%d", rapid.IntRange(0, 9).Draw(t, "code")) })
	rapid.Check(t, func(t *rapid.T) {
		var entries []*catalogue.Entry
		answers := map[string]bool{}
		q := catalogue.Query{
			Problems: rapid.SliceOfN(code, 0, 4).Draw(t, "query"), Language: rapid.SampledFrom([]domain.Lang{"", "en", "es"}).Draw(t, "language"), Limit: 1000,
		}
		for i := range rapid.IntRange(0, 30).Draw(t, "entries") {
			e := tool(fmt.Sprintf("e%d", i), func(e *catalogue.Entry) {
				e.Status = rapid.SampledFrom([]catalogue.Status{catalogue.Published, catalogue.Published, catalogue.Withdrawn}).Draw(t, "status")
				e.Host = rapid.SampledFrom([]string{"", "riga.example"}).Draw(t, "host")
				e.Uses = rapid.IntRange(0, 3).Draw(t, "uses")
			}, rapid.SliceOfN(code, 0, 5).Draw(t, "codes")...)
			entries = append(entries, e)
			answers[e.Slug] = e.Status == catalogue.Published && slices.ContainsFunc(e.Interlinker.Problems, func(c string) bool { return slices.Contains(q.Problems, c) })
		}
		found := ranked(t, catalogue.NewIndex(entries), q)
		for i, r := range found {
			slug := slugs(found[i : i+1])[0]
			if !answers[slug] {
				t.Fatalf("%s does not answer %v, or not once", slug, q.Problems)
			}
			delete(answers, slug)
			if len(r.Reasons) == 0 || r.Reasons[0].Kind != catalogue.ReasonProblem || r.Score <= 0 {
				t.Fatalf("%s is recommended by %v, %f", slug, r.Reasons, r.Score)
			}
			if i > 0 && r.Score > found[i-1].Score {
				t.Fatalf("%s comes after a worse one", slug)
			}
		}
		for slug, answer := range answers {
			if answer {
				t.Fatalf("%s is missing", slug)
			}
		}
		shuffled := slices.Clone(entries)
		rand.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if again := slugs(ranked(t, catalogue.NewIndex(shuffled), q)); !slices.Equal(again, slugs(found)) {
			t.Fatalf("read in another order: %v, before %v", again, slugs(found))
		}
		// Page by page it is the same list.
		q.Limit = rapid.IntRange(1, 4).Draw(t, "limit")
		var paged []catalogue.Pick
		for page := 0; page <= len(found); page++ {
			list, err := catalogue.NewIndex(entries).Recommend(q)
			if err != nil || len(list.Items) > q.Limit || list.Total != len(found) {
				t.Fatalf("page %d has %d of %d: %v", page, len(list.Items), list.Total, err)
			}
			paged = append(paged, list.Items...)
			if q.After = domain.ID(list.Next); q.After == "" {
				break
			}
		}
		if !slices.Equal(slugs(paged), slugs(found)) {
			t.Fatalf("page by page %v, at once %v", slugs(paged), slugs(found))
		}
		q.After = "id-of-another"
		if _, err := catalogue.NewIndex(entries).Recommend(q); domain.CodeOf(err) != domain.Invalid {
			t.Fatalf("a cursor of another list: %v", err)
		}
	})
}

// TestReasonInTheirLanguage: of the words that a task and an Interlinker share,
// those are named that the reader understands, with their marks; none, if there
// are none.
func TestReasonInTheirLanguage(t *testing.T) {
	x := catalogue.NewIndex([]*catalogue.Entry{
		tool("canvas", func(e *catalogue.Entry) {
			e.Name = domain.Text{"en": "Canvas of stakeholders", "es": "Lienzo de interesados", "lv": "Kopīga zīmēšana"}
		}, "P1"),
		tool("budget", func(e *catalogue.Entry) { e.Name = domain.Text{"en": "Budget", "es": "Presupuesto"} }, "P1"),
	})
	for lang, want := range map[domain.Lang]string{"en": "stakeholders", "es": "interesados", "lv": "zīmēšana", "es-ES": "interesados", "nl": ""} {
		var said []string
		for _, r := range ranked(t, x, catalogue.Query{
			Problems: []string{"P1"}, Language: lang, Limit: 10, Name: domain.Text{"en": "Map stakeholders", "es": "Conocer los interesados", "lv": "Zīmēšana visiem"},
		}) {
			for _, reason := range r.Reasons {
				if reason.Kind == catalogue.ReasonText {
					said = append(said, fmt.Sprint(reason.Args...))
				}
			}
		}
		if got := strings.Join(said, "|"); got != want {
			t.Errorf("in %s it speaks of %q, not %q", lang, got, want)
		}
	}
}
