package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
)

// voteRow is one option that somebody chose.
type voteRow struct {
	bun.BaseModel `bun:"table:poll_votes,alias:v"`

	ID      string `bun:",pk"`
	PostID  string
	ActorID string
	Choice  int
	At      Stamp
	EndsAt  Stamp
}

// openPoll holds a post until the end of the transaction: whoever votes
// meanwhile waits. It does not change.
const openPoll = "UPDATE posts SET poll = poll WHERE id = ? AND poll IS NOT NULL AND deleted_at IS NULL RETURNING host, poll, revision"

// Cast implements community.Store.
func (s *Communities) Cast(ctx context.Context, b *community.Ballot, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		row := new(postRow)
		if err := tx.NewRaw(openPoll, string(b.Post)).Scan(ctx, row); err != nil {
			return err
		}
		if row.Poll.Over(b.At) {
			return domain.Fail(domain.Conflict, "poll.over")
		}
		var before []int
		err := tx.NewSelect().Model((*voteRow)(nil)).Column("choice").
			Where("post_id = ? AND actor_id = ?", string(b.Post), string(b.Voter)).Scan(ctx, &before)
		if err == nil {
			err = row.Poll.Count(before, b.Choices)
		}
		if err != nil {
			return err
		}
		// Who voted sees it counted; what another node counts takes its place.
		if _, err := tx.NewUpdate().Model(row).Column("poll").Where("id = ?", string(b.Post)).Exec(ctx); err != nil {
			return err
		}
		_, err = tx.NewInsert().Model(s.votes(b)).Exec(ctx)
		return err
	})
}

func (s *Communities) votes(b *community.Ballot) *[]*voteRow {
	ends := b.Ends
	if ends.IsZero() {
		ends = b.At
	}
	rows := make([]*voteRow, len(b.Choices))
	for i, c := range b.Choices {
		rows[i] = &voteRow{ID: string(b.IDs[i]), PostID: string(b.Post), ActorID: string(b.Voter), Choice: c, At: Stamp(b.At), EndsAt: Stamp(ends)}
	}
	return &rows
}

// Ballots implements community.Store.
func (s *Communities) Ballots(ctx context.Context, voter domain.ActorID, posts []domain.ID) (map[domain.ID][]int, error) {
	ids := make([]string, len(posts))
	for i, id := range posts {
		ids[i] = string(id)
	}
	var rows []*voteRow
	err := s.db.read.NewSelect().Model(&rows).Where("v.actor_id = ? AND v.post_id IN (?)", string(voter), bun.List(ids)).Order("choice").Scan(ctx)
	if err != nil {
		return nil, translate(err)
	}
	chosen := make(map[domain.ID][]int, len(rows))
	for _, r := range rows {
		chosen[domain.ID(r.PostID)] = append(chosen[domain.ID(r.PostID)], r.Choice)
	}
	return chosen, nil
}

// Votes implements publish.Ballots.
func (s *Communities) Votes(ctx context.Context, voter domain.ActorID, post domain.ID) (*community.Ballot, error) {
	var rows []*voteRow
	if err := s.db.read.NewSelect().Model(&rows).Where("v.actor_id = ? AND v.post_id = ?", string(voter), string(post)).Order("choice").Scan(ctx); err != nil {
		return nil, translate(err)
	}
	b := &community.Ballot{Post: post, Voter: voter}
	for _, r := range rows {
		b.IDs, b.Choices, b.At = append(b.IDs, domain.ID(r.ID)), append(b.Choices, r.Choice), r.At.Time()
	}
	return b, nil
}

// ClosePoll implements community.Store.
func (s *Communities) ClosePoll(ctx context.Context, post domain.ID, at time.Time, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		row := new(postRow)
		err := tx.NewRaw(openPoll, string(post)).Scan(ctx, row)
		if domain.CodeOf(translate(err)) == domain.NotFound || err == nil && !row.Poll.Closed.IsZero() {
			return domain.Fail(domain.Conflict, "error.conflict")
		}
		if err != nil {
			return err
		}
		row.Poll.Closed = at.UTC().Truncate(time.Second)
		row.Revision++
		_, err = tx.NewUpdate().Model(row).Column("poll", "revision").Where("id = ?", string(post)).Exec(ctx)
		return err
	})
}

// savePoll writes the poll of a post that is changed. That of a post of this
// node is counted in by others meanwhile, and stays; it is written to one that
// comes back from its tombstone. Of a copy it is what its node says.
func savePoll(ctx context.Context, tx bun.Tx, p *community.Post) error {
	if p.Poll == nil {
		return nil
	}
	if p.Poll.Anew {
		if _, err := tx.NewDelete().Model((*voteRow)(nil)).Where("post_id = ?", string(p.ID)).Exec(ctx); err != nil {
			return err
		}
	}
	if !p.Local() {
		return nil
	}
	_, err := tx.NewUpdate().Model(postRowOf(p)).Column("poll").Where("id = ? AND poll IS NULL", string(p.ID)).Exec(ctx)
	return err
}

// VoterInboxes implements community.Store.
func (s *Communities) VoterInboxes(ctx context.Context, post domain.ID) ([]domain.IRI, error) {
	var inboxes []domain.IRI
	err := s.db.read.NewRaw(`SELECT DISTINCT CASE WHEN a.shared_inbox <> '' THEN a.shared_inbox ELSE a.inbox END FROM poll_votes AS v
		JOIN actors AS a ON a.id = v.actor_id WHERE v.post_id = ? AND a.host <> '' AND a.gone_at IS NULL ORDER BY 1 LIMIT ?`, string(post), community.MaxVoterInboxes).Scan(ctx, &inboxes)
	return inboxes, translate(err)
}

// votesOfEnded removes who chose what in polls that were over before a time.
func (s *Retention) votesOfEnded(ctx context.Context, before time.Time) (more bool, err error) {
	return s.delete(ctx, "DELETE FROM poll_votes WHERE id IN (SELECT id FROM poll_votes WHERE ends_at < ? ORDER BY ends_at LIMIT ?)", before)
}
