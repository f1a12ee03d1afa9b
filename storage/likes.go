package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// likeRow is the like of one actor for one post.
type likeRow struct {
	bun.BaseModel `bun:"table:likes,alias:l"`

	ID      string `bun:",pk"`
	Serial  int64
	IRI     string
	ActorID string
	PostID  string
	At      Stamp
}

// likesOf counts the likes of the post of a query.
const likesOf = "(SELECT COUNT(*) FROM likes AS l WHERE l.post_id = p.id) AS likes"

// countsOf counts the likes of the post of a query, and the answers to it that everybody may read.
const countsOf = likesOf + `, (SELECT COUNT(*) FROM posts AS r WHERE r.in_reply_to = p.iri AND r.in_reply_to <> '' AND r.deleted_at IS NULL
	AND r.visibility IN ('public', 'unlisted') AND r.host NOT IN ` + hiddenHosts + ") AS answers"

// LikeOf implements community.Store.
func (s *Communities) LikeOf(ctx context.Context, post domain.ID, actor domain.ActorID) (*community.Like, error) {
	r := new(likeRow)
	if err := s.db.read.NewSelect().Model(r).Where("l.post_id = ? AND l.actor_id = ?", string(post), string(actor)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return &community.Like{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Actor: domain.ActorID(r.ActorID),
		Post: domain.ID(r.PostID), At: r.At.Time(),
	}, nil
}

// SaveLike implements community.Store.
func (s *Communities) SaveLike(ctx context.Context, l *community.Like, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		row := &likeRow{
			ID: string(l.ID), Serial: int64(l.Serial), IRI: string(l.IRI), ActorID: string(l.Actor), PostID: string(l.Post), At: Stamp(l.At),
		}
		return changedOne(tx.NewInsert().Model(row).On("CONFLICT DO NOTHING").Exec(ctx))
	})
}

// DeleteLike implements community.Store.
func (s *Communities) DeleteLike(ctx context.Context, l *community.Like, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewDelete().Model((*likeRow)(nil)).Where("id = ?", string(l.ID)).Exec(ctx))
	})
}

// LikedBy implements community.Store.
func (s *Communities) LikedBy(ctx context.Context, actor domain.ActorID, posts []domain.ID) (map[domain.ID]bool, error) {
	ids := make([]string, len(posts))
	for i, id := range posts {
		ids[i] = string(id)
	}
	var rows []*likeRow
	err := s.db.read.NewSelect().Model(&rows).Where("l.actor_id = ? AND l.post_id IN (?)", string(actor), bun.List(ids)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	liked := make(map[domain.ID]bool, len(rows))
	for _, r := range rows {
		liked[domain.ID(r.PostID)] = true
	}
	return liked, nil
}
