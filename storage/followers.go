package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// followersOn selects the accepted followers of an actor that are there.
const followersOn = `FROM follows AS f JOIN actors AS a ON a.id = f.follower_id
	WHERE f.followed_id = ? AND f.state = 'accepted' AND a.gone_at IS NULL`

// FollowerIRIs implements network.FollowersStore.
func (s *Network) FollowerIRIs(ctx context.Context, followed domain.ActorID, host string, limit int) ([]domain.IRI, error) {
	var iris []domain.IRI
	err := s.db.read.NewRaw("SELECT a.iri "+followersOn+" AND a.host = ? ORDER BY a.iri LIMIT ?", string(followed), host, limit).Scan(ctx, &iris)
	return iris, translate(err)
}

// SaveComparison implements network.FollowersStore.
func (s *Network) SaveComparison(ctx context.Context, id domain.ActorID, at, since time.Time, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewUpdate().Model((*actorRow)(nil)).Set("compared_at = ?", Stamp(at)).
			Where("id = ? AND (compared_at IS NULL OR compared_at <= ?)", string(id), Stamp(since)).Exec(ctx))
	})
}

// FollowerDigests returns a public actor of this node, and the digests of its
// followers by host. Errors: NotFound for any other.
func (s *Deliveries) FollowerDigests(ctx context.Context, actor domain.ActorID) (*network.Actor, map[string]*network.FollowersDigest, error) {
	row := new(actorRow)
	err := s.db.read.NewSelect().Model(row).
		Where("id = ? AND host = '' AND visibility = ? AND gone_at IS NULL", string(actor), string(domain.VisiblePublic)).Scan(ctx)
	if err != nil {
		return nil, nil, translate(err)
	}
	rows, err := s.digests.query(ctx, string(actor))
	if err != nil {
		return nil, nil, translate(err)
	}
	defer rows.Close()
	digests := map[string]*network.FollowersDigest{}
	for rows.Next() {
		var host string
		var iri domain.IRI
		if err := rows.Scan(&host, &iri); err != nil {
			return nil, nil, translate(err)
		}
		if digests[host] == nil {
			digests[host] = new(network.FollowersDigest)
		}
		digests[host].Add(iri)
	}
	return row.actor(), digests, translate(rows.Err())
}
