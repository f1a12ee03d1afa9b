package storage

import (
	"context"
	"encoding/json"
	"iter"
	"slices"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
)

// itemRow is a phase, objective or task of a process.
type itemRow struct {
	bun.BaseModel `bun:"table:process_items,alias:i"`

	ID            string `bun:",pk"`
	ProcessID     string
	ParentID      string
	Kind          string
	Position      int64
	Name          domain.Text
	Description   domain.Text
	Problems      []string
	Prerequisites []domain.ID
	Interlinkers  []domain.IRI
	Complexity    int64
	CoDelivery    bool
	Status        string
	StartsAt      Stamp
	EndsAt        Stamp
	DisabledAt    Stamp
	DisabledBy    string
	FromNode      string
	FromItem      string
	Formerly      []string
	Translations  map[string]catalogue.Translations
	Revision      int64
}

// itemRowsOf makes rows whose revision is one more than the items'.
func itemRowsOf(process domain.ActorID, items []coproduction.Item) []itemRow {
	rows := make([]itemRow, len(items))
	for i, it := range items {
		rows[i] = itemRow{
			ID: string(it.ID), ProcessID: string(process), ParentID: string(it.Parent), Kind: string(it.Kind),
			Position: int64(it.Position), Name: it.Name, Description: it.Description, Problems: it.Problems,
			Prerequisites: it.Prerequisites, Interlinkers: it.Interlinkers, Complexity: int64(it.Complexity),
			CoDelivery: it.CoDelivery, Status: string(it.Status), StartsAt: Stamp(it.Starts), EndsAt: Stamp(it.Ends),
			DisabledAt: Stamp(it.DisabledAt), DisabledBy: string(it.DisabledBy), FromNode: it.FromNode, FromItem: it.FromItem,
			Formerly: it.Formerly, Translations: it.Translations, Revision: it.Revision + 1,
		}
	}
	return rows
}

func (r *itemRow) item() coproduction.Item {
	return coproduction.Item{
		ID: domain.ID(r.ID), Parent: domain.ID(r.ParentID), Kind: coproduction.ItemKind(r.Kind), Position: int(r.Position),
		Name: r.Name, Description: r.Description, Problems: r.Problems, Prerequisites: r.Prerequisites,
		Interlinkers: r.Interlinkers, Complexity: int(r.Complexity), CoDelivery: r.CoDelivery,
		Status: coproduction.Status(r.Status), Starts: r.StartsAt.Time(), Ends: r.EndsAt.Time(),
		DisabledAt: r.DisabledAt.Time(), DisabledBy: domain.ActorID(r.DisabledBy),
		FromNode: r.FromNode, FromItem: r.FromItem, Formerly: r.Formerly, Translations: r.Translations, Revision: r.Revision,
	}
}

// Items implements coproduction.Store.
func (s *Processes) Items(ctx context.Context, process domain.ActorID) ([]coproduction.Item, error) {
	return s.items(ctx, process, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
}

// Outline implements coproduction.Store and lineage.Store.
func (s *Processes) Outline(ctx context.Context, process domain.ActorID) iter.Seq2[coproduction.Item, error] {
	return func(yield func(coproduction.Item, error) bool) {
		rows, err := s.db.read.NewSelect().Model((*itemRow)(nil)).
			Column("id", "parent_id", "kind", "position", "prerequisites", "status", "disabled_at", "from_item", "revision").
			Where("process_id = ?", string(process)).Rows(ctx)
		if err != nil {
			yield(coproduction.Item{}, translate(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var it coproduction.Item
			var before []byte
			var disabled Stamp
			err := rows.Scan(&it.ID, &it.Parent, &it.Kind, &it.Position, &before, &it.Status, &disabled, &it.FromItem, &it.Revision)
			if err == nil && len(before) > len("[]") {
				err = json.Unmarshal(before, &it.Prerequisites)
			}
			it.DisabledAt = disabled.Time()
			if !yield(it, translate(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(coproduction.Item{}, translate(err))
		}
	}
}

// Guide implements coproduction.Store.
func (s *Processes) Guide(ctx context.Context, process domain.ActorID, item domain.ID) ([]coproduction.Item, error) {
	return s.items(ctx, process, func(q *bun.SelectQuery) *bun.SelectQuery {
		for _, column := range []string{"description", "formerly", "translations"} {
			q = q.ExcludeColumn(column).ColumnExpr("CASE WHEN i.id = ? THEN i.? END AS ?", string(item), bun.Ident(column), bun.Ident(column))
		}
		return q
	})
}

// ItemsOf implements coproduction.Store and lineage.Store.
func (s *Processes) ItemsOf(ctx context.Context, process domain.ActorID, ids []domain.ID) ([]coproduction.Item, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []itemRow
	// Asked for the process too, SQLite would go through all of its items.
	if err := s.db.read.NewSelect().Model(&rows).Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	rows = slices.DeleteFunc(rows, func(r itemRow) bool { return r.ProcessID != string(process) })
	return itemsOf(rows), nil
}

func (s *Processes) items(ctx context.Context, process domain.ActorID, some func(*bun.SelectQuery) *bun.SelectQuery) ([]coproduction.Item, error) {
	rows, err := some(s.db.read.NewSelect().Model((*itemRow)(nil))).Where("process_id = ?", string(process)).Rows(ctx)
	if err != nil {
		return nil, translate(err)
	}
	defer rows.Close()
	var items []coproduction.Item
	for rows.Next() {
		var row itemRow
		if err := s.db.read.ScanRow(ctx, rows, &row); err != nil {
			return nil, translate(err)
		}
		items = append(items, row.item())
	}
	return items, translate(rows.Err())
}

func itemsOf(rows []itemRow) []coproduction.Item {
	items := make([]coproduction.Item, len(rows))
	for i := range rows {
		items[i] = rows[i].item()
	}
	return items
}

// putItems inserts or updates items. The process's revision guards them all.
func putItems(ctx context.Context, tx bun.Tx, process domain.ActorID, items []coproduction.Item) error {
	if len(items) > 0 {
		if err := stays(ctx, tx, process); err != nil {
			return err
		}
	}
	rows := itemRowsOf(process, items)
	for i := range rows {
		var err error
		if items[i].Revision == 0 {
			_, err = tx.NewInsert().Model(&rows[i]).Exec(ctx)
		} else {
			err = changedOne(tx.NewUpdate().Model(&rows[i]).WherePK().Where("process_id = ?", string(process)).Exec(ctx))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// placeItems gives items their position, and their next revision. The
// process's revision guards them all.
func placeItems(ctx context.Context, tx bun.Tx, process domain.ActorID, items []coproduction.Item) error {
	rows := itemRowsOf(process, items)
	for i := range rows {
		err := changedOne(tx.NewUpdate().Model(&rows[i]).Column("position", "revision").WherePK().Where("process_id = ?", string(process)).Exec(ctx))
		if err != nil {
			return err
		}
	}
	return nil
}

// History implements coproduction.Store.
func (s *Processes) History(ctx context.Context, process domain.ActorID, item domain.ID, p domain.Page) (domain.List[domain.Event], error) {
	list := domain.List[domain.Event]{Total: -1}
	before, err := p.AfterSerial()
	if err != nil {
		return list, err
	}
	size := p.Size()
	events, err := NewEvents(s.db).About(ctx, domain.Subject{Kind: "process", ID: domain.ID(process)}, item, int64(before), int64(size+1))
	if len(events) > size {
		events = events[:size]
		list.Next = domain.Serial(events[size-1].Seq).Cursor()
	}
	list.Items = events
	return list, err
}
