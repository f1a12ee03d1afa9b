package lineage

import (
	"bytes"
	"crypto/sha256"
	"iter"
	"slices"
)

// Pages goes through the items of a tree in its order, some at a time, as often
// as it is asked.
type Pages = iter.Seq2[[]SourceItem, error]

// sketch is what is in memory of a tree that is read page by page: how its
// items stand, and of what they say a mark.
type sketch struct {
	items  []SourceItem // without texts
	marks  map[string]mark
	digest string // as of [SourceProcess.Digest]
}

// mark is what an item says, wherever it stands, as a hash.
type mark [sha256.Size]byte

func markOf(it SourceItem) mark {
	var b bytes.Buffer
	it.Position = 0
	CanonicalTo(&b, it.said())
	return sha256.Sum256(b.Bytes())
}

// names are ids, each kept once: in trees that are read page by page each is read
// many times, and is as long as an address.
type names map[string]string

func (n names) of(id string) string {
	one, known := n[id]
	if !known {
		n[id], one = id, id
	}
	return one
}

func (n names) all(ids []string) []string {
	for i := range ids {
		ids[i] = n.of(ids[i])
	}
	return ids
}

// outline is an outline with names that are kept once.
func (n names) outline(it SourceItem) SourceItem {
	out := it.outline()
	out.ID, out.Parent, out.Prerequisites = n.of(it.ID), n.of(it.Parent), n.all(slices.Clone(it.Prerequisites))
	return out
}

func sketchOf(tree Pages) (*sketch, error) {
	s := new(sketch)
	return s, s.read(tree, names{})
}

func (s *sketch) read(tree Pages, known names) error {
	sum := NewDigester()
	s.marks = map[string]mark{}
	for items, err := range tree {
		if err != nil {
			return err
		}
		sum.Add(items...)
		for _, it := range items {
			one := known.outline(it)
			s.items = append(s.items, one)
			s.marks[one.ID] = markOf(it)
		}
	}
	s.digest = sum.Sum()
	return nil
}

// differing are the items that two trees do not say alike, those that one of
// them has alone, and those below which not the same stand in the same order.
func (s *sketch) differing(marks map[string]mark, below map[string][]string) map[string]bool {
	out, mine := map[string]bool{}, branchesOf(s.items).below
	for id, m := range s.marks {
		if other, there := marks[id]; !there || other != m || !slices.Equal(mine[id], below[id]) {
			out[id] = true
		}
	}
	for id := range marks {
		if _, there := s.marks[id]; !there {
			out[id] = true
		}
	}
	return out
}

// fill reads some of the items whole. Errors: errMoved if the tree is not any
// more what it was.
func (s *sketch) fill(tree Pages, whole map[string]bool) error {
	at := map[string]int{}
	for i, it := range s.items {
		if whole[it.ID] {
			at[it.ID] = i
		}
	}
	if len(at) == 0 {
		return nil
	}
	for items, err := range tree {
		if err != nil {
			return err
		}
		for _, it := range items {
			if i, wanted := at[it.ID]; wanted {
				s.items[i] = it
				delete(at, it.ID)
			}
		}
		if len(at) == 0 {
			return nil
		}
	}
	return errMoved
}

// since is [Since] of trees that are read page by page: whole in memory is what
// changed.
func since(before Pages, now *sketch, again Pages) ([]Pending, error) {
	was, err := sketchOf(before)
	if err != nil {
		return nil, err
	}
	whole := now.differing(was.marks, branchesOf(was.items).below)
	if err := was.fill(before, whole); err != nil {
		return nil, err
	}
	if err := now.fill(again, whole); err != nil {
		return nil, err
	}
	return Since(was.items, now.items), nil
}
