package storage_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestRetention: what is old goes, what is needed or young stays; a received
// activity whose bytes are gone is still known.
func TestRetention(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "retention", func(t *testing.T, db *storage.DB) {
		ctx, now, day := t.Context(), time.Now(), 24*time.Hour
		exec := func(query string, args ...any) {
			t.Helper()
			err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewRaw(query, args...).Exec(ctx)
				return err
			})
			if err != nil {
				t.Fatalf("%s: %v", query, err)
			}
		}
		count := func(what, query string, want int, args ...any) {
			t.Helper()
			var n int
			if err := db.Read().NewRaw(query, args...).Scan(ctx, &n); err != nil || n != want {
				t.Errorf("%s: %d, want %d (%v)", what, n, want, err)
			}
		}
		mint := domain.NewMint(nil, nil)
		received, low := storage.NewReceived(db, mint), uint16(0)
		add := func(iri domain.IRI, age time.Duration, state string) {
			t.Helper()
			low++
			at := now.Add(-age)
			err := received.Add(ctx, []*network.Received{{
				ID: mint.ID(), Serial: domain.NewSerial(at, low), IRI: iri, Actor: "https://peer.example/a", Host: "peer.example", Type: "Like",
				Inbox: "/inbox", Raw: []byte("{}"), At: at,
			}})
			if err != nil {
				t.Fatal(err)
			}
			exec("UPDATE received SET state = ?, done_at = ? WHERE iri = ?", state, at.UnixMicro(), string(iri))
		}
		for range 1100 { // more than two transactions take
			add("https://peer.example/"+domain.IRI(mint.ID()), 100*day, "done")
		}
		add("https://peer.example/old", 91*day, "done")
		add("https://peer.example/failed", 91*day, "failed")
		add("https://peer.example/young", 89*day, "done")

		person := func(name string, age time.Duration) domain.ActorID {
			t.Helper()
			a := &network.Actor{
				ID: mint.ActorID(), Serial: mint.Serial(), IRI: domain.IRI("https://peer.example/" + name), Type: network.TypePerson, Name: name,
				Host: "peer.example", Inbox: "https://peer.example/inbox", FetchedAt: now.Add(-age), CreatedAt: now, UpdatedAt: now,
				MoreKeys: []network.PublicKey{{ID: "https://peer.example/" + name + "#k", Text: "z"}},
			}
			if err := storage.NewNetwork(db).SaveRemote(ctx, a); err != nil {
				t.Fatal(err)
			}
			return a.ID
		}
		person("stranger", 91*day)
		person("new", 89*day)
		follower := person("follower", 91*day)
		exec("INSERT INTO follows (id, serial, iri, follower_id, followed_id, state, created_at) VALUES ('f', 1, 'https://peer.example/f', ?, ?, 'accepted', 1)", string(follower), string(follower))
		gone := person("gone", 91*day)
		exec("UPDATE actors SET gone_at = 1 WHERE id = ?", string(gone))

		exec("INSERT INTO activities (id, serial, iri, actor_id, type, object, public, raw, digest, created_at) VALUES ('a', 1, 'https://city.example/a', ?, 'Like', '', FALSE, ?, '', 1)", string(follower), []byte("{}"))
		for _, id := range []string{"arrived", "waits"} {
			low++
			exec(`INSERT INTO activities (id, serial, iri, actor_id, type, object, public, forwarded, raw, digest, created_at)
				VALUES (?0, ?1, ?2, ?3, 'Create', '', FALSE, TRUE, ?4, '', 1)`, id, int64(low)+10, "https://peer.example/"+id, string(follower), []byte("{}"))
		}
		exec(`INSERT INTO deliveries (id, serial, activity_id, actor_id, host, inbox, order_key, state, attempts, next_at, lease_until, last_status, last_error, created_at)
			VALUES ('waits', 5, 'waits', 'x', 'far.example', 'waits', '', 'pending', 1, 0, 0, 0, '', 1)`)
		for state, ages := range map[network.DeliveryState][]time.Duration{
			network.DeliveryDone: {6 * day, 8 * day}, network.DeliveryDead: {29 * day, 31 * day}, network.DeliveryPending: {13 * day},
		} {
			for _, age := range ages {
				low++
				exec(`INSERT INTO deliveries (id, serial, activity_id, actor_id, host, inbox, order_key, state, attempts, next_at, lease_until, last_status, last_error, created_at, done_at)
					VALUES (?0, ?1, 'a', 'x', 'peer.example', ?0, '', ?2, 1, 0, 0, 0, '', ?3, ?3)`,
					string(mint.ID()), int64(domain.NewSerial(now.Add(-age), low)), string(state), now.Add(-age).UnixMicro())
			}
		}
		for range 2 { // a second time changes nothing
			if err := storage.NewRetention(db).Sweep(ctx, now, network.DefaultRetention); err != nil {
				t.Fatal(err)
			}
			count("bytes", "SELECT COUNT(*) FROM received WHERE raw IS NOT NULL", 1)
			count("ids and hashes", "SELECT COUNT(*) FROM received WHERE raw_hash <> ''", 1103)
			count("failed", "SELECT COUNT(*) FROM received WHERE state = 'failed'", 0)
			count("arrived deliveries", "SELECT COUNT(*) FROM deliveries WHERE state = 'done'", 1)
			count("dead deliveries", "SELECT COUNT(*) FROM deliveries WHERE state = 'dead'", 1)
			count("waiting deliveries", "SELECT COUNT(*) FROM deliveries WHERE state = 'pending'", 2)
			count("forwarded activities", "SELECT COUNT(*) FROM activities WHERE forwarded", 1)
			count("activities", "SELECT COUNT(*) FROM activities", 2)
			count("strangers", "SELECT COUNT(*) FROM actors WHERE name = 'stranger'", 0)
			count("others", "SELECT COUNT(*) FROM actors WHERE host = 'peer.example'", 3)
			count("their keys", "SELECT COUNT(*) FROM remote_keys", 3)
		}
		if known, err := received.Known(ctx, "https://peer.example/old"); err != nil || !known {
			t.Errorf("an old activity would take effect again (%v)", err)
		}
	})
}

// TestRetentionOfActors: whatever refers to actors keeps them, but for tables
// that are only of local ones, and the keys that go with them.
func TestRetentionOfActors(t *testing.T) {
	t.Parallel()
	local := []string{
		"accounts.actor_id", "organizations.id", "teams.id", "processes.id", "processes.community_id", "communities.id", "community_happenings.community_id",
		"actor_keys.actor_id", "activities.actor_id", "remote_keys.actor_id",
		"group_invitations.invited_by", "group_invitations.group_id", "memberships_abroad.person_id", "account_deletions.actor_id", "clonings.asker_id", "tag_follows.actor_id", "saved_searches.person_id",
	}
	storagetest.Run(t, "retention", func(t *testing.T, db *storage.DB) {
		query := `SELECT m.name || '.' || f."from" FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND f."table" = 'actors'`
		if db.Dialect() == storage.Postgres {
			query = `SELECT c.conrelid::regclass::text || '.' || a.attname FROM pg_constraint AS c
				JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f' AND c.confrelid = 'actors'::regclass`
		}
		var refer []string
		if err := db.Read().NewRaw(query).Scan(t.Context(), &refer); err != nil || len(refer) == 0 {
			t.Fatal(refer, err)
		}
		for _, r := range refer {
			if !slices.Contains(storage.Needed(), r) && !slices.Contains(local, r) {
				t.Errorf("%s refers to actors, who may be removed nevertheless", r)
			}
		}
	})
}
