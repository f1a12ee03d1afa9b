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

func (r *keyRow) pair() *network.KeyPair {
	return &network.KeyPair{
		Actor: domain.ActorID(r.ActorID), KeyID: r.KeyID, Sealed: r.Sealed, PublicKey: r.PublicKey, CreatedAt: r.CreatedAt.Time(),
	}
}

// Key returns the key pair of an actor. Errors: NotFound.
func (s *Keys) Key(ctx context.Context, actor domain.ActorID) (*network.KeyPair, error) {
	row := &keyRow{ActorID: string(actor)}
	if err := s.db.read.NewSelect().Model(row).WherePK().Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.pair(), nil
}

// AnyKey returns the key pair of some actor. Errors: NotFound if no actor has
// one yet.
func (s *Keys) AnyKey(ctx context.Context) (*network.KeyPair, error) {
	row := new(keyRow)
	if err := s.db.read.NewSelect().Model(row).Order("actor_id").Limit(1).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.pair(), nil
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
