package lineage

import (
	"strings"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// SourceResource is a public resource of a source whose licence lets others
// use it: it goes along with a clone.
type SourceResource struct {
	IRI         domain.IRI // it, or the process it is of
	Item        string     // id of its task in the source
	Kind        coproduction.ResourceKind
	Name        string
	URL         domain.IRI // of a link; of a file, where it is served
	Body        string
	File        coproduction.Stored // of a file that this node keeps; else zero
	Language    domain.Lang
	Licence     string
	Interlinker domain.IRI
}

// maxCopied is how many resources go along with a clone.
const maxCopied = 2000

// reusable returns the public and licensed ones of a process of this node.
func reusable(p *coproduction.Process, resources []coproduction.Resource) []SourceResource {
	var out []SourceResource
	for _, r := range resources {
		if !r.Public || r.Licence == "" || !r.RemovedAt.IsZero() {
			continue
		}
		out = append(out, SourceResource{
			IRI: p.ResourceIRI(r.ID), Item: string(p.ItemIRI(r.Item)), Kind: r.Kind, Name: r.Name, URL: r.URL, Body: r.Body, File: r.File,
			Language: r.Language, Licence: r.Licence, Interlinker: r.Interlinker,
		})
	}
	return out
}

// copyResources makes the resources of a clone, for the people of the clone
// alone until they say otherwise. A file that is kept elsewhere becomes a link
// to it: nothing is fetched.
func copyResources(p *coproduction.Process, items []coproduction.Item, resources []SourceResource, by domain.ActorID, mint *domain.Mint) coproduction.Written {
	tasks := make(map[string]domain.ID, len(items))
	for _, it := range items {
		if it.Kind == coproduction.Task {
			tasks[it.FromItem] = it.ID
		}
	}
	w := coproduction.Written{Items: items}
	for _, r := range resources {
		task := tasks[r.Item]
		if task == "" || r.Licence == "" || len(w.Resources) == maxCopied {
			continue
		}
		made := coproduction.Resource{
			ID: mint.ID(), Serial: mint.Serial(), Process: p.ID, Item: task, Kind: r.Kind, Name: strings.TrimSpace(r.Name), URL: r.URL, Body: r.Body, File: r.File,
			Language: r.Language, Licence: r.Licence, Interlinker: r.Interlinker, Source: r.IRI, CreatedBy: by, CreatedAt: p.CreatedAt, UpdatedAt: p.CreatedAt,
			Version: 1, Revision: 1,
		}
		if made.Kind == coproduction.File && made.File.Hash == "" {
			made.Kind = coproduction.Link
		} else if made.Kind == coproduction.File {
			made.URL = ""
		}
		if made.Name == "" || made.Kind == coproduction.Link && made.URL == "" || !made.Kind.Known() {
			continue
		}
		w.Resources = append(w.Resources, made)
		w.Versions = append(w.Versions, coproduction.ResourceVersion{Resource: made.ID, Version: coproduction.Version{
			Number: 1, URL: made.URL, Body: made.Body, File: made.File, By: by, At: p.CreatedAt,
		}})
	}
	return w
}
