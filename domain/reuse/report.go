package reuse

import (
	"cmp"
	"slices"
	"time"

	"interlink/domain"
)

// Line is what is told of one thing.
type Line struct {
	Kind   Kind       `json:"kind"`
	Object domain.IRI `json:"object"`
	Counts Counts     `json:"counts"`
}

// Report is what one node tells one owner of a month.
type Report struct {
	Owner domain.IRI `json:"owner"` // catalogue or process whose things they are
	Month Month      `json:"month"`
	At    time.Time  `json:"at"`    // when it was made: a later one of the same month takes its place
	Lines []Line     `json:"lines"` // none: nobody reuses it any more, or nobody agrees that it is told
}

// mostLines bounds a report; those that are used most come first.
const mostLines = 1000

// Counted is what was done on this node with one thing, by those who agree
// that it is told.
type Counted struct {
	Kind    Kind
	Object  domain.IRI
	Owner   domain.IRI
	Numbers Numbers
}

// Clone is one clone on this node of a process, of those who agree that it is
// told.
type Clone struct {
	Source       domain.IRI
	Language     domain.Lang   // in which its people work
	Known        []domain.Lang // of the source
	Finished     bool
	WorkedAt     time.Time
	Stories      int // published
	Improvements int // taken, and not undone

	Contributions int // improvements that its source took, at least in part, and has
}

// count sums clones up by what they are clones of.
func count(clones []Clone, month Month) []Counted {
	sum := map[domain.IRI]Numbers{}
	for _, c := range clones {
		n := sum[c.Source]
		if n == nil {
			n = Numbers{}
			sum[c.Source] = n
		}
		n[Clones]++
		n[Stories] += c.Stories
		n[Improvements] += c.Improvements
		n[Contributions] += c.Contributions
		for measure, so := range map[Measure]bool{
			Active: !c.WorkedAt.Before(month.Begins()), Completed: c.Finished, Translations: len(c.Known) > 0 && !slices.Contains(c.Known, c.Language),
		} {
			if so {
				n[measure]++
			}
		}
	}
	out := make([]Counted, 0, len(sum))
	for source, n := range sum {
		out = append(out, Counted{Process, source, source, n})
	}
	return out
}

// reports makes the reports of a month, one for each owner, and an empty one
// for each of those who were told something before.
func reports(counted []Counted, told []domain.IRI, month Month, at time.Time) []Report {
	byOwner := map[domain.IRI][]Counted{}
	for _, owner := range told {
		byOwner[owner] = nil
	}
	for _, c := range counted {
		if c.Owner != "" && slices.Max(append(values(c.Numbers), 0)) > 0 {
			byOwner[c.Owner] = append(byOwner[c.Owner], c)
		}
	}
	out := make([]Report, 0, len(byOwner))
	for owner, list := range byOwner {
		slices.SortFunc(list, func(a, b Counted) int {
			first := Measures[a.Kind][0]
			return cmp.Or(cmp.Compare(b.Numbers[first], a.Numbers[first]), cmp.Compare(a.Object, b.Object))
		})
		r := Report{Owner: owner, Month: month, At: at}
		for _, c := range list[:min(len(list), mostLines)] {
			r.Lines = append(r.Lines, Line{c.Kind, c.Object, c.Numbers.told(c.Kind)})
		}
		slices.SortFunc(r.Lines, func(a, b Line) int { return cmp.Compare(a.Object, b.Object) }) // their order tells nothing
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b Report) int { return cmp.Compare(a.Owner, b.Owner) })
	return out
}

func values(n Numbers) []int {
	out := make([]int, 0, len(n))
	for _, v := range n {
		out = append(out, v)
	}
	return out
}

// Heard is what one node told of a thing of this one.
type Heard struct {
	Host   string // "" for this node itself
	Month  Month
	At     time.Time
	Counts Counts // none: it left the thing out
	Summed bool   // it is in the sum of a [Summary]
}

// FreshFor is how many months what a node told last counts into the sum.
const FreshFor = 3

// Summary is how a thing of this node is reused.
type Summary struct {
	Latest []Heard // of each node what it told last, by host
	Sum    Counts  // of those that told it in the last [FreshFor] months: at least so many
	All    []Heard // of each node and month, the newest first
}

// summary sums up what nodes told of a thing: all is sorted, the newest month
// first.
func summary(all []Heard, now Month) Summary {
	s := Summary{Sum: Counts{}}
	for _, h := range all {
		if len(h.Counts) > 0 {
			s.All = append(s.All, h)
		}
	}
	seen := map[string]bool{}
	for _, h := range all {
		if seen[h.Host] {
			continue
		}
		seen[h.Host] = true
		if len(h.Counts) == 0 {
			continue // there is nothing to tell any more
		}
		h.Summed = h.Month >= now.Add(-FreshFor)
		s.Latest = append(s.Latest, h)
		if !h.Summed {
			continue
		}
		for m, n := range h.Counts {
			s.Sum[m] += n
		}
	}
	slices.SortFunc(s.Latest, func(a, b Heard) int { return cmp.Compare(a.Host, b.Host) })
	return s
}
