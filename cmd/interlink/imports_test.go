package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// standard stands for the standard library.
const standard = "std"

// rule says what one part of the tree may import of this project, and which
// foreign modules it may use at all. The first rule that fits a package
// counts; a part also may import what is below itself.
type rule struct {
	part    string   // "domain/..." and all below, or one package
	project []string // parts of this project; "..." at the end for all below
	foreign []string // prefixes of import paths; nil for any
}

// The import table (DESIGN §3): domain is pure; storage, federation and web
// know the domain and never each other; cmd joins them.
var rules = []rule{
	{"domain/policy", []string{"domain"}, []string{standard}},
	{"domain/network", []string{"domain", "domain/policy"}, []string{standard, "golang.org/x/net/idna"}},
	{"domain/markup", []string{"domain"}, []string{standard, "github.com/yuin/goldmark", "github.com/microcosm-cc/bluemonday", "golang.org/x/net/html"}},
	{"domain/account", []string{"domain", "domain/policy", "domain/network"}, []string{standard, "golang.org/x/crypto/argon2"}},
	{"domain/organization", []string{"domain", "domain/policy", "domain/network"}, []string{standard}},
	{"domain/review", []string{"domain", "domain/policy", "domain/network"}, []string{standard}},
	{"domain/reuse", []string{"domain", "domain/policy", "domain/network"}, []string{standard}},
	{"domain/citation", []string{"domain"}, []string{standard}},
	{"domain/catalogue/...", []string{"domain", "domain/policy", "domain/network", "domain/picture", "domain/review", "domain/catalogue/..."}, []string{standard, "go.yaml.in/yaml/v3"}},
	{"domain/coproduction", []string{"domain", "domain/policy", "domain/network", "domain/organization", "domain/catalogue"}, []string{standard}},
	{"domain/integration", []string{"domain", "domain/policy", "domain/catalogue", "domain/coproduction"}, []string{standard}},
	{"domain/webhook", []string{"domain", "domain/policy", "domain/coproduction"}, []string{standard}},
	{"domain/curation", []string{"domain", "domain/policy", "domain/network", "domain/organization", "domain/catalogue", "domain/coproduction"}, []string{standard}},
	{"domain/lineage", []string{"domain", "domain/policy", "domain/network", "domain/organization", "domain/catalogue", "domain/catalogue/rdf", "domain/coproduction"}, []string{standard}},
	{"domain/portable", []string{"domain", "domain/markup", "domain/policy", "domain/network", "domain/picture", "domain/catalogue", "domain/community", "domain/coproduction", "domain/lineage"}, []string{standard}},
	{"domain/nodearchive", []string{"domain", "domain/policy", "domain/network", "domain/organization", "domain/catalogue", "domain/catalogue/dump", "domain/catalogue/exchange", "domain/coproduction", "domain/lineage", "domain/legal", "domain/story", "domain/community", "domain/portable"}, []string{standard}},
	{"domain/story", []string{"domain", "domain/policy", "domain/network", "domain/review", "domain/organization", "domain/catalogue", "domain/coproduction", "domain/lineage"}, []string{standard}},
	{"domain/community", []string{"domain", "domain/policy", "domain/network", "domain/markup", "domain/picture"}, []string{standard}},
	{"domain/search", []string{"domain", "domain/policy"}, []string{standard}},
	{"domain/participation", []string{"domain", "domain/policy", "domain/network", "domain/organization", "domain/community", "domain/coproduction"}, []string{standard}},
	{"domain/notification", []string{"domain", "domain/policy", "domain/account"}, []string{standard}},
	{"domain/profile", []string{"domain", "domain/policy", "domain/network"}, []string{standard}},
	{"domain/audit", []string{"domain", "domain/policy"}, []string{standard}},
	{"domain/personal", []string{"domain", "domain/policy", "domain/account", "domain/network", "domain/organization", "domain/coproduction", "domain/picture"}, []string{standard}},
	{"domain/legal", []string{"domain", "domain/policy"}, []string{standard}},
	{"domain/retention", []string{"domain/account", "domain/network", "domain/coproduction", "domain/participation"}, []string{standard}},
	{"domain/moderation", []string{"domain", "domain/policy", "domain/account", "domain/community"}, []string{standard}},
	{"domain/picture", []string{"domain", "domain/policy", "domain/network"}, []string{standard, "golang.org/x/image", "github.com/buckket/go-blurhash"}},
	{"domain/domaintest", nil, []string{standard}},
	{"domain", nil, []string{standard}},
	{"storage/...", []string{"domain/...", "storage/..."}, nil},
	{"federation/federationtest", []string{"domain/...", "federation/...", "storage/...", "web/...", "cmd/interlink/node"}, nil},
	{"federation/...", []string{"domain/...", "federation/..."}, nil},
	{"web/...", []string{"domain/...", "web/..."}, nil},
	{"config", nil, nil},
	{"cmd/...", []string{"..."}, nil},
}

// only lists who alone may import a foreign package (DESIGN §3, §4).
var only = map[string][]string{
	"github.com/uptrace/bun":                {"storage/..."},
	"modernc.org/sqlite":                    {"storage"},
	"github.com/jackc/pgx/v5":               {"storage/..."},
	"github.com/redis/go-redis/v9":          {"storage/cache"},
	"github.com/minio/minio-go/v7":          {"storage/blob"},
	"github.com/gabriel-vasile/mimetype":    {"storage/blob"},
	"github.com/riverqueue/river":           {"storage/jobs"},
	"github.com/gorilla/mux":                {"web"},
	"github.com/go-fed/activity/pub":        {"federation/inbox"},
	"github.com/go-fed/activity/streams":    {"federation/activity", "federation/inbox"},
	"github.com/go-ap/jsonld":               {"federation/activity"},
	"github.com/danielgtaylor/huma/v2":      {"web", "web/api"},
	"github.com/knadh/koanf":                {"config"},
	"github.com/alecthomas/kong":            {"cmd/interlink"},
	"github.com/yuin/goldmark":              {"domain/markup"},
	"github.com/microcosm-cc/bluemonday":    {"domain/markup"},
	"go.yaml.in/yaml/v3":                    {"domain/catalogue/publiccode"},
	"github.com/prometheus/client_golang":   {"cmd/..."},
	"github.com/go-jose/go-jose/v4":         {"cmd/interlink/node", "federation/federationtest"},
	"interlink/config":                      {"cmd/..."},
	"interlink/federation/federationtest":   {"cmd/..."},
	"interlink/storage/storagetest":         {"federation/federationtest"},
	"code.superseriousbusiness.org/httpsig": {},
	"github.com/remitly-oss/httpsig-go":     {},
	"github.com/chromedp/chromedp":          {},
	"pgregory.net/rapid":                    {},
	"github.com/google/go-cmp":              {},
	"go.uber.org/goleak":                    {},
	"github.com/go-redis/redis":             {},
}

// badNames are names that say nothing (DESIGN §3).
var badNames = []string{"util", "utils", "common", "helper", "helpers", "base", "misc", "types"}

func fits(pattern, pkg string) bool {
	if pattern == "..." {
		return true
	}
	if prefix, ok := strings.CutSuffix(pattern, "/..."); ok {
		return pkg == prefix || strings.HasPrefix(pkg, prefix+"/")
	}
	return pkg == pattern
}

func fitsAny(patterns []string, pkg string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool { return fits(p, pkg) })
}

func ruleOf(pkg string) *rule {
	for i := range rules {
		if fits(rules[i].part, pkg) {
			return &rules[i]
		}
	}
	return nil
}

// TestImports holds the import table for all files that are no tests, and the
// names of files and packages.
func TestImports(t *testing.T) {
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, file)
		if err != nil {
			return err
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		files++
		pkg := path.Dir(rel)
		name := strings.TrimSuffix(strings.TrimSuffix(path.Base(rel), ".go"), "_test")
		if slices.Contains(badNames, name) || slices.Contains(badNames, path.Base(pkg)) {
			t.Errorf("%s: the name does not say what is in it", rel)
		}
		if !strings.HasSuffix(rel, "_test.go") {
			checkImports(t, file, rel, pkg)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 100 {
		t.Fatalf("only %d files were looked at", files)
	}
}

func checkImports(t *testing.T, file, rel, pkg string) {
	t.Helper()
	r := ruleOf(pkg)
	if r == nil {
		t.Errorf("%s: package %s stands in no rule of the import table", rel, pkg)
		return
	}
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
	if err != nil {
		t.Error(err)
		return
	}
	for _, spec := range parsed.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			t.Error(err)
			continue
		}
		if own, ok := strings.CutPrefix(imported, "interlink/"); ok {
			if !fitsAny(r.project, own) {
				t.Errorf("%s imports %s: not in the import table", rel, imported)
			}
		} else if !foreignAllowed(r, imported) {
			t.Errorf("%s imports %s: %s may not", rel, imported, r.part)
		}
		for prefix, allowed := range only {
			if (imported == prefix || strings.HasPrefix(imported, prefix+"/")) && !fitsAny(allowed, pkg) {
				t.Errorf("%s imports %s: only %v may", rel, imported, allowed)
			}
		}
	}
}

func foreignAllowed(r *rule, imported string) bool {
	first, _, _ := strings.Cut(imported, "/")
	isStandard := !strings.Contains(first, ".")
	if r.foreign == nil {
		return true
	}
	return slices.ContainsFunc(r.foreign, func(prefix string) bool {
		if prefix == standard {
			return isStandard
		}
		return imported == prefix || strings.HasPrefix(imported, prefix+"/")
	})
}
