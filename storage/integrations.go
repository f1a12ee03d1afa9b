package storage

import (
	"context"
	"strings"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/integration"
)

// Integrations keeps which software Interlinkers are connected.
type Integrations struct{ db *DB }

// NewIntegrations makes the store.
func NewIntegrations(db *DB) *Integrations { return &Integrations{db} }

var _ integration.Store = (*Integrations)(nil)

type integrationRow struct {
	bun.BaseModel `bun:"table:integrations"`

	ID             string `bun:",pk"`
	InterlinkerID  string
	InterlinkerIRI string
	Base           string
	Capabilities   string
	Frame          bool
	Enabled        bool
	State          string
	Answer         string
	CheckedAt      Stamp
	Since          Stamp
	CreatedAt      Stamp
	Revision       int64
}

func (r *integrationRow) tool() *integration.Tool {
	t := &integration.Tool{
		ID: domain.ID(r.ID), Interlinker: domain.ID(r.InterlinkerID), IRI: domain.IRI(r.InterlinkerIRI), Base: domain.IRI(r.Base), Frame: r.Frame, On: r.Enabled,
		State: integration.State(r.State), Answer: r.Answer, CheckedAt: r.CheckedAt.Time(), Since: r.Since.Time(), CreatedAt: r.CreatedAt.Time(), Revision: r.Revision,
	}
	for _, c := range strings.Fields(r.Capabilities) {
		t.Capabilities = append(t.Capabilities, integration.Capability(c))
	}
	return t
}

// Tools implements integration.Store.
func (s *Integrations) Tools(ctx context.Context) ([]*integration.Tool, error) {
	var rows []*integrationRow
	if err := s.db.read.NewSelect().Model(&rows).OrderExpr("id").Scan(ctx); err != nil {
		return nil, translate(err)
	}
	tools := make([]*integration.Tool, len(rows))
	for i, r := range rows {
		tools[i] = r.tool()
	}
	return tools, nil
}

// Tool implements integration.Store.
func (s *Integrations) Tool(ctx context.Context, id domain.ID) (*integration.Tool, error) {
	return s.one(ctx, "id = ?", string(id))
}

// ToolOf implements integration.Store.
func (s *Integrations) ToolOf(ctx context.Context, interlinker domain.IRI) (*integration.Tool, error) {
	return s.one(ctx, "interlinker_iri = ?", string(interlinker))
}

func (s *Integrations) one(ctx context.Context, where string, args ...any) (*integration.Tool, error) {
	r := new(integrationRow)
	if err := s.db.read.NewSelect().Model(r).Where(where, args...).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return r.tool(), nil
}

// SaveTool implements integration.Store.
func (s *Integrations) SaveTool(ctx context.Context, t *integration.Tool, change domain.Change) error {
	names := make([]string, len(t.Capabilities))
	for i, c := range t.Capabilities {
		names[i] = string(c)
	}
	row := &integrationRow{
		ID: string(t.ID), InterlinkerID: string(t.Interlinker), InterlinkerIRI: string(t.IRI), Base: string(t.Base), Capabilities: strings.Join(names, " "), Frame: t.Frame,
		Enabled: t.On, State: string(t.State), Answer: t.Answer, CheckedAt: Stamp(t.CheckedAt), Since: Stamp(t.Since), CreatedAt: Stamp(t.CreatedAt), Revision: t.Revision + 1,
	}
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if t.Revision > 0 {
			return changedOne(tx.NewUpdate().Model(row).WherePK().Where("revision = ?", t.Revision).Exec(ctx))
		}
		_, err := tx.NewInsert().Model(row).Exec(ctx)
		return err
	})
	if err == nil {
		t.Revision++
	}
	return err
}

// SaveState implements integration.Store.
func (s *Integrations) SaveState(ctx context.Context, t *integration.Tool, change domain.Change) error {
	row := &integrationRow{ID: string(t.ID), State: string(t.State), Answer: t.Answer, CheckedAt: Stamp(t.CheckedAt), Since: Stamp(t.Since)}
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewUpdate().Model(row).Column("state", "answer", "checked_at", "since").WherePK().Where("revision = ?", t.Revision).Exec(ctx))
	})
}

// DeleteTool implements integration.Store.
func (s *Integrations) DeleteTool(ctx context.Context, id domain.ID, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewDelete().Model((*integrationRow)(nil)).Where("id = ?", string(id)).Exec(ctx))
	})
}

// ResourceOfAsset implements coproduction.Store.
func (s *Processes) ResourceOfAsset(ctx context.Context, process domain.ActorID, interlinker domain.IRI, asset string) (*coproduction.Resource, error) {
	row := new(resourceRow)
	err := s.db.read.NewSelect().Model(row).Where("process_id = ? AND interlinker_iri = ? AND asset = ? AND asset <> ''", string(process), string(interlinker), asset).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	r := row.resource()
	return &r, nil
}
