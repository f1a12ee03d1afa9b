package catalogue

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/policy"
)

// wanted are the values that a filter asks for, by facet; of several values of
// one facet one is enough.
func (f Filter) wanted() map[string][]string {
	out := map[string][]string{}
	add := func(facet string, values ...string) {
		for _, v := range values {
			switch {
			case v == "":
				continue
			case facet == FacetProblem:
				v = strings.ToUpper(v)
			case facet == FacetOrigin && v == "local":
				v = ""
			}
			out[facet] = append(out[facet], v)
		}
	}
	add(FacetNature, string(f.Nature))
	add(FacetProblem, f.Problem)
	add(FacetLanguage, string(f.Language))
	add(FacetDifficulty, f.Difficulty)
	add(FacetLicence, f.Licence)
	add(FacetOrigin, f.Origin)
	add(FacetTrust, string(f.Trust))
	for facet, values := range f.Any {
		add(facet, values...)
	}
	return out
}

// Found is one page of what an index finds.
type Found struct {
	IDs    []domain.ID
	Total  int
	Next   string
	Facets Facets
}

// maxFacet is how many values of a facet are counted.
const maxFacet = 200

// Find lists what a filter asks for, but for its text: by name, or, with
// matches of the text, the best first. Errors: Invalid for a cursor that is
// none.
func (x *Index) Find(f Filter, text *InText, page domain.Page) (Found, error) {
	size := page.Size()
	rank := ranking{most: size + 1}
	name, err := readCursor(page.After, text != nil)
	if err != nil {
		return Found{}, err
	}
	if name.scored {
		last, there := x.at[name.id]
		rank.after = func(s scored) bool {
			return s.score < name.score || there && s.score == name.score && x.before(scored{last, name.score}, s)
		}
	}
	fits, counts := x.sift(f, text)
	var out Found
	for i, ok := range fits {
		if ok && text != nil {
			x.offer(&rank, scored{int32(i), text.score[i]})
		} else if ok {
			rank.total++
		}
	}
	if text == nil {
		for _, i := range x.order {
			if fits[i] && (page.After == "" || name.before(&x.places[i])) {
				if out.IDs = append(out.IDs, x.places[i].id); len(out.IDs) > size {
					break
				}
			}
		}
	}
	for _, s := range rank.best {
		out.IDs = append(out.IDs, x.places[s.at].id)
	}
	if out.Total = rank.total; len(out.IDs) > size {
		out.IDs = out.IDs[:size]
		last := x.at[out.IDs[size-1]]
		if text != nil {
			out.Next = fmt.Sprintf("%s\x00%s", strconv.FormatFloat(text.score[last], 'g', -1, 64), x.places[last].id)
		} else {
			out.Next = x.places[last].sort + "\x00" + string(x.places[last].id)
		}
		out.Next = base64.RawURLEncoding.EncodeToString([]byte(out.Next))
	}
	out.Facets = x.facets(counts)
	return out, nil
}

// sift says of each place whether a filter asks for it, and counts, for each
// value, the places that have it and that the filter would ask for if nothing
// was said of its facet. The places are read in the order in which they lie:
// that is most of what it costs.
func (x *Index) sift(f Filter, text *InText) (fits []bool, counts []int) {
	fits, counts = make([]bool, len(x.places)), make([]int, len(x.values))
	asked, bits, all := x.asked(f)
	since := int64(math.MinInt64)
	if !f.Since.IsZero() {
		since = f.Since.UnixMicro()
	}
	for i := range x.places {
		p := &x.places[i]
		if text != nil && !text.has[i] || !x.seen(p) || f.Kind != "" && p.kind != f.Kind || !f.Withdrawn && p.withdrawn || !f.Variants && !p.lead || p.came <= since {
			continue
		}
		var met uint16
		for _, n := range p.values {
			met |= asked[n]
		}
		switch missed := all &^ met; {
		case missed == 0:
			fits[i] = true
			for _, n := range p.values {
				counts[n]++
			}
		case missed&(missed-1) == 0: // one facet alone
			for _, n := range p.values {
				if bits[n] == missed {
					counts[n]++
				}
			}
		}
	}
	return fits, counts
}

// asked gives each facet that a filter asks for a bit: of each value, that of
// its facet, and the same if it is wanted, else 0.
func (x *Index) asked(f Filter) (wanted, facet []uint16, all uint16) {
	wanted, facet = make([]uint16, len(x.values)), make([]uint16, len(x.values))
	bitOf := map[string]uint16{}
	for name, values := range f.wanted() {
		if len(bitOf) == 16 {
			break // there are fewer
		}
		bit := uint16(1) << len(bitOf)
		bitOf[name] = bit
		all |= bit
		for _, v := range values {
			if n, known := x.valueOf[Value{name, v}]; known {
				wanted[n] = bit
			}
		}
	}
	for n, v := range x.values {
		facet[n] = bitOf[v.Facet]
	}
	return wanted, facet, all
}

func (x *Index) facets(counts []int) Facets {
	out := Facets{}
	for n, count := range counts {
		if v := x.values[n]; count > 0 && v.Facet != FacetSupports {
			out[v.Facet] = append(out[v.Facet], Facet{v.Value, count})
		}
	}
	for name, values := range out {
		slices.SortFunc(values, func(a, b Facet) int { return cmp.Or(b.Count-a.Count, strings.Compare(a.Value, b.Value)) })
		out[name] = values[:min(len(values), maxFacet)]
	}
	return out
}

// cursor is where a page ends.
type cursor struct {
	sort   string
	score  float64
	scored bool
	id     domain.ID
}

// readCursor reads a cursor, which anybody may have made up.
func readCursor(after string, byScore bool) (cursor, error) {
	if after == "" {
		return cursor{}, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(after)
	first, id, ok := strings.Cut(string(raw), "\x00")
	c := cursor{sort: first, id: domain.ID(id), scored: byScore}
	if byScore && err == nil && ok {
		c.score, err = strconv.ParseFloat(first, 64)
		ok = !math.IsNaN(c.score)
	}
	if err != nil || !ok || !utf8.Valid(raw) || strings.Contains(id, "\x00") {
		return cursor{}, domain.InvalidField("after", "error.cursor").Because(err)
	}
	return c, nil
}

func (c cursor) before(p *place) bool {
	return cmp.Or(strings.Compare(c.sort, p.sort), cmp.Compare(c.id, p.id)) < 0
}

// Looked is a word that is looked for, in all its forms.
type Looked struct {
	Word  string   // as of [Words]; what begins with it is found too
	Roots []string // what is like it, whole
}

// Hit are the numbers of the entries that have a word in a field.
type Hit struct {
	Word    int // index
	Field   Field
	Root    bool // it has one of its roots
	Numbers []int64
}

// weights are what a word counts for in each field.
var weights = [fields]float64{8, 4, 2, 1}

// InText is what the words of a text were found in.
type InText struct {
	has     []bool    // by place
	score   []float64 // by place
	Partly  bool      // nothing has all of the words: these have most of them
	Instead []string  // what the words were taken for, where they are in no entry: "canvsa", "canvas", …
}

// match scores the places that have all of n words, else those that have most
// of them.
func (x *Index) match(hits []Hit, n int) *InText {
	m := &InText{has: make([]bool, len(x.places)), score: make([]float64, len(x.places))}
	has := make([]uint16, len(x.places))
	many := make([]int, n)
	for _, h := range hits {
		many[h.Word] = max(many[h.Word], len(h.Numbers))
	}
	total := float64(max(1, len(x.places)-x.gone))
	for _, h := range hits {
		worth := weights[h.Field] * math.Log(1+total/float64(max(1, many[h.Word])))
		if h.Root {
			worth /= 2 // it is another form, or another word
		}
		for _, number := range h.Numbers {
			if number < 0 || number >= int64(len(x.numbered)) || x.numbered[number] < 0 {
				continue // it came or went a moment ago
			}
			i := x.numbered[number]
			has[i] |= 1 << h.Word
			m.score[i] += worth
		}
	}
	most := 0
	for i, bits := range has {
		if bits != 0 && x.seen(&x.places[i]) {
			most = max(most, count(bits))
		}
	}
	for i, bits := range has {
		m.has[i] = most > 0 && count(bits) >= most
	}
	m.Partly = most > 0 && most < n
	return m
}

func count(bits uint16) int {
	n := 0
	for ; bits != 0; bits &= bits - 1 {
		n++
	}
	return n
}

// maxLooked is how many words of a search count.
const maxLooked = 8

// search finds the words of a text: exactly, by their beginnings and roots,
// and, where nothing has one of them, by what was probably meant. nil if the
// text has no words.
func (s *Service) search(ctx context.Context, text string) (hits []Hit, words []string, instead []string, err error) {
	words = telling(Words(text), maxLooked)
	looked := make([]Looked, len(words))
	for i, w := range words {
		looked[i] = Looked{w, rootsIn(w)}
	}
	if hits, err = s.store.Match(ctx, looked); err != nil {
		return nil, nil, nil, err
	}
	found := map[int]bool{}
	for _, h := range hits {
		found[h.Word] = true
	}
	var again []Looked
	var of []int
	for i, w := range words {
		if found[i] {
			continue
		}
		meant, err := s.meant(ctx, w)
		if err != nil {
			return nil, nil, nil, err
		}
		for _, m := range meant {
			again, of = append(again, Looked{Roots: []string{m}}), append(of, i)
		}
		if len(meant) > 0 {
			instead = append(instead, w, meant[0])
		}
	}
	if len(again) == 0 {
		return hits, words, instead, nil
	}
	more, err := s.store.Match(ctx, again)
	for _, h := range more {
		h.Word = of[h.Word]
		hits = append(hits, h)
	}
	return hits, words, instead, err
}

// maxMeant is how many words are tried for one that no entry has.
const maxMeant = 3

// meant are the known words that a misspelt one stands for, likeliest first.
func (s *Service) meant(ctx context.Context, word string) ([]string, error) {
	if len(word) < shortestRoot+1 {
		return nil, nil
	}
	known, err := s.store.Similar(ctx, word)
	if err != nil {
		return nil, err
	}
	most := 1
	if utf8.RuneCountInString(word) > 7 {
		most = 2
	}
	type guess struct {
		word  string
		apart int
	}
	var guesses []guess
	for _, k := range known {
		n := apart(word, k, most)
		if strings.Contains(k, word) { // a part of a longer one, as in Dutch
			n = min(n, most)
		}
		if n <= most {
			guesses = append(guesses, guess{k, n})
		}
	}
	slices.SortFunc(guesses, func(a, b guess) int {
		return cmp.Or(a.apart-b.apart, len(a.word)-len(b.word), strings.Compare(a.word, b.word))
	})
	var out []string
	for _, g := range guesses[:min(len(guesses), maxMeant)] {
		out = append(out, g.word)
	}
	return out, nil
}

// Results are one page of what was found.
type Results struct {
	domain.List[*Entry]
	Facets  Facets
	Partly  bool     // nothing has all words of the text: these have most of them
	Instead []string // pairs: a word that nothing has, and what it was taken for
}

// Search lists the entries that a filter asks for, by name or, with a text,
// those that it fits best first, and counts what they could be filtered by.
// Errors: Invalid for a cursor that is none.
func (s *Service) Search(ctx context.Context, v policy.Viewer, f Filter, page domain.Page) (Results, error) {
	var hits []Hit
	var words []string
	var out Results
	var err error
	if strings.TrimSpace(f.Text) != "" {
		if hits, words, out.Instead, err = s.search(ctx, f.Text); err != nil {
			return out, err
		}
	}
	var found Found
	err = s.looking(ctx, func(x *Index) error {
		var text *InText
		if strings.TrimSpace(f.Text) != "" {
			text = x.match(hits, len(words))
			out.Partly = text.Partly
		}
		found, err = x.Find(f, text, page)
		return err
	})
	if err != nil {
		return out, err
	}
	out.Facets, out.Total, out.Next = found.Facets, found.Total, found.Next
	out.Items, err = s.inOrder(ctx, v, found.IDs)
	return out, err
}

// inOrder reads entries in the order of their ids, but for those that are not
// there any more.
func (s *Service) inOrder(ctx context.Context, v policy.Viewer, ids []domain.ID) ([]*Entry, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	list, err := s.store.EntriesByID(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[domain.ID]*Entry, len(list))
	for _, e := range list {
		if policy.Allow(v, policy.Read, e) == nil {
			byID[e.ID] = e
		}
	}
	var out []*Entry
	for _, id := range ids {
		if e := byID[id]; e != nil {
			out = append(out, e)
		}
	}
	return out, nil
}

// Find is [Service.Search] without what is told of the text.
func (s *Service) Find(ctx context.Context, v policy.Viewer, f Filter, page domain.Page) (domain.List[*Entry], Facets, error) {
	out, err := s.Search(ctx, v, f, page)
	return out.List, out.Facets, err
}

// List is [Service.Find] without the counts.
func (s *Service) List(ctx context.Context, v policy.Viewer, f Filter, page domain.Page) (domain.List[*Entry], error) {
	out, err := s.Search(ctx, v, f, page)
	return out.List, err
}

// changesAtOnce is how many changed entries are read at once.
const changesAtOnce = 5000

// looking gives the index, as it is now, to a function that does not change
// it.
func (s *Service) looking(ctx context.Context, read func(*Index) error) error {
	if err := s.catchUp(ctx); err != nil {
		return err
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	return read(s.index)
}

// catchUp takes what changed in the store into the index.
func (s *Service) catchUp(ctx context.Context) error {
	tick, hidden, err := s.store.State(ctx)
	if err != nil {
		return err
	}
	state := fmt.Sprint(tick, hidden)
	s.mu.RLock()
	current := s.index != nil && s.state == state
	s.mu.RUnlock()
	if current {
		return nil
	}
	s.loading.Lock()
	defer s.loading.Unlock()
	for {
		cards, next, err := s.store.Changes(ctx, s.tick, changesAtOnce)
		if err != nil {
			return err
		}
		s.mu.Lock()
		if s.index == nil {
			s.index = NewIndex(nil)
		}
		s.index.Put(cards...)
		s.tick = next
		done := len(cards) < changesAtOnce
		if done || s.state != "" { // else nobody reads it yet
			s.index.Sort()
		}
		if done {
			s.index.Hide(hidden)
			s.state = state
		}
		s.mu.Unlock()
		if done {
			return nil
		}
	}
}
