package storage

import (
	"context"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// tombstoneRow is what is left of an entry that its owner deleted.
type tombstoneRow struct {
	bun.BaseModel `bun:"table:catalogue_tombstones,alias:t"`

	IRI         string `bun:",pk"`
	ID          string
	Kind        string
	Host        string
	Slug        string
	SlugFolded  string
	ImportKey   string
	Replacement string
	DeletedAt   Stamp
}

func tombstoneRowOf(e *catalogue.Entry) *tombstoneRow {
	return &tombstoneRow{
		IRI: string(e.IRI), ID: string(e.ID), Kind: string(e.Kind), Host: e.Host, Slug: e.Slug, SlugFolded: strings.ToLower(e.Slug),
		ImportKey: e.Key, Replacement: string(e.Replacement), DeletedAt: Stamp(e.UpdatedAt),
	}
}

func (r *tombstoneRow) tombstone() catalogue.Tombstone {
	return catalogue.Tombstone{
		Entry: domain.ID(r.ID), Kind: catalogue.Kind(r.Kind), IRI: domain.IRI(r.IRI), Host: r.Host, Slug: r.Slug,
		Key: r.ImportKey, Replacement: domain.IRI(r.Replacement), At: r.DeletedAt.Time(),
	}
}

// saidOf are the addresses of what is said of an entry, ?0: of itself, of its
// reviews and of the answers to them.
const saidOf = `SELECT ?0 UNION SELECT iri FROM reviews WHERE subject_iri = ?0 UNION SELECT reply_iri FROM reviews WHERE subject_iri = ?0 AND reply_iri <> ''`

// toldOf are the activities that carry it.
const toldOf = `SELECT a.id FROM activities AS a WHERE a.object IN (` + saidOf + `) AND a.type IN ('Create', 'Update')`

// burying erases what belongs to an entry: ?0 is its address, ?1 its id. Files
// and pictures go with the next sweep, unless something else has them. Offers
// stay with the processes of this node that made them.
var burying = []string{
	"DELETE FROM deliveries WHERE activity_id IN (" + toldOf + ")",
	"DELETE FROM fanouts WHERE activity_id IN (" + toldOf + ")",
	"DELETE FROM activities WHERE id IN (" + toldOf + ")",
	"DELETE FROM reviews WHERE subject_iri = ?0",
	"DELETE FROM reuse_lines WHERE object_iri = ?0",
	"DELETE FROM catalogue_offers WHERE entry_iri = ?0 AND host <> ''",
	"DELETE FROM catalogue_matches WHERE profile_iri = ?0 OR other_iri = ?0",
	"DELETE FROM catalogue_endorsements WHERE entry_id = ?1",
	"DELETE FROM catalogue_bulletins WHERE entry_id = ?1",
	"DELETE FROM catalogue_values WHERE entry_id = ?1",
	"DELETE FROM catalogue_versions WHERE entry_id = ?1",
	"DELETE FROM catalogue_files WHERE entry_id = ?1",
	"DELETE FROM catalogue_roots WHERE entry_id = ?1",
}

// bury leaves nothing of an entry but its tombstone, and returns of which
// variants it was one.
func (d *DB) bury(ctx context.Context, tx bun.Tx, e *catalogue.Entry) (variant string, err error) {
	iri, id := string(e.IRI), string(e.ID)
	if err := tx.NewRaw("SELECT COALESCE(MAX(variant), '') FROM catalogue_entries WHERE id = ?", id).Scan(ctx, &variant); err != nil {
		return "", err
	}
	if err := forgetBytes(ctx, tx, saidOf, iri); err != nil {
		return "", err
	}
	for _, query := range burying {
		if _, err := tx.NewRaw(query, iri, id).Exec(ctx); err != nil {
			return "", err
		}
	}
	if _, err := tx.NewRaw("DELETE FROM catalogue_texts WHERE "+d.textNumber()+" IN (SELECT n FROM catalogue_shelf WHERE entry_id = ?)", id).Exec(ctx); err != nil {
		return "", err
	}
	if _, err := tx.NewInsert().Model(tombstoneRowOf(e)).Exec(ctx); err != nil {
		return "", err
	}
	return variant, changedOne(tx.NewRaw("DELETE FROM catalogue_entries WHERE id = ? AND revision = ?", id, e.Revision).Exec(ctx))
}

// notBuried refuses a new entry at the address of one that was deleted.
func notBuried(ctx context.Context, tx bun.Tx, iri domain.IRI) error {
	there, err := tx.NewSelect().Model((*tombstoneRow)(nil)).Where("t.iri = ?", string(iri)).Exists(ctx)
	if err == nil && there {
		err = domain.Fail(domain.Gone, "catalogue.deleted")
	}
	return err
}

// deleted says of an entry that is not there that it was deleted, if so: err
// is why it is not there.
func (s *Catalogue) deleted(ctx context.Context, err error, where string, args ...any) error {
	if domain.CodeOf(err) != domain.NotFound {
		return err
	}
	var r tombstoneRow
	found := translate(s.db.read.NewSelect().Model(&r).Where(where, args...).Where("t.host NOT IN " + blockedHosts).OrderExpr("t.deleted_at DESC").Limit(1).Scan(ctx))
	switch domain.CodeOf(found) {
	case domain.OK:
		return &domain.Error{Code: domain.Gone, Key: "catalogue.deleted", Since: r.DeletedAt.Time()}
	case domain.NotFound:
		return err
	}
	return found
}

// Tombstones implements catalogue.Store.
func (s *Catalogue) Tombstones(ctx context.Context, iris []domain.IRI) (map[domain.IRI]catalogue.Tombstone, error) {
	out := map[domain.IRI]catalogue.Tombstone{}
	for chunk := range slices.Chunk(iris, iriChunk) {
		var rows []*tombstoneRow
		if err := s.db.read.NewSelect().Model(&rows).Where("t.iri IN (?)", bun.List(chunk)).Scan(ctx); err != nil {
			return nil, translate(err)
		}
		for _, r := range rows {
			out[domain.IRI(r.IRI)] = r.tombstone()
		}
	}
	return out, nil
}

// TombstoneAt implements catalogue.Store.
func (s *Catalogue) TombstoneAt(ctx context.Context, kind catalogue.Kind, slug, host string) (catalogue.Tombstone, error) {
	r := new(tombstoneRow)
	err := s.db.read.NewSelect().Model(r).Where("kind = ? AND slug_folded = ? AND host = ?", string(kind), strings.ToLower(slug), host).
		OrderExpr("deleted_at DESC").Limit(1).Scan(ctx)
	if err != nil {
		return catalogue.Tombstone{}, translate(err)
	}
	return r.tombstone(), nil
}

// Buried implements catalogue.Store.
func (s *Catalogue) Buried(ctx context.Context, limit int) ([]catalogue.Tombstone, error) {
	var rows []*tombstoneRow
	if err := s.db.read.NewSelect().Model(&rows).Where("t.host = ''").OrderExpr("t.deleted_at DESC, t.iri").Limit(int64(limit)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	out := make([]catalogue.Tombstone, len(rows))
	for i, r := range rows {
		out[i] = r.tombstone()
	}
	return out, nil
}

// Holdings implements catalogue.Store.
func (s *Catalogue) Holdings(ctx context.Context, e *catalogue.Entry) (catalogue.Holdings, error) {
	var h catalogue.Holdings
	err := s.db.read.NewRaw(`SELECT
		(SELECT COUNT(*) FROM (SELECT process_id FROM process_uses WHERE interlinker_id = ?1 UNION SELECT id FROM processes WHERE schema_iri = ?0) AS u) AS processes,
		(SELECT COUNT(DISTINCT host) FROM reuse_lines WHERE object_iri = ?0 AND host <> '') AS elsewhere,
		(SELECT COUNT(*) FROM reviews WHERE subject_iri = ?0) AS reviews,
		(SELECT COUNT(*) FROM catalogue_versions WHERE entry_id = ?1) AS versions,
		(SELECT COUNT(*) FROM catalogue_files WHERE entry_id = ?1) AS files`, string(e.IRI), string(e.ID)).Scan(ctx, &h)
	return h, translate(err)
}

// Told implements catalogue.Store. Of nodes that told of their use of it, their
// catalogues hear.
func (s *Catalogue) Told(ctx context.Context, entry domain.IRI) ([]domain.ActorID, error) {
	var ids []domain.ActorID
	err := s.db.read.NewRaw(`SELECT MIN(a.id) AS id FROM actors AS a WHERE a.host <> '' AND a.gone_at IS NULL AND (
			a.id IN (SELECT author_id FROM reviews WHERE subject_iri = ?0)
			OR a.id IN (SELECT process_id FROM catalogue_offers WHERE entry_iri = ?0)
			OR a.subject = 'catalogue' AND a.host IN (SELECT host FROM reuse_lines WHERE object_iri = ?0)
		) GROUP BY COALESCE(NULLIF(a.shared_inbox, ''), a.inbox) ORDER BY 1 LIMIT ?1`, string(entry), catalogue.MaxTold).Scan(ctx, &ids)
	return ids, translate(err)
}
