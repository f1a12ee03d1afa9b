package federationtest_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/picture"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
	"interlink/storage"
)

// The tests of this file are named after the rows of FEDERATION.md's table.

func viewer(id domain.ActorID) policy.Viewer {
	return policy.Viewer{Actor: id, Role: policy.RoleMember}
}

// scene is a city with a reader, and a server of another make with a person
// whom the reader follows.
type scene struct {
	*federationtest.Cluster
	*city
	database string
	place    *place
	bo       string // the person there
	reader   policy.Viewer
}

// onScene plays fn on both databases.
func onScene(t *testing.T, fn func(t *testing.T, s *scene)) {
	t.Helper()
	for name, open := range federationtest.Databases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			database := open(t)
			c := federationtest.On(t, func(testing.TB) string { return database }, "Zaragoza")
			s := &scene{Cluster: c, city: newCity(t, c.Nodes[0]), place: newPlace(t), database: database}
			s.bo = s.place.actor("Person", "bo", nil)
			s.reader = s.Person("reader", policy.RoleMember)
			s.place.follows(c, s.city, s.reader.Actor, s.bo, "bo")
			fn(t, s)
		})
	}
}

// page reads a page of the portal as anybody does.
func (c *city) page(t *testing.T, path string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%s: status %d (%v)", path, answer.StatusCode, err)
	}
	return string(body)
}

// send works an activity of the place in the city.
func (s *scene) send(kind string, object any, more members) members {
	s.place.t.Helper()
	doc := s.place.activity(kind, s.bo, object, more)
	s.place.send(s.Cluster, s.city, doc)
	return doc
}

// post reads a post as the reader sees it.
func (s *scene) post(t *testing.T, iri string) (*community.Post, error) {
	t.Helper()
	return s.Communities.PostByIRI(t.Context(), s.reader, domain.IRI(iri))
}

// news publishes in the city's community.
func (s *scene) news(t *testing.T, content string) *community.Post {
	t.Helper()
	p, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: content, Language: "en"})
	if err != nil {
		t.Fatal(err)
	}
	s.Settle()
	return p
}

// one returns the only one of what arrived.
func one(t *testing.T, all []members) members {
	t.Helper()
	if len(all) != 1 {
		t.Fatalf("%d arrived: %v", len(all), all)
	}
	return all[0]
}

func TestFedA1FollowIsAnsweredAtOnceOrByAPerson(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		s.send("Follow", string(s.community.IRI), nil)
		if accept := one(t, s.place.got("Accept")); accept["actor"] != string(s.community.IRI) {
			t.Errorf("accepted by %v", accept["actor"])
		}
		if _, err := s.Communities.Edit(t.Context(), s.official, "mobility", s.community.Revision, community.Details{
			Title: s.community.Title, Language: "en", Approves: true, Organization: s.owner.ID,
		}); err != nil {
			t.Fatal(err)
		}
		if doc := served(t, string(s.community.IRI)); doc["manuallyApprovesFollowers"] != true {
			t.Error("the community does not say that it approves")
		}
		for _, name := range []string{"ada", "eve"} {
			who := s.place.actor("Person", name, nil)
			s.place.send(s.Cluster, s.city, s.place.activity("Follow", who, string(s.community.IRI), nil))
		}
		if n := len(s.place.got("Accept")) + len(s.place.got("Reject")); n != 1 {
			t.Fatalf("answered before a person did: %d", n)
		}
		if _, err := s.Communities.Requests(t.Context(), s.reader, "mobility", domain.Page{}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a member reads the requests: %v", err)
		}
		asking, err := s.Communities.Requests(t.Context(), s.official, "mobility", domain.Page{})
		if err != nil || len(asking.Items) != 2 {
			t.Fatalf("%d ask (%v)", len(asking.Items), err)
		}
		for i, accept := range []bool{true, false} {
			if err := s.Communities.AnswerRequest(t.Context(), s.official, "mobility", asking.Items[i].ID, accept); err != nil {
				t.Fatal(err)
			}
		}
		s.Settle()
		if len(s.place.got("Accept")) != 2 || one(t, s.place.got("Reject"))["to"].([]any)[0] != s.place.URL+"/users/eve" {
			t.Errorf("answers: %v %v", s.place.got("Accept"), s.place.got("Reject"))
		}
	})
}

func TestFedA2FollowAgainIsAcceptedAgain(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		followers := func() int {
			list, err := s.Network.Followers(t.Context(), s.official, s.community.ID, domain.Page{})
			if err != nil {
				t.Fatal(err)
			}
			return len(list.Items)
		}
		for n := 1; n <= 2; n++ {
			s.send("Follow", string(s.community.IRI), nil)
			if len(s.place.got("Accept")) != n || followers() != 2 { // with who founded it
				t.Fatalf("after %d Follows %d Accepts, %d followers", n, len(s.place.got("Accept")), followers())
			}
		}
		again := s.send("Follow", string(s.community.IRI), nil)
		s.send("Undo", again["id"], nil)
		if followers() != 1 {
			t.Error("Undo by id has no effect")
		}
		again = s.send("Follow", string(s.community.IRI), nil)
		s.send("Undo", again, nil)
		if followers() != 1 {
			t.Error("Undo with the Follow inside has no effect")
		}
	})
}

func TestFedA3AcceptHoldsTheFollowAndIsReadByIDToo(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		follow := s.send("Follow", string(s.community.IRI), nil)
		inside, _ := one(t, s.place.got("Accept"))["object"].(members)
		if inside["id"] != follow["id"] || inside["type"] != "Follow" || inside["actor"] != s.bo || inside["object"] != string(s.community.IRI) {
			t.Errorf("inside the Accept: %v", inside)
		}
		ada := s.place.actor("Person", "ada", nil)
		who, err := s.Lookup(t.Context(), s.place.handle("ada"))
		if err != nil {
			t.Fatal(err)
		}
		for _, answer := range []string{"Accept", "Reject"} {
			if _, err := s.Network.Follow(t.Context(), s.reader, s.reader.Actor, who.ID); err != nil {
				t.Fatal(err)
			}
			s.Settle()
			asked := s.place.got("Follow")
			s.place.send(s.Cluster, s.city, s.place.activity(answer, ada, asked[len(asked)-1]["id"], nil))
			want := map[string]network.FollowState{"Accept": network.FollowAccepted, "Reject": network.FollowRejected}[answer]
			if state, err := s.Network.FollowState(t.Context(), s.reader.Actor, who.ID); state != want {
				t.Errorf("%s by id: %q (%v)", answer, state, err)
			}
			if err := s.Network.Unfollow(t.Context(), s.reader, s.reader.Actor, who.ID); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestFedA5CreateOfAllReadableObjects(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		for i, kind := range []string{"Note", "Article", "Question", "Event", "Page"} {
			note := s.place.note(i, s.bo, members{"type": kind, "name": "Title of " + kind})
			s.send("Create", note, nil)
			p, err := s.post(t, note["id"].(string))
			if err != nil || p.Type != kind || p.Title != "Title of "+kind || !strings.Contains(p.Content, "Words") {
				t.Errorf("%s: %+v (%v)", kind, p, err)
			}
		}
		if n := len(s.home(t, s.reader)); n != 5 {
			t.Errorf("the reader sees %d", n)
		}
		s.send("Follow", string(s.community.IRI), nil)
		p := s.news(t, "Words of ours")
		object, _ := one(t, s.place.got("Create"))["object"].(members)
		if object["id"] != string(p.IRI) || object["type"] != "Note" {
			t.Errorf("sent: %v", object)
		}
	})
}

func TestFedA6UpdateChangesWhatIsOlder(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		note := s.place.note(1, s.bo, nil)
		s.send("Create", note, nil)
		for _, step := range []struct{ updated, content, want string }{
			{"2030-01-02T00:00:00Z", "Second", "Second"},
			{"2030-01-01T00:00:00Z", "Older", "Second"},
			{"2030-01-03T00:00:00Z", "Third", "Third"},
		} {
			note["updated"], note["content"] = step.updated, step.content
			s.send("Update", note, nil)
			if p, err := s.post(t, note["id"].(string)); err != nil || p.Content != step.want {
				t.Errorf("after %s: %q (%v)", step.content, p.Content, err)
			}
		}
		s.place.actor("Person", "bo", members{"name": "Bo the Second"})
		s.send("Update", members{"id": s.bo, "type": "Person", "name": "Claimed name"}, nil)
		if a, err := s.Network.ActorByIRI(t.Context(), s.reader, domain.IRI(s.bo)); err != nil || a.Title != "Bo the Second" {
			t.Errorf("the actor is called %q (%v)", a.Title, err)
		}
		s.send("Follow", string(s.community.IRI), nil)
		p := s.news(t, "First words")
		if _, err := s.Communities.EditPost(t.Context(), s.official, p.ID, p.Revision, "Second words"); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		object, _ := one(t, s.place.got("Update"))["object"].(members)
		if object["updated"] == nil || !strings.Contains(fmt.Sprint(object["content"]), "Second words") {
			t.Errorf("sent: %v", object)
		}
	})
}

func TestFedA7DeleteLeavesATombstoneAlsoBeforeCreate(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		object := map[string]func(id any) any{
			"by id":     func(id any) any { return id },
			"Tombstone": func(id any) any { return members{"id": id, "type": "Tombstone"} },
		}
		number := 0
		for what, of := range object {
			number++
			note := s.place.note(number, s.bo, nil)
			s.send("Create", note, nil)
			s.send("Delete", of(note["id"]), nil)
			s.send("Create", note, nil)
			if _, err := s.post(t, note["id"].(string)); domain.CodeOf(err) != domain.Gone {
				t.Errorf("%s: %v", what, err)
			}
			number++
			late := s.place.note(number, s.bo, nil)
			s.send("Delete", of(late["id"]), nil)
			s.send("Create", late, nil)
			if _, err := s.post(t, late["id"].(string)); domain.CodeOf(err) != domain.NotFound {
				t.Errorf("%s, before its Create: %v", what, err)
			}
		}
		kept := s.place.note(90, s.bo, nil)
		s.send("Create", kept, nil)
		s.send("Like", string(s.news(t, "Liked").IRI), nil)
		s.send("Delete", s.bo, nil)
		if _, err := s.post(t, kept["id"].(string)); domain.CodeOf(err) != domain.Gone {
			t.Errorf("a post of who is gone: %v", err)
		}
		if n := len(s.home(t, s.reader)); n != 0 {
			t.Errorf("the reader sees %d things of who is gone", n)
		}
		list, err := s.Communities.Timeline(t.Context(), s.reader, s.community.ID, domain.Page{})
		if err != nil || list.Items[0].Post.Likes != 0 {
			t.Errorf("the like of who is gone counts: %+v (%v)", list.Items, err)
		}
	})
}

func TestFedA8UndoIsOfItsOwnActor(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		p := s.news(t, "Words of ours")
		eve := s.place.actor("Person", "eve", nil)
		likes := func() int {
			x, err := s.Communities.PostByID(t.Context(), s.reader, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			return x.Likes
		}
		for _, inside := range []bool{true, false} {
			like := s.send("Like", string(p.IRI), nil)
			what := like["id"]
			if inside {
				what = like
			}
			s.place.send(s.Cluster, s.city, s.place.activity("Undo", eve, what, nil))
			if likes() != 1 {
				t.Error("somebody else took the like back")
			}
			s.send("Undo", what, nil)
			if likes() != 0 {
				t.Errorf("Undo of a Like, inside %v, has no effect", inside)
			}
		}
		shared := s.place.serve("/notes/7", s.place.note(7, eve, nil))
		for _, inside := range []bool{true, false} {
			announce := s.send("Announce", shared, nil)
			if n := len(s.home(t, s.reader)); n != 1 {
				t.Fatalf("the reader sees %d announced", n)
			}
			what := announce["id"]
			if inside {
				what = announce
			}
			s.send("Undo", what, nil)
			if n := len(s.home(t, s.reader)); n != 0 {
				t.Errorf("Undo of an Announce, inside %v, leaves %d", inside, n)
			}
		}
		follow := s.send("Follow", string(s.community.IRI), nil)
		s.place.send(s.Cluster, s.city, s.place.activity("Undo", eve, follow, nil))
		list, err := s.Network.Followers(t.Context(), s.official, s.community.ID, domain.Page{})
		if err != nil || len(list.Items) != 2 { // with who founded it
			t.Errorf("%d followers (%v)", len(list.Items), err)
		}
	})
}

func TestFedA9LikesCountOnceAndDislikesDoNot(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		p := s.news(t, "Words of ours")
		likes := func() int {
			x, err := s.Communities.PostByID(t.Context(), s.reader, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			return x.Likes
		}
		s.send("Like", string(p.IRI), nil)
		s.send("Like", members{"id": string(p.IRI), "type": "Note"}, nil)
		if likes() != 1 {
			t.Errorf("one person's likes count %d times", likes())
		}
		s.send("Dislike", string(p.IRI), nil)
		if likes() != 1 {
			t.Errorf("after a Dislike: %d", likes())
		}
		for range 2 {
			if err := s.Communities.Like(t.Context(), s.reader, p.ID); err != nil {
				t.Fatal(err)
			}
		}
		if likes() != 2 || len(s.place.got("Like")) != 0 {
			t.Errorf("%d likes; %v left the node", likes(), s.place.got("Like"))
		}
		if err := s.Communities.Like(t.Context(), policy.Viewer{}, p.ID); domain.CodeOf(err) != domain.Unauthenticated {
			t.Errorf("nobody likes: %v", err)
		}
		note := s.place.note(1, s.bo, nil)
		s.send("Create", note, nil)
		theirs, err := s.post(t, note["id"].(string))
		if err != nil {
			t.Fatal(err)
		}
		for _, command := range []func() error{
			func() error { return s.Communities.Like(t.Context(), s.reader, theirs.ID) },
			func() error { return s.Communities.Unlike(t.Context(), s.reader, theirs.ID) },
			func() error { return s.Communities.Unlike(t.Context(), s.reader, theirs.ID) },
		} {
			if err := command(); err != nil {
				t.Fatal(err)
			}
			s.Settle()
		}
		like, undo := one(t, s.place.got("Like")), one(t, s.place.got("Undo"))
		inside, _ := undo["object"].(members)
		if like["object"] != note["id"] || inside["id"] != like["id"] || inside["type"] != "Like" || inside["object"] != note["id"] {
			t.Errorf("Like %v, Undo %v", like, undo)
		}
	})
}

func TestFedA10EmojiReactionsCountAsLikes(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		p := s.news(t, "Words of ours")
		reaction := s.send("EmojiReact", string(p.IRI), members{"content": "🚲"})
		s.send("Like", string(p.IRI), nil)
		if x, err := s.Communities.PostByID(t.Context(), s.reader, p.ID); err != nil || x.Likes != 1 {
			t.Errorf("%+v (%v)", x, err)
		}
		s.send("Undo", reaction, nil)
		if x, err := s.Communities.PostByID(t.Context(), s.reader, p.ID); err != nil || x.Likes != 0 {
			t.Errorf("after Undo: %+v (%v)", x, err)
		}
	})
}

func TestFedA11AnnounceByAddress(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		eve := s.place.actor("Person", "eve", nil)
		shared := s.place.serve("/notes/1", s.place.note(1, eve, nil))
		s.send("Announce", shared, nil)
		s.send("Announce", shared, nil)
		items := s.home(t, s.reader)
		if len(items) != 1 || items[0].Verb != community.Announced || items[0].IRI != domain.IRI(shared) {
			t.Errorf("the reader sees %+v", items)
		}
		s.send("Follow", string(s.community.IRI), nil)
		member := s.Person("member", policy.RoleMember)
		if _, err := s.Network.Follow(t.Context(), member, member.Actor, s.community.ID); err != nil {
			t.Fatal(err)
		}
		p, err := s.Communities.Post(t.Context(), member, "mobility", community.Draft{Content: "A member's words", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		s.Settle()
		announce := one(t, s.place.got("Announce"))
		if announce["object"] != string(p.IRI) || announce["actor"] != string(s.community.IRI) {
			t.Errorf("announced: %v", announce)
		}
	})
}

func TestFedA12FlagDoesNotTellWhoReports(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		note, page := s.place.note(1, s.bo, nil), s.place.note(2, s.bo, members{"type": "Page", "name": "Offer"})
		for _, doc := range []members{note, page} {
			s.send("Create", doc, nil)
		}
		report := func(doc members, forward bool) *community.Report {
			p, err := s.post(t, doc["id"].(string))
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Communities.Report(t.Context(), s.reader, community.Complaint{Post: p.ID, Reason: "Advertises", Forward: forward})
			if err != nil {
				t.Fatal(err)
			}
			s.Settle()
			return r
		}
		kept := report(note, false)
		if n := len(s.place.got("Flag")); n != 0 {
			t.Fatalf("%d Flags left the node unasked", n)
		}
		report(note, true)
		flag := one(t, s.place.got("Flag"))
		objects, _ := flag["object"].([]any)
		if flag["actor"] != s.URL+"/actor" || flag["content"] != "Advertises" || !slices.Equal(objects, []any{s.bo, note["id"]}) {
			t.Errorf("a microblog gets %v", flag)
		}
		report(page, true)
		if flags := s.place.got("Flag"); len(flags) != 2 || flags[1]["object"] != page["id"] {
			t.Errorf("the threadiverse gets %v", flags)
		}
		for _, flag := range s.place.got("Flag") {
			raw, err := json.Marshal(flag)
			if err != nil || bytes.Contains(raw, []byte("reader")) {
				t.Errorf("the Flag tells who reports: %s", raw)
			}
		}

		ours := s.news(t, "Words of ours")
		s.send("Flag", []string{string(s.community.IRI), string(ours.IRI), s.bo}, members{"content": "Untrue"})
		s.send("Flag", string(ours.IRI), members{"summary": "Not here"})
		s.send("Flag", []string{s.bo}, members{"content": "Of nobody here"})
		if _, err := s.Communities.Reports(t.Context(), s.reader, community.ReportOpen, domain.Page{}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a member reads reports: %v", err)
		}
		list, err := s.Communities.Reports(t.Context(), s.official, community.ReportOpen, domain.Page{})
		if err != nil || len(list.Items) != 5 {
			t.Fatalf("%d reports (%v)", len(list.Items), err)
		}
		for i, reason := range []string{"Not here", "Untrue"} {
			r := list.Items[i]
			if r.Reason != reason || r.Target != s.community.ID || !slices.Equal(r.Posts, []domain.ID{ours.ID}) {
				t.Errorf("from outside: %+v", r)
			}
		}
		if _, err := s.Communities.Resolve(t.Context(), s.official, kept.ID, "Talked to them"); err != nil {
			t.Fatal(err)
		}
		closed, err := s.Communities.Reports(t.Context(), s.official, community.ReportResolved, domain.Page{})
		if err != nil || len(closed.Items) != 1 || closed.Items[0].Note != "Talked to them" {
			t.Errorf("closed: %+v (%v)", closed.Items, err)
		}
	})
}

func TestFedA13BlockEndsFollowsAndIsNeverSent(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		me, err := s.Network.Actor(t.Context(), s.reader, s.reader.Actor)
		if err != nil {
			t.Fatal(err)
		}
		s.send("Follow", string(me.IRI), nil)
		s.send("Block", string(me.IRI), nil)
		bo, err := s.Network.ActorByIRI(t.Context(), s.reader, domain.IRI(s.bo))
		if err != nil {
			t.Fatal(err)
		}
		for _, pair := range [][2]domain.ActorID{{me.ID, bo.ID}, {bo.ID, me.ID}} {
			if state, err := s.Network.FollowState(t.Context(), pair[0], pair[1]); err != nil || state == network.FollowAccepted {
				t.Errorf("after the Block: %q (%v)", state, err)
			}
		}
		if sent := s.place.got("Block"); len(sent) != 0 {
			t.Errorf("sent: %v", sent)
		}
	})
}

func TestFedA14FeaturedPostsAreAddedAndRemoved(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		s.send("Follow", string(s.community.IRI), nil)
		p := s.news(t, "First of all")
		if err := s.Communities.Pin(t.Context(), s.reader, p.ID); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a stranger pins: %v", err)
		}
		featured := string(s.community.IRI) + "/featured"
		if doc := served(t, string(s.community.IRI)); doc["featured"] != featured {
			t.Errorf("featured: %v", doc["featured"])
		}
		for _, step := range []struct {
			command func() error
			kind    string
			items   int // with the introduction
		}{
			{func() error { return s.Communities.Pin(t.Context(), s.official, p.ID) }, "Add", 2},
			{func() error { return s.Communities.Unpin(t.Context(), s.official, p.ID) }, "Remove", 1},
		} {
			if err := step.command(); err != nil {
				t.Fatal(err)
			}
			s.Settle()
			sent := one(t, s.place.got(step.kind))
			if sent["target"] != featured || sent["object"] != string(p.IRI) {
				t.Errorf("%s: %v", step.kind, sent)
			}
			doc := served(t, featured)
			items, _ := doc["orderedItems"].([]any)
			if doc["type"] != "OrderedCollection" || len(items) != step.items || doc["totalItems"] != float64(step.items) {
				t.Errorf("after %s: %v", step.kind, doc)
			}
		}
		for range 6 {
			x := s.news(t, "One more")
			if err := s.Communities.Pin(t.Context(), s.official, x.ID); err != nil && domain.CodeOf(err) != domain.Invalid {
				t.Fatal(err)
			}
		}
		if pinned, err := s.Communities.Pinned(t.Context(), s.reader, s.community.ID); err != nil || len(pinned) != 5 {
			t.Errorf("%d are shown first (%v)", len(pinned), err)
		}

		group := s.place.actor("Group", "streets", members{"featured": s.place.URL + "/users/streets/featured"})
		s.place.follows(s.Cluster, s.city, s.reader.Actor, group, "streets")
		post := s.place.serve("/notes/1", s.place.note(1, s.bo, nil))
		actor, err := s.Network.ActorByIRI(t.Context(), s.reader, domain.IRI(group))
		if err != nil {
			t.Fatal(err)
		}
		for _, step := range []struct {
			kind, target string
			want         int
		}{
			{"Add", s.place.URL + "/users/bo/featured", 0}, {"Add", group + "/featured", 1}, {"Add", group + "/featured", 1},
			{"Remove", s.place.URL + "/users/bo/featured", 1}, {"Remove", group + "/featured", 0},
		} {
			s.place.send(s.Cluster, s.city, s.place.activity(step.kind, group, post, members{"target": step.target}))
			if pinned, err := s.Communities.Pinned(t.Context(), s.reader, actor.ID); err != nil || len(pinned) != step.want {
				t.Errorf("after %s to %s: %d (%v)", step.kind, step.target, len(pinned), err)
			}
		}
	})
}

func TestFedA22MentionsAndHashtags(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ada := s.place.actor("Person", "ada", nil)
		p := s.news(t, "Thanks, "+s.place.handle("ada")+" and @reader! Mail ada@mail.example. #SafeStreets, #SafeStreets, `#code`")
		object, _ := one(t, s.place.got("Create"))["object"].(members)
		names := map[any]any{}
		for _, tag := range object["tag"].([]any) {
			tag := tag.(members)
			names[fmt.Sprint(tag["type"], tag["name"])] = tag["href"]
		}
		if len(names) != 3 || names["Mention"+s.place.handle("ada")] != ada || names["Mention"+s.city.handle("reader")] != s.URL+"/users/reader" || names["Hashtag#SafeStreets"] != s.URL+"/tags/safestreets" {
			t.Errorf("tags: %v", names)
		}
		if cc, _ := object["cc"].([]any); !slices.Contains(cc, any(ada)) {
			t.Errorf("cc: %v", object["cc"])
		}
		if content := fmt.Sprint(object["content"]); strings.Count(content, `class="u-url mention"`) != 2 || !strings.Contains(content, `class="mention hashtag"`) || !strings.Contains(content, "<code>#code</code>") {
			t.Errorf("content: %s", content)
		}
		if items := s.home(t, s.reader); len(items) != 1 || items[0].Verb != community.Mentioned {
			t.Errorf("who is named sees %+v", items)
		}
		plain := s.news(t, "Words without any")
		if doc := served(t, string(plain.IRI)); fmt.Sprint(doc["tag"]) != "[]" {
			t.Errorf("no tags are %v", doc["tag"])
		}

		eve := s.place.actor("Person", "eve", nil)
		note := s.place.note(1, eve, members{"tag": []members{
			{"type": "Mention", "href": s.URL + "/users/reader", "name": "@reader"}, {"type": "Hashtag", "name": "#SAFEstreets"},
		}, "cc": []string{s.URL + "/users/reader"}})
		s.place.send(s.Cluster, s.city, s.place.activity("Create", eve, note, nil))
		items := s.home(t, s.reader)
		if len(items) != 2 || items[0].IRI != domain.IRI(note["id"].(string)) {
			t.Errorf("who is named by a stranger sees %+v", items)
		}
		if err := s.Communities.Lock(t.Context(), s.official, p.ID); err != nil { // a closed thread keeps its hashtags
			t.Fatal(err)
		}
		tagged, err := s.Communities.Tagged(t.Context(), s.reader, "SafeStreets", domain.Page{})
		if err != nil || len(tagged.Items) != 2 || tagged.Items[1].ID != p.ID {
			t.Errorf("with the hashtag: %v (%v)", tagged.Items, err)
		}
		toGroup := s.place.note(2, eve, members{"tag": members{"type": "Mention", "href": string(s.community.IRI)}})
		s.place.send(s.Cluster, s.city, s.place.activity("Create", eve, toGroup, nil))
		if x, err := s.post(t, toGroup["id"].(string)); err != nil || x.Community != s.community.ID {
			t.Errorf("a post that names the community: %+v (%v)", x, err)
		}
	})
}

func TestFedA24AttachmentsAreLinksWithWords(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		picture := s.place.URL + "/1.png"
		note := s.place.note(1, s.bo, members{"attachment": []members{
			{"type": "Document", "mediaType": "image/png", "url": picture, "name": "A plan of the <b>square</b>", "width": 640, "height": 480, "focalPoint": []float64{-0.5, 1}, "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj"},
			{"type": "Image", "url": "javascript:alert(1)", "name": "x"}, {"type": "Image", "url": s.URL + "/admin", "name": "y", "focalPoint": []any{2, "x"}, "blurhash": "<b>"},
		}})
		s.send("Create", note, nil)
		p, err := s.post(t, note["id"].(string))
		if err != nil {
			t.Fatal(err)
		}
		want := community.Attachment{URL: domain.IRI(picture), MediaType: "image/png", Name: "A plan of the <b>square</b>", Width: 640, Height: 480, Focus: community.Focus{X: -0.5, Y: 1}, Blurhash: "LEHV6nWB2yk8pyo0adR*.7kCMdnj"}
		if len(p.Images) != 2 || p.Images[0] != want || p.Images[1].Focus != (community.Focus{}) || p.Images[1].Blurhash != "" {
			t.Errorf("kept: %+v", p.Images)
		}
		var square bytes.Buffer
		if err := png.Encode(&square, image.NewGray(image.Rect(0, 0, 640, 480))); err != nil {
			t.Fatal(err)
		}
		shown := "/posts/" + string(p.ID) + "/pictures/"
		if d := get(t, s.URL+shown+"0"); d.status != http.StatusNotFound {
			t.Errorf("a picture that cannot be read: %d", d.status)
		}
		s.place.files = map[string][]byte{"/2.png": square.Bytes()}
		other := s.place.note(2, s.bo, members{"attachment": []members{{"type": "Image", "mediaType": "image/png", "url": s.place.URL + "/2.png", "name": "y"}}})
		s.send("Create", other, nil)
		o, err := s.post(t, other["id"].(string))
		if err != nil {
			t.Fatal(err)
		}
		if d := get(t, s.URL+"/posts/"+string(o.ID)+"/pictures/0"); d.status != http.StatusOK || d.header.Get("Content-Type") != "image/png" || !strings.Contains(d.header.Get("Content-Security-Policy"), "sandbox") {
			t.Errorf("the picture by way of this node: %d %v", d.status, d.header)
		}
		for _, none := range []string{"1", "2", "-1", "x"} { // a page of this node, and what is not there
			if d := get(t, s.URL+shown+none); d.status != http.StatusNotFound {
				t.Errorf("picture %s: %d", none, d.status)
			}
		}
		page := s.page(t, "/posts/"+string(p.ID))
		if !strings.Contains(page, `src="`+shown+`0"`) || strings.Contains(page, `src="`+shown+`1"`) || !strings.Contains(page, `href="`+picture+`"`) || !strings.Contains(page, "A plan of the &lt;b&gt;square") || strings.Contains(page, `src="`+s.place.URL) || strings.Contains(page, `src="/admin`) {
			t.Errorf("the page asks another server, or lacks the words")
		}
	})
}

// TestFedA24PicturesAreSentWithWords: what a member shows is an Image with its
// words, at an address of this node, until the post is deleted.
func TestFedA24PicturesAreSentWithWords(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		var square bytes.Buffer
		if err := png.Encode(&square, image.NewGray(image.Rect(0, 0, 3200, 20))); err != nil {
			t.Fatal(err)
		}
		shows := func(alt string) community.Draft {
			return community.Draft{Content: "Look", Language: "en", Pictures: []community.Picture{{Alt: alt, Focus: community.FocusAt(25, 0), Keep: func(ctx context.Context) (picture.Kept, error) {
				return s.Pictures.Keep(ctx, square.Bytes())
			}}}}
		}
		if _, err := s.Communities.Post(t.Context(), s.official, "mobility", shows(" ")); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("a picture without words: %v", err)
		}
		p, err := s.Communities.Post(t.Context(), s.official, "mobility", shows("A plan of the square"))
		if err != nil {
			t.Fatal(err)
		}
		attached, _ := served(t, string(p.IRI))["attachment"].([]any)
		if len(attached) != 1 {
			t.Fatalf("attached: %v", attached)
		}
		picture, _ := attached[0].(members)
		if picture["type"] != "Image" || picture["mediaType"] != "image/png" || picture["name"] != "A plan of the square" || picture["width"] != 1600.0 || picture["height"] != 10.0 {
			t.Errorf("the picture is %v", picture)
		}
		if focus, ok := picture["focalPoint"].([]any); !ok || len(focus) != 2 || focus[0] != -0.5 || focus[1] != 1.0 || community.ReadBlurhash(picture["blurhash"].(string)) == "" {
			t.Errorf("the picture has %v and %v", picture["focalPoint"], picture["blurhash"])
		}
		file := picture["url"].(string)
		if d := get(t, file); d.status != http.StatusOK || d.header.Get("Content-Type") != "image/png" {
			t.Errorf("%s: %d %s", file, d.status, d.header.Get("Content-Type"))
		}
		page := s.page(t, "/posts/"+string(p.ID))
		if !strings.Contains(page, `src="`+strings.TrimPrefix(file, s.URL)+`" alt="A plan of the square" width="1600" height="10"`) {
			t.Error("the page does not show it")
		}
		sweep := picturesSweep(file)
		if err := s.Pictures.Sweep(t.Context(), sweep); err != nil {
			t.Fatal(err)
		}
		if d := get(t, file); d.status != http.StatusOK {
			t.Errorf("a file that is shown was removed: %d", d.status)
		}
		if err := s.Communities.DeletePost(t.Context(), s.official, p.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Pictures.Sweep(t.Context(), sweep); err != nil {
			t.Fatal(err)
		}
		if d := get(t, file); d.status != http.StatusNotFound {
			t.Errorf("after its post was deleted the file answers %d", d.status)
		}
	})
}

// picturesSweep is the argument of the job that removes a file.
func picturesSweep(file string) picture.Sweep {
	return picture.Sweeping(domain.IRI(file), time.Now()).Args.(picture.Sweep)
}

func TestFedA25TextIsPlainAndOfOneLanguage(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		p, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{Content: "Palabras", Language: "es"})
		if err != nil {
			t.Fatal(err)
		}
		doc := served(t, string(p.IRI))
		byLang, _ := doc["contentMap"].(members)
		if len(byLang) != 1 || byLang["es"] != doc["content"] || doc["content"] == nil {
			t.Errorf("content %v, contentMap %v", doc["content"], byLang)
		}
		plain, mapped := s.place.note(1, s.bo, members{"contentMap": members{"nl": "<p>Words</p>"}}), s.place.note(2, s.bo, members{"contentMap": members{"nl": "Woorden"}})
		delete(mapped, "content")
		for _, note := range []members{plain, mapped} {
			s.send("Create", note, nil)
			if x, err := s.post(t, note["id"].(string)); err != nil || x.Language != "nl" || x.Content == "" {
				t.Errorf("read: %+v (%v)", x, err)
			}
		}
	})
}

func TestFedA26SourceIsMarkdown(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		p := s.news(t, "It is **open**.")
		source, _ := served(t, string(p.IRI))["source"].(members)
		if source["content"] != "It is **open**." || source["mediaType"] != "text/markdown" {
			t.Errorf("source: %v", source)
		}
	})
}

func TestFedA27AudiencesAreKept(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		stranger := s.Person("stranger", policy.RoleMember)
		followers, reader := s.bo+"/followers", s.URL+"/users/reader"
		for i, c := range []struct {
			to, cc   []string
			want     community.Visibility
			stranger domain.Code
		}{
			{[]string{public}, nil, community.Public, domain.OK},
			{[]string{followers}, []string{public}, community.Unlisted, domain.OK},
			{[]string{followers}, nil, community.Followers, domain.NotFound},
			{[]string{reader}, nil, community.Direct, domain.NotFound},
		} {
			note := s.place.note(i, s.bo, members{"to": c.to, "cc": c.cc})
			s.send("Create", note, members{"to": c.to, "cc": c.cc})
			p, err := s.post(t, note["id"].(string))
			if err != nil || p.Visibility != c.want {
				t.Errorf("%v, %v: %+v (%v)", c.to, c.cc, p, err)
				continue
			}
			if _, err := s.Communities.PostByID(t.Context(), stranger, p.ID); domain.CodeOf(err) != c.stranger {
				t.Errorf("%s: a stranger gets %v", c.want, err)
			}
		}
		p := s.news(t, "Public words")
		doc := served(t, string(p.IRI))
		if fmt.Sprint(doc["to"]) != "["+public+"]" || !slices.Contains(doc["cc"].([]any), any(string(s.community.IRI)+"/followers")) {
			t.Errorf("to %v, cc %v", doc["to"], doc["cc"])
		}
	})
}

func TestFedA28PublicHasThreeNames(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		for i, name := range []string{public, "as:Public", "Public"} {
			for _, to := range []any{name, []string{name}} {
				note := s.place.note(i, s.bo, members{"to": to})
				s.send("Create", note, members{"to": to})
				if p, err := s.post(t, note["id"].(string)); err != nil || p.Visibility != community.Public {
					t.Errorf("%v: %+v (%v)", to, p, err)
				}
			}
		}
		if to := served(t, string(s.news(t, "Words").IRI))["to"]; fmt.Sprint(to) != "["+public+"]" {
			t.Errorf("sent: %v", to)
		}
	})
}

// raw reads an activity as the city keeps it.
func (s *scene) raw(t *testing.T, doc members) []byte {
	t.Helper()
	db, err := storage.Open(t.Context(), s.database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	}()
	raw, err := storage.NewReceived(db).ReceivedRaw(t.Context(), domain.IRI(doc["actor"].(string)), domain.IRI(doc["id"].(string)))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestFedA29BlindCopiesAreNotKept(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		hidden := "https://hidden.example/users/zoe"
		note := s.place.note(1, s.bo, members{"bcc": []string{hidden}, "tag": []members{{"type": "Link", "href": s.place.URL, "bto": hidden}}})
		doc := s.send("Create", note, members{"bto": hidden})
		if _, err := s.post(t, note["id"].(string)); err != nil {
			t.Fatal(err)
		}
		if raw := s.raw(t, doc); bytes.Contains(raw, []byte("hidden.example")) || !bytes.Contains(raw, []byte(note["id"].(string))) {
			t.Errorf("kept: %s", raw)
		}
	})
}

func TestFedA30HTMLIsSanitised(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		foreign := `<p class="mention evil" style="color:red" onclick="x()">Words <a href="https://a.example" class="mention u-url" rel="opener">a</a>` +
			`<script>alert(1)</script><img src="https://a.example/1.png"><a href="javascript:alert(1)">b</a><iframe src="https://a.example"></iframe></p>`
		note := s.place.note(1, s.bo, members{"content": foreign})
		s.send("Create", note, nil)
		p, err := s.post(t, note["id"].(string))
		if want := `<p>Words <a class="mention u-url" href="https://a.example" rel="nofollow noopener noreferrer">a</a>b</p>`; err != nil || p.Content != want {
			t.Errorf("kept: %s (%v)", p.Content, err)
		}
		long := s.place.note(2, s.bo, members{"content": strings.Repeat("<b>", 60_000)})
		s.send("Create", long, nil)
		if p, err := s.post(t, long["id"].(string)); err != nil || len(p.Content) > 1<<20 {
			t.Errorf("%d bytes are kept of a long one (%v)", len(p.Content), err)
		}
		s.place.actor("Person", "bo", members{"summary": `<p onclick="x()">Hi<script>alert(1)</script></p>`})
		s.send("Update", members{"id": s.bo, "type": "Person"}, nil)
		if a, err := s.Network.ActorByIRI(t.Context(), s.reader, domain.IRI(s.bo)); err != nil || a.Summary != "<p>Hi</p>" {
			t.Errorf("the profile says %q (%v)", a.Summary, err)
		}
	})
}

func TestFedA31UnknownActivitiesAreTaken(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		for _, kind := range []string{"Listen", "Travel", "EmojiReact", "https://ns.example/Wave"} {
			doc := s.send(kind, s.bo, nil) // send wants 202
			if raw := s.raw(t, doc); len(raw) == 0 {
				t.Errorf("%s is not kept", kind)
			}
		}
		note := s.place.note(1, s.bo, nil)
		s.send("Create", note, nil)
		if _, err := s.post(t, note["id"].(string)); err != nil {
			t.Errorf("what comes after them: %v", err)
		}
	})
}

func TestFedA32UnknownPropertiesAreKept(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		doc := s.place.activity("Create", s.bo, s.place.note(1, s.bo, members{"x:mood": members{"b": 1.50, "a": "ü <&>"}}), nil)
		raw, err := json.MarshalIndent(doc, " ", "\t")
		if err != nil {
			t.Fatal(err)
		}
		s.place.sendRaw(s.Cluster, s.city, s.bo, raw)
		if kept := s.raw(t, doc); !bytes.Equal(kept, raw) {
			t.Errorf("kept: %s", kept)
		}
	})
}

func TestFedA33DiscoverableAndIndexableAreHeeded(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		doc := served(t, string(s.community.IRI))
		if doc["discoverable"] != true || doc["indexable"] != true {
			t.Errorf("sent: %v, %v", doc["discoverable"], doc["indexable"])
		}
		for i, indexable := range []bool{true, false} {
			name := fmt.Sprintf("author%d", i)
			author := s.place.actor("Person", name, members{"indexable": indexable, "discoverable": indexable})
			s.place.follows(s.Cluster, s.city, s.reader.Actor, author, name)
			note := s.place.note(i, author, members{"tag": []members{{"type": "Hashtag", "name": "#parks"}}})
			s.place.send(s.Cluster, s.city, s.place.activity("Create", author, note, nil))
			if a, err := s.Network.ActorByIRI(t.Context(), s.reader, domain.IRI(author)); err != nil || a.Indexable != indexable || a.Discoverable != indexable {
				t.Errorf("read: %+v (%v)", a, err)
			}
		}
		found, err := s.Communities.Tagged(t.Context(), s.reader, "parks", domain.Page{})
		if err != nil || len(found.Items) != 1 || found.Items[0].IRI != domain.IRI(s.place.URL+"/notes/0") {
			t.Errorf("found: %v (%v)", found.Items, err)
		}
	})
}

func TestFedA34FieldsOfProfiles(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		s.place.actor("Person", "bo", members{"attachment": []members{
			{"type": "PropertyValue", "name": "Web", "value": `<a href="https://bo.example" onclick="x()">bo.example</a>`}, {"type": "Image", "name": "x"},
		}})
		s.send("Update", members{"id": s.bo, "type": "Person"}, nil)
		a, err := s.Network.ActorByIRI(t.Context(), s.reader, domain.IRI(s.bo))
		want := network.Field{Name: "Web", Value: `<a href="https://bo.example" rel="nofollow noopener noreferrer">bo.example</a>`}
		if err != nil || len(a.Fields) != 1 || a.Fields[0] != want {
			t.Fatalf("read: %+v (%v)", a, err)
		}
		if page := s.page(t, "/"+s.place.handle("bo")); !strings.Contains(page, want.Value) || !strings.Contains(page, "Web") {
			t.Error("the page does not show the field")
		}
	})
}

func TestFedA21StoriesAndClonesLinkToTheirSource(t *testing.T) {
	c := federationtest.New(t, "Zaragoza")
	zaragoza := newCity(t, c.Nodes[0])
	zaragoza.starterCatalogue(t)
	zaragoza.process(t, "safe_ways")
	_, tree, err := zaragoza.Coproduction.Tree(t.Context(), zaragoza.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	var keep []domain.ID
	for _, item := range tree.Items()[:5] {
		keep = append(keep, item.ID)
	}
	told, err := zaragoza.Stories.Publish(t.Context(), zaragoza.official, story.Input{
		Slug: "safe-ways", Process: "safe_ways", Owner: zaragoza.owner.ID, Community: zaragoza.community.ID, Keep: keep,
		Telling: story.Telling{
			Title: english("Children walk alone again"), Summary: english("How a district made its streets safe."),
			Challenge: english("Nobody walked."), Results: english("Half of them do."), Countries: []string{"ES"},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	tags, _ := served(t, string(told.IRI))["tag"].([]any)
	linked := slices.ContainsFunc(tags, func(tag any) bool {
		m, _ := tag.(members)
		return m["type"] == "Link" && m["href"] == zaragoza.URL+"/processes/safe_ways" &&
			m["mediaType"] == `application/ld+json; profile="https://www.w3.org/ns/activitystreams"`
	})
	if !linked {
		t.Errorf("the story's tags: %v", tags)
	}
}
