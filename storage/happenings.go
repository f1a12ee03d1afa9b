package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// happeningRow is something that a community tells by itself.
type happeningRow struct {
	bun.BaseModel `bun:"table:community_happenings,alias:h"`

	Serial      int64 `bun:",pk"`
	CommunityID string
	Key         string
	Kind        string
	Title       domain.Text
	Place       domain.Text
	Link        string
	DueAt       Stamp
	UntilAt     Stamp
	ToldAt      Stamp
}

func happeningRowOf(h community.Happening) *happeningRow {
	return &happeningRow{
		Serial: int64(h.Serial), CommunityID: string(h.Community), Key: h.Key, Kind: h.Kind, Title: h.Title, Place: h.Place,
		Link: string(h.Link), DueAt: Stamp(h.Due), UntilAt: Stamp(h.Until),
	}
}

func (r *happeningRow) happening() community.Happening {
	return community.Happening{
		Serial: domain.Serial(r.Serial), Community: domain.ActorID(r.CommunityID), Key: r.Key, Kind: r.Kind, Title: r.Title, Place: r.Place,
		Link: domain.IRI(r.Link), Due: r.DueAt.Time(), Until: r.UntilAt.Time(),
	}
}

// Notice implements community.Store.
func (s *Communities) Notice(ctx context.Context, cursor string, from, to int64, all []community.Happening, dropped []string) error {
	return s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := advance(ctx, tx, cursor, from, to); err != nil {
			return err
		}
		for _, h := range all {
			_, err := tx.NewInsert().Model(happeningRowOf(h)).On("CONFLICT (community_id, key) DO UPDATE").
				Set("kind = EXCLUDED.kind, title = EXCLUDED.title, place = EXCLUDED.place, link = EXCLUDED.link, due_at = EXCLUDED.due_at, until_at = EXCLUDED.until_at").
				Where("h.told_at IS NULL").Exec(ctx)
			if err != nil {
				return err
			}
		}
		if len(dropped) == 0 {
			return nil
		}
		_, err := tx.NewDelete().Model((*happeningRow)(nil)).Where("told_at IS NULL AND key IN (?)", bun.List(dropped)).Exec(ctx)
		return err
	})
}

// Telling implements community.Store.
func (s *Communities) Telling(ctx context.Context, at time.Time) ([]domain.ActorID, error) {
	var ids []domain.ActorID
	err := s.db.read.NewRaw("SELECT DISTINCT community_id FROM community_happenings WHERE told_at IS NULL AND due_at <= ?", Stamp(at)).Scan(ctx, &ids)
	return ids, translate(err)
}

// Untold implements community.Store. The rows are read first: what another
// process tells meanwhile is seen by the time, or makes Told a Conflict.
func (s *Communities) Untold(ctx context.Context, id domain.ActorID, at time.Time, most int) ([]community.Happening, time.Time, error) {
	var rows []*happeningRow
	err := s.db.read.NewSelect().Model(&rows).Where("community_id = ? AND told_at IS NULL AND due_at <= ?", string(id), Stamp(at)).
		Order("serial").Limit(int64(most)).Scan(ctx)
	if err != nil {
		return nil, time.Time{}, translate(err)
	}
	var last Stamp
	err = s.db.read.NewRaw("SELECT MAX(told_at) FROM community_happenings WHERE community_id = ? AND until_at IS NULL", string(id)).Scan(ctx, &last)
	if err != nil {
		return nil, time.Time{}, translate(err)
	}
	all := make([]community.Happening, len(rows))
	for i, r := range rows {
		all[i] = r.happening()
	}
	return all, last.Time(), nil
}

// Told implements community.Store.
func (s *Communities) Told(ctx context.Context, all []community.Happening, at time.Time, news *community.News) error {
	serials := make([]int64, len(all))
	for i, h := range all {
		serials[i] = int64(h.Serial)
	}
	change := domain.Change{}
	if news != nil {
		change.Events = []domain.Event{news.Event}
	}
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if news == nil {
			_, err := tx.NewDelete().Model((*happeningRow)(nil)).Where("serial IN (?) AND told_at IS NULL", bun.List(serials)).Exec(ctx)
			return err
		}
		done, err := tx.NewUpdate().Model((*happeningRow)(nil)).Set("told_at = ?", Stamp(at)).Where("serial IN (?) AND told_at IS NULL", bun.List(serials)).Exec(ctx)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n != int64(len(serials)) {
			if err == nil {
				err = domain.Fail(domain.Conflict, "error.conflict")
			}
			return err
		}
		return s.writePost(ctx, tx, news.Post, news.Feed)
	})
}

// ForgetHappenings implements community.Store.
func (s *Communities) ForgetHappenings(ctx context.Context, before time.Time) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewDelete().Model((*happeningRow)(nil)).Where("told_at < ?", Stamp(before)).Exec(ctx)
		return err
	})
}

// Introduce implements community.Store.
func (s *Communities) Introduce(ctx context.Context, c *community.Community, p *community.Post, digest string, serial domain.Serial, change domain.Change) error {
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		err := changedOne(tx.NewUpdate().Model((*communityRow)(nil)).Set("introduction_id = ?, introduced = ?", string(p.ID), digest).
			Where("id = ? AND introduction_id = ? AND introduced = ?", string(c.ID), string(c.Introduction), c.Introduced()).Exec(ctx))
		if err != nil {
			return err
		}
		if err := s.writePost(ctx, tx, p, nil); err != nil {
			return err
		}
		if serial == 0 {
			return nil
		}
		row := &pinRow{Serial: int64(serial), ActorID: string(c.ID), PostID: string(p.ID)}
		_, err = tx.NewInsert().Model(row).On("CONFLICT (actor_id, post_id) DO NOTHING").Exec(ctx)
		return err
	})
	if err == nil {
		p.Revision++
		c.Introduction = p.ID
		c.SetIntroduced(digest)
	}
	return err
}

// Unintroduced implements community.Store.
func (s *Communities) Unintroduced(ctx context.Context, after domain.Serial, most int) ([]*community.Community, error) {
	var rows []*communityRow
	err := s.db.read.NewSelect().Model(&rows).Where("c.serial > ?", int64(after)).Order("c.serial").Limit(int64(most)).Scan(ctx)
	all := make([]*community.Community, len(rows))
	for i, r := range rows {
		all[i] = r.community()
	}
	return all, translate(err)
}
