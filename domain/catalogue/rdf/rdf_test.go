package rdf_test

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue/rdf"
	"interlink/domain/catalogue/rdf/rdftest"
)

// graph draws any graph: texts of any characters, addresses of any shape.
func graph(t *rapid.T) *rdf.Graph {
	g := &rdf.Graph{}
	iri := rapid.SampledFrom([]rdf.IRI{
		"https://a.example/x", "urn:isbn:1", rdf.DCT("title"), rdf.DCAT("a.b"), rdf.SKOS("-x"), "https://a.example/é?q=1#f", "not one", "https://a.example/<", rdf.DCT(""), "x:",
	})
	lang := rapid.SampledFrom([]domain.Lang{"", "en", "pt-BR", "und"})
	var fill func(n *rdf.Node, depth int)
	fill = func(n *rdf.Node, depth int) {
		for range rapid.IntRange(1, 4).Draw(t, "properties") {
			name := rapid.SampledFrom([]rdf.IRI{rdf.DCT("title"), rdf.Type, rdf.DCAT("theme"), "https://a.example/p"}).Draw(t, "name")
			what := rapid.IntRange(0, 2).Draw(t, "what")
			switch {
			case what == 0 || name == rdf.Type:
				n.Add(name, iri.Draw(t, "iri"))
			case what == 1 || depth > 2:
				l := rdf.Literal{Text: rapid.String().Draw(t, "text"), Lang: lang.Draw(t, "lang")}
				if l.Lang == "" && rapid.Bool().Draw(t, "typed") {
					l.Type = rdf.DateTime
				}
				n.Add(name, l)
			default:
				below := rdf.Blank(rdf.FOAF("Agent"))
				fill(below, depth+1)
				n.Add(name, below)
			}
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "nodes") {
		fill(g.New(rapid.SampledFrom([]rdf.IRI{"https://a.example/1", "https://a.example/2"}).Draw(t, "id"), rdf.DCAT("Dataset")), 0)
	}
	return g
}

// TestBothSayTheSame: whatever is in a graph, its Turtle and its JSON-LD can be
// read, and say the same.
func TestBothSayTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		g := graph(t)
		var turtle, jsonld bytes.Buffer
		if err := g.Turtle(&turtle); err != nil {
			t.Fatal(err)
		}
		if err := g.JSONLD(&jsonld); err != nil {
			t.Fatal(err)
		}
		a, err := rdftest.Turtle(turtle.String())
		if err != nil {
			t.Fatalf("%v in\n%s", err, &turtle)
		}
		b, err := rdftest.JSONLD(jsonld.Bytes())
		if err != nil {
			t.Fatalf("%v in\n%s", err, &jsonld)
		}
		if !slices.Equal(a, b) {
			t.Fatalf("Turtle says\n%v\nJSON-LD\n%v", a, b)
		}
	})
}

func TestTurtle(t *testing.T) {
	t.Parallel()
	g := &rdf.Graph{}
	n := g.New("https://a.example/x", rdf.DCAT("Dataset"))
	n.AddText(rdf.DCT("title"), domain.Text{"en": "A \"b\"\n\\", "es": "Ñ"}).Add(rdf.DCT("license"), rdf.IRI("no licence")).
		Add(rdf.DCT("publisher"), rdf.Blank(rdf.FOAF("Agent")).Add(rdf.FOAF("name"), rdf.Literal{Text: "Z"}))
	var b bytes.Buffer
	if err := g.Turtle(&b); err != nil {
		t.Fatal(err)
	}
	const want = `
<https://a.example/x>
    a dcat:Dataset ;
    dct:title "A \"b\"\n\\"@en, "Ñ"@es ;
    dct:publisher [
        a foaf:Agent ;
        foaf:name "Z"
    ] .
`
	if got := b.String(); got[len(got)-len(want):] != want {
		t.Errorf("Turtle is%s", got)
	}
}
