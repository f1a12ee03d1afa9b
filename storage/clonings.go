package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// cloningRow is the work of one clone. Body is the whole of it, as JSON.
type cloningRow struct {
	bun.BaseModel `bun:"table:clonings,alias:w"`

	ID        string `bun:",pk"`
	Serial    int64
	AskerID   string
	State     string
	Body      string
	UpdatedAt Stamp
	Revision  int64
}

func cloningRowOf(c *lineage.Cloning) (*cloningRow, error) {
	body, err := json.Marshal(c)
	return &cloningRow{
		ID: string(c.ID), Serial: int64(c.Serial), AskerID: string(c.Asker.Actor), State: string(c.State), Body: string(body),
		UpdatedAt: Stamp(c.UpdatedAt), Revision: c.Revision + 1,
	}, err
}

func (r *cloningRow) cloning() *lineage.Cloning {
	c := new(lineage.Cloning)
	if err := json.Unmarshal([]byte(r.Body), c); err != nil {
		c.State = lineage.CloningFailed // it was written by no version of this program
	}
	c.ID, c.Serial, c.Revision = domain.ID(r.ID), domain.Serial(r.Serial), r.Revision
	return c
}

// stagedRow is a page of what a cloning read of its source.
type stagedRow struct {
	bun.BaseModel `bun:"table:cloning_pages,alias:s"`

	CloningID string `bun:",pk"`
	N         int64  `bun:",pk"`
	Body      string
}

// Cloning implements lineage.Clonings.
func (s *Lineage) Cloning(ctx context.Context, id domain.ID) (*lineage.Cloning, error) {
	row := new(cloningRow)
	if err := s.db.read.NewSelect().Model(row).Where("id = ?", string(id)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.cloning(), nil
}

// Clonings implements lineage.Clonings.
func (s *Lineage) Clonings(ctx context.Context, asker domain.ActorID, p domain.Page) (domain.List[*lineage.Cloning], error) {
	var rows []*cloningRow
	q := s.db.read.NewSelect().Model(&rows).Where("w.asker_id = ?", string(asker))
	return bySerial(ctx, q, &rows, true, p, func(r *cloningRow) int64 { return r.Serial }, (*cloningRow).cloning)
}

// CreateCloning implements lineage.Clonings.
func (s *Lineage) CreateCloning(ctx context.Context, c *lineage.Cloning, pages iter.Seq2[lineage.SourcePage, error], ended time.Time, change domain.Change) error {
	row, err := cloningRowOf(c)
	if err != nil {
		return err
	}
	err = s.db.inTxReading(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("DELETE FROM clonings WHERE asker_id = ? AND state <> ? AND updated_at < ?", row.AskerID, string(lineage.CloningRuns), Stamp(ended)).Exec(ctx)
		if err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		for p, err := range pages {
			if err != nil {
				return err
			}
			if err := stage(ctx, tx, row.ID, p); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		c.Revision++
	}
	return err
}

// SaveCloning implements lineage.Clonings.
func (s *Lineage) SaveCloning(ctx context.Context, c *lineage.Cloning, p lineage.SourcePage, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := updateCloning(ctx, tx, c); err != nil {
			return err
		}
		return stage(ctx, tx, string(c.ID), p)
	})
	if err == nil {
		c.Revision++
	}
	return err
}

// updateCloning saves one where its revision is unchanged, and removes what
// it staged where that serves nobody any more.
func updateCloning(ctx context.Context, tx bun.Tx, c *lineage.Cloning) error {
	row, err := cloningRowOf(c)
	if err != nil {
		return err
	}
	if err := changedOne(tx.NewUpdate().Model(row).WherePK().Where("w.revision = ?", c.Revision).Exec(ctx)); err != nil {
		return err
	}
	if c.State != lineage.CloningRuns || c.Read+c.Resources == 0 {
		_, err = tx.NewRaw("DELETE FROM cloning_pages WHERE cloning_id = ?", row.ID).Exec(ctx)
	}
	return err
}

// How much is staged in one row.
const (
	stagedItems     = 100
	stagedResources = 20
)

// stage adds what was read to what was staged before.
func stage(ctx context.Context, tx bun.Tx, id string, p lineage.SourcePage) error {
	var n int64
	if err := tx.NewRaw("SELECT COALESCE(MAX(n), 0) FROM cloning_pages WHERE cloning_id = ?", id).Scan(ctx, &n); err != nil {
		return err
	}
	var rows []stagedRow
	add := func(part lineage.SourcePage) error {
		body, err := json.Marshal(part)
		n++
		rows = append(rows, stagedRow{CloningID: id, N: n, Body: string(body)})
		return err
	}
	for part := range slices.Chunk(p.Items, stagedItems) {
		if err := add(lineage.SourcePage{Items: part}); err != nil {
			return err
		}
	}
	for part := range slices.Chunk(p.Resources, stagedResources) {
		if err := add(lineage.SourcePage{Resources: part}); err != nil {
			return err
		}
	}
	return insertAll(ctx, tx, rows)
}

// Staged implements lineage.Clonings.
func (s *Lineage) Staged(ctx context.Context, id domain.ID) iter.Seq2[lineage.SourcePage, error] {
	return func(yield func(lineage.SourcePage, error) bool) {
		for after := int64(0); ; {
			row := new(stagedRow)
			err := translate(s.db.read.NewSelect().Model(row).Where("s.cloning_id = ? AND s.n > ?", string(id), after).Order("s.n").Limit(1).Scan(ctx))
			if domain.CodeOf(err) == domain.NotFound {
				return
			}
			var page lineage.SourcePage
			if err == nil {
				after, err = row.N, json.Unmarshal([]byte(row.Body), &page)
			}
			if err != nil {
				yield(page, fmt.Errorf("read what cloning %s staged: %w", id, err))
				return
			}
			if !yield(page, nil) {
				return
			}
		}
	}
}

// CreateClone implements lineage.Store.
func (s *Lineage) CreateClone(ctx context.Context, p *coproduction.Process, parts iter.Seq2[lineage.Part, error], d *lineage.Derivation, c *lineage.Cloning, change domain.Change) error {
	err := s.db.inTxReading(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := insertProcess(ctx, tx, p, nil); err != nil {
			return err
		}
		for w, err := range parts {
			if err != nil {
				return err
			}
			if err := insertAll(ctx, tx, itemRowsOf(p.ID, w.Items)); err != nil {
				return err
			}
			if err := putResources(ctx, tx, w.Resources); err != nil {
				return err
			}
			if err := insertVersions(ctx, tx, w.Versions); err != nil {
				return err
			}
			if err := insertBases(ctx, tx, p.ID, w.Known); err != nil {
				return err
			}
		}
		if d != nil {
			if _, err := tx.NewInsert().Model(cloneRowOf(d)).Exec(ctx); err != nil {
				return err
			}
		}
		if c == nil {
			return nil
		}
		return updateCloning(ctx, tx, c)
	})
	if err != nil {
		return err
	}
	p.Revision++
	if d != nil {
		d.Revision++
	}
	if c != nil {
		c.Revision++
	}
	return nil
}
