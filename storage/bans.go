package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// banRow keeps somebody from writing in a community.
type banRow struct {
	bun.BaseModel `bun:"table:community_bans"`

	Serial      int64 `bun:",pk"`
	CommunityID string
	ActorID     string
	Reason      string
	ByID        string
	At          Stamp
	UntilAt     Stamp
	Activity    string
}

func (r *banRow) ban() *community.Ban {
	return &community.Ban{
		Community: domain.ActorID(r.CommunityID), Actor: domain.ActorID(r.ActorID), Serial: domain.Serial(r.Serial), Reason: r.Reason,
		By: domain.ActorID(r.ByID), At: r.At.Time(), Until: r.UntilAt.Time(), Activity: domain.IRI(r.Activity),
	}
}

// Ban implements community.Store.
func (s *Communities) Ban(ctx context.Context, in, actor domain.ActorID) (*community.Ban, error) {
	row := new(banRow)
	err := s.db.read.NewSelect().Model(row).Where("community_id = ? AND actor_id = ?", string(in), string(actor)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return row.ban(), nil
}

// Bans implements community.Store.
func (s *Communities) Bans(ctx context.Context, in domain.ActorID, page domain.Page) (domain.List[*community.Ban], error) {
	var rows []*banRow
	q := s.db.read.NewSelect().Model(&rows).Where("community_id = ?", string(in))
	return bySerial(ctx, q, &rows, true, page, func(r *banRow) int64 { return r.Serial }, (*banRow).ban)
}

// SaveBan implements community.Store.
func (s *Communities) SaveBan(ctx context.Context, b *community.Ban, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		row := &banRow{
			Serial: int64(b.Serial), CommunityID: string(b.Community), ActorID: string(b.Actor), Reason: b.Reason, ByID: string(b.By),
			At: Stamp(b.At), UntilAt: Stamp(b.Until), Activity: string(b.Activity),
		}
		return changedOne(tx.NewInsert().Model(row).On("CONFLICT (community_id, actor_id) DO NOTHING").Exec(ctx))
	})
}

// LiftBan implements community.Store.
func (s *Communities) LiftBan(ctx context.Context, b *community.Ban, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewDelete().Model((*banRow)(nil)).Where("serial = ?", int64(b.Serial)).Exec(ctx))
	})
}
