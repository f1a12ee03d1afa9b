package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/participation"
)

// applicationRow is the application of one person for one call.
type applicationRow struct {
	bun.BaseModel `bun:"table:applications,alias:a"`

	ID          string `bun:",pk"`
	Serial      int64
	CallID      string
	ApplicantID string
	JoinIRI     string
	Statement   string
	State       string
	Ground      string
	Secondly    bool
	History     []participation.Change
	CreatedAt   Stamp
	UpdatedAt   Stamp
	Revision    int64
}

func applicationRowOf(a *participation.Application) *applicationRow {
	return &applicationRow{
		ID: string(a.ID), Serial: int64(a.Serial), CallID: string(a.Call), ApplicantID: string(a.Applicant), JoinIRI: string(a.Join),
		Statement: a.Statement, State: string(a.State), Ground: string(a.Ground), Secondly: a.Secondly, History: a.History,
		CreatedAt: Stamp(a.CreatedAt), UpdatedAt: Stamp(a.UpdatedAt), Revision: a.Revision + 1,
	}
}

func (r *applicationRow) application() *participation.Application {
	return &participation.Application{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Call: domain.ID(r.CallID), Applicant: domain.ActorID(r.ApplicantID),
		Join: domain.IRI(r.JoinIRI), Statement: r.Statement, State: participation.State(r.State), Ground: participation.Ground(r.Ground),
		Secondly: r.Secondly, History: r.History, CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision,
	}
}

// Application implements participation.Store.
func (s *Participation) Application(ctx context.Context, id domain.ID) (*participation.Application, error) {
	return s.application(ctx, "a.id = ?", string(id))
}

// ApplicationOf implements participation.Store.
func (s *Participation) ApplicationOf(ctx context.Context, call domain.ID, applicant domain.ActorID) (*participation.Application, error) {
	return s.application(ctx, "a.call_id = ? AND a.applicant_id = ?", string(call), string(applicant))
}

func (s *Participation) application(ctx context.Context, where string, args ...any) (*participation.Application, error) {
	row := new(applicationRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, args...).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.application(), nil
}

// Applications implements participation.Store.
func (s *Participation) Applications(ctx context.Context, f participation.ApplicationFilter, p domain.Page) (domain.List[*participation.Application], error) {
	var rows []*applicationRow
	q := s.db.read.NewSelect().Model(&rows)
	if f.Call == "" {
		q = q.Where("a.applicant_id = ?", string(f.Applicant))
	} else {
		q = q.Where("a.call_id = ?", string(f.Call))
	}
	if f.State != "" {
		q = q.Where("a.state = ?", string(f.State))
	}
	return bySerial(ctx, q, &rows, f.Call == "", p, func(r *applicationRow) int64 { return r.Serial }, (*applicationRow).application)
}

// SaveApplication implements participation.Store.
func (s *Participation) SaveApplication(ctx context.Context, a *participation.Application, with participation.Admission, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if with.Call != nil {
			if err := writeCall(ctx, tx, with.Call); err != nil {
				return err
			}
		}
		if err := writeApplication(ctx, tx, a); err != nil {
			return err
		}
		if with.Process != nil {
			if err := updateProcess(ctx, tx, with.Process); err != nil {
				return err
			}
		}
		if with.Team != nil {
			return s.db.writeTeam(ctx, tx, with.Team)
		}
		return nil
	})
	if err != nil {
		return err
	}
	a.Revision++
	if with.Call != nil {
		with.Call.Revision++
	}
	if with.Team != nil {
		with.Team.Revision++
	}
	if with.Process != nil {
		with.Process.Revision++
	}
	return nil
}

func writeApplication(ctx context.Context, tx bun.Tx, a *participation.Application) error {
	if a.Revision > 0 {
		return changedOne(tx.NewUpdate().Model(applicationRowOf(a)).WherePK().Where("revision = ?", a.Revision).Exec(ctx))
	}
	_, err := tx.NewInsert().Model(applicationRowOf(a)).Exec(ctx)
	return err
}

// AppliedTo implements participation.Store.
func (s *Participation) AppliedTo(ctx context.Context, applicant domain.ActorID, team domain.IRI) (bool, error) {
	found, err := s.db.read.NewSelect().Model((*applicationRow)(nil)).Join("JOIN role_calls AS c ON c.id = a.call_id").
		Where("a.applicant_id = ? AND c.team_iri = ? AND c.host <> ''", string(applicant), string(team)).
		Where("a.state NOT IN ('withdrawn', 'declined', 'rejected')").Exists(ctx)
	return found, translate(err)
}

// applications deletes those that were turned down or withdrawn before a time,
// with what was sent and received of them. They go on to be counted.
func (s *Retention) applications(ctx context.Context, before time.Time) (more bool, err error) {
	return s.oldApplications(ctx, before, "a.state IN ('declined', 'rejected', 'withdrawn')", forget)
}

// callOver is whether a call c took no applications any more before a time.
const callOver = "(c.state <> 'open' OR c.deadline < ?0) AND c.updated_at < ?0"

// waiting are the applications a that nobody decided on, of calls c that were
// over before a time.
const waiting = "a.updated_at < ?0 AND a.state IN ('submitted', 'shortlisted', 'appealed') AND " + callOver

// Undecided implements participation.Store.
func (s *Participation) Undecided(ctx context.Context, before time.Time, after domain.Serial) ([]*participation.Application, error) {
	var rows []*applicationRow
	err := s.db.read.NewSelect().Model(&rows).Join("JOIN role_calls AS c ON c.id = a.call_id").Where(waiting, Stamp(before)).
		Where("c.host = '' AND a.serial > ?", int64(after)).OrderExpr("a.serial").Limit(domain.MaxPage).Scan(ctx)
	list := make([]*participation.Application, len(rows))
	for i, r := range rows {
		list[i] = r.application()
	}
	return list, translate(err)
}

// unanswered deletes those to calls of other nodes that were over before a
// time, and of which nothing was heard: they are counted as declined.
func (s *Retention) unanswered(ctx context.Context, before time.Time) (more bool, err error) {
	which := "EXISTS (SELECT 1 FROM role_calls AS c WHERE c.id = a.call_id AND c.host <> '' AND " + waiting + ")"
	return s.oldApplications(ctx, before, which, func(ctx context.Context, tx bun.Tx, r *applicationRow) error {
		r.State, r.Ground = string(participation.Declined), string(participation.GroundOther)
		return forget(ctx, tx, r)
	})
}

// accepted erases what was written in those that were accepted, of calls that,
// with the period they were for, were over before a time. One to join a process
// ends with the answer: its call stays open. That, and when, somebody was taken
// stays, as their membership does.
func (s *Retention) accepted(ctx context.Context, before time.Time) (more bool, err error) {
	which := `a.state = 'accepted' AND (a.statement <> '' OR a.history LIKE '%"reason":%')
		AND EXISTS (SELECT 1 FROM role_calls AS c WHERE c.id = a.call_id AND (c.process_id IS NOT NULL OR ` + callOver + " AND (c.ends IS NULL OR c.ends < ?0)))"
	return s.oldApplications(ctx, before, which, func(ctx context.Context, tx bun.Tx, r *applicationRow) error {
		if err := unsend(ctx, tx, r); err != nil {
			return err
		}
		r.Statement = ""
		for i := range r.History {
			r.History[i].Reason = ""
		}
		r.Revision++
		return changedOne(tx.NewUpdate().Model(r).Column("statement", "history", "revision").WherePK().Exec(ctx))
	})
}

// oldApplications does something with those that did not change since a time.
func (s *Retention) oldApplications(ctx context.Context, before time.Time, which string, each func(context.Context, bun.Tx, *applicationRow) error) (more bool, err error) {
	err = s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		var rows []*applicationRow
		err := tx.NewSelect().Model(&rows).Where("a.updated_at < ?0 AND "+which, Stamp(before)).OrderExpr("a.updated_at").Limit(sweepAtOnce).Scan(ctx)
		if err != nil {
			return err
		}
		more = len(rows) == sweepAtOnce
		for _, r := range rows {
			if err := each(ctx, tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	return more && err == nil, err
}

// unsend removes what was sent and received about an application.
func unsend(ctx context.Context, tx bun.Tx, r *applicationRow) error {
	joins := []string{participation.Trace(domain.ID(r.ID))}
	for _, join := range r.application().Joins() {
		joins = append(joins, string(join))
	}
	about := "activity_id IN (SELECT id FROM activities WHERE NOT public AND (iri IN (?0) OR object IN (?0)))"
	for _, sql := range []string{
		"DELETE FROM deliveries WHERE " + about,
		"DELETE FROM activities WHERE NOT public AND (iri IN (?0) OR object IN (?0))",
		"UPDATE received SET raw = NULL, state = 'done' WHERE iri IN (?0) AND state <> 'pending'",
	} {
		if _, err := tx.NewRaw(sql, bun.List(joins)).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// forget deletes one application.
func forget(ctx context.Context, tx bun.Tx, r *applicationRow) error {
	if err := unsend(ctx, tx, r); err != nil {
		return err
	}
	_, err := tx.NewRaw(`INSERT INTO application_counts (call_id, state, ground, n) VALUES (?, ?, ?, 1)
		ON CONFLICT (call_id, state, ground) DO UPDATE SET n = application_counts.n + 1`, r.CallID, r.State, r.Ground).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewDelete().Model(r).WherePK().Exec(ctx)
	return err
}
