package seed_test

import (
	"archive/zip"
	"bytes"
	"compress/zlib"
	"testing"
	"testing/fstest"

	"interlink/domain/catalogue/seed"
)

// packed is an office document with one part.
func packed(t testing.TB, name, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	part, err := w.Create(name)
	if err == nil {
		_, err = part.Write([]byte(text))
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// deflated is a PDF whose words are packed.
func deflated(t testing.TB, text string) []byte {
	t.Helper()
	var out bytes.Buffer
	out.WriteString("%PDF-1.7\n1 0 obj <</Filter /FlateDecode>>\nstream\r\n")
	w := zlib.NewWriter(&out)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	out.WriteString("\nendstream\nendobj\n")
	return out.Bytes()
}

// documents are files and the licence that each names.
func documents(t testing.TB) map[string]struct {
	name    string
	content []byte
	want    string
} {
	const link = `<Relationship Target="https://creativecommons.org/licenses/by-sa/4.0/"/>`
	return map[string]struct {
		name    string
		content []byte
		want    string
	}{
		"a link":            {"a.docx", packed(t, "word/_rels/document.xml.rels", link), "CC-BY-SA-4.0"},
		"words":             {"a.pptx", packed(t, "ppt/slides/slide1.xml", "<a:t>under CC </a:t><a:t>BY-NC-SA 3.0</a:t>"), "CC-BY-NC-SA-3.0"},
		"a packed PDF":      {"a.pdf", deflated(t, "/URI (http://creativecommons.org/licenses/by/4.0/)"), "CC-BY-4.0"},
		"none reserved":     {"a.md", []byte("[CC0](https://creativecommons.org/publicdomain/zero/1.0/)"), "CC0-1.0"},
		"two":               {"a.md", []byte("CC BY-SA 3.0, since this year CC-BY-SA-4.0, with pictures under CC BY 4.0"), "CC-BY-SA-4.0"},
		"nothing":           {"a.xlsx", packed(t, "xl/sharedStrings.xml", "all rights reserved"), ""},
		"a picture in it":   {"a.odt", packed(t, "Pictures/cc.png", link), ""},
		"no archive at all": {"a.docx", []byte("PK"), ""},
		"another version":   {"a.md", []byte("creativecommons.org/licenses/by/9.0, CC BY"), ""},
	}
}

// TestNotices: a document's own licence is found wherever documents have it.
func TestNotices(t *testing.T) {
	t.Parallel()
	for what, c := range documents(t) {
		b := seed.Read(fstest.MapFS{
			"interlinkers/knowledge/a/metadata.json": {Data: []byte(`{"name_translations":{"en":"A"},"licence":"public_domain","file_translations":{"en":"./interlinkers/knowledge/a/` + c.name + `"}}`)},
			"interlinkers/knowledge/a/" + c.name:     {Data: c.content},
		})
		if got := b.Entries[0].Interlinker.Documents["en"].Licence; got != c.want {
			t.Errorf("%s: %q, not %q", what, got, c.want)
		}
		named := false
		for _, issue := range b.Issues {
			named = named || issue.Field == "licence"
		}
		if named != (c.want != "" && c.want != "CC0-1.0") {
			t.Errorf("%s: a contradiction is named: %t", what, named)
		}
	}
}

// FuzzNotice: whatever a document is, looking for its licence ends.
func FuzzNotice(f *testing.F) {
	kinds := []string{"a.docx", "a.pdf", "a.md"}
	for _, c := range documents(f) {
		for i := range kinds {
			f.Add(i, c.content)
		}
	}
	f.Fuzz(func(t *testing.T, kind int, content []byte) {
		name := kinds[(kind%len(kinds)+len(kinds))%len(kinds)]
		b := seed.Read(fstest.MapFS{
			"interlinkers/knowledge/a/metadata.json": {Data: []byte(`{"name_translations":{"en":"A"},"file_translations":{"en":"` + name + `"}}`)},
			"interlinkers/knowledge/a/" + name:       {Data: content},
		})
		for _, e := range b.Entries {
			if got := e.Interlinker.Documents["en"].Licence; got != "" && (len(got) < 7 || len(got) > 15 || got[:2] != "CC") {
				t.Errorf("the licence %q", got)
			}
		}
	})
}
