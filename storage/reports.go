package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

type reportRow struct {
	bun.BaseModel `bun:"table:reports,alias:r"`

	ID         string `bun:",pk"`
	Serial     int64
	IRI        string
	ReporterID string
	TargetID   string
	Posts      []string
	ReviewIRI  string

	CommunityID string
	Reason      string
	Forwarded   bool
	State       string
	Note        string
	ResolverID  string
	CreatedAt   Stamp
	ResolvedAt  Stamp
	Revision    int64
}

func reportRowOf(r *community.Report) *reportRow {
	posts := make([]string, len(r.Posts))
	for i, p := range r.Posts {
		posts[i] = string(p)
	}
	return &reportRow{
		ID: string(r.ID), Serial: int64(r.Serial), IRI: string(r.IRI), ReporterID: string(r.Reporter), TargetID: string(r.Target),
		Posts: posts, ReviewIRI: string(r.Review), CommunityID: string(r.Community), Reason: r.Reason, Forwarded: r.Forwarded, State: string(r.State), Note: r.Note, ResolverID: string(r.Resolver),
		CreatedAt: Stamp(r.CreatedAt), ResolvedAt: Stamp(r.ResolvedAt), Revision: r.Revision,
	}
}

func (r *reportRow) report() *community.Report {
	out := &community.Report{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Reporter: domain.ActorID(r.ReporterID),
		Target: domain.ActorID(r.TargetID), Reason: r.Reason, Forwarded: r.Forwarded, State: community.ReportState(r.State),
		Note: r.Note, Resolver: domain.ActorID(r.ResolverID), CreatedAt: r.CreatedAt.Time(), ResolvedAt: r.ResolvedAt.Time(),
		Revision: r.Revision, Community: domain.ActorID(r.CommunityID), Review: domain.IRI(r.ReviewIRI),
	}
	for _, p := range r.Posts {
		out.Posts = append(out.Posts, domain.ID(p))
	}
	return out
}

// Report implements community.Store.
func (s *Communities) Report(ctx context.Context, id domain.ID) (*community.Report, error) {
	row := &reportRow{ID: string(id)}
	if err := s.db.read.NewSelect().Model(row).WherePK().Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.report(), nil
}

// Reports implements community.Store.
func (s *Communities) Reports(ctx context.Context, state community.ReportState, page domain.Page) (domain.List[*community.Report], error) {
	var rows []*reportRow
	q := s.db.read.NewSelect().Model(&rows).Where("r.state = ?", string(state))
	return bySerial(ctx, q, &rows, true, page, func(r *reportRow) int64 { return r.Serial }, (*reportRow).report)
}

// CommunityReports implements community.Store.
func (s *Communities) CommunityReports(ctx context.Context, in domain.ActorID, state community.ReportState, page domain.Page) (domain.List[*community.Report], error) {
	var rows []*reportRow
	q := s.db.read.NewSelect().Model(&rows).Where("r.community_id = ? AND r.community_id <> '' AND r.state = ?", string(in), string(state))
	return bySerial(ctx, q, &rows, true, page, func(r *reportRow) int64 { return r.Serial }, (*reportRow).report)
}

// SaveReport implements community.Store.
func (s *Communities) SaveReport(ctx context.Context, r *community.Report, change domain.Change) error {
	row := reportRowOf(r)
	row.Revision++
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if r.Revision > 0 {
			return changedOne(tx.NewUpdate().Model(row).WherePK().Where("revision = ?", r.Revision).Exec(ctx))
		}
		return changedOne(tx.NewInsert().Model(row).On("CONFLICT (iri) DO NOTHING").Exec(ctx))
	})
	if err == nil {
		r.Revision++
	}
	return err
}
