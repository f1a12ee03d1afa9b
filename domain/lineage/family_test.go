package lineage

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
)

// iriOf is the address of a process of a small world.
func iriOf(n int) domain.IRI {
	return domain.IRI(fmt.Sprintf("https://n%d.example/processes/p%d", n%4, n))
}

// drawKin is anything that nodes may say of some processes.
func drawKin(t *rapid.T) []Kin {
	some := rapid.IntRange(0, 12)
	at := time.Date(2026, 5, 1, 8, 0, 0, 0, time.UTC)
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Kin {
		k := Kin{IRI: iriOf(some.Draw(t, "iri")), Distance: rapid.IntRange(0, 20).Draw(t, "distance"), State: rapid.SampledFrom([]KinState{KinUnread, KinRead, KinAway, KinGone, KinHidden}).Draw(t, "state")}
		if rapid.Bool().Draw(t, "listed") {
			k.Via = iriOf(some.Draw(t, "via"))
		}
		if rapid.Bool().Draw(t, "known") {
			k.Seen = at.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "seen")) * time.Hour)
			k.Known = &Relative{IRI: k.IRI, Title: domain.Text{"en": "x"}}
			if rapid.Bool().Draw(t, "a clone") {
				source := iriOf(some.Draw(t, "source"))
				k.Known.From = &Descent{Source: source, Digest: strings.Repeat("ab", 32)}
				if rapid.Bool().Draw(t, "stamped") {
					k.Stamp = &Stamp{IRI: source + "/clones/1", Source: iriOf(some.Draw(t, "stamp's source")), Owner: source, Clone: k.IRI}
				}
			}
		}
		return k
	}), 0, 40).Draw(t, "kin")
}

// TestFamilyOfForeignWords: whatever others say, the tree has the process, each
// one once, below what it says it comes from, in an order that does not depend
// on who was read first; and it ends.
func TestFamilyOfForeignWords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kin, self := drawKin(t), iriOf(0)
		f := NewFamily(self, kin)
		seen := map[domain.IRI]bool{}
		for i, p := range f {
			if seen[p.IRI] {
				t.Fatalf("%s stands in it twice", p.IRI)
			}
			seen[p.IRI] = true
			if p.Place != i || p.Parent >= i || (p.Parent < 0) != (p.Depth == 0) || p.Self != (p.IRI == self) {
				t.Fatalf("place %d: %+v", i, p)
			}
			if p.Parent < 0 {
				continue
			}
			source := f[p.Parent]
			if p.Depth != source.Depth+1 || p.source() != source.IRI {
				t.Fatalf("%+v stands below %+v", p, source)
			}
			if s := p.Confirmed(); s != nil && (s.Clone != p.IRI || s.Source != source.IRI) {
				t.Fatalf("%+v is confirmed by %+v", p, s)
			}
			if p.State == KinHidden && p.Known == nil && p.Title != nil {
				t.Fatalf("what is hidden has a title: %+v", p)
			}
		}
		if !seen[self] {
			t.Fatal("the process is not in it")
		}
		if len(f) > 13 {
			t.Fatalf("%d of 13", len(f))
		}
		mixed := append([]Kin(nil), kin...)
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		for i, p := range NewFamily(self, mixed) {
			if p.IRI != f[i].IRI || p.Parent != f[i].Parent || p.Standing != f[i].Standing {
				t.Fatalf("in another order place %d has %s, not %s", i, p.IRI, f[i].IRI)
			}
		}
	})
}

func clone(n, of int) Kin {
	return Kin{IRI: iriOf(n), State: KinRead, Known: &Relative{IRI: iriOf(n), Title: domain.Text{"en": "x"}, From: &Descent{Source: iriOf(of)}}}
}

func shape(f Family) string {
	var b strings.Builder
	for _, p := range f {
		fmt.Fprintf(&b, "%s%s", strings.Repeat(">", p.Depth), strings.TrimPrefix(string(p.IRI), string(p.IRI[:strings.LastIndex(string(p.IRI), "p")])))
		if p.Circle {
			b.WriteString(" circle")
		}
		b.WriteString("\n")
	}
	return b.String()
}

// TestFamilyShapes: circles end, liars are left out, and long lines are cut.
func TestFamilyShapes(t *testing.T) {
	t.Parallel()
	listed := func(k Kin, via int) Kin {
		k.Via = iriOf(via)
		return k
	}
	var line []Kin
	for n := range 40 {
		line = append(line, clone(n, n+1))
	}
	for name, c := range map[string]struct {
		kin  []Kin
		want string
	}{
		"a circle":                             {[]Kin{clone(0, 1), clone(1, 2), clone(2, 0)}, "p2 circle\n>p1\n>>p0\n"},
		"its own source":                       {[]Kin{clone(0, 0)}, "p0 circle\n"},
		"who lists a clone of another":         {[]Kin{clone(0, 1), listed(clone(5, 3), 0)}, "p0\n"},
		"a clone that nobody lists":            {[]Kin{clone(0, 1), clone(5, 0)}, "p0\n"},
		"a clone that is listed":               {[]Kin{clone(0, 1), listed(clone(5, 0), 0), {IRI: iriOf(1)}}, "p1\n>p0\n>>p5\n"},
		"a clone that was never reached":       {[]Kin{{IRI: iriOf(0), Known: &Relative{IRI: iriOf(0)}}, {IRI: iriOf(5), Via: iriOf(0), State: KinAway}}, "p0\n>p5\n"},
		"nothing is known":                     {nil, "p0\n"},
		"other clones of its source are there": {[]Kin{clone(0, 1), {IRI: iriOf(1), Known: &Relative{IRI: iriOf(1)}}, listed(clone(2, 1), 1)}, "p1\n>p0\n>p2\n"},
	} {
		if got := shape(NewFamily(iriOf(0), c.kin)); got != c.want {
			t.Errorf("%s:\n%swant\n%s", name, got, c.want)
		}
	}
	if f := NewFamily(iriOf(0), line); len(f) != MaxDistance+1 || !f[MaxDistance].Self {
		t.Errorf("of a long line %d are left", len(f))
	}
}

// TestStanding: what a clone has, and what its source has by now.
func TestStanding(t *testing.T) {
	t.Parallel()
	digest := func(s string) string { return strings.Repeat(s, 32) }
	source := &Relative{Digest: digest("33"), Releases: []Released{{"1.2", digest("33")}, {"1.1", digest("22")}, {"1.0", digest("11")}}}
	for name, c := range map[string]struct {
		from Descent
		own  []Released
		want Standing
	}{
		"the newest release":  {Descent{Digest: digest("33")}, nil, Standing{Known: true, Same: true}},
		"an older one":        {Descent{Digest: digest("11")}, nil, Standing{Known: true, Behind: 2}},
		"an older one merged": {Descent{Digest: digest("11"), Release: "1.1"}, nil, Standing{Known: true, Behind: 1}},
		"the newest merged":   {Descent{Digest: digest("11"), Release: "1.2"}, nil, Standing{Known: true, Same: true}},
		"something between":   {Descent{Digest: digest("99")}, nil, Standing{Known: true}},
		"releases of its own": {Descent{Digest: digest("33")}, []Released{{"1.0", digest("44")}}, Standing{Known: true, Same: true, Ahead: 1}},
	} {
		if got := standing(&Relative{From: &c.from, Releases: c.own}, source); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	if got := standing(&Relative{}, source); got != (Standing{}) {
		t.Errorf("what is no clone: %+v", got)
	}
}
