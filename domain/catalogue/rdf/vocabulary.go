package rdf

// prefix is a short name of a namespace.
type prefix struct {
	Name  string
	Space IRI
}

// The namespaces.
const (
	rdfSpace   = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
	rdfsSpace  = "http://www.w3.org/2000/01/rdf-schema#"
	xsdSpace   = "http://www.w3.org/2001/XMLSchema#"
	dctSpace   = "http://purl.org/dc/terms/"
	dcatSpace  = "http://www.w3.org/ns/dcat#"
	admsSpace  = "http://www.w3.org/ns/adms#"
	foafSpace  = "http://xmlns.com/foaf/0.1/"
	skosSpace  = "http://www.w3.org/2004/02/skos/core#"
	hydraSpace = "http://www.w3.org/ns/hydra/core#"
	schemaSpc  = "http://schema.org/"
	spdxSpace  = "http://spdx.org/rdf/terms#"
	ownSpace   = "https://w3id.org/interlink/ns#"
	dcatapSpc  = "http://data.europa.eu/r5r/"
)

// prefixes are declared in every document.
var prefixes = []prefix{
	{"adms", admsSpace}, {"dcat", dcatSpace}, {"dcatap", dcatapSpc}, {"dct", dctSpace}, {"foaf", foafSpace}, {"hydra", hydraSpace},
	{"interlink", ownSpace}, {"rdf", rdfSpace}, {"rdfs", rdfsSpace}, {"schema", schemaSpc}, {"skos", skosSpace}, {"spdx", spdxSpace}, {"xsd", xsdSpace},
}

// Terms of RDF, RDF Schema and XML Schema.
const (
	Type     IRI = rdfSpace + "type"
	SeeAlso  IRI = rdfsSpace + "seeAlso"
	DateTime IRI = xsdSpace + "dateTime"
	Date     IRI = xsdSpace + "date"
	AnyURI   IRI = xsdSpace + "anyURI"
	Integer  IRI = xsdSpace + "nonNegativeInteger"
)

// DCT is a term of DCMI Metadata Terms.
func DCT(name string) IRI { return IRI(dctSpace + name) }

// DCAT is a term of the Data Catalog Vocabulary, version 3.
func DCAT(name string) IRI { return IRI(dcatSpace + name) }

// ADMS is a term of the Asset Description Metadata Schema.
func ADMS(name string) IRI { return IRI(admsSpace + name) }

// FOAF is a term of Friend of a Friend.
func FOAF(name string) IRI { return IRI(foafSpace + name) }

// SKOS is a term of the Simple Knowledge Organization System.
func SKOS(name string) IRI { return IRI(skosSpace + name) }

// Hydra is a term of the Hydra Core Vocabulary.
func Hydra(name string) IRI { return IRI(hydraSpace + name) }

// Schema is a term of schema.org.
func Schema(name string) IRI { return IRI(schemaSpc + name) }

// Own is a term of this project (DESIGN §5).
func Own(name string) IRI { return IRI(ownSpace + name) }
