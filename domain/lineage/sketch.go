package lineage

import (
	"iter"
	"slices"
)

// Pages goes through the items of a tree in its order, some at a time, as often
// as it is asked.
type Pages = iter.Seq2[[]SourceItem, error]

// sketch is what is in memory of a tree that is read page by page and compared:
// its outline, of what each item says a mark, and whole what turned out to
// differ.
type sketch struct {
	*Outline
	marks  []mark // by place in the register
	whole  map[string]SourceItem
	digest string // as of [SourceProcess.Digest]
}

// sketchOf reads a tree.
func sketchOf(tree Pages, ids *register) (*sketch, error) {
	o := outlineIn(ids)
	s, err := sketchIn(o, func(yield func([]SourceItem, error) bool) {
		for items, err := range tree {
			o.add(items...)
			if !yield(items, err) {
				return
			}
		}
	})
	o.stand()
	return s, err
}

// sketchIn reads what the items of an outline say. Errors: errMoved if some are not
// there any more.
func sketchIn(o *Outline, tree Pages) (*sketch, error) {
	s, sum, read := &sketch{Outline: o, whole: map[string]SourceItem{}}, NewDigester(), 0
	for items, err := range tree {
		if err != nil {
			return nil, err
		}
		sum.Add(items...)
		read += len(items)
		for _, it := range items {
			s.marks = put(s.marks, o.register.add(it.ID), o.register.mark(it))
		}
	}
	if read != o.Len() {
		return nil, errMoved
	}
	s.digest = sum.Sum()
	return s, nil
}

// markOf is what an item says.
func (s *sketch) markOf(n int32) mark { return s.marks[s.ids[n]] }

// fill reads some of the items whole. Errors: errMoved if the tree is not any
// more what it was.
func (s *sketch) fill(tree Pages, more map[string]bool) error {
	wanted := 0
	for id := range more {
		if _, there := s.number(id); there {
			wanted++
		}
	}
	if wanted == 0 {
		return nil
	}
	for items, err := range tree {
		if err != nil {
			return err
		}
		for _, it := range items {
			if more[it.ID] {
				s.whole[it.ID] = it
				wanted--
			}
		}
		if wanted == 0 {
			return nil
		}
	}
	return errMoved
}

// some are those of the items that are in a set.
func (s *sketch) some(set map[string]bool) []SourceItem {
	out := make([]SourceItem, 0, len(set))
	for n := range int32(s.Len()) {
		if id := s.id(n); set[id] {
			it, whole := s.whole[id]
			if !whole {
				it = s.item(n)
			}
			out = append(out, it)
		}
	}
	return out
}

// differing are the items that two trees do not say alike, those that one of
// them has alone, and those below which not the same stand in the same order.
func (s *sketch) differing(was *sketch) map[string]bool {
	out := map[string]bool{}
	for n := range int32(s.Len()) {
		id := s.id(n)
		old, there := was.number(id)
		if !there || was.markOf(old) != s.markOf(n) || !slices.Equal(was.orderBelow(id), s.orderBelow(id)) {
			out[id] = true
		}
	}
	for n := range int32(was.Len()) {
		if _, there := s.number(was.id(n)); !there {
			out[was.id(n)] = true
		}
	}
	return out
}

// since is [Since] of trees that are read page by page: in memory are their
// sketches, and of what changed, what is below that and above.
func since(before Pages, now *sketch, again Pages) ([]Pending, error) {
	was, err := sketchOf(before, now.register)
	if err != nil {
		return nil, err
	}
	whole := now.differing(was)
	if err := was.fill(before, whole); err != nil {
		return nil, err
	}
	if err := now.fill(again, whole); err != nil {
		return nil, err
	}
	near := map[string]bool{}
	for _, o := range []*Outline{was.Outline, now.Outline} {
		for id := range whole {
			near[id] = true
			include(near, o.orderBelow(id)...)
		}
	}
	was.addAbove(near)
	now.addAbove(near)
	return Since(was.some(near), now.some(near)), nil
}

func include(set map[string]bool, ids ...string) {
	for _, id := range ids {
		set[id] = true
	}
}
