package activity

import (
	"encoding/json"

	"interlink/domain"
	"interlink/domain/lineage"
	"interlink/domain/markup"
)

// releaseExtension is the interlink:release of an Article.
type releaseExtension struct {
	Process  domain.IRI              `json:"process"`
	Version  string                  `json:"version"`
	Previous string                  `json:"previous,omitempty"`
	Title    domain.Text             `json:"title"` // of the process
	Note     domain.Text             `json:"note,omitempty"`
	Items    int                     `json:"items"`
	Digest   string                  `json:"digest"`       // of the tree
	Of       int64                   `json:"of,omitempty"` // version of the process that has it
	Tree     domain.IRI              `json:"tree"`
	Changes  []lineage.ReleaseChange `json:"changes,omitempty"`
	Credits  []lineage.Credit        `json:"credits,omitempty"` // whose improvements it brings
}

// Release makes a release as an Article by its process. Its tree is a
// collection of its own, which does not change. summary is one plain paragraph
// in its language, for servers that show title, summary and address alone.
func Release(r *lineage.Release, lang domain.Lang, summary domain.Text) any {
	content := make(map[domain.Lang]string, len(r.Note))
	for l, note := range r.Note {
		content[l] = markup.Markdown(note)
	}
	d := article(r.IRI, r.Process, nil, r.Name(), summary, content, lang)
	d.Published, d.License = when(r.At), licence(r.Licence)
	d.Release = typed(releaseExtension{
		Process: r.Process, Version: r.Version.String(), Previous: r.Previous, Title: r.Title, Note: r.Note, Items: r.Items, Digest: r.Digest, Of: r.Of,
		Tree: r.IRI + "/tree", Changes: r.Changes, Credits: r.Credits,
	})
	return d
}

// ReadRelease reads a release, without its tree; ok is false for what is none,
// and for one that is not by its process. Its bounds are for the domain.
func ReadRelease(doc Document) (in lineage.Announced, ok bool) {
	var ext releaseExtension
	if raw := doc["interlink:release"]; raw == nil || json.Unmarshal(raw, &ext) != nil {
		return in, false
	}
	in = lineage.Announced{
		IRI: doc.IRI("id"), Process: ext.Process, Version: ext.Version, Previous: ext.Previous, Title: ext.Title, Note: ext.Note,
		Licence: readLicence(doc), Changes: ext.Changes, Items: ext.Items, Digest: ext.Digest, Of: ext.Of,
		Credits: ext.Credits,
	}
	return in, in.IRI != "" && in.Process != "" && in.Process == doc.IRI("attributedTo")
}
