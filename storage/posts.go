package storage

import (
	"context"
	"database/sql"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

type postRow struct {
	bun.BaseModel `bun:"table:posts,alias:p"`

	ID          string `bun:",pk"`
	Serial      int64
	IRI         string
	Type        string
	AuthorID    string
	CommunityID string
	InReplyTo   string
	Context     string
	Title       string
	Content     string
	Source      string
	Language    string
	URL         string
	Host        string
	Visibility  string
	Sensitive   bool
	Summary     string
	Images      []community.Attachment
	Poll        *community.Poll
	Mentions    []string
	Consent     *community.Consent
	Approval    string
	LockIRI     string
	PublishedAt Stamp
	EditedAt    Stamp
	DeletedAt   Stamp
	Revision    int64

	Likes   int `bun:",scanonly"`
	Answers int `bun:",scanonly"`
}

func postRowOf(p *community.Post) *postRow {
	mentions := make([]string, len(p.Mentions))
	for i, m := range p.Mentions {
		mentions[i] = string(m)
	}
	images := p.Images
	if images == nil {
		images = []community.Attachment{}
	}
	return &postRow{
		ID: string(p.ID), Serial: int64(p.Serial), IRI: string(p.IRI), Type: p.Type, AuthorID: string(p.Author),
		CommunityID: string(p.Community), InReplyTo: string(p.InReplyTo), Context: string(p.Context), Title: p.Title,
		Content: p.Content, Source: p.Source, Language: string(p.Language), URL: string(p.URL), Host: p.Host,
		Visibility: string(p.Visibility), Sensitive: p.Sensitive, Summary: p.Summary, Images: images, Poll: p.Poll, Mentions: mentions,
		Consent: p.Consent, Approval: string(p.Approval), LockIRI: string(p.Lock), PublishedAt: Stamp(p.Published), EditedAt: Stamp(p.Updated), DeletedAt: Stamp(p.DeletedAt), Revision: p.Revision,
	}
}

func (r *postRow) post() *community.Post {
	p := &community.Post{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Type: r.Type, Author: domain.ActorID(r.AuthorID),
		Community: domain.ActorID(r.CommunityID), InReplyTo: domain.IRI(r.InReplyTo), Context: domain.IRI(r.Context),
		Title: r.Title, Content: r.Content, Source: r.Source, Language: domain.Lang(r.Language), URL: domain.IRI(r.URL), Host: r.Host,
		Visibility: community.Visibility(r.Visibility), Sensitive: r.Sensitive, Summary: r.Summary, Images: r.Images, Poll: r.Poll,
		Published: r.PublishedAt.Time(), Updated: r.EditedAt.Time(), DeletedAt: r.DeletedAt.Time(), Revision: r.Revision,
		Consent: r.Consent, Approval: domain.IRI(r.Approval), Lock: domain.IRI(r.LockIRI), Likes: r.Likes, Answers: r.Answers,
	}
	for _, m := range r.Mentions {
		p.Mentions = append(p.Mentions, domain.ActorID(m))
	}
	return p
}

// Post implements community.Store.
func (s *Communities) Post(ctx context.Context, id domain.ID, v domain.ActorID) (*community.Post, error) {
	return s.post(ctx, v, s.postByID, string(id))
}

// PostByIRI implements community.Store.
func (s *Communities) PostByIRI(ctx context.Context, iri domain.IRI, v domain.ActorID) (*community.Post, error) {
	return s.post(ctx, v, s.postByIRI, string(iri))
}

func (s *Communities) post(ctx context.Context, v domain.ActorID, by *statement, key string) (*community.Post, error) {
	rows, err := by.query(ctx, key)
	row, err := one[postRow](ctx, s.db, rows, err)
	if err != nil {
		return nil, translate(err)
	}
	return s.related(ctx, v, row.post())
}

// related sets what a reader is to the author of a post, where it matters.
func (s *Communities) related(ctx context.Context, v domain.ActorID, p *community.Post) (*community.Post, error) {
	if p.Visibility != community.Followers && !p.Consent.ByFollowers() {
		return p, nil
	}
	follows, err := s.follows(ctx, v, p.Author)
	if follows {
		p.SetFollower(v)
	}
	return p, err
}

// aboveOf picks what a post answers, the nearest first, up to what is of a
// blocked host.
const aboveOf = ` FROM posts AS p JOIN (
	WITH RECURSIVE above (iri, depth) AS (
		SELECT in_reply_to, 1 FROM posts WHERE iri = ? AND in_reply_to <> ''
		UNION ALL
		SELECT u.in_reply_to, t.depth + 1 FROM posts AS u JOIN above AS t ON u.iri = t.iri
		WHERE u.in_reply_to <> '' AND t.depth < ? AND u.host NOT IN ` + blockedHosts + `
	)
	SELECT iri, depth FROM above
) AS t ON p.iri = t.iri WHERE p.host NOT IN ` + blockedHosts + ` ORDER BY t.depth`

// Ancestors implements community.Store.
func (s *Communities) Ancestors(ctx context.Context, iri domain.IRI, v domain.ActorID, most int) ([]*community.Post, error) {
	found, err := s.above.query(ctx, string(iri), most)
	if err != nil {
		return nil, translate(err)
	}
	rows, err := all[postRow](ctx, s.db, found)
	if err != nil {
		return nil, translate(err)
	}
	posts := make([]*community.Post, len(rows))
	for i, r := range rows {
		if posts[i], err = s.related(ctx, v, r.post()); err != nil {
			return nil, err
		}
	}
	return posts, nil
}

// GroupOf implements community.Store.
func (s *Communities) GroupOf(ctx context.Context, p *community.Post) (domain.ActorID, error) {
	var id string
	err := s.db.read.NewRaw(`SELECT id FROM actors WHERE type = 'Group' AND host <> '' AND gone_at IS NULL
		AND (id = ?0 OR id IN (SELECT actor_id FROM feed WHERE verb = 'announce' AND object_kind = 'post' AND object_id = ?1))
		ORDER BY CASE WHEN id = ?0 THEN 0 ELSE 1 END, id LIMIT 1`, string(p.Author), string(p.ID)).Scan(ctx, &id)
	if err = translate(err); domain.CodeOf(err) == domain.NotFound {
		return domain.Nobody, nil
	}
	return domain.ActorID(id), err
}

// PublicReplies implements community.Store.
func (s *Communities) PublicReplies(ctx context.Context, iri domain.IRI, page domain.Page) (domain.List[*community.Post], error) {
	var rows []*postRow
	q := s.db.read.NewSelect().Model(&rows).ColumnExpr("p.*").ColumnExpr(s.db.countsOf()).Where("p.visibility IN ('public', 'unlisted')").
		Where("p.in_reply_to = ? AND p.in_reply_to <> '' AND p.deleted_at IS NULL", string(iri)).
		Where("p.host NOT IN " + hiddenHosts)
	return bySerial(ctx, q, &rows, false, page, func(r *postRow) int64 { return r.Serial }, (*postRow).post)
}

// Unapproved implements community.Store.
func (s *Communities) Unapproved(ctx context.Context, iri domain.IRI, page domain.Page) (domain.List[*community.Post], error) {
	var rows []*postRow
	q := s.db.read.NewSelect().Model(&rows).Where("p.in_reply_to = ? AND p.in_reply_to <> ''", string(iri)).
		Where("p.approval = '' AND p.host <> '' AND p.deleted_at IS NULL")
	return bySerial(ctx, q, &rows, false, page, func(r *postRow) int64 { return r.Serial }, (*postRow).post)
}

// Approved implements community.Store.
func (s *Communities) Approved(ctx context.Context, approval domain.IRI) ([]*community.Post, error) {
	var rows []*postRow
	err := s.db.read.NewSelect().Model(&rows).Where("p.approval = ? AND p.approval <> ''", string(approval)).Limit(domain.MaxPage).Scan(ctx)
	posts := make([]*community.Post, len(rows))
	for i, r := range rows {
		posts[i] = r.post()
	}
	return posts, translate(err)
}

// Answers implements community.Store.
func (s *Communities) Answers(ctx context.Context, iri domain.IRI, v domain.ActorID, most int) ([]community.Answer, error) {
	var rows []struct {
		ID, IRI, InReplyTo string
		Serial             int64
		Shown              bool
	}
	err := s.db.read.NewSelect().TableExpr("posts AS p").Column("p.id", "p.iri", "p.in_reply_to", "p.serial").
		ColumnExpr(`(p.deleted_at IS NULL AND p.host NOT IN `+hiddenHosts+` AND (p.visibility IN ('public', 'unlisted') OR p.author_id = ?0
			OR ?0 <> '' AND p.mentions LIKE ?1 ESCAPE '!')) AS shown`, string(v), `%"`+likeEscapes.Replace(string(v))+`"%`).
		Where(inThread, string(iri)).Where("p.iri <> ?", string(iri)).OrderExpr("p.serial").Limit(int64(most)).Scan(ctx, &rows)
	answers := make([]community.Answer, len(rows))
	for i, r := range rows {
		answers[i] = community.Answer{ID: domain.ID(r.ID), IRI: domain.IRI(r.IRI), To: domain.IRI(r.InReplyTo), Serial: domain.Serial(r.Serial), Shown: r.Shown}
	}
	return answers, translate(err)
}

// PostsByID implements community.Store.
func (s *Communities) PostsByID(ctx context.Context, ids []domain.ID) (map[domain.ID]*community.Post, error) {
	posts := make(map[domain.ID]*community.Post, len(ids))
	if len(ids) == 0 {
		return posts, nil
	}
	var rows []*postRow
	if err := s.db.read.NewSelect().Model(&rows).ColumnExpr("p.*").ColumnExpr(s.db.countsOf()).Where("p.id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	for _, r := range rows {
		posts[domain.ID(r.ID)] = r.post()
	}
	return posts, nil
}

// inThread picks the posts of the thread that begins with one.
const inThread = `p.iri IN (
	WITH RECURSIVE thread (iri) AS (
		SELECT iri FROM posts WHERE iri = ?
		UNION
		SELECT r.iri FROM posts AS r JOIN thread AS t ON r.in_reply_to = t.iri WHERE r.in_reply_to <> ''
	)
	SELECT iri FROM thread)`

// PublicThread implements community.Store.
func (s *Communities) PublicThread(ctx context.Context, iri domain.IRI, page domain.Page) (domain.List[*community.Post], error) {
	var rows []*postRow
	q := s.db.read.NewSelect().Model(&rows).Where(inThread, string(iri)).
		Where("p.deleted_at IS NULL AND p.visibility IN ('public', 'unlisted')").Where("p.host NOT IN " + hiddenHosts)
	return bySerial(ctx, q, &rows, false, page, func(r *postRow) int64 { return r.Serial }, (*postRow).post)
}

// SavePost implements community.Store.
func (s *Communities) SavePost(ctx context.Context, p *community.Post, feed []community.FeedItem, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return s.writePost(ctx, tx, p, feed) })
	if err == nil {
		p.Revision++
	}
	return err
}

func (s *Communities) writePost(ctx context.Context, tx bun.Tx, p *community.Post, feed []community.FeedItem) error {
	row := postRowOf(p)
	row.Revision++
	if p.Revision > 0 {
		update := tx.NewUpdate().Model(row).WherePK().Where("revision = ?", p.Revision)
		if p.Local() && !p.Deleted() {
			if err := keepPostVersion(ctx, tx, row); err != nil {
				return err
			}
			update = update.ExcludeColumn("poll")
		}
		if err := changedOne(update.Exec(ctx)); err != nil {
			return err
		}
		if err := savePoll(ctx, tx, p); err != nil {
			return err
		}
	} else if err := s.addPost.insert(ctx, tx, row); err != nil {
		return err
	}
	if p.Deleted() {
		if err := forgetBytes(ctx, tx, "?", row.IRI); err != nil {
			return err
		}
		return erased(ctx, tx, "?", row.ID)
	}
	if err := saveFiles(ctx, tx, p); err != nil {
		return err
	}
	if err := saveTags(ctx, tx, p); err != nil {
		return err
	}
	return insertFeed(ctx, tx, s.addFeed, feed)
}

// DropCopy implements community.Store.
func (s *Communities) DropCopy(ctx context.Context, p *community.Post, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := s.writePost(ctx, tx, p, nil); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model((*postRow)(nil)).Where("id = ? AND host <> ''", string(p.ID)).Exec(ctx)
		return err
	})
}

// postFileRow is a file that a post of this node shows.
type postFileRow struct {
	bun.BaseModel `bun:"table:post_files"`

	PostID string `bun:",pk"`
	File   string `bun:",pk"`
}

// saveFiles notes the pictures of a new post of this node.
func saveFiles(ctx context.Context, tx bun.Tx, p *community.Post) error {
	if !p.Local() || p.Revision > 0 {
		return nil
	}
	return noteFiles(ctx, tx, p)
}

func noteFiles(ctx context.Context, tx bun.Tx, p *community.Post) error {
	if len(p.Images) == 0 {
		return nil
	}
	rows := make([]*postFileRow, len(p.Images))
	for i, a := range p.Images {
		rows[i] = &postFileRow{PostID: string(p.ID), File: string(a.URL)}
	}
	_, err := tx.NewInsert().Model(&rows).On("CONFLICT (post_id, file) DO NOTHING").Exec(ctx)
	return err
}

// removePost makes a tombstone of a post that may come back: its likes and pins
// stay until it cannot any more.
func (s *Communities) removePost(ctx context.Context, tx bun.Tx, p *community.Post) error {
	row := postRowOf(p)
	row.Revision++
	if err := changedOne(tx.NewUpdate().Model(row).WherePK().Where("revision = ?", p.Revision).Exec(ctx)); err != nil {
		return err
	}
	if err := forgetBytes(ctx, tx, "?", row.IRI); err != nil {
		return err
	}
	return takenDown(ctx, tx, "?", row.ID)
}

// erased removes what hangs on posts that became tombstones: those with the
// ids that an expression gives.
func erased(ctx context.Context, tx bun.Tx, ids string, args ...any) error {
	if err := takenDown(ctx, tx, ids, args...); err != nil {
		return err
	}
	return unhang(ctx, tx, []any{(*likeRow)(nil), (*pinRow)(nil), (*voteRow)(nil), (*exclusionRow)(nil), (*postVersionRow)(nil)}, ids, args...)
}

// takenDown removes such posts from where they are found.
func takenDown(ctx context.Context, tx bun.Tx, ids string, args ...any) error {
	if _, err := tx.NewDelete().Model((*feedRow)(nil)).Where("object_kind = 'post' AND object_id IN ("+ids+")", args...).Exec(ctx); err != nil {
		return err
	}
	return unhang(ctx, tx, []any{(*tagRow)(nil), (*postFileRow)(nil)}, ids, args...)
}

func unhang(ctx context.Context, tx bun.Tx, models []any, ids string, args ...any) error {
	for _, hanging := range models {
		if _, err := tx.NewDelete().Model(hanging).Where("post_id IN ("+ids+")", args...).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// EraseAuthor implements community.Store.
func (s *Communities) EraseAuthor(ctx context.Context, author domain.ActorID, at time.Time, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error { return eraseAuthor(ctx, tx, string(author), Stamp(at)) })
}

// eraseAuthor makes tombstones of all that an actor wrote, and removes what it
// announced, liked and followed.
func eraseAuthor(ctx context.Context, tx bun.Tx, author string, at Stamp) error {
	const theirs = "SELECT iri FROM posts WHERE author_id = ?0 UNION SELECT iri FROM actors WHERE id = ?0 UNION SELECT iri FROM held_posts WHERE author_id = ?0"
	if err := forgetBytes(ctx, tx, theirs, author); err != nil {
		return err
	}
	if err := erased(ctx, tx, "SELECT id FROM posts WHERE author_id = ?", author); err != nil {
		return err
	}
	for _, q := range []interface {
		Exec(ctx context.Context, dest ...any) (sql.Result, error)
	}{
		tx.NewUpdate().Table("posts").Set("title = ''").Set("content = ''").Set("source = ''").Set("summary = ''").
			Set("images = '[]'").Set("poll = NULL").Set("mentions = '[]'").Set("deleted_at = ?", at).Set("revision = revision + 1").
			Where("author_id = ? AND deleted_at IS NULL", author),
		tx.NewDelete().Model((*feedRow)(nil)).Where("actor_id = ?", author),
		tx.NewDelete().Model((*bulletinRow)(nil)).Where("actor_id = ?", author),
		tx.NewDelete().Model((*heldRow)(nil)).Where("author_id = ?", author),
		tx.NewDelete().Model((*likeRow)(nil)).Where("actor_id = ?", author),
		tx.NewDelete().Model((*voteRow)(nil)).Where("actor_id = ?", author),
		tx.NewDelete().Model((*followRow)(nil)).Where("follower_id = ?0 OR followed_id = ?0", author),
	} {
		if _, err := q.Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// deletionRow is an object of another node that was deleted before it came.
type deletionRow struct {
	bun.BaseModel `bun:"table:deletions"`

	IRI string `bun:",pk"`
	At  Stamp
}

// deletionsFor is how long such a deletion is remembered: longer than
// activities are on their way in the wrong order.
const deletionsFor = 24 * time.Hour

// NoteDeletion implements community.Store.
func (s *Communities) NoteDeletion(ctx context.Context, iri domain.IRI, at time.Time) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewDelete().Model((*deletionRow)(nil)).Where("at < ?", Stamp(at.Add(-deletionsFor))).Exec(ctx); err != nil {
			return err
		}
		if err := forgetBytes(ctx, tx, "?", string(iri)); err != nil {
			return err
		}
		_, err := tx.NewInsert().Model(&deletionRow{IRI: string(iri), At: Stamp(at)}).On("CONFLICT (iri) DO NOTHING").Exec(ctx)
		return err
	})
}

// expelled is that those who moderate ended a post, and did not bring it back:
// its author cannot do so for them.
const expelled = `COALESCE((SELECT kind FROM events WHERE subject_kind = 'post' AND subject_id = posts.id AND kind IN ('post.expelled', 'post.restored')
	ORDER BY seq DESC LIMIT 1), '') = 'post.expelled'`

// ForgetDeletion implements community.Store.
func (s *Communities) ForgetDeletion(ctx context.Context, author domain.ActorID, iri domain.IRI) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewRaw("DELETE FROM posts WHERE iri = ? AND author_id = ? AND host <> '' AND deleted_at IS NOT NULL AND NOT "+expelled, string(iri), string(author)).Exec(ctx); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model((*deletionRow)(nil)).Where("iri = ?", string(iri)).Exec(ctx)
		return err
	})
}

// Deleted implements community.Store.
func (s *Communities) Deleted(ctx context.Context, iri domain.IRI) (bool, error) {
	found, err := s.deleted.exists(ctx, string(iri))
	return found, translate(err)
}

// Relevant implements community.Store.
func (s *Communities) Relevant(ctx context.Context, author domain.ActorID, addressed []domain.IRI) (bool, error) {
	found, err := s.followedHere.exists(ctx, string(author))
	for _, iri := range addressed {
		if err != nil || found {
			break
		}
		found, err = s.atHome.exists(ctx, string(iri))
	}
	return found, translate(err)
}

// Counts implements community.Store.
func (s *Communities) Counts(ctx context.Context) (local, remote int, err error) {
	err = s.db.read.NewRaw(`SELECT (SELECT COUNT(*) FROM posts WHERE host = '' AND deleted_at IS NULL AND id NOT IN (SELECT introduction_id FROM communities)),
		(SELECT COUNT(*) FROM posts WHERE host <> '' AND deleted_at IS NULL)`).Scan(ctx, &local, &remote)
	return local, remote, translate(err)
}
