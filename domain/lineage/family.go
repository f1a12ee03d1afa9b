package lineage

import (
	"cmp"
	"slices"
	"strings"

	"interlink/domain"
)

// The bounds of a lineage.
const (
	MaxKin      = 2_000 // processes
	MaxDistance = 12    // steps from the process whose lineage it is
)

// Placed is a process in its place in a lineage.
type Placed struct {
	Kin
	Place    int // in the order of the tree, from 0
	Parent   int // place of its source; -1 for the top
	Depth    int // steps below the top
	Self     bool
	Circle   bool // the top names a process below itself as its source: there the tree ends
	Children int  // that are in the tree
	Standing Standing

	Title  domain.Text // as it is called, or was by a clone; nil if that is not known, or not for everybody
	Digest string      // of its tree, as it was known last: by itself, or by a clone; "" for none
}

// Family is the lineage of a process across nodes: a tree in its order, a
// source before its clones.
type Family []Placed

// NewFamily makes the tree around a process of what is known of others. Whatever
// they say, in which order they come, and however they go round: each stands
// in it once, in one place, and it ends. A process stands below another if it
// says itself that it comes from there, and that one lists it, or its people
// stamped it, or it is one from which self descends; one that says nothing, or
// cannot be read, stands below who lists it.
func NewFamily(self domain.IRI, kin []Kin) Family {
	f := gather(kin)
	if f.known[self] == nil {
		f.known[self] = &Kin{IRI: self}
	}
	line, circle := f.ascend(self)
	below := f.below(line)
	var out Family
	placed := map[domain.IRI]bool{}
	var place func(k *Kin, parent, depth int)
	place = func(k *Kin, parent, depth int) {
		if placed[k.IRI] || len(out) >= MaxKin || depth > 2*MaxDistance {
			return
		}
		placed[k.IRI] = true
		here := len(out)
		one := Placed{Kin: *k, Place: here, Parent: parent, Depth: depth, Self: k.IRI == self, Circle: parent < 0 && circle}
		if parent >= 0 {
			one.Standing = standing(k.Known, out[parent].Known)
		}
		out = append(out, one)
		if parent >= 0 {
			out[parent].Children++
		}
		for _, child := range below[k.IRI] {
			place(child, here, depth+1)
		}
	}
	place(line[len(line)-1], -1, 0)
	if !placed[self] { // it is in the line: only the bounds could leave it out
		place(f.known[self], -1, 0)
	}
	out.remember()
	return out
}

// remember gives each what it was known by last; of one that vanished, its
// clones tell.
func (f Family) remember() {
	for i := range f {
		if p := &f[i]; p.Known != nil {
			p.Title, p.Digest = p.Known.Title, p.Known.Digest
		}
	}
	for i := range f {
		p := &f[i]
		if p.Parent < 0 || p.Known == nil || p.Known.From == nil || p.Known.From.Source != f[p.Parent].IRI {
			continue
		}
		source, from := &f[p.Parent], p.Known.From
		if source.Title == nil && source.State != KinHidden && from.Title != "" {
			source.Title = domain.Text{domain.Undetermined: from.Title}
		}
		if source.Digest == "" {
			source.Digest = from.Digest
		}
	}
}

// gathered is what is known, by address.
type gathered struct{ known map[domain.IRI]*Kin }

// gather takes each process once; of several the one that was read last.
func gather(kin []Kin) gathered {
	g := gathered{make(map[domain.IRI]*Kin, len(kin))}
	for i := range kin {
		k := &kin[i]
		if k.IRI == "" {
			continue
		}
		before := g.known[k.IRI]
		if before == nil || later(k, before) {
			g.known[k.IRI] = k
		}
	}
	return g
}

// later orders what is said of one process twice, whichever comes first.
func later(a, b *Kin) bool {
	if c := a.Seen.Compare(b.Seen); c != 0 {
		return c > 0
	}
	return cmp.Or(cmp.Compare(a.Distance, b.Distance), strings.Compare(string(a.Via), string(b.Via)), strings.Compare(string(a.source()), string(b.source()))) < 0
}

// ascend goes from a process to the top: itself first. circle says that the
// top names one of them as its source.
func (g gathered) ascend(self domain.IRI) (line []*Kin, circle bool) {
	seen := map[domain.IRI]bool{}
	for k := g.known[self]; k != nil && len(line) <= MaxDistance; k = g.known[k.source()] {
		if seen[k.IRI] {
			return line, true
		}
		seen[k.IRI] = true
		line = append(line, k)
	}
	return line, false
}

// below finds the clones of each process, in an order that does not depend on
// who was read first: those that are confirmed before others.
func (g gathered) below(line []*Kin) map[domain.IRI][]*Kin {
	descends := map[domain.IRI]bool{}
	for _, k := range line {
		descends[k.IRI] = true
	}
	out := map[domain.IRI][]*Kin{}
	for _, k := range g.known {
		if source := k.source(); source != "" && source != k.IRI && (k.Via == source || k.confirmed() != nil || descends[k.IRI]) {
			out[source] = append(out[source], k)
		}
	}
	for _, clones := range out {
		slices.SortFunc(clones, func(a, b *Kin) int {
			if first, second := a.confirmed() != nil, b.confirmed() != nil; first != second {
				if first {
					return -1
				}
				return 1
			}
			return strings.Compare(string(a.IRI), string(b.IRI))
		})
	}
	return out
}

// Confirmed is the stamp by which the people of its source confirm the place of
// a process; nil if it, or who lists it, alone says so.
func (p *Placed) Confirmed() *Stamp { return p.confirmed() }

// Nodes counts the hosts of a lineage.
func (f Family) Nodes() int {
	hosts := map[string]bool{}
	for i := range f {
		hosts[f[i].IRI.Host()] = true
	}
	return len(hosts)
}
