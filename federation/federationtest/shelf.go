package federationtest

import (
	"slices"

	"interlink/domain/catalogue"
	"interlink/domain/catalogue/seed"
	"interlink/domain/catalogue/starter"
)

// shelf names the entries of [Shelf].
var shelf = []string{
	"ORG_PROBLEM_1", "ORG_PROBLEM_2", "UND_PROBLEM_1", "DEF_PROBLEM_1",
	"public-service", "improve-service",
	"software/decidim", "software/keycloak", "knowledge/engagement-plan", "knowledge/service-aim-canvas",
	"knowledge/stakeholder-map", "externalknowledge/gdpr", "externalknowledge/wcag",
}

// Shelf is what tests name of the starter catalogue. To bring all of it to each
// of a hundred nodes took a third of the time of their tests; those that ask
// for much content, or for what comes with the program, read it all.
func Shelf() catalogue.Bundle {
	all := seed.Read(starter.Tree())
	var few catalogue.Bundle
	for _, e := range all.Entries {
		if slices.Contains(shelf, e.Key) {
			few.Entries = append(few.Entries, e)
		}
	}
	return few
}
