package storage

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
)

// bulletinRow says in which bulletin of an actor an entry stands: the last in
// which it was told of. A bulletin has all that an actor told on one day, and
// is one line of its feed: hundreds of entries at once are no hundreds of lines.
type bulletinRow struct {
	bun.BaseModel `bun:"table:catalogue_bulletins,alias:b"`

	EntryID  string `bun:",pk"`
	ActorID  string `bun:",pk"`
	Verb     string `bun:",pk"`
	Bulletin string
	Renewed  bool // a newer version of what was told of before
}

// telling is that an actor tells of an entry.
type telling struct {
	entry   domain.ID
	actor   domain.ActorID
	verb    community.Verb
	renewed bool
	at      time.Time
}

// toldEntry tells those who follow a catalogue of an entry of which it
// published a version; was is what was kept of it before, nil for nothing.
func toldEntry(e *catalogue.Entry, was *entryRow) (t telling, ok bool) {
	known := was != nil && was.Status != string(catalogue.Draft)
	if e.Status != catalogue.Published || known && e.Version <= was.Version {
		return telling{}, false
	}
	return telling{entry: e.ID, actor: e.Owner, verb: community.Created, renewed: known, at: e.Told()}, true
}

// entriesBefore reads what is kept of entries that are going to be saved.
func entriesBefore(ctx context.Context, tx bun.Tx, entries []*catalogue.Entry) (map[domain.ID]*entryRow, error) {
	var ids []string
	for _, e := range entries {
		if e.Revision > 0 {
			ids = append(ids, string(e.ID))
		}
	}
	was := make(map[domain.ID]*entryRow, len(ids))
	for chunk := range slices.Chunk(ids, iriChunk) {
		var rows []*entryRow
		if err := tx.NewSelect().Model(&rows).Column("id", "status", "version").Where("e.id IN (?)", bun.List(chunk)).Scan(ctx); err != nil {
			return nil, err
		}
		for _, r := range rows {
			was[domain.ID(r.ID)] = r
		}
	}
	return was, nil
}

// tell puts entries into the bulletins of who tells of them, and these into
// the feeds: a bulletin stands where the last of it came.
func tell(ctx context.Context, tx bun.Tx, told []telling) error {
	var rows []*bulletinRow
	var lines []*feedRow
	line := map[string]*feedRow{}
	for _, t := range told {
		id := string(t.actor) + "." + string(t.verb) + "." + t.at.UTC().Format("20060102")
		rows = append(rows, &bulletinRow{EntryID: string(t.entry), ActorID: string(t.actor), Verb: string(t.verb), Bulletin: id, Renewed: t.renewed})
		if line[id] == nil {
			line[id] = &feedRow{ActorID: string(t.actor), Verb: string(t.verb), ObjectKind: community.ObjectBulletin, ObjectID: id, ObjectIRI: id}
			lines = append(lines, line[id])
		}
		if at := Stamp(t.at); at.Time().After(line[id].At.Time()) {
			line[id].At = at
		}
	}
	for chunk := range slices.Chunk(rows, 500) {
		_, err := tx.NewInsert().Model(&chunk).On("CONFLICT (entry_id, actor_id, verb) DO UPDATE").
			Set("bulletin = EXCLUDED.bulletin").Set("renewed = EXCLUDED.renewed").Exec(ctx)
		if err != nil {
			return err
		}
	}
	for _, l := range lines {
		// A serial is free above that of the time: others came in the same millisecond.
		_, err := tx.NewRaw(`INSERT INTO feed (serial, actor_id, verb, object_kind, object_id, object_iri, at)
			SELECT COALESCE(MAX(n.serial) + 1, ?0), ?1, ?2, ?3, ?4, ?4, ?5 FROM feed AS n WHERE n.serial BETWEEN ?0 AND ?0 + 65535
			ON CONFLICT (actor_id, verb, object_iri) DO UPDATE SET serial = EXCLUDED.serial, at = EXCLUDED.at WHERE EXCLUDED.serial > feed.serial`,
			int64(domain.NewSerial(l.At.Time(), 0)), l.ActorID, l.Verb, l.ObjectKind, l.ObjectID, l.At).Exec(ctx)
		if err != nil {
			return err
		}
	}
	return nil
}

// retract takes an entry out of the bulletins of an actor who takes back that it
// shared it.
func retract(ctx context.Context, tx bun.Tx, actor domain.ActorID, entry domain.IRI) error {
	_, err := tx.NewRaw("DELETE FROM catalogue_bulletins WHERE actor_id = ? AND verb = 'announce' AND entry_id IN (SELECT id FROM catalogue_entries WHERE iri = ?)",
		string(actor), string(entry)).Exec(ctx)
	return err
}

// tellAccepted tells of copies that waited for somebody who reviews them, and
// are shown from now on. What is seen again by rules alone is no news.
func tellAccepted(ctx context.Context, tx bun.Tx, copies []*catalogue.Entry, change domain.Change) error {
	if len(change.Events) == 0 {
		return nil
	}
	shown := map[string]*catalogue.Entry{}
	for _, e := range copies {
		if e.Standing == catalogue.Shown && e.UpdatedAt.After(e.ID.Time().Add(-24*time.Hour)) { // the others stand at their own date
			shown[string(e.ID)] = e
		}
	}
	var told []telling
	for chunk := range slices.Chunk(slices.Collect(maps.Keys(shown)), iriChunk) {
		var waited []string
		err := tx.NewRaw("SELECT id FROM catalogue_entries WHERE standing = ? AND id IN (?)", string(catalogue.Waiting), bun.List(chunk)).Scan(ctx, &waited)
		if err != nil {
			return err
		}
		for _, id := range waited {
			told = append(told, telling{entry: shown[id].ID, actor: shown[id].Owner, verb: community.Created, at: change.Events[0].Time})
		}
	}
	return tell(ctx, tx, told)
}

// inBulletins are the entries of bulletins, b, that lists show. OFFSET has
// PostgreSQL begin at the bulletin, whose index has the order that is asked for,
// also before it has counted what is in it.
const inBulletins = "catalogue_bulletins AS b WHERE EXISTS (SELECT 1 FROM catalogue_entries AS e WHERE e.id = b.entry_id AND e.lead AND " + usable + " AND " + shown + " LIMIT 1 OFFSET 0)"

// bulletinGlimpse is how many entries of a bulletin its line shows.
const bulletinGlimpse = 3

// The entries of a bulletin, ?0, that are new, or not, as ?1 says: the newest ?2
// of them, below ?4 unless that is empty; and how many there are, counted up to ?3.
const (
	bulletinPart = "SELECT b.bulletin, b.entry_id, b.renewed FROM " + inBulletins +
		" AND b.bulletin = ?0 AND b.renewed = ?1 AND (?4 = '' OR b.entry_id < ?4) ORDER BY b.entry_id DESC LIMIT ?2"
	bulletinCount = "(SELECT COUNT(*) FROM (SELECT 1 FROM " + inBulletins + " AND b.bulletin = ?0 AND b.renewed = ?1 LIMIT ?3) AS c)"
	bulletinLine  = "SELECT g.*, " + bulletinCount + " AS total FROM (" + bulletinPart + ") AS g"
)

// bulletinsOf reads the bulletins of a page of a feed in one query: what is new
// before what has a new version.
func (s *Communities) bulletinsOf(ctx context.Context, feed []*feedRow) (map[string]*community.Bulletin, error) {
	var parts []string
	var values []any
	for _, r := range feed {
		if r.ObjectKind != community.ObjectBulletin {
			continue
		}
		for _, renewed := range []bool{false, true} {
			parts = append(parts, "?")
			values = append(values, bun.SafeQuery(bulletinLine, r.ObjectID, renewed, bulletinGlimpse, catalogue.BulletinCounted+1, ""))
		}
	}
	if len(parts) == 0 {
		return nil, nil
	}
	var rows []struct {
		Bulletin, EntryID string
		Renewed           bool
		Total             int
	}
	err := s.db.read.NewRaw("SELECT * FROM ("+strings.Join(parts, " UNION ALL ")+") AS o ORDER BY bulletin, renewed, entry_id DESC", values...).Scan(ctx, &rows)
	found := make(map[string]*community.Bulletin, len(parts)/2)
	for _, r := range rows {
		b := found[r.Bulletin]
		if b == nil {
			b = &community.Bulletin{}
			found[r.Bulletin] = b
		}
		if r.Renewed {
			b.Renewed = r.Total
		} else {
			b.New = r.Total
		}
		if len(b.First) < bulletinGlimpse {
			b.First = append(b.First, domain.ID(r.EntryID))
		}
	}
	return found, translate(err)
}

// Bulletin implements catalogue.Store.
func (s *Catalogue) Bulletin(ctx context.Context, id domain.ID, p domain.Page) (*catalogue.Bulletin, error) {
	line := new(feedRow)
	err := s.db.read.NewSelect().Model(line).Where("f.object_id = ? AND f.object_kind = 'bulletin'", string(id)).
		Where("f.actor_id NOT IN (SELECT a.id FROM actors AS a WHERE a.id = f.actor_id AND a.host IN " + blockedHosts + ")").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	out := &catalogue.Bulletin{ID: id, Actor: domain.ActorID(line.ActorID), Shared: line.Verb == string(community.Announced), At: line.At.Time()}
	const most = catalogue.BulletinCounted + 1
	err = s.db.read.NewRaw("SELECT ?, ?", bun.SafeQuery(bulletinCount, string(id), false, 0, most), bun.SafeQuery(bulletinCount, string(id), true, 0, most)).
		Scan(ctx, &out.New, &out.Renewed)
	if err != nil {
		return nil, translate(err)
	}
	if out.Entries.Total = out.New + out.Renewed; out.Entries.Total == 0 {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return out, s.bulletinPage(ctx, out, p)
}

// bulletinPage reads entries of a bulletin: what is new, then the others, each
// the newest first. A cursor is which of both, and the last entry.
func (s *Catalogue) bulletinPage(ctx context.Context, b *catalogue.Bulletin, p domain.Page) error {
	const newest, others = "new.", "renewed."
	var rows []*struct {
		Bulletin, EntryID string
		Renewed           bool
	}
	part := func(renewed bool, below string) any {
		return bun.SafeQuery("SELECT * FROM ("+bulletinPart+") AS g", string(b.ID), renewed, p.Size()+1, 0, below)
	}
	fresh, below := true, ""
	if p.After != "" {
		var after string
		if after, fresh = strings.CutPrefix(p.After, newest); !fresh {
			after = strings.TrimPrefix(p.After, others)
		}
		last, err := domain.Page{After: after}.AfterID()
		if err != nil {
			return err
		}
		below = string(last)
	}
	parts, values := "?", []any{part(true, below)}
	if fresh {
		parts, values = "? UNION ALL ?", []any{part(false, below), part(true, "")}
	}
	values = append(values, p.Size()+1)
	if err := s.db.read.NewRaw("SELECT * FROM ("+parts+") AS o ORDER BY renewed, entry_id DESC LIMIT ?", values...).Scan(ctx, &rows); err != nil {
		return translate(err)
	}
	if len(rows) > p.Size() {
		rows = rows[:p.Size()]
		last := rows[len(rows)-1]
		b.Entries.Next = newest + last.EntryID
		if last.Renewed {
			b.Entries.Next = others + last.EntryID
		}
	}
	ids := make([]domain.ID, len(rows))
	for i, r := range rows {
		ids[i] = domain.ID(r.EntryID)
	}
	found, err := s.EntriesByID(ctx, ids)
	slices.SortFunc(found, func(x, y *catalogue.Entry) int { return slices.Index(ids, x.ID) - slices.Index(ids, y.ID) })
	b.Entries.Items = found
	return err
}
