package storage_test

import (
	"sync"
	"testing"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestLocalActorAtOnce: several processes start on one empty database, and
// each makes the node's own actor: there is one, which all have.
func TestLocalActorAtOnce(t *testing.T) {
	storagetest.Run(t, "at once", func(t *testing.T, db *storage.DB) {
		ns, err := domain.NewNamespace("https://city.example")
		if err != nil {
			t.Fatal(err)
		}
		actors := make([]*network.Actor, 8)
		var all sync.WaitGroup
		for i := range actors {
			all.Go(func() {
				mint := domain.NewMint(nil, nil)
				a := network.NewLocal(mint, ns, network.TypeApplication, network.SubjectNode, ns.Host(), "actor")
				if err := storage.NewNetwork(db).AddLocalActor(t.Context(), a); err != nil {
					t.Error(err)
				}
				actors[i] = a
			})
		}
		all.Wait()
		for _, a := range actors {
			if a.ID != actors[0].ID {
				t.Errorf("%s and %s are the node", a.ID, actors[0].ID)
			}
		}
	})
}
