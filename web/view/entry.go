package view

import (
	"time"

	"interlink/domain"
)

// HomePage is the first page of the node, at /.
type HomePage struct {
	Frame
	Needs       []Need // what waits for the person who is signed in
	Processes   []Card
	Stories     []Card
	Communities []Card
	RoleCalls   []Card // open ones
	Latest      []InterlinkerCard
	Counts      Counts
	Setup       []Link // first steps of an empty node, for its administrator
}

// Counts are the sizes of the node.
type Counts struct {
	Interlinkers, Processes, Stories, Communities, Nodes int
}

// Need is something that waits for a person: a task, a request, a clone.
type Need struct {
	Sentence
	Href string
	At   time.Time // when it came, or is due; may be zero
	Due  bool      // At is the day on which it is due
	Late bool      // that day is past
	Icon string    // "task", "people", "clone", "approve"
}

// CataloguePage lists Interlinkers, at /catalogue. Its form asks by GET for q,
// the facets and sort.
type CataloguePage struct {
	Frame
	Query   string
	Instead []Sentence // what was found instead of what was typed
	Facets  []Facet
	Chosen  []Chosen
	Clear   string // address without filters
	Sorts   []Choice
	Items   []InterlinkerCard
	Pager   Pager
	Hosts   int    // nodes whose catalogues are followed
	Handle  string // of this catalogue: "@catalogue@zaragoza.example"
	MayEdit bool   // may import
	For     *Link  // task to find something for, may be nil
	Whose   *Actor // the catalogue that is shown, if the reader may follow it
	Target  string // address of that
	Follow  string // state of the follow
	Return  string // the page itself
}

// BulletinPage lists what somebody told of entries on one day, at
// /catalogue/bulletins/{id}.
type BulletinPage struct {
	Frame
	Actor   Actor
	At      time.Time
	Heading []Sentence
	Items   []EntryLine
	Pager   Pager
}

// AdvicePage finds what helps with a problem that the reader describes, at
// /catalogue/advice. Its form asks by GET for words.
type AdvicePage struct {
	Frame
	Words string
	Needs []NeedFound
	Tools []Recommendation
}

// NeedFound is a problem profile that a description speaks of.
type NeedFound struct {
	ProblemCard
	Because Sentence
}

// InterlinkerPage shows one, at /interlinkers/{slug}.
//
// Form: POST Href/use {task} with the value of one of UseIn. Links:
// Href/edit and Href/withdraw, where MayEdit.
type InterlinkerPage struct {
	Frame
	InterlinkerCard
	Description  Rich
	Instructions Rich
	Address      string // of an external one: where it is
	Connect      string // address at which an administrator connects software; "" if not offered
	Documents    []Document
	Notices      []string // licences that its documents name themselves, as SPDX identifiers
	Problems     []ProblemCard
	Audience     []string // words of the enumeration "audience"
	Forms        []string // of "form": template, guideline, canvas
	Scopes       []string // of "scope": eu, national, local
	Limits       Rich     // constraints and limitations
	Rules        Rich     // regulations and standards
	Tags         []domain.Text
	Data         []Link // its description for programs
	Code         string // address of the source code
	Release      string // newest stable version of the software
	BasedOn      []string
	Steward      Actor // the catalogue or organisation that keeps it
	Published    time.Time
	Updated      time.Time
	Revision     int64
	Withdrawal   *Withdrawal
	Warning      domain.Text // what its owner or this node warns of
	Provenance   *Provenance // of an entry of another node; nil for others
	Variants     []InterlinkerCard
	MayWarn      bool
	Deprecated   *Withdrawal // not nil for one that should not be taken up
	Snapshots    []Snapshot
	Authors      []Credit
	Made         *Link // process of which it is a result
	Supports     []SupportedRule
	Versions     string    // address of its versions; "" for a copy
	Curation     *Curation // not nil for those who write the catalogue
	UsedIn       []Card    // processes that used it
	Opinions     *Opinions // nil for a draft
	Translate    string    // address of the form that offers a translation; "" for who may not
	Stale        bool      // part of what is shown translates an older text
	Related      []InterlinkerCard
	UseIn        []OptionGroup // open tasks of the reader
}

// Document is a file or link that belongs to an Interlinker.
type Document struct {
	Name   domain.Text
	Href   string
	Lang   domain.Lang
	Format string // "PDF", "ODT"
	Bytes  int64  // 0 if not known
}

// Withdrawal says that an Interlinker should not be used any more.
type Withdrawal struct {
	At          time.Time
	Reason      domain.Text
	Replacement *Link
}

// ProblemCard is a problem profile in a list.
type ProblemCard struct {
	Code         string
	Href         string
	Name         domain.Text
	Summary      domain.Text
	Interlinkers int
	Tasks        int
	Stories      int
}

// ProblemsPage lists the problem profiles, at /problems. Its form asks by GET
// for q.
type ProblemsPage struct {
	Frame
	Query  string
	Groups []ProblemGroup
	Total  int
	Gaps   []ProblemCard // that nothing answers
}

// ProblemGroup holds the profiles of one area.
type ProblemGroup struct {
	Code     string // "ORG"; translated as problem_area.org
	Problems []ProblemCard
}

// ProblemPage starts from a need, at /problems/{code}.
type ProblemPage struct {
	Frame
	ProblemCard
	Description      Rich
	Functionality    Rich // what would help
	InterlinkerCards []InterlinkerCard
	Pager            Pager
	TaskLinks        []Link
	StoryCards       []Card
	Origin           Origin
	Same             []Link // problem profiles of other nodes that are the same
	MatchForm        bool   // offers to say so: POST Href/matches {other, remove}
	Form             Form
	Withdrawal       *Withdrawal
	Deprecated       *Withdrawal // not nil for one that should not be chosen
	Curation         *Curation   // nil for who may not
}

// SchemasPage lists the coproduction schemas, at /schemas.
type SchemasPage struct {
	Frame
	Schemas []Card
	Pager   Pager
}

// SchemaPage previews a whole process before it is taken, at /schemas/{slug}.
// Start leads to /processes/new?schema={slug}.
type SchemaPage struct {
	Frame
	Href        string
	Name        domain.Text
	Description Rich
	Licence     string
	Languages   []domain.Lang
	Origin      Origin
	Tree        []Item // notes say what each task would get
	Phases      int
	Objectives  int
	Tasks       int
	Start       string // "" for who may not start one
	Updated     time.Time
	Steward     Actor
	Withdrawal  *Withdrawal
	Deprecated  *Withdrawal // not nil for one that should not be taken
	Curation    *Curation   // nil for who may not
}
