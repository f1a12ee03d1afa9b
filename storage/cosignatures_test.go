package storage_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/story"
	"interlink/storage"
	"interlink/storage/storagetest"
)

// TestCosignaturesWith: that a partner wants to be asked no more, and what waits
// with it, is found among however many requests for versions to come.
func TestCosignaturesWith(t *testing.T) {
	t.Parallel()
	storagetest.Run(t, "many", func(t *testing.T, db *storage.DB) {
		n := newNode(t, db)
		owner, partner := n.stranger(t, "owner"), n.stranger(t, "partner")
		stories := storage.NewStories(db, n.mint)
		const iri = domain.IRI("https://riga.example/stories/1")
		for version := 1; version <= 205; version++ {
			c := &story.Cosignature{
				ID: n.mint.ID(), Serial: n.mint.Serial(), IRI: domain.IRI(fmt.Sprintf("%s/offers/%d", iri, version)), StoryIRI: iri, Version: version, Host: "riga.example",
				Owner: owner, Partner: partner, State: story.CosignRefused, AskedAt: n.mint.Now().Add(time.Duration(version) * time.Second), Never: version == 1,
			}
			if version == 2 {
				c.State = story.CosignAsked
			}
			if err := stories.SaveCosignatures(t.Context(), domain.Change{}, c); err != nil {
				t.Fatal(err)
			}
		}
		got := must[[]*story.Cosignature](t)(stories.CosignaturesWith(t.Context(), partner, iri))
		for _, version := range []int{1, 2, 205} {
			if !slices.ContainsFunc(got, func(c *story.Cosignature) bool { return c.Version == version }) {
				t.Errorf("version %d is not among %d", version, len(got))
			}
		}
	})
}
