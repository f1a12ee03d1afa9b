package activity

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"interlink/domain"
)

// The bounds of a document from outside.
const (
	MaxBytes = 1 << 20 // 1 MiB
	maxDepth = 64
	maxList  = 1000 // elements of a list that are read
)

// Document is one JSON object from outside, its members still as bytes. Its
// accessors never fail: what has another shape than expected is absent.
type Document map[string]json.RawMessage

// Scan checks a document before anything else reads it: at most 1 MiB of
// valid UTF-8 without NUL and half surrogates, also where they are escaped,
// one JSON object, nested at most 64 deep, no member twice, no whole number
// beyond ±2^53 (RFC 8785 §3.2.2.3). Errors: TooLarge, Invalid.
func Scan(raw []byte) (Document, error) { return ScanLarge(raw, MaxBytes) }

// ScanLarge does so for a document of which it is known that it may be larger,
// of at most so many bytes.
func ScanLarge(raw []byte, most int) (Document, error) {
	if len(raw) > most {
		return nil, domain.Fail(domain.TooLarge, "error.document_size")
	}
	if !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0 {
		return nil, domain.Fail(domain.Invalid, "error.document")
	}
	if err := checkStructure(raw); err != nil {
		return nil, domain.Fail(domain.Invalid, "error.document").Because(err)
	}
	if !wholeSurrogates(raw) {
		return nil, domain.Fail(domain.Invalid, "error.document").Because(structureError("half a surrogate pair"))
	}
	doc := members(raw)
	if doc == nil {
		return nil, domain.Fail(domain.Invalid, "error.document").Because(structureError("no object"))
	}
	return doc, nil
}

type structureError string

func (e structureError) Error() string { return string(e) }

// checkStructure walks valid JSON once: how deep it is nested, and whether an
// object has a member twice. The tokens of encoding/json would tell too, but
// each costs an allocation, and every activity comes this way twice.
func checkStructure(raw []byte) error {
	if !json.Valid(raw) {
		return structureError("not JSON")
	}
	var stack []map[string]struct{} // nil for a list
	for i := 0; i < len(raw); i++ {
		switch raw[i] {
		case '{':
			stack = append(stack, map[string]struct{}{})
		case '[':
			stack = append(stack, nil)
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			end := numberEnd(raw, i)
			if err := checkNumber(string(raw[i:end])); err != nil {
				return err
			}
			i = end - 1
		case '}', ']':
			stack = stack[:len(stack)-1]
		case '"':
			end := stringEnd(raw, i)
			quoted := raw[i:end]
			i = end - 1
			name := len(stack) > 0 && stack[len(stack)-1] != nil && named(raw, end)
			if !name && bytes.IndexByte(quoted, '\\') < 0 {
				continue
			}
			text, err := unquoted(quoted)
			if err != nil {
				return err
			}
			if !name {
				continue
			}
			members := stack[len(stack)-1]
			if _, twice := members[text]; twice {
				return structureError("member twice: " + text)
			}
			members[text] = struct{}{}
		}
		if len(stack) > maxDepth {
			return structureError("nested too deep")
		}
	}
	return nil
}

// stringEnd returns where the string ends that begins at i, behind its
// closing quote.
func stringEnd(raw []byte, i int) int {
	for i++; raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// named reports whether a colon follows: the string is a member's name.
func named(raw []byte, i int) bool {
	for ; i < len(raw); i++ {
		switch raw[i] {
		case ' ', '\t', '\n', '\r':
		default:
			return raw[i] == ':'
		}
	}
	return false
}

// unquoted reads a string: one may be written in several ways. It must be one
// that every database keeps.
func unquoted(quoted []byte) (string, error) {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1]), nil
	}
	var s string
	if err := json.Unmarshal(quoted, &s); err != nil {
		return "", err
	}
	if strings.IndexByte(s, 0) >= 0 {
		return "", structureError("NUL in a string")
	}
	return s, nil
}

// numberEnd returns where the number ends that begins at i.
func numberEnd(raw []byte, i int) int {
	for i < len(raw) && strings.IndexByte("+-.0123456789Ee", raw[i]) >= 0 {
		i++
	}
	return i
}

// The bounds of a number. Beyond 2^53 two readers may read two numbers.
const (
	maxDigits = 64
	maxWhole  = 1 << 53
)

// checkNumber refuses what readers understand differently.
func checkNumber(s string) error {
	_, err := strconv.ParseFloat(s, 64)
	if err == nil && !strings.ContainsAny(s, ".eE") {
		var n int64
		if n, err = strconv.ParseInt(s, 10, 64); n > maxWhole || n < -maxWhole {
			err = strconv.ErrRange
		}
	}
	if err != nil || len(s) > maxDigits {
		return structureError("a number out of range")
	}
	return nil
}

// wholeSurrogates reports whether every escaped surrogate of a valid document
// has its other half behind it; backslashes are in strings only.
func wholeSurrogates(raw []byte) bool {
	unit := func(at int) (n uint64) {
		if at+6 > len(raw) || raw[at] != '\\' || raw[at+1] != 'u' {
			return 0
		}
		n, _ = strconv.ParseUint(string(raw[at+2:at+6]), 16, 16)
		return n
	}
	for i := bytes.IndexByte(raw, '\\'); i >= 0 && i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		switch unit(i) >> 10 {
		case 0xd800 >> 10:
			if unit(i+6)>>10 != 0xdc00>>10 {
				return false
			}
			i += 11
		case 0xdc00 >> 10:
			return false
		default:
			i++ // what is escaped
		}
	}
	return true
}

// String returns a string member; "" if absent.
func (d Document) String(name string) string { return text(d[name]) }

// Bool returns a boolean member; false if absent.
func (d Document) Bool(name string) bool {
	var b bool
	return json.Unmarshal(d[name], &b) == nil && b
}

// Refuses reports whether a boolean member is there and false: silence is no
// refusal.
func (d Document) Refuses(name string) bool { return string(d[name]) == "false" }

// Int returns a whole number; 0 if absent or out of ±2^53.
func (d Document) Int(name string) int64 {
	var n int64
	if json.Unmarshal(d[name], &n) != nil || n > 1<<53 || n < -1<<53 {
		return 0
	}
	return n
}

// Time returns a time member (xsd:dateTime); zero if absent or odd.
func (d Document) Time(name string) time.Time {
	t, err := time.Parse(time.RFC3339, d.String(name))
	if err != nil || t.Year() < 1900 || t.Year() > 9999 {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

// Type returns the type; of a list the first, as most peers do.
func (d Document) Type() string {
	if s := d.String("type"); s != "" {
		return s
	}
	for _, e := range elements(d["type"]) {
		if e[0] == '"' {
			return text(e)
		}
	}
	return ""
}

// Object returns a member that is an object, or the first object of a list;
// nil if there is none.
func (d Document) Object(name string) Document {
	for _, e := range elements(d[name]) {
		if o := members(e); o != nil {
			return o
		}
	}
	return nil
}

// Reference returns the first reference of a member, and the object that was
// sent along with it; nil if it is an address alone. Both are of the same
// element: a list may hold an address of one server and an object of another.
func (d Document) Reference(name string) (domain.IRI, Document) {
	for _, e := range elements(d[name]) {
		o := members(e)
		if iri := referenceOf(e, o); iri != "" {
			return iri, o
		}
	}
	return "", d.Object(name) // without an id, as a Follow in its Accept may be
}

// Objects returns the objects of a list, or a single one.
func (d Document) Objects(name string) []Document {
	var out []Document
	for _, e := range elements(d[name]) {
		if o := members(e); o != nil {
			out = append(out, o)
		}
	}
	return out
}

// IRI returns a reference: a string, an object with an id (or, for links, an
// href), or the first of a list of such; "" if there is no valid one.
func (d Document) IRI(name string) domain.IRI {
	for _, e := range elements(d[name]) {
		if iri := reference(e); iri != "" {
			return iri
		}
	}
	return ""
}

// IRIs returns all references of a member, at most 1,000.
func (d Document) IRIs(name string) []domain.IRI {
	var out []domain.IRI
	for _, e := range elements(d[name]) {
		if iri := reference(e); iri != "" {
			out = append(out, iri)
		}
	}
	return out
}

// Text returns a text with its translations: the map member (nameMap), with
// the plain member (name) in the given language if the map lacks it.
func (d Document) Text(name string, plain domain.Lang) domain.Text {
	t := domain.Text{}
	var m map[string]string
	if json.Unmarshal(d[name+"Map"], &m) == nil {
		for l, s := range m {
			if lang, err := domain.ParseLang(l); err == nil {
				t[lang] = s
			}
		}
	}
	if s := d.String(name); s != "" && !containsText(t, s) {
		if _, taken := t[plain]; !taken {
			t[plain] = s
		}
	}
	return t.Clean()
}

// Language returns the language of the document's text: the single key of
// contentMap, or the one whose text equals content; else what language or
// inLanguage name, as an object with identifier (Lemmy, PieFed, PeerTube) or as
// a word (Mobilizon); Undetermined otherwise.
func (d Document) Language() domain.Lang {
	for _, member := range []string{"content", "name", "summary"} {
		var m map[string]string
		if json.Unmarshal(d[member+"Map"], &m) != nil || len(m) == 0 {
			continue
		}
		plain := d.String(member)
		for l, s := range m {
			if lang, err := domain.ParseLang(l); err == nil && (len(m) == 1 || s == plain) {
				return lang
			}
		}
	}
	for _, said := range []string{d.Object("language").String("identifier"), d.String("language"), d.String("inLanguage")} {
		if lang, err := domain.ParseLang(said); err == nil && said != "" {
			return lang
		}
	}
	return domain.Undetermined
}

// Strings returns the strings of a list, or a single one.
func (d Document) Strings(name string) []string {
	var out []string
	for _, e := range elements(d[name]) {
		if s := text(e); s != "" {
			out = append(out, s)
		}
	}
	return out
}

func containsText(t domain.Text, s string) bool {
	for _, v := range t {
		if strings.TrimSpace(v) == strings.TrimSpace(s) {
			return true
		}
	}
	return false
}

func reference(raw json.RawMessage) domain.IRI { return referenceOf(raw, members(raw)) }

// referenceOf is [reference] for a value whose members are known.
func referenceOf(raw json.RawMessage, o Document) domain.IRI {
	s := text(raw)
	if o != nil {
		if s = o.String("id"); s == "" {
			s = o.String("href")
		}
	}
	switch s {
	case "as:Public", "Public":
		return Public
	}
	iri, err := domain.ParseIRI(s)
	if err != nil {
		return ""
	}
	return iri
}
