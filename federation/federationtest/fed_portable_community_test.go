package federationtest_test

import (
	"bytes"
	"context"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/domain/policy"
	"interlink/domain/portable"
	"interlink/federation/federationtest"
	"interlink/storage"
)

// communityOf writes what somebody may see of a community into an archive, and
// reads it.
func (c *city) communityOf(t *testing.T, v policy.Viewer, name string) ([]byte, *portable.Archive, []community.Past) {
	t.Helper()
	e, err := c.Portable.ExportCommunity(t.Context(), v, name)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := e.Write(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	a, err := portable.Read(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	var posts []community.Past
	for part, err := range a.Posts() {
		if err != nil {
			t.Fatal(err)
		}
		posts = append(posts, part...)
	}
	return b.Bytes(), a, posts
}

// saidBefore lists the words of what was said before a community came here,
// oldest first.
func (c *city) saidBefore(t *testing.T, v policy.Viewer, name, words string) []string {
	t.Helper()
	list, err := c.Communities.Archive(t.Context(), v, name, words, domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, a := range slices.Backward(list.Items) {
		out = append(out, a.Past.Words())
	}
	return out
}

// TestFedO15Community: a community is exported in one country and imported in
// another; what was said in it is read there, as an archive, and goes when its
// authors delete it. Nobody is anything in it but who imported it.
func TestFedO15Community(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		ana, bo, spammer := zaragoza.Person("ana", policy.RoleMember), zaragoza.Person("bo", policy.RoleMember), zaragoza.Person("spammer", policy.RoleMember)
		check := func(err error) {
			t.Helper()
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, v := range []policy.Viewer{ana, bo, spammer} {
			_, err := zaragoza.Network.Follow(ctx, v, v.Actor, zaragoza.community.ID)
			check(err)
		}
		reader := riga.Person("reader", policy.RoleMember)
		riga.follow(t, reader, reader.Actor, "@ana@"+zaragoza.Namespace.HandleHost())
		riga.follow(t, reader, reader.Actor, "@mobility@"+zaragoza.Namespace.HandleHost())
		c.Settle()
		chart := community.Picture{Alt: "A map", Keep: func(ctx context.Context) (picture.Kept, error) { return zaragoza.Pictures.Keep(ctx, square(t)) }}
		first, err := zaragoza.Communities.Post(ctx, ana, "mobility", community.Draft{Content: "A *lamp* at the school", Language: "en", Pictures: []community.Picture{chart}})
		check(err)
		_, err = zaragoza.Communities.Post(ctx, bo, "mobility", community.Draft{Content: "Two lamps", Language: "en", InReplyTo: first.ID})
		check(err)
		news, err := zaragoza.Communities.Post(ctx, zaragoza.official, "mobility", community.Draft{Content: "The lamp stands", Language: "es", Warning: "bright"})
		check(err)
		check(zaragoza.Communities.Like(ctx, bo, first.ID))
		check(zaragoza.Communities.Pin(ctx, zaragoza.official, news.ID))
		check(zaragoza.Communities.Ban(ctx, zaragoza.official, "mobility", community.Banning{Who: spammer.Actor, Reason: "Spam of spammer"}))
		c.Settle()

		raw, whole, posts := zaragoza.communityOf(t, zaragoza.official, "mobility")
		if len(posts) != 3 || posts[0].Likes != 1 || posts[0].Files[0].SHA256 == "" || posts[1].InReplyTo != posts[0].IRI || posts[2].Author != zaragoza.community.IRI || len(whole.Community.Files) != 1 {
			t.Errorf("the export has %+v", posts)
		}
		if d := whole.Community; len(d.Administrators) != 1 || len(d.Members) != 5 || len(d.Bans) != 1 || len(d.Pinned) != 1 || len(d.Log) == 0 || d.Total != 3 {
			t.Errorf("the export has %+v", d)
		}
		_, open, said := zaragoza.communityOf(t, policy.Viewer{}, "mobility")
		public, err := open.Community.Encode()
		check(err)
		for _, secret := range []string{"spammer", "users/official", "users/bo", "users/reader"} {
			if bytes.Contains(public, []byte(secret)) {
				t.Errorf("the public export has %q in it", secret)
			}
		}
		if len(said) != 3 {
			t.Errorf("the public export has %d posts", len(said))
		}

		brought := riga.bring(t, raw)
		if tried, err := riga.Portable.Try(ctx, riga.official, brought.ID, portable.Input{Name: "walkers"}); err != nil || len(tried.Lost) == 0 {
			t.Errorf("a trial reports %v, %v", tried, err)
		}
		if _, _, err := riga.imports(ctx, brought.ID, portable.Input{}); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("under a taken name: %v", err)
		}
		made, _, err := riga.imports(ctx, brought.ID, portable.Input{Name: "walkers", Owner: riga.owner.ID})
		check(err)
		if twice, again, err := riga.imports(ctx, riga.bring(t, raw).ID, portable.Input{Name: "too"}); err != nil || !again || twice.Made != made.Made {
			t.Errorf("again: %v, %v", twice, err)
		}
		here, err := riga.Communities.Community(ctx, riga.official, "walkers")
		check(err)
		if !slices.Equal(here.Administrators, []domain.ActorID{riga.official.Actor}) || len(here.Moderators) != 0 || here.Followers != 0 || here.Title.String() != "Mobility" || here.Organization != riga.owner.ID {
			t.Errorf("it became %+v", here)
		}
		if got := riga.saidBefore(t, policy.Viewer{}, "walkers", ""); !slices.Equal(got, []string{"A lamp at the school", "The lamp stands"}) {
			t.Errorf("said before: %q", got)
		}
		if got := riga.saidBefore(t, policy.Viewer{}, "walkers", "TWO"); !slices.Equal(got, []string{"Two lamps"}) {
			t.Errorf("found: %q", got)
		}
		list, err := riga.Communities.Archive(ctx, policy.Viewer{}, "walkers", "", domain.Page{})
		check(err)
		if list.Items[1].Answers != 1 {
			t.Errorf("its thread has %d answers", list.Items[1].Answers)
		}
		thread, err := riga.Communities.ArchivedThread(ctx, policy.Viewer{}, "walkers", list.Items[1].ID, domain.Page{})
		if err != nil || len(thread.Items) != 2 {
			t.Errorf("the thread has %d posts, %v", len(thread.Items), err)
		}
		shown := posts[0].Files[0].SHA256
		if a, err := riga.Communities.ArchivedPost(ctx, policy.Viewer{}, "walkers", thread.Items[0].ID); err != nil || !a.Past.Shows(shown) || a.Past.Files[0].Name != "A map" {
			t.Errorf("its picture: %+v, %v", a, err)
		}
		f, err := riga.Coproduction.OpenStored(ctx, coproduction.Stored{Hash: shown}, posts[0].Published)
		check(err)
		if got, err := io.ReadAll(f); err != nil || len(got) == 0 || f.Close() != nil {
			t.Errorf("its picture is not kept: %d bytes, %v", len(got), err)
		}

		// It is exported again as it came, with what is written here after it.
		_, again, carried := riga.communityOf(t, riga.official, "walkers")
		for i := range posts {
			if i >= len(carried) || carried[i].IRI != posts[i].IRI || carried[i].Content != posts[i].Content || !slices.Equal(carried[i].Files, posts[i].Files) {
				t.Errorf("carried on: %+v", carried)
			}
		}
		if a, b := whole.Community, again.Community; !slices.Equal(a.Members, b.Members) || !slices.Equal(a.Bans, b.Bans) || !slices.Equal(a.Log, b.Log) || !slices.Equal(a.Pinned, b.Pinned) || !slices.Equal(a.Files, b.Files) {
			t.Errorf("carried on: %+v, not %+v", b, a)
		}
		c.Settle()
		if out := riga.saidBefore(t, policy.Viewer{}, "walkers", "nothing like it"); out != nil {
			t.Errorf("found %q", out)
		}

		// Who wrote something takes it back also here; who moderates removes it.
		check(zaragoza.Communities.DeletePost(ctx, ana, first.ID))
		c.Settle()
		if got := riga.saidBefore(t, policy.Viewer{}, "walkers", "school"); got != nil {
			t.Errorf("after its author deleted it: %q", got)
		}
		if _, err := riga.Communities.RemoveArchived(ctx, reader, "walkers", list.Items[0].ID); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a reader removes: %v", err)
		}
		_, err = riga.Communities.RemoveArchived(ctx, riga.official, "walkers", list.Items[0].ID)
		check(err)
		if got := riga.saidBefore(t, policy.Viewer{}, "walkers", "stands"); got != nil {
			t.Errorf("after it was removed: %q", got)
		}
		answer := thread.Items[1].Past
		if by, err := riga.Lookup(ctx, "@bo@"+zaragoza.Namespace.HandleHost()); err != nil {
			t.Error(err)
		} else if err := riga.Communities.ReceiveDeletion(ctx, by, answer.IRI, ""); err != nil {
			t.Errorf("a deletion of what is known as said before alone: %v", err)
		}
		if got := riga.saidBefore(t, riga.official, "walkers", "lamps"); got != nil {
			t.Errorf("after its author deleted it: %q", got)
		}

		laterCommunity(t, zaragoza, riga, news.ID, raw)

		agedCommunity(t, c, zaragoza)

		// A file does not put words at addresses of this node.
		same, _, err := zaragoza.imports(ctx, zaragoza.bring(t, raw).ID, portable.Input{Name: "copy"})
		check(err)
		if got := zaragoza.saidBefore(t, zaragoza.official, "copy", ""); got != nil || !slices.ContainsFunc(same.Lost, func(l portable.Lost) bool { return l.Reason == portable.LostHere }) {
			t.Errorf("words at addresses of this node: %q, %v", got, same.Lost)
		}
		if _, err := zaragoza.Communities.PostByIRI(ctx, policy.Viewer{}, answer.IRI); err != nil || strings.Contains(string(answer.IRI), riga.Namespace.Base()) {
			t.Errorf("the original: %v", err)
		}
	})
}

// laterCommunity brings a later export of the community that one became in
// another city: what changed there is taken, what is here stays.
func laterCommunity(t *testing.T, from, to *city, news domain.ID, older []byte) {
	t.Helper()
	ctx := t.Context()
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	edit := func(c *city, name string, change func(*community.Details)) {
		t.Helper()
		now, err := c.Communities.Community(ctx, c.official, name)
		check(err)
		d := community.Details{Title: now.Title, Summary: now.Summary, Rules: now.Rules, Language: now.Language, Organization: now.Organization, OpenLog: now.OpenLog, Cadence: now.Cadence}
		change(&d)
		_, err = c.Communities.Edit(ctx, c.official, name, now.Revision, d)
		check(err)
	}
	edit(to, "walkers", func(d *community.Details) { d.Rules = domain.Text{"en": "Of here"} })
	edit(from, "mobility", func(d *community.Details) {
		d.Title, d.Rules = domain.Text{"en": "Mobility for all"}, domain.Text{"en": "Of there"}
	})
	_, err := to.Communities.Post(ctx, to.official, "walkers", community.Draft{Content: "Written here", Language: "en"})
	check(err)
	_, err = from.Communities.EditPost(ctx, from.official, news, 1, "The lamp stands and shines")
	check(err)
	_, err = from.Communities.Post(ctx, from.official, "mobility", community.Draft{Content: "A third lamp", Language: "en"})
	check(err)

	raw, _, _ := from.communityOf(t, from.official, "mobility")
	b := to.bring(t, raw)
	if earlier, err := to.Portable.Earlier(ctx, to.official, b); err != nil || len(earlier) != 1 || earlier[0].Name != "walkers" {
		t.Errorf("earlier exports became %v, %v", earlier, err)
	}
	in := portable.Input{Update: "walkers"}
	want := []portable.Change{{Outcome: portable.OutcomeTaken, Parts: []string{"title"}}, {Outcome: portable.OutcomeKept, Parts: []string{"rules"}}, {Outcome: portable.OutcomeAdded, Posts: 1}, {Outcome: portable.OutcomeKept, Posts: 1}}
	told := func(b *portable.Bringing) {
		t.Helper()
		if !slices.EqualFunc(b.Changes, want, func(x, y portable.Change) bool {
			return x.Outcome == y.Outcome && x.Posts == y.Posts && slices.Equal(x.Parts, y.Parts)
		}) {
			t.Errorf("it changes %+v", b.Changes)
		}
	}
	tried, err := to.Portable.Try(ctx, to.official, b.ID, in)
	check(err)
	told(tried)
	if got := to.saidBefore(t, to.official, "walkers", "third"); got != nil {
		t.Errorf("a trial brought %q", got)
	}
	made, _, err := to.imports(ctx, b.ID, in)
	check(err)
	told(made)
	for _, l := range made.Lost {
		if l.Reason == portable.LostRole || l.Reason == portable.LostMembers || l.Reason == portable.LostBan {
			t.Errorf("it tells once more of %+v", l)
		}
	}
	if got := to.saidBefore(t, to.official, "walkers", ""); !slices.Equal(got, []string{"A third lamp"}) {
		t.Errorf("said before: %q", got)
	}
	now, err := to.Communities.Community(ctx, to.official, "walkers")
	check(err)
	if now.Title.String() != "Mobility for all" || now.Rules.String() != "Of here" || made.Made != now.IRI {
		t.Errorf("it is %+v", now)
	}
	if _, again, err := to.imports(ctx, to.bring(t, raw).ID, in); err != nil || !again {
		t.Errorf("once more: %v, %v", again, err)
	}
	if _, _, err := to.imports(ctx, to.bring(t, older).ID, in); !portable.IsOlder(err) {
		t.Errorf("an older export: %v", err)
	}
}

// agedCommunity: of what people of other servers wrote, a later export lacks what
// went by its age, and what was deleted, also long ago. Where an earlier one was
// brought, the one stays and the other does not.
func agedCommunity(t *testing.T, c *federationtest.Cluster, from *city) {
	t.Helper()
	ctx, to, far := t.Context(), newCity(t, c.Add("Bergen", nil)), newPlace(t)
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	who, group := far.actor("Person", "walker", nil), []string{public, string(from.community.IRI)}
	far.send(c, from, far.activity("Follow", who, group[1], nil))
	writes := func(n int, words string) string {
		note := far.note(n, who, members{"content": "<p>" + words + "</p>", "to": group})
		far.send(c, from, far.activity("Create", who, note, members{"to": group}))
		return note["id"].(string)
	}
	stays, goes := writes(1, "A path by the river"), writes(2, "A path by the road")
	raw, _, _ := from.communityOf(t, from.official, "mobility")
	_, _, err := to.imports(ctx, to.bring(t, raw).ID, portable.Input{Name: "paths"})
	check(err)
	if got := to.saidBefore(t, policy.Viewer{}, "paths", "by the"); len(got) != 2 {
		t.Errorf("said before: %q", got)
	}

	far.send(c, from, far.activity("Delete", who, goes, members{"to": group}))
	beside(t, from.Database, "DELETE FROM feed WHERE object_iri = '"+stays+"'") // else it stays while the community shows it
	db, err := storage.Open(ctx, from.Database)
	check(err)
	check(storage.NewRetention(db).Sweep(ctx, time.Now().AddDate(1, 0, 0), network.DefaultRetention))
	check(db.Close())
	for _, post := range []string{stays, goes} {
		if _, err := from.Communities.PostByIRI(ctx, policy.Viewer{}, domain.IRI(post)); domain.CodeOf(err) != domain.NotFound {
			t.Fatalf("a year later %s is there: %v", post, err)
		}
	}
	raw, _, _ = from.communityOf(t, from.official, "mobility")
	made, _, err := to.imports(ctx, to.bring(t, raw).ID, portable.Input{Update: "paths"})
	check(err)
	if got := to.saidBefore(t, policy.Viewer{}, "paths", "by the"); !slices.Equal(got, []string{"A path by the river"}) {
		t.Errorf("after a later export: %q, %+v", got, made.Changes)
	}
}
