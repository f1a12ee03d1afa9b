package lineage

import (
	"cmp"
	"fmt"
	"reflect"
	"runtime"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// drawStanding draws items that stand anyhow: what holds them and what they need
// may come later, be of another kind, not be there, or be themselves.
func drawStanding(t *rapid.T) []SourceItem {
	ids := rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f", "nowhere"})
	kinds := rapid.SampledFrom([]coproduction.ItemKind{coproduction.Phase, coproduction.Objective, coproduction.Task, "odd"})
	var items []SourceItem
	for n, id := range rapid.Permutation([]string{"a", "b", "c", "d", "e", "f"}).Draw(t, "ids") {
		it := SourceItem{ID: id, Kind: kinds.Draw(t, "kind"), Position: n % 3}
		if it.Kind != coproduction.Phase || rapid.IntRange(0, 9).Draw(t, "odd") == 0 {
			it.Parent = ids.Draw(t, "parent")
		}
		it.Prerequisites = rapid.SliceOfN(ids, 0, 2).Draw(t, "needs")
		items = append(items, it)
	}
	return items
}

// drawOutlined draws items that stand anyhow, or, as often, that are a tree.
func drawOutlined(t *rapid.T) []SourceItem {
	if rapid.Bool().Draw(t, "sound") {
		return rapid.Permutation(drawSource(t).Items).Draw(t, "order")
	}
	return drawStanding(t)
}

// TestOutlinePruned: an outline says of items that are a tree what the items do: what
// is below them in which order, and which are left when they are pruned. Of others it
// has those that stand somewhere.
func TestOutlinePruned(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := drawOutlined(t)
		o := outlineOf(items)
		sound, below := o.check() == nil, branchesOf(items).below
		keep := map[string]bool{}
		for _, it := range append(items, SourceItem{}) {
			keep[it.ID] = rapid.IntRange(0, 3).Draw(t, "keep") > 0
			got := o.orderBelow(it.ID)
			for _, id := range got {
				if !slices.Contains(below[it.ID], id) {
					t.Fatalf("below %q stands %q, not only %v", it.ID, id, below[it.ID])
				}
			}
			if sound && !slices.Equal(got, below[it.ID]) {
				t.Fatalf("below %q stand %v, not %v", it.ID, got, below[it.ID])
			}
		}
		less := o.pruned(func(n int32) bool { return keep[o.id(n)] })
		left, want := []SourceItem{}, []SourceItem{}
		for n := range int32(less.Len()) {
			left = append(left, less.item(n))
		}
		pruned := branchesOf(Prune(items, keep))
		pruned.inOrder(func(id string) {
			it := pruned.items.of(id)
			want = append(want, SourceItem{ID: id, Parent: it.Parent, Kind: it.Kind, Position: it.Position, Prerequisites: it.Prerequisites})
		})
		if sound && !reflect.DeepEqual(left, want) {
			t.Fatalf("pruned: %+v\nnot %+v", left, want)
		}
	})
}

// TestRegister: ids come back as they went in, and each has one number, whatever it
// looks like.
func TestRegister(t *testing.T) {
	t.Parallel()
	const uuid = "0191f2c4-0000-7000-8000-00000000000"
	part := rapid.SampledFrom([]string{
		"", "a", "https://city.example/guide/", "https://other.example/", uuid + "1", uuid + "a", uuid + "A",
		"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000001", "ffffffff-ffff-ffff-ffff-ffffffffffff", "\x00", "/",
	})
	rapid.Check(t, func(t *rapid.T) {
		r := newRegister(part.Draw(t, "base"))
		known := map[string]int32{}
		var ids []string
		for range rapid.IntRange(1, 40).Draw(t, "ids") {
			id := part.Draw(t, "one") + part.Draw(t, "two")
			was, there := known[id]
			if n := r.find(id); there && n != was || !there && n >= 0 {
				t.Fatalf("%q is found as %d of %v", id, n, known)
			}
			if known[id] = r.add(id); there && known[id] != was {
				t.Fatalf("%q was %d and is %d", id, was, known[id])
			} else if !there {
				ids = append(ids, id)
			}
		}
		for i, id := range ids {
			if known[id] != int32(i) || r.id(int32(i)) != id || r.find(id) != int32(i) {
				t.Fatalf("%q is %d, which is %q", id, known[id], r.id(int32(i)))
			}
			for j, other := range ids {
				if got := r.compare(int32(i), int32(j)); got != cmp.Compare(id, other) {
					t.Fatalf("%q and %q compare as %d", id, other, got)
				}
			}
		}
	})
}

// TestOutlineTree: an outline of items says whether they are a tree at all, in
// which order that is, and how far.
func TestOutlineTree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		items := drawOutlined(t)
		var made []coproduction.Item
		there := branchesOf(items).items
		for _, it := range items {
			one := coproduction.Item{ID: domain.ID(it.ID), Parent: domain.ID(it.Parent), Kind: it.Kind, Position: it.Position}
			for _, id := range it.Prerequisites {
				if there[id] != nil {
					one.Prerequisites = append(one.Prerequisites, domain.ID(id))
				}
			}
			if one.Kind == coproduction.Task {
				one.Status = rapid.SampledFrom([]coproduction.Status{"", coproduction.Awaiting, coproduction.InProgress, coproduction.Finished}).Draw(t, "status")
			}
			if rapid.IntRange(0, 3).Draw(t, "aside") == 0 {
				one.DisabledAt = time.Unix(1, 0)
			}
			made = append(made, one)
		}
		tree, err := coproduction.NewTree(made)
		if got := outlineOf(items).check(); (err == nil) != (got == nil) {
			t.Fatalf("an outline is judged %v, its tree %v", got, err)
		}
		if err != nil {
			return
		}
		o := newOutline()
		for _, it := range made {
			o.read("", it)
		}
		status, tasks, finished := o.stand().progress(top)
		if all, done := tree.Progress(""); status != tree.Overall() || tasks != all || finished != done {
			t.Fatalf("%d of %d tasks, %s; the tree says %d of %d, %s", finished, tasks, status, done, all, tree.Overall())
		}
		for i, it := range tree.Items() {
			if o.id(int32(i)) != string(it.ID) {
				t.Fatalf("at %d stands %s, not %s", i, o.id(int32(i)), it.ID)
			}
		}
	})
}

// BenchmarkHeld measures how many bytes an item has in memory of what is kept of a
// tree that is read page by page, in B/item; ids are addresses of 80 bytes.
func BenchmarkHeld(b *testing.B) {
	for _, items := range []int{5_000, 20_000} {
		pages := func(yield func([]SourceItem, error) bool) {
			for n := range items / wholeAtOnce {
				some := make([]SourceItem, wholeAtOnce)
				for i := range some {
					at := n*wholeAtOnce + i
					some[i] = SourceItem{
						ID: fmt.Sprintf("https://zaragoza.example/processes/large/guide/0191f2c4-0000-7000-8000-%012d", at), Position: at,
						Kind: coproduction.Phase, Name: domain.Text{"en": "What is to be done here, and why."},
					}
					if at > 0 {
						some[i].Prerequisites = []string{fmt.Sprintf("https://zaragoza.example/processes/large/guide/0191f2c4-0000-7000-8000-%012d", at-1)}
					}
				}
				if !yield(some, nil) {
					return
				}
			}
		}
		for what, read := range map[string]func() any{
			"outline": func() any {
				o := newOutline()
				for some := range pages {
					o.add(some...)
				}
				return o.stand()
			},
			"here": func() any {
				o := newOutline()
				for n := range items {
					o.read("", coproduction.Item{ID: domain.ID(fmt.Sprintf("0191f2c4-0000-7000-8000-%012d", n)), Kind: coproduction.Phase, Position: n})
				}
				return o.stand()
			},
			"sketch": func() any {
				s, _ := sketchOf(pages, newRegister(""))
				return s
			},
		} {
			b.Run(fmt.Sprint(what, "/", items), func(b *testing.B) {
				var held uint64
				for b.Loop() {
					before := inUse()
					kept := read()
					held = inUse() - before
					runtime.KeepAlive(kept)
				}
				b.ReportMetric(float64(held)/float64(items), "B/item")
			})
		}
	}
}

func inUse() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
