package lineage

import (
	"cmp"
	"hash/maphash"
	"strings"
)

// register has the ids of items, each in memory once in however many outlines it
// stands: those that are compared share one. What nearly all of them begin with,
// as they are addresses on one node, is there once. Ids go by their number.
type register struct {
	base  string   // that ids begin with which are kept without it
	ids   []string // as kept
	table []int32  // where an id is looked for: its number and 1, or 0; never full
	seed  maphash.Seed
}

// elsewhere begins the ids that do not begin with the base: no id of a sound
// source has it.
const elsewhere = "\x00"

func newRegister(base string) *register {
	return &register{base: base, table: make([]int32, 16), seed: maphash.MakeSeed()}
}

// kept is an id as it is kept.
func (r *register) kept(id string) string {
	if rest, ours := strings.CutPrefix(id, r.base); ours && !strings.HasPrefix(rest, elsewhere) {
		return rest
	}
	return elsewhere + id
}

// id is the id with a number.
func (r *register) id(n int32) string {
	if id, foreign := strings.CutPrefix(r.ids[n], elsewhere); foreign {
		return id
	}
	return r.base + r.ids[n]
}

// compare orders two ids.
func (r *register) compare(a, b int32) int {
	if strings.HasPrefix(r.ids[a], elsewhere) == strings.HasPrefix(r.ids[b], elsewhere) {
		return cmp.Compare(r.ids[a], r.ids[b])
	}
	return cmp.Compare(r.id(a), r.id(b))
}

// find is the number of an id; -1 if it has none.
func (r *register) find(id string) int32 {
	return r.table[r.place(r.kept(id))] - 1
}

// add is the number of an id, which has one from now on.
func (r *register) add(id string) int32 {
	if len(r.ids) == 0 && r.base == "" { // as the first begins, most do
		r.base = strings.Clone(id[:strings.LastIndexByte(id, '/')+1])
	}
	one := r.kept(id)
	at := r.place(one)
	if r.table[at] > 0 {
		return r.table[at] - 1
	}
	r.ids = append(r.ids, strings.Clone(one)) // not the page that it was read from
	n := int32(len(r.ids))
	r.table[at] = n
	if len(r.ids)*4 > len(r.table)*3 {
		r.table = make([]int32, 2*len(r.table))
		for i, id := range r.ids {
			r.table[r.place(id)] = int32(i) + 1
		}
	}
	return n - 1
}

// place is where an id stands in the table, or would.
func (r *register) place(kept string) int {
	last := len(r.table) - 1
	at := int(maphash.String(r.seed, kept)) & last
	for n := r.table[at]; n > 0 && r.ids[n-1] != kept; n = r.table[at] {
		at = (at + 1) & last
	}
	return at
}
