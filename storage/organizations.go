package storage

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
)

// Organizations keeps organisations and their teams.
type Organizations struct{ db *DB }

// NewOrganizations makes the store.
func NewOrganizations(db *DB) *Organizations { return &Organizations{db} }

var _ organization.Store = (*Organizations)(nil)

// organizationRow is one organisation.
type organizationRow struct {
	bun.BaseModel `bun:"table:organizations,alias:o"`

	ID         string `bun:",pk"`
	Serial     int64
	IRI        string
	Name       string
	Title      domain.Text
	Summary    domain.Text
	Kind       string
	Visibility string
	Teams      string
	Search     string
	CreatedAt  Stamp
	UpdatedAt  Stamp
	GoneAt     Stamp
	Revision   int64
}

func organizationRowOf(o *organization.Organization) *organizationRow {
	return &organizationRow{
		ID: string(o.ID), Serial: int64(o.Serial), IRI: string(o.IRI), Name: o.Name, Title: o.Title, Summary: o.Summary,
		Kind: string(o.Kind), Visibility: string(o.Visibility), Teams: string(o.Teams), Search: searchable(o.Name, o.Title, o.Summary),
		CreatedAt: Stamp(o.CreatedAt), UpdatedAt: Stamp(o.UpdatedAt), Revision: o.Revision,
	}
}

func (r *organizationRow) organization() *organization.Organization {
	return &organization.Organization{
		ID: domain.ActorID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Name: r.Name, Title: r.Title,
		Summary: r.Summary, Kind: organization.Kind(r.Kind), Visibility: domain.Visibility(r.Visibility),
		Teams: organization.TeamCreation(r.Teams), CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision,
	}
}

// Organization implements organization.Store.
func (s *Organizations) Organization(ctx context.Context, id domain.ActorID) (*organization.Organization, error) {
	return s.organization(ctx, "id = ?", string(id))
}

// OrganizationNamed implements organization.Store.
func (s *Organizations) OrganizationNamed(ctx context.Context, name string) (*organization.Organization, error) {
	return s.organization(ctx, "name = ?", name)
}

func (s *Organizations) organization(ctx context.Context, where, arg string) (*organization.Organization, error) {
	row := new(organizationRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, arg).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	if !row.GoneAt.Time().IsZero() {
		return nil, domain.Fail(domain.Gone, "error.gone")
	}
	o := row.organization()
	members, err := groupMembers(ctx, s.db, []string{row.ID})
	o.Members = members[row.ID]
	return o, err
}

// Organizations implements organization.Store.
func (s *Organizations) Organizations(ctx context.Context, f organization.Filter, p domain.Page) (domain.List[*organization.Organization], error) {
	var rows []*organizationRow
	q := matching(s.db.read.NewSelect().Model(&rows), f.Text).Where("o.gone_at IS NULL")
	if f.Kind != "" {
		q = q.Where("o.kind = ?", string(f.Kind))
	}
	const memberOf = "o.id IN (SELECT group_id FROM group_members WHERE actor_id = ?)"
	if f.Member != domain.Nobody {
		q = q.Where(memberOf, string(f.Member))
	}
	if !f.All {
		q = q.Where("(o.visibility = ? OR "+memberOf+")", string(domain.VisiblePublic), string(f.Viewer))
	}
	list, err := bySerial(ctx, q, &rows, true, p, func(r *organizationRow) int64 { return r.Serial }, (*organizationRow).organization)
	if err != nil {
		return list, err
	}
	ids := make([]string, len(list.Items))
	for i, o := range list.Items {
		ids[i] = string(o.ID)
	}
	members, err := groupMembers(ctx, s.db, ids)
	for _, o := range list.Items {
		o.Members = members[string(o.ID)]
	}
	return list, err
}

// SaveOrganization implements organization.Store.
func (s *Organizations) SaveOrganization(ctx context.Context, o *organization.Organization, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return s.db.writeOrganization(ctx, tx, o) })
	if err == nil {
		o.Revision++
	}
	return err
}

func (d *DB) writeOrganization(ctx context.Context, tx bun.Tx, o *organization.Organization) error {
	row := organizationRowOf(o)
	row.Revision++
	if o.Revision == 0 {
		actor := groupActor(o.ID, o.Serial, o.IRI, network.TypeOrganization, network.SubjectOrganization, o.Name, o.CreatedAt)
		actor.Titles, actor.Title, actor.Summary, actor.Visibility = o.Title, d.plain(o.Title), d.plain(o.Summary), o.Visibility
		if err := insertActor(ctx, tx, actor); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		return replaceMembers(ctx, tx, row.ID, o.Members)
	}
	if err := changedOne(tx.NewUpdate().Model(row).WherePK().Where("revision = ?", o.Revision).Where("gone_at IS NULL").Exec(ctx)); err != nil {
		return err
	}
	if err := updateActor(ctx, tx, o.ID, o.Title, d.plain(o.Title), d.plain(o.Summary), o.Visibility, o.UpdatedAt); err != nil {
		return err
	}
	if _, err := tx.NewUpdate().Model((*actorRow)(nil)).Set("visibility = ?", row.Visibility).
		Where("id IN (SELECT id FROM teams WHERE organization_id = ?)", row.ID).Exec(ctx); err != nil {
		return err
	}
	return replaceMembers(ctx, tx, row.ID, o.Members)
}

// Person implements organization.Store.
func (s *Organizations) Person(ctx context.Context, id domain.ActorID) error {
	row := new(actorRow)
	return translate(s.db.read.NewSelect().Model(row).
		Where("id = ? AND type = ? AND gone_at IS NULL", string(id), string(network.TypePerson)).Scan(ctx))
}

// memberRow is a person in an organisation or team.
type memberRow struct {
	bun.BaseModel `bun:"table:group_members"`

	GroupID string `bun:",pk"`
	ActorID string `bun:",pk"`
	Role    string
	Since   Stamp
}

// groupMembers reads the members of organisations or teams, longest first.
func groupMembers(ctx context.Context, db *DB, groups []string) (map[string]organization.Members, error) {
	members := make(map[string]organization.Members, len(groups))
	if len(groups) == 0 {
		return members, nil
	}
	var rows []memberRow
	err := db.read.NewSelect().Model(&rows).Where("group_id IN (?)", bun.List(groups)).
		OrderExpr("since, actor_id").Scan(ctx)
	for _, r := range rows {
		members[r.GroupID] = append(members[r.GroupID], organization.Member{
			Actor: domain.ActorID(r.ActorID), Role: organization.Role(r.Role), Since: r.Since.Time(),
		})
	}
	return members, translate(err)
}

// replaceMembers writes the members of a group in place of those it had.
func replaceMembers(ctx context.Context, tx bun.Tx, group string, members organization.Members) error {
	if _, err := tx.NewDelete().Model((*memberRow)(nil)).Where("group_id = ?", group).Exec(ctx); err != nil {
		return err
	}
	rows := make([]memberRow, len(members))
	for i, m := range members {
		rows[i] = memberRow{GroupID: group, ActorID: string(m.Actor), Role: string(m.Role), Since: Stamp(m.Since)}
	}
	return insertAll(ctx, tx, rows)
}

// insertAll inserts rows in statements of a bounded length.
func insertAll[R any](ctx context.Context, tx bun.Tx, rows []R) error {
	for start := 0; start < len(rows); start += 250 {
		page := rows[start:min(start+250, len(rows))]
		if _, err := tx.NewInsert().Model(&page).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// groupActor makes the actor of an organisation, team or process of this
// node, with the addresses of DESIGN §5.
func groupActor(id domain.ActorID, serial domain.Serial, iri domain.IRI, t network.ActorType, subject, name string, at time.Time) *network.Actor {
	scheme, rest, _ := strings.Cut(string(iri), "://")
	host, _, _ := strings.Cut(rest, "/")
	return &network.Actor{
		ID: id, Serial: serial, IRI: iri, Type: t, Subject: subject, Name: name, URL: iri,
		Inbox: iri + "/inbox", SharedInbox: domain.IRI(scheme + "://" + host + "/inbox"),
		Outbox: iri + "/outbox", Followers: iri + "/followers",
		Discoverable: true, Indexable: true, Visibility: domain.VisiblePublic, CreatedAt: at, UpdatedAt: at,
	}
}
