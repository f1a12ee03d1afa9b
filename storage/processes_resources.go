package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// resourceRow is one resource, with its present version.
type resourceRow struct {
	bun.BaseModel `bun:"table:resources,alias:r"`

	ID                 string `bun:",pk"`
	Serial             int64
	ProcessID          string
	ItemID             string
	Kind               string
	Name               string
	URL                string
	Body               string
	FileHash           string `bun:",nullzero"`
	FileName           string
	FileType           string
	FileSize           int64
	Language           string
	Licence            string
	InterlinkerID      string
	InterlinkerIRI     string
	InterlinkerVersion int64
	SourceIRI          string
	Asset              string
	CreatedBy          string
	Public             bool
	CreatedAt          Stamp
	UpdatedAt          Stamp
	RemovedAt          Stamp
	RemovedBy          string
	Erased             bool
	Version            int64
	Revision           int64
}

func resourceRowOf(r *coproduction.Resource) *resourceRow {
	return &resourceRow{
		ID: string(r.ID), Serial: int64(r.Serial), ProcessID: string(r.Process), ItemID: string(r.Item), Kind: string(r.Kind),
		Name: r.Name, URL: string(r.URL), Body: r.Body, FileHash: r.File.Hash, FileName: r.File.Name, FileType: r.File.Type, FileSize: r.File.Size,
		Language: string(r.Language), Licence: r.Licence, InterlinkerID: string(r.InterlinkerID), InterlinkerIRI: string(r.Interlinker),
		InterlinkerVersion: int64(r.InterlinkerVersion), SourceIRI: string(r.Source), Asset: r.Asset, CreatedBy: string(r.CreatedBy), Public: r.Public,
		CreatedAt: Stamp(r.CreatedAt), UpdatedAt: Stamp(r.UpdatedAt), RemovedAt: Stamp(r.RemovedAt), RemovedBy: string(r.RemovedBy),
		Erased: r.Erased, Version: int64(r.Version), Revision: r.Revision,
	}
}

func (r *resourceRow) resource() coproduction.Resource {
	return coproduction.Resource{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Process: domain.ActorID(r.ProcessID), Item: domain.ID(r.ItemID),
		Kind: coproduction.ResourceKind(r.Kind), Name: r.Name, URL: domain.IRI(r.URL), Body: r.Body,
		File:     coproduction.Stored{Hash: r.FileHash, Name: r.FileName, Type: r.FileType, Size: r.FileSize},
		Language: domain.Lang(r.Language), Licence: r.Licence, InterlinkerID: domain.ID(r.InterlinkerID),
		Interlinker: domain.IRI(r.InterlinkerIRI), InterlinkerVersion: int(r.InterlinkerVersion), Source: domain.IRI(r.SourceIRI), Asset: r.Asset,
		CreatedBy: domain.ActorID(r.CreatedBy), Public: r.Public,
		CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), RemovedAt: r.RemovedAt.Time(), RemovedBy: domain.ActorID(r.RemovedBy),
		Erased: r.Erased, Version: int(r.Version), Revision: r.Revision,
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

// belowItem is a task, or what is below an objective or phase.
const belowItem = `r.item_id IN (SELECT i.id FROM process_items AS i LEFT JOIN process_items AS above ON above.id = i.parent_id
	WHERE i.id = ? OR i.parent_id = ? OR above.parent_id = ?)`

// Resources implements coproduction.Store.
func (s *Processes) Resources(ctx context.Context, process domain.ActorID, f coproduction.ResourceFilter, p domain.Page) (domain.List[coproduction.Resource], error) {
	var rows []*resourceRow
	q := s.db.read.NewSelect().Model(&rows).ExcludeColumn("body").Where("r.process_id = ?", string(process))
	if f.Removed {
		q = q.Where("r.removed_at IS NOT NULL AND NOT r.erased")
	} else {
		q = q.Where("r.removed_at IS NULL")
	}
	q = confined(q, f)
	if f.Item != "" {
		q = q.Where(belowItem, string(f.Item), string(f.Item), string(f.Item))
	}
	if f.Kind != "" {
		q = q.Where("r.kind = ?", string(f.Kind))
	}
	if f.By != domain.Nobody {
		q = q.Where("r.created_by = ?", string(f.By))
	}
	return bySerial(ctx, q, &rows, false, p, func(r *resourceRow) int64 { return r.Serial }, (*resourceRow).resource)
}

// confined leaves to a list what its reader may see.
func confined(q *bun.SelectQuery, f coproduction.ResourceFilter) *bun.SelectQuery {
	if !f.Confined {
		return q
	}
	// An empty IN would be no SQL; "" is no item's id.
	return q.Where("(r.item_id IN (?) OR ? AND r.public)", bun.List(append([]domain.ID{""}, f.Inside...)), f.Public)
}

// ResourceMakers implements coproduction.Store.
func (s *Processes) ResourceMakers(ctx context.Context, process domain.ActorID, f coproduction.ResourceFilter) ([]domain.ActorID, error) {
	var ids []domain.ActorID
	q := s.db.read.NewSelect().Model((*resourceRow)(nil)).ColumnExpr("DISTINCT r.created_by").
		Where("r.process_id = ? AND r.removed_at IS NULL", string(process)).OrderExpr("r.created_by").Limit(domain.MaxPage)
	q = confined(q, f)
	return ids, translate(q.Scan(ctx, &ids))
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
		_, err := tx.NewInsert().Model(resourceRowOf(&resources[i])).On("CONFLICT (id) DO UPDATE").Set(excluded(
			"kind", "name", "url", "body", "file_hash", "file_name", "file_type", "file_size", "language", "licence", "public",
			"updated_at", "removed_at", "removed_by", "erased", "version", "revision")).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// versionRow is one version of a resource.
type versionRow struct {
	bun.BaseModel `bun:"table:resource_versions,alias:v"`

	ResourceID string `bun:",pk"`
	Number     int64  `bun:",pk"`
	URL        string
	Body       string
	FileHash   string `bun:",nullzero"`
	FileName   string
	FileType   string
	Size       int64
	Summary    string
	Restored   int64
	CreatedBy  string
	CreatedAt  Stamp
}

func (r *versionRow) version() coproduction.Version {
	v := coproduction.Version{
		Number: int(r.Number), URL: domain.IRI(r.URL), Body: r.Body, Summary: r.Summary, Restored: int(r.Restored),
		By: domain.ActorID(r.CreatedBy), At: r.CreatedAt.Time(),
	}
	if r.FileHash != "" {
		v.File = coproduction.Stored{Hash: r.FileHash, Name: r.FileName, Type: r.FileType, Size: r.Size}
	}
	return v
}

func insertVersions(ctx context.Context, tx bun.Tx, versions []coproduction.ResourceVersion) error {
	rows := make([]versionRow, len(versions))
	for i, v := range versions {
		rows[i] = versionRow{
			ResourceID: string(v.Resource), Number: int64(v.Number), URL: string(v.URL), Body: v.Body, FileHash: v.File.Hash, FileName: v.File.Name, FileType: v.File.Type,
			Size: v.Size(), Summary: v.Summary, Restored: int64(v.Restored), CreatedBy: string(v.By), CreatedAt: Stamp(v.At),
		}
	}
	return insertAll(ctx, tx, rows)
}

// Versions implements coproduction.Store.
func (s *Processes) Versions(ctx context.Context, resource domain.ID, p domain.Page) (domain.List[coproduction.Version], error) {
	var list domain.List[coproduction.Version]
	before, err := p.AfterSerial()
	if err != nil {
		return list, err
	}
	total, err := s.db.read.NewSelect().Model((*versionRow)(nil)).Where("resource_id = ?", string(resource)).Count(ctx)
	if err != nil {
		return list, translate(err)
	}
	list.Total = int(total)
	var rows []versionRow
	q := s.db.read.NewSelect().Model(&rows).ExcludeColumn("body").Where("v.resource_id = ?", string(resource)).OrderExpr("v.number DESC").Limit(int64(p.Size() + 1))
	if before > 0 {
		q = q.Where("v.number < ?", int64(before))
	}
	if err := q.Scan(ctx); err != nil {
		return list, translate(err)
	}
	if len(rows) > p.Size() {
		rows = rows[:p.Size()]
		list.Next = domain.Serial(rows[len(rows)-1].Number).Cursor()
	}
	for i := range rows {
		list.Items = append(list.Items, rows[i].version())
	}
	return list, nil
}

// Version implements coproduction.Store.
func (s *Processes) Version(ctx context.Context, resource domain.ID, number int) (*coproduction.Version, error) {
	row := new(versionRow)
	if err := s.db.read.NewSelect().Model(row).Where("v.resource_id = ? AND v.number = ?", string(resource), int64(number)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	v := row.version()
	return &v, nil
}

// erased is how many resources one transaction erases.
const erasedAtOnce = 100

// EraseResources implements coproduction.Store.
func (s *Processes) EraseResources(ctx context.Context, before time.Time) error {
	for more := true; more; {
		err := s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			var ids []string
			err := tx.NewRaw("SELECT id FROM resources WHERE removed_at < ? AND NOT erased ORDER BY removed_at LIMIT ?", before.UnixMicro(), erasedAtOnce).Scan(ctx, &ids)
			if err != nil || len(ids) == 0 {
				more = false
				return err
			}
			more = len(ids) == erasedAtOnce
			if _, err := tx.NewRaw("DELETE FROM resource_versions WHERE resource_id IN (?)", bun.List(ids)).Exec(ctx); err != nil {
				return err
			}
			_, err = tx.NewRaw(`UPDATE resources SET erased = TRUE, url = '', body = '', file_hash = NULL, file_name = '', file_type = '', file_size = 0
				WHERE id IN (?)`, bun.List(ids)).Exec(ctx)
			if err != nil {
				return err
			}
			return s.eraseAssets(ctx, tx, ids)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// eraseAssets has software Interlinkers delete what they keep of resources that
// are erased.
func (s *Processes) eraseAssets(ctx context.Context, tx bun.Tx, resources []string) error {
	var kept []string
	if err := tx.NewRaw("SELECT id FROM resources WHERE id IN (?) AND asset <> ''", bun.List(resources)).Scan(ctx, &kept); err != nil {
		return err
	}
	erasing := make([]domain.Job, len(kept))
	for i, id := range kept {
		erasing[i] = coproduction.EraseAsset(domain.ID(id))
	}
	return s.db.jobs.InsertTx(ctx, tx.Tx, erasing)
}
