package activity

import (
	"encoding/json"
	"regexp"
	"strings"

	"interlink/domain"
	"interlink/domain/community"
	"interlink/domain/markup"
	"interlink/domain/network"
)

// Community makes the extension of a community's actor. organization is "" if it
// has none.
func Community(c *community.Community, organization domain.IRI) *CommunityExtension {
	return &CommunityExtension{Organization: organization, Language: c.Language, Summary: typedText(c.Summary), Rules: typedText(c.Rules)}
}

// The bounds of the rules that are read, in bytes: of one language, and in how
// many.
const (
	maxRules     = 20_000
	maxRuleLangs = 20
)

// readRules reads what those who write in a group agree to. Where it stands in
// its description too, it is taken out there.
func readRules(doc Document, a *network.Actor) {
	if a.Type != network.TypeGroup {
		return
	}
	if ext := doc.Object("interlink:community"); ext != nil {
		if a.Rules = readTexts(ext, "rules"); a.Rules != nil {
			lang, _ := domain.ParseLang(ext.String("language"))
			summary, _ := readTexts(ext, "summary").In(lang)
			a.Summary = markup.Markdown(summary)
		}
		return
	}
	if s := doc.Object("source"); s != nil && s.String("mediaType") == "text/markdown" {
		if rest, rules := splitRules(clip(s.String("content"), maxRules)); rules != "" {
			a.Rules, a.Summary = domain.Text{domain.Undetermined: rules}, markup.Markdown(rest)
		}
	}
}

// readTexts reads a text by language; nil if there is none.
func readTexts(doc Document, name string) domain.Text {
	var said domain.Text
	if json.Unmarshal(doc[name], &said) != nil {
		return nil
	}
	said = said.Clean()
	t := domain.Text{}
	for _, l := range said.Langs() {
		if lang, err := domain.ParseLang(string(l)); err == nil && len(t) < maxRuleLangs {
			t[lang] = clip(said[l], maxRules)
		}
	}
	if t.Empty() {
		return nil
	}
	return t
}

// ruleHeading is the heading under which Mbin writes the rules of a group, and
// many who run one elsewhere do.
var ruleHeading = regexp.MustCompile(`(?im)^(#{1,6})[ \t]+(?:community )?rules:?[ \t#]*\r?$`)

// splitRules takes the part with the rules out of a description in Markdown: up
// to the next heading of its rank.
func splitRules(about string) (rest, rules string) {
	at := ruleHeading.FindStringSubmatchIndex(about)
	if at == nil {
		return about, ""
	}
	end := len(about)
	for next := at[1]; next < len(about); {
		line := about[next:]
		if i := strings.IndexByte(line, '\n'); i >= 0 {
			line = line[:i+1]
		}
		if rank := len(line) - len(strings.TrimLeft(line, "#")); rank > 0 && rank <= at[3]-at[2] && strings.HasPrefix(line[rank:], " ") {
			end = next
			break
		}
		next += len(line)
	}
	return strings.TrimSpace(about[:at[0]] + about[end:]), strings.TrimSpace(about[at[1]:end])
}
