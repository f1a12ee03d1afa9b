package federationtest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/network"
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
