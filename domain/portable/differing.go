package portable

import (
	"context"
	"crypto/sha256"
	"iter"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// differing finds what a later export says otherwise than the one that was brought
// before: only that is merged, and in memory. All else stays as it is here.
type differing struct {
	theirs    *Document
	base      *Base
	items     []bool             // by where they were read, whether they are as they were
	resources map[domain.ID]bool // the same
	all       bool               // all of it is looked at
}

// mark is what a value says, as the beginning of a hash.
type mark [16]byte

func markOf(raw []byte) mark {
	sum := sha256.Sum256(raw)
	return mark(sum[:len(mark{})])
}

func (p BasePart) name() mark { return markOf([]byte(p.Kind + " " + p.ID)) }

// compare compares a later export with what was brought before. all is to look at
// all of it.
func compare(theirs *Document, base *Base, all bool) (*differing, error) {
	d := &differing{theirs: theirs, base: base, resources: map[domain.ID]bool{}, all: all || len(base.Document.Items) > 0} // that was kept whole
	d.items = make([]bool, theirs.Count.Items)
	marks, known := map[mark]mark{}, 0
	for part, err := range theirs.base(nil).Parts {
		if err != nil {
			return nil, err
		}
		marks[part.name()] = markOf(part.Body)
		if part.Kind == listKnown {
			known++
		}
	}
	for part, err := range base.Parts {
		if err != nil {
			return nil, err
		}
		if base.named(part); d.all {
			continue
		}
		same := marks[part.name()] == markOf(part.Body)
		switch part.Kind {
		case listKnown:
			if known--; !same { // by what stands around it, it is judged whether that is known here
				d.all = true
			}
		case listItems:
			if n, there := theirs.frame.Number(domain.ID(part.ID)); there {
				d.items[n] = same
			}
		case listResources:
			d.resources[domain.ID(part.ID)] = same
		}
	}
	d.all = d.all || known != 0
	return d, nil
}

// item reports whether an item has to be looked at: all that are not here are.
func (d *differing) item(id domain.ID, here bool) bool {
	n, there := 0, true
	if !d.all {
		n, there = d.theirs.frame.Number(id)
	}
	return d.all || there && (!d.items[n] || !here)
}

func (d *differing) resource(id domain.ID) bool { return d.all || !d.resources[id] }

// documents are what differs of the export, and of what was brought before; here
// reports whether an item is here.
func (d *differing) documents(here func(domain.ID) bool) (base, theirs *Process, err error) {
	out := d.theirs.Process
	if d.all {
		theirs, err = d.theirs.Whole()
	} else {
		theirs = &out
		out.Items, err = some(d.theirs.items, func(it Item) bool { return d.item(it.ID, here(it.ID)) })
		if err == nil {
			out.Resources, err = some(d.theirs.resources, func(r Resource) bool { return d.resource(r.ID) })
		}
	}
	if err != nil {
		return nil, nil, err
	}
	err = d.base.read(func(p BasePart) bool {
		id := domain.ID(p.ID)
		return d.all || p.Kind == listItems && d.item(id, here(id)) || p.Kind == listResources && d.resource(id)
	})
	return d.base.Document, theirs, err
}

// mergedLater is what a later export says otherwise, and what becomes of that.
type mergedLater struct {
	theirs, ours, merged *Process // the first two under the ids where the process is from
	changes              []Change
	frame                lineage.Frame // how all items stand then
}

// mergeLater merges what a later export says otherwise.
func (e *Export) mergeLater(ctx context.Context, d *differing, here, there func(domain.ID) domain.ID) (m mergedLater, err error) {
	base, theirs, err := d.documents(func(id domain.ID) bool {
		_, is := e.frame.Number(here(id))
		return is
	})
	if err != nil {
		return m, err
	}
	ours, err := e.ours(ctx, d, there)
	if err != nil {
		return m, err
	}
	m.theirs, m.ours = theirs, ours
	if len(d.base.IDs) == 0 {
		m.merged, m.changes, m.frame, err = mergeInto(e.frame, base, theirs, ours)
		return m, err
	}
	all, err := renamed(e.frame, there)
	if err != nil {
		return m, err
	}
	if m.merged, m.changes, _, err = mergeInto(all, base, theirs, ours); err != nil {
		return m, err
	}
	m.merged = m.merged.under(here)
	m.frame, err = m.merged.within(e.frame)
	return m, err
}

// renamed is how items stand, by other ids.
func renamed(f lineage.Frame, id func(domain.ID) domain.ID) (lineage.Frame, error) {
	return lineage.FrameOf(func(yield func(coproduction.Item, error) bool) {
		for at := range f.Len() {
			it := f.Stands(at)
			one := (&Process{Items: []Item{{ID: it.ID, Parent: it.Parent, Prerequisites: it.Prerequisites}}}).under(id).Items[0]
			it.ID, it.Parent, it.Prerequisites = one.ID, one.Parent, one.Prerequisites
			if !yield(it, nil) {
				return
			}
		}
	})
}

// ours is what differs of the process here, under the ids where it is from.
func (e *Export) ours(ctx context.Context, d *differing, there func(domain.ID) domain.ID) (*Process, error) {
	if d.all {
		whole, err := e.Whole(ctx)
		if err != nil {
			return nil, err
		}
		return whole.under(there), nil
	}
	of := e.document(ctx)
	out := of.Process
	var err error
	e.only = func(id domain.ID) bool { return d.item(there(id), true) }
	out.Items, err = all(of.items)
	if e.only = nil; err != nil {
		return nil, err
	}
	out.Resources, err = some(of.resources, func(r Resource) bool { return d.resource(there(r.ID)) })
	if err == nil {
		err = e.unmoved(ctx)
	}
	return out.under(there), err
}

// some are those of a list that are asked for.
func some[T any](list iter.Seq2[T, error], want func(T) bool) ([]T, error) {
	var out []T
	for one, err := range list {
		if err != nil {
			return nil, err
		}
		if want(one) {
			out = append(out, one)
		}
	}
	return out, nil
}
