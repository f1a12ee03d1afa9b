package storage

import (
	"context"
	"database/sql"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/story"
)

// Holdings implements organization.Store.
func (s *Organizations) Holdings(ctx context.Context, id domain.ActorID) (organization.Holdings, error) {
	var h organization.Holdings
	group := string(id)
	err := s.db.read.NewRaw(`SELECT
		(SELECT COUNT(*) FROM group_members WHERE group_id = ?0) AS members,
		(SELECT COUNT(*) FROM follows WHERE followed_id = ?0 AND state = ?1) AS followers,
		(SELECT COUNT(*) FROM group_invitations WHERE group_id = ?0) AS invitations,
		(SELECT COUNT(*) FROM communities WHERE organization_id = ?0) AS communities,
		(SELECT COUNT(*) FROM stories WHERE owner_id = ?0 AND status = ?2) AS stories`,
		group, string(network.FollowAccepted), string(story.Published)).
		Scan(ctx, &h.Members, &h.Followers, &h.Invitations, &h.Communities, &h.Stories)
	if err != nil {
		return h, translate(err)
	}
	var elsewhere []string
	if err := s.db.read.NewRaw(`SELECT a.id FROM actors AS a WHERE a.host <> '' AND a.id IN
		(SELECT actor_id FROM group_members WHERE group_id = ?0 UNION SELECT owner_id FROM story_cosignatures WHERE partner_id = ?0)
		ORDER BY a.id`, group).Scan(ctx, &elsewhere); err != nil {
		return h, translate(err)
	}
	for _, e := range elsewhere {
		h.Elsewhere = append(h.Elsewhere, domain.ActorID(e))
	}
	var rows []*teamRow
	if err := s.db.read.NewSelect().Model(&rows).Where("t.organization_id = ? AND t.gone_at IS NULL", group).OrderExpr("t.serial").Scan(ctx); err != nil {
		return h, translate(err)
	}
	for _, r := range rows {
		h.Teams = append(h.Teams, r.team())
	}
	if err := s.complete(ctx, h.Teams); err != nil {
		return h, err
	}
	if h.Granted, err = s.parts(ctx, "p.id IN (SELECT process_id FROM process_grants WHERE actor_id = ?)", group); err != nil {
		return h, err
	}
	if h.Owned, err = s.parts(ctx, "p.organization_id = ?0 OR p.team_id = ?0", group); err != nil || len(h.Teams) == 0 {
		return h, err
	}
	const teams = "(SELECT id FROM teams WHERE organization_id = ?0 AND gone_at IS NULL)"
	if h.ByTeams, err = s.parts(ctx, "p.id IN (SELECT process_id FROM process_grants WHERE actor_id IN "+teams+")", group); err != nil {
		return h, err
	}
	h.LedByTeams, err = s.parts(ctx, "COALESCE(p.organization_id, '') <> ?0 AND p.team_id IN "+teams, group)
	return h, err
}

func (s *Organizations) parts(ctx context.Context, where, group string) ([]organization.Part, error) {
	var rows []*processRow
	err := s.db.read.NewSelect().Model(&rows).Column("id", "name", "iri", "title").Where(where, group).OrderExpr("p.serial").Scan(ctx)
	var parts []organization.Part
	for _, r := range rows {
		parts = append(parts, organization.Part{ID: domain.ActorID(r.ID), Name: r.Name, IRI: domain.IRI(r.IRI), Title: r.Title})
	}
	return parts, translate(err)
}

// End implements organization.Store.
func (s *Organizations) End(ctx context.Context, groups []organization.Ending, at time.Time, change domain.Change) error {
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		for _, e := range groups {
			if err := endGroup(ctx, tx, e, Stamp(at)); err != nil {
				return err
			}
		}
		return nil
	})
}

func endGroup(ctx context.Context, tx bun.Tx, e organization.Ending, at Stamp) error {
	ref := e.Group.Ref()
	id := string(ref.ID)
	if err := leaveProcesses(ctx, tx, id, e, at); err != nil {
		return err
	}
	buried := tx.NewUpdate().Model((*organizationRow)(nil)).Set("search = ''")
	if ref.Team {
		buried = tx.NewUpdate().Model((*teamRow)(nil))
	} else if err := exactly(0)(tx.NewUpdate().Model((*teamRow)(nil)).Set("revision = revision").
		Where("organization_id = ? AND gone_at IS NULL", id).Exec(ctx)); err != nil {
		return err // a team was made meanwhile
	}
	err := changedOne(buried.Set("title = '{}'").Set("summary = '{}'").Set("gone_at = ?", at).Set("updated_at = ?", at).Set("revision = revision + 1").
		Where("id = ? AND revision = ? AND gone_at IS NULL", id, ref.Revision).Exec(ctx))
	if err != nil {
		return err
	}
	for _, q := range []struct {
		text string
		args []any
	}{
		{`UPDATE actors SET title = '', titles = '{}', summary = '', icon = '', icon_type = '', icon_alt = '', fields = '[]', gone_at = ?, updated_at = ? WHERE id = ?`, []any{at, at, id}},
		{`UPDATE communities SET organization_id = '' WHERE organization_id = ?`, []any{id}},
		{`DELETE FROM account_secrets WHERE hash IN (SELECT hash FROM group_invitations WHERE group_id = ? AND hash <> '')`, []any{id}},
		{`DELETE FROM group_invitations WHERE group_id = ?`, []any{id}},
		{`DELETE FROM invitation_refusals WHERE group_id = ?`, []any{id}},
		{`DELETE FROM group_members WHERE group_id = ?`, []any{id}},
	} {
		if _, err := tx.NewRaw(q.text, q.args...).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// leaveProcesses takes a group out of the processes in which it was read to
// take part. Who changes one of them at the same time must read it again.
func leaveProcesses(ctx context.Context, tx bun.Tx, id string, e organization.Ending, at Stamp) error {
	parts := append(append([]domain.ActorID{}, e.Granted...), e.Owned...)
	if len(parts) > 0 {
		if _, err := tx.NewUpdate().Model((*processRow)(nil)).Set("revision = revision + 1").Set("updated_at = ?", at).
			Where("id IN (?)", bun.List(parts)).Exec(ctx); err != nil {
			return err
		}
	}
	var granted []string
	err := tx.NewDelete().Model((*grantRow)(nil)).Where("actor_id = ?", id).Returning("process_id").Scan(ctx, &granted)
	if err != nil {
		return err
	}
	slices.Sort(granted)
	if len(slices.Compact(granted)) != len(e.Granted) {
		return domain.Fail(domain.Conflict, "error.conflict")
	}
	column := bun.Ident("organization_id")
	if e.Group.Ref().Team {
		column = "team_id"
	}
	return exactly(len(e.Owned))(tx.NewUpdate().Model((*processRow)(nil)).Set("? = NULL", column).Where("? = ?", column, id).Exec(ctx))
}

// exactly turns a change of another number of rows into a Conflict.
func exactly(want int) func(sql.Result, error) error {
	return func(res sql.Result, err error) error {
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		if err == nil && n != int64(want) {
			err = domain.Fail(domain.Conflict, "error.conflict")
		}
		return err
	}
}
