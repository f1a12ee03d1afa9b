package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/legal"
)

// Legal keeps the pages of law, and who accepted the terms.
type Legal struct{ db *DB }

// NewLegal makes the store.
func NewLegal(db *DB) *Legal { return &Legal{db} }

var _ legal.Store = (*Legal)(nil)

type legalPageRow struct {
	bun.BaseModel `bun:"table:legal_pages,alias:p"`

	Kind         string `bun:",pk"`
	Number       int    // of the latest version; 0 for none
	Drafted      bool
	Draft        domain.Text
	DraftChanges domain.Text
	DraftDemands bool
	Revision     int64
}

func legalPageRowOf(p *legal.Page) *legalPageRow {
	row := &legalPageRow{Kind: string(p.Kind), Revision: p.Revision + 1}
	if p.Latest != nil {
		row.Number = p.Latest.Number
	}
	if d := p.Draft; d != nil {
		row.Drafted, row.Draft, row.DraftChanges, row.DraftDemands = true, d.Text, d.Changes, d.Demands
	}
	return row
}

type legalVersionRow struct {
	bun.BaseModel `bun:"table:legal_versions,alias:v"`

	Kind        string `bun:",pk"`
	Number      int    `bun:",pk"`
	Text        domain.Text
	Changes     domain.Text
	Demands     bool
	PublishedBy string
	At          Stamp
}

func (r *legalVersionRow) version() *legal.Version {
	return &legal.Version{
		Kind: legal.Kind(r.Kind), Number: r.Number, Words: legal.Words{Text: r.Text, Changes: r.Changes, Demands: r.Demands},
		By: domain.ActorID(r.PublishedBy), At: r.At.Time(),
	}
}

type termsAcceptanceRow struct {
	bun.BaseModel `bun:"table:terms_acceptances,alias:t"`

	PersonID string `bun:",pk"`
	Number   int    `bun:",pk"`
	At       Stamp
}

// owesTerms reports of an account, a, whether it must accept terms.
const owesTerms = `EXISTS (SELECT 1 FROM legal_versions AS v WHERE v.kind = 'terms' AND v.demands
	AND NOT EXISTS (SELECT 1 FROM terms_acceptances AS t WHERE t.person_id = a.actor_id AND t.number >= v.number))`

// Pages implements legal.Store.
func (s *Legal) Pages(ctx context.Context) ([]*legal.Page, error) {
	return s.pages(ctx, s.db.read.NewSelect().Model((*legalPageRow)(nil)))
}

// Page implements legal.Store.
func (s *Legal) Page(ctx context.Context, kind legal.Kind) (*legal.Page, error) {
	found, err := s.pages(ctx, s.db.read.NewSelect().Model((*legalPageRow)(nil)).Where("p.kind = ?", string(kind)))
	if err != nil || len(found) == 0 {
		return &legal.Page{Kind: kind}, err
	}
	return found[0], nil
}

func (s *Legal) pages(ctx context.Context, q *bun.SelectQuery) ([]*legal.Page, error) {
	var rows []*legalPageRow
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, translate(err)
	}
	var latest []*legalVersionRow
	if err := s.db.read.NewSelect().Model(&latest).Join("JOIN legal_pages AS p ON p.kind = v.kind AND p.number = v.number").Scan(ctx); err != nil {
		return nil, translate(err)
	}
	pages := make([]*legal.Page, len(rows))
	for i, r := range rows {
		pages[i] = &legal.Page{Kind: legal.Kind(r.Kind), Revision: r.Revision}
		if r.Drafted {
			pages[i].Draft = &legal.Words{Text: r.Draft, Changes: r.DraftChanges, Demands: r.DraftDemands}
		}
		for _, v := range latest {
			if v.Kind == r.Kind {
				pages[i].Latest = v.version()
			}
		}
	}
	return pages, nil
}

// Version implements legal.Store.
func (s *Legal) Version(ctx context.Context, kind legal.Kind, number int) (*legal.Version, error) {
	return s.version(ctx, s.db.read.NewSelect().Where("v.kind = ? AND v.number = ?", string(kind), number))
}

// Latest implements legal.Store.
func (s *Legal) Latest(ctx context.Context, kind legal.Kind) (*legal.Version, error) {
	return s.version(ctx, s.db.read.NewSelect().Where("v.kind = ?", string(kind)).OrderExpr("v.number DESC").Limit(1))
}

func (s *Legal) version(ctx context.Context, q *bun.SelectQuery) (*legal.Version, error) {
	row := new(legalVersionRow)
	if err := q.Model(row).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.version(), nil
}

// Versions implements legal.Store.
func (s *Legal) Versions(ctx context.Context, kind legal.Kind, page domain.Page) (domain.List[*legal.Version], error) {
	var list domain.List[*legal.Version]
	after, err := page.AfterSerial()
	if err != nil {
		return list, err
	}
	count, err := s.db.read.NewSelect().Model((*legalVersionRow)(nil)).Where("v.kind = ?", string(kind)).Count(ctx)
	if err != nil {
		return list, translate(err)
	}
	list.Total = int(count)
	var rows []*legalVersionRow
	q := s.db.read.NewSelect().Model(&rows).ExcludeColumn("text").Where("v.kind = ?", string(kind)).OrderExpr("v.number DESC").Limit(int64(page.Size() + 1))
	if after > 0 {
		q = q.Where("v.number < ?", int64(after))
	}
	if err := q.Scan(ctx); err != nil {
		return list, translate(err)
	}
	for _, r := range rows[:min(len(rows), page.Size())] {
		list.Items = append(list.Items, r.version())
	}
	if len(rows) > page.Size() {
		list.Next = domain.Serial(rows[page.Size()-1].Number).Cursor()
	}
	return list, nil
}

// Since implements legal.Store.
func (s *Legal) Since(ctx context.Context, kind legal.Kind, number int) ([]*legal.Version, error) {
	var rows []*legalVersionRow
	err := s.db.read.NewSelect().Model(&rows).ExcludeColumn("text").Where("v.kind = ? AND v.number > ?", string(kind), number).OrderExpr("v.number DESC").Limit(20).Scan(ctx)
	var versions []*legal.Version
	for _, r := range rows {
		versions = append(versions, r.version())
	}
	return versions, translate(err)
}

// SaveDraft implements legal.Store.
func (s *Legal) SaveDraft(ctx context.Context, p *legal.Page) error {
	err := s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error { return saveLegalPage(ctx, tx, p) })
	if err == nil {
		p.Revision++
	}
	return err
}

// saveLegalPage stores a page that is as it was read.
func saveLegalPage(ctx context.Context, tx bun.Tx, p *legal.Page) error {
	q := tx.NewInsert().Model(legalPageRowOf(p)).On("CONFLICT (kind) DO UPDATE")
	for _, column := range []string{"number", "drafted", "draft", "draft_changes", "draft_demands", "revision"} {
		q = q.Set(column + " = EXCLUDED." + column)
	}
	return changedOne(q.Where("p.revision = ?", p.Revision).Exec(ctx))
}

// Publish implements legal.Store.
func (s *Legal) Publish(ctx context.Context, p *legal.Page, v *legal.Version, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := saveLegalPage(ctx, tx, p); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&legalVersionRow{
			Kind: string(v.Kind), Number: v.Number, Text: v.Text, Changes: v.Changes, Demands: v.Demands, PublishedBy: string(v.By), At: Stamp(v.At),
		}).Exec(ctx)
		return err
	})
	if err == nil {
		p.Revision++
	}
	return err
}

// Demanded implements legal.Store.
func (s *Legal) Demanded(ctx context.Context) (int, error) {
	var number int
	err := s.db.read.NewRaw("SELECT COALESCE(MAX(number), 0) FROM legal_versions WHERE kind = 'terms' AND demands").Scan(ctx, &number)
	return number, translate(err)
}

// Accept implements legal.Store.
func (s *Legal) Accept(ctx context.Context, person domain.ActorID, a legal.Acceptance, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return acceptTerms(ctx, tx, person, a.Version, Stamp(a.At))
	})
}

func acceptTerms(ctx context.Context, tx bun.Tx, person domain.ActorID, number int, at Stamp) error {
	_, err := tx.NewInsert().Model(&termsAcceptanceRow{PersonID: string(person), Number: number, At: at}).On("CONFLICT (person_id, number) DO NOTHING").Exec(ctx)
	return err
}

// Acceptances implements legal.Store.
func (s *Legal) Acceptances(ctx context.Context, person domain.ActorID) ([]legal.Acceptance, error) {
	var rows []*termsAcceptanceRow
	err := s.db.read.NewSelect().Model(&rows).Where("t.person_id = ?", string(person)).OrderExpr("t.number DESC").Limit(100).Scan(ctx)
	var out []legal.Acceptance
	for _, r := range rows {
		out = append(out, legal.Acceptance{Version: r.Number, At: r.At.Time()})
	}
	return out, translate(err)
}
