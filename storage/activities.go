package storage

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"interlink/domain"
	"interlink/domain/network"
)

// Activities keeps what local actors did, as bytes, and expands audiences
// into deliveries.
type Activities struct {
	db          *DB
	mint        *domain.Mint
	addActivity *inserter
	addDelivery *inserter
	deadHost    *statement
	waiting     *statement // audiences

	// Refuses tells to which hosts nothing is delivered; nil refuses none.
	Refuses func(ctx context.Context, host string) bool
}

// NewActivities makes the store.
func NewActivities(db *DB, mint *domain.Mint) *Activities {
	return &Activities{
		db: db, mint: mint,
		addActivity: db.inserter((*activityRow)(nil), ""),
		addDelivery: db.inserter((*deliveryRow)(nil), "ON CONFLICT (activity_id, inbox) DO NOTHING"),
		deadHost:    db.statement("SELECT host FROM hosts WHERE failing_since < ?"),
		waiting:     db.statement("SELECT 1 FROM fanouts LIMIT 1"),
	}
}

type activityRow struct {
	bun.BaseModel `bun:"table:activities"`

	ID        string `bun:",pk"`
	Serial    int64
	IRI       string
	ActorID   string
	Type      string
	Object    string
	Public    bool
	Forwarded bool
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
// from a position on.
type fanoutRow struct {
	bun.BaseModel `bun:"table:fanouts"`

	ID          string `bun:",pk"`
	Serial      int64
	ActivityID  string
	FollowersOf string
	Software    string // of their hosts; "" for any
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
			if err := s.insert(ctx, tx, &out[i], out[i].Passing); err != nil {
				return fmt.Errorf("store activity %s: %w", out[i].Activity.IRI, err)
			}
		}
		return nil
	})
	if err == nil && len(out) > 0 {
		s.db.changed.wake(TopicFanouts, TopicDeliveries)
	}
	return err
}

// Forward queues an activity of another node for the followers of actors of
// this one, but not for the host that it is of. One that was forwarded before
// is not again.
func (s *Activities) Forward(ctx context.Context, out network.Outgoing) error {
	err := s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		known, err := tx.NewSelect().Model((*activityRow)(nil)).Where("iri = ?", string(out.Activity.IRI)).Exists(ctx)
		if err != nil || known {
			return err
		}
		return s.insert(ctx, tx, &out, true)
	})
	if err == nil {
		s.db.changed.wake(TopicFanouts)
	}
	return err
}

// insert stores an activity. Followers are left to the fan-out; to a few
// inboxes it goes at once.
func (s *Activities) insert(ctx context.Context, tx bun.Tx, o *network.Outgoing, forwarded bool) error {
	row := activityRowOf(&o.Activity)
	row.Forwarded = forwarded
	if err := s.addActivity.insert(ctx, tx, row); err != nil {
		return err
	}
	for _, actor := range o.FollowersOf {
		_, err := tx.NewInsert().Model(&fanoutRow{
			ID: string(s.mint.ID()), Serial: int64(s.mint.Serial()), ActivityID: string(o.Activity.ID),
			FollowersOf: string(actor), Software: o.Software, OrderKey: o.OrderKey,
		}).Exec(ctx)
		if err != nil {
			return err
		}
	}
	inboxes := o.Inboxes
	if o.Software != "" && len(inboxes) > 0 {
		var hosts []string
		if err := running(tx, o.Software).Scan(ctx, &hosts); err != nil {
			return err
		}
		inboxes = slices.DeleteFunc(slices.Clone(inboxes), func(inbox domain.IRI) bool { return !slices.Contains(hosts, inbox.Host()) })
	}
	return s.queue(ctx, tx, o.Activity.ID, o.Activity.Actor, o.OrderKey, inboxes)
}

// running selects the hosts that run a program, or read groups.
func running(tx bun.Tx, software string) *bun.SelectQuery {
	q := tx.NewSelect().TableExpr("hosts").Column("host")
	if software == network.GroupReaders {
		return q.Where("reads_groups OR software IN (?)", bun.List(network.GroupSoftware))
	}
	return q.Where("software = ?", software)
}

// How many followers one step of a fan-out reads. The first is small, so that
// what is sent begins to leave while the rest is queued.
const (
	fanoutFirst = 100
	fanoutPage  = 500
)

// Fanout expands one page of one audience into deliveries, one for each
// distinct inbox, and reports whether there was any. A crash in between costs
// nothing: the page is one transaction, and a delivery exists once.
func (s *Activities) Fanout(ctx context.Context) (bool, error) {
	if waiting, err := s.waiting.exists(ctx); err != nil || !waiting {
		return false, translate(err)
	}
	found := false
	err := s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		row := new(fanoutRow)
		q := tx.NewSelect().Model(row).Order("serial").Limit(1)
		if s.db.dialect == Postgres {
			q = q.For("UPDATE") // the others wait: what is told of an object keeps its order
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
	most := fanoutPage
	if row.Position == 0 {
		most = fanoutFirst
	}
	if row.FollowersOf != "" {
		q := tx.NewSelect().TableExpr("follows AS f").Join("JOIN actors AS a ON a.id = f.follower_id").
			ColumnExpr("f.serial, a.inbox, a.shared_inbox").
			Where("f.followed_id = ? AND f.state = 'accepted' AND f.serial > ?", row.FollowersOf, row.Position).
			Where("a.host <> '' AND a.gone_at IS NULL")
		if row.Software != "" {
			q = q.Where("a.host IN (?)", running(tx, row.Software))
		}
		if err := q.OrderExpr("f.serial").Limit(int64(most)).Scan(ctx, &followers); err != nil {
			return err
		}
	}
	var actor, kind, iri string
	if err := tx.NewRaw("SELECT actor_id, type, iri FROM activities WHERE id = ?", row.ActivityID).Scan(ctx, &actor, &kind, &iri); err != nil {
		return err
	}
	dead, err := s.dead(ctx, tx, kind)
	if err != nil {
		return err
	}
	dead[domain.IRI(iri).Host()] = true // a forwarded activity does not go back
	inboxes := make([]domain.IRI, 0, len(followers))
	for _, f := range followers {
		inbox := domain.IRI(f.SharedInbox)
		if inbox == "" {
			inbox = domain.IRI(f.Inbox)
		}
		if !dead[inbox.Host()] {
			inboxes = append(inboxes, inbox)
		}
	}
	if err := s.queue(ctx, tx, domain.ID(row.ActivityID), domain.ActorID(actor), row.OrderKey, inboxes); err != nil {
		return err
	}
	if len(followers) < most {
		_, err := tx.NewDelete().Model(row).WherePK().Exec(ctx)
		return err
	}
	_, err = tx.NewUpdate().Model(row).WherePK().
		Set("position = ?", followers[len(followers)-1].Serial).Exec(ctx)
	return err
}

// dead lists the hosts that have not taken anything for so long that news is
// kept from them, until they give a sign of life. That something is no more
// is told to all.
func (s *Activities) dead(ctx context.Context, tx bun.Tx, kind string) (map[string]bool, error) {
	dead := map[string]bool{}
	if kind == "Delete" || kind == "Undo" {
		return dead, nil
	}
	rows, err := s.deadHost.queryTx(ctx, tx, s.mint.Now().Add(-network.DeadAfter).UnixMicro())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var host string
		if err := rows.Scan(&host); err != nil {
			return nil, err
		}
		dead[host] = true
	}
	return dead, rows.Err()
}

// queue inserts a delivery for each inbox that has none of this activity.
func (s *Activities) queue(ctx context.Context, tx bun.Tx, activity domain.ID, actor domain.ActorID, order string, inboxes []domain.IRI) error {
	now := s.mint.Now()
	seen := map[domain.IRI]bool{"": true}
	for _, inbox := range inboxes {
		if seen[inbox] || s.Refuses != nil && s.Refuses(ctx, inbox.Host()) {
			continue
		}
		seen[inbox] = true
		err := s.addDelivery.insert(ctx, tx, &deliveryRow{
			ID: string(s.mint.ID()), Serial: int64(s.mint.Serial()), ActivityID: string(activity), ActorID: string(actor),
			Host: inbox.Host(), Inbox: string(inbox), OrderKey: order,
			State: string(network.DeliveryPending), NextAt: now.UnixMicro(), CreatedAt: Stamp(now),
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Activity returns a sent activity by its IRI. Errors: NotFound.
func (s *Activities) Activity(ctx context.Context, iri domain.IRI) (*network.Activity, error) {
	row := new(activityRow)
	if err := s.db.read.NewSelect().Model(row).Where("iri = ?", string(iri)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	left, err := s.standing(ctx, []*network.Activity{row.activity()})
	if err == nil && len(left) == 0 {
		err = domain.Fail(domain.Gone, "error.gone")
	}
	if err != nil {
		return nil, err
	}
	return left[0], nil
}

// forgetSent removes the words of what was deleted, the objects that an
// expression gives, from the activities that carried them, and does not deliver
// these any more where they have not arrived. Their ids stay; what tells of the
// deletion has no words, nor have shares by address.
func forgetSent(ctx context.Context, tx bun.Tx, objects string, args ...any) error {
	shared, none := `instr(raw, CAST('"content"' AS BLOB)) > 0`, "x''"
	if tx.Dialect().Name() == dialect.PG {
		shared, none = `position(convert_to('"content"', 'UTF8') IN raw) > 0`, "''"
	}
	which := "object <> '' AND object IN (" + objects + ") AND (type IN ('Create', 'Update', 'ReplyRequest') OR type = 'Announce' AND " + shared + ")"
	for _, query := range []string{
		"DELETE FROM fanouts WHERE activity_id IN (SELECT id FROM activities WHERE " + which + ")", // first: one under way makes deliveries
		"DELETE FROM deliveries WHERE state <> 'done' AND activity_id IN (SELECT id FROM activities WHERE " + which + ")",
		"UPDATE activities SET raw = " + none + " WHERE " + which,
	} {
		if _, err := tx.NewRaw(query, args...).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// standing leaves out the activities whose words are forgotten, and those of posts,
// stories and reviews of this node that are not shown any more. What tells of that
// has none.
func (s *Activities) standing(ctx context.Context, all []*network.Activity) ([]*network.Activity, error) {
	all = slices.DeleteFunc(all, func(a *network.Activity) bool { return len(a.Raw) == 0 })
	var about []domain.IRI
	for _, a := range all {
		if bytes.Contains(a.Raw, []byte(`"content"`)) {
			about = append(about, a.Object)
		}
	}
	if len(about) == 0 {
		return all, nil
	}
	var gone []domain.IRI
	err := s.db.read.NewRaw(`SELECT iri FROM posts WHERE iri IN (?0) AND deleted_at IS NOT NULL
		UNION SELECT iri FROM stories WHERE iri IN (?0) AND status = 'withdrawn' UNION SELECT iri FROM reviews WHERE iri IN (?0) AND state = 'removed'`, bun.List(about)).Scan(ctx, &gone)
	if err != nil {
		return nil, translate(err)
	}
	return slices.DeleteFunc(all, func(a *network.Activity) bool {
		return slices.Contains(gone, a.Object) && bytes.Contains(a.Raw, []byte(`"content"`))
	}), nil
}

// Announces lists, oldest first, at most five of an actor's Announces that are
// about an object.
func (s *Activities) Announces(ctx context.Context, actor domain.ActorID, object domain.IRI) ([]domain.IRI, error) {
	var iris []domain.IRI
	err := s.db.read.NewSelect().Model((*activityRow)(nil)).Column("iri").
		Where("actor_id = ? AND type = 'Announce' AND object = ?", string(actor), string(object)).OrderExpr("serial").Limit(5).Scan(ctx, &iris)
	return iris, translate(err)
}

// Outbox lists the public activities of an actor, newest first.
func (s *Activities) Outbox(ctx context.Context, actor domain.ActorID, p domain.Page) (domain.List[*network.Activity], error) {
	var rows []*activityRow
	q := s.db.read.NewSelect().Model(&rows).Where("actor_id = ? AND public", string(actor))
	list, err := bySerial(ctx, q, &rows, true, p, func(r *activityRow) int64 { return r.Serial }, (*activityRow).activity)
	if err == nil {
		list.Items, err = s.standing(ctx, list.Items)
	}
	return list, err
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
