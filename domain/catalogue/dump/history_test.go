package dump_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/dump"
	"interlink/domain/domaintest"
	"interlink/domain/policy"
)

// TestHistoryRoundTrip: a history is read as it was written, but for who made
// its versions.
func TestHistoryRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		e := entry(t, 1)
		h := &catalogue.History{Kind: e.Kind, IRI: e.IRI, Slug: e.Slug, Key: e.Key, Reason: domain.Text{"en": "Old"}, Replacement: "https://a.example/x/2", Earlier: rapid.IntRange(0, 3).Draw(t, "earlier")}
		if h.Key == "" {
			h.Key = string(h.IRI)
		}
		for n := range rapid.IntRange(1, 4).Draw(t, "versions") {
			c := e.Content()
			c.Name = domain.Text{"en": fmt.Sprint("Name ", n)}
			h.Versions = append(h.Versions, catalogue.Version{Number: 2*n + 1, Status: catalogue.Deprecated, Note: "n", At: time.Unix(int64(n), 0).UTC(), By: "somebody", Content: c})
		}
		raw, err := dump.Encode(h)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(raw, []byte("somebody")) {
			t.Fatalf("it names who made it: %s", raw)
		}
		read, err := dump.Decode(raw)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := dump.Encode(read); err != nil || e.Problem == nil && !bytes.Equal(raw, again) {
			t.Fatalf("%s became %s (%v)", raw, again, err)
		}
	})
}

// broken are histories that are none, or that no node takes.
func broken() map[string]string {
	said := func(number string) string {
		return `{"number":` + number + `,"status":"published","at":"2026-01-01T00:00:00Z","content":{"name":{"en":"A"},"interlinker":{"nature":"knowledgeinterlinker"}}}`
	}
	whole := func(versions string) string {
		return `{"kind":"interlinker","iri":"https://a.example/interlinkers/a","slug":"a","versions":[` + versions + `]}`
	}
	return map[string]string{
		"nothing":               "",
		"a list":                "[]",
		"nobody's":              strings.Replace(whole(said("1")), "https://a.example/interlinkers/a", "javascript:1", 1),
		"a NUL":                 strings.Replace(whole(said("1")), `"A"`, `"A\u0000"`, 1),
		"no UTF-8":              strings.Replace(whole(said("1")), `"A"`, "\"\xff\"", 1),
		"deep":                  strings.Repeat(`{"versions":[`, 100),
		"no versions":           whole(""),
		"number 0":              whole(said("0")),
		"a number below":        whole(said("-5")),
		"a jump":                whole(said("1") + "," + said("4000000000")),
		"backwards":             whole(said("2") + "," + said("1")),
		"one number twice":      whole(said("1") + "," + said("1")),
		"a draft":               strings.Replace(whole(said("1")), "published", "draft", 1),
		"deleted":               strings.Replace(whole(said("1")), "published", "deleted", 1),
		"another kind":          strings.Replace(whole(said("1")), `"kind":"interlinker"`, `"kind":"schema"`, 1),
		"the year 0":            strings.Replace(whole(said("1")), "2026", "0001", 1),
		"no name":               strings.Replace(whole(said("1")), `{"en":"A"}`, `{}`, 1),
		"a huge number of them": whole(strings.TrimSuffix(strings.Repeat(said("1")+",", catalogue.MaxVersions+1), ",")),
		"a script as successor": strings.Replace(whole(said("1")), `"slug"`, `"replacement":"javascript:1","slug"`, 1),
		"fewer than none":       strings.Replace(whole(said("1")), `"slug"`, `"earlier":-1,"slug"`, 1),
	}
}

// TestHistoryRefused: what is no history is refused before anything is asked of a
// store.
func TestHistoryRefused(t *testing.T) {
	t.Parallel()
	for name, raw := range broken() {
		h, err := dump.Decode([]byte(raw))
		if err == nil {
			_, err = new(catalogue.Service).Restore(context.Background(), policy.Viewer{Actor: "operator", Role: policy.RoleAdmin}, h, nil)
		}
		if code := domain.CodeOf(err); code != domain.Invalid && code != domain.TooLarge {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, raw := range broken() {
		f.Add([]byte(raw), uint16(0), uint8(0))
	}
	f.Fuzz(func(t *testing.T, raw []byte, place uint16, other uint8) {
		raw = domaintest.Twisted(raw, place, other)
		h, err := dump.Decode(raw)
		if err != nil {
			if code := domain.CodeOf(err); code != domain.Invalid && code != domain.TooLarge {
				t.Fatal(err)
			}
			return
		}
		catalogue.Succeed(nil, h.Versions)
		catalogue.Succeed(h.Versions, h.Versions)
	})
}
