// Package dcat describes a catalogue as open data portals and the catalogues
// of interoperability solutions harvest it: DCAT-AP 3.0
// (https://semiceu.github.io/DCAT-AP/releases/3.0.0/) and ADMS-AP, on
// ADMS 2.00 (https://semiceu.github.io/ADMS/releases/2.00/).
//
// Entries keep their addresses as identifiers; licences, languages, countries
// and access rights are named by the authority tables of the EU, where these
// have them.
package dcat

import (
	"strconv"
	"strings"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/publiccode"
	"interlink/domain/catalogue/rdf"
)

// Catalogue is what is told of the whole.
type Catalogue struct {
	IRI       domain.IRI // of the catalogue
	Publisher domain.IRI // who keeps it
	Name      string
	Summary   string
	Language  domain.Lang // of name and summary
	Languages []domain.Lang
	Licence   string // SPDX, of the descriptions themselves
}

// Part is which part of the catalogue a document has.
type Part struct {
	This, First, Next string // addresses; Next is "" for the last
	Total             int
}

// Describe makes the graph of a part of a catalogue.
func Describe(c Catalogue, entries []*catalogue.Entry, part Part) *rdf.Graph {
	g := &rdf.Graph{}
	n := g.New(rdf.IRI(c.IRI), rdf.DCAT("Catalog"), rdf.ADMS("AssetRepository"), rdf.Hydra("Collection"))
	text := func(s string) rdf.Literal { return rdf.Literal{Text: s, Lang: c.Language} }
	summary := c.Summary
	if summary == "" {
		summary = c.Name
	}
	n.Add(rdf.DCT("title"), text(c.Name)).Add(rdf.DCT("description"), text(summary)).
		Add(rdf.DCT("publisher"), rdf.IRI(c.Publisher)).Add(rdf.DCT("license"), licence(c.Licence)).
		Add(rdf.FOAF("homepage"), rdf.IRI(c.IRI)).Add(rdf.DCT("conformsTo"), rdf.IRI("http://data.europa.eu/r5r/"))
	for _, lang := range c.Languages {
		n.Add(rdf.DCT("language"), Language(lang))
	}
	for _, scheme := range []string{"/problems", "/regulations"} {
		n.Add(rdf.DCAT("themeTaxonomy"), rdf.IRI(strings.TrimSuffix(string(c.IRI), "/catalogue")+scheme))
	}
	n.Add(rdf.Hydra("totalItems"), rdf.Literal{Text: strconv.Itoa(part.Total), Type: rdf.Integer}).Add(rdf.Hydra("view"), rdf.IRI(part.This))
	g.New(rdf.IRI(part.This), rdf.Hydra("PartialCollectionView")).
		Add(rdf.Hydra("first"), rdf.IRI(part.First)).Add(rdf.Hydra("next"), rdf.IRI(part.Next))
	g.New(rdf.IRI(c.Publisher), rdf.FOAF("Agent")).Add(rdf.FOAF("name"), text(c.Name))
	for _, e := range entries {
		n.Add(rdf.DCAT("dataset"), rdf.IRI(e.IRI))
		entry(g, c, e)
	}
	return g
}

// Entry makes the graph of one entry.
func Entry(c Catalogue, e *catalogue.Entry) *rdf.Graph {
	g := &rdf.Graph{}
	entry(g, c, e)
	g.New(rdf.IRI(c.Publisher), rdf.FOAF("Agent")).Add(rdf.FOAF("name"), rdf.Literal{Text: c.Name, Lang: c.Language})
	return g
}

// kinds are the types of assets (ADMS 2.00 §5.2, dct:type).
var kinds = map[catalogue.Kind]rdf.IRI{
	catalogue.KindInterlinker: rdf.Own("Interlinker"), catalogue.KindSchema: rdf.Own("CoproductionSchema"), catalogue.KindProblem: rdf.Own("ProblemProfile"),
}

// entry describes an entry as a dataset, and an asset: what it is called in
// each language, whose it is, what it may be used for and where to get it.
func entry(g *rdf.Graph, c Catalogue, e *catalogue.Entry) {
	id := rdf.IRI(e.IRI)
	n := g.New(id, rdf.DCAT("Dataset"), rdf.ADMS("Asset"))
	summary := e.Summary
	if summary.Empty() {
		summary = e.Name // DCAT-AP wants a description
	}
	n.AddText(rdf.DCT("title"), e.Name).AddText(rdf.DCT("description"), summary).
		Add(rdf.DCT("identifier"), rdf.Literal{Text: string(e.IRI), Type: rdf.AnyURI}).
		Add(rdf.DCT("publisher"), rdf.IRI(c.Publisher)).Add(rdf.DCT("type"), kinds[e.Kind]).
		AddTime(rdf.DCT("issued"), e.PublishedAt).AddTime(rdf.DCT("modified"), e.UpdatedAt).
		Add(rdf.DCAT("version"), rdf.Literal{Text: strconv.Itoa(e.Version)}).
		Add(rdf.DCT("accessRights"), rdf.IRI(authority+"access-right/PUBLIC")).
		Add(rdf.DCAT("theme"), rdf.IRI(authority+"data-theme/GOVE")).
		Add(rdf.ADMS("status"), status(e)).Add(rdf.DCAT("landingPage"), rdf.IRI(e.IRI))
	for _, lang := range e.Name.Langs() {
		n.Add(rdf.DCT("language"), Language(lang))
	}
	base := strings.TrimSuffix(string(c.IRI), "/catalogue")
	for _, code := range e.Problems() {
		n.Add(rdf.DCT("subject"), rdf.IRI(base+"/problems/"+code))
	}
	if i := e.Interlinker; i != nil {
		interlinker(g, n, e, i)
		return
	}
	spdx := ""
	if e.Schema != nil {
		spdx = e.Schema.SPDX
	}
	distribution(g, n, id, "this", rdf.IRI(e.IRI), licence(spdx), "text/html")
}

func interlinker(g *rdf.Graph, n *rdf.Node, e *catalogue.Entry, i *catalogue.Interlinker) {
	for lang, tags := range i.Tags {
		for _, tag := range tags {
			n.Add(rdf.DCAT("keyword"), rdf.Literal{Text: tag, Lang: domain.Lang(lang)})
		}
	}
	n.AddText(rdf.Schema("abstract"), i.Overview)
	for _, s := range i.Supports {
		n.Add(rdf.DCT("conformsTo"), rdf.IRI(publiccode.Resource(s.ID)))
		n.Add(rdf.DCT("spatial"), Country(s.Country))
	}
	id, terms := n.ID, licence(i.SPDX)
	distribution(g, n, id, "this", id, terms, "text/html")
	if address := i.Address(); address != "" {
		distribution(g, n, id, "source", rdf.IRI(address), terms, "")
	}
	if s := i.Software; s != nil {
		n.Add(rdf.FOAF("page"), rdf.IRI(s.Landing), rdf.IRI(s.Roadmap))
		for _, lang := range s.Manual.Langs() {
			n.Add(rdf.FOAF("page"), rdf.IRI(s.Manual[lang]))
		}
		for _, address := range s.BasedOn {
			n.Add(rdf.DCT("isVersionOf"), rdf.IRI(address))
		}
		for _, country := range s.Countries {
			n.Add(rdf.DCT("spatial"), Country(country))
		}
	}
	if publiccode.Describes(e) {
		distribution(g, n, id, "publiccode", id+"/publiccode.yml", terms, "application/yaml")
	}
}

// distribution is a way to get an entry; its identifier stays as that of the
// entry does.
func distribution(g *rdf.Graph, of *rdf.Node, id rdf.IRI, name string, access, terms rdf.IRI, mediaType string) {
	d := id + rdf.IRI("#"+name)
	of.Add(rdf.DCAT("distribution"), d)
	n := g.New(d, rdf.DCAT("Distribution"), rdf.ADMS("AssetDistribution"))
	n.Add(rdf.DCAT("accessURL"), access).Add(rdf.DCT("license"), terms)
	if mediaType != "" {
		n.Add(rdf.DCAT("mediaType"), rdf.IRI("https://www.iana.org/assignments/media-types/"+mediaType))
	}
}

// status is how far an entry is (ADMS 2.00, adms:status).
func status(e *catalogue.Entry) rdf.IRI {
	const of = "http://purl.org/adms/status/"
	if e.Status == catalogue.Withdrawn {
		return of + "Withdrawn"
	}
	if e.Interlinker != nil && e.Interlinker.Software != nil {
		switch e.Interlinker.Software.Development {
		case "concept", "development", "beta":
			return of + "UnderDevelopment"
		case "obsolete":
			return of + "Deprecated"
		}
	}
	return of + "Completed"
}
