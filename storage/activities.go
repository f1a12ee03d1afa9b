package storage

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
)

// Activities keeps what local actors did, as bytes, and expands audiences
// into deliveries.
type Activities struct {
	db   *DB
	mint *domain.Mint
}

// NewActivities makes the store.
func NewActivities(db *DB, mint *domain.Mint) *Activities { return &Activities{db, mint} }

type activityRow struct {
	bun.BaseModel `bun:"table:activities"`

	ID        string `bun:",pk"`
	Serial    int64
	IRI       string
	ActorID   string
	Type      string
	Object    string
	Public    bool
	Raw       []byte
	Digest    string
	CreatedAt Stamp
}

func activityRowOf(a *network.Activity) *activityRow {
	return &activityRow{
		ID: string(a.ID), Serial: int64(a.Serial), IRI: string(a.IRI), ActorID: string(a.Actor), Type: a.Type,
		Object: string(a.Object), Public: a.Public, Raw: a.Raw, Digest: a.Digest, CreatedAt: Stamp(a.At),
	}
}

func (r *activityRow) activity() *network.Activity {
	return &network.Activity{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Actor: domain.ActorID(r.ActorID),
		Type: r.Type, Object: domain.IRI(r.Object), Public: r.Public, Raw: r.Raw, Digest: r.Digest, At: r.CreatedAt.Time(),
	}
}

// fanoutRow is an audience still to be expanded: the followers of one actor
// from a position on, and some inboxes.
type fanoutRow struct {
	bun.BaseModel `bun:"table:fanouts"`

	ID          string `bun:",pk"`
	Serial      int64
	ActivityID  string
	FollowersOf string
	Inboxes     []string
	OrderKey    string
	Position    int64
}

// Publish stores activities with their audiences and moves the cursor of the
// events they came from, in one transaction. Errors: Conflict if another
// process was first; nothing is stored then.
func (s *Activities) Publish(ctx context.Context, cursor string, from, to int64, out []network.Outgoing) error {
	err := s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		if err := advance(ctx, tx, cursor, from, to); err != nil {
			return err
		}
		for i := range out {
			if err := s.insert(ctx, tx, &out[i]); err != nil {
				return fmt.Errorf("store activity %s: %w", out[i].Activity.IRI, err)
			}
		}
		return nil
	})
	if err == nil && len(out) > 0 {
		s.db.changed.wake(TopicFanouts)
	}
	return err
}

func (s *Activities) insert(ctx context.Context, tx bun.Tx, o *network.Outgoing) error {
	if _, err := tx.NewInsert().Model(activityRowOf(&o.Activity)).Exec(ctx); err != nil {
		return err
	}
	inboxes := make([]string, len(o.Inboxes))
	for i, inbox := range o.Inboxes {
		inboxes[i] = string(inbox)
	}
	row := func(followersOf domain.ActorID, inboxes []string) *fanoutRow {
		return &fanoutRow{
			ID: string(s.mint.ID()), Serial: int64(s.mint.Serial()), ActivityID: string(o.Activity.ID),
			FollowersOf: string(followersOf), Inboxes: inboxes, OrderKey: o.OrderKey,
		}
	}
	var rows []*fanoutRow
	for _, actor := range o.FollowersOf {
		rows = append(rows, row(actor, nil))
	}
	if len(inboxes) > 0 {
		rows = append(rows, row(domain.Nobody, inboxes))
	}
	if len(rows) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&rows).Exec(ctx)
	return err
}

// fanoutPage is how many followers one step of a fan-out reads.
const fanoutPage = 500

// Fanout expands one page of one audience into deliveries, one for each
// distinct inbox, and reports whether there was any. A crash in between costs
// nothing: the page is one transaction, and a delivery exists once.
func (s *Activities) Fanout(ctx context.Context) (bool, error) {
	found := false
	err := s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		row := new(fanoutRow)
		q := tx.NewSelect().Model(row).Order("serial").Limit(1)
		if s.db.dialect == Postgres {
			q = q.For("UPDATE SKIP LOCKED")
		}
		if err := q.Scan(ctx); err != nil {
			return err
		}
		found = true
		return s.expand(ctx, tx, row)
	})
	if domain.CodeOf(err) == domain.NotFound {
		return false, nil
	}
	if err == nil && found {
		s.db.changed.wake(TopicDeliveries, TopicFanouts)
	}
	return found, err
}

func (s *Activities) expand(ctx context.Context, tx bun.Tx, row *fanoutRow) error {
	var followers []struct {
		Serial      int64
		Inbox       string
		SharedInbox string
	}
	if row.FollowersOf != "" {
		err := tx.NewSelect().TableExpr("follows AS f").Join("JOIN actors AS a ON a.id = f.follower_id").
			ColumnExpr("f.serial, a.inbox, a.shared_inbox").
			Where("f.followed_id = ? AND f.state = 'accepted' AND f.serial > ?", row.FollowersOf, row.Position).
			Where("a.host <> '' AND a.gone_at IS NULL").
			OrderExpr("f.serial").Limit(fanoutPage).Scan(ctx, &followers)
		if err != nil {
			return err
		}
	}
	seen := map[string]bool{}
	inboxes := make([]string, 0, len(followers)+len(row.Inboxes))
	add := func(inbox string) {
		if inbox != "" && !seen[inbox] {
			seen[inbox] = true
			inboxes = append(inboxes, inbox)
		}
	}
	for _, f := range followers {
		if f.SharedInbox != "" {
			add(f.SharedInbox)
		} else {
			add(f.Inbox)
		}
	}
	for _, inbox := range row.Inboxes {
		add(inbox)
	}
	if err := s.queue(ctx, tx, row, inboxes); err != nil {
		return err
	}
	if len(followers) < fanoutPage {
		_, err := tx.NewDelete().Model(row).WherePK().Exec(ctx)
		return err
	}
	_, err := tx.NewUpdate().Model(row).WherePK().
		Set("position = ?", followers[len(followers)-1].Serial).Set("inboxes = '[]'").Exec(ctx)
	return err
}

// queue inserts a delivery for each inbox that has none of this activity.
func (s *Activities) queue(ctx context.Context, tx bun.Tx, f *fanoutRow, inboxes []string) error {
	if len(inboxes) == 0 {
		return nil
	}
	var actor string
	if err := tx.NewRaw("SELECT actor_id FROM activities WHERE id = ?", f.ActivityID).Scan(ctx, &actor); err != nil {
		return err
	}
	now := s.mint.Now()
	rows := make([]*deliveryRow, len(inboxes))
	for i, inbox := range inboxes {
		rows[i] = &deliveryRow{
			ID: string(s.mint.ID()), Serial: int64(s.mint.Serial()), ActivityID: f.ActivityID, ActorID: actor,
			Host: domain.IRI(inbox).Host(), Inbox: inbox, OrderKey: f.OrderKey,
			State: string(network.DeliveryPending), NextAt: now.UnixMicro(), CreatedAt: Stamp(now),
		}
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (activity_id, inbox) DO NOTHING").Exec(ctx)
	return err
}

// Activity returns a sent activity by its IRI. Errors: NotFound.
func (s *Activities) Activity(ctx context.Context, iri domain.IRI) (*network.Activity, error) {
	row := new(activityRow)
	if err := s.db.read.NewSelect().Model(row).Where("iri = ?", string(iri)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.activity(), nil
}

// Outbox lists the public activities of an actor, newest first.
func (s *Activities) Outbox(ctx context.Context, actor domain.ActorID, p domain.Page) (domain.List[*network.Activity], error) {
	var list domain.List[*network.Activity]
	before, err := p.AfterSerial()
	if err != nil {
		return list, err
	}
	count, err := s.db.read.NewSelect().Model((*activityRow)(nil)).Where("actor_id = ? AND public", string(actor)).Count(ctx)
	if err != nil {
		return list, translate(err)
	}
	list.Total = int(count)
	var rows []*activityRow
	size := p.Size()
	q := s.db.read.NewSelect().Model(&rows).Where("actor_id = ? AND public", string(actor))
	if before > 0 {
		q = q.Where("serial < ?", int64(before))
	}
	if err := q.Order("serial DESC").Limit(int64(size + 1)).Scan(ctx); err != nil {
		return list, translate(err)
	}
	for i, r := range rows {
		if i == size {
			list.Next = domain.Serial(rows[i-1].Serial).Cursor()
			break
		}
		list.Items = append(list.Items, r.activity())
	}
	return list, nil
}

// Queues counts what waits in all queues.
func (s *Activities) Queues(ctx context.Context) (network.Queues, error) {
	var q network.Queues
	err := s.db.read.NewRaw(`SELECT
		(SELECT COUNT(*) FROM received WHERE state = 'pending'),
		(SELECT COUNT(*) FROM received WHERE state = 'failed'),
		(SELECT COUNT(*) FROM fanouts),
		(SELECT COUNT(*) FROM deliveries WHERE state = 'pending'),
		(SELECT COUNT(*) FROM deliveries WHERE state = 'dead'),
		(SELECT COUNT(*) FROM river_job WHERE state IN ('available', 'running', 'retryable', 'scheduled', 'pending'))`).
		Scan(ctx, &q.Received, &q.Failed, &q.Fanouts, &q.Deliveries, &q.Dead, &q.Jobs)
	return q, translate(err)
}
