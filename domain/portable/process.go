package portable

import (
	"slices"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// Held is what a process consists of on its node, as values.
type Held struct {
	Process   *coproduction.Process
	Items     []coproduction.Item     // in the order of the tree
	Resources []HeldResource          // oldest first
	Known     map[string]lineage.Base // what a clone knows of its source
	Clones    []Clone
	Releases  []Release
	History   []Event
	People    map[domain.ActorID]domain.IRI // who is named, and may be
	Carried   Carried                       // from where it was before
}

// HeldResource is a resource with its versions, the present one last.
type HeldResource struct {
	coproduction.Resource
	Versions []coproduction.Version
	Bodies   map[int]Part // of the versions of a document, by number
}

// Carried is what an imported process brought along that has no row here: it
// goes along when the process is exported again.
type Carried struct {
	From           []domain.IRI          `json:"from,omitempty"` // the process that was exported, and what that was before
	Organization   domain.IRI            `json:"organization,omitempty"`
	Team           domain.IRI            `json:"team,omitempty"`
	Community      domain.IRI            `json:"community,omitempty"`
	Administrators []domain.IRI          `json:"administrators,omitempty"`
	Grants         []Grant               `json:"grants,omitempty"`
	Said           *Said                 `json:"said,omitempty"`
	Clones         []Clone               `json:"clones,omitempty"`
	Releases       []Release             `json:"releases,omitempty"`
	History        []Event               `json:"history,omitempty"`
	Moderators     []domain.IRI          `json:"moderators,omitempty"` // this one and what follows: of a community
	Members        []domain.IRI          `json:"members,omitempty"`
	Bans           []Ban                 `json:"bans,omitempty"`
	Pinned         []domain.IRI          `json:"pinned,omitempty"`
	Log            []Act                 `json:"log,omitempty"`
	Authors        map[string]domain.IRI `json:"authors,omitempty"` // who is not known here, by what they made
}

// Formerly is where the process was before, and had all its items under the ids
// that they have: an archive says that once in its head, so that what was only
// brought along is the same document again.
func (h Held) Formerly() []domain.IRI {
	all := h.Carried.From
	for _, it := range h.Items {
		for i, name := range named(all, it.ID) {
			if !slices.Contains(it.Formerly, name) {
				all = all[:i]
				break
			}
		}
	}
	return all
}

// named are the names that an item has where its process was before.
func named(from []domain.IRI, item domain.ID) []string {
	out := make([]string, len(from))
	for i, iri := range from {
		out[i] = string((&coproduction.Process{IRI: iri}).ItemIRI(item))
	}
	return out
}

// Forget takes somebody out of what was brought along: who wants to be
// forgotten is named no more, also not in what is exported again.
func (b *Bringing) Forget(person domain.IRI) {
	c := &b.Carried
	for _, all := range []*[]domain.IRI{&c.Administrators, &c.Moderators, &c.Members} {
		*all = slices.DeleteFunc(*all, func(iri domain.IRI) bool { return iri == person })
	}
	c.Bans = slices.DeleteFunc(c.Bans, func(b Ban) bool { return b.Person == person })
	for i := range c.Bans {
		if c.Bans[i].By == person {
			c.Bans[i].By = ""
		}
	}
	for i := range c.Log {
		if c.Log[i].By == person {
			c.Log[i].By = ""
		}
	}
	c.Grants = slices.DeleteFunc(c.Grants, func(g Grant) bool { return g.Grantee == person })
	b.Lost = slices.DeleteFunc(b.Lost, func(l Lost) bool { return l.IRI == person })
	for what, iri := range c.Authors {
		if iri == person {
			c.Authors[what] = ""
		}
	}
	for i := range c.History {
		if c.History[i].By == person {
			c.History[i].By = ""
		}
	}
	for i := range c.Clones {
		if c.Clones[i].Cloner == person {
			c.Clones[i].Cloner = ""
		}
	}
}

// Lost says what of an archive the node does not hold as it was, and why.
type Lost struct {
	What   string     `json:"what"` // its name
	IRI    domain.IRI `json:"iri,omitempty"`
	Reason Reason     `json:"reason"`
}

// Reason says why something is not held as it was.
type Reason string

// The reasons.
const (
	LostPerson  Reason = "person"  // a file says that they made something: they are kept by address
	LostRole    Reason = "role"    // they had a role or rights: a file gives nobody any
	LostGroup   Reason = "group"   // an organisation, team or community of another node: kept by address
	LostAnswer  Reason = "answer"  // its source confirmed another address: it is claimed again
	LostClones  Reason = "clones"  // they are clones of the address it had: kept to be read
	LostRelease Reason = "release" // it was published at the address it had: kept to be read
	LostHistory Reason = "history" // it happened elsewhere: kept to be read
	LostBroken  Reason = "broken"  // it is not whole
	LostFile    Reason = "file"    // its bytes are not in the archive
	LostPart    Reason = "part"    // a part that this version does not know
	LostMembers Reason = "members" // who followed it: kept by address, they follow it here if they want to
	LostBan     Reason = "ban"     // kept by address, and not in force
	LostGone    Reason = "gone"    // a post that its author took back, or whose author is gone
	LostHere    Reason = "here"    // a post at an address of this node: it is here, or was deleted
	LostPin     Reason = "pin"     // a post that was pinned: who runs the community here pins what they like

	LostVersion Reason = "version" // of an entry of the catalogue: this node has another one under that number, or goes on from another one

	LostMoreMembers  Reason = "more_members"  // so many follow it beyond those that an archive names
	LostMoreLog      Reason = "more_log"      // so many acts are older than those
	LostMoreBans     Reason = "more_bans"     // so many more are banned
	LostMoreFiles    Reason = "more_files"    // so many pictures have no room in one
	LostMoreVersions Reason = "more_versions" // so many versions of an entry are older than those that an archive holds
)

// Describe makes the document of a process. It is pure: the same values make
// the same document.
func Describe(h Held) *Process {
	p, c := h.Process, h.Carried
	d := &Process{
		Title: p.Title, Summary: p.Summary, Aim: p.Aim, Challenges: p.Challenges, Language: p.Language, Governance: p.Governance, Country: p.Country,
		Visibility: p.Visibility, Schema: p.SchemaIRI, Rewards: p.Rewards, Leaderboard: p.Leaderboard, TellsReuse: p.TellsReuse,
		CreatedAt: p.CreatedAt.UTC(), Organization: h.who(p.Organization, c.Organization), Team: h.who(p.Team, c.Team), Community: h.who(p.Community, c.Community),
		Items: make([]Item, len(h.Items)),
	}
	for _, a := range p.Administrators {
		if iri := h.People[a]; iri != "" {
			d.Administrators = append(d.Administrators, iri)
		}
	}
	d.Administrators = union(d.Administrators, c.Administrators)
	for _, g := range p.Grants {
		if iri := h.People[g.Grantee]; iri != "" {
			d.Grants = append(d.Grants, Grant{Grantee: iri, Item: g.Item, Allow: g.Allow, Deny: g.Deny})
		}
	}
	for _, g := range c.Grants {
		if !slices.ContainsFunc(d.Grants, func(o Grant) bool { return o.Grantee == g.Grantee && o.Item == g.Item }) { // else given here again
			d.Grants = append(d.Grants, g)
		}
	}
	slices.SortFunc(d.Grants, grantOrder)
	if o := p.ClonedFrom; o != nil {
		d.ClonedFrom = &Origin{
			IRI: o.IRI, Owner: o.Owner, Title: o.Title, Host: o.Host, Version: o.Version, Digest: o.Digest, At: o.At.UTC(),
			Said: Said{Answer: o.Answer, Proof: o.Proof, Stamp: o.Stamp},
		}
		if c.Said != nil && o.Answer == coproduction.Offered {
			d.ClonedFrom.Said = *c.Said
		}
		d.Known = h.Known
	}
	d.Clones = slices.Concat(c.Clones, h.Clones)
	d.Releases = slices.Concat(c.Releases, h.Releases)
	d.History = slices.Concat(c.History, h.History)
	before := h.Formerly()
	for i, it := range h.Items {
		d.Items[i] = Item{
			ID: it.ID, Parent: it.Parent, Kind: it.Kind, Position: it.Position, Name: it.Name, Description: it.Description, Problems: it.Problems,
			Prerequisites: it.Prerequisites, Interlinkers: it.Interlinkers, Complexity: it.Complexity, CoDelivery: it.CoDelivery, Status: it.Status,
			Starts: instant(it.Starts), Ends: instant(it.Ends), DisabledAt: instant(it.DisabledAt), FromNode: it.FromNode, FromItem: it.FromItem,
			Translations: it.Translations,
			Formerly:     slices.DeleteFunc(slices.Clone(it.Formerly), func(id string) bool { return slices.Contains(named(before, it.ID), id) }),
		}
		if it.Disabled() {
			d.Items[i].DisabledBy = h.by(string(it.ID), it.DisabledBy)
		}
	}
	for _, r := range h.Resources {
		d.Resources = append(d.Resources, h.resource(r))
	}
	return d
}

func (h Held) resource(r HeldResource) Resource {
	out := Resource{
		ID: r.ID, Item: r.Item, Kind: r.Kind, Name: r.Name, Language: r.Language, Licence: r.Licence, Public: r.Public,
		CreatedBy: h.by(string(r.ID), r.CreatedBy), CreatedAt: r.CreatedAt.UTC(), UpdatedAt: r.UpdatedAt.UTC(),
		Interlinker: r.Interlinker, InterlinkerVersion: r.InterlinkerVersion, Source: r.Source,
	}
	for _, v := range r.Versions {
		one := ResourceVersion{
			Number: v.Number, URL: v.URL, SHA256: v.File.Hash, Size: v.File.Size, FileName: v.File.Name, Type: v.File.Type,
			Summary: v.Summary, Restored: v.Restored, By: h.by(versionKey(r.ID, v.Number), v.By), At: v.At.UTC(),
		}
		if body, ok := r.Bodies[v.Number]; ok {
			one.SHA256, one.Size = body.SHA256, body.Size
		}
		out.Versions = append(out.Versions, one)
	}
	return out
}

// by is who made something: as the process brought it along, else as it is
// here.
func (h Held) by(what string, who domain.ActorID) domain.IRI {
	if iri, said := h.Carried.Authors[what]; said {
		return iri
	}
	return h.People[who]
}

// who is a group that is known here, else the one that was brought along.
func (h Held) who(id domain.ActorID, carried domain.IRI) domain.IRI {
	if iri := h.People[id]; id != domain.Nobody && iri != "" {
		return iri
	}
	return carried
}

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
}

// Build makes of a document what a process p of this node has of it, and sets
// of p what it brings along beside its details. It is pure. Errors: Invalid,
// TooLarge for a broken tree: nothing can be made of that.
func (d *Process) Build(p *coproduction.Process, t Target) (Built, error) {
	b := &builder{Built: Built{Carried: Carried{
		From: t.From, Organization: d.Organization, Team: d.Team, Community: d.Community, Clones: d.Clones, Releases: d.Releases, History: d.History, Authors: map[string]domain.IRI{},
	}}, d: d, p: p, t: t, tasks: map[domain.ID]bool{}, told: map[domain.IRI]bool{}}
	if t.Fresh == nil {
		b.t.Fresh = func(id domain.ID) domain.ID { return id }
	}
	for _, iri := range d.rolesOf() {
		b.named(iri, LostRole)
	}
	if err := b.items(); err != nil {
		return Built{}, err
	}
	b.people()
	b.origin()
	b.resources()
	for _, iri := range []domain.IRI{d.Organization, d.Team, d.Community} {
		if iri != "" {
			b.lose("", iri, LostGroup)
		}
	}
	for i, r := range d.Releases {
		b.lose(r.Version, r.IRI, LostRelease)
		if i == 99 {
			break
		}
	}
	if len(d.Clones) > 0 {
		b.lose("", "", LostClones)
	}
	if len(d.History) > 0 {
		b.lose("", "", LostHistory)
	}
	if len(b.Carried.Authors) == 0 {
		b.Carried.Authors = nil
	}
	return b.Built, nil
}

type builder struct {
	Built
	d     *Process
	p     *coproduction.Process
	t     Target
	tasks map[domain.ID]bool // here
	told  map[domain.IRI]bool
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

func (b *builder) items() error {
	if len(b.d.Items) > coproduction.MaxItems {
		return domain.Fail(domain.TooLarge, "process.too_many_items", coproduction.MaxItems)
	}
	for _, it := range b.d.Items {
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
		b.tasks[made.ID] = it.Kind == coproduction.Task
		b.Items = append(b.Items, made)
	}
	tree, err := coproduction.NewTree(b.Items)
	if err != nil {
		return err
	}
	b.Items = tree.Items()
	b.p.Summarize(tree)
	return nil
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
		if g.Item != "" {
			g.Item = b.t.Fresh(g.Item)
		}
		_, err := coproduction.Grant{Grantee: b.t.Importer, Item: g.Item, Allow: g.Allow, Deny: g.Deny}.Settled()
		if _, there := b.tasks[g.Item]; err != nil || g.Item != "" && !there {
			b.lose("", g.Grantee, LostBroken)
			continue
		}
		b.Carried.Grants = append(b.Carried.Grants, g)
	}
}

// origin keeps what the process is a clone of. What its source confirmed was
// another address: whoever writes an archive must not make that up.
func (b *builder) origin() {
	o := b.d.ClonedFrom
	if o == nil {
		return
	}
	b.p.ClonedFrom = &coproduction.Origin{
		IRI: o.IRI, Owner: o.Owner, Title: o.Title, Host: o.IRI.Host(), Version: o.Version, Digest: o.Digest, At: settled(o.At), Answer: coproduction.Offered,
	}
	b.Known = b.d.Known
	if o.Said != (Said{Answer: coproduction.Offered}) {
		said := o.Said
		b.Carried.Said = &said
		b.lose("", o.IRI, LostAnswer)
	}
}

func (b *builder) resources() {
	for _, r := range b.d.Resources {
		made := coproduction.Resource{
			ID: b.t.Fresh(r.ID), Serial: b.t.Serial(), Process: b.p.ID, Item: b.t.Fresh(r.Item), Kind: r.Kind, Name: r.Name, Language: r.Language, Licence: r.Licence,
			Public: r.Public, CreatedAt: settled(r.CreatedAt), UpdatedAt: settled(r.UpdatedAt), Revision: 1,
			Interlinker: r.Interlinker, InterlinkerVersion: r.InterlinkerVersion, Source: r.Source,
		}
		if !b.tasks[made.Item] || !r.whole() {
			b.lose(r.Name, "", LostBroken)
			continue
		}
		if !slices.ContainsFunc(r.Versions, func(v ResourceVersion) bool { return v.SHA256 == "" || b.t.Has(v.SHA256) }) {
			b.lose(r.Name, "", LostFile)
			continue
		}
		made.CreatedBy = b.author(string(made.ID), r.CreatedBy)
		var versions []coproduction.ResourceVersion
		var bodies []Body
		for _, v := range r.Versions {
			if v.SHA256 != "" && !b.t.Has(v.SHA256) {
				b.lose(r.Name, "", LostFile)
				continue
			}
			one := coproduction.Version{
				Number: v.Number, URL: v.URL, Summary: v.Summary, Restored: v.Restored, By: b.author(versionKey(made.ID, v.Number), v.By), At: settled(v.At),
			}
			switch r.Kind {
			case coproduction.File:
				one.File = coproduction.Stored{Hash: v.SHA256, Name: v.FileName, Type: v.Type, Size: v.Size}
			case coproduction.Document:
				if v.SHA256 != "" {
					bodies = append(bodies, Body{Version: len(b.Versions) + len(versions), Present: -1, Part: Part{SHA256: v.SHA256, Size: v.Size}})
				}
			}
			versions = append(versions, coproduction.ResourceVersion{Resource: made.ID, Version: one})
		}
		last := versions[len(versions)-1].Version
		made.Version, made.URL, made.File = last.Number, last.URL, last.File
		if n := len(bodies) - 1; n >= 0 && bodies[n].Version == len(b.Versions)+len(versions)-1 {
			bodies[n].Present = len(b.Resources)
		}
		b.Versions = append(b.Versions, versions...)
		b.Bodies = append(b.Bodies, bodies...)
		b.Resources = append(b.Resources, made)
	}
}

// versionKey names a version among what people made.
func versionKey(r domain.ID, number int) string { return string(r) + " " + itoa(number) }

// Source is the process as clones take it: the enabled branches, under the
// addresses that they have at home.
func (d *Process) Source(h Head) (lineage.SourceProcess, error) {
	p := &coproduction.Process{
		IRI: h.IRI, Name: h.Name, Title: d.Title, Summary: d.Summary, Language: d.Language, SchemaIRI: d.Schema,
	}
	b, err := d.Build(&coproduction.Process{}, Target{Serial: func() domain.Serial { return 0 }, Has: func(string) bool { return true }})
	if err != nil {
		return lineage.SourceProcess{}, err
	}
	tree, err := coproduction.NewTree(b.Items)
	if err != nil {
		return lineage.SourceProcess{}, err
	}
	s := lineage.SourceOf(p, tree, h.Owner)
	s.Version = h.Revision
	return s, s.Check()
}

// Reusable are the resources that a clone may take: the public ones, with the
// bytes of those whose licence lets others use them.
func (d *Process) Reusable(h Head, body func(Part) (string, error)) ([]lineage.SourceResource, error) {
	p := &coproduction.Process{IRI: h.IRI}
	var out []lineage.SourceResource
	for _, r := range d.Resources {
		if !r.Public || !r.whole() {
			continue
		}
		v := r.Versions[len(r.Versions)-1]
		one := lineage.SourceResource{
			IRI: p.ResourceIRI(r.ID), Item: string(p.ItemIRI(r.Item)), Kind: r.Kind, Name: r.Name, Language: r.Language, Licence: r.Licence, Interlinker: r.Interlinker,
		}
		if coproduction.Reusable(r.Licence) {
			one.URL = v.URL
			switch r.Kind {
			case coproduction.File:
				one.URL, one.File = one.IRI+"/file", coproduction.Stored{Hash: v.SHA256, Name: v.FileName, Type: v.Type, Size: v.Size}
			case coproduction.Document:
				text, err := body(Part{SHA256: v.SHA256, Size: v.Size})
				if err != nil {
					return nil, err
				}
				one.Body = text
			}
		}
		out = append(out, one)
	}
	return out, nil
}

func (d *Process) title() domain.Text { return d.Title }

// Details are what the document says that people can change.
func (d *Process) Details() coproduction.Details {
	return coproduction.Details{
		Title: d.Title, Summary: d.Summary, Aim: d.Aim, Challenges: d.Challenges, Language: d.Language, Governance: d.Governance, Country: domain.Country(d.Country),
		Visibility: d.Visibility, TellsReuse: d.TellsReuse,
	}
}

func union(a, b []domain.IRI) []domain.IRI {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

// rolesOf lists who had a role or rights, in order, each once.
func (d *Process) rolesOf() []domain.IRI {
	var all []domain.IRI
	for _, g := range d.Grants {
		all = append(all, g.Grantee)
	}
	return union(d.Administrators, all)
}

// peopleOf lists whom a document names, in order, each once.
func (d *Process) peopleOf() []domain.IRI {
	out := slices.Clone(d.Administrators)
	for _, g := range d.Grants {
		out = append(out, g.Grantee)
	}
	for _, r := range d.Resources {
		out = append(out, r.CreatedBy)
		for _, v := range r.Versions {
			out = append(out, v.By)
		}
	}
	for _, it := range d.Items {
		out = append(out, it.DisabledBy)
	}
	seen := map[domain.IRI]bool{"": true}
	return slices.DeleteFunc(out, func(iri domain.IRI) bool {
		again := seen[iri]
		seen[iri] = true
		return again
	})
}
