package citation

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"interlink/domain"
)

var map1 = Work{
	Kind: Guide, Address: "https://zaragoza.example/interlinkers/stakeholder-map", Title: "Stakeholder map", Authors: []Author{{"Ana Pérez", false}, {"City lab", true}},
	Publisher: "Zaragoza", Version: "3", Licence: "CC-BY-4.0", Language: "en", Released: time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC), Keywords: []string{"people"},
}

func TestText(t *testing.T) {
	if got, want := map1.Text(), "Ana Pérez; City lab (2026). Stakeholder map (v3). Zaragoza. https://zaragoza.example/interlinkers/stakeholder-map"; got != want {
		t.Errorf("got %q", got)
	}
	nobody := map1
	nobody.Authors, nobody.Version, nobody.Title = nil, "", "Stakeholder\r\nmap"
	if got, want := nobody.Text(), "Zaragoza (2026). Stakeholder map. https://zaragoza.example/interlinkers/stakeholder-map"; got != want {
		t.Errorf("got %q", got)
	}
}

func TestFormats(t *testing.T) {
	for name, one := range map[string]struct{ got, want string }{
		"BibTeX": {string(map1.BibTeX()), `@misc{zaragoza-example-interlinkers-stakeholder-map,
  title = {{Stakeholder map}},
  author = {Ana Pérez and {City lab}},
  year = {2026},
  month = nov,
  publisher = {Zaragoza},
  version = {3},
  note = {CC-BY-4.0},
  language = {en},
  url = {https://zaragoza.example/interlinkers/stakeholder-map},
}
`},
		"RIS": {string(map1.RIS()), strings.ReplaceAll(`TY  - GEN
TI  - Stakeholder map
AU  - Ana Pérez
AU  - City lab
PY  - 2026
DA  - 2026/11/05
PB  - Zaragoza
ET  - 3
LA  - en
N1  - CC-BY-4.0
KW  - people
UR  - https://zaragoza.example/interlinkers/stakeholder-map
ER  - 
`, "\n", "\r\n")},
		"CFF": {string(map1.CFF()), `cff-version: 1.2.0
message: "Please cite it as below."
type: dataset
title: "Stakeholder map"
authors:
  - name: "Ana Pérez"
  - name: "City lab"
date-released: "2026-11-05"
url: "https://zaragoza.example/interlinkers/stakeholder-map"
version: "3"
license: "CC-BY-4.0"
keywords:
  - "people"
`},
	} {
		if one.got != one.want {
			t.Errorf("%s is\n%s\nwant\n%s", name, one.got, one.want)
		}
	}
}

// TestSigns: programs that read BibTeX read titles as they were written: no sign
// is drawn together with another, or another one.
func TestSigns(t *testing.T) {
	for title, want := range map[string]string{
		`Say "yes"`:         `Say {"}yes{"}`,
		"2^3 ~ 8":           `2\textasciicircum{}3 \textasciitilde{} 8`,
		"a -- b --- c":      "a -{}- b -{}-{}- c",
		"''x``":             "'{}'x`{}`",
		"50 % & {x} #1 _y_": `50 \% \& \textbraceleft{}x\textbraceright{} \#1 \_y\_`,
		"Rīgas\r\nceļi":     "Rīgas ceļi",
	} {
		w := map1
		if w.Title = title; !strings.Contains(string(w.BibTeX()), "title = {{"+want+"}},\n") {
			t.Errorf("%q is\n%s", title, w.BibTeX())
		}
	}
}

// TestNames: one author is one author, and a body is no person, whatever their
// names hold.
func TestNames(t *testing.T) {
	for _, one := range []struct {
		author   Author
		bib, ris string
	}{
		{Author{"Pérez, Ana", false}, "Pérez, Ana", "Pérez, Ana"},
		{Author{"Anna AND Bob", false}, "{Anna AND Bob}", "Anna AND Bob"},
		{Author{"Anna and  Bob", false}, "{Anna and  Bob}", "Anna and Bob"},
		{Author{"others", false}, "{others}", "others"},
		{Author{"a, b, c, d", false}, "{a, b, c, d}", "a, b, c, d"},
		{Author{"Ministry of Works, Transport and Sea", true}, "{Ministry of Works, Transport and Sea}", "Ministry of Works‚ Transport and Sea"},
	} {
		w := map1
		w.Authors = []Author{one.author}
		if bib := string(w.BibTeX()); !strings.Contains(bib, "author = {"+one.bib+"},\n") {
			t.Errorf("%v is\n%s", one.author, bib)
		}
		if ris := string(w.RIS()); !strings.Contains(ris, "AU  - "+one.ris+"\r\n") {
			t.Errorf("%v is\n%s", one.author, ris)
		}
	}
}

// TestForeignWords: whatever titles and names hold, a format stays one entry.
func TestForeignWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		w := map1
		w.Title, w.Authors[0].Name = rapid.String().Draw(t, "title"), rapid.String().Draw(t, "name")
		w.Licence, w.Language = rapid.String().Draw(t, "licence"), domain.Lang("lv")
		depth := 0
		bib := []rune(string(w.BibTeX())) // BibTeX counts all braces
		for i, r := range bib {
			switch r {
			case '{':
				depth++
			case '}':
				depth--
			}
			if depth < 0 || depth == 0 && i > 5 && i < len(bib)-2 {
				t.Fatalf("the entry ends early: %s", w.BibTeX())
			}
		}
		for _, line := range strings.Split(strings.TrimSuffix(string(w.RIS()), "\r\n"), "\r\n") {
			if len(line) < 6 || line[2:6] != "  - " || strings.ContainsAny(line, "\r\n") {
				t.Fatalf("a line of its own: %q", line)
			}
		}
		var items []map[string]any
		if err := json.Unmarshal(w.CSL(), &items); err != nil || len(items) != 1 {
			t.Fatalf("%v: %s", err, w.CSL())
		}
		for _, line := range strings.Split(strings.TrimSpace(string(w.CFF())), "\n") {
			if !strings.Contains(line, ":") && !strings.HasPrefix(line, "  - ") {
				t.Fatalf("a line of its own: %q", line)
			}
		}
	})
}
