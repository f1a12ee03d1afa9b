package view

import (
	"time"

	"interlink/domain"
)

// ReleasesPage lists the releases of a process, at /processes/{name}/releases.
type ReleasesPage struct {
	Frame
	ProcessHead
	Releases []ReleaseCard
	New      string // address of the form of a new one; "" if not offered
	Pager    Pager
}

// ReleaseCard is a release in a list.
type ReleaseCard struct {
	Version string
	Href    string
	At      time.Time
	Note    domain.Text
	Changes int
}

// ReleasePage is one release, at /processes/{name}/releases/{version}.
type ReleasePage struct {
	Frame
	ProcessHead
	Card     ReleaseCard
	Previous string // address; "" for the first
	Before   string // version before
	Words    Rich   // what it brings
	Licence  string
	Digest   string
	Items    int
	Lines    []ReleaseLine
	More     int // further changes
	Credits  []CreditLine
}

// ReleaseLine is what a release says of one item.
type ReleaseLine struct {
	Name    domain.Text
	Href    string // page of the item; "" if it is removed
	Kind    string // fix, clarification, legal, new
	Removed bool
	Note    domain.Text
}

// ReleaseFormPage makes a release, at /processes/{name}/releases/new.
//
// Form: POST Action {version, note, licence, digest, kind.{item} and
// note.{item} of each change}.
type ReleaseFormPage struct {
	FormPage
	Process ProcessHead
	Last    string // version of the release before; "" for the first
	Nothing bool   // nothing changed since
	Items   []ChangedItem
	More    int         // further ones, which are as proposed
	Lang    domain.Lang // of the notes
}

// ChangedItem is an item that changed since the last release.
type ChangedItem struct {
	ID      string
	Kind    string
	Name    domain.Text
	Removed bool
	Kinds   []Option
	Changes []Change
}

// UpdatesPage says what the newest release of its source means for a clone, at
// /processes/{name}/updates.
//
// Forms: POST Action {release, all_safe or all_new}; POST Here {release, and
// of each row n: id.n, mark.n, decide.n (take, keep, edit, never),
// value.n.{part}}; POST Action + "/look"; POST Undo of a merge.
type UpdatesPage struct {
	Frame
	ProcessHead
	Source    *Source
	Action    string
	Here      string   // address of these rows, to which they are sent
	Release   string   // id; "" if none is known
	Summary   string   // how much there is, in words
	Words     Rich     // what the release brings
	Signers   []string // of another node's: whose proofs held when it came
	CheckedAt time.Time
	Safe      int
	New       int
	Look      bool // the source is of another node: it can be asked
	Late      []LateWords
	Rows      []UpdateRow
	More      string // address of the next rows; "" if these are all
	Merges    []MergeRow
	Pager     Pager
	Form      Form
}

// UpdateRow is one item that changed.
type UpdateRow struct {
	N       int
	ID      string
	Mark    string
	Name    domain.Text
	Href    string // of the item here; "" for a new one
	Kind    string // of the item; "" for the order of the phases
	Outcome string // safe, conflict, new, removed
	Why     string // fix, clarification, legal, new; "" if not said
	Note    domain.Text
	Touched bool
	Parts   []UpdatePart
	Choice  string
	Stale   bool // it is another than the reader saw
	Edit    bool // it can be taken in words of one's own
}

// LateWords are what somebody wrote for an item on which another decided
// meanwhile.
type LateWords struct {
	Link
	Parts []UpdatePart
}

// UpdatePart is one thing that changed of it.
type UpdatePart struct {
	Name               string // of its field: "value.0.name.en"; "" if it cannot be edited
	Label              Sentence
	Lang               domain.Lang
	Base, Theirs, Mine string // "" for nothing
	Own                string // as it is in the field
	Conflict           bool
	Long               bool
}

// MergeRow is a merge that was made.
type MergeRow struct {
	Version string
	By      Actor
	At      time.Time
	Taken   int
	Kept    int
	Undone  *Actor
	When    time.Time // it was undone
	Undo    string    // address; "" once it was
}
