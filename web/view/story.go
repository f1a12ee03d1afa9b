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
	Problems     []ProblemCard
	Clone        string // address that begins a clone here; "" if not offered
	Address      string // absolute, to be copied: for cloning elsewhere
	Retract      string // address that takes it back; "" if not offered
}

// Figure is a number that a story is proud of.
type Figure struct {
	Value string // with its unit, as the author wrote it
	Label domain.Text
}

// PublishPage makes a story of a process, at /processes/{name}/publish.
//
// Form: POST Href/publish {title, summary, challenge, done, results, lessons,
// lang, licence, community, keep (ids of items, repeated), step}: step is
// "preview" to see it, "publish" to publish it.
type PublishPage struct {
	Frame
	ProcessHead
	Form        Form
	Tree        []Item // all that can be kept
	Keep        map[string]bool
	Langs       []Option
	Licences    []Option
	Communities []Option
	Preview     *StoryPage // after "preview"
	Kept        int        // tasks that would be published
	Tasks       int
}
