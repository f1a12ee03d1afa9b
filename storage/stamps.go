package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// stampRow is a kept stamp.
type stampRow struct {
	bun.BaseModel `bun:"table:stamps,alias:s"`

	IRI       string `bun:",pk"`
	Clone     string
	Source    string
	Owner     string
	Version   string
	Digest    string
	StampedAt Stamp
	Method    string
	Key       string
	Document  string
	CheckedAt Stamp
}

func stampRowOf(s *lineage.Stamp) *stampRow {
	return &stampRow{
		IRI: string(s.IRI), Clone: string(s.Clone), Source: string(s.Source), Owner: string(s.Owner), Version: s.Version, Digest: s.Digest,
		StampedAt: Stamp(s.At), Method: s.Method, Key: s.Key, Document: string(s.Document), CheckedAt: Stamp(s.Checked),
	}
}

func (r *stampRow) stamp() *lineage.Stamp {
	return &lineage.Stamp{
		IRI: domain.IRI(r.IRI), Clone: domain.IRI(r.Clone), Source: domain.IRI(r.Source), Owner: domain.IRI(r.Owner), Version: r.Version, Digest: r.Digest,
		At: r.StampedAt.Time(), Method: r.Method, Key: r.Key, Document: []byte(r.Document), Checked: r.CheckedAt.Time(),
	}
}

// Stamp implements lineage.Stamps.
func (s *Lineage) Stamp(ctx context.Context, iri domain.IRI) (*lineage.Stamp, error) {
	row := new(stampRow)
	if err := s.db.read.NewSelect().Model(row).Where("s.iri = ?", string(iri)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.stamp(), nil
}

// Stamps implements lineage.Stamps.
func (s *Lineage) Stamps(ctx context.Context, clones []domain.IRI) (map[domain.IRI]*lineage.Stamp, error) {
	out := map[domain.IRI]*lineage.Stamp{}
	if len(clones) == 0 {
		return out, nil
	}
	var rows []*stampRow
	if err := s.db.read.NewSelect().Model(&rows).Where("s.clone IN (?)", bun.List(clones)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	for _, r := range rows {
		out[domain.IRI(r.Clone)] = r.stamp()
	}
	return out, nil
}

// SaveStamp implements lineage.Stamps.
func (s *Lineage) SaveStamp(ctx context.Context, stamp *lineage.Stamp, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return putStamp(ctx, tx, stamp) })
}

// putStamp keeps a stamp in the place of what is kept of its clone.
func putStamp(ctx context.Context, tx bun.Tx, stamp *lineage.Stamp) error {
	if _, err := tx.NewRaw("DELETE FROM stamps WHERE clone = ? OR iri = ?", string(stamp.Clone), string(stamp.IRI)).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewInsert().Model(stampRowOf(stamp)).Exec(ctx)
	return err
}

// DeleteStamp implements lineage.Stamps.
func (s *Lineage) DeleteStamp(ctx context.Context, iri domain.IRI, clone *coproduction.Process, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("DELETE FROM stamps WHERE iri = ?", string(iri)).Exec(ctx); err != nil || clone == nil {
			return err
		}
		return updateProcess(ctx, tx, clone)
	})
	if err == nil && clone != nil {
		clone.Revision++
	}
	return err
}

// Record implements lineage.Recorder.
func (s *Lineage) Record(ctx context.Context, change domain.Change) error {
	return s.db.InTx(ctx, change, func(context.Context, bun.Tx) error { return nil })
}

// Ask implements lineage.Stamps.
func (s *Lineage) Ask(ctx context.Context, job domain.Job) error {
	return s.db.InTx(ctx, domain.Change{Jobs: []domain.Job{job}}, func(context.Context, bun.Tx) error { return nil })
}
