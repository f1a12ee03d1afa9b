package markup

import (
	"html"
	"regexp"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// legible is how many letters of an address are shown.
const legible = 30

var scheme = regexp.MustCompile(`^https?://(?:www\.)?`)

// addresses writes plain addresses in a text. Of a long one the scheme and the end
// are marked as Mastodon marks them, so that servers and pages that know the
// classes show the part that says where it leads; others show all of it.
type addresses struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (addresses) RegisterFuncs(to renderer.NodeRendererFuncRegisterer) {
	to.Register(ast.KindAutoLink, func(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
		link, ok := node.(*ast.AutoLink)
		if !ok || !entering {
			return ast.WalkContinue, nil
		}
		href, label := string(util.URLEscape(link.URL(source), false)), string(link.Label(source))
		if link.AutoLinkType == ast.AutoLinkEmail {
			href = "mailto:" + href
		}
		_, err := w.WriteString(`<a href="` + html.EscapeString(href) + `">` + legibly(label) + `</a>`)
		return ast.WalkContinue, err
	})
}

// legibly marks what need not be read of an address.
func legibly(address string) string {
	before := scheme.FindString(address)
	rest := []rune(address[len(before):])
	if before == "" || len(rest) <= legible {
		return html.EscapeString(address)
	}
	return `<span class="invisible">` + before + `</span><span class="ellipsis">` + html.EscapeString(string(rest[:legible])) +
		`</span><span class="invisible">` + html.EscapeString(string(rest[legible:])) + `</span>`
}
