package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/personal"
)

// Personal keeps what belongs to people taking their data and leaving.
type Personal struct{ db *DB }

// NewPersonal makes the store.
func NewPersonal(db *DB) *Personal { return &Personal{db} }

var _ personal.Store = (*Personal)(nil)

type accountDeletionRow struct {
	bun.BaseModel `bun:"table:account_deletions,alias:d"`

	ID          string `bun:",pk"`
	AccountID   string
	ActorID     string
	SuccessorID string
	Hash        string
	Link        string
	State       string
	Email       string
	Language    string
	ActivityID  string
	AskedAt     Stamp
	DueAt       Stamp
	ErasedAt    Stamp
	DoneAt      Stamp
}

func accountDeletionRowOf(d *personal.Deletion) *accountDeletionRow {
	return &accountDeletionRow{
		ID: string(d.ID), AccountID: string(d.Account), ActorID: string(d.Actor), SuccessorID: string(d.Successor), Hash: d.Hash, Link: d.Link,
		State: string(d.State), Email: d.Email, Language: string(d.Language), ActivityID: string(d.Activity),
		AskedAt: Stamp(d.AskedAt), DueAt: Stamp(d.DueAt), ErasedAt: Stamp(d.ErasedAt), DoneAt: Stamp(d.DoneAt),
	}
}

func (r *accountDeletionRow) deletion() *personal.Deletion {
	return &personal.Deletion{
		ID: domain.ID(r.ID), Account: domain.ID(r.AccountID), Actor: domain.ActorID(r.ActorID), Successor: domain.ActorID(r.SuccessorID),
		Hash: r.Hash, Link: r.Link, State: personal.State(r.State), Email: r.Email, Language: domain.Lang(r.Language), Activity: domain.ID(r.ActivityID),
		AskedAt: r.AskedAt.Time(), DueAt: r.DueAt.Time(), ErasedAt: r.ErasedAt.Time(), DoneAt: r.DoneAt.Time(),
	}
}

// Deletion implements personal.Store.
func (s *Personal) Deletion(ctx context.Context, id domain.ID) (*personal.Deletion, error) {
	return s.deletion(ctx, "d.id = ?", string(id))
}

// DeletionByHash implements personal.Store.
func (s *Personal) DeletionByHash(ctx context.Context, hash string) (*personal.Deletion, error) {
	return s.deletion(ctx, "d.hash = ?", hash)
}

// DeletionOf implements personal.Store.
func (s *Personal) DeletionOf(ctx context.Context, id domain.ID) (*personal.Deletion, error) {
	return s.deletion(ctx, "d.account_id = ?", string(id))
}

func (s *Personal) deletion(ctx context.Context, where, arg string) (*personal.Deletion, error) {
	row := new(accountDeletionRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, arg).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.deletion(), nil
}

// AskDeletion implements personal.Store.
func (s *Personal) AskDeletion(ctx context.Context, d *personal.Deletion, a *account.Account, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewInsert().Model(accountDeletionRowOf(d)).Exec(ctx); err != nil {
			return err
		}
		row := accountRowOf(a)
		if err := changedOne(tx.NewUpdate().Model(row).Set("state = ?", row.State).Set("updated_at = ?", row.UpdatedAt).Set("revision = revision + 1").
			WherePK().Where("revision = ?", a.Revision).Exec(ctx)); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model((*secretRow)(nil)).Where("account_id = ?", row.ID).Exec(ctx)
		return err
	})
}

// CallOff implements personal.Store.
func (s *Personal) CallOff(ctx context.Context, d *personal.Deletion, at time.Time, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := changedOne(tx.NewRaw("DELETE FROM account_deletions WHERE id = ? AND state = ?", string(d.ID), string(personal.Waiting)).Exec(ctx)); err != nil {
			return err
		}
		return changedOne(tx.NewRaw("UPDATE accounts SET state = ?, updated_at = ?, revision = revision + 1 WHERE id = ? AND state = ?",
			string(account.Active), Stamp(at), string(d.Account), string(account.Leaving)).Exec(ctx))
	})
}

// Due implements personal.Store.
func (s *Personal) Due(ctx context.Context, now time.Time) ([]domain.ID, error) {
	var ids []domain.ID
	err := s.db.read.NewRaw("SELECT id FROM account_deletions WHERE state = 'waiting' AND due_at <= ? ORDER BY due_at LIMIT 100", Stamp(now)).Scan(ctx, &ids)
	return ids, translate(err)
}

// answered are deliveries that ended, as the states of receipts: a host that
// says no is told from one that did not answer.
const answered = `CASE WHEN v.state = 'done' THEN 'confirmed' WHEN v.last_status BETWEEN 400 AND 499 THEN 'refused' ELSE 'given_up' END`

// Settle implements personal.Store.
func (s *Personal) Settle(ctx context.Context) ([]*personal.Deletion, error) {
	var rows []*accountDeletionRow
	err := s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, query := range []string{
			`UPDATE deletion_receipts SET (state, status, at) = (SELECT ` + answered + `, v.last_status, v.done_at FROM deliveries AS v JOIN account_deletions AS d ON d.activity_id = v.activity_id
				WHERE d.id = deletion_receipts.deletion_id AND v.inbox = deletion_receipts.inbox)
			WHERE state = 'pending' AND EXISTS (SELECT 1 FROM deliveries AS v JOIN account_deletions AS d ON d.activity_id = v.activity_id
				WHERE d.id = deletion_receipts.deletion_id AND v.inbox = deletion_receipts.inbox AND v.state IN ('done', 'dead'))`,
			// Once the request is written, who is not asked is blocked.
			`UPDATE deletion_receipts SET state = 'blocked' WHERE state = 'pending' AND EXISTS (SELECT 1 FROM account_deletions AS d JOIN activities AS a ON a.id = d.activity_id
				WHERE d.id = deletion_receipts.deletion_id AND NOT EXISTS (SELECT 1 FROM deliveries AS v WHERE v.activity_id = a.id AND v.inbox = deletion_receipts.inbox))`,
		} {
			if _, err := tx.NewRaw(query).Exec(ctx); err != nil {
				return err
			}
		}
		return tx.NewSelect().Model(&rows).Where("d.state = 'sent'").Where("EXISTS (SELECT 1 FROM activities AS a WHERE a.id = d.activity_id)").
			Where("NOT EXISTS (SELECT 1 FROM deletion_receipts AS r WHERE r.deletion_id = d.id AND r.state = 'pending')").OrderExpr("d.due_at").Limit(100).Scan(ctx)
	})
	var deletions []*personal.Deletion
	for _, r := range rows {
		deletions = append(deletions, r.deletion())
	}
	return deletions, err
}

// Finish implements personal.Store. What came for the person meanwhile goes as
// well.
func (s *Personal) Finish(ctx context.Context, d *personal.Deletion, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := changedOne(tx.NewUpdate().Model(accountDeletionRowOf(d)).WherePK().Where("state = ?", string(personal.Sent)).Exec(ctx)); err != nil {
			return err
		}
		if err := forgetInbox(ctx, tx, string(d.Actor)); err != nil {
			return err
		}
		_, err := tx.NewUpdate().Model((*keyRow)(nil)).Set("retired_at = ?", Stamp(d.DoneAt)).Where("actor_id = ? AND retired_at IS NULL", string(d.Actor)).Exec(ctx)
		return err
	})
}

// Forget implements personal.Store.
func (s *Personal) Forget(ctx context.Context, before time.Time) error {
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		for _, query := range []string{
			"DELETE FROM deletion_receipts WHERE deletion_id IN (SELECT id FROM account_deletions WHERE state = 'done' AND done_at < ?)",
			"DELETE FROM deliveries WHERE activity_id IN (SELECT activity_id FROM account_deletions WHERE state = 'done' AND done_at < ?)",
			"DELETE FROM activities WHERE id IN (SELECT activity_id FROM account_deletions WHERE state = 'done' AND done_at < ?)",
			"DELETE FROM account_deletions WHERE state = 'done' AND done_at < ?",
		} {
			if _, err := tx.NewRaw(query, Stamp(before)).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// receiptsNow are the receipts of one deletion, by host, as they are at this
// moment.
const receiptsNow = `SELECT r.host, r.inbox, CASE WHEN r.state = 'pending' AND v.state IN ('done', 'dead') THEN ` + answered + ` ELSE r.state END AS state,
	COALESCE(v.last_status, r.status) AS status, COALESCE(v.done_at, r.at) AS at
FROM deletion_receipts AS r JOIN account_deletions AS d ON d.id = r.deletion_id
LEFT JOIN deliveries AS v ON v.activity_id = d.activity_id AND d.activity_id <> '' AND v.inbox = r.inbox WHERE r.deletion_id = ?`

// Receipts implements personal.Store. Cursors are inboxes.
func (s *Personal) Receipts(ctx context.Context, deletion domain.ID, p domain.Page) (domain.List[personal.Receipt], error) {
	list := domain.List[personal.Receipt]{Total: -1}
	var rows []struct {
		Host, Inbox, State string
		Status             int
		At                 Stamp
	}
	size := p.Size()
	err := s.db.read.NewRaw("SELECT * FROM ("+receiptsNow+") AS n WHERE n.inbox > ? ORDER BY n.inbox LIMIT ?", string(deletion), p.After, size+1).Scan(ctx, &rows)
	if err != nil {
		return list, translate(err)
	}
	if len(rows) > size {
		rows = rows[:size]
		list.Next = rows[size-1].Inbox
	}
	for _, r := range rows {
		list.Items = append(list.Items, personal.Receipt{Host: r.Host, State: personal.ReceiptState(r.State), Status: r.Status, At: r.At.Time()})
	}
	return list, nil
}

// CountReceipts implements personal.Store.
func (s *Personal) CountReceipts(ctx context.Context, deletion domain.ID) (personal.Receipts, error) {
	var rows []struct {
		State string
		N     int
	}
	err := s.db.read.NewRaw("SELECT n.state, COUNT(*) AS n FROM ("+receiptsNow+") AS n GROUP BY n.state", string(deletion)).Scan(ctx, &rows)
	counts := personal.Receipts{}
	for _, r := range rows {
		counts[personal.ReceiptState(r.State)] = r.N
	}
	return counts, translate(err)
}

// Inboxes returns those of the servers that are asked.
func (s *Personal) Inboxes(ctx context.Context, deletion domain.ID) ([]domain.IRI, error) {
	var inboxes []domain.IRI
	err := s.db.read.NewRaw("SELECT inbox FROM deletion_receipts WHERE deletion_id = ? ORDER BY inbox", string(deletion)).Scan(ctx, &inboxes)
	return inboxes, translate(err)
}

// soleOf are the groups, processes and communities whose only administrator
// is a person.
const soleOf = `SELECT m.group_id FROM group_members AS m WHERE m.actor_id = ?0 AND m.role = 'administrator'
	AND NOT EXISTS (SELECT 1 FROM group_members AS o WHERE o.group_id = m.group_id AND o.role = 'administrator' AND o.actor_id <> ?0)
UNION SELECT g.process_id FROM process_grants AS g WHERE g.actor_id = ?0 AND g.administrator
	AND NOT EXISTS (SELECT 1 FROM process_grants AS o WHERE o.process_id = g.process_id AND o.administrator AND o.actor_id <> ?0)
UNION SELECT c.id FROM communities AS c WHERE c.administrators = ?1`

// Sole implements personal.Store.
func (s *Personal) Sole(ctx context.Context, person domain.ActorID) ([]personal.Part, error) {
	var rows []*actorRow
	err := s.db.read.NewSelect().Model(&rows).Where("id IN ("+soleOf+")", string(person), `["`+string(person)+`"]`).
		Where("host = '' AND gone_at IS NULL").OrderExpr("subject, serial").Scan(ctx)
	var parts []personal.Part
	for _, a := range actorsOf(rows) {
		parts = append(parts, personal.Part{ID: a.ID, Subject: a.Subject, Name: a.Name, Title: a.Title, IRI: a.IRI})
	}
	return parts, translate(err)
}

// LastAdministrator implements personal.Store.
func (s *Personal) LastAdministrator(ctx context.Context, id domain.ID) (bool, error) {
	var last bool
	err := s.db.read.NewRaw(`SELECT EXISTS (SELECT 1 FROM accounts WHERE id = ?0 AND role = 'admin')
		AND NOT EXISTS (SELECT 1 FROM accounts WHERE id <> ?0 AND role = 'admin' AND state = 'active')`, string(id)).Scan(ctx, &last)
	return last, translate(err)
}

// Files implements personal.Store.
func (s *Personal) Files(ctx context.Context, person domain.ActorID) ([]domain.IRI, error) {
	var files []domain.IRI
	err := s.db.read.NewRaw(`SELECT icon FROM actors WHERE id = ?0 AND icon <> ''
		UNION SELECT f.file FROM post_files AS f JOIN posts AS p ON p.id = f.post_id WHERE p.author_id = ?0`, string(person)).Scan(ctx, &files)
	return files, translate(err)
}

// holdings count what there is of a person: ?0 is the actor, ?1 the account.
var holdings = []struct {
	key   string
	kept  bool
	count string
}{
	{"posts", false, "SELECT COUNT(*) FROM posts WHERE author_id = ?0 AND deleted_at IS NULL"},
	{"likes", false, "SELECT COUNT(*) FROM likes WHERE actor_id = ?0"},
	{"votes", false, "SELECT COUNT(*) FROM poll_votes WHERE actor_id = ?0"},
	{"following", false, "SELECT COUNT(*) FROM follows WHERE follower_id = ?0"},
	{"followers", false, "SELECT COUNT(*) FROM follows WHERE followed_id = ?0"},
	{"memberships", false, "SELECT (SELECT COUNT(*) FROM group_members WHERE actor_id = ?0) + (SELECT COUNT(*) FROM memberships_abroad WHERE person_id = ?0)"},
	{"rights", false, "SELECT COUNT(*) FROM process_grants WHERE actor_id = ?0"},
	{"applications", false, "SELECT COUNT(*) FROM applications WHERE applicant_id = ?0"},
	{"sessions", false, "SELECT COUNT(*) FROM account_secrets WHERE account_id = ?1"},
	{"resources", true, "SELECT COUNT(*) FROM resources WHERE created_by = ?0 AND removed_at IS NULL"},
	{"changes", true, "SELECT COUNT(*) FROM events WHERE actor = ?0 AND actor <> '' AND subject_kind = 'process'"},
	{"reports", true, "SELECT COUNT(*) FROM reports WHERE reporter_id = ?0"},
}

// Holdings implements personal.Store.
func (s *Personal) Holdings(ctx context.Context, person domain.ActorID, id domain.ID) ([]personal.Holding, error) {
	query, sep := "", ""
	for i, h := range holdings {
		query += sep + "SELECT " + string(rune('0'+i/10)) + string(rune('0'+i%10)) + " AS at, (" + h.count + ") AS n"
		sep = " UNION ALL "
	}
	var rows []struct{ At, N int }
	if err := s.db.read.NewRaw(query, string(person), string(id)).Scan(ctx, &rows); err != nil {
		return nil, translate(err)
	}
	out := make([]personal.Holding, len(holdings))
	for i, h := range holdings {
		out[i] = personal.Holding{Key: h.key, Kept: h.kept}
	}
	for _, r := range rows {
		out[r.At].N = r.N
	}
	return out, nil
}
