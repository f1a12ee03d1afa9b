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
		all = common(all, it)
	}
	return all
}

// common are those of the addresses that a process had before under which an item
// is known, up to the first under which it is not.
func common(from []domain.IRI, it coproduction.Item) []domain.IRI {
	for i, name := range named(from, it.ID) {
		if !slices.Contains(it.Formerly, name) {
			return from[:i]
		}
	}
	return from
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
	d := h.head()
	d.Known = h.known()
	d.History = slices.Concat(h.Carried.History, h.History)
	before := h.Formerly()
	d.Items = make([]Item, len(h.Items))
	for i, it := range h.Items {
		d.Items[i] = h.item(it, before)
	}
	for _, r := range h.Resources {
		d.Resources = append(d.Resources, h.resource(r))
	}
	return d
}

// known is what the process knows of its source, if it is a clone.
func (h Held) known() map[string]lineage.Base {
	if h.Process.ClonedFrom == nil {
		return nil
	}
	return h.Known
}

// head is what a document says of the process itself.
func (h Held) head() *Process {
	p, c := h.Process, h.Carried
	d := &Process{
		Title: p.Title, Summary: p.Summary, Aim: p.Aim, Challenges: p.Challenges, Language: p.Language, Governance: p.Governance, Country: p.Country,
		Visibility: p.Visibility, Schema: p.SchemaIRI, Rewards: p.Rewards, Leaderboard: p.Leaderboard, TellsReuse: p.TellsReuse,
		CreatedAt: p.CreatedAt.UTC(), Organization: h.who(p.Organization, c.Organization), Team: h.who(p.Team, c.Team), Community: h.who(p.Community, c.Community),
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
	}
	d.Clones = slices.Concat(c.Clones, h.Clones)
	d.Releases = slices.Concat(c.Releases, h.Releases)
	return d
}

// item is an item as a document has it; before is where the process was before, as
// of [Held.Formerly].
func (h Held) item(it coproduction.Item, before []domain.IRI) Item {
	were := named(before, it.ID)
	out := Item{
		ID: it.ID, Parent: it.Parent, Kind: it.Kind, Position: it.Position, Name: it.Name, Description: it.Description, Problems: it.Problems,
		Prerequisites: it.Prerequisites, Interlinkers: it.Interlinkers, Complexity: it.Complexity, CoDelivery: it.CoDelivery, Status: it.Status,
		Starts: instant(it.Starts), Ends: instant(it.Ends), DisabledAt: instant(it.DisabledAt), FromNode: it.FromNode, FromItem: it.FromItem,
		Translations: it.Translations,
		Formerly:     slices.DeleteFunc(slices.Clone(it.Formerly), func(id string) bool { return slices.Contains(were, id) }),
	}
	if it.Disabled() {
		out.DisabledBy = h.by(string(it.ID), it.DisabledBy)
	}
	return out
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

// versionKey names a version among what people made.
func versionKey(r domain.ID, number int) string { return string(r) + " " + itoa(number) }

// Source is the process as clones take it: the enabled branches, under the
// addresses that they have at home.
func (d *Process) Source(h Head) (lineage.SourceProcess, error) {
	p := &coproduction.Process{
		IRI: h.IRI, Name: h.Name, Title: d.Title, Summary: d.Summary, Language: d.Language, SchemaIRI: d.Schema,
	}
	b := d.document().builder(&coproduction.Process{}, Target{})
	items := make([]coproduction.Item, len(d.Items))
	for i, it := range d.Items {
		items[i] = b.item(it)
	}
	tree, err := coproduction.NewTree(items)
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
