package activity

import (
	"encoding/json"
	"time"

	"interlink/domain"
)

// Envelope is what all activities have in common.
type Envelope struct {
	ID        domain.IRI
	Actor     domain.IRI
	Published time.Time
	To, Cc    []domain.IRI
	Audience  domain.IRI // the Group it belongs to (FEP-1b12); "" if none
}

// ToPublic addresses everybody and, as a copy, the given collections: the
// form of a public post on every peer.
func ToPublic(cc ...domain.IRI) (to, copies []domain.IRI) {
	return []domain.IRI{Public}, cc
}

type activityDocument struct {
	ID        domain.IRI       `jsonld:"id"`
	Type      string           `jsonld:"type"`
	Actor     domain.IRI       `jsonld:"actor"`
	Published *instant         `jsonld:"published,omitempty"`
	To        List[domain.IRI] `jsonld:"to"`
	Cc        List[domain.IRI] `jsonld:"cc"`
	Audience  domain.IRI       `jsonld:"audience,omitempty"`
	Object    any              `jsonld:"object"`
	Target    domain.IRI       `jsonld:"target,omitempty"`
	Result    domain.IRI       `jsonld:"result,omitempty"`
	Summary   string           `jsonld:"summary,omitempty"`
}

func (e Envelope) encode(activityType string, object any, target domain.IRI) ([]byte, error) {
	return Encode(activityDocument{
		ID: e.ID, Type: activityType, Actor: e.Actor, Published: when(e.Published),
		To: e.To, Cc: e.Cc, Audience: e.Audience, Object: object, Target: target,
	})
}

// Create tells of a new object (ActivityPub §7.2).
func Create(e Envelope, object any) ([]byte, error) { return e.encode("Create", object, "") }

// Update tells of a changed object (ActivityPub §7.3).
func Update(e Envelope, object any) ([]byte, error) { return e.encode("Update", object, "") }

// Delete tells that an object is gone; a Tombstone stays (ActivityPub §7.4).
func Delete(e Envelope, object domain.IRI) ([]byte, error) {
	return e.encode("Delete", tombstone{ID: object, Type: "Tombstone"}, "")
}

// Removal is the Delete by one who moderates the community that is the audience,
// with the reason: by that the threadiverse tells it from an author's own.
func Removal(e Envelope, object domain.IRI, reason string) ([]byte, error) {
	return Encode(activityDocument{
		ID: e.ID, Type: "Delete", Actor: e.Actor, Published: when(e.Published), To: e.To, Cc: e.Cc, Audience: e.Audience,
		Object: tombstone{ID: object, Type: "Tombstone"}, Summary: reason,
	})
}

// Announce shares an object by its IRI (ActivityPub §7.11), as microblogs
// understand it.
func Announce(e Envelope, object domain.IRI) ([]byte, error) { return e.encode("Announce", object, "") }

// Follow asks to receive what an actor publishes (ActivityPub §7.5).
func Follow(e Envelope, followed domain.IRI) ([]byte, error) {
	e.To = []domain.IRI{followed}
	return e.encode("Follow", followed, "")
}

// Move tells followers that another actor takes the place of the sender
// (FEP-7628).
func Move(e Envelope, target domain.IRI) ([]byte, error) { return e.encode("Move", e.Actor, target) }

// Like tells an author that somebody likes their post (ActivityPub §7.10).
func Like(e Envelope, post domain.IRI) ([]byte, error) { return e.encode("Like", post, "") }

// LikeAlong is a whole Like within the request for leave to do it.
func LikeAlong(e Envelope, post domain.IRI) any {
	return activityDocument{ID: e.ID, Type: "Like", Actor: e.Actor, Published: when(e.Published), To: e.To, Object: post}
}

// FollowReference is a Follow embedded in its answer, as every peer reads it.
type FollowReference struct {
	ID     domain.IRI `jsonld:"id"`
	Type   string     `jsonld:"type"`
	Actor  domain.IRI `jsonld:"actor"`
	Object domain.IRI `jsonld:"object"`
}

// NewFollowReference names a Follow.
func NewFollowReference(id, actor, object domain.IRI) FollowReference {
	return FollowReference{ID: id, Type: "Follow", Actor: actor, Object: object}
}

// DeleteReference is a Delete embedded in its Undo.
type DeleteReference FollowReference

// NewDeleteReference names a deletion, as the object of its Undo: servers of the
// threadiverse, and ours, take it as the return of a post.
func NewDeleteReference(id, actor, object domain.IRI) DeleteReference {
	return DeleteReference{ID: id, Type: "Delete", Actor: actor, Object: object}
}

// LikeReference is a Like embedded in its Undo.
type LikeReference FollowReference

// NewLikeReference names a Like.
func NewLikeReference(id, actor, object domain.IRI) LikeReference {
	return LikeReference{ID: id, Type: "Like", Actor: actor, Object: object}
}

// AnnounceReference is an Announce embedded in its Undo.
type AnnounceReference FollowReference

// NewAnnounceReference names an Announce.
func NewAnnounceReference(id, actor, object domain.IRI) AnnounceReference {
	return AnnounceReference{ID: id, Type: "Announce", Actor: actor, Object: object}
}

// Invite asks a person to become a member of a group, which is the target
// (ActivityStreams Vocabulary, Invite).
func Invite(e Envelope, person, group domain.IRI) ([]byte, error) {
	e.To = []domain.IRI{person}
	return e.encode("Invite", person, group)
}

// Join asks a group to take its actor in (ActivityStreams Vocabulary, Join).
func Join(e Envelope, group domain.IRI) ([]byte, error) {
	e.To = []domain.IRI{group}
	return e.encode("Join", group, "")
}

// Leave tells a group that its actor is a member no more (ActivityStreams
// Vocabulary, Leave).
func Leave(e Envelope, group domain.IRI) ([]byte, error) {
	e.To = []domain.IRI{group}
	return e.encode("Leave", group, "")
}

// MembershipReference is an Invite or a Join embedded in its answer.
type MembershipReference struct {
	ID     domain.IRI `jsonld:"id"`
	Type   string     `jsonld:"type"`
	Actor  domain.IRI `jsonld:"actor"`
	Object domain.IRI `jsonld:"object"`
	Target domain.IRI `jsonld:"target,omitempty"`
}

// NewInviteReference names the Invite of a group to a person.
func NewInviteReference(id, group, person domain.IRI) MembershipReference {
	return MembershipReference{ID: id, Type: "Invite", Actor: group, Object: person, Target: group}
}

// NewJoinReference names the Join of a person.
func NewJoinReference(id, person, group domain.IRI) MembershipReference {
	return MembershipReference{ID: id, Type: "Join", Actor: person, Object: group}
}

// Members is the address of the collection of a group's members.
func Members(group domain.IRI) domain.IRI { return group + "/members" }

// Accept answers an activity (ActivityPub §7.6); object is a
// [FollowReference], a [MembershipReference] or the IRI of an Offer.
func Accept(e Envelope, object any) ([]byte, error) { return e.encode("Accept", object, "") }

// Reject refuses an activity (ActivityPub §7.7).
func Reject(e Envelope, object any) ([]byte, error) { return e.encode("Reject", object, "") }

// Undo takes an activity of the same actor back (ActivityPub §7.12).
func Undo(e Envelope, object any) ([]byte, error) { return e.encode("Undo", object, "") }

// Offer offers an object to a collection of somebody else: a clone to the
// clones of its source.
func Offer(e Envelope, object any, target domain.IRI) ([]byte, error) {
	return e.encode("Offer", object, target)
}

// Add tells that an object is in a collection now (ActivityPub §7.8).
func Add(e Envelope, object, target domain.IRI) ([]byte, error) {
	return e.encode("Add", object, target)
}

// Remove tells that an object is in a collection no more (ActivityPub §7.9).
func Remove(e Envelope, object, target domain.IRI) ([]byte, error) {
	return e.encode("Remove", object, target)
}

// Featured is the address of the collection of what an actor shows first.
func Featured(actor domain.IRI) domain.IRI { return actor + "/featured" }

type tombstone struct {
	ID         domain.IRI `jsonld:"id"`
	Type       string     `jsonld:"type"`
	FormerType string     `jsonld:"formerType,omitempty"`
	Deleted    *instant   `jsonld:"deleted,omitempty"`
}

// Tombstone is what is left of a deleted object; it is served with 410.
func Tombstone(id domain.IRI, formerType string, deleted time.Time) ([]byte, error) {
	return Encode(tombstone{ID: id, Type: "Tombstone", FormerType: formerType, Deleted: when(deleted)})
}

type collection struct {
	ID           domain.IRI `jsonld:"id"`
	Type         string     `jsonld:"type"`
	TotalItems   int        `jsonld:"totalItems"`
	First        domain.IRI `jsonld:"first,omitempty"`
	Last         domain.IRI `jsonld:"last,omitempty"`
	AttributedTo domain.IRI `jsonld:"attributedTo,omitempty"`
}

type wholeCollection struct {
	ID           domain.IRI `jsonld:"id"`
	Type         string     `jsonld:"type"`
	AttributedTo domain.IRI `jsonld:"attributedTo,omitempty"`
	TotalItems   int        `jsonld:"totalItems"`
	OrderedItems List[any]  `jsonld:"orderedItems"`
}

// WholeCollection is a short ordered collection that is served at once.
func WholeCollection(id, owner domain.IRI, items []any) any {
	return wholeCollection{ID: id, Type: "OrderedCollection", AttributedTo: owner, TotalItems: len(items), OrderedItems: items}
}

type collectionPage struct {
	ID           domain.IRI `jsonld:"id"`
	Type         string     `jsonld:"type"`
	PartOf       domain.IRI `jsonld:"partOf"`
	TotalItems   int        `jsonld:"totalItems"`
	Next         domain.IRI `jsonld:"next,omitempty"`
	Prev         domain.IRI `jsonld:"prev,omitempty"`
	OrderedItems List[any]  `jsonld:"orderedItems"`
}

// Collection is an ordered collection with its items on pages of their own
// (ActivityStreams §5.6). Without first page the items are not listed.
func Collection(id, owner domain.IRI, total int, paged bool) ([]byte, error) {
	c := collection{ID: id, Type: "OrderedCollection", TotalItems: total, AttributedTo: owner}
	if paged {
		c.First, c.Last = id+"?page="+FirstPage, id+"?page="+LastPage
	}
	return Encode(c)
}

// FirstPage and LastPage are the cursors that stand for these pages in
// addresses; PageBefore comes before the cursor of a page that is read
// backwards.
const (
	FirstPage  = "first"
	LastPage   = "last"
	PageBefore = "before-"
)

// CollectionPage is one page, at the cursor as it stands in its address; the
// list has the cursors of the following one and that before, "" at the ends.
// Items are IRIs, documents of this package, or raw JSON.
func CollectionPage(id domain.IRI, cursor string, list domain.List[any]) ([]byte, error) {
	p := collectionPage{
		ID: id + domain.IRI("?page="+cursor), Type: "OrderedCollectionPage", PartOf: id, TotalItems: list.Total, OrderedItems: list.Items,
	}
	if list.Next != "" {
		p.Next = id + domain.IRI("?page="+list.Next)
	}
	if list.Prev != "" {
		p.Prev = id + domain.IRI("?page="+PageBefore+list.Prev)
	}
	return Encode(p)
}

// RawItem is a stored document as an item of a page.
func RawItem(raw []byte) any { return json.RawMessage(raw) }
