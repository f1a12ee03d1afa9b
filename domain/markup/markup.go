// Package markup turns Markdown and foreign HTML into safe HTML. It is the one
// place that sanitises: nothing else makes HTML from what people wrote.
package markup

import (
	"bytes"
	"html"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
	xhtml "golang.org/x/net/html"

	"interlink/domain"
)

// maxInput is how much text is read, in bytes; the rest is cut before any
// parser sees it.
const maxInput = 100 << 10

var (
	markdown = goldmark.New(
		goldmark.WithExtensions(extension.Linkify, extension.Table, extension.Strikethrough),
		goldmark.WithRendererOptions(renderer.WithNodeRenderers(util.Prioritized(addresses{}, 100))),
		goldmark.WithParserOptions(parser.WithInlineParsers(util.Prioritized(markParser{}, 50))),
	)
	policy  = newPolicy()
	nothing = bluemonday.StrictPolicy()
	classes = regexp.MustCompile(`^(?:(?:mention|hashtag|invisible|ellipsis|u-url|h-card)(?:\s+|$))+$`)
	langTag = regexp.MustCompile(`^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*$`)
)

// newPolicy is the allow-list: text structure and links. No styles, no
// images, no forms.
func newPolicy() *bluemonday.Policy {
	p := bluemonday.NewPolicy()
	p.AllowElements("p", "br", "strong", "b", "em", "i", "del", "code", "pre", "blockquote", "ul", "ol", "li", "span",
		"h2", "h3", "h4", "hr", "table", "thead", "tbody", "tr", "th", "td")
	p.AllowAttrs("class").Matching(classes).OnElements("a", "span")
	p.AllowAttrs("lang").Matching(langTag).OnElements("p", "span", "blockquote", "ul", "ol", "pre", "table", "h2", "h3", "h4")
	p.AllowAttrs("href").OnElements("a")
	p.AllowURLSchemes("http", "https", "mailto")
	p.AllowRelativeURLs(false)
	p.RequireParseableURLs(true)
	p.RequireNoFollowOnLinks(true)
	p.RequireNoReferrerOnLinks(true)
	p.AddTargetBlankToFullyQualifiedLinks(false)
	return p
}

// Markdown renders CommonMark with tables and plain links; raw HTML in it is
// left out. A first-level heading becomes a second-level one, as the page has
// its own.
func Markdown(source string) string { return render(source) }

func render(source string, options ...parser.ParseOption) string {
	var out bytes.Buffer
	if err := markdown.Convert([]byte(cut(source)), &out, options...); err != nil {
		return "<p>" + Escape(cut(source)) + "</p>"
	}
	rendered := strings.NewReplacer("<h1>", "<h2>", "</h1>", "</h2>", "<h5>", "<h4>", "</h5>", "</h4>", "<h6>", "<h4>", "</h6>", "</h4>").
		Replace(stripHeadingIDs(out.String()))
	return Sanitize(rendered)
}

var headingID = regexp.MustCompile(`<h([1-6]) id="[^"]*">`)

func stripHeadingIDs(s string) string { return headingID.ReplaceAllString(s, "<h$1>") }

// Sanitize makes foreign HTML safe: what is not on the allow-list is removed,
// the rest is well-formed.
func Sanitize(foreign string) string {
	return strings.TrimSpace(balance(policy.Sanitize(cut(foreign))))
}

// balance parses and writes the fragment, so that no element stays open.
func balance(s string) string {
	nodes, err := xhtml.ParseFragment(strings.NewReader(s), body)
	if err != nil {
		return Escape(s)
	}
	var out strings.Builder
	for _, n := range nodes {
		relate(n)
		if err := xhtml.Render(&out, n); err != nil {
			return Escape(s)
		}
	}
	return out.String()
}

// relate says of every link that it is foreign: it earns nothing here, and the
// page it leads to learns nothing.
func relate(n *xhtml.Node) {
	if n.Type == xhtml.ElementNode && n.Data == "a" {
		n.Attr = slices.DeleteFunc(n.Attr, func(a xhtml.Attribute) bool { return a.Key == "rel" })
		n.Attr = append(n.Attr, xhtml.Attribute{Key: "rel", Val: "nofollow noopener noreferrer"})
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		relate(c)
	}
}

var body = &xhtml.Node{Type: xhtml.ElementNode, Data: "body", DataAtom: 0x2804}

// Text returns the plain text of HTML, paragraphs and list items on lines of
// their own.
func Text(foreign string) string {
	s := breaks.ReplaceAllString(cut(foreign), "\n$0")
	s = html.UnescapeString(nothing.Sanitize(s))
	lines := strings.Split(s, "\n")
	kept := lines[:0]
	for _, l := range lines {
		if l = strings.Join(strings.Fields(l), " "); l != "" {
			kept = append(kept, l)
		}
	}
	return strings.Join(kept, "\n")
}

var breaks = regexp.MustCompile(`(?i)<(?:br|/p|/li|/h[1-6]|/blockquote|/pre|/tr)\b[^>]{0,100}>`)

// Excerpt returns the first line's beginning of HTML as plain text, at most n
// letters, cut at a word.
func Excerpt(foreign string, n int) string {
	text := strings.Join(strings.Fields(Text(foreign)), " ")
	if utf8.RuneCountInString(text) <= n {
		return text
	}
	runes := []rune(text)[:n]
	short := string(runes)
	if i := strings.LastIndexByte(short, ' '); i > len(short)/2 {
		short = short[:i]
	}
	return strings.TrimRight(short, " ,.;:") + "…"
}

// Line makes HTML of one line of plain text, such as that of a profile: an
// address becomes a link that says it is of the same author (rel=me).
func Line(text string) string {
	text = cut(text)
	iri, err := domain.ParseLink(text)
	if err != nil {
		return html.EscapeString(text)
	}
	return `<a href="` + html.EscapeString(string(iri)) + `" rel="me nofollow noopener noreferrer">` + html.EscapeString(text) + "</a>"
}

// Escape writes plain text as HTML.
func Escape(text string) string { return html.EscapeString(text) }

// Paragraphs writes plain text as HTML paragraphs, one for each line, with
// its addresses as links.
func Paragraphs(text string) string {
	var out strings.Builder
	for _, line := range strings.Split(cut(text), "\n") {
		if line = strings.TrimSpace(line); line != "" {
			out.WriteString("<p>" + Escape(line) + "</p>")
		}
	}
	return Sanitize(out.String())
}

// cut limits the input at a whole letter.
func cut(s string) string {
	if len(s) > maxInput {
		s = s[:maxInput]
	}
	return strings.ToValidUTF8(s, "")
}
