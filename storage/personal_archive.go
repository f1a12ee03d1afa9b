package storage

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/personal"
)

var _ personal.Data = (*Personal)(nil)

// export is a part of the archive of a person: rows of one table, as they are.
type export struct {
	name  string
	table string
	where string // ?0 is the actor, ?1 the account
	key   string // the columns, with spaces between, by which it is read in pages: together unique
	omit  string // columns that are not given, with spaces between: secrets, and what only the program reads
}

// exports are all parts. A table that names people has its part here, or a
// reason in TestEveryColumnThatNamesSomebody.
var exports = []export{
	{"account", "accounts", "id = ?1", "serial", "password_hash email_key revision"},
	{"profile", "actors", "id = ?0", "serial", "key_id public_key subject search"},
	{"sessions_and_tokens", "account_secrets", "account_id = ?1", "id", "hash"},
	{"posts", "posts", "author_id = ?0", "serial", "revision"},
	{"shared", "feed", "actor_id = ?0 AND verb = 'announce'", "serial", ""},
	{"likes", "likes", "actor_id = ?0", "serial", ""},
	{"saved_searches", "saved_searches", "person_id = ?0", "id", ""},
	{"followed_tags", "tag_follows", "actor_id = ?0", "tag", ""},
	{"votes", "poll_votes", "actor_id = ?0", "id", ""},
	{"reviews", "reviews", "author_id = ?0", "serial", "revision"},
	{"follows", "follows", "follower_id = ?0 OR followed_id = ?0", "serial", ""},
	{"memberships", "group_members", "actor_id = ?0", "group_id", ""},
	{"memberships_elsewhere", "memberships_abroad", "person_id = ?0", "serial", ""},
	{"invitations", "group_invitations", "invited_by = ?0 OR person_id = ?0 AND person_id <> '' OR email_key <> '' AND email_key IN (SELECT email_key FROM accounts WHERE id = ?1)", "serial", "hash email_key"},
	{"declined_invitations", "invitation_refusals", "addressee = ?0 OR addressee IN (SELECT email_key FROM accounts WHERE id = ?1 AND email_key <> '')", "group_id addressee", "hash"},
	{"invitation_letters", "invitation_letters", "addressee = ?0 OR addressee IN (SELECT email_key FROM accounts WHERE id = ?1 AND email_key <> '')", "id", ""},
	{"rights", "process_grants", "actor_id = ?0", "process_id item_id", ""},
	{"assignments", "assignments", "assignee_id = ?0 OR given_by = ?0", "serial", "revision"},
	{"contributions", "contributions", "person_id = ?0", "serial", "revision"},
	{"certificates", "certificates", "person_id = ?0", "id", ""},
	{"notifications", "notifications", "person_id = ?0", "serial", "mail_id once"},
	{"notification_mails", "notification_mails", "person_id = ?0", "id", ""},
	{"notification_choices", "notification_choices", "person_id = ?0", "person_id", ""},
	{"communities", "communities", "administrators LIKE '%\"' || ?0 || '\"%'", "serial", "search revision"},
	{"moderates", "communities", "moderators LIKE '%\"' || ?0 || '\"%'", "serial", "search revision administrators"},
	{"waiting_posts", "held_posts", "author_id = ?0", "serial", "by_id revision announcer_id filter"},
	{"appeals", "appeals", "person_id = ?0", "serial", "by_id against_id"},
	{"written_lately", "written", "author_id = ?0", "iri", "print"},
	{"filters", "filters", "created_by = ?0", "serial", "revision"},
	{"banned_from", "community_bans", "actor_id = ?0", "serial", "by_id"},
	{"applications", "applications", "applicant_id = ?0", "serial", "revision"},
	{"role_calls", "role_calls", "creator_id = ?0 OR reviewers LIKE '%\"' || ?0 || '\"%'", "serial", "revision"},
	{"resources", "resources", "created_by = ?0", "serial", ""},
	{"versions_of_resources", "resource_versions", "created_by = ?0", "resource_id number", ""},
	{"versions_of_interlinkers", "catalogue_versions", "changed_by = ?0", "entry_id number", "content"},
	{"offers_to_catalogues", "catalogue_offers", "offered_by = ?0", "serial", "revision"},
	{"withheld_credits", "withheld_credits", "person_id = ?0", "resource_id", ""},
	{"interlinkers_used", "process_uses", "actor_id = ?0", "id", ""},
	{"releases", "releases", "released_by = ?0", "serial", "revision"},
	{"merges", "release_merges", "merged_by = ?0 OR undone_by = ?0", "serial", "revision record"},
	{"improvements", "improvements", "sent_by = ?0 OR answered_by = ?0", "serial", "revision items verdicts"},
	{"clones", "clones", "cloner_id = ?0", "serial", "revision"},
	{"processes_brought", "bringings", "bringer_id = ?0", "serial", "revision"},
	{"nodes_brought", "node_imports", "importer_id = ?0", "serial", "revision"},
	{"clones_on_their_way", "clonings", "asker_id = ?0", "serial", "revision"},
	{"reports", "reports", "reporter_id = ?0", "serial", "revision note resolver_id"},
	{"notices", "notices", "reporter_id = ?0 AND reporter_id <> ''", "serial", "revision decided_by statement"},
	{"decisions_about_you", "notices", "target_id = ?0 AND state = 'decided'", "serial", "revision decided_by secret reason name email reporter_id"},
	{"posts_removed", "notice_removals", "author_id = ?0", "notice_id", ""},
	{"posts_before", "post_versions", "post_id IN (SELECT id FROM posts WHERE author_id = ?0)", "post_id revision", ""},
	{"posts_excluded", "exclusions", "author_id = ?0", "serial", ""},
	{"complaints", "notice_complaints", "notice_id IN (SELECT id FROM notices WHERE reporter_id = ?0 AND reporter_id <> '') AND side = 'notifier'", "id", "decided_by"},
	{"rules", "host_rules", "created_by = ?0", "host", ""},
	{"accepted_terms", "terms_acceptances", "person_id = ?0", "number", ""},
	{"deletion", "account_deletions", "account_id = ?1", "id", "hash link"},
	{"did", "events", "actor = ?0 AND actor <> ''", "seq", "prev_hash"},
}

// Parts implements personal.Data.
func (s *Personal) Parts() []string {
	names := make([]string, len(exports))
	for i, e := range exports {
		names[i] = e.name
	}
	return names
}

// exportPage is how many rows are read at once.
const exportPage = 200

// Part implements personal.Data.
func (s *Personal) Part(ctx context.Context, name string, person domain.ActorID, id domain.ID, row func(map[string]any) error) error {
	i := slices.IndexFunc(exports, func(e export) bool { return e.name == name })
	if i < 0 {
		return domain.Fail(domain.NotFound, "error.not_found")
	}
	e := exports[i]
	keys := strings.Fields(e.key)
	columns := strings.Join(keys, ", ")
	var after []any
	for {
		q := s.db.read.NewSelect().TableExpr(e.table).ColumnExpr("*").Where("("+e.where+")", string(person), string(id)).OrderExpr(columns).Limit(exportPage)
		if after != nil {
			q = q.Where("("+columns+") > ("+strings.TrimSuffix(strings.Repeat("?, ", len(keys)), ", ")+")", after...)
		}
		var page []map[string]any
		if err := q.Scan(ctx, &page); err != nil {
			return fmt.Errorf("export %s: %w", name, translate(err))
		}
		for _, r := range page {
			after = after[:0]
			for _, k := range keys {
				after = append(after, r[k])
			}
			if err := row(readable(r, strings.Fields(e.omit))); err != nil {
				return err
			}
		}
		if len(page) < exportPage {
			return nil
		}
	}
}

// readable makes of a row what a person, or another program, can read: times
// as such, and lists and texts as JSON.
func readable(row map[string]any, omit []string) map[string]any {
	out := make(map[string]any, len(row))
	for column, v := range row {
		if slices.Contains(omit, column) {
			continue
		}
		if b, ok := v.([]byte); ok {
			v = string(b)
		}
		switch v := v.(type) {
		case int64:
			if isTime(column) {
				out[column] = time.UnixMicro(v).UTC().Format(time.RFC3339)
				continue
			}
			out[column] = v
		case string:
			if (strings.HasPrefix(v, "{") || strings.HasPrefix(v, "[")) && json.Valid([]byte(v)) {
				out[column] = json.RawMessage(v)
				continue
			}
			out[column] = v
		default:
			out[column] = v
		}
	}
	return out
}

func isTime(column string) bool {
	return strings.HasSuffix(column, "_at") || slices.Contains([]string{"at", "since", "time", "starts", "ends", "deadline"}, column)
}

// Sent implements personal.Data.
func (s *Personal) Sent(ctx context.Context, person domain.ActorID, activity func([]byte) error) error {
	return inPages(func(after int64) (int64, int, error) {
		var rows []*activityRow
		err := s.db.read.NewSelect().Model(&rows).Where("actor_id = ? AND serial > ?", string(person), after).OrderExpr("serial").Limit(exportPage).Scan(ctx)
		for _, r := range rows {
			if err == nil && len(r.Raw) > 0 { // what was deleted has no words any more
				err = activity(r.Raw)
			}
			after = r.Serial
		}
		return after, len(rows), err
	})
}

// Followed implements personal.Data.
func (s *Personal) Followed(ctx context.Context, person domain.ActorID, one func(name, host string) error) error {
	return inPages(func(after int64) (int64, int, error) {
		var rows []struct {
			bun.BaseModel `bun:"table:follows,alias:f"`

			Serial     int64
			Name       string
			Host       string
			HandleHost string
		}
		err := s.db.read.NewSelect().Model(&rows).Column("f.serial", "a.name", "a.host", "a.handle_host").Join("JOIN actors AS a ON a.id = f.followed_id").
			Where("f.follower_id = ? AND f.state = 'accepted' AND f.serial > ?", string(person), after).OrderExpr("f.serial").Limit(exportPage).Scan(ctx)
		for _, r := range rows {
			host := r.Host
			if r.HandleHost != "" {
				host = r.HandleHost
			}
			if err == nil {
				err = one(r.Name, host)
			}
			after = r.Serial
		}
		return after, len(rows), err
	})
}

// inPages reads page after page until one is not full.
func inPages(page func(after int64) (last int64, n int, err error)) error {
	for after := int64(0); ; {
		last, n, err := page(after)
		if err != nil || n < exportPage {
			return translate(err)
		}
		after = last
	}
}
