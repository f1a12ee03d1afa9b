package web

import (
	"net/url"
	"slices"
	"strings"

	"interlink/web/view"
)

// The form in which parts of a tree are chosen, to clone or to publish them,
// has these fields. Items are named by their marks.
//
//	keep    each item that is on the page and ticked
//	folded  each item whose parts are not on the page: its mark, and those of
//	        the branches below it that are left out
//	at      the item that is open in a large tree
//	open    the same, to be opened now; "" closes

// asked reports whether the form is sent to see another part of the tree, and
// says which part is open.
func asked(typed url.Values) (open string, asked bool) {
	if asked = typed.Has("open"); asked {
		return typed.Get("open"), true
	}
	return typed.Get("at"), false
}

// chosen reads which items of a tree a form keeps, by their ids. Without what
// is above it an item is not kept.
func chosen(tree []view.Item, typed url.Values) map[string]bool {
	ticked, folded, left := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, m := range typed["keep"] {
		ticked[m] = true
	}
	for _, field := range typed["folded"] {
		for i, m := range strings.Fields(field) {
			if i == 0 {
				folded[m] = true
			} else {
				left[m] = true
			}
		}
	}
	keep := map[string]bool{}
	var walk func(items []view.Item, hidden bool)
	walk = func(items []view.Item, hidden bool) {
		for _, it := range items {
			m := mark(it.ID)
			if hidden && left[m] || !hidden && !ticked[m] {
				continue
			}
			keep[it.ID] = true
			walk(it.Children, hidden || folded[m])
		}
	}
	walk(tree, false)
	return keep
}

// everything keeps all items of a tree.
func everything(tree []view.Item) map[string]bool {
	keep := map[string]bool{}
	var walk func(items []view.Item)
	walk = func(items []view.Item) {
		for _, it := range items {
			keep[it.ID] = true
			walk(it.Children)
		}
	}
	walk(tree)
	return keep
}

// wholeForm is how many items a form shows at once; each weighs half a
// kilobyte.
const wholeForm = 120

// pruning shows a tree to choose from: whole if it is small, else what is
// below the item of the mark open. What is put aside cannot be chosen.
func pruning(tree []view.Item, keep map[string]bool, open string) view.Pruning {
	p := view.Pruning{}
	whole := sizeOf(tree) <= wholeForm
	if !whole && openTo(tree, open) {
		p.At = open
	}
	p.Branches = branches(tree, "", keep, whole)
	return p
}

// branches makes the branches below the item of the mark above.
func branches(items []view.Item, above string, keep map[string]bool, whole bool) []view.Branch {
	var out []view.Branch
	for _, it := range items {
		if it.Disabled {
			continue
		}
		one := view.Branch{
			Mark: mark(it.ID), Above: above, Kind: it.Kind, Name: it.Name, Status: it.Status,
			Keep: keep[it.ID], Tasks: it.Tasks, Kept: keptBelow(it.Children, keep),
		}
		switch {
		case len(it.Children) == 0:
		case whole || it.Open:
			last := !slices.ContainsFunc(it.Children, func(c view.Item) bool { return c.Open })
			one.Parts = branches(it.Children, one.Mark, keep, whole || last && sizeOf(it.Children) <= wholeForm)
		default:
			one.Folded = true
			if one.Keep {
				one.Left = leftBelow(it.Children, keep, nil)
			}
		}
		out = append(out, one)
	}
	return out
}

// keptBelow counts the tasks that are kept.
func keptBelow(items []view.Item, keep map[string]bool) int {
	n := 0
	for _, it := range items {
		switch {
		case it.Disabled || !keep[it.ID]:
		case it.Kind == "task":
			n++
		default:
			n += keptBelow(it.Children, keep)
		}
	}
	return n
}

// leftBelow adds the marks of the uppermost items that are not kept.
func leftBelow(items []view.Item, keep map[string]bool, left []string) []string {
	for _, it := range items {
		switch {
		case it.Disabled:
		case keep[it.ID]:
			left = leftBelow(it.Children, keep, left)
		default:
			left = append(left, mark(it.ID))
		}
	}
	return left
}
