package federationtest_test

import (
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/moderation"
	"interlink/domain/notification"
)

// TestSecNobodyUndoesModeration: what those who moderate decided about
// somebody of another server holds, whatever that somebody sends after it.
func TestSecNobodyUndoesModeration(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		ctx := t.Context()
		s.send("Follow", string(s.community.IRI), nil)
		later := func(minutes int) string {
			return time.Now().Add(time.Duration(minutes) * time.Minute).UTC().Format(time.RFC3339)
		}
		kept := func(note members) *community.Post {
			t.Helper()
			s.send("Create", note, nil)
			p, err := s.post(t, note["id"].(string))
			if err != nil {
				t.Fatal(err)
			}
			return p
		}

		// A closed thread, and one of a community from which they are banned.
		news := s.news(t, "A new line")
		if err := s.Communities.Lock(ctx, s.official, news.ID); err != nil {
			t.Fatal(err)
		}
		note := s.place.note(1, s.bo, nil)
		kept(note)
		note["inReplyTo"], note["context"], note["updated"] = string(news.IRI), string(news.IRI)+"/context", later(-1)
		s.send("Update", note, nil)
		thread, err := s.Communities.Thread(ctx, s.reader, news.ID, domain.Page{})
		if err != nil || len(thread.Replies.Items) != 0 {
			t.Errorf("in the closed thread stands %v (%v)", thread.Replies.Items, err)
		}

		// A post that was removed.
		removed := s.place.note(2, s.bo, members{"inReplyTo": string(s.news(t, "Another one").IRI)})
		if err := s.Communities.RemovePost(ctx, s.official, kept(removed).ID, community.Grounds{Reason: "Spam"}); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		again := func(what string) {
			t.Helper()
			s.send("Undo", s.place.activity("Delete", s.bo, removed["id"], nil), nil)
			s.send("Create", removed, nil)
			if _, err := s.post(t, removed["id"].(string)); domain.CodeOf(err) != domain.Gone {
				t.Errorf("%s: %v", what, err)
			}
		}
		again("removed, and its end undone")
		s.send("Delete", removed["id"], nil)
		again("removed, deleted, and that undone")

		// One that a filter keeps out of lists.
		if _, err := s.Filters.Save(ctx, s.official, moderation.Filter{Name: "l", Kind: moderation.FilterWords, Pattern: "CHEAP", Action: community.Limit, Enabled: true}); err != nil {
			t.Fatal(err)
		}
		limited := s.place.note(3, s.bo, members{"content": "<p>CHEAP words</p>"})
		before := kept(limited)
		limited["content"], limited["updated"] = "<p>More CHEAP words</p>", later(-1)
		s.send("Update", limited, nil)
		after, err := s.post(t, limited["id"].(string))
		if err != nil || before.Visibility != community.Unlisted || after.Visibility != community.Unlisted || after.Content == before.Content {
			t.Errorf("a filter keeps it out of lists: %v, then %v: %q (%v)", before.Visibility, after.Visibility, after.Content, err)
		}
	})
}

// TestSecStrangersBanNobody: an actor that nobody here has to do with tells
// nobody that it bans them.
func TestSecStrangersBanNobody(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		me, err := s.Network.Actor(t.Context(), s.reader, s.reader.Actor)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []string{"Person", "Group"} {
			actor := s.place.actor(kind, "stranger"+kind, members{"name": "Buy cheap tickets"})
			s.place.send(s.Cluster, s.city, s.place.activity("Block", actor, string(me.IRI), members{"target": actor, "summary": "Buy"}))
		}
		told, err := s.Notifications.List(t.Context(), s.reader, notification.Filter{}, domain.Page{})
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range told.Items {
			if n.Topic == "community_banned" {
				t.Errorf("the reader is told %+v", n)
			}
		}
	})
}
