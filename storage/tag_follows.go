package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// tagFollowRow is a hashtag that somebody follows.
type tagFollowRow struct {
	bun.BaseModel `bun:"table:tag_follows,alias:w"`

	ActorID string `bun:",pk"`
	Tag     string `bun:",pk"`
	At      Stamp
}

// FollowTag implements community.Store.
func (s *Communities) FollowTag(ctx context.Context, f community.TagFollow, most int) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		row := &tagFollowRow{ActorID: string(f.Actor), Tag: f.Tag, At: Stamp(f.At)}
		if _, err := tx.NewInsert().Model(row).On("CONFLICT (actor_id, tag) DO NOTHING").Exec(ctx); err != nil {
			return err
		}
		n, err := tx.NewSelect().Model((*tagFollowRow)(nil)).Where("actor_id = ?", string(f.Actor)).Count(ctx)
		if err == nil && n > int64(most) {
			err = domain.Fail(domain.Conflict, "tag.too_many", most)
		}
		return err
	})
}

// UnfollowTag implements community.Store.
func (s *Communities) UnfollowTag(ctx context.Context, actor domain.ActorID, tag string) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*tagFollowRow)(nil)).Where("actor_id = ? AND tag = ?", string(actor), tag).Exec(ctx)
		return err
	})
}

// FollowedTags implements community.Store.
func (s *Communities) FollowedTags(ctx context.Context, actor domain.ActorID) ([]string, error) {
	var tags []string
	err := s.db.read.NewSelect().Model((*tagFollowRow)(nil)).Column("tag").Where("actor_id = ?", string(actor)).Order("tag").Scan(ctx, &tags)
	return tags, translate(err)
}

// maxTaggedHome is how far back posts come by a hashtag.
const maxTaggedHome = 1000

// taggedFor picks the posts that come to somebody by the hashtags that they
// follow: of authors who want to be found, on hosts that are shown.
const taggedFor = `SELECT t.post_id FROM post_tags AS t JOIN tag_follows AS w ON w.tag = t.tag JOIN posts AS o ON o.id = t.post_id
	JOIN actors AS a ON a.id = o.author_id WHERE w.actor_id = ? AND a.indexable AND o.host NOT IN ` + hiddenHosts + ` ORDER BY t.serial DESC LIMIT ?`

// tagSources notes by which hashtag each line of a home came, if by any.
func (s *Communities) tagSources(ctx context.Context, v domain.ActorID, items []community.FeedItem) error {
	var ids []string
	for _, it := range items {
		if it.Kind == community.ObjectPost {
			ids = append(ids, string(it.Object))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var rows []struct{ PostID, Tag string }
	err := s.db.read.NewRaw(`SELECT t.post_id, MIN(t.tag) AS tag FROM post_tags AS t JOIN tag_follows AS w ON w.tag = t.tag
		WHERE w.actor_id = ? AND t.post_id IN (?) GROUP BY t.post_id`, string(v), bun.List(ids)).Scan(ctx, &rows)
	if err != nil {
		return translate(err)
	}
	by := map[domain.ID]string{}
	for _, r := range rows {
		by[domain.ID(r.PostID)] = r.Tag
	}
	for i := range items {
		items[i].Tag = by[items[i].Object]
	}
	return nil
}
