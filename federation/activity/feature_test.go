package activity_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// feature is one row of testdata/features.txt.
type feature struct {
	id     string // "D1"
	level  string // must, should, could, no
	what   string
	remark string
	tests  []string // as links
}

// family is the letter of the row.
func (f *feature) family() string { return strings.TrimRight(f.id, "0123456789") }

// status is what the table says of the row.
func (f *feature) status() string {
	status := "not yet"
	switch {
	case len(f.tests) > 0:
		status = "yes"
	case f.remark != "" || f.level == "no":
		status = "no"
	}
	if f.remark != "" {
		status += ": " + f.remark
	}
	return status
}

// open reports whether the row wants a test or a reason.
func (f *feature) open() bool {
	return len(f.tests) == 0 && f.remark == "" && (f.level == "must" || f.level == "should")
}

// features reads the rows, and the families that are declared complete
// ("complete D S").
func features(t *testing.T) (rows []*feature, complete []string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", "features.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(raw), "\n") {
		if families, ok := strings.CutPrefix(line, "complete "); ok {
			complete = append(complete, strings.Fields(families)...)
			continue
		}
		if line == "" || line[0] == '#' {
			continue
		}
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			t.Fatalf("features.txt:%d: %d cells, want 4", i+1, len(cells))
		}
		for j := range cells {
			cells[j] = strings.TrimSpace(cells[j])
		}
		f := &feature{id: cells[0], level: cells[1], what: cells[2], remark: cells[3]}
		known := slices.ContainsFunc(rows, func(other *feature) bool { return other.id == f.id })
		if known || f.what == "" || !slices.Contains([]string{"must", "should", "could", "no"}, f.level) {
			t.Errorf("features.txt:%d: %q twice, of an unknown level, or without words", i+1, f.id)
		}
		rows = append(rows, f)
	}
	return rows, complete
}

var featureTest = regexp.MustCompile(`^TestFed([A-Z][0-9]+)`)

// findTests gives each row the tests that are named after it.
func findTests(t *testing.T, rows []*feature) {
	t.Helper()
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(file, "_test.go") {
			return err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		for _, declared := range parsed.Decls {
			fn, ok := declared.(*ast.FuncDecl)
			if !ok {
				continue
			}
			match := featureTest.FindStringSubmatch(fn.Name.Name)
			if match == nil {
				continue
			}
			i := slices.IndexFunc(rows, func(f *feature) bool { return f.id == match[1] })
			if i < 0 {
				t.Errorf("%s: %s is named after no row of features.txt", rel, fn.Name.Name)
				continue
			}
			rows[i].tests = append(rows[i].tests, fmt.Sprintf("[`%s`](%s)", fn.Name.Name, filepath.ToSlash(rel)))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// featureTable is the table of FEDERATION.md: what features.txt lists, joined
// with the tests that show it.
func featureTable(t *testing.T) []byte {
	t.Helper()
	rows, complete := features(t)
	findTests(t, rows)
	var b strings.Builder
	b.WriteString("| row | level | what | status | test |\n|---|---|---|---|---|\n")
	for _, f := range rows {
		if slices.Contains(complete, f.family()) && f.open() {
			t.Errorf("%s (%s) has neither a test nor a reason: %s", f.id, f.level, f.what)
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", f.id, f.level, f.what, f.status(), strings.Join(f.tests, " "))
	}
	return []byte(b.String())
}
