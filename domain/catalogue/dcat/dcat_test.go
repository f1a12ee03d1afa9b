package dcat_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dcat"
	"interlink/domain/catalogue/rdf/rdftest"
)

const (
	dct   = "http://purl.org/dc/terms/"
	dcatV = "http://www.w3.org/ns/dcat#"
	adms  = "http://www.w3.org/ns/adms#"
	hydra = "http://www.w3.org/ns/hydra/core#"
	eu    = "http://publications.europa.eu/resource/authority/"
)

// TestDescribe holds what DCAT-AP 3 (§4) and ADMS-AP demand: mandatory
// properties, how often they are there, ranges from the authority tables.
func TestDescribe(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	entries := []*catalogue.Entry{
		{Kind: catalogue.KindInterlinker, IRI: "https://a.example/interlinkers/x", Name: domain.Text{"en": "X", "lv": "Iks"}, Summary: domain.Text{"en": "S"}, Version: 2, PublishedAt: at, UpdatedAt: at,
			Interlinker: &catalogue.Interlinker{Nature: catalogue.NatureSoftware, SPDX: "EUPL-1.2", URI: domain.Text{"en": "https://x.example"}, Problems: []string{"ORG_1"}, Supports: []catalogue.Support{{ID: "alias:gdpr", Country: "ES"}, {ID: "no address"}}}},
		{Kind: catalogue.KindProblem, IRI: "https://a.example/problems/ORG_1", Name: domain.Text{"und": "P"}, Version: 1, Problem: &catalogue.ProblemProfile{Code: "ORG_1"}},
		{Kind: catalogue.KindSchema, IRI: "https://a.example/schemas/s", Name: domain.Text{"es": "E"}, Version: 1, Schema: &catalogue.Schema{SPDX: "MIT"}},
	}
	c := dcat.Catalogue{IRI: "https://a.example/catalogue", Publisher: "https://a.example/actor", Name: "A", Language: "en", Languages: []domain.Lang{"en"}, Licence: "CC0-1.0"}
	g := dcat.Describe(c, entries, dcat.Part{This: "https://a.example/catalogue.ttl", First: "https://a.example/catalogue.ttl", Next: "https://a.example/catalogue.ttl?after=1", Total: 9})
	var b, j bytes.Buffer
	if err := g.Turtle(&b); err != nil {
		t.Fatal(err)
	}
	if err := g.JSONLD(&j); err != nil {
		t.Fatal(err)
	}
	says, err := rdftest.Turtle(b.String())
	if err != nil {
		t.Fatalf("%v\n%s", err, &b)
	}
	if same, err := rdftest.JSONLD(j.Bytes()); err != nil || !slices.Equal(says, same) {
		t.Errorf("JSON-LD says something else: %v", err)
	}
	catalog := string(c.IRI)
	for _, p := range []string{dct + "title", dct + "description", dct + "publisher", dct + "license", dct + "language"} {
		if len(says.Of(catalog, p)) != 1 {
			t.Errorf("the catalogue has %v as %s", says.Of(catalog, p), p)
		}
	}
	if got := says.Of(catalog, dcatV+"dataset"); len(got) != len(entries) {
		t.Errorf("datasets %v", got)
	}
	if got := says.Of("https://a.example/catalogue.ttl", hydra+"next"); len(got) != 1 || got[0] != "<https://a.example/catalogue.ttl?after=1>" {
		t.Errorf("the next part is %v", got)
	}
	if len(says.Of(string(c.Publisher), "http://xmlns.com/foaf/0.1/name")) != 1 {
		t.Error("the publisher has no name")
	}
	datasets := says.Subjects(dcatV + "Dataset")
	if !slices.Equal(datasets, says.Subjects(adms+"Asset")) || len(datasets) != len(entries) {
		t.Errorf("datasets %v", datasets)
	}
	for _, d := range datasets {
		for _, p := range []string{dct + "title", dct + "description"} {
			if len(says.Of(d, p)) == 0 {
				t.Errorf("%s has no %s", d, p)
			}
		}
		for _, p := range []string{dct + "publisher", dct + "identifier", adms + "status", dct + "type", dct + "accessRights", dcatV + "version"} {
			if len(says.Of(d, p)) != 1 {
				t.Errorf("%s has %v as %s", d, says.Of(d, p), p)
			}
		}
		for _, lang := range says.Of(d, dct+"language") {
			if !strings.HasPrefix(lang, "<"+eu+"language/") {
				t.Errorf("%s is in %s", d, lang)
			}
		}
		for _, x := range says.Of(d, dcatV+"distribution") {
			if len(says.Of(strings.Trim(x, "<>"), dcatV+"accessURL")) != 1 {
				t.Errorf("%s leads nowhere", x)
			}
		}
	}
	x := "https://a.example/interlinkers/x"
	if got := says.Of(x, dct+"conformsTo"); !slices.Equal(got, []string{"<https://eur-lex.europa.eu/eli/reg/2016/679/oj>"}) {
		t.Errorf("conforms to %v", got)
	}
	if got := says.Of(x, dct+"spatial"); !slices.Equal(got, []string{"<" + eu + "country/ESP>"}) {
		t.Errorf("spatial %v", got)
	}
	if got := says.Of(x+"#source", dct+"license"); !slices.Equal(got, []string{"<" + eu + "licence/EUPL_1_2>"}) {
		t.Errorf("licence %v", got)
	}
	if got := says.Of("https://a.example/schemas/s#this", dct+"license"); !slices.Equal(got, []string{"<https://spdx.org/licenses/MIT>"}) {
		t.Errorf("licence %v", got)
	}
	if len(says.Of(x, dcatV+"distribution")) != 3 {
		t.Errorf("distributions %v", says.Of(x, dcatV+"distribution"))
	}
}
