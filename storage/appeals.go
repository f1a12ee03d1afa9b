package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// appealRow is what somebody says against a decision about them.
type appealRow struct {
	bun.BaseModel `bun:"table:appeals,alias:a"`

	ID          string `bun:",pk"`
	Serial      int64
	Kind        string
	Subject     string
	CommunityID string
	PersonID    string
	AgainstID   string
	Text        string
	At          Stamp
	Upheld      bool
	Answer      string
	ByID        string
	DecidedAt   Stamp
}

func (r *appealRow) appeal() *community.Appeal {
	return &community.Appeal{
		ID: domain.ID(r.ID), Serial: domain.Serial(r.Serial), Kind: community.AppealKind(r.Kind), Subject: r.Subject, Community: domain.ActorID(r.CommunityID),
		Person: domain.ActorID(r.PersonID), Against: domain.ActorID(r.AgainstID), Text: r.Text, At: r.At.Time(), Upheld: r.Upheld, Answer: r.Answer,
		By: domain.ActorID(r.ByID), DecidedAt: r.DecidedAt.Time(),
	}
}

// Appeal implements community.Store.
func (s *Communities) Appeal(ctx context.Context, id domain.ID) (*community.Appeal, error) {
	row := &appealRow{ID: string(id)}
	if err := s.db.read.NewSelect().Model(row).WherePK().Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.appeal(), nil
}

// AppealOf implements community.Store.
func (s *Communities) AppealOf(ctx context.Context, kind community.AppealKind, subject string, person domain.ActorID) (*community.Appeal, error) {
	row := new(appealRow)
	err := s.db.read.NewSelect().Model(row).Where("a.kind = ? AND a.subject = ? AND a.person_id = ?", string(kind), subject, string(person)).Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	return row.appeal(), nil
}

// AppealsOf implements community.Store.
func (s *Communities) AppealsOf(ctx context.Context, person domain.ActorID) ([]*community.Appeal, error) {
	var rows []*appealRow
	err := s.db.read.NewSelect().Model(&rows).Where("a.person_id = ?", string(person)).OrderExpr("a.serial DESC").Limit(domain.MaxPage).Scan(ctx)
	all := make([]*community.Appeal, len(rows))
	for i, r := range rows {
		all[i] = r.appeal()
	}
	return all, translate(err)
}

// Appeals implements community.Store.
func (s *Communities) Appeals(ctx context.Context, in domain.ActorID, open bool, page domain.Page) (domain.List[*community.Appeal], error) {
	var rows []*appealRow
	q := s.db.read.NewSelect().Model(&rows)
	if in != domain.Nobody {
		q = q.Where("a.community_id = ?", string(in))
	}
	if open {
		q = q.Where("a.decided_at IS NULL")
	}
	return bySerial(ctx, q, &rows, true, page, func(r *appealRow) int64 { return r.Serial }, (*appealRow).appeal)
}

// AddAppeal implements community.Store.
func (s *Communities) AddAppeal(ctx context.Context, a *community.Appeal, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		row := &appealRow{
			ID: string(a.ID), Serial: int64(a.Serial), Kind: string(a.Kind), Subject: a.Subject, CommunityID: string(a.Community), PersonID: string(a.Person),
			AgainstID: string(a.Against), Text: a.Text, At: Stamp(a.At),
		}
		return changedOne(tx.NewInsert().Model(row).On("CONFLICT (kind, subject, person_id) DO NOTHING").Exec(ctx))
	})
}

// AnswerAppeal implements community.Store.
func (s *Communities) AnswerAppeal(ctx context.Context, a *community.Appeal, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		return changedOne(tx.NewUpdate().Model((*appealRow)(nil)).Set("upheld = ?", a.Upheld).Set("answer = ?", a.Answer).Set("by_id = ?", string(a.By)).
			Set("decided_at = ?", Stamp(a.DecidedAt)).Where("id = ? AND decided_at IS NULL", string(a.ID)).Exec(ctx))
	})
}

// moderationKinds are the kinds of events of the index events_moderation, as
// its condition writes them.
const moderationKinds = `'post.deleted', 'post.expelled', 'post.restored', 'post.locked', 'post.unlocked', 'post.refused', 'community.banned', 'community.unbanned', 'community.role_given'`

// Acts implements community.Store.
func (s *Communities) Acts(ctx context.Context, in domain.ActorID, page domain.Page) (domain.List[community.Act], error) {
	list := domain.List[community.Act]{Total: -1}
	before, err := page.AfterSerial()
	if err != nil {
		return list, err
	}
	var rows []*eventRow
	q := s.db.read.NewSelect().Model(&rows).Where("kind IN ("+moderationKinds+")").
		Where("(subject_id = ?0 OR subject_kind IN ('post', 'held') AND payload LIKE ?1)", string(in), `%"community":"`+string(in)+`"%`).
		Where("(subject_kind <> 'post' OR payload NOT LIKE '%\"author\":\"' || actor || '\"%')")
	if before > 0 {
		q = q.Where("seq < ?", int64(before))
	}
	size := page.Size()
	if err := q.OrderExpr("seq DESC").Limit(int64(size + 1)).Scan(ctx); err != nil {
		return list, translate(err)
	}
	for i, r := range rows {
		if i == size {
			list.Next = domain.Serial(rows[i-1].Seq).Cursor()
			break
		}
		e := r.event()
		var told struct {
			community.BanPayload
			Role community.Role `json:"role"`
		}
		_ = e.Decode(&told) // of the payload only these two may be told; an erased one tells neither
		list.Items = append(list.Items, community.Act{Seq: e.Seq, Kind: e.Kind, By: e.Actor, At: e.Time, Until: told.Until, Role: told.Role})
	}
	return list, nil
}

// Moderators implements community.Store.
func (s *Communities) Moderators(ctx context.Context) (int, error) { return s.db.moderators(ctx) }
