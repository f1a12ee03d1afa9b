package federationtest_test

import (
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/community"
	"interlink/domain/coproduction"
	"interlink/domain/network"
	"interlink/domain/organization"
	"interlink/domain/policy"
	"interlink/federation/federationtest"
)

// english makes a text of one language.
func english(s string) domain.Text { return domain.Text{"en": s} }

// city is a node with an official who administers it, an organisation and a
// community.
type city struct {
	*federationtest.Node
	official  policy.Viewer
	owner     *organization.Organization
	community *community.Community
}

func newCity(t testing.TB, n *federationtest.Node) *city {
	t.Helper()
	c := &city{Node: n, official: n.Person("official", policy.RoleAdmin)}
	var err error
	c.owner, err = n.Organizations.Create(t.Context(), c.official, "city_hall", organization.Details{
		Title: english("City hall"), Kind: organization.Kinds[0],
	})
	if err != nil {
		t.Fatal(err)
	}
	c.community, err = n.Communities.Create(t.Context(), c.official, "mobility", community.Details{
		Title: english("Mobility"), Language: "en", Organization: c.owner.ID,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// starterCatalogue imports what these tests name of the starter content.
func (c *city) starterCatalogue(t *testing.T) {
	t.Helper()
	c.stock(t, federationtest.Shelf())
}

func (c *city) stock(t *testing.T, b catalogue.Bundle) {
	t.Helper()
	report, err := c.Catalogue.Import(t.Context(), c.official, b, false)
	if err != nil || len(report.Errors) > 0 {
		t.Fatalf("import: %v %v", err, report.Errors)
	}
}

// process starts a process from the starter's schema.
func (c *city) process(t *testing.T, name string) *coproduction.Process {
	t.Helper()
	p, err := c.Coproduction.Start(t.Context(), c.official, coproduction.StartInput{
		Name: name, Schema: "public-service", Owner: c.owner.ID,
		Details: coproduction.Details{Title: english("Safe ways to school"), Summary: english("Children walk alone again."), Language: "en"},
	})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// follow makes a follower, or an actor they administer, follow an actor of
// another node, found by its handle.
func (c *city) follow(t *testing.T, v policy.Viewer, as domain.ActorID, handle string) *network.Actor {
	t.Helper()
	target, err := c.Lookup(t.Context(), handle)
	if err != nil {
		t.Fatalf("look up %s: %v", handle, err)
	}
	if _, err := c.Network.Follow(t.Context(), v, as, target.ID); err != nil {
		t.Fatalf("follow %s: %v", handle, err)
	}
	return target
}

// handle is "@name@host" of an actor of the city.
func (c *city) handle(name string) string { return "@" + name + "@" + c.Namespace.Host() }

// home lists what a reader sees.
func (c *city) home(t *testing.T, v policy.Viewer) []community.FeedItem {
	t.Helper()
	list, err := c.Communities.Home(t.Context(), v, domain.Page{Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	return list.Items
}
