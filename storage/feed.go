package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// feedRow is one thing that an actor published or announced.
type feedRow struct {
	bun.BaseModel `bun:"table:feed,alias:f"`

	Serial     int64 `bun:",pk"`
	ActorID    string
	Verb       string
	ObjectKind string
	ObjectID   string
	ObjectIRI  string
	At         Stamp
	Approval   string
}

func (r *feedRow) item() community.FeedItem {
	return community.FeedItem{
		Serial: domain.Serial(r.Serial), Actor: domain.ActorID(r.ActorID), Verb: community.Verb(r.Verb), Kind: r.ObjectKind,
		Object: domain.ID(r.ObjectID), IRI: domain.IRI(r.ObjectIRI), At: r.At.Time(),
	}
}

// feedInserter writes to feeds; what is there already stays.
func feedInserter(db *DB) *inserter {
	return db.inserter((*feedRow)(nil), "ON CONFLICT (actor_id, verb, object_iri) DO NOTHING")
}

// insertFeed adds to the feeds of actors in the transaction that
// publishes.
func insertFeed(ctx context.Context, tx bun.Tx, add *inserter, items []community.FeedItem) error {
	var told []telling
	for _, it := range items {
		if it.Kind != community.ObjectPost && it.Kind != community.ObjectStory { // an entry that was shared
			told = append(told, telling{entry: it.Object, actor: it.Actor, verb: it.Verb, at: it.Serial.Time()})
			continue
		}
		err := add.insert(ctx, tx, &feedRow{
			Serial: int64(it.Serial), ActorID: string(it.Actor), Verb: string(it.Verb), ObjectKind: it.Kind,
			ObjectID: string(it.Object), ObjectIRI: string(it.IRI), At: Stamp(it.At), Approval: string(it.Approval),
		})
		if err != nil {
			return err
		}
	}
	return tell(ctx, tx, told)
}

// AddFeed implements community.Store.
func (s *Communities) AddFeed(ctx context.Context, items []community.FeedItem, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return insertFeed(ctx, tx, s.addFeed, items) })
}

// SharesApproved implements community.Store.
func (s *Communities) SharesApproved(ctx context.Context, approval domain.IRI) ([]community.FeedItem, error) {
	var rows []*feedRow
	err := s.db.read.NewSelect().Model(&rows).Where("f.approval = ? AND f.approval <> '' AND f.object_kind = 'post'", string(approval)).Limit(domain.MaxPage).Scan(ctx)
	items := make([]community.FeedItem, len(rows))
	for i, r := range rows {
		items[i] = r.item()
	}
	return items, translate(err)
}

// DeleteFeed implements community.Store.
func (s *Communities) DeleteFeed(ctx context.Context, actor domain.ActorID, verb community.Verb, object domain.IRI) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*feedRow)(nil)).
			Where("actor_id = ? AND verb = ? AND object_iri = ?", string(actor), string(verb), string(object)).Exec(ctx)
		if err == nil && verb == community.Announced {
			err = retract(ctx, tx, actor, object)
		}
		return err
	})
}

// FeedOf implements community.Store: public and unlisted posts, stories, and
// bulletins.
// Nothing of limited hosts that somebody else announced.
func (s *Communities) FeedOf(ctx context.Context, actor domain.ActorID, page domain.Page) (domain.List[community.FeedItem], error) {
	return s.feed(ctx, page, feedOf(actor))
}

// narrowing is which items of the feed, f, a list has, with their posts, p.
type narrowing func(*bun.SelectQuery) *bun.SelectQuery

func feedOf(actor domain.ActorID) narrowing {
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("f.actor_id = ? AND f.verb <> 'mention'", string(actor)).
			Where("(p.id IS NULL OR p.visibility IN ('public', 'unlisted'))").
			Where("(p.id IS NULL OR p.in_reply_to = '' OR f.verb = 'announce')").
			Where("(f.verb <> 'announce' OR p.id IS NULL OR p.host NOT IN " + hiddenHosts + ")")
	}
}

// Home implements community.Store. Of an object that several followed actors
// published or announced, the newest item stays.
func (s *Communities) Home(ctx context.Context, v domain.ActorID, f community.HomeFilter, page domain.Page) (domain.List[community.FeedItem], error) {
	narrow, tagged, err := s.homeOf(ctx, v, f.From)
	if err != nil {
		return domain.List[community.FeedItem]{}, err
	}
	list, err := s.feed(ctx, page, func(q *bun.SelectQuery) *bun.SelectQuery { return ofKind(narrow(q), f.Kind) })
	if err == nil && tagged {
		err = s.tagSources(ctx, v, list.Items)
	}
	return list, err
}

// ofKind narrows a home.
func ofKind(q *bun.SelectQuery, kind community.HomeKind) *bun.SelectQuery {
	switch kind {
	case community.HomePosts:
		return q.Where("f.object_kind = 'post'")
	case community.HomePolls:
		return q.Where("p.poll IS NOT NULL")
	case community.HomePictures:
		return q.Where("p.images <> '[]'")
	case community.HomeStories:
		return q.Where("f.object_kind = 'story'")
	case community.HomeEntries:
		return q.Where("f.object_kind = 'bulletin'")
	case community.HomeAll:
	}
	return q
}

// homeOf is what somebody follows, or one sort of it; tagged says that hashtags
// are among it, which takes longer.
func (s *Communities) homeOf(ctx context.Context, v domain.ActorID, from community.Followed) (narrow narrowing, tagged bool, err error) {
	if from != community.FollowedAny && from != community.FollowedTags {
		return s.followedBy(v, from, "FALSE"), false, nil
	}
	tags, err := s.FollowedTags(ctx, v)
	if err != nil || len(tags) == 0 {
		return s.followedBy(v, from, "FALSE"), false, err
	}
	return s.followedBy(v, from, "f.verb = 'create' AND f.object_kind = 'post' AND f.object_id IN ("+taggedFor+")", string(v), maxTaggedHome), true, nil
}

// followed are the actors that somebody, ?0, follows.
const followed = "SELECT w.followed_id FROM follows AS w WHERE w.follower_id = ?0 AND w.state = 'accepted'"

// publishers says by which actors, x.actor_id, what somebody follows is
// published. What is followed by its hashtag is of none.
func publishers(x string, from community.Followed) string {
	const groups = "a.type = 'Group' AND a.subject IN ('community', '')"
	of := ""
	switch from {
	case community.FollowedAny:
		return "(" + x + ".actor_id = ?0 OR " + x + ".actor_id IN (" + followed + "))"
	case community.FollowedTags:
		return "?0 = ''" // of nobody: without the reader in it, bun would warn of a value too many
	case community.FollowedCommunities:
		of = groups
	case community.FollowedProcesses:
		of = "a.subject = 'process'"
	case community.FollowedCatalogues:
		of = "a.subject = 'catalogue'"
	case community.FollowedPeople:
		of = "a.subject NOT IN ('process', 'catalogue') AND NOT (" + groups + ")"
	}
	return x + ".actor_id IN (" + followed + " AND EXISTS (SELECT 1 FROM actors AS a WHERE a.id = w.followed_id AND " + of + "))"
}

// followedBy is what is published by whom somebody follows, and what further
// picks. SQLite goes through the feed from its end, as "+" keeps it from
// collecting and sorting all that these ever published; PostgreSQL weighs that
// itself.
func (s *Communities) followedBy(v domain.ActorID, from community.Followed, further string, args ...any) narrowing {
	feed := "+f"
	if s.db.dialect == Postgres {
		feed = "f"
	}
	return func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where(publishers(feed, from), string(v)).WhereOr(further, args...)
		}).
			Where(`NOT EXISTS (SELECT 1 FROM feed AS n WHERE n.object_id = f.object_id AND n.serial > f.serial
				AND `+publishers("n", from)+`)`, string(v)).
			Where(`(p.id IS NULL OR p.visibility IN ('public', 'unlisted') OR p.author_id = ?0
				OR p.visibility = 'followers' AND p.author_id IN (`+followed+`)
				OR p.mentions LIKE ?1 ESCAPE '!')`, string(v), `%"`+likeEscapes.Replace(string(v))+`"%`)
	}
}

// lines selects what of the feed is in a list, and not of a blocked host: of
// bulletins, those in which something is left.
func (s *Communities) lines(narrow narrowing) *bun.SelectQuery {
	return narrow(s.db.read.NewSelect().Model((*feedRow)(nil)).
		Join("LEFT JOIN posts AS p ON f.object_kind = 'post' AND p.id = f.object_id").
		Where("(p.id IS NULL OR p.host NOT IN " + blockedHosts + ")").
		Where("NOT EXISTS (SELECT 1 FROM stories AS t WHERE t.id = f.object_id AND t.host <> '' AND t.host IN " + blockedHosts + ")").
		Where("(f.object_kind <> 'bulletin' OR EXISTS (SELECT 1 FROM " + inBulletins + " AND b.bulletin = f.object_id))"))
}

// Since implements community.Store.
func (s *Communities) Since(ctx context.Context, list community.Watched, since domain.Serial, most int) (int, error) {
	var fresh *bun.SelectQuery
	switch {
	case list.Thread != "":
		fresh = s.db.read.NewSelect().TableExpr("posts AS p").Where(inThread, string(list.Thread)).Where("p.iri <> ? AND p.deleted_at IS NULL", string(list.Thread)).
			Where("p.visibility IN ('public', 'unlisted') AND p.host NOT IN "+hiddenHosts).Where("p.serial > ?", int64(since))
	case list.Actor != domain.Nobody:
		fresh = s.lines(feedOf(list.Actor)).Where("f.serial > ?", int64(since))
	default:
		home, _, err := s.homeOf(ctx, list.Home, community.FollowedAny)
		if err != nil {
			return 0, err
		}
		fresh = s.lines(home).Where("f.serial > ? AND (p.id IS NULL OR p.author_id <> ?)", int64(since), string(list.Home))
	}
	var n int
	err := s.db.read.NewRaw("SELECT COUNT(*) FROM (?) AS fresh", fresh.ColumnExpr("1").Limit(int64(most))).Scan(ctx, &n)
	return n, translate(err)
}

func (s *Communities) feed(ctx context.Context, page domain.Page, narrow narrowing) (domain.List[community.FeedItem], error) {
	list := domain.List[community.FeedItem]{Total: -1}
	before, err := page.AfterSerial()
	if err != nil {
		return list, err
	}
	var rows []*feedRow
	q := s.lines(narrow).ColumnExpr("f.*")
	if before > 0 {
		q = q.Where("f.serial < ?", int64(before))
	}
	size := page.Size()
	if err := q.OrderExpr("f.serial DESC").Limit(int64(size+1)).Scan(ctx, &rows); err != nil {
		return list, translate(err)
	}
	posts, err := s.postsOf(ctx, rows)
	if err != nil {
		return list, err
	}
	bulletins, err := s.bulletinsOf(ctx, rows)
	if err != nil {
		return list, err
	}
	for i, r := range rows {
		if i == size {
			list.Next = domain.Serial(rows[i-1].Serial).Cursor()
			break
		}
		item := r.item()
		item.Post, item.Bulletin = posts[domain.ID(r.ObjectID)], bulletins[r.ObjectID]
		list.Items = append(list.Items, item)
	}
	return list, nil
}

// postsOf reads the posts of a page of a feed in one query.
func (s *Communities) postsOf(ctx context.Context, feed []*feedRow) (map[domain.ID]*community.Post, error) {
	var ids []domain.ID
	for _, r := range feed {
		if r.ObjectKind == community.ObjectPost {
			ids = append(ids, domain.ID(r.ObjectID))
		}
	}
	return s.PostsByID(ctx, ids)
}
