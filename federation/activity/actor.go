package activity

import (
	"encoding/json"
	"html"
	"slices"
	"time"

	"interlink/domain"
	"interlink/domain/markup"
	"interlink/domain/network"
)

// ActorInput is what an actor's document is made of.
type ActorInput struct {
	Actor        *network.Actor
	Title        domain.Text // translations of the name; may be empty
	Summary      domain.Text // plain text
	About        string      // Markdown, of a community: shown in place of Summary, and sent as its source
	KeyID        string      // of the RSA key
	PublicKeyPEM string
	Multikeys    []Multikey       // Ed25519 keys, the one in use first
	Handle       string           // "name@host"
	Featured     domain.IRI       // "" if it has no such collection
	Moderators   domain.IRI       // of a community: its collection of those who moderate it
	Restricted   bool             // … they alone begin threads
	Lists        domain.IRI       // the lists of actors that it recommends; "" if it has none
	Openness     network.Openness // of a process: how people come into it
	Featurable   bool             // everybody may recommend it
	Sites        []string         // hosts whose pages may name it as author
	Extension    ActorExtension
}

// Multikey is an Ed25519 key of an actor (FEP-521a).
type Multikey struct {
	ID        string
	Multibase string // "z6Mk…"
}

// ActorExtension holds at most one of the meanings an actor has between our
// nodes.
type ActorExtension struct {
	Team      *TeamExtension
	Community *CommunityExtension
	Process   *ProcessExtension
	Catalogue *CatalogueExtension
}

// TeamExtension is the interlink:team of a Group.
type TeamExtension struct {
	Organization domain.IRI `jsonld:"organization,omitempty"`
	Kind         string     `jsonld:"kind"` // citizen, public_administration, nonprofit_organization, forprofit_organization
}

// CommunityExtension is the interlink:community of a Group.
type CommunityExtension struct {
	Organization domain.IRI  `jsonld:"organization,omitempty"`
	Language     domain.Lang `jsonld:"language,omitempty"`

	Summary json.RawMessage `jsonld:"summary,omitempty"` // by language, Markdown: the actor's own holds the rules too
	Rules   json.RawMessage `jsonld:"rules,omitempty"`   // by language, Markdown
}

// CatalogueExtension is the interlink:catalogue of a Service.
type CatalogueExtension struct {
	Entries domain.IRI `jsonld:"entries"`
}

// ProcessExtension is the interlink:process of a Group.
type ProcessExtension struct {
	Summary      json.RawMessage `jsonld:"summary,omitempty"` // by language, plain: the actor's own is HTML of one
	Language     domain.Lang     `jsonld:"language"`
	Status       string          `jsonld:"status"`               // awaiting, in_progress, finished
	Governance   string          `jsonld:"governance,omitempty"` // citizen_sourcing, …
	Country      string          `jsonld:"country,omitempty"`    // ISO 3166-1 alpha-2
	Organization domain.IRI      `jsonld:"organization,omitempty"`
	Community    domain.IRI      `jsonld:"community,omitempty"`
	Schema       domain.IRI      `jsonld:"schema,omitempty"`
	Version      int64           `jsonld:"version"`
	Tree         domain.IRI      `jsonld:"tree"`
	Resources    domain.IRI      `jsonld:"resources"`
	Clones       domain.IRI      `jsonld:"clones"`
	ClonedFrom   *CloneReference `jsonld:"clonedFrom,omitempty"`
	Releases     json.RawMessage `jsonld:"releases,omitempty"` // newest first, each with version and digest
	Story        domain.IRI      `jsonld:"story,omitempty"`    // newest one that tells of it
	Active       string          `jsonld:"active,omitempty"`   // day of the last change (RFC 3339 full-date)
}

// CloneReference names the source of a clone (prov:wasDerivedFrom).
type CloneReference struct {
	ID      domain.IRI `jsonld:"id"`
	Name    string     `jsonld:"name,omitempty"`
	Version int64      `jsonld:"version,omitempty"`
	Digest  string     `jsonld:"digest,omitempty"`  // of the tree that was cloned: hex
	Stamp   domain.IRI `jsonld:"stamp,omitempty"`   // by which the source's people confirm it
	Release string     `jsonld:"release,omitempty"` // of the source that was merged last

	Formerly domain.IRI `jsonld:"formerly,omitempty"` // whose place the source took, in an Offer: its people made the stamp
}

type actorDocument struct {
	ID                domain.IRI          `jsonld:"id"`
	Type              network.ActorType   `jsonld:"type"`
	PreferredUsername string              `jsonld:"preferredUsername"`
	Webfinger         string              `jsonld:"webfinger,omitempty"`
	Name              string              `jsonld:"name"`
	NameMap           map[string]string   `jsonld:"nameMap,omitempty"`
	Summary           string              `jsonld:"summary,omitempty"`
	Source            *source             `jsonld:"source,omitempty"` // of the summary (Lemmy, PieFed, Mbin)
	Icon              *icon               `jsonld:"icon,omitempty"`
	URL               domain.IRI          `jsonld:"url"`
	Inbox             domain.IRI          `jsonld:"inbox"`
	Outbox            domain.IRI          `jsonld:"outbox"`
	Followers         domain.IRI          `jsonld:"followers"`
	Following         domain.IRI          `jsonld:"following"`
	Featured          domain.IRI          `jsonld:"featured,omitempty"`
	Collections       domain.IRI          `jsonld:"featuredCollections,omitempty"` // FEP-7aa9
	InteractionPolicy *featuring          `jsonld:"interactionPolicy,omitempty"`
	AttributedTo      domain.IRI          `jsonld:"attributedTo,omitempty"`            // FEP-1b12: its moderators
	Restricted        *bool               `jsonld:"postingRestrictedToMods,omitempty"` // of those that have moderators
	Openness          network.Openness    `jsonld:"openness,omitempty"`                // Mobilizon's
	Endpoints         endpoints           `jsonld:"endpoints"`
	Manually          bool                `jsonld:"manuallyApprovesFollowers"`
	Discoverable      bool                `jsonld:"discoverable"`
	Indexable         bool                `jsonld:"indexable"`
	AlsoKnownAs       List[domain.IRI]    `jsonld:"alsoKnownAs,omitempty"`
	MovedTo           domain.IRI          `jsonld:"movedTo,omitempty"`
	Sites             List[string]        `jsonld:"attributionDomains,omitempty"`
	Published         *instant            `jsonld:"published,omitempty"`
	Updated           *instant            `jsonld:"updated,omitempty"`
	Attachment        List[propertyValue] `jsonld:"attachment"`
	Tag               List[any]           `jsonld:"tag"`
	PublicKey         publicKey           `jsonld:"publicKey"`
	AssertionMethod   List[multikey]      `jsonld:"assertionMethod"`
	Generator         *generator          `jsonld:"generator,omitempty"`
	Implements        List[capability]    `jsonld:"implements,omitempty"`
	Team              *TeamExtension      `jsonld:"interlink:team,omitempty"`
	Community         *CommunityExtension `jsonld:"interlink:community,omitempty"`
	Process           *ProcessExtension   `jsonld:"interlink:process,omitempty"`
	Catalogue         *CatalogueExtension `jsonld:"interlink:catalogue,omitempty"`
}

type endpoints struct {
	SharedInbox domain.IRI `jsonld:"sharedInbox"`
}

// propertyValue is a line of a profile; its value is HTML.
type propertyValue struct {
	Type  string `jsonld:"type"`
	Name  string `jsonld:"name"`
	Value string `jsonld:"value"`
}

func properties(fields []network.Field) List[propertyValue] {
	list := List[propertyValue]{}
	for _, f := range fields {
		list = append(list, propertyValue{"PropertyValue", f.Name, markup.Line(f.Value)})
	}
	return list
}

// icon is the Image of an actor (ActivityStreams Vocabulary §4, icon).
type icon struct {
	Type      string     `jsonld:"type"`
	MediaType string     `jsonld:"mediaType,omitempty"`
	URL       domain.IRI `jsonld:"url"`
	Name      string     `jsonld:"name,omitempty"` // what it shows, in words
}

type publicKey struct {
	ID           domain.IRI `jsonld:"id"`
	Owner        domain.IRI `jsonld:"owner"`
	PublicKeyPEM string     `jsonld:"publicKeyPem"`
}

type multikey struct {
	ID                 string     `jsonld:"id"`
	Type               string     `jsonld:"type"`
	Controller         domain.IRI `jsonld:"controller"`
	PublicKeyMultibase string     `jsonld:"publicKeyMultibase"`
}

// generator is the program behind an actor, with what it understands
// (FEP-844e). The Application actor says so of itself.
type generator struct {
	Type       string           `jsonld:"type"`
	Implements List[capability] `jsonld:"implements"`
}

type capability struct {
	Href domain.IRI `jsonld:"href"`
	Name string     `jsonld:"name"`
}

// implements is what we understand.
var implements = List[capability]{
	{network.CapableRFC9421, "RFC-9421: HTTP Message Signatures"},
	{network.CapableEd25519, "RFC-9421 signatures using the Ed25519 algorithm"},
	{network.CapableInterlink, "interlink: coproduction of public services"},
}

// Actor makes the document of a local actor (federation.md §2.3): single
// type, single key, everything on one origin.
func Actor(in ActorInput) any {
	a := in.Actor
	d := actorDocument{
		ID: a.IRI, Type: a.Type, PreferredUsername: a.Name, Webfinger: in.Handle, Name: a.Title, NameMap: texts(in.Title),
		URL: a.URL, Inbox: a.Inbox, Outbox: a.Outbox, Followers: a.Followers, Following: a.IRI + "/following",
		Endpoints: endpoints{a.SharedInbox}, Manually: a.ManuallyApproves,
		Discoverable: a.Discoverable && a.Visibility == domain.VisiblePublic, Indexable: a.Indexable && a.Visibility == domain.VisiblePublic,
		AlsoKnownAs: a.AlsoKnownAs, MovedTo: a.MovedTo, Sites: in.Sites, Openness: in.Openness,
		Featured: in.Featured, Collections: in.Lists, Attachment: properties(a.Fields), Tag: List[any]{},
		Published: when(day(a.CreatedAt)), Updated: when(a.UpdatedAt),
		PublicKey: publicKey{ID: domain.IRI(in.KeyID), Owner: a.IRI, PublicKeyPEM: in.PublicKeyPEM},
		Generator: &generator{Type: "Application", Implements: implements},
		Team:      in.Extension.Team, Community: in.Extension.Community, Process: in.Extension.Process, Catalogue: in.Extension.Catalogue,
	}
	if d.AttributedTo = in.Moderators; in.Moderators != "" {
		d.Restricted = &in.Restricted
	}
	if in.Featurable {
		d.InteractionPolicy = featurable()
	}
	if a.Icon != "" {
		d.Icon = &icon{Type: "Image", MediaType: a.IconType, URL: a.Icon, Name: a.IconAlt}
	}
	if from := clonedFrom(in.Extension.Process); from != nil {
		d.Tag = append(d.Tag, objectLink(from.ID, from.Name))
	}
	for _, k := range in.Multikeys {
		d.AssertionMethod = append(d.AssertionMethod, multikey{k.ID, "Multikey", a.IRI, k.Multibase})
	}
	if a.Type == network.TypeApplication {
		d.Generator, d.Implements = nil, implements
	}
	summary := a.Summary
	if s, _ := in.Summary.In("en"); s != "" && summary == "" {
		summary = s
	}
	switch {
	case in.About != "":
		d.Summary, d.Source = markup.Markdown(in.About), &source{in.About, "text/markdown"}
	case summary != "":
		d.Summary = "<p>" + html.EscapeString(summary) + "</p>"
	}
	return d
}

// day cuts a time to its day: when exactly somebody joined is nobody's
// business.
func day(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }

// ReadActor reads an actor's document from its own origin; what it claims of
// other origins is left out. Errors: Invalid.
func ReadActor(doc Document) (*network.Actor, error) {
	a := &network.Actor{
		IRI: doc.IRI("id"), Type: network.ActorType(doc.Type()), Name: doc.String("preferredUsername"),
		Title: label(doc.String("name"), 500), Summary: markup.Sanitize(clip(doc.String("summary"), 20_000)),
		Inbox: doc.IRI("inbox"), URL: doc.IRI("url"),
		ManuallyApproves: doc.Bool("manuallyApprovesFollowers"), CreatedAt: doc.Time("published"),
	}
	own := func(iri domain.IRI) domain.IRI {
		if !domain.SameOrigin(iri, a.IRI) {
			return ""
		}
		return iri
	}
	a.Outbox, a.Followers = own(doc.IRI("outbox")), own(doc.IRI("followers"))
	if e := doc.Object("endpoints"); e != nil {
		a.SharedInbox = own(e.IRI("sharedInbox"))
	}
	if icon := doc.Object("icon"); icon != nil {
		a.Icon, a.IconType, a.IconAlt = icon.IRI("url"), clip(icon.String("mediaType"), 100), clip(icon.String("name"), 1500)
	}
	readKeys(doc, a)
	readCapabilities(doc, a)
	switch a.Type {
	case network.TypePerson, network.TypeGroup, network.TypeOrganization, network.TypeApplication, network.TypeService:
	default:
		return nil, domain.Fail(domain.Invalid, "error.actor_document")
	}
	if a.IRI == "" || !nameable(a.Name) || own(a.Inbox) == "" {
		return nil, domain.Fail(domain.Invalid, "error.actor_document")
	}
	a.Host = a.IRI.Host()
	if a.Title == "" {
		a.Title = a.Name
	}
	if !domain.SameOrigin(a.IRI, a.URL) {
		a.URL = a.IRI
	}
	a.Discoverable, a.Indexable = !doc.Refuses("discoverable"), !doc.Refuses("indexable")
	if featured := doc.IRI("featured"); domain.SameOrigin(featured, a.IRI) {
		a.Featured = featured
	}
	a.Openness = network.Openness(clip(doc.String("openness"), 20))
	readMove(doc, a)
	for _, p := range doc.Objects("attachment") {
		if p.Type() == "PropertyValue" && len(a.Fields) < network.MaxFields {
			a.Fields = append(a.Fields, network.Field{
				Name: clip(p.String("name"), network.MaxFieldName), Value: markup.Sanitize(clip(p.String("value"), network.MaxFieldValue)),
			})
		}
	}
	readSubject(doc, a)
	readRules(doc, a)
	a.Titles = readTitles(doc)
	return a, nil
}

// readTitles reads what a group is called in each language; nil for an actor
// that says one name only.
func readTitles(doc Document) domain.Text {
	if _, several := doc["nameMap"]; !several {
		return nil
	}
	all := doc.Text("name", domain.Undetermined)
	t := domain.Text{}
	for _, lang := range all.Langs() {
		if lang != domain.Undetermined && len(t) < maxTitles {
			t[lang] = clip(all[lang], maxTitle)
		}
	}
	return t
}

// maxTitles is in how many languages the name of an actor is read, maxTitle how
// long one may be, in bytes.
const (
	maxTitles = 40
	maxTitle  = 500
)

// maxAliases is how many other actors are read that one says it is too.
const maxAliases = 16

// readMove reads under what other names the actor is known, and where it says
// that it went (FEP-7628).
func readMove(doc Document, a *network.Actor) {
	for _, alias := range doc.IRIs("alsoKnownAs") {
		if alias != a.IRI && len(a.AlsoKnownAs) < maxAliases && !slices.Contains(a.AlsoKnownAs, alias) {
			a.AlsoKnownAs = append(a.AlsoKnownAs, alias)
		}
	}
	if to := doc.IRI("movedTo"); to != a.IRI {
		a.MovedTo = to
	}
}

// maxKeys is how many keys of an actor are read, beside the first.
const maxKeys = 10

// readKeys reads the keys that are the actor's own: owner or controller is
// the actor, and the key's name is on its origin; a name with a fragment is of
// the actor's own document. The first RSA key is the one that others look up
// by the actor; servers that rotate have several.
func readKeys(doc Document, a *network.Actor) {
	own := func(key Document, owner string) bool {
		id := key.IRI("id")
		return key.IRI(owner) == a.IRI && domain.SameOrigin(id, a.IRI) && (id.WithoutFragment() == id || id.WithoutFragment() == a.IRI)
	}
	for _, key := range doc.Objects("publicKey") {
		id, text := string(key.IRI("id")), key.String("publicKeyPem")
		if len(text) > maxPEM {
			text = "" // no key is so long
		}
		switch {
		case !own(key, "owner"):
		case a.KeyID == "":
			a.KeyID, a.PublicKey = id, text
		case text != "" && len(a.MoreKeys) < maxKeys:
			a.MoreKeys = append(a.MoreKeys, network.PublicKey{ID: id, Text: text})
		}
	}
	for _, key := range doc.Objects("assertionMethod") {
		text := key.String("publicKeyMultibase")
		if key.Type() == "Multikey" && own(key, "controller") && text != "" && len(text) <= 128 && len(a.MoreKeys) < maxKeys {
			a.MoreKeys = append(a.MoreKeys, network.PublicKey{ID: string(key.IRI("id")), Text: text})
		}
	}
}

// readCapabilities reads what the actor's server understands (FEP-844e); nil
// if it does not say.
func readCapabilities(doc Document, a *network.Actor) {
	said := doc.Objects("implements")
	if g := doc.Object("generator"); g != nil {
		said = append(said, g.Objects("implements")...)
	}
	for _, capability := range network.Capabilities {
		for _, s := range said {
			if s.IRI("href") == capability && !slices.Contains(a.Capabilities, capability) {
				a.Capabilities = append(a.Capabilities, capability)
			}
		}
	}
}

// readSubject tells what the actor is between our nodes.
func readSubject(doc Document, a *network.Actor) {
	switch {
	case doc.Object("interlink:catalogue") != nil:
		a.Subject = network.SubjectCatalogue
		if entries := doc.Object("interlink:catalogue").IRI("entries"); domain.SameOrigin(entries, a.IRI) {
			a.Entries = entries
		}
	case doc.Object("interlink:process") != nil:
		a.Subject = network.SubjectProcess
	case doc.Object("interlink:community") != nil:
		a.Subject = network.SubjectCommunity
	case doc.Object("interlink:team") != nil:
		a.Subject = network.SubjectTeam
	case a.Type == network.TypePerson:
		a.Subject = network.SubjectPerson
	case a.Type == network.TypeOrganization:
		a.Subject = network.SubjectOrganization
	}
}

// maxPEM is how much of a key is kept, in bytes: more than any has.
const maxPEM = 16 << 10

// clip cuts a foreign string to at most n bytes, at a rune.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && s[n]&0xc0 == 0x80 {
		n--
	}
	return s[:n]
}
