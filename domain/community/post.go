package community

import (
	"slices"
	"strconv"
	"time"

	"interlink/domain"
	"interlink/domain/picture"
	"interlink/domain/policy"
)

// Visibility says who may see a post.
type Visibility string

// The visibilities of posts, as microblogs know them.
const (
	Public    Visibility = "public"
	Unlisted  Visibility = "unlisted"  // everybody, but in no public list
	Followers Visibility = "followers" // those who follow its author
	Direct    Visibility = "direct"    // those it is addressed to
)

// narrower is the one of two visibilities that fewer people have.
func (v Visibility) narrower(other Visibility) Visibility {
	order := []Visibility{Public, Unlisted, Followers, Direct}
	return order[max(0, slices.Index(order, v), slices.Index(order, other))]
}

// Post is something written: a Note, or a longer text of another server.
type Post struct {
	ID         domain.ID
	Serial     domain.Serial
	IRI        domain.IRI
	Type       string // Note, Article, Page, …
	Author     domain.ActorID
	Community  domain.ActorID // Nobody if it is in none
	InReplyTo  domain.IRI     // "" for a top-level post
	Context    domain.IRI     // of the conversation; "" if unknown
	Title      string         // plain text; "" for notes
	Content    string         // safe HTML
	Source     string         // Markdown, of our own
	Language   domain.Lang
	URL        domain.IRI
	Host       string // "" for a post of this node
	Visibility Visibility
	Sensitive  bool
	Summary    string // plain text: a warning before a note, a summary of an article
	Images     []Attachment
	Poll       *Poll            // nil for most
	Mentions   []domain.ActorID // of actors known here
	Tags       []string         // hashtags, in small letters; set to be saved, not read back; nil leaves them as they are
	Consent    *Consent         // what its author lets others do with it; nil for everything; of a copy
	Approval   domain.IRI       // of an answer: where the author of what it answers says that they take it; "" where nobody was asked
	Lock       domain.IRI       // of the Lock activity that closed the thread which begins here; "" while it is open
	Published  time.Time
	Updated    time.Time // zero if never changed
	DeletedAt  time.Time // a tombstone since
	Revision   int64

	Likes   int // how many like it, for lists; set by the store
	Answers int `json:"-"` // in the whole conversation below it, as far as everybody may read them, up to MostAnswers+1; as Likes, but for a post by its address, and for those above another: each that arrives reads these

	// Waits says that it is held, and stands nowhere yet; set by what writes it.
	Waits bool `json:"-"`
	// Asks says that it waits for the author of what it answers; set likewise.
	Asks bool `json:"-"`

	// follows says whether the reader follows the author; set by the store.
	follows map[domain.ActorID]bool
}

// Attachment is a picture or file of a post.
type Attachment struct {
	URL       domain.IRI `json:"url"`
	MediaType string     `json:"mediaType,omitempty"`
	Name      string     `json:"name,omitempty"` // alternative text
	Width     int        `json:"width,omitempty"`
	Height    int        `json:"height,omitempty"`
	Focus     Focus      `json:"focus,omitzero"`
	Blurhash  string     `json:"blurhash,omitempty"` // its colours, until it is there
}

// Shown is where this node shows an attachment, beginning with a slash: a file of
// its own, or a copy of a picture of another server. "" for other files, and
// for a page of this node that another server calls a picture.
func (p *Post) Shown(number int, ns domain.Namespace) string {
	a := p.Images[number]
	switch {
	case p.Local():
		return ns.Path(a.URL)
	case picture.Copyable(a.MediaType) && !ns.Owns(a.URL):
		return "/posts/" + string(p.ID) + "/pictures/" + strconv.Itoa(number)
	}
	return ""
}

// Local reports whether the post is of this node.
func (p *Post) Local() bool { return p.Host == "" }

// Deleted reports whether only a tombstone is left.
func (p *Post) Deleted() bool { return !p.DeletedAt.IsZero() }

// SetFollower notes that a reader follows the author, for the policy.
func (p *Post) SetFollower(id domain.ActorID) { p.follows = map[domain.ActorID]bool{id: true} }

// PolicyKind implements policy.Facts.
func (p *Post) PolicyKind() string { return "post" }

// PolicyVisibility implements policy.Facts.
func (p *Post) PolicyVisibility() domain.Visibility {
	if p.Visibility == Public || p.Visibility == Unlisted {
		return domain.VisiblePublic
	}
	return domain.VisibleMembers
}

// PolicyLocal implements policy.Facts.
func (p *Post) PolicyLocal() bool { return p.Local() }

// PolicyRelation implements policy.Facts: its author may change it; followers
// and those it names may read it.
func (p *Post) PolicyRelation(id domain.ActorID) policy.Relation {
	switch {
	case id == p.Author:
		return policy.Administrator
	case slices.Contains(p.Mentions, id), p.Visibility == Followers && p.follows[id]:
		return policy.Member
	}
	return policy.Stranger
}

// Warned reports whether readers are warned before they open the post; why, its
// summary says if it is there. Of a longer text it is a summary.
func (p *Post) Warned() bool {
	return p.Sensitive || p.Summary != "" && (p.Type == "Note" || p.Type == "Question")
}

// Subject names the post in events.
func (p *Post) Subject() domain.Subject { return domain.Subject{Kind: "post", ID: p.ID} }

// Verb is why something is in an actor's feed.
type Verb string

// The verbs of the feed.
const (
	Created   Verb = "create"
	Announced Verb = "announce"
	Mentioned Verb = "mention" // it names the actor
)

// The kinds of objects in a feed.
const (
	ObjectPost     = "post"
	ObjectStory    = "story"
	ObjectBulletin = "bulletin" // what an actor told of entries of catalogues on one day
)

// Bulletin is what an actor published in its catalogue on one day, or shared of
// catalogues.
type Bulletin struct {
	New, Renewed int // entries, and new versions of those that were told of before; counted up to a bound
	First        []domain.ID
}

// FeedItem is something that an actor published or announced.
type FeedItem struct {
	Serial domain.Serial
	Actor  domain.ActorID
	Verb   Verb
	Kind   string // ObjectPost, ObjectStory or ObjectBulletin; of what is to be stored, the kind of an entry as well
	Object domain.ID
	IRI    domain.IRI // of the object
	At     time.Time

	Approval domain.IRI // of a share: where its author lets the actor share it; "" where nobody had to; not read back
	Post     *Post      // of an ObjectPost, set by the store
	Bulletin *Bulletin  // of an ObjectBulletin, set by the store
	Tag      string     // of a home: the hashtag by which it came, that the reader follows; set by the store
}

// Glimpsed are the entries that the bulletins of a timeline show.
func Glimpsed(items []FeedItem) []domain.ID {
	var ids []domain.ID
	for _, item := range items {
		if item.Bulletin != nil {
			ids = append(ids, item.Bulletin.First...)
		}
	}
	return ids
}

// The events of communities and posts.
const (
	CommunityCreated domain.EventKind = "community.created" // [Named]
	CommunityUpdated domain.EventKind = "community.updated" // [Named]
	PostCreated      domain.EventKind = "post.created"      // [Wrote], as those below
	PostUpdated      domain.EventKind = "post.updated"
	PostDeleted      domain.EventKind = "post.deleted"
	PostAnnounced    domain.EventKind = "post.announced"    // by the community
	PostReceived     domain.EventKind = "post.received"     // of another node: new, changed
	PostGone         domain.EventKind = "post.gone"         // of another node: deleted there
	PostUnshared     domain.EventKind = "post.unshared"     // a community shares no more what it had from another
	PostExpelled     domain.EventKind = "post.expelled"     // of another node: taken out of a community of this one
	AuthorGone       domain.EventKind = "author.gone"       // of another node: deleted there with all they wrote
	AnnounceReceived domain.EventKind = "announce.received" // an actor elsewhere announced something
)

// Named is the payload of the events of a community.
type Named struct {
	Name  string         `json:"name"`
	Title domain.Text    `json:"title"`
	Was   domain.ActorID `json:"was,omitempty"` // the organisation to which it belonged, if that is another now
}

// Wrote is the payload of the events of a post.
type Wrote struct {
	Author    domain.ActorID `json:"author"`
	Community domain.ActorID `json:"community,omitempty"`
	IRI       domain.IRI     `json:"iri"`

	Mentions []domain.ActorID `json:"mentions,omitempty"` // whom it named, who are told of its end
	Activity domain.IRI       `json:"activity,omitempty"` // of another node: by which it came
	Limited  bool             `json:"limited,omitempty"`  // nobody is told of it
	Tells    domain.IRI       `json:"tells,omitempty"`    // of a letter, and of what it tells: the activity
	Answer   domain.ID        `json:"answer,omitempty"`   // of a return: the letter that answers an appeal
	Shares   bool             `json:"shares,omitempty"`   // of a return: it was refused, and is shared for the first time
	Letter   bool             `json:"letter,omitempty"`   // a private message of a community or a node
	Rights   string           `json:"rights,omitempty"`   // of a letter: what became of the rights of which it tells
	Title    domain.Text      `json:"title,omitempty"`    // of where these are
}
