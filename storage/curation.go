package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/curation"
)

// Curation keeps what is offered to catalogues.
type Curation struct{ db *DB }

// NewCuration makes the store.
func NewCuration(db *DB) *Curation { return &Curation{db} }

var _ curation.Store = (*Curation)(nil)

type offerRow struct {
	bun.BaseModel `bun:"table:catalogue_offers,alias:o"`

	ID          string `bun:",pk"`
	Serial      int64
	IRI         string
	ProcessID   string
	Host        string
	ResourceID  string
	CatalogueID string
	Proposal    string
	State       string
	Reason      string
	EntryIRI    string
	OfferedBy   string
	OfferedAt   Stamp
	AnsweredAt  Stamp
	Revision    int64
}

func offerRowOf(o *curation.Offer) (*offerRow, error) {
	proposal, err := json.Marshal(o.Proposal)
	return &offerRow{
		ID: string(o.ID), Serial: int64(o.Serial), IRI: string(o.IRI), ProcessID: string(o.Process), Host: o.Host, ResourceID: string(o.Resource),
		CatalogueID: string(o.Catalogue), Proposal: string(proposal), State: string(o.State), Reason: o.Reason, EntryIRI: string(o.Entry),
		OfferedBy: string(o.OfferedBy), OfferedAt: Stamp(o.OfferedAt), AnsweredAt: Stamp(o.AnsweredAt), Revision: o.Revision + 1,
	}, err
}

func (r *offerRow) offer() (*curation.Offer, error) {
	o := &curation.Offer{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Process: domain.ActorID(r.ProcessID), Host: r.Host,
		Resource: domain.ID(r.ResourceID), Catalogue: domain.ActorID(r.CatalogueID), State: curation.State(r.State), Reason: r.Reason,
		Entry: domain.IRI(r.EntryIRI), OfferedBy: domain.ActorID(r.OfferedBy), OfferedAt: r.OfferedAt.Time(), AnsweredAt: r.AnsweredAt.Time(),
		Revision: r.Revision,
	}
	if err := json.Unmarshal([]byte(r.Proposal), &o.Proposal); err != nil {
		return nil, fmt.Errorf("proposal of offer %s: %w", r.ID, err)
	}
	return o, nil
}

// Offer implements curation.Store.
func (s *Curation) Offer(ctx context.Context, id domain.ID) (*curation.Offer, error) {
	return s.one(ctx, "o.id = ?", string(id))
}

// OfferByIRI implements curation.Store.
func (s *Curation) OfferByIRI(ctx context.Context, iri domain.IRI) (*curation.Offer, error) {
	return s.one(ctx, "o.iri = ?", string(iri))
}

func (s *Curation) one(ctx context.Context, where, arg string) (*curation.Offer, error) {
	row := new(offerRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, arg).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.offer()
}

// Queue implements curation.Store.
func (s *Curation) Queue(ctx context.Context, to domain.ActorID, state curation.State, p domain.Page) (domain.List[*curation.Offer], error) {
	var rows []*offerRow
	q := s.db.read.NewSelect().Model(&rows).Where("o.catalogue_id = ? AND o.state = ?", string(to), string(state)).Where("o.host NOT IN " + blockedHosts)
	list, err := bySerial(ctx, q, &rows, false, p, func(r *offerRow) int64 { return r.Serial }, func(r *offerRow) *offerRow { return r })
	out := domain.List[*curation.Offer]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	if err != nil {
		return out, err
	}
	out.Items, err = valuesOf(list.Items, (*offerRow).offer)
	return out, err
}

// maxOffers is how many offers of one resource are told.
const maxOffers = 50

// OffersOf implements curation.Store.
func (s *Curation) OffersOf(ctx context.Context, resource domain.ID) ([]*curation.Offer, error) {
	var rows []*offerRow
	err := s.db.read.NewSelect().Model(&rows).Where("o.resource_id = ? AND o.resource_id <> ''", string(resource)).OrderExpr("o.serial DESC").Limit(maxOffers).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*offerRow).offer)
}

// Waiting implements curation.Store.
func (s *Curation) Waiting(ctx context.Context, host string) (int, error) {
	n, err := s.db.read.NewSelect().Model((*offerRow)(nil)).Where("o.host = ? AND o.state = 'waiting'", host).Count(ctx)
	return int(n), translate(err)
}

// Save implements curation.Store.
func (s *Curation) Save(ctx context.Context, o *curation.Offer, entry *catalogue.Entry, change domain.Change) error {
	row, err := offerRowOf(o)
	if err != nil {
		return err
	}
	err = s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if entry != nil {
			if err := s.db.saveEntries(ctx, tx, []*catalogue.Entry{entry}); err != nil {
				return err
			}
		}
		return saveRow(ctx, tx, row, o.Revision)
	})
	if err != nil {
		return translate(err)
	}
	o.Revision = row.Revision
	if entry != nil {
		entry.Revision++
	}
	return nil
}

// Withheld implements curation.Store.
func (s *Curation) Withheld(ctx context.Context, resource domain.ID) (map[domain.ActorID]bool, error) {
	var people []string
	if err := s.db.read.NewRaw("SELECT person_id FROM withheld_credits WHERE resource_id = ?", string(resource)).Scan(ctx, &people); err != nil {
		return nil, translate(err)
	}
	out := make(map[domain.ActorID]bool, len(people))
	for _, p := range people {
		out[domain.ActorID(p)] = true
	}
	return out, nil
}

// Withhold implements curation.Store.
func (s *Curation) Withhold(ctx context.Context, resource domain.ID, person domain.ActorID, withheld bool) error {
	query := "DELETE FROM withheld_credits WHERE resource_id = ? AND person_id = ?"
	if withheld {
		query = "INSERT INTO withheld_credits (resource_id, person_id) VALUES (?, ?) ON CONFLICT (resource_id, person_id) DO NOTHING"
	}
	return s.db.inTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(query, string(resource), string(person)).Exec(ctx)
		return err
	})
}
