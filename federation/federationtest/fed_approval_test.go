package federationtest_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// revokes sends the Delete of an approval by a person of a server.
func (a *asker) revokes(t *testing.T, p *federationtest.Peer, n int, approval string) {
	t.Helper()
	a.number++
	status, err := p.Send(t.Context(), n, a.zaragoza.URL+"/inbox", map[string]any{
		"@context": "https://www.w3.org/ns/activitystreams", "id": fmt.Sprintf("%s/revocations/%d", p.Person(n), a.number), "type": "Delete",
		"actor": string(p.Person(n)), "object": approval, "to": everybodyIRI,
	}, httpsig.Cavage)
	if err != nil || status != http.StatusAccepted {
		t.Fatalf("Delete: %d (%v)", status, err)
	}
	a.c.Settle()
}

// serves publishes an answer at its address.
func (o *others) serves(create map[string]any) map[string]any {
	note := create["object"].(map[string]any)
	note["@context"] = "https://www.w3.org/ns/activitystreams"
	o.Publish(note)
	return create
}

// TestFedA20RevokedAnswersOfOthers: an answer of a third server goes when the author
// of what it answers, and nobody else, deletes the approval or rejects the answer; sent
// again with it, it stays away, and with another one it comes back.
func TestFedA20RevokedAnswersOfOthers(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a := newAsker(t, c)
		other := newOthers(t, a)
		post := a.says(t, map[string]any{"canReply": byLeave})
		claim := func(number int) string { return fmt.Sprintf("%s/authorizations/%d", a.author, number) }
		approve := func(number, approval int) {
			a.Publish(a.authorization(claim(approval), "ReplyAuthorization", other.note(number), post.IRI, unchanged))
		}
		sendsAgain := func(number, approval int) {
			t.Helper()
			create := other.serves(other.answer(number, post.IRI, "replyAuthorization", claim(approval)))
			a.number++
			create["id"] = fmt.Sprintf("%s/creates/%d", other.Person(1), a.number)
			sends(t, other.Peer, a.zaragoza, create, http.StatusAccepted)
			c.Settle()
		}
		approve(1, 1)
		sendsAgain(1, 1)
		other.kept(t, "approved", 1, true)
		a.revokes(t, a.Peer, 2, claim(1))
		other.kept(t, "revoked by somebody else of the server", 1, true)
		a.revokes(t, other.Peer, 1, claim(1))
		other.kept(t, "revoked by who answered", 1, true)
		a.revokes(t, a.Peer, 1, claim(2))
		other.kept(t, "of which another approval is revoked", 1, true)
		a.decides(t, 2, "Reject", other.note(1), "")
		other.kept(t, "rejected by somebody else", 1, true)

		a.revokes(t, a.Peer, 1, claim(1))
		other.kept(t, "revoked", 1, false)
		a.Publish(map[string]any{"id": claim(1), "type": "Tombstone"})
		sendsAgain(1, 1)
		other.kept(t, "sent again", 1, false)
		approve(1, 3)
		sendsAgain(1, 3)
		other.kept(t, "approved again", 1, true)
		a.decides(t, 1, "Reject", other.note(1), "")
		other.kept(t, "rejected", 1, false)
	})
}

// TestFedA20RevokedApprovals: of an answer and a like from here that were taken, the
// author of the post deletes the approvals: the answer claims them no more, the like
// ends, who wrote and liked read so. An Accept with what was revoked does nothing.
func TestFedA20RevokedApprovals(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a, ctx := newAsker(t, c), t.Context()
		zaragoza := a.zaragoza
		post := a.says(t, map[string]any{"canReply": byLeave, "canLike": byLeave})
		before := len(a.Inbox(1))
		answer, err := zaragoza.Communities.Reply(ctx, a.ana.Viewer, post.ID, community.Draft{Content: "I think so", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if err := zaragoza.Communities.Like(ctx, a.ana.Viewer, post.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		first, second := a.asked(t, 1, before), a.asked(t, 1, before+1)
		reply, like := a.author+"/authorizations/reply", a.author+"/authorizations/like"
		a.decides(t, 1, "Accept", first.inAccept(), reply)
		a.decides(t, 1, "Accept", second.inAccept(), like)
		claims := func(want any) {
			t.Helper()
			if doc := get(t, string(answer.IRI)).json; doc["id"] == nil || doc["approvedBy"] != want || doc["replyAuthorization"] != want {
				t.Errorf("it claims %v, %v", doc["approvedBy"], doc["replyAuthorization"])
			}
		}
		likes := func(want int) {
			t.Helper()
			p, err := zaragoza.Communities.PostByID(ctx, a.ana.Viewer, post.ID)
			if err != nil || p.Likes != want {
				t.Errorf("%d likes, not %d (%v)", p.Likes, want, err)
			}
		}
		a.revokes(t, a.Peer, 2, reply)
		a.revokes(t, a.Peer, 2, like)
		claims(reply)
		likes(1)
		a.revokes(t, a.Peer, 1, reply)
		a.revokes(t, a.Peer, 1, like)
		claims(nil)
		likes(0)
		a.ana.reads("/me/waiting", "They no longer let your answer stand")
		a.ana.reads("/posts/"+string(post.ID), "The author did not accept your like")
		a.decides(t, 1, "Accept", first.inAccept(), reply)
		a.decides(t, 1, "Accept", second.inAccept(), like)
		claims(nil)
		likes(0)
		a.decides(t, 1, "Accept", first.inAccept(), reply+"2")
		claims(reply + "2")
		a.ana.reads("/me/waiting", "!They no longer let your answer stand")
	})
}

// TestFedA20AnswersBeforeWhatTheyAnswer: answers of third servers that were here
// before the post that they answer stay if its author approved them, or lets everybody
// or them answer; others go when it comes, and come back once they are approved.
func TestFedA20AnswersBeforeWhatTheyAnswer(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a := newAsker(t, c)
		other := newOthers(t, a)
		post := domain.IRI(a.author + "/notes/1")
		claim := func(number int) string { return fmt.Sprintf("%s/authorizations/%d", a.author, number) }
		early := []struct {
			name    string
			change  func(map[string]any) // of the approval; nil for none
			missing bool                 // its server does not have it any more
			kept    bool
		}{
			{"that nobody approved", nil, false, false},
			{"approved", unchanged, false, true},
			{"of which another answer is approved", sets("interactingObject", other.note(99)), false, false},
			{"approved by somebody else", sets("attributedTo", string(a.Person(2))), false, false},
			{"approved and not there any more", unchanged, true, false},
		}
		for number, x := range early {
			create := other.answer(number, post, "replyAuthorization", claim(number))
			if !x.missing {
				create = other.serves(create)
			}
			if x.change != nil {
				a.Publish(a.authorization(claim(number), "ReplyAuthorization", other.note(number), post, x.change))
			}
			sends(t, other.Peer, a.zaragoza, create, http.StatusAccepted)
			c.Settle()
			other.kept(t, x.name+", before", number, true)
		}
		if p := a.says(t, map[string]any{"canReply": byLeave}); p.IRI != post {
			t.Fatalf("it is %s", p.IRI)
		}
		for number, x := range early {
			other.kept(t, x.name, number, x.kept)
		}
		a.Publish(a.authorization(claim(0), "ReplyAuthorization", other.note(0), post, unchanged))
		a.decides(t, 1, "Accept", other.note(0), claim(0))
		other.kept(t, "approved later", 0, true)

		named := domain.IRI(a.author + "/notes/" + fmt.Sprint(a.number+1))
		sends(t, other.Peer, a.zaragoza, other.answer(50, named, "", ""), http.StatusAccepted)
		c.Settle()
		a.says(t, map[string]any{"canReply": map[string]any{"automaticApproval": string(other.Person(1))}})
		other.kept(t, "of whom it names", 50, true)
	})
}

// TestFedA20UpdatesOfApprovedAnswers: an approval is of an answer, whatever that
// says: an Update of one is taken without asking for the approval again.
func TestFedA20UpdatesOfApprovedAnswers(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a := newAsker(t, c)
		other := newOthers(t, a)
		post := a.says(t, map[string]any{"canReply": byLeave})
		claim := a.author + "/authorizations/1"
		a.Publish(a.authorization(claim, "ReplyAuthorization", other.note(1), post.IRI, unchanged))
		sends(t, other.Peer, a.zaragoza, other.answer(1, post.IRI, "replyAuthorization", claim), http.StatusAccepted)
		c.Settle()
		asked := len(a.Asked(domain.IRI(claim)))
		if asked == 0 {
			t.Fatal("nobody asked for the approval")
		}
		a.Publish(map[string]any{"id": claim, "type": "Tombstone"})
		for i, member := range []string{"replyAuthorization", ""} {
			update := other.answer(1, post.IRI, member, claim)
			update["id"], update["type"] = fmt.Sprintf("%s/updates/%d", other.Person(1), i), "Update"
			note := update["object"].(map[string]any)
			words := fmt.Sprintf("Yes, and again: %d", i)
			note["content"], note["updated"] = words, time.Now().Add(time.Duration(i+1)*time.Minute).UTC().Format(time.RFC3339)
			sends(t, other.Peer, a.zaragoza, update, http.StatusAccepted)
			c.Settle()
			p, err := a.zaragoza.Communities.PostByIRI(t.Context(), a.ana.Viewer, domain.IRI(other.note(1)))
			if err != nil || p.Content != words || string(p.Approval) != claim {
				t.Errorf("it says %+v (%v)", p, err)
			}
		}
		if again := len(a.Asked(domain.IRI(claim))); again != asked {
			t.Errorf("the approval was asked for %d times more", again-asked)
		}
	})
}

// TestFedA20WaitingLikes: who liked reads at the post, and programs read, that the
// like waits for its author, or that they did not accept it; then it can be given
// again.
func TestFedA20WaitingLikes(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a, ctx := newAsker(t, c), t.Context()
		zaragoza := a.zaragoza
		post := a.says(t, map[string]any{"canLike": byLeave})
		page, program := "/posts/"+string(post.ID), programOf(t, zaragoza.Node.Node, zaragoza.URL, "ana")
		waits, declined := "Your like waits for the author", "The author did not accept your like"
		is := func(want string, words ...string) {
			t.Helper()
			a.ana.reads(page, words...)
			a.ana.reads("/timeline", words...)
			answer, _ := program.call(t, http.StatusOK, http.MethodGet, page, nil)
			if got, _ := answer["like"].(string); got != want {
				t.Errorf("a program reads %q, not %q", got, want)
			}
			_, list := program.call(t, http.StatusOK, http.MethodGet, "/timelines/home", nil)
			if want != "" && !strings.Contains(string(list), `"like":"`+want+`"`) || want == "" && strings.Contains(string(list), `"like":`) {
				t.Errorf("a program that reads the timeline does not read %q: %s", want, list)
			}
		}
		is("", "!"+waits, "!"+declined, page+"/like")
		for range 2 {
			before := len(a.Inbox(1))
			if status, _ := a.ana.ask(page+"/like", url.Values{}); status >= 400 {
				t.Fatalf("the button is answered by %d", status)
			}
			c.Settle()
			is("waits", waits, "!"+declined, page+"/unlike")
			a.decides(t, 1, "Reject", a.asked(t, 1, before).inAccept(), "")
			is("declined", "!"+waits, declined, page+"/like")
		}
		before := len(a.Inbox(1))
		if err := zaragoza.Communities.Unlike(ctx, a.ana.Viewer, post.ID); err != nil || len(a.Inbox(1)) != before {
			t.Errorf("what was declined is taken back: %v", err)
		}
		if err := zaragoza.Communities.Like(ctx, a.ana.Viewer, post.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		a.decides(t, 1, "Accept", a.asked(t, 1, before).inAccept(), a.author+"/authorizations/1")
		is("liked", "!"+waits, "!"+declined, page+"/unlike")
	})
}

// TestFedA20WithdrawnTooLate: who withdraws an answer that was just published is told
// that it is.
func TestFedA20WithdrawnTooLate(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a, ctx := newAsker(t, c), t.Context()
		post := a.says(t, map[string]any{"canReply": byLeave})
		before := len(a.Inbox(1))
		answer, err := a.zaragoza.Communities.Reply(ctx, a.ana.Viewer, post.ID, community.Draft{Content: "I think so", Language: "en"})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		a.decides(t, 1, "Accept", a.asked(t, 1, before).inAccept(), a.author+"/authorizations/1")
		withdraw := "/me/waiting/" + string(answer.ID) + "/withdraw"
		if status, body := a.ana.ask(withdraw, url.Values{}); status != http.StatusConflict || !strings.Contains(body, "It is published by now") {
			t.Errorf("told is %d: %s", status, body)
		}
		if _, err := a.zaragoza.Communities.PostByID(ctx, policy.Viewer{}, answer.ID); err != nil {
			t.Errorf("it is gone: %v", err)
		}
	})
}

// TestFedA20ManyNames: a policy that names many people of this node asks for them once,
// and for as many of each list as are heeded.
func TestFedA20ManyNames(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a := newAsker(t, c)
		zaragoza := a.zaragoza
		stranger := zaragoza.resident(t, "ben", policy.RoleMember)
		person := func(name string) string { return string(zaragoza.Namespace.IRI("users", name)) }
		policyOf := func(names int) map[string]any {
			free, asked := []string{person("ana")}, []string{person("ben")}
			for i := range names {
				free, asked = append(free, person(fmt.Sprintf("free%d", i))), append(asked, person(fmt.Sprintf("asked%d", i)))
			}
			may := map[string]any{"automaticApproval": free, "manualApproval": asked}
			return map[string]any{"canReply": may, "canLike": may, "canAnnounce": may}
		}
		a.says(t, policyOf(1)) // what is read once
		reads := func(names int) uint64 {
			before := zaragoza.Reads()
			p := a.says(t, policyOf(names))
			if mine, others := p.LikingFor(a.ana.Viewer), p.LikingFor(stranger); mine != community.LeaveFree || others != community.LeaveAsked {
				t.Errorf("%d names: by whose leave: %q, %q", names, mine, others)
			}
			return zaragoza.Reads() - before
		}
		few, many := reads(1), reads(40)
		if many > few+5 { // what is kept for some seconds may be read anew
			t.Errorf("%d queries for 40 names, %d for one", many, few)
		}
	})
}
