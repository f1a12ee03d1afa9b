package view

import (
	"slices"
	"time"

	"interlink/domain"
)

// EntryFormPage writes an Interlinker, at /interlinkers/{slug}/edit. If
// somebody else changed it since it was opened, it shows what they changed.
//
// Form: POST Action with Fields, Facts and Note.
type EntryFormPage struct {
	FormPage
	Facts       []Field // what has no language; folded for those who translate
	Note        Field
	Translating bool
	Langs       []LangState // the languages in which it is written; each links to its form
	Theirs      *EntryTheirs
}

// FactInputs are the facts with what was typed.
func (x EntryFormPage) FactInputs() []input { return FormPage{Fields: x.Facts, Form: x.Form}.Inputs() }

// NoteInput is the note with what was typed.
func (x EntryFormPage) NoteInput() input { return input{Field: x.Note}.with(x.Form) }

// Unfolded reports whether the facts are shown at once.
func (x EntryFormPage) Unfolded() bool {
	return !x.Translating || len(x.Form.Problems) > 0 || slices.ContainsFunc(x.Facts, func(f Field) bool { return f.Finder != nil && f.Finder.Words != "" })
}

// LangState is how far an Interlinker is translated into a language.
type LangState struct {
	Lang    domain.Lang
	Href    string // of its form
	State   string // reviewed, draft, missing, stale: translated as translation.<state>
	Source  bool   // it is written in this language
	Present bool   // it is the one that is shown
	Fields  []FieldState
	Check   bool // that its translations were checked can be said
}

// FieldState is how far one field is translated; State may be "".
type FieldState struct {
	Name  string // translated as entry_field.<name>
	State string
}

// EntryTheirs is what somebody else changed in an Interlinker meanwhile.
type EntryTheirs struct {
	By       Actor
	At       time.Time
	Versions string // address of all versions; "" for a draft
	Fields   []ComparedField
}

// ComparedField is a field of an Interlinker that two versions have
// differently.
type ComparedField struct {
	Name string      // translated as entry_field.<name>
	Lang domain.Lang // "" where it has none
	Rows []CompareRow
	More int
}

// EntryTranslationsPage shows how far an Interlinker is translated, at
// /interlinkers/{slug}/translations.
//
// Form: POST Review {revision, lang}.
type EntryTranslationsPage struct {
	Frame
	Name     domain.Text
	Href     string
	Langs    []LangState
	Fields   []string
	Review   string
	Revision string
	Add      []Option // further languages
	Edit     string   // address of the form, which asks by GET for in
}

// EntryFilesPage shows the templates of an Interlinker, at
// /interlinkers/{slug}/files, or its pictures, at …/pictures.
//
// Forms: POST …/files {revision, lang, file}, streamed; POST …/files/remove
// {revision, lang}; POST …/pictures {revision, lang, alt, file}; POST
// …/pictures/remove {revision, url}.
type EntryFilesPage struct {
	FormPage  // its Fields, without the file of a template
	Name      domain.Text
	Href      string
	Revision  string
	Documents []Document
	Pictures  []Snapshot
	Pictured  bool // it shows the pictures
	MaxFile   int64
}

// Snapshot is a picture of an Interlinker.
type Snapshot struct {
	URL           string // where it is, by which it is taken away
	Source        string // where this node shows it
	Width, Height int
	Alt           domain.Text
}

// EntryVersionsPage lists the versions of an Interlinker, at
// /interlinkers/{slug}/versions. Its form asks by GET at Compare for old and
// new.
type EntryVersionsPage struct {
	Frame
	Name     domain.Text
	Href     string
	Compare  string // "" if there is nothing to compare
	Versions []EntryVersion
	Pager    Pager
}

// EntryVersion is one version.
type EntryVersion struct {
	Number   int
	Status   string
	Note     string
	By       Actor
	At       time.Time
	Present  bool
	Old, New bool // chosen for a comparison
}

// EntryComparePage shows what changed from one version to another, or what the
// archive of a node has otherwise than this one.
type EntryComparePage struct {
	Frame
	Name     domain.Text
	Href     string
	Old, New EntryVersion
	Fields   []ComparedField
	Archive  *NodeArchiveRow // of which New is; nil: both are of here
}

// DraftsPage lists the drafts of the catalogue, at /catalogue/drafts.
type DraftsPage struct {
	Frame
	Items []InterlinkerCard
	Pager Pager
}

// Curation is what those who write the catalogue do with an entry.
type Curation struct {
	Status       string // draft, published, deprecated, withdrawn
	Revision     string
	Publish      string // addresses; "" if not offered
	Edit         string
	Translations string
	Files        string
	Deprecate    string
	Withdraw     string
	Discard      string
	Delete       string
}

// Credit is somebody who made an Interlinker.
type Credit struct {
	Name string
	Href string // "" if they are not known by an address
}

// SupportedRule is a rule of law that an Interlinker supports.
type SupportedRule struct {
	Name     domain.Text // what it is called: an alias, or its address
	Href     string      // of the page about it
	Country  string      // ISO 3166-1 alpha-2; "" for the whole of the European Union
	Reviewed time.Time
}
