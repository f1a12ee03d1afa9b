package lineage

import (
	"errors"
	"iter"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// inPages goes through items three at a time.
func inPages(items []SourceItem) Pages {
	return func(yield func([]SourceItem, error) bool) {
		for some := range slices.Chunk(items, 3) {
			if !yield(slices.Clone(some), nil) {
				return
			}
		}
	}
}

// TestSincePaged: read page by page, what changed between two trees is the same.
func TestSincePaged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := drawSource(t).Items
		now := drawEdits(t, before, "ours")
		sketched, err := sketchOf(inPages(now), newRegister(""))
		if err != nil || sketched.digest != (SourceProcess{Items: now}).Digest() {
			t.Fatal(sketched, err)
		}
		got, err := since(inPages(before), sketched, inPages(now))
		if want := Since(before, now); !reflect.DeepEqual(got, want) || err != nil {
			t.Errorf("page by page %+v (%v)\nat once %+v", got, err, want)
		}
	})
}

// clone is a process that has the items of Mine, and named what those are called
// elsewhere.
func (t Trees) clone() (*coproduction.Process, []coproduction.Item) {
	p := &coproduction.Process{IRI: "https://other.example/processes/clone"}
	var items []coproduction.Item
	for _, it := range t.Mine {
		one := coproduction.Item{
			ID: domain.ID(it.ID), Parent: domain.ID(it.Parent), Kind: it.Kind, Position: it.Position, Name: it.Name, Description: it.Description, Problems: it.Problems,
			Interlinkers: it.Interlinkers, Complexity: it.Complexity, CoDelivery: it.CoDelivery, FromItem: it.ID, Translations: it.Translations,
		}
		for _, id := range it.Prerequisites {
			one.Prerequisites = append(one.Prerequisites, domain.ID(id))
		}
		if t.Aside[it.ID] {
			one.DisabledAt = one.DisabledAt.AddDate(1, 0, 0)
		}
		if t.Worked[it.ID] {
			one.Status = coproduction.Finished
		}
		items = append(items, one)
	}
	return p, items
}

func fromItem(it coproduction.Item) string { return it.FromItem }

// paged is where a comparison reads trees that are in memory.
func (t Trees) paged(items []coproduction.Item) paged {
	return paged{theirs: inPages(t.Theirs), bases: func(yield func(map[string]Base, error) bool) {
		for id, b := range t.Bases {
			if !yield(map[string]Base{id: b}, nil) {
				return
			}
		}
	}, outline: outlines(items), mine: func(ids []domain.ID) ([]coproduction.Item, error) {
		return slices.DeleteFunc(slices.Clone(items), func(it coproduction.Item) bool { return !slices.Contains(ids, it.ID) }), nil
	}}
}

// outlines are items as [coproduction.Contents] reads them without texts.
func outlines(items []coproduction.Item) iter.Seq2[coproduction.Item, error] {
	return func(yield func(coproduction.Item, error) bool) {
		for _, it := range items {
			if !yield(coproduction.Item{
				ID: it.ID, Parent: it.Parent, Kind: it.Kind, Position: it.Position, Prerequisites: it.Prerequisites, Status: it.Status, DisabledAt: it.DisabledAt, FromItem: it.FromItem,
			}, nil) {
				return
			}
		}
	}
}

// TestComparePaged: read page by page, with no more texts in memory than those
// of what changes, trees have the same updates, the same merge, the same record
// of it, and the same way back.
func TestComparePaged(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		whole := drawTrees(t)
		p, items := whole.clone()
		_, mine, err := named(p, items, fromItem)
		if err != nil {
			t.Skip(err)
		}
		whole.Mine, whole.Aside, whole.Worked = mine.Mine, mine.Aside, mine.Worked
		c, err := compare(p, whole.paged(items))
		if err != nil {
			t.Fatal(err)
		}
		same := func(what string, want, got any) {
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s page by page: %+v\nat once: %+v", what, got, want)
			}
		}
		updates := whole.Updates()
		same("updates", updates, c.Updates())
		decisions := drawDecisions(t, updates)
		want := whole.Merge(decisions)
		got, err := c.settle(func(t Trees) Merged { return t.Merge(decisions) })
		if err != nil {
			t.Fatal(err)
		}
		same("merge", want, got)
		record := whole.Record(want)
		same("record", record, c.Record(got))
		for _, it := range c.Mine {
			if !c.whole[it.ID] && !it.Name.Empty() {
				t.Errorf("%s is in memory for nothing", it.ID)
			}
		}

		now := whole.after(want)
		p, items = now.clone()
		if _, mine, err = named(p, items, fromItem); err != nil {
			t.Skip(err)
		}
		now = Trees{Mine: mine.Mine, Aside: mine.Aside, Worked: mine.Worked}
		if c, err = compare(p, now.paged(items)); err != nil {
			t.Fatal(err)
		}
		back, err := c.undo(record)
		if err != nil {
			t.Fatal(err)
		}
		same("undo", record.Undo(now), back)
	})
}

// TestPagedMoved: a tree of which items are gone when they are read again is
// not taken for one without texts.
func TestPagedMoved(t *testing.T) {
	t.Parallel()
	items := []SourceItem{{ID: "a", Kind: coproduction.Phase, Name: domain.Text{"en": "A"}}, {ID: "b", Kind: coproduction.Phase, Name: domain.Text{"en": "B"}}}
	s, err := sketchOf(inPages(items), newRegister(""))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.fill(inPages(items[:1]), map[string]bool{"a": true, "b": true}); !errors.Is(err, errMoved) {
		t.Error(err)
	}
	if _, err := sketchIn(outlineOf(items), inPages(items[:1])); !errors.Is(err, errMoved) {
		t.Error(err)
	}
	trees := Trees{Theirs: items, Bases: map[string]Base{}, Mine: items}
	p, mine := trees.clone()
	from := trees.paged(mine)
	from.mine = func([]domain.ID) ([]coproduction.Item, error) { return mine[:1], nil }
	if _, err := compare(p, from); !errors.Is(err, errMoved) {
		t.Error(err)
	}
}
