package lineage

import (
	"iter"
	"maps"
	"slices"
)

// Record is what a merge changed of a clone, so that it can be undone.
type Record struct {
	Before []SourceItem     `json:"before,omitempty"` // items that changed, as they were
	After  map[string]Base  `json:"after,omitempty"`  // the same as they became, those that were added, and the orders
	Added  []string         `json:"added,omitempty"`
	Aside  []string         `json:"aside,omitempty"`
	Bases  map[string]*Base `json:"bases,omitempty"` // what the clone knew of the source; null: nothing
}

// Record notes what a merge of these trees changes.
func (t Trees) Record(m Merged) Record {
	mine := branchesOf(t.Mine)
	now := mine.clone()
	r := Record{Aside: m.Aside, After: map[string]Base{}, Bases: map[string]*Base{}}
	for _, it := range m.Items {
		if before, was := mine.items.get(it.ID); was {
			r.Before = append(r.Before, before)
		} else {
			r.Added = append(r.Added, it.ID)
		}
		now.items.set(it.ID, it)
	}
	all := make([]SourceItem, 0, len(now.items))
	for _, it := range now.items {
		all = append(all, *it)
	}
	now = branchesOf(all)
	for _, it := range m.Items {
		r.After[it.ID] = Base{Item: it, Order: now.below[it.ID]}
	}
	for _, id := range m.Restored {
		r.After[id] = Base{Item: now.items.of(id), Order: now.below[id]}
	}
	for _, it := range m.Items { // the orders in which they stand
		if _, known := r.After[it.Parent]; !known {
			r.After[it.Parent] = Base{Item: now.items.of(it.Parent), Order: now.below[it.Parent]}
		}
	}
	r.Added = append(r.Added, m.Restored...)
	for id := range m.Bases {
		if b, known := t.Bases[id]; known {
			r.Bases[id] = &b
		} else {
			r.Bases[id] = nil
		}
	}
	return r
}

// touched are the items that undoing looks at.
func (r Record) touched() iter.Seq[string] {
	out := maps.Clone(r.After)
	for _, it := range r.Before {
		for _, id := range append(slices.Clone(it.Prerequisites), it.ID, it.Parent) {
			out[id] = Base{}
		}
	}
	for _, id := range slices.Concat(r.Added, r.Aside) {
		out[id] = Base{}
	}
	return maps.Keys(out)
}

// Undone is what undoing a merge changes of a clone.
type Undone struct {
	Merged
	Kept int // items that stay, wholly or in part, as somebody changed them since
}

// Undo is the way back: a merge of the clone as it is, Mine and Aside of now,
// with what it was. What was changed since the merge stays.
func (r Record) Undo(now Trees) Undone {
	added := map[string]bool{}
	for _, id := range r.Added {
		added[id] = true
	}
	was := make([]SourceItem, 0, len(now.Mine))
	for _, it := range now.Mine {
		i := slices.IndexFunc(r.Before, func(b SourceItem) bool { return b.ID == it.ID })
		switch {
		case added[it.ID]:
		case i >= 0:
			was = append(was, r.Before[i])
		default:
			was = append(was, it)
		}
	}
	mine := branchesOf(now.Mine)
	bases := Known(now.Mine) // what the merge did not change is as it was
	maps.Copy(bases, r.After)
	back := Trees{Bases: bases, Theirs: was, Mine: now.Mine, Aside: now.Aside, Worked: now.Worked}
	var out Undone
	var decisions []Resolution
	for _, u := range back.Updates() {
		if _, merged := r.After[u.ID]; !merged {
			continue
		}
		d := Resolution{ID: u.ID, Decision: Take}
		switch {
		case u.Outcome == Removed && u.Touched:
			d.Decision = Keep
			out.Kept++
		case u.Outcome == Conflict:
			d.Decision = Edit
			out.Kept++
			for _, p := range u.Parts {
				if p.Conflict {
					d.Kept = append(d.Kept, p.Part)
				}
			}
		}
		decisions = append(decisions, d)
	}
	out.Merged = back.Merge(decisions)
	out.Bases = r.Bases
	for _, top := range slices.Clone(out.Aside) { // each by itself: each is asked about again by itself
		for _, id := range mine.underneath(top) {
			if added[id] && !now.Aside[id] && !slices.Contains(out.Aside, id) {
				out.Aside = append(out.Aside, id)
			}
		}
	}
	for _, id := range r.Aside {
		if now.Aside[id] {
			out.Restored = append(out.Restored, id)
		}
	}
	return out
}
