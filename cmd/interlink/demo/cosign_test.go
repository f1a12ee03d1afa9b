package demo

import (
	"context"
	"slices"
	"testing"

	"interlink/domain"
	"interlink/domain/organization"
	telling "interlink/domain/story"
)

// cosigned makes a city ask another to sign a story, take that back and ask anew, and
// an association of its own, which signs and is deleted; it returns the pages of the
// requests there.
func cosigned(t *testing.T, c, other *city, slug string) (pages []string) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	official, err := c.node.Accounts.ByUsername(ctx, c.username)
	must(err)
	asked, err := other.node.Accounts.ByUsername(ctx, other.username)
	must(err)
	hall, err := other.node.Organizations.Create(ctx, asked.Viewer(), "city_hall", organization.Details{Title: domain.Text{"en": "City hall"}, Kind: organization.Kinds[0]})
	must(err)
	partner, err := c.node.Lookup(ctx, string(hall.IRI))
	must(err)
	first, err := c.node.Stories.AskCosignature(ctx, official.Viewer(), slug, partner)
	must(err)
	_, err = c.node.Stories.CancelCosignature(ctx, official.Viewer(), first.ID)
	must(err)
	var all []*telling.Cosignature
	arrives := func(request *telling.Cosignature) {
		t.Helper()
		must(until(ctx, "a request to sign", func(ctx context.Context) (bool, error) {
			list, err := other.node.Stories.CosignRequests(ctx, asked.Viewer(), hall.ID, domain.Page{})
			all = list.Items
			return slices.ContainsFunc(all, func(c *telling.Cosignature) bool { return c.IRI == request.IRI }), err
		}))
	}
	second, err := c.node.Stories.AskCosignature(ctx, official.Viewer(), slug, partner)
	must(err)
	arrives(second)
	_, err = c.node.Stories.CancelCosignature(ctx, official.Viewer(), second.ID)
	must(err)
	third, err := c.node.Stories.AskCosignature(ctx, official.Viewer(), slug, partner)
	must(err)
	arrives(third)
	walkers, err := c.node.Organizations.Create(ctx, official.Viewer(), "night_walkers", organization.Details{Title: domain.Text{"en": "Night walkers"}, Kind: organization.Citizen})
	must(err)
	here, err := c.node.Lookup(ctx, string(walkers.IRI))
	must(err)
	one, err := c.node.Stories.AskCosignature(ctx, official.Viewer(), slug, here)
	must(err)
	_, err = c.node.Stories.AnswerCosignature(ctx, official.Viewer(), one.ID, one.Revision, telling.CosignReply{Sign: true})
	must(err)
	must(c.node.Organizations.Delete(ctx, official.Viewer(), walkers.ID, "night_walkers"))
	pages = append(pages, "/organizations/city_hall/cosignatures")
	for _, c := range all {
		pages = append(pages, "/organizations/city_hall/cosignatures/"+string(c.ID))
	}
	return pages
}
