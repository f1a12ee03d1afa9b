package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

// Releases keeps releases of processes, what clones know of their sources, and
// what they offer to them.
type Releases struct{ *Lineage }

// NewReleases makes the store.
func NewReleases(db *DB) *Releases { return &Releases{NewLineage(db)} }

var _ lineage.ReleaseStore = (*Releases)(nil)

type releaseRow struct {
	bun.BaseModel `bun:"table:releases,alias:r"`

	ID         string `bun:",pk"`
	Serial     int64
	IRI        string
	ProcessIRI string
	ProcessID  string
	Host       string
	Version    string
	Number     int64
	Previous   string
	Title      domain.Text
	Note       domain.Text
	Licence    string
	Changes    string
	Credits    string
	Proof      string
	Items      int64
	Digest     string
	Of         int64 `bun:"process_version"`
	ReleasedAt Stamp
	ReleasedBy string
	State      string
	Revision   int64
}

func releaseRowOf(r *lineage.Release) (*releaseRow, error) {
	raw, err := jsonOf(r.Changes, r.Credits, r.Proof)
	return &releaseRow{
		ID: string(r.ID), Serial: int64(r.Serial), IRI: string(r.IRI), ProcessIRI: string(r.Process), ProcessID: string(r.Actor), Host: r.Host,
		Version: r.Version.String(), Number: r.Version.Number(), Previous: r.Previous, Title: r.Title, Note: r.Note, Licence: r.Licence,
		Changes: raw[0], Credits: raw[1], Proof: raw[2], Items: int64(r.Items), Digest: r.Digest, Of: r.Of, ReleasedAt: Stamp(r.At), ReleasedBy: string(r.By),
		State: string(r.State), Revision: r.Revision + 1,
	}, err
}

func (r *releaseRow) release() (*lineage.Release, error) {
	out := &lineage.Release{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Process: domain.IRI(r.ProcessIRI), Actor: domain.ActorID(r.ProcessID),
		Host: r.Host, Previous: r.Previous, Title: r.Title, Note: r.Note, Licence: r.Licence, Items: int(r.Items), Digest: r.Digest, Of: r.Of,
		At: r.ReleasedAt.Time(), By: domain.ActorID(r.ReleasedBy), State: lineage.ReleaseState(r.State), Revision: r.Revision,
	}
	var err error
	if out.Version, err = lineage.ParseVersion(r.Version); err != nil {
		return nil, fmt.Errorf("version of release %s: %w", r.ID, err)
	}
	if err := ofJSON([]string{r.Changes, r.Credits, r.Proof}, &out.Changes, &out.Credits, &out.Proof); err != nil {
		return nil, fmt.Errorf("release %s: %w", r.ID, err)
	}
	return out, nil
}

func (s *Lineage) release(ctx context.Context, q func(*bun.SelectQuery) *bun.SelectQuery) (*lineage.Release, error) {
	row := new(releaseRow)
	if err := q(s.db.read.NewSelect().Model(row)).Limit(1).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.release()
}

// Release implements lineage.ReleaseStore.
func (s *Releases) Release(ctx context.Context, id domain.ID) (*lineage.Release, error) {
	return s.release(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("r.id = ?", string(id)) })
}

// ReleaseAt implements lineage.ReleaseStore.
func (s *Releases) ReleaseAt(ctx context.Context, iri domain.IRI) (*lineage.Release, error) {
	return s.release(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("r.iri = ?", string(iri)) })
}

// Latest implements lineage.ReleaseStore.
func (s *Lineage) Latest(ctx context.Context, process domain.IRI) (*lineage.Release, error) {
	return s.release(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("r.process_iri = ? AND r.state = ?", string(process), string(lineage.ReleaseReady)).
			Where("r.host NOT IN " + blockedHosts).OrderExpr("r.number DESC")
	})
}

// Releases implements lineage.ReleaseStore.
func (s *Releases) Releases(ctx context.Context, process domain.IRI, p domain.Page) (domain.List[*lineage.Release], error) {
	var rows []*releaseRow
	q := s.db.read.NewSelect().Model(&rows).Where("r.process_iri = ? AND r.state = ?", string(process), string(lineage.ReleaseReady))
	list, err := bySerial(ctx, q, &rows, true, p, func(r *releaseRow) int64 { return r.Serial }, func(r *releaseRow) *releaseRow { return r })
	out := domain.List[*lineage.Release]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	for _, row := range list.Items {
		r, err := row.release()
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, r)
	}
	return out, err
}

// releaseItemRow is an item of the tree of a release.
type releaseItemRow struct {
	bun.BaseModel `bun:"table:release_items,alias:i"`

	ReleaseID string `bun:",pk"`
	Place     int64  `bun:",pk"`
	Item      string
}

// ReleaseItems implements lineage.ReleaseStore.
func (s *Releases) ReleaseItems(ctx context.Context, release domain.ID, from, most int) ([]lineage.SourceItem, error) {
	var rows []releaseItemRow
	if err := s.db.read.NewSelect().Model(&rows).Where("i.release_id = ? AND i.place >= ?", string(release), from).OrderExpr("i.place").Limit(int64(most)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	items := make([]lineage.SourceItem, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Item), &items[i]); err != nil {
			return nil, fmt.Errorf("item %d of release %s: %w", r.Place, r.ReleaseID, err)
		}
	}
	return items, nil
}

// rowsAtOnce is how many rows one INSERT has: SQLite and PostgreSQL bound how
// many values a statement takes.
const rowsAtOnce = 500

// SaveRelease implements lineage.ReleaseStore.
func (s *Releases) SaveRelease(ctx context.Context, r *lineage.Release, tree lineage.Pages, change domain.Change) error {
	row, err := releaseRowOf(r)
	if err != nil {
		return err
	}
	err = s.db.inTxReading(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := saveRow(ctx, tx, row, r.Revision); err != nil {
			return err
		}
		if err := forgetTrees(ctx, tx, r); err != nil || tree == nil {
			return err
		}
		place := 0
		for items, err := range tree {
			if err != nil {
				return err
			}
			if err := insertReleaseItems(ctx, tx, row.ID, place, items); err != nil {
				return err
			}
			place += len(items)
		}
		return nil
	})
	if err == nil {
		r.Revision = row.Revision
	}
	return translate(err)
}

// forgetTrees removes the trees that nobody needs any more once a release of
// another node is ready, or broken.
func forgetTrees(ctx context.Context, tx bun.Tx, r *lineage.Release) error {
	if r.Host == "" {
		return nil
	}
	var err error
	switch r.State {
	case lineage.ReleaseReady:
		_, err = tx.NewRaw(`DELETE FROM release_items WHERE release_id IN (SELECT id FROM releases WHERE process_iri = ? AND number < ?)`,
			string(r.Process), r.Version.Number()).Exec(ctx)
	case lineage.ReleaseBroken:
		_, err = tx.NewRaw(`DELETE FROM release_items WHERE release_id = ?`, string(r.ID)).Exec(ctx)
	}
	return err
}

// SaveReleaseItems implements lineage.ReleaseStore.
func (s *Releases) SaveReleaseItems(ctx context.Context, release domain.ID, from int, items []lineage.SourceItem) error {
	return translate(s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw(`DELETE FROM release_items WHERE release_id = ? AND place >= ?`, string(release), from).Exec(ctx); err != nil {
			return err
		}
		return insertReleaseItems(ctx, tx, string(release), from, items)
	}))
}

// insertReleaseItems writes a part of the tree of a release.
func insertReleaseItems(ctx context.Context, tx bun.Tx, release string, from int, items []lineage.SourceItem) error {
	rows := make([]releaseItemRow, len(items))
	for i, it := range items {
		raw, err := json.Marshal(it)
		if err != nil {
			return err
		}
		rows[i] = releaseItemRow{ReleaseID: release, Place: int64(from + i), Item: string(raw)}
	}
	return insertAll(ctx, tx, rows)
}

// sourceItemRow is what a clone knows of an item of its source.
type sourceItemRow struct {
	bun.BaseModel `bun:"table:source_items,alias:b"`

	ProcessID  string `bun:",pk"`
	SourceItem string `bun:",pk"`
	Base       string
}

// Bases implements portable.Kept and lineage.ImprovementStore.
func (s *Lineage) Bases(ctx context.Context, clone domain.ActorID) (map[string]lineage.Base, error) {
	out := map[string]lineage.Base{}
	for some, err := range s.BasePages(ctx, clone) {
		if err != nil {
			return nil, err
		}
		maps.Copy(out, some)
	}
	return out, nil
}

// BasePages implements lineage.ReleaseStore.
func (s *Lineage) BasePages(ctx context.Context, clone domain.ActorID) iter.Seq2[map[string]lineage.Base, error] {
	return func(yield func(map[string]lineage.Base, error) bool) {
		q := s.db.read.NewSelect().Model((*sourceItemRow)(nil)).Where("b.process_id = ?", string(clone)).OrderExpr("b.source_item").Limit(basesAtOnce)
		for after := q.Clone(); ; {
			var rows []sourceItemRow
			if err := after.Scan(ctx, &rows); err != nil {
				yield(nil, translate(err))
				return
			}
			page := make(map[string]lineage.Base, len(rows))
			for _, r := range rows {
				var b lineage.Base
				if err := json.Unmarshal([]byte(r.Base), &b); err != nil {
					yield(nil, fmt.Errorf("what %s knows of %s: %w", r.ProcessID, r.SourceItem, err))
					return
				}
				page[r.SourceItem] = b
			}
			if !yield(page, nil) || len(rows) < basesAtOnce {
				return
			}
			after = q.Clone().Where("b.source_item > ?", rows[len(rows)-1].SourceItem)
		}
	}
}

// basesAtOnce is how many are read at a time.
const basesAtOnce = 100

// insertBases notes what a new clone knows of its source.
func insertBases(ctx context.Context, tx bun.Tx, clone domain.ActorID, known map[string]lineage.Base) error {
	for some := range slices.Chunk(slices.Sorted(maps.Keys(known)), rowsAtOnce) {
		rows := make([]sourceItemRow, len(some))
		for i, id := range some {
			raw, err := json.Marshal(known[id])
			if err != nil {
				return err
			}
			rows[i] = sourceItemRow{ProcessID: string(clone), SourceItem: id, Base: string(raw)}
		}
		if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// putMerged saves what a process took from another.
func putMerged(ctx context.Context, tx bun.Tx, p *coproduction.Process, items []coproduction.Item, bases map[string]*lineage.Base) error {
	if err := updateProcess(ctx, tx, p); err != nil {
		return err
	}
	if err := putItems(ctx, tx, p.ID, items); err != nil {
		return err
	}
	return putBases(ctx, tx, p.ID, bases)
}

// putBases notes what a clone knows of its source after a merge.
func putBases(ctx context.Context, tx bun.Tx, clone domain.ActorID, bases map[string]*lineage.Base) error {
	for _, id := range slices.Sorted(maps.Keys(bases)) {
		if _, err := tx.NewRaw("DELETE FROM source_items WHERE process_id = ? AND source_item = ?", string(clone), id).Exec(ctx); err != nil {
			return err
		}
	}
	known := make(map[string]lineage.Base, len(bases))
	for id, b := range bases {
		if b != nil {
			known[id] = *b
		}
	}
	return insertBases(ctx, tx, clone, known)
}

type mergeRow struct {
	bun.BaseModel `bun:"table:release_merges,alias:m"`

	ID         string `bun:",pk"`
	Serial     int64
	ProcessID  string
	ReleaseID  string
	ReleaseIRI string
	Version    string
	Digest     string
	Taken      int64
	Kept       int64
	Record     string
	MergedBy   string
	MergedAt   Stamp
	UndoneBy   string
	UndoneAt   Stamp
	Revision   int64
}

func mergeRowOf(m *lineage.MergeRecord) (*mergeRow, error) {
	record, err := json.Marshal(m.Record)
	return &mergeRow{
		ID: string(m.ID), Serial: int64(m.Serial), ProcessID: string(m.Process), ReleaseID: string(m.Release), ReleaseIRI: string(m.IRI),
		Version: m.Version, Digest: m.Digest, Taken: int64(m.Taken), Kept: int64(m.Kept), Record: string(record),
		MergedBy: string(m.By), MergedAt: Stamp(m.At), UndoneBy: string(m.UndoneBy), UndoneAt: Stamp(m.UndoneAt), Revision: m.Revision + 1,
	}, err
}

func (r *mergeRow) merge() (*lineage.MergeRecord, error) {
	m := &lineage.MergeRecord{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Process: domain.ActorID(r.ProcessID), Release: domain.ID(r.ReleaseID),
		IRI: domain.IRI(r.ReleaseIRI), Version: r.Version, Digest: r.Digest, Taken: int(r.Taken), Kept: int(r.Kept),
		By: domain.ActorID(r.MergedBy), At: r.MergedAt.Time(), UndoneBy: domain.ActorID(r.UndoneBy), UndoneAt: r.UndoneAt.Time(), Revision: r.Revision,
	}
	if err := json.Unmarshal([]byte(r.Record), &m.Record); err != nil {
		return nil, fmt.Errorf("record of merge %s: %w", r.ID, err)
	}
	return m, nil
}

// SaveMerge implements lineage.ReleaseStore.
func (s *Releases) SaveMerge(ctx context.Context, p *coproduction.Process, items []coproduction.Item, bases map[string]*lineage.Base, m *lineage.MergeRecord, change domain.Change) error {
	row, err := mergeRowOf(m)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := putMerged(ctx, tx, p, items, bases); err != nil {
			return err
		}
		return saveRow(ctx, tx, row, m.Revision)
	})
	if err == nil {
		p.Revision++
		m.Revision = row.Revision
	}
	return translate(err)
}

// MergeRecord implements lineage.ReleaseStore.
func (s *Releases) MergeRecord(ctx context.Context, id domain.ID) (*lineage.MergeRecord, error) {
	row := new(mergeRow)
	if err := s.db.read.NewSelect().Model(row).Where("m.id = ?", string(id)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.merge()
}

// MergeRecords implements lineage.ReleaseStore. The records themselves, which
// may be long, are left out.
func (s *Releases) MergeRecords(ctx context.Context, clone domain.ActorID, p domain.Page) (domain.List[*lineage.MergeRecord], error) {
	var rows []*mergeRow
	q := s.db.read.NewSelect().Model(&rows).ExcludeColumn("record").Where("m.process_id = ?", string(clone))
	list, err := bySerial(ctx, q, &rows, true, p, func(r *mergeRow) int64 { return r.Serial }, func(r *mergeRow) *mergeRow { return r })
	out := domain.List[*lineage.MergeRecord]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	for _, row := range list.Items {
		row.Record = "{}"
		m, err := row.merge()
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, m)
	}
	return out, err
}

// Told implements lineage.ReleaseStore.
func (s *Releases) Told(ctx context.Context, clone domain.ActorID, release domain.ID, had bool, change domain.Change) error {
	return translate(s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("INSERT INTO release_tellings (process_id, release_id, had) VALUES (?, ?, ?)", string(clone), string(release), had).Exec(ctx)
		return err
	}))
}
