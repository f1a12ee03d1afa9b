package federationtest_test

import (
	"errors"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/network"
	"interlink/domain/story"
	"interlink/federation/federationtest"
)

// TestFedStoryCosignedAgain: Riga's city hall refuses with a reason to sign
// Zaragoza's story, is asked again a day later and signs, takes its signature
// back, which copies hear, and wants to be asked no more, until it says so.
func TestFedStoryCosignedAgain(t *testing.T) {
	for database, open := range federationtest.Databases {
		t.Run(database, func(t *testing.T) {
			t.Parallel()
			clock := new(timepiece)
			clock.advance(-5 * day) // so that what is signed later is not of a time to come for who checks it
			c := federationtest.With(t, open, func(o *node.Options) { o.Now = clock.now }, "Zaragoza", "Riga")
			x := cosigning{t: t, Cluster: c, from: newCity(t, c.Nodes[0]), to: newCity(t, c.Nodes[1])}
			told := x.from.tell(t)
			// Nobody at Riga follows whom it is told by: it read the story by its address.
			_, err := x.to.Stories.Pasted(t.Context(), x.to.official, told.IRI, x.to.Object)
			if err != nil {
				t.Fatal(err)
			}
			if x.partner, err = x.from.Lookup(t.Context(), x.to.handle("city_hall")); err != nil {
				t.Fatal(err)
			}

			x.ask("")
			x.answer(story.CosignReply{Reason: "We had no part in it."})
			x.is(story.CosignRefused, "We had no part in it.", false)
			x.ask("cosign.too_soon")
			clock.advance(25 * time.Hour)
			x.ask("")
			x.is(story.CosignAsked, "", false)
			x.ask("cosign.asked")
			x.answer(story.CosignReply{Sign: true})
			x.is(story.CosignSigned, "", false)
			x.ask("cosign.signed")
			x.to.signedBy(t, told, x.from.owner.IRI, x.to.owner.IRI)

			x.answer(story.CosignReply{Reason: "The figures are disputed."})
			x.is(story.CosignWithdrawn, "The figures are disputed.", false)
			x.to.signedBy(t, told, x.from.owner.IRI)
			r := checked(t, got(t, x.from.URL+"/stories/safe-ways/evidence"), false)
			if r.Err() != nil || len(r.Signatures) != 1 {
				t.Errorf("at its own node after the withdrawal: %+v, %v", r, r.Err())
			}

			clock.advance(25 * time.Hour)
			x.ask("")
			x.answer(story.CosignReply{Never: true})
			x.is(story.CosignRefused, "", true)
			clock.advance(25 * time.Hour)
			x.ask("cosign.unwanted")
			now, err := x.from.Stories.Story(t.Context(), x.from.official, "safe-ways", "")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := x.from.Stories.Revise(t.Context(), x.from.official, "safe-ways", now.Revision, story.Input{Community: x.from.community.ID, Telling: now.Telling}); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			x.ask("cosign.unwanted") // nor for another version
			x.answer(story.CosignReply{Reason: "You may ask again."})
			x.ask("")
			x.is(story.CosignAsked, "", false)
			x.answer(story.CosignReply{Sign: true})
			x.to.signedBy(t, told, x.from.owner.IRI, x.to.owner.IRI)
		})
	}
}

// cosigning is a city that asks another to sign its story.
type cosigning struct {
	*federationtest.Cluster
	t        *testing.T
	from, to *city
	partner  *network.Actor
	told     *story.Story
}

// ask asks, or is refused for a reason.
func (x *cosigning) ask(refused string) {
	x.t.Helper()
	_, err := x.from.Stories.AskCosignature(x.t.Context(), x.from.official, "safe-ways", x.partner)
	var no *domain.Error
	if err != nil && !errors.As(err, &no) || err == nil && refused != "" || no != nil && no.Key != refused {
		x.t.Fatalf("asked: %v, want %q", err, refused)
	}
	x.Settle()
}

// answer says something to the newest request.
func (x *cosigning) answer(in story.CosignReply) {
	x.t.Helper()
	list, err := x.to.Stories.CosignRequests(x.t.Context(), x.to.official, x.to.owner.ID, domain.Page{})
	if err != nil || len(list.Items) == 0 {
		x.t.Fatalf("nothing is asked: %v", err)
	}
	if _, err := x.to.Stories.AnswerCosignature(x.t.Context(), x.to.official, list.Items[0].ID, list.Items[0].Revision, in); err != nil {
		x.t.Fatal(err)
	}
	x.Settle()
}

// is compares what who asked knows of the newest request.
func (x *cosigning) is(state story.CosignState, reason string, never bool) {
	x.t.Helper()
	list, err := x.from.Stories.Cosignatures(x.t.Context(), x.from.official, "safe-ways")
	if err != nil || len(list) != 1 || list[0].State != state || list[0].Reason != reason || list[0].Never != never {
		x.t.Fatalf("who asked knows %+v, %v; want %s %q %v", list, err, state, reason, never)
	}
}
