// Package sheet reads Interlinkers from a table in CSV (RFC 4180), as people
// keep them in a spreadsheet: a row each, a column for each field. The first
// row names the columns, in any order; what is a text has a column for each
// language: "name.en", "name.es". Several values of a cell are separated by
// "|". Commas, semicolons and tabs separate cells alike.
package sheet

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// The bounds of a table.
const (
	maxFile    = 8 << 20 // bytes
	maxRows    = 10_000
	maxColumns = 500
	maxIssues  = 1_000
)

// Column is a column that is read.
type Column struct {
	Name    string
	ByLang  bool     // there is one for each language: "name.en"
	Many    bool     // several values, separated by "|"
	Needed  bool     // every row has a value, in one language at least
	Values  []string // that are known; nil for any
	Example string
}

// Columns lists what is read, in the order of the template.
var Columns = []Column{
	{Name: "key", Example: "meeting-notes"},
	{Name: "nature", Needed: true, Values: []string{"knowledge", "software", "externalknowledge", "externalsoftware"}, Example: "knowledge"},
	{Name: "name", ByLang: true, Needed: true, Example: "Meeting notes"},
	{Name: "summary", ByLang: true, Example: "A page to write down what was said and who does what next."},
	{Name: "overview", ByLang: true},
	{Name: "instructions", ByLang: true, Example: "Fill it in during the meeting."},
	{Name: "constraints", ByLang: true},
	{Name: "regulations", ByLang: true},
	{Name: "template", ByLang: true, Example: "# Meeting of …"},
	{Name: "address", ByLang: true},
	{Name: "tags", ByLang: true, Many: true, Example: "meeting|notes"},
	{Name: "problems", Many: true, Example: "ORG_PROBLEM_4"},
	{Name: "supports", Many: true, Example: "alias:gdpr"},
	{Name: "spdx", Example: "CC-BY-4.0"},
	{Name: "licence", Values: []string{"public_domain", "permissive", "copyleft", "non_commercial", "proprietary"}, Example: "permissive"},
	{Name: "difficulty", Values: []string{"very_easy", "easy", "medium", "difficult", "very_difficult"}, Example: "easy"},
	{Name: "audience", Many: true, Example: "all;citizens|all;pas"},
	{Name: "scopes", Many: true, Values: []string{"eu", "national", "local"}, Example: "local"},
	{Name: "form", Example: "document_template"},
	{Name: "format", Example: "open_document"},
	{Name: "repository"},
}

// Template writes a table with all columns, texts in the languages, and one
// row as an example.
func Template(w io.Writer, langs ...domain.Lang) error {
	var head, row []string
	for _, c := range Columns {
		if !c.ByLang {
			head, row = append(head, c.Name), append(row, c.Example)
			continue
		}
		for i, lang := range langs {
			head = append(head, c.Name+"."+string(lang))
			if i == 0 {
				row = append(row, c.Example)
			} else {
				row = append(row, "")
			}
		}
	}
	out := csv.NewWriter(w)
	if err := out.WriteAll([][]string{head, row}); err != nil {
		return err
	}
	return out.Error()
}

// cell says what a column of a table holds.
type cell struct {
	Column
	lang domain.Lang
}

type reader struct {
	file   string
	issues []catalogue.Issue
}

func (r *reader) note(failed bool, line int, field, format string, args ...any) {
	if len(r.issues) < maxIssues || failed && len(r.issues) < 2*maxIssues {
		r.issues = append(r.issues, catalogue.Issue{File: r.file, Line: line, Field: field, Message: fmt.Sprintf(format, args...), Error: failed})
	}
}

// Read reads a table. What is wrong is among the bundle's issues, with line
// and column; it never fails otherwise.
func Read(file string, raw []byte) catalogue.Bundle {
	r := &reader{file: file}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	switch {
	case len(raw) > maxFile:
		r.note(true, 0, "", "larger than %d MB", maxFile>>20)
	case !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0:
		r.note(true, 0, "", "not UTF-8: save the table as “CSV UTF-8”")
	default:
		return r.table(raw)
	}
	return catalogue.Bundle{Issues: r.issues}
}

// Comma finds out what separates cells: what is most often in the first row.
func Comma(raw []byte) rune {
	head, _, _ := bytes.Cut(raw, []byte("\n"))
	best := ','
	for _, c := range ";\t" {
		if bytes.Count(head, []byte(string(c))) > bytes.Count(head, []byte(string(best))) {
			best = c
		}
	}
	return best
}

func (r *reader) table(raw []byte) catalogue.Bundle {
	in := csv.NewReader(bytes.NewReader(raw))
	in.Comma, in.FieldsPerRecord, in.LazyQuotes = Comma(raw), -1, false
	b := catalogue.Bundle{Files: map[*catalogue.Entry]string{}}
	head, err := in.Read()
	if err != nil {
		r.note(true, 1, "", "has no first row that names the columns: %v", err)
		b.Issues = r.issues
		return b
	}
	columns := r.columns(head)
	for n := 0; columns != nil; n++ {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line := 0
			if parse := (*csv.ParseError)(nil); errors.As(err, &parse) {
				line = parse.StartLine
			}
			r.note(true, line, "", "cannot be read: %v", err)
			break
		}
		line, _ := in.FieldPos(0)
		if n == maxRows {
			r.note(true, line, "", "there are more than %d rows", maxRows)
			break
		}
		if e := r.entry(row, columns, line); e != nil {
			b.Entries = append(b.Entries, e)
			b.Files[e] = fmt.Sprintf("%s:%d", r.file, line)
		}
	}
	b.Issues = r.issues
	return b
}

// columns reads the first row; nil if it names none.
func (r *reader) columns(head []string) map[int]cell {
	if len(head) > maxColumns {
		r.note(true, 1, "", "there are more than %d columns", maxColumns)
		return nil
	}
	out := map[int]cell{}
	seen := map[string]bool{}
	for i, h := range head {
		h = strings.ToLower(strings.TrimSpace(h))
		name, suffix, _ := strings.Cut(h, ".")
		at := slices.IndexFunc(Columns, func(c Column) bool { return c.Name == name })
		if at < 0 || h != name && !Columns[at].ByLang {
			if h != "" {
				r.note(false, 1, h, "is no column that is known: left out")
			}
			continue
		}
		c := cell{Column: Columns[at]}
		if c.ByLang {
			if suffix == "" {
				suffix = "en"
			}
			lang, err := domain.ParseLang(suffix)
			if err != nil {
				r.note(false, 1, h, "%q is no language: left out", suffix)
				continue
			}
			c.lang = lang
		}
		if key := c.Name + "." + string(c.lang); seen[key] {
			r.note(true, 1, h, "this column is there twice")
		} else {
			seen[key] = true
			out[i] = c
		}
	}
	for _, c := range Columns {
		if c.Needed && !slices.ContainsFunc(head, func(h string) bool {
			name, _, _ := strings.Cut(strings.ToLower(strings.TrimSpace(h)), ".")
			return name == c.Name
		}) {
			r.note(true, 1, c.Name, "there is no such column, and every row needs it")
			return nil
		}
	}
	return out
}

// entry makes an Interlinker of a row; nil if it is blank.
func (r *reader) entry(row []string, columns map[int]cell, line int) *catalogue.Entry {
	values := values{texts: map[string]domain.Text{}, lists: map[string][]string{}, tags: map[string][]string{}}
	blank := true
	for i, s := range row {
		c, ok := columns[i]
		if s = strings.TrimSpace(strings.ReplaceAll(s, "\r\n", "\n")); s == "" || !ok {
			continue
		}
		blank = false
		r.value(&values, c, s, line)
	}
	if blank {
		return nil
	}
	one := func(name string) string { return strings.Join(values.lists[name], "") }
	name := values.texts["name"]
	if name.Empty() {
		r.note(true, line, "name", "is missing")
		return nil
	}
	if one("nature") == "" {
		r.note(true, line, "nature", "is missing")
		return nil
	}
	i := &catalogue.Interlinker{
		Nature: catalogue.Nature(one("nature") + "interlinker"), Overview: values.texts["overview"], Instructions: values.texts["instructions"],
		Constraints: values.texts["constraints"], Regulations: values.texts["regulations"], URI: values.texts["address"],
		Problems: values.lists["problems"], SPDX: one("spdx"), Licence: one("licence"), Difficulty: one("difficulty"),
		Audience: values.lists["audience"], Scopes: values.lists["scopes"], Form: one("form"), Format: one("format"),
	}
	for _, id := range values.lists["supports"] {
		i.Supports = append(i.Supports, catalogue.Support{ID: id})
	}
	if len(values.tags) > 0 {
		i.Tags = values.tags
	}
	for lang, text := range values.texts["template"] {
		if i.Documents == nil {
			i.Documents = map[string]catalogue.Document{}
		}
		i.Documents[string(lang)] = catalogue.Document{Name: "template.md", Available: true, MediaType: "text/markdown", Text: text}
	}
	if address := one("repository"); address != "" {
		i.Software = &catalogue.Software{Repository: address}
	}
	return &catalogue.Entry{Kind: catalogue.KindInterlinker, Key: keyOf(one("key"), name.String()), Name: name, Summary: values.texts["summary"], Interlinker: i}
}

type values struct {
	texts map[string]domain.Text
	lists map[string][]string
	tags  map[string][]string
}

// value takes a cell.
func (r *reader) value(v *values, c cell, s string, line int) {
	list := []string{s}
	if c.Many {
		list = nil
		for part := range strings.SplitSeq(s, "|") {
			if part = strings.TrimSpace(part); part != "" && !slices.Contains(list, part) {
				list = append(list, part)
			}
		}
	}
	if c.Values != nil {
		for i, one := range list {
			list[i] = strings.ToLower(one)
			if !slices.Contains(c.Values, list[i]) {
				r.note(true, line, c.Name, "%.80q is none of %s", one, strings.Join(c.Values, ", "))
				return
			}
		}
	}
	switch {
	case c.ByLang && c.Many:
		v.tags[string(c.lang)] = append(v.tags[string(c.lang)], list...)
	case c.ByLang:
		if v.texts[c.Name] == nil {
			v.texts[c.Name] = domain.Text{}
		}
		v.texts[c.Name][c.lang] = s
	default:
		v.lists[c.Name] = list
	}
}

// keyOf is by which a row is found again: its key, else its name. One with a
// slash is that of another source, as it is.
func keyOf(key, name string) string {
	if key == "" {
		key = name
	}
	key = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return '-'
		}
		return unicode.ToLower(r)
	}, strings.TrimSpace(key))
	if !strings.Contains(key, "/") {
		key = "sheet/" + key
	}
	return key
}
