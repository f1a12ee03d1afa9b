package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// Relaying implements community.Store.
func (s *Communities) Relaying(ctx context.Context, group domain.ActorID, p *community.Post, times int) ([]domain.ActorID, error) {
	var ids []domain.ActorID
	err := s.db.read.NewRaw(`SELECT c.id FROM communities AS c JOIN follows AS f ON f.follower_id = c.id AND f.followed_id = ?0 AND f.state = 'accepted'
		WHERE c.id <> ?1 AND c.id <> ?2 AND ?3 NOT IN `+hiddenHosts+`
		AND NOT EXISTS (SELECT 1 FROM feed AS n WHERE n.actor_id = c.id AND n.object_iri = ?4)
		AND NOT EXISTS (SELECT 1 FROM unshared AS u WHERE u.community_id = c.id AND u.object_iri = ?4 AND u.times >= ?5)
		AND NOT EXISTS (SELECT 1 FROM community_bans AS b WHERE b.community_id = c.id AND b.actor_id = ?2) ORDER BY c.serial`,
		string(group), string(p.Community), string(p.Author), p.Host, string(p.IRI), times).Scan(ctx, &ids)
	return ids, translate(err)
}

// Shares implements community.Store.
func (s *Communities) Shares(ctx context.Context, object domain.IRI) ([]community.Share, error) {
	var rows []struct {
		ActorID, From string
		Serial        int64
		Here          bool
	}
	err := s.db.read.NewRaw(`SELECT n.actor_id, MIN(n.serial) AS serial, c.id IS NOT NULL AS here, COALESCE(o.actor_id, '') AS "from"
		FROM posts AS p JOIN feed AS n ON n.object_id = p.id AND n.verb <> 'mention' LEFT JOIN communities AS c ON c.id = n.actor_id
		LEFT JOIN feed AS o ON o.object_id = p.id AND o.verb <> 'mention' AND o.actor_id <> n.actor_id
			AND EXISTS (SELECT 1 FROM follows AS f WHERE f.follower_id = c.id AND f.followed_id = o.actor_id AND f.state = 'accepted')
		WHERE p.iri = ? AND (c.id IS NOT NULL OR EXISTS (SELECT 1 FROM follows AS w JOIN communities AS k ON k.id = w.follower_id
			WHERE w.followed_id = n.actor_id AND w.state = 'accepted')) GROUP BY n.actor_id, c.id, o.actor_id ORDER BY 2, 1`, string(object)).Scan(ctx, &rows)
	var shares []community.Share
	for _, r := range rows {
		if n := len(shares); n == 0 || shares[n-1].Group != domain.ActorID(r.ActorID) {
			shares = append(shares, community.Share{Group: domain.ActorID(r.ActorID), Since: domain.Serial(r.Serial), Here: r.Here})
		}
		if last := &shares[len(shares)-1]; r.From != "" {
			last.From = append(last.From, domain.ActorID(r.From))
		}
	}
	return shares, translate(err)
}

// Relayed implements community.Store.
func (s *Communities) Relayed(ctx context.Context, id, group domain.ActorID, since time.Time, before domain.Serial) ([]community.FeedItem, error) {
	var rows []*feedRow
	q := s.db.read.NewSelect().Model(&rows).Join("JOIN posts AS p ON f.object_kind = 'post' AND p.id = f.object_id").
		Where("f.actor_id = ?0 AND f.verb = 'announce' AND p.community_id <> ?0 AND f.at > ?1", string(id), Stamp(since)).
		Where(`(EXISTS (SELECT 1 FROM feed AS o WHERE o.object_id = p.id AND o.actor_id = ?1) OR NOT EXISTS (SELECT 1 FROM feed AS o
			JOIN follows AS w ON w.follower_id = ?0 AND w.followed_id = o.actor_id AND w.state = 'accepted' WHERE o.object_id = p.id))`, string(id), string(group))
	if before > 0 {
		q = q.Where("f.serial < ?", int64(before))
	}
	err := q.OrderExpr("f.serial DESC").Limit(domain.MaxPage).Scan(ctx)
	items := make([]community.FeedItem, len(rows))
	for i, r := range rows {
		items[i] = r.item()
	}
	return items, translate(err)
}

// Borrowed implements community.Store.
func (s *Communities) Borrowed(ctx context.Context, from []domain.ActorID, before domain.Serial) ([]community.Borrowed, error) {
	var all []community.Borrowed
	err := s.db.read.NewRaw(`SELECT n.serial, p.id AS post, p.iri, p.community_id AS home, p.author_id AS author
		FROM feed AS n JOIN communities AS c ON c.id = n.actor_id JOIN posts AS p ON n.object_kind = 'post' AND p.id = n.object_id
		WHERE n.verb = 'announce' AND p.community_id <> n.actor_id AND (n.serial < ?0 OR ?0 = 0)
		AND EXISTS (SELECT 1 FROM feed AS o WHERE o.object_id = p.id AND o.verb <> 'mention' AND o.actor_id IN (?1))
		ORDER BY n.serial DESC LIMIT ?2`, int64(before), bun.List(from), domain.MaxPage).Scan(ctx, &all)
	return all, translate(err)
}

// SourcesOn implements community.Store.
func (s *Communities) SourcesOn(ctx context.Context, host string) ([]domain.ActorID, error) {
	var ids []domain.ActorID
	err := s.db.read.NewRaw(`SELECT DISTINCT a.id FROM actors AS a JOIN follows AS f ON f.followed_id = a.id AND f.state = 'accepted'
		JOIN communities AS c ON c.id = f.follower_id WHERE a.host = ?`, host).Scan(ctx, &ids)
	return ids, translate(err)
}

// unsharedRow is how often a community took back a share.
type unsharedRow struct {
	bun.BaseModel `bun:"table:unshared,alias:u"`

	CommunityID string `bun:",pk"`
	ObjectIRI   string `bun:",pk"`
	Times       int
	At          Stamp
}

// Unshare implements community.Store.
func (s *Communities) Unshare(ctx context.Context, item community.FeedItem, since time.Time, change domain.Change) error {
	id, object := string(item.Actor), string(item.IRI)
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := changedOne(tx.NewDelete().Model((*feedRow)(nil)).Where("actor_id = ? AND verb = 'announce' AND object_iri = ?", id, object).Exec(ctx)); err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*unsharedRow)(nil)).Where("at < ?", Stamp(since)).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&unsharedRow{CommunityID: id, ObjectIRI: object, Times: 1, At: Stamp(item.At)}).
			On("CONFLICT (community_id, object_iri) DO UPDATE").Set("times = u.times + 1").Set("at = EXCLUDED.at").Exec(ctx)
		return err
	})
}
