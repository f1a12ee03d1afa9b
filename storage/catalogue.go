package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/review"
)

// Catalogue keeps the entries of the node's catalogue and copies of others'.
type Catalogue struct{ db *DB }

// NewCatalogue makes the store.
func NewCatalogue(db *DB) *Catalogue { return &Catalogue{db} }

var _ catalogue.Store = (*Catalogue)(nil)

type entryRow struct {
	bun.BaseModel `bun:"table:catalogue_entries,alias:e"`

	ID          string `bun:",pk"`
	Serial      int64
	Kind        string
	IRI         string
	OwnerID     string
	Host        string
	Slug        string
	SlugFolded  string
	ImportKey   string
	Name        domain.Text `bun:"type:text"`
	Summary     domain.Text `bun:"type:text"`
	Nature      string
	Difficulty  string
	Licence     string
	Content     string
	Sort        string
	Status      string
	Reason      domain.Text `bun:"type:text"`
	Replacement string
	Version     int
	Hash        string
	PublishedAt Stamp
	UpdatedAt   Stamp
	Revision    int64
	Trust       string
	Standing    string
	Why         string
	Decision    string
	VerifiedAt  Stamp
	Origin      string
	Alert       domain.Text `bun:"type:text"`
	Warning     string
	Variant     string
	Lead        bool
	Based       bool
	Ratings     string
	RatedAt     Stamp

	Uses int `bun:",scanonly"`
}

type valueRow struct {
	bun.BaseModel `bun:"table:catalogue_values"`

	EntryID string
	Facet   string
	Value   string
}

// specifics is what the content column holds: all but name and summary.
type specifics struct {
	Interlinker *catalogue.Interlinker    `json:"interlinker,omitempty"`
	Problem     *catalogue.ProblemProfile `json:"problem,omitempty"`
	Schema      *catalogue.Schema         `json:"schema,omitempty"`
}

func entryRowOf(e *catalogue.Entry) (*entryRow, error) {
	content, err := json.Marshal(specifics{e.Interlinker, e.Problem, e.Schema})
	if err != nil {
		return nil, err
	}
	row := &entryRow{
		ID: string(e.ID), Serial: int64(e.Serial), Kind: string(e.Kind), IRI: string(e.IRI), OwnerID: string(e.Owner),
		Host: e.Host, Slug: e.Slug, SlugFolded: strings.ToLower(e.Slug), ImportKey: e.Key,
		Name: e.Name, Summary: e.Summary, Content: string(content),
		Sort: foldable(e.Name.String()), Status: string(e.Status),
		Reason: e.Reason, Replacement: string(e.Replacement), Version: e.Version, Hash: e.Hash,
		PublishedAt: Stamp(e.PublishedAt), UpdatedAt: Stamp(e.UpdatedAt), Revision: e.Revision,
		Trust: string(cmp.Or(e.Trust, catalogue.TrustOwn)), Standing: string(cmp.Or(e.Standing, catalogue.Shown)), Why: string(cmp.Or(e.Why, catalogue.WhyOwn)),
		Decision: string(e.Decision), VerifiedAt: Stamp(e.Verified), Origin: cmp.Or(e.Origin, e.Key), Alert: e.Alert, Warning: e.Warning,
		Variant: e.Same(), Lead: true, Based: e.BasedOn() != "",
		Ratings: tallyText(e.Ratings), RatedAt: Stamp(e.Ratings.At),
	}
	if i := e.Interlinker; i != nil {
		row.Nature, row.Difficulty, row.Licence = string(i.Nature), i.Difficulty, i.Licence
	}
	return row, nil
}

func (r *entryRow) entry() (*catalogue.Entry, error) {
	e := &catalogue.Entry{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Kind: catalogue.Kind(r.Kind), IRI: domain.IRI(r.IRI),
		Owner: domain.ActorID(r.OwnerID), Host: r.Host, Slug: r.Slug, Key: r.ImportKey, Name: r.Name, Summary: r.Summary,
		Status: catalogue.Status(r.Status), Reason: r.Reason, Replacement: domain.IRI(r.Replacement), Version: r.Version, Hash: r.Hash,
		PublishedAt: r.PublishedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision, Uses: r.Uses,
		Trust: catalogue.Trust(r.Trust), Standing: catalogue.Standing(r.Standing), Why: catalogue.Why(r.Why), Decision: catalogue.Decision(r.Decision),
		Verified: r.VerifiedAt.Time(), Origin: r.Origin, Alert: r.Alert, Warning: r.Warning, Variant: r.Variant, Lead: r.Lead,
	}
	e.Ratings = review.Ratings{Tally: tallyOf(r.Ratings), At: r.RatedAt.Time()}
	if r.Content == "" {
		return e, nil
	}
	var s specifics
	if err := json.Unmarshal([]byte(r.Content), &s); err != nil {
		return nil, fmt.Errorf("content of entry %s: %w", r.ID, err)
	}
	e.Interlinker, e.Problem, e.Schema = s.Interlinker, s.Problem, s.Schema
	return e, nil
}

// uses counts how often an Interlinker was taken into a task.
const uses = "(SELECT COUNT(*) FROM process_uses AS u WHERE u.interlinker_id = e.id AND u.how = 'taken') AS uses"

// withoutTree is the content but for a schema's: its tree is large, and lists
// do not show it.
const withoutTree = "CASE WHEN e.kind = 'schema' THEN '' ELSE e.content END AS content"

// one reads an entry by columns that its tombstone has, too.
func (s *Catalogue) one(ctx context.Context, where string, args ...any) (*catalogue.Entry, error) {
	row := new(entryRow)
	if err := s.db.read.NewSelect().Model(row).ColumnExpr("e.*").ColumnExpr(uses).Where(where, args...).
		Where("e.host NOT IN " + blockedHosts).Scan(ctx); err != nil {
		return nil, s.deleted(ctx, translate(err), where, args...)
	}
	return row.entry()
}

// Entry implements catalogue.Store.
func (s *Catalogue) Entry(ctx context.Context, id domain.ID) (*catalogue.Entry, error) {
	return s.one(ctx, "id = ?", string(id))
}

// EntryByIRI implements catalogue.Store.
func (s *Catalogue) EntryByIRI(ctx context.Context, iri domain.IRI) (*catalogue.Entry, error) {
	return s.one(ctx, "iri = ?", string(iri))
}

// Keyed implements catalogue.Store.
func (s *Catalogue) Keyed(ctx context.Context, kind catalogue.Kind, key string) (*catalogue.Entry, error) {
	return s.one(ctx, "kind = ? AND import_key = ? AND host = ''", string(kind), key)
}

// iriChunk bounds how many addresses one query names.
const iriChunk = 1000

// EntriesByIRI implements catalogue.Store.
func (s *Catalogue) EntriesByIRI(ctx context.Context, iris []domain.IRI) ([]*catalogue.Entry, error) {
	var all []*catalogue.Entry
	for chunk := range slices.Chunk(iris, iriChunk) {
		var rows []*entryRow
		err := s.db.read.NewSelect().Model(&rows).ExcludeColumn("content").ColumnExpr(withoutTree).ColumnExpr(uses).
			Where("e.iri IN (?)", bun.List(chunk)).Where("e.status <> 'draft'").Scan(ctx)
		if err != nil {
			return nil, translate(err)
		}
		entries, err := valuesOf(rows, (*entryRow).entry)
		if err != nil {
			return nil, err
		}
		all = append(all, entries...)
	}
	return all, nil
}

// Problems implements catalogue.Store.
func (s *Catalogue) Problems(ctx context.Context, codes []string) ([]*catalogue.Entry, error) {
	var rows []*entryRow
	// The profiles are few, and those that answer one of them many: SQLite
	// begins with the former where CROSS JOIN says so.
	err := s.db.read.NewSelect().Model(&rows).ColumnExpr("e.*").ColumnExpr(uses).Where("e.kind = 'problem'").
		Where(shown).
		Join("CROSS JOIN catalogue_values AS v").Where("v.entry_id = e.id AND v.facet = 'problem' AND v.value IN (?)", bun.List(codes)).
		OrderExpr("e.host, e.id").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*entryRow).entry)
}

// EntryAt implements catalogue.Store.
func (s *Catalogue) EntryAt(ctx context.Context, kind catalogue.Kind, slug, host string) (*catalogue.Entry, error) {
	return s.one(ctx, "kind = ? AND slug_folded = ? AND host = ?", string(kind), strings.ToLower(slug), host)
}

// shown are the entries that stand in lists, search and recommendations: of
// the table catalogue_entries as e.
const shown = "e.standing = 'shown' AND e.host NOT IN " + hiddenHosts

// usable are the entries that lists offer; recommendations are narrower.
const usable = "e.status IN ('published', 'deprecated')"

// Local implements catalogue.Store.
func (s *Catalogue) Local(ctx context.Context) ([]*catalogue.Entry, error) {
	return s.all(ctx, s.db.read.NewSelect(), "e.host = ''")
}

// Schemas implements catalogue.Store.
func (s *Catalogue) Schemas(ctx context.Context) ([]*catalogue.Entry, error) {
	var rows []*entryRow
	err := s.db.read.NewSelect().Model(&rows).ExcludeColumn("content").ColumnExpr("COALESCE(r.outline, e.content) AS content").
		ColumnExpr("(SELECT COUNT(*) FROM processes AS p WHERE p.schema_iri = e.iri) AS uses").
		Join("LEFT JOIN catalogue_roots AS r ON r.entry_id = e.id").
		Where("e.kind = 'schema' AND e.status = 'published' AND e.lead AND " + shown).OrderExpr("e.serial").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*entryRow).entry)
}

func (s *Catalogue) all(ctx context.Context, q *bun.SelectQuery, where string) ([]*catalogue.Entry, error) {
	var rows []*entryRow
	if err := q.Model(&rows).ColumnExpr("e.*").ColumnExpr(uses).Where(where).OrderExpr("e.serial").Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return valuesOf(rows, (*entryRow).entry)
}

// Published implements catalogue.Store.
func (s *Catalogue) Published(ctx context.Context, p domain.Page) (domain.List[*catalogue.Entry], error) {
	var rows []*entryRow
	q := s.db.read.NewSelect().Model(&rows).Where("e.host = ''").Where(usable)
	list, err := bySerial(ctx, q, &rows, false, p, func(r *entryRow) int64 { return r.Serial }, func(r *entryRow) *entryRow { return r })
	out := domain.List[*catalogue.Entry]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	if err != nil {
		return out, err
	}
	out.Items, err = valuesOf(list.Items, (*entryRow).entry)
	return out, err
}

// errDryRun ends a dry run.
var errDryRun = errors.New("dry run")

// Save implements catalogue.Store.
func (s *Catalogue) Save(ctx context.Context, entries []*catalogue.Entry, change domain.Change, dryRun bool) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := s.db.saveEntries(ctx, tx, entries); err != nil {
			return err
		}
		if dryRun {
			return errDryRun
		}
		return nil
	})
	if errors.Is(err, errDryRun) {
		return nil
	}
	if err == nil {
		for _, e := range entries {
			e.Revision++
		}
	}
	return err
}

// Departed implements catalogue.Store.
func (s *Catalogue) Departed(ctx context.Context, iris []domain.IRI) (map[domain.IRI]bool, error) {
	gone := map[domain.IRI]bool{}
	for chunk := range slices.Chunk(iris, iriChunk) {
		var some []string
		if err := s.db.read.NewRaw("SELECT iri FROM actors WHERE gone_at IS NOT NULL AND iri IN (?)", bun.List(chunk)).Scan(ctx, &some); err != nil {
			return nil, translate(err)
		}
		for _, iri := range some {
			gone[domain.IRI(iri)] = true
		}
	}
	return gone, nil
}

// SaveRatings implements catalogue.Store.
func (s *Catalogue) SaveRatings(ctx context.Context, e *catalogue.Entry, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewUpdate().Model((*entryRow)(nil)).Set("ratings = ?", tallyText(e.Ratings)).Set("rated_at = ?", Stamp(e.Ratings.At)).
			Where("id = ?", string(e.ID)).Exec(ctx))
	})
}

func (d *DB) saveEntries(ctx context.Context, tx bun.Tx, entries []*catalogue.Entry) error {
	var kept []*catalogue.Entry
	var left []string // variants of what was deleted
	was, err := entriesBefore(ctx, tx, entries)
	if err != nil {
		return err
	}
	var told []telling
	for _, e := range entries {
		var err error
		if e.Status == catalogue.Deleted {
			var variant string
			variant, err = d.bury(ctx, tx, e)
			left = append(left, variant)
		} else {
			err = saveEntry(ctx, tx, e)
			kept = append(kept, e)
			if t, ok := toldEntry(e, was[e.ID]); ok {
				told = append(told, t)
			}
		}
		if err != nil {
			return fmt.Errorf("save %s %s: %w", e.Kind, e.Slug, err)
		}
	}
	if err := d.saveTexts(ctx, tx, kept); err != nil {
		return err
	}
	if err := tell(ctx, tx, told); err != nil {
		return err
	}
	if err := groupVariants(ctx, tx, kept); err != nil {
		return err
	}
	slices.Sort(left)
	return electLeads(ctx, tx, slices.Compact(left), nil)
}

func saveEntry(ctx context.Context, tx bun.Tx, e *catalogue.Entry) error {
	row, err := entryRowOf(e)
	if err != nil {
		return err
	}
	row.Revision = e.Revision + 1
	if e.Revision == 0 {
		if err := notBuried(ctx, tx, e.IRI); err != nil {
			return err
		}
		_, err = tx.NewInsert().Model(row).Exec(ctx)
	} else {
		kept := []string{"variant", "lead"}
		if e.Local() {
			kept = append(kept, "ratings", "rated_at") // they change beside
		}
		err = changedOne(tx.NewUpdate().Model(row).ExcludeColumn(kept...).WherePK().Where("e.revision = ?", e.Revision).Exec(ctx))
	}
	if err != nil {
		return err
	}
	if err := keepVersion(ctx, tx, e, row); err != nil {
		return err
	}
	return saveValues(ctx, tx, e)
}

// saveValues writes what an entry is filtered by, and which pictures it shows:
// those of its earlier versions, which may still be read, stay.
func saveValues(ctx context.Context, tx bun.Tx, e *catalogue.Entry) error {
	q := tx.NewDelete().Model((*valueRow)(nil)).Where("entry_id = ?", string(e.ID))
	if e.Host == "" && e.Version > 0 { // a draft has no earlier version
		q = q.Where("facet <> 'picture'")
	}
	if _, err := q.Exec(ctx); err != nil {
		return err
	}
	var values []*valueRow
	for _, v := range e.Values() {
		values = append(values, &valueRow{EntryID: string(e.ID), Facet: v.Facet, Value: v.Value})
	}
	if i := e.Interlinker; i != nil && e.Host == "" {
		for _, shown := range i.Snapshots {
			values = append(values, &valueRow{EntryID: string(e.ID), Facet: "picture", Value: string(shown.URL)})
		}
	}
	if len(values) == 0 {
		return nil
	}
	_, err := tx.NewInsert().Model(&values).On("CONFLICT (entry_id, facet, value) DO NOTHING").Exec(ctx)
	return err
}

// Unknown returns those of some addresses that are no entries here, whatever
// became of them.
func (s *Catalogue) Unknown(ctx context.Context, iris []domain.IRI) ([]domain.IRI, error) {
	known := map[domain.IRI]bool{}
	for part := range slices.Chunk(iris, 500) {
		entries, err := s.EntriesByIRI(ctx, part)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			known[e.IRI] = true
		}
	}
	var out []domain.IRI
	for _, iri := range iris {
		if !known[iri] {
			out = append(out, iri)
		}
	}
	return out, nil
}
