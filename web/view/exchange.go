package view

import (
	"time"

	"interlink/domain"
	"interlink/web/locale"
)

// ImportSource is an address from which the node imports by itself. Forms:
// POST Run, POST Remove.
type ImportSource struct {
	Address string
	Format  string // translated as exchange.format_<format>; "" if it is told by the content
	Every   string // as exchange.every_<every>
	Outcome string // as exchange.outcome_<outcome>; "" before the first import
	At      time.Time
	Next    time.Time
	Added   int
	Updated int
	Errors  []ImportRemark
	More    int // warnings
	Run     string
	Remove  string
}

// FormatOptions are the choices of formats, the first to be told by the
// content.
func (ImportPage) FormatOptions() []Option {
	return []Option{
		{Value: "", Key: "exchange.format_auto"},
		{Value: "interlink", Key: "exchange.format_interlink"},
		{Value: "publiccode", Key: "exchange.format_publiccode"},
		{Value: "csv", Key: "exchange.format_csv"},
		{Value: "json", Key: "exchange.format_json"},
		{Value: "list", Key: "exchange.format_list"},
		{Value: "open-catalog", Key: "exchange.format_open_catalog"},
	}
}

// IntervalOptions are the choices of how often.
func (ImportPage) IntervalOptions() []Option {
	return []Option{{Value: "daily", Key: "exchange.every_daily"}, {Value: "weekly", Key: "exchange.every_weekly"}}
}

// ImportEffect is what an import does with one entry.
type ImportEffect struct {
	Kind string // translated as thing.<kind>
	Name string
	New  bool
	Gone bool // it is deleted
}

// DevelopersPage lists the data that programs and other catalogues read, at
// /developers.
type DevelopersPage struct {
	Frame
	Base    string
	Data    []DataAddress
	Columns []SheetColumn
}

// DataAddress is where some data is.
type DataAddress struct {
	Key    string // what it is, translated
	Path   string // with variables in braces, if Link is false
	Format string
	Link   bool
}

// SheetColumn is a column of a table that can be imported.
type SheetColumn struct {
	Name   string // "name.en"
	Needed bool
	Values []string
}

// RegulationsPage lists what Interlinkers help to comply with, at
// /regulations.
type RegulationsPage struct {
	Frame
	Items []RegulationRow
}

// RegulationRow is one.
type RegulationRow struct {
	Name         domain.Text
	ID           string
	Href         string
	Interlinkers int
	Problems     int
}

// RegulationPage is one with what helps, at /regulations/{name}.
type RegulationPage struct {
	Frame
	RegulationRow
	Address  string // of its text; "" if none is known
	Cards    []InterlinkerCard
	Pager    Pager
	Answered []ProblemCard
}

func (x DevelopersPage) head(p *locale.Printer) head {
	return head{template: "developers", nav: navCatalogue, title: p.T("exchange.developers"), description: p.T("exchange.developers_lead")}
}

func (x RegulationsPage) head(p *locale.Printer) head {
	return head{template: "regulations", nav: navProblems, title: p.T("need.regulations"), description: p.T("need.regulations_lead")}
}

func (x RegulationPage) head(p *locale.Printer) head {
	return head{template: "regulation", nav: navProblems, title: in(p, x.Name), description: p.T("need.regulation_lead", in(p, x.Name))}
}
