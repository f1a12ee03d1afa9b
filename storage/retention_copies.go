package storage

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/lineage"
)

// here says that a local actor, or one that somebody here follows, is behind
// a row with an actor_id.
const here = "JOIN actors AS a ON a.id = n.actor_id WHERE (a.host = '' OR EXISTS (SELECT 1 FROM follows AS w WHERE w.followed_id = a.id)) AND "

// unneededPosts picks copies of posts, p, that nobody here has to do with:
// nothing here answers them, and of them and of the posts that they answer
// none is of this node, of a followed author, shown in the feed of somebody
// here or followed here, pinned or liked there, or reported; and nobody here
// applied to the role call that it tells of.
const unneededPosts = `p.host <> '' AND NOT EXISTS (SELECT 1 FROM applications AS q WHERE q.call_id = p.id) AND NOT EXISTS (SELECT 1 FROM posts AS r WHERE r.in_reply_to = p.iri AND r.in_reply_to <> '' AND r.id <> p.id)
AND NOT EXISTS (
	WITH RECURSIVE above (id, author_id, host, in_reply_to, depth) AS (
		SELECT u.id, u.author_id, u.host, u.in_reply_to, 0 FROM posts AS u WHERE u.id = p.id
		UNION ALL
		SELECT u.id, u.author_id, u.host, u.in_reply_to, t.depth + 1 FROM posts AS u JOIN above AS t ON u.iri = t.in_reply_to
		WHERE t.in_reply_to <> '' AND t.depth < 100
	)
	SELECT 1 FROM above AS t WHERE t.host = ''
	OR EXISTS (SELECT 1 FROM follows AS w WHERE w.followed_id = t.author_id)
	OR EXISTS (SELECT 1 FROM feed AS n ` + here + `n.object_id = t.id)
	OR EXISTS (SELECT 1 FROM pins AS n ` + here + `n.post_id = t.id)
	OR EXISTS (SELECT 1 FROM likes AS n ` + here + `n.post_id = t.id)
	OR EXISTS (SELECT 1 FROM poll_votes AS n ` + here + `n.post_id = t.id)
	OR EXISTS (SELECT 1 FROM reports AS n WHERE n.target_id = t.author_id AND n.posts LIKE '%"' || t.id || '"%')
)`

// unneededStories picks copies of stories, p, that nobody here has to do
// with: their owner is not followed, nobody here or followed here announced
// them, nobody here reviewed them, no process here is a clone of theirs, and
// nobody brought them in an archive.
const unneededStories = `p.host <> '' AND p.brought_at IS NULL AND NOT EXISTS (SELECT 1 FROM follows AS w WHERE w.followed_id = p.owner_id)
AND NOT EXISTS (SELECT 1 FROM feed AS n ` + here + `n.object_id = p.id)
AND NOT EXISTS (SELECT 1 FROM reviews AS v WHERE v.subject_iri = p.iri)
AND NOT EXISTS (SELECT 1 FROM processes AS c WHERE c.origin_iri = p.process_iri AND c.origin_iri <> '')`

// copies removes what of a table nobody here has to do with and came before
// some serial, page by page, the newest first, as answers go before what they
// answer. What is found is judged once more in the transaction that removes
// it.
func (s *Retention) copies(table, unneeded string, before domain.Serial, remove func(ctx context.Context, tx bun.Tx, ids bun.ListValues) error) func(ctx context.Context) (more bool, err error) {
	last := int64(before)
	find := fmt.Sprintf("SELECT p.id, p.serial FROM %s AS p WHERE p.serial < ? AND %s ORDER BY p.serial DESC LIMIT ?", table, unneeded)
	again := fmt.Sprintf("SELECT p.id FROM %s AS p WHERE p.id IN (?) AND %s", table, unneeded)
	return func(ctx context.Context) (more bool, err error) {
		var rows []struct {
			ID     string
			Serial int64
		}
		if err := s.db.read.NewRaw(find, last, sweepAtOnce).Scan(ctx, &rows); err != nil || len(rows) == 0 {
			return false, err
		}
		found := make([]string, len(rows))
		for i, r := range rows {
			found[i] = r.ID
		}
		last = rows[len(rows)-1].Serial
		err = s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
			var ids []string
			if err := tx.NewRaw(again, bun.List(found)).Scan(ctx, &ids); err != nil || len(ids) == 0 {
				return err
			}
			return remove(ctx, tx, bun.List(ids))
		})
		return len(rows) == sweepAtOnce && err == nil, err
	}
}

// unread gives up a release of another node that came before a time and whose
// tree could not be read, with what of it was. If its node tells of it again, it
// is read from its start.
func (s *Retention) unread(before time.Time) part {
	return func(ctx context.Context) (more bool, err error) {
		err = s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
			var ids []string
			err := tx.NewRaw("SELECT id FROM releases WHERE host <> '' AND state = ? AND released_at < ? ORDER BY released_at LIMIT 1",
				string(lineage.ReleaseWaiting), before.UnixMicro()).Scan(ctx, &ids)
			if more = err == nil && len(ids) > 0; !more {
				return err
			}
			if _, err := tx.NewRaw("DELETE FROM release_items WHERE release_id = ?", ids[0]).Exec(ctx); err != nil {
				return err
			}
			_, err = tx.NewRaw("UPDATE releases SET state = ?, revision = revision + 1 WHERE id = ?", string(lineage.ReleaseBroken), ids[0]).Exec(ctx)
			return err
		})
		return more && err == nil, err
	}
}

func removePosts(ctx context.Context, tx bun.Tx, ids bun.ListValues) error {
	// That one was deleted is not forgotten with it.
	err := noteRemovals(ctx, tx, `SELECT p.community_id, p.iri FROM posts AS p JOIN communities AS c ON c.id = p.community_id
		WHERE p.id IN (?) AND p.deleted_at IS NOT NULL`, ids)
	if err != nil {
		return err
	}
	if err := erased(ctx, tx, "?", ids); err != nil {
		return err
	}
	for _, query := range []string{
		"DELETE FROM application_counts WHERE call_id IN (?)", "DELETE FROM role_calls WHERE id IN (?)", "DELETE FROM posts WHERE id IN (?)",
	} {
		if _, err := tx.NewRaw(query, ids).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// removeStories removes copies of stories, which are not
// signed by partners that were asked here, with their snapshots, unless another story shows these.
func removeStories(ctx context.Context, tx bun.Tx, ids bun.ListValues) error {
	var digests []string
	if err := tx.NewRaw("SELECT digest FROM stories WHERE id IN (?) AND digest IS NOT NULL", ids).Scan(ctx, &digests); err != nil {
		return err
	}
	for _, query := range []string{
		"DELETE FROM feed WHERE object_kind = 'story' AND object_id IN (?)", "DELETE FROM story_terms WHERE story_id IN (?)", "DELETE FROM story_evidence WHERE story_id IN (?)", "DELETE FROM story_files WHERE story_id IN (?)",
		"DELETE FROM stories WHERE id IN (?)",
	} {
		if _, err := tx.NewRaw(query, ids).Exec(ctx); err != nil {
			return err
		}
	}
	if len(digests) == 0 {
		return nil
	}
	_, err := tx.NewRaw("DELETE FROM snapshots WHERE digest IN (?) AND NOT EXISTS (SELECT 1 FROM stories AS s WHERE s.digest = snapshots.digest)",
		bun.List(digests)).Exec(ctx)
	return err
}
