package coproduction

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
)

// drawDetails draws the details of a task as they are kept: of few values, so
// that versions often agree.
func drawDetails(t *rapid.T, label string) ItemDetails {
	text := rapid.MapOfN(rapid.SampledFrom([]domain.Lang{"en", "es", "lv"}), rapid.SampledFrom([]string{"", "a", "b\nc"}), 0, 3)
	day := func(label string) time.Time {
		if n := rapid.IntRange(0, 2).Draw(t, label); n > 0 {
			return time.Date(2026, 3, n, 0, 0, 0, 0, time.UTC)
		}
		return time.Time{}
	}
	return ItemDetails{
		Name: text.Draw(t, label+" name"), Description: text.Draw(t, label+" description"),
		Problems:      rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"A", "B C"}), 0, 2, rapid.ID).Draw(t, label+" problems"),
		Prerequisites: rapid.SliceOfNDistinct(rapid.SampledFrom([]domain.ID{"1", "2"}), 0, 2, rapid.ID).Draw(t, label+" prerequisites"),
		Complexity:    rapid.SampledFrom([]int{0, 20, 100}).Draw(t, label+" complexity"), CoDelivery: rapid.Bool().Draw(t, label+" together"),
		Starts: day(label + " starts"), Ends: day(label + " ends"),
	}.clean()
}

func same(a, b ItemDetails) bool { return len(Diff(a, b)) == 0 }

func TestDifferencesLeadThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before, after := drawDetails(t, "before"), drawDetails(t, "after")
		there, back := before, after
		for _, d := range Diff(before, after) {
			there, back = there.With(d.Part, d.After), back.With(d.Part, d.Before)
		}
		if !same(there, after) || !same(back, before) || fmt.Sprint(there) != fmt.Sprint(after) {
			t.Fatalf("%+v\nby %+v became\n%+v, back %+v", before, Diff(before, after), there, back)
		}
	})
}

func TestMerge(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base, theirs, mine := drawDetails(t, "base"), drawDetails(t, "theirs"), drawDetails(t, "mine")
		merged, choices := Merge(base, theirs, mine)
		for _, p := range parts(base, theirs, mine) {
			b, h, m, got := base.Value(p), theirs.Value(p), mine.Value(p), merged.Value(p)
			want := m
			if m == b {
				want = h
			}
			at := slices.IndexFunc(choices, func(c Choice) bool { return c.Part == p })
			if got != want || (at >= 0) != (h != m) || at >= 0 && choices[at].Both != (h != b && m != b) {
				t.Fatalf("%s: base %q, theirs %q, mine %q: merged %q, choice %v", p, b, h, m, got, at)
			}
		}
		if m, _ := Merge(base, base, mine); !same(m, mine) {
			t.Fatal("nobody else changed anything, and yet mine is not kept")
		}
		if m, _ := Merge(base, theirs, base); !same(m, theirs) {
			t.Fatal("I changed nothing, and yet theirs is not kept")
		}
		other, _ := Merge(base, mine, theirs)
		if both := slices.ContainsFunc(choices, func(c Choice) bool { return c.Both }); !both && !same(merged, other) {
			t.Fatal("without a part that both changed, who was first does not matter")
		}
	})
}

// Whatever people do to a tree, and in whichever order, it stays one: each
// item once, under a parent of the right kind, siblings in the order that was
// asked for, prerequisites without a circle.
func TestAnySequenceKeepsTheTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		tree, err := NewTree(drawItems(t))
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		step := map[string]func(*rapid.T){
			"add": func(t *rapid.T) {
				parents := append([]domain.ID{""}, idsOf(tree, func(it Item) bool { return it.Kind != Task })...)
				it := Item{ID: domain.ID(fmt.Sprint("new", n)), Kind: Phase, Parent: rapid.SampledFrom(parents).Draw(t, "parent")}
				n++
				if it.Parent != "" {
					above, _ := tree.Item(it.Parent)
					it.Kind = above.Kind.child()
				}
				tree = placed(t, tree, it)
			},
			"move": func(t *rapid.T) {
				all := idsOf(tree, func(Item) bool { return true })
				if len(all) == 0 {
					return
				}
				it, _ := tree.Item(rapid.SampledFrom(all).Draw(t, "item"))
				if parents := idsOf(tree, func(o Item) bool { return o.Kind == it.Kind.Parent() }); it.Kind != Phase {
					it.Parent = rapid.SampledFrom(parents).Draw(t, "parent")
				}
				tree = placed(t, tree, it)
			},
			"precede": func(t *rapid.T) {
				all := idsOf(tree, func(Item) bool { return true })
				if len(all) == 0 {
					return
				}
				it, _ := tree.Item(rapid.SampledFrom(all).Draw(t, "item"))
				offered := tree.MayPrecede(it.ID)
				for _, o := range tree.Items() {
					if o.Kind != it.Kind {
						continue
					}
					with := it
					with.Prerequisites = append(slices.Clone(it.Prerequisites), o.ID)
					_, err := tree.With(with)
					if is := slices.ContainsFunc(offered, func(f Item) bool { return f.ID == o.ID }); is != (err == nil) {
						t.Fatalf("%s before %s: offered %v, but %v", o.ID, it.ID, is, err)
					}
				}
				if len(offered) > 0 {
					before := rapid.SampledFrom(offered).Draw(t, "before").ID
					it.Prerequisites = append(slices.Clone(it.Prerequisites), before)
					if tree, err = tree.With(it); err != nil {
						t.Fatalf("%s was offered before %s: %v", before, it.ID, err)
					}
				}
			},
		}
		t.Repeat(step)
	})
}

func idsOf(tree *Tree, of func(Item) bool) []domain.ID {
	var out []domain.ID
	for _, it := range tree.Items() {
		if of(it) {
			out = append(out, it.ID)
		}
	}
	return out
}

// placed puts an item at a drawn place and checks that it stands there, and
// its siblings as they did.
func placed(t *rapid.T, tree *Tree, it Item) *Tree {
	place := rapid.SampledFrom([]int{0, 1, 2, 7, Last}).Draw(t, "place")
	others := slices.DeleteFunc(tree.Children(it.Parent), func(o Item) bool { return o.ID == it.ID })
	siblings, err := tree.put(&it, place)
	if err != nil {
		t.Fatal(err)
	}
	after, err := tree.With(append(siblings, it)...)
	if err != nil {
		t.Fatal(err)
	}
	if after.Place(it.ID) != min(place, len(others)) {
		t.Fatalf("%s stands at %d, asked for %d", it.ID, after.Place(it.ID), place)
	}
	left := slices.DeleteFunc(after.Children(it.Parent), func(o Item) bool { return o.ID == it.ID })
	for i, o := range left {
		if o.ID != others[i].ID {
			t.Fatalf("moving %s also moved %s", it.ID, o.ID)
		}
	}
	for i, o := range after.Children(it.Parent) {
		if o.Position != i {
			t.Fatalf("%s is at %d, with position %d", o.ID, i, o.Position)
		}
	}
	return after
}

func TestDetailsAreChecked(t *testing.T) {
	t.Parallel()
	on := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	name := domain.Text{"en": "Agree"}
	for what, tc := range map[string]struct {
		kind  ItemKind
		d     ItemDetails
		field string
	}{
		"good":               {Task, ItemDetails{Name: name, Starts: on("2026-03-01"), Ends: on("2026-03-01"), Complexity: 100}, ""},
		"no name":            {Task, ItemDetails{Name: domain.Text{"en": "  "}}, "name"},
		"long name":          {Task, ItemDetails{Name: domain.Text{"lv": strings.Repeat("ā", maxTitle)}}, "name"},
		"ends first":         {Task, ItemDetails{Name: name, Starts: on("2026-03-02"), Ends: on("2026-03-01")}, "ends"},
		"year 20260":         {Task, ItemDetails{Name: name, Starts: time.Date(20260, 1, 1, 0, 0, 0, 0, time.UTC)}, "starts"},
		"dates of a phase":   {Phase, ItemDetails{Name: name, Ends: on("2026-03-01")}, "starts"},
		"complexity":         {Task, ItemDetails{Name: name, Complexity: 101}, "complexity"},
		"too many problems":  {Task, ItemDetails{Name: name, Problems: manyWords(maxProblems + 1)}, "problems"},
		"the same 100 times": {Task, ItemDetails{Name: name, Problems: slices.Repeat([]string{"A"}, 100)}, ""},
		"a long code":        {Task, ItemDetails{Name: name, Problems: []string{strings.Repeat("A", maxCode+1)}}, "problems"},
	} {
		it := Item{Kind: tc.kind}
		err := it.apply(tc.d, "en")
		field := ""
		if f := domain.FieldsOf(err); len(f) > 0 {
			field = f[0].Field
		}
		if field != tc.field || (err == nil) != (tc.field == "") {
			t.Errorf("%s: %v, want a problem with %q", what, err, tc.field)
		}
	}
}

func manyWords(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint("P", i)
	}
	return out
}

func TestLate(t *testing.T) {
	t.Parallel()
	due := item("t", "o", Task, InProgress)
	due.Ends = time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	done, off := due, due
	done.ID, done.Status = "d", Finished
	off = disabled(off)
	off.ID = "x"
	tree, err := NewTree([]Item{item("p", "", Phase, ""), item("o", "p", Objective, ""), due, done, off})
	if err != nil {
		t.Fatal(err)
	}
	onTheDay := time.Date(2026, 3, 10, 23, 0, 0, 0, time.UTC)
	for id, want := range map[domain.ID]bool{"t": true, "o": true, "p": true, "d": false, "x": false, "unknown": false} {
		if tree.Late(id, onTheDay) || tree.Late(id, onTheDay.Add(2*time.Hour)) != want {
			t.Errorf("%s: late on the day, or not as wanted (%v) after it", id, want)
		}
	}
}
