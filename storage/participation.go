package storage

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/organization"
	"interlink/domain/participation"
)

// Participation keeps role calls.
type Participation struct {
	db          *DB
	communities *Communities
	teams       *Organizations
	processes   *Processes
}

// NewParticipation makes the store; calls are told by posts of communities.
func NewParticipation(db *DB, communities *Communities, teams *Organizations) *Participation {
	return &Participation{db, communities, teams, NewProcesses(db)}
}

var _ participation.Store = (*Participation)(nil)

// callRow is one role call.
type callRow struct {
	bun.BaseModel `bun:"table:role_calls,alias:c"`

	ID          string `bun:",pk"`
	Serial      int64
	IRI         string
	URL         string
	Host        string
	CommunityID string
	TeamID      string `bun:",nullzero"`
	TeamIRI     string
	ProcessID   string `bun:",nullzero"`
	Gives       string // names of rights, with spaces between them
	Title       domain.Text
	Duties      domain.Text
	Eligible    domain.Text
	Effort      domain.Text
	Seats       int64
	Starts      Stamp
	Ends        Stamp
	Deadline    Stamp
	Method      string
	DecidedBy   []domain.IRI
	Reviewers   []domain.ActorID
	State       string
	CreatorID   string
	CreatedAt   Stamp
	WarnedAt    Stamp
	UpdatedAt   Stamp
	Revision    int64

	PostGone Stamp `bun:",scanonly"`
}

func callRowOf(c *participation.Call) *callRow {
	row := &callRow{
		ID: string(c.ID), Serial: int64(c.Serial), IRI: string(c.IRI), URL: string(c.URL), Host: c.Host, CommunityID: string(c.Community),
		TeamID: string(c.Team), TeamIRI: string(c.TeamIRI), ProcessID: string(c.Process), Gives: c.Gives.String(), Title: c.Title, Duties: c.Duties, Eligible: c.Eligible, Effort: c.Effort,
		Seats: int64(c.Seats), Starts: Stamp(c.Starts), Ends: Stamp(c.Ends), Deadline: Stamp(c.Deadline), Method: string(c.Method),
		DecidedBy: c.DecidedBy, Reviewers: c.Reviewers, State: string(c.State), CreatorID: string(c.Creator),
		CreatedAt: Stamp(c.CreatedAt), WarnedAt: Stamp(c.WarnedAt), UpdatedAt: Stamp(c.UpdatedAt), Revision: c.Revision + 1,
	}
	if row.DecidedBy == nil {
		row.DecidedBy = []domain.IRI{}
	}
	if row.Reviewers == nil {
		row.Reviewers = []domain.ActorID{}
	}
	return row
}

func (r *callRow) call() *participation.Call {
	c := &participation.Call{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), URL: domain.IRI(r.URL), Host: r.Host,
		Community: domain.ActorID(r.CommunityID), Team: domain.ActorID(r.TeamID), TeamIRI: domain.IRI(r.TeamIRI),
		Details: participation.Details{
			Title: r.Title, Duties: r.Duties, Eligible: r.Eligible, Effort: r.Effort, Seats: int(r.Seats), Starts: r.Starts.Time(),
			Ends: r.Ends.Time(), Deadline: r.Deadline.Time(), Method: participation.Method(r.Method),
		},
		DecidedBy: r.DecidedBy, Reviewers: r.Reviewers, State: participation.CallState(r.State), Creator: domain.ActorID(r.CreatorID),
		CreatedAt: r.CreatedAt.Time(), WarnedAt: r.WarnedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision,
	}
	c.Process = domain.ActorID(r.ProcessID)
	c.Gives, _ = coproduction.ParseRights(strings.Fields(r.Gives)...) // as they were written
	if !r.PostGone.Time().IsZero() {
		c.State = participation.CallClosed
	}
	return c
}

// withPost reads when the post of a call was deleted.
const withPost = "(SELECT p.deleted_at FROM posts AS p WHERE p.id = c.id) AS post_gone"

// Call implements participation.Store.
func (s *Participation) Call(ctx context.Context, id domain.ID) (*participation.Call, error) {
	return s.call(ctx, "c.id = ?", string(id))
}

// CallByIRI implements participation.Store.
func (s *Participation) CallByIRI(ctx context.Context, iri domain.IRI) (*participation.Call, error) {
	return s.call(ctx, "c.iri = ?", string(iri))
}

func (s *Participation) call(ctx context.Context, where, arg string) (*participation.Call, error) {
	row := new(callRow)
	q := s.db.read.NewSelect().Model(row).ColumnExpr("c.*").ColumnExpr(withPost).Where(where, arg).Where("c.host NOT IN " + blockedHosts)
	if err := q.Scan(ctx); err != nil {
		return nil, translate(err)
	}
	c := row.call()
	return c, s.complete(ctx, []*participation.Call{c})
}

// CallsByID implements participation.Store.
func (s *Participation) CallsByID(ctx context.Context, ids []domain.ID) ([]*participation.Call, error) {
	var rows []*callRow
	q := s.db.read.NewSelect().Model(&rows).ColumnExpr("c.*").ColumnExpr(withPost).Where("c.id IN (?)", bun.List(ids)).Where("c.host NOT IN " + blockedHosts)
	if err := q.Scan(ctx); err != nil {
		return nil, translate(err)
	}
	calls := make([]*participation.Call, len(rows))
	for i, r := range rows {
		calls[i] = r.call()
	}
	return calls, s.complete(ctx, calls)
}

// Calls implements participation.Store.
func (s *Participation) Calls(ctx context.Context, f participation.CallFilter, p domain.Page) (domain.List[*participation.Call], error) {
	var rows []*callRow
	q := s.db.read.NewSelect().Model(&rows).ColumnExpr("c.*").ColumnExpr(withPost).
		Where("c.host NOT IN " + hiddenHosts)
	told := "EXISTS (SELECT 1 FROM posts AS p WHERE p.id = c.id AND p.deleted_at IS NULL)"
	if f.Reviewer != domain.Nobody {
		told = "(c.process_id IS NOT NULL OR " + told + ")"
	}
	q = q.Where(told)
	if !f.OpenAt.IsZero() {
		q = q.Where("c.state = ?", string(participation.CallOpen)).Where("(c.deadline IS NULL OR c.deadline >= ?)", Stamp(f.OpenAt)).
			Where("(c.host <> '' OR c.process_id IS NOT NULL OR c.team_id IN (SELECT id FROM teams WHERE gone_at IS NULL))")
	}
	if f.Here {
		q = q.Where("c.host = ''")
	}
	if f.Community != domain.Nobody {
		q = q.Where("c.community_id = ?", string(f.Community))
	}
	if f.Organization != domain.Nobody {
		q = q.Where("c.team_id IN (SELECT id FROM teams WHERE organization_id = ?)", string(f.Organization))
	}
	if f.Team != domain.Nobody {
		q = q.Where("c.team_id = ?", string(f.Team))
	}
	if f.Reviewer != domain.Nobody {
		q = q.Where("c.host = ''").Where(`(c.reviewers LIKE ? OR c.team_id IN (SELECT group_id FROM group_members WHERE actor_id = ? AND role = ?)
			OR c.process_id IN (SELECT process_id FROM process_grants WHERE actor_id = ? AND administrator))`,
			`%"`+string(f.Reviewer)+`"%`, string(f.Reviewer), string(organization.RoleAdministrator), string(f.Reviewer))
	}
	list, err := bySerial(ctx, q, &rows, true, p, func(r *callRow) int64 { return r.Serial }, (*callRow).call)
	if err != nil {
		return list, err
	}
	return list, s.complete(ctx, list.Items)
}

// Lasting implements participation.Store.
func (s *Participation) Lasting(ctx context.Context, since time.Time, after domain.Serial) ([]*participation.Call, error) {
	var rows []*callRow
	err := s.db.read.NewSelect().Model(&rows).Where("c.serial > ? AND c.host = '' AND c.process_id IS NULL", int64(after)).
		Where("c.state = ? AND c.deadline IS NULL AND c.updated_at < ?", string(participation.CallOpen), Stamp(since)).
		Where("EXISTS (SELECT 1 FROM posts AS p WHERE p.id = c.id AND p.deleted_at IS NULL)").OrderExpr("c.serial").Limit(domain.MaxPage).Scan(ctx)
	calls := make([]*participation.Call, len(rows))
	for i, r := range rows {
		calls[i] = r.call()
	}
	return calls, translate(err)
}

// complete reads the teams, the processes and the counts of calls.
func (s *Participation) complete(ctx context.Context, calls []*participation.Call) error {
	var ids, teams []string
	byID := map[string]*participation.Call{}
	for _, c := range calls {
		ids = append(ids, string(c.ID))
		byID[string(c.ID)] = c
		if c.Team != domain.Nobody {
			teams = append(teams, string(c.Team))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	if err := s.count(ctx, byID, ids); err != nil {
		return err
	}
	if err := s.withProcesses(ctx, calls); err != nil || len(teams) == 0 {
		return err
	}
	var rows []*teamRow
	if err := s.db.read.NewSelect().Model(&rows).Where("id IN (?)", bun.List(teams)).Where("gone_at IS NULL").Scan(ctx); err != nil {
		return translate(err)
	}
	found := make([]*organization.Team, len(rows))
	for i, r := range rows {
		found[i] = r.team()
	}
	if err := s.teams.complete(ctx, found); err != nil {
		return err
	}
	for _, t := range found {
		for _, c := range calls {
			if c.Team == t.ID {
				own := *t // each call changes its own
				c.Group = &own
			}
		}
	}
	return nil
}

// withProcesses reads the processes of standing calls of this node, which
// have their names.
func (s *Participation) withProcesses(ctx context.Context, calls []*participation.Call) error {
	var ids []string
	for _, c := range calls {
		if c.Standing() && c.Local() {
			ids = append(ids, string(c.Process))
		}
	}
	if len(ids) == 0 {
		return nil
	}
	found, err := s.processes.byIDs(ctx, ids)
	if err != nil {
		return err
	}
	for _, c := range calls {
		if c.Into = found[c.Process]; c.Into != nil {
			c.Title = c.Into.Title
		}
	}
	return nil
}

// count reads the counts of applications, those that were deleted too.
func (s *Participation) count(ctx context.Context, calls map[string]*participation.Call, ids []string) error {
	var rows []struct {
		CallID string
		State  string
		Ground string
		N      int64
	}
	err := s.db.read.NewRaw(`SELECT call_id, state, ground, CAST(SUM(n) AS BIGINT) AS n FROM (
			SELECT call_id, state, ground, COUNT(*) AS n FROM applications WHERE call_id IN (?0) GROUP BY call_id, state, ground
			UNION ALL SELECT call_id, state, ground, n FROM application_counts WHERE call_id IN (?0)
		) AS counted GROUP BY call_id, state, ground ORDER BY call_id, state, ground`, bun.List(ids)).Scan(ctx, &rows)
	for _, r := range rows {
		c := calls[r.CallID]
		c.Tally = append(c.Tally, participation.Counted{State: participation.State(r.State), Ground: participation.Ground(r.Ground), N: int(r.N)})
	}
	return translate(err)
}

// TellCall implements participation.Store.
func (s *Participation) TellCall(ctx context.Context, c *participation.Call, news community.News, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := s.communities.writePost(ctx, tx, news.Post, news.Feed); err != nil {
			return err
		}
		return writeCall(ctx, tx, c)
	})
	if err == nil {
		c.Revision++
		news.Post.Revision++
	}
	return err
}

// SaveCall implements participation.Store.
func (s *Participation) SaveCall(ctx context.Context, c *participation.Call, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return writeCall(ctx, tx, c) })
	if err == nil {
		c.Revision++
	}
	return err
}

func writeCall(ctx context.Context, tx bun.Tx, c *participation.Call) error {
	if c.Revision > 0 {
		return changedOne(tx.NewUpdate().Model(callRowOf(c)).WherePK().Where("revision = ?", c.Revision).Exec(ctx))
	}
	_, err := tx.NewInsert().Model(callRowOf(c)).Exec(ctx)
	return err
}
