package web

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/web/locale"
)

func dated(id string, starts, ends string, before ...domain.ID) coproduction.Item {
	at := func(s string) time.Time {
		t, _ := time.Parse(time.DateOnly, s) // "" is no day
		return t
	}
	return coproduction.Item{
		ID: domain.ID(id), Parent: "o", Kind: coproduction.Task, Name: domain.Text{"en": id}, Starts: at(starts), Ends: at(ends), Prerequisites: before,
	}
}

func treeOf(t interface{ Fatal(...any) }, tasks ...coproduction.Item) *coproduction.Tree {
	tree, err := coproduction.NewTree(append([]coproduction.Item{
		{ID: "p", Kind: coproduction.Phase, Name: domain.Text{"en": "p"}}, {ID: "o", Parent: "p", Kind: coproduction.Objective, Name: domain.Text{"en": "o"}},
	}, tasks...))
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

func drawn(tree *coproduction.Tree, z string, today time.Time) *chart {
	all := reaches(tree)
	c := newChart(all, zoomFor(z, daysBetween(all[""].from, all[""].to)+1), today, locale.Default().Printer("en", nil))
	for _, it := range tree.Items() {
		c.row(tree, it, tree.Late(it.ID, today))
	}
	for _, it := range tree.Items() {
		for _, id := range it.Prerequisites {
			c.arrow(id, it.ID)
		}
	}
	c.done()
	return c
}

func TestChart(t *testing.T) {
	t.Parallel()
	today := time.Date(2026, 3, 10, 0, 0, 0, 0, time.UTC)
	c := drawn(treeOf(t, dated("a", "2026-03-02", "2026-03-06"), dated("b", "2026-03-09", "2026-03-09", "a"), dated("c", "2026-03-03", "", "b"), dated("none", "", "")), "day", today)
	if got := c.at["b"].X - c.at["a"].X; got != 7*30 || c.at["a"].Width != 5*30 || c.at["b"].Width != 30 || c.at["c"].Width != 30 {
		t.Errorf("bars: %+v", c.at)
	}
	if c.from != time.Date(2026, 3, 2, 0, 0, 0, 0, time.UTC) || c.days%7 != 0 || c.out.Today != 8*30+15 || c.out.Height != chartHead+6*chartRow {
		t.Errorf("from %v, %d days, today at %d, %d high", c.from, c.days, c.out.Today, c.out.Height)
	}
	if !c.at["a"].Late || c.at["p"].X != c.at["a"].X || c.at["p"].X+c.at["p"].Width != c.at["b"].X+c.at["b"].Width {
		t.Errorf("the phase is not as long as its tasks: %+v", c.at["p"])
	}
	if len(c.out.Arrows) != 2 || !strings.HasPrefix(c.out.Arrows[0], fmt.Sprintf("M%d ", c.at["a"].X+c.at["a"].Width)) {
		t.Errorf("arrows: %v", c.out.Arrows)
	}
	if _, found := c.at["none"]; found {
		t.Error("a task without dates has a bar")
	}
}

// Whatever days people type, the chart stays of a size that a browser shows,
// each bar is on it, and the axis has few enough units.
func TestChartOfAnyDates(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Custom(func(t *rapid.T) time.Time {
			if rapid.IntRange(0, 5).Draw(t, "none") == 0 {
				return time.Time{}
			}
			years := rapid.SampledFrom([]int{1, 3, 1000}).Draw(t, "years")
			return time.Date(1950+rapid.IntRange(0, years).Draw(t, "year"), 1, rapid.IntRange(1, 366).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		})
		var tasks []coproduction.Item
		for i := range rapid.IntRange(1, 5).Draw(t, "tasks") {
			it := dated(fmt.Sprint("t", i), "", "")
			it.Starts, it.Ends = day.Draw(t, "starts"), day.Draw(t, "ends")
			if i > 0 {
				it.Prerequisites = []domain.ID{domain.ID(fmt.Sprint("t", i-1))}
			}
			tasks = append(tasks, it)
		}
		tree := treeOf(t, tasks...)
		if _, found := reaches(tree)[""]; !found {
			return
		}
		c := drawn(tree, rapid.SampledFrom([]string{"", "day", "week", "month", "quarter", "year", "century"}).Draw(t, "zoom"), time.Now())
		if c.out.Width > widest+4000 || len(c.out.Ticks) > 2000 {
			t.Fatalf("%d pixels wide, %d units", c.out.Width, len(c.out.Ticks))
		}
		for id, b := range c.at {
			if b.X < 0 || b.Width <= 0 || b.X+b.Width > c.out.Width || b.Done > b.Width || b.Y+b.Height > c.out.Height {
				t.Fatalf("%s is not on the chart of %d: %+v", id, c.out.Width, b)
			}
		}
		x := 0
		for _, tick := range c.out.Ticks {
			if !tick.Upper {
				if tick.X != x || tick.Width <= 0 && c.scale >= 1 {
					t.Fatalf("the axis has a gap at %d: %+v", x, tick)
				}
				x = tick.X + tick.Width
			}
		}
	})
}
