package view

import (
	"time"

	"interlink/domain"
)

// ProcessesPage lists the processes, at /processes. Its form asks by GET for
// q and status.
type ProcessesPage struct {
	Frame
	Query  string
	Facets []Facet
	Items  []Card
	Pager  Pager
	Start  string // address to start one; "" if not offered
}

// StartPage starts a process, at /processes/new/start.
//
// Form: POST /processes {schema, title, summary, lang, name, organization,
// team, community, governance, country, visibility}.
type StartPage struct {
	Frame
	Form          Form
	Schemas       []Option // slug as value; the first is "no schema" if offered
	Langs         []Option
	Organizations []Option // names of those the reader may act for
	Teams         []Option // that may lead it
	Communities   []Option // that may follow it
	Governances   []Option
	Countries     []Option
}

// ProcessHead is what all pages of one process share.
type ProcessHead struct {
	Href         string // "/processes/school-paths", or "/@name@host" of a remote one
	Title        domain.Text
	Handle       string
	Status       string
	Visibility   domain.Visibility
	Organization *Actor
	Origin       Origin
	Tab          string // "overview", "guide", "plan", "people", "history", "clones", "publish"
	Inside       bool   // the reader takes part: sees people and history
	MayEdit      bool   // its settings and people
	MayWork      bool   // its tasks
	MayPublish   bool   // a story of it
	MayClone     bool
	Follow       string // state of the reader's follow
	MayFollow    bool   // by POST /follows {target}
	Address      string // absolute, to be copied: for cloning elsewhere
	Clones       int    // known ones
	Waiting      int    // clones to answer
	MovedTo      *Actor // where it goes on, on its first page and that of its clones; nil while it is here
}

// ProcessPage says where a process stands, at /processes/{name}.
// Links: Href/publish, Href/edit; /clone?address={Address}.
type ProcessPage struct {
	Frame
	ProcessHead
	Live       *Live // nil where nobody is told of changes
	Summary    Rich
	Phases     []Phase
	Done       int // finished tasks
	Tasks      int
	Starts     time.Time
	Ends       time.Time
	Next       []Need // for the reader; else what comes next at all
	Latest     []Entry
	People     []Actor
	PeopleAll  int
	Teams      []Actor
	Schema     *Link
	Unfit      string       // what became of the schema: "", withdrawn, warned, deleted
	Instead    *Link        // of a deleted one
	Source     *Source      // what it was cloned from
	Brought    *Source      // the process of another node of which it was brought as a file
	Credits    []CreditLine // whose improvements it took
	Stories    []Card
	Community  *Actor
	Calls      []Card     // role calls of the team that leads it, which are open
	Seek       string     // address of the form of a new one; "" if not offered
	Ask        string     // address where the reader can ask to join; "" if not offered
	Requests   string     // address of the join requests, for those who decide; "" if there are none
	Checklist  *Checklist // nil: nothing is left of it, or it is not the reader's
	Governance string     // model; "" if not said
	Country    string     // name of the country; "" if not said
}

// Checklist is what a process needs to get going.
type Checklist struct {
	Done  int
	Steps []ChecklistStep
}

// ChecklistStep is one of it.
type ChecklistStep struct {
	Words Sentence
	Done  bool
	Href  string // where it is done
}

// Example is how a task like this was done elsewhere.
type Example struct {
	Story  Link
	By     *Actor
	Origin Origin
	Task   domain.Text
	Places []string // countries, in the reader's language
	Used   []Link   // Interlinkers
	Made   int      // public resources
}

// Source is what a process was cloned from.
type Source struct {
	Title  domain.Text
	Href   string // its page here, or the original
	Origin Origin
	At     time.Time
	Status string // of the offer to the source: "offered", "accepted", "rejected"
	Gone   bool   // the source was deleted
	Stamp  *Stamp // by which the people of the source confirm it; nil while the clone alone says so
}

// Stamp says who confirmed where a clone comes from, as it was checked.
type Stamp struct {
	By      string // organisation or process
	Href    string // the stamp itself, for programs
	At      time.Time
	Checked time.Time
}

// GuidePage is where the work is done, at /processes/{name}/guide and
// /processes/{name}/guide/{item}: the tree, and one item of it.
type GuidePage struct {
	Frame
	ProcessHead
	Tree  []Item
	Done  int
	Tasks int
	Item  *GuideItem // nil: nothing selected yet
	Next  []Need     // tasks to begin with, while nothing is selected
	Add   string     // address of the form that adds a phase; "" if not offered
}

// GuideItem is the selected item.
//
// Forms, each where its May… or list says so: POST Href/status {status,
// revision}; POST Href/resources {interlinker} to instantiate; POST
// Href/resources {title, address, body, licence, public} to add a link or a text; POST
// Href/files {fileLicence, filePublic, file (repeated)}, in this order; POST
// Href/disable and Href/enable {revision}.
type GuideItem struct {
	ID            string
	Kind          string
	Href          string
	Name          domain.Text
	Description   Rich
	Stale         bool   // what is shown of it translates an older text
	Path          []Link // phase and objective above it
	Status        string
	Revision      int64
	Disabled      bool
	Starts, Ends  time.Time
	Statuses      []string // to choose from; empty if the reader may not
	Problems      []ProblemCard
	Prerequisites []Prerequisite
	Blocked       bool // a prerequisite is not finished
	Recommended   []Recommendation
	Catalogue     string // address of the catalogue, filtered for this task
	Examples      []Example
	AllExamples   string // address of all stories that answer the same problems; "" without examples
	Resources     []Resource
	AllResources  string // address of the list, if there are more
	MaxFile       int64  // bytes of one file; 0 for any
	People        []Actor
	Children      []Item // of a phase or objective
	Inside        bool   // the reader takes part, and sees what is not public
	MayWork       bool
	MayDisable    bool
	Edit          string   // address of the form that changes it; "" if not offered
	Add           string   // address of the form that adds a part of it; "" if not offered
	First         string   // address of the page of what comes first
	Arrange       string   // address of the page that puts it and its siblings in order
	Elsewhere     string   // address of the form that moves it; "" for a phase
	History       string   // address of its history; "" if not offered
	Rights        string   // address of who may do what there; "" if not offered
	May           []string // what the reader may do there: names of rights
	Late          bool     // it should have ended, and is not finished
	Complexity    int      // of a task; 0 if not said
	CoDelivery    bool
	Assignments   string // addresses of who was asked and who did what in a task; "" if not offered
	Contributions string
	Assign        string // addresses of the forms, as Claim; "" if not offered
	Claim         string
	Take          string // address by POST, by which the reader takes the task on
	Form          Form   // of a refused input
	Previous      *Link
	Next          *Link
}

// Prerequisite is an item that comes first.
type Prerequisite struct {
	Link
	Status string
}

// Recommendation is an Interlinker for a task, with the reasons for it.
type Recommendation struct {
	InterlinkerCard
	ID      string // value of "interlinker" of the form that instantiates it
	Reasons []Sentence
	Score   int // 0 to 100, how well it fits
	Used    bool
}

// HistoryPage shows all that happened, at /processes/{name}/history.
type HistoryPage struct {
	Frame
	ProcessHead
	Entries []Entry
	Pager   Pager
}

// ClonesPage shows where a process came from and who cloned it, at
// /processes/{name}/clones. Forms: POST Accept and Reject of each.
type ClonesPage struct {
	Frame
	ProcessHead
	Source       *Source
	Derivations  []Derivation // the clones
	Updates      string       // address of what is new in the source; "" if not offered
	Improvements string       // address of what was offered, or is; "" if the reader does not decide on it
	Improve      string       // address of the form that offers something to the source; "" if not offered
	Credits      []CreditLine
	Release      string // address of the form of a release; "" if not offered
	Data         string // address of the lineage across nodes; "" if it is not public
	Move         string // address where it may move to another server; "" if the reader may not
	CheckStamp   string // address to check the stamp of the source again; "" if not offered
	OfferAgain   string // address to offer the clone to its source once more; "" if not
	Pager        Pager
}

// Derivation is one clone of a process.
type Derivation struct {
	Title   domain.Text
	Href    string
	By      Actor // organisation or person who made it
	Origin  Origin
	At      time.Time
	Status  string // "offered", "accepted", "rejected"
	Kept    int    // tasks it kept
	Tasks   int    // of how many
	Accept  string
	Reject  string
	Message domain.Text

	Withdraw string // address; "" if not offered
}

// ClonePage asks for the address of a process or story, at /clone. Its form
// asks by GET for address; with an answer it is [ClonePreviewPage].
type ClonePage struct {
	Frame
	Form  Form
	Known []Card // processes of other nodes that are known here
}

// BroughtPage shows what is in a file that was brought, at /bring/{id}, and
// asks what to make of it; or what was made of it.
//
// Form: POST to the same address {name, organization, update, dry}.
type BroughtPage struct {
	Frame
	Form          Form
	Here          string // its own address
	Title         domain.Text
	Summary       domain.Text
	Name          string // short name that it had
	Origin        Origin
	At            time.Time // when it was written
	Whole         bool      // what is for its people alone is in it too
	Items         int
	Resources     int
	Releases      int
	Community     bool   // it is one, not a process
	Posts         int    // of a community
	Clone         string // address that clones it instead
	Organizations []Option
	Tried         bool
	Failed        error     // why the import that was asked for was not made; nil for no such
	Made          *Link     // what was made of it; nil for nothing yet
	Lost          []Skipped // what is not held as it was
	Earlier       []Earlier // processes that earlier exports became, which this one can be merged with
	Changes       []Skipped // what that changes
}

// Earlier is a process that an earlier export became.
type Earlier struct {
	Name string
	Link
}

// ClonePreviewPage shows what a clone would bring, at /clone?address=….
//
// Form: POST /clone {address, title, lang, name, organization, team,
// community, country, visibility, keep (ids of items, repeated)}.
type ClonePreviewPage struct {
	Frame
	Form          Form
	Address       string
	Title         domain.Text
	Summary       domain.Text
	Story         Link // that shows it; empty for a process or a file
	Owner         Actor
	Origin        Origin
	Licence       string
	Languages     []domain.Lang
	Updated       time.Time
	Tree          Pruning
	Phases        int
	Objectives    int
	Tasks         int
	Known         int         // Interlinkers it recommends that are known here
	Unknown       int         // and those that are not
	Resources     int         // that go along
	Unlicensed    int         // that do not, as they have no licence
	There         int         // public ones of another node; each goes along if its licence allows it
	Absent        []string    // addresses of some of the unknown ones
	Rules         []Regulated // what known ones say of rules to be kept
	Reset         []Sentence  // what begins anew
	Left          []Sentence  // what is not copied
	Warnings      []Sentence
	Langs         []Option
	Organizations []Option
	Teams         []Option
	Communities   []Option
	Countries     []Option
}

// ProgressPage shows long work, such as a clone, at
// /clonings/{id}. It loads
// itself again every few seconds until the work is done.
type ProgressPage struct {
	Frame
	Title  Sentence
	Work   Progress
	Result *Link  // where it led
	Retry  string // address that tries again by POST; "" if not offered
	Cancel string // address that ends it by POST; "" if not offered
	Again  string // address at which to begin again; "" if not offered

	Manifest *Manifest // of a clone that is done
}

// Manifest says what a clone took, and what not.
type Manifest struct {
	Items     int
	Resources int
	LeftOut   int // items that were not wanted
	Asked     int // Interlinkers that were asked for
	Skipped   []Skipped
	More      int // that are not listed
}

// Skipped is something that a clone did not take as it was.
type Skipped struct {
	Name    string
	Href    string // "" if it has no address
	Why     Sentence
	Compare string // where it is compared with what is here; "" if it cannot be
}

// Regulated is an Interlinker that says which rules are to be kept.
type Regulated struct {
	Link
	Says domain.Text
}
