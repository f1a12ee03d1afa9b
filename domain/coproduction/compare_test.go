package coproduction_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain/coproduction"
)

// told writes a comparison down, a line each.
func told(lines []coproduction.Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString(map[coproduction.LineChange]string{coproduction.LineKept: " ", coproduction.LineRemoved: "-", coproduction.LineAdded: "+"}[l.Change] + l.Text + "\n")
	}
	return b.String()
}

func TestCompare(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ before, after, want string }{
		{"", "", ""}, {"a", "a\n", " a\n"}, {"", "a\nb", "+a\n+b\n"}, {"a\nb", "", "-a\n-b\n"},
		{"a\nb\nc", "a\nx\nc", " a\n-b\n+x\n c\n"}, {"a\nb\nc\na\nb\nb\na", "c\nb\na\nb\na\nc", "-a\n-b\n c\n+b\n a\n b\n-b\n a\n+c\n"},
	} {
		if got := told(coproduction.Compare(c.before, c.after)); got != c.want {
			t.Errorf("%q and %q:\n%swant\n%s", c.before, c.after, got, c.want)
		}
	}
	// Very different texts are told as replaced, in bounded time and memory.
	before, after := strings.Repeat("a\nb\n", 50_000), strings.Repeat("c\nd\n", 50_000)
	if n := len(coproduction.Compare(before, after)); n != 200_000 {
		t.Errorf("%d lines", n)
	}
}

// TestCompareProperty: removed and kept lines are the older text, added and
// kept ones the newer; numbers count up; no more is changed than must be.
func TestCompareProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "", "d d"}), 0, 30)
		a, b := text.Draw(t, "before"), text.Draw(t, "after")
		var before, after []string
		changed, old, now := 0, 0, 0
		for _, l := range coproduction.Compare(strings.Join(a, "\n")+"\n", strings.Join(b, "\n")+"\n") {
			if l.Change != coproduction.LineAdded {
				before = append(before, l.Text)
				old++
				if l.Old != old {
					t.Fatalf("line %d is numbered %d", old, l.Old)
				}
			}
			if l.Change != coproduction.LineRemoved {
				after = append(after, l.Text)
				now++
				if l.New != now {
					t.Fatalf("line %d is numbered %d", now, l.New)
				}
			}
			if l.Change != coproduction.LineKept {
				changed++
			}
		}
		if strings.Join(before, "\n") != strings.Join(a, "\n") || strings.Join(after, "\n") != strings.Join(b, "\n") {
			t.Fatalf("%q and %q became %q and %q", a, b, before, after)
		}
		if max(len(a), 1) == len(before) && max(len(b), 1) == len(after) && changed != fewest(before, after) {
			t.Fatalf("%q and %q: %d changes, %d are enough", a, b, changed, fewest(before, after))
		}
	})
}

// fewest is how many lines must be removed or added, by the longest common
// subsequence.
func fewest(a, b []string) int {
	row := make([]int, len(b)+1)
	for _, x := range a {
		left := 0
		for j, y := range b {
			above := row[j+1]
			if x == y {
				row[j+1] = left + 1
			} else {
				row[j+1] = max(row[j+1], row[j])
			}
			left = above
		}
	}
	return len(a) + len(b) - 2*row[len(b)]
}
