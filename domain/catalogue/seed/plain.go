package seed

import (
	"html"
	"strings"
)

// plain turns a text that may hold fragments of HTML, not always balanced,
// into Markdown: paragraphs, line breaks and list items are kept, other tags
// dropped. odd says what was wrong with it, "" if nothing was. The work is
// linear in the length of the text.
func plain(s string) (text, odd string) {
	s = strings.ReplaceAll(s, "\r\n", "\n")
	if !strings.ContainsAny(s, "<&>") {
		return strings.TrimSpace(s), ""
	}
	var b strings.Builder
	open := map[string]int{}
	rest := s
	for {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			b.WriteString(rest)
			break
		}
		name, closing := tagName(rest[i:])
		if name == "" {
			b.WriteString(rest[:i+1]) // a bare "<"
			rest = rest[i+1:]
			continue
		}
		end := strings.IndexByte(rest[i:], '>')
		if end < 0 {
			b.WriteString(rest) // no tag ends here any more
			break
		}
		b.WriteString(rest[:i])
		rest = rest[i+end+1:]
		if closing {
			open[name]--
		} else if name != "br" && name != "hr" && name != "img" {
			open[name]++
		}
		b.WriteString(markdownOf(name, closing))
	}
	for _, name := range []string{"p", "ul", "ol", "li"} {
		if open[name] != 0 {
			odd = "its HTML is not balanced: repaired"
		}
	}
	out := html.UnescapeString(b.String())
	if stray := strings.Contains(out, "li>"); stray {
		odd = "has a stray tag"
		out = strings.ReplaceAll(out, "li>", "")
	}
	return tidy(out), odd
}

// tagName returns the name of the tag that a text begins with; "" if it is
// none.
func tagName(s string) (name string, closing bool) {
	s = s[1:]
	s, closing = strings.CutPrefix(s, "/")
	end := 0
	for end < len(s) && end < 12 {
		c := s[end] | 0x20
		if (c < 'a' || c > 'z') && (end == 0 || s[end] < '0' || s[end] > '9') {
			break
		}
		end++
	}
	if end == 0 || end < len(s) && !strings.ContainsRune(" \t\n/>", rune(s[end])) {
		return "", false
	}
	return strings.ToLower(s[:end]), closing
}

func markdownOf(name string, closing bool) string {
	switch name {
	case "li":
		if closing {
			return ""
		}
		return "\n- "
	case "br":
		return "\n"
	case "p", "ul", "ol", "div", "h1", "h2", "h3", "h4":
		return "\n\n"
	case "strong", "b":
		return "**"
	}
	return ""
}

// tidy trims lines and leaves at most one empty line between paragraphs.
func tidy(s string) string {
	var out []string
	empty := 0
	for _, line := range strings.Split(s, "\n") {
		line = strings.TrimRight(line, " \t")
		if strings.TrimSpace(line) == "" || line == "-" {
			empty++
			continue
		}
		if empty > 0 && len(out) > 0 {
			out = append(out, "")
		}
		empty = 0
		out = append(out, strings.TrimLeft(line, " \t"))
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}
