package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/moderation"
	"interlink/domain/review"
)

// Notices keeps notices, decisions and complaints.
type Notices struct {
	db          *DB
	communities *Communities // whose posts a decision removes
}

// NewNotices makes the store.
func NewNotices(db *DB, communities *Communities) *Notices { return &Notices{db, communities} }

var _ moderation.Store = (*Notices)(nil)

type noticeRow struct {
	bun.BaseModel `bun:"table:notices,alias:n"`

	ID         string `bun:",pk"`
	Serial     int64
	Number     string
	Secret     string
	About      string
	TargetID   string
	PostID     string
	ReviewID   string
	Category   string
	Reason     string
	Name       string
	Email      string
	Language   string
	ReporterID string
	State      string
	Outcome    string
	Facts      string
	Ground     string
	Provision  string
	Automated  bool
	DecidedBy  string
	DecidedAt  Stamp
	Statement  string
	CreatedAt  Stamp
	Revision   int64
}

func noticeRowOf(n *moderation.Notice) *noticeRow {
	d := n.Decision
	return &noticeRow{
		ID: string(n.ID), Serial: int64(n.Serial), Number: n.Number, Secret: n.Secret, About: string(n.About), TargetID: string(n.Target), PostID: string(n.Post), ReviewID: string(n.Review),
		Category: string(n.Category), Reason: n.Reason, Name: n.Name, Email: n.Email, Language: string(n.Language), ReporterID: string(n.Reporter),
		State: string(n.State), Outcome: string(d.Outcome), Facts: d.Facts, Ground: string(d.Ground), Provision: d.Provision, Automated: d.Automated,
		DecidedBy: string(d.By), DecidedAt: Stamp(d.At), Statement: d.Secret, CreatedAt: Stamp(n.CreatedAt), Revision: n.Revision,
	}
}

func (r *noticeRow) notice() *moderation.Notice {
	return &moderation.Notice{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Number: r.Number, Secret: r.Secret, About: domain.IRI(r.About), Target: domain.ActorID(r.TargetID),
		Post: domain.ID(r.PostID), Review: domain.ID(r.ReviewID), Category: moderation.Category(r.Category), Reason: r.Reason, Name: r.Name, Email: r.Email, Language: domain.Lang(r.Language),
		Reporter: domain.ActorID(r.ReporterID), State: moderation.State(r.State), CreatedAt: r.CreatedAt.Time(), Revision: r.Revision,
		Decision: moderation.Decision{
			Outcome: moderation.Outcome(r.Outcome), Facts: r.Facts, Ground: moderation.Ground(r.Ground), Provision: r.Provision, Automated: r.Automated,
			By: domain.ActorID(r.DecidedBy), At: r.DecidedAt.Time(), Secret: r.Statement,
		},
	}
}

type complaintRow struct {
	bun.BaseModel `bun:"table:notice_complaints,alias:c"`

	ID        string `bun:",pk"`
	NoticeID  string
	Side      string
	Text      string
	At        Stamp
	Upheld    bool
	Answer    string
	DecidedBy string
	DecidedAt Stamp
}

// Find implements moderation.Store.
func (s *Notices) Find(ctx context.Context, about domain.IRI) (moderation.Found, error) {
	var rows []struct{ Target, Post, Review string }
	err := s.db.read.NewRaw(`SELECT author_id AS target, CASE WHEN host = '' THEN id ELSE '' END AS post, '' AS review FROM posts WHERE iri = ?0
		UNION ALL SELECT id, '', '' FROM actors WHERE iri = ?0 UNION ALL SELECT owner_id, '', '' FROM stories WHERE iri = ?0
		UNION ALL SELECT owner_id, '', '' FROM catalogue_entries WHERE iri = ?0 UNION ALL SELECT author_id, '', id FROM reviews WHERE iri = ?0`, string(about)).Scan(ctx, &rows)
	if err != nil || len(rows) == 0 {
		return moderation.Found{}, translate(err)
	}
	return moderation.Found{Target: domain.ActorID(rows[0].Target), Post: domain.ID(rows[0].Post), Review: domain.ID(rows[0].Review)}, nil
}

// AddNotice implements moderation.Store.
func (s *Notices) AddNotice(ctx context.Context, n *moderation.Notice, change domain.Change) error {
	n.Revision = 1
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewInsert().Model(noticeRowOf(n)).Exec(ctx)
		return err
	})
}

// Decide implements moderation.Store.
func (s *Notices) Decide(ctx context.Context, n *moderation.Notice, removal *community.Removal, change domain.Change) error {
	row := noticeRowOf(n)
	row.Revision++
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := changedOne(tx.NewUpdate().Model(row).WherePK().Where("revision = ? AND state = 'received'", n.Revision).Exec(ctx)); err != nil {
			return err
		}
		if n.Review != "" && n.Decision.Outcome == moderation.Removed {
			if err := endReview(ctx, tx, n.Review, review.Removed, n.Decision.Provision); err != nil {
				return err
			}
		}
		if removal == nil {
			return nil
		}
		kept := &removalRow{NoticeID: row.ID, AuthorID: string(removal.Was.Author), Removal: removal, At: row.DecidedAt}
		if _, err := tx.NewInsert().Model(kept).Exec(ctx); err != nil {
			return err
		}
		return s.communities.removePost(ctx, tx, removal.Gone)
	})
}

// removalRow is a post that a decision removed, as it was.
type removalRow struct {
	bun.BaseModel `bun:"table:notice_removals,alias:r"`

	NoticeID string `bun:",pk"`
	AuthorID string
	Removal  *community.Removal
	At       Stamp
}

// Removal implements moderation.Store.
func (s *Notices) Removal(ctx context.Context, notice domain.ID) (*community.Removal, error) {
	row := new(removalRow)
	if err := s.db.read.NewSelect().Model(row).Where("r.notice_id = ?", string(notice)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.Removal, nil
}

// Notice implements moderation.Store.
func (s *Notices) Notice(ctx context.Context, id domain.ID) (*moderation.Notice, error) {
	return s.notice(ctx, "n.id = ?", string(id))
}

// NoticeBySecret implements moderation.Store.
func (s *Notices) NoticeBySecret(ctx context.Context, secret string) (*moderation.Notice, error) {
	return s.notice(ctx, "n.secret = ?", secret)
}

// NoticeByStatement implements moderation.Store.
func (s *Notices) NoticeByStatement(ctx context.Context, secret string) (*moderation.Notice, error) {
	return s.notice(ctx, "n.statement = ? AND n.statement <> ''", secret)
}

func (s *Notices) notice(ctx context.Context, where, arg string) (*moderation.Notice, error) {
	row := new(noticeRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, arg).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.notice(), nil
}

// openComplaint picks notices of whose decision somebody complains.
const openComplaint = "EXISTS (SELECT 1 FROM notice_complaints AS c WHERE c.notice_id = n.id AND c.decided_at IS NULL)"

// Notices implements moderation.Store.
func (s *Notices) Notices(ctx context.Context, state moderation.State, complaints bool, page domain.Page) (domain.List[*moderation.Notice], error) {
	var rows []*noticeRow
	q := s.db.read.NewSelect().Model(&rows)
	if complaints {
		q = q.Where(openComplaint)
	} else {
		q = q.Where("n.state = ?", string(state))
	}
	newest := !complaints && state == moderation.Decided
	return bySerial(ctx, q, &rows, newest, page, func(r *noticeRow) int64 { return r.Serial }, (*noticeRow).notice)
}

// Waiting implements moderation.Store.
func (s *Notices) Waiting(ctx context.Context) (int, error) {
	var n int
	err := s.db.read.NewRaw("SELECT (SELECT COUNT(*) FROM notices WHERE state = 'received') + (SELECT COUNT(*) FROM notice_complaints WHERE decided_at IS NULL)").Scan(ctx, &n)
	return n, translate(err)
}

// Complaints implements moderation.Store.
func (s *Notices) Complaints(ctx context.Context, notice domain.ID) ([]moderation.Complaint, error) {
	var rows []*complaintRow
	err := s.db.read.NewSelect().Model(&rows).Where("c.notice_id = ?", string(notice)).OrderExpr("c.at").Scan(ctx)
	var complaints []moderation.Complaint
	for _, r := range rows {
		complaints = append(complaints, moderation.Complaint{
			ID: domain.ID(r.ID), Notice: domain.ID(r.NoticeID), Side: moderation.Side(r.Side), Text: r.Text, At: r.At.Time(), Upheld: r.Upheld, Answer: r.Answer,
			By: domain.ActorID(r.DecidedBy), DecidedAt: r.DecidedAt.Time(),
		})
	}
	return complaints, translate(err)
}

func complaintRowOf(c moderation.Complaint) *complaintRow {
	return &complaintRow{
		ID: string(c.ID), NoticeID: string(c.Notice), Side: string(c.Side), Text: c.Text, At: Stamp(c.At), Upheld: c.Upheld, Answer: c.Answer,
		DecidedBy: string(c.By), DecidedAt: Stamp(c.DecidedAt),
	}
}

// AddComplaint implements moderation.Store.
func (s *Notices) AddComplaint(ctx context.Context, c moderation.Complaint, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewInsert().Model(complaintRowOf(c)).On("CONFLICT (notice_id, side) DO NOTHING").Exec(ctx))
	})
}

// DecideComplaint implements moderation.Store.
func (s *Notices) DecideComplaint(ctx context.Context, c moderation.Complaint, back *moderation.Return, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := changedOne(tx.NewUpdate().Model(complaintRowOf(c)).WherePK().Where("decided_at IS NULL").Exec(ctx)); err != nil || back == nil {
			return err
		}
		if back.Review != "" {
			return endReview(ctx, tx, back.Review, review.Shown, "")
		}
		if _, err := tx.NewDelete().Model((*removalRow)(nil)).Where("notice_id = ?", string(back.Notice)).Exec(ctx); err != nil {
			return err
		}
		if err := s.communities.writePost(ctx, tx, back.Post, back.Feed); err != nil {
			return err
		}
		return noteFiles(ctx, tx, back.Post)
	})
}

// Affected implements moderation.Store.
func (s *Notices) Affected(ctx context.Context, target domain.ActorID) ([]moderation.Person, error) {
	var people []moderation.Person
	err := s.db.read.NewRaw(`SELECT email, language, display_name AS name FROM accounts WHERE email <> '' AND (actor_id = ?0
		OR actor_id IN (SELECT actor_id FROM group_members WHERE group_id = ?0 AND role = 'administrator')
		OR actor_id IN (SELECT actor_id FROM process_grants WHERE process_id = ?0 AND administrator)
		OR EXISTS (SELECT 1 FROM communities AS c WHERE c.id = ?0 AND c.administrators LIKE '%"' || accounts.actor_id || '"%')) ORDER BY serial LIMIT 50`,
		string(target)).Scan(ctx, &people)
	return people, translate(err)
}

// Moderators implements moderation.Store.
func (s *Notices) Moderators(ctx context.Context) (int, error) { return s.db.moderators(ctx) }

// moderators counts those who moderate the node.
func (d *DB) moderators(ctx context.Context) (int, error) {
	var n int
	err := d.read.NewRaw("SELECT COUNT(*) FROM accounts WHERE role IN ('moderator', 'admin') AND state = 'active'").Scan(ctx, &n)
	return n, translate(err)
}

// Forget implements moderation.Store.
func (s *Notices) Forget(ctx context.Context, before time.Time) error {
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := finalRemovals(ctx, tx, Stamp(before)); err != nil {
			return err
		}
		for _, query := range []string{
			"UPDATE notice_complaints SET text = '', answer = '' WHERE decided_at < ? AND (text <> '' OR answer <> '')",
			`UPDATE notices SET name = '', email = '', reason = '', reporter_id = '' WHERE state = 'decided' AND decided_at < ? AND (name <> '' OR email <> '' OR reason <> '' OR reporter_id <> '')
				AND NOT EXISTS (SELECT 1 FROM notice_complaints AS c WHERE c.notice_id = notices.id AND c.decided_at IS NULL)`,
		} {
			if _, err := tx.NewRaw(query, Stamp(before)).Exec(ctx); err != nil {
				return err
			}
		}
		return nil
	})
}

// finalRemovals forgets what was removed before a time and cannot come back any
// more, with the likes and pins that waited for it.
func finalRemovals(ctx context.Context, tx bun.Tx, before Stamp) error {
	var rows []*removalRow
	err := tx.NewSelect().Model(&rows).Where("r.at < ?", before).
		Where("NOT EXISTS (SELECT 1 FROM notice_complaints AS c WHERE c.notice_id = r.notice_id AND c.decided_at IS NULL)").Scan(ctx)
	if err != nil || len(rows) == 0 {
		return err
	}
	posts := make([]string, len(rows))
	for i, r := range rows {
		posts[i] = string(r.Removal.Was.ID)
	}
	if err := erased(ctx, tx, "?", bun.List(posts)); err != nil {
		return err
	}
	_, err = tx.NewDelete().Model(&rows).WherePK().Exec(ctx)
	return err
}
