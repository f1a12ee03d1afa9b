// Package rdftest reads Turtle and JSON-LD in tests, strictly: what is written
// can be read by others, and both say the same.
package rdftest

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Triple is one statement. Object is <iri>, "text", "text"@lang, "text"^^<iri>
// or, of a node without a name, all that is said of it in brackets.
type Triple struct{ Subject, Predicate, Object string }

// Triples are the statements of a document, sorted, each once.
type Triples []Triple

// Of returns the objects of a property of a subject.
func (t Triples) Of(subject, predicate string) []string {
	var out []string
	for _, x := range t {
		if x.Subject == "<"+subject+">" && x.Predicate == predicate {
			out = append(out, x.Object)
		}
	}
	return out
}

// Subjects returns the subjects that have a class.
func (t Triples) Subjects(class string) []string {
	var out []string
	for _, x := range t {
		if x.Predicate == rdfType && x.Object == "<"+class+">" {
			out = append(out, strings.Trim(x.Subject, "<>"))
		}
	}
	return out
}

const rdfType = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"

func sorted(t Triples) Triples {
	slices.SortFunc(t, func(a, b Triple) int {
		return strings.Compare(a.Subject+"\x00"+a.Predicate+"\x00"+a.Object, b.Subject+"\x00"+b.Predicate+"\x00"+b.Object)
	})
	return slices.Compact(t)
}

// blank writes a node without a name by what is said of it.
func blank(says []string) string {
	sort.Strings(says)
	return "[" + strings.Join(slices.Compact(says), " ; ") + "]"
}

// Turtle reads a document (W3C RDF 1.1 Turtle §6.5, without collections,
// numbers, long strings and labelled blank nodes).
func Turtle(doc string) (out Triples, err error) {
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%v", fault)
		}
	}()
	if !utf8.ValidString(doc) {
		return nil, fmt.Errorf("not UTF-8")
	}
	p := &parser{rest: doc, prefixes: map[string]string{}}
	for p.space(); p.rest != ""; p.space() {
		if p.take("@prefix") {
			p.space()
			name := p.until(':')
			p.space()
			p.prefixes[name] = p.iri()
			p.want(".")
			continue
		}
		subject := "<" + p.iri() + ">"
		p.says(func(predicate, object string) { out = append(out, Triple{subject, predicate, object}) })
		p.want(".")
	}
	return sorted(out), nil
}

type parser struct {
	rest     string
	prefixes map[string]string
}

func (p *parser) fail(format string, args ...any) {
	panic(fmt.Sprintf(format, args...) + fmt.Sprintf(" at %.40q", p.rest))
}

func (p *parser) space() { p.rest = strings.TrimLeft(p.rest, " \t\r\n") }

func (p *parser) take(s string) bool {
	p.space()
	rest, ok := strings.CutPrefix(p.rest, s)
	if ok {
		p.rest = rest
	}
	return ok
}

func (p *parser) want(s string) {
	if !p.take(s) {
		p.fail("%q is missing", s)
	}
}

func (p *parser) until(c byte) string {
	i := strings.IndexByte(p.rest, c)
	if i < 0 {
		p.fail("%q is missing", string(c))
	}
	found := p.rest[:i]
	p.rest = p.rest[i+1:]
	return found
}

func (p *parser) iri() string {
	p.space()
	if p.take("<") {
		i := p.until('>')
		if strings.ContainsAny(i, " <\"{}|^`\\\n\t") || !strings.Contains(i, ":") {
			p.fail("%q is no IRI", i)
		}
		return i
	}
	name := p.until(':')
	space, ok := p.prefixes[name]
	if !ok {
		p.fail("prefix %q is not declared", name)
	}
	n := strings.IndexFunc(p.rest, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
	})
	if n < 0 {
		n = len(p.rest)
	}
	local := p.rest[:n]
	p.rest = p.rest[n:]
	return space + local
}

func (p *parser) says(say func(predicate, object string)) {
	for {
		p.space()
		predicate := rdfType
		if !strings.HasPrefix(p.rest, "a ") {
			predicate = p.iri()
		} else {
			p.rest = p.rest[1:]
		}
		for {
			say(predicate, p.object())
			if !p.take(",") {
				break
			}
		}
		if !p.take(";") {
			return
		}
	}
}

func (p *parser) object() string {
	p.space()
	switch {
	case strings.HasPrefix(p.rest, `"`):
		return p.literal()
	case p.take("["):
		var says []string
		p.says(func(predicate, object string) { says = append(says, predicate+" "+object) })
		p.want("]")
		return blank(says)
	}
	return "<" + p.iri() + ">"
}

func (p *parser) literal() string {
	end := 1
	for ; end < len(p.rest) && p.rest[end] != '"'; end++ {
		if p.rest[end] == '\n' || p.rest[end] == '\r' {
			p.fail("a line end in a string")
		}
		if p.rest[end] == '\\' {
			end++
		}
	}
	if end >= len(p.rest) {
		p.fail("a string does not end")
	}
	text, err := strconv.Unquote(p.rest[:end+1]) // the escapes of Turtle are some of Go's
	if err != nil {
		p.fail("%v", err)
	}
	p.rest = p.rest[end+1:]
	if rest, ok := strings.CutPrefix(p.rest, "^^"); ok {
		p.rest = rest
		return strconv.Quote(text) + "^^<" + p.iri() + ">"
	}
	if rest, ok := strings.CutPrefix(p.rest, "@"); ok {
		n := strings.IndexFunc(rest, func(r rune) bool {
			return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '-'
		})
		if n <= 0 {
			p.fail("no language")
		}
		p.rest = rest[n:]
		return strconv.Quote(text) + "@" + rest[:n]
	}
	return strconv.Quote(text)
}

// JSONLD reads a document whose context declares prefixes alone.
func JSONLD(raw []byte) (out Triples, err error) {
	var doc struct {
		Context map[string]string `json:"@context"`
		Graph   []map[string]any  `json:"@graph"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, err
	}
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("%v", fault)
		}
	}()
	r := expander{doc.Context}
	for _, n := range doc.Graph {
		subject := "<" + n["@id"].(string) + ">"
		r.says(n, func(predicate, object string) { out = append(out, Triple{subject, predicate, object}) })
	}
	return sorted(out), nil
}

type expander struct{ prefixes map[string]string }

func (r expander) expand(name string) string {
	if p, local, ok := strings.Cut(name, ":"); ok && r.prefixes[p] != "" {
		return r.prefixes[p] + local
	}
	return name
}

func (r expander) says(n map[string]any, say func(predicate, object string)) {
	for name, values := range n {
		if name == "@id" {
			continue
		}
		for _, v := range values.([]any) {
			if name == "@type" {
				say(rdfType, "<"+r.expand(v.(string))+">")
				continue
			}
			say(r.expand(name), r.object(v.(map[string]any)))
		}
	}
}

func (r expander) object(o map[string]any) string {
	if id, ok := o["@id"].(string); ok {
		return "<" + id + ">"
	}
	if text, ok := o["@value"].(string); ok {
		switch {
		case o["@language"] != nil:
			return strconv.Quote(text) + "@" + o["@language"].(string)
		case o["@type"] != nil:
			return strconv.Quote(text) + "^^<" + r.expand(o["@type"].(string)) + ">"
		}
		return strconv.Quote(text)
	}
	var says []string
	r.says(o, func(predicate, object string) { says = append(says, predicate+" "+object) })
	return blank(says)
}
