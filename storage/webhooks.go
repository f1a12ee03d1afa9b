package storage

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/webhook"
)

// Webhooks keeps which addresses are told what happens in processes.
type Webhooks struct{ db *DB }

// NewWebhooks makes the store.
func NewWebhooks(db *DB) *Webhooks { return &Webhooks{db} }

var _ webhook.Store = (*Webhooks)(nil)

type webhookRow struct {
	bun.BaseModel `bun:"table:webhooks,alias:w"`

	ID         string `bun:",pk"`
	ProcessID  string
	URL        string
	Families   string
	Sealed     []byte
	Enabled    bool
	Failing    Stamp
	DisabledAt Stamp
	CreatedBy  string
	CreatedAt  Stamp
	Revision   int64
}

func (r *webhookRow) hook() *webhook.Hook {
	return &webhook.Hook{
		ID: domain.ID(r.ID), Process: domain.ActorID(r.ProcessID), URL: domain.IRI(r.URL), Families: strings.Fields(r.Families), Sealed: r.Sealed, On: r.Enabled,
		Failing: r.Failing.Time(), Disabled: r.DisabledAt.Time(), CreatedBy: domain.ActorID(r.CreatedBy), CreatedAt: r.CreatedAt.Time(), Revision: r.Revision,
	}
}

func hooksOf(rows []*webhookRow) []*webhook.Hook {
	hooks := make([]*webhook.Hook, len(rows))
	for i, r := range rows {
		hooks[i] = r.hook()
	}
	return hooks
}

// Hooks implements webhook.Store.
func (s *Webhooks) Hooks(ctx context.Context, process domain.ActorID) ([]*webhook.Hook, error) {
	var rows []*webhookRow
	err := s.db.read.NewSelect().Model(&rows).Where("process_id = ?", string(process)).OrderExpr("id").Scan(ctx)
	return hooksOf(rows), translate(err)
}

// HooksOf implements webhook.Store.
func (s *Webhooks) HooksOf(ctx context.Context, processes []domain.ID) ([]*webhook.Hook, error) {
	var rows []*webhookRow
	err := s.db.read.NewSelect().Model(&rows).Where("process_id IN (?) AND enabled", bun.List(processes)).OrderExpr("id").Scan(ctx)
	return hooksOf(rows), translate(err)
}

// Hook implements webhook.Store.
func (s *Webhooks) Hook(ctx context.Context, id domain.ID) (*webhook.Hook, error) {
	r := new(webhookRow)
	if err := s.db.read.NewSelect().Model(r).Where("id = ?", string(id)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return r.hook(), nil
}

// SaveHook implements webhook.Store.
func (s *Webhooks) SaveHook(ctx context.Context, h *webhook.Hook, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return putHook(ctx, tx, h) })
	if err == nil {
		h.Revision++
	}
	return err
}

func putHook(ctx context.Context, tx bun.Tx, h *webhook.Hook) error {
	row := &webhookRow{
		ID: string(h.ID), ProcessID: string(h.Process), URL: string(h.URL), Families: strings.Join(h.Families, " "), Sealed: h.Sealed, Enabled: h.On,
		Failing: Stamp(h.Failing), DisabledAt: Stamp(h.Disabled), CreatedBy: string(h.CreatedBy), CreatedAt: Stamp(h.CreatedAt), Revision: h.Revision + 1,
	}
	if h.Revision > 0 {
		return changedOne(tx.NewUpdate().Model(row).WherePK().Where("revision = ?", h.Revision).Exec(ctx))
	}
	_, err := tx.NewInsert().Model(row).Exec(ctx)
	return err
}

// DeleteHook implements webhook.Store.
func (s *Webhooks) DeleteHook(ctx context.Context, id domain.ID, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*webhookDeliveryRow)(nil)).Where("webhook_id = ?", string(id)).Exec(ctx); err != nil {
			return err
		}
		return changedOne(tx.NewDelete().Model((*webhookRow)(nil)).Where("id = ?", string(id)).Exec(ctx))
	})
}

type webhookDeliveryRow struct {
	bun.BaseModel `bun:"table:webhook_deliveries,alias:d"`

	ID        string `bun:",pk"`
	WebhookID string
	Kind      string
	EventSeq  int64
	State     string
	Attempts  int64
	Answer    string
	MadeAt    Stamp
	TriedAt   Stamp
	NextAt    Stamp
}

func webhookDeliveryRowOf(d *webhook.Delivery) *webhookDeliveryRow {
	return &webhookDeliveryRow{
		ID: string(d.ID), WebhookID: string(d.Hook), Kind: string(d.Kind), EventSeq: d.Seq, State: string(d.State), Attempts: int64(d.Attempts), Answer: d.Answer,
		MadeAt: Stamp(d.At), TriedAt: Stamp(d.TriedAt), NextAt: Stamp(d.NextAt),
	}
}

func (r *webhookDeliveryRow) delivery() *webhook.Delivery {
	return &webhook.Delivery{
		ID: domain.ID(r.ID), Hook: domain.ID(r.WebhookID), Kind: domain.EventKind(r.Kind), Seq: r.EventSeq, State: webhook.State(r.State), Attempts: int(r.Attempts),
		Answer: r.Answer, At: r.MadeAt.Time(), TriedAt: r.TriedAt.Time(), NextAt: r.NextAt.Time(),
	}
}

// Enqueue implements webhook.Store.
func (s *Webhooks) Enqueue(ctx context.Context, cursor string, from, to int64, deliveries []*webhook.Delivery) error {
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := advance(ctx, tx, cursor, from, to); err != nil {
			return err
		}
		return s.insert(ctx, tx, deliveries)
	})
}

// Try implements webhook.Store.
func (s *Webhooks) Try(ctx context.Context, d *webhook.Delivery) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error { return s.insert(ctx, tx, []*webhook.Delivery{d}) })
}

// insert adds deliveries with their jobs. A hook that was deleted meanwhile has
// none.
func (s *Webhooks) insert(ctx context.Context, tx bun.Tx, deliveries []*webhook.Delivery) error {
	for _, d := range deliveries {
		there, err := tx.NewSelect().Model((*webhookRow)(nil)).Where("id = ?", string(d.Hook)).Exists(ctx)
		if err != nil {
			return err
		}
		if !there {
			continue
		}
		if _, err := tx.NewInsert().Model(webhookDeliveryRowOf(d)).Exec(ctx); err != nil {
			return err
		}
		if err := s.db.jobs.InsertTx(ctx, tx.Tx, []domain.Job{webhook.DeliverJob(d)}); err != nil {
			return err
		}
	}
	return nil
}

// Delivery implements webhook.Store.
func (s *Webhooks) Delivery(ctx context.Context, id domain.ID) (*webhook.Delivery, error) {
	r := new(webhookDeliveryRow)
	if err := s.db.read.NewSelect().Model(r).Where("id = ?", string(id)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return r.delivery(), nil
}

// Deliveries implements webhook.Store.
func (s *Webhooks) Deliveries(ctx context.Context, hook domain.ID, p domain.Page) (domain.List[*webhook.Delivery], error) {
	var list domain.List[*webhook.Delivery]
	after, err := p.AfterID()
	if err != nil {
		return list, err
	}
	var rows []*webhookDeliveryRow
	q := s.db.read.NewSelect().Model(&rows).Where("d.webhook_id = ?", string(hook))
	total, err := q.Count(ctx)
	if err != nil {
		return list, translate(err)
	}
	list.Total = int(total)
	if after != "" {
		q = q.Where("d.id < ?", string(after))
	}
	if err := q.OrderExpr("d.id DESC").Limit(int64(p.Size() + 1)).Scan(ctx); err != nil {
		return list, translate(err)
	}
	if len(rows) > p.Size() {
		rows = rows[:p.Size()]
		list.Next = rows[len(rows)-1].ID
	}
	for _, r := range rows {
		list.Items = append(list.Items, r.delivery())
	}
	return list, nil
}

// SaveDelivery implements webhook.Store.
func (s *Webhooks) SaveDelivery(ctx context.Context, d *webhook.Delivery, h *webhook.Hook, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if h != nil {
			if err := putHook(ctx, tx, h); err != nil {
				return err
			}
		}
		_, err := tx.NewUpdate().Model(webhookDeliveryRowOf(d)).WherePK().Exec(ctx)
		return err
	})
}

// Forget deletes deliveries that were made before a time, and wait for nothing.
func (s *Webhooks) Forget(ctx context.Context, before time.Time) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*webhookDeliveryRow)(nil)).Where("made_at < ? AND state <> ?", Stamp(before), string(webhook.Waiting)).Exec(ctx)
		return err
	})
}
