package lineage

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// after reports whether an item comes after another one by prerequisites.
func (b branches) after(id, other string) bool {
	for queue, seen := []string{id}, map[string]bool{}; len(queue) > 0; queue = queue[1:] {
		next := queue[0]
		if next == other {
			return true
		}
		if !seen[next] {
			seen[next] = true
			queue = append(queue, b.items.of(next).Prerequisites...)
		}
	}
	return false
}

// after is what becomes of trees by a merge.
func (t Trees) after(m Merged) Trees {
	bases := maps.Clone(t.Bases)
	for id, b := range m.Bases {
		if b == nil {
			delete(bases, id)
		} else {
			bases[id] = *b
		}
	}
	mine := slices.Clone(t.Mine)
	for _, it := range m.Items {
		if i := slices.IndexFunc(mine, func(o SourceItem) bool { return o.ID == it.ID }); i >= 0 {
			mine[i] = it
		} else {
			mine = append(mine, it)
		}
	}
	aside := maps.Clone(t.Aside)
	if aside == nil {
		aside = map[string]bool{}
	}
	for _, id := range m.Aside {
		aside[id] = true
	}
	for _, id := range m.Restored {
		delete(aside, id)
	}
	return Trees{Bases: bases, Theirs: t.Theirs, Mine: mine, Aside: aside, Worked: t.Worked}
}

// drawEdits changes a tree as people do; whose marks what they write.
func drawEdits(t *rapid.T, items []SourceItem, whose string) []SourceItem {
	items = slices.Clone(items)
	for n := range rapid.IntRange(0, 6).Draw(t, "edits of "+whose) {
		if len(items) == 0 {
			break
		}
		i := rapid.IntRange(0, len(items)-1).Draw(t, "item")
		it := items[i]
		word := fmt.Sprintf("%s %d", whose, n)
		switch rapid.SampledFrom([]string{"name", "translation", "description", "list", "number", "add", "remove", "move", "order", "first"}).Draw(t, "edit") {
		case "name":
			it.Name = withLang(it.Name, "es", word)
		case "translation":
			it.Name = withLang(it.Name, rapid.SampledFrom([]domain.Lang{"lv", "nl"}).Draw(t, "lang"), word)
		case "description":
			it.Description = withLang(it.Description, "es", "")
		case "list":
			it.Problems = append(slices.Clone(it.Problems), word)
		case "number":
			it.Complexity = rapid.IntRange(0, 100).Draw(t, "complexity")
		case "add":
			child := map[coproduction.ItemKind]coproduction.ItemKind{coproduction.Phase: coproduction.Objective, coproduction.Objective: coproduction.Task}[it.Kind]
			if child != "" {
				items = append(items, SourceItem{ID: fmt.Sprintf("%s/%d", whose, n), Parent: it.ID, Kind: child, Position: rapid.IntRange(0, 3).Draw(t, "position"), Name: domain.Text{"es": word}})
			}
		case "remove":
			keep := map[string]bool{}
			for _, other := range items {
				keep[other.ID] = other.ID != it.ID
			}
			items = Prune(items, keep)
			continue
		case "move":
			for _, other := range items {
				if other.Kind == it.Kind.Parent() && rapid.Bool().Draw(t, "here") {
					it.Parent = other.ID
				}
			}
		case "order":
			it.Position = rapid.IntRange(-1, 4).Draw(t, "position")
		case "first":
			for _, other := range items {
				if other.Kind == it.Kind && other.ID != it.ID && !slices.Contains(it.Prerequisites, other.ID) && !branchesOf(items).after(other.ID, it.ID) &&
					rapid.Bool().Draw(t, "after") {
					it.Prerequisites = append(slices.Clone(it.Prerequisites), other.ID)
					break
				}
			}
		}
		items[i] = it
	}
	return items
}

func drawTrees(t *rapid.T) Trees {
	base := drawSource(t).Items
	out := Trees{Bases: Known(base), Theirs: drawEdits(t, base, "theirs"), Mine: drawEdits(t, base, "mine"), Aside: map[string]bool{}, Worked: map[string]bool{}}
	for _, it := range out.Mine {
		out.Aside[it.ID] = rapid.IntRange(0, 9).Draw(t, "aside") == 0
		out.Worked[it.ID] = rapid.IntRange(0, 4).Draw(t, "worked") == 0
	}
	return out
}

func drawDecisions(t *rapid.T, updates []Update) []Resolution {
	var out []Resolution
	left := map[string]bool{} // new ones that are left out, and what is below them
	for _, u := range updates {
		d := Resolution{ID: u.ID, Decision: rapid.SampledFrom([]Decision{Take, Keep, Edit, Ignore, ""}).Draw(t, "decision")}
		for _, p := range u.Parts {
			switch rapid.IntRange(0, 2).Draw(t, "part") {
			case 0:
				d.Kept = append(d.Kept, p.Part)
			case 1:
				d.Values = map[coproduction.Part]string{p.Part: "own"}
			}
			if p.Field == coproduction.FieldParent && left[p.Theirs] {
				d.Decision = ""
			}
		}
		if u.Outcome == Added && left[u.Parent] {
			d.Decision = ""
		}
		left[u.ID] = u.Outcome == Added && (left[u.Parent] || d.Decision == Keep || d.Decision == Ignore)
		out = append(out, d)
	}
	return out
}

// sound checks that items make a tree.
func sound(t *rapid.T, items []SourceItem) {
	t.Helper()
	s := SourceProcess{IRI: "https://city.example/processes/gardens", Owner: "https://city.example/processes/gardens", Title: domain.Text{"es": "Huertos"}, Items: items}
	made, err := Clone(s, domain.NewMint(nil, nil))
	if err == nil {
		_, err = coproduction.NewTree(made)
	}
	if err != nil {
		raw, _ := json.MarshalIndent(items, "", " ")
		t.Fatalf("the merged tree is broken: %v\n%s", err, raw)
	}
}

func TestMergeProperties(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		trees := drawTrees(t)
		before := fmt.Sprint(trees)
		if m := trees.Merge(nil); len(m.Items)+len(m.Aside)+len(m.Bases) > 0 {
			t.Fatalf("no decision changes %v", m)
		}
		updates := trees.Updates()
		decisions := drawDecisions(t, updates)
		merged := trees.Merge(decisions)
		if fmt.Sprint(trees) != before {
			t.Fatal("merging changed what was merged")
		}
		now := trees.after(merged)
		sound(t, now.Mine)
		noLoss(t, trees, now, decisions)

		// What was decided is not asked again, and deciding it again does nothing.
		for _, u := range now.Updates() {
			i := slices.IndexFunc(decisions, func(d Resolution) bool { return d.ID == u.ID && d.Decision.Known() })
			if i >= 0 && u.Outcome != Removed && !strings.Contains(fmt.Sprint(u.Parts), coproduction.FieldPrerequisites) {
				t.Fatalf("%+v is asked again after %+v", u, decisions[i])
			}
		}

		// All at once is one after the other, in any order.
		if len(merged.Left) > 0 {
			return
		}
		one, never := trees, map[string]bool{}
		for _, d := range rapid.Permutation(decisions).Draw(t, "order") {
			if d.Decision == Edit && !slices.ContainsFunc(one.Updates(), func(u Update) bool { return u.ID == d.ID }) {
				return // it came, unedited, with what stands in it
			}
			never[d.ID] = d.Decision == Ignore
			m := one.Merge([]Resolution{d})
			if len(m.Left) > 0 {
				return
			}
			one = one.after(m)
		}
		sound(t, one.Mine)
		for _, it := range now.Mine {
			i := slices.IndexFunc(one.Mine, func(o SourceItem) bool { return o.ID == it.ID })
			if i < 0 {
				t.Fatalf("%s is there only if all is decided at once", it.ID)
			}
			o := one.Mine[i]
			o.Position = it.Position // places of several new ones may be shared otherwise
			if never[it.ID] {
				o.Prerequisites = it.Prerequisites // it may wait for what was taken before it was left alone
			}
			if d := differing(o, it); len(d) > 0 {
				t.Fatalf("%s differs in %v: at once %+v, else %+v", it.ID, d, it, o)
			}
		}
	})
}

// noLoss: all that the clone had is there, as it was unless its item was taken
// or edited, and what the clone alone changed always is as it was.
func noLoss(t *rapid.T, was, now Trees, decisions []Resolution) {
	t.Helper()
	decided := map[string]Decision{}
	for _, d := range decisions {
		decided[d.ID] = d.Decision
	}
	theirs, mine := branchesOf(was.Theirs), branchesOf(now.Mine)
	for _, it := range was.Mine {
		after, there := mine.items.get(it.ID)
		if !there {
			t.Fatalf("%s is lost", it.ID)
		}
		base, known := was.Bases[it.ID]
		if !known && len(differing(it, after)) > 0 {
			t.Fatalf("%s, which the clone added, changed", it.ID)
		}
		if d := decided[it.ID]; d != Take && d != Edit {
			for _, p := range differing(it, after) {
				if p.Field != coproduction.FieldPrerequisites { // a new item may come before it
					t.Fatalf("%s of %s changed without a decision", p, it.ID)
				}
			}
		}
		upstream, there := theirs.items.get(it.ID)
		for _, p := range itemParts(it, base.Item, upstream) {
			switch {
			case !known || !there:
			case isList(p):
				for _, value := range it.list(p) {
					if !slices.Contains(base.Item.list(p), value) && !slices.Contains(after.list(p), value) {
						t.Fatalf("%s of %s lost %q, which the clone put in", p, it.ID, value)
					}
				}
			case it.Value(p) != base.Item.Value(p) && upstream.Value(p) == base.Item.Value(p) && after.Value(p) != it.Value(p):
				t.Fatalf("%s of %s, which the clone alone changed, is %q, not %q", p, it.ID, after.Value(p), it.Value(p))
			}
		}
	}
}

// TestMergeTakesAll: whoever takes everything has what the source has, but for
// what they changed alone.
func TestMergeTakesAll(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		base := drawSource(t).Items
		trees := Trees{Bases: Known(base), Theirs: drawEdits(t, base, "theirs"), Mine: base}
		var all []Resolution
		for _, u := range trees.Updates() {
			if u.Outcome == Conflict || u.Touched {
				t.Fatalf("%+v is a conflict, though the clone changed nothing", u)
			}
			all = append(all, Resolution{ID: u.ID, Decision: Take})
		}
		now := trees.after(trees.Merge(all))
		if left := now.Updates(); len(left) > 0 {
			t.Fatalf("all is taken, and open are %+v", left)
		}
		theirs, mine := branchesOf(now.Theirs), branchesOf(now.Mine)
		for id, it := range theirs.items {
			if d := differing(*it, mine.items.of(id)); len(d) > 0 {
				t.Fatalf("%s differs in %v", id, d)
			}
		}
		for id := range mine.items {
			if _, there := theirs.items.get(id); !there && !now.Aside[id] && !now.Aside[mine.items.of(id).Parent] && !now.Aside[mine.items.of(mine.items[id].Parent).Parent] {
				t.Fatalf("%s is still in use", id)
			}
		}
	})
}

func TestMergeUndo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		trees := drawTrees(t)
		merged := trees.Merge(drawDecisions(t, trees.Updates()))
		record := trees.Record(merged)
		raw, err := json.Marshal(record)
		if err != nil {
			t.Fatal(err)
		}
		record = Record{}
		if err := json.Unmarshal(raw, &record); err != nil {
			t.Fatal(err)
		}
		now := trees.after(merged)
		back := record.Undo(now)
		if back.Kept > 0 {
			t.Fatalf("nothing was changed since, and %d stay", back.Kept)
		}
		undone := now.after(back.Merged)
		was, is := branchesOf(trees.Mine), branchesOf(undone.Mine)
		for id, it := range was.items {
			if d := differing(*it, is.items.of(id)); len(d) > 0 {
				t.Fatalf("%s differs in %v: was %+v, is %+v", id, d, *it, is.items.of(id))
			}
		}
		for id := range is.items {
			if _, there := was.items.get(id); !there && !slices.Contains(back.Aside, id) && !slices.ContainsFunc(back.Aside, func(top string) bool { return slices.Contains(is.underneath(top), id) }) {
				t.Fatalf("%s, which was added, is still in use", id)
			}
		}
		// What is undone is asked again, and can be taken again.
		bases := maps.Clone(undone.Bases)
		for id, b := range record.Bases {
			if b == nil {
				delete(bases, id)
			} else {
				bases[id] = *b
			}
		}
		undone.Bases, undone.Theirs = bases, trees.Theirs
		if before, after := len(trees.Updates()), len(undone.Updates()); before != after {
			t.Fatalf("%d updates were open, %d are after undoing: %+v and %+v", before, after, trees.Updates(), undone.Updates())
		}
		if !reflect.DeepEqual(slices.Sorted(slices.Values(back.Restored)), slices.Sorted(slices.Values(merged.Aside))) {
			t.Fatalf("%v were put aside, and %v are restored", merged.Aside, back.Restored)
		}
	})
}

// FuzzMerge merges trees that no node of ours would send.
func FuzzMerge(f *testing.F) {
	f.Add([]byte(`[{"id":"a","kind":"phase","name":{"en":"A"}}]`), []byte(`[{"id":"a","kind":"task","parent":"a","prerequisites":["a"],"name":{"en":"B"}}]`), []byte(`[]`))
	f.Add([]byte(`[]`), []byte(`[{"id":"b","parent":"c"},{"id":"c","parent":"b","prerequisites":["b","c","d"]}]`), []byte(`[{"id":"b"},{"id":"b"},{"id":""}]`))
	f.Fuzz(func(t *testing.T, base, theirs, mine []byte) {
		read := func(raw []byte) []SourceItem {
			var items []SourceItem
			if json.Unmarshal(raw, &items) != nil || len(items) > 50 {
				return nil
			}
			return items
		}
		trees := Trees{Bases: Known(read(base)), Theirs: read(theirs), Mine: read(mine)}
		var all []Resolution
		for _, u := range trees.Updates() {
			all = append(all, Resolution{ID: u.ID, Decision: Take})
		}
		merged := trees.Merge(all)
		record := trees.Record(merged)
		record.Undo(trees.after(merged))
		for _, it := range trees.Mine {
			if _, kept := branchesOf(trees.after(merged).Mine).items.get(it.ID); it.ID != "" && !kept {
				t.Fatalf("%q is lost", it.ID)
			}
		}
	})
}
