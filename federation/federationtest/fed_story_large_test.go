package federationtest_test

import (
	"fmt"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/coproduction"
	"interlink/domain/policy"
	"interlink/domain/story"
	"interlink/federation/federationtest"
)

// TestStoryOfMuch: a story that shows more than other documents may have is read
// by another node as it is, and one that shows more than any node reads is not
// published: who writes it is told to leave branches out.
func TestStoryOfMuch(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		ctx := t.Context()
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		_, task := zaragoza.begun(t, "safe_ways")
		add := func(from, to int) {
			t.Helper()
			for n := from; n < to; n++ {
				_, err := zaragoza.Coproduction.AddResource(ctx, zaragoza.official, "safe_ways", task, coproduction.ResourceDetails{
					Name: fmt.Sprint("Minutes ", n), Body: strings.Repeat("We met. ", coproduction.MaxBody/8), Licence: "CC-BY-4.0", Public: true,
				})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
		in := story.Input{Slug: "safe-ways", Process: "safe_ways", Owner: zaragoza.owner.ID, Telling: story.Telling{Title: english("Children walk alone again"), Summary: english("How a district did it.")}}
		reader := riga.Person("reader", policy.RoleMember)
		riga.follow(t, reader, reader.Actor, "@city_hall@"+zaragoza.Namespace.HandleHost())
		c.Settle()
		add(0, 4)
		told, err := zaragoza.Stories.Publish(ctx, zaragoza.official, in)
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		read, err := riga.Stories.Story(ctx, reader, "safe-ways", domain.IRI(zaragoza.URL).Host())
		if err != nil || read.Snapshot == nil || read.Snapshot.Digest() != told.Snapshot.Digest() || len(read.Snapshot.Canonical()) < 2_000_000 {
			t.Fatalf("elsewhere it is %v (%v)", read, err)
		}
		add(4, 18)
		if _, err := zaragoza.Stories.Revise(ctx, zaragoza.official, "safe-ways", told.Revision, in); domain.CodeOf(err) != domain.Invalid || domain.FieldsOf(err)[0].Field != "keep" {
			t.Errorf("one that shows too much: %v", err)
		}
	})
}
