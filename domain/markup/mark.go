package markup

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
	xhtml "golang.org/x/net/html"
)

// Marks say what "@name", "@name@host" and "#word" in a text become: the
// address of a link, or plain text if ok is false. A nil function leaves all.
type Marks struct {
	Mention func(handle string) (href string, ok bool) // without the first "@"
	Hashtag func(word string) (href string, ok bool)   // without the "#"
}

// MarkdownWith is [Markdown] with marks.
func MarkdownWith(source string, marks Marks) string {
	ctx := parser.NewContext()
	ctx.Set(marksKey, &marks)
	return render(source, parser.WithContext(ctx))
}

var marksKey = parser.NewContextKey()

// The forms of marks at the beginning of a line's rest.
var (
	mentionShape = regexp.MustCompile(`^@([A-Za-z0-9_]+(?:[.-]+[A-Za-z0-9_]+)*)(?:@([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?))?`)
	hashtagShape = regexp.MustCompile(`^#([\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*)`)
)

// markParser finds marks before links are guessed: a handle looks like an
// address of mail.
type markParser struct{}

// Trigger implements parser.InlineParser.
func (markParser) Trigger() []byte { return []byte{'@', '#'} }

// Parse implements parser.InlineParser.
func (markParser) Parse(_ ast.Node, block text.Reader, pc parser.Context) ast.Node {
	marks, ok := pc.Get(marksKey).(*Marks)
	if !ok || pc.IsInLinkLabel() {
		return nil
	}
	before := block.PrecendingCharacter()
	if unicode.IsLetter(before) || unicode.IsDigit(before) || before == '_' || before == '/' || before == '@' || before == '#' || before == '&' {
		return nil
	}
	line, _ := block.PeekLine()
	if m := mentionShape.FindSubmatch(line); m != nil {
		handle := string(bytes.TrimPrefix(m[0], []byte("@")))
		return marked(block, marks.Mention, handle, "@"+string(m[1]), len(m[0]), "u-url mention")
	}
	if m := hashtagShape.FindSubmatch(line); m != nil {
		return marked(block, marks.Hashtag, string(m[1]), string(m[0]), len(m[0]), "mention hashtag")
	}
	return nil
}

// marked makes the link of a mark; what is none stays as it is written.
func marked(block text.Reader, meaning func(string) (string, bool), mark, label string, length int, class string) ast.Node {
	line, _ := block.PeekLine()
	plain := string(line[:length])
	block.Advance(length)
	href, ok := "", false
	if meaning != nil {
		href, ok = meaning(mark)
	}
	if !ok {
		return ast.NewString([]byte(plain))
	}
	link := ast.NewLink()
	link.Destination = []byte(href)
	link.SetAttributeString("class", []byte(class))
	link.AppendChild(link, ast.NewString([]byte(label)))
	return link
}

// Mark is a mention or hashtag in safe HTML, as its author's server linked it.
type Mark struct {
	Href    string
	Hashtag string // the word, without "#"; "" for a mention
}

// Lead has mentions and hashtags of safe HTML lead elsewhere: to an address, with
// a title that says what is there; what to gives none for stays as it is.
func Lead(safe string, to func(Mark) (href, title string)) string {
	if !strings.Contains(safe, "mention") && !strings.Contains(safe, "hashtag") {
		return safe
	}
	nodes, err := xhtml.ParseFragment(strings.NewReader(safe), body)
	if err != nil {
		return safe
	}
	var out strings.Builder
	for _, n := range nodes {
		lead(n, to)
		if err := xhtml.Render(&out, n); err != nil {
			return safe
		}
	}
	return out.String()
}

// Mentions are the addresses to which mentions in safe HTML lead.
func Mentions(safe string) (links []string) {
	Lead(safe, func(m Mark) (href, title string) {
		if m.Hashtag == "" {
			links = append(links, m.Href)
		}
		return "", ""
	})
	return links
}

// Hashtags are those in safe HTML, in the order in which they stand.
func Hashtags(safe string) (tags []string) {
	Lead(safe, func(m Mark) (href, title string) {
		if m.Hashtag != "" {
			tags = append(tags, m.Hashtag)
		}
		return "", ""
	})
	return tags
}

func lead(n *xhtml.Node, to func(Mark) (href, title string)) {
	if m, ok := markOf(n); ok {
		if href, title := to(m); href != "" {
			n.Attr = slices.DeleteFunc(n.Attr, func(a xhtml.Attribute) bool { return a.Key == "href" || a.Key == "rel" || a.Key == "title" })
			n.Attr = append(n.Attr, xhtml.Attribute{Key: "href", Val: href}, xhtml.Attribute{Key: "title", Val: title})
		}
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		lead(c, to)
	}
}

// markOf reads a link that is a mark.
func markOf(n *xhtml.Node) (m Mark, ok bool) {
	if n.Type != xhtml.ElementNode || n.Data != "a" {
		return m, false
	}
	var classes []string
	for _, a := range n.Attr {
		switch a.Key {
		case "class":
			classes = strings.Fields(a.Val)
		case "href":
			m.Href = a.Val
		}
	}
	if !slices.Contains(classes, "hashtag") {
		return m, m.Href != "" && slices.Contains(classes, "mention")
	}
	var words strings.Builder
	textOf(n, &words)
	found := hashtagShape.FindStringSubmatch(words.String())
	if found == nil || found[0] != words.String() {
		return m, false
	}
	m.Hashtag = found[1]
	return m, true
}

func textOf(n *xhtml.Node, out *strings.Builder) {
	if n.Type == xhtml.TextNode {
		out.WriteString(n.Data)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		textOf(c, out)
	}
}
