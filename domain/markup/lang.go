package markup

import (
	"slices"
	"strings"

	xhtml "golang.org/x/net/html"

	"interlink/domain"
)

// Part is HTML in one language.
type Part struct {
	Lang domain.Lang
	HTML string
}

// mostParts is in how many languages something is said that is taken apart.
const mostParts = 8

// InLang says of all of safe HTML in which language it is: of each element at
// its top, as servers that leave out what is around them show those.
func InLang(safe string, lang domain.Lang) string {
	out, _ := rewritten(safe, func(root *xhtml.Node) {
		for n := root.FirstChild; n != nil; n = n.NextSibling {
			if n.Type == xhtml.ElementNode {
				n.Attr = append(n.Attr, xhtml.Attribute{Key: "lang", Val: string(lang)})
			}
		}
	})
	return out
}

// Parts takes safe HTML apart that says the same in several languages, in the
// order in which it has them: what is in none of them is in each. nil for all other
// HTML, also for words of another language in a text.
//
// Those are parts at the top between which a line is drawn (hr), and words in
// points of a list between which a line ends (br); each says its language.
func Parts(safe string) []Part {
	if strings.Count(safe, ` lang="`) < 2 {
		return nil
	}
	var langs []domain.Lang
	_, ok := rewritten(safe, func(root *xhtml.Node) {
		for _, set := range versionsIn(root) {
			for _, v := range set {
				if !slices.Contains(langs, v.lang) {
					langs = append(langs, v.lang)
				}
			}
		}
	})
	if !ok || len(langs) < 2 || len(langs) > mostParts {
		return nil
	}
	parts := make([]Part, len(langs))
	for i, lang := range langs {
		only, _ := rewritten(safe, func(root *xhtml.Node) {
			for _, set := range versionsIn(root) {
				keep(set, lang)
			}
		})
		parts[i] = Part{lang, only}
	}
	return parts
}

// version is what one language has of what is said in several.
type version struct {
	lang  domain.Lang
	nodes []*xhtml.Node
	above *xhtml.Node // what sets it apart from the version before; nil for the first
}

// versionsIn finds what is said in several languages: at the top, and in the
// points of lists there.
func versionsIn(root *xhtml.Node) (sets [][]version) {
	add := func(parent *xhtml.Node, apart string) {
		if set := versions(parent, apart); len(set) > 1 {
			sets = append(sets, set)
		}
	}
	add(root, "hr")
	for list := root.FirstChild; list != nil; list = list.NextSibling {
		for point := list.FirstChild; point != nil && (list.Data == "ul" || list.Data == "ol"); point = point.NextSibling {
			add(point, "br")
		}
	}
	return sets
}

// versions finds them in an element; none if anything of them stands apart from
// the others.
func versions(parent *xhtml.Node, apart string) (found []version) {
	var line *xhtml.Node
	over := false
	for n := parent.FirstChild; n != nil; n = n.NextSibling {
		lang := langOf(n)
		switch {
		case n.Type == xhtml.TextNode && strings.TrimSpace(n.Data) == "":
		case lang == "" && n.Data == apart && n.Type == xhtml.ElementNode && line == nil && len(found) > 0:
			line = n
		case lang == "":
			over = len(found) > 0
		case over:
			return nil
		case len(found) > 0 && line == nil && found[len(found)-1].lang == lang:
			found[len(found)-1].nodes = append(found[len(found)-1].nodes, n)
		case len(found) > 0 && line == nil || slices.ContainsFunc(found, func(v version) bool { return v.lang == lang }):
			return nil
		default:
			found, line = append(found, version{lang, []*xhtml.Node{n}, line}), nil
		}
	}
	return found
}

func langOf(n *xhtml.Node) domain.Lang {
	for _, a := range n.Attr {
		if lang, err := domain.ParseLang(a.Val); n.Type == xhtml.ElementNode && a.Key == "lang" && err == nil {
			return lang
		}
	}
	return ""
}

// keep leaves one version of a set: that of a language, or the first.
func keep(set []version, lang domain.Lang) {
	chosen := max(0, slices.IndexFunc(set, func(v version) bool { return v.lang == lang }))
	for i, v := range set {
		if v.above != nil {
			v.above.Parent.RemoveChild(v.above)
		}
		for _, n := range v.nodes {
			if i != chosen {
				n.Parent.RemoveChild(n)
			}
		}
	}
}

// rewritten is HTML after a change of its elements, which are below one that is
// not written; as it was if it cannot be read.
func rewritten(safe string, change func(root *xhtml.Node)) (string, bool) {
	nodes, err := xhtml.ParseFragment(strings.NewReader(safe), body)
	if err != nil {
		return safe, false
	}
	root := &xhtml.Node{Type: xhtml.ElementNode, Data: "body"}
	for _, n := range nodes {
		root.AppendChild(n)
	}
	change(root)
	var out strings.Builder
	for n := root.FirstChild; n != nil; n = n.NextSibling {
		if err := xhtml.Render(&out, n); err != nil {
			return safe, false
		}
	}
	return strings.TrimSpace(out.String()), true
}
