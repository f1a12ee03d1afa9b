package exchange_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
	"interlink/domain/catalogue/exchange"
	"interlink/domain/domaintest"
)

func software(name string) string {
	return "publiccodeYmlVersion: '0.7'\nname: " + name + "\nurl: https://code.example/city/" + name + "\ndescription: {en: {shortDescription: X}}\nlegal: {license: MIT}\n"
}

func TestRaw(t *testing.T) {
	t.Parallel()
	for address, want := range map[domain.IRI]string{
		"https://github.com/city/medusa":                                  "https://raw.githubusercontent.com/city/medusa/HEAD/publiccode.yml",
		"https://github.com/city/medusa.git":                              "https://raw.githubusercontent.com/city/medusa/HEAD/publiccode.yml",
		"https://github.com/city/medusa/blob/main/sub/publiccode.yaml":    "https://raw.githubusercontent.com/city/medusa/main/sub/publiccode.yaml",
		"https://github.com/city/medusa/tree/main/sub":                    "https://raw.githubusercontent.com/city/medusa/main/sub/publiccode.yml",
		"https://gitlab.com/group/sub/medusa":                             "https://gitlab.com/group/sub/medusa/-/raw/HEAD/publiccode.yml",
		"https://gitlab.city.example/g/medusa/-/blob/main/publiccode.yml": "https://gitlab.city.example/g/medusa/-/raw/main/publiccode.yml",
		"https://codeberg.org/city/medusa/src/branch/main/publiccode.yml": "https://codeberg.org/city/medusa/raw/branch/main/publiccode.yml",
		"https://codeberg.org/city/medusa":                                "https://codeberg.org/city/medusa/raw/branch/main/publiccode.yml",
		"https://city.example/files/catalogue.json":                       "https://city.example/files/catalogue.json",
		"https://city.example/":                                           "https://city.example/",
	} {
		if got := exchange.Raw(address); string(got[0]) != want {
			t.Errorf("%s becomes %v, want %s", address, got, want)
		}
	}
}

func TestDetect(t *testing.T) {
	t.Parallel()
	for content, want := range map[string]exchange.Format{
		software("a"): exchange.PublicCode, "name.en;nature\n": exchange.Sheet, "https://a.example/x\n# b\n": exchange.List,
		`{"format":"interlink-catalogue","entries":[]}`: exchange.Dump, `{"problemprofiles":[]}`: exchange.Tree, `{"data":[],"links":{}}`: exchange.OpenCatalog,
		"PK\x03\x04": exchange.Tree, "": exchange.Auto, "<html>": exchange.Auto, "{": exchange.Auto,
	} {
		if got := exchange.Detect([]byte(content)); got != want {
			t.Errorf("%.20q is %q, want %q", content, got, want)
		}
	}
}

// web answers addresses from memory.
type web map[domain.IRI]string

func (w web) fetch(_ context.Context, address domain.IRI, known exchange.Stamp, limit int64) (exchange.File, error) {
	body, ok := w[address]
	switch {
	case !ok:
		return exchange.File{}, domain.Fail(domain.NotFound, "error.not_found_there", "x")
	case known.ETag == body && body != "":
		return exchange.File{Unchanged: true}, nil
	case int64(len(body)) > limit:
		return exchange.File{}, domain.Fail(domain.TooLarge, "error.document_size")
	}
	return exchange.File{From: address, Body: []byte(body), Stamp: exchange.Stamp{ETag: body}}, nil
}

func keys(b catalogue.Bundle) string {
	var out []string
	for _, e := range b.Entries {
		out = append(out, e.Key)
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// TestList: what can be read of a list is, and of the rest is said why not.
func TestList(t *testing.T) {
	t.Parallel()
	w := web{
		"https://lists.example/list.txt":                             "https://codeberg.org/city/a\nhttps://x.example/b.yml\n\nnowhere\nhttps://x.example/gone.yml\nhttps://x.example/bad.yml\nhttps://x.example/a.yml\nhttps://x.example/list.txt",
		"https://codeberg.org/city/a/raw/branch/main/publiccode.yml": software("a"), "https://x.example/b.yml": software("b"),
		"https://x.example/bad.yml": "publiccodeYmlVersion: 9\n", "https://x.example/a.yml": software("a"), "https://x.example/list.txt": "https://x.example/a.yml\n",
	}
	b, stamp, still := exchange.NewReader(w.fetch).Address(t.Context(), "https://lists.example/list.txt", exchange.List, exchange.Stamp{})
	if keys(b) != "publiccode/code.example/city/a publiccode/code.example/city/b" || still || stamp != (exchange.Stamp{}) {
		t.Errorf("%s, %v", keys(b), stamp)
	}
	var said []string
	for _, issue := range b.Issues {
		if issue.Error {
			t.Errorf("one of many is an error of all: %+v", issue)
		}
		said = append(said, issue.Where()+" "+issue.Message)
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"list.txt:4 is no web address", "list.txt:5 https://x.example/gone.yml: there is nothing", "bad.yml:1 publiccodeYmlVersion: is \"9\"", "is there already", "list.txt:8 https://x.example/list.txt: leads to further addresses"} {
		if !strings.Contains(all, want) {
			t.Errorf("nothing says %q:\n%s", want, all)
		}
	}
}

// TestOpenCatalog: all pages are read, and none of another server.
func TestOpenCatalog(t *testing.T) {
	t.Parallel()
	page := func(next string, names ...string) string {
		var data []map[string]any
		for _, n := range names {
			data = append(data, map[string]any{"url": "https://code.example/" + n, "publiccodeYml": software(n), "active": n != "off"})
		}
		raw, _ := json.Marshal(map[string]any{"data": data, "links": map[string]any{"prev": nil, "next": next}})
		return string(raw)
	}
	w := web{
		"https://api.example/v1/software?page%5Bsize%5D=100": page("?page[after]=x", "a", "off"),
		"https://api.example/v1/software?page[after]=x":      page("https://elsewhere.example/", "b"),
	}
	for _, address := range []domain.IRI{"https://api.example", "https://api.example/v1", "https://api.example/v1/software"} {
		b, _, _ := exchange.NewReader(w.fetch).Address(t.Context(), address, exchange.OpenCatalog, exchange.Stamp{})
		if keys(b) != "publiccode/code.example/city/a publiccode/code.example/city/b" {
			t.Errorf("%s: %s %+v", address, keys(b), b.Issues)
		}
	}
}

func TestStill(t *testing.T) {
	t.Parallel()
	w := web{"https://x.example/a.yml": software("a")}
	r := exchange.NewReader(w.fetch)
	b, stamp, still := r.Address(t.Context(), "https://x.example/a.yml", exchange.Auto, exchange.Stamp{})
	if still || len(b.Entries) != 1 {
		t.Fatalf("%+v", b)
	}
	if _, _, still = r.Address(t.Context(), "https://x.example/a.yml", exchange.Auto, stamp); !still {
		t.Error("the same file was read again")
	}
}

// TestTree: both layouts of INTERLINK's data, in an archive as forges give it.
func TestTree(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	dir, err := os.OpenRoot("../seed/testdata/tree")
	if err != nil {
		t.Fatal(err)
	}
	defer dir.Close()
	whole := os.DirFS("../seed/testdata/tree")
	for _, name := range files(t, whole) {
		raw, err := dir.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		w, err := z.Create("catalogue-main/" + name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = w.Write(raw)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got := exchange.Read("tree.zip", b.Bytes(), exchange.Auto)
	if len(got.Entries) != 12 {
		t.Errorf("%d entries of the archive, %+v", len(got.Entries), got.Issues)
	}
	all := `{"problemprofiles":[{"id":"ORG_1","name_translations":{"en":"P"}}],
		"schemas":[{"id":"s","name_translations":{"en":"S"},"phases":[{"id":"phase-a","name_translations":{"en":"A"},"objectives":[]}]}],
		"interlinkers":{"software":[{"id":"w","name_translations":{"en":"W"}}],"knowledge":[{"id":"k","name_translations":{"en":"K"},"problemprofiles":["ORG_1"]}],
		"external":[{"id":"e","type":"software","name_translations":{"en":"E"},"uri_translations":{"en":"https://e.example"}},{"id":"f","type":"knowledge","name_translations":{"en":"F"}}]}}`
	got = exchange.Read("all.json", []byte(all), exchange.Auto)
	if want := "ORG_1 externalknowledge/f externalsoftware/e knowledge/k s software/w"; keys(got) != want {
		t.Errorf("%s, want %s: %+v", keys(got), want, got.Issues)
	}
}

// FuzzRead: any file of any format ends in entries or errors in words.
func FuzzRead(f *testing.F) {
	f.Add([]byte(software("a")), uint8(0), uint16(0), uint8(0))
	f.Add([]byte(`{"interlinkers":{"external":[{"id":"../x"}]},"schemas":[{"phases":[1]}]}`), uint8(1), uint16(0), uint8(0))
	f.Fuzz(func(t *testing.T, raw []byte, n uint8, place uint16, other uint8) {
		raw = domaintest.Twisted(raw, place, other)
		format := append([]exchange.Format{exchange.Auto}, exchange.Formats...)[int(n)%(len(exchange.Formats)+1)]
		b := exchange.Read("x", raw, format)
		if len(b.Entries) == 0 && len(b.Issues) == 0 && format == exchange.Auto && exchange.Detect(raw) == exchange.Auto {
			t.Error("nothing was read and nothing said")
		}
		for _, issue := range b.Issues {
			if issue.Message == "" {
				t.Errorf("an issue without words: %+v", issue)
			}
		}
		for _, e := range b.Entries {
			_ = e.Check()
		}
	})
}

// FuzzRaw: any address leads to addresses of its own scheme.
func FuzzRaw(f *testing.F) {
	f.Add("https://github.com/a/b")
	f.Add("https://x.example/a/b/-/blob/c/d")
	f.Fuzz(func(t *testing.T, s string) {
		iri, err := domain.ParseLink(s)
		if err != nil {
			return
		}
		for _, raw := range exchange.Raw(iri) {
			if !strings.HasPrefix(string(raw), "https://") && !strings.HasPrefix(string(raw), "http://") {
				t.Errorf("%q became %q", s, raw)
			}
		}
	})
}

func files(t *testing.T, tree fs.FS) []string {
	t.Helper()
	var names []string
	if err := fs.WalkDir(tree, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			names = append(names, name)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return names
}
