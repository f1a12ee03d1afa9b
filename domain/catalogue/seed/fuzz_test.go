package seed_test

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"interlink/domain/catalogue/seed"
	"interlink/domain/domaintest"
)

// Any bytes in any file of a tree: reading ends, says errors in words, and
// what it lets through without an error can be stored.
func FuzzRead(f *testing.F) {
	err := fs.WalkDir(os.DirFS("testdata/tree"), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || path.Ext(name) != ".json" {
			return err
		}
		raw, err := os.ReadFile("testdata/tree/" + name)
		f.Add(raw, []byte("# Guide\n\nDo it."), uint16(0), uint8(0))
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(`{"name_translations":{"en":"<p>a<li>"},"instructions_translations":{"en":"./guide.md"},"file_translations":{"en":"guide.md"}}`), []byte("\ufeffa"), uint16(0), uint8(0))
	f.Add([]byte(`{"prerequisites":[{"item":"a"},{},"b",null]}`), []byte("\x00"), uint16(0), uint8(0))
	f.Fuzz(func(t *testing.T, raw, text []byte, place uint16, other uint8) {
		raw = domaintest.Twisted(raw, place, other)
		file, guide := &fstest.MapFile{Data: raw}, &fstest.MapFile{Data: text}
		b := seed.Read(fstest.MapFS{
			"problemprofiles/problemprofiles.json":      file,
			"schemas/a/metadata.json":                   file,
			"schemas/a/phases/a.json":                   file,
			"schemas/a/phases/b.json":                   {Data: []byte(`{"id":"b","name_translations":{"en":"B"},"prerequisites":[{"item":"a"}]}`)},
			"interlinkers/knowledge/a/metadata.json":    file,
			"interlinkers/knowledge/a/guide.md":         guide,
			"interlinkers/knowledge/a/instructions.md":  guide,
			"interlinkers/knowledge/a/resource.md":      guide,
			"interlinkers/externalsoftware/a/guide.md":  guide,
			"interlinkers/software/a/metadata.json":     file,
			"interlinkers/externalsoftware/b/notes.txt": guide,
		})
		for _, i := range b.Issues {
			if i.Message == "" || i.File == "" {
				t.Errorf("an issue without words: %+v", i)
			}
			if i.Error {
				return
			}
		}
		for _, e := range b.Entries {
			if e.Name.Empty() || e.Key == "" {
				t.Errorf("let through: %+v", e)
			}
			content, err := json.Marshal(e.Content())
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range e.Name {
				if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || s != strings.TrimSpace(s) {
					t.Errorf("name %q", s)
				}
			}
			if e.ContentHash() == "" || len(content) > 20*(len(raw)+len(text))+1000 {
				t.Errorf("%d bytes became %d", len(raw)+len(text), len(content))
			}
			_ = e.Check() // judges it without panic
		}
	})
}
