package catalogue_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// versions draws what an entry said from a number on; the same words may come
// again, at another time.
func versions(t *rapid.T, label string, from, most int) []catalogue.Version {
	var out []catalogue.Version
	for n := range rapid.IntRange(0, most).Draw(t, label) {
		word := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "word")
		status := rapid.SampledFrom([]catalogue.Status{catalogue.Published, catalogue.Deprecated}).Draw(t, "status")
		at := time.Unix(rapid.Int64Range(0, 1<<30).Draw(t, "at"), 0)
		out = append(out, catalogue.Version{Number: from + n, Status: status, At: at, Content: catalogue.Content{
			Name: domain.Text{"en": word}, Interlinker: &catalogue.Interlinker{
				Documents: map[string]catalogue.Document{"en": {Name: "f", Hash: word, URL: domain.IRI("https://" + label + ".example/" + word)}},
				Snapshots: []catalogue.Snapshot{{URL: domain.IRI("https://" + label + ".example/p"), Alt: domain.Text{"en": word}}},
			},
		}})
	}
	return out
}

func numbers(all []catalogue.Version) (out []int) {
	for _, v := range all {
		out = append(out, v.Number)
	}
	return out
}

// TestSucceed: where nothing was changed here, all that came since is added; what
// is here stays under its number; each version of theirs is here, added or told
// of; and once more adds nothing.
func TestSucceed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		shared := versions(t, "shared", 1, 4)
		theirs := slices.Concat(shared, versions(t, "theirs", len(shared)+1, 4))
		if out := catalogue.Succeed(shared, theirs); len(out.Kept) > 0 || len(out.Added) != len(theirs)-len(shared) || out.Moves != (len(out.Added) > 0) {
			t.Fatalf("nothing was changed here: %+v", out)
		}
		if out := catalogue.Succeed(theirs, shared); len(out.Added)+len(out.Kept) > 0 {
			t.Fatalf("an older archive: %+v", out)
		}
		if n := len(theirs); n > 1 { // an import brought what it says now, as the first version here
			first := theirs[n-1]
			first.Number, first.At = 1, first.At.Add(time.Hour)
			if out := catalogue.Succeed([]catalogue.Version{first}, theirs); len(out.Added) != n-1 || !out.Moves {
				t.Fatalf("it came before without its history: %+v", out)
			}
		}
		ours := slices.Concat(shared, versions(t, "ours", len(shared)+1, 4))
		out := catalogue.Succeed(ours, theirs)
		for _, n := range numbers(out.Added) {
			if slices.Contains(numbers(ours), n) || slices.Contains(out.Kept, n) || out.Moves != (out.Added[len(out.Added)-1].Number > len(ours)) {
				t.Fatalf("%d is added to %v: %+v", n, numbers(ours), out)
			}
		}
		for _, n := range numbers(theirs) {
			if !slices.Contains(numbers(ours), n) && !slices.Contains(numbers(out.Added), n) && !slices.Contains(out.Kept, n) {
				t.Fatalf("%d is lost without a word: %+v", n, out)
			}
		}
		again := catalogue.Succeed(slices.Concat(ours, out.Added), theirs)
		if len(again.Added) > 0 || again.Moves || !slices.Equal(again.Kept, out.Kept) {
			t.Fatalf("once more: %+v after %+v", again, out)
		}
		gap := rapid.IntRange(0, len(theirs)).Draw(t, "gap")
		if filled := catalogue.Succeed(theirs[gap:], theirs); gap < len(theirs) && (len(filled.Added) != gap || filled.Moves) {
			t.Fatalf("the first %d were not here: %+v", gap, filled)
		}
	})
}
