package activity

import (
	"cmp"
	"encoding/json"
	"maps"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/markup"
	"interlink/domain/review"
)

// entryExtension is the interlink:interlinker, interlink:schema or
// interlink:problem of an Article: what the entry says, whole, with its
// version and status.
type entryExtension struct {
	Content     catalogue.Content `json:"content"`
	Version     int               `json:"version"`
	Status      catalogue.Status  `json:"status"`
	Reason      domain.Text       `json:"reason,omitempty"` // why it is deprecated or withdrawn
	Replacement domain.IRI        `json:"replacement,omitempty"`
	Origin      string            `json:"origin,omitempty"` // what the import that made it calls it, on whatever node that was
	Alert       domain.Text       `json:"alert,omitempty"`  // what the owner warns of
	Ratings     *ratings          `json:"ratings,omitempty"`
}

// ratings are how often an entry has how many stars, of one first, and when
// its owner counted them.
type ratings struct {
	Counts review.Tally `json:"counts"`
	At     time.Time    `json:"at"`
}

func ratingsOf(r review.Ratings) *ratings {
	if r.At.IsZero() {
		return nil
	}
	return &ratings{r.Tally, r.At}
}

// Entry makes an entry of the catalogue as an Article by it. lang is the
// node's language.
func Entry(e *catalogue.Entry, owner, followers domain.IRI, ns domain.Namespace, lang domain.Lang) any {
	_, lang = e.Name.In(lang)
	summary := domain.Text{}
	for l, s := range e.Summary {
		summary[l] = markup.Excerpt(markup.Markdown(s), 480)
	}
	text, _ := e.Summary.In(lang)
	content := markup.Markdown(text)
	if e.Interlinker != nil {
		if how, _ := e.Interlinker.Instructions.In(lang); how != "" {
			content += markup.Markdown(how)
		}
	}
	d := article(e.IRI, owner, []domain.IRI{followers}, e.Name, summary, map[domain.Lang]string{lang: content}, lang)
	d.Published, d.Updated = when(e.PublishedAt), changed(e.PublishedAt, e.UpdatedAt)
	ext := typed(entryExtension{Content: e.Content(), Version: e.Version, Status: e.Status, Reason: e.Reason, Replacement: e.Replacement, Origin: cmp.Or(e.Origin, e.Key), Alert: e.Alert, Ratings: ratingsOf(e.Ratings)})
	switch e.Kind {
	case catalogue.KindInterlinker:
		d.Interlinker, d.License = ext, licence(e.Interlinker.SPDX)
		for _, word := range e.Interlinker.Tags[string(lang)] {
			d.Tag = append(d.Tag, tag(word, ns))
		}
	case catalogue.KindSchema:
		d.Schema, d.License = ext, licence(e.Schema.SPDX)
	case catalogue.KindProblem:
		d.Problem = ext
	}
	return d
}

// entryMembers are the extension members by kind.
var entryMembers = map[catalogue.Kind]string{
	catalogue.KindInterlinker: "interlink:interlinker", catalogue.KindSchema: "interlink:schema", catalogue.KindProblem: "interlink:problem",
}

// ReadEntry reads an entry of a catalogue. ok is false for an object that is
// none.
func ReadEntry(doc Document) (in catalogue.Remote, owner domain.IRI, ok bool) {
	for kind, member := range maps.All(entryMembers) {
		raw := doc[member]
		if raw == nil {
			continue
		}
		var ext entryExtension
		if json.Unmarshal(raw, &ext) != nil {
			return in, "", false
		}
		in = catalogue.Remote{
			IRI: doc.IRI("id"), Slug: lastSegment(doc.IRI("id")), Kind: kind, Content: ext.Content, Version: ext.Version,
			Status: ext.Status, Reason: ext.Reason, Replacement: ext.Replacement, Origin: ext.Origin, Alert: ext.Alert, Published: doc.Time("published"), Updated: lastChange(doc),
		}
		if r := ext.Ratings; r != nil {
			in.Ratings = review.Ratings{Tally: r.Counts, At: r.At}
		}
		return in, doc.IRI("attributedTo"), in.IRI != ""
	}
	return in, "", false
}
