package coproduction

import (
	"slices"

	"interlink/domain"
	"interlink/domain/policy"
)

// Place is an item of a process with all below it, or the whole tree, as the
// policy sees it.
type Place struct {
	*Process
	Tree *Tree     // may be nil for the whole tree
	Item domain.ID // "" for the whole tree
}

// PolicyKind answers [policy.Facts].
func (x Place) PolicyKind() string { return "item" }

// PolicyRelation answers [policy.Facts]: what the actor's rights there amount
// to. Who may manage a place is its administrator.
func (x Place) PolicyRelation(a domain.ActorID) policy.Relation {
	return x.Rights(a).relation()
}

// Rights are what an actor may do there.
func (x Place) Rights(a domain.ActorID) Rights { return x.rights(a, x.path()) }

// path leads from "", the whole process, down to the place.
func (x Place) path() []domain.ID {
	path := []domain.ID{""}
	if x.Tree != nil {
		path = append(path, x.Tree.path(x.Item)...)
	}
	return path
}

// path leads from a phase down to an item; empty for an unknown one.
func (t *Tree) path(id domain.ID) []domain.ID {
	var path []domain.ID
	for i, ok := t.index[id]; ok; i, ok = t.index[t.items[i].Parent] {
		path = append(path, t.items[i].ID)
	}
	slices.Reverse(path)
	return path
}

// within is a place as its people see it: what is in it is never public,
// as the names of those who made it and its resources.
type within struct{ Place }

func (within) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }

// Inside reports whether the viewer may see what is not public there.
func (x Place) Inside(v policy.Viewer) bool { return policy.Allow(v, policy.Read, within{x}) == nil }

// open are the kinds of events that tell nothing but what everybody sees of a
// public process; the rest of its history is for those inside.
var open = []domain.EventKind{ProcessStarted, ProcessUpdated, ItemAdded, ItemEdited, ItemMoved, ItemDisabled, ItemRestored, TaskStatusChanged}

// Knows reports whether the viewer may know of an event of the process: of one
// that tells of an item whoever may see inside that, of another whoever may see
// inside the whole.
func (p *Process) Knows(v policy.Viewer, t *Tree, e domain.Event) bool {
	if p.Visibility == domain.VisiblePublic && slices.Contains(open, e.Kind) {
		return policy.Allow(v, policy.Read, p) == nil
	}
	return Place{p, t, e.Part}.Inside(v)
}

// Known lists the grants that a viewer may know of: of the whole process all,
// of an item those that hold there. Whoever sees only branches learns of the
// grants in them. Errors: NotFound for who may not see what is inside.
func (x Place) Known(v policy.Viewer, page domain.Page) (domain.List[Grant], error) {
	var known []Grant
	whole := inside(v, x.Process)
	if !whole && (x.Item == "" || !x.Inside(v)) {
		return domain.List[Grant]{}, domain.Fail(domain.NotFound, "error.not_found")
	}
	for _, g := range x.Grants {
		there := Place{x.Process, x.Tree, g.Item}
		if (x.Item == "" || slices.Contains(x.path(), g.Item)) && (whole || g.Item != "" && there.Inside(v)) {
			known = append(known, g)
		}
	}
	from := 0
	if page.After != "" {
		from = 1 + slices.IndexFunc(known, func(g Grant) bool { return g.cursor() == page.After })
		if from == 0 {
			return domain.List[Grant]{}, domain.InvalidField("after", "error.cursor")
		}
	}
	list := domain.List[Grant]{Items: known[from:min(from+page.Size(), len(known))], Total: len(known)}
	if end := from + len(list.Items); end < len(known) {
		list.Next = known[end-1].cursor()
	}
	return list, nil
}

func (g Grant) cursor() string { return string(g.Grantee) + "." + string(g.Item) }

// Workers lists who may work there: administrators, and the grantees, each
// once. Of a team those of its members may for whom nothing else holds.
func (x Place) Workers() []domain.ActorID {
	all := slices.Clone(x.Administrators)
	path := x.path()
	for _, g := range x.Grants {
		if slices.Contains(all, g.Grantee) {
			continue
		}
		if (share{g.Grantee, x.grantsOf(g.Grantee)}).along(path).Has(MayCreate) {
			all = append(all, g.Grantee)
		}
	}
	return all
}

// grantsOf are those of one grantee, by where they are.
func (p *Process) grantsOf(grantee domain.ActorID) map[domain.ID]Grant {
	at := map[domain.ID]Grant{}
	for _, g := range p.Grants {
		if g.Grantee == grantee {
			at[g.Item] = g
		}
	}
	return at
}

// insider is a process as those see it who see all of it: its people and its
// history.
type insider struct{ *Process }

func (insider) PolicyVisibility() domain.Visibility { return domain.VisibleMembers }

func (x insider) PolicyRelation(a domain.ActorID) policy.Relation {
	if !x.whole(a) {
		return policy.Stranger
	}
	return max(policy.Member, x.Process.PolicyRelation(a))
}

// Whole returns what the policy asks of a process for what concerns all of it,
// as its log: those who see only branches are strangers to that.
func (p *Process) Whole() policy.Facts { return insider{p} }

// Inside reports whether the viewer takes part in the whole of a process: sees
// its people and its history.
func (s *Service) Inside(v policy.Viewer, p *Process) bool { return inside(v, p) }

// inside reports whether the viewer may see what is not public anywhere in a
// process.
func inside(v policy.Viewer, p *Process) bool {
	return policy.Allow(v, policy.Read, insider{p}) == nil
}

// insideOf lists the items in which the viewer may see what is not public.
func (p *Process) insideOf(v policy.Viewer, t *Tree) []domain.ID {
	shares := p.shares(v.Actor)
	held := make([][]Rights, len(shares))
	for i, s := range shares {
		held[i] = make([]Rights, len(t.items))
		root := s.along([]domain.ID{""})
		for n, it := range t.items { // parents come before their children
			above := root
			if it.Parent != "" {
				above = held[i][t.index[it.Parent]]
			}
			held[i][n] = above
			if g, ok := s.at[it.ID]; ok {
				held[i][n] = g.over(above)
			}
		}
	}
	ids := []domain.ID{}
	for n, it := range t.items {
		for i := range held {
			if held[i][n].Has(MayView) {
				ids = append(ids, it.ID)
				break
			}
		}
	}
	return ids
}

// Seen returns the tree as a viewer may see it. Of a process that is not
// public, who may see only branches sees them, and of what is above them the
// names alone; statuses and dates above are then those of the branches.
func (p *Process) Seen(v policy.Viewer, t *Tree) *Tree {
	if !p.Hides(v) {
		return t
	}
	sees := map[domain.ID]bool{}
	for _, id := range p.insideOf(v, t) {
		sees[id] = true
	}
	above := map[domain.ID]bool{}
	for id := range sees {
		for _, a := range t.path(id) {
			above[a] = true
		}
	}
	var items []Item
	for _, it := range t.items {
		switch {
		case sees[it.ID]:
			it.Prerequisites = slices.DeleteFunc(slices.Clone(it.Prerequisites), func(id domain.ID) bool { return !sees[id] })
			items = append(items, it)
		case above[it.ID]:
			items = append(items, Item{
				ID: it.ID, Parent: it.Parent, Kind: it.Kind, Position: it.Position, Name: it.Name,
				DisabledAt: it.DisabledAt, Revision: it.Revision,
			})
		}
	}
	seen, err := NewTree(items)
	if err != nil {
		panic(err) // a part of a sound tree that has all parents is one
	}
	return seen
}

// hidden returns those of some items that the viewer does not see: no form of
// theirs has them.
func (p *Process) hidden(v policy.Viewer, t *Tree, items []domain.ID) []domain.ID {
	if len(items) == 0 || !p.Hides(v) {
		return nil
	}
	seen := p.insideOf(v, t)
	return slices.DeleteFunc(slices.Clone(items), func(id domain.ID) bool { return slices.Contains(seen, id) })
}

// Hides reports whether there is anything in the tree that the viewer, who
// may read the process, may not see.
func (p *Process) Hides(v policy.Viewer) bool {
	return p.Visibility != domain.VisiblePublic && !inside(v, p)
}

// veiled returns the process as the viewer may see it: how far the whole of
// it is, is not told to whom it hides something.
func (p *Process) veiled(v policy.Viewer) *Process {
	if p.Hides(v) {
		p.Status, p.Tasks, p.Finished = Awaiting, 0, 0
	}
	return p
}
