// Package rdf writes graphs as Turtle (W3C RDF 1.1 Turtle) and as JSON-LD 1.1:
// named nodes with their properties, and nodes without a name where they are
// used.
package rdf

import (
	"strings"
	"time"

	"interlink/domain"
)

// IRI names a node, a property or a datatype.
type IRI string

// Value is what a property has: an [IRI], a [Literal] or a [*Node].
type Value any

// Literal is a text of a language, or of a datatype; a plain one has neither.
type Literal struct {
	Text string
	Lang domain.Lang
	Type IRI
}

// Property is a property of a node with its values.
type Property struct {
	Name   IRI
	Values []Value
}

// Node is a subject with what is said of it. One without ID is written where
// it is the value of a property.
type Node struct {
	ID         IRI
	Properties []Property
}

// Graph is what one document says.
type Graph struct {
	Nodes []*Node
}

// New adds a named node of one or more classes.
func (g *Graph) New(id IRI, classes ...IRI) *Node {
	n := Blank(classes...)
	n.ID = id
	g.Nodes = append(g.Nodes, n)
	return n
}

// Blank makes a node without a name.
func Blank(classes ...IRI) *Node {
	n := &Node{}
	for _, c := range classes {
		n.Add(Type, c)
	}
	return n
}

// Add says something of the node. A value that cannot be written, as an IRI
// that is none or an empty text, is left out.
func (n *Node) Add(name IRI, values ...Value) *Node {
	for _, v := range values {
		if !writable(v) {
			continue
		}
		n.property(name).add(v)
	}
	return n
}

// AddText says a text in each of its languages.
func (n *Node) AddText(name IRI, t domain.Text) *Node {
	for _, lang := range t.Langs() {
		n.Add(name, Literal{Text: t[lang], Lang: lang})
	}
	return n
}

// AddTime says an instant; the zero time is none.
func (n *Node) AddTime(name IRI, at time.Time) *Node {
	if at.IsZero() {
		return n
	}
	return n.Add(name, Literal{Text: at.UTC().Format(time.RFC3339), Type: DateTime})
}

func (n *Node) property(name IRI) *Property {
	for i := range n.Properties {
		if n.Properties[i].Name == name {
			return &n.Properties[i]
		}
	}
	n.Properties = append(n.Properties, Property{Name: name})
	return &n.Properties[len(n.Properties)-1]
}

// add takes a value, once: a graph is a set.
func (p *Property) add(v Value) {
	for _, known := range p.Values {
		if known == v {
			return
		}
	}
	p.Values = append(p.Values, v)
}

func writable(v Value) bool {
	switch v := v.(type) {
	case IRI:
		return valid(v)
	case Literal:
		return v.Text != "" && (v.Lang == "" || v.Type == "")
	case *Node:
		return v != nil
	}
	return false
}

// valid reports whether an IRI is absolute and has no character that none has
// (RFC 3987; Turtle §6.5, IRIREF).
func valid(i IRI) bool {
	scheme, rest, ok := strings.Cut(string(i), ":")
	if !ok || scheme == "" || rest == "" || len(i) > 2048 {
		return false
	}
	for n, r := range scheme {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
		if !letter && (n == 0 || !strings.ContainsRune("0123456789+-.", r)) {
			return false
		}
	}
	return !strings.ContainsFunc(rest, func(r rune) bool {
		return r <= ' ' || r == 0x7f || r == 0xfffd || strings.ContainsRune("<>\"{}|^`\\", r)
	})
}

// language is how a language is written with a literal: "und" of a text whose
// language is unknown is what BCP 47 says.
func (l Literal) language() string { return string(l.Lang) }
