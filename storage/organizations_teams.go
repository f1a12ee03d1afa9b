package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
)

// teamRow is one team.
type teamRow struct {
	bun.BaseModel `bun:"table:teams,alias:t"`

	ID             string `bun:",pk"`
	Serial         int64
	IRI            string
	Name           string
	OrganizationID string
	Title          domain.Text
	Summary        domain.Text
	Kind           string
	JoinPolicy     string
	CreatedAt      Stamp
	UpdatedAt      Stamp
	GoneAt         Stamp
	Revision       int64
}

func teamRowOf(t *organization.Team) *teamRow {
	return &teamRow{
		ID: string(t.ID), Serial: int64(t.Serial), IRI: string(t.IRI), Name: t.Name, OrganizationID: string(t.Organization),
		Title: t.Title, Summary: t.Summary, Kind: string(t.Kind), JoinPolicy: string(t.JoinPolicy),
		CreatedAt: Stamp(t.CreatedAt), UpdatedAt: Stamp(t.UpdatedAt), Revision: t.Revision,
	}
}

func (r *teamRow) team() *organization.Team {
	return &organization.Team{
		ID: domain.ActorID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Name: r.Name,
		Organization: domain.ActorID(r.OrganizationID), Title: r.Title, Summary: r.Summary,
		Kind: organization.Kind(r.Kind), JoinPolicy: organization.JoinPolicy(r.JoinPolicy),
		CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision,
	}
}

// Team implements organization.Store.
func (s *Organizations) Team(ctx context.Context, id domain.ActorID) (*organization.Team, error) {
	return s.team(ctx, "id = ?", string(id))
}

// TeamNamed implements organization.Store.
func (s *Organizations) TeamNamed(ctx context.Context, name string) (*organization.Team, error) {
	return s.team(ctx, "name = ?", name)
}

func (s *Organizations) team(ctx context.Context, where, arg string) (*organization.Team, error) {
	row := new(teamRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, arg).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	if !row.GoneAt.Time().IsZero() {
		return nil, domain.Fail(domain.Gone, "error.gone")
	}
	t := row.team()
	return t, s.complete(ctx, []*organization.Team{t})
}

// complete reads the members and the organisations of teams.
func (s *Organizations) complete(ctx context.Context, teams []*organization.Team) error {
	if len(teams) == 0 {
		return nil
	}
	var groups, parents []string
	for _, t := range teams {
		groups = append(groups, string(t.ID), string(t.Organization))
		parents = append(parents, string(t.Organization))
	}
	members, err := groupMembers(ctx, s.db, groups)
	if err != nil {
		return err
	}
	var rows []*organizationRow
	if err := s.db.read.NewSelect().Model(&rows).Where("id IN (?)", bun.List(parents)).Scan(ctx); err != nil {
		return translate(err)
	}
	found := make(map[domain.ActorID]*organization.Organization, len(rows))
	for _, r := range rows {
		o := r.organization()
		o.Members = members[r.ID]
		found[o.ID] = o
	}
	for _, t := range teams {
		t.Members, t.Parent = members[string(t.ID)], found[t.Organization]
	}
	return nil
}

// TeamsOf implements organization.Store.
func (s *Organizations) TeamsOf(ctx context.Context, of domain.ActorID, p domain.Page) (domain.List[*organization.Team], error) {
	return s.teams(ctx, p, "t.organization_id = ?", string(of))
}

// TeamsWith implements organization.Store.
func (s *Organizations) TeamsWith(ctx context.Context, member domain.ActorID, p domain.Page) (domain.List[*organization.Team], error) {
	return s.teams(ctx, p, "t.id IN (SELECT group_id FROM group_members WHERE actor_id = ?)", string(member))
}

func (s *Organizations) teams(ctx context.Context, p domain.Page, where, arg string) (domain.List[*organization.Team], error) {
	var rows []*teamRow
	q := s.db.read.NewSelect().Model(&rows).Where(where, arg).Where("t.gone_at IS NULL")
	list, err := bySerial(ctx, q, &rows, true, p, func(r *teamRow) int64 { return r.Serial }, (*teamRow).team)
	if err != nil {
		return list, err
	}
	return list, s.complete(ctx, list.Items)
}

// SaveTeam implements organization.Store.
func (s *Organizations) SaveTeam(ctx context.Context, t *organization.Team, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return s.db.writeTeam(ctx, tx, t) })
	if err == nil {
		t.Revision++
	}
	return err
}

func (d *DB) writeTeam(ctx context.Context, tx bun.Tx, t *organization.Team) error {
	row := teamRowOf(t)
	row.Revision++
	if t.Revision == 0 {
		actor := groupActor(t.ID, t.Serial, t.IRI, network.TypeGroup, network.SubjectTeam, t.Name, t.CreatedAt)
		actor.Titles, actor.Title, actor.Summary, actor.Visibility = t.Title, d.plain(t.Title), d.plain(t.Summary), t.PolicyVisibility()
		if err := insertActor(ctx, tx, actor); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		return replaceMembers(ctx, tx, row.ID, t.Members)
	}
	if err := changedOne(tx.NewUpdate().Model(row).WherePK().Where("revision = ?", t.Revision).Where("gone_at IS NULL").Exec(ctx)); err != nil {
		return err
	}
	if err := updateActor(ctx, tx, t.ID, t.Title, d.plain(t.Title), d.plain(t.Summary), t.PolicyVisibility(), t.UpdatedAt); err != nil {
		return err
	}
	return replaceMembers(ctx, tx, row.ID, t.Members)
}
