package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// Keys keeps the sealed private keys of local actors.
type Keys struct{ db *DB }

// NewKeys makes the store.
func NewKeys(db *DB) *Keys { return &Keys{db} }

type keyRow struct {
	bun.BaseModel `bun:"table:actor_keys"`

	ActorID   string `bun:",pk"`
	KeyID     string
	Sealed    []byte
	PublicKey string
	CreatedAt Stamp
}

// Key returns the key pair of an actor. Errors: NotFound.
func (s *Keys) Key(ctx context.Context, actor domain.ActorID) (*network.KeyPair, error) {
	row := &keyRow{ActorID: string(actor)}
	if err := s.db.read.NewSelect().Model(row).WherePK().Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return &network.KeyPair{Actor: actor, KeyID: row.KeyID, Sealed: row.Sealed, PublicKey: row.PublicKey, CreatedAt: row.CreatedAt.Time()}, nil
}

// AddKey stores the first key pair of an actor; if it has one already, that
// one is kept and k takes its values.
func (s *Keys) AddKey(ctx context.Context, k *network.KeyPair) error {
	err := s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(&keyRow{
			ActorID: string(k.Actor), KeyID: k.KeyID, Sealed: k.Sealed, PublicKey: k.PublicKey, CreatedAt: Stamp(k.CreatedAt),
		}).On("CONFLICT (actor_id) DO NOTHING").Exec(ctx)
		return err
	})
	if err != nil {
		return err
	}
	kept, err := s.Key(ctx, k.Actor)
	if err == nil {
		*k = *kept
	}
	return err
}
