package activity

import (
	"bytes"
	"encoding/json"
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
// valid UTF-8 without NUL, one JSON object, nested at most 64 deep, no member
// twice (reference: federation.md §3.1-13). Errors: TooLarge, Invalid.
func Scan(raw []byte) (Document, error) {
	if len(raw) > MaxBytes {
		return nil, domain.Fail(domain.TooLarge, "error.document_size")
	}
	if !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0 {
		return nil, domain.Fail(domain.Invalid, "error.document")
	}
	if err := checkStructure(raw); err != nil {
		return nil, domain.Fail(domain.Invalid, "error.document").Because(err)
	}
	var doc Document
	if err := json.Unmarshal(raw, &doc); err != nil || doc == nil {
		return nil, domain.Fail(domain.Invalid, "error.document").Because(err)
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
		case '}', ']':
			stack = stack[:len(stack)-1]
		case '"':
			end := stringEnd(raw, i)
			text := raw[i:end]
			i = end - 1
			if len(stack) == 0 || stack[len(stack)-1] == nil || !named(raw, end) {
				continue
			}
			name, err := memberName(text)
			if err != nil {
				return err
			}
			members := stack[len(stack)-1]
			if _, twice := members[name]; twice {
				return structureError("member twice: " + name)
			}
			members[name] = struct{}{}
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

// memberName reads a name with its quotes; one name may be written in several
// ways.
func memberName(quoted []byte) (string, error) {
	if bytes.IndexByte(quoted, '\\') < 0 {
		return string(quoted[1 : len(quoted)-1]), nil
	}
	var name string
	err := json.Unmarshal(quoted, &name)
	return name, err
}

// String returns a string member; "" if absent.
func (d Document) String(name string) string {
	var s string
	if json.Unmarshal(d[name], &s) != nil {
		return ""
	}
	return s
}

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
		var s string
		if json.Unmarshal(e, &s) == nil {
			return s
		}
	}
	return ""
}

// Object returns a member that is an object, or the first object of a list;
// nil if there is none.
func (d Document) Object(name string) Document {
	for _, e := range elements(d[name]) {
		var o Document
		if json.Unmarshal(e, &o) == nil && o != nil {
			return o
		}
	}
	return nil
}

// Objects returns the objects of a list, or a single one.
func (d Document) Objects(name string) []Document {
	var out []Document
	for _, e := range elements(d[name]) {
		var o Document
		if json.Unmarshal(e, &o) == nil && o != nil {
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
// contentMap, or the one whose text equals content; Undetermined otherwise.
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
	return domain.Undetermined
}

// Strings returns the strings of a list, or a single one.
func (d Document) Strings(name string) []string {
	var out []string
	for _, e := range elements(d[name]) {
		var s string
		if json.Unmarshal(e, &s) == nil && s != "" {
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

// elements returns the elements of a list, at most maxList, or the value
// itself as the only one; nothing for null and absent members.
func elements(raw json.RawMessage) []json.RawMessage {
	if len(raw) == 0 || string(raw) == "null" {
		return nil
	}
	if raw[0] != '[' {
		return []json.RawMessage{raw}
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list[:min(len(list), maxList)]
}

func reference(raw json.RawMessage) domain.IRI {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		var o struct{ ID, Href json.RawMessage }
		if json.Unmarshal(raw, &o) != nil {
			return ""
		}
		if json.Unmarshal(o.ID, &s) != nil && json.Unmarshal(o.Href, &s) != nil {
			return ""
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
