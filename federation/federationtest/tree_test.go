package federationtest_test

import (
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// A tree that changes is told to our nodes, who can read it again, and to
// nobody else; of one that is not public nobody hears.
func TestTreeChangesReachOurNodes(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		x := zaragoza.process(t, "safe_ways")
		citizen := riga.Person("citizen", policy.RoleMember)
		seen := riga.follow(t, citizen, citizen.Actor, zaragoza.handle("safe_ways"))

		peer := federationtest.NewPeer(t)
		other, err := zaragoza.Lookup(t.Context(), string(peer.Person(1)))
		if err != nil {
			t.Fatal(err)
		}
		followed, err := zaragoza.Network.Actor(t.Context(), zaragoza.official, x.ID)
		if err != nil {
			t.Fatal(err)
		}
		if err := zaragoza.Network.ReceiveFollow(t.Context(), other, followed, peer.Person(1)+"/follow"); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		read := func() *network.Actor {
			a, err := riga.Network.Actor(t.Context(), citizen, seen.ID)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		before, arrived := read().FetchedAt, len(peer.Inbox(1))
		change := func(visibility domain.Visibility) {
			t.Helper()
			p, tree, err := zaragoza.Coproduction.Tree(t.Context(), zaragoza.official, "safe_ways")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := zaragoza.Coproduction.Edit(t.Context(), zaragoza.official, "safe_ways", p.Revision, coproduction.Details{
				Title: p.Title, Language: p.Language, Visibility: visibility,
			}); err != nil {
				t.Fatal(err)
			}
			c.Settle()
			before, arrived = read().FetchedAt, len(peer.Inbox(1))
			if err := zaragoza.Coproduction.MoveItem(t.Context(), zaragoza.official, "safe_ways", tree.Children("")[1].ID, "", 0); err != nil {
				t.Fatal(err)
			}
			c.Settle()
		}
		if err := zaragoza.Coproduction.DisableItem(t.Context(), zaragoza.official, "safe_ways", firstPhase(t, zaragoza)); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if !read().FetchedAt.After(before) {
			t.Error("Riga did not hear that the tree changed")
		}
		if got := len(peer.Inbox(1)); got != arrived {
			t.Errorf("a server of other software was sent %d activities", got-arrived)
		}
		change(domain.VisiblePublic)
		if !read().FetchedAt.After(before) {
			t.Error("Riga did not hear of the move")
		}
		change(domain.VisibleMembers)
		if read().FetchedAt.After(before) || len(peer.Inbox(1)) != arrived {
			t.Error("a process of its members told of its tree")
		}
	})
}

func firstPhase(t *testing.T, c *city) domain.ID {
	t.Helper()
	_, tree, err := c.Coproduction.Tree(t.Context(), c.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	return tree.Children("")[0].ID
}
