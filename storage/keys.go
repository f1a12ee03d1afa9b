package storage

import (
	"context"
	"time"

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

	KeyID     string `bun:",pk"`
	ActorID   string
	Kind      string
	Sealed    []byte
	PublicKey string
	CreatedAt Stamp
	RetiredAt Stamp
}

func keyRowOf(k *network.KeyPair) *keyRow {
	return &keyRow{
		KeyID: k.KeyID, ActorID: string(k.Actor), Kind: string(k.Kind), Sealed: k.Sealed, PublicKey: k.PublicKey,
		CreatedAt: Stamp(k.CreatedAt), RetiredAt: Stamp(k.RetiredAt),
	}
}

func (r *keyRow) pair() *network.KeyPair {
	return &network.KeyPair{
		Actor: domain.ActorID(r.ActorID), Kind: network.KeyKind(r.Kind), KeyID: r.KeyID, Sealed: r.Sealed, PublicKey: r.PublicKey,
		CreatedAt: r.CreatedAt.Time(), RetiredAt: r.RetiredAt.Time(),
	}
}

// AnyKey returns a key of some actor. Errors: NotFound if no actor has one
// yet.
func (s *Keys) AnyKey(ctx context.Context) (*network.KeyPair, error) {
	row := new(keyRow)
	if err := s.db.read.NewSelect().Model(row).Order("key_id").Limit(1).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.pair(), nil
}

// Keys returns all keys that an actor ever had, the newest last; none for one
// that has none yet.
func (s *Keys) Keys(ctx context.Context, actor domain.ActorID) ([]*network.KeyPair, error) {
	var rows []*keyRow
	err := s.db.read.NewSelect().Model(&rows).Where("actor_id = ?", string(actor)).Order("created_at", "key_id").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	keys := make([]*network.KeyPair, len(rows))
	for i, r := range rows {
		keys[i] = r.pair()
	}
	return keys, nil
}

// AddKeys stores keys of kinds that their actor has none of in use; where it
// has one already, that one is kept.
func (s *Keys) AddKeys(ctx context.Context, keys []*network.KeyPair) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		for _, k := range keys {
			if _, err := tx.NewInsert().Model(keyRowOf(k)).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// Rotate retires the keys of an actor that are in use and stores the new
// ones. Errors: Conflict if somebody else did so at the same time.
func (s *Keys) Rotate(ctx context.Context, actor domain.ActorID, keys []*network.KeyPair, at time.Time, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*keyRow)(nil)).Set("retired_at = ?", Stamp(at)).
			Where("actor_id = ? AND (retired_at IS NULL OR retired_at > ?)", string(actor), Stamp(at)).Exec(ctx) // after a leak also those in their overlap
		if err != nil {
			return err
		}
		for _, k := range keys {
			if _, err := tx.NewInsert().Model(keyRowOf(k)).Exec(ctx); err != nil {
				return err
			}
		}
		_, err = tx.NewUpdate().Model((*actorRow)(nil)).Set("updated_at = ?", Stamp(at)).Where("id = ?", string(actor)).Exec(ctx)
		return err
	})
}

// Forget empties the private halves of keys that were retired before a time.
func (s *Keys) Forget(ctx context.Context, before time.Time) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*keyRow)(nil)).Set("sealed = ?", []byte{}).
			Where("retired_at < ? AND length(sealed) > 0", Stamp(before)).Exec(ctx)
		return err
	})
}

// Owners returns the actors that have keys.
func (s *Keys) Owners(ctx context.Context) ([]domain.ActorID, error) {
	var ids []domain.ActorID
	err := s.db.read.NewRaw("SELECT DISTINCT actor_id FROM actor_keys ORDER BY actor_id").Scan(ctx, &ids)
	return ids, translate(err)
}
