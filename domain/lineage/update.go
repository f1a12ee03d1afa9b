package lineage

import (
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// Base is an item of a source as its clone last took or looked at it: what
// both sides' changes are measured by.
type Base struct {
	Item  SourceItem `json:"item"`
	Order []string   `json:"order,omitempty"` // of what was below it
	Never bool       `json:"never,omitempty"` // changes of it are not asked about again
}

// MaxKnown is of how many items a clone can know something: of those of the
// present, and of those that were removed.
const MaxKnown = 2 * coproduction.MaxItems

// Knowable reports whether a clone can have known that of its source, as
// somebody says from elsewhere: of each item the item itself, within the bounds
// of one. That of "" has an order alone.
func Knowable(bases map[string]Base) bool {
	if len(bases) > MaxKnown {
		return false
	}
	for id, b := range bases {
		broken := func(id string) bool { return id == "" || !plain(id, maxID) }
		if len(b.Order) > coproduction.MaxItems || slices.ContainsFunc(b.Order, broken) {
			return false
		}
		if it := b.Item; id == "" && len(differing(it, SourceItem{})) > 0 || id != "" &&
			(it.ID != id || it.check() != nil || !it.Kind.Known() || slices.ContainsFunc(it.Prerequisites, broken)) {
			return false
		}
	}
	return true
}

// Trees are the versions of a process that a merge looks at: as the clone knew
// its source, as the source is now, and the clone. All name items by the ids
// that the source gave them; what the clone added has other ids.
type Trees struct {
	// Bases have the items of the source at the last look, also those that the
	// clone left out; that of "" has the order of the phases.
	Bases  map[string]Base
	Theirs []SourceItem
	Mine   []SourceItem
	Aside  map[string]bool // items of the clone that were put aside
	Worked map[string]bool // items of the clone in which work began
}

// Outcome says what a change of the source means for its clone.
type Outcome string

// The outcomes.
const (
	Safe     Outcome = "safe"     // the clone did not change the same thing
	Conflict Outcome = "conflict" // it did, and otherwise
	Added    Outcome = "new"      // the source has an item more
	Removed  Outcome = "removed"  // the source does not have the item any more
)

// Update is what changed of one item of the source since the clone looked at
// it last.
type Update struct {
	ID      string                // "" for the order of the phases
	Kind    coproduction.ItemKind // "" for the order of the phases
	Parent  string                // in the source
	Name    domain.Text
	Outcome Outcome
	Parts   []PartUpdate // none of one that is removed
	// Touched says of one that is removed that the clone changed it, worked in
	// it, or has something of its own below it.
	Touched bool
}

// PartUpdate is one thing that changed of an item. Of a list, Theirs is what
// both sides' changes together make.
type PartUpdate struct {
	coproduction.Part
	Base, Theirs, Mine string
	Conflict           bool
}

// Updates lists what a clone is asked about, in the order of the source's
// tree, then what was removed there. What the clone left out is left out for
// good, and so is what would stand below it.
func (t Trees) Updates() []Update { return comparisonOf(t).updates() }

func (c *comparison) updates() []Update {
	var out []Update
	if order, changed := c.order(""); changed {
		u := Update{Outcome: Safe, Parts: []PartUpdate{order}}
		if order.Conflict {
			u.Outcome = Conflict
		}
		out = append(out, u)
	}
	c.theirs.inOrder(func(id string) {
		if u, changed := c.update(id); changed {
			out = append(out, u)
		}
	})
	return append(out, c.removed()...)
}

// comparison is three trees, indexed.
type comparison struct {
	Trees
	theirs, mine branches
}

func comparisonOf(t Trees) *comparison {
	return &comparison{t, branchesOf(t.Theirs), branchesOf(t.Mine)}
}

// has reports whether the clone has an item of the source in its tree. One
// that it knows no more of and that was put aside, as by undoing a merge, is as
// good as new.
func (c *comparison) has(id string) bool {
	_, here := c.mine.items.get(id)
	_, known := c.Bases[id]
	return here && (known || !c.Aside[id])
}

// offered reports whether an item of the source is new to the clone, and
// nothing above it was left out.
func (c *comparison) offered(id string) bool {
	for depth := 0; depth < 4; depth++ { // phase, objective, task
		it, there := c.theirs.items.get(id)
		if _, known := c.Bases[id]; known || !there {
			return false
		}
		if c.has(id) {
			return false
		}
		if it.Parent == "" {
			return true
		}
		if parent, here := c.mine.items.get(it.Parent); here {
			return parent.Kind == it.Kind.Parent()
		}
		id = it.Parent
	}
	return false
}

// update compares one item of the source.
func (c *comparison) update(id string) (Update, bool) {
	theirs := c.theirs.items.of(id)
	u := Update{ID: id, Kind: theirs.Kind, Parent: theirs.Parent, Name: theirs.Name, Outcome: Safe}
	mine, here := c.mine.items.get(id)
	base := c.Bases[id]
	switch {
	case base.Never || here && mine.Kind != theirs.Kind:
		return u, false
	case !c.has(id):
		u.Outcome = Added
		for _, p := range itemParts(theirs) {
			if value := theirs.Value(p); value != "" && p.Field != coproduction.FieldParent && p.Field != coproduction.FieldPrerequisites {
				u.Parts = append(u.Parts, PartUpdate{Part: p, Theirs: value})
			}
		}
		return u, c.offered(id)
	}
	for _, p := range itemParts(base.Item, theirs, mine) {
		one, changed := c.part(p, base.Item, theirs, mine)
		if changed {
			u.Parts = append(u.Parts, one)
		}
	}
	if order, changed := c.order(id); changed {
		u.Parts = append(u.Parts, order)
	}
	if slices.ContainsFunc(u.Parts, func(p PartUpdate) bool { return p.Conflict }) {
		u.Outcome = Conflict
	}
	return u, len(u.Parts) > 0
}

// part compares one part of an item that both have.
func (c *comparison) part(p coproduction.Part, base, theirs, mine SourceItem) (PartUpdate, bool) {
	one := PartUpdate{Part: p, Base: base.Value(p), Theirs: theirs.Value(p), Mine: mine.Value(p)}
	if isList(p) {
		merged := c.joined(p, base, theirs, mine)
		one.Theirs = strings.Join(merged, "\n")
		return one, !sameSet(merged, mine.list(p))
	}
	if one.Theirs == one.Mine || one.Theirs == one.Base {
		return one, false
	}
	if p.Field == coproduction.FieldParent && !c.holds(theirs) {
		return one, false
	}
	one.Conflict = one.Mine != one.Base
	return one, true
}

// holds reports whether what holds an item in the source is in the clone, or
// can be.
func (c *comparison) holds(theirs SourceItem) bool {
	parent, here := c.mine.items.get(theirs.Parent)
	return here && parent.Kind == theirs.Kind.Parent() || c.offered(theirs.Parent)
}

// joined is a list with what both sides put in and took out. Prerequisites are
// items that the clone has.
func (c *comparison) joined(p coproduction.Part, base, theirs, mine SourceItem) []string {
	was, is := base.list(p), theirs.list(p)
	var out []string
	for _, value := range mine.list(p) {
		if !slices.Contains(was, value) || slices.Contains(is, value) {
			out = append(out, value)
		}
	}
	for _, value := range is {
		if slices.Contains(was, value) || slices.Contains(out, value) {
			continue
		}
		if p.Field == coproduction.FieldPrerequisites && (c.mine.items.of(value).Kind != mine.Kind || !c.has(value)) {
			continue
		}
		out = append(out, value)
	}
	return out
}

// order compares how those stand below an item that all three know there.
func (c *comparison) order(id string) (PartUpdate, bool) {
	base := c.Bases[id]
	if base.Never {
		return PartUpdate{}, false
	}
	common := func(ids []string) string {
		var out []string
		for _, one := range ids {
			if slices.Contains(base.Order, one) && slices.Contains(c.theirs.below[id], one) && slices.Contains(c.mine.below[id], one) {
				out = append(out, one)
			}
		}
		return strings.Join(out, "\n")
	}
	one := PartUpdate{
		Part: coproduction.Part{Field: FieldOrder}, Base: common(base.Order), Theirs: common(c.theirs.below[id]), Mine: common(c.mine.below[id]),
	}
	one.Conflict = one.Mine != one.Base
	return one, one.Theirs != one.Base && one.Theirs != one.Mine
}

// removed lists the topmost items of the clone that the source had and has no
// more.
func (c *comparison) removed() []Update {
	gone := map[string]bool{}
	var out []Update
	c.mine.inOrder(func(id string) {
		base, known := c.Bases[id]
		_, there := c.theirs.items.get(id)
		if !known || there || base.Never || c.Aside[id] {
			return
		}
		gone[id] = true
		if mine := c.mine.items.of(id); !gone[mine.Parent] {
			out = append(out, Update{ID: id, Kind: mine.Kind, Parent: mine.Parent, Name: mine.Name, Outcome: Removed, Touched: c.touched(id)})
		}
	})
	return out
}

// touched reports whether a branch of the clone is not what the source made.
// What the source moved out of it is asked about by itself.
func (c *comparison) touched(id string) bool {
	base, known := c.Bases[id]
	if c.Aside[id] {
		return false
	}
	if !known || c.Worked[id] || len(differing(base.Item, c.mine.items.of(id))) > 0 {
		return true
	}
	return slices.ContainsFunc(c.mine.below[id], func(one string) bool {
		theirs, there := c.theirs.items.get(one)
		if !there {
			return c.touched(one)
		}
		moves, changed := c.part(coproduction.Part{Field: coproduction.FieldParent}, c.Bases[one].Item, theirs, c.mine.items.of(one))
		return !changed || moves.Conflict
	})
}
