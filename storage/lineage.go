package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// Lineage keeps clones beside the processes.
type Lineage struct{ *Processes }

// NewLineage makes the store.
func NewLineage(db *DB) *Lineage { return &Lineage{NewProcesses(db)} }

var _ lineage.Store = (*Lineage)(nil)

// cloneRow is a clone as its source on this node knows it.
type cloneRow struct {
	bun.BaseModel `bun:"table:clones,alias:c"`

	ID         string `bun:",pk"`
	Serial     int64
	SourceID   string
	IRI        string
	Title      domain.Text
	ClonerID   string
	Host       string
	Version    string
	Digest     string
	Offer      string
	State      string
	OfferedAt  Stamp
	AnsweredAt Stamp
	Compared   bool

	WithdrawnAt Stamp
	Revision    int64
}

func cloneRowOf(d *lineage.Derivation) *cloneRow {
	return &cloneRow{
		ID: string(d.ID), Serial: int64(d.Serial), SourceID: string(d.Source), IRI: string(d.IRI), Title: d.Title,
		ClonerID: string(d.Cloner), Host: d.Host, Version: d.Version, Digest: d.Digest, Offer: string(d.Offer), State: string(d.State),
		OfferedAt: Stamp(d.OfferedAt), AnsweredAt: Stamp(d.AnsweredAt), Revision: d.Revision + 1,
		Compared: d.Compared, WithdrawnAt: Stamp(d.WithdrawnAt),
	}
}

func (r *cloneRow) derivation() *lineage.Derivation {
	return &lineage.Derivation{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Source: domain.ActorID(r.SourceID), IRI: domain.IRI(r.IRI),
		Title: r.Title, Cloner: domain.ActorID(r.ClonerID), Host: r.Host, Version: r.Version, Digest: r.Digest, Offer: domain.IRI(r.Offer),
		State: coproduction.Answer(r.State), OfferedAt: r.OfferedAt.Time(), AnsweredAt: r.AnsweredAt.Time(), Revision: r.Revision,
		Compared: r.Compared, WithdrawnAt: r.WithdrawnAt.Time(),
	}
}

// Derivation implements lineage.Store.
func (s *Lineage) Derivation(ctx context.Context, id domain.ID) (*lineage.Derivation, error) {
	return s.derivation(ctx, "id = ?", string(id))
}

// DerivationAt implements lineage.Store.
func (s *Lineage) DerivationAt(ctx context.Context, clone domain.IRI) (*lineage.Derivation, error) {
	return s.derivation(ctx, "iri = ?", string(clone))
}

func (s *Lineage) derivation(ctx context.Context, where, arg string) (*lineage.Derivation, error) {
	row := new(cloneRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, arg).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.derivation(), nil
}

// Derivations implements lineage.Store.
func (s *Lineage) Derivations(ctx context.Context, process domain.ActorID, state coproduction.Answer, p domain.Page) (domain.List[*lineage.Derivation], error) {
	var rows []*cloneRow
	q := s.db.read.NewSelect().Model(&rows).Where("c.source_id = ?", string(process)).
		Where("c.host NOT IN " + blockedHosts)
	if state != "" {
		q = q.Where("c.state = ?", string(state))
	}
	return bySerial(ctx, q, &rows, true, p, func(r *cloneRow) int64 { return r.Serial }, (*cloneRow).derivation)
}

// CreateDerivation implements lineage.Store.
func (s *Lineage) CreateDerivation(ctx context.Context, d *lineage.Derivation, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(cloneRowOf(d)).Exec(ctx)
		return err
	})
	if err == nil {
		d.Revision++
	}
	return err
}

// SaveDerivation implements lineage.Store.
func (s *Lineage) SaveDerivation(ctx context.Context, d *lineage.Derivation, clone *coproduction.Process, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := changedOne(tx.NewUpdate().Model(cloneRowOf(d)).WherePK().Where("revision = ?", d.Revision).Exec(ctx)); err != nil {
			return err
		}
		if !d.WithdrawnAt.IsZero() {
			if _, err := tx.NewRaw("DELETE FROM stamps WHERE clone = ?", string(d.IRI)).Exec(ctx); err != nil {
				return err
			}
		}
		if clone == nil {
			return nil
		}
		return updateProcess(ctx, tx, clone)
	})
	if err == nil {
		d.Revision++
		if clone != nil {
			clone.Revision++
		}
	}
	return err
}
