package lineage

import (
	"cmp"
	"iter"
	"maps"
	"math"
	"slices"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Outline is how the items of a tree stand to each other, without a word of what
// they say: what is in memory of a tree that is read page by page. Like that of a
// text it has them in the order of the tree, each with its level: what is below an
// item comes right after it, on deeper levels. Items go by their number, from 0 in
// that order; before [Outline.stand], in the order in which they are read. Of each
// that is 16 bytes, and 8 for each prerequisite, beside its id, which outlines that
// are compared share.
type Outline struct {
	register *register // of the ids
	ids      []int32   // in the register, by number
	numbers  []int32   // and 1, by place in the register; 0 for what is not in the tree
	places   []place
	before   edges   // prerequisites; in the register until the items stand
	parents  []int32 // in the register until the items stand, or top
	twice    bool    // an id is there twice
	broken   error   // why the items are no tree
}

// place is where an item stands.
type place struct {
	position int32 // at most or at least what can be kept
	level    int8  // from 1; 0 of no known kind
	status   int8  // of a task, in statuses
	off      bool  // it was put aside
}

// What is no number of an item.
const (
	top  int32 = -1 - iota // what holds phases
	lost                   // it is not there
)

// edge is that an item has another as its prerequisite, by number.
type edge struct{ item, before int32 }

// edges are sorted by item.
type edges []edge

// of are those of an item.
func (e edges) of(n int32) edges {
	from, _ := slices.BinarySearchFunc(e, n, func(one edge, n int32) int { return cmp.Compare(one.item, n) })
	to := from
	for to < len(e) && e[to].item == n {
		to++
	}
	return e[from:to]
}

// back goes the other way: what waits for an item is before it.
func (e edges) back() edges {
	out := make(edges, len(e))
	for i, one := range e {
		out[i] = edge{one.before, one.item}
	}
	slices.SortFunc(out, func(a, b edge) int { return cmp.Or(cmp.Compare(a.item, b.item), cmp.Compare(a.before, b.before)) })
	return out
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
	one, above := o.register.add(id), top
	o.twice = o.twice || o.at(one) >= 0
	n := o.put(one, place{position: placed(position), level: int8(slices.Index(levels, kind) + 1)})
	if parent != "" {
		above = o.register.add(parent)
	}
	o.parents = append(o.parents, above)
	for _, b := range before {
		o.before = append(o.before, edge{n, o.register.add(b)})
	}
}

// placed is a position as it is kept.
func placed(position int) int32 { return int32(min(max(position, math.MinInt32), math.MaxInt32)) }

// put adds an item with an id of the register.
func (o *Outline) put(id int32, p place) int32 {
	o.places = append(o.places, p)
	return o.call(id)
}

// call gives the next item that stands its id in the register.
func (o *Outline) call(id int32) int32 {
	n := int32(len(o.ids))
	o.ids, o.numbers = append(o.ids, id), put(o.numbers, id, n+1)
	return n
}

// at is the number of an item by its id in the register; lost if there is none.
func (o *Outline) at(id int32) int32 {
	if id >= 0 && int(id) < len(o.numbers) && o.numbers[id] > 0 {
		return o.numbers[id] - 1
	}
	return lost
}

// stand puts the items in the order of the tree, once all were read, and judges
// whether they are one.
func (o *Outline) stand() *Outline {
	o.broken = o.judge()
	if o.arrange(); o.broken == nil {
		o.broken = o.circle()
	}
	return o
}

// arrange puts the items in the order of the tree. What stands nowhere in it is left
// out, and so are prerequisites that are not there; each is there once.
func (o *Outline) arrange() {
	below := make([]int32, len(o.ids))
	for n := range below {
		below[n] = int32(n)
	}
	slices.SortFunc(below, func(a, b int32) int {
		return cmp.Or(
			cmp.Compare(o.parents[a], o.parents[b]), cmp.Compare(o.places[a].position, o.places[b].position), o.register.compare(o.ids[a], o.ids[b]),
		)
	})
	out := &Outline{
		register: o.register, ids: make([]int32, 0, len(o.ids)), numbers: make([]int32, len(o.numbers)), places: make([]place, 0, len(o.places)),
		twice: o.twice, broken: o.broken,
	}
	var walk func(parent int32, level int8)
	walk = func(parent int32, level int8) {
		from, _ := slices.BinarySearchFunc(below, parent, func(n, parent int32) int { return cmp.Compare(o.parents[n], parent) })
		for _, n := range below[from:] {
			if o.parents[n] != parent {
				return
			}
			if one := o.ids[n]; o.places[n].level == level && o.at(one) == n {
				out.put(one, o.places[n])
				walk(one, level+1)
			}
		}
	}
	walk(top, 1)
	met := make([]int32, len(out.ids)) // by which item each was named last
	for _, e := range o.before {
		if n, before := out.at(o.ids[e.item]), out.at(e.before); n >= 0 && before >= 0 && met[before] != n+1 {
			met[before] = n + 1
			out.before = append(out.before, edge{n, before})
		}
	}
	slices.SortStableFunc(out.before, func(a, b edge) int { return cmp.Compare(a.item, b.item) })
	*o = *out
}

// Len is how many items there are.
func (o *Outline) Len() int { return len(o.ids) }

// id is the id of an item.
func (o *Outline) id(n int32) string { return o.register.id(o.ids[n]) }

// item is an item as it stands.
func (o *Outline) item(n int32) SourceItem {
	p := o.places[n]
	it := SourceItem{ID: o.id(n), Parent: o.above(n), Kind: levels[p.level-1], Position: int(p.position)}
	for _, e := range o.before.of(n) {
		it.Prerequisites = append(it.Prerequisites, o.id(e.before))
	}
	return it
}

// parent is what holds an item; top for a phase.
func (o *Outline) parent(n int32) int32 {
	level := o.places[n].level
	if level == 1 {
		return top
	}
	for n--; o.places[n].level >= level; n-- {
	}
	return n
}

// above is the id of what holds an item; "" for a phase.
func (o *Outline) above(n int32) string {
	if parent := o.parent(n); parent >= 0 {
		return o.id(parent)
	}
	return ""
}

// number finds an item.
func (o *Outline) number(id string) (n int32, there bool) {
	n = o.at(o.register.find(id))
	return n, n >= 0
}

// holds lists what is directly below an item, or the phases for top.
func (o *Outline) holds(n int32) []int32 {
	level := int8(0)
	if n >= 0 {
		level = o.places[n].level
	}
	var out []int32
	for one := range o.underneath(n) {
		if o.places[one].level == level+1 {
			out = append(out, one)
		}
	}
	return out
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
	var out []string
	for _, one := range o.holds(n) {
		out = append(out, o.id(one))
	}
	return out
}

// underneath goes through what is below an item, directly or not; top has all.
func (o *Outline) underneath(n int32) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		for one := n + 1; int(one) < len(o.places) && (n < 0 || o.places[one].level > o.places[n].level); one++ {
			if !yield(one) {
				return
			}
		}
	}
}

// addAbove adds to a set of ids those of what is above them.
func (o *Outline) addAbove(set map[string]bool) {
	for _, id := range slices.Collect(maps.Keys(set)) {
		for n, there := o.number(id); there && n >= 0; n = o.parent(n) {
			set[o.id(n)] = true
		}
	}
}

// addWaiting adds to a set of ids those of the items that wait for them, or, if
// all, for what waits for them.
func (o *Outline) addWaiting(set map[string]bool, all bool) {
	if len(o.before) == 0 {
		return
	}
	back := o.before.back()
	queue := make([]int32, 0, len(set))
	for id := range set {
		if n, there := o.number(id); there {
			queue = append(queue, n)
		}
	}
	for first := len(queue); len(queue) > 0; first-- {
		for _, e := range back.of(queue[0]) {
			if id := o.id(e.before); !set[id] {
				set[id] = true
				queue = append(queue, e.before)
			}
		}
		if queue = queue[1:]; first == 1 && !all {
			return
		}
	}
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

// pruned is the outline of what [Prune] leaves of the items.
func (o *Outline) pruned(keep func(n int32) bool) *Outline {
	stays, above := make([]bool, len(o.places)), [4]bool{true} // by level
	for n, p := range o.places {
		stays[n] = above[p.level-1] && keep(int32(n))
		above[p.level] = stays[n]
	}
	if !slices.Contains(stays, false) {
		return o
	}
	out := &Outline{register: o.register, broken: o.broken}
	for n, stays := range stays {
		if stays {
			out.put(o.ids[n], o.places[n])
		}
	}
	met := make([]int32, len(o.places))
	for _, one := range out.ids {
		for _, before := range o.needed(o.at(one), stays, met) {
			out.before = append(out.before, edge{out.at(one), out.at(o.ids[before])})
		}
	}
	return out
}

// needed lists the prerequisites of an item that stay, as [Prune] does. met is
// room for by which item each was met last: all that go may be behind each that
// stays.
func (o *Outline) needed(n int32, stays []bool, met []int32) []int32 {
	var out, queue []int32
	met[n] = n + 1
	meet := func(needs edges) {
		for _, e := range needs {
			if met[e.before] != n+1 {
				met[e.before] = n + 1
				queue = append(queue, e.before)
			}
		}
	}
	meet(o.before.of(n))
	for ; len(queue) > 0; queue = queue[1:] {
		if one := queue[0]; stays[one] {
			out = append(out, one)
		} else {
			meet(o.before.of(one))
		}
	}
	return out
}

// check tells what is wrong with a source of which all is read. Errors: Invalid,
// TooLarge; those of [coproduction.NewTree].
func (o *Outline) check() error { return o.broken }

// judge judges a source of which all is read, before its items stand.
func (o *Outline) judge() error {
	if o.Len() > coproduction.MaxItems {
		return domain.Fail(domain.TooLarge, "process.too_many_items", coproduction.MaxItems)
	}
	if o.twice {
		return domain.Fail(domain.Invalid, "process.source_broken")
	}
	for n, p := range o.places {
		level, there := o.levelAbove(int32(n))
		switch {
		case !there:
			return domain.Fail(domain.Invalid, "process.source_broken")
		case p.level == 0 || o.id(int32(n)) == "":
			return domain.Fail(domain.Invalid, "process.tree_broken", "")
		case level != p.level-1:
			return domain.Fail(domain.Invalid, "process.wrong_parent", "")
		}
	}
	for _, e := range o.before {
		if b := o.at(e.before); b >= 0 && o.places[b].level != o.places[e.item].level { // one that was not published is no hindrance
			return domain.InvalidField("prerequisites", "process.prerequisite_unknown", "")
		}
	}
	return nil
}

// levelAbove is the level of what holds an item that does not stand yet, 0 for top;
// there is false if that is not there.
func (o *Outline) levelAbove(n int32) (level int8, there bool) {
	if o.parents[n] == top {
		return 0, true
	}
	above := o.at(o.parents[n])
	if above < 0 {
		return 0, false
	}
	return o.places[above].level, true
}

// circle looks for prerequisites that need each other, by taking away again and
// again what needs nothing any more. Errors: Invalid.
func (o *Outline) circle() error {
	if len(o.before) == 0 {
		return nil
	}
	waits := make([]int32, len(o.places))
	for _, e := range o.before {
		waits[e.item]++
	}
	var free []int32
	for n, many := range waits {
		if many == 0 {
			free = append(free, int32(n))
		}
	}
	back, done := o.before.back(), 0
	for ; done < len(free); done++ {
		for _, e := range back.of(free[done]) {
			if waits[e.before]--; waits[e.before] == 0 {
				free = append(free, e.before)
			}
		}
	}
	if done < o.Len() {
		return domain.InvalidField("prerequisites", "process.prerequisite_circle", "")
	}
	return nil
}
