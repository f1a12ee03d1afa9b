package web

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"

	"interlink/web/view"
)

// wholeTree is how many items a page shows at once. Of a larger tree it shows
// the branch that is open; what is closed leads to a page on which it is open.
const wholeTree = 200

// sizeOf counts the items of a tree.
func sizeOf(items []view.Item) int {
	n := len(items)
	for _, it := range items {
		n += sizeOf(it.Children)
	}
	return n
}

// tasksBelow counts the tasks of a tree.
func tasksBelow(items []view.Item) int {
	n := 0
	for _, it := range items {
		if it.Kind == "task" {
			n++
		}
		n += tasksBelow(it.Children)
	}
	return n
}

// opened leaves out what is below closed items.
func opened(items []view.Item) []view.Item {
	for i := range items {
		if items[i].Open {
			items[i].Children = opened(items[i].Children)
		} else {
			items[i].Children = nil
		}
	}
	return items
}

// mark is a short name of an item on a page: ids of other nodes are long
// addresses, and may have any character.
func mark(id string) string {
	sum := sha256.Sum256([]byte(id))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

// partOf shows a tree whole if it is small; else what is below the item of
// the mark part, with all above it. What is closed leads to itself at the
// address at, if there is one.
func partOf(items []view.Item, part, at string) []view.Item {
	if sizeOf(items) <= wholeTree {
		for i := range items {
			items[i].Open = true
		}
		return items
	}
	openTo(items, part)
	return linked(opened(items), at)
}

// openTo opens the item of a mark with all above it. It reports whether there
// is one.
func openTo(items []view.Item, part string) bool {
	for i := range items {
		items[i].Open = mark(items[i].ID) == part || openTo(items[i].Children, part)
	}
	return slices.ContainsFunc(items, func(it view.Item) bool { return it.Open })
}

func linked(items []view.Item, at string) []view.Item {
	for i := range items {
		it := &items[i]
		if it.Tasks == 0 && len(it.Children) == 0 {
			continue
		}
		it.Anchor = "part-" + mark(it.ID)
		if at != "" && len(it.Children) == 0 {
			it.Href = at + "?part=" + mark(it.ID) + "#" + it.Anchor
		}
		linked(it.Children, at)
	}
	return items
}
