package coproduction_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain/coproduction"
)

// TestSuggestGovernance: plain cases lead to the model that INTERLINK
// describes with them.
func TestSuggestGovernance(t *testing.T) {
	const body, together, citizens = coproduction.SideBody, coproduction.SideTogether, coproduction.SideCitizens
	for name, c := range map[string]struct {
		said  coproduction.Arrangement
		want  coproduction.Governance
		first string
	}{
		"a city collects reports of potholes":      {coproduction.Arrangement{body, body, body, body}, coproduction.CitizenSourcing, "delivers_body"},
		"a library run with its readers":           {coproduction.Arrangement{together, together, together, body}, coproduction.PublicCivilPartnership, "decides_together"},
		"apps made of open data":                   {coproduction.Arrangement{body, citizens, citizens, body}, coproduction.GovernmentAsPlatform, "decides_citizens"},
		"neighbours who look after their old":      {coproduction.Arrangement{citizens, citizens, citizens, citizens}, coproduction.CitizenToCitizen, "provides_citizens"},
		"nothing is known but who runs it: a city": {coproduction.Arrangement{Delivers: body}, coproduction.CitizenSourcing, "delivers_body"},
	} {
		t.Run(name, func(t *testing.T) {
			got := coproduction.SuggestGovernance(c.said)
			if len(got) == 0 || got[0].Model != c.want || got[0].Because[0] != c.first {
				t.Errorf("suggested are %v, not %s first because of %s", got, c.want, c.first)
			}
		})
	}
	if got := coproduction.SuggestGovernance(coproduction.Arrangement{Begins: "somebody"}); len(got) != 0 {
		t.Errorf("suggested without an answer: %v", got)
	}
}

// TestSuggestGovernanceGrows: another answer never speaks against a model, so
// every suggestion is explained by what was said alone.
func TestSuggestGovernanceGrows(t *testing.T) {
	sides := rapid.SampledFrom(append(slices.Clone(coproduction.Sides), ""))
	points := func(a coproduction.Arrangement) map[coproduction.Governance]int {
		out := map[coproduction.Governance]int{}
		for _, s := range coproduction.SuggestGovernance(a) {
			out[s.Model] = s.Points
		}
		return out
	}
	rapid.Check(t, func(t *rapid.T) {
		a := coproduction.Arrangement{Begins: sides.Draw(t, "begins"), Decides: sides.Draw(t, "decides"), Provides: sides.Draw(t, "provides")}
		more := a
		more.Delivers = sides.Draw(t, "delivers")
		after := points(more)
		for model, n := range points(a) {
			if after[model] < n {
				t.Fatalf("%s has %d points for %v, and %d for %v", model, n, a, after[model], more)
			}
		}
	})
}
