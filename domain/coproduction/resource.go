package coproduction

import (
	"strings"
	"time"

	"interlink/domain"
	"interlink/domain/policy"
)

// ResourceKind says what a resource is.
type ResourceKind string

// The kinds.
const (
	Link     ResourceKind = "link"     // an address elsewhere
	Document ResourceKind = "document" // Markdown kept here
)

// maxBody is the longest document, in bytes.
const maxBody = 500_000

// Resource is something made or used in a task.
type Resource struct {
	ID            domain.ID
	Serial        domain.Serial
	Process       domain.ActorID
	Item          domain.ID // the task
	Kind          ResourceKind
	Name          string
	URL           domain.IRI  // of a link
	Body          string      // of a document, Markdown
	Language      domain.Lang // it is in; "und" if unknown
	Licence       string      // SPDX; "" if not said
	InterlinkerID domain.ID   // the catalogue's row it was made from; "" if none
	Interlinker   domain.IRI  // the same by address, which clones and stories keep
	CreatedBy     domain.ActorID
	Public        bool // may be shown to people outside and go into a story
	CreatedAt     time.Time
	UpdatedAt     time.Time
	RemovedAt     time.Time // zero while it is there
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
	r := &Resource{
		Kind: Document, Name: plain(d.Name), Body: plain(d.Body), Language: language, Licence: plain(d.Licence), Public: d.Public,
	}
	var p domain.Problems
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
	address := strings.TrimSpace(d.URL)
	switch {
	case address != "" && r.Body != "":
		p.Add("url", "process.resource_link_or_document")
	case address != "":
		iri, err := domain.ParseLink(address)
		if err != nil {
			p.Add("url", "process.resource_url")
		}
		r.Kind, r.URL = Link, iri
	case len(r.Body) > maxBody:
		p.Add("body", "process.text_too_long", maxBody)
	}
	return r, p.Err()
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
