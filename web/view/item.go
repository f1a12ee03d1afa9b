package view

import "interlink/domain"

// ItemPage asks what an item is, at /processes/{name}/guide/new,
// …/guide/{item}/new and …/guide/{item}/edit.
//
// Form: POST Action {langs (repeated), name.{lang} and description.{lang} of
// each, starts, ends, complexity, coDelivery, problems (repeated), place,
// revision}; with add it is sent to see fields for the language more, with find
// to see further problem profiles, see [Finder].
type ItemPage struct {
	Frame
	Crumbs     []Link
	Title      Sentence
	Lead       Sentence // may be empty
	Kind       string
	Action     string
	Cancel     string
	Submit     Sentence
	Form       Form
	Revision   string // "" for a new one
	Texts      []ItemText
	More       []Option // languages that can be added
	Starts     string   // 2006-01-02, as Ends
	Ends       string
	Complexity []Option // of a task; empty for others
	CoDelivery bool
	Problems   Field    // no options if none is known
	Places     []Option // of a new one among its siblings; empty if there are none
	First      string   // address of the page of what comes first; "" for a new one
}

// ProblemsInput is the field of problem profiles with what was typed.
func (x ItemPage) ProblemsInput() input { return input{Field: x.Problems}.with(x.Form) }

// ItemText is what an item says in one language.
type ItemText struct {
	Lang        domain.Lang
	Name        string
	Description string
	Optional    bool // another language has it
	Here        bool // the reader has just asked for it
	Stale       bool // it translates an older text
}

// ArrangePage puts the parts of an item, or the phases, in order, at
// /processes/{name}/guide/arrange and …/guide/{item}/arrange.
//
// Forms: POST Row.Move {place or number, return}; POST Row.Aside and Row.Back {return}.
type ArrangePage struct {
	Frame
	ProcessHead
	Of    *Link // nil for the phases
	Kind  string
	Rows  []ArrangeRow
	Add   string
	Back  Link
	Pager Pager
	Form  Form
	Wrong string // mark of the row whose place was refused
}

// ArrangeRow is one part.
type ArrangeRow struct {
	Link
	Mark      string // fragment that leads to it
	Place     int    // counted from 1
	Of        int    // places there are
	Status    string
	Disabled  bool
	Parts     int    // directly below it
	Move      string // address of the form
	Up, Down  string // places; "" where it cannot go
	Focus     string // "up" or "down": it was moved so just now
	Edit      string
	Arrange   string // "" without parts
	Elsewhere string // "" for phases
	Aside     string // address that puts it aside; "" if it is
	Again     string // address that takes it up again
	Return    string // where its forms lead back to
}

// FirstPage says what comes before an item, at
// /processes/{name}/guide/{item}/first.
//
// Forms: POST Action {add} and {remove}; GET with q.
type FirstPage struct {
	Frame
	ProcessHead
	Item   Link
	Kind   string
	Action string
	Chosen []FirstRow
	Query  string
	Offer  []FirstRow
	Left   int // how many more there are than are offered
	Form   Form
}

// FirstRow is an item that comes first, or could.
type FirstRow struct {
	Link
	ID       string
	Above    domain.Text // what it is a part of; empty for a phase
	Status   string
	Disabled bool
}

// ConflictPage shows two versions of an item, and asks for each part in which
// they differ which one to keep, instead of …/guide/{item}/edit.
//
// Form: POST Action {revision, everything that was typed, take.{part}
// (theirs, mine or both) of each}.
type ConflictPage struct {
	Frame
	Crumbs   []Link
	Name     domain.Text
	Action   string
	Cancel   string
	Revision string
	Known    bool    // what both began with is known
	By       []Entry // what the others did, newest first
	Parts    []ConflictPart
	Typed    []Typed
	Form     Form
}

// ConflictPart is one part in two versions.
type ConflictPart struct {
	Name   string // of its radios: "take.name.en"
	Label  Sentence
	Lang   domain.Lang // of a text
	Theirs string      // "" for nothing
	Mine   string
	Base   string
	Both   bool   // changed by both: nothing is chosen beforehand
	Join   bool   // both can be kept, one after the other
	Choice string // "theirs", "mine", "both" or ""
}

// Typed is a field to be sent again as it was typed.
type Typed struct{ Name, Value string }

// ItemHistoryPage shows what happened to an item, at
// /processes/{name}/guide/{item}/history.
type ItemHistoryPage struct {
	Frame
	ProcessHead
	Item    Link
	Kind    string
	Entries []ItemEntry
	Pager   Pager
}

// ItemEntry is an event with what it changed.
type ItemEntry struct {
	Entry
	Changes []Change
	Restore string // address of the form with the version before it; "" if not offered
}

// Change is one part before and after.
type Change struct {
	Label         Sentence
	Lang          domain.Lang // of a text
	Before, After string      // "" for nothing
}
