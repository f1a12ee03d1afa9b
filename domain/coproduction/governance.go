package coproduction

import (
	"cmp"
	"slices"
)

// Governance is how citizens and public bodies share a service: INTERLINK's
// four models of coproduction.
type Governance string

// The models; "" is for a process whose people have not said.
const (
	CitizenSourcing        Governance = "citizen_sourcing"         // a public body is responsible, citizens help it
	PublicCivilPartnership Governance = "public_civil_partnership" // both are, together
	GovernmentAsPlatform   Governance = "government_as_platform"   // citizens do it with what a public body opens to them
	CitizenToCitizen       Governance = "citizen_to_citizen"       // citizens do it among themselves
)

// Governances lists the models, from the most of the public body's to the
// most of the citizens'.
var Governances = []Governance{CitizenSourcing, PublicCivilPartnership, GovernmentAsPlatform, CitizenToCitizen}

// Side is who does something.
type Side string

// The sides; for whether a public body provides something, SideBody is yes and
// SideCitizens no.
const (
	SideBody     Side = "body"
	SideTogether Side = "together"
	SideCitizens Side = "citizens"
)

// Sides lists the sides in the order in which they are offered.
var Sides = []Side{SideBody, SideTogether, SideCitizens}

// Arrangement is what people say of how they will work. Each may be left out.
type Arrangement struct {
	Begins   Side // who wants it
	Decides  Side // what it shall be
	Delivers Side // who runs it
	Provides Side // whether a public body gives rooms, money, data or tools to it
}

// The questions of an arrangement, as rules name them.
const (
	asksBegins   = "begins"
	asksDecides  = "decides"
	asksDelivers = "delivers"
	asksProvides = "provides"
)

// governanceRules say how much an answer speaks for a model.
var governanceRules = []struct {
	question string
	answer   Side
	model    Governance
	points   int
}{
	{asksBegins, SideBody, CitizenSourcing, 1},
	{asksBegins, SideBody, GovernmentAsPlatform, 1},
	{asksBegins, SideTogether, PublicCivilPartnership, 2},
	{asksBegins, SideCitizens, CitizenToCitizen, 2},
	{asksBegins, SideCitizens, PublicCivilPartnership, 1},
	{asksDecides, SideBody, CitizenSourcing, 2},
	{asksDecides, SideTogether, PublicCivilPartnership, 3},
	{asksDecides, SideCitizens, CitizenToCitizen, 2},
	{asksDecides, SideCitizens, GovernmentAsPlatform, 2},
	{asksDelivers, SideBody, CitizenSourcing, 3},
	{asksDelivers, SideTogether, PublicCivilPartnership, 3},
	{asksDelivers, SideCitizens, GovernmentAsPlatform, 2},
	{asksDelivers, SideCitizens, CitizenToCitizen, 2},
	{asksProvides, SideBody, GovernmentAsPlatform, 2},
	{asksProvides, SideBody, PublicCivilPartnership, 1},
	{asksProvides, SideCitizens, CitizenToCitizen, 3},
}

// Suggestion is a model with what speaks for it, strongest first: each a key
// below "governance.because.", such as "decides_together".
type Suggestion struct {
	Model   Governance
	Points  int
	Because []string
}

// SuggestGovernance ranks the models for which an answer speaks; none if
// nothing was said.
func SuggestGovernance(a Arrangement) []Suggestion {
	said := map[string]Side{asksBegins: a.Begins, asksDecides: a.Decides, asksDelivers: a.Delivers, asksProvides: a.Provides}
	type reason struct {
		key    string
		points int
	}
	why := map[Governance][]reason{}
	for _, r := range governanceRules {
		if said[r.question] == r.answer {
			why[r.model] = append(why[r.model], reason{r.question + "_" + string(r.answer), r.points})
		}
	}
	var out []Suggestion
	for _, model := range Governances {
		reasons := why[model]
		if len(reasons) == 0 {
			continue
		}
		slices.SortStableFunc(reasons, func(x, y reason) int { return cmp.Compare(y.points, x.points) })
		s := Suggestion{Model: model}
		for _, r := range reasons {
			s.Points += r.points
			s.Because = append(s.Because, r.key)
		}
		out = append(out, s)
	}
	slices.SortStableFunc(out, func(x, y Suggestion) int { return cmp.Compare(y.Points, x.Points) })
	return out
}
