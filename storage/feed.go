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
}

// feedInserter writes to feeds; what is there already stays.
func feedInserter(db *DB) *inserter {
	return db.inserter((*feedRow)(nil), "ON CONFLICT (actor_id, verb, object_iri) DO NOTHING")
}

// insertFeed adds to the feeds of actors in the transaction that
// publishes.
func insertFeed(ctx context.Context, tx bun.Tx, add *inserter, items []community.FeedItem) error {
	for _, it := range items {
		err := add.insert(ctx, tx, &feedRow{
			Serial: int64(it.Serial), ActorID: string(it.Actor), Verb: string(it.Verb), ObjectKind: it.Kind,
			ObjectID: string(it.Object), ObjectIRI: string(it.IRI), At: Stamp(it.At),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// AddFeed implements community.Store.
func (s *Communities) AddFeed(ctx context.Context, items []community.FeedItem, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return insertFeed(ctx, tx, s.addFeed, items) })
}

// DeleteFeed implements community.Store.
func (s *Communities) DeleteFeed(ctx context.Context, actor domain.ActorID, verb community.Verb, object domain.IRI) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*feedRow)(nil)).
			Where("actor_id = ? AND verb = ? AND object_iri = ?", string(actor), string(verb), string(object)).Exec(ctx)
		return err
	})
}

// FeedOf implements community.Store: public and unlisted posts, and stories.
// Nothing of limited hosts that somebody else announced.
func (s *Communities) FeedOf(ctx context.Context, actor domain.ActorID, page domain.Page) (domain.List[community.FeedItem], error) {
	return s.feed(ctx, page, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("f.actor_id = ? AND f.verb <> 'mention'", string(actor)).
			Where("(p.id IS NULL OR p.visibility IN ('public', 'unlisted'))").
			Where("(p.id IS NULL OR p.in_reply_to = '' OR f.verb = 'announce')").
			Where("(f.verb <> 'announce' OR p.id IS NULL OR p.host NOT IN " + hiddenHosts + ")")
	})
}

// Home implements community.Store. Of an object that several followed actors
// published or announced, the newest item stays.
func (s *Communities) Home(ctx context.Context, v domain.ActorID, page domain.Page) (domain.List[community.FeedItem], error) {
	const followed = "(SELECT w.followed_id FROM follows AS w WHERE w.follower_id = ?0 AND w.state = 'accepted')"
	return s.feed(ctx, page, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("(f.actor_id = ?0 OR f.actor_id IN "+followed+")", string(v)).
			Where(`NOT EXISTS (SELECT 1 FROM feed AS n WHERE n.object_id = f.object_id AND n.serial > f.serial
				AND (n.actor_id = ?0 OR n.actor_id IN `+followed+`))`, string(v)).
			Where(`(p.id IS NULL OR p.visibility IN ('public', 'unlisted') OR p.author_id = ?0
				OR p.visibility = 'followers' AND p.author_id IN `+followed+`
				OR p.mentions LIKE ?1 ESCAPE '!')`, string(v), `%"`+likeEscapes.Replace(string(v))+`"%`)
	})
}

func (s *Communities) feed(ctx context.Context, page domain.Page, narrow func(*bun.SelectQuery) *bun.SelectQuery) (domain.List[community.FeedItem], error) {
	list := domain.List[community.FeedItem]{Total: -1}
	before, err := page.AfterSerial()
	if err != nil {
		return list, err
	}
	var rows []*feedRow
	q := narrow(s.db.read.NewSelect().Model(&rows).ColumnExpr("f.*").
		Join("LEFT JOIN posts AS p ON f.object_kind = 'post' AND p.id = f.object_id").
		Where("(p.id IS NULL OR p.host NOT IN " + blockedHosts + ")").
		Where("NOT EXISTS (SELECT 1 FROM stories AS t WHERE t.id = f.object_id AND t.host <> '' AND t.host IN " + blockedHosts + ")"))
	if before > 0 {
		q = q.Where("f.serial < ?", int64(before))
	}
	size := page.Size()
	if err := q.OrderExpr("f.serial DESC").Limit(int64(size + 1)).Scan(ctx); err != nil {
		return list, translate(err)
	}
	posts, err := s.postsOf(ctx, rows)
	if err != nil {
		return list, err
	}
	for i, r := range rows {
		if i == size {
			list.Next = domain.Serial(rows[i-1].Serial).Cursor()
			break
		}
		list.Items = append(list.Items, community.FeedItem{
			Serial: domain.Serial(r.Serial), Actor: domain.ActorID(r.ActorID), Verb: community.Verb(r.Verb), Kind: r.ObjectKind,
			Object: domain.ID(r.ObjectID), IRI: domain.IRI(r.ObjectIRI), At: r.At.Time(), Post: posts[r.ObjectID],
		})
	}
	return list, nil
}

// postsOf reads the posts of a page of a feed in one query.
func (s *Communities) postsOf(ctx context.Context, feed []*feedRow) (map[string]*community.Post, error) {
	posts := make(map[string]*community.Post, len(feed))
	var ids []string
	for _, r := range feed {
		if r.ObjectKind == community.ObjectPost {
			ids = append(ids, r.ObjectID)
		}
	}
	if len(ids) == 0 {
		return posts, nil
	}
	var rows []*postRow
	if err := s.db.read.NewSelect().Model(&rows).ColumnExpr("p.*").ColumnExpr(likesOf).Where("p.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	for _, r := range rows {
		posts[r.ID] = r.post()
	}
	return posts, nil
}
