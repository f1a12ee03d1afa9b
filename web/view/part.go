package view

import (
	"slices"
	"time"

	"interlink/domain"
)

// Actor is a person or a body, local or remote, as it is named on pages.
type Actor struct {
	Kind    string      // "person", "organization", "team", "community", "process", "catalogue", "node"
	Name    string      // as it calls itself; "" shows the handle
	Lang    domain.Lang // of the name, where that is known and not the reader's; else ""
	Handle  string      // "@ana@zaragoza.example"
	Href    string      // its page on this node
	Picture string      // where this node shows it; "" for the first letter of the name
	Origin  Origin
}

// Origin says where a thing comes from. The zero Origin is this node.
type Origin struct {
	Host    string    // "riga.example", with a port if it has one; "" for this node
	Href    string    // the original page there
	Fetched time.Time // when the copy was last known to be fresh; may be zero
	Trusted bool      // the administrators here trust that node
}

// Nature is what an Interlinker is. Other spellings of the same words, such as
// "externalSoftware", are understood.
type Nature = string

// The natures.
const (
	Software          Nature = "software"
	Knowledge         Nature = "knowledge"
	ExternalSoftware  Nature = "external_software"
	ExternalKnowledge Nature = "external_knowledge"
)

// The statuses of tasks, objectives, phases and processes.
const (
	Awaiting   = "awaiting"
	InProgress = "in_progress"
	Finished   = "finished"
)

// The states of a follow, as the button shows them.
const (
	NotFollowing = ""
	Requested    = "requested"
	Following    = "following"
)

// Pager leads through a list by cursor.
type Pager struct {
	Total    int    // in all; -1 if not counted
	Shown    int    // on this page
	First    string // address of the first page; "" on the first
	Next     string // address of the next page; "" on the last
	Previous string // address of the page before, if known
}

// Facet is one way to narrow a list.
type Facet struct {
	Name    string // of the parameter: "nature"
	Key     string // of its label: "facet.nature"
	One     bool   // one value may be chosen, or all; else its parameter may be repeated
	Options []FacetOption
}

// shownFirst is how many options of a long facet are in view.
const shownFirst = 8

// All reports whether nothing is chosen.
func (f Facet) All() bool {
	return !slices.ContainsFunc(f.Options, func(o FacetOption) bool { return o.Selected })
}

// First are the options in view: the first ones, and what is chosen.
func (f Facet) First() []FacetOption { return f.part(true) }

// Rest are the options that are shown when asked for; none if they are few.
func (f Facet) Rest() []FacetOption { return f.part(false) }

func (f Facet) part(first bool) []FacetOption {
	var out []FacetOption
	for i, o := range f.Options {
		if (i < shownFirst || o.Selected || len(f.Options) <= shownFirst+2) == first {
			out = append(out, o)
		}
	}
	return out
}

// FacetOption is one value of a facet.
type FacetOption struct {
	Value    string
	Text     domain.Text // what it is called; else Word of Enum
	Enum     string      // "nature": the label is the translation of nature.<value>
	Count    int         // things it would show
	Selected bool
}

// Chosen is a filter that is set, with the address of the list without it.
type Chosen struct {
	Text   domain.Text
	Enum   string // as in [FacetOption]
	Value  string
	Remove string
}

// Choice is one order of a list.
type Choice struct {
	Value    string
	Key      string
	Selected bool
}

// Progress is long work that is being done, or was.
type Progress struct {
	State   string // "queued", "running", "done", "failed", "stopped"
	Doing   Sentence
	Done    int
	Total   int       // 0 if not known yet
	Started time.Time // zero while queued
	Ended   time.Time // zero while running
	Err     error     // of a failed or stopped one
}

// Item is a phase, objective or task in a tree.
type Item struct {
	ID       string
	Anchor   string // fragment that leads to it; may be empty
	Kind     string // "phase", "objective", "task"
	Name     domain.Text
	Summary  domain.Text // one line, may be empty
	Href     string      // "" if it cannot be opened
	Status   string      // "" in a schema, which has none
	Disabled bool        // put aside; shown struck through
	Selected bool        // the one that is open
	Open     bool        // its children are shown
	Done     int         // finished tasks below it
	Tasks    int         // tasks below it
	Notes    []Sentence  // "3 Interlinkers recommended", "2 resources"
	Tools    []Link      // some of those, of one that cannot be opened
	Children []Item
}

// Pruning is a tree of which parts can be left out. A large one is folded but
// for one branch.
type Pruning struct {
	Branches []Branch
	At       string // mark of the item whose parts are on the page; "" for none
}

// Folded reports whether there are parts that are not on the page.
func (p Pruning) Folded() bool {
	return slices.ContainsFunc(p.Branches, func(b Branch) bool { return b.Folded })
}

// Branch is one item of such a tree, with what is below it.
type Branch struct {
	Mark   string // names it in the form
	Above  string // mark of what it is part of; "" for a phase
	Kind   string // "phase", "objective", "task"
	Name   domain.Text
	Status string // "" where there is none
	Keep   bool
	Tasks  int      // below it
	Kept   int      // of those
	Folded bool     // it has parts, which are not on the page
	Left   []string // marks of the branches of a folded one that are left out
	Parts  []Branch
}

// Some reports whether some tasks below it are kept, and others are not.
func (b Branch) Some() bool { return b.Keep && b.Kept < b.Tasks }

// Phase is one step of the phase bar.
type Phase struct {
	Name   domain.Text
	Href   string
	Status string
	Done   int // finished tasks
	Tasks  int
}

// Entry is one line of a history or of news.
type Entry struct {
	At    time.Time
	Actor Actor
	Sentence
	Href string // of what it is about, may be ""
}

// Tag is a short word with an icon.
type Tag struct {
	Enum, Value string // translated as in [FacetOption]
}

// Card is anything that is opened from a list: a process, story, community,
// organisation.
type Card struct {
	Kind       string // "process", "story", "community", "organization", "team", "schema"
	Href       string
	Title      domain.Text
	Summary    domain.Text
	Actor      *Actor // whose it is, may be nil
	Origin     Origin
	Status     string  // of a process
	Phases     []Phase // of a process, may be empty
	Facts      []Sentence
	At         time.Time // may be zero
	Withdrawn  bool
	Deprecated bool
	Action     string // of a card with a follow button: "" for none
	Follow     string // state of the follow
}

// InterlinkerCard is an Interlinker in a list.
type InterlinkerCard struct {
	Href       string
	Name       domain.Text
	Summary    domain.Text
	Nature     Nature
	Licence    string // SPDX, or a word of the old enumeration
	Difficulty string
	Languages  []domain.Lang // it exists in
	Origin     Origin
	Rating     float64 // mean of 1 to 5; 0 for none
	Ratings    int
	Uses       int    // resources made with it
	Withdrawn  bool   // by its publisher
	Status     string // draft or deprecated; "" for others
	Warned     bool   // its owner or this node warns of it
	Service    string // of connected software: "on", "off", "down"; "" for others, and where it is not said
}

// Post is a message in a timeline.
type Post struct {
	ID               string
	Href             string // its page here
	Author           Actor
	Via              *Actor // who passed it on, may be nil
	Tag              *Link  // the hashtag, followed by the reader, by which it came; may be nil
	At               time.Time
	Edited           time.Time // zero if never
	Title            domain.Text
	Content          Rich
	Others           []Rich // the same in other languages
	Card             *Card  // story or other thing it tells of
	Entry            *InterlinkerCard
	Bulletin         *Bulletin
	Original         string // its address on another node
	InReplyTo        *Link  // what it answers; nil too if that cannot be read
	InReplyToDeleted bool
	Depth            int // how far below the post of its page; 0 for a direct answer
	Replies          int // in the whole conversation; 1001 for more than a thousand
	Likes            int
	Shares           int
	Pinned           bool
	Deleted          bool   // a tombstone; nothing but ID, Href and At
	Edit             string // of the form for its author; "" if not offered
	Earlier          string // of the page with what it said before; "" if it was never changed, or that is not known
	Delete           string // address that deletes by POST; "" if not offered
	Remove           string // of the form for who moderates; "" if not offered
	Like             string // address that likes by POST, or takes back where Liked; "" if not offered
	Liked            bool   // by the reader
	Liking           string // what became of the reader's like: waits, declined; "" where that need not be said
	Pin              string // address that pins by POST, or unpins where Pinned; "" if not offered
	Report           string // address of the form; "" if not offered
	Answering        string // whom its author lets answer it: asked, followers, closed; "" for everybody
	Locked           bool   // the thread that begins here takes no answers
	Lock             string // address that closes the thread by POST, or opens it where Locked; "" if not offered
	Ban              string // address of the form that keeps its author from writing; "" if not offered
	Return           string // page to come back to after a button
	Unfollow         *Link  // by whom it came, whom the reader follows, with the address of the actor; nil if not offered

	Attachments []Attachment
	Poll        *Poll
	Warned      bool        // readers open it
	Warning     domain.Text // why; may be empty
}

// Bulletin is what somebody told of entries of catalogues on one day, in a
// timeline.
type Bulletin struct {
	Href    string // of the page with all of them
	Why     bool   // it is said that the reader follows the catalogue
	Heading []Sentence
	Total   int      // as far as they are counted
	All     Sentence // leads to all of them
	First   []EntryLine
	Use     string // where the only one can be used; "" if not offered
}

// EntryLine is an entry of any kind: an Interlinker, or a Card of another.
type EntryLine struct {
	Interlinker *InterlinkerCard
	Card        *Card
}

// Offers reports whether there is something in the menu of a post.
func (x Post) Offers() bool {
	return x.Pin != "" || x.Edit != "" || x.Lock != "" || x.Report != "" || x.Ban != "" || x.Remove != "" || x.Delete != "" || x.Unfollow != nil
}

// Member is a person in an organisation, a team, a community or a process.
type Member struct {
	Actor  Actor
	Role   string // "administrator", "member", "contributor", …: translated as role.<value>
	Since  time.Time
	State  string // "" or "invited", "requested"
	Remove string // address that ends it by POST; "" if not offered
	Accept string // address that accepts a request by POST
	Change string // address that makes a member administrator, or the other way round, by POST; "" if not offered
}
