package domain

import (
	"maps"
	"slices"
	"strings"
)

// Lang is a BCP-47 language tag in its canonical form, such as "en" or
// "pt-BR". "und" marks text of unknown language.
type Lang string

// Undetermined is the language of text that does not say it.
const Undetermined Lang = "und"

// ParseLang checks the shape of a language tag: two or three letters, then
// subtags of one to eight letters or digits, at most 35 characters; the first
// is lower-cased. Errors: Invalid.
func ParseLang(s string) (Lang, error) {
	parts := strings.Split(strings.ReplaceAll(strings.TrimSpace(s), "_", "-"), "-")
	if len(s) > 35 || len(parts[0]) < 2 || len(parts[0]) > 3 {
		return "", Fail(Invalid, "error.language", s)
	}
	for i, p := range parts {
		if len(p) < 1 || len(p) > 8 || strings.ContainsFunc(p, func(r rune) bool {
			letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
			return !letter && (i == 0 || r < '0' || r > '9')
		}) {
			return "", Fail(Invalid, "error.language", s)
		}
	}
	parts[0] = strings.ToLower(parts[0])
	return Lang(strings.Join(parts, "-")), nil
}

// Text is a text in several languages. A missing or blank entry is no
// translation; the zero Text is empty.
type Text map[Lang]string

// In returns the text in the wanted language, else in its primary language
// ("pt" for "pt-BR"), else in English, else in the first language by tag; and
// the language it is in, so that a page can mark it. Both are "" for an empty
// text.
func (t Text) In(want Lang) (string, Lang) {
	if s := t[want]; s != "" {
		return s, want
	}
	if primary, _, ok := strings.Cut(string(want), "-"); ok {
		if s := t[Lang(primary)]; s != "" {
			return s, Lang(primary)
		}
	}
	if s := t["en"]; s != "" {
		return s, "en"
	}
	for _, l := range t.Langs() {
		return t[l], l
	}
	return "", ""
}

// String returns the text as [Text.In] does for English.
func (t Text) String() string {
	s, _ := t.In("en")
	return s
}

// Langs returns the languages that have a text, sorted.
func (t Text) Langs() []Lang {
	langs := make([]Lang, 0, len(t))
	for l, s := range t {
		if s != "" {
			langs = append(langs, l)
		}
	}
	slices.Sort(langs)
	return langs
}

// Empty reports whether no language has a text.
func (t Text) Empty() bool { return len(t.Langs()) == 0 }

// Clean returns a copy with white space trimmed and blank entries removed;
// nil if nothing remains.
func (t Text) Clean() Text {
	var out Text
	for l, s := range t {
		if s = strings.TrimSpace(s); s != "" {
			if out == nil {
				out = make(Text, len(t))
			}
			out[l] = s
		}
	}
	return out
}

// Equal reports whether both have the same texts in the same languages.
func (t Text) Equal(o Text) bool { return maps.Equal(t.Clean(), o.Clean()) }

// Longest returns the length in bytes of the longest translation.
func (t Text) Longest() int {
	n := 0
	for _, s := range t {
		n = max(n, len(s))
	}
	return n
}
