package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// featuringRow is that a list of another server may recommend a community.
type featuringRow struct {
	bun.BaseModel `bun:"table:featurings"`

	Serial      int64 `bun:",pk"`
	CommunityID string
	ByID        string
	List        string
	At          Stamp
}

// SaveFeaturing implements network.FeaturingStore.
func (s *Network) SaveFeaturing(ctx context.Context, f *network.Featuring, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		row := &featuringRow{Serial: int64(f.Serial), CommunityID: string(f.Community), ByID: string(f.By), List: string(f.List), At: Stamp(f.At)}
		_, err := tx.NewInsert().Model(row).On("CONFLICT (community_id, list) DO NOTHING").Exec(ctx)
		return err
	})
}

// Featurings implements network.FeaturingStore.
func (s *Network) Featurings(ctx context.Context, community domain.ActorID) ([]*network.Featuring, error) {
	var rows []*featuringRow
	err := s.db.read.NewSelect().Model(&rows).Where("community_id = ?", string(community)).OrderExpr("serial").Limit(domain.MaxPage).Scan(ctx)
	list := make([]*network.Featuring, len(rows))
	for i, r := range rows {
		list[i] = &network.Featuring{
			Serial: domain.Serial(r.Serial), Community: domain.ActorID(r.CommunityID), By: domain.ActorID(r.ByID), List: domain.IRI(r.List), At: r.At.Time(),
		}
	}
	return list, translate(err)
}

// DeleteFeaturings implements network.FeaturingStore.
func (s *Network) DeleteFeaturings(ctx context.Context, list []*network.Featuring, change domain.Change) error {
	serials := make([]int64, len(list))
	for i, f := range list {
		serials[i] = int64(f.Serial)
	}
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*featuringRow)(nil)).Where("serial IN (?)", bun.List(serials)).Exec(ctx)
		return err
	})
}
