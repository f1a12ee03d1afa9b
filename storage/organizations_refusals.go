package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/organization"
)

// refusalRow is that somebody declined an invitation of a group.
type refusalRow struct {
	bun.BaseModel `bun:"table:invitation_refusals,alias:r"`

	GroupID   string `bun:",pk"`
	Addressee string `bun:",pk"`
	At        Stamp
	UntilAt   Stamp // NULL for ever
	Hash      string
}

// letterRow is that an invitation was sent.
type letterRow struct {
	bun.BaseModel `bun:"table:invitation_letters,alias:l"`

	ID        string `bun:",pk"`
	Addressee string
	SentAt    Stamp
}

func (r *refusalRow) refusal() organization.Refusal {
	return organization.Refusal{Group: domain.ActorID(r.GroupID), Addressee: r.Addressee, At: r.At.Time(), Until: r.UntilAt.Time(), Hash: r.Hash}
}

func putRefusal(ctx context.Context, tx bun.Tx, r *organization.Refusal) error {
	if r == nil {
		return nil
	}
	row := &refusalRow{GroupID: string(r.Group), Addressee: r.Addressee, At: Stamp(r.At), UntilAt: Stamp(r.Until), Hash: r.Hash}
	_, err := tx.NewInsert().Model(row).On("CONFLICT (group_id, addressee) DO UPDATE").Set("at = EXCLUDED.at").Set("hash = EXCLUDED.hash").
		Set("until_at = CASE WHEN r.until_at IS NULL THEN NULL ELSE EXCLUDED.until_at END").Exec(ctx)
	return err
}

func putLetters(ctx context.Context, tx bun.Tx, sent []organization.Letter) error {
	rows := make([]*letterRow, len(sent))
	for i, l := range sent {
		rows[i] = &letterRow{ID: string(l.ID), Addressee: l.Addressee, SentAt: Stamp(l.At)}
	}
	return insertAll(ctx, tx, rows)
}

// Refused implements organization.Store.
func (s *Organizations) Refused(ctx context.Context, group domain.ActorID, addressees []string, now time.Time) (map[string]bool, error) {
	refused := map[string]bool{}
	if len(addressees) == 0 {
		return refused, nil
	}
	var found []string
	err := s.db.read.NewRaw("WITH r AS (SELECT addressee FROM invitation_refusals WHERE group_id = ?0 AND (until_at IS NULL OR until_at > ?1))"+
		" SELECT addressee FROM r WHERE addressee IN (?2) UNION"+
		" SELECT a.actor_id FROM r JOIN accounts AS a ON a.email_key = r.addressee AND a.email_key <> '' WHERE a.actor_id IN (?2)",
		string(group), Stamp(now), bun.List(addressees)).Scan(ctx, &found)
	for _, one := range found {
		refused[one] = true
	}
	return refused, translate(err)
}

// LettersTo implements organization.Store.
func (s *Organizations) LettersTo(ctx context.Context, addressees []string, since time.Time) (map[string]int, error) {
	counts := make(map[string]int, len(addressees))
	if len(addressees) == 0 {
		return counts, nil
	}
	var rows []struct {
		Addressee string
		Count     int
	}
	err := s.db.read.NewSelect().Model((*letterRow)(nil)).ColumnExpr("l.addressee, COUNT(*) AS count").
		Where("l.addressee IN (?) AND l.sent_at > ?", bun.List(addressees), Stamp(since)).GroupExpr("l.addressee").Scan(ctx, &rows)
	for _, r := range rows {
		counts[r.Addressee] = r.Count
	}
	return counts, translate(err)
}

// RefuseMembership implements organization.Store.
func (s *Organizations) RefuseMembership(ctx context.Context, a *organization.Abroad, r *organization.Refusal, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := deleteMembership(ctx, tx, a); err != nil {
			return err
		}
		return putRefusal(ctx, tx, r)
	})
}

// ofAddressee picks what is about a person, or the address of their account.
const ofAddressee = "(addressee = ?0 OR addressee IN (SELECT email_key FROM accounts WHERE actor_id = ?0 AND email_key <> ''))"

// RefusalsOf implements organization.Store.
func (s *Organizations) RefusalsOf(ctx context.Context, person domain.ActorID) ([]organization.Refusal, error) {
	var rows []*refusalRow
	err := s.db.read.NewSelect().Model(&rows).Where("r.until_at IS NULL AND "+ofAddressee, string(person)).OrderExpr("r.at DESC, r.group_id").Limit(domain.MaxPage).Scan(ctx)
	list := make([]organization.Refusal, len(rows))
	for i, r := range rows {
		list[i] = r.refusal()
	}
	return list, translate(err)
}

// DropRefusal implements organization.Store.
func (s *Organizations) DropRefusal(ctx context.Context, person, group domain.ActorID) error {
	_, err := s.db.write.NewRaw("DELETE FROM invitation_refusals WHERE group_id = ?1 AND "+ofAddressee, string(person), string(group)).Exec(ctx)
	return translate(err)
}

// RefusalByHash implements organization.Store.
func (s *Organizations) RefusalByHash(ctx context.Context, hash string) (organization.Refusal, error) {
	row := new(refusalRow)
	if err := s.db.read.NewSelect().Model(row).Where("r.hash = ? AND r.hash <> ''", hash).Limit(1).Scan(ctx); err != nil {
		return organization.Refusal{}, translate(err)
	}
	return row.refusal(), nil
}

// DropRefusalOf implements organization.Store.
func (s *Organizations) DropRefusalOf(ctx context.Context, r organization.Refusal) error {
	_, err := s.db.write.NewDelete().Model((*refusalRow)(nil)).Where("group_id = ? AND addressee = ?", string(r.Group), r.Addressee).Exec(ctx)
	return translate(err)
}
