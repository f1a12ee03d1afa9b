//go:build !race

package federationtest_test

import (
	"maps"
	"slices"
	"testing"
)

// TestLargeTreesTakeAPageMore: what is in memory of a tree of 5,000 items at most,
// while it is cloned, released, read elsewhere, merged and taken back, and what a story
// shows of it is served, is what is of one of 500, and no more than a page: the
// outlines of the trees that are compared, with the ids by which the source and this
// node know the items. See the README beside.
func TestLargeTreesTakeAPageMore(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	const more = 410 << 10 // a page is 100 items with their texts and documents; 93 bytes for each of 4,500
	small := newPeaks(t, 500)
	small.round()
	small.round() // what is made once for all is no part of it
	large := newPeaks(t, 5000)
	for n := 0; n < 4 && (n == 0 || len(large.beyond(small, more)) > 0); n++ { // what else the nodes do counts too
		large.round()
	}
	for _, what := range slices.Sorted(maps.Keys(large.of)) {
		t.Logf("%-15s %5d KiB, %5d KiB", what, small.of[what]>>10, large.of[what]>>10)
	}
	for _, what := range large.beyond(small, more) {
		t.Errorf("%s: %d bytes an item more", what, (large.of[what]-small.of[what])/4500)
	}
}

// peaks are the most that was in memory, by what was done: of all rounds the least.
type peaks struct {
	*large
	items  int
	of     map[string]uint64
	rounds int
}

func newPeaks(t *testing.T, items int) *peaks {
	p := &peaks{large: newLarge(t, items), items: items, of: map[string]uint64{}}
	p.measure = func(what string, do func()) {
		if slices.Contains([]string{"choose-here", "choose-abroad", "story", "story-read"}, what) { // who is shown all items has what they are called, or tell
			do()
			return
		}
		most := p.grows(uint64(p.items)*400, do) // at a small tree as often as at a large one, or pages of it are met less
		if was, measured := p.of[what]; !measured || most < was {
			p.of[what] = most
		}
	}
	return p
}

func (p *peaks) round() {
	p.clones(p.rounds)
	p.merges(p.rounds)
	p.whole(p.rounds)
	p.rounds++
}

// beyond lists what takes more than it does of a smaller tree, and so much; twice
// that of a clone across nodes, while which the source holds a page, too.
func (p *peaks) beyond(small *peaks, more uint64) (out []string) {
	for what, most := range p.of {
		room := more
		if what == "clone-abroad" {
			room *= 2
		}
		if most > small.of[what]+room {
			out = append(out, what)
		}
	}
	return out
}
