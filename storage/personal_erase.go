package storage

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/personal"
)

// step is one statement of an erasure: ?0 is the actor.
type step struct{ about, query string }

// asked finds the inboxes of the servers that may know of a person: those of
// followers and followed; of whom they mentioned, answered, asked for leave to answer and liked, and who
// liked and answered them; of the followers of communities in which they
// wrote; of those who are in groups with them, or whose groups they belong or
// applied to; of those whose things they reviewed. See also [sentTo].
const asked = `SELECT DISTINCT CASE WHEN a.shared_inbox <> '' THEN a.shared_inbox ELSE a.inbox END AS inbox FROM actors AS a
WHERE a.host <> '' AND a.gone_at IS NULL AND a.id IN (
	SELECT follower_id FROM follows WHERE followed_id = ?0
	UNION SELECT followed_id FROM follows WHERE follower_id = ?0
	UNION SELECT o.author_id FROM posts AS p JOIN posts AS o ON o.iri = p.in_reply_to WHERE p.author_id = ?0
	UNION SELECT r.author_id FROM posts AS p JOIN posts AS r ON r.in_reply_to = p.iri WHERE p.author_id = ?0 AND r.in_reply_to <> ''
	UNION SELECT o.author_id FROM likes AS l JOIN posts AS o ON o.id = l.post_id WHERE l.actor_id = ?0
	UNION SELECT l.actor_id FROM likes AS l JOIN posts AS o ON o.id = l.post_id WHERE o.author_id = ?0
	UNION SELECT f.follower_id FROM follows AS f WHERE f.followed_id IN (SELECT community_id FROM posts WHERE author_id = ?0 AND community_id <> '')
	UNION SELECT f.follower_id FROM follows AS f WHERE f.followed_id IN (SELECT n.actor_id FROM feed AS n JOIN posts AS p ON p.id = n.object_id WHERE n.object_kind = 'post' AND p.author_id = ?0)
	UNION SELECT o.actor_id FROM group_members AS m JOIN group_members AS o ON o.group_id = m.group_id WHERE m.actor_id = ?0
	UNION SELECT group_id FROM memberships_abroad WHERE person_id = ?0
	UNION SELECT owner_id FROM reviews WHERE author_id = ?0
	UNION SELECT c.community_id FROM applications AS q JOIN role_calls AS c ON c.id = q.call_id WHERE q.applicant_id = ?0
)`

// sentTo are further inboxes to which something of theirs went lately.
const sentTo = "SELECT DISTINCT inbox FROM deliveries WHERE actor_id = ?"

// mentionedIn lists who is named in the posts of a person.
const mentionedIn = "SELECT mentions FROM posts WHERE author_id = ? AND mentions <> '[]' AND deleted_at IS NULL"

// leaveAskedIn lists the answers of a person that were sent to the author of
// what they answer, whom they name, and that are no posts.
const leaveAskedIn = "SELECT post FROM held_posts WHERE author_id = ? AND why = ?"

// relations are what ties a person to others here, of this node or another;
// posts, likes and follows are erased by [erasePosts].
var relations = []step{
	{"organizations", "UPDATE organizations SET revision = revision + 1 WHERE id IN (SELECT group_id FROM group_members WHERE actor_id = ?0)"},
	{"teams", "UPDATE teams SET revision = revision + 1 WHERE id IN (SELECT group_id FROM group_members WHERE actor_id = ?0)"},
	{"processes", "UPDATE processes SET revision = revision + 1 WHERE id IN (SELECT process_id FROM process_grants WHERE actor_id = ?0)"},
	{"group_members", "DELETE FROM group_members WHERE actor_id = ?0"},
	{"process_grants", "DELETE FROM process_grants WHERE actor_id = ?0"},
	{"bringings", "DELETE FROM bringings WHERE bringer_id = ?0 AND process_id = ''"},
	{"bringings", "UPDATE bringings SET bringer_id = '' WHERE bringer_id = ?0"},
	{"node_imports", "UPDATE node_imports SET importer_id = '' WHERE importer_id = ?0"},
	{"clonings", "DELETE FROM clonings WHERE asker_id = ?0"},
	{"certificates", "DELETE FROM certificates WHERE person_id = ?0"},
	{"contributions", "DELETE FROM contributions WHERE person_id = ?0"},
	{"assignments", "DELETE FROM assignments WHERE assignee_id = ?0"},
	{"catalogue_versions", "UPDATE catalogue_versions SET changed_by = '' WHERE changed_by = ?0"},
	{"catalogue_offers", "UPDATE catalogue_offers SET offered_by = '' WHERE offered_by = ?0"},
	{"releases", "UPDATE releases SET released_by = '' WHERE released_by = ?0"},
	{"release_merges", "UPDATE release_merges SET merged_by = CASE WHEN merged_by = ?0 THEN '' ELSE merged_by END, undone_by = CASE WHEN undone_by = ?0 THEN '' ELSE undone_by END WHERE merged_by = ?0 OR undone_by = ?0"},
	{"improvements", "UPDATE improvements SET sent_by = CASE WHEN sent_by = ?0 THEN '' ELSE sent_by END, answered_by = CASE WHEN answered_by = ?0 THEN '' ELSE answered_by END WHERE sent_by = ?0 OR answered_by = ?0"},
	{"reviews", "DELETE FROM reviews WHERE author_id = ?0"},
	{"withheld_credits", "DELETE FROM withheld_credits WHERE person_id = ?0"},
	{"memberships_abroad", "DELETE FROM memberships_abroad WHERE person_id = ?0"},
	{"account_secrets", "DELETE FROM account_secrets WHERE actor_id = ?0 AND actor_id <> ''"},
	{"group_invitations", "DELETE FROM group_invitations WHERE person_id = ?0 AND person_id <> ''"},
	{"invitation_refusals", "DELETE FROM invitation_refusals WHERE addressee = ?0"},
	{"invitation_letters", "DELETE FROM invitation_letters WHERE addressee = ?0"},
	{"held_posts", "UPDATE held_posts SET by_id = '' WHERE by_id = ?0"},
	{"appeals", "DELETE FROM appeals WHERE person_id = ?0"},
	{"appeals", "UPDATE appeals SET by_id = CASE WHEN by_id = ?0 THEN '' ELSE by_id END, against_id = CASE WHEN against_id = ?0 THEN '' ELSE against_id END WHERE by_id = ?0 OR against_id = ?0"},
	{"exclusions", "DELETE FROM exclusions WHERE author_id = ?0"},
	{"written", "DELETE FROM written WHERE author_id = ?0"},
	{"filters", "UPDATE filters SET created_by = '' WHERE created_by = ?0"},
	{"community_bans", "DELETE FROM community_bans WHERE actor_id = ?0"},
	{"community_bans", "UPDATE community_bans SET by_id = '' WHERE by_id = ?0"},
}

// theirActivities are what a person of this node sent, and what others sent of
// it: a community that shared their post shared its words.
const theirActivities = `SELECT id FROM activities WHERE actor_id = ?0 OR object IN (SELECT iri FROM posts WHERE author_id = ?0)
	OR object IN (SELECT iri FROM activities WHERE actor_id = ?0)`

// belongings are what else is a person's of this node alone; ?1 is the account,
// ?2 the node's actor, ?3 the time.
var belongings = []step{
	{"deliveries", "DELETE FROM deliveries WHERE activity_id IN (" + theirActivities + ")"},
	{"fanouts", "DELETE FROM fanouts WHERE activity_id IN (" + theirActivities + ")"},
	{"activities", "DELETE FROM activities WHERE id IN (" + theirActivities + ")"},
	{"events", "UPDATE events SET payload = NULL WHERE subject_kind = 'account' AND subject_id = ?1"},
	{"events", "UPDATE events SET payload = NULL WHERE kind = 'report.made' AND actor = ?0"},
	{"reports", "UPDATE reports SET reporter_id = ?2 WHERE reporter_id = ?0"},
	{"notices", "UPDATE notices SET name = '', email = '', reporter_id = '' WHERE reporter_id = ?0 OR email <> '' AND email IN (SELECT email FROM accounts WHERE id = ?1)"},
	{"notice_removals", "DELETE FROM notice_removals WHERE author_id = ?0"},
	{"notification_mails", "DELETE FROM notification_mails WHERE person_id = ?0"},
	{"notifications", "DELETE FROM notifications WHERE person_id = ?0"},
	{"terms_acceptances", "DELETE FROM terms_acceptances WHERE person_id = ?0"},
	{"saved_searches", "DELETE FROM saved_searches WHERE person_id = ?0"},
	{"tag_follows", "DELETE FROM tag_follows WHERE actor_id = ?0"},
	{"notification_choices", "DELETE FROM notification_choices WHERE person_id = ?0"},
	{"account_secrets", "DELETE FROM account_secrets WHERE account_id = ?1"},
	{"account_secrets", "DELETE FROM account_secrets WHERE hash IN (SELECT i.hash FROM group_invitations AS i JOIN accounts AS a ON a.email_key = i.email_key WHERE a.id = ?1 AND a.email_key <> '' AND i.hash <> '')"},
	{"group_invitations", "DELETE FROM group_invitations WHERE email_key <> '' AND email_key IN (SELECT email_key FROM accounts WHERE id = ?1)"},
	{"invitation_refusals", "DELETE FROM invitation_refusals WHERE addressee IN (SELECT email_key FROM accounts WHERE id = ?1 AND email_key <> '')"},
	{"invitation_letters", "DELETE FROM invitation_letters WHERE addressee IN (SELECT email_key FROM accounts WHERE id = ?1 AND email_key <> '')"},
	{"accounts", "DELETE FROM accounts WHERE id = ?1"},
	{"actors", `UPDATE actors SET title = '', titles = '{}', summary = '', icon = '', icon_type = '', icon_alt = '', fields = '[]', also_known_as = '[]', moved_to = '',
		sites = '[]', discoverable = FALSE, indexable = FALSE, gone_at = ?3, updated_at = ?3 WHERE id = ?0`},
}

// forgetInbox removes the bytes of what came for one person alone.
func forgetInbox(ctx context.Context, tx bun.Tx, actor string) error {
	_, err := tx.NewRaw("UPDATE received SET raw = NULL, state = 'done' WHERE raw IS NOT NULL AND state <> 'pending' AND inbox = (SELECT inbox FROM actors WHERE id = ?)", actor).Exec(ctx)
	return err
}

// Erase implements personal.Store.
func (s *Personal) Erase(ctx context.Context, e personal.Erasure, change domain.Change) error {
	d := e.Deletion
	actor := string(d.Actor)
	return s.db.InTx(ctx, change, func(ctx context.Context, tx bun.Tx) error {
		if err := changedOne(tx.NewUpdate().Model(accountDeletionRowOf(d)).WherePK().Where("state = ?", string(personal.Waiting)).Exec(ctx)); err != nil {
			return err
		}
		if err := noteAsked(ctx, tx, d); err != nil {
			return err
		}
		if err := handOver(ctx, tx, e); err != nil {
			return err
		}
		if err := forgetApplications(ctx, tx, actor); err != nil {
			return err
		}
		if err := s.forgetMails(ctx, tx, e.Email); err != nil {
			return err
		}
		if err := forgetInbox(ctx, tx, actor); err != nil {
			return err
		}
		if err := forgetBrought(ctx, tx, actor); err != nil {
			return err
		}
		for _, b := range slices.Concat(relations, belongings) {
			if _, err := tx.NewRaw(b.query, actor, string(d.Account), string(e.Node), Stamp(d.ErasedAt)).Exec(ctx); err != nil {
				return err
			}
		}
		return eraseAuthor(ctx, tx, actor, Stamp(d.ErasedAt))
	})
}

// namedBy lists whom a person named in what they wrote, as far as others read it.
func namedBy(ctx context.Context, tx bun.Tx, person domain.ActorID) (named []string, err error) {
	var lists []string
	if err := tx.NewRaw(mentionedIn, string(person)).Scan(ctx, &lists); err != nil {
		return nil, err
	}
	for _, l := range lists {
		var ids []string
		if json.Unmarshal([]byte(l), &ids) == nil {
			named = append(named, ids...)
		}
	}
	var answers []string
	if err := tx.NewRaw(leaveAskedIn, string(person), string(community.AuthorAsks)).Scan(ctx, &answers); err != nil {
		return nil, err
	}
	for _, a := range answers {
		var p community.Post
		if json.Unmarshal([]byte(a), &p) == nil {
			for _, id := range p.Mentions {
				named = append(named, string(id))
			}
		}
	}
	return named, nil
}

// noteAsked makes a receipt for each server that is to be asked, while it is
// still known which these are.
func noteAsked(ctx context.Context, tx bun.Tx, d *personal.Deletion) error {
	var inboxes []string
	if err := tx.NewRaw(asked, string(d.Actor)).Scan(ctx, &inboxes); err != nil {
		return err
	}
	named, err := namedBy(ctx, tx, d.Actor)
	if err != nil {
		return err
	}
	slices.Sort(named)
	for ids := range slices.Chunk(slices.Compact(named), 500) {
		var more []string
		if err := tx.NewRaw(`SELECT CASE WHEN shared_inbox <> '' THEN shared_inbox ELSE inbox END FROM actors WHERE host <> '' AND gone_at IS NULL AND id IN (?)`,
			bun.List(ids)).Scan(ctx, &more); err != nil {
			return err
		}
		inboxes = append(inboxes, more...)
	}
	known := map[string]bool{}
	for _, inbox := range inboxes {
		known[domain.IRI(inbox).Host()] = true
	}
	var further []string
	if err := tx.NewRaw(sentTo, string(d.Actor)).Scan(ctx, &further); err != nil {
		return err
	}
	for _, inbox := range further {
		if !known[domain.IRI(inbox).Host()] { // else its server hears of it by a shared inbox
			inboxes = append(inboxes, inbox)
		}
	}
	slices.Sort(inboxes)
	for _, inbox := range slices.Compact(inboxes) {
		if host := domain.IRI(inbox).Host(); host != "" {
			_, err := tx.NewRaw("INSERT INTO deletion_receipts (deletion_id, inbox, host, state, status) VALUES (?, ?, ?, ?, 0)",
				string(d.ID), inbox, host, string(personal.ReceiptPending)).Exec(ctx)
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// handOver makes the heir the administrator of what would have none.
func handOver(ctx context.Context, tx bun.Tx, e personal.Erasure) error {
	actor, heir := string(e.Deletion.Actor), string(e.Heir)
	for _, p := range e.Sole {
		if heir == "" || p.Subject == network.SubjectCommunity {
			continue
		}
		query := `INSERT INTO group_members (group_id, actor_id, role, since) VALUES (?0, ?1, 'administrator', ?2)
			ON CONFLICT (group_id, actor_id) DO UPDATE SET role = EXCLUDED.role`
		if p.Subject == network.SubjectProcess {
			query = `INSERT INTO process_grants (process_id, actor_id, item_id, administrator, allow, deny) VALUES (?0, ?1, '', TRUE, '', '')
				ON CONFLICT (process_id, actor_id, item_id) DO UPDATE SET administrator = TRUE`
		}
		if _, err := tx.NewRaw(query, string(p.ID), heir, Stamp(e.Deletion.ErasedAt)).Exec(ctx); err != nil {
			return err
		}
	}
	for _, list := range []struct{ table, column string }{{"communities", "administrators"}, {"communities", "moderators"}, {"role_calls", "reviewers"}} {
		instead := ""
		if list.column == "administrators" {
			instead = heir
		}
		if err := replaceIn(ctx, tx, list.table, list.column, actor, instead); err != nil {
			return err
		}
	}
	return nil
}

// replaceIn takes a person out of the lists of a column; where the list would
// be empty then, instead takes their place.
func replaceIn(ctx context.Context, tx bun.Tx, table, column, actor, instead string) error {
	var rows []struct{ ID, List string }
	err := tx.NewRaw("SELECT id, ? AS list FROM ? WHERE ? LIKE ?", bun.Ident(column), bun.Ident(table), bun.Ident(column), `%"`+actor+`"%`).Scan(ctx, &rows)
	if err != nil {
		return err
	}
	for _, r := range rows {
		var ids []string
		if err := json.Unmarshal([]byte(r.List), &ids); err != nil {
			return err
		}
		ids = slices.DeleteFunc(ids, func(id string) bool { return id == actor })
		if len(ids) == 0 && instead != "" {
			ids = []string{instead}
		}
		list, err := json.Marshal(append([]string{}, ids...))
		if err != nil {
			return err
		}
		if _, err := tx.NewRaw("UPDATE ? SET ? = ?, revision = revision + 1 WHERE id = ?", bun.Ident(table), bun.Ident(column), string(list), r.ID).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// forgetApplications deletes what a person applied for. It goes on to be
// counted.
func forgetApplications(ctx context.Context, tx bun.Tx, actor string) error {
	var rows []*applicationRow
	if err := tx.NewSelect().Model(&rows).Where("a.applicant_id = ?", actor).Scan(ctx); err != nil {
		return err
	}
	for _, r := range rows {
		if err := forget(ctx, tx, r); err != nil {
			return err
		}
	}
	return nil
}

// forgetMails removes the jobs that write to an address, but those that are at
// work: the queue removes what it did after a day.
func (s *Personal) forgetMails(ctx context.Context, tx bun.Tx, email string) error {
	if email == "" {
		return nil
	}
	to := "json_extract(args, '$.args.to')"
	if s.db.dialect == Postgres {
		to = "args #>> '{args,to}'"
	}
	_, err := tx.NewRaw("DELETE FROM river_job WHERE state <> 'running' AND "+to+" = ?", email).Exec(ctx)
	return err
}

// ForgetRelations implements personal.Store.
func (s *Personal) ForgetRelations(ctx context.Context, person domain.ActorID) error {
	return s.db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		if err := forgetApplications(ctx, tx, string(person)); err != nil {
			return err
		}
		if err := forgetBrought(ctx, tx, string(person)); err != nil {
			return err
		}
		for _, r := range relations {
			if _, err := tx.NewRaw(r.query, string(person)).Exec(ctx); err != nil {
				return err
			}
		}
		return replaceIn(ctx, tx, "communities", "administrators", string(person), "")
	})
}
