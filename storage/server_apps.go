package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/account"
)

// appRow is what this node is to a server.
type appRow struct {
	bun.BaseModel `bun:"table:server_apps"`

	Host      string `bun:",pk"`
	ClientID  string
	Sealed    []byte
	Scope     string
	Redirect  string
	CreatedAt Stamp
}

// App implements account.Apps.
func (s *Accounts) App(ctx context.Context, host string) (*account.App, error) {
	row := new(appRow)
	if err := s.db.read.NewSelect().Model(row).Where("host = ?", host).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return &account.App{Host: row.Host, ClientID: row.ClientID, Sealed: row.Sealed, Scope: row.Scope, Redirect: domain.IRI(row.Redirect), CreatedAt: row.CreatedAt.Time()}, nil
}

// ReplaceApp implements account.Apps.
func (s *Accounts) ReplaceApp(ctx context.Context, a *account.App, was string) error {
	row := &appRow{Host: a.Host, ClientID: a.ClientID, Sealed: a.Sealed, Scope: a.Scope, Redirect: string(a.Redirect), CreatedAt: Stamp(a.CreatedAt)}
	if was == "" {
		return translate(changedOne(s.db.write.NewInsert().Model(row).On("CONFLICT (host) DO NOTHING").Exec(ctx)))
	}
	return translate(changedOne(s.db.write.NewUpdate().Model(row).WherePK().Where("client_id = ?", was).Exec(ctx)))
}

// SpendSecret implements account.Store.
func (s *Accounts) SpendSecret(ctx context.Context, id domain.ID) error {
	err := translate(changedOne(s.db.write.NewDelete().Model((*secretRow)(nil)).Where("id = ?", string(id)).Exec(ctx)))
	if domain.CodeOf(err) == domain.Conflict {
		return domain.Fail(domain.NotFound, "error.not_found").Because(err)
	}
	return err
}
