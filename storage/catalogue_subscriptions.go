package storage

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/catalogue"
)

type subscriptionRow struct {
	bun.BaseModel `bun:"table:catalogue_subscriptions,alias:s"`

	CatalogueID  string `bun:",pk"`
	Host         string
	Selection    catalogue.Selection `bun:"type:text"`
	State        string
	Halt         string
	Next         string
	Pages        int
	Taken        int
	Refused      int
	Total        int
	Since        Stamp
	ReadAt       Stamp
	CheckedAt    Stamp
	VerifiedAt   Stamp
	FailingSince Stamp
	NotBefore    Stamp
	Revision     int64
}

func subscriptionRowOf(s *catalogue.Subscription) *subscriptionRow {
	return &subscriptionRow{
		CatalogueID: string(s.Catalogue), Host: s.Host, Selection: s.Selection, State: string(s.State), Halt: string(s.Halt), Next: string(s.Next),
		Pages: s.Pages, Taken: s.Taken, Refused: s.Refused, Total: s.Total, Since: Stamp(s.Since), ReadAt: Stamp(s.ReadAt),
		CheckedAt: Stamp(s.CheckedAt), VerifiedAt: Stamp(s.VerifiedAt), FailingSince: Stamp(s.FailingSince), NotBefore: Stamp(s.NotBefore),
		Revision: s.Revision + 1,
	}
}

func (r *subscriptionRow) subscription() *catalogue.Subscription {
	return &catalogue.Subscription{
		Catalogue: domain.ActorID(r.CatalogueID), Host: r.Host, Selection: r.Selection, State: catalogue.SubscriptionState(r.State),
		Halt: catalogue.Halt(r.Halt), Next: domain.IRI(r.Next), Pages: r.Pages, Taken: r.Taken, Refused: r.Refused, Total: r.Total,
		Since: r.Since.Time(), ReadAt: r.ReadAt.Time(), CheckedAt: r.CheckedAt.Time(), VerifiedAt: r.VerifiedAt.Time(),
		FailingSince: r.FailingSince.Time(), NotBefore: r.NotBefore.Time(), Revision: r.Revision,
	}
}

// Subscription implements catalogue.SubscriptionStore.
func (s *Catalogue) Subscription(ctx context.Context, id domain.ActorID) (*catalogue.Subscription, error) {
	row := new(subscriptionRow)
	if err := s.db.read.NewSelect().Model(row).Where("s.catalogue_id = ?", string(id)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.subscription(), nil
}

// Subscriptions implements catalogue.SubscriptionStore.
func (s *Catalogue) Subscriptions(ctx context.Context) ([]*catalogue.Subscription, error) {
	var rows []*subscriptionRow
	if err := s.db.read.NewSelect().Model(&rows).OrderExpr("s.host, s.catalogue_id").Scan(ctx); err != nil {
		return nil, translate(err)
	}
	list := make([]*catalogue.Subscription, len(rows))
	for i, r := range rows {
		list[i] = r.subscription()
	}
	return list, nil
}

// SaveSubscription implements catalogue.SubscriptionStore.
func (s *Catalogue) SaveSubscription(ctx context.Context, sub *catalogue.Subscription, change domain.Change) error {
	return s.SavePage(ctx, nil, sub, change)
}

// SavePage implements catalogue.SubscriptionStore.
func (s *Catalogue) SavePage(ctx context.Context, entries []*catalogue.Entry, sub *catalogue.Subscription, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := saveRow(ctx, tx, subscriptionRowOf(sub), sub.Revision); err != nil {
			return fmt.Errorf("save the subscription of %s: %w", sub.Host, err)
		}
		return s.db.saveEntries(ctx, tx, entries)
	})
	if err == nil {
		sub.Revision++
		for _, e := range entries {
			e.Revision++
		}
	}
	return err
}

// Unsubscribe implements catalogue.SubscriptionStore.
func (s *Catalogue) Unsubscribe(ctx context.Context, id domain.ActorID, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw("DELETE FROM catalogue_subscriptions WHERE catalogue_id = ?", string(id)).Exec(ctx)
		return err
	})
}

// Copies implements catalogue.SubscriptionStore.
func (s *Catalogue) Copies(ctx context.Context, id domain.ActorID) (map[catalogue.Standing]int, error) {
	var rows []struct {
		Standing string
		Count    int
	}
	err := s.db.read.NewRaw("SELECT standing, COUNT(*) AS count FROM catalogue_entries WHERE owner_id = ? GROUP BY standing", string(id)).Scan(ctx, &rows)
	out := map[catalogue.Standing]int{}
	for _, r := range rows {
		out[catalogue.Standing(r.Standing)] = r.Count
	}
	return out, translate(err)
}

// Marks implements catalogue.SubscriptionStore.
func (s *Catalogue) Marks(ctx context.Context, id domain.ActorID) ([]catalogue.Mark, error) {
	var rows []struct {
		IRI     string
		Version int
	}
	err := s.db.read.NewRaw("SELECT iri, version FROM catalogue_entries WHERE owner_id = ? AND status IN ('published', 'deprecated')", string(id)).Scan(ctx, &rows)
	marks := make([]catalogue.Mark, len(rows))
	for i, r := range rows {
		marks[i] = catalogue.Mark{IRI: domain.IRI(r.IRI), Version: r.Version}
	}
	return marks, translate(err)
}

// CopiesOf implements catalogue.SubscriptionStore.
func (s *Catalogue) CopiesOf(ctx context.Context, host string, after domain.Serial, limit int) ([]*catalogue.Entry, error) {
	if host == "" {
		return nil, nil
	}
	var rows []*entryRow
	err := s.db.read.NewSelect().Model(&rows).Where("e.host = ? AND e.serial > ?", host, int64(after)).OrderExpr("e.serial").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*entryRow).entry)
}

// CopyHosts implements catalogue.SubscriptionStore.
func (s *Catalogue) CopyHosts(ctx context.Context) ([]string, error) {
	var hosts []string
	err := s.db.read.NewRaw("SELECT DISTINCT host FROM catalogue_entries WHERE host <> '' ORDER BY host").Scan(ctx, &hosts)
	return hosts, translate(err)
}

// SaveStandings implements catalogue.SubscriptionStore.
func (s *Catalogue) SaveStandings(ctx context.Context, copies []*catalogue.Entry, change domain.Change) error {
	if len(copies) == 0 && len(change.Events) == 0 {
		return nil
	}
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := tellAccepted(ctx, tx, copies, change); err != nil {
			return err
		}
		var variants []string
		saved := map[string]bool{}
		for _, e := range copies {
			_, err := tx.NewRaw("UPDATE catalogue_entries SET trust = ?, standing = ?, why = ?, decision = ?, revision = revision + 1 WHERE id = ? AND revision = ?",
				string(e.Trust), string(e.Standing), string(e.Why), string(e.Decision), string(e.ID), e.Revision).Exec(ctx)
			if err != nil {
				return err
			}
			saved[string(e.ID)] = true
			variants = append(variants, e.Variant)
		}
		return electLeads(ctx, tx, variants, saved)
	})
}
