package lineage

import (
	"bytes"
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"hash/maphash"
	"strings"

	"interlink/domain"
)

// names keeps ids of items by number, from 0. What nearly all of them begin with,
// as they are addresses on one node, is there once, and of the UUID that nearly
// always follows the 16 bytes; what is none stands beside.
type names struct {
	base   string // that ids begin with which are kept without it
	uuids  [][16]byte
	others []string // by the last four bytes where uuids has none
}

// name is an id as it is kept: a UUID behind the base, or what else it is.
type name struct {
	uuid  [16]byte // zero for others
	other string
}

// elsewhere begins the ids that do not begin with the base: no id of a sound
// source has it.
const elsewhere = "\x00"

// isUUID reports whether these are the bytes of a UUID: of version 0 there is none.
func isUUID(b [16]byte) bool { return b[6]>>4 > 0 }

// name is an id as it is kept.
func (l *names) name(id string) name {
	rest, ours := strings.CutPrefix(id, l.base)
	if !ours || strings.HasPrefix(rest, elsewhere) {
		return name{other: elsewhere + id}
	}
	if uuid, ok := domain.ID(rest).Bytes(); ok && isUUID(uuid) {
		return name{uuid: uuid}
	}
	return name{other: rest}
}

// add keeps one more.
func (l *names) add(one name) {
	if !isUUID(one.uuid) {
		binary.BigEndian.PutUint32(one.uuid[12:], uint32(len(l.others)))
		l.others = append(l.others, strings.Clone(one.other)) // not the page that it was read from
	}
	l.uuids = append(l.uuids, one.uuid)
}

// at is the one with a number.
func (l *names) at(n int32) name {
	uuid := l.uuids[n]
	if isUUID(uuid) {
		return name{uuid: uuid}
	}
	return name{other: l.others[binary.BigEndian.Uint32(uuid[12:])]}
}

// id is the id with a number.
func (l *names) id(n int32) string {
	one := l.at(n)
	if isUUID(one.uuid) {
		return l.base + string(domain.IDOf(one.uuid))
	}
	if id, foreign := strings.CutPrefix(one.other, elsewhere); foreign {
		return id
	}
	return l.base + one.other
}

// compare orders two ids.
func (l *names) compare(a, b int32) int {
	if x, y := &l.uuids[a], &l.uuids[b]; isUUID(*x) && isUUID(*y) {
		return bytes.Compare(x[:], y[:])
	}
	return cmp.Compare(l.id(a), l.id(b))
}

// register has the ids of items, each in memory once in however many outlines it
// stands: those that are compared share one. Ids go by their number.
type register struct {
	names
	table []int32 // where an id is looked for: its number and 1, or 0; never full
	seed  maphash.Seed
	key   [16]byte // of marks
}

func newRegister(base string) *register {
	r := &register{names: names{base: base}, table: make([]int32, 16), seed: maphash.MakeSeed()}
	_, _ = rand.Read(r.key[:]) // it never fails
	return r
}

// find is the number of an id; -1 if it has none.
func (r *register) find(id string) int32 {
	return r.table[r.place(r.name(id))] - 1
}

// add is the number of an id, which has one from now on.
func (r *register) add(id string) int32 {
	if len(r.uuids) == 0 && r.base == "" { // as the first begins, most do
		r.base = strings.Clone(id[:strings.LastIndexByte(id, '/')+1])
	}
	one := r.name(id)
	at := r.place(one)
	if r.table[at] > 0 {
		return r.table[at] - 1
	}
	r.names.add(one)
	n := int32(len(r.uuids))
	r.table[at] = n
	if len(r.uuids)*4 > len(r.table)*3 {
		r.table = make([]int32, 2*len(r.table))
		for i := range n {
			r.table[r.place(r.at(i))] = i + 1
		}
	}
	return n - 1
}

// place is where an id stands in the table, or would.
func (r *register) place(one name) int {
	last := len(r.table) - 1
	at := int(maphash.Comparable(r.seed, one)) & last
	for n := r.table[at]; n > 0 && r.at(n-1) != one; n = r.table[at] {
		at = (at + 1) & last
	}
	return at
}

// mark is what an item says, wherever it stands, as the beginning of a hash. Its key
// is of the register, and told to nobody: who would have two items taken for the
// same had to try 2^64 of them here.
type mark [8]byte

func (r *register) mark(it SourceItem) mark {
	b := bytes.NewBuffer(r.key[:len(r.key):len(r.key)])
	it.Position = 0
	CanonicalTo(b, it.said())
	sum := sha256.Sum256(b.Bytes())
	return mark(sum[:])
}

// put puts a value in its place of a list, which grows as it must.
func put[T any](list []T, at int32, value T) []T {
	if short := int(at) + 1 - len(list); short > 0 {
		list = append(list, make([]T, short)...)
	}
	list[at] = value
	return list
}
