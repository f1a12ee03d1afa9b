package rdf

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// TurtleType is the media type of Turtle.
const TurtleType = "text/turtle"

// Turtle writes the graph.
func (g *Graph) Turtle(w io.Writer) error {
	t := turtle{bufio.NewWriter(w)}
	for _, p := range prefixes {
		fmt.Fprintf(t, "@prefix %s: <%s> .\n", p.Name, p.Space)
	}
	for _, n := range g.Nodes {
		if len(n.Properties) == 0 {
			continue
		}
		fmt.Fprintf(t, "\n%s", shorten(n.ID))
		t.properties(n, "    ")
		t.text(" .\n")
	}
	return t.Flush()
}

type turtle struct{ *bufio.Writer }

// text writes as it is; the writer keeps its first error for the end.
func (t turtle) text(s string) { _, _ = t.WriteString(s) }

func (t turtle) properties(n *Node, indent string) {
	for i, p := range n.Properties {
		if i > 0 {
			t.text(" ;")
		}
		t.text("\n" + indent)
		if p.Name == Type {
			t.text("a")
		} else {
			t.text(shorten(p.Name))
		}
		for j, v := range p.Values {
			if j > 0 {
				t.text(",")
			}
			t.text(" ")
			t.value(v, indent)
		}
	}
}

func (t turtle) value(v Value, indent string) {
	switch v := v.(type) {
	case IRI:
		t.text(shorten(v))
	case Literal:
		t.text(quote(v.Text))
		switch {
		case v.Lang != "":
			t.text("@" + v.language())
		case v.Type != "":
			t.text("^^" + shorten(v.Type))
		}
	case *Node:
		if v.ID != "" {
			t.text(shorten(v.ID))
			return
		}
		t.text("[")
		t.properties(v, indent+"    ")
		t.text("\n" + indent + "]")
	}
}

// shorten writes an IRI with a prefix, if it has one and what is left needs no
// escapes (Turtle §6.5, PN_LOCAL).
func shorten(i IRI) string {
	for _, p := range prefixes {
		local, ok := strings.CutPrefix(string(i), string(p.Space))
		if ok && local != "" && !strings.ContainsFunc(local, notLocal) && local[0] != '-' {
			return p.Name + ":" + local
		}
	}
	return "<" + string(i) + ">"
}

func notLocal(r rune) bool {
	return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9') && r != '_' && r != '-'
}

// quote writes a string (Turtle §6.4).
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
