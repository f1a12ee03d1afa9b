package dump_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dump"
	"interlink/domain/domaintest"
)

// entry draws any entry that can be kept.
func entry(t *rapid.T, n int) *catalogue.Entry {
	words := rapid.Map(rapid.StringMatching(`[a-zA-Z<>"\\&é\x{1F600} \n]{0,20}[a-z]`), strings.TrimSpace)
	text := rapid.Custom(func(t *rapid.T) domain.Text {
		out := domain.Text{}
		for _, lang := range rapid.SliceOfDistinct(rapid.SampledFrom([]domain.Lang{"en", "es", "pt-BR", "und"}), func(l domain.Lang) domain.Lang { return l }).Draw(t, "langs") {
			out[lang] = words.Draw(t, "words")
		}
		return out.Clean()
	})
	e := &catalogue.Entry{
		IRI: domain.IRI(fmt.Sprintf("https://a.example/x/%d", n)), Slug: fmt.Sprint(n), Version: n + 1, Status: catalogue.Published,
		PublishedAt: time.Unix(int64(n), 0).UTC(), UpdatedAt: time.Unix(int64(n)+5, 0).UTC(), Name: domain.Text{"en": words.Draw(t, "name")}, Summary: text.Draw(t, "summary"),
	}
	if rapid.Bool().Draw(t, "keyed") {
		e.Key = fmt.Sprintf("knowledge/%d", n)
	}
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		e.Kind, e.Problem = catalogue.KindProblem, &catalogue.ProblemProfile{Code: fmt.Sprintf("ORG_%d", n), Functionality: text.Draw(t, "functionality")}
	case 1:
		e.Kind, e.Schema = catalogue.KindSchema, &catalogue.Schema{SPDX: "CC0-1.0", Nodes: []catalogue.Node{{Path: "a", Kind: catalogue.Phase, Name: domain.Text{"en": "A"}}}}
	default:
		e.Kind, e.Interlinker = catalogue.KindInterlinker, &catalogue.Interlinker{
			Nature: catalogue.NatureKnowledge, Instructions: text.Draw(t, "instructions"), Problems: rapid.SliceOfN(rapid.StringMatching(`[A-Z_0-9]{1,9}`), 1, 3).Draw(t, "problems"),
			Tags: map[string][]string{"en": {words.Draw(t, "tag")}}, Supports: []catalogue.Support{{ID: "alias:gdpr", Country: "ES", Reviewed: "2026-01-02"}},
			Documents: map[string]catalogue.Document{"en": {Name: "a.md", Available: true, Text: words.Draw(t, "template")}},
			Service:   &catalogue.Integration{Name: "x", Capabilities: map[string]bool{"view": true}},
			Software:  &catalogue.Software{Repository: "https://x.example", Features: map[string][]string{"en": {"f"}}, Dependencies: []catalogue.Dependency{{Kind: "open", Name: "d"}}},
		}
	}
	return e
}

func write(t interface{ Fatal(...any) }, entries []*catalogue.Entry) []byte {
	var b bytes.Buffer
	w, err := dump.NewWriter(&b, dump.Head{Node: "https://a.example", Name: "A", ExportedAt: time.Unix(1, 0).UTC()})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestRoundTrip: nothing of what entries say is lost, and the document is as
// its schema says.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	raw, err := dump.Schema()
	if err != nil {
		t.Fatal(err)
	}
	var schema map[string]any
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		var entries []*catalogue.Entry
		for n := range rapid.IntRange(0, 4).Draw(t, "entries") {
			entries = append(entries, entry(t, n))
		}
		raw := write(t, entries)
		var doc any
		if err := json.Unmarshal(raw, &doc); err != nil {
			t.Fatalf("%v in %s", err, raw)
		}
		if fault := misfit(schema, schema, doc, "$"); fault != "" {
			t.Fatalf("%s in %s", fault, raw)
		}
		b := dump.Read("x.json", raw)
		if len(b.Issues) > 0 || len(b.Entries) != len(entries) {
			t.Fatalf("%d entries of %d, %+v", len(b.Entries), len(entries), b.Issues)
		}
		for i, e := range entries {
			if got := b.Entries[i]; got.ContentHash() != e.ContentHash() || got.Kind != e.Kind || e.Key != "" && got.Key != e.Key && e.Problem == nil {
				t.Fatalf("%+v became %+v", e, got)
			}
		}
	})
}

// misfit says where a value is not as a schema says; "" if it is.
func misfit(root, schema map[string]any, v any, at string) string {
	if ref, ok := schema["$ref"].(string); ok {
		schema = root["$defs"].(map[string]any)[strings.TrimPrefix(ref, "#/$defs/")].(map[string]any)
	}
	if c, ok := schema["const"]; ok {
		if fmt.Sprint(c) != fmt.Sprint(v) {
			return fmt.Sprintf("%s is %v, not %v", at, v, c)
		}
		return ""
	}
	fits := false
	switch schema["type"] {
	case "string":
		_, fits = v.(string)
	case "boolean":
		_, fits = v.(bool)
	case "integer":
		f, ok := v.(float64)
		fits = ok && f == float64(int64(f))
	case "array":
		list, ok := v.([]any)
		fits = ok
		for i, one := range list {
			if fault := misfit(root, schema["items"].(map[string]any), one, fmt.Sprintf("%s[%d]", at, i)); fault != "" {
				return fault
			}
		}
	case "object":
		members, ok := v.(map[string]any)
		if !ok {
			break
		}
		fits = true
		required, _ := schema["required"].([]any)
		for _, name := range required {
			if _, ok := members[name.(string)]; !ok {
				return fmt.Sprintf("%s has no %v", at, name)
			}
		}
		properties, _ := schema["properties"].(map[string]any)
		for name, member := range members {
			of, ok := properties[name].(map[string]any)
			if !ok {
				if of, ok = schema["additionalProperties"].(map[string]any); !ok {
					return fmt.Sprintf("%s.%s is not described", at, name)
				}
			}
			if fault := misfit(root, of, member, at+"."+name); fault != "" {
				return fault
			}
		}
	}
	if !fits {
		return fmt.Sprintf("%s is %v, not a %v", at, v, schema["type"])
	}
	return ""
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"format":"interlink-catalogue","version":1,"entries":[{"kind":"problem","iri":"https://a.example/p","content":{"name":{"en":"A"},"problem":{"code":"A"}}}]}`), uint16(0), uint8(0))
	f.Add([]byte(`{"format":"interlink-catalogue","version":1,"entries":[null,{"kind":"schema","key":"s","content":{"schema":null}}]}`), uint16(0), uint8(0))
	f.Fuzz(func(t *testing.T, raw []byte, place uint16, other uint8) {
		raw = domaintest.Twisted(raw, place, other)
		b := dump.Read("x", raw)
		for _, issue := range b.Issues {
			if issue.Message == "" || !issue.Error {
				t.Errorf("%+v", issue)
			}
		}
		for _, e := range b.Entries {
			if e.Key == "" {
				t.Errorf("let through: %+v", e)
			}
			_ = e.Check()
		}
	})
}
