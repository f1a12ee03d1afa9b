package storage

import (
	"context"
	"strconv"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
)

// assignmentRow is what one person was asked to do in a task.
type assignmentRow struct {
	bun.BaseModel `bun:"table:assignments,alias:a"`

	ID           string `bun:",pk"`
	Serial       int64
	IRI          string
	Host         string
	ProcessID    string
	ProcessIRI   string
	ProcessTitle domain.Text
	ItemID       string
	ItemIRI      string
	ItemName     domain.Text
	ResourceID   string
	ResourceName string
	AssigneeID   string
	TeamID       string
	Subject      string
	Instructions string
	DueAt        Stamp
	State        string
	Reason       string
	GivenBy      string
	OfferIRI     string
	ClaimIRI     string
	Claim        *coproduction.ClaimElsewhere
	CreatedAt    Stamp
	UpdatedAt    Stamp
	Revision     int64
}

// assignmentRowOf makes a row whose revision is one more.
func assignmentRowOf(a *coproduction.Assignment) *assignmentRow {
	claim := domain.IRI("")
	if a.Claim != nil {
		claim = a.Claim.IRI
	}
	return &assignmentRow{
		ID: string(a.ID), Serial: int64(a.Serial), IRI: string(a.IRI), Host: a.Host, ProcessID: string(a.Process), ProcessIRI: string(a.ProcessIRI),
		ProcessTitle: a.ProcessTitle, ItemID: string(a.Item), ItemIRI: string(a.ItemIRI), ItemName: a.ItemName, ResourceID: string(a.Resource),
		ResourceName: a.ResourceName, AssigneeID: string(a.Assignee), TeamID: string(a.Team), Subject: a.Subject, Instructions: a.Instructions,
		DueAt: Stamp(a.Due), State: string(a.State), Reason: a.Reason, GivenBy: string(a.GivenBy), OfferIRI: string(a.Offer),
		ClaimIRI: string(claim), Claim: a.Claim, CreatedAt: Stamp(a.CreatedAt), UpdatedAt: Stamp(a.UpdatedAt), Revision: a.Revision + 1,
	}
}

func (r *assignmentRow) assignment() *coproduction.Assignment {
	return &coproduction.Assignment{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Host: r.Host, Process: domain.ActorID(r.ProcessID),
		ProcessIRI: domain.IRI(r.ProcessIRI), ProcessTitle: r.ProcessTitle, Item: domain.ID(r.ItemID), ItemIRI: domain.IRI(r.ItemIRI),
		ItemName: r.ItemName, Resource: domain.ID(r.ResourceID), ResourceName: r.ResourceName, Assignee: domain.ActorID(r.AssigneeID),
		Team: domain.ActorID(r.TeamID), Subject: r.Subject, Instructions: r.Instructions, Due: r.DueAt.Time(),
		State: coproduction.AssignmentState(r.State), Reason: r.Reason, GivenBy: domain.ActorID(r.GivenBy), Offer: domain.IRI(r.OfferIRI),
		Claim: r.Claim, CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision,
	}
}

// Assignment implements coproduction.Works.
func (s *Processes) Assignment(ctx context.Context, id domain.ID) (*coproduction.Assignment, error) {
	return s.assignment(ctx, "id = ?", string(id))
}

// AssignmentByIRI implements coproduction.Works.
func (s *Processes) AssignmentByIRI(ctx context.Context, iri domain.IRI) (*coproduction.Assignment, error) {
	return s.assignment(ctx, "iri = ?", string(iri))
}

// AssignmentByClaim implements coproduction.Works.
func (s *Processes) AssignmentByClaim(ctx context.Context, claim domain.IRI) (*coproduction.Assignment, error) {
	return s.assignment(ctx, "claim_iri <> '' AND claim_iri = ?", string(claim))
}

func (s *Processes) assignment(ctx context.Context, where, arg string) (*coproduction.Assignment, error) {
	row := new(assignmentRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, arg).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.assignment(), nil
}

// unfinished are the states of assignments that go on.
const unfinished = "a.state IN ('open', 'accepted')"

// Assignments implements coproduction.Works.
func (s *Processes) Assignments(ctx context.Context, f coproduction.AssignmentFilter, p domain.Page) (domain.List[*coproduction.Assignment], error) {
	var rows []*assignmentRow
	q := works(s.db.read.NewSelect().Model(&rows), "a.assignee_id", f.WorkFilter)
	if f.Unfinished {
		q = q.Where(unfinished)
	}
	return bySerial(ctx, q, &rows, true, p, func(r *assignmentRow) int64 { return r.Serial }, (*assignmentRow).assignment)
}

// works narrows a list of what people do.
func works(q *bun.SelectQuery, person string, f coproduction.WorkFilter) *bun.SelectQuery {
	if f.Process != domain.Nobody {
		q = q.Where("process_id = ?", string(f.Process))
	}
	if f.Item != "" {
		q = q.Where("item_id = ?", string(f.Item))
	}
	if f.Person != domain.Nobody {
		q = q.Where("? = ?", bun.Safe(person), string(f.Person))
	}
	if f.Confined {
		q = q.Where("item_id IN (?)", bun.List(append([]domain.ID{""}, f.Inside...))) // "" is no item's id
	}
	return q
}

// Unfinished implements coproduction.Works.
func (s *Processes) Unfinished(ctx context.Context, process domain.ActorID, item domain.ID) ([]coproduction.Assignment, error) {
	var rows []*assignmentRow
	err := s.db.read.NewSelect().Model(&rows).Where("a.process_id = ? AND a.item_id = ?", string(process), string(item)).Where(unfinished).Scan(ctx)
	all := make([]coproduction.Assignment, len(rows))
	for i, r := range rows {
		all[i] = *r.assignment()
	}
	return all, translate(err)
}

// SaveAssignment implements coproduction.Works.
func (s *Processes) SaveAssignment(ctx context.Context, a *coproduction.Assignment, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return saveRow(ctx, tx, assignmentRowOf(a), a.Revision)
	})
	if err == nil {
		a.Revision++
	}
	return err
}

// putWorks saves what a change of a process gave and awarded. The process's
// revision guards the contributions.
func putWorks(ctx context.Context, tx bun.Tx, w coproduction.Written) error {
	var assignments []assignmentRow
	for i := range w.Assignments {
		assignments = append(assignments, *assignmentRowOf(&w.Assignments[i]))
	}
	if err := insertAll(ctx, tx, assignments); err != nil {
		return err
	}
	for i := range w.Contributions {
		if err := saveRow(ctx, tx, contributionRowOf(&w.Contributions[i]), w.Contributions[i].Revision); err != nil {
			return err
		}
	}
	return nil
}

// contributionRow is what somebody says that they did in a task.
type contributionRow struct {
	bun.BaseModel `bun:"table:contributions,alias:c"`

	ID           string `bun:",pk"`
	Serial       int64
	IRI          string
	OfferIRI     string
	ProcessID    string
	ItemID       string
	ItemName     domain.Text
	ResourceID   string
	AssignmentID string
	PersonID     string
	Title        string
	Content      string
	Kind         string
	State        string
	Level        int64
	Points       int64
	Reason       string
	DecidedBy    string
	DecidedAt    Stamp
	CreatedAt    Stamp
	UpdatedAt    Stamp
	Revision     int64
}

// contributionRowOf makes a row whose revision is one more.
func contributionRowOf(c *coproduction.Contribution) *contributionRow {
	return &contributionRow{
		ID: string(c.ID), Serial: int64(c.Serial), IRI: string(c.IRI), OfferIRI: string(c.Offer), ProcessID: string(c.Process), ItemID: string(c.Item), ItemName: c.ItemName,
		ResourceID: string(c.Resource), AssignmentID: string(c.Assignment), PersonID: string(c.Person), Title: c.Title, Content: c.Content,
		Kind: string(c.Kind), State: string(c.State), Level: int64(c.Level), Points: int64(c.Points), Reason: c.Reason,
		DecidedBy: string(c.DecidedBy), DecidedAt: Stamp(c.DecidedAt), CreatedAt: Stamp(c.CreatedAt), UpdatedAt: Stamp(c.UpdatedAt), Revision: c.Revision + 1,
	}
}

func (r *contributionRow) contribution() *coproduction.Contribution {
	return &coproduction.Contribution{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Offer: domain.IRI(r.OfferIRI), Process: domain.ActorID(r.ProcessID), Item: domain.ID(r.ItemID), ItemName: r.ItemName,
		Resource: domain.ID(r.ResourceID), Assignment: domain.ID(r.AssignmentID), Person: domain.ActorID(r.PersonID), Title: r.Title,
		Content: r.Content, Kind: coproduction.ContributionKind(r.Kind), State: coproduction.ContributionState(r.State),
		Level: coproduction.Level(r.Level), Points: int(r.Points), Reason: r.Reason, DecidedBy: domain.ActorID(r.DecidedBy),
		DecidedAt: r.DecidedAt.Time(), CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision,
	}
}

// Contribution implements coproduction.Works.
func (s *Processes) Contribution(ctx context.Context, id domain.ID) (*coproduction.Contribution, error) {
	return s.contribution(ctx, "id = ?", string(id))
}

// ContributionByIRI implements coproduction.Works.
func (s *Processes) ContributionByIRI(ctx context.Context, iri domain.IRI) (*coproduction.Contribution, error) {
	return s.contribution(ctx, "iri <> '' AND iri = ?", string(iri))
}

func (s *Processes) contribution(ctx context.Context, where, arg string) (*coproduction.Contribution, error) {
	row := new(contributionRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, arg).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.contribution(), nil
}

// Contributions implements coproduction.Works.
func (s *Processes) Contributions(ctx context.Context, f coproduction.ContributionFilter, p domain.Page) (domain.List[*coproduction.Contribution], error) {
	var rows []*contributionRow
	q := works(s.db.read.NewSelect().Model(&rows), "c.person_id", f.WorkFilter)
	if f.State != "" {
		q = q.Where("c.state = ?", string(f.State))
	}
	return bySerial(ctx, q, &rows, true, p, func(r *contributionRow) int64 { return r.Serial }, (*contributionRow).contribution)
}

// Awarded implements coproduction.Works.
func (s *Processes) Awarded(ctx context.Context, process domain.ActorID, item domain.ID) ([]coproduction.Contribution, error) {
	var rows []*contributionRow
	err := s.db.read.NewSelect().Model(&rows).Where("c.process_id = ? AND c.item_id = ? AND c.state = ?", string(process), string(item), string(coproduction.Awarded)).
		OrderExpr("c.serial").Scan(ctx)
	all := make([]coproduction.Contribution, len(rows))
	for i, r := range rows {
		all[i] = *r.contribution()
	}
	return all, translate(err)
}

// Standings implements coproduction.Works. Its cursors are offsets: a place is
// nothing that a row keeps.
func (s *Processes) Standings(ctx context.Context, process domain.ActorID, p domain.Page) (domain.List[coproduction.Standing], error) {
	var list domain.List[coproduction.Standing]
	offset := 0
	if p.After != "" {
		n, err := strconv.Atoi(p.After)
		if err != nil || n < 0 || n > 1_000_000 {
			return list, domain.InvalidField("after", "error.cursor").Because(err)
		}
		offset = n
	}
	var rows []struct {
		PersonID string
		Points   int64
		Awarded  int64
	}
	of := s.db.read.NewSelect().Model((*contributionRow)(nil)).ColumnExpr("c.person_id, SUM(c.points) AS points, COUNT(*) AS awarded").
		Where("c.process_id = ? AND c.state = ?", string(process), string(coproduction.Awarded)).GroupExpr("c.person_id").Having("SUM(c.points) > 0")
	n, err := s.db.read.NewSelect().TableExpr("(?) AS s", of).Count(ctx)
	if err != nil {
		return list, translate(err)
	}
	size := p.Size()
	if err := of.OrderExpr("points DESC, c.person_id").Offset(int64(offset)).Limit(int64(size+1)).Scan(ctx, &rows); err != nil {
		return list, translate(err)
	}
	if len(rows) > size {
		rows, list.Next = rows[:size], strconv.Itoa(offset+size)
	}
	list.Total = int(n)
	for _, r := range rows {
		list.Items = append(list.Items, coproduction.Standing{Person: domain.ActorID(r.PersonID), Points: int(r.Points), Awarded: int(r.Awarded)})
	}
	return list, nil
}

// certificateRow is the public address of what somebody was awarded.
type certificateRow struct {
	bun.BaseModel `bun:"table:certificates,alias:c"`

	ID        string `bun:",pk"`
	Token     string
	ProcessID string
	PersonID  string
	CreatedAt Stamp
	RevokedAt Stamp
}

// Certificate implements coproduction.Works.
func (s *Processes) Certificate(ctx context.Context, token string) (*coproduction.Certificate, error) {
	return s.certificate(ctx, "c.token = ?", token)
}

// CertificateOf implements coproduction.Works.
func (s *Processes) CertificateOf(ctx context.Context, process, person domain.ActorID) (*coproduction.Certificate, error) {
	return s.certificate(ctx, "c.process_id = ? AND c.person_id = ? AND c.revoked_at IS NULL", string(process), string(person))
}

func (s *Processes) certificate(ctx context.Context, where string, args ...any) (*coproduction.Certificate, error) {
	r := new(certificateRow)
	if err := s.db.read.NewSelect().Model(r).Where(where, args...).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return &coproduction.Certificate{
		ID: domain.ID(r.ID), Token: r.Token, Process: domain.ActorID(r.ProcessID), Person: domain.ActorID(r.PersonID),
		CreatedAt: r.CreatedAt.Time(), RevokedAt: r.RevokedAt.Time(),
	}, nil
}

// SaveCertificate implements coproduction.Works.
func (s *Processes) SaveCertificate(ctx context.Context, c *coproduction.Certificate, change domain.Change) error {
	row := &certificateRow{
		ID: string(c.ID), Token: c.Token, ProcessID: string(c.Process), PersonID: string(c.Person), CreatedAt: Stamp(c.CreatedAt), RevokedAt: Stamp(c.RevokedAt),
	}
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(row).On("CONFLICT (id) DO UPDATE").Set("revoked_at = EXCLUDED.revoked_at").Exec(ctx)
		return err
	})
}
