package federationtest_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
)

// TestFedStoryCosigningOrders: however requests to sign, what takes them back and
// what is answered cross each other, come again, or a request after what takes it
// back, both nodes end with the same record of each request, and no signature
// stands that the partner does not know of.
func TestFedStoryCosigningOrders(t *testing.T) {
	clock := new(timepiece)
	c := federationtest.With(t, federationtest.Databases["sqlite"], func(o *node.Options) { o.Now = clock.now }, "Zaragoza", "Riga")
	from, to := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
	from.tell(t)
	partner, err := from.Lookup(t.Context(), to.handle("city_hall"))
	if err != nil {
		t.Fatal(err)
	}
	owner, err := to.Lookup(t.Context(), from.handle("city_hall"))
	if err != nil {
		t.Fatal(err)
	}
	here, err := to.Network.ActorByIRI(t.Context(), policy.Viewer{}, to.owner.IRI)
	if err != nil {
		t.Fatal(err)
	}
	number := 0
	rapid.Check(t, func(r *rapid.T) {
		number++
		clock.advance(2 * day) // what was asked before is out of mind
		told, err := from.Stories.Publish(t.Context(), from.official, story.Input{
			Slug: fmt.Sprint("story-", number), Process: "safe_ways", Owner: from.owner.ID, Telling: story.Telling{Title: english("Walking"), Summary: english("…"), Results: english("…")},
		})
		if err != nil {
			t.Fatal(err)
		}
		o := &orders{T: t, from: from, to: to, owner: owner, partner: partner, here: here, told: told, known: map[string]story.CosignState{}}
		for range rapid.IntRange(2, 14).Draw(r, "steps") {
			o.step(rapid.SampledFrom([]string{"ask", "cancel", "sign", "refuse", "deliver", "deliver", "answer", "again"}).Draw(r, "step"), r)
			o.sound(r)
		}
		for len(o.going)+len(o.coming) > 0 {
			o.step(rapid.SampledFrom([]string{"deliver", "answer"}).Draw(r, "end"), r)
			o.sound(r)
		}
		o.agree(r)
	})
}

// orders are two nodes between which a test carries each message of a story.
type orders struct {
	*testing.T
	from, to      *city
	owner         *network.Actor // as the partner's node knows it
	partner, here *network.Actor // as the owner's node knows it, and its own
	told          *story.Story

	known         map[string]story.CosignState // what each side has said of an Offer
	going, coming []message                    // to the partner, in order; to the owner, in any
	past          []message                    // that arrived
}

// message is an activity on its way.
type message struct {
	offer domain.IRI
	state story.CosignState // asked is the Offer, cancelled its Undo, the others answers
}

func (o *orders) asked() []*story.Cosignature {
	o.Helper()
	list, err := o.from.Stories.Cosignatures(o.Context(), o.from.official, o.told.Slug)
	if err != nil {
		o.Fatal(err)
	}
	return list
}

func (o *orders) requests() (all []*story.Cosignature) {
	o.Helper()
	list, err := o.to.Stories.CosignRequests(o.Context(), o.to.official, o.to.owner.ID, domain.Page{Limit: 50})
	if err != nil {
		o.Fatal(err)
	}
	for _, c := range list.Items {
		if c.StoryIRI == o.told.IRI {
			all = append(all, c)
		}
	}
	return all
}

// step does one thing, and puts on its way what follows from it.
func (o *orders) step(what string, r *rapid.T) {
	o.Helper()
	ctx := o.Context()
	switch asked, requests := o.asked(), o.requests(); {
	case what == "ask":
		_, _ = o.from.Stories.AskCosignature(ctx, o.from.official, o.told.Slug, o.partner)
	case what == "cancel" && len(asked) > 0:
		_, _ = o.from.Stories.CancelCosignature(ctx, o.from.official, asked[len(asked)-1].ID)
	case what == "sign" && len(requests) > 0, what == "refuse" && len(requests) > 0:
		if c := requests[0]; c.State == story.CosignAsked {
			_, _ = o.to.Stories.AnswerCosignature(ctx, o.to.official, c.ID, c.Revision, story.CosignReply{Sign: what == "sign"})
		}
	case what == "deliver" && len(o.going) > 0:
		n := 0
		if len(o.going) > 1 && o.going[0].offer == o.going[1].offer && rapid.Bool().Draw(r, "before") {
			n = 1 // an Undo before its Offer
		}
		m := o.going[n]
		o.going = append(o.going[:n:n], o.going[n+1:]...)
		o.carry(m)
	case what == "answer" && len(o.coming) > 0:
		n := rapid.IntRange(0, len(o.coming)-1).Draw(r, "which")
		m := o.coming[n]
		o.coming = append(o.coming[:n:n], o.coming[n+1:]...)
		o.carry(m)
	case what == "again" && len(o.past) > 0:
		o.carry(rapid.SampledFrom(o.past).Draw(r, "which"))
	}
	for _, c := range o.asked() {
		if c.State == story.CosignAsked || c.State == story.CosignCancelled {
			o.going = o.say(o.going, "owner ", c)
		}
	}
	for _, c := range o.requests() {
		if c.State == story.CosignSigned || c.State == story.CosignRefused {
			o.coming = o.say(o.coming, "partner ", c)
		}
	}
}

// say puts on its way what was not said yet.
func (o *orders) say(way []message, by string, c *story.Cosignature) []message {
	if key := by + string(c.IRI); o.known[key] != c.State {
		o.known[key] = c.State
		way = append(way, message{c.IRI, c.State})
	}
	return way
}

// carry makes a node receive a message.
func (o *orders) carry(m message) {
	o.Helper()
	ctx := o.Context()
	var err error
	switch m.state {
	case story.CosignAsked:
		err = o.to.Stories.ReceiveCosignOffer(ctx, story.CosignOffer{IRI: m.offer, Owner: o.owner, Partner: o.here.ID, Article: []byte("{}"), Story: story.Received{
			IRI: o.told.IRI, Owner: o.owner.ID, OwnerIRI: o.owner.IRI, Telling: o.told.Telling, Version: 1, Published: o.told.PublishedAt,
		}})
	case story.CosignCancelled:
		err = o.to.Stories.ReceiveCosignCancellation(ctx, story.CosignCancellation{Offer: m.offer, Owner: o.owner, Partner: o.here, Story: o.told.IRI})
	default:
		err = o.from.Stories.ReceiveCosignAnswer(ctx, story.CosignAnswer{Offer: m.offer, By: o.partner, Signed: m.state == story.CosignSigned, Article: []byte("{}"), Proof: []byte("{}")})
	}
	if err != nil {
		o.Fatalf("%+v: %v", m, err)
	}
	o.past = append(o.past, m)
}

// sound holds at every moment: what is signed is the newest request, and the partner
// signed that, and did not hear that it was taken back.
func (o *orders) sound(r *rapid.T) {
	asked := o.asked()
	for n, c := range asked {
		if c.State != story.CosignSigned {
			continue
		}
		if n != len(asked)-1 {
			r.Fatalf("signed is a request before the newest: %+v", asked)
		}
		if there := o.there(c.IRI); there == nil || there.State != story.CosignSigned {
			r.Fatalf("signed is what the partner knows as %+v", there)
		}
	}
}

func (o *orders) there(offer domain.IRI) *story.Cosignature {
	for _, c := range o.requests() {
		if c.IRI == offer {
			return c
		}
	}
	return nil
}

// agree holds once nothing is on its way: both have the same record, and where the
// partner has none it was taken back.
func (o *orders) agree(r *rapid.T) {
	for _, c := range o.asked() {
		there := o.there(c.IRI)
		if there == nil && c.State != story.CosignCancelled || there != nil && there.State != c.State {
			r.Fatalf("who asked knows %s as %s, the partner as %+v", c.IRI, c.State, there)
		}
	}
	for _, c := range o.requests() {
		waits := c.State == story.CosignAsked || c.State == story.CosignSigned
		if waits && (len(o.asked()) == 0 || o.asked()[len(o.asked())-1].IRI != c.IRI) {
			r.Fatalf("the partner has %s of %s, which is not what was asked last", c.State, c.IRI)
		}
	}
}
