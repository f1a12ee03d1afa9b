package config

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with the settings.
type Problem struct {
	Key    string // as in the file, "smtp.port"; the name as found if it is unknown
	From   string // where it was found: "INTERLINK_SMTP_PORT", the path of the file; "" if nowhere
	Fault  string // what is wrong
	Remedy string // what to do
}

// Error returns the problem in one line.
func (p Problem) Error() string {
	var b strings.Builder
	b.WriteString(p.Key)
	if p.From != "" && p.From != p.Key {
		b.WriteString(" (" + p.From + ")")
	}
	b.WriteString(": " + p.Fault)
	if p.Remedy != "" {
		b.WriteString("; " + p.Remedy)
	}
	return b.String()
}

// Problems is everything that is wrong.
type Problems []Problem

// Error returns a line for each problem.
func (p Problems) Error() string {
	lines := make([]string, len(p))
	for i, one := range p {
		lines[i] = one.Error()
	}
	if len(p) == 1 {
		return "a setting is wrong: " + lines[0]
	}
	return fmt.Sprintf("%d settings are wrong:\n  %s", len(p), strings.Join(lines, "\n  "))
}

// nearest returns the word most like s, if one is like it at all.
func nearest(s string, words []string) string {
	best, least := "", len(s)/3+2
	for _, w := range words {
		if d := distance(s, w); d < least {
			best, least = w, d
		}
	}
	return best
}

// distance counts the letters to insert, remove or change to make b of a.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
