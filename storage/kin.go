package storage

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

var _ lineage.FamilyStore = (*Lineage)(nil)

// walkRow is how far the reading of a lineage is. Body is the whole of it.
type walkRow struct {
	bun.BaseModel `bun:"table:lineage_walks,alias:w"`

	ProcessID string `bun:",pk"`
	State     string
	EndedAt   Stamp
	Body      string
	Revision  int64
}

func walkRowOf(w *lineage.Walk) (*walkRow, error) {
	body, err := json.Marshal(w)
	return &walkRow{ProcessID: string(w.Process), State: string(w.State), EndedAt: Stamp(w.Ended), Body: string(body), Revision: w.Revision + 1}, err
}

// kinRow is a process of a lineage. Body is what is known of it; Placed is what
// its place adds.
type kinRow struct {
	bun.BaseModel `bun:"table:lineage_kin,alias:k"`

	ProcessID string `bun:",pk"`
	IRI       string `bun:",pk"`
	Via       string
	Distance  int64
	Walk      int64
	TriedAt   Stamp
	Body      string
	Place     int64
	Placed    string
}

// kinRowOf makes the row of one that has no place yet. The stamp is kept on its
// own.
func kinRowOf(w *lineage.Walk, k lineage.Kin, walk int) (*kinRow, error) {
	k.Stamp = nil
	body, err := json.Marshal(k)
	return &kinRow{
		ProcessID: string(w.Process), IRI: string(k.IRI), Via: string(k.Via), Distance: int64(k.Distance), Walk: int64(walk), TriedAt: Stamp(k.Tried),
		Body: string(body), Place: -1, Placed: "{}",
	}, err
}

func (r *kinRow) kin() (lineage.Kin, error) {
	var k lineage.Kin
	err := json.Unmarshal([]byte(r.Body), &k)
	k.IRI, k.Via, k.Distance = domain.IRI(r.IRI), domain.IRI(r.Via), int(r.Distance)
	return k, err
}

// placing is what a place adds to a process.
type placing struct {
	Parent   int
	Depth    int
	Self     bool `json:",omitempty"`
	Circle   bool `json:",omitempty"`
	Children int
	Standing lineage.Standing
	Title    domain.Text `json:",omitempty"`
	Digest   string      `json:",omitempty"`
}

func (r *kinRow) placed() (lineage.Placed, error) {
	k, err := r.kin()
	var at placing
	if err == nil {
		err = json.Unmarshal([]byte(r.Placed), &at)
	}
	return lineage.Placed{
		Kin: k, Place: int(r.Place), Parent: at.Parent, Depth: at.Depth, Self: at.Self, Circle: at.Circle, Children: at.Children,
		Standing: at.Standing, Title: at.Title, Digest: at.Digest,
	}, err
}

// Walk implements lineage.FamilyStore.
func (s *Lineage) Walk(ctx context.Context, process domain.ActorID) (*lineage.Walk, error) {
	row := new(walkRow)
	if err := s.db.read.NewSelect().Model(row).Where("process_id = ?", string(process)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	w := new(lineage.Walk)
	err := json.Unmarshal([]byte(row.Body), w)
	w.Revision = row.Revision
	return w, err
}

// DueWalks implements lineage.FamilyStore.
func (s *Lineage) DueWalks(ctx context.Context, ended time.Time, most int) ([]*coproduction.Process, error) {
	var rows []*processRow
	err := s.db.read.NewSelect().Model(&rows).
		Where("visibility = ?", string(domain.VisiblePublic)).
		Where("(origin_iri <> '' OR EXISTS (SELECT 1 FROM clones WHERE clones.source_id = ?TableAlias.id AND clones.state = ?))", string(coproduction.Accepted)).
		Where("NOT EXISTS (SELECT 1 FROM lineage_walks w WHERE w.process_id = ?TableAlias.id AND (w.state = ? OR w.ended_at >= ?))", string(lineage.WalkRuns), Stamp(ended)).
		OrderExpr("?TableAlias.serial").Limit(int64(most)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	out := make([]*coproduction.Process, len(rows))
	for i, r := range rows {
		out[i] = r.process()
	}
	return out, nil
}

// SaveWalk implements lineage.FamilyStore.
func (s *Lineage) SaveWalk(ctx context.Context, w *lineage.Walk, change domain.Change) error {
	row, err := walkRowOf(w)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if w.Revision > 0 {
			return updateWalk(ctx, tx, row)
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		self, err := kinRowOf(w, lineage.Kin{IRI: w.Self}, 0)
		if err == nil {
			_, err = tx.NewInsert().Model(self).Exec(ctx)
		}
		return err
	})
	if err == nil {
		w.Revision++
	}
	return err
}

func updateWalk(ctx context.Context, tx bun.Tx, row *walkRow) error {
	return changedOne(tx.NewUpdate().Model(row).WherePK().Where("w.revision = ?", row.Revision-1).Exec(ctx))
}

// NextKin implements lineage.FamilyStore.
func (s *Lineage) NextKin(ctx context.Context, w *lineage.Walk) (*lineage.Kin, error) {
	row := new(kinRow)
	err := s.db.read.NewSelect().Model(row).Where("k.process_id = ? AND k.walk < ?", string(w.Process), w.Number).
		OrderExpr("k.distance, COALESCE(k.tried_at, 0), k.iri").Limit(1).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	k, err := row.kin()
	if err != nil {
		return nil, err
	}
	stamps, err := s.Stamps(ctx, []domain.IRI{k.IRI})
	k.Stamp = stamps[k.IRI]
	return &k, err
}

// TakeKin implements lineage.FamilyStore.
func (s *Lineage) TakeKin(ctx context.Context, w *lineage.Walk, r lineage.Reading, found []lineage.Kin) error {
	row, err := kinRowOf(w, r.Kin, w.Number)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		// How near it is, and who lists it, others may have found out meanwhile.
		_, err := tx.NewUpdate().Model(row).Column("walk", "tried_at", "body").WherePK().Exec(ctx)
		if err != nil {
			return err
		}
		if err := takeStamp(ctx, tx, r.Kin); err != nil {
			return err
		}
		if err := takeFound(ctx, tx, w, r, found); err != nil {
			return err
		}
		walk, err := walkRowOf(w)
		if err != nil {
			return err
		}
		return updateWalk(ctx, tx, walk)
	})
	if err == nil {
		w.Revision++
	}
	return err
}

// takeStamp keeps the stamp of a process as it was read; one that is there no
// more is forgotten.
func takeStamp(ctx context.Context, tx bun.Tx, k lineage.Kin) error {
	if k.Stamp != nil {
		return putStamp(ctx, tx, k.Stamp)
	}
	if k.State != lineage.KinRead {
		return nil
	}
	_, err := tx.NewRaw("DELETE FROM stamps WHERE clone = ?", string(k.IRI)).Exec(ctx)
	return err
}

// takeFound adds the processes that one led to.
func takeFound(ctx context.Context, tx bun.Tx, w *lineage.Walk, r lineage.Reading, found []lineage.Kin) error {
	if r.Whole {
		q := tx.NewUpdate().Model((*kinRow)(nil)).Set("via = ''").Where("k.process_id = ? AND k.via = ?", string(w.Process), string(r.Kin.IRI))
		if len(r.Clones) > 0 {
			q = q.Where("k.iri NOT IN (?)", bun.List(r.Clones))
		}
		if _, err := q.Exec(ctx); err != nil {
			return err
		}
	}
	if len(found) == 0 {
		return nil
	}
	var have int64
	if err := tx.NewRaw("SELECT COUNT(*) FROM lineage_kin WHERE process_id = ?", string(w.Process)).Scan(ctx, &have); err != nil {
		return err
	}
	for part := range slices.Chunk(found, 200) {
		rows := make([]*kinRow, len(part))
		iris := make([]domain.IRI, len(part))
		for i, k := range part {
			row, err := kinRowOf(w, k, 0)
			if err != nil {
				return err
			}
			rows[i], iris[i] = row, k.IRI
		}
		var known []string
		if err := tx.NewRaw("SELECT iri FROM lineage_kin WHERE process_id = ? AND iri IN (?)", string(w.Process), bun.List(iris)).Scan(ctx, &known); err != nil {
			return err
		}
		// Nearer than it was, or listed at last: the rest of it stays.
		for _, row := range rows {
			if !slices.Contains(known, row.IRI) {
				continue
			}
			_, err := tx.NewRaw(`UPDATE lineage_kin SET distance = CASE WHEN distance > ? THEN ? ELSE distance END, via = CASE WHEN ? <> '' THEN ? ELSE via END
				WHERE process_id = ? AND iri = ?`, row.Distance, row.Distance, row.Via, row.Via, row.ProcessID, row.IRI).Exec(ctx)
			if err != nil {
				return err
			}
		}
		rows = slices.DeleteFunc(rows, func(row *kinRow) bool { return slices.Contains(known, row.IRI) })
		if room := max(0, lineage.MaxKin-int(have)); len(rows) > room {
			rows, w.Cut = rows[:room], true
		}
		rows = slices.CompactFunc(rows, func(a, b *kinRow) bool { return a.IRI == b.IRI })
		if len(rows) == 0 {
			continue
		}
		if _, err := tx.NewInsert().Model(&rows).On("CONFLICT (process_id, iri) DO NOTHING").Exec(ctx); err != nil {
			return err
		}
		have += int64(len(rows))
	}
	return nil
}

// Kin implements lineage.FamilyStore.
func (s *Lineage) Kin(ctx context.Context, process domain.ActorID) ([]lineage.Kin, error) {
	var rows []*kinRow
	if err := s.db.read.NewSelect().Model(&rows).Where("k.process_id = ?", string(process)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	out, iris := make([]lineage.Kin, len(rows)), make([]domain.IRI, len(rows))
	for i, r := range rows {
		k, err := r.kin()
		if err != nil {
			return nil, err
		}
		out[i], iris[i] = k, k.IRI
	}
	stamps, err := s.Stamps(ctx, iris)
	for i := range out {
		out[i].Stamp = stamps[out[i].IRI]
	}
	return out, err
}

// EndWalk implements lineage.FamilyStore.
func (s *Lineage) EndWalk(ctx context.Context, w *lineage.Walk, f lineage.Family, change domain.Change) error {
	walk, err := walkRowOf(w)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := updateWalk(ctx, tx, walk); err != nil {
			return err
		}
		if _, err := tx.NewRaw("UPDATE lineage_kin SET place = -1 WHERE process_id = ?", string(w.Process)).Exec(ctx); err != nil {
			return err
		}
		for i := range f {
			p := &f[i]
			body, err := json.Marshal(placing{p.Parent, p.Depth, p.Self, p.Circle, p.Children, p.Standing, p.Title, p.Digest})
			if err != nil {
				return err
			}
			_, err = tx.NewRaw("UPDATE lineage_kin SET place = ?, placed = ? WHERE process_id = ? AND iri = ?", p.Place, string(body), string(w.Process), string(p.IRI)).Exec(ctx)
			if err != nil {
				return err
			}
		}
		_, err := tx.NewRaw("DELETE FROM lineage_kin WHERE process_id = ? AND place < 0 AND walk = ?", string(w.Process), w.Number).Exec(ctx)
		return err
	})
	if err == nil {
		w.Revision++
	}
	return err
}

// Placed implements lineage.FamilyStore.
func (s *Lineage) Placed(ctx context.Context, process domain.ActorID, p domain.Page) (domain.List[lineage.Placed], error) {
	var list domain.List[lineage.Placed]
	from, err := lineage.PlaceAfter(p)
	if err != nil {
		return list, err
	}
	var rows []*kinRow
	q := s.db.read.NewSelect().Model(&rows).Where("k.process_id = ? AND k.place >= 0", string(process))
	count, err := q.Count(ctx)
	if err != nil {
		return list, translate(err)
	}
	list.Total = int(count)
	if err := q.Where("k.place >= ?", from).OrderExpr("k.place").Limit(int64(p.Size() + 1)).Scan(ctx); err != nil {
		return list, translate(err)
	}
	if len(rows) > p.Size() {
		rows = rows[:p.Size()]
		list.Next = strconv.Itoa(from + p.Size())
	}
	list.Items, err = s.placed(ctx, rows)
	return list, err
}

// Nearest implements lineage.FamilyStore.
func (s *Lineage) Nearest(ctx context.Context, process domain.ActorID, most int) ([]lineage.Placed, error) {
	var rows []*kinRow
	err := s.db.read.NewSelect().Model(&rows).Where("k.process_id = ? AND k.place >= 0", string(process)).OrderExpr("k.distance, k.place").Limit(int64(most)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	slices.SortFunc(rows, func(a, b *kinRow) int { return int(a.Place - b.Place) })
	return s.placed(ctx, rows)
}

func (s *Lineage) placed(ctx context.Context, rows []*kinRow) ([]lineage.Placed, error) {
	out, iris := make([]lineage.Placed, len(rows)), make([]domain.IRI, len(rows))
	for i, r := range rows {
		p, err := r.placed()
		if err != nil {
			return nil, err
		}
		out[i], iris[i] = p, p.IRI
	}
	stamps, err := s.Stamps(ctx, iris)
	for i := range out {
		out[i].Stamp = stamps[out[i].IRI]
	}
	return out, err
}

// About implements lineage.Store.
func (s *Lineage) About(ctx context.Context, p *coproduction.Process) (lineage.About, error) {
	var out lineage.About
	var releases []*releaseRow
	err := s.db.read.NewSelect().Model(&releases).Column("version", "digest").Where("r.process_iri = ? AND r.state = ?", string(p.IRI), string(lineage.ReleaseReady)).
		OrderExpr("r.number DESC").Limit(lineage.MaxTold).Scan(ctx)
	if err != nil {
		return out, translate(err)
	}
	for _, r := range releases {
		out.Releases = append(out.Releases, lineage.Released{Version: r.Version, Digest: r.Digest})
	}
	var story []string
	var merged []struct{ Version, Digest string }
	if err := s.db.read.NewRaw("SELECT iri FROM stories WHERE process_id = ? AND host = '' AND status = 'published' ORDER BY serial DESC LIMIT 1", string(p.ID)).Scan(ctx, &story); err != nil {
		return out, translate(err)
	}
	if len(story) > 0 {
		out.Story = domain.IRI(story[0])
	}
	if p.ClonedFrom == nil {
		return out, nil
	}
	// Those of a source that moved on elsewhere are counted otherwise there.
	err = s.db.read.NewRaw(`SELECT r.version, r.digest FROM releases r WHERE r.process_iri = ?
		AND (r.id IN (SELECT release_id FROM release_merges WHERE process_id = ? AND undone_at IS NULL)
			OR r.id IN (SELECT release_id FROM release_tellings WHERE process_id = ? AND had))
		ORDER BY r.number DESC LIMIT 1`, string(p.ClonedFrom.IRI), string(p.ID), string(p.ID)).Scan(ctx, &merged)
	if len(merged) > 0 {
		out.Merged, out.MergedDigest = merged[0].Version, merged[0].Digest
	}
	return out, translate(err)
}
