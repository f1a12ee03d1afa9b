package web

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/web/locale"
	"interlink/web/view"
)

// zoom is a scale of the chart.
type zoom struct {
	name string
	day  float64 // pixels of one day
}

// zooms are the scales, from the nearest to the farthest.
var zooms = []zoom{{"day", 30}, {"week", 10}, {"month", 3}, {"quarter", 1}, {"year", .3}}

// The measures of the chart, in pixels.
const (
	chartRow   = 44
	chartHead  = 48
	chartRoom  = 112   // behind the last day, for the word beside a late bar
	widest     = 12000 // a scale that would be wider is not offered
	fitting    = 900   // what is seen at once at a desk
	barHeight  = 18
	spanHeight = 10 // of phases and objectives, which are spans of others
)

// offered are the scales at which so many days can be shown: the farthest
// always, of centuries made as small as it must be.
func offered(days int) []zoom {
	for i, z := range zooms {
		if float64(days)*z.day <= widest {
			return zooms[i:]
		}
	}
	return []zoom{{zooms[len(zooms)-1].name, widest / float64(days)}}
}

// zoomFor is the scale that is asked for, else the nearest at which
// everything is seen at once.
func zoomFor(asked string, days int) zoom {
	choice := offered(days)
	for _, z := range choice {
		if z.name == asked {
			return z
		}
	}
	for _, z := range choice {
		if float64(days)*z.day <= fitting {
			return z
		}
	}
	return choice[len(choice)-1]
}

// reach is the time from the first to the last day that a task, or a task
// below an item, names.
type reach struct{ from, to time.Time }

func (r *reach) add(days ...time.Time) {
	for _, d := range days {
		if d.IsZero() {
			continue
		}
		if r.from.IsZero() || d.Before(r.from) {
			r.from = d
		}
		if d.After(r.to) {
			r.to = d
		}
	}
}

// reaches are those of the enabled items that have any; "" is the process's.
func reaches(t *coproduction.Tree) map[domain.ID]reach {
	out := map[domain.ID]reach{}
	for _, it := range slices.Backward(t.Items()) { // parts come after what they are parts of
		if !t.Enabled(it.ID) {
			continue
		}
		r := out[it.ID]
		if r.add(it.Starts, it.Ends); r.from.IsZero() {
			continue
		}
		out[it.ID] = r
		above := out[it.Parent]
		above.add(r.from, r.to)
		out[it.Parent] = above
	}
	return out
}

// chart draws items over time.
type chart struct {
	reach map[domain.ID]reach
	from  time.Time // first day that is shown
	days  int
	scale float64
	at    map[domain.ID]view.Bar
	out   *view.Gantt
}

// newChart makes the chart of the time of a whole process, with its axis.
func newChart(reach map[domain.ID]reach, z zoom, today time.Time, say *locale.Printer) *chart {
	c := &chart{reach: reach, scale: z.day, at: map[domain.ID]view.Bar{}, out: &view.Gantt{Head: chartHead, Today: -1}}
	c.from, c.days = shown(reach[""].from, reach[""].to, z)
	c.out.Width = int(math.Ceil(float64(c.days)*c.scale)) + chartRoom
	if d := daysBetween(c.from, today); d >= 0 && d < c.days {
		c.out.Today = c.x(today) + int(c.scale/2)
	}
	c.axis(z, say)
	return c
}

// shown widens a span to whole units of the axis.
func shown(starts, ends time.Time, z zoom) (from time.Time, days int) {
	from, to := starts, ends.AddDate(0, 0, 1)
	switch z.name {
	case "day", "week":
		from = from.AddDate(0, 0, -(int(from.Weekday())+6)%7) // weeks begin on Monday (ISO 8601)
		to = to.AddDate(0, 0, (8-int(to.Weekday()))%7)
	case "month":
		from = time.Date(from.Year(), from.Month(), 1, 0, 0, 0, 0, time.UTC)
		to = time.Date(to.Year(), to.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	default:
		from = time.Date(from.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
		to = time.Date(to.Year()+1, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return from, daysBetween(from, to)
}

func daysBetween(a, b time.Time) int { return int(math.Round(b.Sub(a).Hours() / 24)) }

// x is where a day begins.
func (c *chart) x(day time.Time) int {
	return int(math.Round(float64(daysBetween(c.from, day)) * c.scale))
}

// axis writes two rows of units: months over days or weeks, years over months
// or quarters, and years alone.
func (c *chart) axis(z zoom, say *locale.Printer) {
	month := func(t time.Time) string { return say.T("format.month_" + strconv.Itoa(int(t.Month()))) }
	monthYear := func(t time.Time) string { return month(t) + " " + strconv.Itoa(t.Year()) }
	year := func(t time.Time) string { return strconv.Itoa(t.Year()) }
	dayOf := func(t time.Time) string { return strconv.Itoa(t.Day()) }
	months := func(n int) func(time.Time) time.Time {
		return func(t time.Time) time.Time {
			m := (int(t.Month())-1)/n*n + 1
			return time.Date(t.Year(), time.Month(m+n), 1, 0, 0, 0, 0, time.UTC)
		}
	}
	days := func(n int) func(time.Time) time.Time {
		return func(t time.Time) time.Time { return t.AddDate(0, 0, n) }
	}
	switch z.name {
	case "day":
		c.ticks(true, months(1), monthYear)
		c.ticks(false, days(1), dayOf)
	case "week":
		c.ticks(true, months(1), monthYear)
		c.ticks(false, days(7), dayOf)
	case "month":
		c.ticks(true, months(12), year)
		c.ticks(false, months(1), month)
	case "quarter":
		c.ticks(true, months(12), year)
		c.ticks(false, months(3), func(t time.Time) string { return say.T("format.quarter", (int(t.Month())+2)/3) })
	default:
		c.ticks(true, func(t time.Time) time.Time { return time.Date(t.Year()-t.Year()%10+10, 1, 1, 0, 0, 0, 0, time.UTC) }, func(time.Time) string { return "" })
		c.ticks(false, months(12), year)
	}
}

// ticks writes one row of the axis. A label has room where its letters fit.
func (c *chart) ticks(upper bool, next func(time.Time) time.Time, label func(time.Time) string) {
	end := c.from.AddDate(0, 0, c.days)
	for t := c.from; t.Before(end); {
		after := next(t)
		if after.After(end) {
			after = end
		}
		tick := view.Tick{X: c.x(t), Width: c.x(after) - c.x(t), Upper: upper, Label: label(t)}
		if 8*len([]rune(tick.Label))+6 > tick.Width {
			tick.Label = ""
		}
		c.out.Ticks = append(c.out.Ticks, tick)
		t = after
	}
}

// row adds an item to the chart, with a bar if it has dates.
func (c *chart) row(t *coproduction.Tree, it coproduction.Item, late bool) {
	top := chartHead + c.out.Height
	c.out.Height += chartRow
	r, found := c.reach[it.ID]
	if !found {
		return
	}
	height := barHeight
	if it.Kind != coproduction.Task {
		height = spanHeight
	}
	tasks, done := t.Progress(it.ID)
	bar := view.Bar{
		X: c.x(r.from), Y: top + (chartRow-height)/2, Height: height, Kind: string(it.Kind), Status: string(t.Status(it.ID)),
		Late: late, Words: it.Name,
	}
	bar.Width = max(c.x(r.to.AddDate(0, 0, 1))-bar.X, 6)
	if it.Kind != coproduction.Task && tasks > 0 {
		bar.Done = bar.Width * done / tasks
	}
	c.at[it.ID] = bar
	c.out.Bars = append(c.out.Bars, bar)
}

// arrow leads from the end of what comes first to what comes after it, if
// both have a bar.
func (c *chart) arrow(first, then domain.ID) {
	a, found := c.at[first]
	b, both := c.at[then]
	if !found || !both {
		return
	}
	x1, y1 := a.X+a.Width, a.Y+a.Height/2
	x2, y2 := b.X-2, b.Y+b.Height/2
	if x2 >= x1+16 {
		c.out.Arrows = append(c.out.Arrows, fmt.Sprintf("M%d %dH%dV%dH%d", x1, y1, x1+8, y2, x2))
		return
	}
	between := max(y1, y2) - chartRow/2 // between two rows, where no bar is
	if y2 < y1 {
		between = y2 + chartRow/2
	}
	c.out.Arrows = append(c.out.Arrows, fmt.Sprintf("M%d %dH%dV%dH%dV%dH%d", x1, y1, x1+8, between, max(x2-10, 0), y2, x2))
}

// done is the chart once all rows are in it.
func (c *chart) done() *view.Gantt {
	c.out.Height += chartHead
	return c.out
}
