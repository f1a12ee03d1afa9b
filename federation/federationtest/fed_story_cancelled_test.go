package federationtest_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/story"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
)

// TestFedA81StoryCancelled: Zaragoza takes back what it asked Riga's city hall to
// sign, and asks anew at once; what is said to the first request is no answer to
// the second, nor is what crosses it on its way one to the first. A new version, and
// a story that is withdrawn, take back what waits.
func TestFedA81StoryCancelled(t *testing.T) {
	onCosigning(t, func(t *testing.T, x *cosigning, clock *timepiece) {
		x.ask("")
		open := x.requests()[0]
		x.cancel("")
		x.Settle()
		x.states(story.CosignCancelled)
		x.refused(open, story.CosignReply{Sign: true}, "cosign.cancelled") // its page was open
		x.refused(open, story.CosignReply{Reason: "No."}, "cosign.cancelled")
		x.refused(x.requests()[0], story.CosignReply{Sign: true}, "cosign.cancelled")
		x.cancel("") // again
		x.ask("")
		x.states(story.CosignCancelled, story.CosignAsked)

		// It signs as the request is taken back: nobody takes the signature any more.
		x.says(story.CosignReply{Sign: true})
		x.cancel("")
		x.Settle()
		x.states(story.CosignCancelled, story.CosignCancelled)
		x.ask("")
		x.answer(story.CosignReply{Sign: true})
		x.states(story.CosignCancelled, story.CosignCancelled, story.CosignSigned)
		x.cancel("cosign.answered")
		x.to.signedBy(t, x.told, x.from.owner.IRI, x.to.owner.IRI)

		clock.advance(25 * time.Hour)
		x.revise()
		x.Settle()
		for range 3 {
			x.ask("")
			x.cancel("")
			x.Settle()
		}
		x.ask("cosign.too_often")
		clock.advance(25 * time.Hour)
		x.ask("")
		x.revise()
		x.Settle()
		if got := x.requests()[0]; got.State != story.CosignCancelled || got.Version != 2 {
			t.Errorf("after another version Riga is asked %+v", got)
		}
		x.ask("")
		if _, err := x.from.Stories.Withdraw(t.Context(), x.from.official, "safe-ways"); err != nil {
			t.Fatal(err)
		}
		x.Settle()
		if got := x.requests()[0]; got.State != story.CosignCancelled || got.Version != 3 {
			t.Errorf("after the story is withdrawn Riga is asked %+v", got)
		}
	})
}

// TestFedStoryCancelledTooLate: a no that crosses the Undo on its way stays one, and
// takes back what was asked since, which comes too soon.
func TestFedStoryCancelledTooLate(t *testing.T) {
	onCosigning(t, func(t *testing.T, x *cosigning, clock *timepiece) {
		x.ask("")
		x.says(story.CosignReply{Reason: "We had no part in it."})
		x.cancel("")
		if _, err := x.from.Stories.AskCosignature(t.Context(), x.from.official, "safe-ways", x.partner); err != nil {
			t.Fatal(err)
		}
		x.Settle()
		x.Settle()
		if list := x.asked(); len(list) != 2 || list[0].State != story.CosignRefused || list[0].Reason != "We had no part in it." || list[1].State != story.CosignCancelled {
			t.Errorf("who asked knows %+v", list)
		}
		if list := x.requests(); len(list) != 1 || list[0].State != story.CosignRefused {
			t.Errorf("Riga knows %+v", list)
		}
		x.ask("cosign.too_soon")
		clock.advance(25 * time.Hour)
		x.ask("")
		x.cancel("")
		x.Settle()
		// What was taken back it may not be asked again.
		x.answer(story.CosignReply{Never: true})
		clock.advance(25 * time.Hour)
		x.ask("cosign.unwanted")
	})
}

// TestFedStorySignedByWhoIsGone: Riga's city hall signs and is deleted. Zaragoza is
// told, and its story has the signature as before.
func TestFedStorySignedByWhoIsGone(t *testing.T) {
	onCosigning(t, func(t *testing.T, x *cosigning, _ *timepiece) {
		x.ask("")
		x.answer(story.CosignReply{Sign: true})
		before := string(got(t, x.from.URL+"/stories/safe-ways/evidence"))
		if err := x.to.Organizations.Delete(t.Context(), x.to.official, x.to.owner.ID, "city_hall"); err != nil {
			t.Fatal(err)
		}
		x.Settle()
		partner, err := x.from.Network.ActorByIRI(t.Context(), x.from.official, x.to.owner.IRI)
		if err != nil || !partner.Gone() {
			t.Errorf("Zaragoza knows %+v (%v)", partner, err)
		}
		if list := x.asked(); len(list) != 1 || list[0].State != story.CosignSigned || list[0].PartnerName["en"] != "City hall" {
			t.Errorf("Zaragoza knows %+v", list)
		}
		after := got(t, x.from.URL+"/stories/safe-ways/evidence")
		if r := checked(t, after, true); string(after) != before || r.Err() != nil || len(r.Signatures) != 2 || r.Signatures[1].Err != nil {
			t.Errorf("the story has %+v (%v)", r, r.Err())
		}
	})
}

// TestFedStoryCancelledUnheard: a request that does not arrive says so once it is
// given up, and is taken back and repeated.
func TestFedStoryCancelledUnheard(t *testing.T) {
	onFar(t, func(t *testing.T, f *far) {
		dressed(f.peer)
		f.tell(t)
		partner, err := f.Fresh(t.Context(), string(f.peer.Person(1)))
		if err != nil {
			t.Fatal(err)
		}
		f.fails(http.StatusBadGateway)
		asked, err := f.Stories.AskCosignature(t.Context(), f.official, "safe-ways", partner)
		if err != nil {
			t.Fatal(err)
		}
		f.cluster.Settle()
		for n, given := range []bool{false, true} {
			for range 7 - 3*n {
				f.later(15 * time.Hour)
			}
			if is, err := f.Traffic.GivenUp(t.Context(), asked.IRI); err != nil || is != given {
				t.Errorf("given up (%d): %v (%v)", n, is, err)
			}
		}
		f.peer.AnswerWith(nil)
		if _, err := f.Stories.CancelCosignature(t.Context(), f.official, asked.ID); err != nil {
			t.Fatal(err)
		}
		again, err := f.Stories.AskCosignature(t.Context(), f.official, "safe-ways", partner)
		if err != nil || again.IRI == asked.IRI {
			t.Fatalf("asked anew: %+v (%v)", again, err)
		}
		f.later(15 * time.Hour)
		if arrived(f.peer, 1, "Offer") != 1 || arrived(f.peer, 1, "Undo") != 1 {
			t.Errorf("the partner was sent %v", f.peer.Inbox(1))
		}
	})
}

// TestFedStoryHostileCancelling: nobody takes back what another asked; what was
// taken back before it came is not asked; and however often an organisation asks
// and takes back, nobody is asked more than six times in half a day.
func TestFedStoryHostileCancelling(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		b := besiege(t, c)
		other := federationtest.NewHostile(t)
		dressed(b.hostile.Peer)
		dressed(other.Peer)
		for _, p := range []*federationtest.Hostile{b.hostile, other} {
			if _, err := b.Fresh(t.Context(), string(p.Person(1))); err != nil {
				t.Fatal(err)
			}
		}
		says := func(p *federationtest.Hostile, id, kind string, more map[string]any) {
			t.Helper()
			more["id"], more["type"] = string(p.Person(1))+"/asks/"+id, kind
			b.accepts(t, p.Peer, more)
			c.Settle()
		}
		offers := func(id string) {
			t.Helper()
			says(b.hostile, id, "Offer", map[string]any{"target": string(b.owner.IRI), "object": b.article(t)})
		}
		undoes := func(p *federationtest.Hostile, id, offer string) {
			t.Helper()
			says(p, id, "Undo", map[string]any{"object": map[string]any{
				"id": string(b.hostile.Person(1)) + "/asks/" + offer, "type": "Offer", "object": b.hostile.URL + "/articles/walking", "target": string(b.owner.IRI),
			}})
		}
		is := func(what string, want ...story.CosignState) {
			t.Helper()
			list, err := b.Stories.CosignRequests(t.Context(), b.official, b.owner.ID, domain.Page{})
			var got []story.CosignState
			for _, one := range list.Items {
				got = append(got, one.State)
			}
			if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("%s: it is asked %v (%v), want %v", what, got, err, want)
			}
		}
		if _, err := b.Fresh(t.Context(), string(b.hostile.Person(2))); err != nil {
			t.Fatal(err)
		}
		for n := range 7 { // by another of the same server
			status, err := b.hostile.Send(t.Context(), 2, b.URL+"/inbox", map[string]any{
				"@context": streams, "id": fmt.Sprint(b.hostile.Person(2), "/undoes/", n), "actor": string(b.hostile.Person(2)), "type": "Undo", "object": map[string]any{
					"id": fmt.Sprint(b.hostile.Person(2), "/asks/", n), "type": "Offer", "object": b.hostile.URL + "/articles/walking", "target": string(b.owner.IRI),
				},
			}, httpsig.Cavage)
			if err != nil || status != http.StatusAccepted {
				t.Fatalf("status %d (%v)", status, err)
			}
		}
		c.Settle()
		offers("1")
		is("asked", story.CosignAsked)
		undoes(other, "2", "1")
		is("taken back by another", story.CosignAsked)
		undoes(b.hostile, "3", "1")
		is("taken back", story.CosignCancelled)
		offers("1")
		undoes(b.hostile, "4", "1")
		is("again", story.CosignCancelled)
		undoes(other, "5", "6")
		offers("6")
		is("an Undo by another before it", story.CosignAsked, story.CosignCancelled)
		undoes(b.hostile, "7", "6")
		undoes(b.hostile, "8", "9")
		offers("9")
		is("an Undo before it", story.CosignCancelled, story.CosignCancelled)
		for n := range 10 {
			offers(fmt.Sprint("again", n))
			undoes(b.hostile, fmt.Sprint("back", n), fmt.Sprint("again", n))
		}
		list, err := b.Stories.CosignRequests(t.Context(), b.official, b.owner.ID, domain.Page{})
		if err != nil || list.Total != 5 { // with the one that came after its Undo, six
			t.Errorf("it was asked %d times (%v)", list.Total, err)
		}
	})
}

// TestFedStorySignerIsNotTrapped: who signed takes that back also when the other
// says afterwards that it does not ask any more, and goes on to show the signature.
func TestFedStorySignerIsNotTrapped(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		b := besiege(t, c)
		dressed(b.hostile.Peer)
		if _, err := b.Fresh(t.Context(), string(b.hostile.Person(1))); err != nil {
			t.Fatal(err)
		}
		offer := string(b.hostile.Person(1)) + "/asks/1"
		b.accepts(t, b.hostile.Peer, map[string]any{"id": offer, "type": "Offer", "target": string(b.owner.IRI), "object": b.article(t)})
		c.Settle()
		answers := func(in story.CosignReply, want story.CosignState) {
			t.Helper()
			list, err := b.Stories.CosignRequests(t.Context(), b.official, b.owner.ID, domain.Page{})
			if err != nil || len(list.Items) != 1 {
				t.Fatal(list.Items, err)
			}
			got, err := b.Stories.AnswerCosignature(t.Context(), b.official, list.Items[0].ID, list.Items[0].Revision, in)
			if err != nil || got.State != want {
				t.Fatalf("it is %v (%v), want %s", got, err, want)
			}
			c.Settle()
		}
		answers(story.CosignReply{Sign: true}, story.CosignSigned)
		b.accepts(t, b.hostile.Peer, map[string]any{"id": offer + "/undo", "type": "Undo", "object": map[string]any{"id": offer, "type": "Offer", "object": b.hostile.URL + "/articles/walking", "target": string(b.owner.IRI)}})
		c.Settle()
		answers(story.CosignReply{Reason: "It is shown all the same"}, story.CosignWithdrawn)
		arrived := b.hostile.Inbox(1)
		if last := string(arrived[len(arrived)-1].Raw); !strings.Contains(last, `"Undo"`) || !strings.Contains(last, `"Accept"`) || !strings.Contains(last, offer) {
			t.Errorf("the other hears %s", last)
		}
	})
}

// article is a story that person 1 of the hostile peer tells, with its proof.
func (b *besieged) article(t *testing.T) (document map[string]any) {
	t.Helper()
	at, shown := b.hostile.URL+"/articles/walking", shot(b.hostile)
	raw, err := json.Marshal(map[string]any{
		"@context": streams, "id": at, "type": "Article", "attributedTo": string(b.hostile.Person(1)), "name": "Walking", "summary": "…", "content": "…",
		"to": []string{public}, "published": "2026-01-01T00:00:00Z",
		"interlink:story": map[string]any{"version": 1, "process": string(shown.Process.IRI), "snapshot": at + "/snapshot", "digest": shown.Digest()},
	})
	if err == nil {
		raw, err = httpsig.Prove(raw, b.hostile.Ed25519(1), time.Now())
	}
	if err == nil {
		err = json.Unmarshal(raw, &document)
	}
	if err != nil {
		t.Fatal(err)
	}
	return document
}

// onCosigning runs fn on each database with Zaragoza, which tells a story, Riga,
// which is to sign it, and Rome, which reads it; a clock moves them all.
func onCosigning(t *testing.T, fn func(t *testing.T, x *cosigning, clock *timepiece)) {
	t.Helper()
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			clock := new(timepiece)
			clock.advance(-10 * day)
			c := federationtest.With(t, open, func(o *node.Options) { o.Now = clock.now }, "Zaragoza", "Riga", "Rome")
			x := &cosigning{t: t, Cluster: c, from: newCity(t, c.Nodes[0]), to: newCity(t, c.Nodes[1])}
			rome := newCity(t, c.Nodes[2])
			x.told = x.from.tell(t)
			for _, reader := range []*city{x.to, rome} {
				if _, err := reader.Stories.Pasted(t.Context(), reader.official, x.told.IRI, reader.Object); err != nil {
					t.Fatal(err)
				}
			}
			var err error
			if x.partner, err = x.from.Lookup(t.Context(), x.to.handle("city_hall")); err != nil {
				t.Fatal(err)
			}
			fn(t, x, clock)
		})
	}
}

// asked is what who asked knows, oldest first.
func (x *cosigning) asked() []*story.Cosignature {
	x.t.Helper()
	list, err := x.from.Stories.Cosignatures(x.t.Context(), x.from.official, "safe-ways")
	if err != nil {
		x.t.Fatal(err)
	}
	return list
}

// requests is what the partner knows, newest first.
func (x *cosigning) requests() []*story.Cosignature {
	x.t.Helper()
	list, err := x.to.Stories.CosignRequests(x.t.Context(), x.to.official, x.to.owner.ID, domain.Page{})
	if err != nil || len(list.Items) == 0 {
		x.t.Fatalf("nothing is asked: %v", err)
	}
	return list.Items
}

// states compares what both know of the present version, oldest first.
func (x *cosigning) states(want ...story.CosignState) {
	x.t.Helper()
	var here, there []story.CosignState
	for _, c := range x.asked() {
		here = append(here, c.State)
	}
	for _, c := range x.requests() {
		there = append([]story.CosignState{c.State}, there...)
	}
	if fmt.Sprint(here) != fmt.Sprint(want) || fmt.Sprint(there) != fmt.Sprint(want) {
		x.t.Fatalf("who asked knows %v, who is asked %v; want %v", here, there, want)
	}
}

// cancel takes the newest request back, or is refused for a reason. Nothing is sent
// yet.
func (x *cosigning) cancel(refused string) {
	x.t.Helper()
	list := x.asked()
	_, err := x.from.Stories.CancelCosignature(x.t.Context(), x.from.official, list[len(list)-1].ID)
	x.fails(err, refused)
}

// says answers the newest request; nothing is sent yet.
func (x *cosigning) says(in story.CosignReply) {
	x.t.Helper()
	c := x.requests()[0]
	if _, err := x.to.Stories.AnswerCosignature(x.t.Context(), x.to.official, c.ID, c.Revision, in); err != nil {
		x.t.Fatal(err)
	}
}

// refused answers what cannot be answered so.
func (x *cosigning) refused(c *story.Cosignature, in story.CosignReply, why string) {
	x.t.Helper()
	_, err := x.to.Stories.AnswerCosignature(x.t.Context(), x.to.official, c.ID, c.Revision, in)
	x.fails(err, why)
}

func (x *cosigning) fails(err error, key string) {
	x.t.Helper()
	var no *domain.Error
	if err != nil && !errors.As(err, &no) || err == nil && key != "" || no != nil && no.Key != key {
		x.t.Fatalf("%v, want %q", err, key)
	}
}

// revise makes another version of the story.
func (x *cosigning) revise() {
	x.t.Helper()
	now, err := x.from.Stories.Story(x.t.Context(), x.from.official, "safe-ways", "")
	if err == nil {
		_, err = x.from.Stories.Revise(x.t.Context(), x.from.official, "safe-ways", now.Revision, story.Input{Community: x.from.community.ID, Telling: now.Telling})
	}
	if err != nil {
		x.t.Fatal(err)
	}
}
