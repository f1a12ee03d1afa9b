package storage

import (
	"context"
	"slices"

	"interlink/domain"
	"interlink/domain/moderation"
)

// yearOf is the year of a notice, n, in UTC.
func (s *Notices) yearOf() string {
	if s.db.dialect == Postgres {
		return "CAST(EXTRACT(YEAR FROM to_timestamp(n.created_at / 1000000) AT TIME ZONE 'UTC') AS BIGINT)"
	}
	return "CAST(strftime('%Y', n.created_at / 1000000, 'unixepoch') AS INTEGER)"
}

// Years implements moderation.Store. The database counts.
func (s *Notices) Years(ctx context.Context) ([]moderation.Year, error) {
	years := map[int]*moderation.Year{}
	of := func(at int) *moderation.Year {
		if years[at] == nil {
			years[at] = &moderation.Year{Year: at, Received: map[moderation.Category]int{}, Decided: map[moderation.Outcome]int{}}
		}
		return years[at]
	}
	for _, count := range []func(context.Context, func(int) *moderation.Year) error{s.countReceived, s.countDecided, s.countComplaints, s.medians} {
		if err := count(ctx, of); err != nil {
			return nil, translate(err)
		}
	}
	var out []moderation.Year
	for _, y := range years {
		out = append(out, *y)
	}
	slices.SortFunc(out, func(a, b moderation.Year) int { return b.Year - a.Year })
	return out, nil
}

func (s *Notices) countReceived(ctx context.Context, of func(int) *moderation.Year) error {
	var rows []struct {
		Year, N, Open int
		Category      string
	}
	err := s.db.read.NewRaw("SELECT "+s.yearOf()+" AS year, n.category, COUNT(*) AS n, SUM(CASE WHEN n.state = 'decided' THEN 0 ELSE 1 END) AS open FROM notices AS n GROUP BY 1, 2").Scan(ctx, &rows)
	for _, r := range rows {
		y := of(r.Year)
		y.Received[moderation.Category(r.Category)] += r.N
		y.Open += r.Open
	}
	return err
}

func (s *Notices) countDecided(ctx context.Context, of func(int) *moderation.Year) error {
	var rows []struct {
		Year, N, Automated int
		Outcome, Ground    string
	}
	err := s.db.read.NewRaw("SELECT "+s.yearOf()+` AS year, n.outcome, n.ground, COUNT(*) AS n, SUM(CASE WHEN n.automated THEN 1 ELSE 0 END) AS automated
		FROM notices AS n WHERE n.state = 'decided' GROUP BY 1, 2, 3`).Scan(ctx, &rows)
	for _, r := range rows {
		y := of(r.Year)
		y.Decided[moderation.Outcome(r.Outcome)] += r.N
		y.Automated += r.Automated
		switch moderation.Ground(r.Ground) {
		case moderation.Law:
			y.Law += r.N
		case moderation.Terms:
			y.Terms += r.N
		}
	}
	return err
}

func (s *Notices) countComplaints(ctx context.Context, of func(int) *moderation.Year) error {
	var rows []struct{ Year, N, Upheld int }
	err := s.db.read.NewRaw("SELECT "+s.yearOf()+` AS year, COUNT(*) AS n, SUM(CASE WHEN c.upheld THEN 1 ELSE 0 END) AS upheld
		FROM notice_complaints AS c JOIN notices AS n ON n.id = c.notice_id GROUP BY 1`).Scan(ctx, &rows)
	for _, r := range rows {
		y := of(r.Year)
		y.Complaints, y.Upheld = r.N, r.Upheld
	}
	return err
}

// medians finds of each year the time to the decision that half of them took at
// most; of two in the middle, the longer.
func (s *Notices) medians(ctx context.Context, of func(int) *moderation.Year) error {
	var rows []struct {
		Year int
		Took int64 // microseconds
	}
	err := s.db.read.NewRaw("SELECT year, took FROM (SELECT year, took, ROW_NUMBER() OVER (PARTITION BY year ORDER BY took) AS place, COUNT(*) OVER (PARTITION BY year) AS n FROM (SELECT "+
		s.yearOf()+" AS year, n.decided_at - n.created_at AS took FROM notices AS n WHERE n.state = 'decided') AS t) AS p WHERE place = n / 2 + 1").Scan(ctx, &rows)
	for _, r := range rows {
		of(r.Year).MedianHour = int(r.Took / 3_600_000_000)
	}
	return err
}

// statementRow is a decision with whether it was reversed.
type statementRow struct {
	noticeRow `bun:",extend"`

	Reversed bool `bun:",scanonly"`
}

// Statements implements moderation.Store.
func (s *Notices) Statements(ctx context.Context, page domain.Page) (domain.List[moderation.Statement], error) {
	var rows []*statementRow
	q := s.db.read.NewSelect().Model(&rows).Column("n.serial", "n.category", "n.outcome", "n.ground", "n.provision", "n.automated", "n.decided_at").
		ColumnExpr("EXISTS (SELECT 1 FROM notice_complaints AS c WHERE c.notice_id = n.id AND c.side = 'affected' AND c.upheld) AS reversed").
		Where("n.state = 'decided' AND n.outcome <> 'nothing'")
	return bySerial(ctx, q, &rows, true, page, func(r *statementRow) int64 { return r.Serial }, func(r *statementRow) moderation.Statement {
		return moderation.Statement{
			Category: moderation.Category(r.Category), Outcome: moderation.Outcome(r.Outcome), Ground: moderation.Ground(r.Ground), Provision: r.Provision,
			Automated: r.Automated, At: r.DecidedAt.Time(), Reversed: r.Reversed,
		}
	})
}
