package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// Relaying implements community.Store.
func (s *Communities) Relaying(ctx context.Context, group domain.ActorID, p *community.Post) ([]domain.ActorID, error) {
	var ids []domain.ActorID
	err := s.db.read.NewRaw(`SELECT c.id FROM communities AS c JOIN follows AS f ON f.follower_id = c.id AND f.followed_id = ?0 AND f.state = 'accepted'
		WHERE c.id <> ?1 AND c.id <> ?2 AND ?3 NOT IN `+hiddenHosts+`
		AND NOT EXISTS (SELECT 1 FROM feed AS n WHERE n.actor_id = c.id AND n.object_iri = ?4)
		AND NOT EXISTS (SELECT 1 FROM community_bans AS b WHERE b.community_id = c.id AND b.actor_id = ?2) ORDER BY c.serial`,
		string(group), string(p.Community), string(p.Author), p.Host, string(p.IRI)).Scan(ctx, &ids)
	return ids, translate(err)
}

// Relayed implements community.Store.
func (s *Communities) Relayed(ctx context.Context, group domain.ActorID, object domain.IRI) ([]domain.ActorID, error) {
	var ids []domain.ActorID
	err := s.db.read.NewRaw(`SELECT c.id FROM communities AS c JOIN follows AS f ON f.follower_id = c.id AND f.followed_id = ?0 AND f.state = 'accepted'
		JOIN feed AS n ON n.actor_id = c.id AND n.verb = 'announce' AND n.object_iri = ?1 JOIN posts AS p ON p.iri = n.object_iri
		WHERE p.community_id <> c.id AND NOT EXISTS (SELECT 1 FROM feed AS o JOIN follows AS g ON g.followed_id = o.actor_id AND g.follower_id = c.id
			AND g.state = 'accepted' WHERE o.object_iri = ?1 AND o.actor_id <> ?0) ORDER BY c.serial`,
		string(group), string(object)).Scan(ctx, &ids)
	return ids, translate(err)
}

// Unshare implements community.Store.
func (s *Communities) Unshare(ctx context.Context, id domain.ActorID, object domain.IRI, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewDelete().Model((*feedRow)(nil)).Where("actor_id = ? AND verb = 'announce' AND object_iri = ?", string(id), string(object)).Exec(ctx))
	})
}
