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
	"maps"
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

// sentences are those of one language, by key.
type sentences map[string]sentence

// Catalog holds the sentences of all languages. It does not change and is safe
// for concurrent use. A language is read when it is first spoken.
type Catalog struct {
	langs     []domain.Lang // sorted, with Fallback first
	sentences map[domain.Lang]func() sentences
	tags      map[domain.Lang]language.Tag
	matcher   language.Matcher
}

// Default returns the catalog of the translations inside the program. It, or
// the first sentence of a language, panics if they are broken, which tests of
// this package would show.
var Default = sync.OnceValue(func() *Catalog {
	dirs, err := embedded.ReadDir("translations")
	if err != nil {
		panic("locale: " + err.Error())
	}
	c := &Catalog{langs: []domain.Lang{Fallback}, sentences: map[domain.Lang]func() sentences{}, tags: map[domain.Lang]language.Tag{}}
	for _, dir := range dirs {
		lang := domain.Lang(dir.Name())
		c.tags[lang] = language.MustParse(dir.Name())
		c.sentences[lang] = sync.OnceValue(func() sentences {
			all, err := read(path.Join("translations", dir.Name()))
			if err != nil {
				panic("locale: " + err.Error())
			}
			return all
		})
		if lang != Fallback {
			c.langs = append(c.langs, lang)
		}
	}
	var tags []language.Tag
	for _, l := range c.langs {
		tags = append(tags, c.tags[l])
	}
	c.matcher = language.NewMatcher(tags)
	return c
})

// read reads the *.json files of a language, each one flat object of keys and
// sentences. A key may stand in one file only. Errors name the file and the
// key.
func read(dir string) (sentences, error) {
	files, err := fs.Glob(embedded, dir+"/*.json")
	if err != nil {
		return nil, err
	}
	all := sentences{}
	for _, file := range files {
		raw, err := embedded.ReadFile(file)
		if err != nil {
			return nil, err
		}
		var here sentences
		if err := json.Unmarshal(raw, &here); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		for key, s := range here {
			if _, twice := all[key]; twice {
				return nil, fmt.Errorf("%s: %q is in another file of this language too", file, key)
			}
			all[key] = s
		}
	}
	return all, nil
}

// of returns the sentences of a language; none for one that is not spoken.
func (c *Catalog) of(lang domain.Lang) sentences {
	if read, ok := c.sentences[lang]; ok {
		return read()
	}
	return nil
}

// Langs returns the languages that pages can be shown in, English first.
func (c *Catalog) Langs() []domain.Lang { return slices.Clone(c.langs) }

// Has reports whether key has a sentence, at least in English.
func (c *Catalog) Has(key string) bool {
	_, ok := c.of(Fallback)[key]
	return ok
}

// Keys returns all keys of a language, sorted.
func (c *Catalog) Keys(lang domain.Lang) []string {
	return slices.Sorted(maps.Keys(c.of(lang)))
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
