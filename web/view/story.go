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
	Clone        string // address that begins a clone here; "" if not offered
	Address      string // absolute, to be copied: for cloning elsewhere
	Revise       string // address that changes it, or publishes it again; "" if not offered
	Retract      string // address that takes it back; "" if not offered
	Withdrawn    bool   // shown only to those who may publish it again

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

// PublishPage makes a story of a process, at /processes/{name}/publish.
//
// Form: POST Href/publish {title, summary, challenge, done, results, lessons,
// lang, licence, organization, community, keep (ids of items, repeated), step}
// and, to change a story, {story, revision}: step is "preview" to see it,
// "publish" to publish it.
type PublishPage struct {
	Frame
	ProcessHead
	Form        Form
	Tree        Pruning // all that can be kept
	Langs       []Option
	Licences    []Option
	Tellers     []Option // organisations that may tell it; none: it cannot be told
	Communities []Option
	Preview     *StoryPage // after "preview"
	Redacted    int        // e-mail addresses that it leaves out
	Linked      int        // resources that it only links to
	Kept        int        // tasks that would be published
	Tasks       int
	Story       string // slug of the story that is changed; "" for a new one
	Revision    string // of that story
}
