package coproduction

import (
	"cmp"
	"iter"
	"slices"
	"time"

	"interlink/domain"
)

// MaxItems is how many items a tree may have, disabled ones included.
const MaxItems = 5000

// Tree is the whole tree of a process, indexed. It does not change: a changed
// tree is a new one.
type Tree struct {
	items    []Item // depth first, siblings by position
	index    map[domain.ID]int
	children map[domain.ID][]int
	enabled  []bool
	state    []state
}

// state is what is derived for one item from the enabled tasks below it.
type state struct {
	status          Status
	tasks, finished int
	starts, ends    time.Time
}

// NewTree checks and indexes items in any order. Errors: Invalid for too
// many items, two with one id, a parent or prerequisite that is absent or of
// the wrong kind, or prerequisites in a circle.
func NewTree(items []Item) (*Tree, error) {
	if len(items) > MaxItems {
		return nil, domain.Fail(domain.TooLarge, "process.too_many_items", MaxItems)
	}
	kinds := make(map[domain.ID]ItemKind, len(items))
	below := make(map[domain.ID][]int) // what is below an item: where it is among items
	for i, it := range items {
		if _, twice := kinds[it.ID]; twice || it.ID == "" || !it.Kind.Known() {
			return nil, domain.Fail(domain.Invalid, "process.tree_broken", it.Name.String())
		}
		kinds[it.ID] = it.Kind
		below[it.Parent] = append(below[it.Parent], i)
	}
	for _, it := range items {
		if kinds[it.Parent] != it.Kind.Parent() || it.Kind == Phase && it.Parent != "" { // nothing holds a phase, also not what is not there
			return nil, domain.Fail(domain.Invalid, "process.wrong_parent", it.Name.String())
		}
		for _, p := range it.Prerequisites {
			if kinds[p] != it.Kind {
				return nil, domain.InvalidField("prerequisites", "process.prerequisite_unknown", it.Name.String())
			}
		}
	}
	t := &Tree{
		items: make([]Item, 0, len(items)), index: make(map[domain.ID]int, len(items)),
		children: make(map[domain.ID][]int), enabled: make([]bool, 0, len(items)),
	}
	t.place("", items, below, true)
	if name, circle := t.circle(); circle {
		return nil, domain.InvalidField("prerequisites", "process.prerequisite_circle", name)
	}
	t.state = make([]state, len(t.items))
	for i := len(t.items) - 1; i >= 0; i-- { // children come after their parent
		t.state[i] = t.derive(i)
	}
	return t, nil
}

// OutlineTree is the tree of items that are read one by one. Errors: those of
// [NewTree] and of the reading.
func OutlineTree(items iter.Seq2[Item, error]) (*Tree, error) {
	all, err := collected(items)
	if err != nil {
		return nil, err
	}
	return NewTree(all)
}

func collected(items iter.Seq2[Item, error]) ([]Item, error) {
	var all []Item
	for it, err := range items {
		if err != nil {
			return nil, err
		}
		all = append(all, it)
	}
	return all, nil
}

// place lays out a branch. The kinds of parents bound its depth to three.
func (t *Tree) place(parent domain.ID, items []Item, below map[domain.ID][]int, enabled bool) {
	slices.SortFunc(below[parent], func(a, b int) int { return byPosition(items[a], items[b]) })
	for _, i := range below[parent] {
		it := items[i]
		t.index[it.ID] = len(t.items)
		t.children[parent] = append(t.children[parent], len(t.items))
		t.items = append(t.items, it)
		on := enabled && !it.Disabled()
		t.enabled = append(t.enabled, on)
		t.place(it.ID, items, below, on)
	}
}

// byPosition orders items as they stand among their siblings.
func byPosition(a, b Item) int {
	return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
}

// circle looks for prerequisites that need each other, by taking away again
// and again what needs nothing any more.
func (t *Tree) circle() (name string, found bool) {
	waits := make([]int, len(t.items))
	next := make(map[domain.ID][]int)
	var free []int
	for i, it := range t.items {
		waits[i] = len(it.Prerequisites)
		for _, p := range it.Prerequisites {
			next[p] = append(next[p], i)
		}
		if waits[i] == 0 {
			free = append(free, i)
		}
	}
	done := 0
	for ; done < len(free); done++ {
		for _, i := range next[t.items[free[done]].ID] {
			if waits[i]--; waits[i] == 0 {
				free = append(free, i)
			}
		}
	}
	if done == len(t.items) {
		return "", false
	}
	stuck := slices.IndexFunc(waits, func(n int) bool { return n > 0 })
	return t.items[stuck].Name.String(), true
}

func (t *Tree) derive(i int) state {
	it := t.items[i]
	if it.Kind == Task {
		s := state{status: cmp.Or(it.Status, Awaiting), starts: it.Starts, ends: it.Ends, tasks: 1}
		if s.status == Finished {
			s.finished = 1
		}
		return s
	}
	return t.rollUp(t.children[it.ID])
}

// rollUp derives a state from the enabled ones among some items.
func (t *Tree) rollUp(children []int) state {
	var out state
	var parts Parts
	for _, c := range children {
		if t.items[c].Disabled() {
			continue
		}
		s := t.state[c]
		parts.Add(s.status)
		out.tasks, out.finished = out.tasks+s.tasks, out.finished+s.finished
		if !s.starts.IsZero() && (out.starts.IsZero() || s.starts.Before(out.starts)) {
			out.starts = s.starts
		}
		if s.ends.After(out.ends) {
			out.ends = s.ends
		}
	}
	out.status = parts.Status()
	return out
}

// Parts are those of something whose status comes from theirs.
type Parts struct{ all, awaiting, finished int }

// Add counts a part by its status.
func (p *Parts) Add(s Status) {
	p.all++
	switch s {
	case Awaiting:
		p.awaiting++
	case Finished:
		p.finished++
	}
}

// Status is that of the whole: none or all awaiting is awaiting, all finished is
// finished, anything else in progress.
func (p *Parts) Status() Status {
	switch p.all {
	case p.awaiting: // none at all included
		return Awaiting
	case p.finished:
		return Finished
	}
	return InProgress
}

// Items returns all items, parents before their children, siblings by
// position, disabled ones included. It must not be changed.
func (t *Tree) Items() []Item { return t.items }

// Len returns how many items there are, disabled ones included.
func (t *Tree) Len() int { return len(t.items) }

// Item returns one. Errors: NotFound.
func (t *Tree) Item(id domain.ID) (Item, error) {
	i, ok := t.index[id]
	if !ok {
		return Item{}, domain.Fail(domain.NotFound, "error.not_found")
	}
	return t.items[i], nil
}

// Children returns what is directly below an item, or the phases for "".
func (t *Tree) Children(id domain.ID) []Item {
	out := make([]Item, len(t.children[id]))
	for i, c := range t.children[id] {
		out[i] = t.items[c]
	}
	return out
}

// Enabled reports whether neither the item nor one above it is disabled;
// false for an unknown one.
func (t *Tree) Enabled(id domain.ID) bool {
	i, ok := t.index[id]
	return ok && t.enabled[i]
}

// Status returns a task's status or the roll-up of what is below; Awaiting
// for an unknown item.
func (t *Tree) Status(id domain.ID) Status {
	if i, ok := t.index[id]; ok {
		return t.state[i].status
	}
	return Awaiting
}

// Overall returns the roll-up of the phases.
func (t *Tree) Overall() Status { return t.rollUp(t.children[""]).status }

// Progress counts the enabled tasks below an item, or of the whole tree for
// "", and the finished ones among them.
func (t *Tree) Progress(id domain.ID) (tasks, finished int) {
	s := t.stateOf(id)
	return s.tasks, s.finished
}

// Dates returns a task's planned dates, or the first start and last end of
// the enabled tasks below; for "" those of the process. Zero if none is set.
func (t *Tree) Dates(id domain.ID) (starts, ends time.Time) {
	s := t.stateOf(id)
	return s.starts, s.ends
}

func (t *Tree) stateOf(id domain.ID) state {
	if id == "" {
		return t.rollUp(t.children[""])
	}
	if i, ok := t.index[id]; ok {
		return t.state[i]
	}
	return state{status: Awaiting}
}

// Problems returns the codes of the problem profiles of an item with those of
// the items above it, nearest first, each once: what Interlinkers for it are
// recommended by.
func (t *Tree) Problems(id domain.ID) []string {
	var codes []string
	for i, ok := t.index[id]; ok; i, ok = t.index[t.items[i].Parent] {
		for _, code := range t.items[i].Problems {
			if !slices.Contains(codes, code) {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

// Ready reports whether all enabled prerequisites of an item are finished.
func (t *Tree) Ready(id domain.ID) bool {
	it, err := t.Item(id)
	if err != nil {
		return false
	}
	return !slices.ContainsFunc(it.Prerequisites, func(p domain.ID) bool {
		return t.Enabled(p) && t.Status(p) != Finished
	})
}

// Place returns where an item stands among its siblings, counted from 0; -1
// for an unknown one.
func (t *Tree) Place(id domain.ID) int {
	i, ok := t.index[id]
	if !ok {
		return -1
	}
	return slices.Index(t.children[t.items[i].Parent], i)
}

// MayPrecede returns the items that can be prerequisites of one: of its kind,
// and none that itself comes after it. In the order of the tree, disabled
// ones included.
func (t *Tree) MayPrecede(id domain.ID) []Item {
	it, err := t.Item(id)
	if err != nil {
		return nil
	}
	next := make(map[domain.ID][]domain.ID)
	for _, o := range t.items {
		for _, p := range o.Prerequisites {
			next[p] = append(next[p], o.ID)
		}
	}
	after := map[domain.ID]bool{id: true}
	for queue := []domain.ID{id}; len(queue) > 0; queue = queue[1:] {
		for _, n := range next[queue[0]] {
			if !after[n] {
				after[n] = true
				queue = append(queue, n)
			}
		}
	}
	var out []Item
	for _, o := range t.items {
		if o.Kind == it.Kind && !after[o.ID] {
			out = append(out, o)
		}
	}
	return out
}

// Late reports whether an enabled item should have ended before the day of
// now and is not finished.
func (t *Tree) Late(id domain.ID, now time.Time) bool {
	_, ends := t.Dates(id)
	return t.Enabled(id) && !ends.IsZero() && ends.Before(day(now)) && t.Status(id) != Finished
}

// With returns the tree with one item added or replaced. Errors: those of
// [NewTree].
func (t *Tree) With(changed ...Item) (*Tree, error) {
	items := slices.Clone(t.items)
	for _, it := range changed {
		if i, ok := t.index[it.ID]; ok {
			items[i] = it
		} else {
			items = append(items, it)
		}
	}
	return NewTree(items)
}
