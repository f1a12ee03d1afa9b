package storage

import (
	"context"
	"fmt"
	"time"

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

	Waits      bool // also of one that was declined: neither is counted
	Approval   string
	DeclinedAt Stamp
}

func (r *likeRow) like() *community.Like {
	return &community.Like{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Actor: domain.ActorID(r.ActorID),
		Post: domain.ID(r.PostID), At: r.At.Time(), Waits: r.Waits, Approval: domain.IRI(r.Approval), Declined: r.DeclinedAt.Time(),
	}
}

// likesOf counts the likes of the post of a query.
const likesOf = "(SELECT COUNT(*) FROM likes AS l WHERE l.post_id = p.id AND NOT l.waits) AS likes"

// countsOf counts the likes of the post of a query, and what of the conversation
// below it everybody may read: of its first [community.MostAnswers]+1 posts, so
// that a long one costs no more. What may not be read is passed through. On
// SQLite the limit stands where PostgreSQL takes none, and needs none.
func (d *DB) countsOf() string {
	most, within := fmt.Sprintf(" LIMIT %d", community.MostAnswers+1), ""
	if d.dialect == SQLite {
		within = most
	}
	return fmt.Sprintf(countsBelow, most, within)
}

const countsBelow = likesOf + `, (SELECT COALESCE(SUM(b.shown), 0) FROM (
	WITH RECURSIVE below (iri, shown) AS (
		SELECT f.iri, f.shown FROM (SELECT r.iri, ` + shownBelow + ` AS shown FROM posts AS r
			WHERE r.in_reply_to = p.iri AND r.in_reply_to <> '' AND r.iri <> p.iri%[1]s) AS f
		UNION
		SELECT r.iri, ` + shownBelow + ` FROM posts AS r JOIN below AS u ON r.in_reply_to = u.iri WHERE r.in_reply_to <> '' AND r.iri <> p.iri%[2]s
	)
	SELECT shown FROM below%[1]s) AS b) AS answers`

// shownBelow is 1 of what everybody may read, else 0.
const shownBelow = `CASE WHEN r.deleted_at IS NULL AND r.visibility IN ('public', 'unlisted') AND r.host NOT IN ` + hiddenHosts + ` THEN 1 ELSE 0 END`

// LikeOf implements community.Store.
func (s *Communities) LikeOf(ctx context.Context, post domain.ID, actor domain.ActorID) (*community.Like, error) {
	return s.like(ctx, "l.post_id = ? AND l.actor_id = ? AND l.declined_at IS NULL", string(post), string(actor))
}

// LikeByIRI implements community.Store.
func (s *Communities) LikeByIRI(ctx context.Context, iri domain.IRI) (*community.Like, error) {
	return s.like(ctx, "l.iri = ?", string(iri))
}

func (s *Communities) like(ctx context.Context, where string, args ...any) (*community.Like, error) {
	r := new(likeRow)
	if err := s.db.read.NewSelect().Model(r).Where(where, args...).Limit(1).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return r.like(), nil
}

// SaveLike implements community.Store.
func (s *Communities) SaveLike(ctx context.Context, l *community.Like, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*likeRow)(nil)).Where("post_id = ? AND actor_id = ? AND declined_at IS NOT NULL", string(l.Post), string(l.Actor)).Exec(ctx); err != nil {
			return err
		}
		row := &likeRow{
			ID: string(l.ID), Serial: int64(l.Serial), IRI: string(l.IRI), ActorID: string(l.Actor), PostID: string(l.Post), At: Stamp(l.At),
			Waits: l.Waits, Approval: string(l.Approval),
		}
		return changedOne(tx.NewInsert().Model(row).On("CONFLICT (post_id, actor_id) DO NOTHING").Exec(ctx))
	})
}

// ApproveLike implements community.Store.
func (s *Communities) ApproveLike(ctx context.Context, l *community.Like, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewUpdate().Model((*likeRow)(nil)).Set("waits = ?", false).Set("approval = ?", string(l.Approval)).
			Where("id = ? AND waits AND declined_at IS NULL", string(l.ID)).Exec(ctx))
	})
}

// DeclineLike implements community.Store.
func (s *Communities) DeclineLike(ctx context.Context, l *community.Like, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewUpdate().Model((*likeRow)(nil)).Set("waits = ?", true).Set("approval = ''").Set("declined_at = ?", Stamp(l.Declined)).
			Where("id = ? AND declined_at IS NULL", string(l.ID)).Exec(ctx))
	})
}

// SweepLikes implements community.Store.
func (s *Communities) SweepLikes(ctx context.Context, before time.Time) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*likeRow)(nil)).Where("declined_at < ?", Stamp(before)).Exec(ctx)
		return err
	})
}

// LikesApproved implements community.Store.
func (s *Communities) LikesApproved(ctx context.Context, approval domain.IRI) ([]*community.Like, error) {
	var rows []*likeRow
	err := s.db.read.NewSelect().Model(&rows).Where("l.approval = ? AND l.approval <> ''", string(approval)).Limit(domain.MaxPage).Scan(ctx)
	likes := make([]*community.Like, len(rows))
	for i, r := range rows {
		likes[i] = r.like()
	}
	return likes, translate(err)
}

// DeleteLike implements community.Store.
func (s *Communities) DeleteLike(ctx context.Context, l *community.Like, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewDelete().Model((*likeRow)(nil)).Where("id = ?", string(l.ID)).Exec(ctx))
	})
}

// LikedBy implements community.Store.
func (s *Communities) LikedBy(ctx context.Context, actor domain.ActorID, posts []domain.ID) (map[domain.ID]community.LikeState, error) {
	ids := make([]string, len(posts))
	for i, id := range posts {
		ids[i] = string(id)
	}
	var rows []*likeRow
	err := s.db.read.NewSelect().Model(&rows).Where("l.actor_id = ? AND l.post_id IN (?)", string(actor), bun.List(ids)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	liked := make(map[domain.ID]community.LikeState, len(rows))
	for _, r := range rows {
		liked[domain.ID(r.PostID)] = r.like().State()
	}
	return liked, nil
}
