// Package reuse counts what is done on this node with what others made, and
// tells them once a month, if those who did it agree: how often, never who.
// What it tells is coarse: see [Band].
package reuse

import (
	"slices"
	"time"
)

// MaxHeard is how many reports of a thing are looked at: strangers send them.
const MaxHeard = 10_000

// Step is how coarse numbers are told: a number is told as the largest
// multiple of it that is not more.
const Step = 5

// Band is a number as it is told: it stands for any from itself to [Band.Most].
// 0 is "under 5". As every band is as wide as that, neither what changes from
// one month to the next, nor any sum or difference of such numbers, tells a
// number under 5.
type Band int

// bandOf is the band of a number; of one below 0 that of 0.
func bandOf(n int) Band { return Band(max(n, 0) / Step * Step) }

// Most is the largest number that the band stands for.
func (b Band) Most() int { return int(b) + Step - 1 }

// Kind says of what reuse is counted.
type Kind string

// The kinds.
const (
	Interlinker Kind = "interlinker"
	Process     Kind = "process"
	Schema      Kind = "schema"
)

// Measure is what is counted, of all time up to the end of a month.
type Measure string

// The measures.
const (
	Uses      Measure = "uses"      // of an Interlinker: taken into a task, or opened from there
	Processes Measure = "processes" // of an Interlinker: in which it was used; of a schema: that began with it

	Clones       Measure = "clones"       // of a process
	Active       Measure = "active"       // of those, or of a schema's processes, worked on in the month
	Completed    Measure = "completed"    // of those, finished
	Stories      Measure = "stories"      // published of them
	Translations Measure = "translations" // of those, in a language that the process had not
	Improvements Measure = "improvements" // changes of its releases that they took

	Contributions Measure = "contributions" // improvements of theirs that it took
)

// Measures are what is counted of each kind, in the order in which it is shown.
var Measures = map[Kind][]Measure{
	Interlinker: {Uses, Processes},
	Schema:      {Processes, Active, Completed},
	Process:     {Clones, Active, Completed, Stories, Translations, Improvements, Contributions},
}

// within are the measures of each kind that count some of what another counts.
var within = map[Kind]map[Measure]Measure{
	Interlinker: {Processes: Uses},
	Schema:      {Active: Processes, Completed: Processes},
	Process:     {Active: Clones, Completed: Clones, Translations: Clones},
}

// Numbers are exact; they never leave the node. A measure that is absent is 0.
type Numbers map[Measure]int

// Counts are as they are told. A measure that is absent is not known.
type Counts map[Measure]Band

// told are the numbers of a kind of thing as they are told.
func (n Numbers) told(k Kind) Counts {
	c := make(Counts, len(Measures[k]))
	for _, m := range Measures[k] {
		c[m] = bandOf(n[m])
	}
	return c
}

// mostCounted is more than a node will ever do with one thing.
const mostCounted = 1_000_000

// heard is what another node tells of a kind of thing; ok is false for what
// cannot be: numbers that are negative or absurd, more of a part than of the
// whole.
func heard(k Kind, in Counts) (c Counts, ok bool) {
	c = Counts{}
	for m, n := range in {
		if !slices.Contains(Measures[k], m) {
			continue // of a later version of this program
		}
		if n < 0 || n > mostCounted {
			return nil, false
		}
		c[m] = bandOf(int(n))
	}
	for part, whole := range within[k] {
		if n, known := c[part]; known && int(n) > c[whole].Most() {
			return nil, false
		}
	}
	return c, len(c) > 0
}

// Month is a month of the calendar, in UTC: "2026-11". Months sort as strings.
type Month string

const monthForm = "2006-01"

// MonthOf is the month of a time.
func MonthOf(t time.Time) Month { return Month(t.UTC().Format(monthForm)) }

// Begins is when the month begins; zero for what is no month.
func (m Month) Begins() time.Time {
	t, err := time.Parse(monthForm, string(m))
	if err != nil || MonthOf(t) != m {
		return time.Time{}
	}
	return t
}

// Ends is when the next month begins.
func (m Month) Ends() time.Time { return m.Begins().AddDate(0, 1, 0) }

// Add is the month so many months later.
func (m Month) Add(months int) Month { return MonthOf(m.Begins().AddDate(0, months, 0)) }
