package storage

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/retention"
)

// Retention removes what is old and serves nobody any more.
type Retention struct{ db *DB }

// NewRetention makes the store.
func NewRetention(db *DB) *Retention { return &Retention{db} }

// sweepAtOnce is how many rows one transaction removes: others wait for it.
const sweepAtOnce = 500

// Ask has the job done by which the retention is kept.
func (s *Retention) Ask(ctx context.Context) error {
	return s.db.inTx(ctx, domain.Change{Jobs: []domain.Job{network.SweepQueues()}}, nil)
}

// Sweep removes what is older than keep says, until nothing is left or ctx
// ends. Of received activities the id and the hash of the bytes stay for ever:
// what comes again is known. Activities of this node stay, as do actors who
// are gone: their names are not given again.
func (s *Retention) Sweep(ctx context.Context, now time.Time, keep network.Retention) error {
	sweeps := s.sweeps()
	for _, rule := range retention.Rules(keep) {
		if sweep := sweeps[rule.Data]; sweep != nil {
			if err := toTheEnd(ctx, sweep(now, now.Add(-rule.Keep))); err != nil {
				return err
			}
		}
	}
	return toTheEnd(ctx, s.forwarded)
}

// part removes a part of what is too old; more says that something is left.
type part func(ctx context.Context) (more bool, err error)

func toTheEnd(ctx context.Context, remove part) error {
	for more := true; more; {
		var err error
		if more, err = remove(ctx); err != nil {
			return err
		}
	}
	return nil
}

// sweeps makes of each kind of data what removes it that is from before a time.
// Resources, notices, receipts and keys have commands of their own.
func (s *Retention) sweeps() map[retention.Data]func(now, before time.Time) part {
	until := func(remove func(context.Context, time.Time) (bool, error)) func(now, before time.Time) part {
		return func(_, before time.Time) part {
			return func(ctx context.Context) (bool, error) { return remove(ctx, before) }
		}
	}
	ended := func(state network.DeliveryState) func(now, before time.Time) part {
		return until(func(ctx context.Context, before time.Time) (bool, error) { return s.deliveries(ctx, state, before) })
	}
	over := func(now, _ time.Time) part { // they know themselves when
		return func(ctx context.Context) (bool, error) { return s.secrets(ctx, now) }
	}
	return map[retention.Data]func(now, before time.Time) part{
		retention.Sessions: over, retention.Guests: over, retention.Links: over,
		retention.Attempts:  until(s.attempts),
		retention.Received:  until(s.received),
		retention.Delivered: ended(network.DeliveryDone),
		retention.Dead:      ended(network.DeliveryDead),
		retention.Posts: func(_, before time.Time) part {
			posts := s.copies("posts", unneededPosts, domain.NewSerial(before, 0), removePosts)
			stories := s.copies("stories", unneededStories, domain.NewSerial(before, 0), removeStories)
			return func(ctx context.Context) (bool, error) {
				if err := toTheEnd(ctx, posts); err != nil {
					return false, err
				}
				if err := toTheEnd(ctx, s.unread(before)); err != nil {
					return false, err
				}
				return stories(ctx)
			}
		},
		retention.Invitations:   until(s.invitations),
		retention.Votes:         until(s.votesOfEnded),
		retention.Applications:  until(s.applications),
		retention.Unanswered:    until(s.unanswered),
		retention.Accepted:      until(s.accepted),
		retention.Notifications: until(s.notifications),
		retention.Actors:        func(_, before time.Time) part { return s.actors(before) },
	}
}

// secrets removes sessions, visits and links of mails that are over.
func (s *Retention) secrets(ctx context.Context, now time.Time) (more bool, err error) {
	return s.delete(ctx, "DELETE FROM account_secrets WHERE id IN (SELECT id FROM account_secrets WHERE expires_at < ? ORDER BY expires_at LIMIT ?)", now)
}

// attempts removes counts of what somebody may not do too often.
func (s *Retention) attempts(ctx context.Context, before time.Time) (more bool, err error) {
	return s.delete(ctx, "DELETE FROM account_failures WHERE key IN (SELECT key FROM account_failures WHERE last_at < ? ORDER BY last_at LIMIT ?)", before)
}

// delete removes rows from before a time, not too many at once.
func (s *Retention) delete(ctx context.Context, query string, before time.Time) (more bool, err error) {
	err = s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.NewRaw(query, before.UnixMicro(), sweepAtOnce).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		more = n == sweepAtOnce
		return err
	})
	return more && err == nil, err
}

// sweptReceived is the cursor of the last received activity whose bytes are
// removed, so that those before it are not looked at again.
const sweptReceived = "received.swept"

// received removes bytes of activities that were received before a time. By
// then all are worked or have failed; these cannot be worked any more.
func (s *Retention) received(ctx context.Context, before time.Time) (more bool, err error) {
	err = s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		var serials []int64
		err := tx.NewRaw(`SELECT serial FROM received WHERE serial > COALESCE((SELECT seq FROM cursors WHERE name = ?), 0) AND serial < ?
			AND state <> 'pending' ORDER BY serial LIMIT ?`, sweptReceived, int64(domain.NewSerial(before, 0)), sweepAtOnce).Scan(ctx, &serials)
		if err != nil || len(serials) == 0 {
			return err
		}
		more = len(serials) == sweepAtOnce
		if _, err := tx.NewRaw("UPDATE received SET raw = NULL, state = 'done' WHERE serial IN (?)", bun.List(serials)).Exec(ctx); err != nil {
			return err
		}
		_, err = tx.NewRaw("INSERT INTO cursors (name, seq) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET seq = EXCLUDED.seq",
			sweptReceived, serials[len(serials)-1]).Exec(ctx)
		return err
	})
	return more && err == nil, err
}

// deliveries removes those that ended in a state before a time. They were
// queued before they ended, so that only the oldest are looked at.
func (s *Retention) deliveries(ctx context.Context, state network.DeliveryState, before time.Time) (more bool, err error) {
	err = s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.NewRaw(`DELETE FROM deliveries WHERE id IN
			(SELECT id FROM deliveries WHERE serial < ? AND state = ? AND done_at < ? ORDER BY serial LIMIT ?)`,
			int64(domain.NewSerial(before, 0)), string(state), before.UnixMicro(), sweepAtOnce).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		more = n == sweepAtOnce
		return err
	})
	return more && err == nil, err
}

// forwarded removes activities of others that are on their way to nobody any
// more: they hold words of people elsewhere.
func (s *Retention) forwarded(ctx context.Context) (more bool, err error) {
	err = s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
		result, err := tx.NewRaw(`DELETE FROM activities WHERE id IN (SELECT a.id FROM activities AS a WHERE a.forwarded
			AND NOT EXISTS (SELECT 1 FROM deliveries AS d WHERE d.activity_id = a.id)
			AND NOT EXISTS (SELECT 1 FROM fanouts AS f WHERE f.activity_id = a.id) ORDER BY a.serial LIMIT ?)`, sweepAtOnce).Exec(ctx)
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		more = n == sweepAtOnce
		return err
	})
	return more && err == nil, err
}

// invitations removes those that were over before a time: most hold the
// e-mail address of somebody who has nothing to do with the node.
func (s *Retention) invitations(ctx context.Context, before time.Time) (more bool, err error) {
	for _, query := range []string{
		"DELETE FROM group_invitations WHERE id IN (SELECT id FROM group_invitations WHERE expires_at < ? ORDER BY expires_at LIMIT ?)",
		"DELETE FROM invitation_letters WHERE id IN (SELECT id FROM invitation_letters WHERE sent_at < ? LIMIT ?)",
		"DELETE FROM invitation_refusals WHERE (group_id, addressee) IN (SELECT group_id, addressee FROM invitation_refusals WHERE until_at < ? LIMIT ?)",
	} {
		again, err := s.delete(ctx, query, before)
		if err != nil {
			return false, err
		}
		more = more || again
	}
	return more, nil
}

// needed are the columns that refer to actors. Those of local actors alone
// are left out: see TestRetentionOfActors.
var needed = []struct{ table, column string }{
	{"follows", "follower_id"}, {"follows", "followed_id"}, {"posts", "author_id"}, {"feed", "actor_id"}, {"catalogue_bulletins", "actor_id"}, {"likes", "actor_id"}, {"poll_votes", "actor_id"},
	{"pins", "actor_id"}, {"reports", "reporter_id"}, {"reports", "target_id"}, {"group_members", "actor_id"}, {"group_members", "group_id"},
	{"catalogue_entries", "owner_id"}, {"catalogue_subscriptions", "catalogue_id"}, {"stories", "owner_id"}, {"stories", "community_id"}, {"story_cosignatures", "owner_id"}, {"story_cosignatures", "partner_id"}, {"clones", "cloner_id"},
	{"group_invitations", "person_id"}, {"memberships_abroad", "group_id"}, {"invitation_refusals", "group_id"}, {"invitation_refusals", "addressee"}, {"process_grants", "actor_id"}, {"process_uses", "actor_id"}, {"resources", "created_by"}, {"resource_versions", "created_by"},
	{"applications", "applicant_id"}, {"role_calls", "community_id"}, {"role_calls", "process_id"}, {"assignments", "process_id"}, {"assignments", "assignee_id"},
	{"contributions", "person_id"}, {"certificates", "person_id"}, {"catalogue_offers", "process_id"}, {"catalogue_offers", "catalogue_id"},
	{"withheld_credits", "person_id"}, {"reviews", "author_id"}, {"reviews", "owner_id"},
	{"webhooks", "created_by"}, {"releases", "process_id"}, {"improvements", "clone_id"}, {"community_bans", "actor_id"}, {"community_bans", "community_id"},
	{"held_posts", "author_id"}, {"appeals", "person_id"}, {"exclusions", "community_id"}, {"featurings", "by_id"},
}

// actors removes copies of actors that were read before a time and that
// nothing here refers to: anybody can have us read as many as they like. It
// goes through all of them page by page.
func (s *Retention) actors(before time.Time) part {
	unneeded := "host <> '' AND gone_at IS NULL AND fetched_at < ?"
	for _, n := range needed {
		unneeded += " AND NOT EXISTS (SELECT 1 FROM " + n.table + " AS n WHERE n." + n.column + " = a.id)"
	}
	var last int64
	return func(ctx context.Context) (more bool, err error) {
		err = s.db.inQueue(ctx, func(ctx context.Context, tx bun.Tx) error {
			var rows []struct {
				ID     string
				Serial int64
			}
			err := tx.NewRaw("SELECT a.id, a.serial FROM actors AS a WHERE a.serial > ? AND "+unneeded+" ORDER BY a.serial LIMIT ?",
				last, before.UnixMicro(), sweepAtOnce).Scan(ctx, &rows)
			if err != nil || len(rows) == 0 {
				return err
			}
			more, last = len(rows) == sweepAtOnce, rows[len(rows)-1].Serial
			ids := make([]string, len(rows))
			for i, r := range rows {
				ids[i] = r.ID
			}
			if _, err := tx.NewRaw("DELETE FROM remote_keys WHERE actor_id IN (?)", bun.List(ids)).Exec(ctx); err != nil {
				return err
			}
			_, err = tx.NewRaw("DELETE FROM actors WHERE id IN (?)", bun.List(ids)).Exec(ctx)
			return err
		})
		return more && err == nil, err
	}
}
