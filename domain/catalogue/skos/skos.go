// Package skos describes problem profiles and regulations as concept schemes
// (W3C SKOS Reference), with notations, translations and what is the same on
// other nodes.
package skos

import (
	"cmp"
	"slices"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/rdf"
)

// Problems is the scheme of the problem profiles of a node: one concept for
// each, below one for its area. same says of a profile, by its address, what
// is the same elsewhere.
func Problems(scheme domain.IRI, title domain.Text, publisher domain.IRI, profiles []*catalogue.Entry, same map[domain.IRI][]domain.IRI) *rdf.Graph {
	g := &rdf.Graph{}
	s := g.New(rdf.IRI(scheme), rdf.SKOS("ConceptScheme")).AddText(rdf.DCT("title"), title).Add(rdf.DCT("publisher"), rdf.IRI(publisher))
	areas := map[string]*rdf.Node{}
	for _, e := range profiles {
		n := Problem(g, scheme, e, same[e.IRI])
		area, _, ok := strings.Cut(e.Problem.Code, "_")
		if !ok {
			n.Add(rdf.SKOS("topConceptOf"), rdf.IRI(scheme))
			s.Add(rdf.SKOS("hasTopConcept"), n.ID)
			continue
		}
		top := areas[area]
		if top == nil {
			id := rdf.IRI(scheme) + "#" + rdf.IRI(area)
			top = g.New(id, rdf.SKOS("Concept")).Add(rdf.SKOS("inScheme"), rdf.IRI(scheme)).Add(rdf.SKOS("topConceptOf"), rdf.IRI(scheme)).
				Add(rdf.SKOS("notation"), rdf.Literal{Text: area}).Add(rdf.SKOS("prefLabel"), rdf.Literal{Text: area})
			areas[area] = top
			s.Add(rdf.SKOS("hasTopConcept"), id)
		}
		top.Add(rdf.SKOS("narrower"), n.ID)
		n.Add(rdf.SKOS("broader"), top.ID)
	}
	return g
}

// Problem adds the concept of a profile.
func Problem(g *rdf.Graph, scheme domain.IRI, e *catalogue.Entry, same []domain.IRI) *rdf.Node {
	n := g.New(rdf.IRI(e.IRI), rdf.SKOS("Concept")).
		Add(rdf.SKOS("inScheme"), rdf.IRI(scheme)).
		Add(rdf.SKOS("notation"), rdf.Literal{Text: e.Problem.Code}).
		AddText(rdf.SKOS("prefLabel"), e.Name).AddText(rdf.SKOS("definition"), e.Summary).
		AddText(rdf.SKOS("scopeNote"), e.Problem.Functionality).
		AddTime(rdf.DCT("modified"), e.UpdatedAt)
	for _, iri := range same {
		n.Add(rdf.SKOS("exactMatch"), rdf.IRI(iri))
	}
	return n
}

// Regulation is a rule of law, a standard or a system that Interlinkers
// support.
type Regulation struct {
	IRI      domain.IRI // of its page on this node
	ID       string     // "alias:gdpr" or a URI
	Name     domain.Text
	Resource string // address of the text of it; "" if none is known
}

// Regulations is the scheme of the regulations that a node's Interlinkers
// support.
func Regulations(scheme domain.IRI, title domain.Text, publisher domain.IRI, all []Regulation) *rdf.Graph {
	g := &rdf.Graph{}
	s := g.New(rdf.IRI(scheme), rdf.SKOS("ConceptScheme")).AddText(rdf.DCT("title"), title).Add(rdf.DCT("publisher"), rdf.IRI(publisher))
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b Regulation) int { return cmp.Compare(a.IRI, b.IRI) })
	for _, r := range all {
		n := g.New(rdf.IRI(r.IRI), rdf.SKOS("Concept")).Add(rdf.SKOS("inScheme"), rdf.IRI(scheme)).Add(rdf.SKOS("topConceptOf"), rdf.IRI(scheme)).
			Add(rdf.SKOS("notation"), rdf.Literal{Text: r.ID}).AddText(rdf.SKOS("prefLabel"), r.Name)
		if r.Resource != "" && r.Resource != string(r.IRI) {
			n.Add(rdf.SKOS("exactMatch"), rdf.IRI(r.Resource))
		}
		s.Add(rdf.SKOS("hasTopConcept"), n.ID)
	}
	return g
}
