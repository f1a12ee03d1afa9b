package federationtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/moderation"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

const everybodyIRI = "https://www.w3.org/ns/activitystreams#Public"

// asker is a server of GoToSocial's kind whose person 1 is followed by Ana of
// Zaragoza, and says of each post who may do what with it.
type asker struct {
	*federationtest.Peer
	c        *federationtest.Cluster
	zaragoza *city
	ana      *signedIn
	author   string
	number   int
}

func newAsker(t *testing.T, c *federationtest.Cluster) *asker {
	t.Helper()
	a := &asker{Peer: federationtest.NewPeer(t), c: c, zaragoza: newCity(t, c.Nodes[0])}
	a.author = string(a.Person(1))
	a.ana = a.zaragoza.signedIn(t, "ana", policy.RoleMember)
	a.zaragoza.friend(t, c, a.Peer, a.ana.Viewer)
	return a
}

// says publishes a post under a policy.
func (a *asker) says(t *testing.T, may map[string]any) *community.Post {
	t.Helper()
	a.number++
	create := a.Note(1, a.number, "What a day", a.author+"/followers")
	note := create["object"].(map[string]any)
	note["interactionPolicy"] = may
	sends(t, a.Peer, a.zaragoza, create, http.StatusAccepted)
	a.c.Settle()
	p, err := a.zaragoza.Communities.PostByIRI(t.Context(), a.ana.Viewer, domain.IRI(note["id"].(string)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// decides sends the Accept or Reject of something by a person.
func (a *asker) decides(t *testing.T, n int, kind string, object any, result string) string {
	t.Helper()
	a.number++
	id := fmt.Sprintf("%s/verdicts/%d", a.Person(n), a.number)
	verdict := map[string]any{
		"@context": []string{"https://gotosocial.org/ns", "https://www.w3.org/ns/activitystreams"}, "id": id, "type": kind,
		"actor": string(a.Person(n)), "object": object, "to": string(a.zaragoza.Namespace.IRI("users", "ana")),
	}
	if result != "" {
		verdict["result"] = result
	}
	status, err := a.Send(t.Context(), n, a.zaragoza.URL+"/inbox", verdict, httpsig.Cavage)
	if err != nil || status != http.StatusAccepted {
		t.Fatalf("%s: %d (%v)", kind, status, err)
	}
	a.c.Settle()
	return id
}

// got lists the types of what a person was sent since a number of arrivals.
func (a *asker) got(n, since int) string {
	var types []string
	for _, x := range a.Inbox(n)[since:] {
		types = append(types, x.Type)
	}
	return strings.Join(types, " ")
}

// asks are the members of a request that somebody was sent.
type asks struct {
	ID, Type, Actor, Object string
	Instrument              map[string]any
}

func (a *asker) asked(t *testing.T, n, at int) asks {
	t.Helper()
	var r asks
	if inbox := a.Inbox(n); len(inbox) <= at || json.Unmarshal(inbox[at].Raw, &r) != nil {
		t.Fatalf("%d arrivals", len(inbox))
	}
	return r
}

// inAccept is how GoToSocial names a request in its answer: by the id of what
// is asked for.
func (r asks) inAccept() map[string]any {
	return map[string]any{"id": r.ID, "type": r.Type, "actor": r.Actor, "object": r.Object, "instrument": r.Instrument["id"]}
}

var (
	byLeave    = map[string]any{"automaticApproval": []string{}, "manualApproval": []string{everybodyIRI}}
	byLeaveOld = map[string]any{"always": []string{}, "approvalRequired": []string{everybodyIRI}}
)

// TestFedA20AnswersWaitForLeave: an answer to a post whose author decides on
// each is sent to them in a ReplyRequest and to nobody else, is shown to its
// writer alone, and is published with the address of the approval once they
// accept it; forged and repeated Accepts do nothing.
func TestFedA20AnswersWaitForLeave(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a, ctx := newAsker(t, c), t.Context()
		zaragoza := a.zaragoza
		stranger := zaragoza.signedIn(t, "ben", policy.RoleMember)
		follow := a.Follow(2, zaragoza.Namespace.IRI("users", "ana"))
		if status, err := a.Send(ctx, 2, zaragoza.URL+"/inbox", follow, httpsig.Cavage); err != nil || status != http.StatusAccepted {
			t.Fatal(status, err)
		}
		c.Settle()
		post := a.says(t, map[string]any{"canReply": byLeave})
		before, others := len(a.Inbox(1)), len(a.Inbox(2))
		page := "/posts/" + string(post.ID)
		if status, _ := a.ana.ask(page+"/replies", url.Values{"content": {"I think so"}, "lang": {"en"}}); status >= 400 {
			t.Fatalf("the form is answered by %d", status)
		}
		c.Settle()
		if got := a.got(1, before) + "|" + a.got(2, others); got != "ReplyRequest|" {
			t.Fatalf("sent is %s", got)
		}
		r := a.asked(t, 1, before)
		answer, _ := r.Instrument["id"].(string)
		if r.Object != string(post.IRI) || r.Instrument["type"] != "Note" || r.Instrument["inReplyTo"] != string(post.IRI) || r.Instrument["approvedBy"] != nil {
			t.Errorf("asked is %+v", r)
		}
		waits := "Waits for the author"
		a.ana.reads(page, waits)
		stranger.reads(page, "!"+waits)
		a.ana.reads("/me/waiting", waits)
		if d := get(t, answer); d.status != http.StatusNotFound {
			t.Errorf("the answer is served: %d", d.status)
		}
		if list, err := zaragoza.Communities.AllHeld(ctx, zaragoza.official, community.HeldWaiting, domain.Page{}); err != nil || len(list.Items) != 0 {
			t.Errorf("those who moderate see it (%v)", err)
		}
		approval := a.author + "/authorizations/1"
		a.decides(t, 2, "Accept", r.inAccept(), string(a.Person(2))+"/authorizations/1")                                                  // who is nobody to it
		a.decides(t, 1, "Accept", r.inAccept(), "https://other.example/authorizations/1")                                                 // of another server
		a.decides(t, 1, "Accept", map[string]any{"id": a.author + "/requests/9", "type": "ReplyRequest", "instrument": answer}, approval) // that we did not send
		if got := a.got(2, others); got != "" {
			t.Fatalf("published by a forged approval: %s", got)
		}
		a.decides(t, 1, "Accept", r.inAccept(), approval)
		a.decides(t, 1, "Accept", r.inAccept(), approval)
		a.decides(t, 1, "Accept", r.ID, approval)
		if got := a.got(2, others); got != "Create" {
			t.Fatalf("others are sent %s", got)
		}
		var create struct{ Object map[string]any }
		if err := json.Unmarshal(a.Inbox(2)[others].Raw, &create); err != nil {
			t.Fatal(err)
		}
		for name, doc := range map[string]map[string]any{"sent": create.Object, "served": get(t, answer).json} {
			if doc["id"] != answer || doc["replyAuthorization"] != approval || doc["approvedBy"] != approval {
				t.Errorf("%s is %v", name, doc)
			}
		}
		if n := zaragoza.times(t, a.ana.Viewer, "answer_taken"); n != 1 {
			t.Errorf("its writer is told %d times", n)
		}
		stranger.reads(page, "I think so")
		a.decides(t, 1, "Reject", answer, "") // they changed their mind
		if doc := get(t, answer).json; doc["approvedBy"] != nil || doc["replyAuthorization"] != nil {
			t.Errorf("it still claims to be approved: %v", doc)
		}
		a.ana.reads("/me/waiting", "They no longer let your answer stand", "!the community on its own server")
	})
}

// TestFedA20AnswersBeforeRequests: servers that take no requests (GoToSocial
// before 0.20) are sent the answer itself, alone; the id of their Accept is the
// approval. What its writer withdraws before, they are told of.
func TestFedA20AnswersBeforeRequests(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a, ctx := newAsker(t, c), t.Context()
		zaragoza := a.zaragoza
		post := a.says(t, map[string]any{"canReply": byLeaveOld})
		before := len(a.Inbox(1))
		answers := func(words string) *community.Post {
			p, err := zaragoza.Communities.Reply(ctx, a.ana.Viewer, post.ID, community.Draft{Content: words, Language: "en"})
			if err != nil || !p.Asks || !p.Waits {
				t.Fatalf("%+v, %v", p, err)
			}
			c.Settle()
			return p
		}
		first, second := answers("Yes"), answers("No")
		if got := a.got(1, before); got != "Create Create" {
			t.Fatalf("sent is %s", got)
		}
		accept := a.decides(t, 1, "Accept", string(first.IRI), "")
		if doc := get(t, string(first.IRI)).json; doc["approvedBy"] != accept {
			t.Errorf("approved is %v", doc)
		}
		if err := zaragoza.Communities.WithdrawHeld(ctx, a.ana.Viewer, second.ID); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if got := a.got(1, before); !strings.HasSuffix(got, "Delete") {
			t.Errorf("sent is %s", got)
		}
		a.decides(t, 1, "Accept", string(second.IRI), "")
		if d := get(t, string(second.IRI)); d.status != http.StatusNotFound {
			t.Errorf("what was withdrawn is served: %d", d.status)
		}
	})
}

// TestFedA20WithdrawnAnswersLeaveNoWords: of an answer that its writer withdraws, or
// whose time is over, no word stays, however it was asked for and whether that has
// arrived.
func TestFedA20WithdrawnAnswersLeaveNoWords(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a, ctx := newAsker(t, c), t.Context()
		zaragoza := a.zaragoza
		for _, wish := range []any{byLeave, byLeaveOld} {
			post := a.says(t, map[string]any{"canReply": wish})
			for _, arrives := range []bool{true, false} {
				p, err := zaragoza.Communities.Reply(ctx, a.ana.Viewer, post.ID, community.Draft{Content: "Nasturtiums, rather", Language: "en"})
				if err != nil || !p.Asks {
					t.Fatalf("%+v, %v", p, err)
				}
				if arrives {
					c.Settle()
				}
				if err := zaragoza.Communities.WithdrawHeld(ctx, a.ana.Viewer, p.ID); err != nil {
					t.Fatal(err)
				}
				c.Settle()
				if found := search(t, zaragoza.Database, []string{"nasturtiums"}); len(found) > 0 {
					t.Errorf("its words are in %v", found)
				}
			}
		}
	})
}

// TestFedA20AnswersAreReported: those who moderate are told of what a filter
// tells of, once the author of what it answers takes it.
func TestFedA20AnswersAreReported(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a, ctx := newAsker(t, c), t.Context()
		zaragoza := a.zaragoza
		f := moderation.Filter{Name: "pills", Kind: moderation.FilterWords, Pattern: "pills", Action: community.Tell, Enabled: true}
		if _, err := zaragoza.Filters.Save(ctx, zaragoza.official, f); err != nil {
			t.Fatal(err)
		}
		post := a.says(t, map[string]any{"canReply": byLeave})
		before := len(a.Inbox(1))
		p, err := zaragoza.Communities.Reply(ctx, a.ana.Viewer, post.ID, community.Draft{Content: "Cheap pills", Language: "en"})
		if err != nil || !p.Asks {
			t.Fatalf("%+v, %v", p, err)
		}
		c.Settle()
		r := a.asked(t, 1, before)
		for range 2 {
			a.decides(t, 1, "Accept", r.inAccept(), a.author+"/authorizations/pills")
		}
		reports, err := zaragoza.Communities.Reports(ctx, zaragoza.official, community.ReportOpen, domain.Page{})
		if err != nil || len(reports.Items) != 1 || reports.Items[0].Reason != "pills" {
			t.Errorf("reported: %v, %v", reports.Items, err)
		}
	})
}

// TestFedA20ApprovalsAreReadLater: whose approval cannot be read just now, as their
// server is asked for enough already, is not said to have given none.
func TestFedA20ApprovalsAreReadLater(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a, other, ctx := newAsker(t, c), federationtest.NewPeer(t), t.Context()
		a.zaragoza.friend(t, c, other, a.ana.Viewer)
		post := a.says(t, map[string]any{"canReply": byLeave})
		const most = 8 // requests to one server at once
		asked, free := make(chan struct{}, most), make(chan struct{})
		a.Dress(func(n int, _ map[string]any) {
			if n >= 10 {
				asked <- struct{}{}
				<-free
			}
		})
		var reading sync.WaitGroup
		for n := range most {
			reading.Go(func() { _, _ = a.zaragoza.Lookup(ctx, string(a.Person(10+n))) })
		}
		for range most {
			<-asked
		}
		create := other.Note(1, 1, "Yes", a.author)
		note, claim := create["object"].(map[string]any), a.author+"/authorizations/1"
		note["inReplyTo"], note["replyAuthorization"] = string(post.IRI), claim
		a.Publish(map[string]any{
			"@context": []string{"https://gotosocial.org/ns", "https://www.w3.org/ns/activitystreams"}, "id": claim, "type": "ReplyAuthorization",
			"attributedTo": a.author, "interactingObject": note["id"], "interactionTarget": string(post.IRI),
		})
		sends(t, other, a.zaragoza, create, http.StatusAccepted)
		c.Settle()
		close(free)
		reading.Wait()
		beside(t, a.zaragoza.Database, "UPDATE received SET next_at = 0 WHERE state = 'pending'")
		c.Settle()
		if _, err := a.zaragoza.Communities.PostByIRI(ctx, a.ana.Viewer, domain.IRI(note["id"].(string))); err != nil {
			t.Errorf("the approved answer is lost: %v", err)
		}
	})
}

// TestFedA20Likes: likes are offered where the author of a post lets one like it,
// asked for where they decide, and counted once they accept.
func TestFedA20Likes(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a, ctx := newAsker(t, c), t.Context()
		zaragoza := a.zaragoza
		closed := a.says(t, map[string]any{"canLike": map[string]any{"automaticApproval": a.author}})
		a.ana.reads("/posts/"+string(closed.ID), "!/posts/"+string(closed.ID)+"/like")
		if err := zaragoza.Communities.Like(ctx, a.ana.Viewer, closed.ID); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("liked what nobody may: %v", err)
		}
		asked := a.says(t, map[string]any{"canLike": byLeave})
		before := len(a.Inbox(1))
		likes := func(want int) {
			t.Helper()
			p, err := zaragoza.Communities.PostByID(ctx, a.ana.Viewer, asked.ID)
			if err != nil || p.Likes != want {
				t.Errorf("%d likes, not %d (%v)", p.Likes, want, err)
			}
		}
		like := func() asks {
			t.Helper()
			at := len(a.Inbox(1))
			if err := zaragoza.Communities.Like(ctx, a.ana.Viewer, asked.ID); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			return a.asked(t, 1, at)
		}
		r := like()
		if got := a.got(1, before); got != "LikeRequest" || r.Object != string(asked.IRI) || r.Instrument["type"] != "Like" || r.Instrument["object"] != string(asked.IRI) || r.Instrument["actor"] != r.Actor {
			t.Fatalf("sent is %s: %+v", got, r)
		}
		likes(0)
		a.decides(t, 2, "Accept", r.inAccept(), string(a.Person(2))+"/authorizations/1")
		likes(0)
		a.decides(t, 1, "Accept", r.inAccept(), a.author+"/authorizations/1")
		likes(1)
		a.decides(t, 1, "Reject", r.inAccept(), "")
		likes(0)
		r = like()
		a.decides(t, 1, "Reject", r.inAccept(), "")
		if liked, err := zaragoza.Communities.Liked(ctx, a.ana.Viewer, []domain.ID{asked.ID}); err != nil || liked[asked.ID].Given() {
			t.Errorf("a like that was refused is kept (%v)", err)
		}
	})
}

// authorization is the document at an address by which the author lets something be
// done with a post, but for what is changed of it.
func (a *asker) authorization(id, kind, done string, post domain.IRI, change func(map[string]any)) map[string]any {
	d := map[string]any{
		"@context": []string{"https://gotosocial.org/ns", "https://www.w3.org/ns/activitystreams"}, "id": id, "type": kind,
		"attributedTo": a.author, "interactingObject": done, "interactionTarget": string(post),
	}
	change(d)
	return d
}

func unchanged(map[string]any) {}

// sets changes one member of a document.
func sets(member string, value any) func(map[string]any) {
	return func(d map[string]any) { d[member] = value }
}

// others is another server, of which person 1 answers and shares what the asker
// says.
type others struct {
	*federationtest.Peer
	asker *asker
}

func newOthers(t *testing.T, a *asker) *others {
	t.Helper()
	o := &others{federationtest.NewPeer(t), a}
	a.zaragoza.friend(t, a.c, o.Peer, a.ana.Viewer)
	return o
}

// note is the address of an answer by its number.
func (o *others) note(number int) string { return fmt.Sprintf("%s/notes/%d", o.Person(1), number) }

// answer is one to a post, which claims to be approved in a member; "" for one
// that does not.
func (o *others) answer(number int, post domain.IRI, member, claim string) map[string]any {
	create := o.Note(1, number, "Yes", o.asker.author)
	note := create["object"].(map[string]any)
	if note["inReplyTo"] = string(post); member != "" {
		note[member] = claim
	}
	return create
}

// kept tells whether an answer is.
func (o *others) kept(t *testing.T, name string, number int, want bool) {
	t.Helper()
	_, err := o.asker.zaragoza.Communities.PostByIRI(t.Context(), o.asker.ana.Viewer, domain.IRI(o.note(number)))
	if (err == nil) != want {
		t.Errorf("%s: is it kept? %v", name, err)
	}
}

// TestFedA20AnswersOfOthers: the answer of a third server to a post whose author
// decides on each is kept if the author's own server has the approval of that very
// answer, by the author, to that post.
func TestFedA20AnswersOfOthers(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a := newAsker(t, c)
		other := newOthers(t, a)
		post := a.says(t, map[string]any{"canReply": byLeave})
		for number, x := range []struct {
			name, member string
			at           *federationtest.Peer // where the approval is said to be
			change       func(map[string]any) // nil where none is there
			kept         bool
		}{
			{"none", "", a.Peer, nil, false},
			{"revoked", "replyAuthorization", a.Peer, nil, false},
			{"of another server", "replyAuthorization", other.Peer, unchanged, false},
			{"of another object", "replyAuthorization", a.Peer, sets("interactingObject", other.note(99)), false},
			{"of another target", "replyAuthorization", a.Peer, sets("interactionTarget", a.author+"/notes/99"), false},
			{"by somebody else", "replyAuthorization", a.Peer, sets("attributedTo", string(a.Person(2))), false},
			{"of a like", "replyAuthorization", a.Peer, sets("type", "LikeAuthorization"), false},
			{"right", "replyAuthorization", a.Peer, unchanged, true},
			{"of 0.20", "approvedBy", a.Peer, unchanged, true},
			{"of 0.19", "approvedBy", a.Peer, func(d map[string]any) {
				d["type"], d["object"], d["target"] = "ReplyApproval", d["interactingObject"], d["interactionTarget"]
			}, true},
			{"of 0.17", "approvedBy", a.Peer, func(d map[string]any) {
				d["type"], d["actor"], d["object"] = "Accept", a.author, d["interactingObject"]
			}, true},
		} {
			claim := fmt.Sprintf("%s/authorizations/%d", x.at.Person(1), number)
			if x.change != nil {
				x.at.Publish(a.authorization(claim, "ReplyAuthorization", other.note(number), post.IRI, x.change))
			}
			sends(t, other.Peer, a.zaragoza, other.answer(number, post.IRI, x.member, claim), http.StatusAccepted)
			c.Settle()
			other.kept(t, x.name, number, x.kept)
		}
	})
}

// TestFedA20AnswersOfOthersLater: such an answer is fetched once the author of the
// post, who is followed here, tells that they take it, if the approval is there.
func TestFedA20AnswersOfOthersLater(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a := newAsker(t, c)
		other := newOthers(t, a)
		post := a.says(t, map[string]any{"canReply": byLeave})
		late := other.answer(1, post.IRI, "", "")["object"].(map[string]any)
		late["@context"] = "https://www.w3.org/ns/activitystreams"
		other.Publish(late)
		claim := a.author + "/authorizations/1"
		a.decides(t, 1, "Accept", late["id"], claim)
		other.kept(t, "of which it is told, and that is not there", 1, false)
		a.Publish(a.authorization(claim, "ReplyAuthorization", other.note(1), post.IRI, unchanged))
		a.decides(t, 1, "Accept", late["id"], claim)
		other.kept(t, "of which it is told", 1, true)
	})
}

// TestFedA20SharesOfOthers: who shares, on a third server, a post whose author decides
// on each share is shown to do so if the author's own server has the approval, until
// the author, and nobody else, deletes it.
func TestFedA20SharesOfOthers(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		a, ctx := newAsker(t, c), t.Context()
		other := newOthers(t, a)
		for name, approved := range map[string]bool{"a share that nobody approved": false, "an approved share": true} {
			post := a.says(t, map[string]any{"canAnnounce": byLeave})
			id, claim := fmt.Sprintf("%s/shares/%t", other.Person(1), approved), a.author+"/authorizations/share"
			share := map[string]any{
				"@context": "https://www.w3.org/ns/activitystreams", "id": id, "type": "Announce",
				"actor": string(other.Person(1)), "object": string(post.IRI), "to": everybodyIRI,
			}
			if approved {
				share["announceAuthorization"] = claim
				a.Publish(a.authorization(claim, "AnnounceAuthorization", id, post.IRI, unchanged))
			}
			served := a.Note(1, a.number, "What a day", a.author+"/followers")["object"].(map[string]any)
			served["@context"], served["interactionPolicy"] = "https://www.w3.org/ns/activitystreams", map[string]any{"canAnnounce": byLeave}
			a.Publish(served)
			sends(t, other.Peer, a.zaragoza, share, http.StatusAccepted)
			c.Settle()
			shown := func(want bool) {
				t.Helper()
				sharer, err := a.zaragoza.Network.ActorByIRI(ctx, policy.Viewer{}, other.Person(1))
				if err != nil {
					t.Fatal(err)
				}
				feed, err := a.zaragoza.Communities.Timeline(ctx, a.ana.Viewer, sharer.ID, domain.Page{})
				if is := slices.ContainsFunc(feed.Items, func(i community.FeedItem) bool { return i.IRI == post.IRI }); err != nil || is != want {
					t.Errorf("%s: is it shown? %t (%v)", name, is, err)
				}
			}
			shown(approved)
			if approved {
				a.revokes(t, a.Peer, 2, claim)
				shown(true)
				a.revokes(t, a.Peer, 1, claim)
				shown(false)
			}
		}
	})
}
