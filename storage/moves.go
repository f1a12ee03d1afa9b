package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/profile"
)

var _ profile.Store = (*Network)(nil)

// SaveProfile implements profile.Store.
func (s *Network) SaveProfile(ctx context.Context, a *network.Actor, was time.Time, change domain.Change) error {
	row := actorRowOf(a)
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewUpdate().Model(row).Column("fields", "discoverable", "indexable", "sites", "also_known_as", "updated_at").
			WherePK().Where("host = '' AND updated_at = ?", Stamp(was)).Exec(ctx))
	})
}

// SaveMove implements network.MoveStore.
func (s *Network) SaveMove(ctx context.Context, id domain.ActorID, to domain.IRI, at, since time.Time, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		q := tx.NewUpdate().Model((*actorRow)(nil)).Set("moved_to = ?", string(to)).Set("updated_at = ?", Stamp(at)).Where("id = ?", string(id))
		if to != "" {
			q = q.Set("moved_at = ?", Stamp(at)).Where("moved_at IS NULL OR moved_at <= ?", Stamp(since))
		}
		return changedOne(q.Exec(ctx))
	})
}

// LocalFollows implements network.MoveStore.
func (s *Network) LocalFollows(ctx context.Context, followed domain.ActorID, after domain.Serial, limit int) ([]*network.Follow, error) {
	var rows []*followRow
	err := s.db.read.NewSelect().Model(&rows).
		Where("followed_id = ? AND state = ? AND serial > ?", string(followed), string(network.FollowAccepted), int64(after)).
		Where("follower_id IN (SELECT id FROM actors WHERE host = '')").
		OrderExpr("serial").Limit(int64(limit)).Scan(ctx)
	return followsOf(rows), translate(err)
}

// Replacements implements network.MoveStore.
func (s *Network) Replacements(ctx context.Context, follower domain.ActorID, since time.Time, limit int) ([]*network.Follow, error) {
	var rows []*followRow
	err := s.db.read.NewSelect().Model(&rows).Where("follower_id = ? AND replaced_at > ?", string(follower), Stamp(since)).
		OrderExpr("replaced_at DESC, serial DESC").Limit(int64(limit)).Scan(ctx)
	return followsOf(rows), translate(err)
}

func followsOf(rows []*followRow) []*network.Follow {
	follows := make([]*network.Follow, len(rows))
	for i, r := range rows {
		follows[i] = r.follow()
	}
	return follows
}

// SaveFollows implements network.Store: all that changes of one that is there
// is what it replaces. Errors: Conflict if one was answered meanwhile.
func (s *Network) SaveFollows(ctx context.Context, follows []*network.Follow, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		for _, f := range follows {
			err := changedOne(tx.NewInsert().Model(followRowOf(f)).On("CONFLICT (follower_id, followed_id) DO UPDATE").
				Set("replaces_id = EXCLUDED.replaces_id").Set("replaced_at = EXCLUDED.replaced_at").
				Where("follow_row.state = EXCLUDED.state").Exec(ctx))
			if err != nil {
				return err
			}
			if err := endReplaced(ctx, tx, f); err != nil {
				return err
			}
		}
		return nil
	})
}

// endReplaced ends the follow that an accepted one replaces.
func endReplaced(ctx context.Context, tx bun.Tx, f *network.Follow) error {
	if f.State != network.FollowAccepted || f.Replaces == domain.Nobody {
		return nil
	}
	_, err := tx.NewDelete().Model((*followRow)(nil)).
		Where("follower_id = ? AND followed_id = ?", string(f.Follower), string(f.Replaces)).Exec(ctx)
	return err
}
