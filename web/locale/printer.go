package locale

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/feature/plural"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"interlink/domain"
)

// Printer writes for one reader. It is safe for concurrent use.
type Printer struct {
	Lang domain.Lang    // one of the catalog's languages
	Zone *time.Location // never nil

	catalog *Catalog
	tag     language.Tag
}

// T returns the sentence of key with {0}, {1}, … replaced by args: whole
// numbers are grouped, a [domain.Text] is taken in the reader's language, a
// [time.Time] becomes a date, a [domain.Lang] its name. Plural forms follow
// the first argument that is a whole number. A sentence missing in the language comes in English; one
// missing altogether comes as its key.
func (p *Printer) T(key string, args ...any) string {
	s, lang := p.lookup(key)
	template := s.plain
	if s.forms != nil {
		template = s.forms[formOf(s, lang, args)]
	}
	if len(args) == 0 || !strings.Contains(template, "{") {
		return template
	}
	return p.fill(template, args)
}

// Has reports whether key has a sentence.
func (p *Printer) Has(key string) bool { return p.catalog.Has(key) }

func (p *Printer) lookup(key string) (sentence, language.Tag) {
	if s, ok := p.catalog.of(p.Lang)[key]; ok {
		return s, p.tag
	}
	if s, ok := p.catalog.of(Fallback)[key]; ok {
		return s, p.catalog.tags[Fallback]
	}
	return sentence{plain: key}, p.tag
}

var categories = map[plural.Form]string{
	plural.Zero: "zero", plural.One: "one", plural.Two: "two", plural.Few: "few", plural.Many: "many", plural.Other: "other",
}

// formOf chooses the plural form by the first argument that is a whole number
// (CLDR cardinal rules).
func formOf(s sentence, lang language.Tag, args []any) string {
	at := slices.IndexFunc(args, func(v any) bool { _, ok := whole(v); return ok })
	if at < 0 {
		return "other"
	}
	n, _ := whole(args[at])
	if _, exact := s.forms["=0"]; exact && n == 0 {
		return "=0"
	}
	digits := int(max(n, -n) % 1_000_000) // rules look at the last six digits only
	if n > 1_000_000 || n < -1_000_000 {
		digits += 1_000_000
	}
	form := categories[plural.Cardinal.MatchPlural(lang, digits, 0, 0, 0, 0)]
	if _, ok := s.forms[form]; !ok {
		return "other"
	}
	return form
}

func whole(v any) (int64, bool) {
	switch n := v.(type) {
	case int:
		return int64(n), true
	case int32:
		return int64(n), true
	case int64:
		return n, true
	case uint64:
		return int64(n), true
	}
	return 0, false
}

// fill replaces {0} to {9}; anything else in braces stays as it is.
func (p *Printer) fill(template string, args []any) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		if len(rest) > 1 && rest[1] == '}' && rest[0] >= '0' && int(rest[0]-'0') < len(args) {
			b.WriteString(p.Print(args[rest[0]-'0']))
			template = rest[2:]
			continue
		}
		b.WriteByte('{')
		template = rest
	}
}

// Print writes one value as [Printer.T] does for its arguments.
func (p *Printer) Print(v any) string {
	if n, ok := whole(v); ok {
		return p.Number(n)
	}
	switch v := v.(type) {
	case string:
		return v
	case domain.Text:
		s, _ := v.In(p.Lang)
		return s
	case domain.Lang:
		return p.Language(v)
	case time.Time:
		return p.Date(v)
	case Deadline:
		return p.Deadline(time.Time(v))
	case float64:
		return p.Decimal(v, 1)
	}
	return fmt.Sprint(v)
}

// Word translates a value of an enumeration, such as ("nature",
// "externalSoftware"): the sentence "nature.external_software". Case and the
// way of joining words do not matter. A value without a sentence comes as it
// is, because foreign catalogues have words of their own.
func (p *Printer) Word(enum, value string) string {
	if value == "" {
		return ""
	}
	if key := enum + "." + Snake(value); p.Has(key) {
		return p.T(key)
	}
	return value
}

// Snake writes a value of an enumeration in one way: "external_software" for
// "externalSoftware", "External software" and "external-software".
func Snake(value string) string {
	var b strings.Builder
	lower := false
	for _, r := range value {
		switch {
		case r == '-' || r == ' ' || r == ';' || r == ':' || r == '.' || r == '/':
			r = '_'
		case r >= 'A' && r <= 'Z':
			if lower {
				b.WriteByte('_')
			}
			r += 'a' - 'A'
			lower = false
			b.WriteRune(r)
			continue
		}
		lower = r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
		b.WriteRune(r)
	}
	return b.String()
}

// Language returns the name of a language in the reader's language.
func (p *Printer) Language(lang domain.Lang) string {
	if lang == "" || lang == domain.Undetermined {
		return p.T("ui.language_unknown")
	}
	if tag, err := language.Parse(string(lang)); err == nil {
		if name := display.Languages(p.tag).Name(tag); name != "" {
			return name
		}
	}
	return string(lang)
}

// FromError returns what a person is told about an error: the sentence of the
// first [domain.Error] in its chain, else the sentence of its code. Causes are
// never shown.
func (p *Printer) FromError(err error) string {
	if err == nil {
		return ""
	}
	said := "error." + string(domain.CodeOf(err))
	var args []any
	var e *domain.Error
	if errors.As(err, &e) && p.Has(e.Key) {
		said, args = e.Key, e.Args
	}
	if wait := domain.WaitOf(err); wait > 0 {
		return p.T(said, args...) + " " + p.again(wait)
	}
	return p.T(said, args...)
}

// again says when something can be tried again: never sooner than it can.
func (p *Printer) again(wait time.Duration) string {
	switch {
	case wait <= 2*time.Minute:
		return p.T("error.again_seconds", int((wait+time.Second-1)/time.Second))
	case wait <= 2*time.Hour:
		return p.T("error.again_minutes", int((wait+time.Minute-1)/time.Minute))
	}
	return p.T("error.again_hours", int((wait+time.Hour-1)/time.Hour))
}

// Number writes a whole number with its groups of three.
func (p *Printer) Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if n < 0 {
		sign, digits = "−", digits[1:]
	}
	from, err := strconv.Atoi(p.T("format.group_from"))
	if err != nil || len(digits) < from {
		return sign + digits
	}
	group := p.T("format.group")
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(group)
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Decimal writes a number with the given count of decimals.
func (p *Printer) Decimal(f float64, decimals int) string {
	whole, rest, found := strings.Cut(strconv.FormatFloat(f, 'f', decimals, 64), ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return whole
	}
	out := p.Number(n)
	if n == 0 && f < 0 {
		out = "−0"
	}
	if found {
		out += p.T("format.decimal") + rest
	}
	return out
}

// Bytes writes a size in steps of 1000.
func (p *Printer) Bytes(n int64) string {
	switch {
	case n < 1000:
		return p.T("format.bytes", n)
	case n < 1_000_000:
		return p.T("format.kilobytes", p.Number((n+500)/1000))
	}
	return p.T("format.megabytes", p.Decimal(float64(n)/1e6, 1))
}

// Join lists words: "a, b and c".
func (p *Printer) Join(words []string) string {
	switch len(words) {
	case 0:
		return ""
	case 1:
		return words[0]
	}
	last := len(words) - 1
	return p.T("format.and", strings.Join(words[:last], ", "), words[last])
}
