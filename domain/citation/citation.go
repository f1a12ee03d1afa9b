// Package citation says how a work is cited: in words, and in the formats that
// programs for references read.
package citation

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"interlink/domain"
)

// Kind says what a work is to those who cite it.
type Kind string

// The kinds.
const (
	Tool   Kind = "tool"   // software
	Guide  Kind = "guide"  // a document that is worked with
	Method Kind = "method" // a process that can be cloned
	Report Kind = "report" // a story of what was done
)

// Author is who made it: a person by their whole name, or a body.
type Author struct {
	Name string
	Body bool
}

// Work is what is cited.
type Work struct {
	Kind      Kind
	Address   domain.IRI // that stays
	Title     string
	Authors   []Author // none: its publisher is its author
	Publisher string   // the node
	Version   string   // "" if it has none
	Licence   string   // SPDX expression; "" if not said
	Language  domain.Lang
	Released  time.Time // this version
	Keywords  []string
}

// authors are those that are named, else the publisher.
func (w Work) authors() []Author {
	if len(w.Authors) == 0 {
		return []Author{{w.Publisher, true}}
	}
	return w.Authors
}

// Text is the reference as people write it: authors (year). Title (version).
// Publisher. Address. The words between are none of any language.
func (w Work) Text() string {
	var names []string
	for _, a := range w.authors() {
		names = append(names, a.Name)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%d). %s", strings.Join(names, "; "), w.Released.Year(), w.Title)
	if w.Version != "" {
		fmt.Fprintf(&b, " (v%s)", w.Version)
	}
	if w.Publisher != "" && len(w.Authors) > 0 {
		fmt.Fprintf(&b, ". %s", w.Publisher)
	}
	fmt.Fprintf(&b, ". %s", w.Address)
	return strings.Join(strings.Fields(b.String()), " ") // one line, whatever titles have
}

// key names the work in a list of references: letters and digits of its address.
func (w Work) key() string {
	_, rest, _ := strings.Cut(string(w.Address), "://")
	return strings.Trim(strings.Map(func(r rune) rune {
		if r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return '-'
	}, rest), "-")
}

// latex are the characters with a meaning in BibTeX, which counts braces also
// where a backslash is before them: none may stand alone.
var latex = strings.NewReplacer(
	`\`, `\textbackslash{}`, `{`, `\textbraceleft{}`, `}`, `\textbraceright{}`, `$`, `\$`, `&`, `\&`, `#`, `\#`, `%`, `\%`, `_`, `\_`,
	`^`, `\textasciicircum{}`, `~`, `\textasciitilde{}`, "\r\n", " ", "\n", " ", "\r", " ", `"`, `{"}`,
)

// joined are the signs that LaTeX draws as another one where they stand twice.
var joined = regexp.MustCompile("--+|''+|``+")

// tex is text as a value of BibTeX, of which programs read what it says.
func tex(s string) string {
	return joined.ReplaceAllStringFunc(latex.Replace(s), func(run string) string {
		return strings.Join(strings.Split(run, ""), "{}")
	})
}

// bib is the name of an author in BibTeX: in braces where it is one whole, as
// that of a body, or would be read as several names, or as nobody's.
func (a Author) bib() string {
	several := func(word string) bool { return strings.EqualFold(word, "and") || strings.EqualFold(word, "others") }
	if a.Body || strings.Count(a.Name, ",") > 2 || slices.ContainsFunc(strings.Fields(a.Name), several) {
		return "{" + tex(a.Name) + "}"
	}
	return tex(a.Name)
}

// ris is the name of an author in RIS, which knows persons alone and reads what
// is after a comma as a first name: in that of a body stands a sign that looks
// the same.
func (a Author) ris() string {
	if a.Body {
		return strings.ReplaceAll(a.Name, ",", "‚") // U+201A
	}
	return a.Name
}

// BibTeX is the work as an entry of a .bib file.
func (w Work) BibTeX() []byte {
	names := make([]string, 0, len(w.Authors))
	for _, a := range w.authors() {
		names = append(names, a.bib())
	}
	var b strings.Builder
	fmt.Fprintf(&b, "@misc{%s,\n  title = {{%s}},\n  author = {%s},\n", w.key(), tex(w.Title), strings.Join(names, " and "))
	for _, field := range [][2]string{
		{"year", w.Released.Format("2006")}, {"month", strings.ToLower(w.Released.Format("Jan"))}, {"publisher", tex(w.Publisher)},
		{"version", tex(w.Version)}, {"note", tex(w.Licence)}, {"language", string(w.Language)}, {"url", strings.NewReplacer("{", "%7B", "}", "%7D").Replace(string(w.Address))},
	} {
		switch {
		case field[1] == "":
		case field[0] == "month":
			fmt.Fprintf(&b, "  month = %s,\n", field[1])
		default:
			fmt.Fprintf(&b, "  %s = {%s},\n", field[0], field[1])
		}
	}
	b.WriteString("}\n")
	return []byte(b.String())
}

// risTypes are the types of RIS.
var risTypes = map[Kind]string{Tool: "COMP", Guide: "GEN", Method: "GEN", Report: "RPRT"}

// RIS is the work as an entry of a .ris file, which reference managers read.
// One line is one value.
func (w Work) RIS() []byte {
	fields := [][2]string{{"TY", risTypes[w.Kind]}, {"TI", w.Title}}
	for _, a := range w.authors() {
		fields = append(fields, [2]string{"AU", a.ris()})
	}
	fields = append(fields, [][2]string{
		{"PY", w.Released.Format("2006")}, {"DA", w.Released.Format("2006/01/02")}, {"PB", w.Publisher}, {"ET", w.Version}, {"LA", string(w.Language)}, {"N1", w.Licence},
	}...)
	for _, k := range w.Keywords {
		fields = append(fields, [2]string{"KW", k})
	}
	var b strings.Builder
	for _, field := range append(fields, [2]string{"UR", string(w.Address)}) {
		if value := strings.Join(strings.Fields(field[1]), " "); value != "" {
			b.WriteString(field[0] + "  - " + value + "\r\n")
		}
	}
	b.WriteString("ER  - \r\n")
	return []byte(b.String())
}

type cslName struct {
	Literal string `json:"literal"`
}

type cslItem struct {
	ID        string    `json:"id"`
	Type      string    `json:"type"`
	Title     string    `json:"title"`
	Author    []cslName `json:"author"`
	Issued    cslDate   `json:"issued"`
	Publisher string    `json:"publisher,omitempty"`
	Version   string    `json:"version,omitempty"`
	Language  string    `json:"language,omitempty"`
	License   string    `json:"license,omitempty"`
	Keyword   string    `json:"keyword,omitempty"`
	URL       string    `json:"URL"`
}

type cslDate struct {
	Parts [][]int `json:"date-parts"`
}

// cslTypes are the types of CSL 1.0.2.
var cslTypes = map[Kind]string{Tool: "software", Guide: "document", Method: "document", Report: "report"}

// CSL is the work as a list of one item of CSL-JSON.
func (w Work) CSL() []byte {
	item := cslItem{
		ID: w.key(), Type: cslTypes[w.Kind], Title: w.Title, Publisher: w.Publisher, Version: w.Version, Language: string(w.Language), License: w.Licence,
		Keyword: strings.Join(w.Keywords, ", "), URL: string(w.Address),
		Issued: cslDate{[][]int{{w.Released.Year(), int(w.Released.Month()), w.Released.Day()}}},
	}
	for _, a := range w.authors() {
		item.Author = append(item.Author, cslName{a.Name})
	}
	raw, err := json.MarshalIndent([]cslItem{item}, "", "  ")
	if err != nil {
		return nil
	}
	return append(raw, '\n')
}

// quoted is a string of YAML in double quotes, which JSON's are too.
func quoted(s string) string {
	raw, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(raw)
}

// CFF is the work as a CITATION.cff file, version 1.2.0.
func (w Work) CFF() []byte {
	kind := "dataset"
	if w.Kind == Tool {
		kind = "software"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "cff-version: 1.2.0\nmessage: %s\ntype: %s\ntitle: %s\nauthors:\n", quoted("Please cite it as below."), kind, quoted(w.Title))
	for _, a := range w.authors() {
		fmt.Fprintf(&b, "  - name: %s\n", quoted(a.Name))
	}
	fmt.Fprintf(&b, "date-released: %s\nurl: %s\n", quoted(w.Released.Format(time.DateOnly)), quoted(string(w.Address)))
	if w.Version != "" {
		fmt.Fprintf(&b, "version: %s\n", quoted(w.Version))
	}
	if single(w.Licence) {
		fmt.Fprintf(&b, "license: %s\n", quoted(w.Licence))
	}
	if len(w.Keywords) > 0 {
		b.WriteString("keywords:\n")
		for _, k := range w.Keywords {
			fmt.Fprintf(&b, "  - %s\n", quoted(k))
		}
	}
	return []byte(b.String())
}

// single says whether a licence is one identifier, as the format has it: not
// an expression of several.
func single(spdx string) bool { return spdx != "" && !strings.ContainsAny(spdx, " ()") }
