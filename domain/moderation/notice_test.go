package moderation

import (
	"strings"
	"testing"
	"time"

	"interlink/domain"
)

func fields(p domain.Problems) string {
	var names []string
	for _, e := range p {
		names = append(names, e.Field)
	}
	return strings.Join(names, " ")
}

// TestGiven: a notice says what, why and who; but not who where children are
// abused (Art. 16(2)(c)).
func TestGiven(t *testing.T) {
	whole := Given{About: "https://city.example/posts/1", Category: Hate, Reason: "Look.", Name: "Nora", Email: "nora@people.example", Faith: true}
	for name, c := range map[string]struct {
		change func(*Given)
		want   string
	}{
		"whole":             {func(*Given) {}, ""},
		"no address":        {func(g *Given) { g.About = "there" }, "about"},
		"no category":       {func(g *Given) { g.Category = "spam" }, "category"},
		"blank reason":      {func(g *Given) { g.Reason = " \n" }, "reason"},
		"long reason":       {func(g *Given) { g.Reason = strings.Repeat("ž", maxText+1) }, "reason"},
		"nobody":            {func(g *Given) { g.Name, g.Email = "", "" }, "name email"},
		"nobody, of abuse":  {func(g *Given) { g.Category, g.Name, g.Email = ChildAbuse, "", "" }, ""},
		"bad mail, of that": {func(g *Given) { g.Category, g.Email = ChildAbuse, "nora" }, "email"},
		"no faith":          {func(g *Given) { g.Faith = false }, "faith"},
		"spaces":            {func(g *Given) { g.Email = "  nora@PEOPLE.example " }, ""},
	} {
		g := whole
		c.change(&g)
		if got := fields(g.check()); got != c.want {
			t.Errorf("%s: problems of %q, want %q", name, got, c.want)
		}
	}
	g := whole
	if g.Email = " nora@PEOPLE.example"; len(g.check()) > 0 || g.Email != "nora@people.example" {
		t.Errorf("the address is %q", g.Email)
	}
}

// TestDecision: a restriction has a ground and a provision; that there is none
// takes both away.
func TestDecision(t *testing.T) {
	d := Decision{Outcome: Removed, Facts: " It does. "}
	if got := fields(d.check()); got != "ground provision" || d.Facts != "It does." {
		t.Errorf("a restriction without a ground: %q", got)
	}
	d = Decision{Outcome: Nothing, Facts: "It does not.", Ground: Law, Provision: "§ 1"}
	if got := fields(d.check()); got != "" || d.Ground != "" || d.Provision != "" {
		t.Errorf("nothing: %q, %+v", got, d)
	}
	d = Decision{Outcome: "deleted"}
	if got := fields(d.check()); got != "outcome facts ground provision" {
		t.Errorf("an unknown outcome: %q", got)
	}
}

// TestMay: each side complains once, of a decision, for six months.
func TestMay(t *testing.T) {
	now := time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
	s := &Service{mint: domain.NewMint(func() time.Time { return now }, nil)}
	n := &Notice{State: Decided, Decision: Decision{At: now.Add(-ComplaintFor)}}
	for name, c := range map[string]struct {
		state      State
		late       time.Duration
		complaints []Complaint
		want       bool
	}{
		"at the last moment": {Decided, 0, nil, true},
		"too late":           {Decided, time.Nanosecond, nil, false},
		"not decided":        {Received, 0, nil, false},
		"again":              {Decided, 0, []Complaint{{Side: Affected}}, false},
		"after the other":    {Decided, 0, []Complaint{{Side: Notifier}}, true},
	} {
		n.State, n.Decision.At = c.state, now.Add(-ComplaintFor-c.late)
		if got := s.May(n, c.complaints, Affected); got != c.want {
			t.Errorf("%s: %t", name, got)
		}
	}
	if !(Complaint{}).Open() || (Complaint{DecidedAt: now}).Open() {
		t.Error("open complaints")
	}
}
