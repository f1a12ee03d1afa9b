package demo

import (
	"testing"

	"interlink/domain"
	"interlink/domain/community"
)

// bulletins has the official of a city follow the catalogue of another, and
// returns the pages of what came of it.
func bulletins(t *testing.T, of, at *city) []string {
	t.Helper()
	ctx := t.Context()
	official, err := at.node.Accounts.ByUsername(ctx, at.username)
	if err != nil {
		t.Fatal(err)
	}
	var none any
	if err := at.api.post(ctx, "/follows", map[string]string{"target": of.base + "/catalogue"}, &none); err != nil {
		t.Fatal(err)
	}
	pages := []string{"/timeline?from=catalogues", "/timeline?kind=entries"}
	list, err := at.node.Communities.Timeline(ctx, official.Viewer(), at.node.CatalogueActor().ID, domain.Page{})
	if err != nil {
		t.Fatal(err)
	}
	for _, item := range list.Items {
		if item.Kind == community.ObjectBulletin {
			pages = append(pages, "/catalogue/bulletins/"+string(item.Object))
		}
	}
	return pages
}
