package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"interlink/domain"
	"interlink/domain/catalogue"
)

// root is the root of the project.
const root = "../.."

// spoken are the parts of the project whose keys people can be shown, on a
// page or on the command line.
var spoken = []string{"domain", "federation", "storage", "web", "cmd"}

// keyShape is the form of a key, by which it is told from other text.
var keyShape = regexp.MustCompile(`^[a-z][a-z0-9]*(\.[a-z0-9_=]+)+$`)

// use is one place where a key is used.
type use struct {
	key    string
	where  string
	prefix bool // the key is the beginning of one that is put together
	args   int  // how many values it is given; -1 if not known
}

// uses finds the keys in the Go sources: arguments of what makes errors and
// sentences, and of every function of ours with a parameter called key; and
// fields called Key.
func uses(t *testing.T) []use {
	t.Helper()
	files := token.NewFileSet()
	var trees []*ast.File
	for _, part := range spoken {
		err := filepath.WalkDir(filepath.Join(root, part), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			tree, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
			trees = append(trees, tree)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	c := &collector{files: files, keyed: map[string]int{"T": 0, "Add": 1, "Fail": 1, "InvalidField": 1, "Say": 0}}
	for _, tree := range trees {
		ast.Inspect(tree, c.declare)
	}
	for _, tree := range trees {
		ast.Inspect(tree, c.collect)
	}
	return c.found
}

// collector gathers keys from syntax trees.
type collector struct {
	files *token.FileSet
	keyed map[string]int // position of the parameter called key, by the function's name
	found []use
}

// declare notes functions with a parameter called key.
func (c *collector) declare(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncDecl:
		c.parameter(n.Name.Name, n.Type)
	case *ast.AssignStmt:
		for i, right := range n.Rhs {
			if f, ok := right.(*ast.FuncLit); ok && i < len(n.Lhs) {
				if name, ok := n.Lhs[i].(*ast.Ident); ok {
					c.parameter(name.Name, f.Type)
				}
			}
		}
	}
	return true
}

func (c *collector) parameter(function string, f *ast.FuncType) {
	at := 0
	for _, field := range f.Params.List {
		for _, name := range field.Names {
			if typ, ok := field.Type.(*ast.Ident); ok && name.Name == "key" && typ.Name == "string" {
				c.keyed[function] = at
			}
			at++
		}
	}
}

// collect notes the keys of one node.
func (c *collector) collect(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		name := ""
		switch f := n.Fun.(type) {
		case *ast.Ident:
			name = f.Name
		case *ast.SelectorExpr:
			name = f.Sel.Name
		}
		at, ok := c.keyed[name]
		if !ok || at >= len(n.Args) {
			return true
		}
		args := -1
		if !n.Ellipsis.IsValid() && slices.Contains([]string{"Fail", "InvalidField", "Add", "Say", "T"}, name) {
			args = len(n.Args) - at - 1
		}
		c.add(n.Args[at], args)
	case *ast.KeyValueExpr:
		if name, ok := n.Key.(*ast.Ident); ok && name.Name == "Key" {
			c.add(n.Value, -1)
		}
	}
	return true
}

func (c *collector) add(e ast.Expr, args int) {
	prefix := false
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
		for ok { // the left end of "a." + b + ".c"
			e = sum.X
			sum, ok = e.(*ast.BinaryExpr)
		}
		prefix = true
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return
	}
	key, err := strconv.Unquote(lit.Value)
	shaped := keyShape.MatchString(strings.TrimRight(key, "._")) || prefix && strings.HasSuffix(key, ".")
	if err != nil || !shaped {
		return
	}
	c.found = append(c.found, use{key: key, where: c.files.Position(lit.Pos()).String(), prefix: prefix, args: args})
}

// quoted finds keys in the templates of pages, and names of files.
var quoted = regexp.MustCompile(`"([a-z][a-z0-9]*(?:\.[a-z0-9_]+)+)"`)

func usesInTemplates(t *testing.T) []use {
	t.Helper()
	var found []use
	err := filepath.WalkDir(filepath.Join(root, "web/view/templates"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		for i, line := range strings.Split(string(raw), "\n") {
			for _, action := range strings.Split(line, "{{")[1:] {
				action, _, _ = strings.Cut(action, "}}")
				for _, m := range quoted.FindAllStringSubmatch(action, -1) {
					if ext := filepath.Ext(m[1]); ext != ".svg" && ext != ".css" && ext != ".js" {
						found = append(found, use{key: m[1], where: path + ":" + strconv.Itoa(i+1), args: -1})
					}
				}
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestEveryKeyHasASentence: whatever the program can say it can say in every
// language.
func TestEveryKeyHasASentence(t *testing.T) {
	c := Default()
	all := append(uses(t), usesInTemplates(t)...)
	missing := map[string]string{} // where it is used first, and the languages
	for _, u := range all {
		key, absent := u.key, []string{}
		if u.prefix {
			key += "…"
		}
		for _, lang := range c.Langs() {
			s, ok := c.of(lang)[u.key]
			if u.prefix {
				ok = slices.ContainsFunc(c.Keys(lang), func(k string) bool { return strings.HasPrefix(k, u.key) })
			}
			if !ok {
				absent = append(absent, string(lang))
			} else if most := slices.Max(append(placeholders(s), -1)); u.args >= 0 && most >= u.args {
				t.Errorf("%s: %q is given %d values, but its sentence in %s wants {%d}", u.where, u.key, u.args, lang, most)
			}
		}
		if len(absent) > 0 && missing[key] == "" {
			missing[key] = u.where + " in " + strings.Join(absent, ", ")
		}
	}
	for _, key := range slices.Sorted(maps.Keys(missing)) {
		t.Errorf("no sentence %q: %s", key, missing[key])
	}
	if len(all) < 500 {
		t.Errorf("only %d keys were found in the sources: does this test still read them?", len(all))
	}
}

// The forms of keys in the sources: whole, or the beginning of one that is put
// together, also by the word of a kind.
var (
	wholeKey   = regexp.MustCompile(`["\x60:]([a-z][a-z0-9_]*(?:\.[a-z0-9_=]+)+)["\x60]`)
	beginOfKey = regexp.MustCompile(`["\x60:]([a-z][a-z0-9_]*(?:\.[a-z0-9_=]+)*\.(?:[a-z0-9_]+_)?)["\x60%]|[wW]ord[ (]"([a-z_.]+)"`)
)

// composed are the keys of which the sources have no beginning: each kind of a
// bulletin, a story's of reviews, and the fields and orders of entries.
var composed = []string{"bulletin.", "review.", "format.", "sort."}

// TestEverySentenceIsUsed: what nobody is told need not be translated.
func TestEverySentenceIsUsed(t *testing.T) {
	used, begins := map[string]bool{}, slices.Clone(composed)
	for _, part := range spoken {
		err := filepath.WalkDir(filepath.Join(root, part), func(path string, d fs.DirEntry, err error) error {
			if ext := filepath.Ext(path); err != nil || d.IsDir() || ext != ".go" && ext != ".html" || strings.HasSuffix(path, "_test.go") {
				return err
			}
			raw, err := os.ReadFile(path)
			for _, m := range wholeKey.FindAllSubmatch(raw, -1) {
				used[string(m[1])] = true
			}
			for _, m := range beginOfKey.FindAllSubmatch(raw, -1) {
				if begin := string(m[1]); begin != "" {
					begins = append(begins, begin)
				} else {
					begins = append(begins, string(m[2])+".")
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, key := range Default().Keys(Fallback) {
		if !used[key] && !slices.ContainsFunc(begins, func(b string) bool { return strings.HasPrefix(key, b) }) {
			t.Errorf("nothing says %q", key)
		}
	}
}

// TestEveryReasonHasASentence: why an Interlinker is recommended.
func TestEveryReasonHasASentence(t *testing.T) {
	for _, kind := range []catalogue.ReasonKind{
		catalogue.ReasonProblem, catalogue.ReasonFocused, catalogue.ReasonLanguage, catalogue.ReasonTranslate,
		catalogue.ReasonUsed, catalogue.ReasonEasy, catalogue.ReasonAudience, catalogue.ReasonText, catalogue.ReasonBeside, catalogue.ReasonScope,
		catalogue.ReasonRule,
	} {
		if !Default().Has("recommend." + string(kind)) {
			t.Errorf("no sentence for the reason %q", kind)
		}
	}
	for _, trust := range catalogue.Trusts {
		if !Default().Has("search.trust." + string(trust)) {
			t.Errorf("no words for what is %s", trust)
		}
	}
	p := Default().Printer("es", nil)
	if got := p.T("recommend.language", domain.Lang("lv")); got != "Está en el idioma del proceso: letón." {
		t.Errorf("a language is told as %q", got)
	}
}

// TestEveryCodeHasASentence: an error without a sentence of its own is told
// by its code.
func TestEveryCodeHasASentence(t *testing.T) {
	for _, code := range []domain.Code{
		domain.Invalid, domain.Unauthenticated, domain.Forbidden, domain.NotFound, domain.Gone, domain.Conflict,
		domain.TooLarge, domain.TooMany, domain.Unavailable, domain.Internal,
	} {
		if !Default().Has("error." + string(code)) {
			t.Errorf("no sentence for errors that are %s", code)
		}
	}
}

// placeholders returns the numbers of a sentence's placeholders, each once.
func placeholders(s sentence) []int {
	var found []int
	templates := []string{s.plain}
	for form := range maps.Values(s.forms) {
		templates = append(templates, form)
	}
	for _, template := range templates {
		for _, m := range regexp.MustCompile(`\{(\d)\}`).FindAllStringSubmatch(template, -1) {
			if n, _ := strconv.Atoi(m[1]); !slices.Contains(found, n) {
				found = append(found, n)
			}
		}
	}
	slices.Sort(found)
	return found
}

// TestLanguagesSayTheSame: all languages have the same keys, with the same
// placeholders, and say something.
func TestLanguagesSayTheSame(t *testing.T) {
	c := Default()
	for _, lang := range c.Langs() {
		for _, key := range c.Keys(Fallback) {
			s, ok := c.of(lang)[key]
			if !ok {
				t.Errorf("%s has no %q", lang, key)
				continue
			}
			if want, got := placeholders(c.of(Fallback)[key]), placeholders(s); !slices.Equal(got, want) {
				t.Errorf("%s: %q has the placeholders %v, want %v", lang, key, got, want)
			}
			for _, text := range append(slices.Collect(maps.Values(s.forms)), s.plain) {
				if text == "" && s.forms == nil && !strings.HasPrefix(key, "format.") || strings.Contains(text, "TODO") || text != strings.TrimSpace(text) && !strings.HasPrefix(key, "format.") {
					t.Errorf("%s: %q is %q", lang, key, text)
				}
			}
		}
		for _, key := range c.Keys(lang) {
			if _, ok := c.of(Fallback)[key]; !ok {
				t.Errorf("%s has %q, which English has not", lang, key)
			}
		}
	}
}

// TestPlural: the form follows the first number, wherever it stands.
func TestPlural(t *testing.T) {
	s := sentence{forms: map[string]string{"one": "{0}: {1} task", "other": "{0}: {1} tasks", "=0": "{0}: nothing"}}
	c := &Catalog{langs: []domain.Lang{"en"}, sentences: map[domain.Lang]func() sentences{"en": func() sentences { return sentences{"k": s} }}, tags: Default().tags}
	p := c.Printer("en", nil)
	for want, args := range map[string][]any{
		"a: nothing": {"a", 0}, "a: 1 task": {"a", 1}, "a: 2 tasks": {"a", int64(2)}, "1: b tasks": {"1", "b"}, "0: nothing": {0, 1},
	} {
		if got := p.T("k", args...); got != want {
			t.Errorf("%v: %q, want %q", args, got, want)
		}
	}
}
