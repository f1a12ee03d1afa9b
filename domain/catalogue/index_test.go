package catalogue_test

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// TestRoots: forms of a word have the same root, in their language.
func TestRoots(t *testing.T) {
	for lang, all := range map[domain.Lang][][]string{
		"en": {{"stakeholder", "stakeholders"}, {"map", "maps", "mapping"}, {"engage", "engages", "engagement", "engagements"}, {"story", "stories"}},
		"es": {{"plan", "planes"}, {"participación", "participaciones"}, {"ciudadano", "ciudadanos", "ciudadana"}},
		"it": {{"servizio", "servizi"}, {"cittadino", "cittadini"}, {"progettazione", "progettazioni"}},
		"lv": {{"karte", "karti", "kartes"}, {"pakalpojums", "pakalpojuma", "pakalpojumi"}},
		"nl": {{"aanvraag", "aanvragen"}, {"dienst", "diensten"}, {"inwoner", "inwoners"}},
	} {
		for _, words := range all {
			want := catalogue.Root(catalogue.Words(words[0])[0], lang)
			for _, w := range words[1:] {
				if got := catalogue.Root(catalogue.Words(w)[0], lang); got != want {
					t.Errorf("%s: the root of %s is %s, of %s %s", lang, w, got, words[0], want)
				}
			}
		}
	}
	if got := catalogue.Words("<p class=\"x\">Él dijo:</p> a<b, 3&nbsp;Straße, Ķīpsala"); !slices.Equal(got, []string{"el", "dijo", "a", "b", "3", "nbsp", "strasse", "kipsala"}) {
		t.Errorf("the words are %v", got)
	}
}

// FuzzWords: whatever a text is, its words are letters and digits alone, which
// is what the patterns of both databases rely on.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"", "Plan", "<p>a</p>", "a\x00b", "\xff\xfe", `"' OR 1=1 --`, "ﬁ İ ß", strings.Repeat("x", 100)} {
		f.Add(s, "en")
	}
	f.Fuzz(func(t *testing.T, text, lang string) {
		for _, w := range catalogue.Words(text) {
			for _, s := range []string{w, catalogue.Root(w, domain.Lang(lang))} {
				if s == "" || !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
					t.Fatalf("%q has the word %q, with the root %q", text, w, s)
				}
			}
		}
	})
}

// card draws the card of one of a few entries.
func card(t *rapid.T) catalogue.Card {
	n := rapid.IntRange(0, 20).Draw(t, "entry")
	c := catalogue.Card{
		Number: int64(n), ID: domain.ID(fmt.Sprintf("e%02d", n)), Kind: catalogue.KindInterlinker, Sort: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "name"),
		Host: rapid.SampledFrom([]string{"", "riga.example"}).Draw(t, "host"), Shown: rapid.Bool().Draw(t, "shown"), Lead: rapid.Bool().Draw(t, "lead"),
		Withdrawn: rapid.Bool().Draw(t, "withdrawn"), Gone: rapid.IntRange(0, 4).Draw(t, "gone") == 0,
	}
	for _, facet := range []string{catalogue.FacetNature, catalogue.FacetScope} {
		for _, v := range []string{"x", "y", "z"} {
			if rapid.Bool().Draw(t, facet+v) {
				c.Values = append(c.Values, catalogue.Value{Facet: facet, Value: v})
			}
		}
	}
	return c
}

// TestIndexIsWhatWasPut: whatever comes, changes and goes, in whichever order,
// an index finds and counts what a reader of all cards would.
func TestIndexIsWhatWasPut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		x := catalogue.NewIndex(nil)
		now := map[domain.ID]catalogue.Card{}
		for range rapid.IntRange(0, 60).Draw(t, "changes") {
			c := card(t)
			x.Put(c)
			if delete(now, c.ID); !c.Gone {
				now[c.ID] = c
			}
		}
		x.Sort()
		hidden := map[string]bool{"riga.example": rapid.Bool().Draw(t, "hidden")}
		x.Hide(hidden)
		f := catalogue.Filter{
			Kind: catalogue.KindInterlinker, Withdrawn: rapid.Bool().Draw(t, "with withdrawn"), Variants: rapid.Bool().Draw(t, "with variants"),
			Any: map[string][]string{
				catalogue.FacetNature: rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y", "other"}), 0, 2).Draw(t, "natures"),
				catalogue.FacetScope:  rapid.SliceOfN(rapid.SampledFrom([]string{"x", "y"}), 0, 2).Draw(t, "scopes"),
			},
		}
		var want []catalogue.Card
		counts := map[catalogue.Value]int{}
		for _, c := range now {
			if !c.Shown || hidden[c.Host] || c.Withdrawn && !f.Withdrawn || !c.Lead && !f.Variants {
				continue
			}
			meets := func(facet string) bool {
				return len(f.Any[facet]) == 0 || slices.ContainsFunc(c.Values, func(v catalogue.Value) bool { return v.Facet == facet && slices.Contains(f.Any[facet], v.Value) })
			}
			nature, scope := meets(catalogue.FacetNature), meets(catalogue.FacetScope)
			if nature && scope {
				want = append(want, c)
			}
			for _, v := range c.Values {
				if (nature || v.Facet == catalogue.FacetNature) && (scope || v.Facet == catalogue.FacetScope) {
					counts[v]++
				}
			}
		}
		slices.SortFunc(want, func(a, b catalogue.Card) int { return cmp.Or(strings.Compare(a.Sort, b.Sort), cmp.Compare(a.ID, b.ID)) })
		var got []domain.ID
		for page := (domain.Page{Limit: rapid.IntRange(1, 5).Draw(t, "limit")}); ; {
			found, err := x.Find(f, nil, page)
			if err != nil || found.Total != len(want) {
				t.Fatalf("%d found, want %d, %v", found.Total, len(want), err)
			}
			for facet, values := range found.Facets {
				for _, v := range values {
					key := catalogue.Value{Facet: facet, Value: v.Value}
					if facet != catalogue.FacetOrigin && counts[key] != v.Count {
						t.Fatalf("%v is counted %d times, not %d", key, v.Count, counts[key])
					}
				}
			}
			got = append(got, found.IDs...)
			if page.After = found.Next; page.After == "" {
				break
			}
		}
		for i, c := range want {
			if i >= len(got) || got[i] != c.ID {
				t.Fatalf("found %v, place %d should be %s", got, i, c.ID)
			}
		}
	})
}
