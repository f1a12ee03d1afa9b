package markup

import (
	"strings"
	"testing"
)

func TestMarkdown(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"Hello **you**":               "<p>Hello <strong>you</strong></p>",
		"# Title":                     "<h2>Title</h2>",
		"<script>alert(1)</script>":   "",
		"[x](javascript:alert(1))":    "<p>x</p>",
		"[x](https://a.example/?a&b)": `<p><a href="https://a.example/?a&amp;b" rel="nofollow noopener noreferrer">x</a></p>`,
		"- one\n- two":                "<ul>\n<li>one</li>\n<li>two</li>\n</ul>",
		"![alt](https://a.example/i)": "<p></p>",
		"https://www.a.example/role-calls/0123456789abcdef?a&b <me@a.example>": `<p><a href="https://www.a.example/role-calls/0123456789abcdef?a&amp;b" rel="nofollow noopener noreferrer">` +
			`<span class="invisible">https://www.</span><span class="ellipsis">a.example/role-calls/012345678</span><span class="invisible">9abcdef?a&amp;b</span></a> ` +
			`<a href="mailto:me@a.example" rel="nofollow noopener noreferrer">me@a.example</a></p>`,
		"see https://a.example/x now":  `<p>see <a href="https://a.example/x" rel="nofollow noopener noreferrer">https://a.example/x</a> now</p>`,
		"a & b < c":                    "<p>a &amp; b &lt; c</p>",
		"<b onclick=alert(1)>bold</b>": "<p>bold</p>",
	} {
		if got := Markdown(source); got != want {
			t.Errorf("Markdown(%q)\n got %q\nwant %q", source, got, want)
		}
	}
}

func TestSanitize(t *testing.T) {
	t.Parallel()
	for foreign, want := range map[string]string{
		`<p onmouseover="x()">hi<script>alert(1)</script></p>`:     `<p>hi</p>`,
		`<a class="mention u-url" href="https://a.example">@a</a>`: `<a class="mention u-url" href="https://a.example" rel="nofollow noopener noreferrer">@a</a>`,
		`<a class="evil" href="data:text/html,x">x</a>`:            `x`,
		`<p>open <strong>never closed`:                             `<p>open <strong>never closed</strong></p>`,
		`<img src=x onerror=alert(1)>`:                             ``,
		`<div style="position:fixed">over</div>`:                   `over`,
		`<svg><a xlink:href="javascript:1">x</a></svg>`:            `x`,
	} {
		if got := Sanitize(foreign); got != want {
			t.Errorf("Sanitize(%q)\n got %q\nwant %q", foreign, got, want)
		}
	}
}

func TestTextAndExcerpt(t *testing.T) {
	t.Parallel()
	if got := Text("<p>One &amp; two</p><ul><li>three</li></ul>four<br>five"); got != "One & two\nthree\nfour\nfive" {
		t.Errorf("Text: %q", got)
	}
	if got := Excerpt("<p>"+strings.Repeat("word ", 50)+"</p>", 23); got != "word word word word…" {
		t.Errorf("Excerpt: %q", got)
	}
}

func FuzzSanitize(f *testing.F) {
	for _, seed := range []string{
		"<p>x</p>", `<a href="javascript:x">`, "<<script>script>", "<svg/onload=alert(1)>", `<a href=" java
script:alert(1)">`, "<table><td><select><b>", "&lt;script&gt;", "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, out := range []string{Sanitize(s), Markdown(s), Paragraphs(s)} {
			low := strings.ToLower(out)
			for _, bad := range []string{"<script", "<style", "<img", "<svg", "<iframe", "<form", "href=\"javascript", "href=\"data"} {
				if strings.Contains(low, bad) {
					t.Fatalf("%q let through %q: %q", s, bad, out)
				}
			}
			if again := Sanitize(out); again != out && len(out) < maxInput {
				t.Fatalf("not idempotent: %q, then %q", out, again)
			}
		}
		_ = Text(s)
	})
}

// TestMarks: what is a mention and a hashtag in a text, and what is not.
func TestMarks(t *testing.T) {
	find := func(source string) (found []string) {
		keep := func(kind string) func(string) (string, bool) {
			return func(s string) (string, bool) {
				found = append(found, kind+s)
				return "https://a.example/x", true
			}
		}
		MarkdownWith(source, Marks{Mention: keep("@"), Hashtag: keep("#")})
		return found
	}
	for source, want := range map[string]string{
		"@ana":                         "@ana",
		"(@ana@b.example:8080), @bo.":  "@ana@b.example:8080 @bo",
		"@city_lab@b.example and *@a*": "@city_lab@b.example @a",
		"mail ana@b.example":           "",
		"`@ana` and [@ana](https://b)": "",
		"https://b.example/@ana":       "",
		"#Parks and #año_2026":         "#Parks #año_2026",
		"#2026 a#b &#35; #":            "",
		"# Heading\n\n#tag":            "#tag",
		"@@ana ##tag":                  "",
	} {
		if got := strings.Join(find(source), " "); got != want {
			t.Errorf("%q: %q, want %q", source, got, want)
		}
	}
	if got := MarkdownWith("Hi @ana, #x @bo", Marks{Mention: func(h string) (string, bool) { return "https://a.example/" + h, h == "ana" }}); got !=
		`<p>Hi <a class="u-url mention" href="https://a.example/ana" rel="nofollow noopener noreferrer">@ana</a>, #x @bo</p>` {
		t.Errorf("rendered: %s", got)
	}
}

// TestLead: mentions and hashtags lead where they are told to; everything else
// stays as it was.
func TestLead(t *testing.T) {
	t.Parallel()
	to := func(m Mark) (href, title string) {
		switch {
		case m.Hashtag != "":
			return "/tags/" + m.Hashtag, "#" + m.Hashtag
		case m.Href == "https://a.example/@bo":
			return "/actors/1", `@bo@a.example "x"`
		}
		return "", ""
	}
	for safe, want := range map[string]string{
		`<p>plain <a href="https://a.example/@bo">bo</a></p>`:                                                   "",
		`<a href="https://a.example/@bo" class="u-url mention" rel="nofollow">@<span>bo</span></a>`:             `<a class="u-url mention" href="/actors/1" title="@bo@a.example &#34;x&#34;">@<span>bo</span></a>`,
		`<a class="u-url mention" href="https://a.example/@ana">@ana</a>`:                                       "",
		`<p><a href="https://a.example/tags/x" class="mention hashtag" rel="tag">#<span>Streets</span></a></p>`: `<p><a class="mention hashtag" href="/tags/Streets" title="#Streets">#<span>Streets</span></a></p>`,
		`<a class="mention hashtag" href="https://a.example/win">Click here</a>`:                                "",
	} {
		if want == "" {
			want = safe
		}
		if got := Lead(safe, to); got != want {
			t.Errorf("Lead(%s)\n got %s\nwant %s", safe, got, want)
		}
	}
}
