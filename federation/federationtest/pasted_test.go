package federationtest_test

import (
	"strings"
	"testing"

	"interlink/domain"
	"interlink/federation/federationtest"
)

// TestPastedAddresses: people paste what stands in the bar of their browser,
// which on most servers is not the id of what they mean.
func TestPastedAddresses(t *testing.T) {
	t.Parallel()
	federationtest.Run(t, []string{"Zaragoza"}, func(t *testing.T, c *federationtest.Cluster) {
		n, peer := c.Nodes[0], federationtest.NewPeer(t)
		note := peer.Note(1, 5, "We meet at the crossing.")["object"].(map[string]any)
		peer.Publish(note)
		peer.PublishAt("/@person1/5", note)
		peer.PublishAt("/@person1", peer.Profile(1))
		for range 2 { // unknown, and known
			who, err := n.Lookup(t.Context(), peer.URL+"/@person1")
			if err != nil || who.IRI != peer.Person(1) {
				t.Fatalf("the page of a person: %+v, %v", who, err)
			}
			to, err := n.Object(t.Context(), domain.IRI(peer.URL+"/@person1/5"))
			if err != nil || !strings.HasPrefix(to, "/posts/") {
				t.Fatalf("the page of a post: %q, %v", to, err)
			}
		}
		// A page that shows somebody of another server is not believed.
		other := federationtest.NewPeer(t)
		peer.PublishAt("/@person2", other.Profile(2))
		if who, err := n.Lookup(t.Context(), peer.URL+"/@person2"); err == nil {
			t.Errorf("somebody of another server by a page: %+v", who)
		}
	})
}
