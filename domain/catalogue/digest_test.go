package catalogue_test

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue"
)

func someMarks() *rapid.Generator[[]catalogue.Mark] {
	return rapid.Custom(func(t *rapid.T) []catalogue.Mark {
		var marks []catalogue.Mark
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 2000), 0, 60, rapid.ID[int]).Draw(t, "entries") {
			marks = append(marks, catalogue.Mark{IRI: domain.IRI(fmt.Sprintf("https://riga.example/interlinkers/%d", n)), Version: rapid.IntRange(1, 4).Draw(t, "version")})
		}
		return marks
	})
}

// Reading what differs by partition, and asking for what is there no more,
// makes both the same; nothing else is read.
func TestWhatADigestFindsMakesBothTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		here, there := someMarks().Draw(t, "here"), someMarks().Draw(t, "there")
		state := map[domain.IRI]int{}
		for _, m := range here {
			state[m.IRI] = m.Version
		}
		now := map[domain.IRI]int{}
		for _, m := range there {
			now[m.IRI] = m.Version
		}
		for _, part := range catalogue.DigestOf(here).Differing(catalogue.DigestOf(there)) {
			read, ask := catalogue.Difference(catalogue.InPart(here, part), catalogue.InPart(there, part))
			for _, iri := range read {
				if state[iri] == now[iri] {
					t.Fatalf("%s is read, though it is here", iri)
				}
				state[iri] = now[iri]
			}
			for _, iri := range ask {
				if now[iri] != 0 {
					t.Fatalf("%s is asked for, though it is listed", iri)
				}
				delete(state, iri)
			}
		}
		if len(state) != len(now) {
			t.Fatalf("%d here, %d there", len(state), len(now))
		}
		for iri, version := range now {
			if state[iri] != version {
				t.Fatalf("%s has version %d, not %d", iri, state[iri], version)
			}
		}
	})
}

func TestADigestDoesNotDependOnTheOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		marks := someMarks().Draw(t, "marks")
		other := rapid.Permutation(marks).Draw(t, "other")
		if *catalogue.DigestOf(marks) != *catalogue.DigestOf(other) || catalogue.DigestOf(marks).Total() != len(marks) {
			t.Fatal("the same entries have another digest")
		}
		if len(marks) > 0 {
			other = slices.Clone(marks)
			other[0].Version++
			if parts := catalogue.DigestOf(marks).Differing(catalogue.DigestOf(other)); len(parts) != 1 || parts[0] != marks[0].Part() {
				t.Fatalf("one entry changed, and the partitions %v differ", parts)
			}
		}
	})
}

func entryOf(host string, n int, software *catalogue.Software) *catalogue.Entry {
	return &catalogue.Entry{
		IRI: domain.IRI(fmt.Sprintf("https://%s/interlinkers/%d", host, n)), Kind: catalogue.KindInterlinker, Host: host,
		Interlinker: &catalogue.Interlinker{Nature: catalogue.NatureSoftware, Software: software},
	}
}

func TestVariantsAreToldByWhatEachSaysOfItself(t *testing.T) {
	repository := func(address string) *catalogue.Software { return &catalogue.Software{Repository: address} }
	for name, c := range map[string]struct {
		a, b *catalogue.Entry
		same bool
	}{
		"the same source code, spelled otherwise": {entryOf("a.example", 1, repository("https://github.com/Ville/Formulaires.git")), entryOf("b.example", 2, repository("http://www.github.com/ville/formulaires/")), true},
		"other source code":                       {entryOf("a.example", 1, repository("https://github.com/ville/formulaires")), entryOf("b.example", 2, repository("https://github.com/ville/cartes")), false},
		"both based on one":                       {entryOf("a.example", 1, &catalogue.Software{BasedOn: []string{"https://c.example/x"}}), entryOf("b.example", 2, &catalogue.Software{BasedOn: []string{"https://c.example/x"}}), true},
		"nothing in common":                       {entryOf("a.example", 1, nil), entryOf("b.example", 1, nil), false},
		"an address that is none":                 {entryOf("a.example", 1, repository("not an address")), entryOf("b.example", 2, repository("not an address")), false},
	} {
		if got := c.a.Same() == c.b.Same(); got != c.same {
			t.Errorf("%s: %q and %q", name, c.a.Same(), c.b.Same())
		}
	}
	a, b := entryOf("a.example", 1, nil), entryOf("b.example", 2, nil)
	a.Origin, b.Origin = "interlinkers/canvas", "interlinkers/canvas"
	if a.Same() != b.Same() {
		t.Error("imported from the same, they are no variants")
	}
}

func TestOfVariantsTheMoreTrustedComesFirst(t *testing.T) {
	own, followed := entryOf("", 1, nil), entryOf("b.example", 2, nil)
	own.Trust, own.Standing, own.Status, own.Serial = catalogue.TrustOwn, catalogue.Shown, catalogue.Published, 9
	followed.Trust, followed.Standing, followed.Status, followed.Serial = catalogue.TrustFollowed, catalogue.Shown, catalogue.Published, 1
	if !own.Before(followed) || followed.Before(own) {
		t.Error("another's entry comes before this node's own")
	}
	own.Status = catalogue.Withdrawn
	if own.Before(followed) {
		t.Error("a withdrawn one comes first")
	}
}

func TestASelectionWantsWhatMeetsEachPart(t *testing.T) {
	e := entryOf("a.example", 1, nil)
	e.Name = domain.Text{"es": "Lienzo de objetivos", "en": "Aim canvas"}
	e.Interlinker.Difficulty, e.Interlinker.Licence, e.Interlinker.Problems = "easy", "permissive", []string{"ORG_PROBLEM_5"}
	e.Interlinker.Supports = []catalogue.Support{{ID: "http://data.europa.eu/eli/reg/2016/679/oj"}}
	e.Interlinker.Regulations = domain.Text{"en": "GDPR"}
	for _, c := range []struct {
		selection catalogue.Selection
		want      bool
	}{
		{catalogue.Selection{}, true},
		{catalogue.Selection{Regulations: []string{"gdpr"}, Languages: []domain.Lang{"es"}, Difficulties: []string{"easy", "very_easy"}}, true},
		{catalogue.Selection{Regulations: []string{"ai"}}, false},
		{catalogue.Selection{Languages: []domain.Lang{"lv"}}, false},
		{catalogue.Selection{Text: "CANVAS aim"}, true},
		{catalogue.Selection{Text: "canvas poll"}, false},
		{catalogue.Selection{Problems: []string{"org_problem_5"}}, true},
		{catalogue.Selection{Licences: []string{"copyleft"}}, false},
	} {
		if got := c.selection.Wants(e); got != c.want {
			t.Errorf("%+v wants it: %v", c.selection, got)
		}
	}
	problem := &catalogue.Entry{Kind: catalogue.KindProblem, Problem: &catalogue.ProblemProfile{Code: "X"}}
	if !(catalogue.Selection{Languages: []domain.Lang{"lv"}}).Wants(problem) {
		t.Error("a problem profile is not wanted")
	}
}
