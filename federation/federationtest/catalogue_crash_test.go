//go:build !race

package federationtest_test

import (
	"math/rand/v2"
	"net/http"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain/catalogue"
	"interlink/domain/network"
)

// TestBackfillSurvivesAKillAtEachPage kills a node, which reads a catalogue,
// a moment after each page was given out: before, while or after it keeps it.
// In the end each entry is there once.
func TestBackfillSurvivesAKillAtEachPage(t *testing.T) {
	const pages = 8
	onEach(t, func(t *testing.T, database string) {
		shelf := newShelfPeer(t, pages*onPage)
		var owner *network.Actor
		c := newCrashNode(t, database, func(n *node.Node) {
			v := admin(t, n)
			var err error
			if owner, err = n.Lookup(t.Context(), string(shelf.Person(1))); err != nil {
				t.Fatal(err)
			}
			if _, err := n.Network.Follow(t.Context(), v, n.CatalogueActor().ID, owner.ID); err != nil {
				t.Fatal(err)
			}
			if err := n.Network.ReceiveFollowAnswer(t.Context(), owner, n.CatalogueActor().ID, true); err != nil {
				t.Fatal(err)
			}
		})
		for page := range pages {
			given := make(chan struct{}, 100)
			shelf.instead(func(n int, _ http.ResponseWriter, r *http.Request) bool {
				if n == page {
					given <- struct{}{}
				}
				if n > page { // what follows is given out after the kill alone
					<-r.Context().Done()
				}
				return n > page
			})
			p := c.start(t)
			select {
			case <-given:
				time.Sleep(rand.N(30 * time.Millisecond))
			case <-time.After(time.Minute):
				t.Fatalf("page %d was not asked for", page)
			}
			p.kill()
		}
		shelf.instead(nil)

		n, err := node.Open(t.Context(), c.options())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = n.Close() }()
		read := func() (*catalogue.Subscription, int) {
			sub, copies, err := n.Catalogue.Subscription(t.Context(), n.Operator(), owner.ID)
			if err != nil {
				t.Fatal(err)
			}
			return sub, copies[catalogue.Waiting]
		}
		if sub, kept := read(); kept < (pages-1)*onPage || kept%onPage != 0 || sub.Pages*onPage != kept {
			t.Errorf("%d entries were kept over the kills: %+v", kept, sub)
		}
		c.start(t)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); <-tick.C {
			if sub, _ := read(); sub.State == catalogue.SubscriptionCurrent {
				break
			}
		}
		sub, kept := read()
		if kept != pages*onPage || sub.Taken != pages*onPage || sub.State != catalogue.SubscriptionCurrent {
			t.Errorf("%d of %d entries are there: %+v", kept, pages*onPage, sub)
		}
	})
}
