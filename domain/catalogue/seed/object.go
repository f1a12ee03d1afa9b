package seed

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"interlink/domain"
)

// object is a JSON object of a file; its accessors note what has another
// type than it should as an error of the file.
type object struct {
	r       *reader
	file    string
	members map[string]json.RawMessage
}

func (o object) has(field string) bool {
	raw, ok := o.members[field]
	return ok && string(raw) != "null"
}

// into decodes a member if it is there.
func (o object) into(field string, v any) bool {
	if !o.has(field) {
		return false
	}
	if err := json.Unmarshal(o.members[field], v); err != nil {
		o.r.fail(o.file, field, "has another type than it should: %v", err)
		return false
	}
	return true
}

// text returns a trimmed string.
func (o object) text(field string) string {
	var s string
	o.into(field, &s)
	return strings.TrimSpace(s)
}

func (o object) flag(field string) bool {
	var b bool
	o.into(field, &b)
	return b
}

// strings returns the strings of a list, without blanks and repetitions.
func (o object) strings(field string) []string {
	var list []string
	o.into(field, &list)
	out := list[:0]
	seen := map[string]bool{}
	for _, s := range list {
		if s = strings.TrimSpace(s); s != "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return out
}

// texts returns a text with its translations, as plain text or Markdown:
// HTML fragments are turned into Markdown, blanks are missing.
func (o object) texts(field string) domain.Text {
	var m map[string]string
	if !o.into(field, &m) {
		return nil
	}
	t := domain.Text{}
	for _, l := range slices.Sorted(maps.Keys(m)) {
		s := m[l]
		lang, err := domain.ParseLang(l)
		if err != nil {
			o.r.warn(o.file, field, "%q is no language", l)
			continue
		}
		clean, odd := plain(s)
		if odd != "" {
			o.r.warn(o.file, field+"."+l, "%s", odd)
		}
		if field == "name_translations" && clean != "" && strings.TrimSpace(s) != s {
			o.r.warn(o.file, field+"."+l, "has spaces around it: trimmed")
		}
		if clean == "" && s != "" || s == "" && field == "name_translations" {
			o.r.warn(o.file, field+"."+l, "is blank: treated as missing")
		}
		t[lang] = clean
	}
	return t.Clean()
}

// tags returns lists of words by language.
func (o object) tags(field string) map[string][]string {
	var m map[string][]string
	if !o.into(field, &m) {
		return nil
	}
	out := map[string][]string{}
	for _, l := range slices.Sorted(maps.Keys(m)) {
		words := m[l]
		lang, err := domain.ParseLang(l)
		if err != nil {
			o.r.warn(o.file, field, "%q is no language", l)
			continue
		}
		for _, w := range words {
			if w = strings.TrimSpace(w); w != "" {
				out[string(lang)] = append(out[string(lang)], w)
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return out
}

// named returns name and description, and tells which languages are claimed
// but not there, or only a copy of the English.
func (o object) named() (name, summary domain.Text) {
	name, summary = o.texts("name_translations"), o.texts("description_translations")
	if name.Empty() {
		o.r.fail(o.file, "name_translations", "there is no name in any language")
	}
	for _, l := range summary.Langs() {
		s := summary[l]
		// A name may be the same in every language; a description is not.
		if l != "en" && s == summary["en"] && len(s) > 20 {
			o.r.warn(o.file, "description_translations."+string(l), "is the English text: treated as not translated")
			delete(summary, l)
			delete(name, l)
		}
	}
	for _, l := range o.strings("languages") {
		lang, err := domain.ParseLang(l)
		if err != nil || name[lang] == "" || summary[lang] == "" && !summary.Empty() {
			o.r.warn(o.file, "languages", "claims %q, which the texts do not have", l)
		}
	}
	return name, summary
}
