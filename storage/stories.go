package storage

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/review"
	"interlink/domain/story"
)

// Stories keeps success stories and their snapshots.
type Stories struct {
	db      *DB
	mint    *domain.Mint
	addFeed *inserter
	keep    *statement // a part of a snapshot: bun would write it into the text
}

// NewStories makes the store.
func NewStories(db *DB, mint *domain.Mint) *Stories {
	return &Stories{db, mint, feedInserter(db), db.statement("INSERT INTO snapshot_parts (digest, n, body) VALUES (?, ?, ?)")}
}

var _ story.Store = (*Stories)(nil)

// storyRow is one story.
type storyRow struct {
	bun.BaseModel `bun:"table:stories,alias:s"`

	ID          string `bun:",pk"`
	Serial      int64
	IRI         string
	Slug        string
	Host        string
	OwnerID     string
	ProcessID   string `bun:",nullzero"`
	ProcessIRI  string
	CommunityID string `bun:",nullzero"`
	Title       domain.Text
	Summary     domain.Text
	Challenge   domain.Text
	Objectives  domain.Text
	Results     domain.Text
	Lessons     domain.Text
	Keywords    []string
	Countries   []string
	Figures     []story.Figure
	Licence     string
	Languages   []domain.Lang
	Problems    []string
	Digest      string `bun:",nullzero"`
	Version     int64
	Status      string
	Details     storyDetails
	Search      string
	Ratings     string
	RatedAt     Stamp
	BroughtAt   Stamp
	PublishedAt Stamp
	UpdatedAt   Stamp
	Revision    int64
}

func storyRowOf(s *story.Story) *storyRow {
	return &storyRow{
		ID: string(s.ID), Serial: int64(s.Serial), IRI: string(s.IRI), Slug: s.Slug, Host: s.Host, OwnerID: string(s.Owner),
		ProcessID: string(s.Process), ProcessIRI: string(s.ProcessIRI), CommunityID: string(s.Community),
		Title: s.Title, Summary: s.Summary, Challenge: s.Challenge, Objectives: s.Objectives, Results: s.Results,
		Lessons: s.Lessons, Keywords: s.Keywords, Countries: s.Countries, Figures: s.Figures, Licence: s.Licence,
		Languages: s.Languages, Problems: s.Problems, Digest: s.Digest, Version: int64(s.Version), Status: string(s.Status),
		Details: storyDetails{s.Incentives, s.Terms, s.Materials, s.Makers, s.Spoken, s.Begun, s.Ended, s.ServiceTypes, s.Regulations},
		Search:  searchable("", s.Title, s.Summary, s.Challenge, s.Objectives, s.Results, s.Lessons, s.Incentives),
		Ratings: tallyText(s.Ratings), RatedAt: Stamp(s.Ratings.At), BroughtAt: Stamp(s.Brought),
		PublishedAt: Stamp(s.PublishedAt), UpdatedAt: Stamp(s.UpdatedAt), Revision: s.Revision,
	}
}

func (r *storyRow) story() *story.Story {
	return &story.Story{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Slug: r.Slug, Host: r.Host,
		Owner: domain.ActorID(r.OwnerID), Process: domain.ActorID(r.ProcessID), ProcessIRI: domain.IRI(r.ProcessIRI),
		Community: domain.ActorID(r.CommunityID),
		Telling: story.Telling{
			Title: r.Title, Summary: r.Summary, Challenge: r.Challenge, Objectives: r.Objectives, Results: r.Results,
			Lessons: r.Lessons, Keywords: r.Keywords, Countries: r.Countries, Figures: r.Figures, Licence: r.Licence,
			Incentives: r.Details.Incentives, Terms: r.Details.Terms, Materials: r.Details.Materials, Makers: r.Details.Makers, Spoken: r.Details.Spoken,
			Begun: r.Details.Begun, Ended: r.Details.Ended, ServiceTypes: r.Details.ServiceTypes, Regulations: r.Details.Regulations,
		},
		Languages: r.Languages, Problems: r.Problems, Digest: r.Digest, Version: int(r.Version),
		Status: story.Status(r.Status), PublishedAt: r.PublishedAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision,
		Ratings: review.Ratings{Tally: tallyOf(r.Ratings), At: r.RatedAt.Time()}, Brought: r.BroughtAt.Time(),
	}
}

// storyDetails are what else a story tells.
type storyDetails struct {
	Incentives   domain.Text      `json:"incentives,omitempty"`
	Terms        domain.Text      `json:"terms,omitempty"`
	Materials    []story.Material `json:"materials,omitempty"`
	Makers       []story.Maker    `json:"makers,omitempty"`
	Spoken       []domain.Lang    `json:"spoken,omitempty"`
	Begun        string           `json:"begun,omitempty"`
	Ended        string           `json:"ended,omitempty"`
	ServiceTypes []string         `json:"serviceTypes,omitempty"`
	Regulations  []string         `json:"regulations,omitempty"`
}

// termRow is something a story is found by.
type termRow struct {
	bun.BaseModel `bun:"table:story_terms"`

	StoryID string `bun:",pk"`
	Kind    string `bun:",pk"`
	Term    string `bun:",pk"`
}

// Story implements story.Store.
func (s *Stories) Story(ctx context.Context, id domain.ID) (*story.Story, error) {
	return s.story(ctx, "id = ?", string(id))
}

// StoryAt implements story.Store.
func (s *Stories) StoryAt(ctx context.Context, slug, host string) (*story.Story, error) {
	return s.story(ctx, "slug = ? AND host = ?", slug, host)
}

// StoryHead implements story.Store.
func (s *Stories) StoryHead(ctx context.Context, slug, host string) (*story.Story, error) {
	return s.head(ctx, "slug = ? AND host = ?", slug, host)
}

// StoryByIRI implements story.Store.
func (s *Stories) StoryByIRI(ctx context.Context, iri domain.IRI) (*story.Story, error) {
	return s.story(ctx, "iri = ?", string(iri))
}

// story reads one with its snapshot.
func (s *Stories) story(ctx context.Context, where string, args ...any) (*story.Story, error) {
	out, err := s.head(ctx, where, args...)
	if err != nil || out.Digest == "" {
		return out, err
	}
	shots, err := s.Snapshots(ctx, []string{out.Digest})
	if err == nil && shots[out.Digest] == nil {
		err = errors.New("it is not kept")
	}
	if err != nil {
		return nil, fmt.Errorf("snapshot of story %s: %w", out.ID, err)
	}
	out.Snapshot = shots[out.Digest]
	return out, nil
}

// head reads one without its snapshot, with those who may change it.
func (s *Stories) head(ctx context.Context, where string, args ...any) (*story.Story, error) {
	row := new(storyRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, args...).Where("s.host NOT IN " + blockedHosts).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	out := row.story()
	var err error
	if out.Host != "" {
		out.Evidence, err = s.evidence(ctx, row.ID)
		return out, err
	}
	if err := s.cosigned(ctx, out); err != nil {
		return nil, err
	}
	members, err := groupMembers(ctx, s.db, []string{row.OwnerID})
	out.Stewards = members[row.OwnerID].Administrators()
	return out, err
}

// Stories implements story.Store.
func (s *Stories) Stories(ctx context.Context, f story.Filter, p domain.Page) (domain.List[*story.Story], error) {
	var rows []*storyRow
	return bySerial(ctx, askedOf(s.db.read.NewSelect().Model(&rows), f, ""), &rows, true, p, func(r *storyRow) int64 { return r.Serial }, (*storyRow).story)
}

// askedOf narrows a query to what a filter asks for, but for one facet.
func askedOf(q *bun.SelectQuery, f story.Filter, without string) *bun.SelectQuery {
	q = matching(q, f.Text).Where("s.status = ?", string(story.Published)).Where("s.host NOT IN " + hiddenHosts)
	for _, facet := range story.FacetNames {
		values := f.Any[facet]
		switch {
		case len(values) == 0 || facet == without:
		case facet == story.FacetOrigin:
			q = q.Where("s.host IN (?)", bun.List(hostsOf(values)))
		default:
			q = q.Where("s.id IN (SELECT story_id FROM story_terms WHERE kind = ? AND term IN (?))", facet, bun.List(values))
		}
	}
	for kind, term := range map[string]string{"country": f.Country, "problem": f.Problem, "keyword": f.Keyword} {
		if term != "" {
			q = q.Where("s.id IN (SELECT story_id FROM story_terms WHERE kind = ? AND term = ?)", kind, term)
		}
	}
	if f.Owner != domain.Nobody {
		q = q.Where("s.owner_id = ?", string(f.Owner))
	}
	if f.Process != domain.Nobody {
		q = q.Where("s.process_id = ?", string(f.Process))
	}
	if f.Text != "" { // what is searched; a list shows all (FEP-5feb)
		q = q.Where("s.owner_id IN (SELECT id FROM actors WHERE indexable)")
	}
	if f.Local {
		q = q.Where("s.host = ''")
	}
	if f.Held {
		q = q.Where("(s.host = '' OR s.brought_at IS NOT NULL)")
	}
	return q
}

// hostsOf are the hosts of a facet as they are kept.
func hostsOf(values []string) []string {
	out := make([]string, len(values))
	for i, v := range values {
		if v != "local" {
			out[i] = v
		}
	}
	return out
}

// maxStoryFacet is how many values of a facet are counted.
const maxStoryFacet = 100

// Facets implements story.Store.
func (s *Stories) Facets(ctx context.Context, f story.Filter) (story.Facets, error) {
	out := story.Facets{}
	for _, facet := range story.FacetNames {
		var rows []struct {
			Term string
			N    int64
		}
		q := askedOf(s.db.read.NewSelect().Model((*storyRow)(nil)), f, facet)
		if facet == story.FacetOrigin {
			q = q.ColumnExpr("s.host AS term")
		} else {
			q = q.Join("JOIN story_terms AS t ON t.story_id = s.id").Where("t.kind = ?", facet).ColumnExpr("t.term AS term")
		}
		if err := q.ColumnExpr("COUNT(*) AS n").GroupExpr("1").OrderExpr("n DESC, term").Limit(maxStoryFacet).Scan(ctx, &rows); err != nil {
			return nil, translate(err)
		}
		for _, r := range rows {
			if facet == story.FacetOrigin && r.Term == "" {
				r.Term = "local"
			}
			out[facet] = append(out[facet], story.Facet{Value: r.Term, Count: int(r.N)})
		}
	}
	return out, nil
}

// Answering implements story.Store.
func (s *Stories) Answering(ctx context.Context, problems []string, without domain.ActorID, limit int) ([]*story.Story, error) {
	var rows []*storyRow
	err := s.db.read.NewSelect().Model(&rows).
		Join("JOIN (SELECT story_id, COUNT(*) AS answered FROM story_terms WHERE kind = 'problem' AND term IN (?) GROUP BY story_id) AS t ON t.story_id = s.id", bun.List(problems)).
		Where("s.status = ?", string(story.Published)).Where("s.host NOT IN "+hiddenHosts).
		Where("(s.process_id IS NULL OR s.process_id <> ?)", string(without)).
		OrderExpr("t.answered DESC, s.serial DESC").Limit(int64(limit)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	stories := make([]*story.Story, len(rows))
	for i, r := range rows {
		stories[i] = r.story()
	}
	return stories, nil
}

// SaveStory implements story.Store.
func (s *Stories) SaveStory(ctx context.Context, st *story.Story, change domain.Change) error {
	row := storyRowOf(st)
	row.Revision++
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if st.Snapshot != nil {
			if err := s.keepSnapshot(ctx, tx, st.Digest, st.Snapshot); err != nil {
				return err
			}
		}
		if err := writeStory(ctx, tx, row, st.Revision); err != nil {
			return err
		}
		if err := replaceTerms(ctx, tx, st); err != nil {
			return err
		}
		if err := replaceStoryFiles(ctx, tx, st); err != nil {
			return err
		}
		if err := replaceEvidence(ctx, tx, st); err != nil {
			return err
		}
		if err := dropDraft(ctx, tx, st.Draft); err != nil {
			return err
		}
		if err := saveCosignatures(ctx, tx, st.Cancelled); err != nil {
			return err
		}
		if st.Host != "" && st.Status != story.Published {
			if err := forgetBytes(ctx, tx, "?", row.IRI); err != nil {
				return err
			}
		}
		return s.replaceFeed(ctx, tx, st)
	})
	if err == nil {
		st.Revision++
		st.Cancelled = nil
	}
	return err
}

// storyFileRow is a file that a published story shows that is of this node, or
// was brought to it.
type storyFileRow struct {
	bun.BaseModel `bun:"table:story_files"`

	StoryID  string `bun:",pk"`
	FileHash string `bun:",pk"`
}

// replaceStoryFiles notes which files a story shows, so that their bytes stay.
func replaceStoryFiles(ctx context.Context, tx bun.Tx, st *story.Story) error {
	if st.Host != "" && st.Brought.IsZero() {
		return nil
	}
	var before []string
	if err := tx.NewSelect().Model((*storyFileRow)(nil)).Column("file_hash").Where("story_id = ?", string(st.ID)).Scan(ctx, &before); err != nil {
		return err
	}
	if _, err := tx.NewDelete().Model((*storyFileRow)(nil)).Where("story_id = ?", string(st.ID)).Exec(ctx); err != nil {
		return err
	}
	if st.Status != story.Published || st.Snapshot == nil {
		return nil
	}
	shown := map[string]bool{}
	var rows []storyFileRow
	for _, r := range st.Snapshot.Resources {
		if r.File == nil || shown[r.File.SHA256] {
			continue
		}
		// Another node may name what is somebody's own here: it has what it sent.
		if st.Host == "" || slices.Contains(before, r.File.SHA256) || slices.Contains(st.Along, r.File.SHA256) {
			shown[r.File.SHA256] = true
			rows = append(rows, storyFileRow{StoryID: string(st.ID), FileHash: r.File.SHA256})
		}
	}
	if st.Host != "" { // some may have stayed behind
		return insertKept(ctx, tx, rows)
	}
	return insertAll(ctx, tx, rows)
}

// HasFile implements story.Store.
func (s *Stories) HasFile(ctx context.Context, id domain.ID, hash string) (bool, error) {
	has, err := s.db.read.NewSelect().Model((*storyFileRow)(nil)).Where("story_id = ? AND file_hash = ?", string(id), hash).Exists(ctx)
	return has, translate(err)
}

// insertKept notes the files that are here.
func insertKept(ctx context.Context, tx bun.Tx, rows []storyFileRow) error {
	for _, r := range rows {
		if _, err := tx.NewRaw("INSERT INTO story_files (story_id, file_hash) SELECT ?, hash FROM files WHERE hash = ?", r.StoryID, r.FileHash).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// replaceFeed shows a published story in the feeds of its owner and of the
// community that announces it, and takes a withdrawn one out of all.
func (s *Stories) replaceFeed(ctx context.Context, tx bun.Tx, st *story.Story) error {
	if st.Status != story.Published {
		_, err := tx.NewDelete().Model((*feedRow)(nil)).Where("object_id = ?", string(st.ID)).Exec(ctx)
		return err
	}
	item := func(actor domain.ActorID, verb community.Verb) community.FeedItem {
		return community.FeedItem{
			Serial: s.mint.Serial(), Actor: actor, Verb: verb, Kind: community.ObjectStory,
			Object: st.ID, IRI: st.IRI, At: st.PublishedAt,
		}
	}
	items := []community.FeedItem{item(st.Owner, community.Created)}
	if st.Community != domain.Nobody {
		items = append(items, item(st.Community, community.Announced))
	}
	return insertFeed(ctx, tx, s.addFeed, items)
}

// writeStory inserts the row if was is 0, else updates it where its revision
// is was. Old snapshots of this node's stories stay; those of copies go when
// no story shows them any more.
func writeStory(ctx context.Context, tx bun.Tx, row *storyRow, was int64) error {
	if was == 0 {
		_, err := tx.NewInsert().Model(row).Exec(ctx)
		if isUnique(err) {
			return &domain.Error{Code: domain.Conflict, Key: "story.slug_taken", Args: []any{row.Slug}, Field: "slug", Err: err}
		}
		return err
	}
	old := new(storyRow)
	if err := tx.NewSelect().Model(old).Column("digest").Where("id = ?", row.ID).Scan(ctx); err != nil {
		return err
	}
	if err := changedOne(tx.NewUpdate().Model(row).ExcludeColumn("ratings", "rated_at").WherePK().Where("revision = ?", was).Exec(ctx)); err != nil {
		return err
	}
	if row.Host == "" || old.Digest == "" || old.Digest == row.Digest {
		return nil
	}
	_, err := tx.NewDelete().Model((*snapshotRow)(nil)).
		Where("digest = ? AND NOT EXISTS (SELECT 1 FROM stories WHERE digest = ?)", old.Digest, old.Digest).Exec(ctx)
	return err
}

// SaveRatings implements story.Store.
func (s *Stories) SaveRatings(ctx context.Context, st *story.Story, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		err := changedOne(tx.NewUpdate().Model((*storyRow)(nil)).Set("ratings = ?", tallyText(st.Ratings)).Set("rated_at = ?", Stamp(st.Ratings.At)).Where("id = ?", string(st.ID)).Exec(ctx))
		if err != nil {
			return err
		}
		if _, err := tx.NewDelete().Model((*termRow)(nil)).Where("story_id = ? AND kind = ?", string(st.ID), story.FacetRating).Exec(ctx); err != nil {
			return err
		}
		var rows []termRow
		for _, n := range st.Stars() {
			rows = append(rows, termRow{StoryID: string(st.ID), Kind: story.FacetRating, Term: n})
		}
		return insertAll(ctx, tx, rows)
	})
}

// replaceTerms writes what a story is found by in place of what was, but for
// how it is rated, which changes beside.
func replaceTerms(ctx context.Context, tx bun.Tx, st *story.Story) error {
	if _, err := tx.NewDelete().Model((*termRow)(nil)).Where("story_id = ? AND kind <> ?", string(st.ID), story.FacetRating).Exec(ctx); err != nil {
		return err
	}
	var rows []termRow
	for kind, terms := range map[string][]string{
		"country": st.Countries, "problem": st.Problems, "keyword": st.Keywords, "service_type": st.ServiceTypes, "regulation": st.Regulations, "language": languages(st.Languages),
	} {
		for _, term := range terms {
			rows = append(rows, termRow{StoryID: string(st.ID), Kind: kind, Term: term})
		}
	}
	return insertAll(ctx, tx, rows)
}

func languages(list []domain.Lang) []string {
	out := make([]string, len(list))
	for i, l := range list {
		out[i] = string(l)
	}
	return out
}
