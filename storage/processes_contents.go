package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
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
			Revision: it.Revision + 1,
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
		FromNode: r.FromNode, FromItem: r.FromItem, Revision: r.Revision,
	}
}

// Items implements coproduction.Store.
func (s *Processes) Items(ctx context.Context, process domain.ActorID) ([]coproduction.Item, error) {
	var rows []itemRow
	if err := s.db.read.NewSelect().Model(&rows).Where("process_id = ?", string(process)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	items := make([]coproduction.Item, len(rows))
	for i := range rows {
		items[i] = rows[i].item()
	}
	return items, nil
}

// putItems inserts or updates items. The process's revision guards them all.
func putItems(ctx context.Context, tx bun.Tx, process domain.ActorID, items []coproduction.Item) error {
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

// resourceRow is one resource.
type resourceRow struct {
	bun.BaseModel `bun:"table:resources,alias:r"`

	ID             string `bun:",pk"`
	Serial         int64
	ProcessID      string
	ItemID         string
	Kind           string
	Name           string
	URL            string
	Body           string
	Language       string
	Licence        string
	InterlinkerID  string
	InterlinkerIRI string
	CreatedBy      string
	Public         bool
	CreatedAt      Stamp
	UpdatedAt      Stamp
	RemovedAt      Stamp
}

func resourceRowOf(r *coproduction.Resource) *resourceRow {
	return &resourceRow{
		ID: string(r.ID), Serial: int64(r.Serial), ProcessID: string(r.Process), ItemID: string(r.Item), Kind: string(r.Kind),
		Name: r.Name, URL: string(r.URL), Body: r.Body, Language: string(r.Language), Licence: r.Licence,
		InterlinkerID: string(r.InterlinkerID), InterlinkerIRI: string(r.Interlinker), CreatedBy: string(r.CreatedBy),
		Public: r.Public, CreatedAt: Stamp(r.CreatedAt), UpdatedAt: Stamp(r.UpdatedAt), RemovedAt: Stamp(r.RemovedAt),
	}
}

func (r *resourceRow) resource() coproduction.Resource {
	return coproduction.Resource{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Process: domain.ActorID(r.ProcessID), Item: domain.ID(r.ItemID),
		Kind: coproduction.ResourceKind(r.Kind), Name: r.Name, URL: domain.IRI(r.URL), Body: r.Body,
		Language: domain.Lang(r.Language), Licence: r.Licence, InterlinkerID: domain.ID(r.InterlinkerID),
		Interlinker: domain.IRI(r.InterlinkerIRI), CreatedBy: domain.ActorID(r.CreatedBy), Public: r.Public,
		CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), RemovedAt: r.RemovedAt.Time(),
	}
}

// Resource implements coproduction.Store.
func (s *Processes) Resource(ctx context.Context, id domain.ID) (*coproduction.Resource, error) {
	row := new(resourceRow)
	if err := s.db.read.NewSelect().Model(row).Where("id = ?", string(id)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	r := row.resource()
	return &r, nil
}

// Resources implements coproduction.Store.
func (s *Processes) Resources(ctx context.Context, process domain.ActorID, shown coproduction.Shown, p domain.Page) (domain.List[coproduction.Resource], error) {
	var rows []*resourceRow
	q := s.db.read.NewSelect().Model(&rows).Where("r.process_id = ? AND r.removed_at IS NULL", string(process))
	if shown.Item != "" {
		q = q.Where("r.item_id = ?", string(shown.Item))
	}
	if shown.Confined {
		// An empty IN would be no SQL; "" is no item's id.
		q = q.Where("(r.item_id IN (?) OR ? AND r.public)", bun.List(append([]domain.ID{""}, shown.Inside...)), shown.Public)
	}
	return bySerial(ctx, q, &rows, false, p, func(r *resourceRow) int64 { return r.Serial }, (*resourceRow).resource)
}

// PublicResources implements coproduction.Store.
func (s *Processes) PublicResources(ctx context.Context, process domain.ActorID) ([]coproduction.Resource, error) {
	var rows []*resourceRow
	err := s.db.read.NewSelect().Model(&rows).Where("process_id = ? AND removed_at IS NULL AND public", string(process)).
		OrderExpr("serial").Scan(ctx)
	resources := make([]coproduction.Resource, len(rows))
	for i, r := range rows {
		resources[i] = r.resource()
	}
	return resources, translate(err)
}

// putResources inserts resources, or updates those that are there.
func putResources(ctx context.Context, tx bun.Tx, resources []coproduction.Resource) error {
	for i := range resources {
		_, err := tx.NewInsert().Model(resourceRowOf(&resources[i])).On("CONFLICT (id) DO UPDATE").
			Set("name = EXCLUDED.name").Set("url = EXCLUDED.url").Set("body = EXCLUDED.body").
			Set("language = EXCLUDED.language").Set("licence = EXCLUDED.licence").Set("public = EXCLUDED.public").
			Set("updated_at = EXCLUDED.updated_at").Set("removed_at = EXCLUDED.removed_at").Exec(ctx)
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
