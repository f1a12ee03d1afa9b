package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// tagRow is a hashtag of a public post.
type tagRow struct {
	bun.BaseModel `bun:"table:post_tags"`

	Tag    string `bun:",pk"`
	PostID string `bun:",pk"`
	Serial int64
}

// saveTags stores the hashtags of a post in the transaction that saves it;
// only those of public posts are found.
func saveTags(ctx context.Context, tx bun.Tx, p *community.Post) error {
	if p.Revision > 0 {
		if p.Tags == nil && p.Visibility == community.Public {
			return nil // what changed is something else
		}
		if _, err := tx.NewDelete().Model((*tagRow)(nil)).Where("post_id = ?", string(p.ID)).Exec(ctx); err != nil {
			return err
		}
	}
	if p.Visibility != community.Public || p.Deleted() || len(p.Tags) == 0 {
		return nil
	}
	rows := make([]*tagRow, len(p.Tags))
	for i, tag := range p.Tags {
		rows[i] = &tagRow{Tag: tag, PostID: string(p.ID), Serial: int64(p.Serial)}
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (tag, post_id) DO NOTHING").Exec(ctx)
	return err
}

// maxTagged is how many uses of a hashtag are counted to order suggestions.
const maxTagged = 2000

// TagsLike implements community.Store: by the newest uses.
func (s *Communities) TagsLike(ctx context.Context, begin string, most int) ([]community.TagCount, error) {
	var found []community.TagCount
	err := s.db.read.NewRaw(`SELECT u.tag, COUNT(*) AS posts FROM
		(SELECT t.tag, t.post_id FROM post_tags AS t WHERE t.tag LIKE ?0 ESCAPE '!' ORDER BY t.serial DESC LIMIT ?1) AS u
		JOIN posts AS p ON p.id = u.post_id JOIN actors AS a ON a.id = p.author_id
		WHERE a.indexable AND p.deleted_at IS NULL AND p.host NOT IN `+hiddenHosts+`
		GROUP BY u.tag ORDER BY COUNT(*) DESC, u.tag LIMIT ?2`, likeEscapes.Replace(begin)+"%", maxTagged, most).Scan(ctx, &found)
	return found, translate(err)
}

// Tagged implements community.Store.
func (s *Communities) Tagged(ctx context.Context, tag string, page domain.Page) (domain.List[*community.Post], error) {
	var rows []*postRow
	q := s.db.read.NewSelect().Model(&rows).ColumnExpr("p.*").ColumnExpr(s.db.countsOf()).
		Join("JOIN post_tags AS t ON t.post_id = p.id").Join("JOIN actors AS a ON a.id = p.author_id").
		Where("t.tag = ? AND a.indexable AND p.deleted_at IS NULL", tag).Where("p.host NOT IN " + hiddenHosts)
	return bySerial(ctx, q, &rows, true, page, func(r *postRow) int64 { return r.Serial }, (*postRow).post)
}
