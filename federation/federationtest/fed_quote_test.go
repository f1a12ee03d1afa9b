package federationtest_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// TestFedA20InteractionPolicy: a post says that everybody may quote it.
func TestFedA20InteractionPolicy(t *testing.T) {
	_, zaragoza := alone(t)
	post := zaragoza.news(t, "A new line")
	if policy := marshal(t, get(t, string(post.IRI)).json["interactionPolicy"]); policy != `{"canQuote":{"automaticApproval":["https://www.w3.org/ns/activitystreams#Public"]}}` {
		t.Errorf("the post says %s", policy)
	}
}

// TestFedA20AnswersAsAuthorsAsk: whom the author of a post elsewhere lets answer
// it, by the lists that GoToSocial sends before 0.20 and since, is heeded here,
// told to readers, and changed by an Update; who answered is told if the author
// does not take it.
func TestFedA20AnswersAsAuthorsAsk(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, peer, ctx := newCity(t, c.Nodes[0]), federationtest.NewPeer(t), t.Context()
		author := string(peer.Person(1))
		reader := zaragoza.signedIn(t, "ana", policy.RoleMember)
		stranger := zaragoza.resident(t, "ben", policy.RoleMember)
		zaragoza.friend(t, c, peer, reader.Viewer)
		number := 0
		gets := func(change func(note map[string]any), may map[string]any) *community.Post {
			t.Helper()
			number++
			create := peer.Note(1, number, "What a day", author+"/followers")
			note := create["object"].(map[string]any)
			note["interactionPolicy"] = map[string]any{"canLike": map[string]any{"always": author}, "canReply": may}
			change(note)
			sends(t, peer, zaragoza, create, http.StatusAccepted)
			c.Settle()
			p, err := zaragoza.Communities.PostByIRI(ctx, reader.Viewer, domain.IRI(note["id"].(string)))
			if err != nil {
				t.Fatal(err)
			}
			return p
		}
		as := func(map[string]any) {}
		public, followers := "https://www.w3.org/ns/activitystreams#Public", author+"/followers"
		answers := func(v policy.Viewer, p *community.Post) (*community.Post, domain.Code) {
			a, err := zaragoza.Communities.Reply(ctx, v, p.ID, community.Draft{Content: "I think so too", Language: "en"})
			return a, domain.CodeOf(err)
		}
		for name, x := range map[string]struct {
			may            map[string]any
			says           string
			reader, others domain.Code
		}{
			"all":       {map[string]any{"automaticApproval": []string{public}, "always": []string{public}}, "!Its author", "", ""},
			"empty":     {map[string]any{}, "!Its author", "", ""},
			"author":    {map[string]any{"automaticApproval": author}, "Its author lets nobody answer", domain.Forbidden, domain.Forbidden},
			"old":       {map[string]any{"always": []string{author}}, "Its author lets nobody answer", domain.Forbidden, domain.Forbidden},
			"followers": {map[string]any{"automaticApproval": []string{author, followers}}, "lets those who follow", "", domain.Forbidden},
			"following": {map[string]any{"always": []string{author, author + "/following"}}, "decides on each answer", "", ""},
			"asked":     {map[string]any{"automaticApproval": author, "manualApproval": public}, "decides on each answer", "", ""},
			"no lists":  {map[string]any{"automaticApproval": 7, "always": map[string]any{"id": public + "x"}}, "Its author lets nobody answer", domain.Forbidden, domain.Forbidden},
		} {
			p := gets(as, x.may)
			page := "/posts/" + string(p.ID)
			if body := reader.reads(page, x.says); strings.Contains(body, page+`/replies"`) == (x.reader != "") {
				t.Errorf("%s: the form of %s", name, body)
			}
			if status, _ := reader.ask(page+"/replies", url.Values{"content": {"I think so"}, "lang": {"en"}}); (status == http.StatusForbidden) != (x.reader != "") {
				t.Errorf("%s: the reader's form is answered by %d", name, status)
			}
			if _, code := answers(stranger, p); code != x.others {
				t.Errorf("%s: others are told %q", name, code)
			}
		}
		named := gets(func(note map[string]any) {
			note["tag"] = []any{map[string]string{"type": "Mention", "href": string(zaragoza.Namespace.IRI("users", "ben")), "name": "@ben"}}
		}, map[string]any{"always": author})
		if _, code := answers(stranger, named); code != "" {
			t.Errorf("who is named is told %q", code)
		}
		asked := gets(as, map[string]any{"manualApproval": public})
		answer, _ := answers(reader.Viewer, asked)
		verdict := func(n int, kind, object string) {
			number++
			status, err := peer.Send(ctx, n, zaragoza.URL+"/inbox", map[string]any{
				"@context": "https://www.w3.org/ns/activitystreams", "id": fmt.Sprintf("%s/verdicts/%d", peer.Person(n), number), "type": kind,
				"actor": string(peer.Person(n)), "object": object, "target": string(asked.IRI), "to": string(zaragoza.Namespace.IRI("users", "ana")),
			}, httpsig.Cavage)
			if err != nil || status != http.StatusAccepted {
				t.Fatalf("%s: %d (%v)", kind, status, err)
			}
			c.Settle()
		}
		refused := func(want bool) {
			t.Helper()
			h, err := zaragoza.Communities.OwnAsked(ctx, reader.Viewer, asked)
			if err != nil || len(h) != 1 || (h[0].State == community.HeldDeclined) != want {
				t.Errorf("is it refused? %+v (%v)", h, err)
			}
		}
		verdict(2, "Reject", string(answer.IRI)) // who is nobody to it
		refused(false)
		verdict(1, "Reject", string(answer.IRI))
		verdict(1, "Reject", string(answer.IRI))
		refused(true)
		if n := zaragoza.times(t, reader.Viewer, "answer_declined"); n != 1 {
			t.Errorf("they are told %d times", n)
		}
		verdict(1, "Accept", string(answer.IRI))
		if _, err := zaragoza.Communities.PostByID(ctx, stranger, answer.ID); err != nil {
			t.Errorf("what they take after all is not published: %v", err)
		}
	})
}

// TestFedA19QuotesAreAllowed: who asks to quote a public post gets an
// authorisation that anybody can read, until the post is deleted; nobody asks
// for others.
func TestFedA19QuotesAreAllowed(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, peer := newCity(t, c.Nodes[0]), federationtest.NewPeer(t)
		post := zaragoza.news(t, "A new line")
		asks := func(number, instrument string) map[string]any {
			return map[string]any{
				"@context": []any{"https://www.w3.org/ns/activitystreams", map[string]string{"QuoteRequest": "https://w3id.org/fep/044f#QuoteRequest"}},
				"id":       string(peer.Person(1)) + "/quotes/" + number, "type": "QuoteRequest", "actor": string(peer.Person(1)),
				"object": string(post.IRI), "instrument": instrument,
			}
		}
		quote := string(peer.Person(1)) + "/notes/7"
		for number, instrument := range map[string]string{"1": quote, "2": "https://other.example/notes/1", "3": string(post.IRI)} {
			if status, err := peer.Send(t.Context(), 1, zaragoza.URL+"/inbox", asks(number, instrument), httpsig.Cavage); err != nil || status != http.StatusAccepted {
				t.Fatalf("request %s: status %d (%v)", number, status, err)
			}
		}
		c.Settle()
		var answer struct {
			Type, Actor, Result string
			Object              struct{ ID, Type, Object, Instrument string }
		}
		inbox := peer.Inbox(1)
		if len(inbox) != 1 {
			t.Fatalf("%d answers", len(inbox))
		}
		if err := json.Unmarshal(inbox[0].Raw, &answer); err != nil {
			t.Fatal(err)
		}
		if answer.Type != "Accept" || answer.Actor != string(zaragoza.community.IRI) || answer.Object.Type != "QuoteRequest" ||
			answer.Object.ID != string(peer.Person(1))+"/quotes/1" || answer.Object.Instrument != quote || answer.Object.Object != string(post.IRI) {
			t.Errorf("answered %s", inbox[0].Raw)
		}
		stamp := get(t, answer.Result)
		if stamp.json["type"] != "QuoteAuthorization" || stamp.json["id"] != answer.Result || stamp.json["attributedTo"] != string(zaragoza.community.IRI) ||
			stamp.json["interactingObject"] != quote || stamp.json["interactionTarget"] != string(post.IRI) {
			t.Errorf("%d: %v", stamp.status, stamp.json)
		}
		for address, want := range map[string]int{
			string(post.IRI) + "/quotes": 400, string(post.IRI) + "/quotes?by=javascript:alert(1)": 400, strings.Replace(answer.Result, "/posts/", "/posts/0", 1): 404,
		} {
			if d := get(t, address); d.status != want {
				t.Errorf("%s: %d, want %d", address, d.status, want)
			}
		}
		zaragoza.rule(t, domain.IRI(peer.URL).Host(), network.VerdictBlock)
		if d := get(t, answer.Result); d.status != http.StatusNotFound {
			t.Errorf("of a blocked host: %d", d.status)
		}
		if err := zaragoza.Gate.Lift(t.Context(), zaragoza.official, domain.IRI(peer.URL).Host()); err != nil {
			t.Fatal(err)
		}
		if err := zaragoza.Communities.DeletePost(t.Context(), zaragoza.official, post.ID); err != nil {
			t.Fatal(err)
		}
		if d := get(t, answer.Result); d.status != http.StatusGone {
			t.Errorf("of a deleted post: %d", d.status)
		}
	})
}
