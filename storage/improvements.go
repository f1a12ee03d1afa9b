package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
)

var _ lineage.ImprovementStore = (*Releases)(nil)

// improvementRow is what a clone offers to its source.
type improvementRow struct {
	bun.BaseModel `bun:"table:improvements,alias:m"`

	ID          string `bun:",pk"`
	Serial      int64
	IRI         string
	CloneIRI    string
	CloneID     string
	CloneTitle  domain.Text
	Host        string
	SourceIRI   string
	SourceID    string
	SourceTitle domain.Text
	Offer       string
	Against     string
	Checked     bool
	Claimed     bool
	Licence     string
	Note        domain.Text
	Credits     string
	Items       string
	Count       int64
	State       string
	Verdicts    string
	Reason      string
	SentBy      string
	SentAt      Stamp
	AnsweredBy  string
	AnsweredAt  Stamp
	Adopted     bool
	Record      string
	Revision    int64
}

// jsonOf encodes values, each for a column of its own.
func jsonOf(values ...any) ([]string, error) {
	out := make([]string, len(values))
	for i, v := range values {
		raw, err := json.Marshal(v)
		if err != nil {
			return out, err
		}
		out[i] = string(raw)
	}
	return out, nil
}

// ofJSON decodes columns, each into a value of its own.
func ofJSON(columns []string, into ...any) error {
	for i, c := range columns {
		if err := json.Unmarshal([]byte(c), into[i]); err != nil {
			return err
		}
	}
	return nil
}

func improvementRowOf(m *lineage.Improvement) (*improvementRow, error) {
	raw, err := jsonOf(m.Against, m.Credits, m.Items, m.Verdicts, m.Record)
	return &improvementRow{
		ID: string(m.ID), Serial: int64(m.Serial), IRI: string(m.IRI), CloneIRI: string(m.Clone), CloneID: string(m.CloneID), CloneTitle: m.CloneTitle,
		Host: m.Clone.Host(), SourceIRI: string(m.Source), SourceID: string(m.SourceID), SourceTitle: m.SourceTitle, Offer: string(m.Offer),
		Against: raw[0], Checked: m.Against.Checked, Claimed: m.Claimed, Licence: m.Licence, Note: m.Note, Credits: raw[1], Items: raw[2], Count: int64(m.Count),
		State: string(m.State), Verdicts: raw[3], Reason: m.Reason, SentBy: string(m.SentBy), SentAt: Stamp(m.SentAt), AnsweredBy: string(m.AnsweredBy),
		AnsweredAt: Stamp(m.AnsweredAt), Adopted: m.Adopted, Record: raw[4], Revision: m.Revision + 1,
	}, err
}

func (r *improvementRow) improvement() (*lineage.Improvement, error) {
	m := &lineage.Improvement{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Clone: domain.IRI(r.CloneIRI), CloneID: domain.ActorID(r.CloneID),
		CloneTitle: r.CloneTitle, Source: domain.IRI(r.SourceIRI), SourceID: domain.ActorID(r.SourceID), SourceTitle: r.SourceTitle, Offer: domain.IRI(r.Offer),
		Claimed: r.Claimed, Licence: r.Licence, Note: r.Note, Count: int(r.Count), State: lineage.ImprovementState(r.State), Reason: r.Reason,
		SentBy: domain.ActorID(r.SentBy), SentAt: r.SentAt.Time(), AnsweredBy: domain.ActorID(r.AnsweredBy), AnsweredAt: r.AnsweredAt.Time(),
		Adopted: r.Adopted, Revision: r.Revision,
	}
	if err := ofJSON([]string{r.Against, r.Credits, r.Items, r.Verdicts, r.Record}, &m.Against, &m.Credits, &m.Items, &m.Verdicts, &m.Record); err != nil {
		return nil, fmt.Errorf("improvement %s: %w", r.ID, err)
	}
	m.Against.Checked = r.Checked
	return m, nil
}

func (s *Releases) improvement(ctx context.Context, where, arg string) (*lineage.Improvement, error) {
	row := new(improvementRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, arg).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.improvement()
}

// Improvement implements lineage.ImprovementStore.
func (s *Releases) Improvement(ctx context.Context, id domain.ID) (*lineage.Improvement, error) {
	return s.improvement(ctx, "m.id = ?", string(id))
}

// ImprovementAt implements lineage.ImprovementStore.
func (s *Releases) ImprovementAt(ctx context.Context, iri domain.IRI) (*lineage.Improvement, error) {
	return s.improvement(ctx, "m.iri = ?", string(iri))
}

// Improvements implements lineage.ImprovementStore.
func (s *Releases) Improvements(ctx context.Context, process domain.ActorID, sent bool, p domain.Page) (domain.List[*lineage.Improvement], error) {
	side := "m.source_id = ?"
	if sent {
		side = "m.clone_id = ?"
	}
	var rows []*improvementRow
	q := s.db.read.NewSelect().Model(&rows).ExcludeColumn("items", "record").Where(side, string(process)).Where("m.host NOT IN " + blockedHosts)
	list, err := bySerial(ctx, q, &rows, true, p, func(r *improvementRow) int64 { return r.Serial }, func(r *improvementRow) *improvementRow { return r })
	out := domain.List[*lineage.Improvement]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	for _, row := range list.Items {
		row.Items, row.Record = "null", "{}"
		m, err := row.improvement()
		if err != nil {
			return out, err
		}
		out.Items = append(out.Items, m)
	}
	return out, err
}

// Waiting implements lineage.ImprovementStore.
func (s *Releases) Waiting(ctx context.Context, clone domain.ActorID) (int, error) {
	n, err := s.db.read.NewSelect().Model((*improvementRow)(nil)).Where("m.clone_id = ? AND m.state = ?", string(clone), string(lineage.ImprovementOpen)).Count(ctx)
	return int(n), translate(err)
}

// Credits implements lineage.Store.
func (s *Lineage) Credits(ctx context.Context, process domain.ActorID, since time.Time) ([]lineage.Credit, error) {
	var rows []*improvementRow
	q := s.db.read.NewSelect().Model(&rows).ExcludeColumn("items", "record").Where("m.source_id = ?", string(process)).
		Where("m.state IN (?, ?)", string(lineage.ImprovementTaken), string(lineage.ImprovementPartly)).Where("m.host NOT IN " + blockedHosts).
		OrderExpr("m.answered_at DESC").Limit(lineage.MaxCredits)
	if !since.IsZero() {
		q = q.Where("m.answered_at > ?", Stamp(since))
	}
	if err := q.Scan(ctx); err != nil {
		return nil, translate(err)
	}
	var out []lineage.Credit
	for _, row := range rows {
		row.Items, row.Record = "null", "{}"
		m, err := row.improvement()
		if err != nil {
			return nil, err
		}
		out = append(out, lineage.Credit{
			Improvement: m.IRI, Clone: m.Clone, Title: m.CloneTitle, Authors: m.Credits, Licence: m.Licence, Taken: m.Taken(), At: m.AnsweredAt,
		})
	}
	return out, nil
}

// SaveImprovement implements lineage.ImprovementStore.
func (s *Releases) SaveImprovement(ctx context.Context, m *lineage.Improvement, p *coproduction.Process, items []coproduction.Item, bases map[string]*lineage.Base, change domain.Change) error {
	row, err := improvementRowOf(m)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if p != nil {
			if err := putMerged(ctx, tx, p, items, bases); err != nil {
				return err
			}
		}
		return saveRow(ctx, tx, row, m.Revision)
	})
	if err == nil {
		m.Revision = row.Revision
		if p != nil {
			p.Revision++
		}
	}
	return translate(err)
}
