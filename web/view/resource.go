package view

import (
	"time"

	"interlink/domain"
)

// Resource is something a task has: a link, a document or a file, perhaps made
// with an Interlinker.
type Resource struct {
	Kind        string // "link", "document", "file"
	Title       domain.Text
	Href        string // its page; of a link where it leads, in lists
	Page        string // its page
	Task        *Link  // nil where it is plain
	Interlinker *Link  // it was made with
	Unfit       string // "withdrawn", "deleted" or "warned" if that should not be used any more; ""
	Instead     *Link  // what to use instead of one that was deleted; nil if nobody said
	Nature      Nature
	By          Actor
	At          time.Time
	Updated     time.Time
	Version     int
	File        *FileFacts // of a file
	Public      bool       // people outside see it, and stories show it
	Removed     time.Time  // zero while it is there
	Remove      string     // address that removes it by POST; "" if not offered
	Recover     string     // address that brings it back by POST; "" if not offered
}

// FileFacts are what is said of a file.
type FileFacts struct {
	Name    string
	Kind    string // "image", "pdf", …: translated as resource.type_<kind>
	Size    int64
	Href    string // its address
	Picture bool   // it can be shown
}

// Icon is the symbol of the resource.
func (r Resource) Icon() string {
	switch {
	case r.Nature != "":
		return r.Nature
	case r.Kind == "link":
		return "external"
	}
	return "file"
}

// ResourcesPage lists the resources of a process, at
// /processes/{name}/resources. Its form asks by GET for item, kind and by.
type ResourcesPage struct {
	Frame
	ProcessHead
	Filter    []Option // of kind
	Items     []Option // parts of the process: phases, and what is around the chosen one
	Makers    []Option
	Resources []Resource
	Pager     Pager
	Filtered  bool
	Removed   bool   // those that were removed
	Bin       string // address of the removed ones; "" if not offered
	Archive   string // address of the archive
	Portable  string // and of the one that other nodes import
	Branch    string // address of the archive of the chosen part; "" if none is chosen
}

// ResourcePage shows a resource, at /processes/{name}/resources/{id}.
//
// Forms: POST New {file}, streamed, {change} before it.
type ResourcePage struct {
	Frame
	ProcessHead
	Resource Resource
	Text     Rich   // of a document
	Address  string // of a link
	Open     string // address that leads there
	Licence  string
	Language domain.Lang
	Fallback domain.Lang  // language of the process, in which its Interlinker is not there; "" if it is
	Uses     string       // address of the uses in the process; "" if not offered
	Made     *MadeWith    // with what it was made
	Tool     *ToolActions // of what a software Interlinker keeps; nil for others
	Source   string
	Edit     string // address of the form; "" if not offered
	New      string // address that takes a new version of a file; "" if not offered
	MaxFile  int64
	Versions string // address of its versions; "" if not offered
	Offer    string // address at which it is offered to a catalogue; "" if not offered
	Back     string // the task it belongs to
	Form     Form
}

// MadeWith is the Interlinker a resource was made from.
type MadeWith struct {
	Link
	Version int    // of it, when it was taken; 0 if not known
	Newer   int    // its present version, if it is another one; else 0
	Unfit   string // as of [Resource]
	Instead *Link
	Since   time.Time
}

// ResourceFormPage changes a resource, at …/resources/{id}/edit. If somebody
// else changed it since it was opened, it shows both versions.
//
// Form: POST Action {revision, kind, name, address or body, language, licence,
// public, change}.
type ResourceFormPage struct {
	Frame
	Crumbs   []Link
	Title    domain.Text
	Kind     string
	Action   string
	Cancel   string
	Revision string
	Name     string
	Address  string
	Body     string
	Langs    []Option
	Licence  string
	Public   bool
	MaxBody  int
	Theirs   *Theirs // nil unless somebody else changed it
	Form     Form
}

// Theirs is a resource as somebody else changed it meanwhile.
type Theirs struct {
	By       Actor
	At       time.Time
	Name     string
	Address  string
	Body     string
	Lang     domain.Lang
	Licence  string
	Public   bool
	Versions string // address of all versions
	Rows     []CompareRow
	More     int // rows that are not shown
}

// VersionsPage lists the versions of a resource, at …/resources/{id}/versions.
// Its form asks by GET at Compare for old and new.
type VersionsPage struct {
	Frame
	ProcessHead
	Resource Resource
	Compare  string // "" if there is nothing to compare
	Versions []ResourceVersion
	Pager    Pager
}

// ResourceVersion is one version.
type ResourceVersion struct {
	Number   int
	Href     string
	By       Actor
	At       time.Time
	Summary  string
	Restored int
	File     *FileFacts
	Address  string // of a link
	Present  bool
	Old, New bool   // chosen to be compared, at first
	Restore  string // address that brings it back by POST {revision}; "" if not offered
	Revision string
}

// VersionPage shows one version of a resource, at
// …/resources/{id}/versions/{number}.
type VersionPage struct {
	Frame
	ProcessHead
	Resource Resource
	Compare  string // "" for what is no text
	Version  ResourceVersion
	Text     Rich
}

// ComparePage shows what changed between two versions of a document, at
// …/resources/{id}/compare?old=1&new=2.
type ComparePage struct {
	Frame
	ProcessHead
	Resource Resource
	Old, New ResourceVersion
	Rows     []CompareRow
	More     int // rows that are not shown
	Same     bool
	Lang     domain.Lang
}

// CompareRow is one line, or so many that did not change and are left out.
type CompareRow struct {
	Change   string // "kept", "removed", "added"; "" for what is left out
	Old, New int    // 0 for none
	Text     string
	Hidden   int
}
