package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/portable"
)

// Bringings keeps the archives that people brought beside the processes.
type Bringings struct{ *Lineage }

// NewBringings makes the store.
func NewBringings(db *DB) *Bringings { return &Bringings{NewLineage(db)} }

var (
	_ portable.Store = (*Bringings)(nil)
	_ portable.Kept  = (*Bringings)(nil)
)

// bringingRow is an archive that somebody brought. Body is the whole of it, as
// JSON, but for what is carried along, which may be large: few read that.
type bringingRow struct {
	bun.BaseModel `bun:"table:bringings,alias:b"`

	ID        string `bun:",pk"`
	Serial    int64
	BringerID string
	IRI       string
	SHA256    string `bun:"sha256"`
	ProcessID string
	State     string
	Body      string
	Carried   string
	CreatedAt Stamp
	Revision  int64
}

func bringingRowOf(b *portable.Bringing) (*bringingRow, error) {
	carried, err := json.Marshal(b.Carried)
	if err != nil {
		return nil, err
	}
	apart := *b
	apart.Carried = portable.Carried{}
	body, err := json.Marshal(apart)
	return &bringingRow{
		ID: string(b.ID), Serial: int64(b.Serial), BringerID: string(b.Bringer), IRI: string(b.Head.IRI), SHA256: b.SHA256,
		ProcessID: string(b.Process), State: string(b.State), Body: string(body), Carried: string(carried), CreatedAt: Stamp(b.CreatedAt), Revision: b.Revision + 1,
	}, err
}

func (r *bringingRow) bringing() (*portable.Bringing, error) {
	b := new(portable.Bringing)
	if err := json.Unmarshal([]byte(r.Body), b); err != nil {
		return nil, fmt.Errorf("read what was brought as %s: %w", r.ID, err)
	}
	if r.Carried != "" {
		if err := json.Unmarshal([]byte(r.Carried), &b.Carried); err != nil {
			return nil, fmt.Errorf("read what came along with %s: %w", r.ID, err)
		}
	}
	b.ID, b.Serial, b.Revision = domain.ID(r.ID), domain.Serial(r.Serial), r.Revision
	b.Bringer, b.Process = domain.ActorID(r.BringerID), domain.ActorID(r.ProcessID)
	return b, nil
}

// Bringing implements portable.Store.
func (s *Bringings) Bringing(ctx context.Context, id domain.ID) (*portable.Bringing, error) {
	return s.bringing(ctx, false, "b.id = ?", string(id))
}

// BroughtAs implements portable.Store.
func (s *Bringings) BroughtAs(ctx context.Context, process domain.ActorID) (*portable.Bringing, error) {
	return s.bringing(ctx, true, "b.process_id = ? AND b.process_id <> ''", string(process))
}

// OriginOf implements portable.Store.
func (s *Bringings) OriginOf(ctx context.Context, process domain.ActorID) (*portable.Bringing, error) {
	return s.bringing(ctx, false, "b.process_id = ? AND b.process_id <> ''", string(process))
}

// Brought implements portable.Store.
func (s *Bringings) Brought(ctx context.Context, bringer domain.ActorID, iri domain.IRI, sha256 string) (*portable.Bringing, error) {
	return s.bringing(ctx, false, "b.bringer_id = ? AND b.iri = ? AND b.sha256 = ? AND b.process_id <> ''", string(bringer), string(iri), sha256)
}

func (s *Bringings) bringing(ctx context.Context, carried bool, where string, args ...any) (*portable.Bringing, error) {
	row := new(bringingRow)
	q := s.db.read.NewSelect().Model(row).Where(where, args...).Order("b.serial DESC").Limit(1)
	if !carried {
		q = q.ExcludeColumn("carried")
	}
	if err := q.Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.bringing()
}

// CreateBringing implements portable.Store.
func (s *Bringings) CreateBringing(ctx context.Context, b *portable.Bringing, before time.Time) error {
	row, err := bringingRowOf(b)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("DELETE FROM bringings WHERE process_id = '' AND state <> ? AND created_at < ?", string(portable.ImportRuns), Stamp(before)).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(row).Exec(ctx)
		return err
	})
	if err == nil {
		b.Revision++
	}
	return err
}

// SaveBringing implements portable.Store.
func (s *Bringings) SaveBringing(ctx context.Context, b *portable.Bringing, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return updateBringing(ctx, tx, b) })
	if err == nil {
		b.Revision++
	}
	return err
}

// updateBringing saves one that nothing was made of, where its revision is
// unchanged.
func updateBringing(ctx context.Context, tx bun.Tx, b *portable.Bringing) error {
	row, err := bringingRowOf(b)
	if err != nil {
		return err
	}
	return changedOne(tx.NewUpdate().Model(row).WherePK().Where("b.revision = ? AND b.process_id = ''", b.Revision).Exec(ctx))
}

// Import implements portable.Store.
func (s *Bringings) Import(ctx context.Context, p *coproduction.Process, w iter.Seq2[lineage.Part, error], b *portable.Bringing, base portable.Base, change domain.Change) error {
	return s.become(ctx, p, b, base, change, func(ctx context.Context, tx bun.Tx) error {
		if err := insertProcess(ctx, tx, p, nil); err != nil {
			return err
		}
		for page, err := range w {
			if err != nil {
				return err
			}
			if err := insertAll(ctx, tx, itemRowsOf(p.ID, page.Items)); err != nil {
				return err
			}
			rows := make([]resourceRow, len(page.Resources)) // never over what has an id already
			for i := range page.Resources {
				rows[i] = *resourceRowOf(&page.Resources[i])
			}
			if err := insertAll(ctx, tx, rows); err != nil {
				return err
			}
			if err := insertVersions(ctx, tx, page.Versions); err != nil {
				return err
			}
			if err := insertBases(ctx, tx, p.ID, page.Known); err != nil {
				return err
			}
		}
		return nil
	})
}

// Update implements portable.Store.
func (s *Bringings) Update(ctx context.Context, p *coproduction.Process, w coproduction.Written, known map[string]*lineage.Base, b *portable.Bringing, base portable.Base, change domain.Change) error {
	return s.become(ctx, p, b, base, change, func(ctx context.Context, tx bun.Tx) error {
		if err := saveProcess(ctx, tx, p, w); err != nil {
			return err
		}
		if err := putBases(ctx, tx, p.ID, known); err != nil {
			return err
		}
		return dropBrought(ctx, tx, p.ID)
	})
}

// dropBrought forgets what something came from: it is of a later export now.
func dropBrought(ctx context.Context, tx bun.Tx, id domain.ActorID) error {
	_, err := tx.NewRaw("DELETE FROM bringings WHERE process_id = ?", string(id)).Exec(ctx)
	return err
}

// makes writes what is made of what was brought, and notes that it was, with
// that by which a later export is measured.
func (s *Bringings) makes(ctx context.Context, b *portable.Bringing, base portable.Base, change domain.Change, write func(ctx context.Context, tx bun.Tx) error) error {
	err := s.db.inTxReading(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := write(ctx, tx); err != nil {
			return err
		}
		if err := updateBringing(ctx, tx, b); err != nil {
			return err
		}
		return putBroughtBase(ctx, tx, b.Process, base)
	})
	if err == nil {
		b.Revision++
	}
	return err
}

// become does so for a process.
func (s *Bringings) become(ctx context.Context, p *coproduction.Process, b *portable.Bringing, base portable.Base, change domain.Change, write func(ctx context.Context, tx bun.Tx) error) error {
	err := s.makes(ctx, b, base, change, write)
	if err == nil {
		p.Revision++
	}
	return err
}

// broughtBaseRow is what a process was as it was brought last.
type broughtBaseRow struct {
	bun.BaseModel `bun:"table:brought_bases"`

	ProcessID string `bun:",pk"`
	Body      string
}

// broughtPartRow is a value of its lists.
type broughtPartRow struct {
	bun.BaseModel `bun:"table:brought_parts"`

	ProcessID string `bun:",pk"`
	Kind      string `bun:",pk"`
	Part      string `bun:",pk"`
	Here      string
	Body      string
}

func putBroughtBase(ctx context.Context, tx bun.Tx, process domain.ActorID, base portable.Base) error {
	body, err := json.Marshal(base)
	if err != nil {
		return err
	}
	_, err = tx.NewInsert().Model(&broughtBaseRow{ProcessID: string(process), Body: string(body)}).On("CONFLICT (process_id) DO UPDATE").Set("body = EXCLUDED.body").Exec(ctx)
	if err != nil || base.Parts == nil {
		return err
	}
	if _, err := tx.NewRaw("DELETE FROM brought_parts WHERE process_id = ?", string(process)).Exec(ctx); err != nil {
		return err
	}
	var rows []broughtPartRow
	for part, err := range base.Parts {
		if err != nil {
			return err
		}
		rows = append(rows, broughtPartRow{ProcessID: string(process), Kind: part.Kind, Part: part.ID, Here: string(part.Here), Body: string(part.Body)})
		if len(rows) < partsAtOnce {
			continue
		}
		if err := insertAll(ctx, tx, rows); err != nil {
			return err
		}
		rows = rows[:0]
	}
	return insertAll(ctx, tx, rows)
}

// partsAtOnce is how many values of the lists of a process are written at a time.
const partsAtOnce = 100

// Base implements portable.Store.
func (s *Bringings) Base(ctx context.Context, process domain.ActorID) (*portable.Base, error) {
	row := new(broughtBaseRow)
	if err := s.db.read.NewSelect().Model(row).Where("process_id = ?", string(process)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	base := new(portable.Base)
	if err := json.Unmarshal([]byte(row.Body), base); err != nil {
		return nil, fmt.Errorf("read what %s was as it was brought: %w", process, err)
	}
	base.Parts = s.baseParts(ctx, process)
	return base, nil
}

// baseParts goes through the lists of what a process was, value by value.
func (s *Bringings) baseParts(ctx context.Context, process domain.ActorID) iter.Seq2[portable.BasePart, error] {
	return func(yield func(portable.BasePart, error) bool) {
		rows, err := s.db.read.NewSelect().Model((*broughtPartRow)(nil)).Column("kind", "part", "here", "body").
			Where("process_id = ?", string(process)).OrderExpr("kind, part").Rows(ctx)
		if err != nil {
			yield(portable.BasePart{}, translate(err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var p portable.BasePart
			var body sql.RawBytes
			err := rows.Scan(&p.Kind, &p.ID, &p.Here, &body)
			if p.Body = body; !yield(p, translate(err)) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(portable.BasePart{}, translate(err))
		}
	}
}

// BroughtFrom implements portable.Store.
func (s *Bringings) BroughtFrom(ctx context.Context, iri domain.IRI) ([]*portable.Bringing, error) {
	var rows []*bringingRow
	if err := s.db.read.NewSelect().Model(&rows).ExcludeColumn("carried").Where("b.iri = ? AND b.process_id <> ''", string(iri)).Order("b.serial DESC").Limit(20).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	out := make([]*portable.Bringing, len(rows))
	for i, row := range rows {
		var err error
		if out[i], err = row.bringing(); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// forgetBrought takes somebody out of what processes brought along from where
// they were, in which people are named by their addresses.
func forgetBrought(ctx context.Context, tx bun.Tx, actor string) error {
	var iri string
	if err := tx.NewRaw("SELECT COALESCE((SELECT iri FROM actors WHERE id = ?), '')", actor).Scan(ctx, &iri); err != nil || iri == "" {
		return err
	}
	quoted, err := json.Marshal(iri)
	if err != nil {
		return err
	}
	for after := int64(0); ; {
		row := new(bringingRow)
		named := "%" + likeEscapes.Replace(string(quoted)) + "%"
		err := translate(tx.NewSelect().Model(row).Where("b.serial > ? AND (b.body LIKE ? ESCAPE '!' OR b.carried LIKE ? ESCAPE '!')", after, named, named).Order("b.serial").Limit(1).Scan(ctx))
		if domain.CodeOf(err) == domain.NotFound {
			return nil
		}
		if err != nil {
			return err
		}
		b, err := row.bringing()
		if err != nil {
			return err
		}
		after = row.Serial
		b.Forget(domain.IRI(iri))
		changed, err := bringingRowOf(b)
		if err != nil {
			return err
		}
		if _, err := tx.NewUpdate().Model(changed).WherePK().Exec(ctx); err != nil {
			return err
		}
	}
}
