package lineage

import (
	"cmp"
	"maps"
	"slices"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Outline is how the items of a tree stand to each other, without a word of what
// they say: what is in memory of a tree that is read page by page. Of each item
// that is its id, which outlines that are compared share, and some 60 bytes,
// whatever it says and however long those are that it names. Items go by their
// number, from 0 in the order in which they are read.
type Outline struct {
	register *register // of the ids
	ids      []int32   // in the register, by number
	numbers  []int32   // and 1, by place in the register; 0 for what is not in the tree
	places   []place
	before   []int32   // prerequisites, those of each item together
	order    []int32   // the items that are in the tree, in its order
	below    []int32   // the same by what holds them, in their order there
	phases   []int32   // of below
	waiting  []waiting // for items that were not read yet
	twice    bool      // an id is there twice
}

// place is where an item stands.
type place struct {
	parent      int32 // number, or top, lost, gone
	from, to    int32 // of its prerequisites in before
	first, last int32 // of what it holds in below
	level       int8  // from 1; 0 of no known kind
	status      int8  // of a task, in statuses
	off         bool  // it was put aside
	position    int
}

// What stands below no item.
const (
	top  int32 = -1 - iota // phases
	lost                   // its parent is not there
	gone                   // it was pruned
)

// waiting is that an item named another, as its parent or its prerequisite,
// before that was read.
type waiting struct {
	id         int32 // in the register
	item, edge int32 // edge is a place in before, or top for the parent
}

// levels are the kinds of items from above.
var levels = []coproduction.ItemKind{coproduction.Phase, coproduction.Objective, coproduction.Task}

// statuses are those of tasks, that of one without any first.
var statuses = []coproduction.Status{coproduction.Awaiting, coproduction.InProgress, coproduction.Finished}

func newOutline() *Outline { return outlineIn(newRegister("")) }

// outlineIn begins an outline whose ids are in a register, perhaps with others'.
func outlineIn(r *register) *Outline { return &Outline{register: r} }

// outlineOf is the outline of items that are in memory.
func outlineOf(items []SourceItem) *Outline {
	o := newOutline()
	o.add(items...)
	return o.stand()
}

// add reads the next items.
func (o *Outline) add(items ...SourceItem) {
	for _, it := range items {
		read(o, it.ID, it.Parent, it.Kind, it.Position, it.Prerequisites)
	}
}

// read reads the next item of a process of this node; base is what comes before
// its id there.
func (o *Outline) read(base string, it coproduction.Item) {
	full := func(id domain.ID) string {
		if id == "" {
			return ""
		}
		return base + string(id)
	}
	var before []string
	for _, b := range it.Prerequisites {
		before = append(before, full(b))
	}
	read(o, full(it.ID), full(it.Parent), it.Kind, it.Position, before)
	p := &o.places[len(o.places)-1]
	p.off = it.Disabled()
	if it.Kind == coproduction.Task {
		p.status = int8(max(0, slices.Index(statuses, it.Status)))
	}
}

func read(o *Outline, id, parent string, kind coproduction.ItemKind, position int, before []string) {
	n, one := int32(len(o.ids)), o.register.add(id)
	o.twice = o.twice || o.at(one) >= 0
	o.ids = append(o.ids, one)
	o.call(n, one)
	p := place{parent: top, level: int8(slices.Index(levels, kind) + 1), position: position, from: int32(len(o.before))}
	if parent != "" {
		p.parent = o.named(parent, n, top)
	}
	for _, b := range before {
		o.before = append(o.before, o.named(b, n, int32(len(o.before))))
	}
	p.to = int32(len(o.before))
	o.places, o.order = append(o.places, p), append(o.order, n)
}

// call gives an item an id of the register.
func (o *Outline) call(n, id int32) {
	if short := int(id) + 1 - len(o.numbers); short > 0 {
		o.numbers = append(o.numbers, make([]int32, short)...)
	}
	o.ids[n], o.numbers[id] = id, n+1
}

// at is the number of an item by its id in the register; lost if there is none.
func (o *Outline) at(id int32) int32 {
	if id >= 0 && int(id) < len(o.numbers) && o.numbers[id] > 0 {
		return o.numbers[id] - 1
	}
	return lost
}

// named is the number of an item that another names; lost until it is read.
func (o *Outline) named(id string, by, edge int32) int32 {
	one := o.register.add(id)
	if n := o.at(one); n >= 0 {
		return n
	}
	o.waiting = append(o.waiting, waiting{one, by, edge})
	return lost
}

// stand finds, once all were read, what was named before that, and what is below
// what.
func (o *Outline) stand() *Outline {
	for _, w := range o.waiting {
		n := o.at(w.id)
		switch {
		case n < 0:
		case w.edge == top:
			o.places[w.item].parent = n
		default:
			o.before[w.edge] = n
		}
	}
	o.waiting = nil
	o.below = slices.Clone(o.order)
	slices.SortFunc(o.below, func(a, b int32) int {
		x, y := &o.places[a], &o.places[b]
		return cmp.Or(cmp.Compare(x.parent, y.parent), cmp.Compare(x.position, y.position), o.register.compare(o.ids[a], o.ids[b]))
	})
	for from := 0; from < len(o.below); {
		parent, to := o.places[o.below[from]].parent, from+1
		for to < len(o.below) && o.places[o.below[to]].parent == parent {
			to++
		}
		if parent == top {
			o.phases = o.below[from:to]
		} else if parent >= 0 {
			o.places[parent].first, o.places[parent].last = int32(from), int32(to)
		}
		from = to
	}
	return o
}

// Len is how many items there are.
func (o *Outline) Len() int { return len(o.order) }

// id is the id of an item.
func (o *Outline) id(n int32) string { return o.register.id(o.ids[n]) }

// item is an item as it stands.
func (o *Outline) item(n int32) SourceItem {
	p := o.places[n]
	it := SourceItem{ID: o.id(n), Parent: o.above(n), Position: p.position, Prerequisites: o.names(o.needs(n))}
	if p.level > 0 {
		it.Kind = levels[p.level-1]
	}
	return it
}

// above is the id of what holds an item; "" for a phase.
func (o *Outline) above(n int32) string {
	if parent := o.places[n].parent; parent >= 0 {
		return o.id(parent)
	}
	return ""
}

// number finds an item.
func (o *Outline) number(id string) (n int32, there bool) {
	n = o.at(o.register.find(id))
	return n, n >= 0 && o.places[n].parent != gone
}

// holds lists what is directly below an item, or the phases for top.
func (o *Outline) holds(n int32) []int32 {
	if n < 0 {
		return o.phases
	}
	return o.below[o.places[n].first:o.places[n].last]
}

// orderBelow are the ids of what is below an item, or of the phases for "".
func (o *Outline) orderBelow(id string) []string {
	n, there := top, true
	if id != "" {
		n, there = o.number(id)
	}
	if !there {
		return nil
	}
	return o.names(o.holds(n))
}

// names are the ids of some items; nil for none.
func (o *Outline) names(numbers []int32) []string {
	var out []string
	for _, n := range numbers {
		if n >= 0 {
			out = append(out, o.id(n))
		}
	}
	return out
}

// needs lists the prerequisites of an item. Those that are not there are lost.
func (o *Outline) needs(n int32) []int32 { return o.before[o.places[n].from:o.places[n].to] }

// underneath lists what is below an item, directly or not.
func (o *Outline) underneath(id string) []int32 {
	n, there := o.number(id)
	if !there {
		return nil
	}
	out := slices.Clone(o.holds(n))
	for i := 0; i < len(out); i++ { // what is below those, until nothing is
		out = append(out, o.holds(out[i])...)
	}
	return out
}

// addAbove adds to a set of ids those of what is above them.
func (o *Outline) addAbove(set map[string]bool) {
	for _, id := range slices.Collect(maps.Keys(set)) {
		n, there := o.number(id)
		for depth := 0; there && n >= 0 && depth < len(levels); depth++ {
			set[o.id(n)] = true
			n = o.places[n].parent
		}
	}
}

// addWaiting adds to a set of ids those of the items that wait for them, or, if
// all, for what waits for them.
func (o *Outline) addWaiting(set map[string]bool, all bool) {
	if len(o.before) == 0 {
		return
	}
	next := o.next()
	queue := make([]int32, 0, len(set))
	for id := range set {
		if n, there := o.number(id); there {
			queue = append(queue, n)
		}
	}
	for first := len(queue); len(queue) > 0; first-- {
		for _, n := range next[queue[0]] {
			if id := o.id(n); !set[id] {
				set[id] = true
				queue = append(queue, n)
			}
		}
		if queue = queue[1:]; first == 1 && !all {
			return
		}
	}
}

// next lists, by number, which items wait for one.
func (o *Outline) next() [][]int32 {
	next := make([][]int32, len(o.places))
	for _, n := range o.order {
		for _, b := range o.needs(n) {
			if b >= 0 {
				next[b] = append(next[b], n)
			}
		}
	}
	return next
}

// progress is the status of an item, or for top of all, with how many tasks there
// are below it and how many of them are finished, as of [coproduction.Tree].
func (o *Outline) progress(n int32) (status coproduction.Status, tasks, finished int) {
	if n >= 0 && levels[o.places[n].level-1] == coproduction.Task {
		if status = statuses[o.places[n].status]; status == coproduction.Finished {
			finished = 1
		}
		return status, 1, finished
	}
	var parts coproduction.Parts
	for _, one := range o.holds(n) {
		if o.places[one].off {
			continue
		}
		s, t, f := o.progress(one)
		parts.Add(s)
		tasks, finished = tasks+t, finished+f
	}
	return parts.Status(), tasks, finished
}

// byPlace orders the items as they stand, parents before what is below them,
// however they were read.
func (o *Outline) byPlace() {
	o.order = make([]int32, 0, len(o.below))
	var walk func(n int32)
	walk = func(n int32) {
		for _, one := range o.holds(n) {
			o.order = append(o.order, one)
			walk(one)
		}
	}
	walk(top)
}

// pruned is the outline of what [Prune] leaves of the items; numbers stay.
func (o *Outline) pruned(keep func(n int32) bool) *Outline {
	stays := make([]bool, len(o.places))
	for _, n := range o.order {
		stays[n] = o.kept(n, keep)
	}
	out := &Outline{register: o.register, ids: o.ids, numbers: o.numbers, places: slices.Clone(o.places), twice: o.twice}
	met := make([]int32, len(o.places))
	for _, n := range o.order {
		p := &out.places[n]
		p.first, p.last = 0, 0
		if !stays[n] {
			p.parent = gone
			continue
		}
		p.from = int32(len(out.before))
		out.before = append(out.before, o.needsOf(n, stays, met)...)
		p.to = int32(len(out.before))
		out.order = append(out.order, n)
	}
	return out.stand()
}

// kept reports whether an item and all above it are kept.
func (o *Outline) kept(n int32, keep func(n int32) bool) bool {
	for range len(levels) + 1 {
		if n < 0 || !keep(n) {
			return false
		}
		if n = o.places[n].parent; n == top {
			return true
		}
	}
	return false
}

// needsOf lists the prerequisites of an item that stay, as [Prune] does. met is
// room for by which item each was met last: all that go may be behind each that
// stays.
func (o *Outline) needsOf(n int32, stays []bool, met []int32) []int32 {
	var out, queue []int32
	met[n] = n + 1
	meet := func(needs []int32) {
		for _, b := range needs {
			if b >= 0 && met[b] != n+1 {
				met[b] = n + 1
				queue = append(queue, b)
			}
		}
	}
	meet(o.needs(n))
	for ; len(queue) > 0; queue = queue[1:] {
		if one := queue[0]; stays[one] {
			out = append(out, one)
		} else {
			meet(o.needs(one))
		}
	}
	return out
}

// check judges a source of which all is read. Errors: Invalid, TooLarge; those of
// [coproduction.NewTree].
func (o *Outline) check() error {
	if o.Len() > coproduction.MaxItems {
		return domain.Fail(domain.TooLarge, "process.too_many_items", coproduction.MaxItems)
	}
	if o.twice {
		return domain.Fail(domain.Invalid, "process.source_broken")
	}
	for _, n := range o.order {
		p := o.places[n]
		above := int8(0)
		if p.parent >= 0 {
			above = o.places[p.parent].level
		}
		switch {
		case p.parent == lost:
			return domain.Fail(domain.Invalid, "process.source_broken")
		case p.level == 0 || o.id(n) == "":
			return domain.Fail(domain.Invalid, "process.tree_broken", "")
		case above != p.level-1:
			return domain.Fail(domain.Invalid, "process.wrong_parent", "")
		}
		for _, b := range o.needs(n) {
			if b >= 0 && o.places[b].level != p.level { // one that was not published is no hindrance
				return domain.InvalidField("prerequisites", "process.prerequisite_unknown", "")
			}
		}
	}
	if o.circle() {
		return domain.InvalidField("prerequisites", "process.prerequisite_circle", "")
	}
	return nil
}

// circle looks for prerequisites that need each other, by taking away again and
// again what needs nothing any more.
func (o *Outline) circle() bool {
	if len(o.before) == 0 {
		return false
	}
	next, waits := o.next(), make([]int32, len(o.places))
	var free []int32
	for _, n := range o.order {
		for _, b := range o.needs(n) {
			if b >= 0 {
				waits[n]++
			}
		}
		if waits[n] == 0 {
			free = append(free, n)
		}
	}
	done := 0
	for ; done < len(free); done++ {
		for _, n := range next[free[done]] {
			if waits[n]--; waits[n] == 0 {
				free = append(free, n)
			}
		}
	}
	return done < o.Len()
}
