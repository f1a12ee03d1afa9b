package activity

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"interlink/domain"
)

func TestScanRefusesWhatCannotBeMeant(t *testing.T) {
	t.Parallel()
	for name, raw := range map[string]string{
		"empty":          "",
		"array":          "[]",
		"null":           "null",
		"string":         `"x"`,
		"truncated":      `{"id":"x"`,
		"twice":          `{"id":"a","id":"b"}`,
		"twice, escaped": `{"id":"a","\u0069d":"b"}`,
		"twice inside":   `{"object":{"id":"a","id":"b"}}`,
		"twice in list":  `{"to":[{"id":"a","x":[],"id":"b"}]}`,
		"deep":           `{"a":` + strings.Repeat("[", 70) + strings.Repeat("]", 70) + `}`,
		"two values":     `{} {}`,
		"nul":            "{\"a\":\"\x00\"}",
		"nul, escaped":   `{"a":"\u0000"}`,
		"surrogate":      `{"a":"\ud800"}`,
		"surrogates":     `{"a":"\udc00\ud800"}`,
		"large number":   `{"a":9007199254740993}`,
		"no number":      `{"a":1e999}`,
		"not utf-8":      "{\"a\":\"\xff\"}",
		"large":          `{"a":"` + strings.Repeat("x", MaxBytes) + `"}`,
	} {
		if doc, err := Scan([]byte(raw)); err == nil {
			t.Errorf("%s: accepted as %v", name, doc)
		}
	}
	if _, err := Scan([]byte(`{"a":{"id":1},"b":{"id":2},"c":[{"id":1},{"id":1}]}`)); err != nil {
		t.Errorf("the same name in different objects: %v", err)
	}
}

func TestDocumentReadsEveryShape(t *testing.T) {
	t.Parallel()
	doc, err := Scan([]byte(`{
		"id": "https://a.example/1",
		"type": ["Note", "https://x.example/Odd"],
		"actor": {"id": "https://a.example/ana", "type": "Person"},
		"attributedTo": [{"type": "Person", "id": "https://a.example/ana"}, "https://a.example/bo"],
		"to": "as:Public",
		"cc": ["https://a.example/followers", 7, null, {"href": "https://a.example/x"}, "not an iri"],
		"published": "2026-11-23T05:00:00.123456789+01:00",
		"name": "Mobility", "nameMap": {"es": "Movilidad", "en": "Mobility", "??": "x"},
		"content": "Hoi", "contentMap": {"nl": "Hoi"},
		"object": null, "sensitive": "yes", "totalItems": 12
	}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := doc.Type(); got != "Note" {
		t.Errorf("type %q", got)
	}
	if got := doc.IRI("actor"); got != "https://a.example/ana" {
		t.Errorf("actor %q", got)
	}
	if got := doc.IRIs("attributedTo"); len(got) != 2 {
		t.Errorf("attributedTo %v", got)
	}
	if !IsPublic(doc.IRIs("to")) {
		t.Error("as:Public is not public")
	}
	if got := doc.IRIs("cc"); len(got) != 2 || got[1] != "https://a.example/x" {
		t.Errorf("cc %v", got)
	}
	if got := doc.Time("published"); !got.Equal(time.Date(2026, 11, 23, 4, 0, 0, 123456000, time.UTC)) {
		t.Errorf("published %v", got)
	}
	if got := doc.Text("name", domain.Undetermined); len(got) != 2 || got["es"] != "Movilidad" {
		t.Errorf("name %v", got)
	}
	if got := doc.Language(); got != "nl" {
		t.Errorf("language %q", got)
	}
	if doc.Object("object") != nil || doc.Bool("sensitive") || doc.Int("totalItems") != 12 || doc.Int("name") != 0 {
		t.Error("odd members were not read as absent")
	}
}

// TestReference: what an activity names and what it brings along are one
// element, and "ID" is not "id".
func TestReference(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]struct {
		iri      domain.IRI
		embedded bool
	}{
		`{"object":"https://a.example/1"}`:                                                         {"https://a.example/1", false},
		`{"object":["https://a.example/1",{"id":"https://b.example/2"}]}`:                          {"https://a.example/1", false},
		`{"object":[7,{"id":"https://b.example/2"},"https://a.example/1"]}`:                        {"https://b.example/2", true},
		`{"object":{"id":"https://b.example/2","ID":"https://a.example/1"}}`:                       {"https://b.example/2", true},
		`{"object":{"ID":"https://a.example/1","type":"Note"}}`:                                    {"", true},
		`{"object":{"id":"https://b.example/2","HREF":"x","href":"https://a.example/1","Id":"x"}}`: {"https://b.example/2", true},
		`{}`: {"", false},
	} {
		doc, err := Scan([]byte(raw))
		if err != nil {
			t.Fatal(err)
		}
		iri, embedded := doc.Reference("object")
		if iri != want.iri || (embedded != nil) != want.embedded {
			t.Errorf("%s: %q with %v", raw, iri, embedded)
		}
	}
}

// tokens is what [Scan] says of members and depth, by the tokens of
// encoding/json.
func tokens(raw []byte) bool {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	ok := true
	var value func(depth int) error
	value = func(depth int) error {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		if text, is := token.(string); is && strings.ContainsRune(text, 0) {
			ok = false
		}
		if number, is := token.(json.Number); is && checkNumber(string(number)) != nil {
			ok = false
		}
		if token != json.Delim('{') && token != json.Delim('[') {
			return nil
		}
		if depth == 64 {
			ok = false
		}
		seen := map[string]bool{}
		for dec.More() {
			if token == json.Delim('{') {
				name, err := dec.Token()
				if err != nil {
					return err
				}
				if seen[name.(string)] || strings.ContainsRune(name.(string), 0) {
					ok = false
				}
				seen[name.(string)] = true
			}
			if err := value(depth + 1); err != nil {
				return err
			}
		}
		_, err = dec.Token()
		return err
	}
	return value(0) == nil && ok && wholeSurrogates(raw)
}

// FuzzScan: Scan takes what encoding/json takes, and of that nothing with a
// member twice or nested too deep.
func FuzzScan(f *testing.F) {
	for _, s := range []string{
		`{"a":[{"b":1},{"b":"}"}],"c":"\\\"{"}`, `{"a":{"a":1,"\u0061":2}}`, `{"":0,"":1}`, `{"a" : [":"], "b"\n:{}}`, `{"x":"\\"}`,
		strings.Repeat(`{"a":`, 64) + "1" + strings.Repeat("}", 64), strings.Repeat(`{"a":`, 65) + "1" + strings.Repeat("}", 65),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		doc, err := Scan([]byte(s))
		if !json.Valid([]byte(s)) || !strings.HasPrefix(strings.TrimLeft(s, " \t\r\n"), "{") || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			if err == nil {
				t.Fatalf("taken: %q", s)
			}
			return
		}
		if want := tokens([]byte(s)); (err == nil) != want {
			t.Errorf("%q: %v, want taken %t", s, err, want)
		}
		if err == nil {
			sameParts(t, []byte(s), doc)
		}
	})
}

// sameParts checks that a document is split as encoding/json splits it, to
// the last string.
func sameParts(t *testing.T, raw []byte, doc Document) {
	t.Helper()
	var want Document
	if err := json.Unmarshal(raw, &want); err != nil || !reflect.DeepEqual(doc, want) {
		t.Fatalf("%s is split into %s, not %s (%v)", raw, doc, want, err)
	}
	for name, value := range doc {
		parts := []json.RawMessage{value}
		if value[0] == '[' {
			var list []json.RawMessage
			if err := json.Unmarshal(value, &list); err != nil {
				t.Fatal(err)
			}
			if parts = elements(value); len(parts) != min(len(list), maxList) || len(parts) > 0 && !reflect.DeepEqual(parts, list[:len(parts)]) {
				t.Fatalf("%s is split into %s", value, parts)
			}
		}
		for _, part := range parts {
			var s string
			if json.Unmarshal(part, &s) != nil {
				s = ""
			}
			if text(part) != s {
				t.Fatalf("%s reads as %q, not %q", part, text(part), s)
			}
			if inner := members(part); inner != nil {
				sameParts(t, part, inner)
			}
		}
		if cap(value) != len(value) {
			t.Fatalf("to append to %s would overwrite what is behind it", name)
		}
	}
}
