package reuse

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
)

// world is what was done with some things in some months: exact.
type world [][]Numbers // by month, by thing

// told is all that an owner ever learns of it.
func (w world) told() []Counts {
	var out []Counts
	for _, month := range w {
		for _, n := range month {
			out = append(out, n.told(Process))
		}
	}
	return out
}

// sum is a combination of what was done: factors are -1, 0 or 1, for each
// month, thing and measure.
func (w world) sum(factors []int) int {
	total, i := 0, 0
	for _, month := range w {
		for _, n := range month {
			for _, m := range Measures[Process] {
				total += factors[i] * n[m]
				i++
			}
		}
	}
	return total
}

// possible says whether a world can be: there is no more of a part than of the
// whole.
func (n Numbers) possible() bool {
	for part, whole := range within[Process] {
		if n[part] > n[whole] {
			return false
		}
	}
	return slices.Min(append(values(n), 0)) >= 0
}

// TestNoSmallNumberIsTold: whatever two or more reports of one or more things
// are added to and subtracted from each other, the result is never known for
// certain: another world, in which it is another number, tells the same.
func TestNoSmallNumberIsTold(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		months, things := rapid.IntRange(1, 4).Draw(t, "months"), rapid.IntRange(1, 3).Draw(t, "things")
		var w world
		for range months {
			var of []Numbers
			for range things {
				n := Numbers{}
				n[Clones] = rapid.IntRange(0, 30).Draw(t, "clones")
				for _, part := range []Measure{Active, Completed, Translations} {
					n[part] = rapid.IntRange(0, n[Clones]).Draw(t, string(part))
				}
				for _, other := range []Measure{Stories, Improvements, Contributions} {
					n[other] = rapid.IntRange(0, 30).Draw(t, string(other))
				}
				of = append(of, n)
			}
			w = append(w, of)
		}
		factors := rapid.SliceOfN(rapid.IntRange(-1, 1), months*things*len(Measures[Process]), months*things*len(Measures[Process])).Draw(t, "factors")
		factors[rapid.IntRange(0, len(factors)-1).Draw(t, "one of them")] = 1
		if !w.hasTwin(factors) {
			t.Fatalf("%v of %v is %d for certain", factors, w, w.sum(factors))
		}
	})
}

// hasTwin finds another world that tells the same, in which the sum differs.
func (w world) hasTwin(factors []int) bool {
	told, i := w.told(), 0
	for x, month := range w {
		for y := range month {
			for _, m := range Measures[Process] {
				factor := factors[i]
				i++
				if factor == 0 {
					continue
				}
				for _, by := range []int{-1, 1} {
					twin := slices.Clone(w)
					twin[x] = slices.Clone(twin[x])
					twin[x][y] = maps.Clone(twin[x][y])
					twin[x][y][m] += by
					if twin[x][y].possible() && slices.EqualFunc(twin.told(), told, maps.Equal[Counts, Counts]) && twin.sum(factors) != w.sum(factors) {
						return true
					}
				}
			}
		}
	}
	return false
}

// TestBands: a band has its number, is a multiple of five, and what is heard
// again stays the same.
func TestBands(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(-10, mostCounted).Draw(t, "n")
		b := bandOf(n)
		if b < 0 || b%Step != 0 || int(b) > max(n, 0) || b.Most() < n || bandOf(int(b)) != b || bandOf(b.Most()) != b {
			t.Fatalf("%d is told as %d", n, b)
		}
	})
}

// TestHeard: what cannot be is not believed, and what is finer than it should
// be is made coarse.
func TestHeard(t *testing.T) {
	for name, one := range map[string]struct {
		kind Kind
		in   Counts
		want Counts // nil: not believed
	}{
		"as told":             {Interlinker, Counts{Uses: 15, Processes: 0}, Counts{Uses: 15, Processes: 0}},
		"finer than allowed":  {Interlinker, Counts{Uses: 13, Processes: 4}, Counts{Uses: 10, Processes: 0}},
		"less than nothing":   {Interlinker, Counts{Uses: -1}, nil},
		"absurd":              {Interlinker, Counts{Uses: 1_000_001}, nil},
		"nothing":             {Interlinker, Counts{}, nil},
		"of another kind":     {Interlinker, Counts{Clones: 5}, nil},
		"a later measure":     {Process, Counts{Clones: 5, "prizes": 10}, Counts{Clones: 5}},
		"more parts":          {Process, Counts{Clones: 5, Active: 10}, nil},
		"as many":             {Process, Counts{Clones: 5, Active: 5, Completed: 0}, Counts{Clones: 5, Active: 5, Completed: 0}},
		"a part of no whole":  {Process, Counts{Completed: 5}, nil},
		"stories of no clone": {Process, Counts{Clones: 0, Stories: 10}, Counts{Clones: 0, Stories: 10}},
	} {
		got, ok := heard(one.kind, one.in)
		if ok != (one.want != nil) || ok && !maps.Equal(got, one.want) {
			t.Errorf("%s: %v, %v", name, got, ok)
		}
	}
}

// TestMonths: months are read as they are written, and nothing else is one.
func TestMonths(t *testing.T) {
	if m := MonthOf(time.Date(2026, 12, 31, 23, 30, 0, 0, time.FixedZone("", -3600))); m != "2027-01" || m.Add(-1) != "2026-12" || m.Add(-13) != "2025-12" {
		t.Errorf("it is %s", m)
	}
	if got := Month("2026-12").Ends(); !got.Equal(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("it ends %s", got)
	}
	for _, m := range []Month{"", "2026", "2026-13", "2026-1", "26-01", "2026-01-01", "x"} {
		if !m.Begins().IsZero() {
			t.Errorf("%q is a month", m)
		}
	}
}

// TestReports: one for each owner, with what is used alone; who was told
// something before and is told nothing now gets an empty one; clones are
// summed up.
func TestReports(t *testing.T) {
	at := time.Date(2026, 12, 2, 9, 0, 0, 0, time.UTC)
	clone := Clone{Source: "https://a.example/processes/x", Language: "lv", Known: []domain.Lang{"es"}, WorkedAt: at, Stories: 2, Improvements: 3, Contributions: 2}
	old := Clone{Source: clone.Source, Language: "es", Known: clone.Known, Finished: true, WorkedAt: at.AddDate(0, -3, 0)}
	counted := append(count(slices.Repeat([]Clone{clone, old}, 3), "2026-11"),
		Counted{Interlinker, "https://b.example/interlinkers/y", "https://b.example/catalogue", Numbers{Uses: 7, Processes: 3}},
		Counted{Interlinker, "https://b.example/interlinkers/unused", "https://b.example/catalogue", Numbers{}},
		Counted{Interlinker, "https://b.example/interlinkers/z", "https://b.example/catalogue", Numbers{Uses: 700, Processes: 5}})
	got, err := json.Marshal(reports(counted, []domain.IRI{"https://c.example/catalogue", clone.Source}, "2026-11", at))
	if err != nil {
		t.Fatal(err)
	}
	want := `[{"owner":"https://a.example/processes/x","month":"2026-11","at":"2026-12-02T09:00:00Z","lines":[` +
		`{"kind":"process","object":"https://a.example/processes/x","counts":{"active":0,"clones":5,"completed":0,"contributions":5,"improvements":5,"stories":5,"translations":0}}]},` +
		`{"owner":"https://b.example/catalogue","month":"2026-11","at":"2026-12-02T09:00:00Z","lines":[` +
		`{"kind":"interlinker","object":"https://b.example/interlinkers/y","counts":{"processes":0,"uses":5}},` +
		`{"kind":"interlinker","object":"https://b.example/interlinkers/z","counts":{"processes":5,"uses":700}}]},` +
		`{"owner":"https://c.example/catalogue","month":"2026-11","at":"2026-12-02T09:00:00Z","lines":null}]`
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestSummary: of each node what it told last counts, and nothing of what is
// older than some months or was taken back.
func TestSummary(t *testing.T) {
	s := summary([]Heard{
		{Host: "a.example", Month: "2026-11", Counts: Counts{Uses: 10}},
		{Host: "gone.example", Month: "2026-11"},
		{Host: "a.example", Month: "2026-10", Counts: Counts{Uses: 500}},
		{Host: "", Month: "2026-10", Counts: Counts{Uses: 0}},
		{Host: "gone.example", Month: "2026-10", Counts: Counts{Uses: 50}},
		{Host: "old.example", Month: "2026-01", Counts: Counts{Uses: 100}},
	}, "2026-12")
	if s.Sum[Uses] != 10 || len(s.All) != 5 || len(s.Latest) != 3 || s.Latest[0].Host != "" || s.Latest[2].Host != "old.example" || !s.Latest[1].Summed || s.Latest[2].Summed {
		t.Errorf("%+v", s)
	}
}
