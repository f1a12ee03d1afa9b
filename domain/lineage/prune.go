package lineage

import "slices"

// Prune returns the items of which keep has each one and all that is above
// it: without its phase or objective a task goes too. Order stays: what came after a removed
// item now comes after what the removed one came after. Pruning again with
// the same keep changes nothing.
func Prune(items []SourceItem, keep map[string]bool) []SourceItem {
	byID := make(map[string]*SourceItem, len(items))
	for i := range items {
		byID[items[i].ID] = &items[i]
	}
	kept := func(it *SourceItem) bool {
		for depth := 0; it != nil && depth < 4; depth++ { // phase, objective, task
			if !keep[it.ID] {
				return false
			}
			if it.Parent == "" {
				return true
			}
			it = byID[it.Parent]
		}
		return false // a parent is missing, or above itself
	}
	stays := make(map[string]bool, len(items))
	for i := range items {
		stays[items[i].ID] = kept(&items[i])
	}
	out := make([]SourceItem, 0, len(items))
	for _, it := range items {
		if stays[it.ID] {
			it.Prerequisites = before(it, byID, stays)
			out = append(out, it)
		}
	}
	return out
}

// before returns the prerequisites of an item that stay, looking through
// those that go, each once, in the order in which they are found.
func before(it SourceItem, byID map[string]*SourceItem, stays map[string]bool) []string {
	var out []string
	seen := map[string]bool{it.ID: true}
	queue := slices.Clone(it.Prerequisites)
	for len(queue) > 0 {
		id := queue[0]
		queue = queue[1:]
		if seen[id] {
			continue
		}
		seen[id] = true
		if stays[id] {
			out = append(out, id)
		} else if gone := byID[id]; gone != nil {
			queue = append(queue, gone.Prerequisites...)
		}
	}
	return out
}
