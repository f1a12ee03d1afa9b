package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// useRow records that an Interlinker was used in a task.
type useRow struct {
	bun.BaseModel `bun:"table:process_uses,alias:u"`

	ID            string `bun:",pk"`
	InterlinkerID string
	ProcessID     string
	ItemID        string
	ResourceID    string
	ActorID       string
	Version       int64
	How           string
	UsedAt        Stamp

	Resource string `bun:",scanonly"` // its name, as Interlinker is an address
	Tool     string `bun:",scanonly"`
}

func useRowOf(u coproduction.Use) useRow {
	return useRow{
		ID: string(u.ID), InterlinkerID: string(u.Interlinker), ProcessID: string(u.Process), ItemID: string(u.Item), ResourceID: string(u.Resource),
		ActorID: string(u.Actor), Version: int64(u.Version), How: string(u.How), UsedAt: Stamp(u.At),
	}
}

func (r *useRow) use() coproduction.Use {
	return coproduction.Use{
		ID: domain.ID(r.ID), Interlinker: domain.ID(r.InterlinkerID), Process: domain.ActorID(r.ProcessID), Item: domain.ID(r.ItemID),
		Resource: domain.ID(r.ResourceID), Actor: domain.ActorID(r.ActorID), Version: int(r.Version), How: coproduction.How(r.How), At: r.UsedAt.Time(),
		Name: r.Resource, Tool: domain.IRI(r.Tool),
	}
}

func insertUses(ctx context.Context, tx bun.Tx, uses []coproduction.Use) error {
	rows := make([]useRow, len(uses))
	for i, u := range uses {
		rows[i] = useRowOf(u)
	}
	return insertAll(ctx, tx, rows)
}

// RecordUse implements coproduction.Store.
func (s *Processes) RecordUse(ctx context.Context, u coproduction.Use) error {
	row := useRowOf(u)
	known, err := s.db.read.NewSelect().Model((*useRow)(nil)).Where("resource_id = ? AND actor_id = ? AND used_at = ? AND how = ?",
		row.ResourceID, row.ActorID, row.UsedAt, row.How).Exists(ctx)
	if err != nil || known {
		return translate(err)
	}
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (resource_id, actor_id, used_at) WHERE how = 'opened' DO NOTHING").Exec(ctx)
		return err
	})
}

// Uses implements coproduction.Store.
func (s *Processes) Uses(ctx context.Context, process domain.ActorID, p domain.Page) (domain.List[coproduction.Use], error) {
	var list domain.List[coproduction.Use]
	after, err := p.AfterID()
	if err != nil {
		return list, err
	}
	var rows []useRow
	q := s.db.read.NewSelect().Model(&rows).Where("u.process_id = ?", string(process))
	total, err := q.Count(ctx)
	if err != nil {
		return list, translate(err)
	}
	list.Total = int(total)
	if after != "" {
		q = q.Where("u.id < ?", string(after))
	}
	err = q.ColumnExpr("u.*, r.name AS resource, r.interlinker_iri AS tool").Join("JOIN resources AS r ON r.id = u.resource_id").
		OrderExpr("u.id DESC").Limit(int64(p.Size() + 1)).Scan(ctx)
	if err != nil {
		return list, translate(err)
	}
	if len(rows) > p.Size() {
		rows = rows[:p.Size()]
		list.Next = rows[len(rows)-1].ID
	}
	for i := range rows {
		list.Items = append(list.Items, rows[i].use())
	}
	return list, nil
}
