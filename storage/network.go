package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// Network keeps actors and follows.
type Network struct{ db *DB }

// NewNetwork makes the store.
func NewNetwork(db *DB) *Network { return &Network{db} }

var _ network.Store = (*Network)(nil)

// followRow is one follow.
type followRow struct {
	bun.BaseModel `bun:"table:follows"`

	ID         string `bun:",pk"`
	Serial     int64
	IRI        string
	FollowerID string
	FollowedID string
	State      string
	CreatedAt  Stamp
	AnsweredAt Stamp
}

func followRowOf(f *network.Follow) *followRow {
	return &followRow{
		ID: string(f.ID), Serial: int64(f.Serial), IRI: string(f.IRI), FollowerID: string(f.Follower),
		FollowedID: string(f.Followed), State: string(f.State), CreatedAt: Stamp(f.CreatedAt), AnsweredAt: Stamp(f.AnsweredAt),
	}
}

func (r *followRow) follow() *network.Follow {
	return &network.Follow{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Follower: domain.ActorID(r.FollowerID),
		Followed: domain.ActorID(r.FollowedID), State: network.FollowState(r.State),
		CreatedAt: r.CreatedAt.Time(), AnsweredAt: r.AnsweredAt.Time(),
	}
}

func (s *Network) actor(ctx context.Context, where string, args ...any) (*network.Actor, error) {
	row := new(actorRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, args...).Limit(1).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.actor(), nil
}

// Actor implements network.Store.
func (s *Network) Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error) {
	return s.actor(ctx, "id = ?", string(id))
}

// ActorByIRI implements network.Store.
func (s *Network) ActorByIRI(ctx context.Context, iri domain.IRI) (*network.Actor, error) {
	return s.actor(ctx, "iri = ?", string(iri))
}

// ActorByHandle implements network.Store. Where a server gives one name to a
// person and a group, the group is meant last.
func (s *Network) ActorByHandle(ctx context.Context, name, host string) (*network.Actor, error) {
	row := new(actorRow)
	err := s.db.read.NewSelect().Model(row).Where("name = ? AND host = ?", name, host).
		OrderExpr("gone_at IS NOT NULL, CASE WHEN type = 'Group' THEN 1 ELSE 0 END, serial").Limit(1).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return row.actor(), nil
}

// ActorByKey returns the remote actor that a key belongs to, and the key.
// Errors: NotFound.
func (s *Network) ActorByKey(ctx context.Context, keyID string) (*network.Actor, network.PublicKey, error) {
	a, err := s.actor(ctx, "key_id = ? AND key_id <> ''", keyID)
	if err == nil {
		return a, network.PublicKey{ID: a.KeyID, Text: a.PublicKey}, nil
	}
	row := &remoteKeyRow{KeyID: keyID}
	if err := s.db.read.NewSelect().Model(row).WherePK().Scan(ctx); err != nil {
		return nil, network.PublicKey{}, translate(err)
	}
	a, err = s.actor(ctx, "id = ?", row.ActorID)
	return a, network.PublicKey{ID: row.KeyID, Text: row.PublicKey}, err
}

// Actors returns the actors with the given keys, in no order; unknown ones
// are left out.
func (s *Network) Actors(ctx context.Context, ids []domain.ActorID) ([]*network.Actor, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	keys := make([]string, len(ids))
	for i, id := range ids {
		keys[i] = string(id)
	}
	var rows []*actorRow
	if err := s.db.read.NewSelect().Model(&rows).Where("id IN (?)", bun.List(keys)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return actorsOf(rows), nil
}

func actorsOf(rows []*actorRow) []*network.Actor {
	actors := make([]*network.Actor, len(rows))
	for i, r := range rows {
		actors[i] = r.actor()
	}
	return actors
}

// SaveRemote implements network.Store.
func (s *Network) SaveRemote(ctx context.Context, a *network.Actor) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		row := actorRowOf(a)
		_, err := tx.NewInsert().Model(row).On("CONFLICT (iri) DO UPDATE").
			Set("type = EXCLUDED.type").Set("subject = EXCLUDED.subject").
			Set("name = EXCLUDED.name").Set("title = EXCLUDED.title").Set("summary = EXCLUDED.summary").
			Set("url = EXCLUDED.url").Set("icon = EXCLUDED.icon").Set("inbox = EXCLUDED.inbox").
			Set("shared_inbox = EXCLUDED.shared_inbox").Set("outbox = EXCLUDED.outbox").
			Set("followers = EXCLUDED.followers").Set("entries = EXCLUDED.entries").
			Set("manually_approves = EXCLUDED.manually_approves").
			Set("key_id = EXCLUDED.key_id").Set("public_key = EXCLUDED.public_key").
			Set("updated_at = EXCLUDED.updated_at").Set("fetched_at = EXCLUDED.fetched_at").Set("gone_at = EXCLUDED.gone_at").
			Where("?TableAlias.host <> ''").Exec(ctx)
		if err != nil {
			return err
		}
		stored := new(actorRow)
		if err := tx.NewSelect().Model(stored).Where("iri = ?", row.IRI).Scan(ctx); err != nil {
			return err
		}
		a.ID, a.Serial, a.CreatedAt = domain.ActorID(stored.ID), domain.Serial(stored.Serial), stored.CreatedAt.Time()
		if err := saveRemoteKeys(ctx, tx, a); err != nil {
			return err
		}
		return recordCapabilities(ctx, tx, a)
	})
}

// saveRemoteKeys replaces the keys that an actor has beside its first one.
func saveRemoteKeys(ctx context.Context, tx bun.Tx, a *network.Actor) error {
	if _, err := tx.NewDelete().Model((*remoteKeyRow)(nil)).Where("actor_id = ?", string(a.ID)).Exec(ctx); err != nil {
		return err
	}
	for _, k := range a.MoreKeys {
		_, err := tx.NewInsert().Model(&remoteKeyRow{KeyID: k.ID, ActorID: string(a.ID), PublicKey: k.Text}).
			On("CONFLICT (key_id) DO UPDATE").Set("actor_id = EXCLUDED.actor_id").Set("public_key = EXCLUDED.public_key").Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

type remoteKeyRow struct {
	bun.BaseModel `bun:"table:remote_keys"`

	KeyID     string `bun:",pk"`
	ActorID   string
	PublicKey string
}

// AddLocalActor stores an actor of this node that has no subject of its own:
// the node itself and its catalogue. It is no error if it is there already.
func (s *Network) AddLocalActor(ctx context.Context, a *network.Actor) error {
	if known, err := s.ActorByHandle(ctx, a.Name, ""); err == nil {
		if known.IRI != a.IRI {
			return domain.Fail(domain.Conflict, "error.name_taken", a.Name)
		}
		*a = *known
		return nil
	}
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error { return insertActor(ctx, tx, a) })
}

// Follow implements network.Store.
func (s *Network) Follow(ctx context.Context, follower, followed domain.ActorID) (*network.Follow, error) {
	return s.follow(ctx, "follower_id = ? AND followed_id = ?", string(follower), string(followed))
}

// FollowByIRI implements network.Store.
func (s *Network) FollowByIRI(ctx context.Context, iri domain.IRI) (*network.Follow, error) {
	return s.follow(ctx, "iri = ?", string(iri))
}

func (s *Network) follow(ctx context.Context, where string, args ...any) (*network.Follow, error) {
	row := new(followRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, args...).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.follow(), nil
}

// SaveFollow implements network.Store.
func (s *Network) SaveFollow(ctx context.Context, f *network.Follow, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(followRowOf(f)).On("CONFLICT (follower_id, followed_id) DO UPDATE").
			Set("iri = EXCLUDED.iri").Set("state = EXCLUDED.state").Set("answered_at = EXCLUDED.answered_at").Exec(ctx)
		return err
	})
}

// DeleteFollow implements network.Store.
func (s *Network) DeleteFollow(ctx context.Context, f *network.Follow, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*followRow)(nil)).
			Where("follower_id = ? AND followed_id = ?", string(f.Follower), string(f.Followed)).Exec(ctx)
		return err
	})
}

// Followers implements network.Store.
func (s *Network) Followers(ctx context.Context, id domain.ActorID, p domain.Page) (domain.List[*network.Actor], error) {
	return s.followed(ctx, "followed_id", "follower_id", id, p)
}

// Following implements network.Store.
func (s *Network) Following(ctx context.Context, id domain.ActorID, p domain.Page) (domain.List[*network.Actor], error) {
	return s.followed(ctx, "follower_id", "followed_id", id, p)
}

// followed lists the actors at the other end of the accepted follows.
func (s *Network) followed(ctx context.Context, here, there string, id domain.ActorID, p domain.Page) (domain.List[*network.Actor], error) {
	var list domain.List[*network.Actor]
	after, err := p.AfterSerial()
	if err != nil {
		return list, err
	}
	count, err := s.db.read.NewSelect().Model((*followRow)(nil)).
		Where("? = ? AND state = 'accepted'", bun.Ident(here), string(id)).Count(ctx)
	if err != nil {
		return list, translate(err)
	}
	list.Total = int(count)
	var rows []struct {
		actorRow     `bun:",extend"`
		FollowSerial int64
	}
	size := p.Size()
	err = s.db.read.NewSelect().TableExpr("follows AS f").
		Join("JOIN actors AS a ON a.id = f.?", bun.Ident(there)).
		ColumnExpr("a.*, f.serial AS follow_serial").
		Where("f.? = ? AND f.state = 'accepted' AND f.serial > ?", bun.Ident(here), string(id), int64(after)).
		OrderExpr("f.serial").Limit(int64(size+1)).Scan(ctx, &rows)
	if err != nil {
		return list, translate(err)
	}
	for i := range rows {
		if i == size {
			list.Next = domain.Serial(rows[i-1].FollowSerial).Cursor()
			break
		}
		list.Items = append(list.Items, rows[i].actor())
	}
	return list, nil
}
