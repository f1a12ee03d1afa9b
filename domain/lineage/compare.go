package lineage

import (
	"context"
	"iter"
	"maps"
	"slices"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// compared are the trees that a merge looks at, read page by page. In memory are
// the outlines of the clone and of its source; whole are the items that the
// source changed since the clone looked at it, and those that were asked for. The
// trees have of the others those that stand around them.
type compared struct {
	*local
	Trees
	from   paged
	mine   *Outline // of the clone, by the names of the source
	here   *called  // what its items are called here
	theirs *sketch  // of the source
	whole  map[string]bool
	bases  map[string]Base                 // of what is whole
	items  map[domain.ID]coproduction.Item // of the clone, that are whole
	phases bool                            // whether the clone knows how those of the source stand
	added  map[string]bool                 // what goes if a merge is taken back; nil where a source is compared
}

// paged is where the items are read: of the source and what the clone knows of
// it, both by the names by which the clone knows them, and of the clone.
type paged struct {
	theirs  Pages
	bases   iter.Seq2[map[string]Base, error]
	outline iter.Seq2[coproduction.Item, error]
	mine    func(ids []domain.ID) ([]coproduction.Item, error)
}

// compare reads a clone, what it knows of its source, and a tree of that; nil
// leaves out both.
func (s *Releases) compare(ctx context.Context, p *coproduction.Process, theirs Pages) (*compared, error) {
	from := paged{theirs, s.store.BasePages(ctx, p.ID), s.store.Outline(ctx, p.ID), func(ids []domain.ID) ([]coproduction.Item, error) {
		return s.store.ItemsOf(ctx, p.ID, ids)
	}}
	if theirs == nil {
		from.theirs, from.bases = func(func([]SourceItem, error) bool) {}, func(func(map[string]Base, error) bool) {}
	}
	return compare(p, from)
}

func compare(p *coproduction.Process, from paged) (*compared, error) {
	c := &compared{
		local: &local{process: p}, from: from,
		whole: map[string]bool{}, bases: map[string]Base{}, items: map[domain.ID]coproduction.Item{},
	}
	c.local.item, c.local.with = c.item, c.with
	var err error
	if c.theirs, err = sketchOf(from.theirs, newRegister("")); err != nil {
		return nil, err
	}
	more, err := c.differing()
	if err != nil {
		return nil, err
	}
	if c.mine, c.here, err = outlineHere(p, from.outline, c.theirs.register); err != nil {
		return nil, err
	}
	c.arrange()
	_, err = c.read(maps.Keys(more))
	return c, err
}

// outlineHere is the outline of a clone by the names of its source, which are in
// a register with others, and what its items are called here. Errors: those of
// [coproduction.NewTree].
func outlineHere(p *coproduction.Process, items iter.Seq2[coproduction.Item, error], theirs *register) (mine *Outline, here *called, err error) {
	o := newOutline()
	var from []int32 // and 1, in the register, by place in that of here; 0 for what the source does not name
	for it, err := range items {
		if err != nil {
			return nil, nil, err
		}
		o.read("", it)
		if it.FromItem != "" {
			from = put(from, o.ids[len(o.ids)-1], theirs.add(it.FromItem)+1)
		}
	}
	if err := o.stand().check(); err != nil {
		return nil, nil, err
	}
	mine, here = &Outline{register: theirs, places: o.places, before: o.before}, &called{o.register.names, o.ids}
	for n, one := range here.ids {
		name := int32(-1)
		if int(one) < len(from) {
			name = from[one] - 1
		}
		if name < 0 || mine.at(name) >= 0 {
			name = theirs.add(string(p.ItemIRI(domain.ID(here.id(int32(n))))))
		}
		mine.call(name)
	}
	return mine, here, nil
}

// called is what the items of an outline are called, by number, in other names than
// its own.
type called struct {
	names
	ids []int32
}

func (c *called) id(n int32) string { return c.names.id(c.ids[n]) }

// differing are the items of which the clone does not know what the source says
// now, how it stands, or how those stand that are below it, and those of which
// nobody wants to know.
func (c *compared) differing() (map[string]bool, error) {
	out, known := map[string]bool{}, make([]bool, len(c.theirs.places))
	for bases, err := range c.from.bases {
		if err != nil {
			return nil, err
		}
		for id, b := range bases {
			n, there := c.theirs.number(id)
			c.phases = c.phases || id == ""
			switch {
			case b.Never, !slices.Equal(b.Order, c.theirs.orderBelow(id)):
				out[id] = true
			case id == "":
				continue
			case !there, c.theirs.register.mark(b.Item) != c.theirs.markOf(n), placed(b.Item.Position) != c.theirs.places[n].position:
				out[id] = true
			}
			if there {
				known[n] = true
			}
		}
	}
	for n, known := range known {
		if !known {
			out[c.theirs.id(int32(n))] = true
		}
	}
	c.theirs.marks = nil // they were needed for this alone
	return out, nil
}

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
				c.bases[id] = b
			}
		}
	}
	err = c.readMine(more)
	c.arrange()
	return false, err
}

func (c *compared) readMine(more map[string]bool) error {
	var ids []domain.ID
	for id := range more {
		if n, here := c.mine.number(id); here {
			ids = append(ids, domain.ID(c.here.id(n)))
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
			c.items[it.ID] = it
		}
	}
	return nil
}

// arrange makes the trees of what is whole and of what stands around that. Of an
// item that is not whole the clone knows what the source says.
func (c *compared) arrange() {
	set := c.around()
	c.Trees = Trees{Theirs: c.theirs.some(set), Bases: maps.Clone(c.bases), Aside: map[string]bool{}, Worked: map[string]bool{}}
	c.ids = map[string]domain.ID{}
	below := branchesOf(c.Theirs).below
	for _, it := range c.Theirs {
		if !c.whole[it.ID] {
			c.Bases[it.ID] = Base{Item: it, Order: below[it.ID]}
		}
	}
	if c.phases && !c.whole[""] {
		c.Bases[""] = Base{Order: below[""]}
	}
	for n := range int32(c.mine.Len()) {
		id := c.mine.id(n)
		if !set[id] {
			continue
		}
		out := c.mine.item(n)
		here := domain.ID(c.here.id(n))
		if it, whole := c.items[here]; whole {
			out.Name, out.Description, out.Problems = it.Name, it.Description, it.Problems
			out.Interlinkers, out.Complexity, out.CoDelivery = it.Interlinkers, it.Complexity, it.CoDelivery
		}
		c.Mine = append(c.Mine, out)
		c.ids[id], c.Aside[id], c.Worked[id] = here, c.mine.places[n].off, c.mine.places[n].status > 0
	}
}

// around is what a merge that changes what is whole may look at: those with what
// is above and below them, beside them and before them, and what waits for them,
// as nothing may wait for itself.
func (c *compared) around() map[string]bool {
	within := maps.Clone(c.whole) // whose order is needed
	for id := range c.whole {
		within[c.bases[id].Item.Parent] = true
		for _, o := range c.outlines() {
			if n, there := o.number(id); there {
				within[o.above(n)] = true
			}
		}
	}
	set := maps.Clone(within)
	for _, o := range c.outlines() {
		for id := range within {
			include(set, o.orderBelow(id)...)
		}
		for id := range c.whole {
			if n, there := o.number(id); there {
				include(set, o.item(n).Prerequisites...)
			}
		}
	}
	for id := range c.whole {
		include(set, c.bases[id].Item.Prerequisites...)
		if c.goes(id) { // with all that is below it
			if n, here := c.mine.number(id); here {
				for one := range c.mine.underneath(n) {
					set[c.mine.id(one)] = true
				}
			}
		}
	}
	late := maps.Clone(c.whole)
	c.theirs.addWaiting(late, false)
	c.mine.addWaiting(late, true)
	maps.Copy(set, late)
	c.theirs.addAbove(set)
	c.mine.addAbove(set)
	return set
}

// goes reports whether an item may go: the source does not have it any more, or a
// merge that is taken back had added it.
func (c *compared) goes(id string) bool {
	if c.added != nil {
		return c.added[id]
	}
	_, there := c.theirs.number(id)
	return !there && id != ""
}

// undo is [Record.Undo] of a clone that is compared with nothing.
func (c *compared) undo(r Record) (back Undone, err error) {
	c.added = map[string]bool{}
	include(c.added, r.Added...)
	if _, err = c.read(r.touched()); err == nil {
		back.Merged, err = c.settle(func(t Trees) Merged {
			back = r.Undo(t)
			return back.Merged
		})
	}
	return back, err
}

func (c *compared) outlines() []*Outline { return []*Outline{c.theirs.Outline, c.mine} }

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

// item is one of the items of the clone that are whole.
func (c *compared) item(id domain.ID) (coproduction.Item, error) {
	it, there := c.items[id]
	if !there {
		return it, domain.Fail(domain.NotFound, "error.not_found")
	}
	return it, nil
}

// with answers for the clone as [local] does.
func (c *compared) with(changed []coproduction.Item) error {
	more := make(map[domain.ID]coproduction.Item, len(changed))
	for _, it := range changed {
		more[it.ID] = it
	}
	c.theirs, c.mine, c.here = nil, nil, nil // what is merged is decided
	o := newOutline()
	for it, err := range c.from.outline {
		if err != nil {
			return err
		}
		if now, changes := more[it.ID]; changes {
			it = now
			delete(more, it.ID)
		}
		o.read("", it)
	}
	for _, it := range more {
		o.read("", it)
	}
	if err := o.stand().check(); err != nil {
		return err
	}
	c.process.Status, c.process.Tasks, c.process.Finished = o.progress(top)
	return nil
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
