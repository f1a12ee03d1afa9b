package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/story"
)

// evidenceRow is a copy of a story as it was signed.
type evidenceRow struct {
	bun.BaseModel `bun:"table:story_evidence"`

	StoryID    string `bun:",pk"`
	Article    string
	Signatures []story.Signature
	CheckedAt  Stamp
}

// evidence reads that of a copy; nil if there is none.
func (s *Stories) evidence(ctx context.Context, id string) (*story.Evidence, error) {
	var rows []evidenceRow
	if err := s.db.read.NewSelect().Model(&rows).Where("story_id = ?", id).Scan(ctx); err != nil || len(rows) == 0 {
		return nil, translate(err)
	}
	return &story.Evidence{Article: []byte(rows[0].Article), Signatures: rows[0].Signatures, CheckedAt: rows[0].CheckedAt.Time()}, nil
}

// replaceEvidence writes that of a copy in place of what was.
func replaceEvidence(ctx context.Context, tx bun.Tx, st *story.Story) error {
	if st.Host == "" {
		return nil
	}
	if _, err := tx.NewDelete().Model((*evidenceRow)(nil)).Where("story_id = ?", string(st.ID)).Exec(ctx); err != nil || st.Evidence == nil {
		return err
	}
	_, err := tx.NewInsert().Model(&evidenceRow{
		StoryID: string(st.ID), Article: string(st.Evidence.Article), Signatures: st.Evidence.Signatures, CheckedAt: Stamp(st.Evidence.CheckedAt),
	}).Exec(ctx)
	return err
}

type cosignatureRow struct {
	bun.BaseModel `bun:"table:story_cosignatures,alias:c"`

	ID          string `bun:",pk"`
	Serial      int64
	IRI         string
	StoryID     string `bun:",nullzero"`
	StoryIRI    string
	Version     int64
	Host        string
	OwnerID     string
	PartnerID   string
	PartnerIRI  string
	PartnerName string
	Telling     string
	Digest      string
	Article     string
	Proof       string
	Signature   string
	State       string
	Reason      string
	Never       bool
	AskedAt     Stamp
	AnsweredAt  Stamp

	WithdrawnAt Stamp
	Revision    int64
}

func cosignatureRowOf(c *story.Cosignature) (*cosignatureRow, error) {
	telling, err := json.Marshal(c.Telling)
	if err != nil {
		return nil, err
	}
	signature, err := json.Marshal(c.Signature)
	if err != nil {
		return nil, err
	}
	name, err := json.Marshal(c.PartnerName)
	return &cosignatureRow{
		ID: string(c.ID), Serial: int64(c.Serial), IRI: string(c.IRI), StoryID: string(c.Story), StoryIRI: string(c.StoryIRI), Version: int64(c.Version), Host: c.Host,
		OwnerID: string(c.Owner), PartnerID: string(c.Partner), PartnerIRI: string(c.PartnerIRI), PartnerName: string(name), Telling: string(telling), Digest: c.Digest, Article: string(c.Article),
		Proof: string(c.Proof), Signature: string(signature), State: string(c.State), Reason: c.Reason, Never: c.Never,
		AskedAt: Stamp(c.AskedAt), AnsweredAt: Stamp(c.AnsweredAt), WithdrawnAt: Stamp(c.Withdrawn), Revision: c.Revision + 1,
	}, err
}

func (r *cosignatureRow) cosignature() (*story.Cosignature, error) {
	c := &story.Cosignature{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Story: domain.ID(r.StoryID), StoryIRI: domain.IRI(r.StoryIRI), Version: int(r.Version),
		Host: r.Host, Owner: domain.ActorID(r.OwnerID), Partner: domain.ActorID(r.PartnerID), PartnerIRI: domain.IRI(r.PartnerIRI), Digest: r.Digest,
		Article: []byte(r.Article), Proof: []byte(r.Proof), State: story.CosignState(r.State), Reason: r.Reason, Never: r.Never,
		AskedAt: r.AskedAt.Time(), AnsweredAt: r.AnsweredAt.Time(), Withdrawn: r.WithdrawnAt.Time(), Revision: r.Revision,
	}
	err := json.Unmarshal([]byte(r.Telling), &c.Telling)
	if err == nil {
		err = json.Unmarshal([]byte(r.Signature), &c.Signature)
	}
	if err == nil {
		err = json.Unmarshal([]byte(r.PartnerName), &c.PartnerName)
	}
	if err != nil {
		return nil, fmt.Errorf("cosignature %s: %w", r.ID, err)
	}
	return c, nil
}

// Cosignature implements story.Store.
func (s *Stories) Cosignature(ctx context.Context, id domain.ID) (*story.Cosignature, error) {
	return s.cosignature(ctx, "c.id = ?", string(id))
}

// CosignatureByIRI implements story.Store.
func (s *Stories) CosignatureByIRI(ctx context.Context, iri domain.IRI) (*story.Cosignature, error) {
	return s.cosignature(ctx, "c.iri = ?", string(iri))
}

func (s *Stories) cosignature(ctx context.Context, where, arg string) (*story.Cosignature, error) {
	row := new(cosignatureRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, arg).Where("c.host NOT IN " + blockedHosts).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.cosignature()
}

// CosignaturesOf implements story.Store.
func (s *Stories) CosignaturesOf(ctx context.Context, id domain.ID, version int) ([]*story.Cosignature, error) {
	var rows []*cosignatureRow
	err := s.db.read.NewSelect().Model(&rows).Where("c.story_id = ? AND c.version = ?", string(id), version).OrderExpr("c.serial").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*cosignatureRow).cosignature)
}

// CosignRequests implements story.Store.
func (s *Stories) CosignRequests(ctx context.Context, partner domain.ActorID, p domain.Page) (domain.List[*story.Cosignature], error) {
	var rows []*cosignatureRow
	q := s.db.read.NewSelect().Model(&rows).Where("c.partner_id = ? AND c.version > 0", string(partner)).Where("c.host NOT IN " + blockedHosts)
	list, err := bySerial(ctx, q, &rows, true, p, func(r *cosignatureRow) int64 { return r.Serial }, func(r *cosignatureRow) *cosignatureRow { return r })
	out := domain.List[*story.Cosignature]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	if err != nil {
		return out, err
	}
	out.Items, err = valuesOf(list.Items, (*cosignatureRow).cosignature)
	return out, err
}

// CosignaturesWith implements story.Store.
func (s *Stories) CosignaturesWith(ctx context.Context, partner domain.ActorID, iri domain.IRI) ([]*story.Cosignature, error) {
	var rows []*cosignatureRow
	err := s.db.read.NewSelect().Model(&rows).Where("c.partner_id = ? AND c.story_iri = ?", string(partner), string(iri)).
		OrderExpr("c.never DESC, CASE WHEN c.state = 'asked' THEN 0 ELSE 1 END, c.asked_at DESC").Limit(200).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*cosignatureRow).cosignature)
}

// CosignaturesWaiting implements story.Store.
func (s *Stories) CosignaturesWaiting(ctx context.Context, id domain.ID) ([]*story.Cosignature, error) {
	var rows []*cosignatureRow
	err := s.db.read.NewSelect().Model(&rows).Where("c.story_id = ? AND c.state = 'asked'", string(id)).OrderExpr("c.serial").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*cosignatureRow).cosignature)
}

// Asking implements story.Store.
func (s *Stories) Asking(ctx context.Context, host string, since time.Time) (int, error) {
	n, err := s.db.read.NewSelect().Model((*cosignatureRow)(nil)).
		Where("c.host = ? AND (c.state = 'asked' OR c.state = 'cancelled' AND c.asked_at > ?)", host, Stamp(since)).Count(ctx)
	return int(n), translate(err)
}

// SaveCosignatures implements story.Store.
func (s *Stories) SaveCosignatures(ctx context.Context, change domain.Change, all ...*story.Cosignature) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return saveCosignatures(ctx, tx, all)
	})
	if err == nil {
		for _, c := range all {
			c.Revision++
		}
	}
	return translate(err)
}

func saveCosignatures(ctx context.Context, tx bun.Tx, all []*story.Cosignature) error {
	for _, c := range all {
		row, err := cosignatureRowOf(c)
		if err == nil {
			err = saveRow(ctx, tx, row, c.Revision)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// cosigned tells a story of this node which partners signed it as it is.
func (s *Stories) cosigned(ctx context.Context, st *story.Story) error {
	all, err := s.CosignaturesOf(ctx, st.ID, st.Version)
	st.Resigned = story.Resigned(all)
	for _, c := range all {
		if c.State == story.CosignSigned {
			st.Cosigned = append(st.Cosigned, c)
		}
	}
	return err
}
