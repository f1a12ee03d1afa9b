package lineage

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// The fields of an item that travels beside those of its details.
const (
	FieldInterlinkers = "interlinkers"
	FieldOrder        = "order" // of what is below an item
)

// branches are the items of a tree by id, and the ids of what is below each,
// in order; below "" stand the phases.
type branches struct {
	items index
	below map[string][]string
}

// index are items by id. Those of a slice are shared with it, as large trees have
// several: one that changes is set anew.
type index map[string]*SourceItem

func (x index) get(id string) (it SourceItem, there bool) {
	if p := x[id]; p != nil {
		return *p, true
	}
	return it, false
}

// of is the item with an id, or one that says nothing.
func (x index) of(id string) SourceItem {
	it, _ := x.get(id)
	return it
}

func (x index) set(id string, it SourceItem) { x[id] = &it }

func branchesOf(items []SourceItem) branches {
	b := branches{items: make(index, len(items)), below: map[string][]string{}}
	sorted := make([]*SourceItem, len(items))
	for i := range items {
		sorted[i] = &items[i]
	}
	slices.SortFunc(sorted, func(x, y *SourceItem) int {
		return cmp.Or(cmp.Compare(x.Position, y.Position), cmp.Compare(x.ID, y.ID))
	})
	for _, it := range sorted {
		if b.items[it.ID] != nil || it.ID == "" {
			continue
		}
		b.items[it.ID] = it
		b.below[it.Parent] = append(b.below[it.Parent], it.ID)
	}
	return b
}

// clone copies what a merge changes.
func (b branches) clone() branches {
	out := branches{items: maps.Clone(b.items), below: make(map[string][]string, len(b.below))}
	for parent, ids := range b.below {
		out.below[parent] = slices.Clone(ids)
	}
	return out
}

// inOrder calls fn for all items, parents before what is below them. It ends
// whatever the tree is like.
func (b branches) inOrder(fn func(id string)) {
	seen := map[string]bool{}
	var walk func(parent string)
	walk = func(parent string) {
		for _, id := range b.below[parent] {
			if !seen[id] {
				seen[id] = true
				fn(id)
				walk(id)
			}
		}
	}
	walk("")
}

// underneath lists what is below an item, directly or not.
func (b branches) underneath(id string) []string {
	var out []string
	for queue, seen := slices.Clone(b.below[id]), map[string]bool{id: true}; len(queue) > 0; queue = queue[1:] {
		if next := queue[0]; !seen[next] {
			seen[next] = true
			out = append(out, next)
			queue = append(queue, b.below[next]...)
		}
	}
	return out
}

// put places an item below a parent: behind the nearest of the siblings that
// stand before it in the order given, or in front of all.
func (b branches) put(id, parent string, order []string) {
	siblings := slices.DeleteFunc(b.below[parent], func(s string) bool { return s == id })
	at := 0
	for i := slices.Index(order, id) - 1; i >= 0; i-- {
		if place := slices.Index(siblings, order[i]); place >= 0 {
			at = place + 1
			break
		}
	}
	b.below[parent] = slices.Insert(siblings, at, id)
}

// Parts in which an item can differ.

// itemParts lists all parts of which one of the items has a value.
func itemParts(items ...SourceItem) []coproduction.Part {
	var out []coproduction.Part
	for _, field := range []string{coproduction.FieldName, coproduction.FieldDescription} {
		var langs []domain.Lang
		for _, it := range items {
			langs = append(langs, it.text(field).Langs()...)
		}
		slices.Sort(langs)
		for _, lang := range slices.Compact(langs) {
			out = append(out, coproduction.Part{Field: field, Lang: lang})
		}
	}
	return append(
		out,
		coproduction.Part{Field: coproduction.FieldComplexity}, coproduction.Part{Field: coproduction.FieldCoDelivery},
		coproduction.Part{Field: coproduction.FieldProblems}, coproduction.Part{Field: FieldInterlinkers},
		coproduction.Part{Field: coproduction.FieldPrerequisites}, coproduction.Part{Field: coproduction.FieldParent},
	)
}

func (i SourceItem) text(field string) domain.Text {
	if field == coproduction.FieldName {
		return i.Name
	}
	return i.Description
}

// isList reports whether a part is a set of values: what two people put in or
// take out of it never is a conflict.
func isList(p coproduction.Part) bool {
	return p.Field == coproduction.FieldProblems || p.Field == FieldInterlinkers || p.Field == coproduction.FieldPrerequisites
}

// list returns a part that is a set.
func (i SourceItem) list(p coproduction.Part) []string {
	switch p.Field {
	case coproduction.FieldProblems:
		return i.Problems
	case coproduction.FieldPrerequisites:
		return i.Prerequisites
	case FieldInterlinkers:
		out := make([]string, len(i.Interlinkers))
		for n, iri := range i.Interlinkers {
			out[n] = string(iri)
		}
		return out
	}
	return nil
}

// withList returns the item with another set.
func (i SourceItem) withList(p coproduction.Part, values []string) SourceItem {
	switch p.Field {
	case coproduction.FieldProblems:
		i.Problems = values
	case coproduction.FieldPrerequisites:
		i.Prerequisites = values
	case FieldInterlinkers:
		i.Interlinkers = nil
		for _, iri := range values {
			i.Interlinkers = append(i.Interlinkers, domain.IRI(iri))
		}
	}
	return i
}

// Value returns a part in words, as [coproduction.ItemDetails.Value] does.
func (i SourceItem) Value(p coproduction.Part) string {
	switch p.Field {
	case coproduction.FieldName, coproduction.FieldDescription:
		return i.text(p.Field)[p.Lang]
	case coproduction.FieldComplexity:
		if i.Complexity != 0 {
			return strconv.Itoa(i.Complexity)
		}
	case coproduction.FieldCoDelivery:
		if i.CoDelivery {
			return "yes"
		}
	case coproduction.FieldParent:
		return i.Parent
	}
	return strings.Join(i.list(p), "\n")
}

// with returns the item with a text, number or flag as [SourceItem.Value] gave
// it. A complexity that is none stays as it was.
func (i SourceItem) with(p coproduction.Part, value string) SourceItem {
	switch p.Field {
	case coproduction.FieldName:
		i.Name = withLang(i.Name, p.Lang, value)
	case coproduction.FieldDescription:
		i.Description = withLang(i.Description, p.Lang, value)
	case coproduction.FieldComplexity:
		if n, err := strconv.Atoi(cmp.Or(value, "0")); err == nil && n >= 0 && n <= 100 {
			i.Complexity = n
		}
	case coproduction.FieldCoDelivery:
		i.CoDelivery = value != ""
	}
	return i
}

func withLang(t domain.Text, lang domain.Lang, value string) domain.Text {
	out := maps.Clone(t)
	if out == nil {
		out = domain.Text{}
	}
	out[lang] = value
	return out.Clean()
}

// sameSet reports whether two lists have the same values.
func sameSet(a, b []string) bool {
	return !slices.ContainsFunc(a, func(s string) bool { return !slices.Contains(b, s) }) &&
		!slices.ContainsFunc(b, func(s string) bool { return !slices.Contains(a, s) })
}

// same reports whether two items agree in all parts and in their place.
func (i SourceItem) same(o SourceItem) bool {
	return i.Position == o.Position && len(differing(i, o)) == 0
}

// differing lists the parts in which two items differ.
func differing(a, b SourceItem) []coproduction.Part {
	var out []coproduction.Part
	for _, p := range itemParts(a, b) {
		if isList(p) && !sameSet(a.list(p), b.list(p)) || !isList(p) && a.Value(p) != b.Value(p) {
			out = append(out, p)
		}
	}
	return out
}
