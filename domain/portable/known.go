package portable

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"

	"interlink/domain"
	"interlink/domain/lineage"
)

// learned is what a clone knows of its source once a later export was merged
// into it. Of an item that is as it is there, what was decided there is decided
// here, unless something was here since; of one that differs it stays as it is:
// who works here is asked rather once more than never.
func learned(base, theirs, ours, merged *Process) map[string]lineage.Base {
	if len(theirs.Known) == 0 || theirs.ClonedFrom == nil || ours.ClonedFrom == nil || theirs.ClonedFrom.IRI != ours.ClonedFrom.IRI {
		return ours.Known
	}
	out, all := map[string]lineage.Base{}, maps.Clone(theirs.Known)
	maps.Copy(out, ours.Known)
	maps.Copy(all, ours.Known)
	there, here := branchesOf(theirs), branchesOf(merged)
	for id := range all {
		was, before := base.Known[id]
		mine, now := ours.Known[id]
		if before != now || !sameJSON(was, mine) || !there.alike(here, id) {
			continue
		}
		if is, known := theirs.Known[id]; known {
			out[id] = is
		} else {
			delete(out, id)
		}
	}
	return out
}

// branches are the items of a clone by the ids that they have in its source,
// with those that stand below each, in their order; below "" the phases.
type branches struct {
	items map[string]Item
	below map[string][]string
}

func branchesOf(d *Process) branches {
	b := branches{map[string]Item{}, map[string][]string{}}
	names := map[domain.ID]string{"": ""}
	for _, it := range d.Items {
		names[it.ID] = cmp.Or(it.FromItem, string(it.ID))
		b.items[names[it.ID]] = it
	}
	for _, it := range slices.SortedStableFunc(slices.Values(d.Items), func(x, y Item) int { return cmp.Compare(x.Position, y.Position) }) {
		b.below[names[it.Parent]] = append(b.below[names[it.Parent]], names[it.ID])
	}
	return b
}

// alike reports whether an item is the same on two sides, as far as its source
// can change it.
func (b branches) alike(o branches, id string) bool {
	x, there := b.items[id]
	y, here := o.items[id]
	if there != here || !sameJSON(x.made(), y.made()) || (x.DisabledAt == nil) != (y.DisabledAt == nil) {
		return false
	}
	common := func(of, others branches) []string {
		return slices.DeleteFunc(slices.Clone(of.below[id]), func(one string) bool { return !slices.Contains(others.below[id], one) })
	}
	return slices.Equal(common(b, o), common(o, b))
}

// made is what of an item is made where it comes from, not by who works in it.
func (i Item) made() Item {
	return Item{
		Parent: i.Parent, Kind: i.Kind, Name: i.Name, Description: i.Description, Problems: i.Problems, Prerequisites: i.Prerequisites,
		Interlinkers: i.Interlinkers, Complexity: i.Complexity, CoDelivery: i.CoDelivery,
	}
}

func sameJSON(a, b any) bool {
	x, err := json.Marshal(a)
	if err != nil {
		panic(err) // plain data
	}
	y, err := json.Marshal(b)
	if err != nil {
		panic(err)
	}
	return bytes.Equal(x, y)
}
