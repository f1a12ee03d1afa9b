package community

import (
	"context"
	"time"

	"interlink/domain"
	"interlink/domain/network"
)

// Communities is the part of [Store] about communities. Reads fail with
// NotFound; v is the reader whose relation is set, Nobody for none.
type Communities interface {
	Community(ctx context.Context, id domain.ActorID, v domain.ActorID) (*Community, error)
	CommunityNamed(ctx context.Context, name string, v domain.ActorID) (*Community, error)
	// Communities lists by serial, newest first; text "" for all.
	Communities(ctx context.Context, text string, page domain.Page) (domain.List[*Community], error)
	// Recommended lists those that are discoverable, newest first.
	Recommended(ctx context.Context, page domain.Page) (domain.List[*Community], error)
	// RecommendedOf lists those of an organisation, Nobody for all.
	RecommendedOf(ctx context.Context, organization domain.ActorID, page domain.Page) (domain.List[*Community], error)
	// CommunitiesWith lists, newest first, those that an actor follows,
	// moderates or administers, and is not banned from.
	CommunitiesWith(ctx context.Context, actor domain.ActorID, page domain.Page) (domain.List[*Community], error)
	// CreateCommunity stores a community with its actor, and the follow of its
	// founder. A taken name is Conflict.
	CreateCommunity(ctx context.Context, c *Community, actor *network.Actor, founder *network.Follow, change domain.Change) error
	// SaveCommunity updates where the revision is unchanged, else Conflict.
	SaveCommunity(ctx context.Context, c *Community, change domain.Change) error
}

// Posts is the part of [Store] about posts.
type Posts interface {
	Post(ctx context.Context, id domain.ID, v domain.ActorID) (*Post, error)
	PostByIRI(ctx context.Context, iri domain.IRI, v domain.ActorID) (*Post, error)
	// GroupOf returns the community of another node that wrote a post or
	// announced it; Nobody if none is known.
	GroupOf(ctx context.Context, p *Post) (domain.ActorID, error)
	// Ancestors lists what a post answers, and what that answers, and so on,
	// as far as it is known here, the nearest first; at most so many.
	Ancestors(ctx context.Context, iri domain.IRI, v domain.ActorID, most int) ([]*Post, error)
	// Answers lists all that answers a post, or an answer to it, as a reader
	// meets it: oldest first, at most so many.
	Answers(ctx context.Context, iri domain.IRI, v domain.ActorID, most int) ([]Answer, error)
	// PostsByID reads posts; those that are not here are left out.
	PostsByID(ctx context.Context, ids []domain.ID) (map[domain.ID]*Post, error)
	// Unapproved lists the direct answers from other nodes to a post that nobody
	// approved, oldest first.
	Unapproved(ctx context.Context, iri domain.IRI, page domain.Page) (domain.List[*Post], error)
	// Approved lists the answers whose approval is at an address, at most 100.
	Approved(ctx context.Context, approval domain.IRI) ([]*Post, error)
	// PublicReplies lists the replies to a post that everybody may read, oldest
	// first.
	PublicReplies(ctx context.Context, iri domain.IRI, page domain.Page) (domain.List[*Post], error)
	// PublicThread lists a post and all that answers it, or an answer to it,
	// as far as everybody may read it: oldest first.
	PublicThread(ctx context.Context, iri domain.IRI, page domain.Page) (domain.List[*Post], error)
	// SavePost inserts a post with Revision 0, with its feed items, or
	// updates where the revision is unchanged (Conflict if not).
	SavePost(ctx context.Context, p *Post, feed []FeedItem, change domain.Change) error
	// DropCopy removes the copy of a post, erased, without a tombstone, where the
	// revision is unchanged (Conflict if not).
	DropCopy(ctx context.Context, p *Post, change domain.Change) error
	// Tagged lists the public posts with a hashtag (in small letters) whose
	// authors are indexable, newest first.
	Tagged(ctx context.Context, tag string, page domain.Page) (domain.List[*Post], error)
	// TagsLike lists the hashtags of public posts that begin with some letters,
	// those of most posts first; what limited hosts wrote does not count.
	TagsLike(ctx context.Context, begin string, most int) ([]TagCount, error)
	// Relevant tells whether anybody here would see a post: a local actor
	// follows its author, or is among those it is addressed to.
	Relevant(ctx context.Context, author domain.ActorID, addressed []domain.IRI) (bool, error)
	// Counts returns how many posts there are of this node, without those by
	// which communities introduce themselves, and of others.
	Counts(ctx context.Context) (local, remote int, err error)
	// NoteDeletion remembers for a day that an object of another node was
	// deleted before it was known; Deleted asks, and is true too of what is
	// held.
	NoteDeletion(ctx context.Context, iri domain.IRI, at time.Time) error
	Deleted(ctx context.Context, iri domain.IRI) (bool, error)
	// ForgetDeletion removes the tombstone of a post that an actor of another
	// node wrote, unless those who moderate ended it, and what NoteDeletion
	// remembers of it.
	ForgetDeletion(ctx context.Context, author domain.ActorID, iri domain.IRI) error
	// EraseAuthor makes all posts of an actor tombstones and removes what it
	// announced and liked.
	EraseAuthor(ctx context.Context, author domain.ActorID, at time.Time, change domain.Change) error
}

// Feed is the part of [Store] about feeds.
type Feed interface {
	// AddFeed stores items; those that are there already are left.
	AddFeed(ctx context.Context, items []FeedItem, change domain.Change) error
	DeleteFeed(ctx context.Context, actor domain.ActorID, verb Verb, object domain.IRI) error
	// SharesApproved lists the shares of posts whose approval is at an address, at
	// most 100.
	SharesApproved(ctx context.Context, approval domain.IRI) ([]FeedItem, error)
	// FeedOf lists what an actor published and announced, newest first, as
	// everybody may see it.
	FeedOf(ctx context.Context, actor domain.ActorID, page domain.Page) (domain.List[FeedItem], error)
	// Home lists what the actors that v follows, and v, published and
	// announced, newest first, each object once, as v may see it.
	// Posts with hashtags that v follows are in it, whoever wrote them.
	Home(ctx context.Context, v domain.ActorID, f HomeFilter, page domain.Page) (domain.List[FeedItem], error)
	// Since counts what a list has that is newer than a serial, at most so
	// many.
	Since(ctx context.Context, list Watched, since domain.Serial, most int) (int, error)
}

// Store keeps communities, posts and feeds.
type Store interface {
	Communities
	Posts
	Feed
	Likes
	Reports
	Pins
	Bans
	Holds
	Appeals
	Acts
	Polls
	TagFollows
	Happenings
	Introductions
	Relays
	Exclusions
	Versions
	Archives
}

// Actors reads actors, local and remote, and the follows of communities.
// Errors: NotFound.
type Actors interface {
	Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error)
	ActorByIRI(ctx context.Context, iri domain.IRI) (*network.Actor, error)
	// ActorsByIRI reads those at some addresses, in no order; unknown ones are left
	// out.
	ActorsByIRI(ctx context.Context, iris []domain.IRI) ([]*network.Actor, error)
	// ActorByHandle takes the host "" for an actor of this node.
	ActorByHandle(ctx context.Context, name, host string) (*network.Actor, error)
	// Requests lists who waits to follow an actor, by serial.
	Requests(ctx context.Context, followed domain.ActorID, page domain.Page) (domain.List[*network.Actor], error)
	Follow(ctx context.Context, follower, followed domain.ActorID) (*network.Follow, error)
	SaveFollow(ctx context.Context, f *network.Follow, change domain.Change) error
	// FollowerIRIs lists accepted followers on a host, at most limit.
	FollowerIRIs(ctx context.Context, followed domain.ActorID, host string, limit int) ([]domain.IRI, error)
}
