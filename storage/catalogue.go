package storage

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/catalogue"
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
	Search      string
	Status      string
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
		Sort: foldable(e.Name.String()), Search: searchable(e.Slug, e.Name, e.Summary), Status: string(e.Status),
		Replacement: string(e.Replacement), Version: e.Version, Hash: e.Hash,
		PublishedAt: Stamp(e.PublishedAt), UpdatedAt: Stamp(e.UpdatedAt), Revision: e.Revision,
		Trust: string(cmp.Or(e.Trust, catalogue.TrustOwn)), Standing: string(cmp.Or(e.Standing, catalogue.Shown)), Why: string(cmp.Or(e.Why, catalogue.WhyOwn)),
		Decision: string(e.Decision), VerifiedAt: Stamp(e.Verified), Origin: cmp.Or(e.Origin, e.Key), Alert: e.Alert, Warning: e.Warning,
		Variant: e.Same(), Lead: true,
	}
	if i := e.Interlinker; i != nil {
		row.Nature, row.Difficulty, row.Licence = string(i.Nature), i.Difficulty, i.Licence
		for _, tags := range i.Tags {
			row.Search += "\n" + foldable(strings.Join(tags, "\n"))
		}
	}
	return row, nil
}

func (r *entryRow) entry() (*catalogue.Entry, error) {
	e := &catalogue.Entry{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Kind: catalogue.Kind(r.Kind), IRI: domain.IRI(r.IRI),
		Owner: domain.ActorID(r.OwnerID), Host: r.Host, Slug: r.Slug, Key: r.ImportKey, Name: r.Name, Summary: r.Summary,
		Status: catalogue.Status(r.Status), Replacement: domain.IRI(r.Replacement), Version: r.Version, Hash: r.Hash,
		PublishedAt: r.PublishedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision, Uses: r.Uses,
		Trust: catalogue.Trust(r.Trust), Standing: catalogue.Standing(r.Standing), Why: catalogue.Why(r.Why), Decision: catalogue.Decision(r.Decision),
		Verified: r.VerifiedAt.Time(), Origin: r.Origin, Alert: r.Alert, Warning: r.Warning, Variant: r.Variant, Lead: r.Lead,
	}
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
const uses = "(SELECT COUNT(*) FROM process_uses AS u WHERE u.interlinker_id = e.id) AS uses"

// withoutTree is the content but for a schema's: its tree is large, and lists
// do not show it.
const withoutTree = "CASE WHEN e.kind = 'schema' THEN '' ELSE e.content END AS content"

func (s *Catalogue) one(ctx context.Context, where string, args ...any) (*catalogue.Entry, error) {
	row := new(entryRow)
	if err := s.db.read.NewSelect().Model(row).ColumnExpr("e.*").ColumnExpr(uses).Where(where, args...).
		Where("e.host NOT IN " + blockedHosts).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.entry()
}

// Entry implements catalogue.Store.
func (s *Catalogue) Entry(ctx context.Context, id domain.ID) (*catalogue.Entry, error) {
	return s.one(ctx, "e.id = ?", string(id))
}

// EntryByIRI implements catalogue.Store.
func (s *Catalogue) EntryByIRI(ctx context.Context, iri domain.IRI) (*catalogue.Entry, error) {
	return s.one(ctx, "e.iri = ?", string(iri))
}

// iriChunk bounds how many addresses one query names.
const iriChunk = 1000

// EntriesByIRI implements catalogue.Store.
func (s *Catalogue) EntriesByIRI(ctx context.Context, iris []domain.IRI) ([]*catalogue.Entry, error) {
	var all []*catalogue.Entry
	for chunk := range slices.Chunk(iris, iriChunk) {
		var rows []*entryRow
		err := s.db.read.NewSelect().Model(&rows).ExcludeColumn("content").ColumnExpr(withoutTree).ColumnExpr(uses).
			Where("e.iri IN (?)", bun.List(chunk)).Scan(ctx)
		if err != nil {
			return nil, translate(err)
		}
		entries, err := entriesOf(rows)
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
	err := s.db.read.NewSelect().Model(&rows).ColumnExpr("e.*").ColumnExpr(uses).Where("e.kind = 'problem'").
		Where(shown).
		Where("e.id IN (SELECT v.entry_id FROM catalogue_values AS v WHERE v.facet = 'problem' AND v.value IN (?))", bun.List(codes)).
		OrderExpr("e.host, e.id").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return entriesOf(rows)
}

// EntryAt implements catalogue.Store.
func (s *Catalogue) EntryAt(ctx context.Context, kind catalogue.Kind, slug, host string) (*catalogue.Entry, error) {
	return s.one(ctx, "e.kind = ? AND e.slug_folded = ? AND e.host = ?", string(kind), strings.ToLower(slug), host)
}

// shown are the entries that stand in lists, search and recommendations: of
// the table catalogue_entries as e.
const shown = "e.standing = 'shown' AND e.host NOT IN " + hiddenHosts

// found are the entries of a kind that may be seen and have the words of a
// filter.
func found(q *bun.SelectQuery, f catalogue.Filter) *bun.SelectQuery {
	q = q.Where(shown)
	if !f.Variants {
		q = q.Where("e.lead")
	}
	if !f.Withdrawn {
		q = q.Where("e.status = 'published'")
	}
	if f.Kind != "" {
		q = q.Where("e.kind = ?", string(f.Kind))
	}
	return matching(q, f.Text)
}

// narrowed applies the facets of a filter but for one, so that its values can
// be counted.
func narrowed(q *bun.SelectQuery, f catalogue.Filter, without string) *bun.SelectQuery {
	equal := func(facet, column, value string) {
		if value != "" && facet != without {
			q = q.Where("e.? = ?", bun.Ident(column), value)
		}
	}
	member := func(facet, value string) {
		if value != "" && facet != without {
			q = q.Where("EXISTS (SELECT 1 FROM catalogue_values AS v WHERE v.entry_id = e.id AND v.facet = ? AND v.value = ?)", facet, value)
		}
	}
	equal("nature", "nature", string(f.Nature))
	equal("difficulty", "difficulty", f.Difficulty)
	equal("licence", "licence", f.Licence)
	equal("trust", "trust", string(f.Trust))
	member("problem", strings.ToUpper(f.Problem))
	member("language", string(f.Language))
	if f.Origin != "" && without != "origin" {
		host := f.Origin
		if host == "local" {
			host = ""
		}
		q = q.Where("e.host = ?", host)
	}
	return q
}

// Entries implements catalogue.Store.
func (s *Catalogue) Entries(ctx context.Context, f catalogue.Filter, p domain.Page) (domain.List[*catalogue.Entry], error) {
	var list domain.List[*catalogue.Entry]
	var rows []*entryRow
	q := narrowed(found(s.db.read.NewSelect().Model(&rows), f), f, "")
	count, err := q.Count(ctx)
	if err != nil {
		return list, translate(err)
	}
	list.Total = int(count)
	if p.After != "" {
		sort, id, err := nameCursor(p.After)
		if err != nil {
			return list, err
		}
		q = q.Where("(e.sort > ?0 OR e.sort = ?0 AND e.id > ?1)", sort, id)
	}
	size := p.Size()
	err = q.ExcludeColumn("content").ColumnExpr(withoutTree).ColumnExpr(uses).OrderExpr("e.sort, e.id").Limit(int64(size + 1)).Scan(ctx)
	if err != nil {
		return list, translate(err)
	}
	for i, r := range rows {
		if i == size {
			last := rows[i-1]
			list.Next = base64.RawURLEncoding.EncodeToString([]byte(last.Sort + "\x00" + last.ID))
			break
		}
		e, err := r.entry()
		if err != nil {
			return list, err
		}
		list.Items = append(list.Items, e)
	}
	return list, nil
}

// nameCursor reads the cursor of a list by name, which anybody may have made
// up: databases take no text with NUL or broken letters.
func nameCursor(after string) (sort, id string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(after)
	sort, id, ok := strings.Cut(string(raw), "\x00")
	if err != nil || !ok || !utf8.Valid(raw) || strings.Contains(id, "\x00") {
		return "", "", domain.InvalidField("after", "error.cursor").Because(err)
	}
	return sort, id, nil
}

// maxFacet is how many values of a facet are counted.
const maxFacet = 200

// Facets implements catalogue.Store. The entries are found once, with what is
// small of them, and counted six times.
func (s *Catalogue) Facets(ctx context.Context, f catalogue.Filter) (catalogue.Facets, error) {
	var out catalogue.Facets
	into := map[string]*[]catalogue.Facet{
		"nature": &out.Nature, "difficulty": &out.Difficulty, "licence": &out.Licence, "origin": &out.Origin,
		"problem": &out.Problem, "language": &out.Language,
	}
	args := []any{found(s.db.read.NewSelect().Model((*entryRow)(nil)), f).ColumnExpr("e.id, e.nature, e.difficulty, e.licence, e.host")}
	for _, facet := range slices.Sorted(maps.Keys(into)) {
		q := narrowed(s.db.read.NewSelect().TableExpr("found AS e"), f, facet).ColumnExpr("? AS facet", facet)
		switch facet {
		case "problem", "language":
			q = q.Join("JOIN catalogue_values AS f ON f.entry_id = e.id AND f.facet = ?", facet).
				ColumnExpr("f.value AS value, COUNT(*) AS count").GroupExpr("f.value")
		case "origin":
			q = q.ColumnExpr("e.host AS value, COUNT(*) AS count").GroupExpr("e.host")
		default:
			q = q.ColumnExpr("e.?0 AS value, COUNT(*) AS count", bun.Ident(facet)).Where("e.? <> ''", bun.Ident(facet)).GroupExpr("e.?", bun.Ident(facet))
		}
		args = append(args, q)
	}
	var rows []struct {
		Facet, Value string
		Count        int
	}
	query := "WITH found AS MATERIALIZED (?) " + strings.Repeat("? UNION ALL ", len(into)-1) + "? ORDER BY facet, count DESC, value"
	if err := s.db.read.NewRaw(query, args...).Scan(ctx, &rows); err != nil {
		return out, translate(err)
	}
	for _, r := range rows {
		if values := into[r.Facet]; len(*values) < maxFacet {
			*values = append(*values, catalogue.Facet{Value: r.Value, Count: r.Count})
		}
	}
	return out, nil
}

// Local implements catalogue.Store.
func (s *Catalogue) Local(ctx context.Context) ([]*catalogue.Entry, error) {
	return s.all(ctx, s.db.read.NewSelect(), "e.host = ''")
}

// Candidates implements catalogue.Store.
func (s *Catalogue) Candidates(ctx context.Context) ([]*catalogue.Entry, error) {
	entries, err := s.all(ctx, s.db.read.NewSelect(), "e.kind = 'interlinker' AND e.status = 'published' AND e.lead AND "+shown)
	for _, e := range entries {
		e.Interlinker.Instructions, e.Interlinker.Documents = nil, nil
	}
	return entries, err
}

// Schemas implements catalogue.Store.
func (s *Catalogue) Schemas(ctx context.Context) ([]*catalogue.Entry, error) {
	var rows []*entryRow
	err := s.db.read.NewSelect().Model(&rows).ColumnExpr("e.*").
		ColumnExpr("(SELECT COUNT(*) FROM processes AS p WHERE p.schema_iri = e.iri) AS uses").
		Where("e.kind = 'schema' AND e.status = 'published' AND e.lead AND " + shown).OrderExpr("e.serial").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return entriesOf(rows)
}

func (s *Catalogue) all(ctx context.Context, q *bun.SelectQuery, where string) ([]*catalogue.Entry, error) {
	var rows []*entryRow
	if err := q.Model(&rows).ColumnExpr("e.*").ColumnExpr(uses).Where(where).OrderExpr("e.serial").Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return entriesOf(rows)
}

func entriesOf(rows []*entryRow) ([]*catalogue.Entry, error) {
	entries := make([]*catalogue.Entry, len(rows))
	for i, r := range rows {
		e, err := r.entry()
		if err != nil {
			return nil, err
		}
		entries[i] = e
	}
	return entries, nil
}

// Published implements catalogue.Store.
func (s *Catalogue) Published(ctx context.Context, p domain.Page) (domain.List[*catalogue.Entry], error) {
	var rows []*entryRow
	q := s.db.read.NewSelect().Model(&rows).Where("e.host = '' AND e.status = 'published'")
	list, err := bySerial(ctx, q, &rows, false, p, func(r *entryRow) int64 { return r.Serial }, func(r *entryRow) *entryRow { return r })
	out := domain.List[*catalogue.Entry]{Next: list.Next, Prev: list.Prev, Total: list.Total}
	if err != nil {
		return out, err
	}
	out.Items, err = entriesOf(list.Items)
	return out, err
}

// State implements catalogue.Store.
func (s *Catalogue) State(ctx context.Context) (string, error) {
	var entries, revisions, used int64
	err := s.db.read.NewRaw(`SELECT COUNT(*), COALESCE(SUM(revision), 0), (SELECT COUNT(*) FROM process_uses) FROM catalogue_entries`).Scan(ctx, &entries, &revisions, &used)
	return fmt.Sprint(entries, revisions, used), translate(err)
}

// errDryRun ends a dry run.
var errDryRun = errors.New("dry run")

// Save implements catalogue.Store.
func (s *Catalogue) Save(ctx context.Context, entries []*catalogue.Entry, change domain.Change, dryRun bool) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := saveEntries(ctx, tx, entries); err != nil {
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

func saveEntries(ctx context.Context, tx bun.Tx, entries []*catalogue.Entry) error {
	for _, e := range entries {
		if err := saveEntry(ctx, tx, e); err != nil {
			return fmt.Errorf("save %s %s: %w", e.Kind, e.Slug, err)
		}
	}
	return groupVariants(ctx, tx, entries)
}

func saveEntry(ctx context.Context, tx bun.Tx, e *catalogue.Entry) error {
	row, err := entryRowOf(e)
	if err != nil {
		return err
	}
	row.Revision = e.Revision + 1
	if e.Revision == 0 {
		_, err = tx.NewInsert().Model(row).Exec(ctx)
	} else {
		err = changedOne(tx.NewUpdate().Model(row).ExcludeColumn("variant", "lead").WherePK().Where("e.revision = ?", e.Revision).Exec(ctx))
		if err == nil {
			_, err = tx.NewDelete().Model((*valueRow)(nil)).Where("entry_id = ?", row.ID).Exec(ctx)
		}
	}
	if err != nil {
		return err
	}
	var values []*valueRow
	seen := map[string]bool{}
	for _, code := range e.Problems() {
		if code = strings.ToUpper(code); !seen[code] {
			seen[code] = true
			values = append(values, &valueRow{EntryID: row.ID, Facet: "problem", Value: code})
		}
	}
	for _, lang := range e.Languages() {
		values = append(values, &valueRow{EntryID: row.ID, Facet: "language", Value: string(lang)})
	}
	if len(values) == 0 {
		return nil
	}
	_, err = tx.NewInsert().Model(&values).Exec(ctx)
	return err
}
