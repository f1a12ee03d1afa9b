package activity

import (
	"encoding/json"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// typed writes a value that has JSON tags as the object of an extension.
func typed(v any) json.RawMessage {
	raw, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	return raw
}

// typedText is a text by language; nil if it is empty.
func typedText(t domain.Text) json.RawMessage {
	if t = t.Clean(); len(t) == 0 {
		return nil
	}
	return typed(t)
}

// Process makes the extension of a process's actor. organization and community
// are "" if it has none.
func Process(p *coproduction.Process, organization, community domain.IRI, about lineage.About) *ProcessExtension {
	ext := &ProcessExtension{
		Summary:  typedText(p.Summary),
		Language: p.Language, Status: string(p.Status), Governance: string(p.Governance), Country: p.Country, Organization: organization, Community: community,
		Schema: p.SchemaIRI, Version: p.Revision, Tree: p.IRI + "/tree", Resources: p.IRI + "/resources", Clones: p.IRI + "/clones",
	}
	if from := p.ClonedFrom; from != nil {
		version, _ := strconv.ParseInt(from.Version, 10, 64)
		ext.ClonedFrom = &CloneReference{ID: from.IRI, Name: from.Title.String(), Version: version, Digest: from.Digest, Stamp: from.Stamp, Release: about.Merged}
	}
	ext.Story, ext.Active = about.Story, p.UpdatedAt.UTC().Format(time.DateOnly)
	if len(about.Releases) > 0 {
		ext.Releases = typed(about.Releases)
	}
	return ext
}

type itemDocument struct {
	ID           domain.IRI        `jsonld:"id"`
	Type         string            `jsonld:"type"`
	AttributedTo domain.IRI        `jsonld:"attributedTo"`
	Name         string            `jsonld:"name"`
	NameMap      map[string]string `jsonld:"nameMap,omitempty"`
	Item         json.RawMessage   `jsonld:"interlink:item"`
}

// Item makes a phase, objective or task as an element of its process's tree:
// a Note whose interlink:item holds all of it.
func Item(process domain.IRI, language domain.Lang, item lineage.SourceItem) any {
	name, _ := item.Name.In(language)
	return itemDocument{
		ID: domain.IRI(item.ID), Type: "Note", AttributedTo: process, Name: name, NameMap: texts(item.Name), Item: typed(item),
	}
}

// ReadProcess reads the actor document of another node's process, without its
// items, and tells where its tree and its public resources are ("" for none).
// Errors: Invalid.
func ReadProcess(doc Document) (s lineage.SourceProcess, tree, resources domain.IRI, err error) {
	ext := doc.Object("interlink:process")
	s.IRI = doc.IRI("id")
	if ext == nil || s.IRI == "" {
		return s, "", "", domain.Fail(domain.Invalid, "clone.not_a_process")
	}
	s.Language, _ = domain.ParseLang(ext.String("language"))
	s.Title = doc.Text("name", language(s.Language))
	if json.Unmarshal(ext["summary"], &s.Summary) != nil {
		s.Summary = nil
	}
	s.Schema = ext.IRI("schema")
	if v := ext.Int("version"); v > 0 {
		s.Version = strconv.FormatInt(v, 10)
	}
	s.Owner = s.IRI
	if owner := ext.IRI("organization"); domain.SameOrigin(owner, s.IRI) {
		s.Owner = owner
	}
	tree = ext.IRI("tree")
	if !domain.SameOrigin(tree, s.IRI) {
		return s, "", "", domain.Fail(domain.Invalid, "clone.not_a_process")
	}
	if at := ext.IRI("resources"); domain.SameOrigin(at, s.IRI) {
		resources = at
	}
	return s, tree, resources, nil
}

// ReadItem reads an element of a tree; ok is false if it is none.
func ReadItem(doc Document) (lineage.SourceItem, bool) {
	var item lineage.SourceItem
	if json.Unmarshal(doc["interlink:item"], &item) != nil || item.ID == "" {
		return item, false
	}
	return item, true
}

type resourceDocument struct {
	ID           domain.IRI      `jsonld:"id"`
	Type         string          `jsonld:"type"`
	AttributedTo domain.IRI      `jsonld:"attributedTo"`
	Name         string          `jsonld:"name"`
	URL          domain.IRI      `jsonld:"url"`
	License      string          `jsonld:"license,omitempty"`
	Resource     json.RawMessage `jsonld:"interlink:resource"`
}

// Resource makes a public resource of a process as an element of its
// collection: a Document whose interlink:resource holds all that a clone takes
// of it.
func Resource(process domain.IRI, r lineage.SourceResource) any {
	r.File = coproduction.Stored{} // it is fetched at its address
	return resourceDocument{
		ID: r.IRI, Type: "Document", AttributedTo: process, Name: r.Name, URL: r.IRI, License: licence(r.Licence), Resource: typed(r),
	}
}

// ReadResource reads an element of the resources of a process; ok is false if
// it is none. Its bounds are for the domain.
func ReadResource(doc Document) (r lineage.SourceResource, ok bool) {
	if json.Unmarshal(doc["interlink:resource"], &r) != nil || r.IRI == "" {
		return r, false
	}
	return r, true
}

func language(l domain.Lang) domain.Lang {
	if l == "" {
		return domain.Undetermined
	}
	return l
}

// CloneOffer is the object of the Offer that a clone's node sends to the
// source: the clone's actor by reference, with what it was made of.
type cloneDocument struct {
	ID      domain.IRI        `jsonld:"id"`
	Type    string            `jsonld:"type"`
	Name    string            `jsonld:"name"`
	NameMap map[string]string `jsonld:"nameMap,omitempty"`
	Clone   cloneOf           `jsonld:"interlink:clone"`
}

type cloneOf struct {
	Of CloneReference `jsonld:"of"`
}

// Clone makes the object of an Offer: a process that was cloned from a source.
func Clone(o lineage.Offer, sourceTitle string) any {
	version, _ := strconv.ParseInt(o.Version, 10, 64)
	return cloneDocument{
		ID: o.Clone, Type: "Group", Name: o.Title.String(), NameMap: texts(o.Title),
		Clone: cloneOf{CloneReference{ID: o.Source, Name: sourceTitle, Version: version, Digest: o.Digest, Stamp: o.Stamp, Formerly: o.Formerly}},
	}
}

// ReadClone reads the object of an Offer; ok is false if it is no clone. Who
// offers it, and by which activity, is not in it.
func ReadClone(doc Document) (o lineage.Offer, ok bool) {
	ext := doc.Object("interlink:clone")
	if ext == nil {
		return o, false
	}
	o = lineage.Offer{Clone: doc.IRI("id"), Source: ext.IRI("of"), Title: doc.Text("name", domain.Undetermined)}
	if of := ext.Object("of"); of != nil {
		o.Digest, o.Formerly, o.Stamp = of.String("digest"), of.IRI("formerly"), of.IRI("stamp")
		if v := of.Int("version"); v > 0 {
			o.Version = strconv.FormatInt(v, 10)
		}
	}
	return o, o.Clone != "" && o.Source != ""
}
