// Package locale speaks to people in their language: translated sentences with
// placeholders and plurals, numbers, dates and times, and the choice of the
// language itself.
//
// A language is a directory of JSON files below translations; everything that
// depends on the language, down to the order of day and month, is in them.
// Adding a language is adding a directory.
package locale

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"interlink/domain"
)

//go:embed translations
var embedded embed.FS

// Fallback is the language that has every sentence.
const Fallback domain.Lang = "en"

// sentence is one translation: a template, or one for each plural form.
type sentence struct {
	plain string
	forms map[string]string // by CLDR category, or "=0" for exactly none
}

// UnmarshalJSON reads a string or an object of plural forms.
func (s *sentence) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &s.plain)
	}
	if err := json.Unmarshal(b, &s.forms); err != nil {
		return err
	}
	for form := range s.forms {
		if !slices.Contains([]string{"=0", "zero", "one", "two", "few", "many", "other"}, form) {
			return fmt.Errorf("unknown plural form %q", form)
		}
	}
	if s.forms["other"] == "" {
		return fmt.Errorf("plural without the form \"other\"")
	}
	return nil
}

// Catalog holds the sentences of all languages. It does not change after
// loading and is safe for concurrent use.
type Catalog struct {
	langs     []domain.Lang // sorted, with Fallback first
	sentences map[domain.Lang]map[string]sentence
	tags      map[domain.Lang]language.Tag
	matcher   language.Matcher
}

// Default returns the catalog of the translations inside the program. It
// panics if they are broken, which a test of this package would show.
var Default = sync.OnceValue(func() *Catalog {
	sub, err := fs.Sub(embedded, "translations")
	if err != nil {
		panic("locale: " + err.Error())
	}
	c, err := Load(sub)
	if err != nil {
		panic("locale: " + err.Error())
	}
	return c
})

// Load reads a tree of <lang>/*.json files, each one flat object of keys and
// sentences. A key may stand in one file of a language only. Errors name the
// file and the key.
func Load(tree fs.FS) (*Catalog, error) {
	files, err := fs.Glob(tree, "*/*.json")
	if err != nil {
		return nil, err
	}
	c := &Catalog{sentences: map[domain.Lang]map[string]sentence{}, tags: map[domain.Lang]language.Tag{}}
	for _, file := range files {
		lang := domain.Lang(path.Dir(file))
		if c.sentences[lang] == nil {
			if c.tags[lang], err = language.Parse(string(lang)); err != nil {
				return nil, fmt.Errorf("%s: directory is no language tag: %w", file, err)
			}
			c.sentences[lang] = map[string]sentence{}
		}
		if err := readFile(tree, file, c.sentences[lang]); err != nil {
			return nil, err
		}
	}
	if c.sentences[Fallback] == nil {
		return nil, fmt.Errorf("no translations in %q", Fallback)
	}
	c.langs = append(c.langs, Fallback)
	for lang := range c.sentences {
		if lang != Fallback {
			c.langs = append(c.langs, lang)
		}
	}
	slices.Sort(c.langs[1:])
	var tags []language.Tag
	for _, l := range c.langs {
		tags = append(tags, c.tags[l])
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

func readFile(tree fs.FS, file string, into map[string]sentence) error {
	raw, err := fs.ReadFile(tree, file)
	if err != nil {
		return err
	}
	var read map[string]sentence
	if err := json.Unmarshal(raw, &read); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	for key, s := range read {
		if _, twice := into[key]; twice {
			return fmt.Errorf("%s: %q is in another file of this language too", file, key)
		}
		into[key] = s
	}
	return nil
}

// Langs returns the languages that pages can be shown in, English first.
func (c *Catalog) Langs() []domain.Lang { return slices.Clone(c.langs) }

// Has reports whether key has a sentence, at least in English.
func (c *Catalog) Has(key string) bool {
	_, ok := c.sentences[Fallback][key]
	return ok
}

// Keys returns all keys of a language, sorted.
func (c *Catalog) Keys(lang domain.Lang) []string {
	keys := make([]string, 0, len(c.sentences[lang]))
	for k := range c.sentences[lang] {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Printer returns a printer for a language and a time zone. An unknown
// language is printed in English; a nil zone is UTC.
func (c *Catalog) Printer(lang domain.Lang, zone *time.Location) *Printer {
	if c.sentences[lang] == nil {
		lang = Fallback
	}
	if zone == nil {
		zone = time.UTC
	}
	return &Printer{Lang: lang, Zone: zone, catalog: c, tag: c.tags[lang]}
}

// NameOf returns the name of a language in that language itself, "español";
// the tag if the name is not known.
func NameOf(lang domain.Lang) string {
	tag, err := language.Parse(string(lang))
	if err != nil || lang == domain.Undetermined {
		return string(lang)
	}
	if name := display.Self.Name(tag); name != "" {
		return name
	}
	return string(lang)
}

// RightToLeft reports whether a language is written from right to left.
func RightToLeft(lang domain.Lang) bool {
	tag, err := language.Parse(string(lang))
	if err != nil {
		return false
	}
	script, _ := tag.Script()
	return strings.Contains(" Arab Hebr Syrc Thaa Nkoo Adlm Rohg ", " "+script.String()+" ")
}
