package federationtest_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/notification"
)

// asks publishes a poll in the city's community.
func (s *scene) asks(t *testing.T, multiple bool, options ...string) *community.Post {
	t.Helper()
	p, err := s.Communities.Post(t.Context(), s.official, "mobility", community.Draft{
		Content: "Where shall the bench stand?", Language: "en", Poll: &community.PollDraft{Options: options, Multiple: multiple, Ends: time.Now().Add(time.Hour)},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.Settle()
	return p
}

// voteFor is the Note of a vote, as Mastodon writes it.
func (s *scene) voteFor(p *community.Post, voter, name string) members {
	return members{"id": voter + "#votes/" + fmt.Sprint(len(name), p.ID), "type": "Note", "attributedTo": voter, "name": name, "inReplyTo": string(p.IRI), "to": string(p.IRI)}
}

// votes sends one by its voter.
func (s *scene) votes(p *community.Post, voter, name string) {
	s.place.send(s.Cluster, s.city, s.place.activity("Create", voter, s.voteFor(p, voter, name), members{"to": []string{string(s.community.IRI)}}))
}

// counts reads how a poll of this node stands.
func (s *scene) counts(t *testing.T, p *community.Post) string {
	t.Helper()
	p, err := s.post(t, string(p.IRI))
	if err != nil {
		t.Fatal(err)
	}
	out := fmt.Sprint(p.Poll.Voters, ":")
	for _, o := range p.Poll.Options {
		out += fmt.Sprint(" ", o.Votes)
	}
	return out
}

// TestFedA16PollsAreAsked: a poll is a Question of its community; who votes
// from elsewhere is counted once, and their server is told the counts, not who
// chose what.
func TestFedA16PollsAreAsked(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		s.send("Follow", string(s.community.IRI), nil)
		p := s.asks(t, false, "Elm Street", "Oak Street")
		asked, _ := one(t, s.place.got("Create"))["object"].(members)
		if asked["type"] != "Question" || asked["endTime"] == nil || asked["votersCount"] != 0.0 || len(asked["oneOf"].([]any)) != 2 {
			t.Errorf("asked: %v", asked)
		}
		s.votes(p, s.bo, "Oak Street")
		s.votes(p, s.bo, "Oak Street")
		s.votes(p, s.bo, "Elm Street")
		cy := s.place.actor("Person", "cy", nil)
		s.votes(p, cy, "Elm Street")
		if err := s.Communities.Vote(t.Context(), s.reader, p.ID, []int{1}); err != nil {
			t.Fatal(err)
		}
		if got := s.counts(t, p); got != "3: 1 2" {
			t.Errorf("counted: %s", got)
		}
		if replies, err := s.Communities.Replies(t.Context(), s.reader, p.ID, domain.Page{}); err != nil || replies.Total > 0 || len(replies.Items) > 0 {
			t.Errorf("votes stand as answers: %+v (%v)", replies, err)
		}
		if n := len(s.place.got("Update")); n != 0 {
			t.Errorf("%d Updates before the votes were gathered", n)
		}
		if err := s.Communities.TellPoll(t.Context(), community.PollJob{Post: p.ID}); err != nil {
			t.Fatal(err)
		}
		s.Settle()
		updates := s.place.got("Update") // one for each inbox of a voter, which share none here
		if len(updates) != 2 || updates[0]["id"] != updates[1]["id"] {
			t.Fatalf("%d Updates", len(updates))
		}
		update := updates[0]
		told, _ := update["object"].(members)
		if told["votersCount"] != 3.0 || told["closed"] != nil || told["updated"] != nil {
			t.Errorf("told: %v", told)
		}
		for _, sent := range []string{marshal(t, update), marshal(t, served(t, string(p.IRI))), marshal(t, get(t, string(s.community.IRI)+"/outbox?page=first").json), s.page(t, "/posts/"+string(p.ID))} {
			for _, who := range []string{s.bo, cy, "@reader", "@cy", "#votes"} {
				if strings.Contains(sent, who+`"`) || strings.Contains(sent, who+"#") {
					t.Errorf("it tells that %s voted: %.300s", who, sent)
				}
			}
		}
	})
}

// TestFedA16HostileVotes: forged votes, of the banned, for what is not there,
// with words, and of polls elsewhere.
func TestFedA16HostileVotes(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		p := s.asks(t, true, "Monday", "Tuesday")
		cy := s.place.actor("Person", "cy", nil)
		forged := s.voteFor(p, cy, "Monday")
		s.send("Create", forged, nil)
		s.votes(p, s.bo, "monday")
		s.votes(p, s.bo, "Never")
		s.send("Create", []any{s.voteFor(p, s.bo, "Monday"), s.voteFor(p, cy, "Tuesday")}, nil)
		elsewhere := s.voteFor(p, s.bo, "Monday")
		elsewhere["id"] = "https://other.example/votes/1"
		s.send("Create", elsewhere, nil)
		if got := s.counts(t, p); got != "0: 0 0" {
			t.Errorf("forged votes count: %s", got)
		}
		// GoToSocial sends all that somebody chose at once.
		s.send("Create", []any{s.voteFor(p, s.bo, "Monday"), s.voteFor(p, s.bo, "Tuesday")}, nil)
		if got := s.counts(t, p); got != "1: 1 1" {
			t.Errorf("a list of votes: %s", got)
		}
		actor, err := s.Lookup(t.Context(), s.place.handle("cy"))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Communities.Ban(t.Context(), s.official, "mobility", community.Banning{Who: actor.ID, Reason: "Noise"}); err != nil {
			t.Fatal(err)
		}
		s.votes(p, cy, "Monday")
		if got := s.counts(t, p); got != "1: 1 1" {
			t.Errorf("who is banned counts: %s", got)
		}
		if err := s.Communities.DeletePost(t.Context(), s.official, p.ID); err != nil {
			t.Fatal(err)
		}
		s.votes(p, cy, "Monday")
		if _, err := s.post(t, string(p.IRI)); domain.CodeOf(err) != domain.Gone {
			t.Errorf("a poll that was deleted: %v", err)
		}
	})
}

// TestFedA16ForeignPolls: people here vote in polls elsewhere; what they choose
// goes to who asked alone, and the counts are those that these tell.
func TestFedA16ForeignPolls(t *testing.T) {
	onScene(t, func(t *testing.T, s *scene) {
		option := func(name string, votes int) members {
			return members{"type": "Note", "name": name, "replies": members{"type": "Collection", "totalItems": votes}}
		}
		question := s.place.note(1, s.bo, members{
			"type": "Question", "oneOf": []members{option("Tea", 4), option("Coffee", 6)}, "votersCount": 10,
			"endTime": time.Now().Add(time.Hour).UTC().Format(time.RFC3339),
		})
		s.send("Create", question, nil)
		p, err := s.post(t, question["id"].(string))
		if err != nil || p.Poll == nil || s.counts(t, p) != "10: 4 6" {
			t.Fatalf("the poll: %+v (%v)", p, err)
		}
		if err := s.Communities.Vote(t.Context(), s.reader, p.ID, []int{1}); err != nil {
			t.Fatal(err)
		}
		if err := s.Communities.Vote(t.Context(), s.reader, p.ID, []int{0}); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("a second vote: %v", err)
		}
		s.Settle()
		vote := one(t, s.place.got("Create"))
		note, _ := vote["object"].(members)
		if note["name"] != "Coffee" || note["content"] != nil || note["inReplyTo"] != string(p.IRI) || strings.Contains(marshal(t, vote), public) {
			t.Errorf("the vote: %v", vote)
		}
		if got := s.counts(t, p); got != "11: 4 7" { // until its home says otherwise
			t.Errorf("after the vote: %s", got)
		}
		question["oneOf"], question["votersCount"] = []members{option("Tea", 5), option("Coffee", 7)}, 12
		s.send("Update", question, nil)
		if got := s.counts(t, p); got != "12: 5 7" {
			t.Errorf("after the Update: %s", got)
		}
		question["closed"] = time.Now().UTC().Format(time.RFC3339)
		s.send("Update", question, nil)
		s.send("Update", question, nil)
		list, err := s.Notifications.List(t.Context(), s.reader, notification.Filter{}, domain.Page{})
		if err != nil {
			t.Fatal(err)
		}
		ends := 0
		for _, n := range list.Items {
			if n.Topic == "poll_ended" {
				ends++
			}
		}
		if ends != 1 {
			t.Errorf("the voter is told %d times that it is over", ends)
		}
		if err := s.Communities.Vote(t.Context(), s.official, p.ID, []int{0}); domain.CodeOf(err) != domain.Conflict {
			t.Errorf("a vote after the end: %v", err)
		}
		// One that asks something else is another poll: who voted may again.
		delete(question, "closed")
		question["oneOf"], question["votersCount"] = []members{option("Water", 0), option("Coffee", 0)}, 0
		question["updated"] = time.Now().Add(time.Minute).UTC().Format(time.RFC3339)
		s.send("Update", question, nil)
		if err := s.Communities.Vote(t.Context(), s.reader, p.ID, []int{0}); err != nil || s.counts(t, p) != "1: 1 0" {
			t.Errorf("a poll that was asked anew: %v", err)
		}
	})
}
