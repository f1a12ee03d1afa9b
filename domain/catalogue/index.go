package catalogue

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"interlink/domain"
)

// Index finds entries by their facets and weighs them for tasks. It keeps a
// card of each, never its texts: some 1,200 bytes of one in two languages. It is
// not safe for use while it changes.
type Index struct {
	places   []place
	at       map[domain.ID]int32
	numbered []int32 // place by number; -1 for none
	order    []int32 // places by name, but for those that came since
	came     []int32
	listed   int // Interlinkers that may be recommended
	gone     int // places that nothing is at any more

	values  []Value // by the number that stands for one
	valueOf map[Value]int32
	hosts   map[string]string
	hidden  map[string]bool

	byCode map[string][]int32 // listed Interlinkers by problem
	byRoot map[string][]int32 // what is listed, twice its place, and one more if its name has the root
}

// place holds a card.
type place struct {
	id                      domain.ID
	number                  int64
	came                    int64 // microseconds since 1970
	kind                    Kind
	host, sort              string
	shown, withdrawn, there bool
	lead, listed            bool
	values                  []int32
	problems                int
	uses                    int
	rating                  float32
	ratings                 int32
}

// NewIndex makes an index of entries.
func NewIndex(entries []*Entry) *Index {
	x := &Index{
		at: map[domain.ID]int32{}, valueOf: map[Value]int32{}, hosts: map[string]string{}, byCode: map[string][]int32{}, byRoot: map[string][]int32{},
	}
	for i, e := range entries {
		c := cardOf(e)
		c.Number = int64(i)
		x.Put(c)
	}
	x.Sort()
	return x
}

// Put adds cards, or takes them for those of the same entries.
func (x *Index) Put(cards ...Card) {
	for _, c := range cards {
		if old, ok := x.at[c.ID]; ok {
			x.remove(old)
		}
		if !c.Gone {
			x.add(c)
		}
	}
	if x.gone > 1000 && x.gone > len(x.places)/4 {
		x.tidy()
	}
}

// Hide leaves out what comes from these hosts.
func (x *Index) Hide(hosts map[string]bool) { x.hidden = hosts }

func (x *Index) remove(at int32) {
	p := &x.places[at]
	delete(x.at, p.id)
	if p.number < int64(len(x.numbered)) {
		x.numbered[p.number] = -1
	}
	if p.listed && p.kind == KindInterlinker {
		x.listed--
	}
	p.there, p.listed, p.values = false, false, nil
	x.gone++
}

func (x *Index) add(c Card) {
	at := int32(len(x.places))
	host, known := x.hosts[c.Host]
	if !known {
		host = strings.Clone(c.Host)
		x.hosts[host] = host
	}
	p := place{
		id: c.ID, number: c.Number, came: c.Came.UnixMicro(), kind: c.Kind, host: host, sort: c.Sort, shown: c.Shown, withdrawn: c.Withdrawn, there: true,
		lead: c.Lead, listed: c.listed(), uses: c.Uses, rating: float32(c.Rating), ratings: int32(min(c.Ratings, 1<<30)), values: make([]int32, len(c.Values)),
	}
	tool := p.listed && p.kind == KindInterlinker
	if tool {
		x.listed++
	}
	for i, v := range c.Values {
		n, known := x.valueOf[v]
		if !known {
			n = int32(len(x.values))
			x.values = append(x.values, v)
			x.valueOf[v] = n
		}
		p.values[i] = n
		if v.Facet == FacetProblem {
			p.problems++
			if tool {
				code := x.values[n].Value
				x.byCode[code] = append(x.byCode[code], at)
			}
		}
	}
	if p.listed {
		named := make(map[string]bool, len(c.Name))
		for _, root := range c.Name {
			named[root] = true
			x.byRoot[root] = append(x.byRoot[root], at<<1|1)
		}
		for _, root := range c.Other {
			if !named[root] {
				x.byRoot[root] = append(x.byRoot[root], at<<1)
			}
		}
	}
	x.places = append(x.places, p)
	x.at[p.id] = at
	for int64(len(x.numbered)) <= c.Number {
		x.numbered = append(x.numbered, -1)
	}
	x.numbered[c.Number] = at
	x.came = append(x.came, at)
}

// tidy gives the room of what is gone free.
func (x *Index) tidy() {
	moved := make([]int32, len(x.places))
	kept := x.places[:0]
	for i, p := range x.places {
		moved[i] = -1
		if p.there {
			moved[i] = int32(len(kept))
			x.at[p.id], x.numbered[p.number] = moved[i], moved[i]
			kept = append(kept, p)
		}
	}
	clear(x.places[len(kept):])
	x.places, x.gone, x.order, x.came = kept, 0, nil, nil
	for i := range kept {
		x.came = append(x.came, int32(i))
	}
	squeeze(x.byCode, moved, 0)
	squeeze(x.byRoot, moved, 1)
}

// squeeze renames the places of a list, whose lowest bits say something else.
func squeeze(lists map[string][]int32, moved []int32, bits int) {
	for key, list := range lists {
		kept := list[:0]
		for _, entry := range list {
			if to := moved[entry>>bits]; to >= 0 {
				kept = append(kept, to<<bits|entry&(1<<bits-1))
			}
		}
		if lists[key] = kept; len(kept) == 0 {
			delete(lists, key)
		}
	}
}

// Sort puts what came since into the order of names. It changes the index.
func (x *Index) Sort() {
	gone := func(i int32) bool { return !x.places[i].there }
	before := func(a, b int32) int {
		return cmp.Or(strings.Compare(x.places[a].sort, x.places[b].sort), cmp.Compare(x.places[a].id, x.places[b].id))
	}
	came := slices.DeleteFunc(x.came, gone)
	slices.SortFunc(came, before)
	merged := make([]int32, 0, len(x.order)+len(came))
	for _, i := range x.order {
		if gone(i) {
			continue
		}
		for len(came) > 0 && before(came[0], i) < 0 {
			merged, came = append(merged, came[0]), came[1:]
		}
		merged = append(merged, i)
	}
	x.order, x.came = append(merged, came...), nil
}

// seen reports whether a place is to be shown to anybody.
func (x *Index) seen(p *place) bool { return p.there && p.shown && !x.hidden[p.host] }

// useful reports whether an Interlinker may be recommended.
func (x *Index) useful(p *place) bool {
	return p.listed && p.kind == KindInterlinker && !x.hidden[p.host]
}

// has reports whether a place has a value.
func (x *Index) has(p *place, facet, value string) bool {
	n, known := x.valueOf[Value{facet, value}]
	return known && slices.Contains(p.values, n)
}

// reaches reports whether it is made for these people, or for some of them.
func (x *Index) reaches(p *place, audience string) bool {
	return audience != "" && slices.ContainsFunc(p.values, func(n int32) bool {
		v := x.values[n]
		return v.Facet == FacetAudience && within(audience, v.Value)
	})
}

// within reports whether people are all or some of an audience.
func within(audience, people string) bool {
	return people == audience || strings.HasPrefix(people, audience+";")
}

// rarity weighs what n of the Interlinkers have: the fewer, the more.
func (x *Index) rarity(n int) float64 {
	return math.Log(1 + float64(max(1, x.listed))/float64(max(1, n)))
}

// ranking picks the best of what is offered, up to a number of them.
type ranking struct {
	most  int
	after func(scored) bool // whether it comes after where an earlier page ended
	best  []scored
	total int
}

// scored is a place with its score, and what decides between equal ones.
type scored struct {
	at    int32
	score float64
}

func (x *Index) before(a, b scored) bool {
	p, q := &x.places[a.at], &x.places[b.at]
	return cmp.Or(cmp.Compare(b.score, a.score), strings.Compare(p.host, q.host), strings.Compare(p.sort, q.sort), cmp.Compare(p.id, q.id)) < 0
}

func (x *Index) offer(r *ranking, s scored) {
	r.total++
	if r.after != nil && !r.after(s) {
		return
	}
	if len(r.best) == r.most {
		if !x.before(s, r.best[r.most-1]) {
			return
		}
		r.best = r.best[:r.most-1]
	}
	i, _ := slices.BinarySearchFunc(r.best, s, func(a, b scored) int {
		if x.before(a, b) {
			return -1
		}
		return 1
	})
	r.best = slices.Insert(r.best, i, s)
}
