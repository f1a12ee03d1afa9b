package coproduction

import (
	"slices"

	"interlink/domain"
)

// Step is one of what a process needs to get going.
type Step string

// The steps, in their order.
const (
	StepDescribed Step = "described" // what it is about and what it is for
	StepTree      Step = "tree"      // tasks
	StepPeople    Step = "people"    // somebody beside who started it
	StepHeads     Step = "heads"     // a second administrator, or a team that leads it
	StepDates     Step = "dates"     // a task with a day
	StepWork      Step = "work"      // a task that somebody works on, or has done
)

// Steps lists the steps in their order.
var Steps = []Step{StepDescribed, StepTree, StepHeads, StepPeople, StepDates, StepWork}

// Check is a step with whether it is done.
type Check struct {
	Step Step
	Done bool
}

// Checklist says what a process needs to get going, from what is there: no
// step is ticked by hand, and one that is undone comes back.
func Checklist(p *Process, t *Tree) []Check {
	dated, worked := false, false
	for _, it := range t.Items() {
		if it.Kind == Task && t.Enabled(it.ID) {
			dated = dated || !it.Starts.IsZero() || !it.Ends.IsZero()
			worked = worked || it.Status != Awaiting
		}
	}
	done := map[Step]bool{
		StepDescribed: !p.Summary.Empty() && !p.Aim.Empty(),
		StepTree:      p.Tasks > 0,
		StepHeads:     len(p.Administrators) > 1 || p.Team != domain.Nobody,
		StepPeople: len(p.Administrators) > 1 || slices.ContainsFunc(p.Grants, func(g Grant) bool {
			return len(g.Members) == 0 && !slices.Contains(p.Administrators, g.Grantee) && g.Grantee != p.Team ||
				slices.ContainsFunc(g.Members, func(m domain.ActorID) bool { return !slices.Contains(p.Administrators, m) })
		}),
		StepDates: dated,
		StepWork:  worked,
	}
	list := make([]Check, len(Steps))
	for i, s := range Steps {
		list[i] = Check{s, done[s]}
	}
	return list
}
