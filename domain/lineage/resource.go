package lineage

import (
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// SourceResource is a public resource of a source. If its licence lets others
// use it, it goes along with a clone.
type SourceResource struct {
	IRI         domain.IRI                `json:"id"`   // it, or the process it is of
	Item        string                    `json:"item"` // id of its task in the source
	Kind        coproduction.ResourceKind `json:"kind"`
	Name        string                    `json:"name"`
	URL         domain.IRI                `json:"url,omitempty"`  // of a link; of a file, where it is served
	Body        string                    `json:"body,omitempty"` // Markdown
	File        coproduction.Stored       `json:"file,omitzero"`  // of a file that this node keeps; else zero
	Language    domain.Lang               `json:"language,omitempty"`
	Licence     string                    `json:"licence,omitempty"`
	Interlinker domain.IRI                `json:"interlinker,omitempty"`
}

// maxCopied is how many resources go along with a clone.
const maxCopied = 2000

// resourceOf is what a clone may take of a public resource of a process of this
// node: nothing of its content if nobody may use that again.
func resourceOf(p *coproduction.Process, r coproduction.Resource) SourceResource {
	out := SourceResource{
		IRI: p.ResourceIRI(r.ID), Item: string(p.ItemIRI(r.Item)), Kind: r.Kind, Name: r.Name,
		Language: r.Language, Licence: r.Licence, Interlinker: r.Interlinker,
	}
	if !coproduction.Reusable(r.Licence) {
		return out
	}
	out.URL, out.Body, out.File = r.URL, r.Body, r.File
	if r.Kind == coproduction.File {
		out.URL = out.IRI + "/file"
	}
	return out
}

// fits reports whether a resource of another node is within its bounds.
func (r SourceResource) fits() bool {
	for _, iri := range []domain.IRI{r.IRI, r.URL, r.Interlinker} {
		if iri == "" {
			continue
		}
		if _, err := domain.ParseIRI(string(iri)); err != nil {
			return false
		}
	}
	if r.Language != "" {
		if _, err := domain.ParseLang(string(r.Language)); err != nil {
			return false
		}
	}
	return plain(r.Item, maxID) && plain(r.Name, maxTitle) && plain(r.Licence, maxTitle) && plain(r.Body, coproduction.MaxBody)
}

// copier makes the resources of a clone, for the people of the clone alone
// until they say otherwise. A file that is kept elsewhere becomes a link to
// it: nothing is fetched.
type copier struct {
	source  *Outline
	process *coproduction.Process
	plan    *Plan
	from    domain.Lang // of the source
	by      domain.ActorID
	mint    *domain.Mint
	said    *Manifest
}

// copy adds copies of resources to what is written.
func (c copier) copy(w *coproduction.Written, resources []SourceResource) {
	for _, r := range resources {
		task := c.plan.item(r.Item)
		name := strings.TrimSpace(r.Name)
		made := coproduction.Resource{
			ID: c.mint.ID(), Serial: c.mint.Serial(), Process: c.process.ID, Item: task, Kind: r.Kind, Name: name, URL: r.URL, Body: r.Body, File: r.File,
			Language: r.Language, Licence: r.Licence, Interlinker: r.Interlinker, Source: r.IRI, CreatedBy: c.by, CreatedAt: c.process.CreatedAt, UpdatedAt: c.process.CreatedAt,
			Version: 1, Revision: 1,
		}
		linked := made.Kind == coproduction.File && made.File.Hash == ""
		if linked {
			made.Kind = coproduction.Link
		} else if made.Kind == coproduction.File {
			made.URL = ""
		}
		switch {
		case !coproduction.Reusable(r.Licence):
			c.said.skip(name, r.IRI, SkipLicence)
			continue
		case task == "":
			c.said.skip(name, r.IRI, SkipTask)
			continue
		case c.said.Resources == maxCopied:
			c.said.skip(name, r.IRI, SkipMany)
			continue
		case !r.fits() || name == "" || made.Kind == coproduction.Link && made.URL == "" || !made.Kind.Known():
			c.said.skip(name, r.IRI, SkipBroken)
			continue
		case linked:
			c.said.skip(name, r.IRI, SkipLinked)
		}
		c.said.Resources++
		w.Resources = append(w.Resources, made)
		w.Versions = append(w.Versions, coproduction.ResourceVersion{Resource: made.ID, Version: coproduction.Version{
			Number: 1, URL: made.URL, Body: made.Body, File: made.File, By: c.by, At: c.process.CreatedAt,
		}})
	}
}
