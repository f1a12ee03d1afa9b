package federationtest_test

import (
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/coproduction"
	"interlink/federation/federationtest"
)

// TestCreditsEndWithWhoWithholdsThemOrLeaves: the names of people are taken out
// of what is in the catalogue already.
func TestCreditsEndWithWhoWithholdsThemOrLeaves(t *testing.T) {
	c := federationtest.New(t, "Zaragoza")
	ctx := t.Context()
	zaragoza, peer := newCity(t, c.Nodes[0]), federationtest.NewPeer(t)
	zaragoza.starterCatalogue(t)
	r := zaragoza.result(t, "safe_ways")
	_, tree, err := zaragoza.Coproduction.Tree(ctx, zaragoza.official, "safe_ways")
	if err != nil {
		t.Fatal(err)
	}
	task, err := tree.Item(r.Item)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := zaragoza.Coproduction.SetTaskStatus(ctx, zaragoza.official, "safe_ways", r.Item, task.Revision, coproduction.Finished); err != nil {
		t.Fatal(err)
	}
	o, err := zaragoza.Curation.Offer(ctx, zaragoza.official, "safe_ways", r.ID, zaragoza.CatalogueActor(), "")
	if err != nil {
		t.Fatal(err)
	}
	if o, err = zaragoza.Curation.Accept(ctx, zaragoza.official, o.ID, o.Revision); err != nil {
		t.Fatal(err)
	}
	authors := func(iri domain.IRI, want, version int) {
		t.Helper()
		e, err := zaragoza.Catalogue.EntryByIRI(ctx, zaragoza.official, iri)
		if err != nil || len(e.Interlinker.Authors) != want || e.Version != version {
			t.Errorf("%+v in version %d (%v), not %d in %d", e.Interlinker.Authors, e.Version, err, want, version)
		}
	}
	authors(o.Entry, 1, 1)
	for range 2 {
		if err := zaragoza.Curation.Withhold(ctx, zaragoza.official, "safe_ways", r.ID, true); err != nil {
			t.Fatal(err)
		}
		authors(o.Entry, 0, 2)
	}

	e, err := zaragoza.Catalogue.Compose(ctx, zaragoza.official, "", catalogue.Writing{Content: catalogue.Content{Name: english("Map of streets"), Interlinker: &catalogue.Interlinker{
		Nature: catalogue.NatureKnowledge, Authors: []catalogue.Author{{Name: "Ana", IRI: peer.Person(1)}, {Name: "Bo", IRI: peer.Person(2)}, {Name: "The council"}},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = zaragoza.Catalogue.Publish(ctx, zaragoza.official, e.ID, e.Revision, ""); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 2; n++ {
		if _, err := zaragoza.Lookup(ctx, string(peer.Person(n))); err != nil {
			t.Fatal(err)
		}
	}
	if err := zaragoza.Network.ReceiveActorDeletion(ctx, peer.Person(1)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := zaragoza.Catalogue.UncreditDeparted(ctx); err != nil {
			t.Fatal(err)
		}
		authors(e.IRI, 2, 2)
	}
}
