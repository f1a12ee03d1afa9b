package federationtest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/notification"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// member makes a person of the city who follows its community.
func (c *city) member(t *testing.T, name string) policy.Viewer {
	t.Helper()
	v := c.Person(name, policy.RoleMember)
	if _, err := c.Network.Follow(t.Context(), v, v.Actor, c.community.ID); err != nil {
		t.Fatal(err)
	}
	return v
}

// says publishes in the city's community, or answers a post.
func (c *city) says(t *testing.T, v policy.Viewer, words string, to *community.Post) *community.Post {
	t.Helper()
	d := community.Draft{Content: words, Language: "en"}
	if to != nil {
		d.InReplyTo = to.ID
	}
	p, err := c.Communities.Post(t.Context(), v, "mobility", d)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// wrapped are the activities that were shared whole, of a type.
func (p *place) wrapped(kind string) []members {
	var all []members
	for _, a := range p.got("Announce") {
		if inner, ok := a["object"].(members); ok && inner["type"] == kind {
			all = append(all, inner)
		}
	}
	return all
}

// readsGroups makes the place one that shares what is done in its own
// community, which the reader follows. It returns that, and a thread there.
func (s *scene) readsGroups(t *testing.T) (group, thread string) {
	t.Helper()
	group = s.place.actor("Group", "streets", members{"featured": s.place.URL + "/users/streets/featured"})
	s.place.follows(s.Cluster, s.city, s.reader.Actor, group, "streets")
	note := s.place.note(1, s.bo, members{"audience": group})
	thread = s.place.serve("/notes/1", note)
	s.share(group, s.place.activity("Create", s.bo, note, nil))
	return group, thread
}

// share has a community of the place announce an activity.
func (s *scene) share(group string, inner members) {
	s.place.send(s.Cluster, s.city, s.place.activity("Announce", group, inner, nil))
}

// TestFedG2SharesActivities: what is said in a community is shared whole with
// those who read such, answers too; others get threads alone, by their address.
func TestFedG2SharesActivities(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		s.send("Follow", string(s.community.IRI), nil)
		ana := s.member(t, "ana")
		thread := s.says(t, ana, "A bench is missing", nil)
		s.says(t, s.official, "Which street?", thread)
		s.Settle()
		if shared := one(t, s.place.got("Announce")); shared["object"] != string(thread.IRI) {
			t.Errorf("a microblog got %v", shared)
		}

		s.readsGroups(t)
		answer := s.says(t, ana, "Elm Street", thread)
		s.Settle()
		inner := one(t, s.place.wrapped("Create"))
		object, _ := inner["object"].(members)
		if object["id"] != string(answer.IRI) || inner["audience"] != string(s.community.IRI) || inner["proof"] == nil {
			t.Errorf("shared: %v", inner)
		}
		if _, err := s.Communities.EditPost(t.Context(), ana, answer.ID, answer.Revision, "Oak Street"); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		one(t, s.place.wrapped("Update"))
		if err := s.Communities.DeletePost(t.Context(), ana, answer.ID); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		one(t, s.place.wrapped("Delete"))

		// What people elsewhere say is shared by the bytes that they sent.
		reply := s.place.note(2, s.bo, members{"inReplyTo": string(thread.IRI)})
		create := s.send("Create", reply, nil)
		creates := s.place.wrapped("Create")
		if len(creates) != 2 || creates[1]["id"] != create["id"] {
			t.Errorf("shared: %v", creates)
		}
		outbox := marshal(t, get(t, string(s.community.IRI)+"/outbox?page=first").json)
		if strings.Contains(outbox, create["id"].(string)) || !strings.Contains(outbox, string(answer.IRI)) {
			t.Errorf("the outbox: %.300s", outbox)
		}
	})
}

// TestFedG3ReadsSharedActivities: an answer that a community elsewhere shares
// stands in its thread and not in the timeline; what is changed is read again.
func TestFedG3ReadsSharedActivities(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		group, thread := s.readsGroups(t)
		reply := s.place.note(2, s.bo, members{"inReplyTo": thread, "audience": group})
		s.place.serve("/notes/2", reply)
		s.share(group, s.place.activity("Create", s.bo, reply, nil))
		p, err := s.post(t, reply["id"].(string))
		if err != nil {
			t.Fatal(err)
		}
		at, err := s.Network.ActorByIRI(t.Context(), s.reader, domain.IRI(group))
		if err != nil {
			t.Fatal(err)
		}
		list, err := s.Communities.Timeline(t.Context(), s.reader, at.ID, domain.Page{})
		if err != nil || len(list.Items) != 1 || list.Items[0].IRI != domain.IRI(thread) {
			t.Errorf("its timeline: %+v (%v)", list.Items, err)
		}
		reply["tag"] = []members{{"type": "Mention", "href": s.bo, "name": "@bo"}, {"type": "Hashtag", "href": "https://a.example/tags/bench", "name": "#bench"}}
		reply["content"], reply["updated"] = fmt.Sprintf(`<p>Other words of <a href="%s" class="u-url mention">@bo</a> on <a href="https://a.example/tags/bench" class="mention hashtag">#<span>Bench</span></a></p>`, s.bo), time.Now().Add(time.Second).UTC().Format(time.RFC3339)
		s.place.serve("/notes/2", reply)
		lie := s.place.note(2, s.bo, members{"inReplyTo": thread, "content": "Forged", "updated": reply["updated"]})
		s.share(group, s.place.activity("Update", s.bo, lie, nil))
		if p, err = s.post(t, string(p.IRI)); err != nil || !strings.Contains(p.Content, "Other words") {
			t.Errorf("after the Update: %+v (%v)", p, err)
		}
		// Marks lead to pages here, where they are known; the bytes stay.
		if body := s.page(t, "/posts/"+string(p.ID)); !strings.Contains(body, `href="/tags/bench"`) || !strings.Contains(body, `title="@bo@`) || strings.Contains(body, "a.example/tags") || !strings.Contains(p.Content, "a.example/tags") {
			t.Error("hashtags and mentions lead away")
		}
	})
}

// TestFedG6Moderators: a community says who moderates it; those of other
// servers act there as those here do, and nobody else does.
func TestFedG6Moderators(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx := t.Context()
		s.send("Follow", string(s.community.IRI), nil)
		s.readsGroups(t)
		ana := s.member(t, "ana")
		thread := s.says(t, ana, "A bench is missing", nil)
		s.Settle()
		bo, err := s.Network.ActorByIRI(ctx, s.reader, domain.IRI(s.bo))
		if err != nil {
			t.Fatal(err)
		}
		s.send("Lock", string(thread.IRI), members{"audience": string(s.community.IRI)})
		s.send("Block", string(s.community.IRI)+"x", members{"target": string(s.community.IRI)})
		if p, err := s.post(t, string(thread.IRI)); err != nil || p.Locked() {
			t.Errorf("a stranger closed the thread: %+v (%v)", p, err)
		}

		if _, err := s.Communities.SetRole(ctx, ana, "mobility", bo.ID, community.Moderator); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a member gives a role: %v", err)
		}
		if _, err := s.Communities.SetRole(ctx, s.official, "mobility", bo.ID, community.Administrator); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("an administrator elsewhere: %v", err)
		}
		if _, err := s.Communities.SetRole(ctx, s.official, "mobility", bo.ID, community.Moderator); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		moderators := string(s.community.IRI) + "/moderators"
		if add := one(t, s.place.got("Add")); add["object"] != s.bo || add["target"] != moderators {
			t.Errorf("told: %v", add)
		}
		one(t, s.place.wrapped("Add"))
		doc := served(t, string(s.community.IRI))
		if doc["attributedTo"] != moderators || doc["postingRestrictedToMods"] != false {
			t.Errorf("the community: %v", doc)
		}
		if list, _ := served(t, moderators)["orderedItems"].([]any); !slices.Contains(list, any(s.bo)) || len(list) != 2 {
			t.Errorf("its moderators: %v", list)
		}

		lock := s.send("Lock", string(thread.IRI), members{"audience": string(s.community.IRI)})
		if p, err := s.post(t, string(thread.IRI)); err != nil || !p.Locked() {
			t.Fatalf("a moderator elsewhere did not close the thread: %+v (%v)", p, err)
		}
		if inner := one(t, s.place.wrapped("Lock")); inner["id"] != lock["id"] {
			t.Errorf("shared: %v", inner)
		}
		if _, err := s.Communities.Reply(ctx, ana, thread.ID, community.Draft{Content: "More"}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a reply in a closed thread: %v", err)
		}
		s.send("Undo", lock, nil)
		if p, err := s.post(t, string(thread.IRI)); err != nil || p.Locked() {
			t.Errorf("after the Undo: %+v (%v)", p, err)
		}

		me, err := s.Network.Actor(ctx, ana, ana.Actor)
		if err != nil {
			t.Fatal(err)
		}
		block := s.send("Block", string(me.IRI), members{"target": string(s.community.IRI), "summary": "Spam", "audience": string(s.community.IRI)})
		if _, err := s.Communities.Post(ctx, ana, "mobility", community.Draft{Content: "More", Language: "en"}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("who is banned writes: %v", err)
		}
		if b, err := s.Communities.OwnBan(ctx, ana, s.community.ID); err != nil || b.Reason != "Spam" {
			t.Errorf("told: %+v (%v)", b, err)
		}
		s.send("Undo", block, nil)
		s.says(t, ana, "More", nil)
		s.send("Delete", string(thread.IRI), members{"audience": string(s.community.IRI)})
		if _, err := s.post(t, string(thread.IRI)); domain.CodeOf(err) != domain.Gone {
			t.Errorf("after the Delete: %v", err)
		}
	})
}

// TestFedG9LocksAndBans: those here are told to who reads communities, and to
// who is banned; those of a community elsewhere hold for what is in it alone.
func TestFedG9LocksAndBans(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx := t.Context()
		s.send("Follow", string(s.community.IRI), nil)
		group, thread := s.readsGroups(t)
		news := s.news(t, "A new line")
		if err := s.Communities.Lock(ctx, s.reader, news.ID); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a reader closes a thread: %v", err)
		}
		bo, err := s.Network.ActorByIRI(ctx, s.reader, domain.IRI(s.bo))
		if err != nil {
			t.Fatal(err)
		}
		until := time.Now().UTC().Add(time.Hour)
		for _, err := range []error{
			s.Communities.Lock(ctx, s.official, news.ID), s.Communities.Unlock(ctx, s.official, news.ID),
			s.Communities.Ban(ctx, s.official, "mobility", community.Banning{Who: bo.ID, Reason: "Spam", Until: until}),
		} {
			if err != nil {
				t.Fatal(err)
			}
		}
		s.Settle()
		lock, undo, block := one(t, s.place.wrapped("Lock")), one(t, s.place.wrapped("Undo")), one(t, s.place.wrapped("Block"))
		if lock["object"] != string(news.IRI) || undo["object"].(members)["id"] != lock["id"] {
			t.Errorf("closed and opened: %v %v", lock, undo)
		}
		if block["object"] != s.bo || block["target"] != string(s.community.IRI) || block["summary"] != "Spam" || block["endTime"] == nil {
			t.Errorf("banned: %v", block)
		}
		one(t, s.place.got("Block"))
		if letters := marshal(t, s.place.got("Create")); !strings.Contains(letters, "The last day is "+until.Format("2 January 2006")) {
			t.Errorf("they are told: %s", letters)
		}
		reply := s.place.note(7, s.bo, members{"inReplyTo": string(news.IRI)})
		s.send("Create", reply, nil)
		if _, err := s.post(t, reply["id"].(string)); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("who is banned elsewhere writes: %v", err)
		}
		if err := s.Communities.Unban(ctx, s.official, "mobility", bo.ID); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		again := s.place.note(8, s.bo, members{"inReplyTo": string(news.IRI)})
		s.send("Create", again, nil)
		kept, err := s.post(t, again["id"].(string))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Communities.RemovePost(ctx, s.official, kept.ID, community.Grounds{Reason: "Spam"}); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		if gone := one(t, s.place.wrapped("Delete")); gone["object"].(members)["id"] != again["id"] {
			t.Errorf("taken out: %v", gone)
		}

		// The other way round: a community elsewhere, and one that meddles.
		answers := func() error {
			p, err := s.post(t, thread)
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.Communities.Reply(ctx, s.reader, p.ID, community.Draft{Content: "I see", Language: "en"})
			return err
		}
		mallory := s.place.actor("Group", "mallory", nil)
		s.place.follows(s.Cluster, s.city, s.reader.Actor, mallory, "mallory")
		me, err := s.Network.Actor(ctx, s.reader, s.reader.Actor)
		if err != nil {
			t.Fatal(err)
		}
		s.place.send(s.Cluster, s.city, s.place.activity("Announce", mallory, thread, nil)) // it was not meant for it
		closed := s.place.activity("Lock", s.bo, thread, nil)
		banned := s.place.activity("Block", s.bo, string(me.IRI), members{"target": group, "summary": "No more"})
		for _, meddles := range []members{closed, banned, s.place.activity("Delete", mallory, thread, nil), s.place.activity("Lock", s.bo, string(news.IRI), nil)} {
			s.share(mallory, meddles)
		}
		if err := answers(); err != nil {
			t.Fatalf("another community closed the thread: %v", err)
		}
		if p, err := s.post(t, string(news.IRI)); err != nil || p.Locked() {
			t.Errorf("another community closed ours: %+v (%v)", p, err)
		}
		for _, step := range []members{closed, banned} {
			s.share(group, step)
			if err := answers(); domain.CodeOf(err) != domain.Forbidden {
				t.Errorf("after %v: %v", step["type"], err)
			}
			s.share(group, s.place.activity("Undo", s.bo, step, nil))
			if err := answers(); err != nil {
				t.Errorf("after the Undo of %v: %v", step["type"], err)
			}
		}
	})
}

// TestCommunityBetweenNodes: what is done in a community is the same on
// another node of ours.
func TestCommunityBetweenNodes(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		reader := riga.Person("reader", policy.RoleMember)
		riga.follow(t, reader, reader.Actor, zaragoza.handle("mobility"))
		c.Settle()
		ana := zaragoza.member(t, "ana")
		thread := zaragoza.says(t, ana, "A bench is missing", nil)
		answer := zaragoza.says(t, zaragoza.official, "Which street?", thread)
		c.Settle()
		copied, err := riga.Communities.PostByIRI(t.Context(), reader, thread.IRI)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := riga.Communities.PostByIRI(t.Context(), reader, answer.IRI); err != nil {
			t.Errorf("the answer: %v", err)
		}
		replied, err := riga.Communities.Reply(t.Context(), reader, copied.ID, community.Draft{Content: "Here too", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if err := zaragoza.Communities.Lock(t.Context(), zaragoza.official, thread.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if _, err := riga.Communities.Reply(t.Context(), reader, copied.ID, community.Draft{Content: "And more", Language: "en"}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a reply in a closed thread: %v", err)
		}
		beginsElsewhere(t, c, zaragoza, riga, reader)
		refusedElsewhere(t, c, zaragoza, riga)
		theirs, err := zaragoza.Communities.PostByIRI(t.Context(), zaragoza.official, replied.IRI)
		if err == nil {
			err = zaragoza.Communities.RemovePost(t.Context(), zaragoza.official, theirs.ID, community.Grounds{Reason: "Too loud"})
		}
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		toldOnce(t, c, riga, reader, "post_excluded", "letter")
		who, err := zaragoza.Network.ActorByIRI(t.Context(), ana, mustActor(t, riga, reader).IRI)
		if err != nil {
			t.Fatal(err)
		}
		if err := zaragoza.Communities.Ban(t.Context(), zaragoza.official, "mobility", community.Banning{Who: who.ID, Reason: "Too loud"}); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if _, err := zaragoza.edited(t, func(d *community.Details) { d.Rules = domain.Text{"en": "Be *kind*.", "lv": "Esiet laipni."} }); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		group, err := riga.Network.ActorByIRI(t.Context(), reader, zaragoza.community.IRI)
		if err != nil || group.Rules["en"] != "Be *kind*." || group.Rules["lv"] != "Esiet laipni." || strings.Contains(group.Summary, "kind") {
			t.Errorf("the rules in Riga: %+v, %q (%v)", group.Rules, group.Summary, err)
		}
		if doc := served(t, string(zaragoza.community.IRI)); !strings.Contains(doc["summary"].(string), "<em>kind</em>") || !strings.Contains(marshal(t, doc["source"]), "### Rules") {
			t.Errorf("for other servers: %v, %v", doc["summary"], doc["source"])
		}
		toldOnce(t, c, riga, reader, "letter", "community_banned")
		if b, err := riga.Communities.OwnBan(t.Context(), reader, group.ID); err != nil || b.Reason != "Too loud" {
			t.Errorf("the ban in Riga: %+v (%v)", b, err)
		}
		if err := zaragoza.Communities.RemovePost(t.Context(), zaragoza.official, thread.ID, community.Grounds{Reason: "Off topic"}); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if _, err := riga.Communities.PostByIRI(t.Context(), reader, thread.IRI); domain.CodeOf(err) != domain.Gone {
			t.Errorf("what a moderator removed: %v", err)
		}
	})
}

// toldOnce: of what those who moderate a community elsewhere decided about
// somebody they are told once, by the letter that it wrote or by a notification,
// and not by another beside it. What they are told of is read then.
func toldOnce(t *testing.T, c *federationtest.Cluster, n *city, v policy.Viewer, topic, not notification.Topic) {
	t.Helper()
	c.Settle()
	list, err := n.Notifications.List(t.Context(), v, notification.Filter{Unread: true}, domain.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for _, x := range list.Items {
		switch x.Topic {
		case topic:
			told++
		case not, "mention":
			t.Errorf("they are told by %s, and of %s", topic, x.Topic)
		}
	}
	if told != 1 {
		t.Errorf("told %d times of %s", told, topic)
	}
	if len(list.Items) > 0 {
		err = n.Notifications.MarkAllRead(t.Context(), v, list.Items[0].Serial)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// refusedElsewhere: who writes in a community of another node that holds first
// posts, and refuses theirs, reads so at home, with the reason and where to
// appeal, and is told once; published after all, it is there no more.
func refusedElsewhere(t *testing.T, c *federationtest.Cluster, zaragoza, riga *city) {
	t.Helper()
	ctx, author := t.Context(), riga.Person("newcomer", policy.RoleMember)
	riga.follow(t, author, author.Actor, zaragoza.handle("mobility"))
	hold := func(on bool) {
		if _, err := zaragoza.edited(t, func(d *community.Details) { d.Holds = on }); err != nil {
			t.Fatal(err)
		}
		c.Settle()
	}
	hold(true)
	group, err := riga.Network.ActorByIRI(ctx, author, zaragoza.community.IRI)
	if err != nil {
		t.Fatal(err)
	}
	refused := func(author policy.Viewer) (*community.Post, *community.Held) {
		t.Helper()
		p, err := riga.Communities.Begin(ctx, author, group, community.Draft{Content: "Buy my bicycle", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		held := zaragoza.waits(t)
		if err := zaragoza.Communities.Refuse(ctx, zaragoza.official, held.Post.ID, "No <b>sales</b>"); err != nil {
			t.Fatal(err)
		}
		return p, held
	}
	p, held := refused(author)
	told := func(author policy.Viewer, want ...notification.Topic) {
		t.Helper()
		c.Settle()
		list, err := riga.Notifications.List(ctx, author, notification.Filter{}, domain.Page{Limit: 100})
		var got []notification.Topic
		for _, n := range list.Items {
			if n.Topic == "mention" || n.Topic == "letter" || n.Topic == "shared" || strings.HasPrefix(string(n.Topic), "post_") {
				got = append(got, n.Topic)
			}
		}
		slices.Sort(got)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("told of %v, not %v (%v)", got, want, err)
		}
	}
	told(author, "post_declined")
	own, err := riga.Communities.OwnExclusions(ctx, author, domain.Page{})
	if err != nil || len(own.Items) != 1 || !own.Items[0].Refused || own.Items[0].Reason != "No <b>sales</b>" || own.Items[0].Post.ID != p.ID || !own.Items[0].Appeals {
		t.Fatalf("what its author reads: %+v, %v", own.Items, err)
	}
	there := policy.Viewer{Actor: held.Post.Author, Role: policy.RoleRemote}
	if err := zaragoza.Communities.AppealHeld(ctx, there, held.Post.ID, "It is a gift"); err != nil {
		t.Fatal(err)
	}
	list, err := zaragoza.Communities.Appeals(ctx, zaragoza.official, "mobility", true, domain.Page{})
	if err != nil || len(list.Items) != 1 {
		t.Fatalf("appeals: %v, %v", list.Items, err)
	}
	if err := zaragoza.Communities.AnswerAppeal(ctx, zaragoza.official, list.Items[0].ID, true, "You are right"); err != nil {
		t.Fatal(err)
	}
	told(author, "letter", "post_declined", "post_readmitted") // the answer, by a letter
	if own, err := riga.Communities.OwnExclusions(ctx, author, domain.Page{}); err != nil || len(own.Items) != 0 {
		t.Errorf("published after all: %v, %v", own.Items, err)
	}

	other := riga.Person("another", policy.RoleMember)
	riga.follow(t, other, other.Actor, zaragoza.handle("mobility"))
	c.Settle()
	_, held = refused(other)
	told(other, "post_declined")
	if err := zaragoza.Communities.Approve(ctx, zaragoza.official, held.Post.ID); err != nil {
		t.Fatal(err)
	}
	told(other, "post_declined", "post_readmitted") // and not that it is shared, too
	hold(false)
}

// beginsElsewhere has the reader in Riga begin a thread in the community of
// Zaragoza: it stands in its timeline in both places, once, and before those
// who follow it from Riga.
func beginsElsewhere(t *testing.T, c *federationtest.Cluster, zaragoza, riga *city, reader policy.Viewer) {
	t.Helper()
	ctx := t.Context()
	group, err := riga.Network.ActorByIRI(ctx, reader, zaragoza.community.IRI)
	if err != nil {
		t.Fatal(err)
	}
	other := riga.Person("other", policy.RoleMember)
	draft := community.Draft{Content: "Our buses run at night", Language: "en"}
	if _, err := riga.Communities.Begin(ctx, other, group, draft); domain.CodeOf(err) != domain.Forbidden {
		t.Errorf("who does not follow it: %v", err)
	}
	if _, err := riga.Communities.Begin(ctx, policy.Viewer{}, group, draft); domain.CodeOf(err) != domain.Unauthenticated {
		t.Errorf("nobody: %v", err)
	}
	if _, err := riga.Communities.Begin(ctx, reader, mustActor(t, riga, other), draft); domain.CodeOf(err) != domain.NotFound {
		t.Errorf("to a person: %v", err)
	}
	riga.follow(t, other, other.Actor, zaragoza.handle("mobility"))
	c.Settle()
	p, err := riga.Communities.Begin(ctx, reader, group, draft)
	if err != nil {
		t.Fatal(err)
	}
	count := func(list domain.List[community.FeedItem], err error) (n int) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		for _, item := range list.Items {
			if item.IRI == p.IRI {
				n++
			}
		}
		return n
	}
	if n := count(riga.Communities.Timeline(ctx, other, group.ID, domain.Page{})); n != 0 {
		t.Error("it stands in the community before that shares it")
	}
	c.Settle()
	for where, n := range map[string]int{
		"the community":              count(zaragoza.Communities.Timeline(ctx, policy.Viewer{}, zaragoza.community.ID, domain.Page{})),
		"its copy in Riga":           count(riga.Communities.Timeline(ctx, policy.Viewer{}, group.ID, domain.Page{})),
		"the home of who follows it": count(riga.Communities.Home(ctx, other, domain.Page{})),
		"the home of who wrote it":   count(riga.Communities.Home(ctx, reader, domain.Page{})),
		"the feed of who wrote it":   count(riga.Communities.Timeline(ctx, policy.Viewer{}, reader.Actor, domain.Page{})),
	} {
		if n != 1 {
			t.Errorf("in %s it stands %d times", where, n)
		}
	}
	if _, err := riga.Communities.EditPost(ctx, reader, p.ID, p.Revision, "Our buses run all night"); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if there, err := zaragoza.Communities.PostByIRI(ctx, policy.Viewer{}, p.IRI); err != nil || !strings.Contains(there.Content, "all night") {
		t.Errorf("after the edit: %+v (%v)", there, err)
	}
	if err := riga.Communities.DeletePost(ctx, reader, p.ID); err != nil {
		t.Fatal(err)
	}
	c.Settle()
	if _, err := zaragoza.Communities.PostByIRI(ctx, policy.Viewer{}, p.IRI); domain.CodeOf(err) != domain.Gone {
		t.Errorf("after the deletion: %v", err)
	}
}

func mustActor(t *testing.T, c *city, v policy.Viewer) *network.Actor {
	t.Helper()
	a, err := c.Network.Actor(t.Context(), v, v.Actor)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
