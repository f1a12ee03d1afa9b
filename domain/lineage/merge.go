package lineage

import (
	"cmp"
	"slices"
	"strings"

	"interlink/domain/coproduction"
)

// Decision is what the people of a clone say to an update.
type Decision string

// The decisions.
const (
	Take   Decision = "take"  // as the source has it
	Keep   Decision = "keep"  // as the clone has it
	Edit   Decision = "edit"  // in words of their own
	Ignore Decision = "never" // as the clone has it, and no question about the item any more
)

// Known reports whether d is one of the decisions.
func (d Decision) Known() bool { return d == Take || d == Keep || d == Edit || d == Ignore }

// Resolution is a decision on one update.
type Resolution struct {
	ID       string // of the source's item
	Decision Decision
	// For Edit: texts, numbers and flags as they are to be, and the parts that
	// stay as the clone has them. What neither names is taken.
	Values map[coproduction.Part]string
	Kept   []coproduction.Part
}

// Merged is what a merge changes of a clone.
type Merged struct {
	Items []SourceItem // that change, or are new
	Aside []string     // to be put aside
	// Restored were put aside, and are taken back into use.
	Restored []string
	Bases    map[string]*Base
	// Left are prerequisites that were not taken, as with the clone's own they
	// would go in a circle.
	Left []Missed
}

// Missed is a prerequisite that an item did not get.
type Missed struct{ ID, Prerequisite string }

// Merge makes decisions of updates; those on what is no update do nothing. In
// Bases, which the clone must remember from then on, nil means forgotten.
// Nothing that the clone has is lost: an item that the source removed is put
// aside at most, and a text changes only by a decision on its item. What is
// taken comes with what holds it. The order of the decisions does not matter,
// unless one leaves out, or edits, what another has to stand in.
func (t Trees) Merge(decisions []Resolution) Merged {
	c := comparisonOf(t)
	m := &merge{comparison: c, now: c.mine.clone(), bases: map[string]*Base{}}
	by := make(map[string]Resolution, len(decisions))
	for _, d := range decisions {
		if d.Decision.Known() {
			by[d.ID] = d
		}
	}
	open := map[string]bool{}
	for _, u := range c.updates() {
		if d, decided := by[u.ID]; decided {
			m.decide(u, d)
		} else {
			open[u.ID] = true
		}
	}
	if len(by) > 0 {
		m.advance(open)
	}
	return m.result()
}

type merge struct {
	*comparison
	now      branches
	aside    []string
	restored []string
	bases    map[string]*Base
	edges    []Missed // prerequisites that are wanted
}

func (m *merge) decide(u Update, d Resolution) {
	switch {
	case u.Outcome == Removed:
		m.remove(u, d.Decision == Take)
	case d.Decision == Ignore:
		base, known := m.Bases[u.ID]
		if !known {
			base = m.theirsNow(u.ID)
		}
		base.Never = true
		m.bases[u.ID] = &base
	case u.Outcome == Added && d.Decision == Keep:
		base := m.theirsNow(u.ID)
		m.bases[u.ID] = &base
	case u.Outcome == Added:
		m.add(u.ID)
		if d.Decision == Edit {
			m.now.items.set(u.ID, m.edited(m.now.items.of(u.ID), u, d))
		}
	default:
		m.change(u, d)
		base := m.theirsNow(u.ID)
		m.bases[u.ID] = &base
	}
}

// theirsNow is the base of an item as the source has it now.
func (m *merge) theirsNow(id string) Base {
	return Base{Item: m.theirs.items.of(id).said(), Order: m.theirs.below[id]}
}

// remove answers to an item that the source has no more: it is the clone's own
// from now on.
func (m *merge) remove(u Update, take bool) {
	if take {
		m.aside = append(m.aside, u.ID)
	}
	for _, id := range append(m.mine.underneath(u.ID), u.ID) {
		if _, there := m.theirs.items.get(id); !there {
			if _, known := m.Bases[id]; known {
				m.bases[id] = nil
			}
		}
	}
}

// add takes a new item, with what holds it.
func (m *merge) add(id string) {
	it, there := m.theirs.items.get(id)
	mine, here := m.now.items.get(id)
	if here && !m.has(id) && m.bases[id] == nil { // it comes back as it was; what changed there since is asked next
		m.restored = append(m.restored, id)
		m.bases[id] = &Base{Item: mine, Order: m.theirs.below[id]}
		m.follow(id)
		m.add(mine.Parent)
	}
	if here || !there {
		return
	}
	if it.Parent != "" {
		m.add(it.Parent)
	}
	for _, before := range it.Prerequisites {
		m.edges = append(m.edges, Missed{id, before})
	}
	m.follow(id)
	it.Prerequisites = nil
	m.now.items.set(id, it)
	m.now.put(id, it.Parent, m.theirs.below[it.Parent])
	base := m.theirsNow(id)
	m.bases[id] = &base
}

// follow wants those that come after an item in the source to wait for it.
func (m *merge) follow(id string) {
	for other, o := range m.theirs.items {
		if slices.Contains(o.Prerequisites, id) && !m.Bases[other].Never {
			m.edges = append(m.edges, Missed{other, id})
		}
	}
}

// change takes what is decided of an item that both have, or of the order of
// the phases.
func (m *merge) change(u Update, d Resolution) {
	if d.Decision == Keep {
		return
	}
	it := m.edited(m.now.items.of(u.ID), u, d)
	for _, p := range u.Parts {
		if d.Decision == Edit && slices.Contains(d.Kept, p.Part) {
			continue
		}
		switch {
		case p.Field == coproduction.FieldParent:
			m.add(p.Theirs)
			m.now.below[it.Parent] = slices.DeleteFunc(m.now.below[it.Parent], func(s string) bool { return s == u.ID })
			it.Parent = p.Theirs
			m.now.put(u.ID, it.Parent, m.theirs.below[it.Parent])
		case p.Field == FieldOrder:
			m.now.below[u.ID] = reordered(m.now.below[u.ID], lines(p.Theirs))
		case p.Field == coproduction.FieldPrerequisites:
			wanted := lines(p.Theirs)
			it.Prerequisites = slices.DeleteFunc(slices.Clone(it.Prerequisites), func(s string) bool { return !slices.Contains(wanted, s) })
			for _, before := range wanted {
				m.edges = append(m.edges, Missed{u.ID, before})
			}
		case isList(p.Part):
			it = it.withList(p.Part, lines(p.Theirs))
		}
	}
	if u.ID != "" {
		m.now.items.set(u.ID, it)
	}
}

// edited puts texts, numbers and flags into an item.
func (m *merge) edited(it SourceItem, u Update, d Resolution) SourceItem {
	name := it.Name
	for _, p := range u.Parts {
		if isList(p.Part) || p.Field == coproduction.FieldParent || p.Field == FieldOrder {
			continue
		}
		value, own := d.Values[p.Part]
		switch {
		case d.Decision == Edit && slices.Contains(d.Kept, p.Part):
			continue
		case d.Decision != Edit || !own:
			value = p.Theirs
		}
		it = it.with(p.Part, value)
	}
	if it.Name.Empty() { // an item without a name is none
		it.Name = name
	}
	return it
}

// reordered puts those of some ids that are named into the order in which they
// are, in the places that they have; the others stay.
func reordered(ids, order []string) []string {
	out, next := slices.Clone(ids), 0
	for i, id := range ids {
		if slices.Contains(order, id) && next < len(order) {
			out[i] = order[next]
			next++
		}
	}
	return out
}

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.Split(s, "\n")
}

// advance lets the clone know the source as it is wherever no question is
// open: what both changed alike is not asked about when one changes it again.
func (m *merge) advance(open map[string]bool) {
	for id, base := range m.Bases {
		_, decided := m.bases[id]
		theirs, there := m.theirs.items.get(id)
		mine, here := m.mine.items.get(id)
		if decided || open[id] || base.Never || id != "" && (!there || !here || mine.Kind != theirs.Kind) {
			continue
		}
		now := m.theirsNow(id)
		if now.Item.Parent != mine.Parent { // it cannot be moved there yet
			now.Item.Parent = base.Item.Parent
		}
		if !slices.Equal(now.Order, base.Order) || id != "" && !now.Item.same(base.Item) {
			m.bases[id] = &now
		}
	}
}

// result adds the prerequisites that are wanted, as long as nothing waits for
// itself, and numbers places.
func (m *merge) result() Merged {
	out := Merged{Aside: m.aside, Restored: m.restored, Bases: m.bases, Left: m.connect()}
	for parent, ids := range m.now.below {
		if slices.Equal(ids, m.mine.below[parent]) {
			continue
		}
		for i, id := range ids {
			it := m.now.items.of(id)
			it.Position = i
			m.now.items.set(id, it)
		}
	}
	m.now.inOrder(func(id string) {
		it := m.now.items.of(id)
		if before, was := m.mine.items.get(id); !was || !before.same(it) {
			out.Items = append(out.Items, it)
		}
	})
	return out
}

// connect adds the prerequisites that are wanted, item by item, and returns
// those that would have gone in a circle.
func (m *merge) connect() (left []Missed) {
	slices.SortFunc(m.edges, func(a, b Missed) int {
		return cmp.Or(strings.Compare(a.ID, b.ID), strings.Compare(a.Prerequisite, b.Prerequisite))
	})
	next := make(map[string][]string, len(m.now.items)) // which items wait for one
	for id, it := range m.now.items {
		for _, before := range it.Prerequisites {
			next[before] = append(next[before], id)
		}
	}
	var turn string             // of an item,
	var waiting map[string]bool // and what waits for it, directly or not
	for _, e := range m.edges {
		it, here := m.now.items.get(e.ID)
		before, known := m.now.items.get(e.Prerequisite)
		if base := m.bases[e.ID]; base != nil && base.Never {
			continue
		}
		if !here || !known || before.Kind != it.Kind || slices.Contains(it.Prerequisites, e.Prerequisite) {
			continue
		}
		if turn != e.ID {
			turn, waiting = e.ID, reached(next, e.ID)
		}
		if waiting[e.Prerequisite] {
			left = append(left, e)
			continue
		}
		it.Prerequisites = append(slices.Clone(it.Prerequisites), e.Prerequisite)
		m.now.items.set(e.ID, it)
		next[e.Prerequisite] = append(next[e.Prerequisite], e.ID)
	}
	return slices.Compact(left)
}

// reached lists what a way leads to from an item, and the item itself.
func reached(next map[string][]string, from string) map[string]bool {
	seen := map[string]bool{from: true}
	for queue := []string{from}; len(queue) > 0; queue = queue[1:] {
		for _, id := range next[queue[0]] {
			if !seen[id] {
				seen[id] = true
				queue = append(queue, id)
			}
		}
	}
	return seen
}
