package storage_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/uptrace/bun"
	"golang.org/x/sync/errgroup"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// tools is a catalogue of a few Interlinkers.
func tools(t testing.TB, db *storage.DB) *catalogue.Service {
	t.Helper()
	s, _ := newCatalogue(t, db)
	tool := func(slug string, name, summary, instructions domain.Text, tags []string, change func(*catalogue.Interlinker)) *catalogue.Entry {
		i := &catalogue.Interlinker{Nature: catalogue.NatureKnowledge, Instructions: instructions, Tags: map[string][]string{"en": tags}, Difficulty: "easy", Licence: "permissive"}
		if change != nil {
			change(i)
		}
		return &catalogue.Entry{Kind: catalogue.KindInterlinker, Key: "k/" + slug, Slug: slug, Name: name, Summary: summary, Interlinker: i}
	}
	bundle := catalogue.Bundle{Entries: []*catalogue.Entry{
		tool("map", domain.Text{"en": "Stakeholder mapping", "es": "Mapa de participación", "lv": "Ieinteresēto pušu karte"}, domain.Text{"en": "Who takes part, and why."}, nil, nil,
			func(i *catalogue.Interlinker) {
				i.Problems, i.Scopes, i.Audience = []string{"UND_PROBLEM_2"}, []string{"local"}, []string{"all;citizens"}
			}),
		tool("plan", domain.Text{"en": "Engagement plan"}, domain.Text{"en": "Says how people are reached."}, domain.Text{"en": "Begin with the stakeholders."}, nil,
			func(i *catalogue.Interlinker) {
				i.Problems, i.Scopes, i.Difficulty = []string{"ORG_PROBLEM_5"}, []string{"local", "eu"}, "medium"
				i.Supports = []catalogue.Support{{ID: "http://data.europa.eu/eli/reg/2016/679/oj"}, {ID: "https://likumi.lv/ta/id/1", Country: "lv"}}
			}),
		tool("poll", domain.Text{"en": "Poll"}, domain.Text{"en": "<p>Ask the stakeholders.</p>"}, nil, []string{"participation"}, func(i *catalogue.Interlinker) {
			i.Nature, i.Problems, i.Licence = catalogue.NatureSoftware, []string{"UND_PROBLEM_2", "ORG_PROBLEM_5"}, "copyleft"
		}),
		tool("subsidy", domain.Text{"nl": "Subsidieaanvraag"}, domain.Text{"nl": "Een aanvraag schrijven."}, nil, nil, nil),
	}}
	if report, err := s.Import(t.Context(), operator, bundle, false); err != nil || report.Interlinkers.Added != 4 {
		t.Fatal(report, err)
	}
	return s
}

func slugsOf(list []*catalogue.Entry) []string {
	var out []string
	for _, e := range list {
		out = append(out, e.Slug)
	}
	return out
}

// TestSearchWords: both databases find the same: beginnings, other forms,
// letters without their marks, words that are misspelt; what has them in its
// name first.
func TestSearchWords(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "words", func(t *testing.T, db *storage.DB) {
		s := tools(t, db)
		for text, want := range map[string][]string{
			"stakeholders":       {"map", "poll", "plan"}, // name, summary, instructions
			"stakeh":             {"map", "poll", "plan"},
			"STAKEHOLDER":        {"map", "poll", "plan"},
			"participacion":      {"map", "poll"}, // in Spanish, and what is like it
			"participation":      {"poll", "map"},
			"Participación mapa": {"map"},
			"maps":               {"map"},
			"karti":              {"map"},
			"stakehodler":        {"map", "poll", "plan"},
			"engagment plans":    {"plan"},
			"aanvragen":          {"subsidy"},
			"the plan":           {"plan"},
			"plan subsidie":      {"plan", "subsidy"}, // nothing has both
			"zzz":                nil,
			"p":                  nil, // the <p> is no word
			`100%_!' OR "1"=1 *`: nil,
		} {
			found, err := s.Search(t.Context(), operator, catalogue.Filter{Text: text}, domain.Page{})
			got := slugsOf(found.Items)
			if text == "plan subsidie" {
				slices.Sort(got)
				if !found.Partly {
					t.Errorf("%q: it is not said that nothing has all", text)
				}
			}
			if err != nil || !slices.Equal(got, want) || found.Total != len(want) {
				t.Errorf("%q finds %v, not %v (%v)", text, got, want, err)
			}
		}
		found, err := s.Search(t.Context(), operator, catalogue.Filter{Text: "stakehodler"}, domain.Page{})
		if err != nil || len(found.Instead) < 2 || found.Instead[0] != "stakehodler" || found.Instead[1] != "stakehold" && found.Instead[1] != "stakeholder" {
			t.Errorf("a misspelt word was taken for %v, %v", found.Instead, err)
		}
		// Page by page it is the same list.
		var all []string
		page := domain.Page{Limit: 1}
		for range 5 {
			part, err := s.Search(t.Context(), operator, catalogue.Filter{Text: "stakeholder"}, page)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, slugsOf(part.Items)...)
			if page.After = part.Next; page.After == "" {
				break
			}
		}
		if !slices.Equal(all, []string{"map", "poll", "plan"}) {
			t.Errorf("page by page: %v", all)
		}
	})
}

// TestSearchFacets: of several values of a facet one is enough; the values of
// each are counted with all other filters, but without its own.
func TestSearchFacets(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "facets", func(t *testing.T, db *storage.DB) {
		s := tools(t, db)
		list, facets, err := s.Find(t.Context(), operator, catalogue.Filter{Any: map[string][]string{
			"problem": {"und_problem_2", "ORG_PROBLEM_5"}, "nature": {string(catalogue.NatureKnowledge)},
		}}, domain.Page{})
		if err != nil || !slices.Equal(slugsOf(list.Items), []string{"plan", "map"}) {
			t.Fatalf("%v, %v", slugsOf(list.Items), err)
		}
		count := func(facet, value string) int {
			for _, f := range facets[facet] {
				if f.Value == value {
					return f.Count
				}
			}
			return 0
		}
		for of, want := range map[[2]string]int{
			{"nature", string(catalogue.NatureSoftware)}: 1, {"nature", string(catalogue.NatureKnowledge)}: 2, {"scope", "local"}: 2, {"scope", "eu"}: 1,
			{"problem", "UND_PROBLEM_2"}: 1, {"problem", "ORG_PROBLEM_5"}: 1, {"licence", "copyleft"}: 0, {"licence", "permissive"}: 2,
			{"regulation", "gdpr"}: 1, {"regulation", "https://likumi.lv/ta/id/1"}: 1, {"country", "EU"}: 1, {"country", "LV"}: 1,
			{"origin", ""}: 2, {"trust", "own"}: 2, {"language", "en"}: 2, {"audience", "all;citizens"}: 1, {"difficulty", "medium"}: 1,
		} {
			if got := count(of[0], of[1]); got != want {
				t.Errorf("%s %s: %d, want %d", of[0], of[1], got, want)
			}
		}
	})
}

// TestSearchKeepsUp: what another process changed, or what was deleted, is
// found as it is; hosts of which nothing is shown are not.
func TestSearchKeepsUp(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "changes", func(t *testing.T, db *storage.DB) {
		s := tools(t, db)
		ctx := t.Context()
		mint := domain.NewMint(nil, nil)
		ns, err := domain.NewNamespace("https://city.example")
		if err != nil {
			t.Fatal(err)
		}
		other := catalogue.NewService(storage.NewCatalogue(db), mint, ns, "")
		first, err := s.List(ctx, operator, catalogue.Filter{Text: "poll"}, domain.Page{})
		if err != nil || first.Total != 1 {
			t.Fatal(first, err)
		}
		e := first.Items[0]
		if _, err := other.Correct(ctx, operator, e.ID, e.Revision, catalogue.Correction{Name: domain.Text{"en": "Ballot"}}); err != nil {
			t.Fatal(err)
		}
		for text, want := range map[string]int{"poll": 1, "ballot": 1, "": 4} {
			if list, err := s.List(ctx, operator, catalogue.Filter{Text: text}, domain.Page{}); err != nil || list.Total != want {
				t.Errorf("%q finds %d, want %d, %v", text, list.Total, want, err)
			}
		}
		if e, err = s.EntryByID(ctx, operator, e.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := other.Withdraw(ctx, operator, e.ID, e.Revision, ""); err != nil {
			t.Fatal(err)
		}
		if list, err := s.List(ctx, policy.Viewer{}, catalogue.Filter{}, domain.Page{}); err != nil || list.Total != 3 {
			t.Errorf("%d after one was withdrawn, %v", list.Total, err)
		}
		if list, err := s.List(ctx, policy.Viewer{}, catalogue.Filter{Withdrawn: true}, domain.Page{}); err != nil || list.Total != 4 {
			t.Errorf("%d with the withdrawn one, %v", list.Total, err)
		}
	})
}

// TestReindex: what an earlier version made findable is found until it is made
// so anew; that goes on where it was ended, and several do it together.
func TestReindex(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "reindex", func(t *testing.T, db *storage.DB) {
		ctx := t.Context()
		s, owner := newCatalogue(t, db)
		store := storage.NewCatalogue(db)
		entries := generated(130, rand.New(rand.NewPCG(1, 2)))
		for _, e := range entries {
			e.Owner, e.Interlinker.Tags = owner.ID, map[string][]string{"en": {"lighthouse"}}
		}
		if err := store.Save(ctx, entries, domain.Change{}, false); err != nil {
			t.Fatal(err)
		}
		left := func(want int) {
			t.Helper()
			if all, n, err := store.Indexed(ctx); err != nil || all != len(entries) || n != want {
				t.Errorf("%d of %d are left, want %d, %v", n, all, want, err)
			}
		}
		age := func(statement string) {
			err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.ExecContext(ctx, statement)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		found := func() {
			t.Helper()
			if list, err := s.List(ctx, operator, catalogue.Filter{Text: "lighthouse"}, domain.Page{}); err != nil || list.Total != len(entries) {
				t.Errorf("%d are found, %v", list.Total, err)
			}
		}
		left(0)
		age("UPDATE catalogue_roots SET edition = 0")
		age("DELETE FROM catalogue_roots WHERE entry_id = 'entry-000007'")
		left(len(entries))
		if err := db.Migrate(ctx); err != nil { // nobody waits for it
			t.Fatal(err)
		}
		left(len(entries))
		found()
		ended, end := context.WithCancel(ctx)
		end()
		if err := store.Reindex(ended); err == nil {
			t.Error("what was ended says that it is done")
		}
		age("UPDATE catalogue_roots SET edition = 1000 WHERE entry_id < 'entry-000050'")
		var g errgroup.Group
		for range 3 {
			g.Go(func() error { return store.Reindex(ctx) })
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		left(0)
		found()
	})
}

// TestSearchOneDigit: a word of one digit counts.
func TestSearchOneDigit(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "digits", func(t *testing.T, db *storage.DB) {
		s, _ := newCatalogue(t, db)
		var bundle catalogue.Bundle
		for _, n := range []string{"2", "3", "13"} {
			bundle.Entries = append(bundle.Entries, &catalogue.Entry{
				Kind: catalogue.KindProblem, Key: n, Name: domain.Text{"en": "Maturity level " + n}, Problem: &catalogue.ProblemProfile{Code: "LEVEL_" + n},
			})
		}
		if _, err := s.Import(t.Context(), operator, bundle, false); err != nil {
			t.Fatal(err)
		}
		found, err := s.Search(t.Context(), operator, catalogue.Filter{Text: "maturity level 3"}, domain.Page{})
		if err != nil || !slices.Equal(slugsOf(found.Items), []string{"LEVEL_3"}) {
			t.Errorf("found %v (%v)", slugsOf(found.Items), err)
		}
	})
}
