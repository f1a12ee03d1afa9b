package federationtest_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/moderation"
	"interlink/domain/notification"
	"interlink/domain/picture"
	"interlink/domain/policy"
)

// holds lets the city's community hold first posts, and show its log.
func (c *city) holds(t *testing.T) {
	t.Helper()
	now, err := c.Communities.Community(t.Context(), c.official, "mobility")
	if err != nil {
		t.Fatal(err)
	}
	_, err = c.Communities.Edit(t.Context(), c.official, "mobility", now.Revision, community.Details{
		Title: now.Title, Summary: now.Summary, Language: now.Language, Organization: now.Organization, Holds: true, OpenLog: true,
	})
	if err != nil {
		t.Fatal(err)
	}
}

// waiting lists what waits in the city's community.
func (c *city) waiting(t *testing.T) []*community.Held {
	t.Helper()
	list, err := c.Communities.HeldIn(t.Context(), c.official, "mobility", community.HeldWaiting, domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}

// waits is the one that waits in the city's community.
func (c *city) waits(t *testing.T) *community.Held {
	t.Helper()
	all := c.waiting(t)
	if len(all) != 1 {
		t.Fatalf("%d wait", len(all))
	}
	return all[0]
}

// TestFirstPostIsHeld: the first post of who is new in a community waits, is
// told once when it is let pass, and what else of theirs waited goes with it.
func TestFirstPostIsHeld(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx := t.Context()
		s.send("Follow", string(s.community.IRI), nil)
		s.readsGroups(t)
		s.holds(t)
		ana := s.member(t, "ana")
		first, second := s.says(t, ana, "A bench is missing", nil), s.says(t, ana, "And a lamp", nil)
		s.Settle()
		if !first.Waits || !second.Waits || len(s.waiting(t)) != 2 {
			t.Fatalf("held: %t, %t, %d", first.Waits, second.Waits, len(s.waiting(t)))
		}
		if sent := append(s.place.got("Create"), s.place.got("Announce")...); len(sent) != 0 {
			t.Fatalf("told before it was let pass: %v", sent)
		}
		if err := s.Communities.Approve(ctx, ana, first.ID); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("its author lets it pass: %v", err)
		}
		if err := s.Communities.Approve(ctx, s.official, first.ID); err != nil {
			t.Fatal(err)
		}
		if err := s.Communities.Approve(ctx, s.official, first.ID); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("let pass again: %v", err)
		}
		s.Settle()
		if left := s.waiting(t); len(left) != 0 {
			t.Errorf("%d wait still", len(left))
		}
		told := 0
		for _, a := range s.place.got("Announce") {
			if a["object"] == string(first.IRI) {
				told++
			}
		}
		if whole := s.place.wrapped("Create"); told > 1 || len(whole) != 2 {
			t.Errorf("announced %d times by address, %d posts whole", told, len(whole))
		}
		if third := s.says(t, ana, "Thank you", nil); third.Waits {
			t.Error("who is known has to wait")
		}
	})
}

// TestFirstPostFromElsewhere: a post of another server waits too; its author
// may change and delete it meanwhile, and what was refused does not come again.
func TestFirstPostFromElsewhere(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx, group := t.Context(), string(s.community.IRI)
		s.holds(t)
		s.send("Follow", group, nil)
		addressed := members{"to": []string{public, group}, "cc": []string{}, "content": "<p>Hello</p>"}
		note := s.place.note(11, s.bo, addressed)
		s.send("Create", note, members{"to": []string{public, group}})
		if _, err := s.post(t, note["id"].(string)); domain.CodeOf(err) != domain.NotFound || len(s.waiting(t)) != 1 {
			t.Fatalf("it stands: %v; %d wait", err, len(s.waiting(t)))
		}
		note["content"], note["updated"] = "<p>Hello all</p>", "2030-01-01T00:00:00Z"
		s.send("Update", note, members{"to": []string{public, group}})
		if held := s.waits(t); !strings.Contains(held.Post.Content, "Hello all") {
			t.Errorf("it waits as %q", held.Post.Content)
		}
		if err := s.Communities.Refuse(ctx, s.official, s.waiting(t)[0].Post.ID, ""); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("refused without a reason: %v", err)
		}
		if err := s.Communities.Refuse(ctx, s.official, s.waiting(t)[0].Post.ID, "Off topic"); err != nil {
			t.Fatal(err)
		}
		s.send("Create", note, members{"to": []string{public, group}})
		if _, err := s.post(t, note["id"].(string)); domain.CodeOf(err) != domain.NotFound || len(s.waiting(t)) != 0 {
			t.Errorf("what was refused came again: %v", err)
		}
		letters := len(s.place.got("Create"))
		refused, err := s.Communities.HeldIn(ctx, s.official, "mobility", community.HeldRefused, domain.Page{})
		if err != nil || len(refused.Items) != 1 {
			t.Fatalf("refused: %+v, %v", refused, err)
		}
		if err := s.Communities.Approve(ctx, s.official, refused.Items[0].Post.ID); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		told := s.place.got("Create")[letters:]
		object, _ := one(t, told)["object"].(members)
		if body := marshal(t, object); object["interlink:admits"] != note["id"] || object["interlink:tells"] == nil || !strings.Contains(body, "/guest?return=%2Fposts%2F") || strings.Contains(body, public) {
			t.Errorf("the letter about what is published after all: %v", body)
		}
		s.send("Delete", note["id"], nil)
		again := s.place.note(12, s.bo, addressed)
		s.send("Create", again, members{"to": []string{public, group}})
		s.send("Delete", again["id"], nil)
		if left := s.waiting(t); len(left) != 0 {
			t.Errorf("deleted, it waits: %d", len(left))
		}
		good := s.place.note(13, s.bo, addressed)
		s.send("Create", good, members{"to": []string{public, group}})
		if err := s.Communities.Approve(ctx, s.official, s.waits(t).Post.ID); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		if p, err := s.post(t, good["id"].(string)); err != nil || p.Community != s.community.ID {
			t.Errorf("let pass: %v", err)
		}
		if list, err := s.Communities.Timeline(ctx, s.reader, s.community.ID, domain.Page{}); err != nil || len(list.Items) != 1 {
			t.Errorf("the timeline has %d: %v", len(list.Items), err)
		}
	})
}

// TestFirstContact: a first message from an unknown server to people here is
// limited or waits, as the node says; a known server is free.
func TestFirstContact(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx := t.Context()
		reader, err := s.Network.Actor(ctx, s.reader, s.reader.Actor)
		if err != nil {
			t.Fatal(err)
		}
		to := members{"to": []string{public, string(reader.IRI)}, "tag": []members{{"type": "Mention", "href": string(reader.IRI)}}}
		mentions := func(p *place, author string, number int) string {
			note := p.note(number, author, to)
			p.send(s.Cluster, s.city, p.activity("Create", author, note, members{"to": to["to"]}))
			return note["id"].(string)
		}
		set := func(c community.Contact) {
			now, err := s.Communities.Holding(ctx, s.official)
			if err == nil {
				now.Contact = c
				err = s.Communities.SetHolding(ctx, s.official, now)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		told := func() int {
			lines, err := s.Notifications.List(ctx, s.reader, notification.Filter{}, domain.Page{Limit: 100})
			if err != nil {
				t.Fatal(err)
			}
			return len(lines.Items)
		}
		if err := s.Communities.SetHolding(ctx, s.reader, community.Holding{Contact: community.ContactHold}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a member sets it: %v", err)
		}
		stranger, other := newPlace(t), newPlace(t)
		set(community.ContactLimit)
		before, seen := told(), len(s.home(t, s.reader))
		limited := mentions(stranger, stranger.actor("Person", "cy", nil), 1)
		if _, err := s.post(t, limited); err != nil || told() != before || len(s.home(t, s.reader)) != seen {
			t.Errorf("limited: %v, %d lines more, %d posts more", err, told()-before, len(s.home(t, s.reader))-seen)
		}
		set(community.ContactHold)
		held := mentions(other, other.actor("Person", "di", nil), 1)
		if _, err := s.post(t, held); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("it does not wait: %v", err)
		}
		all, err := s.Communities.AllHeld(ctx, s.official, community.HeldWaiting, domain.Page{})
		if err != nil || len(all.Items) != 1 || all.Items[0].Why != community.FirstContact {
			t.Fatalf("held: %v, %v", all.Items, err)
		}
		if err := s.Communities.Approve(ctx, s.official, all.Items[0].Post.ID); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		if told() != before+1 {
			t.Errorf("let pass, %d lines more", told()-before)
		}
		next := mentions(other, other.URL+"/users/di", 2)
		if _, err := s.post(t, next); err != nil {
			t.Errorf("a known server has to wait: %v", err)
		}
	})
}

// TestFilters: what filters fit is reported, limited, held or turned down, here
// and from elsewhere; it is counted, and who runs the community is free.
func TestFilters(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx := t.Context()
		ana := s.member(t, "ana")
		s.says(t, ana, "Cheap pills before the filter", nil)
		save := func(f moderation.Filter) {
			t.Helper()
			f.Enabled = true
			trial, err := s.Filters.Try(ctx, s.official, f)
			if err == nil && f.Name == "pills" && trial.Hit != 1 {
				t.Errorf("tried: %+v", trial)
			}
			if err == nil {
				_, err = s.Filters.Save(ctx, s.official, f)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		save(moderation.Filter{Name: "pills", Kind: moderation.FilterWords, Pattern: `cheap\s+pills`, Action: community.Reject})
		save(moderation.Filter{Name: "casino", Kind: moderation.FilterLinks, Pattern: `(^|\.)casino\.example$`, Action: community.Hold})
		save(moderation.Filter{Name: "again", Kind: moderation.FilterRepeat, Most: 1, Hours: 1, Action: community.Tell})
		_, err := s.Communities.Post(ctx, ana, "mobility", community.Draft{Content: "CHEAP  pills", Language: "en"})
		if domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("turned down: %v", err)
		}
		for what, d := range map[string]community.Draft{
			"an option": {Content: "What do you need?", Language: "en", Poll: &community.PollDraft{Options: []string{"Cheap pills", "Nothing"}, Ends: time.Now().Add(time.Hour)}},
			"a picture": {Content: "Look", Language: "en", Pictures: []community.Picture{{Alt: "Cheap pills", Keep: func(context.Context) (picture.Kept, error) {
				t.Error("the picture is kept")
				return picture.Kept{}, nil
			}}}},
		} {
			if _, err := s.Communities.Post(ctx, ana, "mobility", d); domain.CodeOf(err) != domain.Forbidden {
				t.Errorf("%s is not looked at: %v", what, err)
			}
		}
		if p := s.says(t, ana, "See [this](https://www.casino.example/x)", nil); !p.Waits {
			t.Error("the link is not held")
		}
		p := s.says(t, ana, "The lamp in Elm Street is out", nil)
		if _, err := s.Communities.EditPost(ctx, ana, p.ID, p.Revision, "Cheap pills in Elm Street"); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("edited into what is turned down: %v", err)
		}
		note := s.place.note(21, s.bo, members{"content": "<p>Cheap <b>pills</b></p>"})
		s.send("Create", note, nil)
		if _, err := s.post(t, note["id"].(string)); domain.CodeOf(err) != domain.NotFound {
			t.Errorf("from elsewhere: %v", err)
		}
		s.send("Create", s.place.note(22, s.bo, members{"content": "<p>The lamp, in Elm Street, is out!</p>"}), nil)
		reports, err := s.Communities.Reports(ctx, s.official, community.ReportOpen, domain.Page{})
		if err != nil || len(reports.Items) != 1 || reports.Items[0].Reason != "again" {
			t.Errorf("reported: %v, %v", reports.Items, err)
		}
		if p := s.says(t, s.official, "Do not buy cheap pills", nil); p.Waits {
			t.Error("who runs the community is filtered")
		}
		all, err := s.Filters.List(ctx, s.official)
		if err != nil || len(all) != 3 || all[0].Hits != 5 || all[1].Lately != 1 {
			t.Errorf("counted: %+v, %v", all, err)
		}
		if _, err := s.Filters.List(ctx, ana); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("a member reads filters: %v", err)
		}
	})
}

// TestAppeals: who is banned, and whose post was refused, appeals once; if they
// are right, the decision is taken back.
func TestAppeals(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx := t.Context()
		s.holds(t)
		ana, mo := s.member(t, "ana"), s.member(t, "mo")
		if _, err := s.Communities.SetRole(ctx, s.official, "mobility", mo.Actor, community.Moderator); err != nil {
			t.Fatal(err)
		}
		p := s.says(t, ana, "Hello", nil)
		if err := s.Communities.Refuse(ctx, mo, p.ID, "Off topic"); err != nil {
			t.Fatal(err)
		}
		if err := s.Communities.Ban(ctx, mo, "mobility", community.Banning{Who: ana.Actor, Reason: "Off topic"}); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Communities.AppealHeld(ctx, ana, p.ID, "It is about buses"); err != nil && domain.CodeOf(err) != domain.Conflict {
				t.Fatal(err)
			}
		}
		if err := s.Communities.AppealBan(ctx, ana, "mobility", "It is about buses"); err != nil {
			t.Fatal(err)
		}
		list, err := s.Communities.Appeals(ctx, mo, "mobility", true, domain.Page{})
		if err != nil || len(list.Items) != 2 {
			t.Fatalf("appeals: %d, %v", len(list.Items), err)
		}
		if err := s.Communities.AnswerAppeal(ctx, mo, list.Items[0].ID, true, "Yes"); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("who decided answers: %v", err)
		}
		for _, a := range list.Items {
			if err := s.Communities.AnswerAppeal(ctx, s.official, a.ID, true, "You are right"); err != nil {
				t.Fatal(err)
			}
		}
		s.Settle()
		if _, err := s.Communities.PostByID(ctx, s.reader, p.ID); err != nil {
			t.Errorf("what was refused: %v", err)
		}
		if q := s.says(t, ana, "Thank you", nil); q.Waits {
			t.Error("still unknown")
		}
		acts, err := s.Communities.Log(ctx, policy.Viewer{}, "mobility", domain.Page{})
		if err != nil || len(acts.Items) != 4 { // role, refusal, ban, its end
			t.Errorf("the log: %+v, %v", acts.Items, err)
		}
	})
}

// TestFedG9Removals: who moderates says why a post is removed; its author is told,
// also on another server, and appeals once. If they are right, it comes back to
// all who had it, and where it stood.
func TestFedG9Removals(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx, group := t.Context(), string(s.community.IRI)
		s.readsGroups(t)
		s.send("Follow", group, nil)
		s.holds(t)
		ana, mo := s.member(t, "ana"), s.member(t, "mo")
		if _, err := s.Communities.SetRole(ctx, s.official, "mobility", mo.Actor, community.Moderator); err != nil {
			t.Fatal(err)
		}
		ours := s.says(t, ana, "A bench is missing", nil)
		if ours.Waits {
			if err := s.Communities.Approve(ctx, mo, ours.ID); err != nil {
				t.Fatal(err)
			}
		}
		note := s.place.note(21, s.bo, members{"to": []string{public, group}, "cc": []string{}, "content": "<p>And a lamp</p>"})
		s.place.serve("/notes/21", note)
		s.send("Create", note, members{"to": []string{public, group}})
		if err := s.Communities.Approve(ctx, mo, s.waits(t).Post.ID); err != nil {
			t.Fatal(err)
		}
		theirs, err := s.post(t, note["id"].(string))
		if err != nil {
			t.Fatal(err)
		}
		bo := policy.Viewer{Actor: theirs.Author, Role: policy.RoleRemote}
		if err := s.Communities.Like(ctx, s.official, ours.ID); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		if err := s.Communities.DeletePost(ctx, mo, ours.ID); domain.CodeOf(err) != domain.Invalid {
			t.Errorf("without a reason: %v", err)
		}
		if err := s.Communities.RemovePost(ctx, bo, ours.ID, community.Grounds{Reason: "I do not like it"}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("by anybody: %v", err)
		}
		for _, p := range []*community.Post{ours, theirs} {
			if err := s.Communities.RemovePost(ctx, mo, p.ID, community.Grounds{Reason: "It is not about buses", Rule: "Stay on topic"}); err != nil {
				t.Fatal(err)
			}
		}
		letters := len(s.place.got("Create"))
		s.Settle()
		var deleted []string
		for _, a := range s.place.wrapped("Delete") {
			deleted = append(deleted, a["object"].(members)["id"].(string))
			if a["object"].(members)["id"] == note["id"] && !strings.Contains(a["summary"].(string), "about buses") {
				t.Errorf("a moderator's deletion gives no reason: %v", a)
			}
		}
		if !slices.Contains(deleted, string(ours.IRI)) || !slices.Contains(deleted, note["id"].(string)) {
			t.Errorf("told of the end of %v", deleted)
		}
		told := s.place.got("Create")[letters:]
		letter := one(t, told)
		object, _ := letter["object"].(members)
		if body := marshal(t, object); !strings.Contains(body, "about buses") || !strings.Contains(body, "/guest?return=%2Fme%2Fwaiting") || strings.Contains(body, public) || letter["actor"] != group {
			t.Errorf("the letter to its author: %v", body)
		}
		s.send("Update", note, members{"to": []string{public, group}})
		for _, one := range []struct {
			author policy.Viewer
			post   *community.Post
		}{{ana, ours}, {bo, theirs}} {
			author, p := one.author, one.post
			own, err := s.Communities.OwnHeld(ctx, author, domain.Page{})
			if err != nil || len(own.Items) != 1 || own.Items[0].State != community.HeldRemoved || own.Items[0].Reason != "Stay on topic\nIt is not about buses" {
				t.Fatalf("its author reads %+v, %v", own.Items, err)
			}
			if _, err := s.Communities.PostByID(ctx, s.official, p.ID); domain.CodeOf(err) != domain.Gone {
				t.Errorf("it stands: %v", err)
			}
			if err := s.Communities.AppealHeld(ctx, author, p.ID, "It was about the bus stop"); err != nil {
				t.Fatal(err)
			}
			if err := s.Communities.AppealHeld(ctx, author, p.ID, "Again"); domain.CodeOf(err) != domain.Conflict {
				t.Errorf("twice: %v", err)
			}
		}
		list, err := s.Communities.Appeals(ctx, mo, "mobility", true, domain.Page{})
		if err != nil || len(list.Items) != 2 || list.Items[0].Kind != community.AgainstRemoval {
			t.Fatalf("appeals: %+v, %v", list.Items, err)
		}
		for _, a := range list.Items {
			if err := s.Communities.AnswerAppeal(ctx, mo, a.ID, true, "Yes"); domain.CodeOf(err) != domain.Forbidden {
				t.Errorf("who decided answers: %v", err)
			}
			if err := s.Communities.AnswerAppeal(ctx, s.official, a.ID, true, "You are right"); err != nil {
				t.Fatal(err)
			}
		}
		s.Settle()
		if p, err := s.Communities.PostByID(ctx, s.reader, ours.ID); err != nil || p.IRI != ours.IRI || p.Likes != 1 {
			t.Errorf("what is back: %+v, %v", p, err)
		}
		if p, err := s.post(t, note["id"].(string)); err != nil || !strings.Contains(p.Content, "a lamp") {
			t.Errorf("what is back of another server: %+v, %v", p, err)
		}
		feed, err := s.Communities.Timeline(ctx, policy.Viewer{}, s.community.ID, domain.Page{})
		if err != nil || len(feed.Items) != 2 {
			t.Errorf("the community shows %d, %v", len(feed.Items), err)
		}
		if back := s.place.wrapped("Undo"); len(back) != 2 {
			t.Errorf("told of the return: %v", back)
		}
		acts, err := s.Communities.Log(ctx, policy.Viewer{}, "mobility", domain.Page{})
		if err != nil || len(acts.Items) != 5 || acts.Items[0].Kind != community.PostRestored || acts.Items[0].By != s.official.Actor {
			t.Errorf("the log: %+v, %v", acts.Items, err)
		}
	})
}

// TestFedG9RemovedElsewhere: a community of another server removes what somebody
// here wrote in it: they are told once, with the reason that it gives and what
// they can do, and again when it is back. Here their post stands on.
func TestFedG9RemovedElsewhere(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx := t.Context()
		group, thread := s.readsGroups(t)
		first, err := s.post(t, thread)
		if err != nil {
			t.Fatal(err)
		}
		reply, err := s.Communities.Reply(ctx, s.reader, first.ID, community.Draft{Content: "Which street?"})
		if err != nil {
			t.Fatal(err)
		}
		told := func(want ...notification.Topic) {
			t.Helper()
			s.Settle()
			list, err := s.Notifications.List(ctx, s.reader, notification.Filter{}, domain.Page{Limit: 100})
			var got []notification.Topic
			for _, n := range list.Items {
				if strings.HasPrefix(string(n.Topic), "post_") {
					got = append(got, n.Topic)
				}
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("told of %v, not %v (%v)", got, want, err)
			}
		}
		removal := s.place.activity("Delete", s.place.actor("Person", "moderator", nil), reply.IRI, members{"summary": "Off <b>topic</b>"})
		s.share(group, removal)
		s.share(group, removal)
		told("post_excluded")
		list, err := s.Communities.OwnExclusions(ctx, s.reader, domain.Page{})
		if err != nil || len(list.Items) != 1 || list.Items[0].Reason != "Off topic" || list.Items[0].Post.ID != reply.ID || list.Items[0].Appeals {
			t.Fatalf("what is removed: %+v, %v", list.Items, err)
		}
		if other, err := s.Communities.OwnExclusions(ctx, s.official, domain.Page{}); err != nil || len(other.Items) != 0 {
			t.Errorf("somebody else's: %v, %v", other.Items, err)
		}
		if _, err := s.Communities.PostByID(ctx, policy.Viewer{}, reply.ID); err != nil {
			t.Errorf("it stands here no more: %v", err)
		}
		s.refusesToo(t, reply, removal["id"])
		told("post_declined", "post_excluded") // of each, neither instead of the other
		s.share(group, s.place.activity("Undo", removal["actor"].(string), removal, nil))
		told("post_readmitted", "post_declined", "post_excluded")
		if list, err := s.Communities.OwnExclusions(ctx, s.reader, domain.Page{}); err != nil || len(list.Items) != 1 || !list.Items[0].Refused {
			t.Errorf("after its return: %v, %v", list.Items, err)
		}
	})
}

// refusesToo has another node, of somebody who follows its author, write that it does
// not show a post either, and that it tells of an activity, which is another's.
func (s *scene) refusesToo(t *testing.T, p *community.Post, activity any) {
	t.Helper()
	far, author := newPlace(t), string(mustActor(t, s.city, s.reader).IRI)
	far.follows(s.Cluster, s.city, s.reader.Actor, far.actor("Person", "eve", nil), "eve")
	far.send(s.Cluster, s.city, far.activity("Follow", far.actor("Person", "eve", nil), author, nil))
	letter := far.note(1, far.actor("Application", "node", nil), members{
		"content": "<p>Not here</p>", "to": []string{author}, "cc": []string{}, "tag": []members{{"type": "Mention", "href": author}},
		"interlink:tells": activity, "interlink:refusal": members{"type": "Refusal", "object": p.IRI, "reason": "Not here"},
	})
	far.send(s.Cluster, s.city, far.activity("Create", letter["attributedTo"].(string), letter, members{"to": letter["to"]}))
}

// TestFedG9AppealToNode: what those who moderate the node refused, in no
// community, somebody else of them answers for, if there is somebody.
func TestFedG9AppealToNode(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx := t.Context()
		held := func(n int) policy.Viewer {
			t.Helper()
			note := s.place.note(n, s.bo, members{"to": []string{string(mustActor(t, s.city, s.reader).IRI)}, "cc": []string{}, "content": "<p>Hello casino</p>"})
			s.send("Create", note, members{"to": note["to"]})
			list, err := s.Communities.AllHeld(ctx, s.official, community.HeldWaiting, domain.Page{})
			if err != nil || len(list.Items) != 1 || list.Items[0].Group != domain.Nobody {
				t.Fatalf("held: %+v, %v", list.Items, err)
			}
			h := list.Items[0]
			if err := s.Communities.Refuse(ctx, s.official, h.Post.ID, "Advertising"); err != nil {
				t.Fatal(err)
			}
			bo := policy.Viewer{Actor: h.Post.Author, Role: policy.RoleRemote}
			if err := s.Communities.AppealHeld(ctx, bo, h.Post.ID, "It was not"); err != nil {
				t.Fatal(err)
			}
			return bo
		}
		answer := func(v policy.Viewer, want domain.Code) {
			t.Helper()
			list, err := s.Communities.AllAppeals(ctx, s.official, true, domain.Page{})
			if err != nil || len(list.Items) != 1 {
				t.Fatalf("appeals: %v, %v", list.Items, err)
			}
			if err := s.Communities.AnswerAppeal(ctx, v, list.Items[0].ID, false, "It stays so"); domain.CodeOf(err) != want {
				t.Errorf("the answer: %v, want %v", err, want)
			}
		}
		if _, err := s.Filters.Save(ctx, s.official, moderation.Filter{Name: "Casinos", Kind: moderation.FilterWords, Pattern: "casino", Action: community.Hold, Enabled: true}); err != nil {
			t.Fatal(err)
		}
		held(31)
		answer(s.official, domain.OK) // there is nobody else
		second := s.Person("second", policy.RoleModerator)
		held(32)
		answer(s.official, domain.Forbidden)
		answer(second, domain.OK)
	})
}
