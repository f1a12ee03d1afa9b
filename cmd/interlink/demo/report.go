package demo

import (
	"encoding/json"
	"fmt"
	"io"
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
}

// reporter prints steps: as lines for people, or as JSON for programs.
type reporter struct {
	out  io.Writer
	json bool
}

func (r reporter) step(s Step) {
	if r.json {
		line, err := json.Marshal(s)
		if err == nil {
			fmt.Fprintf(r.out, "%s\n", line)
		}
		return
	}
	mark := "ok  "
	if !s.OK {
		mark = "FAIL"
	}
	fmt.Fprintf(r.out, "%s %5d ms  %s\n", mark, s.MS, s.Step)
	for _, more := range []string{s.Note, s.Why} {
		if more != "" {
			fmt.Fprintf(r.out, "               %s\n", more)
		}
	}
	if s.Open != "" {
		fmt.Fprintf(r.out, "               open %s\n", s.Open)
	}
}

// say prints a line for people; programs are spared it.
func (r reporter) say(format string, args ...any) {
	if !r.json {
		fmt.Fprintf(r.out, format+"\n", args...)
	}
}

func since(start time.Time) int64 { return time.Since(start).Milliseconds() }
