package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
)

// exclusionRow is that a community elsewhere removed a post of this node.
type exclusionRow struct {
	bun.BaseModel `bun:"table:exclusions,alias:x"`

	Serial      int64 `bun:",pk"`
	PostID      string
	AuthorID    string
	CommunityID string
	Reason      string
	Refused     bool
	At          Stamp
	Appeal      string
	Answer      string
	Software    string `bun:",scanonly"`
}

// Exclude implements community.Store.
func (s *Communities) Exclude(ctx context.Context, x *community.Exclusion, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		row := &exclusionRow{
			Serial: int64(x.Serial), PostID: string(x.Post.ID), AuthorID: string(x.Post.Author), CommunityID: string(x.Group), Reason: x.Reason, Refused: x.Refused, At: Stamp(x.At),
		}
		if err := changedOne(tx.NewInsert().Model(row).On("CONFLICT (post_id, community_id) DO NOTHING").Exec(ctx)); err != nil {
			return err
		}
		_, err := tx.NewDelete().Model((*feedRow)(nil)).Where("actor_id = ? AND verb = 'announce' AND object_iri = ?", row.CommunityID, string(x.Post.IRI)).Exec(ctx)
		return err
	})
}

// Readmit implements community.Store.
func (s *Communities) Readmit(ctx context.Context, group domain.ActorID, post domain.ID, refused bool, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewDelete().Model((*exclusionRow)(nil)).Where("community_id = ? AND post_id = ? AND refused = ?", string(group), string(post), refused).Exec(ctx))
	})
}

// AppealExclusion implements community.Store.
func (s *Communities) AppealExclusion(ctx context.Context, x *community.Exclusion, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewUpdate().Model((*exclusionRow)(nil)).Set("appeal = ?", x.Appeal).Where("serial = ? AND appeal = ''", int64(x.Serial)).Exec(ctx))
	})
}

// AnswerExclusion implements community.Store.
func (s *Communities) AnswerExclusion(ctx context.Context, group domain.ActorID, post domain.ID, answer string, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewUpdate().Model((*exclusionRow)(nil)).Set("answer = ?", answer).Where("community_id = ? AND post_id = ? AND answer = ''", string(group), string(post)).Exec(ctx))
	})
}

// exclusions selects them with the software of who made them.
func (s *Communities) exclusions(model any) *bun.SelectQuery {
	return s.db.read.NewSelect().Model(model).ColumnExpr("x.*, COALESCE(h.software, '') AS software").
		Join("LEFT JOIN actors AS a ON a.id = x.community_id").Join("LEFT JOIN hosts AS h ON h.host = a.host")
}

// Exclusion implements community.Store.
func (s *Communities) Exclusion(ctx context.Context, serial domain.Serial) (*community.Exclusion, error) {
	row := new(exclusionRow)
	if err := s.exclusions(row).Where("x.serial = ?", int64(serial)).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	x := row.exclusion()
	p, err := s.Post(ctx, x.Post.ID, domain.Nobody)
	x.Post = p
	return x, err
}

// ExclusionsOf implements community.Store.
func (s *Communities) ExclusionsOf(ctx context.Context, author domain.ActorID, page domain.Page) (domain.List[*community.Exclusion], error) {
	var rows []*exclusionRow
	q := s.exclusions(&rows).Where("x.author_id = ?", string(author))
	list, err := bySerial(ctx, q, &rows, true, page, func(r *exclusionRow) int64 { return r.Serial }, (*exclusionRow).exclusion)
	if err != nil || len(list.Items) == 0 {
		return list, err
	}
	feed := make([]*feedRow, len(list.Items))
	for i, x := range list.Items {
		feed[i] = &feedRow{ObjectKind: community.ObjectPost, ObjectID: string(x.Post.ID)}
	}
	posts, err := s.postsOf(ctx, feed)
	for _, x := range list.Items {
		if p := posts[x.Post.ID]; p != nil {
			x.Post = p
		}
	}
	return list, err
}

func (r *exclusionRow) exclusion() *community.Exclusion {
	return &community.Exclusion{
		Serial: domain.Serial(r.Serial), Post: &community.Post{ID: domain.ID(r.PostID), Author: domain.ActorID(r.AuthorID)}, Group: domain.ActorID(r.CommunityID),
		Reason: r.Reason, Refused: r.Refused, At: r.At.Time(), Appeal: r.Appeal, Answer: r.Answer, Appeals: r.Software == network.Ours,
	}
}
