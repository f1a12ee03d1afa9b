package portable

import (
	"errors"
	"iter"
	"slices"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// Built is what an archive becomes on a node.
type Built struct {
	coproduction.Written
	Known   map[string]lineage.Base // what a clone knows of its source
	Bodies  []Body                  // whose Markdown is to be read from the archive
	Carried Carried
	Lost    []Lost
}

// Body is a version of a document, whose Markdown is a part of the archive.
type Body struct {
	Version int // index in Versions
	Present int // index in Resources, if it is the present one; else -1
	Part    Part
}

// Target is what the importing node knows of what an archive names.
type Target struct {
	From     []domain.IRI              // as of [Carried]
	Importer domain.ActorID            // who made all of it here
	Self     domain.IRI                // the same by address
	Fresh    func(domain.ID) domain.ID // ids here; nil for the same ones
	Serial   func() domain.Serial
	Has      func(sha256 string) bool // reports whether bytes came along
	Unknown  []string                 // parts of the archive that this version does not know
}

// Build makes of a document that is in memory what a process p of this node has of
// it, and sets of p what it brings along beside its details. It is pure. Errors:
// Invalid, TooLarge for a broken tree: nothing can be made of that.
func (d *Process) Build(p *coproduction.Process, t Target) (Built, error) {
	b, err := d.document().build(p, t)
	if err != nil {
		return Built{}, err
	}
	out, err := b.whole()
	if err != nil {
		return Built{}, err
	}
	tree, err := coproduction.NewTree(out.Items)
	if err == nil {
		out.Items = tree.Items()
	}
	return out, err
}

// whole makes all of it at once.
func (b *builder) whole() (out Built, err error) {
	for page, err := range b.pages() {
		if err != nil {
			return Built{}, err
		}
		for _, body := range page.bodies {
			if body.Version += len(out.Versions); body.Present >= 0 {
				body.Present += len(out.Resources)
			}
			out.Bodies = append(out.Bodies, body)
		}
		out.Items = append(out.Items, page.Items...)
		out.Resources, out.Versions = append(out.Resources, page.Resources...), append(out.Versions, page.Versions...)
		for id, one := range page.Known {
			if out.Known == nil {
				out.Known = map[string]lineage.Base{}
			}
			out.Known[id] = one
		}
	}
	out.Carried, out.Lost = b.Carried, b.Lost
	return out, nil
}

// builder makes of a document what a node has of it, page by page. What is carried
// along, and what is lost, is known once all pages were made.
type builder struct {
	Carried Carried
	Lost    []Lost
	d       *Document
	p       *coproduction.Process
	t       Target
	told    map[domain.IRI]bool
}

func (d *Document) builder(p *coproduction.Process, t Target) *builder {
	if t.Fresh == nil {
		t.Fresh = func(id domain.ID) domain.ID { return id }
	}
	return &builder{d: d, p: p, t: t, told: map[domain.IRI]bool{}, Carried: Carried{Authors: map[string]domain.IRI{}}}
}

// build begins to make of a document what a process p of this node has of it.
// Errors: Invalid, TooLarge for a broken tree.
func (d *Document) build(p *coproduction.Process, t Target) (*builder, error) {
	if d.frame.Outline == nil {
		if err := d.outline(); err != nil {
			return nil, err
		}
	}
	b := d.builder(p, t)
	d.frame.Summarize(p)
	if o := d.ClonedFrom; o != nil {
		p.ClonedFrom = &coproduction.Origin{
			IRI: o.IRI, Owner: o.Owner, Title: o.Title, Host: o.IRI.Host(), Version: o.Version, Digest: o.Digest, At: settled(o.At), Answer: coproduction.Offered,
		}
	}
	return b, nil
}

// built is a page of what is made, with the documents whose Markdown is to be read.
type built struct {
	lineage.Part
	bodies []Body
}

// maxLost is how much a report names.
const maxLost = 500

func (b *builder) lose(what string, iri domain.IRI, why Reason) {
	if len(b.Lost) < maxLost {
		b.Lost = append(b.Lost, Lost{What: what, IRI: iri, Reason: why})
	}
}

// named notes somebody once whom the archive names.
func (b *builder) named(iri domain.IRI, why Reason) {
	if iri != "" && !b.told[iri] && iri != b.t.Self && iri != b.d.Organization && iri != b.d.Team && iri != b.d.Community { // groups are told of as such
		b.told[iri] = true
		b.lose("", iri, why)
	}
}

// author is who made something here: who imports it. Whom the archive names is
// kept by address, also nobody: no one did something on this node because a
// file says so.
func (b *builder) author(what string, iri domain.IRI) domain.ActorID {
	if iri != b.t.Self {
		b.Carried.Authors[what] = iri
		b.named(iri, LostPerson)
	}
	return b.t.Importer
}

// pages makes all of it, as often as it is asked: a transaction may be tried again.
func (b *builder) pages() iter.Seq2[built, error] {
	return func(yield func(built, error) bool) {
		b.begin()
		err := paged(b.d.items, func(items []Item) error {
			var page built
			for _, it := range items {
				page.Items = append(page.Items, b.item(it))
			}
			return given(yield, page)
		})
		b.people()
		b.origin()
		if err == nil && b.d.ClonedFrom != nil {
			err = paged(b.d.known, func(known []Known) error {
				page := built{Part: lineage.Part{Known: make(map[string]lineage.Base, len(known))}}
				for _, k := range known {
					page.Known[k.ID] = k.Base
				}
				return given(yield, page)
			})
		}
		if err == nil {
			err = paged(b.d.resources, func(resources []Resource) error {
				var page built
				for _, r := range resources {
					b.resource(&page, r)
				}
				return given(yield, page)
			})
		}
		if b.end(); err != nil && !errors.Is(err, errEnough) {
			yield(built{}, err)
		}
	}
}

// given hands over a page. Errors: errEnough if nobody reads on.
func given(yield func(built, error) bool, page built) error {
	if !yield(page, nil) {
		return errEnough
	}
	return nil
}

// paged goes through a list, some at a time.
func paged[T any](list iter.Seq2[T, error], do func([]T) error) error {
	var page []T
	for one, err := range list {
		if err != nil {
			return err
		}
		if page = append(page, one); len(page) < step {
			continue
		}
		if err := do(page); err != nil {
			return err
		}
		page = nil
	}
	if len(page) == 0 {
		return nil
	}
	return do(page)
}

// begin begins the report anew.
func (b *builder) begin() {
	d := b.d
	clear(b.told)
	b.Lost = nil
	b.Carried = Carried{
		From: b.t.From, Organization: d.Organization, Team: d.Team, Community: d.Community, Clones: d.Clones, Releases: d.Releases, History: d.History,
		Authors: map[string]domain.IRI{},
	}
	for _, iri := range d.rolesOf() {
		b.named(iri, LostRole)
	}
}

// end tells what all of it is, once everything was made.
func (b *builder) end() {
	d := b.d
	for _, iri := range []domain.IRI{d.Organization, d.Team, d.Community} {
		if iri != "" {
			b.lose("", iri, LostGroup)
		}
	}
	for _, r := range d.Releases[:min(len(d.Releases), 100)] {
		b.lose(r.Version, r.IRI, LostRelease)
	}
	if len(d.Clones) > 0 {
		b.lose("", "", LostClones)
	}
	if len(d.History) > 0 {
		b.lose("", "", LostHistory)
	}
	for _, name := range b.t.Unknown {
		b.lose(name, "", LostPart)
	}
	if len(b.Carried.Authors) == 0 {
		b.Carried.Authors = nil
	}
}

func (b *builder) item(it Item) coproduction.Item {
	made := coproduction.Item{
		ID: b.t.Fresh(it.ID), Kind: it.Kind, Position: it.Position, Name: it.Name, Description: it.Description, Problems: it.Problems,
		Interlinkers: it.Interlinkers, Complexity: it.Complexity, CoDelivery: it.CoDelivery, Status: it.Status,
		Starts: at(it.Starts), Ends: at(it.Ends), DisabledAt: at(it.DisabledAt), FromNode: it.FromNode, FromItem: it.FromItem,
		Translations: it.Translations,
		Formerly:     it.formerly(b.t.From),
	}
	if it.Parent != "" {
		made.Parent = b.t.Fresh(it.Parent)
	}
	for _, before := range it.Prerequisites {
		made.Prerequisites = append(made.Prerequisites, b.t.Fresh(before))
	}
	if made.Disabled() {
		made.DisabledBy = b.author(string(made.ID), it.DisabledBy)
	}
	return made
}

// formerly are the names by which others know an item, also where it was before.
func (i Item) formerly(from []domain.IRI) []string {
	return coproduction.FormerIDs(slices.Concat(named(from, i.ID), i.Formerly)...)
}

// people keeps who had a role or rights, as they were: nobody is given any by
// a file, nor seems to have agreed to one. They are reported, so that who
// imports it can ask them.
func (b *builder) people() {
	b.Carried.Administrators = b.d.Administrators
	for _, g := range b.d.Grants {
		there := g.Item == ""
		if !there {
			there, _, _ = b.d.frame.Item(g.Item)
			g.Item = b.t.Fresh(g.Item)
		}
		_, err := coproduction.Grant{Grantee: b.t.Importer, Item: g.Item, Allow: g.Allow, Deny: g.Deny}.Settled()
		if err != nil || !there {
			b.lose("", g.Grantee, LostBroken)
			continue
		}
		b.Carried.Grants = append(b.Carried.Grants, g)
	}
}

// origin keeps what its source said to the process. What that confirmed was
// another address: whoever writes an archive must not make that up.
func (b *builder) origin() {
	if o := b.d.ClonedFrom; o != nil && o.Said != (Said{Answer: coproduction.Offered}) {
		said := o.Said
		b.Carried.Said = &said
		b.lose("", o.IRI, LostAnswer)
	}
}

// resource adds to a page what is made of a resource, unless it is not whole.
func (b *builder) resource(page *built, r Resource) {
	made := coproduction.Resource{
		ID: b.t.Fresh(r.ID), Serial: b.t.Serial(), Process: b.p.ID, Item: b.t.Fresh(r.Item), Kind: r.Kind, Name: r.Name, Language: r.Language, Licence: r.Licence,
		Public: r.Public, CreatedAt: settled(r.CreatedAt), UpdatedAt: settled(r.UpdatedAt), Revision: 1,
		Interlinker: r.Interlinker, InterlinkerVersion: r.InterlinkerVersion, Source: r.Source,
	}
	if _, task, _ := b.d.frame.Item(r.Item); !task || !r.whole() {
		b.lose(r.Name, "", LostBroken)
		return
	}
	if !slices.ContainsFunc(r.Versions, func(v ResourceVersion) bool { return v.SHA256 == "" || b.t.Has(v.SHA256) }) {
		b.lose(r.Name, "", LostFile)
		return
	}
	made.CreatedBy = b.author(string(made.ID), r.CreatedBy)
	for _, v := range r.Versions {
		if v.SHA256 != "" && !b.t.Has(v.SHA256) {
			b.lose(r.Name, "", LostFile)
			continue
		}
		one := coproduction.Version{
			Number: v.Number, URL: v.URL, Summary: v.Summary, Restored: v.Restored, By: b.author(versionKey(made.ID, v.Number), v.By), At: settled(v.At),
		}
		switch {
		case r.Kind == coproduction.File:
			one.File = coproduction.Stored{Hash: v.SHA256, Name: v.FileName, Type: v.Type, Size: v.Size}
		case r.Kind == coproduction.Document && v.SHA256 != "":
			page.bodies = append(page.bodies, Body{Version: len(page.Versions), Present: -1, Part: Part{SHA256: v.SHA256, Size: v.Size}})
		}
		page.Versions = append(page.Versions, coproduction.ResourceVersion{Resource: made.ID, Version: one})
		made.Version, made.URL, made.File = one.Number, one.URL, one.File
	}
	if n := len(page.bodies) - 1; n >= 0 && page.bodies[n].Version == len(page.Versions)-1 {
		page.bodies[n].Present = len(page.Resources)
	}
	page.Resources = append(page.Resources, made)
}
