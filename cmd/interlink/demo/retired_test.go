//go:build !race

package demo

import (
	"testing"

	"interlink/domain/catalogue"
)

// retired withdraws and deletes entries of a city's catalogue that the story
// does not need, and returns the pages that tell of it.
func retired(t *testing.T, c *city) []string {
	t.Helper()
	by := c.node.Operator()
	end := func(kind catalogue.Kind, slug, instead string) *catalogue.Entry {
		t.Helper()
		e, err := c.node.Catalogue.Entry(t.Context(), by, kind, slug, "")
		if err != nil {
			t.Fatal(err)
		}
		other, err := c.node.Catalogue.Entry(t.Context(), by, kind, instead, "")
		if err != nil {
			t.Fatal(err)
		}
		if e, err = c.node.Catalogue.Withdraw(t.Context(), by, e.ID, e.Revision, other.IRI); err != nil {
			t.Fatal(err)
		}
		return e
	}
	tool := end(catalogue.KindInterlinker, "wcag", "stakeholder-map")
	kept := end(catalogue.KindSchema, "plain-description", "public-service")
	gone := end(catalogue.KindSchema, "idea-event", "public-service")
	if err := c.node.Catalogue.Delete(t.Context(), by, gone.ID, gone.Revision, gone.Name["en"]); err != nil {
		t.Fatal(err)
	}
	return []string{tool.Address(), tool.Address() + "/delete", kept.Address(), gone.Address(), "/schemas/improve-service/withdraw"}
}
