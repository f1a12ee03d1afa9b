//go:build !race

package federationtest_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"interlink/cmd/interlink/node"
	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/network"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
	"interlink/federation/httpsig"
	"interlink/storage"
)

// TestDeletionsSurviveAKill kills a node in the middle of erasing what another
// catalogue deleted; a Delete that comes again, or from somebody else of that
// server, changes nothing.
func TestDeletionsSurviveAKill(t *testing.T) {
	const entries = 60
	onEach(t, func(t *testing.T, database string) {
		shelf := newShelfPeer(t, entries)
		var owner *network.Actor
		var official policy.Viewer
		c := newCrashNode(t, database, func(n *node.Node) {
			official = admin(t, n)
			riga := &city{Node: &federationtest.Node{Node: n}, official: official}
			owner = shelf.accept(t, riga)
			for _, e := range shelf.entries {
				in := catalogue.Remote{IRI: e.IRI, Slug: e.Slug, Kind: e.Kind, Content: e.Content(), Version: 1, Updated: e.UpdatedAt}
				if _, err := n.Catalogue.Receive(t.Context(), owner, in); err != nil {
					t.Fatal(err)
				}
			}
		})
		shelf.instead(func(_ int, w http.ResponseWriter, _ *http.Request) bool {
			w.WriteHeader(http.StatusBadGateway)
			return true
		})
		idle := c
		idle.Idle = true
		accepting := idle.start(t)
		send := func(person int, iri domain.IRI, number string) {
			t.Helper()
			status, err := shelf.Send(t.Context(), person, "http://"+c.Address+"/catalogue/inbox", map[string]any{
				"@context": "https://www.w3.org/ns/activitystreams", "id": string(shelf.Person(person)) + "/delete/" + number, "type": "Delete",
				"actor": string(shelf.Person(person)), "to": []string{"https://www.w3.org/ns/activitystreams#Public"}, "object": map[string]any{"id": string(iri), "type": "Tombstone"},
			}, httpsig.Cavage)
			if err != nil || status != http.StatusAccepted {
				t.Fatal(status, err)
			}
		}
		for _, e := range shelf.entries[1:] {
			send(1, e.IRI, e.Slug)
			send(1, e.IRI, e.Slug+"-again")
		}
		send(2, shelf.entries[0].IRI, "forged")
		accepting.kill()

		db, err := storage.Open(t.Context(), database)
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		store := storage.NewCatalogue(db)
		left := func() (n int) {
			marks, err := store.Marks(t.Context(), owner.ID)
			if err != nil {
				t.Fatal(err)
			}
			return len(marks)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		for first := c.start(t); ; {
			if n := left(); n < entries {
				first.kill()
				break
			} else if ctx.Err() != nil {
				t.Fatal("nothing is erased")
			}
		}
		c.start(t)
		tick := time.NewTicker(20 * time.Millisecond) // it is another process
		defer tick.Stop()
		queues := storage.NewActivities(db, domain.NewMint(nil, nil))
		for q, err := queues.Queues(ctx); err != nil || q.Received > 0; q, err = queues.Queues(ctx) {
			if ctx.Err() != nil {
				t.Fatalf("%d wait still (%v)", q.Received, err)
			}
			<-tick.C
		}
		iris := make([]domain.IRI, entries)
		for i, e := range shelf.entries {
			iris[i] = e.IRI
		}
		buried, err := store.Tombstones(t.Context(), iris)
		if _, forged := buried[iris[0]]; err != nil || forged || len(buried) != entries-1 || left() != 1 {
			t.Errorf("%d tombstones, %d entries left, by the forged one %v (%v)", len(buried), left(), forged, err)
		}
	})
}
