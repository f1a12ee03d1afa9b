package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/organization"
)

// abroadRow is what is between a person here and a group of another node.
type abroadRow struct {
	bun.BaseModel `bun:"table:memberships_abroad,alias:m"`

	ID       string `bun:",pk"`
	Serial   int64
	PersonID string
	GroupID  string
	State    string
	Activity string
	Since    Stamp
}

func abroadRowOf(a *organization.Abroad) *abroadRow {
	return &abroadRow{
		ID: string(a.ID), Serial: int64(a.Serial), PersonID: string(a.Person), GroupID: string(a.Group), State: string(a.State),
		Activity: string(a.Activity), Since: Stamp(a.Since),
	}
}

func (r *abroadRow) abroad() *organization.Abroad {
	return &organization.Abroad{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Person: domain.ActorID(r.PersonID), Group: domain.ActorID(r.GroupID),
		State: organization.AbroadState(r.State), Activity: domain.IRI(r.Activity), Since: r.Since.Time(),
	}
}

// Membership implements organization.Store.
func (s *Organizations) Membership(ctx context.Context, person, group domain.ActorID) (*organization.Abroad, error) {
	return s.abroad(ctx, "m.person_id = ? AND m.group_id = ?", string(person), string(group))
}

// MembershipByID implements organization.Store.
func (s *Organizations) MembershipByID(ctx context.Context, id domain.ID) (*organization.Abroad, error) {
	return s.abroad(ctx, "m.id = ?", string(id))
}

func (s *Organizations) abroad(ctx context.Context, where string, args ...any) (*organization.Abroad, error) {
	row := new(abroadRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, args...).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.abroad(), nil
}

// MembershipsOf implements organization.Store.
func (s *Organizations) MembershipsOf(ctx context.Context, person domain.ActorID, state organization.AbroadState, p domain.Page) (domain.List[*organization.Abroad], error) {
	var rows []*abroadRow
	q := s.db.read.NewSelect().Model(&rows).Where("m.person_id = ?", string(person))
	if state != "" {
		q = q.Where("m.state = ?", string(state))
	}
	return bySerial(ctx, q, &rows, true, p, func(r *abroadRow) int64 { return r.Serial }, (*abroadRow).abroad)
}

// MembershipsIn implements organization.Store.
func (s *Organizations) MembershipsIn(ctx context.Context, group domain.ActorID) ([]*organization.Abroad, error) {
	var rows []*abroadRow
	if err := s.db.read.NewSelect().Model(&rows).Where("m.group_id = ?", string(group)).OrderExpr("m.serial").Scan(ctx); err != nil {
		return nil, translate(err)
	}
	list := make([]*organization.Abroad, len(rows))
	for i, r := range rows {
		list[i] = r.abroad()
	}
	return list, nil
}

// SaveMembership implements organization.Store.
func (s *Organizations) SaveMembership(ctx context.Context, a *organization.Abroad, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(abroadRowOf(a)).On("CONFLICT (person_id, group_id) DO UPDATE").
			Set("state = EXCLUDED.state").Set("activity = EXCLUDED.activity").Set("since = EXCLUDED.since").Exec(ctx)
		return err
	})
}

// DeleteMembership implements organization.Store.
func (s *Organizations) DeleteMembership(ctx context.Context, a *organization.Abroad, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return deleteMembership(ctx, tx, a)
	})
}

func deleteMembership(ctx context.Context, tx bun.Tx, a *organization.Abroad) error {
	return changedOne(tx.NewDelete().Model((*abroadRow)(nil)).Where("id = ?", string(a.ID)).Exec(ctx))
}
