package network

import (
	"time"

	"interlink/domain"
)

// ActorType is the ActivityStreams type of an actor.
type ActorType string

// The actor types (ActivityStreams Vocabulary §3.2).
const (
	TypePerson       ActorType = "Person"
	TypeGroup        ActorType = "Group"
	TypeOrganization ActorType = "Organization"
	TypeApplication  ActorType = "Application"
	TypeService      ActorType = "Service"
)

// The subjects an actor can be, as in [Actor.Subject].
const (
	SubjectPerson       = "person"
	SubjectOrganization = "organization"
	SubjectTeam         = "team"
	SubjectCommunity    = "community"
	SubjectProcess      = "process"
	SubjectCatalogue    = "catalogue"
	SubjectNode         = "node"
)

// Openness says how people come into a group, in the words of Mobilizon.
type Openness string

// The values that are ours too; Mobilizon also has "open", in which nobody
// decides.
const (
	Moderated  Openness = "moderated"   // whoever asks is decided on
	InviteOnly Openness = "invite_only" // nobody need ask
)

// Actor is anyone who can act: a person, organisation, team, community,
// process, catalogue or node, of this node or of another.
type Actor struct {
	ID      domain.ActorID
	Serial  domain.Serial
	IRI     domain.IRI
	Type    ActorType
	Subject string      // one of the Subject constants; "" for a remote actor that does not say
	Name    string      // preferredUsername, [a-z0-9_]{1,30} if local
	Host    string      // of its address; "" if local
	Title   string      // what people call it, plain text
	Titles  domain.Text // the same by language, of a group that is called something in each; may be empty
	Summary string      // plain text if local, sanitised HTML if remote
	URL     domain.IRI
	Icon    domain.IRI

	IconType string // media type of Icon; "" if unknown
	IconAlt  string // what Icon shows, in words; may be empty

	Inbox       domain.IRI
	SharedInbox domain.IRI // "" if it has none
	Outbox      domain.IRI
	Followers   domain.IRI
	Entries     domain.IRI // of a catalogue: its paged collection of entries

	Featured domain.IRI // collection of what it shows first; "" if it has none

	Fields       []Field // lines of its profile
	Discoverable bool    // it may be recommended (Mastodon's discoverable)
	Indexable    bool    // what it writes may be searched (FEP-5feb)

	AlsoKnownAs []domain.IRI // other actors of who this is, as it says itself (FEP-7628)
	MovedTo     domain.IRI   // the actor that took its place, as it says itself; "" while it is here
	MovedAt     time.Time    // when its last Move was made, or heeded here; kept once it is back
	Sites       []string     // of a local actor: hosts whose pages may name it as author (Mastodon's attributionDomains)

	// Rules are what those who write in a remote group agree to, Markdown; those
	// of a local one its subject knows.
	Rules domain.Text

	// Openness is how people come into a remote group that says so; "" if it
	// does not. That of a local one its subject knows.
	Openness Openness

	ManuallyApproves bool // follows wait for an answer by a person
	Visibility       domain.Visibility

	// HandleHost is the host of a remote actor's handle where that is another
	// than Host and leads to the actor; "" if it is not.
	HandleHost string

	KeyID     string // of a remote actor's RSA key, "IRI#main-key"
	PublicKey string // PEM (SPKI) of a remote actor's key

	// Of a remote actor whose document was just read; other readers leave
	// them nil.
	MoreKeys     []PublicKey  // beside PublicKey, at most 10
	Capabilities []domain.IRI // of its server, out of [Capabilities]

	CreatedAt time.Time
	UpdatedAt time.Time
	FetchedAt time.Time // when a remote actor's document was last read
	GoneAt    time.Time // zero while it exists; the row stays as a tombstone
}

// Local reports whether the actor is of this node.
func (a *Actor) Local() bool { return a.Host == "" }

// Gone reports whether only a tombstone is left.
func (a *Actor) Gone() bool { return !a.GoneAt.IsZero() }

// Handle returns "@name@host"; host is the node's own for a local actor.
func (a *Actor) Handle(ownHost string) string {
	host := a.HandleHost
	if host == "" {
		host = a.Host
	}
	if host == "" {
		host = ownHost
	}
	return "@" + a.Name + "@" + host
}

// Called is how people call the actor: by its title, or its handle, whose host
// for a local one is ownHost.
func (a *Actor) Called(ownHost string) string {
	if a.Title != "" {
		return a.Title
	}
	return a.Handle(ownHost)
}

// CalledIn is [Actor.Called] in a language, as far as it has a name in it; in is
// the language of the name, "" if that is not known.
func (a *Actor) CalledIn(lang domain.Lang, ownHost string) (name string, in domain.Lang) {
	if name, in = a.Titles.In(lang); name != "" && (in == lang || a.Title == "") {
		return name, in
	}
	name, in = a.Called(ownHost), ""
	for _, l := range a.Titles.Langs() {
		if a.Titles[l] == name {
			in = l
		}
	}
	return name, in
}

// Page is the address of the actor's page on this node, without the host.
func (a *Actor) Page(ns domain.Namespace) string {
	if a.Local() {
		return ns.Path(a.IRI)
	}
	return "/@" + a.Name + "@" + a.Host
}

// DeliveryInbox returns where activities for the actor go: the shared inbox
// of its server if it has one.
func (a *Actor) DeliveryInbox() domain.IRI {
	if a.SharedInbox != "" {
		return a.SharedInbox
	}
	return a.Inbox
}

// NewLocal makes the actor row of a subject of this node: its addresses are
// those of DESIGN §5, and it is public unless its subject says otherwise.
func NewLocal(m *domain.Mint, ns domain.Namespace, t ActorType, subject, name string, path ...string) *Actor {
	iri := ns.IRI(path...)
	now := m.Now()
	return &Actor{
		ID: m.ActorID(), Serial: m.Serial(), IRI: iri, Type: t, Subject: subject, Name: name, URL: iri,
		Inbox: iri + "/inbox", SharedInbox: ns.IRI("inbox"), Outbox: iri + "/outbox", Followers: iri + "/followers",
		Visibility: domain.VisiblePublic, Discoverable: true, Indexable: true, CreatedAt: now, UpdatedAt: now,
	}
}
