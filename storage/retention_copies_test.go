package storage_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/lineage"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/storage"
	"interlink/storage/storagetest"
)

const day = 24 * time.Hour

// attic is a town with copies of what others wrote long ago.
type attic struct {
	*town
	store     *storage.Communities
	followed  domain.ActorID // by somebody here
	stranger  domain.ActorID // to all
	other     domain.ActorID // another stranger
	low       uint16
	published map[string]domain.ID // by name
}

func newAttic(t *testing.T, db *storage.DB) *attic {
	t.Helper()
	a := &attic{town: newTown(t, db), store: storage.NewCommunities(db), published: map[string]domain.ID{}}
	a.followed, a.stranger, a.other = a.met("followed"), a.met("stranger"), a.met("other")
	if _, err := a.network.Follow(t.Context(), a.member, a.member.Actor, a.followed); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a *attic) met(name string) domain.ActorID {
	a.t.Helper()
	iri := domain.IRI("https://far.example/users/" + name)
	actor := &network.Actor{
		ID: a.mint.ActorID(), Serial: a.mint.Serial(), IRI: iri, Type: network.TypePerson, Name: name, Host: "far.example",
		Inbox: iri + "/inbox", CreatedAt: noon, UpdatedAt: noon, Visibility: domain.VisiblePublic,
	}
	if err := a.net.SaveRemote(a.t.Context(), actor); err != nil {
		a.t.Fatal(err)
	}
	return actor.ID
}

func iriOf(name string) domain.IRI { return domain.IRI("https://far.example/posts/" + name) }

// copy keeps a post that came some days ago, and returns its id.
func (a *attic) copy(name string, author domain.ActorID, days int, answers domain.IRI) domain.ID {
	a.t.Helper()
	a.low++
	at := time.Now().Add(-time.Duration(days) * day)
	p := &community.Post{
		ID: a.mint.ID(), Serial: domain.NewSerial(at, a.low), IRI: iriOf(name), Type: "Note", Author: author, Host: "far.example", InReplyTo: answers,
		Content: "<p>" + name + "</p>", Visibility: community.Public, Tags: []string{"parks"}, Published: at,
	}
	item := community.FeedItem{Serial: p.Serial, Actor: author, Verb: community.Created, Kind: community.ObjectPost, Object: p.ID, IRI: p.IRI, At: at}
	if err := a.store.SavePost(a.t.Context(), p, []community.FeedItem{item}, domain.Change{}); err != nil {
		a.t.Fatal(err)
	}
	a.published[name] = p.ID
	return p.ID
}

// shown puts a post into somebody's feed.
func (a *attic) shown(id domain.ID, name string, actor domain.ActorID, verb community.Verb) {
	a.t.Helper()
	a.low++
	item := community.FeedItem{Serial: domain.NewSerial(noon, a.low), Actor: actor, Verb: verb, Kind: community.ObjectPost, Object: id, IRI: iriOf(name), At: noon}
	if err := a.store.AddFeed(a.t.Context(), []community.FeedItem{item}, domain.Change{}); err != nil {
		a.t.Fatal(err)
	}
}

func (a *attic) exec(query string, args ...any) {
	a.t.Helper()
	err := a.db.InTx(a.t.Context(), domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewRaw(query, args...).Exec(ctx)
		return err
	})
	if err != nil {
		a.t.Fatalf("%s: %v", query, err)
	}
}

func (a *attic) like(id domain.ID, by domain.ActorID) {
	a.t.Helper()
	l := &community.Like{ID: a.mint.ID(), Serial: a.mint.Serial(), IRI: domain.IRI("https://city.example/likes/" + a.mint.ID()), Actor: by, Post: id, At: noon}
	if err := a.store.SaveLike(a.t.Context(), l, domain.Change{}); err != nil {
		a.t.Fatal(err)
	}
}

// left are the names of the copies that are there.
func (a *attic) left() []string {
	a.t.Helper()
	var names []string
	for name, id := range a.published {
		if _, err := a.store.Post(a.t.Context(), id, domain.Nobody); err == nil {
			names = append(names, name)
		} else if domain.CodeOf(err) != domain.NotFound {
			a.t.Fatal(err)
		}
	}
	slices.Sort(names)
	return names
}

func (a *attic) sweep() {
	a.t.Helper()
	if err := storage.NewRetention(a.db).Sweep(a.t.Context(), time.Now(), network.DefaultRetention); err != nil {
		a.t.Fatal(err)
	}
}

// TestRetentionOfPosts: copies of posts go when they are old and nobody here
// has to do with them; threads with a part of this node stay whole.
func TestRetentionOfPosts(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "copies", func(t *testing.T, db *storage.DB) {
		a := newAttic(t, db)
		stay := map[string]domain.ID{
			"young": a.copy("young", a.stranger, 89, ""), "of a followed author": a.copy("of a followed author", a.followed, 400, ""),
		}
		add := func(name string, author domain.ActorID, answers domain.IRI) domain.ID {
			stay[name] = a.copy(name, author, 100, answers)
			return stay[name]
		}
		a.shown(add("announced here", a.stranger, ""), "announced here", a.group.ID, community.Announced)
		a.shown(add("announced by a followed", a.stranger, ""), "announced by a followed", a.followed, community.Announced)
		a.shown(add("names a member", a.stranger, ""), "names a member", a.member.Actor, community.Mentioned)
		a.like(add("liked here", a.stranger, ""), a.member.Actor)
		a.exec("INSERT INTO pins (serial, actor_id, post_id) VALUES (1, ?, ?)", string(a.followed), string(add("pinned by a followed", a.stranger, "")))
		a.exec(`INSERT INTO reports (id, serial, iri, reporter_id, target_id, posts, reason, forwarded, state, note, resolver_id, created_at, revision)
			VALUES ('r', 1, 'https://city.example/reports/r', ?, ?, ?, '', FALSE, 'open', '', '', 1, 1)`,
			string(a.member.Actor), string(a.stranger), `["`+string(add("reported", a.stranger, ""))+`"]`)
		add("of a thread that is answered here", a.stranger, "")
		parent := add("answered here", a.other, iriOf("of a thread that is answered here"))
		answer, err := a.service.Post(t.Context(), a.owner, "parks", community.Draft{Content: "We did.", InReplyTo: parent})
		if err != nil {
			t.Fatal(err)
		}
		add("answers one of here", a.stranger, answer.IRI)
		add("answers that answer", a.other, iriOf("answers one of here"))
		add("answers a followed author", a.stranger, iriOf("of a followed author"))

		for name, id := range map[string]domain.ID{
			"unneeded": a.copy("unneeded", a.stranger, 91, ""), "liked elsewhere": a.copy("liked elsewhere", a.stranger, 91, ""),
			"announced elsewhere": a.copy("announced elsewhere", a.stranger, 91, ""), "pinned elsewhere": a.copy("pinned elsewhere", a.stranger, 91, ""),
			"erased": a.copy("erased", a.stranger, 91, ""),
		} {
			switch name {
			case "liked elsewhere":
				a.like(id, a.other)
			case "announced elsewhere":
				a.shown(id, name, a.other, community.Announced)
			case "pinned elsewhere":
				a.exec("INSERT INTO pins (serial, actor_id, post_id) VALUES (2, ?, ?)", string(a.other), string(id))
			case "erased":
				a.exec("UPDATE posts SET deleted_at = 1, content = '' WHERE id = ?", string(id))
			}
		}
		a.copy("a thread elsewhere", a.stranger, 95, "")
		a.copy("its answer", a.other, 94, iriOf("a thread elsewhere"))
		a.copy("the answer to that", a.stranger, 93, iriOf("its answer"))
		a.copy("answers itself", a.stranger, 93, iriOf("answers itself"))
		a.copy("answers what is not here", a.stranger, 93, "https://far.example/posts/never")

		for range 3 { // an answer goes before what it answers
			a.sweep()
		}
		want := slices.Sorted(maps.Keys(stay))
		if got := a.left(); !slices.Equal(got, want) {
			t.Errorf("left are\n%q, want\n%q", got, want)
		}
		for _, table := range []string{"post_tags", "likes", "pins", "poll_votes"} {
			var n int
			if err := db.Read().NewRaw("SELECT COUNT(*) FROM "+table+" WHERE post_id NOT IN (SELECT id FROM posts)").Scan(t.Context(), &n); err != nil || n != 0 {
				t.Errorf("%d rows of %s hang on nothing (%v)", n, table, err)
			}
		}
		var feed int
		if err := db.Read().NewRaw("SELECT COUNT(*) FROM feed WHERE object_id NOT IN (SELECT id FROM posts)").Scan(t.Context(), &feed); err != nil || feed != 0 {
			t.Errorf("%d items of feeds show nothing (%v)", feed, err)
		}
		if _, err := a.service.PostByID(t.Context(), policy.Viewer{}, answer.ID); err != nil {
			t.Errorf("the post of here: %v", err)
		}
		if err := a.network.Unfollow(t.Context(), a.member, a.member.Actor, a.followed); err != nil {
			t.Fatal(err)
		}
		a.sweep()
		a.sweep()
		for _, gone := range []string{"of a followed author", "answers a followed author", "announced by a followed", "pinned by a followed"} {
			if slices.Contains(a.left(), gone) {
				t.Errorf("%q stays when nobody follows any more", gone)
			}
		}
	})
}

// TestRetentionOfManyPosts: more than one transaction takes.
func TestRetentionOfManyPosts(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "copies", func(t *testing.T, db *storage.DB) {
		a := newAttic(t, db)
		for range 1200 {
			a.copy(string(a.mint.ID()), a.stranger, 100, "")
		}
		a.copy("of a followed author", a.followed, 100, "")
		a.sweep()
		if got := a.left(); !slices.Equal(got, []string{"of a followed author"}) {
			t.Errorf("%d copies are left", len(got))
		}
	})
}

// TestRetentionReferences: nothing refers to posts and stories that would be
// left behind, or stands in the way, when copies go.
func TestRetentionReferences(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "references", func(t *testing.T, db *storage.DB) {
		for table, known := range map[string][]string{
			"posts": {"likes.post_id", "pins.post_id", "poll_votes.post_id", "post_files.post_id", "post_tags.post_id"}, "stories": {"story_cosignatures.story_id", "story_evidence.story_id", "story_files.story_id", "story_terms.story_id"},
		} {
			query := `SELECT m.name || '.' || f."from" FROM sqlite_master AS m, pragma_foreign_key_list(m.name) AS f WHERE m.type = 'table' AND f."table" = ? ORDER BY 1`
			if db.Dialect() == storage.Postgres {
				query = `SELECT c.conrelid::regclass::text || '.' || a.attname FROM pg_constraint AS c
					JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] WHERE c.contype = 'f' AND c.confrelid = ?::regclass ORDER BY 1`
			}
			var refer []string
			if err := db.Read().NewRaw(query, table).Scan(t.Context(), &refer); err != nil {
				t.Fatal(err)
			}
			if !slices.Equal(refer, known) {
				t.Errorf("%v refer to %s: say in retention_copies.go whether they keep a copy or go with it", refer, table)
			}
		}
	})
}

// TestRetentionOfStories: copies of stories go with their snapshots; what a
// process here is a clone of stays.
func TestRetentionOfStories(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "stories", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		ana := n.person(t, "ana")
		n.organization(t, ana, "zaragoza")
		process := must[*coproduction.Process](t)(n.processes(catalogueOf(n.mint, 2, 1)).Start(ctx, ana, started("gardens")))
		exec := func(query string, args ...any) {
			t.Helper()
			err := db.InTx(ctx, domain.Change{}, func(ctx context.Context, tx bun.Tx) error {
				_, err := tx.NewRaw(query, args...).Exec(ctx)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		stranger, followed := n.remote(t, "https://far.example/organizations/one", network.TypeOrganization), n.remote(t, "https://far.example/organizations/two", network.TypeOrganization)
		exec("INSERT INTO follows (id, serial, iri, follower_id, followed_id, state, created_at) VALUES ('f', 1, 'https://city.example/f', ?, ?, 'accepted', 1)", string(ana.Actor), string(followed))
		store, low := storage.NewStories(db, n.mint), uint16(0)
		ids := map[string]domain.ID{}
		tell := func(slug string, owner domain.ActorID, days int) domain.ID {
			t.Helper()
			low++
			at := time.Now().Add(-time.Duration(days) * day)
			shot := &story.Snapshot{TakenAt: at.UTC().Truncate(time.Second)}
			shot.Process.IRI, shot.Process.Title = domain.IRI("https://far.example/processes/"+slug), domain.Text{"es": slug}
			st := &story.Story{
				ID: n.mint.ID(), Serial: domain.NewSerial(at, low), IRI: domain.IRI("https://far.example/stories/" + slug), Slug: slug, Host: "far.example", Owner: owner,
				ProcessIRI: shot.Process.IRI, Telling: telling(slug), Snapshot: shot, Digest: shot.Digest(), Version: 1, Status: story.Published, PublishedAt: at, UpdatedAt: at,
			}
			if err := store.SaveStory(ctx, st, domain.Change{}); err != nil {
				t.Fatal(err)
			}
			ids[slug] = st.ID
			return st.ID
		}
		tell("unneeded", stranger, 100)
		tell("young", stranger, 80)
		tell("followed", followed, 100)
		tell("cloned", stranger, 100)
		tell("reviewed", stranger, 100)
		exec(`INSERT INTO reviews (id, serial, iri, kind, subject_iri, owner_id, host, author_id, rating, title, text, language, state, reason, reply_iri, reply, reply_language, written_at, updated_at, revision)
			VALUES ('r', 1, 'https://city.example/reviews/r', 'story', 'https://far.example/stories/reviewed', ?, 'far.example', ?, 5, 'x', '', 'en', 'shown', '', '', '', '', 1, 1, 1)`, string(stranger), string(ana.Actor))
		exec("UPDATE processes SET origin_iri = 'https://far.example/processes/cloned' WHERE id = ?", string(process.ID))
		exec(`INSERT INTO feed (serial, actor_id, verb, object_kind, object_id, object_iri, at) VALUES (1, ?, 'announce', 'story', ?, 'https://far.example/stories/announced', 1)`,
			string(followed), string(tell("announced", stranger, 100)))
		for range 2 {
			if err := storage.NewRetention(db).Sweep(ctx, time.Now(), network.DefaultRetention); err != nil {
				t.Fatal(err)
			}
			for slug, id := range ids {
				st, err := store.Story(ctx, id)
				if slug == "unneeded" {
					if domain.CodeOf(err) != domain.NotFound {
						t.Errorf("%s: %v (%v)", slug, st, err)
					}
				} else if err != nil || st.Snapshot == nil {
					t.Errorf("%s: %v (%v)", slug, st, err)
				}
			}
			for what, want := range map[string]int{"snapshots": 5, "feed": 6} { // one feed item each, and the announcement
				var count int
				if err := db.Read().NewRaw("SELECT COUNT(*) FROM "+what).Scan(ctx, &count); err != nil || count != want {
					t.Errorf("%d %s, want %d (%v)", count, what, want, err)
				}
			}
		}
	})
}

// TestRetentionOfReleases: of a release whose node is gone before its tree was
// read, what was read goes; told again, it is read again.
func TestRetentionOfReleases(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "releases", func(t *testing.T, db *storage.DB) {
		ctx, n := t.Context(), newNode(t, db)
		actor := n.remote(t, "https://far.example/processes/gardens", network.TypeGroup)
		store := storage.NewReleases(db)
		take := func(version string, days int, state lineage.ReleaseState) *lineage.Release {
			t.Helper()
			r := &lineage.Release{
				ID: n.mint.ID(), Serial: n.mint.Serial(), IRI: domain.IRI("https://far.example/releases/" + version), Process: "https://far.example/processes/gardens",
				Actor: actor, Host: "far.example", Version: must[lineage.Version](t)(lineage.ParseVersion(version)), Title: domain.Text{"en": "Gardens"}, At: time.Now().Add(-time.Duration(days) * day), State: state,
			}
			wantCode(t, store.SaveRelease(ctx, r, nil, domain.Change{}), domain.OK)
			wantCode(t, store.SaveReleaseItems(ctx, r.ID, 0, []lineage.SourceItem{{ID: "a"}, {ID: "b"}}), domain.OK)
			return r
		}
		took := map[*lineage.Release]lineage.ReleaseState{
			take("1.0", 100, lineage.ReleaseReady):   lineage.ReleaseReady,
			take("1.1", 100, lineage.ReleaseWaiting): lineage.ReleaseBroken,
			take("1.2", 99, lineage.ReleaseWaiting):  lineage.ReleaseBroken,
			take("1.3", 89, lineage.ReleaseWaiting):  lineage.ReleaseWaiting,
		}
		for range 2 {
			wantCode(t, storage.NewRetention(db).Sweep(ctx, time.Now(), network.DefaultRetention), domain.OK)
			for r, state := range took {
				items := must[[]lineage.SourceItem](t)(store.ReleaseItems(ctx, r.ID, 0, 10))
				if now := must[*lineage.Release](t)(store.Release(ctx, r.ID)); now.State != state || (len(items) == 0) != (state == lineage.ReleaseBroken) {
					t.Errorf("%s is %s with %d items", r.Version, now.State, len(items))
				}
			}
		}
	})
}

// TestForgottenBytes: the bytes that carry what was deleted go with it, and
// those of an author with the author; that they came is known for ever.
func TestForgottenBytes(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "bytes", func(t *testing.T, db *storage.DB) {
		a := newAttic(t, db)
		ctx, queue := t.Context(), storage.NewReceived(db, domain.NewMint(nil, nil))
		came := func(name string, object domain.IRI) {
			t.Helper()
			err := queue.Add(ctx, []*network.Received{{
				ID: a.mint.ID(), Serial: a.mint.Serial(), IRI: iriOf(name + "/activity"), Actor: "https://far.example/users/stranger", Host: "far.example",
				Type: "Create", Inbox: "/inbox", Object: object, Raw: []byte("{}"), At: time.Now(),
			}})
			if err != nil {
				t.Fatal(err)
			}
		}
		bytes := func(name string) bool {
			t.Helper()
			var n int
			if err := db.Read().NewRaw("SELECT COUNT(*) FROM received WHERE iri = ? AND raw IS NOT NULL", string(iriOf(name+"/activity"))).Scan(ctx, &n); err != nil {
				t.Fatal(err)
			}
			return n == 1
		}
		for _, name := range []string{"deleted", "stays", "by a followed"} {
			came(name, iriOf(name))
		}
		came("deleted, as it was before", iriOf("deleted"))
		came("never kept", iriOf("never kept"))
		came("a profile", "https://far.example/users/stranger")
		came("without words", "")
		a.copy("deleted", a.stranger, 1, "")
		a.copy("stays", a.stranger, 1, "")
		a.copy("by a followed", a.followed, 1, "")

		stranger, err := a.net.Actor(ctx, a.stranger)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"deleted", "never kept"} {
			if err := a.service.ReceiveDeletion(ctx, stranger, iriOf(name), ""); err != nil {
				t.Fatal(err)
			}
		}
		check := func(when string, want map[string]bool) {
			t.Helper()
			for name, there := range want {
				if got := bytes(name); got != there {
					t.Errorf("%s: the bytes of %q are there: %v", when, name, got)
				}
				if known, err := queue.Known(ctx, iriOf(name+"/activity")); err != nil || !known {
					t.Errorf("%s: %q would take effect again (%v)", when, name, err)
				}
			}
		}
		check("after two deletions", map[string]bool{
			"deleted": false, "deleted, as it was before": false, "never kept": false, "stays": true, "by a followed": true, "a profile": true, "without words": true,
		})
		if err := a.service.ReceiveAuthorDeletion(ctx, stranger); err != nil {
			t.Fatal(err)
		}
		check("after the author went", map[string]bool{"stays": false, "a profile": false, "by a followed": true, "without words": true})
	})
}
