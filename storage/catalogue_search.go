package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// edition counts the ways in which [catalogue.Terms] cut words: what an
// earlier one made is made again by [Catalogue.Reindex].
const edition = 1

// Both databases are given words that are cut, folded and brought to their
// roots by the domain, so that both find the same.

// textsAtOnce is how many entries' texts one statement writes.
const textsAtOnce = 50

// vocabulary is how many of an entry's words are known to those who misspell
// them.
const vocabulary = 300

// saveTexts makes entries findable by their words.
func (d *DB) saveTexts(ctx context.Context, tx bun.Tx, entries []*catalogue.Entry) error {
	for chunk := range slices.Chunk(entries, textsAtOnce) {
		if err := d.saveTextsOf(ctx, tx, chunk); err != nil {
			return fmt.Errorf("index entries: %w", err)
		}
	}
	return nil
}

func (d *DB) saveTextsOf(ctx context.Context, tx bun.Tx, entries []*catalogue.Entry) error {
	ids := make([]domain.ID, len(entries))
	for i, e := range entries {
		ids[i] = e.ID
	}
	var shelf []struct {
		EntryID string
		N       int64
	}
	if err := tx.NewRaw("SELECT entry_id, n FROM catalogue_shelf WHERE entry_id IN (?)", bun.List(ids)).Scan(ctx, &shelf); err != nil {
		return err
	}
	number := make(map[string]int64, len(shelf))
	numbers := make([]int64, len(shelf))
	for i, s := range shelf {
		number[s.EntryID], numbers[i] = s.N, s.N
	}
	if _, err := tx.NewRaw("DELETE FROM catalogue_texts WHERE "+d.textNumber()+" IN (?)", bun.List(numbers)).Exec(ctx); err != nil {
		return err
	}
	var texts, roots []any
	words := map[string]bool{}
	for _, e := range entries {
		t := e.Terms()
		texts = append(texts, number[string(e.ID)])
		known := 0
		for _, field := range t.Fields {
			texts = append(texts, strings.Join(field, " "))
			for _, w := range field {
				if known < vocabulary && len(w) > 3 {
					words[w] = true
					known++
				}
			}
		}
		tree, err := outlineOf(e)
		if err != nil {
			return err
		}
		roots = append(roots, string(e.ID), strings.Join(t.Roots(true), " ")+"|"+strings.Join(t.Roots(false), " "), tree, edition)
	}
	text := "?"
	if d.dialect == Postgres {
		text = "array_to_tsvector(string_to_array(?, ' '))"
	}
	if _, err := tx.NewRaw("INSERT INTO catalogue_texts ("+d.textNumber()+", name, tags, summary, instructions) VALUES "+
		tuples(len(entries), "?", text, text, text, text), texts...).Exec(ctx); err != nil {
		return err
	}
	if _, err := tx.NewRaw("INSERT INTO catalogue_roots (entry_id, roots, outline, edition) VALUES "+tuples(len(entries), "?", "?", "?", "?")+
		" ON CONFLICT (entry_id) DO UPDATE SET roots = excluded.roots, outline = excluded.outline, edition = excluded.edition", roots...).Exec(ctx); err != nil {
		return err
	}
	return d.saveWords(ctx, tx, words)
}

// outlineOf is the content of a schema as [catalogue.Store].Schemas returns it;
// nil for another entry.
func outlineOf(e *catalogue.Entry) (*string, error) {
	if e.Schema == nil {
		return nil, nil
	}
	content, err := json.Marshal(specifics{Schema: e.Schema.Outline()})
	out := string(content)
	return &out, err
}

// textNumber is the column of catalogue_texts with the number of an entry.
func (d *DB) textNumber() string {
	if d.dialect == SQLite {
		return "rowid"
	}
	return "n"
}

// tuples are the values of so many rows.
func tuples(rows int, columns ...string) string {
	one := "(" + strings.Join(columns, ", ") + ")"
	return strings.TrimSuffix(strings.Repeat(one+", ", rows), ", ")
}

// wordsAtOnce is how many words one statement writes.
const wordsAtOnce = 500

// saveWords makes words known to those who misspell them. They come in their
// order, so that two writers never wait for each other; as JSON, which costs a
// database less to read than a statement with so many values.
func (d *DB) saveWords(ctx context.Context, tx bun.Tx, words map[string]bool) error {
	list, each := "json_each(?)", "json_each(w.value) AS g"
	if d.dialect == Postgres {
		list, each = "json_array_elements_text(?::json) AS w (value)", "json_array_elements_text(w.value) AS g (value)"
	}
	for chunk := range slices.Chunk(slices.Sorted(maps.Keys(words)), wordsAtOnce) {
		raw, err := json.Marshal(chunk)
		if err != nil {
			return err
		}
		var added []string
		if err := tx.NewRaw("INSERT INTO catalogue_words (word) SELECT value FROM "+list+" WHERE TRUE ON CONFLICT (word) DO NOTHING RETURNING word", string(raw)).
			Scan(ctx, &added); err != nil {
			return err
		}
		grams := make(map[string][]string, len(added))
		for _, w := range added {
			grams[w] = trigrams(w)
		}
		if raw, err = json.Marshal(grams); err != nil {
			return err
		}
		if _, err := tx.NewRaw("INSERT INTO catalogue_trigrams (letters, word) SELECT g.value, w.key FROM json_each(?) AS w, "+each+" WHERE TRUE ON CONFLICT (letters, word) DO NOTHING", string(raw)).
			Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// trigrams are the three letters in a row of a word, each once, with one mark
// before it.
func trigrams(word string) []string {
	letters := []rune("_" + word)
	var out []string
	for i := 0; i+3 <= len(letters); i++ {
		if g := string(letters[i : i+3]); !slices.Contains(out, g) {
			out = append(out, g)
		}
	}
	return out
}

// fieldColumns are the columns of catalogue_texts, by [catalogue.Field].
var fieldColumns = []string{"name", "tags", "summary", "instructions"}

// Match implements catalogue.Store.
func (s *Catalogue) Match(ctx context.Context, words []catalogue.Looked) ([]catalogue.Hit, error) {
	if len(words) == 0 {
		return nil, nil
	}
	var parts []string
	var args []any
	for i, w := range words {
		for field, column := range fieldColumns {
			for like, pattern := range []string{s.db.pattern(column, begins(w.Word, field), w.Word), s.db.pattern(column, false, w.Roots...)} {
				if pattern != "" {
					parts = append(parts, "SELECT ? AS word, ? AS field, ? AS root, "+s.db.matched(column))
					args = append(args, i, field, like, pattern)
				}
			}
		}
	}
	var rows []struct {
		Word, Field, Root int
		Numbers           *string
	}
	err := s.db.finding(ctx, func(q bun.IDB) error { return q.NewRaw(strings.Join(parts, " UNION ALL "), args...).Scan(ctx, &rows) })
	if err != nil {
		return nil, translate(err)
	}
	var hits []catalogue.Hit
	for _, r := range rows {
		if r.Numbers == nil {
			continue
		}
		hit := catalogue.Hit{Word: r.Word, Field: catalogue.Field(r.Field), Root: r.Root > 0, Numbers: make([]int64, 0, strings.Count(*r.Numbers, ",")+1)}
		for n := range strings.SplitSeq(*r.Numbers, ",") {
			number, err := strconv.ParseInt(n, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("number of an entry: %w", err)
			}
			hit.Numbers = append(hit.Numbers, number)
		}
		hits = append(hits, hit)
	}
	return hits, nil
}

// finding reads texts by their indexes alone, in one process. PostgreSQL does
// not know what it costs to read words from beside their rows, and to begin
// further processes and compile what takes milliseconds costs more than it saves.
func (d *DB) finding(ctx context.Context, read func(bun.IDB) error) error {
	if d.dialect == SQLite {
		return read(d.read)
	}
	return d.onConnection(ctx, &sql.TxOptions{ReadOnly: true}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.ExecContext(ctx, "SELECT set_config('enable_seqscan', 'off', true), set_config('max_parallel_workers_per_gather', '0', true), set_config('jit', 'off', true)")
		if err != nil {
			return err
		}
		return read(tx)
	})
}

// matched selects the numbers of the entries of which a column matches a
// pattern, as one text: a row each takes longer to read than to find.
func (d *DB) matched(column string) string {
	if d.dialect == SQLite {
		return "group_concat(rowid) AS numbers FROM catalogue_texts WHERE catalogue_texts MATCH ?"
	}
	return "string_agg(n::text, ',') AS numbers FROM catalogue_texts WHERE " + column + " @@ ?::tsquery"
}

// begins reports whether what begins with a word is looked for in a field: if
// it has some letters, for too much begins with few; in names and tags, where
// people see it while they type, with two.
func begins(word string, field int) bool {
	return len(word) > 3 || len(word) > 1 && field <= int(catalogue.InTags)
}

// pattern looks in a column for one of several words, or for what begins with
// them; "" for none. Words are letters and digits alone.
func (d *DB) pattern(column string, beginning bool, words ...string) string {
	quote, begins, or, head := "'", ":*", " | ", ""
	if d.dialect == SQLite {
		quote, begins, or, head = `"`, "*", " OR ", column+" : "
	}
	if !beginning {
		begins = ""
	}
	var all []string
	for _, w := range words {
		if w != "" {
			all = append(all, quote+w+quote+begins)
		}
	}
	if len(all) == 0 {
		return ""
	}
	if d.dialect == SQLite {
		return head + "(" + strings.Join(all, or) + ")"
	}
	return strings.Join(all, or)
}

// mostSimilar is how many words are compared letter by letter.
const mostSimilar = 60

// Similar implements catalogue.Store.
func (s *Catalogue) Similar(ctx context.Context, word string) ([]string, error) {
	letters := trigrams(word)
	if len(letters) == 0 {
		return nil, nil
	}
	var words []string
	err := s.db.read.NewRaw("SELECT word FROM catalogue_trigrams WHERE letters IN (?) GROUP BY word ORDER BY COUNT(*) DESC, LENGTH(word), word LIMIT ?",
		bun.List(letters), mostSimilar).Scan(ctx, &words)
	return words, translate(err)
}

// State implements catalogue.Store.
func (s *Catalogue) State(ctx context.Context) (tick int64, hidden map[string]bool, err error) {
	var rows []struct {
		Tick int64
		Host string
	}
	if err := s.db.read.NewRaw("SELECT tick, '' AS host FROM catalogue_clock UNION ALL SELECT 0, h.host FROM hidden_hosts AS h").Scan(ctx, &rows); err != nil {
		return 0, nil, translate(err)
	}
	hidden = map[string]bool{}
	for _, r := range rows {
		if r.Host == "" {
			tick = r.Tick
		} else {
			hidden[r.Host] = true
		}
	}
	return tick, hidden, nil
}

type cardRow struct {
	N                                         int64
	EntryID                                   string
	Tick                                      int64
	Kind, Host, Sort, Status, Standing, Trust *string
	Roots, Ratings                            *string
	Lead                                      *bool
	PublishedAt                               Stamp
	Uses                                      int
}

// Changes implements catalogue.Store.
func (s *Catalogue) Changes(ctx context.Context, after int64, limit int) ([]catalogue.Card, int64, error) {
	var rows []cardRow
	err := s.db.read.NewRaw(`SELECT s.n, s.entry_id, s.tick, e.kind, e.host, e.sort, e.status, e.standing, e.trust, e.lead, e.ratings, e.published_at, r.roots, `+uses+`
		FROM catalogue_shelf AS s LEFT JOIN catalogue_entries AS e ON e.id = s.entry_id LEFT JOIN catalogue_roots AS r ON r.entry_id = s.entry_id
		WHERE s.tick > ? ORDER BY s.tick LIMIT ?`, after, limit).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return nil, after, translate(err)
	}
	next := rows[len(rows)-1].Tick
	var values []valueRow
	err = s.db.read.NewRaw(`SELECT v.entry_id, v.facet, v.value FROM catalogue_shelf AS s JOIN catalogue_values AS v ON v.entry_id = s.entry_id
		WHERE s.tick > ? AND s.tick <= ? AND v.facet <> 'picture'`, after, next).Scan(ctx, &values)
	if err != nil {
		return nil, after, translate(err)
	}
	of := make(map[string][]catalogue.Value, len(rows))
	for _, v := range values {
		of[v.EntryID] = append(of[v.EntryID], catalogue.Value{Facet: v.Facet, Value: v.Value})
	}
	cards := make([]catalogue.Card, len(rows))
	for i, r := range rows {
		cards[i] = r.card(of[r.EntryID])
	}
	return cards, next, nil
}

func (r *cardRow) card(values []catalogue.Value) catalogue.Card {
	c := catalogue.Card{Number: r.N, ID: domain.ID(r.EntryID), Gone: r.Kind == nil, Uses: r.Uses}
	if c.Gone {
		return c
	}
	c.Kind, c.Host, c.Sort = catalogue.Kind(*r.Kind), *r.Host, *r.Sort
	c.Came = catalogue.Came(c.ID, c.Host, r.PublishedAt.Time())
	status := catalogue.Status(*r.Status)
	c.Shown, c.Lead = *r.Standing == string(catalogue.Shown) && status != catalogue.Draft, *r.Lead
	c.Withdrawn, c.Deprecated = status == catalogue.Withdrawn, status == catalogue.Deprecated
	c.Values = append(values, catalogue.Value{Facet: catalogue.FacetOrigin, Value: c.Host}, catalogue.Value{Facet: catalogue.FacetTrust, Value: *r.Trust})
	if r.Ratings != nil && *r.Ratings != "" {
		of := tallyOf(*r.Ratings)
		c.Rating, c.Ratings = of.Mean(), of.Count()
	}
	if r.Roots != nil {
		name, other, _ := strings.Cut(*r.Roots, "|")
		c.Name, c.Other = strings.Fields(name), strings.Fields(other)
	}
	return c
}

// EntriesByID implements catalogue.Store.
func (s *Catalogue) EntriesByID(ctx context.Context, ids []domain.ID) ([]*catalogue.Entry, error) {
	var all []*catalogue.Entry
	for chunk := range slices.Chunk(ids, iriChunk) {
		var rows []*entryRow
		err := s.db.read.NewSelect().Model(&rows).ExcludeColumn("content").ColumnExpr(withoutTree).ColumnExpr(uses).
			Where("e.id IN (?)", bun.List(chunk)).Scan(ctx)
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

// UsedWith implements catalogue.Store.
func (s *Catalogue) UsedWith(ctx context.Context, schema domain.IRI) (map[domain.ID]int, error) {
	var rows []struct {
		InterlinkerID string
		Processes     int
	}
	err := s.db.read.NewRaw(`SELECT u.interlinker_id, COUNT(DISTINCT u.process_id) AS processes FROM processes AS p JOIN process_uses AS u ON u.process_id = p.id
		WHERE p.schema_iri = ? GROUP BY u.interlinker_id`, string(schema)).Scan(ctx, &rows)
	out := make(map[domain.ID]int, len(rows))
	for _, r := range rows {
		out[domain.ID(r.InterlinkerID)] = r.Processes
	}
	return out, translate(err)
}

// Reindex makes entries findable whose words were cut by an earlier edition of
// the program, or never. It goes on while others read and write, until then
// with what is there; several processes share the work. It may be ended at any
// point and begun again.
func (s *Catalogue) Reindex(ctx context.Context) error {
	for after := domain.ID(""); ; {
		if err := ctx.Err(); err != nil { // SQLite's one writer goes on
			return err
		}
		last, err := s.reindexSome(ctx, after)
		if err != nil || last == "" {
			return translate(err)
		}
		after = last
	}
}

// reindexSome does the next few and returns the last of them; "" if there was
// none.
func (s *Catalogue) reindexSome(ctx context.Context, after domain.ID) (last domain.ID, err error) {
	err = s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		var rows []*entryRow
		q := tx.NewSelect().Model(&rows).ColumnExpr("e.*").ColumnExpr("0 AS uses").
			Join("LEFT JOIN catalogue_roots AS r ON r.entry_id = e.id").Where("e.id > ?", string(after)).Where("COALESCE(r.edition, 0) < ?", edition).
			OrderExpr("e.id").Limit(textsAtOnce)
		if s.db.dialect == Postgres {
			q = q.For("UPDATE OF e SKIP LOCKED")
		}
		if err := q.Scan(ctx); err != nil || len(rows) == 0 {
			return err
		}
		entries, err := valuesOf(rows, (*entryRow).entry)
		if err != nil {
			return err
		}
		ids := make([]domain.ID, len(entries))
		for i, e := range entries {
			ids[i] = e.ID
			if err := saveValues(ctx, tx, e); err != nil {
				return err
			}
		}
		last = ids[len(ids)-1]
		// Whoever keeps their cards is told.
		if _, err := tx.NewRaw("UPDATE catalogue_entries SET sort = sort WHERE id IN (?)", bun.List(ids)).Exec(ctx); err != nil {
			return err
		}
		return s.db.saveTexts(ctx, tx, entries)
	})
	return last, err
}

// Indexed counts the entries, and those that [Catalogue.Reindex] has still to
// make findable.
func (s *Catalogue) Indexed(ctx context.Context) (all, left int, err error) {
	err = s.db.read.NewRaw(`SELECT COUNT(*), COALESCE(SUM(CASE WHEN COALESCE(r.edition, 0) < ? THEN 1 ELSE 0 END), 0)
		FROM catalogue_entries AS e LEFT JOIN catalogue_roots AS r ON r.entry_id = e.id`, edition).Scan(ctx, &all, &left)
	return all, left, translate(err)
}
