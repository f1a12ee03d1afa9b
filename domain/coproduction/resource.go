package coproduction

import (
	"strings"
	"time"
	"unicode"

	"interlink/domain"
	"interlink/domain/policy"
)

// ResourceKind says what a resource is.
type ResourceKind string

// The kinds.
const (
	Link     ResourceKind = "link"     // an address elsewhere
	Document ResourceKind = "document" // Markdown kept here
	File     ResourceKind = "file"     // bytes kept here
)

// Known reports whether k is one of the kinds.
func (k ResourceKind) Known() bool { return k == Link || k == Document || k == File }

// MaxBody is the longest document, in bytes.
const MaxBody = 500_000

// Resource is something made or used in a task, as it is now; see [Version]
// for what it was.
type Resource struct {
	ID        domain.ID
	Serial    domain.Serial
	Process   domain.ActorID
	Item      domain.ID // the task
	Kind      ResourceKind
	Name      string
	URL       domain.IRI  // of a link
	Body      string      // of a document, Markdown; "" in lists
	File      Stored      // of a file
	Language  domain.Lang // it is in; "und" if unknown
	Licence   string      // SPDX; "" if not said
	CreatedBy domain.ActorID
	Public    bool // may be shown to people outside and go into a story
	CreatedAt time.Time
	UpdatedAt time.Time
	RemovedAt time.Time // zero while it is there
	RemovedBy domain.ActorID
	Erased    bool  // removed for good: nothing but this row is left
	Version   int   // of URL, Body and File, from 1
	Revision  int64 // counts every change of it, from 1

	InterlinkerID      domain.ID  // the catalogue's row it was made from; "" if none
	Interlinker        domain.IRI // the same by address, which clones and stories keep
	InterlinkerVersion int        // of the Interlinker it was made from; 0 if not known
	Source             domain.IRI // the resource it is a copy of; "" if of none
	Asset              string     // what a software Interlinker calls what it keeps, of a link to that; "" if it keeps none

	fetch Stored // of a new link: the file that is to be read from there and to take its place
}

// Version is what a resource was, from one change of its content to the next.
type Version struct {
	Number   int
	URL      domain.IRI
	Body     string // "" in lists
	File     Stored
	Summary  string // of the change, in the words of who made it; may be empty
	Restored int    // number of the version that it brought back; 0 if none
	By       domain.ActorID
	At       time.Time
}

// version is the present one of the resource.
func (r *Resource) version(by domain.ActorID, summary string) Version {
	return Version{Number: r.Version, URL: r.URL, Body: r.Body, File: r.File, Summary: summary, By: by, At: r.UpdatedAt}
}

// Size is what the version takes of its process's room, in bytes.
func (v Version) Size() int64 { return v.File.Size + int64(len(v.Body)) }

// ResourceFilter narrows a list of resources.
type ResourceFilter struct {
	Item    domain.ID      // of this task, or of all below this phase or objective; "" for all
	Kind    ResourceKind   // "" for all
	By      domain.ActorID // who made it; Nobody for all
	Removed bool           // those that were removed and can be restored, instead of those that are there

	// Set by the service. Confined shows only those of the items in Inside, and,
	// if Public is set, the public ones.
	Confined bool
	Inside   []domain.ID
	Public   bool
}

// ResourceDetails is what people say of a resource: a link if URL is set,
// else a document.
type ResourceDetails struct {
	Name     string
	URL      string
	Body     string
	Language domain.Lang // "" means the process's
	Licence  string
	Public   bool
}

// newResource makes a resource of what a person said. Errors: Invalid.
func newResource(d ResourceDetails, language domain.Lang) (*Resource, error) {
	r := &Resource{Kind: Document, Body: plain(d.Body), Version: 1, Revision: 1}
	var p domain.Problems
	r.describe(d, language, &p)
	address := strings.TrimSpace(d.URL)
	switch {
	case address != "" && r.Body != "":
		p.Add("url", "process.resource_link_or_document")
	case address != "":
		r.Kind = Link
		r.lead(address, &p)
	default:
		r.checkBody(&p)
	}
	return r, p.Err()
}

// describe takes over what is said of a resource beside its content. Problems
// are of name, licence and language.
func (r *Resource) describe(d ResourceDetails, language domain.Lang, p *domain.Problems) {
	r.Name, r.Language, r.Licence, r.Public = line(d.Name), language, line(d.Licence), d.Public
	if r.Name == "" {
		p.Add("name", "process.resource_name_missing")
	}
	if len(r.Name) > maxTitle {
		p.Add("name", "process.text_too_long", maxTitle)
	}
	if len(r.Licence) > 100 {
		p.Add("licence", "process.text_too_long", 100)
	}
	if d.Language != "" {
		lang, err := domain.ParseLang(string(d.Language))
		if err != nil {
			p.Add("language", "process.language_missing")
		}
		r.Language = lang
	}
}

// lead sets where a link leads.
func (r *Resource) lead(address string, p *domain.Problems) {
	iri, err := domain.ParseLink(strings.TrimSpace(address))
	if err != nil {
		p.Add("url", "process.resource_url")
		return
	}
	r.URL = iri
}

func (r *Resource) checkBody(p *domain.Problems) {
	if len(r.Body) > MaxBody {
		p.Add("body", "process.text_too_long", MaxBody)
	}
}

// line is [plain] text of one line: control characters become spaces.
func line(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, plain(s)))
}

// plain trims a text and takes out what is no text: NUL and broken UTF-8.
func plain(s string) string {
	return strings.TrimSpace(strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", ""))
}

// resourceFacts lets the policy judge a resource: whoever made it, or holds
// the right to delete at its task, may remove it as its process's
// administrators do.
type resourceFacts struct {
	Place
	resource *Resource
}

func (f resourceFacts) PolicyKind() string { return "resource" }

func (f resourceFacts) PolicyRelation(a domain.ActorID) policy.Relation {
	relation := f.Place.PolicyRelation(a)
	if relation >= policy.Contributor && (f.resource.CreatedBy == a || f.Rights(a).Has(MayDelete)) {
		return policy.Administrator
	}
	return relation
}
