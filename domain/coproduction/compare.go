package coproduction

import "strings"

// LineChange says what became of a line between two versions of a document.
type LineChange int

// The changes.
const (
	LineKept    LineChange = iota
	LineRemoved            // is in the older version alone
	LineAdded              // is in the newer version alone
)

// Line is one line of two versions that are compared.
type Line struct {
	Change   LineChange
	Old, New int // numbers in the versions, from 1; 0 where it is in one alone
	Text     string
}

// maxEdits is how many lines may differ before all between the first and the
// last difference is told as replaced: the search takes time and memory that
// grow with its square.
const maxEdits = 1500

// Compare tells what became of each line from one text to another: as few
// lines removed and added as possible (Myers, "An O(ND) difference algorithm",
// 1986), removed ones before those in their place.
func Compare(before, after string) []Line {
	a, b := linesOf(before), linesOf(after)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	c := comparison{}
	for i := range head {
		c.add(LineKept, a[i])
	}
	c.middle(a[head:len(a)-tail], b[head:len(b)-tail])
	for _, text := range a[len(a)-tail:] {
		c.add(LineKept, text)
	}
	return c.lines
}

// linesOf splits a text; a text that is empty has no line.
func linesOf(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(s, "\n"), "\n")
}

// comparison writes lines down with their numbers.
type comparison struct {
	lines    []Line
	old, new int
}

func (c *comparison) add(change LineChange, text string) {
	l := Line{Change: change, Text: text}
	if change != LineAdded {
		c.old++
		l.Old = c.old
	}
	if change != LineRemoved {
		c.new++
		l.New = c.new
	}
	c.lines = append(c.lines, l)
}

func (c *comparison) replace(a, b []string) {
	for _, text := range a {
		c.add(LineRemoved, text)
	}
	for _, text := range b {
		c.add(LineAdded, text)
	}
}

// middle compares what begins and ends with a difference.
func (c *comparison) middle(a, b []string) {
	reached, found := search(a, b)
	if !found {
		c.replace(a, b)
		return
	}
	// Back along the way that was found, then forward along it.
	type step struct{ x, y int }
	way := []step{{len(a), len(b)}}
	for d := len(reached) - 1; d > 0; d-- {
		at := way[len(way)-1]
		k := at.x - at.y
		x := func(k int) int { return int(reached[d-1][k+d]) } // of the step before
		before := k - 1
		if k == -d || k != d && x(k-1) < x(k+1) {
			before = k + 1
		}
		from := step{x(before), x(before) - before}
		turn := step{from.x + 1, from.y} // a line removed
		if before == k+1 {
			turn = step{from.x, from.y + 1} // a line added
		}
		way = append(way, turn, from)
	}
	at := step{}
	var removed, added []string
	for i := len(way) - 1; i >= 0; i-- {
		to := way[i]
		for at.x < to.x && at.y < to.y {
			c.replace(removed, added)
			removed, added = nil, nil
			c.add(LineKept, a[at.x])
			at = step{at.x + 1, at.y + 1}
		}
		if at.x < to.x {
			removed = append(removed, a[at.x])
			at.x++
		}
		if at.y < to.y {
			added = append(added, b[at.y])
			at.y++
		}
	}
	c.replace(removed, added)
}

// search tells how far each diagonal is reached with 0, 1, 2, … edits, until
// both ends are: reached[d][k+d+1] is the number of lines of a on diagonal k,
// with a place to spare at either side. found is false if it takes too many.
func search(a, b []string) (reached [][]int32, found bool) {
	now := []int32{0, 0, 0}
	for d := 0; d <= maxEdits; d++ {
		next := make([]int32, 2*d+3)
		for k := -d; k <= d; k += 2 {
			var x int
			switch {
			case d == 0:
			case k == -d || k != d && now[k+d-1] < now[k+d+1]:
				x = int(now[k+d+1])
			default:
				x = int(now[k+d-1]) + 1
			}
			for x < len(a) && x-k < len(b) && x-k >= 0 && a[x] == b[x-k] {
				x++
			}
			next[k+d+1] = int32(x)
			if x >= len(a) && x-k >= len(b) {
				return append(reached, next), true
			}
		}
		reached = append(reached, next)
		now = next
	}
	return nil, false
}
