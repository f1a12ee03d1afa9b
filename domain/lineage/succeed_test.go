package lineage

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// moved is the origin of a clone whose source went from one place to the next.
func moved(places ...domain.IRI) *coproduction.Origin {
	var o *coproduction.Origin
	for _, at := range places {
		next := &coproduction.Origin{IRI: at}
		if o != nil {
			next.Follow(o, time.Time{})
		}
		o = next
	}
	return o
}

// TestAsKnown: a clone knows an item by the name that it had where the source
// was first, also after it went round in a circle; names of others are none.
func TestAsKnown(t *testing.T) {
	t.Parallel()
	const a, b, c, x = domain.IRI("https://a.example/p"), domain.IRI("https://b.example/p"), domain.IRI("https://c.example/p"), domain.IRI("https://x.example/p")
	item := func(names ...domain.IRI) SourceItem {
		it := SourceItem{ID: string(names[0]) + "/1"}
		for _, at := range names[1:] {
			it.Formerly = append(it.Formerly, string(at)+"/1")
		}
		return it
	}
	for name, test := range map[string]struct {
		from *coproduction.Origin
		item SourceItem
		want domain.IRI
	}{
		"it never moved":                    {moved(c), item(c, b, a), c},
		"once":                              {moved(b, c), item(c, b, a), b},
		"twice":                             {moved(a, b, c), item(c, b, a), a},
		"twice, of what the second added":   {moved(a, b, c), item(c, b), b},
		"twice, of what the third added":    {moved(a, b, c), item(c, x), c},
		"and back":                          {moved(a, b, a), item(a, b), a},
		"and back, of what the other added": {moved(a, b, a), item(a), a},
	} {
		child := SourceItem{ID: "child", Parent: test.item.ID, Prerequisites: []string{test.item.ID}}
		whole := inPages([]SourceItem{test.item, child})
		names, err := namesOf(test.from, whole)
		if err != nil {
			t.Fatal(err)
		}
		var known []SourceItem
		for items, err := range asKnown(names, whole) {
			if known = append(known, items...); err != nil {
				t.Fatal(err)
			}
		}
		if want := string(test.want) + "/1"; known[0].ID != want || known[1].Parent != want || known[1].Prerequisites[0] != want {
			t.Errorf("%s: %+v", name, known)
		}
	}
	var places []domain.IRI
	for n := range 30 {
		places = append(places, domain.IRI(fmt.Sprintf("https://n%d.example/p", n)))
	}
	steps := 0
	for o := moved(places...); o != nil; o = o.Before {
		if steps++; steps > len(places)/2 || !strings.HasPrefix(string(o.IRI), "https://n2") {
			t.Fatalf("%d steps back it is %s", steps, o.IRI)
		}
	}
}
