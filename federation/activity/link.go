package activity

import "interlink/domain"

// link is an object link (FEP-e232): a tag that leads to another object.
type link struct {
	Type      string     `jsonld:"type"`
	MediaType string     `jsonld:"mediaType"`
	Href      domain.IRI `jsonld:"href"`
	Name      string     `jsonld:"name,omitempty"`
}

// objectLink leads to what an object was made from: a story to its process, a
// clone to its source.
func objectLink(to domain.IRI, name string) any {
	return link{Type: "Link", MediaType: `application/ld+json; profile="` + Streams + `"`, Href: to, Name: name}
}

// clonedFrom is the source of a process; nil if it is no clone.
func clonedFrom(p *ProcessExtension) *CloneReference {
	if p == nil {
		return nil
	}
	return p.ClonedFrom
}
