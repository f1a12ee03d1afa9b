package federationtest_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
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

// TestFedA11SharesOfWhatIsOurs: what began here is shown to those who follow
// who shares it, once, until they take it back; what not everybody may read is
// not.
func TestFedA11SharesOfWhatIsOurs(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		shown := func() (list []domain.IRI) {
			for _, i := range s.home(t, s.reader) {
				if i.Verb == community.Announced {
					list = append(list, i.IRI)
				}
			}
			return list
		}
		news := s.news(t, "A new line")
		share := s.send("Announce", string(news.IRI), nil)
		s.send("Announce", string(news.IRI), nil)
		if got := shown(); len(got) != 1 || got[0] != news.IRI {
			t.Fatalf("the reader is shown %v", got)
		}
		s.send("Undo", share, nil)
		if got := shown(); len(got) != 0 {
			t.Errorf("taken back, the reader is shown %v", got)
		}
		s.starterCatalogue(t)
		told, err := s.Stories.Publish(t.Context(), s.official, story.Input{
			Slug: "safe-ways", Process: s.process(t, "safe_ways").Name, Owner: s.owner.ID, Community: s.community.ID,
			Telling: story.Telling{Title: english("Safe ways"), Summary: english("It worked."), Challenge: english("Cars."), Countries: []string{"ES"}},
		})
		if err != nil {
			t.Fatal(err)
		}
		if doc := get(t, string(told.IRI)).json; doc["published"] == nil || doc["updated"] != nil {
			t.Errorf("nobody edited the story that was published at %v, updated at %v", doc["published"], doc["updated"])
		}
		share = s.send("Announce", string(told.IRI), nil)
		if got := shown(); len(got) != 1 || got[0] != told.IRI {
			t.Errorf("of the story the reader is shown %v", got)
		}
		s.send("Undo", share, nil)
		gone := s.news(t, "A mistake")
		if err := s.Communities.DeletePost(t.Context(), s.official, gone.ID); err != nil {
			t.Fatal(err)
		}
		s.send("Announce", string(gone.IRI), nil)
		s.send("Announce", s.URL+"/posts/none", nil)
		if got := shown(); len(got) != 0 {
			t.Errorf("of what is not there the reader is shown %v", got)
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
