package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/nodearchive"
)

// NodeArchives keeps the archives of nodes that were brought.
type NodeArchives struct{ db *DB }

// NewNodeArchives makes the store.
func NewNodeArchives(db *DB) *NodeArchives { return &NodeArchives{db} }

var _ nodearchive.Store = (*NodeArchives)(nil)

// nodeImportRow is an archive of a node. Body is what else there is to say, as
// JSON.
type nodeImportRow struct {
	bun.BaseModel `bun:"table:node_imports,alias:i"`

	ID         string `bun:",pk"`
	Serial     int64
	ImporterID string
	State      string
	Body       string
	CreatedAt  Stamp
	UpdatedAt  Stamp
	Revision   int64
}

// nodePartRow is a part of one.
type nodePartRow struct {
	bun.BaseModel `bun:"table:node_import_parts,alias:n"`

	ImportID string `bun:",pk"`
	Serial   int64  `bun:",pk"`
	IRI      string
	SHA256   string `bun:"sha256"`
	Outcome  string
	Made     string
	Body     string
}

func nodeImportRowOf(i *nodearchive.Import) (*nodeImportRow, error) {
	body, err := json.Marshal(i)
	return &nodeImportRow{
		ID: string(i.ID), Serial: int64(i.Serial), ImporterID: string(i.Importer), State: string(i.State), Body: string(body),
		CreatedAt: Stamp(i.CreatedAt), UpdatedAt: Stamp(i.UpdatedAt), Revision: i.Revision + 1,
	}, err
}

func (r *nodeImportRow) read() (*nodearchive.Import, error) {
	i := new(nodearchive.Import)
	if err := json.Unmarshal([]byte(r.Body), i); err != nil {
		return nil, fmt.Errorf("read the import of a node %s: %w", r.ID, err)
	}
	i.ID, i.Serial, i.Importer, i.State, i.Revision = domain.ID(r.ID), domain.Serial(r.Serial), domain.ActorID(r.ImporterID), nodearchive.State(r.State), r.Revision
	i.CreatedAt, i.UpdatedAt = r.CreatedAt.Time(), r.UpdatedAt.Time()
	return i, nil
}

func nodePartRowOf(id domain.ID, p *nodearchive.ImportPart) (*nodePartRow, error) {
	body, err := json.Marshal(p)
	return &nodePartRow{
		ImportID: string(id), Serial: int64(p.Position), IRI: string(p.IRI), SHA256: p.SHA256, Outcome: string(p.Outcome), Made: string(p.Result.Made), Body: string(body),
	}, err
}

func (r *nodePartRow) read() (*nodearchive.ImportPart, error) {
	p := new(nodearchive.ImportPart)
	if err := json.Unmarshal([]byte(r.Body), p); err != nil {
		return nil, fmt.Errorf("read part %d of the import of a node %s: %w", r.Serial, r.ImportID, err)
	}
	p.Outcome = nodearchive.Outcome(r.Outcome)
	return p, nil
}

// Import implements nodearchive.Store.
func (s *NodeArchives) Import(ctx context.Context, id domain.ID) (*nodearchive.Import, error) {
	row := new(nodeImportRow)
	if err := s.db.read.NewSelect().Model(row).Where("i.id = ?", string(id)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.read()
}

// Imports implements nodearchive.Store.
func (s *NodeArchives) Imports(ctx context.Context, page domain.Page) (domain.List[*nodearchive.Import], error) {
	var rows []*nodeImportRow
	return readAll(bySerial(ctx, s.db.read.NewSelect().Model(&rows), &rows, true, page, func(r *nodeImportRow) int64 { return r.Serial }, func(r *nodeImportRow) *nodeImportRow { return r }))
}

// readAll reads the rows of a page.
func readAll[T any, R interface{ read() (T, error) }](rows domain.List[R], err error) (domain.List[T], error) {
	list := domain.List[T]{Next: rows.Next, Prev: rows.Prev, Total: rows.Total}
	for _, r := range rows.Items {
		one, broken := r.read()
		if broken != nil {
			return list, broken
		}
		list.Items = append(list.Items, one)
	}
	return list, err
}

// CreateImport implements nodearchive.Store.
func (s *NodeArchives) CreateImport(ctx context.Context, i *nodearchive.Import, parts []nodearchive.ImportPart, before time.Time) error {
	row, err := nodeImportRowOf(i)
	if err != nil {
		return err
	}
	rows := make([]nodePartRow, len(parts))
	for n := range parts {
		one, err := nodePartRowOf(i.ID, &parts[n])
		if err != nil {
			return err
		}
		rows[n] = *one
	}
	err = s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		old := "SELECT id FROM node_imports WHERE state = ? AND created_at < ?"
		for _, query := range []string{"DELETE FROM node_import_parts WHERE import_id IN (" + old + ")", "DELETE FROM node_imports WHERE id IN (" + old + ")"} {
			if _, err := tx.NewRaw(query, string(nodearchive.Looked), Stamp(before)).Exec(ctx); err != nil {
				return err
			}
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		return insertAll(ctx, tx, rows)
	})
	if err == nil {
		i.Revision++
	}
	return err
}

// SaveImport implements nodearchive.Store.
func (s *NodeArchives) SaveImport(ctx context.Context, i *nodearchive.Import, again bool, change domain.Change) error {
	row, err := nodeImportRowOf(i)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := changedOne(tx.NewUpdate().Model(row).WherePK().Where("i.revision = ?", i.Revision).Exec(ctx)); err != nil || !again {
			return err
		}
		_, err := tx.NewRaw("UPDATE node_import_parts SET outcome = ? WHERE import_id = ? AND outcome = ?", string(nodearchive.Waits), row.ID, string(nodearchive.Failed)).Exec(ctx)
		return err
	})
	if err == nil {
		i.Revision++
	}
	return err
}

// Next implements nodearchive.Store.
func (s *NodeArchives) Next(ctx context.Context, id domain.ID) (*nodearchive.ImportPart, error) {
	row := new(nodePartRow)
	err := s.db.read.NewSelect().Model(row).Where("n.import_id = ? AND n.outcome = ?", string(id), string(nodearchive.Waits)).Order("n.serial").Limit(1).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return row.read()
}

// SavePart implements nodearchive.Store. That the import goes on is seen by its time.
func (s *NodeArchives) SavePart(ctx context.Context, id domain.ID, p *nodearchive.ImportPart, at time.Time) error {
	row, err := nodePartRowOf(id, p)
	if err != nil {
		return err
	}
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewUpdate().Model(row).WherePK().Where("n.outcome = ?", string(nodearchive.Waits)).Exec(ctx); err != nil { // else another process was first
			return err
		}
		_, err := tx.NewRaw("UPDATE node_imports SET updated_at = ? WHERE id = ?", Stamp(at), row.ImportID).Exec(ctx)
		return err
	})
}

// Parts implements nodearchive.Store.
func (s *NodeArchives) Parts(ctx context.Context, id domain.ID, o nodearchive.Outcome, page domain.Page) (domain.List[*nodearchive.ImportPart], error) {
	var rows []*nodePartRow
	q := s.db.read.NewSelect().Model(&rows).Where("n.import_id = ?", string(id))
	if o != "" {
		q = q.Where("n.outcome = ?", string(o))
	}
	return readAll(bySerial(ctx, q, &rows, false, page, func(r *nodePartRow) int64 { return r.Serial }, func(r *nodePartRow) *nodePartRow { return r }))
}

// Part implements nodearchive.Store.
func (s *NodeArchives) Part(ctx context.Context, id domain.ID, position int) (*nodearchive.ImportPart, error) {
	row := new(nodePartRow)
	err := s.db.read.NewSelect().Model(row).Where("n.import_id = ? AND n.serial = ?", string(id), position).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return row.read()
}

// Tally implements nodearchive.Store.
func (s *NodeArchives) Tally(ctx context.Context, id domain.ID) (nodearchive.Tally, error) {
	var rows []struct {
		Outcome string
		N       int
	}
	err := s.db.read.NewRaw("SELECT outcome, COUNT(*) AS n FROM node_import_parts WHERE import_id = ? GROUP BY outcome", string(id)).Scan(ctx, &rows)
	tally := nodearchive.Tally{}
	for _, r := range rows {
		tally[nodearchive.Outcome(r.Outcome)] = r.N
	}
	return tally, translate(err)
}

// Has implements nodearchive.Store.
func (s *NodeArchives) Has(ctx context.Context, id domain.ID, hash string) (has bool, err error) {
	err = s.db.read.NewRaw("SELECT EXISTS (SELECT 1 FROM node_import_parts WHERE import_id = ? AND sha256 = ?)", string(id), hash).Scan(ctx, &has)
	return has, translate(err)
}

// Names implements nodearchive.Store.
func (s *NodeArchives) Names(ctx context.Context, id domain.ID, k nodearchive.Kind, iri domain.IRI) (has bool, err error) {
	if iri == "" {
		return false, nil
	}
	var bodies []string
	err = s.db.read.NewRaw("SELECT body FROM node_import_parts WHERE import_id = ? AND iri = ?", string(id), string(iri)).Scan(ctx, &bodies)
	for _, body := range bodies {
		var p nodearchive.Part
		has = has || json.Unmarshal([]byte(body), &p) == nil && p.Kind == k
	}
	return has, translate(err)
}

// Became implements nodearchive.Store.
func (s *NodeArchives) Became(ctx context.Context, iri domain.IRI) (domain.IRI, error) {
	var made []string
	err := s.db.read.NewRaw(`SELECT n.made FROM node_import_parts AS n JOIN node_imports AS i ON i.id = n.import_id
		WHERE n.iri = ? AND n.made <> '' ORDER BY i.serial DESC LIMIT 1`, string(iri)).Scan(ctx, &made)
	if err != nil || len(made) == 0 {
		return "", translate(err)
	}
	return domain.IRI(made[0]), nil
}
