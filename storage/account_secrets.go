package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/account"
	"interlink/domain/policy"
)

// secretRow remembers something that a person holds.
type secretRow struct {
	bun.BaseModel `bun:"table:account_secrets"`

	ID        string `bun:",pk"`
	Hash      string
	Purpose   string
	AccountID string
	ActorID   string
	Name      string
	Scopes    []policy.Scope
	CreatedAt Stamp
	ExpiresAt Stamp
	SeenAt    Stamp
}

func secretRowOf(s *account.Secret) *secretRow {
	return &secretRow{
		ID: string(s.ID), Hash: s.Hash, Purpose: string(s.Purpose), AccountID: string(s.Account), ActorID: string(s.Actor), Name: s.Name,
		Scopes:    append([]policy.Scope{}, s.Scopes...), // [] in the table, never null
		CreatedAt: Stamp(s.CreatedAt), ExpiresAt: Stamp(s.ExpiresAt), SeenAt: Stamp(s.SeenAt),
	}
}

func (r *secretRow) secret() account.Secret {
	s := account.Secret{
		ID: domain.ID(r.ID), Hash: r.Hash, Purpose: account.Purpose(r.Purpose), Account: domain.ID(r.AccountID), Actor: domain.ActorID(r.ActorID), Name: r.Name,
		CreatedAt: r.CreatedAt.Time(), ExpiresAt: r.ExpiresAt.Time(), SeenAt: r.SeenAt.Time(),
	}
	if len(r.Scopes) > 0 {
		s.Scopes = r.Scopes
	}
	return s
}

// Secret implements account.Store.
func (s *Accounts) Secret(ctx context.Context, hash string, purpose account.Purpose, now time.Time) (*account.Secret, error) {
	row := new(secretRow)
	err := s.db.read.NewSelect().Model(row).Where("hash = ? AND purpose = ?", hash, string(purpose)).
		Where("expires_at IS NULL OR expires_at > ?", Stamp(now)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	secret := row.secret()
	return &secret, nil
}

// Secrets implements account.Store.
func (s *Accounts) Secrets(ctx context.Context, holder domain.ID, purpose account.Purpose, now time.Time) ([]account.Secret, error) {
	var rows []*secretRow
	err := s.db.read.NewSelect().Model(&rows).Where("account_id = ? AND purpose = ?", string(holder), string(purpose)).
		Where("expires_at IS NULL OR expires_at > ?", Stamp(now)).OrderExpr("created_at DESC, id DESC").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	secrets := make([]account.Secret, len(rows))
	for i, r := range rows {
		secrets[i] = r.secret()
	}
	return secrets, nil
}

// AddSecret implements account.Store. Those that have expired make room.
func (s *Accounts) AddSecret(ctx context.Context, secret account.Secret, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*secretRow)(nil)).
			Where("expires_at IS NOT NULL AND expires_at <= ?", Stamp(secret.CreatedAt)).Exec(ctx)
		if err != nil {
			return err
		}
		_, err = tx.NewInsert().Model(secretRowOf(&secret)).Exec(ctx)
		return err
	})
}

// ExchangeSecret implements account.Store.
func (s *Accounts) ExchangeSecret(ctx context.Context, used, made account.Secret) error {
	err := s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		if err := changedOne(tx.NewDelete().Model((*secretRow)(nil)).Where("id = ?", string(used.ID)).Exec(ctx)); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(secretRowOf(&made)).Exec(ctx)
		return err
	})
	if domain.CodeOf(err) == domain.Conflict {
		return domain.Fail(domain.NotFound, "error.not_found").Because(err)
	}
	return err
}

// TouchSecret implements account.Store.
func (s *Accounts) TouchSecret(ctx context.Context, id domain.ID, seen, expires time.Time) error {
	_, err := s.db.write.NewUpdate().Model((*secretRow)(nil)).
		Set("seen_at = ?", Stamp(seen)).Set("expires_at = ?", Stamp(expires)).Where("id = ?", string(id)).Exec(ctx)
	return translate(err)
}

// DeleteSecret implements account.Store.
func (s *Accounts) DeleteSecret(ctx context.Context, holder, id domain.ID) error {
	_, err := s.db.write.NewDelete().Model((*secretRow)(nil)).
		Where("id = ? AND account_id = ?", string(id), string(holder)).Exec(ctx)
	return translate(err)
}

// spend ends a secret that can be used once. Errors: Invalid on the
// secret's field if somebody else was first.
func spend(ctx context.Context, tx bun.Tx, used *account.Secret) error {
	err := changedOne(tx.NewDelete().Model((*secretRow)(nil)).Where("id = ?", string(used.ID)).Exec(ctx))
	if domain.CodeOf(err) == domain.Conflict {
		return domain.InvalidField("invitation", "account.invitation").Because(err)
	}
	return err
}

// failureRow counts attempts that failed.
type failureRow struct {
	bun.BaseModel `bun:"table:account_failures"`

	Key     string `bun:",pk"`
	Count   int
	UntilAt Stamp
	LastAt  Stamp
}

// Failures implements account.Store.
func (s *Accounts) Failures(ctx context.Context, key string) (account.Failures, error) {
	row := new(failureRow)
	err := s.db.read.NewSelect().Model(row).Where("key = ?", key).Scan(ctx)
	switch err = translate(err); domain.CodeOf(err) {
	case domain.OK:
		return account.Failures{Key: key, Count: row.Count, Until: row.UntilAt.Time(), Last: row.LastAt.Time()}, nil
	case domain.NotFound:
		return account.Failures{Key: key}, nil
	}
	return account.Failures{}, err
}

// SaveFailures implements account.Store. A new key makes those go that are
// forgotten by then.
func (s *Accounts) SaveFailures(ctx context.Context, f account.Failures, was int) error {
	row := &failureRow{Key: f.Key, Count: f.Count, UntilAt: Stamp(f.Until), LastAt: Stamp(f.Last)}
	switch {
	case was == 0:
		_, err := s.db.write.NewDelete().Model((*failureRow)(nil)).
			Where("last_at < ? AND key <> ?", Stamp(f.Last.Add(-account.ForgetAfter)), f.Key).Exec(ctx)
		if err != nil {
			return translate(err)
		}
		return translate(changedOne(s.db.write.NewInsert().Model(row).On("CONFLICT (key) DO NOTHING").Exec(ctx)))
	case f.Count == 0:
		return translate(changedOne(s.db.write.NewDelete().Model(row).WherePK().Where("count = ?", was).Exec(ctx)))
	}
	return translate(changedOne(s.db.write.NewUpdate().Model(row).WherePK().Where("count = ?", was).Exec(ctx)))
}
