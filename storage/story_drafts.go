package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/story"
)

type draftRow struct {
	bun.BaseModel `bun:"table:story_drafts,alias:d"`

	ID        string `bun:",pk"`
	Serial    int64
	ProcessID string
	Body      string
	UpdatedAt Stamp
	Revision  int64
}

// draftBody is what a draft says.
type draftBody struct {
	Story     domain.ID      `json:"story,omitempty"`
	Owner     domain.ActorID `json:"owner,omitempty"`
	Community domain.ActorID `json:"community,omitempty"`
	Keep      []domain.ID    `json:"keep"`
	Telling   story.Telling  `json:"telling"`
}

func (r *draftRow) draft() (*story.Draft, error) {
	var b draftBody
	if err := json.Unmarshal([]byte(r.Body), &b); err != nil {
		return nil, fmt.Errorf("draft %s: %w", r.ID, err)
	}
	return &story.Draft{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Process: domain.ActorID(r.ProcessID), Story: b.Story, Owner: b.Owner, Community: b.Community,
		Keep: b.Keep, Telling: b.Telling, UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision,
	}, nil
}

// Draft implements story.Store.
func (s *Stories) Draft(ctx context.Context, id domain.ID) (*story.Draft, error) {
	row := new(draftRow)
	if err := s.db.read.NewSelect().Model(row).Where("d.id = ?", string(id)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.draft()
}

// Drafts implements story.Store.
func (s *Stories) Drafts(ctx context.Context, process domain.ActorID) ([]*story.Draft, error) {
	var rows []*draftRow
	if err := s.db.read.NewSelect().Model(&rows).Where("d.process_id = ?", string(process)).OrderExpr("d.serial DESC").Limit(50).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*draftRow).draft)
}

// SaveDraft implements story.Store.
func (s *Stories) SaveDraft(ctx context.Context, d *story.Draft) error {
	body, err := json.Marshal(draftBody{d.Story, d.Owner, d.Community, d.Keep, d.Telling})
	if err != nil {
		return err
	}
	row := &draftRow{ID: string(d.ID), Serial: int64(d.Serial), ProcessID: string(d.Process), Body: string(body), UpdatedAt: Stamp(d.UpdatedAt), Revision: d.Revision + 1}
	err = s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		return saveRow(ctx, tx, row, d.Revision)
	})
	if err == nil {
		d.Revision = row.Revision
	}
	return translate(err)
}

// DiscardDraft implements story.Store.
func (s *Stories) DiscardDraft(ctx context.Context, id domain.ID) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error { return dropDraft(ctx, tx, id) })
}

func dropDraft(ctx context.Context, tx bun.Tx, id domain.ID) error {
	if id == "" {
		return nil
	}
	_, err := tx.NewDelete().Model((*draftRow)(nil)).Where("id = ?", string(id)).Exec(ctx)
	return err
}
