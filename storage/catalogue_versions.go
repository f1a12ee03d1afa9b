package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// entryVersionRow is what an entry of this node said.
type entryVersionRow struct {
	bun.BaseModel `bun:"table:catalogue_versions,alias:v"`

	EntryID   string
	Number    int
	Status    string
	Name      domain.Text `bun:"type:text"`
	Summary   domain.Text `bun:"type:text"`
	Content   string
	Note      string
	ChangedBy string
	ChangedAt Stamp
}

func (r *entryVersionRow) version() (catalogue.Version, error) {
	v := catalogue.Version{
		Number: r.Number, Status: catalogue.Status(r.Status), Note: r.Note, By: domain.ActorID(r.ChangedBy), At: r.ChangedAt.Time(),
		Content: catalogue.Content{Name: r.Name, Summary: r.Summary},
	}
	if r.Content == "" {
		return v, nil
	}
	var s specifics
	if err := json.Unmarshal([]byte(r.Content), &s); err != nil {
		return v, fmt.Errorf("version %d of entry %s: %w", r.Number, r.EntryID, err)
	}
	v.Content.Interlinker, v.Content.Problem, v.Content.Schema = s.Interlinker, s.Problem, s.Schema
	return v, nil
}

// keepVersion keeps what an entry of this node says from now on, and its files.
// row is the entry's.
func keepVersion(ctx context.Context, tx bun.Tx, e *catalogue.Entry, row *entryRow) error {
	if e.Host != "" {
		return nil
	}
	for _, hash := range e.Attached {
		name := ""
		for _, d := range e.Interlinker.Documents {
			if d.Hash == hash {
				name = d.Name
			}
		}
		if err := attach(ctx, tx, row.ID, hash, name); err != nil {
			return err
		}
	}
	if e.Status == catalogue.Draft {
		return nil
	}
	version := &entryVersionRow{
		EntryID: row.ID, Number: e.Version, Status: row.Status, Name: row.Name, Summary: row.Summary, Content: row.Content,
		Note: e.Note, ChangedBy: string(e.ChangedBy), ChangedAt: row.UpdatedAt,
	}
	_, err := tx.NewInsert().Model(version).On("CONFLICT (entry_id, number) DO NOTHING").Exec(ctx)
	return err
}

// Versions implements catalogue.Store.
func (s *Catalogue) Versions(ctx context.Context, entry domain.ID, p domain.Page) (domain.List[catalogue.Version], error) {
	var list domain.List[catalogue.Version]
	before, err := p.AfterSerial()
	if err != nil {
		return list, err
	}
	var rows []*entryVersionRow
	q := s.db.read.NewSelect().Model(&rows).ExcludeColumn("content").Where("v.entry_id = ?", string(entry))
	total, err := q.Count(ctx)
	if err != nil {
		return list, translate(err)
	}
	list.Total = int(total)
	if before > 0 {
		q = q.Where("v.number < ?", int64(before))
	}
	if err := q.OrderExpr("v.number DESC").Limit(int64(p.Size() + 1)).Scan(ctx); err != nil {
		return list, translate(err)
	}
	if len(rows) > p.Size() {
		rows = rows[:p.Size()]
		list.Next = domain.Serial(rows[len(rows)-1].Number).Cursor()
	}
	for _, r := range rows {
		v, err := r.version()
		if err != nil {
			return list, err
		}
		list.Items = append(list.Items, v)
	}
	return list, nil
}

// Version implements catalogue.Store.
func (s *Catalogue) Version(ctx context.Context, entry domain.ID, number int) (*catalogue.Version, error) {
	row := new(entryVersionRow)
	if err := s.db.read.NewSelect().Model(row).Where("v.entry_id = ? AND v.number = ?", string(entry), number).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	v, err := row.version()
	return &v, err
}

// History implements catalogue.Store.
func (s *Catalogue) History(ctx context.Context, entry domain.ID, before, limit int) ([]catalogue.Version, error) {
	var rows []*entryVersionRow
	q := s.db.read.NewSelect().Model(&rows).Where("v.entry_id = ?", string(entry))
	if before > 0 {
		q = q.Where("v.number < ?", before)
	}
	if err := q.OrderExpr("v.number DESC").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	out := make([]catalogue.Version, len(rows))
	for i, r := range rows {
		var err error
		if out[i], err = r.version(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Restore implements catalogue.Store.
func (s *Catalogue) Restore(ctx context.Context, in catalogue.Restoring, change domain.Change) error {
	rows := make([]*entryVersionRow, len(in.Versions))
	for i, v := range in.Versions {
		content, err := json.Marshal(specifics{v.Content.Interlinker, v.Content.Problem, v.Content.Schema})
		if err != nil {
			return err
		}
		rows[i] = &entryVersionRow{
			EntryID: string(in.Entry.ID), Number: v.Number, Status: string(v.Status), Name: v.Content.Name, Summary: v.Content.Summary,
			Content: string(content), Note: v.Note, ChangedAt: Stamp(v.At),
		}
	}
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if in.Saved {
			if err := s.db.saveEntries(ctx, tx, []*catalogue.Entry{in.Entry}); err != nil {
				return err
			}
			// Its present version, too, is from where it came, with its date.
			if _, err := tx.NewRaw("DELETE FROM catalogue_versions WHERE entry_id = ? AND number = ?", string(in.Entry.ID), in.Entry.Version).Exec(ctx); err != nil {
				return err
			}
		}
		for hash, name := range in.Files {
			if err := attach(ctx, tx, string(in.Entry.ID), hash, name); err != nil {
				return err
			}
		}
		for page := range slices.Chunk(rows, 100) {
			if _, err := tx.NewInsert().Model(&page).On("CONFLICT (entry_id, number) DO NOTHING").Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && in.Saved {
		in.Entry.Revision++
	}
	return err
}

// attach gives an entry a file.
func attach(ctx context.Context, tx bun.Tx, entry, hash, name string) error {
	_, err := tx.NewRaw(`INSERT INTO catalogue_files (entry_id, file_hash, file_name) VALUES (?, ?, ?) ON CONFLICT (entry_id, file_hash) DO NOTHING`, entry, hash, name).Exec(ctx)
	return err
}

// Pictures implements catalogue.Store.
func (s *Catalogue) Pictures(ctx context.Context, entry domain.ID) ([]domain.IRI, error) {
	var shown []domain.IRI
	err := s.db.read.NewSelect().Model((*valueRow)(nil)).Column("value").Where("entry_id = ? AND facet = 'picture'", string(entry)).OrderExpr("value").Scan(ctx, &shown)
	return shown, translate(err)
}

// AttachedAs implements catalogue.Store.
func (s *Catalogue) AttachedAs(ctx context.Context, entry domain.ID, hash string) (name string, err error) {
	err = s.db.read.NewRaw("SELECT file_name FROM catalogue_files WHERE entry_id = ? AND file_hash = ?", string(entry), hash).Scan(ctx, &name)
	return name, translate(err)
}

// Drafts implements catalogue.Store.
func (s *Catalogue) Drafts(ctx context.Context, p domain.Page) (domain.List[*catalogue.Entry], error) {
	var rows []*entryRow
	q := s.db.read.NewSelect().Model(&rows).ColumnExpr("e.*").Where("e.host = '' AND e.status = 'draft'")
	list, err := bySerial(ctx, q, &rows, true, p, func(r *entryRow) int64 { return r.Serial }, func(r *entryRow) *entryRow { return r })
	out := domain.List[*catalogue.Entry]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	if err != nil {
		return out, err
	}
	out.Items, err = valuesOf(list.Items, (*entryRow).entry)
	return out, err
}

// Discard implements catalogue.Store.
func (s *Catalogue) Discard(ctx context.Context, e *catalogue.Entry, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		for _, table := range []string{"catalogue_values", "catalogue_files"} {
			if _, err := tx.NewRaw("DELETE FROM ? WHERE entry_id = ?", bun.Ident(table), string(e.ID)).Exec(ctx); err != nil {
				return err
			}
		}
		return changedOne(tx.NewRaw("DELETE FROM catalogue_entries WHERE id = ? AND revision = ? AND status = 'draft'", string(e.ID), e.Revision).Exec(ctx))
	})
}
