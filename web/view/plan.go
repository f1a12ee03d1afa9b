package view

import (
	"time"

	"interlink/domain"
)

// PlanPage shows the work of a process in time, at /processes/{name}/plan,
// with ?zoom= and ?part= (what is open of a large tree): a chart, and the
// same as a table.
//
// Form: POST Calendar.Renew, POST Calendar.End.
type PlanPage struct {
	Frame
	ProcessHead
	Starts, Ends time.Time // of the process
	Zooms        []Zoom
	Chart        *Gantt // nil without dates
	Rows         []PlanRow
	Pager        Pager
	Undated      int // tasks without dates
	Late         int // tasks that are late
	Closed       bool
	Guide        string
	Calendar     PlanCalendar
}

// PlanCalendar is how a calendar program follows the dates.
type PlanCalendar struct {
	Address string    // that everybody may use; "" if the process is not public
	Secret  string    // just made, to be shown once
	Since   time.Time // when the reader's present secret was made; zero for none
	Renew   string    // "" if not offered
	End     string
}

// Zoom is a choice of how much is seen at once.
type Zoom struct {
	Key     string // of its label
	Href    string
	Current bool
}

// PlanRow is an item in the table, and in the list beside the chart.
type PlanRow struct {
	Link
	Kind         string
	Status       string
	Starts, Ends time.Time
	Late         bool
	Done, Tasks  int
	After        []Link // prerequisites
	Open         string // address at which its parts are shown; "" if they are, or there are none
	Depth        int    // 0 for a phase
}

// Gantt is the chart, in pixels at 16 to the rem.
type Gantt struct {
	Width, Height int
	Head          int // height of the axis
	Ticks         []Tick
	Today         int // -1 if it is outside
	Bars          []Bar
	Arrows        []string // path data
}

// Tick is a span of the axis, such as a month.
type Tick struct {
	X, Width int
	Label    string // "" if there is no room
	Upper    bool
}

// Bar is an item in the chart.
type Bar struct {
	X, Y, Width, Height int
	Kind, Status        string
	Done                int // width that is finished
	Late                bool
	Words               domain.Text
}
