package storage

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/review"
)

// Reviews keeps what people say of things.
type Reviews struct{ db *DB }

// NewReviews makes the store.
func NewReviews(db *DB) *Reviews { return &Reviews{db} }

var _ review.Store = (*Reviews)(nil)

type reviewRow struct {
	bun.BaseModel `bun:"table:reviews,alias:r"`

	ID            string `bun:",pk"`
	Serial        int64
	IRI           string
	Kind          string
	SubjectIRI    string
	OwnerID       string
	Host          string
	AuthorID      string
	Rating        int
	Title         string
	Text          string
	Language      string
	State         string
	Reason        string
	ReplyIRI      string
	Reply         string
	ReplyLanguage string
	RepliedAt     Stamp
	WrittenAt     Stamp
	UpdatedAt     Stamp
	Revision      int64
}

func reviewRowOf(r *review.Review) *reviewRow {
	return &reviewRow{
		ID: string(r.ID), Serial: int64(r.Serial), IRI: string(r.IRI), Kind: string(r.Kind), SubjectIRI: string(r.Subject), OwnerID: string(r.Owner),
		Host: r.Host, AuthorID: string(r.Author), Rating: r.Rating, Title: r.Title, Text: r.Text, Language: string(r.Language), State: string(r.State), Reason: r.Reason,
		ReplyIRI: string(r.Reply.IRI), Reply: r.Reply.Text, ReplyLanguage: string(r.Reply.Language), RepliedAt: Stamp(r.Reply.At),
		WrittenAt: Stamp(r.WrittenAt), UpdatedAt: Stamp(r.UpdatedAt), Revision: r.Revision + 1,
	}
}

func (r *reviewRow) review() *review.Review {
	return &review.Review{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), IRI: domain.IRI(r.IRI), Kind: review.Kind(r.Kind), Subject: domain.IRI(r.SubjectIRI),
		Owner: domain.ActorID(r.OwnerID), Host: r.Host, Author: domain.ActorID(r.AuthorID), Rating: r.Rating, Title: r.Title, Text: r.Text,
		Language: domain.Lang(r.Language), State: review.State(r.State), Reason: r.Reason,
		Reply:     review.Reply{IRI: domain.IRI(r.ReplyIRI), Text: r.Reply, Language: domain.Lang(r.ReplyLanguage), At: r.RepliedAt.Time()},
		WrittenAt: r.WrittenAt.Time(), UpdatedAt: r.UpdatedAt.Time(), Revision: r.Revision,
	}
}

// counted picks the reviews, r, that are shown and counted.
const counted = `r.state = 'shown' AND EXISTS (SELECT 1 FROM actors AS a WHERE a.id = r.author_id AND a.gone_at IS NULL AND a.host NOT IN ` + hiddenHosts + `)
	AND NOT EXISTS (SELECT 1 FROM accounts AS x WHERE x.actor_id = r.author_id AND x.state = 'suspended')`

// tallyText are ratings as they are kept with a thing; "" for one that nobody
// ever rated.
func tallyText(r review.Ratings) string {
	if r.At.IsZero() {
		return ""
	}
	c := r.Tally
	return fmt.Sprintf("[%d,%d,%d,%d,%d]", c[0], c[1], c[2], c[3], c[4])
}

// tallyOf reads them.
func tallyOf(text string) (t review.Tally) {
	if text != "" && json.Unmarshal([]byte(text), &t) != nil {
		return review.Tally{} // no version of this program wrote it
	}
	return t
}

// Review implements review.Store.
func (s *Reviews) Review(ctx context.Context, id domain.ID) (*review.Review, error) {
	return s.one(ctx, "r.id = ?", string(id))
}

// ReviewByIRI implements review.Store.
func (s *Reviews) ReviewByIRI(ctx context.Context, iri domain.IRI) (*review.Review, error) {
	if iri == "" {
		return nil, domain.Fail(domain.NotFound, "error.not_found")
	}
	return s.one(ctx, "r.iri = ?0 OR r.reply_iri = ?0", string(iri))
}

// ReviewOf implements review.Store.
func (s *Reviews) ReviewOf(ctx context.Context, subject domain.IRI, author domain.ActorID) (*review.Review, error) {
	return s.one(ctx, "r.subject_iri = ? AND r.author_id = ?", string(subject), string(author))
}

func (s *Reviews) one(ctx context.Context, where string, args ...any) (*review.Review, error) {
	row := new(reviewRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, args...).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.review(), nil
}

// Reviews implements review.Store.
func (s *Reviews) Reviews(ctx context.Context, subject domain.IRI, f review.Filter, page domain.Page) (domain.List[*review.Review], error) {
	var rows []*reviewRow
	q := s.db.read.NewSelect().Model(&rows).Where("r.subject_iri = ?", string(subject)).Where(counted)
	if f.Language != "" {
		q = q.Where("r.language = ?", string(f.Language))
	}
	if f.Rating != 0 {
		q = q.Where("r.rating = ?", f.Rating)
	}
	return bySerial(ctx, q, &rows, true, page, func(r *reviewRow) int64 { return r.Serial }, (*reviewRow).review)
}

// Languages implements review.Store.
func (s *Reviews) Languages(ctx context.Context, subject domain.IRI) (map[domain.Lang]int, error) {
	var rows []struct {
		Language string
		N        int
	}
	err := s.db.read.NewRaw("SELECT r.language, COUNT(*) AS n FROM reviews AS r WHERE r.subject_iri = ? AND "+counted+" GROUP BY r.language", string(subject)).Scan(ctx, &rows)
	out := make(map[domain.Lang]int, len(rows))
	for _, r := range rows {
		out[domain.Lang(r.Language)] = r.N
	}
	return out, translate(err)
}

// Tally implements review.Store.
func (s *Reviews) Tally(ctx context.Context, subject domain.IRI) (review.Tally, error) {
	var rows []struct{ Rating, N int }
	err := s.db.read.NewRaw("SELECT r.rating, COUNT(*) AS n FROM reviews AS r WHERE r.subject_iri = ? AND "+counted+" GROUP BY r.rating", string(subject)).Scan(ctx, &rows)
	var t review.Tally
	for _, r := range rows {
		t[r.Rating-1] = r.N
	}
	return t, translate(err)
}

// Reviewed implements review.Store.
func (s *Reviews) Reviewed(ctx context.Context, after domain.IRI, limit int) ([]review.TallyArgs, error) {
	var rows []struct{ Kind, IRI string }
	err := s.db.read.NewRaw(`SELECT kind, iri FROM (SELECT DISTINCT kind, subject_iri AS iri FROM reviews WHERE host = ''
		UNION SELECT 'interlinker' AS kind, iri FROM catalogue_entries WHERE host = '' AND ratings <> ''
		UNION SELECT 'story' AS kind, iri FROM stories WHERE host = '' AND ratings <> '') AS s WHERE iri > ? ORDER BY iri LIMIT ?`,
		string(after), limit).Scan(ctx, &rows)
	out := make([]review.TallyArgs, len(rows))
	for i, r := range rows {
		out[i] = review.TallyArgs{Kind: review.Kind(r.Kind), Subject: domain.IRI(r.IRI)}
	}
	return out, translate(err)
}

// Save implements review.Store.
func (s *Reviews) Save(ctx context.Context, r *review.Review, change domain.Change) error {
	row := reviewRowOf(r)
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if r.Revision == 0 {
			return changedOne(tx.NewInsert().Model(row).On("CONFLICT (subject_iri, author_id) DO NOTHING").Exec(ctx))
		}
		if r.Title == "" && r.Text == "" {
			if err := forgetReview(ctx, tx, r); err != nil {
				return err
			}
		}
		if r.Reply.IRI == "" {
			if err := forgetSent(ctx, tx, "SELECT reply_iri FROM reviews WHERE id = ?", string(r.ID)); err != nil {
				return err
			}
		}
		return changedOne(tx.NewUpdate().Model(row).WherePK().Where("r.revision = ?", r.Revision).Exec(ctx))
	})
	if err == nil {
		r.Revision = row.Revision
	}
	return err
}

// Delete implements review.Store.
func (s *Reviews) Delete(ctx context.Context, r *review.Review, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := forgetReview(ctx, tx, r); err != nil {
			return err
		}
		return changedOne(tx.NewDelete().Model((*reviewRow)(nil)).Where("id = ? AND revision = ?", string(r.ID), r.Revision).Exec(ctx))
	})
}

// forgetReview removes the words of a review, and of what was answered, from what was
// received and sent.
func forgetReview(ctx context.Context, tx bun.Tx, r *review.Review) error {
	return forgetBytes(ctx, tx, "SELECT iri FROM reviews WHERE id = ?0 UNION SELECT reply_iri FROM reviews WHERE id = ?0", string(r.ID))
}

// endReview removes a review, or shows it again, by those who moderate.
func endReview(ctx context.Context, tx bun.Tx, id domain.ID, state review.State, reason string) error {
	_, err := tx.NewUpdate().Model((*reviewRow)(nil)).Set("state = ?", string(state)).Set("reason = ?", reason).Set("revision = revision + 1").Where("id = ?", string(id)).Exec(ctx)
	return err
}
