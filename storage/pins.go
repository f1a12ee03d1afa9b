package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// pinRow is a post that an actor shows first.
type pinRow struct {
	bun.BaseModel `bun:"table:pins"`

	Serial  int64 `bun:",pk"`
	ActorID string
	PostID  string
}

// Pinned implements community.Store.
func (s *Communities) Pinned(ctx context.Context, actor domain.ActorID) ([]*community.Post, error) {
	var rows []*postRow
	err := s.db.read.NewSelect().Model(&rows).ColumnExpr("p.*").ColumnExpr(s.db.countsOf()).
		Join("JOIN pins AS n ON n.post_id = p.id").
		Where("n.actor_id = ? AND p.deleted_at IS NULL", string(actor)).Where("p.host NOT IN " + hiddenHosts).OrderExpr("n.serial DESC").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	posts := make([]*community.Post, len(rows))
	for i, r := range rows {
		posts[i] = r.post()
	}
	return posts, nil
}

// Pin implements community.Store.
func (s *Communities) Pin(ctx context.Context, actor domain.ActorID, post domain.ID, serial domain.Serial, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		row := &pinRow{Serial: int64(serial), ActorID: string(actor), PostID: string(post)}
		return changedOne(tx.NewInsert().Model(row).On("CONFLICT (actor_id, post_id) DO NOTHING").Exec(ctx))
	})
}

// Unpin implements community.Store.
func (s *Communities) Unpin(ctx context.Context, actor domain.ActorID, post domain.ID, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewDelete().Model((*pinRow)(nil)).Where("actor_id = ? AND post_id = ?", string(actor), string(post)).Exec(ctx))
	})
}
