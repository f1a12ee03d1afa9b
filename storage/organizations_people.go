package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/network"
	"interlink/domain/organization"
)

// invitationRow asks somebody to become a member.
type invitationRow struct {
	bun.BaseModel `bun:"table:group_invitations,alias:i"`

	ID        string `bun:",pk"`
	Serial    int64
	GroupID   string
	Email     string
	EmailKey  string // see emailKey
	PersonID  string
	Role      string
	Language  string
	InvitedBy string
	Hash      string
	CreatedAt Stamp
	ExpiresAt Stamp
}

func invitationRowOf(i organization.Invitation) *invitationRow {
	return &invitationRow{
		ID: string(i.ID), Serial: int64(i.Serial), GroupID: string(i.Group), Email: i.Email, EmailKey: emailKey(i.Email), PersonID: string(i.Person),
		Role: string(i.Role), Language: string(i.Language), InvitedBy: string(i.By), Hash: i.Hash,
		CreatedAt: Stamp(i.CreatedAt), ExpiresAt: Stamp(i.ExpiresAt),
	}
}

func (r *invitationRow) invitation() organization.Invitation {
	return organization.Invitation{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Group: domain.ActorID(r.GroupID), Email: r.Email, Person: domain.ActorID(r.PersonID),
		Role: organization.Role(r.Role), Language: domain.Lang(r.Language), By: domain.ActorID(r.InvitedBy), Hash: r.Hash,
		CreatedAt: r.CreatedAt.Time(), ExpiresAt: r.ExpiresAt.Time(),
	}
}

// SavePeople implements organization.Store.
func (s *Organizations) SavePeople(ctx context.Context, g organization.Group, w organization.Written, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := s.db.writeGroup(ctx, tx, g); err != nil {
			return err
		}
		if len(w.End) > 0 {
			if err := endInvitations(ctx, tx, w.End); err != nil {
				return err
			}
		}
		if err := putLetters(ctx, tx, w.Letters); err != nil {
			return err
		}
		return putInvitations(ctx, tx, w.Put)
	})
	if err == nil {
		switch g := g.(type) {
		case *organization.Organization:
			g.Revision++
		case *organization.Team:
			g.Revision++
		}
	}
	return err
}

// EndInvitation implements organization.Store.
func (s *Organizations) EndInvitation(ctx context.Context, id domain.ID, r *organization.Refusal, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := endInvitations(ctx, tx, []domain.ID{id}); err != nil {
			return err
		}
		return putRefusal(ctx, tx, r)
	})
}

// Record implements organization.Store.
func (s *Organizations) Record(ctx context.Context, change domain.Change) error {
	return s.db.InTx(ctx, change, nil)
}

func (d *DB) writeGroup(ctx context.Context, tx bun.Tx, g organization.Group) error {
	if t, ok := g.(*organization.Team); ok {
		return d.writeTeam(ctx, tx, t)
	}
	return d.writeOrganization(ctx, tx, g.(*organization.Organization))
}

// endInvitations removes invitations, and what let their holders sign up.
func endInvitations(ctx context.Context, tx bun.Tx, ids []domain.ID) error {
	if _, err := tx.NewDelete().Model((*secretRow)(nil)).
		Where("hash IN (SELECT hash FROM group_invitations WHERE id IN (?) AND hash <> '')", bun.List(ids)).Exec(ctx); err != nil {
		return err
	}
	res, err := tx.NewDelete().Model((*invitationRow)(nil)).Where("id IN (?)", bun.List(ids)).Exec(ctx)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != int64(len(ids)) {
		return domain.Fail(domain.Conflict, "error.conflict").Because(err)
	}
	return nil
}

func putInvitations(ctx context.Context, tx bun.Tx, list []organization.Invitation) error {
	var rows []*invitationRow
	var secrets []*secretRow
	for _, i := range list {
		rows = append(rows, invitationRowOf(i))
		if !i.Abroad() {
			secrets = append(secrets, secretRowOf(&account.Secret{
				ID: i.ID, Hash: i.Hash, Purpose: account.PurposeInvite, CreatedAt: i.CreatedAt, ExpiresAt: i.ExpiresAt, SeenAt: i.CreatedAt,
			}))
		}
	}
	if err := insertAll(ctx, tx, rows); err != nil {
		return err
	}
	return insertAll(ctx, tx, secrets)
}

// Invitation implements organization.Store.
func (s *Organizations) Invitation(ctx context.Context, id domain.ID) (organization.Invitation, error) {
	return s.invitation(ctx, "i.id = ?", string(id))
}

// InvitationByHash implements organization.Store.
func (s *Organizations) InvitationByHash(ctx context.Context, hash string) (organization.Invitation, error) {
	return s.invitation(ctx, "i.hash = ? AND i.hash <> ''", hash)
}

// InvitationTo implements organization.Store.
func (s *Organizations) InvitationTo(ctx context.Context, group, person domain.ActorID) (organization.Invitation, error) {
	return s.invitation(ctx, "i.group_id = ? AND i.person_id = ? AND i.person_id <> '' AND i.email = ''", string(group), string(person))
}

func (s *Organizations) invitation(ctx context.Context, where string, args ...any) (organization.Invitation, error) {
	row := new(invitationRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, args...).Limit(1).Scan(ctx); err != nil {
		return organization.Invitation{}, translate(err)
	}
	return row.invitation(), nil
}

// Invitations implements organization.Store.
func (s *Organizations) Invitations(ctx context.Context, group domain.ActorID, p domain.Page) (domain.List[organization.Invitation], error) {
	var rows []*invitationRow
	q := s.db.read.NewSelect().Model(&rows).Where("i.group_id = ?", string(group))
	return bySerial(ctx, q, &rows, true, p, func(r *invitationRow) int64 { return r.Serial }, (*invitationRow).invitation)
}

// OpenInvitations implements organization.Store.
func (s *Organizations) OpenInvitations(ctx context.Context, group domain.ActorID) ([]organization.Invitation, error) {
	return s.invitations(ctx, "i.group_id = ?", string(group))
}

// Claimed implements organization.Store.
func (s *Organizations) Claimed(ctx context.Context, person domain.ActorID) ([]organization.Invitation, error) {
	return s.invitations(ctx, "i.person_id = ? AND i.person_id <> '' AND i.email <> ''", string(person))
}

func (s *Organizations) invitations(ctx context.Context, where, arg string) ([]organization.Invitation, error) {
	var rows []*invitationRow
	if err := s.db.read.NewSelect().Model(&rows).Where(where, arg).OrderExpr("i.serial").Scan(ctx); err != nil {
		return nil, translate(err)
	}
	list := make([]organization.Invitation, len(rows))
	for i, r := range rows {
		list[i] = r.invitation()
	}
	return list, nil
}

// ClaimInvitation implements organization.Store.
func (s *Organizations) ClaimInvitation(ctx context.Context, id domain.ID, username string) error {
	_, err := s.db.write.NewUpdate().Model((*invitationRow)(nil)).
		Set("person_id = (SELECT actor_id FROM accounts WHERE username = ?)", username).
		Where("i.id = ? AND i.person_id = '' AND EXISTS (SELECT 1 FROM accounts WHERE username = ?)", string(id), username).Exec(ctx)
	return translate(err)
}

// Persons implements organization.Store.
func (s *Organizations) Persons(ctx context.Context, ids []domain.ActorID) (map[domain.ActorID]bool, error) {
	found := make(map[domain.ActorID]bool, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	var rows []struct{ ID, Host string }
	err := s.db.read.NewSelect().Model((*actorRow)(nil)).Column("id", "host").
		Where("id IN (?) AND type = ? AND gone_at IS NULL", bun.List(ids), string(network.TypePerson)).Scan(ctx, &rows)
	for _, r := range rows {
		found[domain.ActorID(r.ID)] = r.Host == ""
	}
	return found, translate(err)
}

// PersonsNamed implements organization.Store: those whom everybody may know.
func (s *Organizations) PersonsNamed(ctx context.Context, names []string) (map[string]domain.ActorID, error) {
	found := make(map[string]domain.ActorID, len(names))
	if len(names) == 0 {
		return found, nil
	}
	var rows []struct{ ID, Name string }
	err := s.db.read.NewSelect().Model((*actorRow)(nil)).Column("id", "name").
		Where("name IN (?) AND host = '' AND type = ? AND gone_at IS NULL AND visibility = ?",
			bun.List(names), string(network.TypePerson), string(domain.VisiblePublic)).Scan(ctx, &rows)
	for _, r := range rows {
		found[r.Name] = domain.ActorID(r.ID)
	}
	return found, translate(err)
}
