package federationtest_test

import (
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

func TestCatalogueFollows(t *testing.T) {
	federationtest.Run(t, []string{"Zaragoza", "Riga"}, func(t *testing.T, c *federationtest.Cluster) {
		zaragoza, riga := newCity(t, c.Nodes[0]), newCity(t, c.Nodes[1])
		zaragoza.starterCatalogue(t)
		c.Settle()
		owner := riga.follow(t, riga.official, riga.CatalogueActor().ID, zaragoza.handle("catalogue"))
		riga.endorse(t, owner.Host)
		c.Settle()

		count := func(kind catalogue.Kind, origin string, n *city) int {
			list, _, err := n.Catalogue.Find(t.Context(), policy.Viewer{}, catalogue.Filter{Kind: kind, Origin: origin, Withdrawn: true, Variants: true}, domain.Page{Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			return list.Total
		}
		for _, kind := range catalogue.Kinds {
			there, here := count(kind, "local", zaragoza), count(kind, owner.Host, riga)
			if there == 0 || there != here {
				t.Errorf("%s: Zaragoza has %d, Riga received %d", kind, there, here)
			}
		}

		list, _, err := zaragoza.Catalogue.Find(t.Context(), zaragoza.official, catalogue.Filter{Kind: catalogue.KindInterlinker}, domain.Page{Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		corrected, replacement := list.Items[0], list.Items[1]
		e, err := zaragoza.Catalogue.Correct(t.Context(), zaragoza.official, corrected.ID, corrected.Revision, catalogue.Correction{Summary: english("Corrected.")})
		if err != nil {
			t.Fatal(err)
		}
		c.Settle()
		copied, err := riga.Catalogue.EntryByIRI(t.Context(), riga.official, corrected.IRI)
		if err != nil {
			t.Fatal(err)
		}
		if copied.Summary["en"] != "Corrected." || copied.Host != owner.Host {
			t.Errorf("Riga's copy says %v", copied.Summary)
		}
		if copied.ContentHash() != e.ContentHash() {
			t.Error("the copy differs from the original in more than its place")
		}

		if _, err := zaragoza.Catalogue.Withdraw(t.Context(), zaragoza.official, e.ID, e.Revision, replacement.IRI); err != nil {
			t.Fatal(err)
		}
		c.Settle()
		if copied, err = riga.Catalogue.EntryByIRI(t.Context(), riga.official, corrected.IRI); err != nil {
			t.Fatal(err)
		}
		if copied.Status != catalogue.Withdrawn || copied.Replacement != replacement.IRI {
			t.Errorf("Riga's copy is %s, replaced by %q", copied.Status, copied.Replacement)
		}
		if _, err := riga.Catalogue.Correct(t.Context(), riga.official, copied.ID, copied.Revision, catalogue.Correction{Summary: english("Ours.")}); domain.CodeOf(err) != domain.Forbidden {
			t.Errorf("Riga changed another node's entry: %v", err)
		}
	})
}
