package storage

import (
	"context"
	"errors"
	"strings"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/network"
	"interlink/domain/policy"
)

// Accounts keeps the people who log in here and what lets them in.
type Accounts struct{ db *DB }

// NewAccounts makes the store.
func NewAccounts(db *DB) *Accounts { return &Accounts{db} }

var _ account.Store = (*Accounts)(nil)

// accountRow is one account. Its serial is that of its actor.
type accountRow struct {
	bun.BaseModel `bun:"table:accounts,alias:a"`

	ID            string `bun:",pk"`
	Serial        int64
	ActorID       string
	Username      string
	Email         string
	EmailKey      string // see emailKey
	EmailProvedAt Stamp
	PasswordHash  string
	Role          string
	State         string
	Language      string
	DisplayName   string
	Summary       string
	Reason        string
	CreatedAt     Stamp
	UpdatedAt     Stamp
	Revision      int64
	OwesTerms     bool `bun:",scanonly"`
}

func accountRowOf(a *account.Account) *accountRow {
	return &accountRow{
		ID: string(a.ID), ActorID: string(a.Actor), Username: a.Username, Email: a.Email, EmailKey: emailKey(a.Email),
		EmailProvedAt: Stamp(a.EmailProved), PasswordHash: a.PasswordHash, Role: string(a.Role), State: string(a.State),
		Language: string(a.Language), DisplayName: a.DisplayName, Summary: a.Summary, Reason: a.Reason,
		CreatedAt: Stamp(a.CreatedAt), UpdatedAt: Stamp(a.UpdatedAt), Revision: a.Revision,
	}
}

func (r *accountRow) account() *account.Account {
	return &account.Account{
		ID: domain.ID(r.ID), Actor: domain.ActorID(r.ActorID), Username: r.Username, Email: r.Email,
		EmailProved: r.EmailProvedAt.Time(), PasswordHash: r.PasswordHash, Role: policy.Role(r.Role),
		State: account.State(r.State), Language: domain.Lang(r.Language), DisplayName: r.DisplayName, Summary: r.Summary, Reason: r.Reason,
		CreatedAt: r.CreatedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision, OwesTerms: r.OwesTerms,
	}
}

// emailKey is an address as it is compared. RFC 5321 §2.4 lets a host tell
// "Ana@" from "ana@"; none does, and people mix them.
func emailKey(email string) string { return strings.ToLower(email) }

// Account implements account.Store.
func (s *Accounts) Account(ctx context.Context, id domain.ID) (*account.Account, error) {
	return s.account(ctx, "a.id = ?", string(id))
}

// AccountByActor implements account.Store.
func (s *Accounts) AccountByActor(ctx context.Context, id domain.ActorID) (*account.Account, error) {
	return s.account(ctx, "a.actor_id = ?", string(id))
}

// AccountByUsername implements account.Store.
func (s *Accounts) AccountByUsername(ctx context.Context, name string) (*account.Account, error) {
	return s.account(ctx, "a.username = ?", name)
}

// AccountByEmail implements account.Store.
func (s *Accounts) AccountByEmail(ctx context.Context, email string) (*account.Account, error) {
	return s.account(ctx, "a.email_key = ? AND a.email_key <> ''", emailKey(email))
}

func (s *Accounts) account(ctx context.Context, where, arg string) (*account.Account, error) {
	row := new(accountRow)
	if err := s.db.read.NewSelect().Model(row).ColumnExpr("a.*").ColumnExpr(owesTerms+" AS owes_terms").Where(where, arg).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.account(), nil
}

// NameTaken implements account.Store.
func (s *Accounts) NameTaken(ctx context.Context, name string) (bool, error) {
	taken, err := s.db.read.NewSelect().Model((*actorRow)(nil)).Where("name = ? AND host = ''", name).Exists(ctx)
	return taken, translate(err)
}

// Accounts implements account.Store: who came first is first.
func (s *Accounts) Accounts(ctx context.Context, state account.State, p domain.Page) (domain.List[*account.Account], error) {
	var rows []*accountRow
	q := s.db.read.NewSelect().Model(&rows)
	if state != "" {
		q = q.Where("a.state = ?", string(state))
	}
	return bySerial(ctx, q, &rows, false, p, func(r *accountRow) int64 { return r.Serial }, (*accountRow).account)
}

// CreateAccount implements account.Store.
func (s *Accounts) CreateAccount(ctx context.Context, a *account.Account, actor *network.Actor, secrets []account.Secret, used *account.Secret, change domain.Change) error {
	row := accountRowOf(a)
	row.Serial, row.Revision = int64(actor.Serial), 1
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if used != nil {
			if err := spend(ctx, tx, used); err != nil {
				return err
			}
		}
		if err := insertActor(ctx, tx, actor); err != nil {
			return ofUsername(err)
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); isUnique(err) {
			return &domain.Error{Code: domain.Conflict, Key: "account.email_taken", Field: "email", Err: err}
		} else if err != nil {
			return err
		}
		if a.Terms > 0 {
			if err := acceptTerms(ctx, tx, a.Actor, a.Terms, row.CreatedAt); err != nil {
				return err
			}
		}
		rows := make([]*secretRow, len(secrets))
		for i := range secrets {
			rows[i] = secretRowOf(&secrets[i])
		}
		return insertAll(ctx, tx, rows)
	})
	if err == nil {
		a.Revision = 1
	}
	return err
}

// ofUsername makes a taken name of an actor one of the field that was filled
// in.
func ofUsername(err error) error {
	var taken *domain.Error
	if errors.As(err, &taken) && taken.Field == "name" {
		named := *taken
		named.Field = "username"
		return &named
	}
	return err
}

// SaveAccount implements account.Store.
func (s *Accounts) SaveAccount(ctx context.Context, a *account.Account, end []account.Purpose, change domain.Change) error {
	row := accountRowOf(a)
	row.Revision++
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := changedOne(tx.NewUpdate().Model(row).ExcludeColumn("serial", "actor_id", "username", "created_at").
			WherePK().Where("revision = ?", a.Revision).Exec(ctx)); err != nil {
			return err
		}
		if err := updatePerson(ctx, tx, a); err != nil {
			return err
		}
		if a.State == account.Active {
			if _, err := tx.NewRaw("DELETE FROM account_deletions WHERE account_id = ? AND state = 'waiting'", row.ID).Exec(ctx); err != nil {
				return err
			}
		}
		if len(end) == 0 {
			return nil
		}
		purposes := make([]string, len(end))
		for i, p := range end {
			purposes[i] = string(p)
		}
		_, err := tx.NewDelete().Model((*secretRow)(nil)).
			Where("account_id = ? AND purpose IN (?)", row.ID, bun.List(purposes)).Exec(ctx)
		return err
	})
	if err == nil {
		a.Revision++
	}
	return err
}

// updatePerson keeps what others see of a person in step with the account.
// The time of the change stays where nothing of that changed.
func updatePerson(ctx context.Context, tx bun.Tx, a *account.Account) error {
	_, err := tx.NewUpdate().Model((*actorRow)(nil)).
		Set("title = ?", a.DisplayName).Set("summary = ?", a.Summary).Set("visibility = ?", string(a.Visibility())).
		Set("updated_at = ?", Stamp(a.UpdatedAt)).
		Where("id = ?", string(a.Actor)).
		Where("title <> ? OR summary <> ? OR visibility <> ?", a.DisplayName, a.Summary, string(a.Visibility())).Exec(ctx)
	return err
}
