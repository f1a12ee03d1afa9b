package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/reuse"
)

// Reuse keeps what nodes tell each other of how often they reuse what others
// made.
type Reuse struct{ db *DB }

// NewReuse makes the store.
func NewReuse(db *DB) *Reuse { return &Reuse{db} }

var _ reuse.Store = (*Reuse)(nil)

// reuseToldRow is a report that this node made.
type reuseToldRow struct {
	bun.BaseModel `bun:"table:reuse_told,alias:t"`

	Month    string `bun:",pk"`
	OwnerIRI string `bun:",pk"` // "" for the month as a whole
	Lines    int64
}

// reuseReportRow is a report about things of this node.
type reuseReportRow struct {
	bun.BaseModel `bun:"table:reuse_reports,alias:r"`

	Host       string `bun:",pk"`
	OwnerIRI   string `bun:",pk"`
	Month      string `bun:",pk"`
	ReportedAt Stamp
}

// reuseLineRow is what it says of one thing.
type reuseLineRow struct {
	bun.BaseModel `bun:"table:reuse_lines,alias:l"`

	Host      string `bun:",pk"`
	OwnerIRI  string
	Month     string `bun:",pk"`
	ObjectIRI string `bun:",pk"`
	Kind      string
	Counts    reuse.Counts
}

// Reported implements reuse.Store.
func (s *Reuse) Reported(ctx context.Context, m reuse.Month) (bool, error) {
	done, err := s.db.read.NewSelect().Model((*reuseToldRow)(nil)).Where("month = ? AND owner_iri = ''", string(m)).Exists(ctx)
	return done, translate(err)
}

// Used implements reuse.Store.
func (s *Reuse) Used(ctx context.Context, before time.Time) ([]reuse.Counted, error) {
	var rows []struct {
		Object, Owner   string
		Uses, Processes int
	}
	err := s.db.read.NewRaw(`SELECT e.iri AS object, a.iri AS owner, COUNT(*) AS uses, COUNT(DISTINCT u.process_id) AS processes
		FROM process_uses AS u JOIN processes AS p ON p.id = u.process_id JOIN catalogue_entries AS e ON e.id = u.interlinker_id JOIN actors AS a ON a.id = e.owner_id
		WHERE p.tells_reuse AND u.used_at < ? AND e.kind = 'interlinker' AND a.gone_at IS NULL AND e.host NOT IN `+blockedHosts+`
		GROUP BY e.iri, a.iri`, Stamp(before)).Scan(ctx, &rows)
	out := make([]reuse.Counted, len(rows))
	for i, r := range rows {
		out[i] = reuse.Counted{
			Kind: reuse.Interlinker, Object: domain.IRI(r.Object), Owner: domain.IRI(r.Owner), Numbers: reuse.Numbers{reuse.Uses: r.Uses, reuse.Processes: r.Processes},
		}
	}
	return out, translate(err)
}

// Begun implements reuse.Store.
func (s *Reuse) Begun(ctx context.Context, m reuse.Month) ([]reuse.Counted, error) {
	var rows []struct {
		Object, Owner                string
		Processes, Active, Completed int
	}
	err := s.db.read.NewRaw(`SELECT e.iri AS object, a.iri AS owner, COUNT(*) AS processes,
		SUM(CASE WHEN p.updated_at >= ?0 THEN 1 ELSE 0 END) AS active, SUM(CASE WHEN p.status = ?1 THEN 1 ELSE 0 END) AS completed
		FROM processes AS p JOIN catalogue_entries AS e ON e.iri = p.schema_iri JOIN actors AS a ON a.id = e.owner_id
		WHERE p.tells_reuse AND p.created_at < ?2 AND e.kind = 'schema' AND a.gone_at IS NULL AND e.host NOT IN `+blockedHosts+`
		GROUP BY e.iri, a.iri`, Stamp(m.Begins()), string(coproduction.Finished), Stamp(m.Ends())).Scan(ctx, &rows)
	out := make([]reuse.Counted, len(rows))
	for i, r := range rows {
		out[i] = reuse.Counted{
			Kind: reuse.Schema, Object: domain.IRI(r.Object), Owner: domain.IRI(r.Owner),
			Numbers: reuse.Numbers{reuse.Processes: r.Processes, reuse.Active: r.Active, reuse.Completed: r.Completed},
		}
	}
	return out, translate(err)
}

// Cloned implements reuse.Store.
func (s *Reuse) Cloned(ctx context.Context) ([]reuse.Clone, error) {
	var rows []struct {
		OriginIRI, Language, Status string
		OriginTitle                 domain.Text
		UpdatedAt                   Stamp
		Stories, Improvements       int
		Contributions               int
	}
	err := s.db.read.NewRaw(`SELECT p.origin_iri, p.language, p.status, p.origin_title, p.updated_at,
		(SELECT COUNT(*) FROM stories AS s WHERE s.process_id = p.id AND s.host = '' AND s.status = 'published') AS stories,
		(SELECT COALESCE(SUM(m.taken), 0) FROM release_merges AS m WHERE m.process_id = p.id AND m.undone_by = '') AS improvements,
		(SELECT COUNT(*) FROM improvements AS i WHERE i.clone_id = p.id AND i.source_iri = p.origin_iri AND i.state IN ('taken', 'partly')) AS contributions
		FROM processes AS p WHERE p.tells_reuse AND p.origin_iri <> '' AND p.origin_answer <> ? AND p.origin_host NOT IN `+blockedHosts, string(coproduction.Rejected)).Scan(ctx, &rows)
	out := make([]reuse.Clone, len(rows))
	for i, r := range rows {
		out[i] = reuse.Clone{
			Source: domain.IRI(r.OriginIRI), Language: domain.Lang(r.Language), Known: r.OriginTitle.Langs(), Finished: coproduction.Status(r.Status) == coproduction.Finished,
			WorkedAt: r.UpdatedAt.Time(), Stories: r.Stories, Improvements: r.Improvements, Contributions: r.Contributions,
		}
	}
	return out, translate(err)
}

// Told implements reuse.Store.
func (s *Reuse) Told(ctx context.Context) ([]domain.IRI, error) {
	var owners []domain.IRI
	err := s.db.read.NewRaw(`SELECT t.owner_iri FROM reuse_told AS t WHERE t.owner_iri <> '' AND t.lines > 0
		AND t.month = (SELECT MAX(n.month) FROM reuse_told AS n WHERE n.owner_iri = t.owner_iri)`).Scan(ctx, &owners)
	return owners, translate(err)
}

// SaveReports implements reuse.Store.
func (s *Reuse) SaveReports(ctx context.Context, m reuse.Month, made, here []reuse.Report, change domain.Change) error {
	rows := []reuseToldRow{{Month: string(m), Lines: int64(len(made))}}
	for _, r := range made {
		rows = append(rows, reuseToldRow{Month: string(m), OwnerIRI: string(r.Owner), Lines: int64(len(r.Lines))})
	}
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := changedOne(tx.NewInsert().Model(&rows[0]).On("CONFLICT (month, owner_iri) DO NOTHING").Exec(ctx)); err != nil {
			return err
		}
		if err := insertAll(ctx, tx, rows[1:]); err != nil {
			return err
		}
		for _, r := range here {
			if err := keepReuse(ctx, tx, "", r); err != nil && domain.CodeOf(err) != domain.Conflict {
				return err
			}
		}
		return nil
	})
}

// Things implements reuse.Store.
func (s *Reuse) Things(ctx context.Context, owner domain.IRI, objects []domain.IRI) (map[domain.IRI]reuse.Kind, error) {
	out := map[domain.IRI]reuse.Kind{}
	if len(objects) == 0 {
		return out, nil
	}
	var rows []struct {
		IRI, Kind string
	}
	err := s.db.read.NewRaw(`SELECT e.iri, e.kind FROM catalogue_entries AS e JOIN actors AS a ON a.id = e.owner_id
		WHERE a.iri = ?0 AND e.host = '' AND e.kind IN ('interlinker', 'schema') AND e.status <> 'draft' AND e.iri IN (?1)
		UNION ALL SELECT p.iri, 'process' AS kind FROM processes AS p WHERE p.iri = ?0 AND p.iri IN (?1)`, string(owner), bun.List(objects)).Scan(ctx, &rows)
	for _, r := range rows {
		out[domain.IRI(r.IRI)] = reuse.Kind(r.Kind)
	}
	return out, translate(err)
}

// Holds implements reuse.Store.
func (s *Reuse) Holds(ctx context.Context, host string, owner domain.IRI) (reuse.Holding, error) {
	var row struct {
		Follows, Offered, Clones int
	}
	err := s.db.read.NewRaw(`SELECT
		(SELECT COUNT(*) FROM follows AS f JOIN actors AS o ON o.id = f.followed_id JOIN actors AS a ON a.id = f.follower_id WHERE o.iri = ?0 AND a.host = ?1 AND f.state = 'accepted') AS follows,
		(SELECT COUNT(*) FROM clones AS c WHERE c.host = ?1 AND c.state <> ?2) AS offered,
		(SELECT COUNT(*) FROM clones AS c JOIN processes AS p ON p.id = c.source_id WHERE p.iri = ?0 AND c.host = ?1 AND c.state <> ?2) AS clones`,
		string(owner), host, string(coproduction.Rejected)).Scan(ctx, &row)
	return reuse.Holding{Follows: row.Follows+row.Offered > 0, Clones: row.Clones}, translate(err)
}

// Keep implements reuse.Store.
func (s *Reuse) Keep(ctx context.Context, host string, r reuse.Report, forget reuse.Month, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("DELETE FROM reuse_reports WHERE owner_iri = ? AND month < ?", string(r.Owner), string(forget)).Exec(ctx); err != nil {
			return err
		}
		return keepReuse(ctx, tx, host, r)
	})
	if domain.CodeOf(err) == domain.Conflict {
		return nil
	}
	return err
}

// keepReuse keeps what a host told. Errors: Conflict if the same or a later
// report is there.
func keepReuse(ctx context.Context, tx bun.Tx, host string, r reuse.Report) error {
	row := &reuseReportRow{Host: host, OwnerIRI: string(r.Owner), Month: string(r.Month), ReportedAt: Stamp(r.At)}
	err := changedOne(tx.NewInsert().Model(row).On("CONFLICT (owner_iri, host, month) DO UPDATE").Set("reported_at = EXCLUDED.reported_at").
		Where("r.reported_at < EXCLUDED.reported_at").Exec(ctx))
	if err != nil {
		return err
	}
	if _, err := tx.NewRaw("DELETE FROM reuse_lines WHERE owner_iri = ? AND host = ? AND month = ?", row.OwnerIRI, host, row.Month).Exec(ctx); err != nil {
		return err
	}
	lines := make([]reuseLineRow, len(r.Lines))
	for i, l := range r.Lines {
		lines[i] = reuseLineRow{Host: host, OwnerIRI: row.OwnerIRI, Month: row.Month, ObjectIRI: string(l.Object), Kind: string(l.Kind), Counts: l.Counts}
	}
	return insertAll(ctx, tx, lines)
}

// Heard implements reuse.Store.
func (s *Reuse) Heard(ctx context.Context, owner, object domain.IRI) ([]reuse.Heard, error) {
	var rows []struct {
		Host, Month string
		ReportedAt  Stamp
		Counts      reuse.Counts
	}
	err := s.db.read.NewRaw(`SELECT r.host, r.month, r.reported_at, COALESCE(l.counts, '{}') AS counts FROM reuse_reports AS r
		LEFT JOIN reuse_lines AS l ON l.object_iri = ?1 AND l.host = r.host AND l.month = r.month
		WHERE r.owner_iri = ?0 AND r.host NOT IN `+hiddenHosts+` AND EXISTS (SELECT 1 FROM reuse_lines AS x WHERE x.object_iri = ?1 AND x.host = r.host)
		ORDER BY r.month DESC, r.host LIMIT ?2`, string(owner), string(object), reuse.MaxHeard).Scan(ctx, &rows)
	out := make([]reuse.Heard, len(rows))
	for i, r := range rows {
		out[i] = reuse.Heard{Host: r.Host, Month: reuse.Month(r.Month), At: r.ReportedAt.Time(), Counts: r.Counts}
	}
	return out, translate(err)
}
