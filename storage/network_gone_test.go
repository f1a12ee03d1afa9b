package storage_test

import (
	"testing"

	"interlink/domain"
	"interlink/domain/network"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestActorGone: of an actor of another server that is no more, its address and
// handle stay as a mark; nothing stays that it said of itself.
func TestActorGone(t *testing.T) {
	storagetest.Run(t, "gone", func(t *testing.T, db *storage.DB) {
		w := newTown(t, db)
		bo := &network.Actor{
			IRI: "https://riga.example/users/bo", Type: "Person", Subject: network.SubjectPerson, Name: "bo", Host: "riga.example",
			Title: "Bo", Titles: domain.Text{"en": "Bo", "lv": "Bo Ozols"}, Summary: "Gardener.", Fields: []network.Field{{Name: "Phone", Value: "123"}},
			AlsoKnownAs: []domain.IRI{"https://old.example/users/bo"}, Inbox: "https://riga.example/users/bo/inbox",
		}
		if _, err := w.network.ReceiveActor(t.Context(), bo); err != nil {
			t.Fatal(err)
		}
		if err := w.network.ReceiveActorDeletion(t.Context(), bo.IRI); err != nil {
			t.Fatal(err)
		}
		got, err := w.net.ActorByIRI(t.Context(), bo.IRI)
		if err != nil || !got.Gone() || got.Name != "bo" {
			t.Fatalf("%+v, %v", got, err)
		}
		if got.Title != "" || !got.Titles.Empty() || got.Summary != "" || len(got.Fields) != 0 || len(got.AlsoKnownAs) != 0 {
			t.Errorf("it says still: %+v", got)
		}
	})
}
