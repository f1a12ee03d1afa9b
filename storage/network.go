package storage

import (
	"context"
	"slices"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// Network keeps actors and follows.
type Network struct {
	db                                *DB
	actorByID, actorByIRI, actorByKey *statement
	followByIRI, followOf             *statement
	keyByID, forgetKeys               *statement
	saveActor, saveFollow             *inserter
}

// NewNetwork makes the store.
func NewNetwork(db *DB) *Network {
	actor := "SELECT " + db.columns((*actorRow)(nil), "") + " FROM actors WHERE "
	follow := "SELECT " + db.columns((*followRow)(nil), "") + " FROM follows WHERE "
	return &Network{
		db:          db,
		actorByID:   db.statement(actor + "id = ?"),
		actorByIRI:  db.statement(actor + "iri = ?"),
		actorByKey:  db.statement(actor + "key_id = ? AND key_id <> '' LIMIT 1"),
		followByIRI: db.statement(follow + "iri = ?"),
		followOf:    db.statement(follow + "follower_id = ? AND followed_id = ?"),
		keyByID:     db.statement("SELECT " + db.columns((*remoteKeyRow)(nil), "") + " FROM remote_keys WHERE key_id = ?"),
		forgetKeys:  db.statement("DELETE FROM remote_keys WHERE actor_id = ?"),
		saveActor: db.inserter((*actorRow)(nil), "ON CONFLICT (iri) DO UPDATE SET "+excluded(
			"type", "subject", "name", "title", "titles", "summary", "url", "icon", "icon_type", "icon_alt", "inbox", "shared_inbox", "outbox", "followers", "entries",
			"featured", "fields", "discoverable", "indexable", "also_known_as", "moved_to", "openness", "rules", "manually_approves", "key_id", "public_key", "updated_at", "fetched_at", "gone_at",
		)+", handle_host = CASE WHEN EXCLUDED.handle_host <> '' THEN EXCLUDED.handle_host ELSE actors.handle_host END WHERE actors.host <> ''"),
		saveFollow: db.inserter((*followRow)(nil), "ON CONFLICT (follower_id, followed_id) DO UPDATE SET "+
			excluded("iri", "state", "answered_at", "replaces_id", "replaced_at")),
	}
}

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
	ReplacesID string
	ReplacedAt Stamp
}

func followRowOf(f *network.Follow) *followRow {
	return &followRow{
		ID: string(f.ID), Serial: int64(f.Serial), IRI: string(f.IRI), FollowerID: string(f.Follower),
		FollowedID: string(f.Followed), State: string(f.State), CreatedAt: Stamp(f.CreatedAt), AnsweredAt: Stamp(f.AnsweredAt),
		ReplacesID: string(f.Replaces), ReplacedAt: Stamp(f.ReplacedAt),
	}
}

func (r *followRow) follow() *network.Follow {
	return &network.Follow{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Follower: domain.ActorID(r.FollowerID),
		Followed: domain.ActorID(r.FollowedID), State: network.FollowState(r.State),
		CreatedAt: r.CreatedAt.Time(), AnsweredAt: r.AnsweredAt.Time(),
		Replaces: domain.ActorID(r.ReplacesID), ReplacedAt: r.ReplacedAt.Time(),
	}
}

func (s *Network) actor(ctx context.Context, by *statement, key string) (*network.Actor, error) {
	rows, err := by.query(ctx, key)
	row, err := one[actorRow](ctx, s.db, rows, err)
	if err != nil {
		return nil, translate(err)
	}
	return row.actor(), nil
}

// Actor implements network.Store.
func (s *Network) Actor(ctx context.Context, id domain.ActorID) (*network.Actor, error) {
	return s.actor(ctx, s.actorByID, string(id))
}

// ActorByIRI implements network.Store.
func (s *Network) ActorByIRI(ctx context.Context, iri domain.IRI) (*network.Actor, error) {
	return s.actor(ctx, s.actorByIRI, string(iri))
}

// ActorByHandle implements network.Store. Where a server gives one name to a
// person and a group, the group is meant last.
func (s *Network) ActorByHandle(ctx context.Context, name, host string) (*network.Actor, error) {
	row := new(actorRow)
	q := s.db.read.NewSelect().Model(row).Where("name = ?", name)
	if host == "" {
		q = q.Where("host = ''")
	} else {
		q = q.Where("(host = ?0 OR handle_host = ?0)", host)
	}
	err := q.
		OrderExpr("gone_at IS NOT NULL, CASE WHEN type = 'Group' THEN 1 ELSE 0 END, serial").Limit(1).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return row.actor(), nil
}

// ActorByKey returns the remote actor that a key belongs to, and the key.
// Errors: NotFound.
func (s *Network) ActorByKey(ctx context.Context, keyID string) (*network.Actor, network.PublicKey, error) {
	a, err := s.actor(ctx, s.actorByKey, keyID)
	if err == nil {
		return a, network.PublicKey{ID: a.KeyID, Text: a.PublicKey}, nil
	}
	rows, err := s.keyByID.query(ctx, keyID)
	row, err := one[remoteKeyRow](ctx, s.db, rows, err)
	if err != nil {
		return nil, network.PublicKey{}, translate(err)
	}
	a, err = s.actor(ctx, s.actorByID, row.ActorID)
	return a, network.PublicKey{ID: row.KeyID, Text: row.PublicKey}, err
}

// Actors returns the actors with the given ids, in no order; unknown ones are
// left out.
func (s *Network) Actors(ctx context.Context, ids []domain.ActorID) ([]*network.Actor, error) {
	return actorsIn(ctx, s.db, "id", ids)
}

// ActorsByIRI returns the actors at the given addresses, in no order; unknown ones
// are left out.
func (s *Network) ActorsByIRI(ctx context.Context, iris []domain.IRI) ([]*network.Actor, error) {
	return actorsIn(ctx, s.db, "iri", iris)
}

// actorsIn reads the actors that have one of some keys in a column.
func actorsIn[K ~string](ctx context.Context, db *DB, column string, keys []K) ([]*network.Actor, error) {
	var actors []*network.Actor
	for chunk := range slices.Chunk(keys, iriChunk) {
		var rows []*actorRow
		if err := db.read.NewSelect().Model(&rows).Where("? IN (?)", bun.Ident(column), bun.List(chunk)).Scan(ctx); err != nil {
			return nil, translate(err)
		}
		actors = append(actors, actorsOf(rows)...)
	}
	return actors, nil
}

// ActorsByInbox lists the remote actors, not yet gone, that have an inbox of
// their own at an address; at most 100.
func (s *Network) ActorsByInbox(ctx context.Context, inbox domain.IRI) ([]*network.Actor, error) {
	var rows []*actorRow
	err := s.db.read.NewSelect().Model(&rows).Where("inbox = ? AND host <> '' AND gone_at IS NULL", string(inbox)).
		OrderExpr("serial").Limit(100).Scan(ctx)
	if err != nil {
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

// Record implements network.Store.
func (s *Network) Record(ctx context.Context, change domain.Change) error {
	return s.db.InTx(ctx, change, func(context.Context, bun.Tx) error { return nil })
}

// SaveRemote implements network.Store.
func (s *Network) SaveRemote(ctx context.Context, a *network.Actor) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		row := actorRowOf(a)
		if err := s.saveActor.insert(ctx, tx, row); err != nil {
			return err
		}
		rows, err := s.actorByIRI.queryTx(ctx, tx, row.IRI)
		stored, err := one[actorRow](ctx, s.db, rows, err)
		if err != nil {
			return err
		}
		a.ID, a.Serial, a.CreatedAt, a.MovedAt = domain.ActorID(stored.ID), domain.Serial(stored.Serial), stored.CreatedAt.Time(), stored.MovedAt.Time()
		a.HandleHost = stored.HandleHost
		if err := s.saveRemoteKeys(ctx, tx, a); err != nil {
			return err
		}
		return recordCapabilities(ctx, tx, a)
	})
}

// saveRemoteKeys replaces the keys that an actor has beside its first one.
func (s *Network) saveRemoteKeys(ctx context.Context, tx bun.Tx, a *network.Actor) error {
	if _, err := s.forgetKeys.exec(ctx, tx, string(a.ID)); err != nil {
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
	err := s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error { return insertActor(ctx, tx, a) })
	if domain.CodeOf(err) != domain.Conflict {
		return err
	}
	known, again := s.ActorByIRI(ctx, a.IRI) // another process was first
	if again != nil {
		return err
	}
	*a = *known
	return nil
}

// Follow implements network.Store.
func (s *Network) Follow(ctx context.Context, follower, followed domain.ActorID) (*network.Follow, error) {
	return s.follow(ctx, s.followOf, string(follower), string(followed))
}

// FollowByIRI implements network.Store.
func (s *Network) FollowByIRI(ctx context.Context, iri domain.IRI) (*network.Follow, error) {
	return s.follow(ctx, s.followByIRI, string(iri))
}

func (s *Network) follow(ctx context.Context, by *statement, keys ...any) (*network.Follow, error) {
	rows, err := by.query(ctx, keys...)
	row, err := one[followRow](ctx, s.db, rows, err)
	if err != nil {
		return nil, translate(err)
	}
	return row.follow(), nil
}

// SaveFollow implements network.Store.
func (s *Network) SaveFollow(ctx context.Context, f *network.Follow, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := s.saveFollow.insert(ctx, tx, followRowOf(f)); err != nil {
			return err
		}
		return endReplaced(ctx, tx, f)
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

// FollowedOn implements network.Store.
func (s *Network) FollowedOn(ctx context.Context, host string, most int) ([]domain.ActorID, error) {
	if host == "" {
		return nil, nil
	}
	var ids []domain.ActorID
	err := s.db.read.NewRaw(`SELECT a.id FROM actors AS a WHERE (a.host = ?0 OR a.host LIKE ?1) AND a.gone_at IS NULL AND EXISTS
		(SELECT 1 FROM follows AS f JOIN actors AS l ON l.id = f.follower_id WHERE f.followed_id = a.id AND f.state = 'accepted' AND l.host = '')
		ORDER BY a.id LIMIT ?2`, host, "%."+host, most).Scan(ctx, &ids)
	return ids, translate(err)
}

// Followers implements network.Store.
func (s *Network) Followers(ctx context.Context, id domain.ActorID, p domain.Page) (domain.List[*network.Actor], error) {
	return s.followed(ctx, "followed_id", "follower_id", network.FollowAccepted, id, p)
}

// Requests implements community.Actors.
func (s *Network) Requests(ctx context.Context, id domain.ActorID, p domain.Page) (domain.List[*network.Actor], error) {
	return s.followed(ctx, "followed_id", "follower_id", network.FollowPending, id, p)
}

// Following implements network.Store.
func (s *Network) Following(ctx context.Context, id domain.ActorID, p domain.Page) (domain.List[*network.Actor], error) {
	return s.followed(ctx, "follower_id", "followed_id", network.FollowAccepted, id, p)
}

// followed lists the actors at the other end of the follows in a state.
func (s *Network) followed(ctx context.Context, here, there string, state network.FollowState, id domain.ActorID, p domain.Page) (domain.List[*network.Actor], error) {
	var list domain.List[*network.Actor]
	after, err := p.AfterSerial()
	if err != nil {
		return list, err
	}
	count, err := s.db.read.NewSelect().Model((*followRow)(nil)).
		Where("? = ? AND state = ?", bun.Ident(here), string(id), string(state)).Count(ctx)
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
		Where("f.? = ? AND f.state = ? AND f.serial > ?", bun.Ident(here), string(id), string(state), int64(after)).
		Where("a.host NOT IN "+blockedHosts).
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
