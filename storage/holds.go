package storage

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// heldRow is what waits for those who moderate, or was refused. Its post is
// kept whole, apart from all posts.
type heldRow struct {
	bun.BaseModel `bun:"table:held_posts,alias:h"`

	ID          string `bun:",pk"`
	Serial      int64
	IRI         string
	AuthorID    string
	CommunityID string
	AnnouncerID string
	Host        string
	Post        string // JSON
	Why         string
	Filter      string
	Activity    string
	State       string
	Reason      string
	ByID        string
	At          Stamp
	DecidedAt   Stamp
	Revision    int64
	Deletion    string
	Pinned      bool
}

func heldRowOf(h *community.Held) (*heldRow, error) {
	post, err := json.Marshal(h.Post)
	return &heldRow{
		ID: string(h.Post.ID), Serial: int64(h.Serial), IRI: string(h.Post.IRI), AuthorID: string(h.Post.Author), CommunityID: string(h.Group),
		AnnouncerID: string(h.Announcer), Host: h.Post.Host, Post: string(post), Why: string(h.Why), Filter: h.Filter, Activity: string(h.Activity),
		State: string(h.State), Reason: h.Reason, ByID: string(h.By), At: Stamp(h.At), DecidedAt: Stamp(h.DecidedAt), Revision: h.Revision,
		Deletion: string(h.Deletion), Pinned: h.Pinned,
	}, err
}

func (r *heldRow) held() *community.Held {
	h := &community.Held{
		Group: domain.ActorID(r.CommunityID), Announcer: domain.ActorID(r.AnnouncerID), Serial: domain.Serial(r.Serial), Why: community.Why(r.Why),
		Filter: r.Filter, Activity: domain.IRI(r.Activity), State: community.HeldState(r.State), Reason: r.Reason, By: domain.ActorID(r.ByID),
		At: r.At.Time(), DecidedAt: r.DecidedAt.Time(), Revision: r.Revision, Deletion: domain.ID(r.Deletion), Pinned: r.Pinned,
	}
	// What does not decode was not written by heldRowOf; its id still says what it is.
	if json.Unmarshal([]byte(r.Post), &h.Post) != nil {
		h.Post = community.Post{ID: domain.ID(r.ID), IRI: domain.IRI(r.IRI), Author: domain.ActorID(r.AuthorID), Host: r.Host}
	}
	return h
}

// Held implements community.Store.
func (s *Communities) Held(ctx context.Context, id domain.ID) (*community.Held, error) {
	return s.heldBy(ctx, "h.id = ?", string(id))
}

// HeldByIRI implements community.Store.
func (s *Communities) HeldByIRI(ctx context.Context, iri domain.IRI) (*community.Held, error) {
	return s.heldBy(ctx, "h.iri = ?", string(iri))
}

func (s *Communities) heldBy(ctx context.Context, where, arg string) (*community.Held, error) {
	row := new(heldRow)
	if err := s.db.read.NewSelect().Model(row).Where(where, arg).Scan(ctx); err != nil {
		return nil, translate(err)
	}
	return row.held(), nil
}

// HeldIn implements community.Store.
func (s *Communities) HeldIn(ctx context.Context, group domain.ActorID, state community.HeldState, page domain.Page) (domain.List[*community.Held], error) {
	var rows []*heldRow
	q := s.db.read.NewSelect().Model(&rows).Where("h.state = ?", string(state)).Where("h.host NOT IN " + blockedHeld)
	if group != domain.Nobody {
		q = q.Where("h.community_id = ?", string(group))
	}
	return bySerial(ctx, q, &rows, state != community.HeldWaiting, page, func(r *heldRow) int64 { return r.Serial }, (*heldRow).held)
}

// blockedHeld is [blockedHosts] where h is taken.
const blockedHeld = "(SELECT b.host FROM hidden_hosts AS b WHERE b.verdict = 'block')"

// HeldOf implements community.Store.
func (s *Communities) HeldOf(ctx context.Context, author domain.ActorID, page domain.Page) (domain.List[*community.Held], error) {
	var rows []*heldRow
	q := s.db.read.NewSelect().Model(&rows).Where("h.author_id = ?", string(author))
	return bySerial(ctx, q, &rows, true, page, func(r *heldRow) int64 { return r.Serial }, (*heldRow).held)
}

// SaveHeld implements community.Store.
func (s *Communities) SaveHeld(ctx context.Context, h *community.Held, change domain.Change) error {
	row, err := heldRowOf(h)
	if err != nil {
		return err
	}
	row.Revision++
	err = s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if h.Revision > 0 {
			return changedOne(tx.NewUpdate().Model(row).WherePK().Where("revision = ?", h.Revision).Exec(ctx))
		}
		return changedOne(tx.NewInsert().Model(row).On("CONFLICT (iri) DO NOTHING").Exec(ctx))
	})
	if err == nil {
		h.Revision++
	}
	return err
}

// Remove implements community.Store.
func (s *Communities) Remove(ctx context.Context, h *community.Held, gone *community.Post, change domain.Change) error {
	row, err := heldRowOf(h)
	if err != nil {
		return err
	}
	row.Revision++
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.NewInsert().Model(row).Exec(ctx); err != nil {
			return err
		}
		return s.removePost(ctx, tx, gone)
	})
}

// Release implements community.Store.
func (s *Communities) Release(ctx context.Context, h *community.Held, p *community.Post, feed []community.FeedItem, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		err := changedOne(tx.NewDelete().Model((*heldRow)(nil)).Where("id = ? AND revision = ?", string(h.Post.ID), h.Revision).Exec(ctx))
		if err != nil {
			return err
		}
		if err := s.writePost(ctx, tx, p, feed); err != nil || h.State != community.HeldRemoved || !p.Local() {
			return err
		}
		return noteFiles(ctx, tx, p)
	})
}

// DropHeld implements community.Store.
func (s *Communities) DropHeld(ctx context.Context, author domain.ActorID, iri domain.IRI) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := dropHeld(ctx, tx, "iri = ? AND author_id = ?", string(iri), string(author))
		return err
	})
}

// WithdrawHeld implements community.Store.
func (s *Communities) WithdrawHeld(ctx context.Context, h *community.Held, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		dropped, err := dropHeld(ctx, tx, "id = ? AND revision = ?", string(h.Post.ID), h.Revision)
		if err == nil && dropped == 0 {
			err = domain.Fail(domain.Conflict, "error.conflict")
		}
		return err
	})
}

// SweepHeld implements community.Store.
func (s *Communities) SweepHeld(ctx context.Context, state community.HeldState, before time.Time) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := dropHeld(ctx, tx, `state = ? AND decided_at < ? AND NOT EXISTS (SELECT 1 FROM appeals AS a WHERE a.subject = held_posts.id AND a.decided_at IS NULL)`,
			string(state), Stamp(before))
		return err
	})
}

// dropHeld forgets what is held, also in what was received and sent; with what was
// removed go the likes and pins that waited for it. It tells how many were there.
func dropHeld(ctx context.Context, tx bun.Tx, where string, args ...any) (int64, error) {
	if err := forgetBytes(ctx, tx, "SELECT iri FROM held_posts WHERE "+where, args...); err != nil {
		return 0, err
	}
	if err := erased(ctx, tx, "SELECT id FROM held_posts WHERE state = 'removed' AND "+where, args...); err != nil {
		return 0, err
	}
	result, err := tx.NewRaw("DELETE FROM held_posts WHERE "+where, args...).Exec(ctx)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// KnownIn implements community.Store.
func (s *Communities) KnownIn(ctx context.Context, author, group domain.ActorID) (bool, error) {
	q := s.db.read.NewSelect().Model((*postRow)(nil)).Where("p.author_id = ? AND p.deleted_at IS NULL", string(author))
	if group != domain.Nobody {
		q = q.Where("p.community_id = ?", string(group))
	} else {
		q = q.Where("p.community_id IN (SELECT id FROM communities)")
	}
	known, err := q.Exists(ctx)
	return known, translate(err)
}

// KnownHost implements community.Store.
func (s *Communities) KnownHost(ctx context.Context, host string) (bool, error) {
	var known bool
	err := s.db.read.NewRaw(`SELECT EXISTS (SELECT 1 FROM actors AS a JOIN posts AS p ON p.author_id = a.id WHERE a.host = ?0 AND p.deleted_at IS NULL)
		OR EXISTS (SELECT 1 FROM actors AS a JOIN follows AS f ON f.followed_id = a.id JOIN actors AS l ON l.id = f.follower_id
			WHERE a.host = ?0 AND l.host = '' AND f.state = 'accepted')`, host).Scan(ctx, &known)
	return known, translate(err)
}

// holdingRow is how the node holds: the one row with the id 1.
type holdingRow struct {
	bun.BaseModel `bun:"table:holding"`

	ID           int64 `bun:",pk"`
	FirstPost    bool
	FirstContact string
	ReleaseHours int
	Revision     int64
}

// Holding implements community.Store.
func (s *Communities) Holding(ctx context.Context) (community.Holding, error) {
	row := new(holdingRow)
	err := s.db.read.NewSelect().Model(row).Where("id = 1").Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return community.Holding{Contact: community.ContactOpen}, nil
	}
	return community.Holding{FirstPost: row.FirstPost, Contact: community.Contact(row.FirstContact), Release: row.ReleaseHours, Revision: row.Revision}, translate(err)
}

// SaveHolding implements community.Store.
func (s *Communities) SaveHolding(ctx context.Context, h *community.Holding, change domain.Change) error {
	row := &holdingRow{ID: 1, FirstPost: h.FirstPost, FirstContact: string(h.Contact), ReleaseHours: h.Release, Revision: h.Revision + 1}
	err := s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if h.Revision == 0 {
			return changedOne(tx.NewInsert().Model(row).On("CONFLICT (id) DO NOTHING").Exec(ctx))
		}
		return changedOne(tx.NewUpdate().Model(row).WherePK().Where("revision = ?", h.Revision).Exec(ctx))
	})
	if err == nil {
		h.Revision++
	}
	return err
}
