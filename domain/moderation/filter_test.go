package moderation

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain/community"
)

// TestFilterCheck: what cannot be used is refused at its field.
func TestFilterCheck(t *testing.T) {
	for name, c := range map[string]struct {
		f    Filter
		want string // field; "" for none
	}{
		"good":            {Filter{Name: "a", Kind: FilterWords, Pattern: "spam|ham", Action: community.Hold}, ""},
		"no name":         {Filter{Kind: FilterWords, Pattern: "spam", Action: community.Hold}, "name"},
		"no regular":      {Filter{Name: "a", Kind: FilterWords, Pattern: "(", Action: community.Hold}, "pattern"},
		"everything":      {Filter{Name: "a", Kind: FilterWords, Pattern: "a*", Action: community.Hold}, "pattern"},
		"looks behind":    {Filter{Name: "a", Kind: FilterWords, Pattern: `(?<=a)b`, Action: community.Hold}, "pattern"},
		"explodes":        {Filter{Name: "a", Kind: FilterLinks, Pattern: `((a{1,100}){1,100})b`, Action: community.Hold}, "pattern"},
		"much":            {Filter{Name: "a", Kind: FilterWords, Pattern: strings.Repeat("a", maxPattern+1), Action: community.Hold}, "pattern"},
		"no action":       {Filter{Name: "a", Kind: FilterWords, Pattern: "spam"}, "action"},
		"no kind":         {Filter{Name: "a", Action: community.Hold}, "kind"},
		"none let pass":   {Filter{Name: "a", Kind: FilterMentions, Action: community.Hold}, "most"},
		"without an hour": {Filter{Name: "a", Kind: FilterAuthor, Most: 3, Action: community.Hold}, "hours"},
	} {
		err := c.f.check()
		if c.want == "" != (err == nil) || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestPrint: the same words are the same, however they are set; few letters
// are none.
func TestPrint(t *testing.T) {
	same := []string{"Buy our cheap watches now, today!", "BUY OUR – cheap  watches\nnow: today", "buyourcheapwatchesnowtoday"}
	for _, s := range same {
		if Print(s) != Print(same[0]) || Print(s) == "" {
			t.Errorf("%q has the print %q", s, Print(s))
		}
	}
	if Print("Thank you!") != "" || Print("Another text of more than twenty letters") == Print(same[0]) {
		t.Error("prints")
	}
}

// TestFilterNeverPanics: whatever is written, by whatever pattern is let in.
func TestFilterNeverPanics(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := Filter{
			Name: "a", Kind: rapid.SampledFrom(FilterKinds).Draw(t, "kind"), Pattern: rapid.String().Draw(t, "pattern"),
			Most: rapid.IntRange(0, 3).Draw(t, "most"), Hours: rapid.IntRange(0, 3).Draw(t, "hours"), Action: community.Hold,
		}
		if f.check() != nil {
			return
		}
		w := community.Written{Text: rapid.String().Draw(t, "text"), Host: "a.example", At: time.Unix(1_800_000_000, 0)}
		past := &tally{}
		n := rapid.IntRange(1, 5).Draw(t, "times")
		for range n {
			past.add(w)
		}
		hit, err := f.hits(w, past)
		if err != nil {
			t.Fatal(err)
		}
		if f.Kind == FilterAuthor && hit != (n > f.Most) {
			t.Fatalf("%d in an hour, %d are let pass: %t", n, f.Most, hit)
		}
	})
}

// BenchmarkFilters is what all filters that can be cost one long post.
func BenchmarkFilters(b *testing.B) {
	var all []*Filter
	for range maxFilters {
		f := &Filter{Name: "a", Kind: FilterWords, Pattern: `(cheap|free)\s+(pills|watches|money)[a-z ]{1,20}(now|today)`, Action: community.Hold}
		if err := f.check(); err != nil {
			b.Fatal(err)
		}
		all = append(all, f)
	}
	w := community.Written{Text: strings.Repeat("free watches for everybody in the city ", 300)}
	for b.Loop() {
		for _, f := range all {
			if _, err := f.hits(w, nil); err != nil {
				b.Fatal(err)
			}
		}
	}
}
