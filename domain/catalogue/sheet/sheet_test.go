package sheet_test

import (
	"bytes"
	"encoding/csv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"interlink/domain"
	"interlink/domain/catalogue/sheet"
)

func TestTemplateIsRead(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := sheet.Template(&b, "en", "lv"); err != nil {
		t.Fatal(err)
	}
	got := sheet.Read("x.csv", b.Bytes())
	if len(got.Issues) != 0 || len(got.Entries) != 1 {
		t.Fatalf("%+v", got)
	}
	e := got.Entries[0]
	if e.Key != "sheet/meeting-notes" || e.Interlinker.Documents["en"].Text == "" || len(e.Interlinker.Tags["en"]) != 2 || len(e.Interlinker.Audience) != 2 {
		t.Errorf("%+v", e.Interlinker)
	}
	if err := e.Check(); err != nil {
		t.Error(err)
	}
}

// TestFaults: each is said with its line and column.
func TestFaults(t *testing.T) {
	t.Parallel()
	for doc, want := range map[string]string{
		"name;nature\nA;knowledge\nB;nonsense\n":        "3 nature",
		"name,nature\n\"A\nB\",knowledge\n,knowledge\n": "4 name",
		"name\nA\n":                       "1 nature",
		"name,nature,name.en\nA,software": "1 name.en",
		"name,nature\n\"A,knowledge\n":    "2 ",
		"\xff":                            "0 ", "": "1 ",
	} {
		b := sheet.Read("x.csv", []byte(doc))
		found := false
		for _, issue := range b.Issues {
			found = found || issue.Error && string(rune('0'+issue.Line))+" "+issue.Field == want
		}
		if !found {
			t.Errorf("%q: %+v, want an error at %s", doc, b.Issues, want)
		}
	}
}

// TestAnyWords: whatever words a cell has, they arrive, in any order of the
// columns and with each separator.
func TestAnyWords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.StringMatching(`[a-zA-Z",;\n\t'é|]{0,12}[a-zé]`)
		name, summary := strings.TrimSpace(words.Draw(t, "name")), strings.TrimSpace(words.Draw(t, "summary"))
		rows := [][]string{{"name.es", "nature", "summary.es"}, {name, "software", summary}}
		if rapid.Bool().Draw(t, "turned") {
			for _, row := range rows {
				row[0], row[2] = row[2], row[0]
			}
		}
		var b bytes.Buffer
		w := csv.NewWriter(&b)
		w.Comma = rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(t, "comma")
		if err := w.WriteAll(rows); err != nil {
			t.Fatal(err)
		}
		got := sheet.Read("x.csv", b.Bytes())
		if len(got.Entries) != 1 || got.Entries[0].Name["es"] != name || got.Entries[0].Summary[domain.Lang("es")] != summary {
			t.Fatalf("%q %q became %+v", name, summary, got)
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("name,nature,tags.en,supports\nA,knowledge,a|b,alias:gdpr\n"))
	f.Add([]byte("name;nature\r\n\"A\"\"B\";software\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		b := sheet.Read("x.csv", raw)
		for _, issue := range b.Issues {
			if issue.Message == "" || issue.File == "" {
				t.Errorf("an issue without words: %+v", issue)
			}
		}
		for _, e := range b.Entries {
			if e.Name.Empty() || e.Key == "" || e.ContentHash() == "" {
				t.Errorf("let through: %+v", e)
			}
			_ = e.Check()
		}
	})
}
