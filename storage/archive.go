package storage

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"slices"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/domain/portable"
)

// archivedRow is a post that was said before a community came here. Body is the
// whole of it, as JSON; its author is named by address.
type archivedRow struct {
	bun.BaseModel `bun:"table:archived_posts,alias:a"`

	ID          string `bun:",pk"`
	Serial      int64
	CommunityID string
	IRI         string
	Thread      string
	Author      string
	Host        string
	Closed      bool // not everybody could read it
	Search      string
	Body        string

	Answers int `bun:",scanonly"`
}

// archivedFileRow is a file that such a post shows.
type archivedFileRow struct {
	bun.BaseModel `bun:"table:archived_files"`

	PostID   string `bun:",pk"`
	FileHash string `bun:",pk"`
}

func archivedRowOf(a *community.Archived) (*archivedRow, error) {
	p := &a.Past
	body, err := json.Marshal(p)
	return &archivedRow{
		ID: string(a.ID), Serial: int64(a.Serial), CommunityID: string(a.Community), IRI: string(p.IRI), Thread: string(a.Thread), Author: string(p.Author),
		Host: p.Author.Host(), Closed: !p.Open(), Search: searchable(p.AuthorName, domain.Text{"": p.Title}, domain.Text{"": p.Words()}), Body: string(body),
	}, err
}

func (r *archivedRow) archived() *community.Archived {
	a := &community.Archived{ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Community: domain.ActorID(r.CommunityID), Thread: domain.IRI(r.Thread), Answers: r.Answers}
	if err := json.Unmarshal([]byte(r.Body), &a.Past); err != nil { // no other was written
		a.Past = community.Past{IRI: domain.IRI(r.IRI), Author: domain.IRI(r.Author)}
	}
	return a
}

const answersOf = "(SELECT COUNT(*) - 1 FROM archived_posts AS t WHERE t.community_id = a.community_id AND t.thread = a.iri AND a.thread = a.iri) AS answers"

// archivedIn picks what was said before a community came here.
func (s *Communities) archivedIn(rows any, in domain.ActorID, closed bool) *bun.SelectQuery {
	q := s.db.read.NewSelect().Model(rows).Where("a.community_id = ? AND a.host NOT IN "+hiddenHosts, string(in))
	if !closed {
		q = q.Where("a.closed = ?", false)
	}
	return q
}

// Archived implements community.Store.
func (s *Communities) Archived(ctx context.Context, in domain.ActorID, words string, closed bool, page domain.Page) (domain.List[*community.Archived], error) {
	var rows []*archivedRow
	q := s.archivedIn(&rows, in, closed).ColumnExpr("a.*").ColumnExpr(answersOf)
	if words == "" {
		q = q.Where("a.thread = a.iri")
	}
	return bySerial(ctx, matching(q, words), &rows, true, page, func(r *archivedRow) int64 { return r.Serial }, (*archivedRow).archived)
}

// ArchivedIn implements community.Store.
func (s *Communities) ArchivedIn(ctx context.Context, in domain.ActorID) (int, error) {
	n, err := s.archivedIn((*archivedRow)(nil), in, false).Count(ctx)
	return int(n), translate(err)
}

// ArchivedThread implements community.Store.
func (s *Communities) ArchivedThread(ctx context.Context, in domain.ActorID, thread domain.IRI, closed bool, page domain.Page) (domain.List[*community.Archived], error) {
	var rows []*archivedRow
	q := s.archivedIn(&rows, in, closed).Where("a.thread = ?", string(thread))
	return bySerial(ctx, q, &rows, false, page, func(r *archivedRow) int64 { return r.Serial }, (*archivedRow).archived)
}

// ArchivedPost implements community.Store.
func (s *Communities) ArchivedPost(ctx context.Context, in domain.ActorID, id domain.ID) (*community.Archived, error) {
	row := new(archivedRow)
	if err := s.archivedIn(row, in, true).Where("a.id = ?", string(id)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.archived(), nil
}

// RemoveArchived implements community.Store.
func (s *Communities) RemoveArchived(ctx context.Context, a *community.Archived, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		there, err := dropArchived(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if !there {
			return domain.Fail(domain.Conflict, "error.conflict")
		}
		row := &archivedRemovalRow{CommunityID: string(a.Community), Post: portable.NameOf(a.Past.IRI)}
		_, err = tx.NewInsert().Model(row).On("CONFLICT (community_id, post) DO NOTHING").Exec(ctx)
		return err
	})
}

// archivedRemovalRow is a post that was deleted from a community: by who moderates
// it, so that a later archive does not bring it back, or by its author, so that
// archives of the community tell of it when the post itself is no longer known. It
// is named by a digest: its address may have a name in it.
type archivedRemovalRow struct {
	bun.BaseModel `bun:"table:archived_removals"`

	CommunityID string `bun:",pk"`
	Post        string `bun:",pk"`
}

// noteRemovals keeps that posts were deleted from communities of this node, for
// the archives of these: posts are those that a query finds, with their
// communities.
func noteRemovals(ctx context.Context, tx bun.Tx, posts string, args ...any) error {
	var found []struct{ CommunityID, IRI string }
	if err := tx.NewRaw(posts, args...).Scan(ctx, &found); err != nil || len(found) == 0 {
		return err
	}
	rows := make([]archivedRemovalRow, len(found))
	for i, p := range found {
		rows[i] = archivedRemovalRow{CommunityID: p.CommunityID, Post: portable.NameOf(domain.IRI(p.IRI))}
	}
	for page := range slices.Chunk(rows, 500) {
		if _, err := tx.NewInsert().Model(&page).On("CONFLICT (community_id, post) DO NOTHING").Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// RemovedFrom implements portable.Kept.
func (s *Bringings) RemovedFrom(ctx context.Context, in domain.ActorID, most int) ([]string, error) {
	var iris, names []string
	err := s.db.read.NewRaw("SELECT iri FROM posts WHERE community_id = ? AND deleted_at IS NOT NULL ORDER BY serial DESC LIMIT ?", string(in), most).Scan(ctx, &iris)
	if err == nil && len(iris) < most {
		err = s.db.read.NewRaw("SELECT post FROM archived_removals WHERE community_id = ? ORDER BY post LIMIT ?", string(in), most-len(iris)).Scan(ctx, &names)
	}
	if err != nil {
		return nil, translate(err)
	}
	for _, iri := range iris {
		names = append(names, portable.NameOf(domain.IRI(iri)))
	}
	slices.Sort(names)
	return slices.Compact(names), nil
}

// StandingIn implements portable.Kept.
func (s *Bringings) StandingIn(ctx context.Context, in domain.ActorID, posts []community.Past) (portable.Standing, error) {
	out := portable.Standing{Kept: map[domain.IRI]*community.Archived{}, Removed: map[domain.IRI]bool{}}
	for page := range slices.Chunk(posts, 200) {
		var iris, names []string
		for _, p := range page {
			iris, names = append(iris, string(p.IRI)), append(names, portable.NameOf(p.IRI))
		}
		var rows []*archivedRow
		if err := s.db.read.NewSelect().Model(&rows).Where("a.community_id = ? AND a.iri IN (?)", string(in), bun.List(iris)).Scan(ctx); err != nil {
			return out, translate(err)
		}
		for _, r := range rows {
			out.Kept[domain.IRI(r.IRI)] = r.archived()
		}
		var removed []string
		err := s.db.read.NewSelect().Model((*archivedRemovalRow)(nil)).Column("post").Where("community_id = ? AND post IN (?)", string(in), bun.List(names)).Scan(ctx, &removed)
		if err != nil {
			return out, translate(err)
		}
		for i, p := range page {
			out.Removed[p.IRI] = slices.Contains(removed, names[i])
		}
	}
	return out, nil
}

// forgetArchived removes from archives what was deleted: posts, or all of some
// authors, with the addresses that an expression gives.
func forgetArchived(ctx context.Context, tx bun.Tx, gone string, args ...any) error {
	which := "iri IN (" + gone + ") OR author IN (" + gone + ")"
	twice := slices.Concat(args, args)
	if err := noteRemovals(ctx, tx, "SELECT community_id, iri FROM archived_posts WHERE "+which, twice...); err != nil {
		return err
	}
	if _, err := tx.NewRaw("DELETE FROM archived_files WHERE post_id IN (SELECT id FROM archived_posts WHERE "+which+")", twice...).Exec(ctx); err != nil {
		return err
	}
	_, err := tx.NewRaw("DELETE FROM archived_posts WHERE "+which, twice...).Exec(ctx)
	return err
}

// communityPostRow is a post of a community, with how often others passed it on.
type communityPostRow struct {
	postRow `bun:",extend"`

	Shares int `bun:",scanonly"`
}

// WrittenIn implements portable.Kept.
func (s *Bringings) WrittenIn(ctx context.Context, in domain.ActorID, closed bool, after domain.Serial, most int) ([]*portable.Written, error) {
	var rows []*communityPostRow
	q := s.db.read.NewSelect().Model(&rows).ColumnExpr("p.*").ColumnExpr(likesOf).
		ColumnExpr("(SELECT COUNT(*) FROM feed AS f WHERE f.verb = 'announce' AND f.object_kind = 'post' AND f.object_id = p.id AND f.actor_id <> p.community_id) AS shares").
		Where("p.community_id = ? AND p.deleted_at IS NULL AND p.serial > ?", string(in), int64(after))
	if closed {
		q = q.Where("p.visibility <> 'direct'")
	} else {
		q = q.Where("p.visibility IN ('public', 'unlisted') AND p.host NOT IN " + hiddenHosts)
	}
	if err := q.OrderExpr("p.serial").Limit(int64(most)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	out := make([]*portable.Written, len(rows))
	for i, r := range rows {
		out[i] = &portable.Written{Post: *r.post(), Shares: r.Shares}
	}
	return out, nil
}

// ArchivedAfter implements portable.Kept.
func (s *Bringings) ArchivedAfter(ctx context.Context, in domain.ActorID, closed bool, after domain.Serial, most int) ([]*community.Archived, error) {
	var rows []*archivedRow
	q := (&Communities{db: s.db}).archivedIn(&rows, in, closed).Where("a.serial > ?", int64(after))
	if err := q.OrderExpr("a.serial").Limit(int64(most)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	out := make([]*community.Archived, len(rows))
	for i, r := range rows {
		out[i] = r.archived()
	}
	return out, nil
}

// TakenBack implements portable.Kept.
func (s *Bringings) TakenBack(ctx context.Context, posts []community.Past) (map[domain.IRI]bool, error) {
	out := map[domain.IRI]bool{}
	for page := range slices.Chunk(posts, 200) {
		var iris, authors []string
		for _, p := range page {
			iris, authors = append(iris, string(p.IRI)), append(authors, string(p.Author))
		}
		var gone []string
		err := s.db.read.NewRaw(`SELECT iri FROM deletions WHERE iri IN (?0) UNION SELECT iri FROM posts WHERE iri IN (?0) AND deleted_at IS NOT NULL
			UNION SELECT iri FROM actors WHERE iri IN (?1) AND gone_at IS NOT NULL`, bun.List(iris), bun.List(authors)).Scan(ctx, &gone)
		if err != nil {
			return nil, translate(err)
		}
		for _, iri := range gone {
			out[domain.IRI(iri)] = true
		}
	}
	return out, nil
}

// ImportCommunity implements portable.Store.
func (s *Bringings) ImportCommunity(ctx context.Context, c *community.Community, actor *network.Actor, posts iter.Seq2[[]*community.Archived, error], b *portable.Bringing, base portable.Base, change domain.Change) error {
	row := communityRowOf(c)
	row.Revision = 1
	actor.Titles = c.Title
	err := s.makes(ctx, b, base, change, func(ctx context.Context, tx bun.Tx) error {
		if err := insertActor(ctx, tx, actor); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		for page, err := range posts {
			if err != nil {
				return err
			}
			if err := insertArchived(ctx, tx, c.ID, page); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		c.Revision = 1
	}
	return err
}

// UpdateCommunity implements portable.Store.
func (s *Bringings) UpdateCommunity(ctx context.Context, c *community.Community, icon *picture.Icon, posts iter.Seq2[portable.PastChanges, error], b *portable.Bringing, base portable.Base, change domain.Change) error {
	err := s.makes(ctx, b, base, change, func(ctx context.Context, tx bun.Tx) error {
		if err := saveCommunity(ctx, tx, c); err != nil {
			return err
		}
		if icon != nil {
			if err := setIcon(ctx, tx, c.ID, *icon, b.UpdatedAt); err != nil {
				return err
			}
		}
		for page, err := range posts {
			if err == nil {
				err = changeArchived(ctx, tx, c.ID, page)
			}
			if err != nil {
				return err
			}
		}
		return dropBrought(ctx, tx, c.ID)
	})
	if err == nil {
		c.Revision++
	}
	return err
}

// changeArchived saves what a later archive changes. An edited post is written
// anew in its place, unless who moderates removed it meanwhile.
func changeArchived(ctx context.Context, tx bun.Tx, in domain.ActorID, p portable.PastChanges) error {
	var edited []*community.Archived
	for _, a := range p.Edited {
		removed, err := dropArchived(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		if removed {
			edited = append(edited, a)
		}
	}
	for _, a := range p.Removed {
		if _, err := dropArchived(ctx, tx, a.ID); err != nil {
			return err
		}
	}
	return insertArchived(ctx, tx, in, slices.Concat(edited, p.Added))
}

// dropArchived removes a post of an archive, and reports whether it was there.
func dropArchived(ctx context.Context, tx bun.Tx, id domain.ID) (bool, error) {
	if _, err := tx.NewDelete().Model((*archivedFileRow)(nil)).Where("post_id = ?", string(id)).Exec(ctx); err != nil {
		return false, err
	}
	res, err := tx.NewDelete().Model((*archivedRow)(nil)).Where("id = ?", string(id)).Exec(ctx)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// insertArchived keeps posts of an archive: each in the thread of what it
// answers, if that came before it, else in one that it begins.
func insertArchived(ctx context.Context, tx bun.Tx, in domain.ActorID, posts []*community.Archived) error {
	slices.SortFunc(posts, func(a, b *community.Archived) int { return cmp.Compare(a.Serial, b.Serial) })
	threads, err := threadsOf(ctx, tx, in, posts)
	if err != nil {
		return err
	}
	var rows []*archivedRow
	var files []archivedFileRow
	for _, a := range posts {
		if a.Thread = threads[a.Past.InReplyTo]; a.Past.InReplyTo == "" || a.Thread == "" {
			a.Thread = a.Past.IRI
		}
		threads[a.Past.IRI] = a.Thread
		row, err := archivedRowOf(a)
		if err != nil {
			return fmt.Errorf("keep %s: %w", a.Past.IRI, err)
		}
		rows = append(rows, row)
		for _, f := range a.Past.Files {
			if one := (archivedFileRow{PostID: row.ID, FileHash: f.SHA256}); f.SHA256 != "" && !slices.Contains(files, one) {
				files = append(files, one)
			}
		}
	}
	if err := insertAll(ctx, tx, rows); err != nil {
		return err
	}
	return insertAll(ctx, tx, files)
}

// threadsOf finds the threads of what posts answer, as far as it is kept.
func threadsOf(ctx context.Context, tx bun.Tx, in domain.ActorID, posts []*community.Archived) (map[domain.IRI]domain.IRI, error) {
	out := map[domain.IRI]domain.IRI{}
	var answered []string
	for _, a := range posts {
		if a.Past.InReplyTo != "" {
			answered = append(answered, string(a.Past.InReplyTo))
		}
	}
	for page := range slices.Chunk(answered, 500) {
		var rows []*archivedRow
		if err := tx.NewSelect().Model(&rows).Column("iri", "thread").Where("a.community_id = ? AND a.iri IN (?)", string(in), bun.List(page)).Scan(ctx); err != nil {
			return nil, translate(err)
		}
		for _, r := range rows {
			out[domain.IRI(r.IRI)] = domain.IRI(r.Thread)
		}
	}
	return out, nil
}
