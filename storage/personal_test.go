package storage_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"interlink/storage"
	"interlink/storage/storagetest"
)

// elsewhereOrNot are the columns that name somebody of this node and are not
// in the archive of their data, with the reason.
var elsewhereOrNot = map[string]string{
	"archived_posts.author":                "the address of somebody of another node: of this one none is kept",
	"activities.actor_id":                  "outbox.json",
	"deliveries.actor_id":                  "on its way: outbox.json has what is sent",
	"actor_keys.actor_id":                  "private keys never leave the node",
	"remote_keys.actor_id":                 "of people of other nodes",
	"pins.actor_id":                        "of communities; of people elsewhere it is a copy",
	"received.actor":                       "of people of other nodes",
	"stories.owner_id":                     "an organisation",
	"stories.community_id":                 "a community",
	"stamps.owner":                         "an organisation or a process",
	"story_cosignatures.owner_id":          "an organisation",
	"story_cosignatures.partner_id":        "an organisation",
	"catalogue_entries.owner_id":           "the catalogue",
	"processes.organization_id":            "an organisation",
	"processes.community_id":               "a community",
	"processes.id":                         "the process itself, an actor too",
	"communities.id":                       "the community itself, an actor too",
	"organizations.id":                     "the organisation itself, an actor too",
	"teams.id":                             "the team itself, an actor too",
	"communities.organization_id":          "an organisation",
	"role_calls.community_id":              "a community",
	"role_calls.process_id":                "a process",
	"group_members.group_id":               "an organisation or team",
	"group_invitations.group_id":           "an organisation or team",
	"invitation_refusals.group_id":         "an organisation or team",
	"memberships_abroad.group_id":          "an organisation or team of another node",
	"events.subject_id":                    "what it happened to: data/did.json has what they did",
	"reports.community_id":                 "a community",
	"community_bans.community_id":          "a community",
	"held_posts.community_id":              "a community",
	"exclusions.community_id":              "a community of another node",
	"featurings.community_id":              "a community",
	"featurings.by_id":                     "an actor of another server",
	"unshared.community_id":                "a community",
	"held_posts.announcer_id":              "who shared it: theirs to tell",
	"held_posts.by_id":                     "an office: data/did.json has what they did",
	"appeals.community_id":                 "a community",
	"appeals.by_id":                        "an office: data/did.json has that they answered",
	"appeals.against_id":                   "an office, likewise",
	"community_bans.by_id":                 "an office: data/did.json has what they did",
	"reports.target_id":                    "who was reported does not learn by whom: the decision is told to them",
	"reports.resolver_id":                  "an office: data/did.json has that they decided",
	"webhooks.created_by":                  "an office: data/did.json has that they added it",
	"resources.removed_by":                 "data/did.json has that they removed it",
	"assignments.process_id":               "a process",
	"contributions.decided_by":             "an office: data/did.json has that they decided",
	"notifications.subject_id":             "what it is about",
	"process_items.disabled_by":            "data/did.json has that they put it aside",
	"posts.mentions":                       "words of others",
	"account_deletions.actor_id":           "the same row as by its account",
	"account_deletions.successor_id":       "of somebody who left",
	"account_deletions.account_id":         "data/deletion.json",
	"account_deletions.email":              "data/deletion.json",
	"notices.email":                        "data/notices.json, by who gave it",
	"notices.decided_by":                   "an office: data/did.json has that they decided",
	"notice_complaints.decided_by":         "as before",
	"legal_versions.published_by":          "an office: data/did.json has that they published it",
	"account_secrets.actor_id":             "of guests, who have no account here",
	"follows.followed_id":                  "data/follows.json",
	"accounts.actor_id":                    "data/account.json, by its id",
	"accounts.username":                    "as before",
	"accounts.email":                       "as before",
	"group_invitations.email":              "data/invitations.json, by the account",
	"processes.origin_owner":               "an organisation of another node",
	"role_calls.decided_by":                "names of reviewers of another node, as it tells them",
	"catalogue_bulletins.actor_id":         "a catalogue, or somebody of another node who shared an entry",
	"catalogue_subscriptions.catalogue_id": "the catalogue of another node",
	"catalogue_offers.process_id":          "a process",
	"releases.process_id":                  "a process",
	"improvements.clone_id":                "a process",
	"catalogue_offers.catalogue_id":        "a catalogue",
	"community_happenings.community_id":    "a community",
	"reviews.owner_id":                     "a catalogue or an organisation",
}

// person is how columns are called that name somebody.
var person = regexp.MustCompile(`(^|_)(actor|person|people|author|account|email|username|applicant|reporter|resolver|creator|cloner|assignee|member|successor|follower|followed|owner|target)(_id)?$|_by(_id)?$|^(administrators|reviewers|mentions|subject_id)$`)

// TestEveryColumnThatNamesSomebody: a table that names people is in the
// archive of their data, or it is known why not. Who adds one decides it here.
func TestEveryColumnThatNamesSomebody(t *testing.T) {
	t.Parallel()
	db := storagetest.Open(t, storagetest.SQLite(t))
	var columns []struct{ Table, Column, References string }
	err := db.Read().NewRaw(`SELECT m.name AS "table", c.name AS "column", COALESCE(f."table", '') AS "references" FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c
		LEFT JOIN pragma_foreign_key_list(m.name) AS f ON f."from" = c.name WHERE m.type = 'table' AND m.name NOT LIKE 'river%' AND m.name NOT LIKE 'sqlite%'`).Scan(t.Context(), &columns)
	if err != nil || len(columns) < 200 {
		t.Fatalf("%d columns: %v", len(columns), err)
	}
	archived := storage.ArchivedColumns()
	known := 0
	for _, c := range columns {
		if c.References != "actors" && c.References != "accounts" && !person.MatchString(c.Column) {
			continue
		}
		known++
		name := c.Table + "." + c.Column
		if !slices.ContainsFunc(archived, func(a string) bool { return a == name }) && elsewhereOrNot[name] == "" {
			t.Errorf("%s names somebody: put it into the exports of personal_archive.go, or say here why not", name)
		}
	}
	if known < 40 {
		t.Errorf("only %d columns name somebody: does the test still see them?", known)
	}
	for name := range elsewhereOrNot {
		table, column, _ := strings.Cut(name, ".")
		if !slices.ContainsFunc(columns, func(c struct{ Table, Column, References string }) bool { return c.Table == table && c.Column == column }) {
			t.Errorf("there is no %s any more", name)
		}
	}
}
