package lineage

import (
	"context"
	"iter"
	"maps"
	"slices"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// compared are the trees that a merge looks at, read page by page: whole in
// memory are the items that the source changed since the clone looked at it, and
// those that were asked for; of the others how they stand.
type compared struct {
	*local
	Trees
	from   paged
	items  []coproduction.Item // of the clone
	theirs sketch              // of the source
	whole  map[string]bool
}

// paged is where the items are read: of the source and what the clone knows of
// it, both by the names by which the clone knows them, and of the clone.
type paged struct {
	theirs Pages
	bases  iter.Seq2[map[string]Base, error]
	mine   func(ids []domain.ID) ([]coproduction.Item, error)
}

// compare reads a clone, what it knows of its source, and a tree of that; nil
// leaves out both.
func (s *Releases) compare(ctx context.Context, p *coproduction.Process, theirs Pages) (*compared, error) {
	items, err := s.store.Outline(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	from := paged{theirs, s.store.BasePages(ctx, p.ID), func(ids []domain.ID) ([]coproduction.Item, error) {
		return s.store.ItemsOf(ctx, p.ID, ids)
	}}
	if theirs == nil {
		from.theirs, from.bases = func(func([]SourceItem, error) bool) {}, func(func(map[string]Base, error) bool) {}
	}
	return compare(p, items, from)
}

// compare looks at the items of a clone, which need no texts, as they are read
// when they are needed.
func compare(p *coproduction.Process, items []coproduction.Item, from paged) (*compared, error) {
	c := &compared{from: from, items: items, whole: map[string]bool{}}
	var err error
	if c.local, c.Trees, err = named(p, items, fromItem); err != nil {
		return nil, err
	}
	known := make(names, len(items))
	for _, it := range c.Mine {
		known.of(it.ID)
	}
	if err := c.theirs.read(from.theirs, known); err != nil {
		return nil, err
	}
	c.Theirs, c.Bases = c.theirs.items, map[string]Base{}
	marks, below := map[string]mark{}, map[string][]string{}
	for bases, err := range from.bases {
		if err != nil {
			return nil, err
		}
		for id, b := range bases {
			id = known.of(id)
			marks[id], below[id] = markOf(b.Item), known.all(b.Order)
			b.Item = known.outline(b.Item)
			c.Bases[id] = b
		}
	}
	delete(marks, "") // an order alone
	_, err = c.read(maps.Keys(c.theirs.differing(marks, below)))
	return c, err
}

func fromItem(it coproduction.Item) string { return it.FromItem }

// read reads more of the items whole; none says that all of them were.
// Errors: errMoved if somebody changed them meanwhile.
func (c *compared) read(ids iter.Seq[string]) (none bool, err error) {
	more := map[string]bool{}
	for id := range ids {
		if !c.whole[id] {
			more[id], c.whole[id] = true, true
		}
	}
	if len(more) == 0 {
		return true, nil
	}
	if err := c.theirs.fill(c.from.theirs, more); err != nil {
		return false, err
	}
	for bases, err := range c.from.bases {
		if err != nil {
			return false, err
		}
		for id, b := range bases {
			if more[id] {
				c.Bases[id] = b
			}
		}
	}
	return false, c.readMine(more)
}

func (c *compared) readMine(more map[string]bool) error {
	at := map[domain.ID]int{}
	for i, it := range c.items {
		at[it.ID] = i
	}
	var ids []domain.ID
	for id := range more {
		if mine, here := c.ids[id]; here {
			ids = append(ids, mine)
		}
	}
	for some := range slices.Chunk(ids, wholeAtOnce) {
		items, err := c.from.mine(some)
		if err != nil {
			return err
		}
		if len(items) < len(some) {
			return errMoved
		}
		for _, it := range items {
			c.items[at[it.ID]] = it
		}
	}
	l, t, err := named(c.process, c.items, fromItem)
	c.local, c.Mine = l, t.Mine
	return err
}

// settle does what a merge does, and reads whole what it changes, so that
// nothing is written that was not read.
func (c *compared) settle(merge func(Trees) Merged) (Merged, error) {
	for {
		m := merge(c.Trees)
		if all, err := c.read(m.touched()); all || err != nil {
			return m, err
		}
	}
}

// touched are the items of which a merge says something, and what holds them.
func (m Merged) touched() iter.Seq[string] {
	out := map[string]bool{}
	for _, it := range m.Items {
		out[it.ID], out[it.Parent] = true, true
	}
	for _, id := range slices.Concat(m.Aside, m.Restored, slices.Collect(maps.Keys(m.Bases))) {
		out[id] = true
	}
	return maps.Keys(out)
}
