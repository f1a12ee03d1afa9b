package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain/coproduction"
)

// useRow records that an Interlinker was taken into a task.
type useRow struct {
	bun.BaseModel `bun:"table:process_uses,alias:u"`

	ID            string `bun:",pk"`
	InterlinkerID string
	ProcessID     string
	ItemID        string
	ResourceID    string
	ActorID       string
	UsedAt        Stamp
}

func insertUses(ctx context.Context, tx bun.Tx, uses []coproduction.Use) error {
	rows := make([]useRow, len(uses))
	for i, u := range uses {
		rows[i] = useRow{
			ID: string(u.ID), InterlinkerID: string(u.Interlinker), ProcessID: string(u.Process), ItemID: string(u.Item),
			ResourceID: string(u.Resource), ActorID: string(u.Actor), UsedAt: Stamp(u.At),
		}
	}
	return insertAll(ctx, tx, rows)
}
