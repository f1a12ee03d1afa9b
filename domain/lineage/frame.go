package lineage

import (
	"iter"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Frame is how the items of a whole process stand to each other, with those that
// were put aside: what is in memory of one that is taken along or brought page by
// page. It is an [Outline] of items under the ids that they have on their node.
type Frame struct{ *Outline }

// NewFrame makes one of which nothing was read yet.
func NewFrame() Frame { return Frame{newOutline()} }

// FrameOf reads one. Errors: those of the reading and of [Frame.Settle].
func FrameOf(items iter.Seq2[coproduction.Item, error]) (Frame, error) {
	f := NewFrame()
	for it, err := range items {
		if err != nil {
			return f, err
		}
		f.Add(it)
	}
	_, err := f.Settle()
	return f, err
}

// Add reads the next item; what it says is not kept.
func (f Frame) Add(it coproduction.Item) { f.read("", it) }

// Settle puts the items in the order of the tree, once all are read. Errors: as of
// [coproduction.NewTree], with the number of the item, from 0 as they were read;
// -1 if it is not one of them alone.
func (f Frame) Settle() (at int, err error) {
	at, err = f.judged()
	if f.arrange(); err == nil {
		err = f.circle()
	}
	return at, err
}

func (f Frame) judged() (at int, err error) {
	if f.Len() > coproduction.MaxItems {
		return -1, domain.Fail(domain.TooLarge, "process.too_many_items", coproduction.MaxItems)
	}
	if f.twice {
		return -1, domain.Fail(domain.Invalid, "process.tree_broken", "")
	}
	for n := range f.places {
		if err := f.judge(int32(n)); err != nil {
			return n, err
		}
	}
	return -1, nil
}

// judge sees that an item stands where one of its kind can, and waits for others
// of that kind alone.
func (f Frame) judge(n int32) error {
	level := f.places[n].level
	above, there := f.levelAbove(n)
	switch {
	case level == 0 || f.id(n) == "":
		return domain.Fail(domain.Invalid, "process.tree_broken", f.id(n))
	case !there || above != level-1:
		return domain.Fail(domain.Invalid, "process.wrong_parent", f.id(n))
	}
	for _, e := range f.before.of(n) {
		if b := f.at(e.before); b < 0 || f.places[b].level != level {
			return domain.InvalidField("prerequisites", "process.prerequisite_unknown", f.id(n))
		}
	}
	return nil
}

// ID is the id of the item at a place in the order of the tree.
func (f Frame) ID(at int) domain.ID { return domain.ID(f.id(int32(at))) }

// Enabled reports whether neither the item at a place nor one above it was put
// aside.
func (f Frame) Enabled(at int) bool { return f.on(int32(at)) }

func (f Frame) on(n int32) bool {
	for n >= 0 && !f.places[n].off {
		n = f.parent(n)
	}
	return n < 0
}

// Item tells of an item whether it is there, a task, and in use with all above it.
func (f Frame) Item(id domain.ID) (there, task, enabled bool) {
	n, there := f.number(string(id))
	if !there {
		return false, false, false
	}
	return true, levels[f.places[n].level-1] == coproduction.Task, f.on(n)
}

// Summarize notes in a process how far it is, as of [coproduction.Process].
func (f Frame) Summarize(p *coproduction.Process) {
	p.Status, p.Tasks, p.Finished = f.progress(top)
}

// Number is the place of an item in the order of the tree, from 0.
func (f Frame) Number(id domain.ID) (n int, there bool) {
	number, there := f.number(string(id))
	return int(number), there
}

// Stands is how the item at a place in the order of the tree stands, without what
// it says.
func (f Frame) Stands(at int) coproduction.Item {
	p, it := f.places[at], f.item(int32(at))
	out := coproduction.Item{ID: domain.ID(it.ID), Parent: domain.ID(it.Parent), Kind: it.Kind, Position: it.Position}
	if it.Kind == coproduction.Task {
		out.Status = statuses[p.status]
	}
	if p.off {
		out.DisabledAt = putAside
	}
	for _, id := range it.Prerequisites {
		out.Prerequisites = append(out.Prerequisites, domain.ID(id))
	}
	return out
}

// putAside stands for when an item was put aside, of which that it was is kept.
var putAside = time.Unix(0, 0)
