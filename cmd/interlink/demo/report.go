package demo

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// Step is how one step of the story ended.
type Step struct {
	Step string `json:"step"` // what was done, in a sentence
	OK   bool   `json:"ok"`
	MS   int64  `json:"ms"`             // how long it took
	Open string `json:"open,omitempty"` // what to look at in a browser
	Note string `json:"note,omitempty"` // what was found
	Why  string `json:"error,omitempty"`

	Cities []Login `json:"cities,omitempty"` // of the last line, when they stay up
}

// Login is where and how to look around in a city.
type Login struct {
	City     string `json:"city"`
	URL      string `json:"url"`
	Username string `json:"username"`
	Password string `json:"password"`
}

// reporter prints steps: as lines for people, or as JSON for programs.
type reporter struct {
	out  io.Writer
	json bool
}

func (r reporter) step(s Step) {
	if r.json {
		r.line(s)
		return
	}
	mark := "ok  "
	if !s.OK {
		mark = "FAIL"
	}
	fmt.Fprintf(r.out, "%s %5d ms  %s\n", mark, s.MS, s.Step)
	for _, more := range []string{s.Note, s.Why} {
		if more != "" {
			fmt.Fprintf(r.out, "               %s\n", strings.ReplaceAll(more, "\n", "\n               "))
		}
	}
	if s.Open != "" {
		fmt.Fprintf(r.out, "               open %s\n", s.Open)
	}
}

func (r reporter) line(s Step) {
	if line, err := json.Marshal(s); err == nil {
		fmt.Fprintf(r.out, "%s\n", line)
	}
}

// stay prints the addresses and logins of cities that stay up.
func (r reporter) stay(cities []*city, held bool, ms int64) {
	last := Step{Step: "The cities stay up", OK: held, MS: ms}
	for _, c := range cities {
		last.Cities = append(last.Cities, Login{City: c.name, URL: c.base, Username: c.username, Password: c.password})
		r.say("  %-9s %s  sign in as %s with the password %s", c.name, c.base, c.username, c.password)
	}
	if r.json {
		r.line(last)
	}
	r.say("Press Ctrl-C to end.")
}

// say prints a line for people; programs are spared it.
func (r reporter) say(format string, args ...any) {
	if !r.json {
		fmt.Fprintf(r.out, format+"\n", args...)
	}
}

func since(start time.Time) int64 { return time.Since(start).Milliseconds() }
