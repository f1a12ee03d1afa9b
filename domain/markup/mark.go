package markup

import (
	"bytes"
	"regexp"
	"unicode"

	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/parser"
	"github.com/yuin/goldmark/text"
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
