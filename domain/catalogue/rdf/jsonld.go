package rdf

import (
	"encoding/json"
	"io"
	"strings"
)

// JSONLDType is the media type of JSON-LD.
const JSONLDType = "application/ld+json"

// JSONLD writes the graph as one document, in flattened nodes but for those
// without a name. Lists are lists even with one element.
func (g *Graph) JSONLD(w io.Writer) error {
	context := map[string]string{}
	for _, p := range prefixes {
		context[p.Name] = string(p.Space)
	}
	nodes := []any{}
	for _, n := range g.Nodes {
		if len(n.Properties) > 0 {
			nodes = append(nodes, n.object())
		}
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(map[string]any{"@context": context, "@graph": nodes})
}

func (n *Node) object() map[string]any {
	o := map[string]any{}
	if n.ID != "" {
		o["@id"] = string(n.ID)
	}
	for _, p := range n.Properties {
		name := compact(p.Name)
		values := make([]any, len(p.Values))
		for i, v := range p.Values {
			values[i] = member(p.Name, v)
		}
		if p.Name == Type {
			name = "@type"
		}
		o[name] = values
	}
	return o
}

func member(name IRI, v Value) any {
	switch v := v.(type) {
	case IRI:
		if name == Type {
			return compact(v)
		}
		return map[string]string{"@id": string(v)}
	case Literal:
		o := map[string]string{"@value": strings.ToValidUTF8(v.Text, "\uFFFD")}
		if v.Lang != "" {
			o["@language"] = v.language()
		} else if v.Type != "" {
			o["@type"] = compact(v.Type)
		}
		return o
	case *Node:
		if v.ID != "" {
			return map[string]string{"@id": string(v.ID)}
		}
		return v.object()
	}
	return nil
}

// compact writes an IRI of a vocabulary with its prefix.
func compact(i IRI) string {
	if short := shorten(i); short[0] != '<' {
		return short
	}
	return string(i)
}
