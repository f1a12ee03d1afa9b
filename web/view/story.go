package view

import (
	"time"

	"interlink/domain"
)

// StoriesPage lists success stories, at /stories. Its form asks by GET for q
// and the facets.
type StoriesPage struct {
	Frame
	Query  string
	Facets []Facet
	Chosen []Chosen
	Map    *CountryMap // nil where no story has a country
	Items  []Card
	Pager  Pager
}

// StoryPage tells one, at /stories/{slug}.
type StoryPage struct {
	Frame
	Title        domain.Text
	Href         string
	Summary      domain.Text
	Author       Actor // the organisation
	Community    *Actor
	Process      *Link
	Origin       Origin
	Published    time.Time
	Updated      time.Time
	Licence      string
	Languages    []domain.Lang
	Places       []string // "Zaragoza, Spain"
	Challenge    Rich
	Done         Rich // what they did
	Results      Rich
	Lessons      Rich
	Figures      []Figure
	Tree         []Item // pruned, as it was then
	Tasks        int
	Interlinkers []InterlinkerCard
	Resources    []Made
	Problems     []ProblemCard
	Unknown      []string // codes of further ones, of which this node has nothing
	Clone        string   // address that begins a clone here; "" if not offered
	Address      string   // absolute, to be copied: for cloning elsewhere
	Revise       string   // address that changes it, or publishes it again; "" if not offered
	Retract      string   // address that takes it back; "" if not offered
	Withdrawn    bool     // shown only to those who may publish it again

	Incentives   Rich
	Terms        Rich // what else is to be said of licences
	Materials    []MaterialLink
	Makers       []MakerLine
	Spoken       []domain.Lang
	Begun, Ended time.Time // days; zero if not said
	ServiceTypes []string  // translated as service_type.<code>
	Regulations  []Link
	Keywords     []string

	Opinions     *Opinions     // nil for what is not published
	Verification *Verification // nil for what is not published
	Partners     string        // address at which partners are asked to sign it; "" if not offered
}

// Made is a public resource of a process, as its story shows it.
type Made struct {
	Title   domain.Text
	Href    string // of a link or file; "" for a text
	File    *FileFacts
	Text    Rich // of a text
	Licence string
	// Whose it is, of what is only linked to because its licence does not let
	// others use it.
	Attribution string
}

// Figure is a number that a story is proud of.
type Figure struct {
	Value string // with its unit, as the author wrote it
	Label domain.Text
}

// MaterialLink is something to look at.
type MaterialLink struct {
	Href string
	Text domain.Text
	Kind string
}

// MakerLine is an organisation that did it.
type MakerLine struct {
	Name string
	Href string // "" for none
	Info domain.Text
}

// FediverseCard is a story as people on Mastodon see it: its title, its summary
// and where it leads.
type FediverseCard struct {
	By      Actor
	Title   domain.Text
	Summary domain.Text
	Address string
	Tags    []string
}

// DraftLink is a story that is being written.
type DraftLink struct {
	Href  string
	Title domain.Text // empty while it has none
	Langs []domain.Lang
	At    time.Time
	Again bool // a new version of one that is told
}

// OriginalPage takes a story of the platform before this one, at
// /processes/{name}/publish/import, and tells what it could not take over.
//
// Form: POST Action with Fields, as multipart.
type OriginalPage struct {
	FormPage
	ProcessHead
	Draft string    // address of the draft that it became; "" before
	Found []Problem // what was not taken over, by field
}

// PublishPage makes a story of a process, at /processes/{name}/publish.
//
// Form: POST Href/publish {title, summary, challenge, done, results, lessons,
// lang, licence, organization, community, keep (ids of items, repeated), step,
// and what else [StoryPage] has} and, to change a story, {story, revision}; of a
// draft {draft, seen}: step is "preview" to see it, "draft" to keep it, "publish"
// to publish it. POST Href/publish/discard {draft} throws a draft away.
type PublishPage struct {
	Frame
	ProcessHead
	Form         Form
	Tree         Pruning // all that can be kept
	Langs        []Option
	Licences     []Option
	Tellers      []Option // organisations that may tell it; none: it cannot be told
	Communities  []Option
	Preview      *StoryPage // after "preview"
	Redacted     int        // e-mail addresses that it leaves out
	Linked       int        // resources that it only links to
	Kept         int        // tasks that would be published
	Tasks        int
	ServiceTypes []Option
	Card         *FediverseCard // after "preview"
	Drafts       []DraftLink    // others that can be gone on with
	Draft        string         // id of the one that is open; "" for none
	Seen         string         // its revision
	Written      []LangState    // languages that the open draft or story has

	Story    string // slug of the story that is changed; "" for a new one
	Revision string // of that story
}
