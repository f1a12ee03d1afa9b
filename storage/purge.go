package storage

import (
	"context"

	"github.com/uptrace/bun"

	"interlink/domain"
)

// KnownHosts implements network.RuleStore.
func (s *Rules) KnownHosts(ctx context.Context) ([]string, error) {
	var hosts []string
	err := s.db.read.NewRaw("SELECT DISTINCT host FROM actors WHERE host <> '' ORDER BY host").Scan(ctx, &hosts)
	return hosts, translate(err)
}

// PurgeHost implements network.RuleStore: at most [sweepAtOnce] posts and as
// many stories at a time. A post that is a role call to which somebody here
// applied stays, as what they wrote does.
func (s *Rules) PurgeHost(ctx context.Context, host string) (more bool, err error) {
	const posts = "SELECT p.id FROM posts AS p WHERE p.host = ? AND NOT EXISTS (SELECT 1 FROM applications AS q WHERE q.call_id = p.id) LIMIT ?"
	err = s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		for _, query := range []string{
			"DELETE FROM follows WHERE follower_id IN (SELECT id FROM actors WHERE host = ?0) OR followed_id IN (SELECT id FROM actors WHERE host = ?0)",
			"DELETE FROM likes WHERE actor_id IN (SELECT id FROM actors WHERE host = ?0)",
			"DELETE FROM poll_votes WHERE actor_id IN (SELECT id FROM actors WHERE host = ?0)",
			"DELETE FROM pins WHERE actor_id IN (SELECT id FROM actors WHERE host = ?0)",
			"DELETE FROM catalogue_bulletins WHERE actor_id IN (SELECT id FROM actors WHERE host = ?0)",
			"DELETE FROM feed WHERE actor_id IN (SELECT id FROM actors WHERE host = ?0)",
			"DELETE FROM reuse_reports WHERE host = ?0",
			"DELETE FROM held_posts WHERE host = ?0",
			"DELETE FROM exclusions WHERE community_id IN (SELECT id FROM actors WHERE host = ?0)",
			"DELETE FROM featurings WHERE by_id IN (SELECT id FROM actors WHERE host = ?0)",
			"DELETE FROM server_apps WHERE host = ?0",
			"DELETE FROM archived_files WHERE post_id IN (SELECT id FROM archived_posts WHERE host = ?0)",
			"DELETE FROM archived_posts WHERE host = ?0",
			"UPDATE received SET raw = NULL, state = 'done' WHERE host = ?0 AND raw IS NOT NULL",
		} {
			if _, err := tx.NewRaw(query, host).Exec(ctx); err != nil {
				return err
			}
		}
		for _, part := range []struct {
			find   string
			remove func(context.Context, bun.Tx, bun.ListValues) error
		}{{posts, removePosts}, {"SELECT id FROM stories WHERE host = ? LIMIT ?", removeStories}} {
			var ids []string
			if err := tx.NewRaw(part.find, host, sweepAtOnce).Scan(ctx, &ids); err != nil {
				return err
			}
			more = more || len(ids) == sweepAtOnce
			if len(ids) == 0 {
				continue
			}
			if err := part.remove(ctx, tx, bun.List(ids)); err != nil {
				return err
			}
		}
		return nil
	})
	return more && err == nil, err
}
