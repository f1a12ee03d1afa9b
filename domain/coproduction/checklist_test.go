package coproduction_test

import (
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// TestChecklist: each step is done by what people do, and only by that.
func TestChecklist(t *testing.T) {
	p := &coproduction.Process{Administrators: []domain.ActorID{"ana"}}
	var items []coproduction.Item
	done := func() map[coproduction.Step]bool {
		t.Helper()
		tree, err := coproduction.NewTree(items)
		if err != nil {
			t.Fatal(err)
		}
		p.Summarize(tree)
		out := map[coproduction.Step]bool{}
		for _, c := range coproduction.Checklist(p, tree) {
			out[c.Step] = c.Done
		}
		if len(out) != len(coproduction.Steps) {
			t.Fatalf("the list is %v", out)
		}
		return out
	}
	for step, is := range done() {
		if is {
			t.Errorf("%s is done in an empty process", step)
		}
	}
	for _, c := range []struct {
		step coproduction.Step
		do   func()
	}{
		{coproduction.StepDescribed, func() { p.Summary, p.Aim = domain.Text{"en": "About"}, domain.Text{"en": "For"} }},
		{coproduction.StepTree, func() {
			items = []coproduction.Item{
				{ID: "p", Kind: coproduction.Phase, Name: domain.Text{"en": "P"}}, {ID: "o", Parent: "p", Kind: coproduction.Objective, Name: domain.Text{"en": "O"}},
				{ID: "t", Parent: "o", Kind: coproduction.Task, Name: domain.Text{"en": "T"}, Status: coproduction.Awaiting},
			}
		}},
		{coproduction.StepHeads, func() {
			p.Team = "team"
			p.Grants = []coproduction.Grant{{Grantee: "team", Members: []domain.ActorID{"ana"}}}
		}},
		{coproduction.StepPeople, func() { p.Grants = append(p.Grants, coproduction.Grant{Grantee: "bo"}) }},
		{coproduction.StepWork, func() { items[2].Status = coproduction.InProgress }},
	} {
		before := done()
		if before[c.step] {
			t.Errorf("%s is done before", c.step)
		}
		c.do()
		for step, is := range done() {
			if is != (before[step] || step == c.step) {
				t.Errorf("after %s: %s is %t", c.step, step, is)
			}
		}
	}
}
